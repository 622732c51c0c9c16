package sigstore

import (
	"errors"
	"testing"
	"time"
)

// A clock that steps an hour either way changes no signature: at worst one is
// rendered again, or used for as much longer; who is new is found at once.
func TestBookWhenTheClockSteps(t *testing.T) {
	for _, step := range []time.Duration{time.Hour, -time.Hour} {
		t.Run(step.String(), func(t *testing.T) {
			s := mustOpen(t, statePath(t))
			mustReplace(t, s, "contoso", persons(3))
			b, setTemplate, clock := newBook(t, s)
			const author, newcomer = "p00001@contoso.com", "p00007@contoso.com"
			if got := htmlOf(t, b, author); got != "<p>Person 1</p>" {
				t.Fatal(got)
			}
			if _, err := b.Signature("contoso", newcomer, "card"); !errors.Is(err, ErrUnknown) {
				t.Fatal(err)
			}

			*clock = clock.Add(step)
			if got := htmlOf(t, b, author); got != "<p>Person 1</p>" {
				t.Errorf("after the step: %s", got)
			}
			people := persons(8)
			people[1].Attributes["displayName"] = "Another Name"
			mustReplace(t, s, "contoso", people)
			if got := htmlOf(t, b, author); got != "<p>Another Name</p>" {
				t.Errorf("after a change of the person: %s", got)
			}
			if got := htmlOf(t, b, newcomer); got != "<p>Person 7</p>" {
				t.Errorf("of who is new: %s", got)
			}

			*clock = clock.Add(-step)
			setTemplate("<b>{{.displayName}}</b>")
			if got := htmlOf(t, b, author); got != "<b>Another Name</b>" {
				t.Errorf("after the step back and a change of the template: %s", got)
			}
		})
	}
}
