package main_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"sigmilter/cmd/internal/lab"
	"sigmilter/milter/miltertest"
)

// soakShort is the number of messages without SOAK, the number that make soak sets.
const soakShort = 2000

// Messages of many kinds over connections that come and go: afterwards the daemon
// has neither more memory nor more files open than when it had warmed up, and every
// message was signed.
func TestSoak(t *testing.T) {
	messages, binary := soakShort, ""
	if n, err := strconv.Atoi(os.Getenv("SOAK")); err == nil {
		messages, binary = n, filepath.Join(t.TempDir(), "sigmilter") // without the race detector
		if err := lab.Build(context.Background(), binary); err != nil {
			t.Fatal(err)
		}
	} else {
		binary = build(t)
	}
	d := startSoaked(t, binary)
	began := time.Now()
	warm := messages / 4
	d.play(t, warm)
	memory, files := d.memory(t), d.files(t)
	for range 3 {
		d.play(t, messages/4)
		nowMemory, nowFiles := d.memory(t), d.files(t)
		t.Logf("%v: memory %d KiB, of %d after warm-up; files %d, of %d", time.Since(began).Round(time.Second), nowMemory, memory, nowFiles, files)
		// The race detector's own memory is not the daemon's; the short form is too short
		// for it to settle.
		if messages > soakShort && nowMemory > memory+memory/10 {
			t.Errorf("memory grew from %d KiB to %d KiB", memory, nowMemory)
		}
		if nowFiles > files {
			t.Errorf("open files grew from %d to %d", files, nowFiles)
		}
	}
}

// soaked is a daemon under load.
type soaked struct {
	socket string
	pid    int
}

func startSoaked(t *testing.T, binary string) soaked {
	t.Helper()
	dir := lab.TestDir(t)
	d := soaked{socket: filepath.Join(dir, "milter.sock")}
	for name, text := range map[string]string{
		"people.csv": "mail,displayName,jobTitle\nalice@contoso.com,Alice Muster,Head of Meters\n",
		"t.html":     "<p><b>{{.displayName}}</b><br>{{.jobTitle}}</p>",
		"c.toml": "listen = \"unix:" + d.socket + "\"\nstate = \"state.db\"\ncontrol = \"off\"\nspool = \".\"\nlimits.body_memory = \"64KiB\"\n" +
			"tenant.contoso.domains = [\"contoso.com\"]\ntenant.contoso.directory.path = \"people.csv\"\ntemplate.t.html = \"t.html\"\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(binary, "serve", "-c", filepath.Join(dir, "c.toml"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	d.pid = cmd.Process.Pid
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the daemon ended with %v", err)
		}
	})
	deadline, look := time.After(patience), time.NewTicker(20*time.Millisecond)
	defer look.Stop()
	for {
		mta, err := miltertest.Dial("unix", d.socket)
		if err == nil {
			// The source is read beside; until then nobody is known.
			result, err := mta.Send(miltertest.Envelope{Sender: "alice@contoso.com"}, miltertest.TextMail(100))
			mta.Close()
			if err == nil && strings.Contains(string(result.Raw), "Head of Meters") {
				return d
			}
		}
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("the daemon does not sign: %v", err)
		}
	}
}

// soakMails are the kinds of messages; the last one goes to a temporary file.
var soakMails = [][]byte{
	miltertest.TextMail(2 << 10), miltertest.ReplyMail(2<<10, 18<<10), miltertest.NewMail(10 << 10),
	miltertest.TextMail(500), miltertest.AttachmentMail(200 << 10),
}

// play sends n messages over four connections at a time, a new one every hundred
// messages. After every tenth comes one that is aborted.
func (d soaked) play(t *testing.T, n int) {
	t.Helper()
	const perConnection = 100
	var next atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for next.Load() < int64(n) {
				if err := d.connection(&next, perConnection, n); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

func (d soaked) connection(next *atomic.Int64, most, n int) error {
	mta, err := miltertest.Dial("unix", d.socket)
	if err != nil {
		return err
	}
	defer mta.Close()
	for range most {
		i := next.Add(1)
		if i > int64(n) {
			break
		}
		result, err := mta.Send(miltertest.Envelope{Sender: "alice@contoso.com"}, soakMails[i%int64(len(soakMails))])
		if err != nil {
			return err
		}
		if !result.Accepted || !strings.Contains(string(result.Raw), "X-Sigmilter-Handled: Yes") || len(result.Modifications) < 3 {
			return fmt.Errorf("message %d was not signed: %v", i, result.Replies)
		}
		if i%10 == 0 {
			if _, err := mta.Mail("alice@contoso.com"); err != nil {
				return err
			}
			if err := mta.Abort(); err != nil {
				return err
			}
		}
	}
	return mta.Quit()
}

// memory is what the daemon has in memory, in KiB.
func (d soaked) memory(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kib
}

// files are how many files the daemon has open: the least of many looks, for it may
// still be closing connections.
func (d soaked) files(t *testing.T) int {
	t.Helper()
	least := 0
	for range 200 {
		open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", d.pid))
		if err != nil {
			t.Fatal(err)
		}
		if least == 0 || len(open) < least {
			least = len(open)
		}
	}
	return least
}
