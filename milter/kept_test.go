package milter

import (
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// dialSoon connects to a socket that is to be there soon.
func dialSoon(t *testing.T, path string) net.Conn {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := net.Dial("unix", path)
		if err == nil {
			return conn
		}
		if time.Now().After(deadline) {
			t.Fatalf("nobody listens: %v", err)
		}
		<-tick.C
	}
}

func TestRemovedSocketIsMadeAgain(t *testing.T) {
	for name, remove := range map[string]func(dir, path string) error{
		"file":   func(_, path string) error { return os.Remove(path) },
		"folder": func(dir, _ string) error { return os.RemoveAll(dir) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(socketDir(t), "d")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "m.sock")
			ln, err := Listen("unix:"+path, 0o660, "")
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			accepted := make(chan net.Conn)
			go func() {
				defer close(accepted)
				for {
					conn, err := ln.Accept()
					if err != nil {
						return
					}
					accepted <- conn
				}
			}()
			first := dialSoon(t, path)
			defer first.Close()
			served := <-accepted
			defer served.Close()

			if err := remove(dir, path); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			second := dialSoon(t, path)
			defer second.Close()
			(<-accepted).Close()
			if info, err := os.Stat(path); err != nil || info.Mode() != fs.ModeSocket|0o660 {
				t.Errorf("made again with %v, %v", info, err)
			}

			// What was accepted before goes on.
			if _, err := first.Write([]byte("x")); err != nil {
				t.Error(err)
			}
			if n, err := served.Read(make([]byte, 1)); n != 1 || err != nil {
				t.Errorf("a session from before: %d bytes, %v", n, err)
			}

			if err := ln.Close(); err != nil {
				t.Error(err)
			}
			if _, ok := <-accepted; ok {
				t.Error("a connection after the end")
			}
			if _, err := os.Lstat(path); !os.IsNotExist(err) {
				t.Errorf("the file stayed: %v", err)
			}
		})
	}
}

func TestSocketOfAnotherIsLeftAlone(t *testing.T) {
	path := filepath.Join(socketDir(t), "m.sock")
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	opened := make(chan struct{}, 100)
	k := &keptListener{path: path, now: ln, closed: make(chan struct{}), open: func() (*net.UnixListener, error) {
		opened <- struct{}{}
		return nil, os.ErrPermission
	}}
	go k.look(time.Millisecond)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	<-opened // gone is seen, and tried again
	<-opened
	other, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	ln.SetUnlinkOnClose(false) // only the look is tested here
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := net.Dial("unix", path); err != nil {
		t.Errorf("the other's socket: %v", err)
	}
	if err := k.renew(); err == nil {
		t.Error("a closed listener listens again")
	}
}
