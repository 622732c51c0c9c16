package render

import (
	"strings"
	"unicode"
)

// maxValue is the most characters of one value that are used.
const maxValue = 1024

// cleanValue makes a directory value fit to stand anywhere in a line: no line
// breaks or controls, no bidirectional embeddings, overrides or isolates (they
// would turn the text after the value around), valid UTF-8, not endless.
func cleanValue(value string) string {
	var clean strings.Builder
	blank, n := false, 0
	for _, r := range value { // an undecodable byte is U+FFFD here
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) {
			blank = true
			continue
		}
		if turnsDirection(r) {
			continue
		}
		if blank && n > 0 && n < maxValue {
			clean.WriteByte(' ')
			n++
		}
		blank = false
		if n == maxValue {
			break
		}
		clean.WriteRune(r)
		n++
	}
	return strings.TrimSpace(clean.String())
}

func turnsDirection(r rune) bool {
	embeds := r >= 0x202A && r <= 0x202E
	isolates := r >= 0x2066 && r <= 0x2069
	return embeds || isolates
}
