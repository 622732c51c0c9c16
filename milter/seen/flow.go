package seen

import (
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// tabular are the elements whose height is one that they have at least.
var tabular = map[atom.Atom]bool{
	atom.Table: true, atom.Tbody: true, atom.Thead: true, atom.Tfoot: true, atom.Tr: true, atom.Td: true, atom.Th: true,
}

// flow says what of an element's size and place hides what is in it, "" for nothing.
func (v *view) flow(n *nethtml.Node, s style, around *state) string {
	by := func(property string) string { return property + " of " + called(n) }
	page := n.DataAtom == atom.Html || n.DataAtom == atom.Body
	if n.DataAtom == atom.Html && s.says("font-size", oddRoot) {
		return by("font-size")
	}
	cuts := s.says("overflow-y", cutting) || s.says("overflow-x", cutting) && !page || s.says("overflow-y", scrolling) || s.contained()
	if cuts && (around.low || around.narrow) {
		return by("overflow")
	}
	if !tabular[n.DataAtom] || s.says("display", func(v string) bool { return !strings.HasPrefix(v, "table") }) {
		for _, p := range []string{"height", "max-height", "block-size", "max-block-size"} {
			if s.says(p, func(v string) bool { return !tall(v) }) {
				if around.low = true; cuts || !v.fronted && !page {
					return by(p)
				}
			}
		}
	}
	for _, p := range []string{"width", "max-width", "inline-size", "max-inline-size"} {
		around.narrow = around.narrow || s.says(p, narrow)
		if cuts && s.says(p, func(v string) bool { return !wide(v) && !broad(v) }) || around.narrow && !v.fronted {
			return by(p)
		}
	}
	if cuts && s.says("border-radius", func(v string) bool { return !round(v) }) {
		return by("border-radius")
	}
	for _, p := range []string{"width", "min-width", "inline-size", "min-inline-size"} {
		if s.says(p, broad) {
			return by(p)
		}
	}
	if s.says("position", func(v string) bool { return v != "static" && v != "relative" && v != "absolute" && v != "sticky" }) {
		return by("position")
	}
	if s.says("position", func(v string) bool { return v != "static" }) {
		for _, p := range []string{"top", "left", "right", "bottom", "inset", "inset-inline", "inset-block", "inset-inline-start", "inset-block-start", "inset-inline-end", "inset-block-end"} {
			if s.says(p, func(v string) bool { return !placed(v) }) {
				return by(p)
			}
		}
	}
	if n.DataAtom == atom.Table && v.columns(n) {
		return "a column of " + called(n)
	}
	return v.covered(n, s, around.own)
}

// columns reports whether a column of a table may hide its cells.
func (v *view) columns(table *nethtml.Node) bool {
	for group := range table.ChildNodes() {
		if group.DataAtom != atom.Colgroup {
			continue
		}
		if v.doc.styleOf(group).fails("visibility") != nil {
			return true
		}
		for column := range group.ChildNodes() {
			if column.DataAtom == atom.Col && v.doc.styleOf(column).fails("visibility") != nil {
				return true
			}
		}
	}
	return false
}

// mostPulled is how many pixels margins may pull upwards in all.
const mostPulled = 80

// covered says what of a mail may lie over the block.
func (v *view) covered(n *nethtml.Node, s style, own bool) string {
	over := v.over
	switch {
	case over.top && over.placed:
		return "z-index of an element in front of all"
	case over.skips:
		return "content-visibility of an element"
	case over.near:
		return "perspective of an element"
	case n == v.block && over.pulled > mostPulled:
		return "margins that pull it out of view"
	case over.broad && n.DataAtom != atom.Html && !own && (tabular[n.DataAtom] || s.says("display", func(v string) bool { return v != "block" && v != "contents" })):
		return "something broad beside it"
	case !over.placed || own && n != v.block:
		return ""
	case n == v.block:
		if v.fronted {
			return ""
		}
		return "position of an element that may lie over it"
	case n.DataAtom != atom.Html && s.stacks():
		return "an element that stands behind others"
	}
	return ""
}

// stacks reports whether an element stands in front of others or behind them with all
// that is in it.
func (s style) stacks() bool {
	if s.says("position", func(v string) bool { return v == "fixed" || v == "sticky" }) {
		return true
	}
	for p := range stacks {
		if s.says(p, func(v string) bool {
			return v != "none" && v != "normal" && v != "auto" && !(p == "opacity" && v == "1")
		}) {
			return true
		}
	}
	return false
}

// oddRoot reports whether a font size of the root is none that lengths in rem are meant
// for.
func oddRoot(v string) bool {
	const least, most = 8.5, 24
	n, ok := sizeOf(v, 16)
	return !ok || n < least || n > most
}

// contained reports whether nothing is drawn outside of an element.
func (s style) contained() bool {
	return s.says("contain", func(v string) bool {
		return strings.Contains(v, "paint") || v == "content" || v == "strict"
	}) || s.says("content-visibility", func(v string) bool { return v == "auto" })
}

func cutting(v string) bool   { return v != "visible" && v != "auto" && v != "scroll" }
func scrolling(v string) bool { return v == "auto" || v == "scroll" }

// narrow reports whether a width is one in which words are broken.
func narrow(v string) bool {
	n, unit := number(v)
	if unit == "%" {
		return n < 8
	}
	p, ok := pixels(v, 16)
	return ok && unit != "?" && p < 60
}

// broad reports whether a width is more than a screen has.
func broad(v string) bool {
	n, unit := number(v)
	if unit == "%" {
		return n > 150
	}
	p, ok := acrossPage(v)
	return ok && p > 1200
}

// generated says what of generated content, or of the first line or letter, hides the
// block, "" for nothing.
func (v *view) generated(n *nethtml.Node, own bool) string {
	for _, p := range v.doc.pseudos {
		if v.doc.spent() {
			break
		}
		content := p.sel.pseudo == "before" || p.sel.pseudo == "after" || p.sel.pseudo == "marker"
		if content && !own || !v.doc.matcher.matches(n, p.sel) {
			continue
		}
		var over overlay
		for _, d := range p.rule.declarations {
			over.take(&d)
			check, known := properties[d.property]
			beside := content && (joint[d.property] && d.property != "font-size" || d.property == "content") // not of the text
			if !beside && known && !global[d.value] && !check(d.value) {
				return "the ::" + p.sel.pseudo + " of " + called(n)
			}
		}
		if content && (over.placed || over.top || over.broad) {
			return "the ::" + p.sel.pseudo + " of " + called(n)
		}
	}
	return ""
}
