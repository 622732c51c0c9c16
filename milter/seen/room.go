package seen

import (
	"math"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// roomOf is how the room is told that an element needs.
type roomOf struct {
	item   bool // it stands beside the block
	rigid  bool // items may keep their width
	nowrap bool // lines are not broken in it
}

// letterWidth is how broad a letter is, in pixels.
const letterWidth = 9

// room is how many pixels a node needs across the page at least.
func (d *document) room(n *nethtml.Node, of roomOf) float64 {
	switch n.Type {
	case nethtml.TextNode:
		return letterWidth * float64(longestWord(n.Data, of.nowrap))
	case nethtml.ElementNode:
	default:
		return 0
	}
	switch n.DataAtom {
	case atom.Style, atom.Script, atom.Title, atom.Template, atom.Head:
		return 0
	case atom.Nobr, atom.Pre:
		of.nowrap = true
	}
	b := box{roomOf: of, row: n.DataAtom == atom.Tr}
	b.attributes(n)
	for _, decl := range d.inline(attr(n, "style")) {
		b.take(&decl)
	}
	for _, r := range d.demanding {
		for k := range r.selectors {
			if sel := &r.selectors[k]; sel.pseudo == "" && d.matcher.matches(n, sel) {
				b.takeAll(r.declarations)
			}
		}
	}
	b.unsized(n)
	inner := 0.0
	for c := range n.ChildNodes() {
		need := d.room(c, roomOf{rigid: of.rigid, nowrap: b.nowrap})
		if b.row || b.nowrap {
			inner += need
		} else {
			inner = max(inner, need)
		}
	}
	return max(b.width, inner) + b.edges
}

// generatedRoom is what generated content needs that stands beside what is in an
// element.
func (d *document) generatedRoom(n *nethtml.Node) float64 {
	b := box{roomOf: roomOf{item: true, rigid: true}}
	for _, p := range d.pseudos {
		if (p.sel.pseudo == "before" || p.sel.pseudo == "after") && d.matcher.matches(n, p.sel) {
			b.takeAll(p.rule.declarations)
		}
	}
	return b.width + b.edges
}

// longestWord is how many bytes the longest word of a text has, or all of it where
// lines are not broken.
func longestWord(text string, nowrap bool) int {
	if nowrap {
		return len(strings.TrimSpace(text))
	}
	longest := 0
	for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n\f-\u200b", r) }) {
		longest = max(longest, len(w))
	}
	return longest
}

// box is the room of an element as it is added up.
type box struct {
	roomOf
	width, edges float64
	row          bool // what is in it stands beside each other
	sized        bool // its width does not come from a picture
}

// demanding reports whether a declaration makes an element need room.
func demanding(d declaration) bool {
	b := box{roomOf: roomOf{item: true, rigid: true}}
	b.take(&d)
	return b.width > 0 || b.edges > 0 || b.row || b.nowrap
}

func (b *box) takeAll(all []declaration) {
	for i := range all {
		b.take(&all[i])
	}
}

func (b *box) take(d *declaration) {
	switch d.property {
	case "min-width", "min-inline-size":
		b.needs(d.value, true)
	case "width", "inline-size", "flex-basis", "flex":
		for _, w := range words(d.value) {
			if _, unit := number(w); unit != "" || d.property != "flex" {
				b.needs(w, b.rigid)
			}
		}
	case "max-width", "max-inline-size":
		b.sized = true
	case "white-space", "text-wrap", "text-wrap-mode":
		b.nowrap = b.nowrap || !global[d.value] && !properties[d.property](d.value)
	case "grid-column", "grid-area", "grid-column-start", "grid-column-end":
		if b.item && !global[d.value] && !inFirst(d.value) {
			b.width = math.Inf(1)
		}
	case "display":
		b.row = b.row || strings.Contains(d.value, "flex") || strings.Contains(d.value, "grid")
	default:
		if strings.HasPrefix(d.property, "padding") || strings.HasPrefix(d.property, "margin") || strings.HasPrefix(d.property, "border") {
			b.edge(d)
		}
	}
}

// needs takes a width. Percents are of the page where the element stands beside the
// block; elsewhere they are of what its parent has.
func (b *box) needs(value string, percent bool) {
	b.sized = true
	n, unit := number(value)
	p, ok := acrossPage(value)
	switch {
	case unit == "%" && !(percent && b.item):
	case ok:
		b.width = max(b.width, p)
	case unit == "?" && strings.Contains(value, "(") && percent && b.item:
		b.width = math.Inf(1)
	case n > 0:
		b.width = max(b.width, n*16)
	}
}

// edge takes what stands on both sides of an element.
func (b *box) edge(d *declaration) {
	if strings.HasSuffix(d.property, "top") || strings.HasSuffix(d.property, "bottom") || strings.Contains(d.property, "block") || strings.Contains(d.property, "radius") {
		return
	}
	var most float64
	for i, w := range words(d.value) {
		across := i%2 == 1 || len(words(d.value)) == 1 || strings.HasPrefix(d.property, "border") || strings.Contains(d.property, "inline")
		if p, ok := acrossPage(w); ok && across {
			most = max(most, p)
		}
	}
	if d.property == "margin" || d.property == "padding" || d.property == "border" || d.property == "border-width" {
		most *= 2
	}
	b.edges += most
}

func (b *box) attributes(n *nethtml.Node) {
	for _, a := range n.Attr {
		v, unit := number(a.Val)
		if unit != "" && unit != "px" {
			continue
		}
		switch a.Key {
		case "width":
			b.width, b.sized = max(b.width, v), true
		case "cols", "size":
			if n.DataAtom == atom.Textarea || n.DataAtom == atom.Input {
				b.width, b.sized = letterWidth*v, true
			}
		case "cellpadding", "cellspacing", "hspace":
			b.edges += 2 * v
		}
	}
	for _, a := range n.Attr {
		b.nowrap = b.nowrap || a.Key == "nowrap"
	}
}

// unsized takes what an element needs whose width nobody says.
func (b *box) unsized(n *nethtml.Node) {
	const field, picture = 300, math.MaxFloat32
	if b.sized {
		return
	}
	switch n.DataAtom {
	case atom.Img:
		b.width = picture
	case atom.Iframe, atom.Video, atom.Embed, atom.Object, atom.Canvas, atom.Input, atom.Textarea, atom.Svg, atom.Audio, atom.Select:
		b.width = max(b.width, field)
	}
}
