package seen

import (
	"math"
	"slices"
	"strings"
)

// Checks of lines that are drawn: thin covers no text, edged leaves it where it is.
var (
	thin  = lines(4)
	edged = lines(60)
)

// lines is the check of a line by its width.
func lines(most float64) check {
	return func(v string) bool {
		for _, w := range words(v) {
			if n, unit := number(w); unit != "?" {
				if p, ok := pixels(w, 16); !ok || math.Abs(p) > most || n < 0 {
					return false
				}
			} else if strings.ContainsAny(w, "(") && !strings.HasPrefix(w, "rgb") && !strings.HasPrefix(w, "hsl") {
				return false
			}
		}
		return true
	}
}

// unfilled reports whether the picture of a border leaves free what is in it.
func unfilled(v string) bool { return !slices.Contains(words(v), "fill") }

// shadowed reports whether shadows are so few and small that text is read in them.
func shadowed(v string) bool {
	const most, inner = 3, 8
	layers, depth := 1, 0
	for _, c := range []byte(v) {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				layers++
			}
		}
	}
	if layers > most {
		return false
	}
	if inset := slices.Contains(words(v), "inset"); inset {
		return longest(v) <= inner
	}
	return !strings.Contains(v, "var(")
}

// unquoted reports whether the marker of a list item is none of the mail's own making.
func unquoted(v string) bool { return !strings.ContainsAny(v, `"'(`) || strings.HasPrefix(v, "url(") }

// longest is the longest length of a value, in pixels; one that is not understood is
// without end.
func longest(v string) float64 {
	var most float64
	for _, w := range words(v) {
		if p, ok := pixels(w, 16); ok {
			most = max(most, math.Abs(p))
		} else if strings.HasPrefix(w, "calc(") || strings.HasPrefix(w, "var(") || strings.HasPrefix(w, "min(") || strings.HasPrefix(w, "max(") || strings.HasPrefix(w, "clamp(") {
			return math.Inf(1)
		}
	}
	return most
}

// apart reports whether a gap leaves what stands beside each other on one page.
func apart(v string) bool { return v == "normal" || across(0, 150)(v) }

// inFirst reports whether a place in a grid is in its first column.
func inFirst(v string) bool { return v == "auto" || v == "1" }
