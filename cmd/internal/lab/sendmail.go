package lab

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"sigmilter/sigstore/testport"
)

// ErrNoSendmail is returned, wrapped with what is missing, where a private
// Sendmail cannot be run: it is not unpacked, m4 is missing, or the process is
// not root.
var ErrNoSendmail = errors.New("no Sendmail to run")

// SendmailOptions is what a private Sendmail is to do.
type SendmailOptions struct {
	// Release is whose Sendmail it is.
	Release Release
	// Milter is the filter as sigmilter names its socket, "unix:/path" or
	// "inet:127.0.0.1:8891"; empty for none. Mail gets a 4xx while it is away.
	Milter string
	// NextHop is the "host:port" all accepted mail is handed to.
	NextHop string
	// MC, if not nil, gives the macro file to run in place of the lab's own.
	// Milter and NextHop are not looked at then.
	MC func(SendmailPlace) string
}

// SendmailPlace is what a macro file must name to be a private instance's.
type SendmailPlace struct {
	Macros  string // the folder of the m4 macros, with m4/cf.m4 in it
	Queue   string // the folder of the queue
	Port    int    // to listen on, at 127.0.0.1
	Defines string // lines to be put in below OSTYPE
}

// Sendmail is a running private instance.
type Sendmail struct {
	dir      string
	programs sendmailPrograms
	port     *testport.Held
	daemon   *exec.Cmd
	exited   chan struct{} // closed when the daemon's process is gone
	stop     sync.Once
}

// StartSendmail writes a configuration below dir, starts the instance and
// returns when its port answers. The caller stops it with [Sendmail.Stop].
func StartSendmail(dir string, opts SendmailOptions) (*Sendmail, error) {
	progs, err := findSendmail(opts.Release)
	if err != nil {
		return nil, err
	}
	s := &Sendmail{dir: dir, programs: progs}
	if err := s.makeDirectories(); err != nil {
		return nil, err
	}
	s.port, err = testport.Hold(1)
	if err != nil {
		return nil, err
	}
	if err := s.launch(opts); err != nil {
		s.port.Release()
		return nil, fmt.Errorf("start private Sendmail: %w\n%s", err, logTail(s.Log()))
	}
	return s, nil
}

func (s *Sendmail) launch(opts SendmailOptions) error {
	if err := s.writeConfig(s.port.Ports[0], opts); err != nil {
		return err
	}
	if err := s.startDaemon(); err != nil {
		return err
	}
	if err := awaitGreeting("Sendmail", s.Addr(), s.exited); err != nil {
		s.kill()
		return err
	}
	return nil
}

// startDaemon runs Sendmail in the foreground, with a queue run each second. Its
// own log is syslog's, so what it says goes to a file: its standard error, and
// the SMTP dialogues (-X).
func (s *Sendmail) startDaemon() error {
	out, err := os.Create(s.errors())
	if err != nil {
		return fmt.Errorf("open Sendmail's log: %w", err)
	}
	defer out.Close()
	s.daemon = s.command("-bD", "-q1s", "-X", s.Log())
	s.daemon.Stdout, s.daemon.Stderr = out, out
	if err := s.daemon.Start(); errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("%w: it may not get a host name of its own: %w", ErrNoSendmail, err)
	} else if err != nil {
		return fmt.Errorf("start Sendmail: %w", err)
	}
	s.exited = make(chan struct{})
	go func(cmd *exec.Cmd, exited chan struct{}) {
		_ = cmd.Wait() // how it ended stands in its log
		close(exited)
	}(s.daemon, s.exited)
	return nil
}

// command is a run of Sendmail with the instance's configuration, in a process
// group of its own, which its children end with.
//
// QUIRK: before it reads any configuration Sendmail asks for the machine's name,
// and sleeps for a minute when that is no full one. So it sees another, in a
// namespace of its own; the machine keeps its name.
func (s *Sendmail) command(args ...string) *exec.Cmd {
	all := append([]string{"-c", `hostname "$0" && exec "$@"`, labHost}, s.programs.root.prefix(s.dir)...)
	all = append(all, s.programs.sendmail, "-C", s.cf())
	cmd := exec.Command("sh", append(all, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Cloneflags: syscall.CLONE_NEWUTS}
	return cmd
}

// Addr is the "host:port" it takes mail on.
func (s *Sendmail) Addr() string { return s.port.Addrs()[0] }

// Log is the path of the file with the instance's SMTP dialogues.
func (s *Sendmail) Log() string { return filepath.Join(s.dir, "sendmail.log") }

// Flush has the deferred mail tried again at once.
func (s *Sendmail) Flush() error {
	if out, err := s.command("-q").CombinedOutput(); err != nil {
		return fmt.Errorf("flush Sendmail queue: %w: %s", err, bytes.TrimSpace(out))
	}
	return nil
}

// Queue lists the messages Sendmail has accepted and not yet handed on. It reads
// the control files (qf) themselves: `sendmail -bp` has the sizes beside, and no
// form a program can rely on.
func (s *Sendmail) Queue() ([]Queued, error) {
	files, err := filepath.Glob(filepath.Join(s.dir, "mqueue", "qf*"))
	if err != nil {
		return nil, fmt.Errorf("list Sendmail queue: %w", err)
	}
	queue := []Queued{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		delivered := errors.Is(err, os.ErrNotExist)
		beingMade := err == nil && len(b) == 0
		if delivered || beingMade {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("list Sendmail queue: %w", err)
		}
		q := readControlFile(string(b))
		q.QueueID = strings.TrimPrefix(filepath.Base(file), "qf")
		queue = append(queue, q)
	}
	return queue, nil
}

// readControlFile takes from a qf file, whose lines begin with a letter, the
// sender (S), the recipients (R, with flags before a colon) and why it is still
// there (M).
func readControlFile(text string) Queued {
	var q Queued
	reason := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" {
			continue
		}
		switch rest := line[1:]; line[0] {
		case 'M':
			reason = rest
		case 'S':
			q.Sender = strings.Trim(rest, "<>")
		case 'R':
			_, address, _ := strings.Cut(rest, ":")
			q.Recipients = append(q.Recipients, Recipient{Address: strings.Trim(address, "<>")})
		}
	}
	for i := range q.Recipients {
		q.Recipients[i].DelayReason = reason
	}
	return q
}

// Stop ends the instance; nothing is delivered any more when it returns. Mail in
// its queue stays in the directory. It may be called more than once.
func (s *Sendmail) Stop() {
	s.stop.Do(func() {
		_ = s.daemon.Process.Signal(syscall.SIGTERM) // gone already: nothing to stop
		select {
		case <-s.exited:
		case <-time.After(10 * time.Second):
		}
		s.kill() // what the daemon leaves behind would go on with the message in hand
		s.port.Release()
	})
}

// kill ends the daemon and its children, which share its process group.
func (s *Sendmail) kill() {
	_ = syscall.Kill(-s.daemon.Process.Pid, syscall.SIGKILL) // gone already: nothing to kill
	<-s.exited
}

func (s *Sendmail) cf() string     { return filepath.Join(s.dir, "sendmail.cf") }
func (s *Sendmail) errors() string { return filepath.Join(s.dir, "sendmail.err") }
