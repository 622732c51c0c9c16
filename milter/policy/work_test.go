package policy

import (
	"errors"
	"strings"
	"testing"

	"sigmilter/milter/work"
)

// TestDecideCounts: what the author and the rules look at is counted down.
func TestDecideCounts(t *testing.T) {
	long := strings.Repeat("x", 20_000)
	subject, err := parseText("/z+$/")
	if err != nil {
		t.Fatal(err)
	}
	for name, spend := range map[string]func(w *work.Meter){
		"From field":      func(w *work.Meter) { originOf(header("From: "+long+" <anna@contoso.com>"), w) },
		"From fields":     func(w *work.Meter) { originOf(header("From: a@b.c", "From: "+long), w) },
		"odd From field":  func(w *work.Meter) { originOf(header("From : "+long), w) },
		"value":           func(w *work.Meter) { newValue(long, w) },
		"expression":      func(w *work.Meter) { subject.in(&value{text: long, work: w}) },
		"words":           func(w *work.Meter) { (&text{plain: "y"}).in(&value{folded: long, work: w}) },
		"expression, all": func(w *work.Meter) { subject.is(&value{text: long, work: w}) },
	} {
		w := work.NewMeter(1<<30, nil)
		if spend(w); w.Spent() < int64(len(long)) {
			t.Errorf("%s: %d units for %d bytes", name, w.Spent(), len(long))
		}
		ended := func() (err error) {
			defer func() {
				if stop, ok := recover().(work.Stop); ok {
					err = stop.Err
				}
			}()
			spend(work.NewMeter(100, nil))
			return nil
		}()
		if !errors.Is(ended, work.ErrSpent) {
			t.Errorf("%s: it does not end", name)
		}
	}
}
