package lab

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Build compiles the package of this module's sigmilter command into the file
// binary, with further arguments of `go build` before it. It runs in the module,
// that is below the working directory's.
func Build(ctx context.Context, binary string, args ...string) error {
	args = append(append([]string{"build"}, args...), "-o", binary, "sigmilter/cmd/sigmilter")
	if out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("build sigmilter: %w\n%s", err, bytes.TrimSpace(out))
	}
	return nil
}

// Record is the daemon's log line for one message.
type Record struct {
	Queue  string `json:"queue"` // Postfix's queue id
	From   string `json:"from"`
	Action string `json:"action"`
	Reason string `json:"reason"`
	Rule   string `json:"rule"`
	Placed string `json:"placed"` // where the blocks went, part by part: 1.1=above-quote(owa-header),1.2=end
	Waited int64  `json:"waited"` // microseconds the relay waited for the filter
}

// Daemon is a running `sigmilter serve`.
type Daemon struct {
	cmd    *exec.Cmd
	exited chan struct{} // closed when the process has ended and its log is read
	err    error         // how it ended, valid then

	mu      sync.Mutex
	changed sync.Cond // on mu: records
	records map[string]Record
	log     strings.Builder
}

// StartDaemon runs `binary serve -c` on the site's configuration and returns
// when its socket accepts connections. The caller ends it with [Daemon.Stop] or
// [Daemon.Kill].
func StartDaemon(binary string, site Site) (*Daemon, error) {
	d := &Daemon{cmd: exec.Command(binary, "serve", "-c", site.Config), exited: make(chan struct{}), records: map[string]Record{}}
	d.changed.L = &d.mu
	d.cmd.Env = append(os.Environ(), site.Env...)
	// Ctrl-C at the terminal is for us; we stop the daemon in our own order.
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stderr, err := d.cmd.StderrPipe()
	if err != nil {
		return nil, fmt.Errorf("start sigmilter: %w", err)
	}
	if err := d.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start sigmilter: %w", err)
	}
	go func() {
		d.readLog(stderr)
		d.err = d.cmd.Wait()
		close(d.exited)
		d.mu.Lock()
		defer d.mu.Unlock()
		d.changed.Broadcast()
	}()
	if err := d.awaitSocket(site.Socket); err != nil {
		d.Kill()
		return nil, fmt.Errorf("start sigmilter: %w\n%s", err, d.Log())
	}
	return d, nil
}

func (d *Daemon) awaitSocket(path string) error {
	deadline := time.Now().Add(startTimeout)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := net.Dial("unix", path)
		if err == nil {
			return conn.Close()
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("wait for its socket: %w", err)
		}
		select {
		case <-d.exited:
			return fmt.Errorf("it ended at once: %w", d.err)
		case <-tick.C:
		}
	}
}

// readLog keeps the whole log, and the message lines by queue id.
func (d *Daemon) readLog(stderr io.Reader) {
	for lines := bufio.NewReader(stderr); ; {
		line, err := lines.ReadBytes('\n')
		d.mu.Lock()
		d.log.Write(line)
		var r struct {
			Msg string `json:"msg"`
			Record
		}
		if json.Unmarshal(line, &r) == nil && r.Msg == "message" {
			d.records[r.Queue] = r.Record
			d.changed.Broadcast()
		}
		d.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// Log is what the daemon has written so far.
func (d *Daemon) Log() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.log.String()
}

// Record waits for the daemon's line on an arrived message, which it may write
// a moment after Postfix has the answer.
func (d *Daemon) Record(ctx context.Context, a Arrival) (Record, error) {
	queue, err := a.QueueID()
	if err != nil {
		return Record{}, err
	}
	stop := context.AfterFunc(ctx, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.changed.Broadcast()
	})
	defer stop()
	d.mu.Lock()
	defer d.mu.Unlock()
	for {
		if r, ok := d.records[queue]; ok {
			return r, nil
		}
		if err := ctx.Err(); err != nil {
			return Record{}, fmt.Errorf("wait for the log line of message %s: %w", queue, err)
		}
		d.changed.Wait()
	}
}

// QueueID is the id under which the relay had the message, read from its trace
// field on top.
func (a Arrival) QueueID() (string, error) {
	for _, field := range fieldValues(a.Raw, "Received") {
		if !strings.Contains(field, "relay.lab.example") {
			break
		}
		words := strings.Fields(field)
		for i, word := range words[:len(words)-1] {
			if word == "id" {
				return strings.TrimSuffix(words[i+1], ";"), nil
			}
		}
	}
	return "", fmt.Errorf("message %s: no trace field of the relay on top", a.MessageID)
}

// Stop sends SIGTERM and waits for the daemon to finish what it has in hand; an
// exit status other than 0 is an error.
func (d *Daemon) Stop() error {
	if err := d.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-d.exited:
	case <-time.After(90 * time.Second):
		d.Kill()
		return errors.New("stop sigmilter: still running 90 seconds after SIGTERM")
	}
	if d.err != nil {
		return fmt.Errorf("stop sigmilter: %w\n%s", d.err, d.Log())
	}
	return nil
}

// Exited is closed when the process has ended, by itself or not.
func (d *Daemon) Exited() <-chan struct{} { return d.exited }

// Find returns the daemon's line on a message if it has written one.
func (d *Daemon) Find(queue string) (Record, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r, ok := d.records[queue]
	return r, ok
}

// Signal sends the process a signal. That it has ended is no fault.
func (d *Daemon) Signal(s os.Signal) error {
	if err := d.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signal sigmilter: %w", err)
	}
	return nil
}

// Kill ends the daemon as a power failure would.
func (d *Daemon) Kill() {
	_ = d.cmd.Process.Kill() // gone already: nothing to kill
	<-d.exited
}
