package seen

import (
	"slices"
	"strings"

	"golang.org/x/image/colornames"
)

// sure reports whether every reader heeds a declaration. A reader leaves out what it does
// not know, and then what was said before holds: so a value is sure only in a plain form.
// A shorthand is judged by what stands there, not by what it is short for.
func (d *declaration) sure() bool {
	v := d.value
	switch {
	case v == "inherit" || v == "initial" || v == "unset":
		return true
	case sureWords[d.property][v]:
		return true
	case d.property == "font-family":
		return sureFamilies(v)
	case d.property == "font":
		return sureFont(v)
	case colorful[d.property]:
		return sureColor(v)
	}
	numbers, ok := measured[d.property]
	return ok && numbers.hold(v)
}

// sureWords are the values that are words, by property.
var sureWords = wordsOf(map[string]string{
	"display": "block inline inline-block list-item table inline-table table-row table-cell table-row-group table-header-group table-footer-group " +
		"table-caption flex inline-flex grid inline-grid flow-root none",
	"visibility": "visible hidden collapse",
	"position":   "static relative absolute fixed",
	"overflow":   "visible hidden scroll auto",
	"overflow-x": "visible hidden scroll auto", "overflow-y": "visible hidden scroll auto",
	"white-space":  "normal nowrap pre pre-wrap pre-line",
	"word-break":   "normal break-all keep-all",
	"unicode-bidi": "normal embed isolate", "overflow-wrap": "normal break-word",
	"writing-mode": "horizontal-tb", "mix-blend-mode": "normal", "content": "normal none", "color-scheme": "normal light dark",
	"vertical-align":  "baseline sub super top text-top middle bottom text-bottom",
	"background-clip": "border-box padding-box content-box",
	"font-size":       "xx-small x-small small medium large x-large xx-large smaller larger",
	"background":      "none",
	"flex-direction":  "row row-reverse column column-reverse", "flex-wrap": "nowrap wrap wrap-reverse", "flex-flow": "row column wrap nowrap",
	"letter-spacing": "normal", "word-spacing": "normal", "line-height": "normal", "clip": "auto", "z-index": "auto",
	"column-count": "auto", "column-width": "auto", "columns": "auto", "flex-basis": "auto", "text-security": "none", "text-size-adjust": "none auto",
	"width": "auto", "height": "auto", "min-width": "auto", "min-height": "auto", "max-width": "none", "max-height": "none",
	"top": "auto", "left": "auto", "right": "auto", "bottom": "auto",
	"margin": "auto", "margin-top": "auto", "margin-right": "auto", "margin-bottom": "auto", "margin-left": "auto",
	"clip-path": "none", "mask": "none", "mask-image": "none", "transform": "none", "translate": "none", "scale": "none", "rotate": "none", "filter": "none",
	"backdrop-filter": "none", "perspective": "none", "offset-path": "none", "contain": "none", "animation": "none", "animation-name": "none",
	"background-image": "none", "border-image": "none", "box-shadow": "none", "text-shadow": "none", "text-decoration": "none", "outline": "none",
	"border": "none", "border-left": "none", "border-right": "none", "list-style": "none", "list-style-type": "none disc circle square decimal",
})

func wordsOf(listed map[string]string) map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for property, words := range listed {
		all[property] = map[string]bool{}
		for w := range strings.FieldsSeq(words) {
			all[property][w] = true
		}
	}
	return all
}

// colorful are the properties that have a colour.
var colorful = map[string]bool{"color": true, "background-color": true, "text-fill-color": true, "background": true}

// measure is in what numbers a property has its value.
type measure struct {
	most                       int // so many of them at most
	plain, percents, negatives bool
}

// measured are the properties that have lengths or numbers. A length without unit is 0.
var measured = map[string]measure{
	"opacity": {most: 1, plain: true}, "zoom": {most: 1, plain: true, percents: true}, "z-index": {most: 1, plain: true, negatives: true},
	"line-height": {most: 1, plain: true, percents: true}, "column-count": {most: 1, plain: true}, "flex-shrink": {most: 1, plain: true},
	"font-size": {most: 1, percents: true}, "letter-spacing": {most: 1, negatives: true}, "word-spacing": {most: 1, negatives: true},
	"text-indent": {most: 1, percents: true, negatives: true}, "vertical-align": {most: 1, percents: true, negatives: true},
	"width": {most: 1, percents: true}, "min-width": {most: 1, percents: true}, "max-width": {most: 1, percents: true},
	"height": {most: 1, percents: true}, "min-height": {most: 1, percents: true}, "max-height": {most: 1, percents: true},
	"top": {most: 1, percents: true, negatives: true}, "left": {most: 1, percents: true, negatives: true},
	"right": {most: 1, percents: true, negatives: true}, "bottom": {most: 1, percents: true, negatives: true},
	"margin": {most: 4, percents: true, negatives: true}, "margin-top": {most: 1, percents: true, negatives: true},
	"margin-right": {most: 1, percents: true, negatives: true}, "margin-bottom": {most: 1, percents: true, negatives: true},
	"margin-left": {most: 1, percents: true, negatives: true},
	"padding":     {most: 4, percents: true}, "padding-left": {most: 1, percents: true}, "padding-right": {most: 1, percents: true},
	"border-width": {most: 4}, "border-left-width": {most: 1}, "border-right-width": {most: 1}, "border-radius": {most: 4, percents: true},
	"text-size-adjust": {most: 1, percents: true}, "outline-width": {most: 1},
}

// hold reports whether a value is made of such numbers.
func (m measure) hold(v string) bool {
	parts := strings.Split(v, " ")
	if len(parts) > m.most {
		return false
	}
	return !slices.ContainsFunc(parts, func(w string) bool {
		n, unit := number(w)
		switch {
		case w == "auto":
			return m.most != 4 || !m.negatives // margin has it in any place
		case n < 0 && !m.negatives:
			return true
		case unit == "%":
			return !m.percents
		case unit == "":
			return n != 0 && !m.plain
		}
		return m.plain && !m.percents || !sureUnits[unit]
	})
}

// sureUnits are the units of length that every reader knows.
var sureUnits = map[string]bool{"px": true, "pt": true, "em": true, "rem": true, "ex": true, "pc": true, "in": true, "cm": true, "mm": true, "vw": true, "vh": true}

// sureColor reports whether a value is a colour by its name or number.
func sureColor(v string) bool {
	if _, ok := colornames.Map[v]; ok || v == "transparent" || v == "currentcolor" {
		return true
	}
	if hex, ok := strings.CutPrefix(v, "#"); ok {
		_, ok := hexColor(hex)
		return ok
	}
	name, args, _ := strings.Cut(strings.TrimSuffix(v, ")"), "(")
	parts := strings.Split(args, ",")
	if name != "rgb" && name != "rgba" || len(parts) != 3 && len(parts) != 4 || !strings.HasSuffix(v, ")") {
		return false
	}
	_, first := number(strings.TrimSpace(parts[0]))
	for i, p := range parts {
		_, unit := number(strings.TrimSpace(p))
		if unit != "" && unit != "%" || i < 3 && unit != first {
			return false
		}
	}
	return true
}

// sureFamilies reports whether a value lists fonts: names in quotes, or words.
func sureFamilies(v string) bool {
	return !slices.ContainsFunc(strings.Split(v, ","), func(f string) bool { return !sureFamily(strings.TrimSpace(f)) })
}

func sureFamily(f string) bool {
	if f == "" || strings.Contains(f, `\`) {
		return false
	}
	if f[0] == '"' || f[0] == '\'' {
		return len(f) > 2 && strings.IndexByte(f[1:], f[0]) == len(f)-2
	}
	names := strings.Fields(f)
	return !slices.ContainsFunc(names, func(name string) bool {
		return !letter(name[0]) && name[0] != '-' || strings.ContainsFunc(name, notInName) || len(names) > 1 && (generic[name] || global[name])
	})
}

func notInName(r rune) bool {
	return r < 0x80 && r != '-' && r != '_' && !letter(byte(r)) && (r < '0' || r > '9')
}

// sureFont reports whether a value is of the shorthand font: a size, before it a slant or a
// weight, after it families.
func sureFont(v string) bool {
	before, after, found := strings.Cut(v, " ")
	for found && fontWords[before] {
		before, after, found = strings.Cut(after, " ")
	}
	size, line, spaced := strings.Cut(before, "/")
	if spaced && !(&declaration{property: "line-height", value: line}).sure() {
		return false
	}
	return found && (&declaration{property: "font-size", value: size}).sure() && sureFamilies(after)
}

// fontWords are what may stand before the size of a font, once each.
var fontWords = map[string]bool{"normal": true, "italic": true, "bold": true, "400": true, "700": true}
