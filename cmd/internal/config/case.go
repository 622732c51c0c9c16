package config

import (
	"errors"
	"slices"
	"strings"
	"time"

	"sigmilter/cmd/internal/config/tomltree"
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
var texts = tomltree.NewKind("a text", `"Alice Muster"`, func(s string) (string, error) { return s, nil })

// macros are what an MTA tells, as the flag --macro has them.
var macros = tomltree.NewKind("a macro", `"client_addr=40.92.1.2"`, func(s string) (string, error) {
	if name, _, ok := strings.Cut(s, "="); !ok || strings.Trim(name, "{}") == "" {
		return "", errors.New("it needs a name, = and a value")
	}
	return s, nil
})

// LoadCase reads a case. Its error is always [Faults]. Keys that the caller reads
// by itself are named in besides; any other that is unknown is a fault.
func LoadCase(path string, besides ...string) (*Case, error) {
	var folder tomltree.Folder // none: a case names no files
	text, err := folder.ReadText(path, maxFile)
	if err != nil {
		return nil, Faults{{File: path, Problem: err.Error() + "; write it, or let --update do so"}}
	}
	return parseCase(path, text, besides)
}

func parseCase(path, text string, besides []string) (*Case, error) {
	tree := &tomltree.Tree{}
	tree.Add(path, text)
	if len(tree.Faults) > 0 {
		return nil, tree.Faults
	}
	c := &Case{}
	settings := slices.DeleteFunc(c.settings(), func(s tomltree.Setting) bool { return slices.Contains(besides, s.Key) })
	for _, key := range besides {
		settings = append(settings, tomltree.Setting{Key: key, Read: func(tomltree.Value) {}})
	}
	tomltree.Table(settings...)(tree.Root())
	if len(tree.Faults) == 0 && c.expectsNothing() {
		tree.Faults = Faults{{File: path, Line: 1, Problem: `expects nothing; write action = "signed" or what else is to be`}}
	}
	if len(tree.Faults) > 0 {
		tree.Sort()
		return nil, tree.Faults
	}
	return c, nil
}

func (c *Case) settings() []tomltree.Setting {
	return []tomltree.Setting{
		{Key: "about", Read: tomltree.One(texts, &c.About)},
		{Key: "from", Read: optional(&c.From)},
		{Key: "to", Read: tomltree.Many(texts, &c.To)},
		{Key: "at", Read: moment(&c.At)},
		{Key: "proven", Read: tomltree.Boolean(&c.Proven)},
		{Key: "listener", Read: tomltree.One(plainNames, &c.Listener)},
		{Key: "macros", Read: tomltree.Many(macros, &c.Macros)},
		{Key: "action", Read: tomltree.Choice(&c.Action, "signed", "skipped", "handled", "failed", "refused", "deferred")},
		{Key: "reason", Read: tomltree.One(plainNames, &c.Reason)},
		{Key: "tenant", Read: tomltree.One(plainNames, &c.Tenant)},
		{Key: "author", Read: tomltree.One(plainNames, &c.Author)},
		{Key: "rule", Read: tomltree.One(plainNames, &c.Rule)},
		{Key: "removed", Read: tomltree.Many(texts, &c.Removed)},
		{Key: "contains", Read: tomltree.Many(plainNames, &c.Contains)},
		{Key: "lacks", Read: tomltree.Many(plainNames, &c.Lacks)},
		{Key: "html", Read: tomltree.Many(texts, &c.HTML)},
		{Key: "shape", Read: tomltree.One(plainNames, &c.Shape)},
		{Key: "fields", Read: tomltree.Table(
			tomltree.Setting{Key: "added", Read: tomltree.Many(fieldNames, &c.AddedFields)},
			tomltree.Setting{Key: "removed", Read: tomltree.Many(fieldNames, &c.RemovedFields)},
		)},
		{Key: "part", Read: tomltree.Tables(c.readPart)},
	}
}

func (c *Case) readPart(v tomltree.Value) {
	p := CasePart{Block: "signature"}
	tomltree.Table(
		tomltree.Setting{Key: "id", Read: tomltree.One(plainNames, &p.ID), Absent: tomltree.Missing(`write the number of the part, such as id = "1.1"`)},
		tomltree.Setting{Key: "block", Read: tomltree.Choice(&p.Block, "signature", "disclaimer", "banner")},
		tomltree.Setting{Key: "template", Read: tomltree.One(plainNames, &p.Template)},
		tomltree.Setting{
			Key: "placed", Read: tomltree.Choice(&p.Placed, "marker", "replaced", "above-quote", "end", "top", "added"),
			Absent: tomltree.Missing(`write where the block goes, such as placed = "above-quote"`),
		},
		tomltree.Setting{Key: "separator", Read: tomltree.One(texts, &p.Separator)},
		tomltree.Setting{Key: "removed", Read: func(v tomltree.Value) {
			p.Removed = []string{}
			tomltree.Many(texts, &p.Removed)(v)
		}},
		tomltree.Setting{Key: "after", Read: optional(&p.After)},
		tomltree.Setting{Key: "before", Read: optional(&p.Before)},
	)(v)
	c.Parts = append(c.Parts, p)
}

func (c *Case) expectsNothing() bool {
	return c.Action+c.Reason+c.Tenant+c.Author+c.Rule+c.Shape == "" &&
		len(c.Parts)+len(c.Contains)+len(c.Lacks)+len(c.HTML)+len(c.AddedFields)+len(c.RemovedFields) == 0
}

// optional reads a text that may be empty and is not the same as none.
func optional(dst **string) tomltree.Reader {
	return func(v tomltree.Value) {
		if text, ok := texts.Read(v); ok {
			*dst = &text
		}
	}
}

// moments are written in quotes, as for --at.
var moments = tomltree.NewKind("a time", `"2026-12-24T09:00:00+01:00"`, func(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, errors.New("it needs a date, a time and an offset")
	}
	return t, nil
})

// moment reads a time, with quotes or as TOML writes it. One without an offset is
// no moment: the rules of a case would then hang on the machine's time zone.
func moment(dst *time.Time) tomltree.Reader {
	return func(v tomltree.Value) {
		t, ok := v.Raw.(time.Time)
		if !ok {
			tomltree.One(moments, dst)(v)
			return
		}
		switch t.Location().String() {
		case "datetime-local", "date-local", "time-local":
			v.Fault("has no offset", "write it like "+moments.Like)
		default:
			*dst = t
		}
	}
}
