package lab

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// fakeDaemon, in the environment, makes the test binary play `sigmilter serve`
// in the manner its value names.
const fakeDaemon = "LAB_FAKE_DAEMON"

func TestMain(m *testing.M) {
	if manner := os.Getenv(fakeDaemon); manner != "" {
		os.Exit(serve(manner, os.Args[len(os.Args)-1]))
	}
	os.Exit(m.Run())
}

// serve opens the socket beside the configuration, logs one message, and ends
// with SIGTERM; its exit status depends on the manner.
func serve(manner, config string) int {
	if manner == "refuse" {
		fmt.Fprintln(os.Stderr, config+":1: listen: no such thing")
		return 2
	}
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM)
	if _, err := net.Listen("unix", filepath.Join(filepath.Dir(config), "milter.sock")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Fprintln(os.Stderr, "not JSON")
	fmt.Fprintln(os.Stderr, `{"msg":"started","queue":"no message"}`)
	fmt.Fprintln(os.Stderr, `{"msg":"message","queue":"4Q1","action":"signed","reason":"rule","waited":42}`)
	<-terminated
	if manner == "fall" {
		return 66
	}
	return 0
}

func startFake(t *testing.T, manner string) (*Daemon, error) {
	t.Helper()
	t.Setenv(fakeDaemon, manner)
	site, err := WriteSite(TestDir(t))
	if err != nil {
		t.Fatal(err)
	}
	return StartDaemon(os.Args[0], site)
}

func TestDaemonRecordsByQueueID(t *testing.T) {
	d, err := startFake(t, "well")
	if err != nil {
		t.Fatal(err)
	}
	a := Arrival{Raw: []byte("Received: from x (x [127.0.0.1])\r\n\tby relay.lab.example (Postfix) with ESMTP id 4Q1\r\n\tfor <b@x>;\r\n\r\n")}
	r, err := d.Record(timeout(t), a)
	if err != nil || r.Action != "signed" || r.Waited != 42 {
		t.Errorf("record %+v, %v", r, err)
	}
	gone, cancel := context.WithCancel(timeout(t))
	cancel()
	a.Raw = []byte(strings.Replace(string(a.Raw), "4Q1", "4Q2", 1))
	if _, err := d.Record(gone, a); err == nil || !strings.Contains(err.Error(), "4Q2") {
		t.Errorf("record of a message never logged: %v", err)
	}
	a.Raw = []byte("Received: from elsewhere id 4Q1\r\n\r\n")
	if _, err := d.Record(timeout(t), a); err == nil || !strings.Contains(err.Error(), "no trace field") {
		t.Errorf("record of a message that passed no relay: %v", err)
	}
	if err := d.Stop(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(d.Log(), "not JSON\n") {
		t.Errorf("log %q lacks a line", d.Log())
	}
}

func TestDaemonEndsBadly(t *testing.T) {
	if _, err := startFake(t, "refuse"); err == nil || !strings.Contains(err.Error(), "listen: no such thing") {
		t.Errorf("daemon that refuses its configuration: %v", err)
	}
	d, err := startFake(t, "fall")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Stop(); err == nil || !strings.Contains(err.Error(), "66") {
		t.Errorf("daemon with exit status 66: %v", err)
	}
	d, err = startFake(t, "well")
	if err != nil {
		t.Fatal(err)
	}
	d.Kill()
	if err := d.Stop(); err == nil {
		t.Error("killed daemon stopped without an error")
	}
}
