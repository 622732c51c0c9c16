package feed

import (
	"context"
	"errors"
	"fmt"
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
	"sigmilter/sigstore"
	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/csvfile"
	"sigmilter/sigstore/people"
)

// scripted is a source that does what a test says.
type scripted func(cursor string, progress directory.Progress) (batch, error)

// batch is a reading with its people.
type batch struct {
	directory.Batch
	people []directory.Person
}

func (s scripted) Read(_ context.Context, cursor string, people directory.Sink, progress directory.Progress) (directory.Batch, error) {
	b, err := s(cursor, progress)
	for _, p := range b.people {
		if err := people.Add(p); err != nil {
			return directory.Batch{}, err
		}
	}
	return b.Batch, err
}

func temporaryStore(t *testing.T) *sigstore.Store {
	t.Helper()
	store, err := sigstore.Temporary()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func newFeed(t *testing.T, source directory.Source) (*Feed, *logtest.Buffer) {
	out := &logtest.Buffer{}
	log := slog.New(slog.NewTextHandler(out, nil))
	progress := &readingProgress{log: log, every: time.Millisecond}
	return &Feed{
		tenant: "contoso", directory: config.Directory{Name: "hr", Source: "csv", Every: time.Minute, MaxVanish: 0.2},
		source: source, store: temporaryStore(t), log: log, progress: progress, files: newFileWatcher(t.Context()), requests: make(chan request),
	}, out
}

func somebody(n int) (people []directory.Person) {
	for i := range n {
		a := fmt.Sprintf("p%d@contoso.com", i)
		people = append(people, directory.Person{Address: a, Addresses: []string{a}})
	}
	return people
}

func count(t *testing.T, store *sigstore.Store) int {
	t.Helper()
	n, err := store.Count("contoso")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestFeedFailures(t *testing.T) {
	var next batch
	var fault error
	var cursors []string
	f, log := newFeed(t, scripted(func(cursor string, _ directory.Progress) (batch, error) {
		cursors = append(cursors, cursor)
		if fault != nil && fault.Error() == "panic" {
			panic("boom")
		}
		return next, fault
	}))
	sync := func(want string) {
		t.Helper()
		err := f.readSource(t.Context(), control.Changes)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Fatalf("got %v, want %q", err, want)
		}
		state, serr := f.store.Sync("contoso", "hr")
		if serr != nil || (state.Err == "") != (want == "") || !strings.Contains(state.Err, want) {
			t.Fatalf("state is %+v, %v; want %q", state, serr, want)
		}
	}
	next = batch{directory.Batch{Full: true, Cursor: "1"}, somebody(20)}
	sync("")
	fault = errors.New("wrong password")
	sync("wrong password")
	sync("wrong password")
	if n := log.Count("wrong password"); n != 1 {
		t.Errorf("the same reason is logged %d times", n)
	}
	if p := f.nextPause(); p < 96*time.Second || p > 144*time.Second {
		t.Errorf("the pause after two failures is %v", p)
	}
	fault = errors.New("panic")
	sync("a bug in sigmilter: boom")
	fault, next = nil, batch{directory.Batch{Full: true, Cursor: "2"}, somebody(2)}
	sync("18 of 20 people are gone")
	if n := count(t, f.store); n != 20 {
		t.Errorf("%d people", n)
	}
	next = batch{Batch: directory.Batch{Cursor: "3"}}
	for i := range maxWarnings + 5 {
		next.Warnings = append(next.Warnings, errors.New(strings.Repeat("no ", i)+"mail address"))
	}
	sync("")
	if f.nextPause() != time.Minute {
		t.Errorf("the pause is %v", f.nextPause())
	}
	if n := log.Count("mail address"); n != maxWarnings || log.Count("problems=5") != 1 {
		t.Errorf("%d warnings", n)
	}
	if want := "[ 1 1 1 1 1]"; fmt.Sprint(cursors) != want {
		t.Errorf("cursors %q", cursors)
	}
	if n := log.Count("msg=\"directory read\""); n != 2 {
		t.Errorf("%d good readings in\n%s", n, log)
	}
}

func TestFeedRefresh(t *testing.T) {
	all := somebody(20)
	f, _ := newFeed(t, scripted(func(string, directory.Progress) (batch, error) {
		return batch{directory.Batch{Full: true}, all}, nil
	}))
	f.directory.Every = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { f.keepReading(ctx) })
	if err := f.requestReading(ctx, control.Changes); err != nil || count(t, f.store) != 20 {
		t.Errorf("%v, %d people", err, count(t, f.store))
	}
	all = nil
	var vanished people.ErrVanished
	if err := f.requestReading(ctx, control.Changes); !errors.As(err, &vanished) || vanished.Gone != 20 {
		t.Errorf("nobody left: %v", err)
	}
	if err := f.requestReading(ctx, control.Forced); err != nil || count(t, f.store) != 0 {
		t.Errorf("by force: %v, %d people", err, count(t, f.store))
	}
	cancel()
	running.Wait()
	if err := f.requestReading(ctx, control.Changes); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

// A full reading finds who was deleted, and the safety stays on.
func TestFeedFullRefresh(t *testing.T) {
	people := somebody(20)
	f, _ := newFeed(t, scripted(func(cursor string, _ directory.Progress) (batch, error) {
		if cursor != "" {
			return batch{Batch: directory.Batch{Cursor: cursor}}, nil
		}
		return batch{directory.Batch{Full: true, Cursor: "1"}, people}, nil
	}))
	for _, step := range []struct {
		listed  int
		extent  control.Extent
		kept    int
		refused bool
	}{
		{20, control.Changes, 20, false},
		{18, control.Changes, 20, false},
		{18, control.Full, 18, false},
		{1, control.Full, 18, true},
		{1, control.Forced, 1, false},
	} {
		people = somebody(step.listed)
		err := f.readSource(t.Context(), step.extent)
		if n := count(t, f.store); n != step.kept || (err != nil) != step.refused {
			t.Errorf("%d listed, %q: %d people, %v", step.listed, step.extent, n, err)
		}
	}
}

func TestFeedProgress(t *testing.T) {
	var log *logtest.Buffer
	f, log := newFeed(t, scripted(func(_ string, progress directory.Progress) (batch, error) {
		progress(1000, 5000)
		waitUntil(t, "progress", func() bool { return log.Count("to_go=4000") > 0 })
		return batch{directory.Batch{Full: true}, somebody(1)}, nil
	}))
	if err := f.readSource(t.Context(), control.Changes); err != nil || !strings.Contains(log.String(), "people=1000 per_second=") {
		t.Errorf("%v in\n%s", err, log)
	}
	if got := progressWords(1000, 5000, 250); got != "1000 people read, 250 a second, about 4000 to go" {
		t.Error(got)
	}
}

// patienceForFiles bounds the wait for a change that is seen in a second.
const patienceForFiles = 30 * time.Second

func waitUntil(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patienceForFiles); !holds(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("%s: waited in vain", what)
		}
	}
}

// However an admin changes the file, the daemon has it without a restart.
func TestFeedWatchesFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "people.csv")
	write := func(path, name string) {
		t.Helper()
		if err := os.WriteFile(path, []byte("mail,displayName\np0@contoso.com,"+name+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rename := func(from, to string) {
		t.Helper()
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	write(path, "first")
	f, _ := newFeed(t, csvfile.Source{Path: path})
	f.directory.Every = time.Hour
	if err := f.readSource(t.Context(), control.Changes); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { f.keepReading(ctx) })
	defer running.Wait()
	defer cancel()
	if err := f.requestReading(ctx, control.Changes); err != nil { // it watches by now
		t.Fatal(err)
	}
	for _, change := range []struct {
		name string
		make func(name string)
	}{
		{"written in place", func(name string) { write(path, name) }},
		{"moved into its place", func(name string) {
			write(filepath.Join(dir, "people.csv.new"), name)
			rename(filepath.Join(dir, "people.csv.new"), path)
		}},
		{"moved away and made again", func(name string) {
			rename(path, path+".old")
			write(path, name)
		}},
	} {
		began := time.Now()
		change.make(change.name)
		waitUntil(t, change.name, func() bool {
			p, _, err := f.store.Person("contoso", "p0@contoso.com")
			return err == nil && p.Attributes["displayName"] == change.name
		})
		t.Logf("%s: seen after %v", change.name, time.Since(began))
	}
}

func TestWatchFolder(t *testing.T) {
	dir := t.TempDir()
	changed := make(chan struct{}, 1)
	w := newFileWatcher(t.Context())
	stop, err := w.watchPaths([]string{dir}, changed)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	seen := func(what string) {
		t.Helper()
		select {
		case <-changed:
		case <-time.After(patienceForFiles):
			t.Fatalf("%s: not seen", what)
		}
	}
	below := filepath.Join(dir, "alice@contoso.com")
	if err := os.Mkdir(below, 0o700); err != nil {
		t.Fatal(err)
	}
	seen("a new folder")
	if err := os.WriteFile(filepath.Join(below, "signature.html"), []byte("<p>"), 0o600); err != nil {
		t.Fatal(err)
	}
	seen("a file in the new folder")
	if _, err := w.watchPaths([]string{filepath.Join(dir, "absent", "people.csv")}, changed); err == nil {
		t.Error("a folder that is not there is watched")
	}
}
