package engine

import (
	"errors"
	"strings"
	"testing"

	"sigmilter/milter/entity"
)

// Messages that are much work wait for a turn, others do not, and each gives its turn
// back.
func TestMuchWorkTakesTurns(t *testing.T) {
	taken := make(Turns, 1)
	taken <- struct{}{}
	finish := func(raw string, peer func() error) Report {
		m := ParseFile([]byte(raw)).Message("anna@contoso.com", []string{"ben@partner.example"}, entity.Limits{})
		m.Cost = costOf(m, nil, taken, peer)
		e := newEngine()
		job := e.Begin(m)
		job.Head()
		return job.Finish().Report
	}
	much := letter(textPlain, strings.Repeat("Hello Ben, all is well\n", 20_000))
	large := letter(textPlain, strings.Repeat(strings.Repeat("Hello Ben, all is well. ", 1000)+"\n", lightLeaf/20_000))
	for name, raw := range map[string]string{"much work": much, "a large text": large} {
		asked, gone := 0, errors.New("gone")
		finish(raw, func() error {
			if asked++; asked > 20 {
				return gone
			}
			return nil
		})
		if asked != 21 {
			t.Errorf("%s did not wait until nobody waited for it: asked %d times", name, asked)
		}
		if r := finish(hello, nil); r.Action != Signed {
			t.Errorf("beside %s: %s because of %s", name, r.Action, r.Reason)
		}
	}
	<-taken
	for range 3 {
		for _, raw := range []string{much, large} {
			if r := finish(raw, nil); r.Action != Signed || len(taken) != 0 {
				t.Errorf("%s because of %s, %d turns are still taken", r.Action, r.Reason, len(taken))
			}
		}
	}
}
