package main_test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"sigmilter/cmd/internal/lab"
	"sigmilter/milter/miltertest"
)

// activated is a daemon that is handed its socket as systemd does.
type activated struct {
	cmd *exec.Cmd
	log bytes.Buffer
}

// startActivated hands a socket to a new daemon under a name.
func startActivated(t *testing.T, config string, socket *os.File, name string) *activated {
	t.Helper()
	a := &activated{}
	// The process must know its own id, and no parent can tell it ahead.
	script := `LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=` + name + ` exec "$0" serve -c "$1"`
	a.cmd = exec.Command("sh", "-c", script, build(t), config)
	a.cmd.ExtraFiles = []*os.File{socket}
	a.cmd.Stderr = &a.log
	if err := a.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.cmd.Process.Kill() }) // an error: it has ended
	return a
}

// stop wants it to end well.
func (a *activated) stop(t *testing.T) {
	t.Helper()
	if err := a.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := a.cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, &a.log)
	}
}

// TestRestartRefusesNobody: the listening socket stays with the service manager
// while one daemon ends and the next begins; no connection is refused, and every
// message gets its answer.
func TestRestartRefusesNobody(t *testing.T) {
	dir := lab.TestDir(t)
	site, err := lab.WriteSite(dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "handed.sock")
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	socket, err := ln.File()
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()

	first := startActivated(t, site.Config, socket, "milter")
	var signed atomic.Int64
	stop := make(chan struct{})
	var senders sync.WaitGroup
	for range 4 {
		senders.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				done, err := sendOver(path)
				if err != nil {
					t.Error(err)
					return
				}
				if done {
					signed.Add(1)
				}
			}
		})
	}
	after := func(n int64) {
		t.Helper()
		want, deadline := signed.Load()+n, time.After(patience)
		for tick := time.NewTicker(5 * time.Millisecond); signed.Load() < want; {
			select {
			case <-deadline:
				t.Fatalf("%d of %d messages signed", signed.Load(), want)
			case <-tick.C:
			}
		}
	}
	after(20)
	daemon := first
	for range 3 {
		daemon.stop(t)
		daemon = startActivated(t, site.Config, socket, "milter")
		after(20)
	}
	close(stop)
	senders.Wait()
	daemon.stop(t)
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the daemon took the socket's file with it: %v", err)
	}
	if !strings.Contains(daemon.log.String(), "using systemd's socket") {
		t.Errorf("not logged:\n%s", &daemon.log)
	}
}

// sendOver sends a message over a connection of its own and reports whether it
// was signed. A connection without a message in hand is closed when the daemon
// stops; Postfix would try again, and so does the caller.
func sendOver(path string) (bool, error) {
	conn, err := net.Dial("unix", path)
	if err != nil {
		return false, err // refused: what must not be
	}
	defer conn.Close()
	mta, err := miltertest.New(conn, miltertest.Postfix)
	if err != nil {
		return false, nil
	}
	mta.SetTimeout(patience)
	raw := "From: alice@contoso.com\r\nTo: ben@example.net\r\nSubject: Hello\r\n\r\nHello\r\n"
	result, err := mta.Send(miltertest.Envelope{Sender: "alice@contoso.com"}, []byte(raw))
	if err != nil {
		return false, nil
	}
	if !strings.Contains(string(result.Raw), "Alice Muster") {
		return false, fmt.Errorf("not signed: %+v", result)
	}
	return true, nil
}

// A socket under a name that means nothing is told and given up; the daemon
// listens where its configuration says.
func TestSocketOfAnUnknownName(t *testing.T) {
	dir := lab.TestDir(t)
	site, err := lab.WriteSite(dir)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "handed.sock"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	socket, err := ln.File()
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	a := startActivated(t, site.Config, socket, "imap")
	for deadline, tick := time.After(patience), time.NewTicker(5*time.Millisecond); ; {
		if conn, err := net.Dial("unix", site.Socket); err == nil {
			conn.Close()
			break
		}
		select {
		case <-deadline:
			t.Fatal("it does not listen")
		case <-tick.C:
		}
	}
	a.stop(t)
	if !strings.Contains(a.log.String(), `"socket":"imap"`) {
		t.Errorf("not logged:\n%s", &a.log)
	}
}
