package milter

import (
	"context"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sigmilter/milter/engine"
	"sigmilter/milter/miltertest"
)

// socketDir is a folder with a name short enough for a socket in it.
func socketDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "m")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func TestListenUnix(t *testing.T) {
	path := filepath.Join(socketDir(t), "m.sock")
	for _, mode := range []fs.FileMode{0o660, 0o600, 0o666} {
		ln, err := Listen("unix:"+path, mode, strconv.Itoa(os.Getgid()))
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode() != fs.ModeSocket|mode {
			t.Errorf("mode %v, %v, want %v", info.Mode(), err, mode)
		}
		if _, err := Listen("unix:"+path, mode, ""); err == nil || !strings.Contains(err.Error(), "another process answers") {
			t.Errorf("a live socket: %v", err)
		}
		ln.Close()
		if _, err := os.Lstat(path); !os.IsNotExist(err) {
			t.Errorf("the file stayed: %v", err)
		}
	}
}

func TestListenStale(t *testing.T) {
	path := filepath.Join(socketDir(t), "m.sock")
	dead, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	dead.(*net.UnixListener).SetUnlinkOnClose(false)
	dead.Close()
	ln, err := Listen("unix:"+path, 0o660, "")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

func TestListenRefuses(t *testing.T) {
	dir := socketDir(t)
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("keep"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	for spec, fault := range map[string]string{
		"":                       "neither unix:/path nor inet:host:port",
		"/run/m.sock":            "neither",
		"tcp:127.0.0.1:0":        "neither",
		"unix:m.sock":            "absolute",
		"unix:":                  "absolute",
		"unix:" + file:           "no socket",
		"unix:" + link:           "no socket",
		"unix:" + dir:            "no socket",
		"unix:" + dir + "/x/m":   "no such file",
		"inet:8891":              "missing port",
		"inet::8891":             "missing",
		"inet:127.0.0.1:":        "missing",
		"inet:8891@127.0.0.1":    "missing port",
		"inet:127.0.0.1:nothing": "",
	} {
		ln, err := Listen(spec, 0o660, "")
		if err == nil {
			ln.Close()
			t.Errorf("%q was accepted", spec)
		} else if !strings.Contains(err.Error(), fault) || !strings.Contains(err.Error(), strconv.Quote(spec)) {
			t.Errorf("%q: %v, want %q", spec, err, fault)
		}
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "keep" {
		t.Errorf("the file is %q, %v", b, err)
	}
	path := filepath.Join(dir, "m.sock")
	if _, err := Listen("unix:"+path, 0o660, "no such group"); err == nil {
		t.Error("a group that does not exist was accepted")
	}
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("a socket was left: %v", err)
	}
}

func TestListenInet(t *testing.T) {
	for _, spec := range []string{"inet:127.0.0.1:0", "inet:localhost:0"} {
		ln, err := Listen(spec, 0, "")
		if err != nil {
			t.Fatal(err)
		}
		if port := ln.Addr().(*net.TCPAddr).Port; port == 0 {
			t.Errorf("%s: port %d", spec, port)
		}
		ln.Close()
	}
}

// TestServeUnix: a whole message over a unix socket, and the file goes with the
// server.
func TestServeUnix(t *testing.T) {
	path := filepath.Join(socketDir(t), "m.sock")
	ln, err := Listen("unix:"+path, 0o660, "")
	if err != nil {
		t.Fatal(err)
	}
	h := newServer(t, script{finish: func(*engine.Message) engine.Outcome { return stamp() }}, Options{})
	served := make(chan error, 1)
	go func() { served <- h.server.Serve(ln, "") }()
	mta, err := miltertest.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	if result := h.send(mta, miltertest.Envelope{}, simple); !strings.Contains(string(result.Raw), "X-Guard: Yes") {
		t.Errorf("passed on %q", result.Raw)
	}
	h.quit(mta)
	if err := h.server.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("the file stayed: %v", err)
	}
}
