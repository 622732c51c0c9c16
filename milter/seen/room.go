package seen

import (
	"math"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// roomOf is how the room is told that an element needs.
type roomOf struct {
	item    bool    // it stands beside the block
	rigid   bool    // items may keep their width
	nowrap  bool    // lines are not broken in it
	size    float64 // of its letters
	spacing float64 // between them
}

// letterWidth is how broad a letter is, in pixels, where nobody says how large it is.
const letterWidth = 9

// room is how many pixels a node needs across the page at least.
func (d *document) room(n *nethtml.Node, of roomOf) float64 {
	switch n.Type {
	case nethtml.TextNode:
		return of.text(n.Data)
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
	said := [][]declaration{d.inline(attr(n, "style"))}
	for _, r := range d.demanding {
		if d.spent() {
			return math.Inf(1)
		}
		for k := range r.selectors {
			if sel := &r.selectors[k]; sel.pseudo == "" && d.matcher.matches(n, sel) {
				said = append(said, r.declarations)
			}
		}
	}
	for _, all := range said {
		b.takeSize(all)
	}
	for _, all := range said {
		b.takeAll(all)
	}
	b.unsized(n)
	inner := 0.0
	for c := range n.ChildNodes() {
		need := d.room(c, roomOf{rigid: of.rigid, nowrap: b.nowrap, size: b.size, spacing: b.spacing})
		if b.row || b.nowrap {
			inner += need
		} else {
			inner = max(inner, need)
		}
	}
	return (max(b.width, inner) + b.edges) * max(1, b.zoom)
}

// generatedRoom is what generated content needs that stands beside what is in an
// element.
func (d *document) generatedRoom(n *nethtml.Node, of roomOf) float64 {
	b := box{roomOf: of}
	for _, p := range d.pseudos {
		if d.spent() {
			return math.Inf(1)
		}
		if (p.sel.pseudo == "before" || p.sel.pseudo == "after") && d.matcher.matches(n, p.sel) {
			b.takeSize(p.rule.declarations)
			b.takeAll(p.rule.declarations)
		}
	}
	return b.width + b.edges
}

// text is how broad the longest word of a text is, or all of it where lines are not
// broken.
func (of *roomOf) text(s string) float64 {
	var most, word float64
	for _, r := range s {
		switch {
		case strings.ContainsRune(" \t\r\n\f-\u200b", r):
			if !of.nowrap {
				word = 0
			}
		case r >= 'a' && r <= 'z':
			word += .6*of.size + of.spacing
		default:
			word += of.size + of.spacing
		}
		most = max(most, word)
	}
	return most
}

// box is the room of an element as it is added up.
type box struct {
	roomOf
	width, edges float64
	most         float64 // of its width
	zoom         float64
	row          bool // what is in it stands beside each other
	sized        bool // its width does not come from a picture
}

// demanding reports whether a declaration makes an element need room.
func demanding(d declaration) bool {
	b := box{roomOf: roomOf{item: true, rigid: true, size: 1}}
	b.takeSize([]declaration{d})
	b.take(&d)
	return b.width > 0 || b.edges > 0 || b.zoom > 1 || b.size > 1 || b.spacing > 0 || b.row || b.nowrap
}

// takeSize takes the size of letters, by which other lengths are measured.
func (b *box) takeSize(all []declaration) {
	around := b.size
	for i := range all {
		if d := &all[i]; d.property == "font-size" {
			b.size = max(b.size, largeOf(d.value, around))
		}
	}
}

// pixels is a length across the page.
func (b *box) pixels(v string) (float64, bool) {
	switch n, unit := number(v); unit {
	case "em", "ch", "ex", "ic", "lh":
		return n * b.size, true
	}
	return acrossPage(v)
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
		if p, ok := acrossPage(d.value); ok {
			b.sized, b.most = true, p
		}
	case "letter-spacing", "word-spacing":
		b.spacing = max(b.spacing, longest(d.value))
	case "text-indent":
		b.edges += longest(d.value)
	case "zoom":
		n, unit := number(d.value)
		if unit == "%" {
			n /= 100
		}
		b.zoom = max(b.zoom, n)
	case "aspect-ratio", "columns", "column-width", "grid", "grid-template", "grid-template-columns", "grid-auto-columns":
		if d.value != "auto" && d.value != "none" && !global[d.value] {
			b.width = math.Inf(1)
		}
	case "white-space", "text-wrap", "text-wrap-mode":
		b.nowrap = b.nowrap || !global[d.value] && !properties[d.property](d.value)
	case "grid-column", "grid-area", "grid-column-start", "grid-column-end":
		if b.item && !global[d.value] && !inFirst(d.value) {
			b.width = math.Inf(1)
		}
	case "display":
		b.row = b.row || strings.Contains(d.value, "flex") || strings.Contains(d.value, "grid") || strings.Contains(d.value, "table")
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
	p, ok := b.pixels(value)
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
		if p, ok := b.pixels(w); ok && across {
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
	switch n.DataAtom {
	case atom.Img, atom.Iframe, atom.Video, atom.Embed, atom.Object, atom.Canvas, atom.Input, atom.Textarea, atom.Svg, atom.Audio, atom.Select:
	default:
		return
	}
	switch {
	case b.sized:
		b.width = max(b.width, b.most)
	case n.DataAtom == atom.Img || n.DataAtom == atom.Svg:
		b.width = math.MaxFloat32
	default:
		const field = 300
		b.width = max(b.width, field)
	}
}
