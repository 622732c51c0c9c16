package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter/miltertest"
	"sigmilter/sigstore/directory"
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
		{"one hangs beside another", map[string]directory.Source{"contoso/a": reads(1), "contoso/b": hangs}, soon, never, "sources=[contoso/b]", true},
		{"one hangs beside one that fails", map[string]directory.Source{"contoso/a": fails, "contoso/b": hangs}, soon, later, "sources=[contoso/b]", true},
		{"another tenant has nobody", map[string]directory.Source{"contoso/a": reads(1), "fabrikam/b": hangs}, soon, later, "sources=[fabrikam/b]", false},
		{"all hang", map[string]directory.Source{"contoso/a": hangs, "fabrikam/b": hangs}, soon, soon, `sources="[contoso/a fabrikam/b]"`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			store, out := temporaryStore(t), &feedLog{}
			log := slog.New(slog.NewTextHandler(out, nil))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s := newFeedSet(ctx, log)
			s.grace, s.limit = c.grace, c.limit
			var feeds []*feed
			for name, source := range c.sources {
				tenant, name, _ := strings.Cut(name, "/")
				feeds = append(feeds, &feed{
					tenant: tenant, directory: config.Directory{Name: name, Every: time.Hour, MaxVanish: 0.2},
					source: source, store: store, log: log, requests: make(chan request),
					progress: &readingProgress{log: log, every: time.Hour},
				})
			}
			s.replace(feeds, nil)
			if n := out.count("not waited for"); n > 1 || (n == 1) != (c.missing != "") || !strings.Contains(out.String(), c.missing) {
				t.Errorf("want %q in\n%s", c.missing, out)
			}
			if strangers, everybody := s.firstReading("contoso"); strangers != c.unread || everybody != c.unread {
				t.Errorf("first reading: %v, %v", strangers, everybody)
			}
		})
	}
}

// Once a source was read, no later reading of it is a first one, whatever comes of it.
func TestFirstReadingIsOnce(t *testing.T) {
	letGo, hangs := hanging(t)
	store := temporaryStore(t)
	if err := fill(store.Intake("contoso", "hr"), somebody(1), directory.Batch{Full: true}); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(&feedLog{}, nil))
	s := newFeedSet(t.Context(), log)
	begin := func(name string) {
		s.replace([]*feed{{
			tenant: "contoso", directory: config.Directory{Name: name, Every: time.Hour}, source: hangs, store: store, log: log,
			requests: make(chan request), progress: &readingProgress{log: log, every: time.Hour},
		}}, nil)
	}
	begin("hr") // waits for nothing
	if strangers, everybody := s.firstReading("contoso"); strangers || everybody {
		t.Error("a source that was read before")
	}
	letGo <- struct{}{}
	begin("more")
	if strangers, everybody := s.firstReading("contoso"); !strangers || everybody {
		t.Errorf("a new source of a tenant with people: %v, %v", strangers, everybody)
	}
	letGo <- struct{}{}
	waitUntil(t, "the end of the first reading", func() bool { strangers, _ := s.firstReading("contoso"); return !strangers })
}

// A first start beside a source that hangs: mail waits, of those too of whom another
// source has a part, until it is known what this one has.
func TestFirstStartBesideAHangingSource(t *testing.T) {
	answer := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-answer:
			fmt.Fprint(w, `{"people": [{"mail": "dora@contoso.com", "displayName": "Dora Weiss"}]}`)
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(slow.Close)
	r := startDaemon(t, `directory = { path = "people.csv", every = "1h" }`,
		`directory = [{ path = "people.csv" }, { source = "http", url = "`+slow.URL+`" }]`)
	if n := r.log.count("not waited for"); n != 1 || !strings.Contains(r.log.String(), "sources=[contoso/http]") {
		t.Errorf("%d lines on what is not waited for\n%s", n, r.log)
	}
	mta := r.dial()
	send := func(from string) *miltertest.Result {
		t.Helper()
		result, err := mta.Send(miltertest.Envelope{Sender: from}, []byte(strings.Replace(aliceMail, "alice@contoso.com", from, 1)))
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	for _, from := range []string{"alice@contoso.com", "dora@contoso.com", "printer@contoso.com"} {
		if !send(from).Tempfailed {
			t.Errorf("%s is not deferred", from)
		}
	}
	if !r.metric("sigmilter_messages_total{action=failed,reason=first-reading,rule=,tenant=contoso} 3") {
		t.Error("not counted")
	}
	close(answer)
	r.eventually("the people of the slow source", func() bool { strangers, _ := r.daemon.feeds.firstReading("contoso"); return !strangers })
	r.wantSigned(mta, "one")
	if raw := string(send("dora@contoso.com").Raw); !strings.Contains(raw, "Dora Weiss one") {
		t.Errorf("not signed:\n%s", raw)
	}
	if result := send("printer@contoso.com"); !result.Accepted || strings.Contains(string(result.Raw), "one") {
		t.Errorf("whom nobody knows: %+v", result)
	}
}
