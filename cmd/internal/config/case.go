package config

import (
	"errors"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// Case is what a file NAME.toml says about the message in NAME.eml beside it: how
// the message came, and what is to become of it. What it does not say is not
// looked at, but for the parts: when any is listed, all are.
type Case struct {
	About string    // for people
	From  *string   // envelope sender, "" for the null one; nil: the From field
	To    []string  // envelope recipients; none: the To, Cc and Bcc fields
	At    time.Time // when it comes, for rules with a time; zero: now

	// What the MTA tells of where it came from, for the proof of its tenant.
	Proven   bool     // as if it were proven
	Listener string   // that it came in on
	Macros   []string // each NAME=VALUE

	Action string // signed, skipped, handled, failed, refused or deferred
	Reason string // as in the report
	Tenant string
	Author string // address
	Rule   string // name
	// Removed is what is taken out with the signature in every part that does not
	// say otherwise, line by line.
	Removed []string
	Parts   []CasePart // each block of each signed part, in the order of the report

	// Contains and Lacks are texts that a reader sees, or does not see, in each
	// form of the message that comes out. Blanks and line ends do not count.
	Contains, Lacks []string
	HTML            []string // pieces of the HTML that comes out, in this order
	Shape           string   // the parts that come out, like related(text/html image/gif)
	AddedFields     []string // names of header fields that are added, among others
	RemovedFields   []string // likewise that are taken out
}

// CasePart is one block in one part.
type CasePart struct {
	ID        string   // as IMAP numbers the part, and the report
	Block     string   // signature (default), disclaimer or banner
	Template  string   // empty: not looked at
	Placed    string   // marker, replaced, above-quote, end, top or added
	Separator string   // as in the report; empty: none
	Removed   []string // nil: that of the case for the signature, else nothing
	After     *string  // the visible text right before the block; "": nothing is there
	Before    *string  // and right after it
}

// texts are strings of any kind, also empty ones.
var texts = kind[string]{"a text", `"Alice Muster"`, func(s string) (string, error) { return s, nil }}

// macros are what an MTA tells, as the flag --macro has them.
var macros = kind[string]{"a macro", `"client_addr=40.92.1.2"`, func(s string) (string, error) {
	if name, _, ok := strings.Cut(s, "="); !ok || strings.Trim(name, "{}") == "" {
		return "", errors.New("it needs a name, = and a value")
	}
	return s, nil
}}

// LoadCase reads a case. Its error is always [Faults]. Keys that the caller reads
// by itself are named in besides; any other that is unknown is a fault.
func LoadCase(path string, besides ...string) (*Case, error) {
	text, err := readText(path)
	if err != nil {
		return nil, Faults{{File: path, Problem: err.Error() + "; write it, or let --update do so"}}
	}
	return parseCase(path, text, besides)
}

func parseCase(path, text string, besides []string) (*Case, error) {
	var root map[string]any
	if _, err := toml.Decode(text, &root); err != nil {
		return nil, Faults{syntaxFault(path, err)}
	}
	for _, key := range besides {
		delete(root, key)
	}
	src := &source{file: path, lines: locate(text)}
	c := &Case{}
	table(c.settings()...)(value{src: src, v: root})
	if len(src.faults) == 0 && c.expectsNothing() {
		src.faults = Faults{{File: path, Line: 1, Problem: `expects nothing; write action = "signed" or what else is to be`}}
	}
	if len(src.faults) > 0 {
		src.faults.sort()
		return nil, src.faults
	}
	return c, nil
}

func (c *Case) settings() []setting {
	return []setting{
		{key: "about", read: one(texts, &c.About)},
		{key: "from", read: optional(&c.From)},
		{key: "to", read: many(texts, &c.To)},
		{key: "at", read: moment(&c.At)},
		{key: "proven", read: boolean(&c.Proven)},
		{key: "listener", read: one(names, &c.Listener)},
		{key: "macros", read: many(macros, &c.Macros)},
		{key: "action", read: choice(&c.Action, "signed", "skipped", "handled", "failed", "refused", "deferred")},
		{key: "reason", read: one(names, &c.Reason)},
		{key: "tenant", read: one(names, &c.Tenant)},
		{key: "author", read: one(names, &c.Author)},
		{key: "rule", read: one(names, &c.Rule)},
		{key: "removed", read: many(texts, &c.Removed)},
		{key: "contains", read: many(names, &c.Contains)},
		{key: "lacks", read: many(names, &c.Lacks)},
		{key: "html", read: many(texts, &c.HTML)},
		{key: "shape", read: one(names, &c.Shape)},
		{key: "fields", read: table(
			setting{key: "added", read: many(fieldNames, &c.AddedFields)},
			setting{key: "removed", read: many(fieldNames, &c.RemovedFields)},
		)},
		{key: "part", read: tables(c.readPart)},
	}
}

func (c *Case) readPart(v value) {
	p := CasePart{Block: "signature"}
	table(
		setting{key: "id", read: one(names, &p.ID), absent: missing(`write the number of the part, such as id = "1.1"`)},
		setting{key: "block", read: choice(&p.Block, "signature", "disclaimer", "banner")},
		setting{key: "template", read: one(names, &p.Template)},
		setting{
			key: "placed", read: choice(&p.Placed, "marker", "replaced", "above-quote", "end", "top", "added"),
			absent: missing(`write where the block goes, such as placed = "above-quote"`),
		},
		setting{key: "separator", read: one(texts, &p.Separator)},
		setting{key: "removed", read: func(v value) {
			p.Removed = []string{}
			many(texts, &p.Removed)(v)
		}},
		setting{key: "after", read: optional(&p.After)},
		setting{key: "before", read: optional(&p.Before)},
	)(v)
	c.Parts = append(c.Parts, p)
}

func (c *Case) expectsNothing() bool {
	return c.Action+c.Reason+c.Tenant+c.Author+c.Rule+c.Shape == "" &&
		len(c.Parts)+len(c.Contains)+len(c.Lacks)+len(c.HTML)+len(c.AddedFields)+len(c.RemovedFields) == 0
}

// optional reads a text that may be empty and is not the same as none.
func optional(dst **string) reader {
	return func(v value) {
		if text, ok := texts.read(v); ok {
			*dst = &text
		}
	}
}

// moments are written in quotes, as for --at.
var moments = kind[time.Time]{"a time", `"2026-12-24T09:00:00+01:00"`, func(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, errors.New("it needs a date, a time and an offset")
	}
	return t, nil
}}

// moment reads a time, with quotes or as TOML writes it. One without an offset is
// no moment: the rules of a case would then hang on the machine's time zone.
func moment(dst *time.Time) reader {
	return func(v value) {
		t, ok := v.v.(time.Time)
		if !ok {
			one(moments, dst)(v)
			return
		}
		switch t.Location().String() {
		case "datetime-local", "date-local", "time-local":
			v.fault("has no offset", "write it like "+moments.like)
		default:
			*dst = t
		}
	}
}
