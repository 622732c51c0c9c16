package feed

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/logtest"
	"sigmilter/sigstore/directory"
)

// stalled is a source that reads until its context ends, as a server does that is gone.
type stalled struct{ begun chan struct{} }

func (s stalled) Read(ctx context.Context, _ string, _ directory.Sink, _ directory.Progress) (directory.Batch, error) {
	s.begun <- struct{}{}
	<-ctx.Done()
	return directory.Batch{}, ctx.Err()
}

// In the middle of thousands of first readings everything ends at once with the daemon,
// also a start or a reload that waits for them.
func TestManyFirstReadingsEnd(t *testing.T) {
	const sources = 2*placesToRead + 5
	ctx, stop := context.WithCancel(t.Context())
	log, store := slog.New(slog.NewTextHandler(&logtest.Buffer{}, nil)), temporaryStore(t)
	s := NewSet(ctx, log)
	s.grace, s.limit = time.Hour, time.Hour
	source := stalled{make(chan struct{}, sources)}
	var feeds []*Feed
	for i := range sources {
		feeds = append(feeds, &Feed{
			tenant: fmt.Sprint("tenant", i), directory: config.Directory{Name: "hr", Every: time.Hour}, source: source, store: store, log: log,
			requests: make(chan request), progress: &readingProgress{log: log, every: time.Hour},
		})
	}
	replaced := make(chan struct{})
	go func() {
		s.Replace(feeds)
		close(replaced)
	}()
	for range placesToRead {
		<-source.begun
	}
	stop()
	<-replaced
	for _, r := range s.runningFeeds() {
		<-r.done
	}
	if n, err := store.Count("tenant1"); n != 0 || err != nil {
		t.Errorf("%d people, %v", n, err)
	}
}

// One watcher tells each of many sources of its own files only, and of those that share a
// folder or a file, each until it stops.
func TestWatchFilesOfMany(t *testing.T) {
	dir := t.TempDir()
	w := newFileWatcher(t.Context())
	path := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	type one struct {
		changed chan struct{}
		stop    func()
	}
	begin := func(names ...string) one {
		t.Helper()
		var paths []string
		for _, name := range names {
			paths = append(paths, path(name))
		}
		changed := make(chan struct{}, 1)
		stop, err := w.watchPaths(paths, changed)
		if err != nil {
			t.Fatal(err)
		}
		return one{changed, stop}
	}
	seen := func(what string, o one) {
		t.Helper()
		select {
		case <-o.changed:
		case <-time.After(patienceForFiles):
			t.Fatalf("%s: not seen", what)
		}
	}
	write("a.csv", "a")
	write("real.csv", "b")
	if err := os.Symlink("real.csv", path("link.csv")); err != nil {
		t.Fatal(err)
	}
	a, again, link, other := begin("a.csv"), begin("a.csv"), begin("link.csv"), begin("other.csv")
	write("a.csv", "changed")
	seen("a file", a)
	seen("a file of two", again)
	write("real.csv", "changed")
	seen("what a link leads to", link)
	if len(other.changed)+len(a.changed)+len(again.changed) > 0 {
		t.Error("a change of another file is told")
	}
	again.stop()
	write("a.csv", "changed once more")
	seen("a file that another one no longer waits for", a)
	write("link.csv.new", "c")
	if err := os.Rename(path("link.csv.new"), path("link.csv")); err != nil {
		t.Fatal(err)
	}
	seen("a file in place of a link", link)
	for _, o := range []one{a, link, other} {
		o.stop()
	}
	if len(w.names)+len(w.folders)+len(w.used) > 0 || len(w.inotify.WatchList()) > 0 {
		t.Errorf("what is watched for nobody: %v, %v, %v, %q", w.names, w.folders, w.used, w.inotify.WatchList())
	}
}
