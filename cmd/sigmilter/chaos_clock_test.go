package main_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"sigmilter/cmd/internal/lab"
)

// steppingProgram is the program under test with a wall clock that steps.
var steppingProgram = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(buildDir, "sigmilter-stepping")
	return binary, lab.BuildStepping(context.Background(), binary)
})

// steppingClock has signatures run out, and people grow too old, within an hour. Of
// readings that changed nothing the daemon knows by its steady clock how long ago they
// were: a step need not make people look too old.
func steppingClock(o *ordeal) {
	binary, err := steppingProgram()
	if err != nil {
		o.t.Fatal(err)
	}
	if o.clock, err = lab.NewClock(filepath.Join(filepath.Dir(o.site.Config), "clock")); err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { o.clock.Close() })
	o.binary = binary
	o.site.Env = append(o.site.Env, o.clock.Env())
	o.configure("[tenant.contoso.directory]", "max_stale = \"30m\"\non_stale = \"defer\"\n\n[tenant.contoso.directory]\nevery = \"1s\"")
	o.configure("[log]", "[cache]\nttl = \"10m\"\n\n[log]")
}

// stepClock steps the clock ahead, two hours back, and to where it was. By turns a
// daemon begins in between, with a state file from the past or the future.
func stepClock(o *ordeal, i int) {
	for _, ahead := range []time.Duration{time.Hour, -time.Hour} {
		o.must(o.clock.Set(ahead))
		o.arrive(5)
		if i%2 == 1 {
			o.again()
			o.arrive(5)
		}
	}
	o.must(o.clock.Set(0))
	o.arrive(5)
}

func feltClock(o *ordeal, strikes int) []proof {
	ended := time.Now()
	ahead, behind := 0, 0
	o.mu.Lock()
	for _, d := range o.daemons {
		for line := range strings.Lines(d.Log()) {
			var l struct {
				Time time.Time
				lab.Record
			}
			switch err := json.Unmarshal([]byte(line), &l); {
			case err != nil || l.Action != "signed":
			case l.Time.After(ended.Add(time.Minute)):
				ahead++
			case l.Time.Before(o.began.Add(-time.Minute)):
				behind++
			}
		}
	}
	o.mu.Unlock()
	return []proof{
		{"messages signed an hour ahead", ahead, strikes},
		{"messages signed an hour behind", behind, strikes},
	}
}
