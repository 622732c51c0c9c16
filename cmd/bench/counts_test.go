package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadCalls(t *testing.T) {
	c, err := readCalls(strings.NewReader(`7 read(5, ""..., 16384)               = 100
7 read(5, 0xc0, 16384)              = -1 EAGAIN (Resource temporarily unavailable)
9 futex(0x1, FUTEX_WAIT_PRIVATE, 0, NULL <unfinished ...>
7 writev(5, [{iov_base=""..., iov_len=5}, {iov_base=") = 9"..., iov_len=50}], 2) = 55
9 <... futex resumed>)              = 0
7 recvfrom(9, <unfinished ...>
7 <... recvfrom resumed>""..., 5, MSG_PEEK, 0x3, [112]) = 5
7 getppid()                         = 1
7 --- SIGURG {si_signo=SIGURG, si_code=SI_TKILL} ---
7 exit_group(0)                     = ?
`))
	if err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[string]float64{"read": 3, "write": 1, "futex": 1, "wait": 0, "other": 2} {
		if c.number[kind] != want {
			t.Errorf("%s: %v calls, want %v", kind, c.number[kind], want)
		}
	}
	if c.all() != 7 || c.read != 105 || c.wrote != 55 {
		t.Errorf("%v calls, %v bytes read and %v written", c.all(), c.read, c.wrote)
	}
}

func TestReadCallgrind(t *testing.T) {
	c, err := readCallgrind(strings.NewReader(`events: Ir
fn=(1) main
1 10
cfn=(2) malloc
calls=3 0
2 30
cfn=(3) memcpy
calls=50 0
2 30
fn=(4) other
cfn=(2)
calls=4 7
2 30
totals: 12345
`))
	if err != nil || c.instructions != 12345 || c.allocations != 7 {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := readCallgrind(strings.NewReader("events: Ir\n")); err == nil {
		t.Error("a file without a total is taken")
	}
}

func TestParsePerf(t *testing.T) {
	for text, want := range map[string]float64{
		"# started\n\n12345,,instructions:u,100,100.00,,\n": 12345,
		"<not supported>,,instructions:u,0,100.00,,\n":      uncounted,
		"": uncounted,
	} {
		n, ok := parsePerf(text)
		if !ok {
			n = uncounted
		}
		if n != want {
			t.Errorf("%q: %v, want %v", text, n, want)
		}
	}
}

// A program that ends before it says that it is there is an error, and the step is not done.
func TestWatched(t *testing.T) {
	done := 0
	step := func() error {
		done++
		return nil
	}
	if err := watched(step, "there", "sh", "-c", "echo there >&2; exec sleep 60"); err != nil || done != 1 {
		t.Errorf("%v, done %d times", err, done)
	}
	if err := watched(step, "there", "sh", "-c", "echo no permission >&2; exit 1"); err == nil || !strings.Contains(err.Error(), "no permission") || done != 1 {
		t.Errorf("%v, done %d times", err, done)
	}
	failed := errors.New("it fails")
	if err := watched(func() error { return failed }, "there", "sh", "-c", "echo there >&2; exec sleep 60"); !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
}

func TestAllocated(t *testing.T) {
	f := &filter{name: "fake", control: "unix:" + filepath.Join(t.TempDir(), "c.sock")}
	ln, err := net.Listen("unix", strings.TrimPrefix(f.control, "unix:"))
	if err != nil {
		t.Fatal(err)
	}
	answer := "heap profile\n# TotalAlloc = 2048\n# Mallocs = 17\n"
	server := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(answer)) })}
	go server.Serve(ln)
	defer server.Close()
	if number, size, err := f.allocated(context.Background()); err != nil || number != 17 || size != 2048 {
		t.Errorf("%v, %v, %v", number, size, err)
	}
	answer = "something else\n"
	if _, _, err := f.allocated(context.Background()); err == nil {
		t.Error("an answer without numbers is taken")
	}
}

func TestMeasureMachine(t *testing.T) {
	m, err := measureMachine()
	if err != nil || m.systemCall <= 0 || m.handOver <= m.systemCall || m.bandwidth < 1e6 {
		t.Errorf("%+v, %v", m, err)
	}
}
