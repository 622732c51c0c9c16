package greet

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// answering serves connections with what a milter would write, and returns the socket.
func answering(t *testing.T, answer []byte, hold bool) string {
	t.Helper()
	path := filepath.Join(open(t, t.TempDir()), "m.sock")
	ln, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			if _, err := io.CopyN(io.Discard, conn, 17); err != nil {
				t.Error(err)
			}
			conn.Write(answer)
			if hold {
				io.Copy(io.Discard, conn)
			}
			conn.Close()
		}
	}()
	return path
}

// open lets everybody pass to a test's folder, which is of mode 0700 otherwise.
func open(t *testing.T, dir string) string {
	t.Helper()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// negotiation is a milter's answer that asks for these changes.
func negotiation(actions uint32) []byte {
	packet := []byte{0, 0, 0, 13, 'O', 0, 0, 0, 6}
	packet = binary.BigEndian.AppendUint32(packet, actions)
	return append(packet, 0, 0, 0, 0)
}

func TestAsk(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer []byte
		hold   bool
		signs  bool
		err    error
	}{
		{"a milter that signs", negotiation(0x13), true, true, nil},
		{"one that only adds fields", negotiation(0x01), true, false, nil},
		{"a page of the web", []byte("HTTP/1.1 400 Bad Request\r\n\r\n"), true, false, ErrNoMilter},
		{"another packet", []byte{0, 0, 0, 1, 'c'}, true, false, ErrNoMilter},
		{"a short answer", []byte{0, 0, 0, 5, 'O', 0, 0, 0, 6}, true, false, ErrNoMilter},
		{"one that hangs up", nil, false, false, io.EOF},
		{"one that is silent", nil, true, false, os.ErrDeadlineExceeded},
	} {
		t.Run(tt.name, func(t *testing.T) {
			patience := time.Minute
			if tt.err == os.ErrDeadlineExceeded {
				patience = 50 * time.Millisecond
			}
			answer, err := Ask(Caller{}, "unix", answering(t, tt.answer, tt.hold), patience)
			if !errors.Is(err, tt.err) || answer.Signs != tt.signs {
				t.Errorf("%+v, %v", answer, err)
			}
		})
	}
}

// nobody is a user of every machine.
func nobody(t *testing.T) Caller {
	t.Helper()
	if !CanCall() {
		t.Skip("only root may connect as others")
	}
	caller, err := User("nobody")
	if err != nil {
		t.Fatal(err)
	}
	return caller
}

func TestAskAsAnother(t *testing.T) {
	as := nobody(t)
	path := answering(t, negotiation(0x13), true)
	asks := func(as Caller, path string, want error) {
		t.Helper()
		if _, err := Ask(as, "unix", path, time.Minute); !errors.Is(err, want) {
			t.Errorf("%s as %s: %v, want %v", path, as.Name, err, want)
		}
	}
	change := func(path string, gid int, mode fs.FileMode) {
		t.Helper()
		if err := errors.Join(os.Chown(path, -1, gid), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
	}
	change(path, 0, 0o660)
	asks(as, path, fs.ErrPermission)
	asks(Caller{}, path, nil) // the process is what it was
	change(path, as.GID(), 0o660)
	asks(as, path, nil)
	change(path, 8, 0o660)
	asks(as, path, fs.ErrPermission)
	asks(as.InGroup(8), path, nil)
	change(path, as.GID(), 0o600)
	asks(as, path, fs.ErrPermission)
	change(path, as.GID(), 0o660)
	dir := filepath.Dir(path)
	asks(as.At(dir), "m.sock", nil)
	asks(as.In(dir), "m.sock", nil)
	asks(as.In(dir), "/m.sock", nil)
	asks(as.In(dir), path, fs.ErrNotExist)
	change(dir, 0, 0o750)
	asks(as, path, fs.ErrPermission)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	change(dir, 0, 0o755)
	asks(as, path, fs.ErrNotExist)
	if os.Geteuid() != 0 {
		t.Error("the process is another user's now")
	}
}

func TestAskNobodyListens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.sock")
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	ln.SetUnlinkOnClose(false)
	ln.Close()
	if _, err := Ask(Caller{}, "unix", path, time.Minute); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("unix: %v", err)
	}
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	tcp.Close()
	if _, err := Ask(Caller{}, "tcp", tcp.Addr().String(), time.Minute); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("tcp: %v", err)
	}
}

// A socket of systemd whose daemon never comes: its queue fills, and connecting blocks.
func TestAskFullQueue(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.sock")
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}), syscall.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	var last error
	for range 3 {
		_, last = Ask(Caller{}, "unix", path, 50*time.Millisecond)
	}
	if !errors.Is(last, syscall.EAGAIN) && !errors.Is(last, os.ErrDeadlineExceeded) {
		t.Errorf("%v", last)
	}
}
