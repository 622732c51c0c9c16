package seen

import (
	"slices"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// overlay says what of a mail may lie over other parts of it.
type overlay struct {
	placed bool    // something is taken out of the flow or moved in it
	top    bool    // something may lie in front of all
	near   bool    // something is turned so near that it may be larger than the page
	broad  bool    // something is broader than a screen
	skips  bool    // something is laid out only while it is in view
	rigid  bool    // something beside others may keep its width
	pulled float64 // by how many pixels margins pull what comes after them upwards
}

// front is the highest z-index.
const front = 1<<31 - 1

// take notes a declaration anywhere in the mail.
func (o *overlay) take(d *declaration) {
	switch d.property {
	case "position":
		o.placed = o.placed || d.value != "static" && d.value != "relative" && !global[d.value]
	case "z-index":
		if n, unit := number(d.value); d.value != "auto" && !global[d.value] {
			o.placed = o.placed || unit != "" || n != 0 // below 0 it is behind the background of the body
			o.top = o.top || unit != "" || n >= front
		}
	case "transform", "translate", "scale", "rotate", "offset", "offset-path", "zoom", "outline", "outline-width", "outline-offset":
		o.placed = o.placed || !global[d.value] && !properties[d.property](d.value)
	case "top", "left", "right", "bottom", "inset", "inset-block", "inset-inline":
		o.placed = o.placed || !global[d.value] && !placed(d.value)
	case "grid-area", "grid-row", "grid-column", "grid-row-start", "grid-column-start":
		o.placed = o.placed || d.value != "auto" && !global[d.value]
	case "width", "min-width", "padding-left", "padding-right", "padding", "flex", "flex-basis":
		for i, w := range words(d.value) {
			p, ok := acrossPage(w)
			o.broad = o.broad || ok && p > 1000
			o.rigid = o.rigid || d.property == "flex" && (w == "none" || i == 1 && w == "0")
		}
	case "contain", "container-type", "content-visibility":
		o.placed = o.placed || strings.Contains(d.value, "size") || d.value == "strict"
		o.skips = o.skips || d.property == "content-visibility" && d.value == "auto"
	case "aspect-ratio":
		o.placed = o.placed || d.value != "auto" && !global[d.value]
	case "flex-shrink":
		o.rigid = o.rigid || d.value != "1" && !global[d.value]
	case "perspective": // in one this near, what is turned is as large as the page
		n, ok := pixels(d.value, 16)
		o.placed = o.placed || ok
		o.near = o.near || ok && n < 100
	case "box-shadow":
		for _, w := range words(d.value) {
			if n, ok := pixels(w, 16); ok && n > 60 {
				o.placed = true
			}
		}
	default:
		if strings.HasPrefix(d.property, "margin") {
			for i, w := range words(d.value) {
				n, unit := number(w)
				if p, ok := acrossPage(w); ok && p > 1000 {
					o.broad = true
				}
				o.placed = o.placed || n < 0 || unit == "?" && w != "auto" && !global[w]
				if p, ok := pixels(w, 16); ok && p < 0 && vertical(d.property, i) {
					o.pulled -= p
				}
			}
		}
	}
}

// crowded reports whether declarations make lines, or a box, lower than what is in
// them, which then lies over what is beside it.
func crowded(all []declaration) bool {
	low, flat, small := false, false, false
	for i := range all {
		switch d := &all[i]; d.property {
		case "line-height":
			low = low || !global[d.value] && !lineHeight(d.value)
		case "height", "max-height", "block-size", "max-block-size":
			n, unit := number(d.value)
			flat = flat || unit != "?" && n == 0
		case "font-size":
			n, ok := sizeOf(d.value, 16)
			small = small || ok && n <= 2
		case "overflow-y":
			small = small || cutting(d.value)
		case "display":
			small = small || d.value == "none"
		}
	}
	return (low || flat) && !small
}

// vertical reports whether the i-th value of a margin is one above or below.
func vertical(property string, i int) bool {
	switch property {
	case "margin":
		return i%2 == 0
	case "margin-top", "margin-bottom", "margin-block", "margin-block-start", "margin-block-end":
		return true
	}
	return false
}

// overlays is what may lie over the block: what style sheets say, and the style
// attributes outside of it. Of two that are in front of all the later one is.
func (v *view) overlays() overlay {
	over := v.doc.sheets.over
	behind := true // what comes is before the block
	for n := v.doc.root; n != nil; {
		if n == v.block || slices.Contains(v.others, n) {
			behind = behind && n != v.block
			n = after(n)
			continue
		}
		v.doc.work.Spend(perNode)
		if n.Type == nethtml.ElementNode {
			style := v.doc.inline(attr(n, "style"))
			o := overlayOf(style, v.doc.sheets.over.placed)
			o.placed = o.placed || inlineElements[n.DataAtom] && paddedOver(style)
			over.placed, over.broad, over.near, over.rigid = over.placed || o.placed, over.broad || o.broad || broadAttr(n), over.near || o.near, over.rigid || o.rigid
			over.skips = over.skips || o.skips
			if behind {
				over.pulled += o.pulled + v.doc.pulled(n)
			}
			over.top = over.top || o.top && !behind
		}
		n = next(n)
	}
	if v.first() {
		over.pulled = 0
	}
	return over
}

// inlineElements stand in lines, whose height their padding does not change: it lies over
// the lines below and above.
var inlineElements = map[atom.Atom]bool{
	atom.Span: true, atom.A: true, atom.Font: true, atom.B: true, atom.I: true, atom.Em: true, atom.Strong: true, atom.U: true, atom.S: true, atom.Strike: true,
	atom.Small: true, atom.Big: true, atom.Sub: true, atom.Sup: true, atom.Code: true, atom.Tt: true, atom.Cite: true, atom.Q: true, atom.Abbr: true, atom.Acronym: true,
	atom.Label: true, atom.Mark: true, atom.Del: true, atom.Ins: true, atom.Kbd: true, atom.Samp: true, atom.Var: true, atom.Dfn: true, atom.Bdo: true, atom.Bdi: true, atom.Time: true,
}

// paddedOver reports whether a style pads its element by more than a line above or below.
func paddedOver(style []declaration) bool {
	const most = 60 // pixels
	for i := range style {
		d := &style[i]
		if !strings.HasPrefix(d.property, "padding") {
			continue
		}
		for _, w := range words(d.value) {
			if n, ok := pixels(w, 16); ok && n > most && d.property != "padding-left" && d.property != "padding-right" {
				return true
			}
		}
	}
	return false
}

// broadAttr reports whether an attribute makes an element broader than a screen.
func broadAttr(n *nethtml.Node) bool {
	w, unit := number(attr(n, "width"))
	return (unit == "" || unit == "px") && w > 1000
}

// first reports whether nothing of the body stands before the block.
func (v *view) first() bool {
	for n := v.block; n != nil && n.DataAtom != atom.Body; n = n.Parent {
		for p := n.PrevSibling; p != nil; p = p.PrevSibling {
			if p.Type == nethtml.ElementNode && !slices.Contains(v.others, p) || p.Type == nethtml.TextNode && strings.TrimSpace(p.Data) != "" {
				return false
			}
		}
	}
	return true
}

// pulled is by how much style sheets pull what comes after an element.
func (d *document) pulled(n *nethtml.Node) float64 {
	var most float64
	for _, r := range d.pulling {
		if d.spent() {
			break
		}
		for k := range r.selectors {
			if sel := &r.selectors[k]; sel.pseudo != "never" && d.matcher.matches(n, sel) {
				most = max(most, r.pulled)
			}
		}
	}
	return most
}

// overlayOf is what a style attribute says. An element that is in front of all and not
// taken out of the flow is a block of ours from an earlier mail, unless a style sheet
// may move it.
func overlayOf(style []declaration, moved bool) overlay {
	var o, others overlay
	inFlow := true
	for i := range style {
		d := &style[i]
		o.take(d)
		if d.property != "z-index" {
			others.take(d)
		}
		inFlow = inFlow && (d.property != "position" || d.value == "relative")
	}
	o.placed = o.placed || crowded(style)
	if o.top && inFlow && !others.placed && !moved {
		return overlay{}
	}
	return o
}
