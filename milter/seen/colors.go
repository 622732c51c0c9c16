package seen

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/colornames"
)

// shade is how light a colour is, 0 to 1, and how little it lets through.
type shade struct {
	light, alpha float64
}

// dark reports whether text of a colour can be read on white.
func (s shade) dark() bool { return s.alpha >= .6 && contrast(s.light, 1) >= readable }

// readable is the least contrast between text and what is behind it.
const readable = 1.6

func contrast(a, b float64) float64 {
	return (math.Max(a, b) + .05) / (math.Min(a, b) + .05)
}

func shadeOf(r, g, b, alpha float64) shade {
	linear := func(c float64) float64 {
		if c /= 255; c <= .03928 {
			return c / 12.92
		}
		return math.Pow((c+.055)/1.055, 2.4)
	}
	return shade{.2126*linear(r) + .7152*linear(g) + .0722*linear(b), alpha}
}

// systemColors are those that readers set, in a light scheme.
var systemColors = map[string]shade{
	"windowtext": {0, 1}, "canvastext": {0, 1}, "text": {0, 1}, "window": {1, 1}, "canvas": {1, 1}, "white": {1, 1}, "black": {0, 1},
	"linktext": {.1, 1}, "buttontext": {0, 1}, "-webkit-link": {.1, 1}, "-webkit-text": {0, 1}, "menutext": {0, 1}, "infotext": {0, 1}, "fieldtext": {0, 1},
}

// colorOf is a colour by its value; false when it is none that is known.
func colorOf(v string) (shade, bool) {
	v = strings.TrimSpace(v)
	if s, ok := systemColors[v]; ok {
		return s, true
	}
	if v == "transparent" {
		return shade{}, true
	}
	if c, ok := colornames.Map[v]; ok {
		return shadeOf(float64(c.R), float64(c.G), float64(c.B), 1), true
	}
	if hex, ok := strings.CutPrefix(v, "#"); ok {
		return hexColor(hex)
	}
	name, args, call := strings.Cut(strings.TrimSuffix(v, ")"), "(")
	if !call {
		return shade{}, false
	}
	parts := strings.FieldsFunc(args, func(r rune) bool { return r == ',' || r == ' ' || r == '/' })
	if len(parts) < 3 || len(parts) > 4 {
		return shade{}, false
	}
	alpha := 1.0
	if len(parts) == 4 {
		n, unit := number(parts[3])
		if unit == "%" {
			n, unit = n/100, ""
		}
		if unit != "" {
			return shade{}, false
		}
		alpha = math.Max(0, math.Min(1, n))
	}
	switch name {
	case "rgb", "rgba":
		var c [3]float64
		for i := range c {
			n, unit := number(parts[i])
			if unit == "%" {
				n, unit = n*2.55, ""
			}
			if unit != "" {
				return shade{}, false
			}
			c[i] = math.Max(0, math.Min(255, n))
		}
		return shadeOf(c[0], c[1], c[2], alpha), true
	case "hsl", "hsla":
		h, _ := number(parts[0])
		s, su := number(parts[1])
		l, lu := number(parts[2])
		if su != "%" || lu != "%" {
			return shade{}, false
		}
		r, g, b := hsl(h, s/100, l/100)
		return shadeOf(r, g, b, alpha), true
	}
	return shade{}, false
}

func hexColor(hex string) (shade, bool) {
	if len(hex) == 3 || len(hex) == 4 {
		var long strings.Builder
		for i := range len(hex) {
			long.WriteString(hex[i : i+1])
			long.WriteString(hex[i : i+1])
		}
		hex = long.String()
	}
	alpha := 1.0
	if len(hex) == 8 {
		a, err := strconv.ParseUint(hex[6:], 16, 8)
		if err != nil {
			return shade{}, false
		}
		alpha, hex = float64(a)/255, hex[:6]
	}
	n, err := strconv.ParseUint(hex, 16, 24)
	if err != nil || len(hex) != 6 {
		return shade{}, false
	}
	return shadeOf(float64(n>>16), float64(n>>8&255), float64(n&255), alpha), true
}

func hsl(h, s, l float64) (r, g, b float64) {
	at := func(n float64) float64 {
		k := math.Mod(n+h/30+24, 12)
		return 255 * (l - s*math.Min(l, 1-l)*math.Max(-1, math.Min(math.Min(k-3, 9-k), 1)))
	}
	return at(0), at(8), at(4)
}

// shades are all that a colour may be: one reader has a dark scheme, another a narrow
// view.
type shades struct{ least, most float64 }

func (s shades) with(light float64) shades {
	return shades{math.Min(s.least, light), math.Max(s.most, light)}
}

// anyShade is a colour of which nothing is known.
var anyShade = shades{0, 1}

// reads reports whether text is to be read on a ground, whatever both are.
func reads(text, ground shades) bool {
	if text.most < ground.least {
		return contrast(text.most, ground.least) >= readable
	}
	return ground.most < text.least && contrast(ground.most, text.least) >= readable
}
