package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sigmilter/cmd/internal/lab"
)

// filter is a milter under test, a process of its own.
type filter struct {
	name   string
	what   string // for the report
	socket string // empty for no filter at all
	cmd    *exec.Cmd
	addr   string // of the Postfix port that uses it
}

//go:embed filter/noop.c
var noopSource []byte

// startFilters builds and starts all filters.
func (b *bench) startFilters(ctx context.Context) error {
	b.progress("building the filters")
	c, goNoop, daemon := b.path("noop-c"), b.path("noop-go"), b.path("sigmilter")
	compile := exec.CommandContext(ctx, "cc", "-O2", "-o", c, "-x", "c", "-", "-lmilter", "-lpthread")
	compile.Stdin = bytes.NewReader(noopSource)
	if text, err := compile.CombinedOutput(); err != nil {
		return fmt.Errorf("compile the C filter: %w\n%s\nas root: apt-get install gcc libc6-dev libmilter-dev", err, text)
	}
	if text, err := exec.CommandContext(ctx, "go", "build", "-o", goNoop, "sigmilter/cmd/bench/gonoop").CombinedOutput(); err != nil {
		return fmt.Errorf("build the go-milter filter: %w\n%s", err, text)
	}
	if err := lab.Build(ctx, daemon, "-trimpath"); err != nil {
		return err
	}
	site, err := lab.WriteSite(b.dir)
	if err != nil {
		return err
	}
	b.filters = []*filter{
		{name: "none", what: "Postfix without a filter"},
		{name: "c-noop", what: "C libmilter filter that adds one field", socket: b.path("c.sock")},
		{name: "c-body", what: "the same, and sends the body back", socket: b.path("b.sock")},
		{name: "go-noop", what: "go-milter filter that adds one field", socket: b.path("g.sock")},
		{name: "sigmilter", what: "sigmilter", socket: site.Socket},
	}
	commands := [][]string{nil, {c, b.path("c.sock")}, {c, "-b", b.path("b.sock")}, {goNoop, b.path("g.sock")}, {daemon, "serve", "-c", site.Config}}
	for i, f := range b.filters {
		if commands[i] == nil {
			continue
		}
		if err := f.start(b.path(f.name+".log"), commands[i]); err != nil {
			return fmt.Errorf("start %s: %w", f.name, err)
		}
	}
	return nil
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

// filter returns the one of a name.
func (b *bench) filter(name string) *filter {
	for _, f := range b.filters {
		if f.name == name {
			return f
		}
	}
	panic("no filter " + name)
}

// start runs the filter until its socket answers.
func (f *filter) start(logPath string, command []string) error {
	log, err := os.Create(logPath)
	if err != nil {
		return err
	}
	defer log.Close()
	f.cmd = exec.Command(command[0], command[1:]...)
	f.cmd.Stdout, f.cmd.Stderr = log, log
	if err := f.cmd.Start(); err != nil {
		return err
	}
	exited := make(chan error, 1)
	go func() { exited <- f.cmd.Wait() }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); ; {
		conn, err := net.Dial("unix", f.socket)
		if err == nil {
			return conn.Close()
		}
		select {
		case err := <-exited:
			text, _ := os.ReadFile(logPath)
			return fmt.Errorf("it ended at once: %v\n%s", err, text)
		case <-tick.C:
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}

func (f *filter) stop() {
	if f.cmd != nil && f.cmd.Process != nil {
		_ = f.cmd.Process.Kill() // gone already: nothing to stop
	}
}

// startPostfix starts a Postfix with a port for each filter. What it accepts is
// dropped by its discard service, so that nothing but the way in is measured.
func (b *bench) startPostfix() error {
	b.progress("starting Postfix")
	opts := lab.PostfixOptions{
		NextHop: "127.0.0.1:1",
		Settings: map[string]string{
			"relayhost": "", "default_transport": "discard:", "milter_default_action": "tempfail",
			"smtpd_client_connection_count_limit": "0", "smtpd_client_message_rate_limit": "0",
		},
	}
	for _, f := range b.filters[1:] {
		opts.Ports = append(opts.Ports, lab.Port{Milter: "unix:" + f.socket})
	}
	postfix, err := lab.StartPostfix(b.path("."), opts)
	if err != nil {
		return err
	}
	b.postfix = postfix
	for i, f := range b.filters {
		f.addr = postfix.Addrs()[i]
	}
	return nil
}

// usage is what a process has used so far.
type usage struct {
	cpu      time.Duration
	rss, top int64 // bytes now, and at most
}

// usage reads the filter's from /proc.
func (f *filter) usage() (u usage, err error) {
	if f.cmd == nil {
		return u, nil
	}
	proc := filepath.Join("/proc", strconv.Itoa(f.cmd.Process.Pid))
	stat, err := os.ReadFile(filepath.Join(proc, "stat"))
	if err != nil {
		return u, err
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return u, errors.New("unexpected " + proc + "/stat")
	}
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return u, err
		}
		u.cpu += time.Duration(n) * tick
	}
	status, err := os.ReadFile(filepath.Join(proc, "status"))
	if err != nil {
		return u, err
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		kb, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch name {
		case "VmRSS":
			u.rss = kb << 10
		case "VmHWM":
			u.top = kb << 10
		}
	}
	return u, nil
}
