package seen

import (
	"slices"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// items is how what is in an element stands. Where it stands beside each other, the
// room that one takes pushes the others aside.
type items struct {
	of      *nethtml.Node // nil where each stands below the one before
	beside  bool
	shrinks bool    // what cuts off its content may be made as small as nothing
	ends    bool    // what there is no room for may be moved out at the beginning
	low     bool    // the element is lower than what is in it
	gap     float64 // between two of them
}

// arranging are the properties that say how items stand, and that hide by none of
// their values alone.
var arranging = map[string]bool{
	"flex-direction": true, "flex-flow": true, "flex-wrap": true, "flex-shrink": true, "justify-content": true, "justify-items": true,
	"align-content": true, "align-items": true, "place-content": true, "place-items": true,
}

// itemsOf is how what is in an element stands.
func itemsOf(n *nethtml.Node, s style, low bool) items {
	flex := s.says("display", func(v string) bool { return strings.Contains(v, "flex") || strings.Contains(v, "box") })
	grid := s.says("display", func(v string) bool { return strings.Contains(v, "grid") })
	table := n.DataAtom == atom.Tr || !tabular[n.DataAtom] && s.says("display", func(v string) bool { return strings.Contains(v, "table") && v != "table-cell" })
	if !flex && !grid && !table {
		return items{}
	}
	all := items{of: n, shrinks: !table, low: low && !table}
	for _, p := range []string{"justify-content", "justify-items", "align-content", "align-items", "place-content", "place-items"} {
		all.ends = all.ends || s.says(p, atEnd)
	}
	for _, p := range []string{"gap", "column-gap"} {
		for _, h := range s.candidates(p) {
			for _, w := range words(h.value) {
				if g, ok := acrossPage(w); ok {
					all.gap = max(all.gap, g)
				}
			}
		}
	}
	all.ends = all.ends || s.flows("reverse")
	stacked := s.flowsAlways("column", "row", "flex-direction", "flex-flow")
	wrapped := s.flowsAlways("wrap", "nowrap", "flex-wrap", "flex-flow")
	all.beside = table || grid || !stacked && !wrapped || stacked && s.flows("wrap") && s.bounded()
	return all
}

// atEnd reports whether a value moves items to where a page cannot be scrolled to.
func atEnd(v string) bool {
	for _, w := range words(v) {
		switch w {
		case "normal", "start", "flex-start", "self-start", "stretch", "left", "baseline", "first", "space-between", "safe", "legacy":
		default:
			return !strings.HasPrefix(v, "safe ")
		}
	}
	return false
}

// flows reports whether the direction of a flex container may have a word.
func (s style) flows(word string) bool {
	is := func(v string) bool { return strings.Contains(v, word) && !strings.Contains(v, "no"+word) }
	return s.says("flex-direction", is) || s.says("flex-flow", is) || s.says("flex-wrap", is)
}

// flowsAlways reports whether one of some properties has a word for certain, and none
// may be without it.
func (s style) flowsAlways(word, not string, properties ...string) bool {
	sure := false
	for _, p := range properties {
		for _, h := range s.candidates(p) {
			if !strings.Contains(h.value, word) || strings.Contains(h.value, not) {
				return false
			}
			sure = sure || !h.maybe
		}
	}
	return sure
}

// bounded reports whether the height of an element may be another than that of what is
// in it.
func (s style) bounded() bool {
	for _, p := range []string{"height", "max-height", "block-size", "max-block-size"} {
		if s.says(p, func(v string) bool { return v != "auto" && v != "none" }) {
			return true
		}
	}
	return false
}

// inlineLevel reports whether an element stands in a line of the text around it.
func inlineLevel(n *nethtml.Node, s style) bool {
	may := s.candidates("display")
	for _, h := range may {
		if strings.HasPrefix(h.value, "inline") || h.value == "initial" || h.value == "unset" {
			return true
		}
	}
	return len(may) == 0 && !blockLevel[n.DataAtom]
}

// blockLevel are the elements that stand below what is before them.
var blockLevel = map[atom.Atom]bool{
	atom.Html: true, atom.Body: true, atom.Div: true, atom.P: true, atom.Table: true, atom.Tbody: true, atom.Thead: true, atom.Tfoot: true, atom.Tr: true,
	atom.Td: true, atom.Th: true, atom.Caption: true, atom.Center: true, atom.Blockquote: true, atom.Ul: true, atom.Ol: true, atom.Li: true, atom.Dl: true,
	atom.Dt: true, atom.Dd: true, atom.Form: true, atom.Fieldset: true, atom.Section: true, atom.Article: true, atom.Aside: true, atom.Header: true,
	atom.Footer: true, atom.Main: true, atom.Nav: true, atom.Address: true, atom.Figure: true, atom.Figcaption: true, atom.Hr: true, atom.Pre: true,
	atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Details: true, atom.Summary: true, atom.Dir: true,
	atom.Menu: true, atom.Hgroup: true,
}

// ofLines are the properties of lines of text that move what stands in them.
var ofLines = []string{"text-indent", "white-space", "text-wrap", "text-wrap-mode", "letter-spacing", "word-spacing"}

// Limits of what stands beside the block, in pixels of a wide page: where all can be
// scrolled to, where it is moved both ways, and where it is cut off.
const (
	mostBeside  = 1000
	mostCentred = 620
	mostCut     = 300
)

// beside says what pushes an element aside that stands beside others, "" for nothing.
func (v *view) beside(n *nethtml.Node, s style, around *state) string {
	if inlineLevel(n, s) {
		for _, p := range ofLines {
			if why := around.inherited[p]; why != "" {
				return why
			}
		}
	}
	all := around.items
	cuts := s.says("overflow-x", cutting) || s.says("overflow-y", func(v string) bool { return cutting(v) || scrolling(v) })
	switch {
	case all.of == nil:
		return ""
	case all.shrinks && (cuts || s.contained()):
		return "overflow of " + called(n)
	case all.low && all.ends:
		return "height of " + called(all.of)
	case !all.beside:
		return ""
	}
	most := float64(mostBeside)
	if all.ends {
		most = mostCentred
	}
	if around.cut {
		most = mostCut
	}
	of := roomOf{item: true, rigid: v.over.rigid, size: around.large * around.magnified}
	for _, p := range ofLines {
		of.nowrap = of.nowrap || around.inherited[p] != ""
	}
	needed := v.doc.generatedRoom(all.of, of)
	for c := range all.of.ChildNodes() {
		if c != n && needed <= most && !slices.Contains(v.others, c) {
			needed += v.doc.room(c, of) + all.gap
		}
	}
	if needed > most {
		return "something broad beside it"
	}
	return ""
}
