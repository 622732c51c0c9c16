package tomltree

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sigmilter/cmd/internal/printed"
)

// Fault is one mistake in a configuration.
type Fault struct {
	File string `json:"file"` // as it was given to [Load]
	Line int    `json:"line"` // counted from 1; 0 when the file could not be read at all
	// Key is the full name of the setting, such as tenant.contoso.domains[2];
	// tables in a list and elements are counted from 1. It is empty when the
	// fault belongs to no key.
	Key string `json:"key"`
	// Problem says what is wrong and, after a semicolon, how to put it right.
	Problem string `json:"problem"`
}

// String is the line an operator sees: FILE:LINE: KEY: PROBLEM.
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d", f.Line)
	}
	b.WriteString(": ")
	if f.Key != "" {
		b.WriteString(f.Key + ": ")
	}
	b.WriteString(f.Problem)
	return printed.Line(b.String())
}

// Faults is every mistake found in a configuration, in the order of its lines.
// It is the error that [Load] returns.
type Faults []Fault

// Error is one line per fault.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}

// sort puts the faults in the order of the file; those of one line by key.
func (f Faults) sort(rank map[string]int) {
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(rank[a.File], rank[b.File]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Key, b.Key))
	})
}
