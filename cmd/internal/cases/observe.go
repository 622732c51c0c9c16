package cases

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/laws"
)

// Observe is a case that wants what became of a message. How the message came,
// what the case is about, and the pieces of text it is to have or not to have are
// those of before; before may be nil.
func Observe(before *config.Case, got Observed) *config.Case {
	c := &config.Case{}
	if before != nil {
		*c = *before
	}
	r := got.Report
	c.Action, c.Reason, c.Tenant, c.Author, c.Rule = string(r.Action), r.Reason, r.Tenant, r.Author, r.Rule
	c.Removed, c.Parts, c.AddedFields, c.RemovedFields = nil, nil, nil, nil
	for _, b := range r.Blocks {
		p := config.CasePart{ID: b.Part, Block: b.Block, Template: b.Template, Placed: b.Placed, Separator: b.Separator, Removed: b.Removed}
		i := slices.IndexFunc(got.Places, func(at laws.Place) bool { return at.Part == b.Part && at.Block == b.Block })
		if i >= 0 {
			p.After, p.Before = lastWords(got.Places[i].Before), firstWords(got.Places[i].After)
		}
		c.Parts = append(c.Parts, p)
	}
	for _, f := range r.Fields {
		switch f.Op {
		case "add":
			c.AddedFields = append(c.AddedFields, f.Name)
		case "delete":
			c.RemovedFields = append(c.RemovedFields, f.Name)
		}
	}
	if c.Shape != "" {
		if m, err := read(got.Signed); err == nil {
			c.Shape = m.shape
		}
	}
	return c
}

// shownWords is how much of the text beside a block a case gets.
const shownWords = 6

func lastWords(s string) *string {
	all := strings.Fields(s)
	last := strings.Join(all[max(0, len(all)-shownWords):], " ")
	return &last
}

func firstWords(s string) *string {
	all := strings.Fields(s)
	first := strings.Join(all[:min(len(all), shownWords)], " ")
	return &first
}

// file and its parts are a case as its file spells it, in this order.
type file struct {
	About    string      `toml:"about,omitempty"`
	From     *string     `toml:"from"`
	To       []string    `toml:"to,omitempty"`
	At       *time.Time  `toml:"at"`
	Proven   bool        `toml:"proven,omitempty"`
	Listener string      `toml:"listener,omitempty"`
	Macros   []string    `toml:"macros,omitempty"`
	Action   string      `toml:"action,omitempty"`
	Reason   string      `toml:"reason,omitempty"`
	Tenant   string      `toml:"tenant,omitempty"`
	Author   string      `toml:"author,omitempty"`
	Rule     string      `toml:"rule,omitempty"`
	Removed  []string    `toml:"removed,omitempty"`
	Contains []string    `toml:"contains,omitempty"`
	Lacks    []string    `toml:"lacks,omitempty"`
	HTML     []string    `toml:"html,omitempty"`
	Shape    string      `toml:"shape,omitempty"`
	Fields   *fileFields `toml:"fields"`
	Parts    []filePart  `toml:"part,omitempty"`
}

type fileFields struct {
	Added   []string `toml:"added,omitempty"`
	Removed []string `toml:"removed,omitempty"`
}

type filePart struct {
	ID        string   `toml:"id"`
	Block     string   `toml:"block"`
	Template  string   `toml:"template,omitempty"`
	Placed    string   `toml:"placed"`
	Separator string   `toml:"separator,omitempty"`
	Removed   []string `toml:"removed,omitempty"`
	After     *string  `toml:"after"`
	Before    *string  `toml:"before"`
}

// Format writes a case as the file that [config.LoadCase] reads.
func Format(c *config.Case) ([]byte, error) {
	f := file{
		About: c.About, From: c.From, To: c.To, Action: c.Action, Reason: c.Reason, Tenant: c.Tenant, Author: c.Author, Rule: c.Rule,
		Removed: c.Removed, Contains: c.Contains, Lacks: c.Lacks, HTML: c.HTML, Shape: c.Shape,
		Proven: c.Proven, Listener: c.Listener, Macros: c.Macros,
	}
	if !c.At.IsZero() {
		f.At = &c.At
	}
	if len(c.AddedFields)+len(c.RemovedFields) > 0 {
		f.Fields = &fileFields{c.AddedFields, c.RemovedFields}
	}
	for _, p := range c.Parts {
		f.Parts = append(f.Parts, filePart(p))
	}
	var out bytes.Buffer
	enc := toml.NewEncoder(&out)
	enc.Indent = ""
	if err := enc.Encode(f); err != nil {
		return nil, fmt.Errorf("writing a case: %w", err)
	}
	return out.Bytes(), nil
}
