package main

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/lab"
	"sigmilter/sigstore/testport"
)

// filter is a milter under test, in processes of its own.
type filter struct {
	name   string
	what   string // for the report
	socket string // a path, or host:port; empty for no filter at all
	cmds   []*exec.Cmd
	exited []chan error // of each
	addr   string       // of the Postfix port that uses it
	peer   bool         // the run goes on without it
	mark   string       // that a message bears which it handled
	inC    bool         // a program that valgrind can run

	control string // socket of a daemon's control, empty for another filter

	// Of one that is no milter: Postfix's service for it, and how a port names it.
	service, contentFilter string
}

//go:embed filter/noop.c
var noopSource []byte

// startFilters builds and starts all filters.
func (b *bench) startFilters(ctx context.Context) error {
	b.progress("building the filters")
	c, goNoop, daemon := b.path("noop-c"), b.path("noop-go"), b.path("sigmilter")
	if err := compile(ctx, noopSource, c); err != nil {
		return err
	}
	if text, err := exec.CommandContext(ctx, "go", "build", "-o", goNoop, "sigmilter/cmd/bench/gonoop").CombinedOutput(); err != nil {
		return fmt.Errorf("build the go-milter filter: %w\n%s", err, text)
	}
	if err := lab.Build(ctx, daemon, "-trimpath"); err != nil {
		return err
	}
	unix, err := b.site("unix", "", "", 0)
	if err != nil {
		return err
	}
	if b.ports, err = testport.Hold(2); err != nil {
		return err
	}
	over, noopOver := b.ports.Addrs()[0], b.ports.Addrs()[1]
	overTCP, err := b.site("tcp", "inet:"+over, "", 0)
	if err != nil {
		return err
	}
	large, err := b.site("large", "", "", people)
	if err != nil {
		return err
	}
	parts, err := b.site("parts", "", fmt.Sprintf("[limits]\nparts = %d\n", 2*manyParts), 0)
	if err != nil {
		return err
	}
	b.control = control.NewClient(large.Control())
	for _, one := range []struct {
		filter
		command []string
	}{
		{filter{name: "none", what: "Postfix without a filter"}, nil},
		{filter{name: "c-noop", what: "C libmilter filter that adds one field", socket: b.path("c.sock"), mark: "X-Noop: Yes", inC: true}, []string{c, "unix:" + b.path("c.sock")}},
		{filter{name: "c-body", what: "the same, and sends the body back", socket: b.path("b.sock"), mark: "X-Noop: Yes", inC: true}, []string{c, "-b", "unix:" + b.path("b.sock")}},
		{filter{name: "go-noop", what: "go-milter filter that adds one field", socket: b.path("g.sock"), mark: "X-Noop: Yes"}, []string{goNoop, b.path("g.sock")}},
		{filter{name: "sigmilter", what: "sigmilter; with -handled: a message that bears its guard", socket: unix.Socket, mark: signature, control: unix.Control()}, []string{daemon, "serve", "-c", unix.Config}},
		{filter{name: "c-noop-tcp", what: "c-noop over TCP", socket: noopOver, mark: "X-Noop: Yes"}, []string{c, fmt.Sprintf("inet:%d@127.0.0.1", b.ports.Ports[1])}},
		{filter{name: "sigmilter-tcp", what: "sigmilter over TCP", socket: over, mark: signature}, []string{daemon, "serve", "-c", overTCP.Config}},
		{filter{name: "sigmilter-parts", what: "sigmilter with a limit of parts raised, to see how it grows with them", socket: parts.Socket, mark: signature}, []string{daemon, "serve", "-c", parts.Config}},
		{filter{name: "sigmilter-large", what: fmt.Sprintf("sigmilter with %d people, for its memory", people), socket: large.Socket, mark: signature}, []string{daemon, "serve", "-c", large.Config}},
	} {
		f := one.filter
		b.filters = append(b.filters, &f)
		if one.command == nil {
			continue
		}
		if err := f.start(b.path(f.name+".log"), f.socket, one.command...); err != nil {
			return fmt.Errorf("start %s: %w", f.name, err)
		}
	}
	b.startPeers(ctx)
	return nil
}

// people is how many an idle daemon of a large organisation has.
const people = 10_000

// site writes a configuration into a folder of its own, with another socket, more
// settings and more people if wanted.
func (b *bench) site(name, listen, settings string, people int) (lab.Site, error) {
	dir := b.path(name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		return lab.Site{}, err
	}
	site, err := lab.WriteSite(dir)
	if err != nil {
		return site, err
	}
	text, err := os.ReadFile(site.Config)
	if err != nil {
		return site, err
	}
	changed := string(text) + settings
	if listen != "" {
		changed = strings.Replace(changed, "unix:"+site.Socket, listen, 1)
		changed = strings.Replace(changed, "socket_group", "# socket_group", 1)
	}
	if err := os.WriteFile(site.Config, []byte(changed), 0o644); err != nil {
		return site, err
	}
	file, err := os.OpenFile(site.People, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return site, err
	}
	w := bufio.NewWriter(file)
	for i := range people {
		fmt.Fprintf(w, "person%05d@contoso.com,Person %d,Engineer of Department %d,+49 30 5551 %05d\n", i, i, i%40, i)
	}
	return site, errors.Join(w.Flush(), file.Close())
}

func compile(ctx context.Context, source []byte, program string) error {
	cmd := exec.CommandContext(ctx, "cc", "-O2", "-o", program, "-x", "c", "-", "-lmilter", "-lpthread")
	cmd.Stdin = bytes.NewReader(source)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("compile a C filter: %w\n%s\nas root: apt-get install gcc libc6-dev libmilter-dev", err, text)
	}
	return nil
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

// filter returns the one of a name, nil if it could not be started.
func (b *bench) filter(name string) *filter {
	for _, f := range b.filters {
		if f.name == name {
			return f
		}
	}
	return nil
}

// network is that of the filter's socket.
func (f *filter) network() string {
	if filepath.IsAbs(f.socket) {
		return "unix"
	}
	return "tcp"
}

// port is a port of Postfix that uses the filter.
func (f *filter) port() lab.Port {
	switch {
	case f.contentFilter != "":
		return lab.Port{Settings: map[string]string{"content_filter": f.contentFilter}}
	case f.network() == "unix":
		return lab.Port{Milter: "unix:" + f.socket}
	}
	return lab.Port{Milter: "inet:" + f.socket}
}

// start runs one more process of the filter and waits until a socket of it, the
// filter's or another, answers.
func (f *filter) start(logPath, socket string, command ...string) error {
	log, err := os.Create(logPath)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd, exited := exec.Command(command[0], command[1:]...), make(chan error, 1)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { exited <- cmd.Wait() }()
	f.cmds, f.exited = append(f.cmds, cmd), append(f.exited, exited)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); ; {
		conn, err := net.Dial((&filter{socket: socket}).network(), socket)
		if err == nil {
			return conn.Close()
		}
		select {
		case err := <-exited:
			exited <- err
			text, _ := os.ReadFile(logPath)
			return fmt.Errorf("it ended at once: %v\n%s", err, text)
		case <-tick.C:
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}

// stop ends the filter's processes, by force if they do not go soon.
func (f *filter) stop() { f.stopWithin(5 * time.Second) }

func (f *filter) stopWithin(patience time.Duration) {
	for i, cmd := range f.cmds {
		_ = cmd.Process.Signal(syscall.SIGTERM) // gone already: nothing to stop
		select {
		case <-f.exited[i]:
		case <-time.After(patience):
			_ = cmd.Process.Kill()
		}
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
			"setgid_group":                        otherGroup,
			"smtpd_client_connection_count_limit": "0", "smtpd_client_message_rate_limit": "0",
		},
	}
	for _, f := range b.filters[1:] {
		opts.Ports = append(opts.Ports, f.port())
		opts.Services += f.service
	}
	postfix, err := lab.StartPostfix(b.path("."), opts)
	if err != nil {
		return err
	}
	b.postfix = postfix
	for i, f := range b.filters {
		f.addr = postfix.Addrs()[i]
	}
	return b.openMaildrop()
}
