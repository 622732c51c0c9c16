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
	opacity      float64 // likewise
	zoom         float64 // likewise
	low, narrow  bool    // a height, or a width, is one that text does not fit into
	left, right  float64 // how far it is moved to the left, and to the right, at most
	filters      int     // how many filters it is seen through
	text, ground shades
	family       string
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
	case s.filters > 2:
		return "several filters"
	case s.left < pulled || s.right > far:
		return "the margins of several elements"
	case s.size*s.zoom < leastSize:
		return "the size of the letters"
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
	faint, zoom := 1.0, 1.0
	for _, h := range style.candidates("opacity") {
		if n, unit := number(h.value); unit == "" {
			faint = min(faint, n)
		}
	}
	for _, h := range style.candidates("zoom") {
		if n, unit := number(h.value); unit == "" {
			zoom = min(zoom, n)
		} else if unit == "%" {
			zoom = min(zoom, n/100)
		}
	}
	s.opacity, s.zoom = s.opacity*faint, s.zoom*zoom
	if style.says("filter", func(v string) bool { return v != "none" }) {
		s.filters++
	}
}

// letters takes the size of letters and their font.
func (s *state) letters(n *nethtml.Node, style style) {
	around := s.size
	switch n.DataAtom {
	case atom.Small, atom.Sub, atom.Sup:
		s.size *= .83
	}
	least, sure := s.size, false
	for i, h := range style.candidates("font-size") {
		n, ok := sizeOf(h.value, around)
		if !ok {
			n = 0
		}
		if i == 0 || n < least {
			least = n
		}
		sure = sure || !h.maybe
	}
	if !sure {
		least = min(least, s.size)
	}
	s.size = least
	for _, h := range style.candidates("font-family") {
		if !global[h.value] {
			s.family = strings.Trim(strings.SplitN(h.value, ",", 2)[0], `"' `)
		} else if h.value == "initial" {
			s.family = ""
		}
	}
}

// colors takes the colours of letters and ground.
func (s *state) colors(style style) {
	text, ground := []shades{}, []shades{}
	sureText, sureGround := false, false
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
	if !ok || c.alpha < .6 {
		return anyShade
	}
	return shades{c.light, c.light}
}

func (s *state) groundOf(v string) shades {
	if global[v] {
		return s.ground
	}
	c, ok := colorOf(v)
	switch {
	case !ok:
		return anyShade
	case c.alpha == 0:
		return s.ground
	case c.alpha < 1:
		return s.ground.with(c.light)
	}
	return shades{c.light, c.light}
}
