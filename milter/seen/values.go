package seen

import (
	"slices"
	"strconv"
	"strings"
)

// global are the values that every property has and that none hides by.
var global = map[string]bool{"inherit": true, "initial": true, "unset": true, "revert": true, "revert-layer": true}

// systemFonts are the values of the shorthand font that are sizes people read.
var systemFonts = map[string]bool{"caption": true, "icon": true, "menu": true, "message-box": true, "small-caption": true, "status-bar": true}

// sizes are the keywords of font-size.
var sizes = map[string]bool{
	"xx-small": true, "x-small": true, "small": true, "medium": true, "large": true, "x-large": true, "xx-large": true, "xxx-large": true,
	"smaller": true, "larger": true,
}

// number is the number that a value begins with and what stands behind it; a value
// that is none has the unit "?".
func number(v string) (float64, string) {
	n := 0
	for n < len(v) && (v[n] >= '0' && v[n] <= '9' || v[n] == '.' || n == 0 && (v[n] == '-' || v[n] == '+')) {
		n++
	}
	if n+1 < len(v) && n > 0 && v[n] == 'e' && (v[n+1] == '-' || v[n+1] == '+' || v[n+1] >= '0' && v[n+1] <= '9') { // 1e-9px
		n += 2
		for n < len(v) && v[n] >= '0' && v[n] <= '9' {
			n++
		}
	}
	f, err := strconv.ParseFloat(v[:n], 64)
	if err != nil {
		return 0, "?"
	}
	return f, v[n:]
}

// units are the pixels of a unit; those of the font and of the view at their least.
var units = map[string]float64{
	"px": 1, "pt": 4.0 / 3, "pc": 16, "in": 96, "cm": 37.8, "mm": 3.78, "q": 0.945,
	"vw": 3.6, "vh": 4, "vmin": 3.2, "vmax": 5, "svw": 3.6, "svh": 4, "dvw": 3.6, "dvh": 4, "lvw": 3.6, "lvh": 4, "vi": 3.6, "vb": 4,
}

// pixels is a length in pixels; em is the size of the font, of which percents are too.
func pixels(v string, em float64) (float64, bool) {
	n, unit := number(v)
	switch unit {
	case "":
		return n, true
	case "em", "rem", "ic", "lh", "rlh":
		return n * em, true
	case "ex", "ch":
		return n * em / 2, true
	case "%":
		return n * em / 100, true
	}
	f, ok := units[unit]
	return n * f, ok
}

// check reports whether a value of a property leaves its element to be seen.
type check func(v string) bool

// one is the check of a property that has values of which none hides.
func one(values string) check {
	of := map[string]bool{}
	for v := range strings.FieldsSeq(values) {
		of[v] = true
	}
	return func(v string) bool { return of[v] }
}

// between is the check of a property by its length, or by one of some keywords.
func between(least, most float64, keywords string) check {
	word := one(keywords)
	return func(v string) bool {
		if word(v) {
			return true
		}
		for w := range strings.FieldsSeq(v) {
			if n, ok := pixels(w, 16); !word(w) && (!ok || n < least || n > most) {
				return false
			}
		}
		return v != ""
	}
}

// across is the check of a property by its lengths across the page, of which percents
// are.
func across(least, most float64) check {
	return func(v string) bool {
		for _, w := range words(v) {
			if n, ok := acrossPage(w); w != "auto" && (!ok || n < least || n > most) {
				return false
			}
		}
		return v != ""
	}
}

// acrossPage is a length across the page in pixels, on a wide one.
func acrossPage(v string) (float64, bool) {
	n, unit := number(v)
	switch {
	case unit == "%":
		return n * 8, true
	case strings.Contains(unit, "v"): // of the view
		return n * 12, units[unit] > 0
	}
	return pixels(v, 16)
}

func atLeastHalf(v string) bool {
	n, unit := number(v)
	if unit == "%" {
		n, unit = n/100, ""
	}
	return unit == "" && n >= .5
}

// unmoved reports whether a transformation leaves all where it is.
func unmoved(v string) bool {
	if v == "none" {
		return true
	}
	for _, f := range words(v) {
		name, args, call := strings.Cut(strings.TrimSuffix(f, ")"), "(")
		if !call {
			name, args = "", f
		}
		for a := range strings.FieldsFuncSeq(args, func(r rune) bool { return r == ',' || r == ' ' }) {
			n, unit := number(a)
			if strings.HasPrefix(name, "matrix") {
				return f == "matrix(1,0,0,1,0,0)" || f == "matrix(1, 0, 0, 1, 0, 0)"
			}
			if unit == "?" || strings.HasPrefix(name, "scale") && n != 1 || !strings.HasPrefix(name, "scale") && n != 0 {
				return false
			}
		}
	}
	return true
}

// filtered reports whether filters leave text to be read.
func filtered(v string) bool {
	if v == "none" {
		return true
	}
	lights := 0 // functions that change how light something is
	for _, f := range words(v) {
		name, arg, call := strings.Cut(strings.TrimSuffix(f, ")"), "(")
		if !call || strings.HasPrefix(name, "progid:") {
			return strings.HasPrefix(name, "progid:") || strings.HasPrefix(name, "alpha") // of Internet Explorer
		}
		n, unit := number(strings.TrimSpace(arg))
		if unit == "%" {
			n, unit = n/100, ""
		}
		ok := false
		switch name {
		case "grayscale", "sepia", "saturate", "hue-rotate", "drop-shadow":
			ok = true
		case "invert":
			ok = unit == "" && (n <= .1 || n >= .9) || arg == ""
		case "brightness", "contrast", "opacity":
			lights++
			ok = unit == "" && n >= .7 && n <= 1.25 && lights == 1 || arg == ""
		case "blur":
			ok = n == 0
		}
		if !ok {
			return false
		}
	}
	return true
}

// blurred reports whether filters of what is behind an element leave it as light as it is.
func blurred(v string) bool {
	return v == "none" || !slices.ContainsFunc(words(v), func(f string) bool {
		return !strings.HasPrefix(f, "blur(") && !strings.HasPrefix(f, "saturate(")
	})
}

func zoomed(v string) bool {
	n, unit := number(v)
	if unit == "%" {
		n, unit = n/100, ""
	}
	return v == "normal" || unit == "" && n >= .5 && n <= 3
}

func lineHeight(v string) bool {
	n, unit := number(v)
	if unit == "" {
		return n >= .75 && n <= 10
	}
	p, ok := pixels(v, 12)
	return v == "normal" || v == "-webkit-standard" || ok && p >= 9 && p <= 200
}

func adjusted(v string) bool {
	n, unit := number(v)
	return v == "none" || v == "auto" || unit == "%" && n >= 70
}

// leastSize is the smallest letters that count as seen, in pixels.
const leastSize = 7.5

func size(v string) bool {
	n, ok := sizeOf(v, 16)
	return ok && n >= leastSize
}

// sizeOf is a font size in pixels where that around it is another.
func sizeOf(v string, around float64) (float64, bool) {
	switch v {
	case "inherit", "unset", "revert", "revert-layer":
		return around, true
	case "initial", "medium", "large", "x-large", "xx-large", "xxx-large":
		return 16, true
	case "small":
		return 13, true
	case "x-small":
		return 10, true
	case "xx-small":
		return 9, true
	case "smaller":
		return around * .83, true
	case "larger":
		return around * 1.2, true
	}
	n, unit := number(v)
	if unit == "" {
		return 0, n == 0 || n > 200
	}
	if f, ok := units[unit]; ok {
		return n * f, n <= 300
	}
	if unit == "rem" {
		return n * 10, n <= 20 // of a root that is 62.5%, mostly
	}
	p, ok := pixels(v, around)
	return p, ok && p < 400
}

// mostSize is how large letters are at most of which words go onto a page.
const mostSize = 60

// leastRoom is the least width that words go into.
const leastRoom = 70

// largeOf is a font size in pixels at its most, where that around it is another.
func largeOf(v string, around float64) float64 {
	switch v {
	case "large", "x-large":
		return 24
	case "xx-large", "xxx-large":
		return 48
	}
	n, unit := number(v)
	if unit == "rem" {
		return n * 16
	}
	if strings.Contains(unit, "v") {
		return n * 12
	}
	n, _ = sizeOf(v, around)
	return n
}

func color(v string) bool {
	c, ok := colorOf(v)
	return v == "inherit" || v == "currentcolor" || ok && c.dark()
}

// ground reports whether a colour is one that black and grey text is read on.
func ground(v string) bool {
	c, ok := colorOf(v)
	return ok && (c.alpha == 0 || c.light >= .7)
}

// basis is the check of the size that flex begins with.
var basis = between(60, 4000, "auto content max-content min-content fit-content")

// grown reports whether flex leaves an element a size of its own.
func grown(v string) bool {
	f := strings.Fields(v)
	if len(f) < 3 || f[0] != "0" {
		return v != "0"
	}
	return basis(f[2])
}

// round reports whether corners are so little round that nothing in them is cut off.
func round(v string) bool {
	for _, w := range words(v) {
		if n, unit := number(w); w != "/" && (unit == "?" || unit == "%" && n > 20 || n > 60) {
			return false
		}
	}
	return true
}

// wide reports whether a width is one that text goes into and that ends near.
func wide(v string) bool {
	n, unit := number(v)
	switch unit {
	case "%":
		return n >= 20 && n <= 200
	case "?":
		return v == "auto" || v == "none" || v == "max-content" || v == "fit-content" || v == "min-content" || strings.HasPrefix(v, "calc(")
	}
	p, ok := pixels(v, 16)
	return ok && p >= 120 && p <= 1500
}

// tall reports whether a height is none that cuts text off.
func tall(v string) bool {
	n, unit := number(v)
	return v == "auto" || v == "none" || v == "max-content" || v == "fit-content" || v == "min-content" || unit == "%" && n >= 100
}

func placed(v string) bool {
	n, unit := number(v)
	return v == "auto" || unit != "?" && n == 0 && !strings.Contains(v, " ")
}
