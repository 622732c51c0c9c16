package lab

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"sigmilter/sigstore/testport"
)

// ErrNoPostfix is returned, wrapped with what is missing, where a private
// Postfix cannot be run: its programs are not installed, or the process is not
// root (Postfix changes to its own user).
var ErrNoPostfix = errors.New("no Postfix to run")

// PostfixOptions is what a private Postfix is to do.
type PostfixOptions struct {
	// Release is whose Postfix it is.
	Release Release
	// Milter is the filter of the first port as Postfix writes it,
	// "unix:/path" or "inet:127.0.0.1:8891"; empty for none. A relative path
	// would be relative to Postfix's queue directory. The filter need not be
	// there yet: mail gets a 4xx until it is.
	Milter string
	// NextHop is the "host:port" all accepted mail is handed to.
	NextHop string
	// Ports are further ports to listen on, each with its own filter.
	Ports []Port
	// Settings are further lines of main.cf; they win over the lab's own.
	Settings map[string]string
	// Services are further lines of master.cf.
	Services string
	// Conf, if not nil, gives main.cf and master.cf in place of the lab's own, for
	// the address that its first port is to be. Nothing above is looked at then. To
	// main.cf only the instance's folders are added.
	Conf func(addr string) (main, master string)
}

// Port is one more listening port of a private Postfix.
type Port struct {
	Milter   string            // as in [PostfixOptions]
	Settings map[string]string // main.cf settings for this port alone
}

// Postfix is a running private instance.
type Postfix struct {
	dir      string
	programs programs
	ports    *testport.Held
	addrs    []string
	master   *exec.Cmd
	exited   chan struct{} // closed when the master process is gone
	stop     sync.Once
}

// lifetime bounds a forgotten instance, for instance of a test binary that was
// killed: the master process ends by itself.
const lifetime = time.Hour

// startTimeout bounds the wait for an instance to answer.
const startTimeout = 30 * time.Second

// StartPostfix writes a configuration below dir, starts the instance and
// returns when every port answers. The user postfix must be able to reach dir
// ([NewDir] makes such a directory). The caller stops it with [Postfix.Stop].
func StartPostfix(dir string, opts PostfixOptions) (*Postfix, error) {
	progs, err := findPostfix(opts.Release)
	if err != nil {
		return nil, err
	}
	if err := reachable(dir); err != nil {
		return nil, err
	}
	p := &Postfix{dir: dir, programs: progs}
	if err := p.makeDirectories(); err != nil {
		return nil, err
	}
	p.ports, err = testport.Hold(1 + len(opts.Ports))
	if err != nil {
		return nil, err
	}
	p.addrs = p.ports.Addrs()
	if err := p.launch(opts); err != nil {
		p.ports.Release()
		return nil, fmt.Errorf("start private Postfix: %w\n%s", err, p.logTail())
	}
	return p, nil
}

func (p *Postfix) launch(opts PostfixOptions) error {
	if err := p.writeConfig(opts); err != nil {
		return err
	}
	if out, err := p.programs.root.command(p.dir, p.programs.postfix, "-c", p.conf(), "check").CombinedOutput(); err != nil {
		return fmt.Errorf("postfix check: %w: %s", err, bytes.TrimSpace(out))
	}
	if err := p.startMaster(); err != nil {
		return err
	}
	for _, addr := range p.addrs {
		if err := p.awaitGreeting(addr); err != nil {
			p.kill()
			return err
		}
	}
	return nil
}

// startMaster runs master(8) itself: the process is ours to wait for, and
// `postfix stop` with its sleeps is not needed. Without -w it stays in the
// foreground; what it has to say goes to the log.
func (p *Postfix) startMaster() error {
	p.master = p.programs.root.command(p.dir, filepath.Join(p.programs.daemonDir, "master"),
		"-c", p.conf(), "-e", fmt.Sprint(int(lifetime.Seconds())))
	// QUIRK: master makes itself a session leader, and fails if it leads a
	// process group already, but is content to be one from the start.
	p.master.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := p.master.Start(); err != nil {
		return fmt.Errorf("start Postfix master: %w", err)
	}
	p.exited = make(chan struct{})
	go func(cmd *exec.Cmd, exited chan struct{}) {
		_ = cmd.Wait() // how it ended stands in its log
		close(exited)
	}(p.master, p.exited)
	return nil
}

// awaitGreeting connects until the port greets with 220.
func (p *Postfix) awaitGreeting(addr string) error {
	return awaitGreeting("Postfix", addr, p.exited)
}

// awaitGreeting connects until the port greets with 220 or the process of the
// MTA has ended.
func awaitGreeting(mta, addr string, exited <-chan struct{}) error {
	deadline := time.Now().Add(startTimeout)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := greets(addr)
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("wait for %s on %s: %w", mta, addr, err)
		}
		select {
		case <-exited:
			return fmt.Errorf("wait for %s on %s: its first process ended", mta, addr)
		case <-tick.C:
		}
	}
}

func greets(addr string) error {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return fmt.Errorf("read greeting: %w", err)
	}
	if !strings.HasPrefix(line, "220 ") {
		return fmt.Errorf("greeting %q", line)
	}
	_, err = io.WriteString(conn, "QUIT\r\n")
	return err
}

// Addr is the "host:port" of the first port.
func (p *Postfix) Addr() string { return p.addrs[0] }

// Addrs are the "host:port" of all ports in the order of the options.
func (p *Postfix) Addrs() []string { return p.addrs }

// PID is that of the instance's first process, from which all others come.
func (p *Postfix) PID() int { return p.master.Process.Pid }

// Log is the path of the instance's mail log.
func (p *Postfix) Log() string { return filepath.Join(p.dir, "postfix.log") }

// Flush has the deferred mail tried again at once.
func (p *Postfix) Flush() error {
	if out, err := p.programs.root.command(p.dir, p.programs.postqueue, "-c", p.conf(), "-f").CombinedOutput(); err != nil {
		return fmt.Errorf("flush Postfix queue: %w: %s", err, bytes.TrimSpace(out))
	}
	return nil
}

// Queue lists the messages Postfix has accepted and not yet handed on.
func (p *Postfix) Queue() ([]Queued, error) {
	var stderr bytes.Buffer
	cmd := p.programs.root.command(p.dir, p.programs.postqueue, "-c", p.conf(), "-j")
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list Postfix queue: %w: %s", err, bytes.TrimSpace(stderr.Bytes()))
	}
	var queue []Queued
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var q Queued
		if err := dec.Decode(&q); errors.Is(err, io.EOF) {
			return queue, nil
		} else if err != nil {
			return nil, fmt.Errorf("read Postfix queue listing: %w", err)
		}
		queue = append(queue, q)
	}
}

// Drop removes all mail from the queue, undelivered.
//
// QUIRK: postsuper misses a message that is on its way from one of the queues to
// another, hence again until none is left.
func (p *Postfix) Drop() error {
	for deadline := time.Now().Add(startTimeout); ; {
		cmd := p.programs.root.command(p.dir, filepath.Join(p.programs.commandDir, "postsuper"), "-c", p.conf(), "-d", "ALL")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("drop Postfix queue: %w: %s", err, bytes.TrimSpace(out))
		}
		queue, err := p.Queue()
		if err != nil || len(queue) == 0 {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("drop Postfix queue: %d messages are still there", len(queue))
		}
	}
}

// Stop ends the instance; nothing is delivered any more when it returns. Mail in
// its queue stays in the directory. It may be called more than once.
func (p *Postfix) Stop() {
	p.stop.Do(func() {
		_ = p.master.Process.Signal(syscall.SIGTERM) // gone already: nothing to stop
		select {
		case <-p.exited:
		case <-time.After(10 * time.Second):
		}
		p.kill() // what master leaves behind would go on with the message in hand
		p.ports.Release()
	})
}

// kill ends the master and its children, which share its process group.
func (p *Postfix) kill() {
	_ = syscall.Kill(-p.master.Process.Pid, syscall.SIGKILL) // gone already: nothing to kill
	<-p.exited
}

func (p *Postfix) logTail() string { return logTail(p.Log()) }

// logTail is the end of a mail log, for an error message.
func logTail(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-2000):])
}

func (p *Postfix) conf() string { return filepath.Join(p.dir, "conf") }
