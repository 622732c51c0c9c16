package seen

import (
	"maps"
	"slices"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// state is what an element hands down.
type state struct {
	size         float64 // of its letters, the least it may be
	large        float64 // likewise the most
	leading      float64 // the least height of a line that does not grow with its letters, 0 for one that does
	opacity      float64 // the least it may be
	zoom         float64 // likewise
	magnified    float64 // likewise the most
	room         float64 // how broad what is in it is at least, on a wide page
	breaks       bool    // words may be broken where there is no room for them
	dark         bool    // a scheme of colours may be in force that is not light
	items        items   // how what is in it stands
	cut          bool    // what goes beyond an element is cut off
	low, narrow  bool    // a height, or a width, is one that text does not fit into
	left, right  float64 // how far it is moved to the left, and to the right, at most
	filters      int     // how many filters it is seen through
	text, ground shades
	typeface     typeface
	own          bool   // it is of the block
	hidden       string // what hides all in it, whatever that says
	inherited    map[string]string
}

// why is why text in an element is not seen, "" when it is.
func (s *state) why() string {
	switch {
	case s.hidden != "":
		return s.hidden
	case s.opacity < .5:
		return "the opacity of several elements"
	case s.filters > 1:
		return "several filters"
	case s.left < pulled || s.right > far:
		return "the margins of several elements"
	case s.size*s.zoom < leastSize, s.large*s.magnified > mostSize:
		return "the size of the letters"
	case s.leading > 0 && s.leading < .7*s.large:
		return "the height of the lines"
	case s.breaks && s.room < leastRoom:
		return "the width of several elements"
	case !reads(s.text, s.ground):
		return "the colour of the letters on their ground"
	}
	for _, p := range slices.Sorted(maps.Keys(s.inherited)) {
		return s.inherited[p]
	}
	return ""
}

// moved takes by how far an element is moved aside, and what it is seen through.
func (s *state) moved(style style) {
	var left, right float64
	for _, p := range []string{"margin", "margin-left", "margin-inline", "margin-inline-start", "padding", "padding-left", "padding-inline", "padding-inline-start"} {
		for _, h := range style.candidates(p) {
			w := words(h.value)
			if len(w) == 0 {
				continue
			}
			if n, ok := acrossPage(w[len(w)-1]); ok { // the left one, or that for all
				left, right = min(left, n), max(right, n)
			}
		}
	}
	s.left, s.right = s.left+left, s.right+right
	faint, zoom, magnified := 1.0, 1.0, 1.0
	for _, h := range style.candidates("opacity") {
		if n, unit := number(h.value); unit == "" {
			faint = min(faint, n)
		}
	}
	for _, h := range style.candidates("zoom") {
		n, unit := number(h.value)
		if unit == "%" {
			n, unit = n/100, ""
		}
		if unit == "" {
			zoom, magnified = min(zoom, n), max(magnified, n)
		}
	}
	s.opacity, s.zoom, s.magnified = s.opacity*faint, s.zoom*zoom, s.magnified*magnified
	if style.says("filter", func(v string) bool { return v != "none" }) {
		s.filters++
	}
}

// letters takes the size of letters and their font.
func (s *state) letters(n *nethtml.Node, style style) {
	around, most := s.size, s.large
	if f, ok := shrinking[n.DataAtom]; ok {
		s.size *= f
	}
	var sizes, larges []float64
	sure := false
	for _, h := range style.candidates("font-size") {
		n, ok := sizeOf(h.value, around)
		if !ok {
			n = 0
		}
		sizes, larges = append(sizes, n), append(larges, largeOf(h.value, most))
		sure = sure || !h.maybe
	}
	if !sure {
		sizes, larges = append(sizes, s.size), append(larges, s.large)
	}
	s.size, s.large = slices.Min(sizes), slices.Max(larges)
	s.lines(style)
	s.breaking(style)
	for _, h := range style.candidates("font-family") {
		switch {
		case h.value == "initial":
			s.typeface = readersOwn
		case !global[h.value] && h.maybe:
			s.typeface = s.typeface.with(typefaceOf(h.value))
		case !global[h.value]:
			s.typeface = typefaceOf(h.value)
		}
	}
}

// shrinking are the elements that make letters smaller by what they are.
var shrinking = map[atom.Atom]float64{
	atom.Small: .83, atom.Sub: .83, atom.Sup: .83, atom.H5: .83, atom.H6: .67, atom.Pre: .8, atom.Code: .8, atom.Tt: .8, atom.Kbd: .8, atom.Samp: .8,
}

// lines takes the height of lines.
func (s *state) lines(style style) {
	for _, h := range style.candidates("line-height") {
		n, unit := number(h.value)
		switch {
		case h.value == "inherit", h.value == "unset", h.value == "revert", h.value == "revert-layer":
		case unit == "" || unit == "?":
			if !h.maybe {
				s.leading = 0
			}
		case unit == "%":
			s.leading = n * s.size / 100
		default:
			s.leading, _ = pixels(h.value, s.size)
		}
	}
}

// breaking takes whether words are broken where there is no room for them.
func (s *state) breaking(style style) {
	for _, p := range []string{"overflow-wrap", "word-break"} {
		for _, h := range style.candidates(p) {
			switch {
			case h.value == "break-word":
				s.breaks = true
			case h.value == "normal" || h.value == "initial":
				s.breaks = s.breaks && h.maybe
			}
		}
	}
}

// narrowed takes how much of the room of an element is left to what is in it.
func (s *state) narrowed(style style) {
	for _, p := range []string{"width", "max-width", "inline-size", "max-inline-size"} {
		for _, h := range style.candidates(p) {
			if n, ok := acrossPage(h.value); ok && h.value != "0" {
				s.room = min(s.room, n)
			}
		}
	}
	for _, side := range []string{"left", "right"} {
		var most float64
		for _, p := range []string{"padding", "padding-" + side, "padding-inline", "padding-inline-start", "padding-inline-end"} {
			for _, h := range style.candidates(p) {
				for _, w := range words(h.value) {
					if n, ok := acrossPage(w); ok {
						most = max(most, n)
					}
				}
			}
		}
		s.room -= most
	}
}

// colors takes the colours of letters and ground.
func (s *state) colors(style style) {
	text, ground := []shades{}, []shades{}
	sureText, sureGround := false, false
	s.dark = s.dark || style.says("color-scheme", func(v string) bool { return v != "normal" && v != "light" })
	for _, p := range []string{"color", "text-fill-color"} {
		for _, h := range style.candidates(p) {
			sureText = sureText || !h.maybe
			text = append(text, s.textOf(h.value))
		}
	}
	for _, h := range style.candidates("background-color") {
		sureGround = sureGround || !h.maybe
		ground = append(ground, s.groundOf(h.value))
	}
	for _, h := range style.candidates("background-image") {
		if h.value != "none" && !global[h.value] {
			ground = append(ground, anyShade)
		}
	}
	for _, h := range style.candidates("background-clip") {
		if strings.Contains(h.value, "text") {
			text = append(text, anyShade)
		}
	}
	for _, h := range style.candidates("color-scheme") {
		if !global[h.value] && h.value != "normal" && h.value != "light" {
			text, ground = append(text, anyShade), append(ground, anyShade)
		}
	}
	s.text, s.ground = joinedShades(s.text, text, sureText), joinedShades(s.ground, ground, sureGround)
}

// joinedShades are all shades, and those from around unless others are sure.
func joinedShades(around shades, own []shades, sure bool) shades {
	if len(own) == 0 {
		return around
	}
	all := own[0]
	if !sure {
		all = around
	}
	for _, o := range own {
		all = all.with(o.least).with(o.most)
	}
	return all
}

func (s *state) textOf(v string) shades {
	switch v {
	case "inherit", "unset", "revert", "revert-layer", "currentcolor":
		return s.text
	case "initial":
		return shades{}
	}
	c, ok := colorOf(v)
	if !ok || c.alpha < .6 || s.turns(v) {
		return anyShade
	}
	return shades{c.light, c.light}
}

// turns reports whether a colour is another one in a dark scheme.
func (s *state) turns(v string) bool {
	_, system := systemColors[v]
	return s.dark && system && v != "white" && v != "black"
}

func (s *state) groundOf(v string) shades {
	if global[v] {
		return s.ground
	}
	c, ok := colorOf(v)
	switch {
	case !ok, s.turns(v):
		return anyShade
	case c.alpha == 0:
		return s.ground
	case c.alpha < 1:
		return s.ground.with(c.light)
	}
	return shades{c.light, c.light}
}
