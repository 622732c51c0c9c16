package seen

import (
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// hit is a declaration that meets an element.
type hit struct {
	declaration
	inline         bool
	weight, order  int
	maybe, layered bool
}

// beats reports whether a declaration is heeded before another. One in a layer may be
// either way, unless the other is in a style attribute.
func (h *hit) beats(other *hit) bool {
	switch {
	case h.important != other.important:
		return h.important
	case h.inline != other.inline:
		return h.inline
	case h.layered || other.layered:
		return h.layered
	case h.weight != other.weight:
		return h.weight > other.weight
	}
	return h.order > other.order
}

// style are the declarations that meet an element, by property.
type style map[string][]hit

// beside are the properties that "all" does not stand for. QUIRK: Chromium leaves
// text-security out.
var beside = map[string]bool{"unicode-bidi": true, "direction": true, "text-security": true}

// candidates are those of which one is heeded, by one reader or another: the one
// that wins for all, and what may win before it.
func (s style) candidates(property string) []hit {
	hits := s[property]
	if all := s["all"]; len(all) > 0 && !beside[property] {
		hits = append(append([]hit(nil), hits...), all...)
	}
	winner, prefixed := winners(hits)
	var may []hit
	for i := range hits {
		h := &hits[i]
		own := prefixed[h.written]
		if h == winner || winner != nil && !h.beats(winner) || own != nil && h != own && !h.beats(own) {
			continue
		}
		also := *h
		also.maybe = true
		may = append(may, also)
	}
	if winner != nil {
		may = append(may, *winner)
	}
	return may
}

// winners are the declaration that wins for all readers, nil for none, and of each name
// with a prefix, which some readers know only, the one that wins for those.
func winners(hits []hit) (winner *hit, prefixed map[string]*hit) {
	for i := range hits {
		h := &hits[i]
		switch {
		case h.maybe:
		case h.written[0] != '-':
			if winner == nil || h.beats(winner) {
				winner = h
			}
		default:
			if prefixed == nil {
				prefixed = map[string]*hit{}
			}
			if was := prefixed[h.written]; was == nil || h.beats(was) {
				prefixed[h.written] = h
			}
		}
	}
	return winner, prefixed
}

// fails is the first declaration of a property that may hide its element, nil for none.
func (s style) fails(property string) *hit {
	for _, h := range s.candidates(property) {
		if !global[h.value] && !properties[property](h.value) {
			return &h
		}
	}
	return nil
}

// says reports whether a property has, or may have, a value that another check takes.
func (s style) says(property string, is check) bool {
	for _, h := range s.candidates(property) {
		if !global[h.value] && is(h.value) {
			return true
		}
	}
	return false
}

// styleOf are the declarations that meet an element.
func (d *document) styleOf(n *nethtml.Node) style {
	s := style{}
	for _, h := range d.attributes(n) {
		s[h.property] = append(s[h.property], h)
	}
	for i := range d.sheets.rules {
		r := &d.sheets.rules[i]
		if d.spent() {
			break
		}
		for k := range r.selectors {
			if sel := &r.selectors[k]; sel.pseudo == "" && d.matcher.matches(n, sel) {
				s.take(r, sel)
			}
		}
	}
	return s
}

func (s style) take(r *rule, sel *selector) {
	for i, decl := range r.declarations {
		s[decl.property] = append(s[decl.property], hit{
			declaration: decl, weight: sel.weight, order: r.order*1000 + i, maybe: r.maybe || sel.unsure || decl.unsure, layered: r.layered,
		})
	}
}

// attributes are the declarations of an element's style attribute, and those that its
// other attributes stand for.
func (d *document) attributes(n *nethtml.Node) []hit {
	var hits []hit
	hint := func(property, value string) {
		hits = append(hits, hit{declaration: declaration{written: property, property: property, value: value}, weight: -1})
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "style":
			for i, decl := range d.inline(a.Val) {
				hits = append(hits, hit{declaration: decl, inline: true, order: i, maybe: decl.unsure})
			}
		case "hidden", "popover":
			hits = append(hits, hit{declaration: declaration{written: a.Key, property: "display", value: "none"}, inline: true, order: -1, maybe: true})
		case "bgcolor":
			hint("background-color", legacyColor(a.Val))
		case "background":
			hint("background-image", "url()")
		case "width":
			if v := a.Val; n.DataAtom != atom.Img && v != "" && v != "0" {
				if _, unit := number(v); unit == "" {
					v += "px"
				}
				hint("width", v)
			}
		case "leftmargin", "rightmargin", "topmargin", "bottommargin", "marginwidth", "marginheight":
			if n.DataAtom == atom.Body {
				hint(marginOf[a.Key], strings.TrimSpace(a.Val)+"px")
			}
		case "text":
			if n.DataAtom == atom.Body {
				hint("color", legacyColor(a.Val))
			}
		case "color":
			if n.DataAtom == atom.Font {
				hint("color", legacyColor(a.Val))
			}
		case "face":
			if n.DataAtom == atom.Font {
				hint("font-family", a.Val)
			}
		case "size":
			if n.DataAtom == atom.Font {
				hint("font-size", fontSize(a.Val))
			}
		}
	}
	return hits
}

// marginOf are the properties of the attributes by which the body gets its margins.
var marginOf = map[string]string{
	"leftmargin": "margin-left", "rightmargin": "margin-right", "topmargin": "margin-top", "bottommargin": "margin-bottom",
	"marginwidth": "margin-inline", "marginheight": "margin-block",
}

// legacyColor is the value of an attribute that names a colour, which need not have
// its number sign.
func legacyColor(v string) string {
	v = strings.TrimSpace(v)
	if _, ok := colorOf(v); ok {
		return v
	}
	if _, ok := hexColor(v); ok {
		return "#" + v
	}
	return "?"
}

// fontSize is the size that <font size> asks for.
func fontSize(v string) string {
	switch v = strings.TrimSpace(v); {
	case strings.HasPrefix(v, "-"), v == "1":
		return "x-small"
	case v == "2":
		return "small"
	}
	return "medium"
}

// inline are the declarations of a style attribute. Mail repeats the same few.
func (d *document) inline(attribute string) []declaration {
	known, ok := d.inlines[attribute]
	if !ok {
		all := d.tokens(attribute, d.work)
		known = declarations(all, false)
		if hasBlock(all) { // readers do not agree on where they go on behind it
			known = append(known, declarations(all, true)...)
			for i := range known {
				known[i].unsure = true
			}
		}
		if len(d.inlines) < maxInlines {
			d.inlines[attribute] = known
		}
	}
	return known
}

const maxInlines = 1000
