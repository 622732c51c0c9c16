package daemon

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	systemd "github.com/coreos/go-systemd/v22/daemon"
)

// notifier tells systemd how the daemon is, see sd_notify(3). Without systemd it
// does nothing.
type notifier struct{ log *slog.Logger }

func newNotifier(log *slog.Logger) notifier { return notifier{log} }

func (n notifier) send(state string) {
	if _, err := systemd.SdNotify(false, state); err != nil {
		n.log.Warn("systemd is not told", "state", state, "error", err)
	}
}

func (n notifier) ready(status string)    { n.send(systemd.SdNotifyReady + "\nSTATUS=" + status) }
func (n notifier) status(status string)   { n.send("STATUS=" + status) }
func (n notifier) stopping(status string) { n.send(systemd.SdNotifyStopping + "\nSTATUS=" + status) }

func (n notifier) reloading() {
	n.send(systemd.SdNotifyReloading + "\n" + strings.TrimSpace(systemd.SdNotifyMonotonicUsec()))
}

// watch feeds the watchdog of the unit as long as test succeeds, until ctx ends.
// It gets half of the interval: once it took longer, or failed, the daemon is not
// one to leave mail with, and systemd starts another.
func (n notifier) watch(ctx context.Context, test func(context.Context) error) {
	interval, err := systemd.SdWatchdogEnabled(false)
	if err != nil || interval <= 0 {
		return
	}
	tick := time.NewTicker(interval / 2)
	defer tick.Stop()
	for {
		limit, cancel := context.WithTimeout(ctx, interval/2)
		if test(limit) == nil { // it logs
			n.send(systemd.SdNotifyWatchdog)
		}
		cancel()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sockets are those that systemd listens on for us, see sd_listen_fds(3), by the
// FileDescriptorName= of their socket units.
type sockets struct {
	log   *slog.Logger
	named map[string][]net.Listener
}

// unnamed is what systemd calls a socket whose unit does not name it: the unit, or
// in older versions nothing at all. Such a one is that of the MTA.
var unnamed = []string{"sigmilter.socket", "unknown", "", "LISTEN_FD_3"}

func inheritedSockets(log *slog.Logger) (*sockets, error) {
	named, err := activation.ListenersWithNames()
	if err != nil {
		return nil, fmt.Errorf("take the sockets of systemd: %w", err)
	}
	s := &sockets{log: log, named: map[string][]net.Listener{}}
	for name, listeners := range named {
		if slices.Contains(unnamed, name) {
			name = "milter"
		}
		s.named[name] = append(s.named[name], listeners...)
	}
	return s, nil
}

// listen returns systemd's socket of an address, unix:/path or inet:host:port, or
// of a name unless that is empty, and without one opens ours. The socket of systemd
// outlives us: connections wait in it for the next daemon.
func (s *sockets) listen(name, address string, open func() (net.Listener, error)) (net.Listener, error) {
	ln := s.take(func(_ string, ln net.Listener) bool { return addressOf(ln) == address })
	if ln == nil && name != "" {
		ln = s.take(func(named string, _ net.Listener) bool { return named == name })
	}
	if ln == nil {
		return open()
	}
	s.log.Info("systemd listens, socket_mode and socket_group do not count", "socket", name, "on", addressOf(ln), "configured", address)
	return ln, nil
}

// take removes the first socket that fits, and returns nil for none.
func (s *sockets) take(fits func(name string, ln net.Listener) bool) net.Listener {
	for name, list := range s.named {
		for i, ln := range list {
			if fits(name, ln) {
				s.named[name] = slices.Delete(list, i, i+1)
				return ln
			}
		}
	}
	return nil
}

// addressOf is a listener's address as the configuration has it.
func addressOf(ln net.Listener) string {
	if ln.Addr().Network() == "unix" {
		return "unix:" + ln.Addr().String()
	}
	return "inet:" + ln.Addr().String()
}

// close gives up what nobody took.
func (s *sockets) close() {
	for name, list := range s.named {
		for _, ln := range list {
			s.log.Warn("a socket of systemd is not used; its name is to be milter, control or metrics, each once, or its address that of a tenant", "socket", name, "on", addressOf(ln))
			ln.Close()
		}
	}
	s.named = nil
}
