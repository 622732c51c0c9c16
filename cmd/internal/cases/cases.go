// Package cases compares what became of a message with what a case wants
// ([config.Case]), and writes down what became of one as a case.
//
// It reads the message that came out with the standard library, not with the
// packages that made it.
package cases

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/laws"
	"sigmilter/milter/engine"
)

// Observed is what became of a message.
type Observed struct {
	Report   engine.Report
	Signed   []byte        // the message that came out
	Places   []laws.Place  // where its blocks stand
	Breaches []laws.Breach // laws that were broken; each is a difference from any case
}

// Difference is one way in which a message became something else than wanted.
type Difference struct {
	What string `json:"what"` // such as "rule" or "signature in part 1.1: placed"
	Want string `json:"want"`
	Got  string `json:"got"`
}

func (d Difference) String() string { return fmt.Sprintf("%s: got %s, want %s", d.What, d.Got, d.Want) }

// Compare returns every difference between what a case wants and what became of
// its message.
func Compare(want *config.Case, got Observed) []Difference {
	c := comparison{want: want, got: got}
	c.report()
	if len(want.Parts) > 0 {
		c.parts()
	}
	c.fields("added fields", "add", want.AddedFields)
	c.fields("removed fields", "delete", want.RemovedFields)
	c.texts()
	for _, b := range got.Breaches {
		c.differs("laws", "kept", b.String())
	}
	return c.found
}

type comparison struct {
	want  *config.Case
	got   Observed
	found []Difference
}

func (c *comparison) differs(what, want, got string) {
	c.found = append(c.found, Difference{what, want, got})
}

// same compares a value the case has with the one there is.
func (c *comparison) same(what, want, got string) {
	if want != got {
		c.differs(what, shown(want), shown(got))
	}
}

// report compares the decision. An empty value of the case is not looked at.
func (c *comparison) report() {
	r := c.got.Report
	for _, v := range []struct{ what, want, got string }{
		{"action", c.want.Action, string(r.Action)},
		{"reason", c.want.Reason, r.Reason},
		{"tenant", c.want.Tenant, r.Tenant},
		{"author", strings.ToLower(c.want.Author), strings.ToLower(r.Author)},
		{"rule", c.want.Rule, r.Rule},
	} {
		if v.want != "" {
			c.same(v.what, v.want, v.got)
		}
	}
}

// parts compares the blocks one by one, when they are as many.
func (c *comparison) parts() {
	if len(c.got.Report.Blocks) != len(c.want.Parts) {
		var want, got []string
		for _, p := range c.want.Parts {
			want = append(want, blockName(p.Block, p.ID))
		}
		for _, b := range c.got.Report.Blocks {
			got = append(got, blockName(b.Block, b.Part))
		}
		c.differs("blocks", list(want), list(got))
		return
	}
	for i, p := range c.want.Parts {
		b := c.got.Report.Blocks[i]
		if blockName(p.Block, p.ID) != blockName(b.Block, b.Part) {
			c.differs(fmt.Sprintf("block %d", i+1), blockName(p.Block, p.ID), blockName(b.Block, b.Part))
			continue
		}
		c.part(p, b)
	}
}

func blockName(block, part string) string { return block + " in part " + part }

func (c *comparison) part(p config.CasePart, b engine.BlockReport) {
	name := blockName(p.Block, p.ID) + ": "
	if p.Template != "" {
		c.same(name+"template", p.Template, b.Template)
	}
	c.same(name+"placed", p.Placed, b.Placed)
	c.same(name+"separator", p.Separator, b.Separator)
	removed := p.Removed
	if removed == nil && p.Block == "signature" {
		removed = c.want.Removed
	}
	if !slices.Equal(removed, b.Removed) {
		c.differs(name+"removed", list(quoted(removed)), list(quoted(b.Removed)))
	}
	c.place(name, p)
}

// place compares the visible text around a block.
func (c *comparison) place(name string, p config.CasePart) {
	if p.After == nil && p.Before == nil {
		return
	}
	i := slices.IndexFunc(c.got.Places, func(at laws.Place) bool { return at.Part == p.ID && at.Block == p.Block })
	if i < 0 {
		c.differs(name+"place", "one", "none, it is not in the text")
		return
	}
	at := c.got.Places[i]
	above, below := unspaced(at.Before), unspaced(at.After)
	if p.After != nil && !(strings.HasSuffix(above, unspaced(*p.After)) && (*p.After != "" || above == "")) {
		c.differs(name+"after", fmt.Sprintf("%q", *p.After), fmt.Sprintf("%q", lastOf(at.Before)))
	}
	if p.Before != nil && !(strings.HasPrefix(below, unspaced(*p.Before)) && (*p.Before != "" || below == "")) {
		c.differs(name+"before", fmt.Sprintf("%q", *p.Before), fmt.Sprintf("%.80q", at.After))
	}
}

// fields wants each name among the edits of a kind.
func (c *comparison) fields(what, op string, want []string) {
	var got []string
	for _, f := range c.got.Report.Fields {
		if f.Op == op {
			got = append(got, f.Name)
		}
	}
	for _, name := range want {
		if !slices.ContainsFunc(got, func(g string) bool { return strings.EqualFold(g, name) }) {
			c.differs(what, name, list(got))
		}
	}
}

// texts compares the message that came out.
func (c *comparison) texts() {
	if c.want.Shape == "" && len(c.want.HTML)+len(c.want.Contains)+len(c.want.Lacks) == 0 {
		return
	}
	m, err := read(c.got.Signed)
	if err != nil {
		c.differs("message", "one that can be read", err.Error())
		return
	}
	if c.want.Shape != "" {
		c.same("shape", c.want.Shape, m.shape)
	}
	c.pieces(m.html)
	forms := m.forms()
	if len(forms) == 0 && len(c.want.Contains) > 0 {
		c.differs("contains", fmt.Sprintf("%q", c.want.Contains[0]), "no text at all")
	}
	for _, f := range forms {
		for _, want := range c.want.Contains {
			if !strings.Contains(f.seen, unspaced(want)) {
				c.differs("contains", fmt.Sprintf("%q", want), "not in the "+f.name)
			}
		}
		for _, unwanted := range c.want.Lacks {
			if strings.Contains(f.seen, unspaced(unwanted)) {
				c.differs("lacks", fmt.Sprintf("no %q", unwanted), "it is in the "+f.name)
			}
		}
	}
}

// pieces wants the pieces of HTML in their order.
func (c *comparison) pieces(html string) {
	at := 0
	for _, want := range c.want.HTML {
		i := strings.Index(html[at:], want)
		if i < 0 {
			c.differs("html", fmt.Sprintf("%q", want), "not there, or not behind the pieces before it")
			return
		}
		at += i + len(want)
	}
}

// unspaced is a text without what nobody sees: blanks, directional marks and the
// like.
func unspaced(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Cf) {
			return -1
		}
		return r
	}, s)
}

// around is how much of the text beside a block is shown.
const around = 80

func lastOf(s string) string {
	r := []rune(s)
	return string(r[max(0, len(r)-around):])
}

func shown(s string) string { return cmp.Or(s, "none") }

func list(words []string) string { return cmp.Or(strings.Join(words, ", "), "none") }

func quoted(words []string) []string {
	var all []string
	for _, w := range words {
		all = append(all, fmt.Sprintf("%q", w))
	}
	return all
}
