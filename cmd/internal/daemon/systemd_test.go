package daemon

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// notified listens where systemd would, and hands on each message.
func notified(t *testing.T) <-chan string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sigmilter")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("NOTIFY_SOCKET", path)
	states := make(chan string, 1000)
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 4096)
		for {
			n, err := conn.Read(buffer)
			if err != nil {
				return
			}
			states <- string(buffer[:n])
		}
	}()
	t.Cleanup(func() {
		conn.Close()
		<-done
		os.RemoveAll(dir)
	})
	return states
}

// next waits for a message that matches.
func next(t *testing.T, states <-chan string, pattern string) {
	t.Helper()
	for deadline := time.After(30 * time.Second); ; {
		select {
		case s := <-states:
			if regexp.MustCompile(pattern).MatchString(s) {
				return
			}
		case <-deadline:
			t.Fatalf("systemd is not told %s", pattern)
		}
	}
}

func TestSystemdIsTold(t *testing.T) {
	states := notified(t)
	r := startDaemon(t)
	next(t, states, `^READY=1\nSTATUS=tenants: 1, people: 2, configuration [0-9a-f]{32}$`)
	r.Write("sigmilter.toml", "nonsense")
	if _, err := r.Client.Reload(t.Context()); err == nil {
		t.Error("nonsense was taken over")
	}
	next(t, states, `^RELOADING=1\nMONOTONIC_USEC=[0-9]+$`)
	next(t, states, `^READY=1\nSTATUS=.*; the last reload failed$`)
	r.stop()
	next(t, states, `^STOPPING=1\nSTATUS=finishing`)
}

func TestWatchdogIsFed(t *testing.T) {
	states := notified(t)
	t.Setenv("WATCHDOG_USEC", "40000")
	t.Setenv("WATCHDOG_PID", strconv.Itoa(os.Getpid()))
	r := startDaemon(t)
	for range 3 {
		next(t, states, `^WATCHDOG=1$`)
	}
	if r.metric("sigmilter_self_tests_total{result=ok} 0") {
		t.Error("fed without a self-test")
	}
	if strings.Contains(r.Log.String(), "self-test.invalid") {
		t.Errorf("the self-test is logged as a message:\n%s", r.Log)
	}
}

// A self-test that fails, or does not end in time, starves the watchdog.
func TestWatchdogIsStarved(t *testing.T) {
	t.Setenv("WATCHDOG_USEC", "20000")
	t.Setenv("WATCHDOG_PID", strconv.Itoa(os.Getpid()))
	for name, test := range map[string]func(context.Context) error{
		"failing": func(context.Context) error { return errors.New("no luck") },
		"hanging": func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
	} {
		states := notified(t)
		ctx, cancel := context.WithCancel(t.Context())
		tests := 0
		newNotifier(nil).feedWatchdog(ctx, func(ctx context.Context) error {
			if tests++; tests == 4 {
				cancel()
			}
			return test(ctx)
		})
		select {
		case s := <-states:
			t.Errorf("%s: told %s", name, s)
		default:
		}
		cancel()
	}
}

func TestSelfTestGoesThroughTheEngine(t *testing.T) {
	r := startDaemon(t)
	if err := r.daemon.Health(t.Context()); err != nil {
		t.Error(err)
	}
	g := r.daemon.current.Load()
	for range g.book.InMemory("contoso") {
		return // somebody's signature was rendered for it
	}
	t.Error("nothing was signed")
}

func TestSelfTestFindsAPanic(t *testing.T) {
	r := startDaemon(t)
	broken := *r.daemon.current.Load()
	signer := *broken.engine
	signer.Policy, broken.engine = nil, &signer
	if err := selfTest(&broken); err == nil {
		t.Error("an engine that panics is found well")
	}
}
