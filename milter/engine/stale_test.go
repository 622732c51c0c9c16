package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// What the admin said about old data holds whatever is to happen on errors.
func TestStale(t *testing.T) {
	since := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	for _, onError := range []Reply{Tempfail, Continue} {
		for _, deferred := range []bool{true, false} {
			e := newEngine(func(e *Engine, s *shelf) {
				e.OnError = onError
				s.FindErr = fmt.Errorf("people: %w", Stale{Since: since, Defer: deferred})
			})
			tr := try(t, e, hello)
			switch {
			case deferred && (tr.Reply != Tempfail || tr.Report.Action != Failed):
				t.Errorf("on_error %v: not deferred: %+v", onError, tr.Report)
			case !deferred && (tr.Reply != Continue || tr.Report.Action != Skipped || !strings.Contains(tr.out, guard+": Yes")):
				t.Errorf("on_error %v: not passed with the guard: %+v", onError, tr.Report)
			case tr.Report.Reason != string(reasonStale):
				t.Errorf("reason %s", tr.Report.Reason)
			}
		}
	}
	if got := (Stale{Since: since}).Error(); !strings.HasSuffix(got, "2026-11-01T12:00:00Z") {
		t.Error(got)
	}
}
