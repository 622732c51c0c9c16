// Package daemontest is for tests: a site for a daemon in the same process, with a
// configuration, people, a log and a client.
package daemontest

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/logtest"
	"sigmilter/milter/miltertest"
)

// Site is a folder with all that a daemon needs. Its milter socket is m.sock, its control
// socket c.sock.
type Site struct {
	T      *testing.T
	Dir    string
	Config string // path
	Log    *logtest.Buffer
	Client *control.Client
}

// Settings are the configuration of a site: Alice and Carl, and one template.
const Settings = `listen = "unix:m.sock"
state = "state.db"
control = "unix:c.sock"
[tenant.contoso]
domains = ["contoso.com"]
directory = { path = "people.csv", every = "1h" }
[template.corporate]
html = "corporate.html"
`

// New makes a site. edit changes the configuration, as of [strings.NewReplacer].
func New(t *testing.T, edit ...string) *Site {
	t.Helper()
	dir, err := os.MkdirTemp("", "sigmilter") // the name of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &Site{T: t, Dir: dir, Config: filepath.Join(dir, "sigmilter.toml"), Log: new(logtest.Buffer)}
	s.Client = control.NewClient("unix:" + filepath.Join(dir, "c.sock"))
	s.Write("people.csv", "mail,displayName,proxyAddresses\nalice@contoso.com,Alice Muster,smtp:a.muster@contoso.com\ncarl@contoso.com,Carl Nowak,\n")
	s.Template("one")
	s.Write("sigmilter.toml", strings.NewReplacer(edit...).Replace(Settings))
	return s
}

// Write writes a file of the site, renamed into place as an editor does.
func (s *Site) Write(name, text string) {
	s.T.Helper()
	path := filepath.Join(s.Dir, name)
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		s.T.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		s.T.Fatal(err)
	}
}

// Load reads the configuration, and makes the level of its log.
func (s *Site) Load() (*config.Config, *slog.LevelVar) {
	s.T.Helper()
	cfg, err := config.Load(s.Config)
	if err != nil {
		s.T.Fatal(err)
	}
	level := new(slog.LevelVar)
	level.Set(cfg.Log.Level)
	return cfg, level
}

// Template writes the template, with a mark that tells it from another.
func (s *Site) Template(mark string) {
	s.Write("corporate.html", "<p>{{.displayName}} "+mark+"</p>\n")
}

// Start has a daemon serve until the test ends or stop is called, which waits for its
// end, and returns when it listens.
func (s *Site) Start(serve func(context.Context) error) (stop func()) {
	s.T.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- serve(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			s.T.Errorf("serve: %v\n%s", err, s.Log)
		}
	})
	s.T.Cleanup(stop)
	s.Eventually("a daemon that listens", func() bool { return strings.Contains(s.Log.String(), "listening") })
	return stop
}

// Eventually waits until something holds.
func (s *Site) Eventually(what string, holds func() bool) {
	s.T.Helper()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			s.T.Fatalf("wait for %s\n%s", what, s.Log)
		case <-tick.C:
		}
	}
}

// Dial connects to the daemon as an MTA.
func (s *Site) Dial() *miltertest.MTA {
	s.T.Helper()
	mta, err := miltertest.Dial("unix", filepath.Join(s.Dir, "m.sock"))
	if err != nil {
		s.T.Fatal(err)
	}
	s.T.Cleanup(func() { mta.Close() })
	return mta
}

// AliceMail is a message of Alice's.
const AliceMail = "From: alice@contoso.com\r\nTo: ben@example.net\r\nSubject: Hello\r\n\r\nHello\r\n"

// Sign sends the message of Alice's and returns what it became.
func (s *Site) Sign(mta *miltertest.MTA) string {
	s.T.Helper()
	result, err := mta.Send(miltertest.Envelope{Sender: "alice@contoso.com"}, []byte(AliceMail))
	if err != nil {
		s.T.Fatal(err)
	}
	if !result.Accepted {
		s.T.Fatalf("not accepted: %+v\n%s", result, s.Log)
	}
	return string(result.Raw)
}

// WantSigned wants the message of Alice's signed by the template with the mark.
func (s *Site) WantSigned(mta *miltertest.MTA, mark string) {
	s.T.Helper()
	if got := s.Sign(mta); !strings.Contains(got, "Alice Muster "+mark) {
		s.T.Errorf("want it signed with %q:\n%s", mark, got)
	}
}

// Status asks the daemon how it is.
func (s *Site) Status() control.Status {
	s.T.Helper()
	status, err := s.Client.Status(s.T.Context())
	if err != nil {
		s.T.Fatal(err)
	}
	return status
}
