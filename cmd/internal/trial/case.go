package trial

import (
	"fmt"
	"os"

	"sigmilter/cmd/internal/cases"
	"sigmilter/cmd/internal/config"
	"sigmilter/milter/engine"
)

// CaseResult is what became of one case.
type CaseResult struct {
	Name        string             `json:"name"`
	About       string             `json:"about,omitempty"`
	Pass        bool               `json:"pass"`
	Updated     bool               `json:"updated,omitempty"` // its file was written
	Differences []cases.Difference `json:"differences"`
	Report      engine.Report      `json:"report"`            // as of sign --report
	Explain     string             `json:"explain,omitempty"` // a command line that tells why it failed
}

// Case tries the message of a case and compares the result with what the case wants. With
// update, it rewrites a case that is new or that failed.
func Case(cfg *config.Config, signer *engine.Engine, entry cases.Entry, update bool) (CaseResult, error) {
	want := entry.Case
	if want == nil {
		want = &config.Case{}
	}
	r := CaseResult{Name: entry.Name, About: want.About}
	raw, err := os.ReadFile(entry.Mail)
	if err != nil {
		return r, fmt.Errorf("reading the message: %w", err)
	}
	given := caseGiven(want)
	tried, err := Run(cfg, asOf(signer, want.At), raw, given.Envelope(engine.ParseFile(raw)))
	if err != nil {
		r.Differences = []cases.Difference{{What: "message", Want: "edited", Got: err.Error()}}
		return r, nil
	}
	got := tried.observed()
	r.Report = got.Report
	r.Differences = cases.Compare(want, got)
	outdated := entry.Case == nil || len(r.Differences) > 0
	if update && outdated {
		r.Differences, err = updateCase(entry, got)
		if err != nil {
			return r, err
		}
		r.Updated = true
	}
	r.Pass = len(r.Differences) == 0
	return r, nil
}

// updateCase writes the result into the file of a case, and returns what differs even then.
func updateCase(entry cases.Entry, got cases.Observed) ([]cases.Difference, error) {
	seen := cases.Observe(entry.Case, got)
	text, err := cases.Format(seen)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(entry.File, text, 0o644); err != nil {
		return nil, fmt.Errorf("writing the case: %w", err)
	}
	return cases.Compare(seen, got), nil
}

// caseGiven is what a case says about the envelope of its message.
func caseGiven(c *config.Case) Given {
	g := Given{Sender: c.From, Recipients: c.To, Origin: Origin{Listener: c.Listener, Proven: c.Proven, Macros: map[string]string{}}}
	for _, m := range c.Macros {
		name, value, _ := ParseMacro(m) // config has checked it
		g.Macros[name] = value
	}
	return g
}
