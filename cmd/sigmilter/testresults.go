package main

import (
	"fmt"
	"io"
	"strings"

	"sigmilter/cmd/internal/cases"
	"sigmilter/cmd/internal/printed"
	"sigmilter/cmd/internal/trial"
)

// testResults is what `test --json` writes.
type testResults struct {
	Cases  []trial.CaseResult `json:"cases"`
	Passed int                `json:"passed"`
	Failed int                `json:"failed"`
}

func (rs *testResults) addResult(r trial.CaseResult) {
	if r.Pass {
		rs.Passed++
	} else {
		rs.Failed++
	}
	r.Differences = append([]cases.Difference{}, r.Differences...) // a list in JSON
	rs.Cases = append(rs.Cases, r)
}

func (rs *testResults) write(out io.Writer, o *testOptions) error {
	var err error
	if o.asJSON {
		err = writeJSON(out, rs)
	} else {
		err = rs.writeText(out, o.verbose)
	}
	if err == nil && rs.Failed > 0 {
		return &exitError{status: exitFailed}
	}
	return err
}

func (rs *testResults) writeText(out io.Writer, verbose bool) error {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(printed.Line(fmt.Sprintf(format, args...)) + "\n") }
	for _, r := range rs.Cases {
		line("%s  %s%s", passOrFail(&r), r.Name, updatedWords(&r))
		if verbose {
			for _, words := range placementWords(&r.Report) {
				line("      %s", words)
			}
		}
		for _, d := range r.Differences {
			line("      %s", d)
		}
		if !r.Pass {
			line("      why: %s", r.Explain)
		}
	}
	line("%d cases, %d passed, %d failed", len(rs.Cases), rs.Passed, rs.Failed)
	_, err := io.WriteString(out, b.String())
	return err
}

func passOrFail(r *trial.CaseResult) string {
	if r.Pass {
		return "PASS"
	}
	return "FAIL"
}

func updatedWords(r *trial.CaseResult) string {
	if r.Updated {
		return "  (written; look at it)"
	}
	return ""
}
