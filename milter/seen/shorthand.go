package seen

import "strings"

// aliases are names that browsers have for properties beside those of the standard,
// without their prefix.
var aliases = map[string]string{
	"logical-height": "block-size", "min-logical-height": "min-block-size", "max-logical-height": "max-block-size",
	"logical-width": "inline-size", "min-logical-width": "min-inline-size", "max-logical-width": "max-inline-size",
	"margin-start": "margin-inline-start", "margin-end": "margin-inline-end", "margin-before": "margin-block-start", "margin-after": "margin-block-end",
	"padding-start": "padding-inline-start", "padding-end": "padding-inline-end", "padding-before": "padding-block-start", "padding-after": "padding-block-end",
	"border-start": "border-inline-start", "border-end": "border-inline-end",
	"border-start-width": "border-inline-start-width", "border-end-width": "border-inline-end-width",
	"overflow-inline": "overflow-x", "overflow-block": "overflow-y", "word-wrap": "overflow-wrap", "inset-area": "position-area",
	"grid-gap": "gap", "grid-column-gap": "column-gap", "grid-row-gap": "row-gap",
}

// unprefixed is the name of a property as the standard has it.
func unprefixed(name string) string {
	for _, prefix := range []string{"-webkit-", "-moz-", "-ms-", "-o-", "-epub-", "-khtml-", "-apple-"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			name = rest
			break
		}
	}
	if standard, ok := aliases[name]; ok {
		return standard
	}
	return name
}

// longhands are the declarations that a shorthand is short for, as far as they can hide.
func (d declaration) longhands() []declaration {
	as := func(property, value string) declaration {
		return declaration{written: property, property: property, value: value, important: d.important, unsure: d.unsure}
	}
	switch d.property {
	case "font":
		return fontOf(d.value, as)
	case "background":
		color, image := backgroundOf(d.value)
		return []declaration{as("background-color", color), as("background-image", image)}
	case "overflow":
		x, y, two := strings.Cut(d.value, " ")
		if !two {
			y = x
		}
		return []declaration{as("overflow-x", x), as("overflow-y", strings.TrimSpace(y))}
	}
	return []declaration{d}
}

// fontOf is what the shorthand font says of sizes and the family.
func fontOf(value string, as func(p, v string) declaration) []declaration {
	if global[value] {
		return []declaration{as("font-size", value), as("line-height", value), as("font-family", value)}
	}
	if systemFonts[value] {
		return []declaration{as("font-family", value)}
	}
	words := strings.Fields(strings.ReplaceAll(strings.ReplaceAll(value, " /", "/"), "/ ", "/"))
	for i, w := range words {
		size, line, _ := strings.Cut(w, "/")
		if _, ok := pixels(size, 16); !ok && !sizes[size] {
			continue
		}
		if n, unit := number(size); unit == "" && n >= 100 { // a weight
			continue
		}
		if line == "" {
			line = "normal"
		}
		return []declaration{as("font-size", size), as("line-height", line), as("font-family", strings.Join(words[i+1:], " "))}
	}
	return []declaration{as("font-size", value)}
}

// backgroundOf is the colour and the picture of the shorthand background.
func backgroundOf(value string) (color, image string) {
	if global[value] {
		return value, value
	}
	color, image = "transparent", "none"
	for _, w := range words(value) {
		switch {
		case strings.HasPrefix(w, "url("), strings.Contains(w, "gradient("), strings.Contains(w, "image("), strings.Contains(w, "image-set("), strings.HasPrefix(w, "var("), w == "text":
			image = w
		case !backgroundWords[w] && !isLength(w):
			color = w
		}
	}
	return color, image
}

// backgroundWords are those of the shorthand background that are no colours.
var backgroundWords = map[string]bool{
	"none": true, "repeat": true, "no-repeat": true, "repeat-x": true, "repeat-y": true, "round": true, "space": true, "scroll": true, "fixed": true,
	"local": true, "center": true, "top": true, "left": true, "right": true, "bottom": true, "cover": true, "contain": true, "auto": true, "/": true,
	"border-box": true, "padding-box": true, "content-box": true,
}

// isLength reports whether a word is a number with or without a unit, or several with
// a slash between them.
func isLength(w string) bool {
	for part := range strings.SplitSeq(w, "/") {
		if _, unit := number(part); unit == "?" && part != "" && !backgroundWords[part] {
			return false
		}
	}
	return true
}

// words are the words of a value; a function with all in it is one.
func words(value string) []string {
	var all []string
	depth, from := 0, 0
	for i := 0; i <= len(value); i++ {
		switch {
		case i == len(value) || depth == 0 && (value[i] == ' ' || value[i] == ','):
			if i > from {
				all = append(all, value[from:i])
			}
			from = i + 1
		case value[i] == '(':
			depth++
		case value[i] == ')' && depth > 0:
			depth--
		}
	}
	return all
}
