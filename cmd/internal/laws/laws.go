// Package laws checks from the outside what sigmilter did to a message: that
// nothing but the signature changed (law 2 of the design) and that it is there
// exactly once (law 3).
//
// It reads messages with code of its own and takes nothing from the packages
// that edit them, so that a mistake there is not made here again. It knows only
// the message before, the message after, the report and the blocks:
//
//   - a message that was not signed is byte for byte what it was, but for one
//     guard field;
//   - a signed message has the header fields it had, in order and folded as they
//     were, but for the guard, DKIM signatures, a token in References and, when its only part was
//     signed, the fields that tell how that part is encoded;
//   - it has the same parts with the same headers, boundaries, preambles and
//     epilogues, and each part that the report does not list is byte for byte
//     what it was;
//   - beside them it has what belongs to the blocks and nothing else: their
//     pictures, each once, in the multipart/related of their HTML; an HTML form
//     of a plain text, which shows that text, line by line, and the blocks at the
//     same places; the text of a message that had only attachments;
//   - it lacks an AMP form, which takes no block, and pictures that only an old
//     signature showed, which is gone; nothing that is left refers to them;
//   - the decoded text of a listed part is that of before with the report's
//     removed text taken out and each block put in once, unless it stood there;
//     in HTML the markup outside of both is the same to the byte;
//   - what was taken out is, line by line, a marker, a sign-off or the author's
//     own old signature. That the report says so does not count: a sign-off is
//     told word by word (signoff.go); the lines of a signature by a table of what
//     explains a line (signature.go), and all of them by whom they name, by where
//     they stand and by what stands above and below (removed.go). A line that
//     nothing explains may go only where a client or product keeps signatures,
//     below a delimiter or between lines that are explained, and never when it
//     reads as said to somebody. Banners and disclaimers take nothing out.
package laws

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"sigmilter/milter/engine"
)

// Options is what the checker has to know beside the messages.
type Options struct {
	Guard   string   // name of the guard field
	Blocks  []Block  // the rendered blocks the report may speak of
	AddHTML bool     // a plain text may get an HTML form beside it
	DropAMP bool     // an AMP form may be taken out
	Secrets []string // names of the fields that must not leave
	// Person is the author, whose old signature may be taken out; nil for nobody.
	Person   *Person
	Marker   string           // what an author types where they want the block
	Signoffs []*regexp.Regexp // further sign-offs of the admin
	// ThreadToken says that a signature may bring one token to References.
	ThreadToken bool
}

// Block is a rendered block in both forms, as the store gives it.
type Block struct {
	Template   string
	HTML, Text string
	Pictures   []Picture // those the HTML refers to
}

// Picture is a picture that goes with a block.
type Picture struct {
	CID  string // Content-ID without its brackets
	Type string // media type
	Data []byte
}

// Breach is one way in which a law was broken.
type Breach struct {
	Law  int    `json:"law"`            // number in the design
	Part string `json:"part,omitempty"` // as IMAP numbers it; empty for the message
	What string `json:"what"`
}

func (b Breach) String() string {
	if b.Part == "" {
		return fmt.Sprintf("law %d: %s", b.Law, b.What)
	}
	return fmt.Sprintf("law %d: part %s: %s", b.Law, b.Part, b.What)
}

// Place is where a block stands in a signed part.
type Place struct {
	Part   string
	Block  string // by the name of the report
	Before string // the visible text before it
	After  string // and after it
}

// Read returns every breach it finds in out, which is what became of in, and where the
// blocks stand, part by part.
func Read(in, out []byte, r engine.Report, o Options) ([]Breach, []Place) {
	c := &checker{
		options: o, report: r, before: parse(in), after: parse(out),
		listed: map[string][]engine.BlockReport{}, found: map[string]bool{}, wanted: map[string]Picture{}, got: map[string]int{}, explained: map[string]*aligner{},
	}
	for _, b := range r.Blocks {
		c.listed[b.Part] = append(c.listed[b.Part], b)
	}
	c.guard()
	c.secrets()
	if r.Action == engine.Signed {
		c.signed()
	} else {
		c.unsigned(in, out)
	}
	return c.breaches, c.places
}

type checker struct {
	options       Options
	report        engine.Report
	before, after *part
	listed        map[string][]engine.BlockReport
	found         map[string]bool     // of listed: the parts that are there
	wanted        map[string]Picture  // by CID, those that the blocks put in refer to
	got           map[string]int      // how many parts were added for a picture
	explained     map[string]*aligner // by the part they are about
	author        *author             // made of the options when first asked for
	gone          []*part             // pictures that are not there any more
	taken         []string            // the HTML that was taken out of texts
	breaches      []Breach
	places        []Place
}

func (c *checker) breach(law int, p *part, format string, args ...any) {
	b := Breach{Law: law, What: fmt.Sprintf(format, args...)}
	if p != nil {
		b.Part = p.id
	}
	c.breaches = append(c.breaches, b)
}

// guard wants one guard field in what goes back, and none in what is deferred.
func (c *checker) guard() {
	n := len(c.after.fieldsNamed(c.options.Guard))
	switch value := strings.ToLower(c.after.value(c.options.Guard)); {
	case c.deferred():
	case n != 1:
		c.breach(3, nil, "%d guard fields", n)
	case !strings.HasPrefix(value, "yes") && c.report.Action != engine.Handled:
		c.breach(3, nil, "the guard field says %q", value)
	}
}

// secrets wants no routing field in what goes back.
func (c *checker) secrets() {
	for _, f := range c.after.fieldsNamed(c.options.Secrets...) {
		if !c.deferred() {
			c.breach(2, nil, "the field %s, a secret, leaves with the message", nameOf(f))
		}
	}
}

// deferred says that the message did not leave: the MTA was told to try later, or
// to refuse it.
func (c *checker) deferred() bool {
	if c.report.Action == engine.Refused || c.report.Action == engine.Deferred {
		return true
	}
	return c.report.Action == engine.Failed && len(c.report.Fields) == 0
}

// unsigned wants the message as it was but for the guard.
func (c *checker) unsigned(in, out []byte) {
	switch {
	case len(c.report.Blocks) > 0:
		c.breach(3, nil, "%s, but the report lists blocks", c.report.Action)
	case c.deferred():
		if !bytes.Equal(in, out) {
			c.breach(2, nil, "%s, but bytes differ", c.report.Action)
		}
	case c.report.Action == engine.Handled:
		if was, is := c.before.without(c.options.Secrets...), c.after.without(c.options.Secrets...); !bytes.Equal(was, is) {
			c.breach(2, nil, "%s, but bytes differ", c.report.Action)
		}
	default:
		may := append([]string{c.options.Guard}, c.options.Secrets...)
		was, is := c.before.without(may...), c.after.without(may...)
		if !bytes.Equal(was, is) && !bytes.Equal(append(was, lineEndOf(is)...), is) {
			c.breach(2, nil, "%s (%s), but bytes differ", c.report.Action, c.report.Reason)
		}
	}
}

// signed walks both messages.
func (c *checker) signed() {
	if len(c.report.Blocks) == 0 {
		c.breach(3, nil, "signed, but the report lists no block")
	}
	c.header()
	if c.textAdded() {
		c.addedText(c.before, c.after)
	} else {
		c.compare(c.before, c.after)
	}
	c.allPictures()
	c.allGone()
	for _, b := range c.report.Blocks {
		if !c.found[b.Part] {
			c.breach(3, nil, "the report lists part %s, which is no leaf of the message", b.Part)
		}
	}
}
