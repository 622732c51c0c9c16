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

// notifier tells systemd about the daemon, see sd_notify(3). Without systemd it does
// nothing.
type notifier struct{ log *slog.Logger }

func newNotifier(log *slog.Logger) notifier { return notifier{log} }

func (n notifier) send(state string) {
	if _, err := systemd.SdNotify(false, state); err != nil {
		n.log.Warn("cannot notify systemd", "state", state, "error", err)
	}
}

func (n notifier) ready(status string)    { n.send(systemd.SdNotifyReady + "\nSTATUS=" + status) }
func (n notifier) status(status string)   { n.send("STATUS=" + status) }
func (n notifier) stopping(status string) { n.send(systemd.SdNotifyStopping + "\nSTATUS=" + status) }

func (n notifier) reloading() {
	n.send(systemd.SdNotifyReloading + "\n" + strings.TrimSpace(systemd.SdNotifyMonotonicUsec()))
}

// feedWatchdog feeds the watchdog of the unit as long as test succeeds, until ctx ends.
// The test gets half of the interval: if it takes longer or fails, the daemon is not to be
// trusted with mail, and systemd starts another.
func (n notifier) feedWatchdog(ctx context.Context, test func(context.Context) error) {
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

// sockets are those that systemd passed to the daemon, see sd_listen_fds(3), by the
// FileDescriptorName= of their socket units.
type sockets struct {
	log   *slog.Logger
	named map[string][]net.Listener
}

// unnamed are the names that systemd gives to a socket whose unit has none: the name of
// the unit, or in older versions nothing at all. Such a socket is for the MTA.
var unnamed = []string{"sigmilter.socket", "unknown", "", "LISTEN_FD_3"}

func inheritedSockets(log *slog.Logger) (*sockets, error) {
	named, err := activation.ListenersWithNames()
	if err != nil {
		return nil, fmt.Errorf("use systemd's sockets: %w", err)
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

// takeOrListen returns systemd's socket with an address, unix:/path or inet:host:port, or
// with a name unless that is empty. If there is none, it opens one of our own. Systemd's
// socket outlives the daemon: connections wait in it for the next one.
func (s *sockets) takeOrListen(name, address string, open func() (net.Listener, error)) (net.Listener, error) {
	ln := s.takeFirst(func(_ string, ln net.Listener) bool { return addressOf(ln) == address })
	if ln == nil && name != "" {
		ln = s.takeFirst(func(named string, _ net.Listener) bool { return named == name })
	}
	if ln == nil {
		return open()
	}
	s.log.Info("using systemd's socket; socket_mode and socket_group are ignored", "socket", name, "on", addressOf(ln), "configured", address)
	return ln, nil
}

// takeFirst removes and returns the first socket that fits, nil if none does.
func (s *sockets) takeFirst(fits func(name string, ln net.Listener) bool) net.Listener {
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

// addressOf is a listener's address as the configuration writes it.
func addressOf(ln net.Listener) string {
	if ln.Addr().Network() == "unix" {
		return "unix:" + ln.Addr().String()
	}
	return "inet:" + ln.Addr().String()
}

// closeUnused closes the sockets that were not taken.
func (s *sockets) closeUnused() {
	for name, list := range s.named {
		for _, ln := range list {
			s.log.Warn("unused systemd socket: name it milter, control or metrics, or give it a tenant's listener address", "socket", name, "on", addressOf(ln))
			ln.Close()
		}
	}
	s.named = nil
}
