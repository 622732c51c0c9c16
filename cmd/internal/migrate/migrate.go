// Package migrate makes our templates of those of other products.
//
// A template comes as HTML with placeholders, as the product exports it or as
// Outlook keeps a signature. What is around the body is left out; so are style
// sheets, scripts and Outlook's vector graphics, which do mail no good. Placeholders
// become fields by the name of the attribute they stand for. One that nobody knows
// becomes a field of its own name: it is empty, and its line disappears, until the
// people have a column of that name; as text it would have gone out in mail.
// Everything else stays as it is spelled, but for braces, which mean something here.
//
// The package reads no files: which pictures a template needs is told to the caller.
package migrate

import (
	"strings"
)

// Kind is what became of something in a template.
type Kind string

// The kinds of findings.
const (
	Mapped   Kind = "mapped"   // a placeholder or condition is one of ours now
	Unmapped Kind = "unmapped" // somebody has to look at it
	Dropped  Kind = "dropped"  // left out
)

// Finding is one thing in a template and what became of it.
type Finding struct {
	Kind    Kind   `json:"kind"`
	What    string `json:"what"`              // as the template has it
	Becomes string `json:"becomes,omitempty"` // as our template has it
	Note    string `json:"note,omitempty"`    // why, and what to do
	Lines   []int  `json:"lines"`             // counted from 1
}

// Picture is a picture that a template shows.
type Picture struct {
	Source string // as the template has it, unescaped; empty when it came with Data
	Name   string // of the file beside our template, which refers to it by cid:
	Data   []byte // that of a data: address
	Line   int
}

// Result is a template of ours.
type Result struct {
	HTML     string
	Findings []Finding // in the order of the source
	Pictures []Picture
}

// Options are how to convert.
type Options struct {
	Product Product
	Prefix  string // of the names of pictures, so that two templates can share a folder
	// WithoutConditions drops conditional statements rather than to translate
	// them.
	WithoutConditions bool
}

// Convert makes our template of another product's HTML.
func Convert(source string, o Options) Result {
	c := newConverter(o)
	c.document(source, 1)
	if !c.conditions.balanced() {
		o.WithoutConditions = true
		c = newConverter(o)
		c.document(source, 1)
	}
	return Result{strings.TrimSpace(c.out.String()) + "\n", c.findings, c.pictures}
}

// note keeps a finding; the same one is kept once, with all its lines.
func (c *converter) note(f Finding, line int) {
	key := string(f.Kind) + "\x00" + f.What + "\x00" + f.Becomes
	i, ok := c.noted[key]
	if !ok {
		i = len(c.findings)
		c.noted[key] = i
		c.findings = append(c.findings, f)
	}
	lines := &c.findings[i].Lines
	if n := len(*lines); n == 0 || (*lines)[n-1] != line {
		*lines = append(*lines, line)
	}
}
