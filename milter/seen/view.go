package seen

import (
	"maps"
	"slices"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// view is a walk from the root of a page down to the texts of a block.
type view struct {
	doc     *document
	block   *nethtml.Node
	fronted bool            // the block stands in front of all that may lie over it
	others  []*nethtml.Node // the other blocks of the mail
	over    overlay
	pieces  []piece
	against []string
}

const moreSheets = "more style sheets than are looked at"

// run walks down the page, and looks at each text of the block.
func (v *view) run() {
	s := state{size: 16, large: 16, opacity: 1, zoom: 1, magnified: 1, room: 800, typeface: readersOwn, text: shades{0, 0}, ground: shades{1, 1}, dark: v.doc.scheme}
	if v.doc.scheme {
		s.text, s.ground = anyShade, anyShade
	}
	switch {
	case v.doc.full, v.doc.spent():
		s.hidden = moreSheets
	case v.doc.policy:
		s.hidden = "a policy for the styles of the page"
	case v.doc.carried:
		s.hidden = "a style sheet that the mail carries along"
	}
	var chain []*nethtml.Node
	for n := v.block.Parent; n != nil && n.Type == nethtml.ElementNode; n = n.Parent {
		chain = append(chain, n)
	}
	if len(chain) < 2 || chain[len(chain)-2].DataAtom != atom.Body {
		s.hidden = "it is not in the body"
	}
	v.fronted, v.over = v.inFront(), v.overlays()
	for _, n := range slices.Backward(chain) {
		s = v.into(n, s)
	}
	v.walk(v.block, s)
	if v.doc.spent() {
		for i := range v.pieces {
			v.pieces[i].hidden = moreSheets
		}
	}
}

// inFront reports whether the block stands in front of what is about it.
func (v *view) inFront() bool {
	s := v.doc.styleOf(v.block)
	return s.always("position", "relative") && s.always("z-index", "2147483647")
}

// always reports whether a property has one value and no other.
func (s style) always(property, value string) bool {
	may := s.candidates(property)
	return len(may) == 1 && may[0].value == value
}

// walk goes through the elements of the block.
func (v *view) walk(n *nethtml.Node, s state) {
	s.own = true
	s = v.into(n, s)
	for c := range n.ChildNodes() {
		switch c.Type {
		case nethtml.ElementNode:
			v.walk(c, s)
		case nethtml.TextNode:
			if text := strings.Join(strings.Fields(c.Data), " "); text != "" && n.DataAtom != atom.Style && n.DataAtom != atom.Script {
				v.pieces = append(v.pieces, piece{text, s.why()})
			}
		}
	}
}

// into is what an element hands down that is in one with a state.
func (v *view) into(n *nethtml.Node, s state) state {
	style := v.doc.styleOf(n)
	if s.own && v.doc.elsewhere {
		style.elsewhere()
	}
	hide := func(why string) {
		if s.hidden == "" {
			s.hidden = why
		}
	}
	if hides(n) {
		hide("inside " + called(n))
	}
	if why := v.beside(n, style, &s); why != "" {
		hide(why)
	}
	inherited := map[string]string{}
	maps.Copy(inherited, s.inherited)
	for _, p := range propertyNames {
		if len(style[p]) == 0 && len(style["all"]) == 0 || joint[p] {
			continue
		}
		h := style.fails(p)
		switch {
		case h != nil && handsDown(p):
			inherited[p] = said(h, n)
		case h != nil:
			hide(said(h, n))
		case handsDown(p) && style.sets(p):
			delete(inherited, p)
		}
	}
	s.inherited = inherited
	if why := v.flow(n, style, &s); why != "" {
		hide(why)
	}
	if why := v.generated(n, s.own); why != "" {
		hide(why)
	}
	s.letters(n, style)
	s.moved(style)
	s.narrowed(style)
	s.colors(style)
	switch delete(s.inherited, "font-family"); {
	case v.doc.faces && s.typeface.named:
		s.inherited["font-family"] = "a font that the mail brings along"
	case s.typeface.pictures:
		s.inherited["font-family"] = "a font of pictures"
	}
	if s.own {
		v.note(style, s.inherited["font-family"] != "")
	}
	s.cut = s.cut || style.says("overflow-x", cutting) || style.contained()
	s.items = itemsOf(n, style, s.low)
	return s
}

// handsDown reports whether an element hands a property down to those in it.
func handsDown(p string) bool { return inheritedProperties[p] }

// sets reports whether a property has a value of its own for certain.
func (s style) sets(property string) bool {
	for _, h := range s.candidates(property) {
		if h.value == "inherit" || h.value == "unset" || h.value == "revert" || h.value == "revert-layer" {
			return false
		}
		if h.maybe {
			continue
		}
		return true
	}
	return false
}

// said is a declaration as it is named in a log.
func said(h *hit, n *nethtml.Node) string {
	where := "a style sheet"
	if h.inline || h.weight < 0 {
		where = "an attribute"
	}
	return h.property + " of " + called(n) + " in " + where
}

// none is the check of a property of which every value hides.
func none(string) bool { return false }

// joint are the properties that hide together with others only.
var joint = map[string]bool{
	"color": true, "text-fill-color": true, "background-color": true, "background-image": true, "background-clip": true, "color-scheme": true,
	"width": true, "max-width": true, "min-width": true, "inline-size": true, "max-inline-size": true, "min-inline-size": true,
	"height": true, "max-height": true, "block-size": true, "max-block-size": true, "overflow-x": true, "overflow-y": true,
	"top": true, "left": true, "right": true, "bottom": true, "inset": true, "inset-inline": true, "inset-block": true,
	"inset-inline-start": true, "inset-block-start": true, "inset-inline-end": true, "inset-block-end": true,
	"position": true, "z-index": true, "font-family": true, "font-size": true,
}

// elsewhereSets are the properties that a sheet which is not at hand may set.
var elsewhereSets = []string{
	"display", "visibility", "opacity", "font-size", "line-height", "color", "background-color", "position", "height", "max-height", "width", "overflow",
	"text-indent", "letter-spacing", "transform", "clip-path", "-webkit-text-fill-color",
}

// elsewhere adds what a sheet may say that is not at hand.
func (s style) elsewhere() {
	for _, name := range elsewhereSets {
		for _, d := range (declaration{written: name, property: unprefixed(name), value: "?", important: true}).longhands() {
			s[d.property] = append(s[d.property], hit{declaration: d, weight: heavy, maybe: true})
		}
	}
}

// note notes by which properties style sheets may hide an element of the block.
// Illegible says that its font may be; then it is noted where the element names one itself.
func (v *view) note(s style, illegible bool) {
	for p := range s {
		check := properties[p]
		font := p == "font-family" && illegible
		if font {
			check = none
		}
		for _, h := range s.candidates(p) {
			if (h.inline || h.weight < 0) && !font || check == nil || global[h.value] || check(h.value) || slices.Contains(v.against, h.written) {
				continue
			}
			v.against = append(v.against, h.written)
		}
	}
	slices.Sort(v.against)
}
