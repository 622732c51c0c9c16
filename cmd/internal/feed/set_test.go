package feed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/logtest"
	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/people"
)

// hanging is a source that answers when it is let go.
func hanging(t *testing.T) (letGo chan struct{}, source scripted) {
	letGo = make(chan struct{})
	t.Cleanup(func() { close(letGo) })
	return letGo, func(string, directory.Progress) (batch, error) {
		<-letGo
		return batch{}, errors.New("let go")
	}
}

// What a start waits for. The sources are of tenant/name.
func TestAwaitFirstReadings(t *testing.T) {
	const never, later, soon = time.Hour, 2 * time.Second, time.Millisecond // later than what is at hand
	reads := func(n int) scripted {
		return func(string, directory.Progress) (batch, error) {
			return batch{directory.Batch{Full: true}, somebody(n)}, nil
		}
	}
	fails := scripted(func(string, directory.Progress) (batch, error) {
		return batch{}, errors.New("down")
	})
	_, hangs := hanging(t)
	for _, c := range []struct {
		name         string
		sources      map[string]directory.Source
		grace, limit time.Duration
		missing      string // in the log
		unread       bool   // a source of contoso
	}{
		{"all are read", map[string]directory.Source{"contoso/a": reads(1), "contoso/b": reads(2)}, never, never, "", false},
		{"one fails", map[string]directory.Source{"contoso/a": reads(1), "contoso/b": fails}, never, never, "", false},
		{"all fail", map[string]directory.Source{"contoso/a": fails, "fabrikam/b": fails}, never, never, "", false},
		{"one hangs beside another", map[string]directory.Source{"contoso/a": reads(1), "contoso/b": hangs}, soon, never, "contoso/b", true}, // a's people may be there before its reading has ended
		{"one hangs beside one that fails", map[string]directory.Source{"contoso/a": fails, "contoso/b": hangs}, soon, later, "sources=[contoso/b]", true},
		{"another tenant has nobody", map[string]directory.Source{"contoso/a": reads(1), "fabrikam/b": hangs}, soon, later, "sources=[fabrikam/b]", false},
		{"all hang", map[string]directory.Source{"contoso/a": hangs, "fabrikam/b": hangs}, soon, soon, `sources="[contoso/a fabrikam/b]"`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			store, out := temporaryStore(t), &logtest.Buffer{}
			log := slog.New(slog.NewTextHandler(out, nil))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s := NewSet(ctx, log)
			s.grace, s.limit = c.grace, c.limit
			var feeds []*Feed
			for name, source := range c.sources {
				tenant, name, _ := strings.Cut(name, "/")
				feeds = append(feeds, &Feed{
					tenant: tenant, directory: config.Directory{Name: name, Every: time.Hour, MaxVanish: 0.2},
					source: source, store: store, log: log, requests: make(chan request),
					progress: &readingProgress{log: log, every: time.Hour},
				})
			}
			s.Replace(feeds)
			if n := out.Count("first read still in progress"); n > 1 || (n == 1) != (c.missing != "") || !strings.Contains(out.String(), c.missing) {
				t.Errorf("want %q in\n%s", c.missing, out)
			}
			if strangers, everybody := s.FirstReading("contoso"); strangers != c.unread || everybody != c.unread {
				t.Errorf("first reading: %v, %v", strangers, everybody)
			}
		})
	}
}

// Once a source was read, no later reading of it is a first one, whatever comes of it.
func TestFirstReadingIsOnce(t *testing.T) {
	letGo, hangs := hanging(t)
	store := temporaryStore(t)
	intake := store.Intake("contoso", "hr")
	if err := intake.Add(somebody(1)[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := intake.Apply(people.Reading{Batch: directory.Batch{Full: true}, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	intake.Close()
	log := slog.New(slog.NewTextHandler(&logtest.Buffer{}, nil))
	s := NewSet(t.Context(), log)
	begin := func(name string) {
		s.Replace([]*Feed{{
			tenant: "contoso", directory: config.Directory{Name: name, Every: time.Hour}, source: hangs, store: store, log: log,
			requests: make(chan request), progress: &readingProgress{log: log, every: time.Hour},
		}})
	}
	begin("hr") // waits for nothing
	if strangers, everybody := s.FirstReading("contoso"); strangers || everybody {
		t.Error("a source that was read before")
	}
	letGo <- struct{}{}
	begin("more")
	if strangers, everybody := s.FirstReading("contoso"); !strangers || everybody {
		t.Errorf("a new source of a tenant with people: %v, %v", strangers, everybody)
	}
	letGo <- struct{}{}
	waitUntil(t, "the end of the first reading", func() bool { strangers, _ := s.FirstReading("contoso"); return !strangers })
}

// A source whose settings stay goes on; one that changed, or that is gone, ends.
func TestReplaceKeepsWhatIsTheSame(t *testing.T) {
	store := temporaryStore(t)
	log := slog.New(slog.NewTextHandler(&logtest.Buffer{}, nil))
	read := scripted(func(string, directory.Progress) (batch, error) { return batch{Batch: directory.Batch{Full: true}}, nil })
	newFeed := func(name string, every time.Duration, groups ...string) *Feed {
		return &Feed{
			tenant: "contoso", directory: config.Directory{Name: name, Every: every}, groups: groups, source: read, store: store, log: log,
			requests: make(chan request), progress: &readingProgress{log: log, every: time.Hour},
		}
	}
	s := NewSet(t.Context(), log)
	s.Replace([]*Feed{newFeed("same", time.Hour), newFeed("changed", time.Hour), newFeed("gone", time.Hour), newFeed("groups", time.Hour, "sales")})
	before := map[string]*runningFeed{}
	for _, r := range s.runningFeeds() {
		before[r.directory.Name] = r
	}
	begun := s.Replace([]*Feed{newFeed("same", time.Hour), newFeed("changed", 2*time.Hour), newFeed("groups", time.Hour, "board")})
	if fmt.Sprint(begun) != "[contoso/changed contoso/groups]" {
		t.Errorf("begun: %q", begun)
	}
	if s.runningFeedOf(key{"contoso", "same"}) != before["same"] {
		t.Error("a source that did not change was begun again")
	}
	if s.runningFeedOf(key{"contoso", "gone"}) != nil {
		t.Error("a source that is gone runs on")
	}
	for _, name := range []string{"changed", "gone", "groups"} {
		select {
		case <-before[name].done:
		default:
			t.Errorf("the old feed of %s runs on", name)
		}
	}
}
