package insert

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxHeaderLines is how many lines are looked at as one header block.
const maxHeaderLines = 16

// separatorLine names the rule by which lines begin with something after which
// all is older mail: an "original message" line or a header block, with what
// clients put above it; "" for none.
func separatorLine(lines []line) string {
	if original(lines[0].text) {
		return "original-message"
	}
	n := 0
	for n < len(lines) && n < 2 && isDelimiter(lines[n].text) && len(lines[n].text) >= 5 {
		n++
	}
	switch rest := lines[n:]; {
	case len(rest) == 0:
		return ""
	case n > 0 && original(rest[0].text):
		return "original-message"
	case headerBlock(rest), n > 0 && labelledAttribution(rest):
		return "header-block"
	case len(rest) > 1 && (undashed(rest[0].text) || betweenDashes(rest[0].text)) && headerBlock(rest[1:]):
		return "original-message"
	}
	return ""
}

// undashed says whether a line is an "original message" line that has lost its
// dashes, as QQ draws a rule beside it.
func undashed(text string) bool {
	lower := fold(text)
	return slices.ContainsFunc(originals, func(p phrase) bool { return p.text == lower })
}

// betweenDashes says whether a line has rows of dashes at both ends: directly
// above a header block its words do not matter.
func betweenDashes(text string) bool {
	return dashes(text) >= 2 && strings.HasSuffix(text, text[:1]+text[:1])
}

// labelledAttribution says whether lines begin with labels and an attribution
// below, as Yandex writes recipient and subject above its own.
func labelledAttribution(lines []line) bool {
	n := 0
	for n < len(lines) && n < 4 && labelled(lines[n].text) {
		n++
	}
	return n > 0 && n < len(lines) && attribution(lines[n:]) > 0
}

// original says whether a line is one that clients put above quoted mail.
func original(text string) bool {
	c := text[0]
	if c < 0x80 && (c >= '0' && c <= '9') || len(text) > maxAttribution {
		return false
	}
	inner := strings.TrimFunc(text, func(r rune) bool { return dash(r) || strings.ContainsRune("* >|[]", r) })
	if inner == "" {
		return false
	}
	lower := fold(inner)
	if dashes(strings.TrimLeft(text, "*>|[ ")) >= 2 {
		return inTable(originals, strings.TrimRight(lower, ":： ")) || strings.HasSuffix(text, "--") && begins(forwardedBy, lower)
	}
	return bareIndex[lower]
}

// dash says whether r is one of the characters rows of which separate: hyphens
// and dashes of all kinds, underscores and the like.
func dash(r rune) bool { return unicode.Is(unicode.Pd, r) || strings.ContainsRune("_=~+─━", r) }

// dashes counts the dashes that text begins with.
func dashes(text string) int {
	n := 0
	for _, r := range text {
		if !dash(r) {
			break
		}
		n++
	}
	return n
}

// inTable says whether lower is a phrase of the table, or goes on after one with
// more dashes (a header block on the same line).
func inTable(table []phrase, lower string) bool {
	for i := range table {
		if after, ok := strings.CutPrefix(lower, table[i].text); ok {
			if after == "" || dashes(strings.TrimLeft(after, " ")) >= 2 {
				return true
			}
		}
	}
	return false
}

func begins(table []phrase, lower string) bool {
	for i := range table {
		if strings.HasPrefix(lower, table[i].text+" ") {
			return true
		}
	}
	return false
}

var bareIndex = func() map[string]bool {
	m := make(map[string]bool)
	for _, p := range bareOriginals {
		m[fold(p.text)] = true
		m[strings.TrimRight(fold(p.text), ":： ")] = true
	}
	return m
}()

// labelIndex is the label table by text.
var labelIndex = func() map[string]labelKind {
	m := make(map[string]labelKind, len(labels))
	for _, l := range labels {
		if _, ok := m[l.text]; !ok {
			m[l.text] = l.kind
		}
	}
	return m
}()

const longestLabel = 48 // bytes

// labelOf reads a line as a label of a header block and its value. Clients make
// labels bold, which plain text shows as *From:*.
func labelOf(text string) (labelKind, string) {
	t := strings.TrimLeft(text, "*_|•·- ")
	i := strings.IndexAny(t, ":：")
	if i <= 0 || i > longestLabel {
		return 0, ""
	}
	_, size := utf8.DecodeRuneInString(t[i:])
	return labelIndex[fold(strings.TrimRight(t[:i], "*_ "))], strings.Trim(t[i+size:], "*_ ")
}

func labelled(text string) bool {
	kind, _ := labelOf(text)
	return kind != 0
}

// headerBlock says whether lines begin with the header block of a quoted mail: a
// sender's label and two of other kinds, or, when the sender has an address or
// the date has digits, one of another kind. A line of its own text between labels is
// the rest of a long value.
func headerBlock(lines []line) bool {
	if kind, _ := labelOf(lines[0].text); kind == 0 || kind == otherLabel {
		return false
	}
	if inlineHeader(lines[0].text) {
		return true
	}
	var seen [otherLabel + 1]bool
	kinds, strong := 0, false
	missed := false
	if len(lines) > 1 && !labelled(lines[1].text) && !unfinished(lines[0].text, lines[1].text) {
		return false // a header block goes on with the next label at once
	}
	for i := 0; i < len(lines) && i < maxHeaderLines; i++ {
		kind, value := labelOf(lines[i].text)
		if kind == 0 {
			if !valueGoesOn(lines[i-1:]) {
				break
			}
			missed = true
			continue
		}
		if missed && seen[kind] { // a new block
			break
		}
		missed = false
		if !seen[kind] && kind != otherLabel {
			kinds++
		}
		seen[kind] = true
		if kind == fromLabel && strings.Contains(value, "@") || kind == sentLabel && strings.ContainsAny(value, "0123456789") {
			strong = true
		}
	}
	if kinds == 2 { // so few labels stand in lists too; older mail quoted below would be introduced by itself
		return strong && (seen[fromLabel] || seen[sentLabel]) && !introducedBelow(lines)
	}
	return kinds >= 3 && (seen[fromLabel] || strong && seen[sentLabel])
}

// valueGoesOn says whether the second line is the rest of a value that the first
// has or goes on with: an address, the value itself where the label stands alone,
// one more line before the next label.
func valueGoesOn(lines []line) bool {
	if labelled(lines[0].text) && unfinished(lines[0].text, lines[1].text) {
		return true
	}
	next := lines[1].text
	return strings.ContainsAny(next, "@<") || strings.HasSuffix(next, ",") || strings.HasSuffix(next, ";") || labelShape.MatchString(next) ||
		len(lines) > 2 && !lines[2].gap && labelled(lines[2].text)
}

// introducedBelow says whether an element that starts quoted mail, or an
// attribution with quoted lines under it, comes soon.
func introducedBelow(lines []line) bool {
	for i := range min(soon, len(lines)) {
		if i > 0 && lines[i].mark != nil && !lines[i].mark.older && !lines[i].mark.header {
			return true
		}
		if lines[i].quote == lines[0].quote {
			if n := attribution(lines[i:]); n > 0 && quotedSoon(lines[i:], n) {
				return true
			}
		}
	}
	return false
}

// unfinished says whether the value of a label goes on in the next line: it has
// none yet, or an address comes.
func unfinished(first, next string) bool {
	_, value := labelOf(first)
	return value == "" || strings.ContainsAny(next, "@<") || strings.HasSuffix(value, ",") || strings.HasSuffix(value, ";") || labelShape.MatchString(next)
}

// soon is how many lines below are looked at at most: with more, the time would
// grow with the square of a long text.
const soon = 100

// labelShape is a label the table does not know.
var labelShape = regexp.MustCompile(`^[*_]*\pL[\pL ._-]{0,24} ?[*_]* ?[:：]`)

// inlineHeader says whether several labels stand in one line: "From: Bob Sent:
// Monday To: Alice Subject: offer".
func inlineHeader(text string) bool {
	lower := fold(text)
	var seen [otherLabel + 1]bool
	kinds := 0
	for at := 0; ; {
		i := strings.IndexByte(lower[at:], ':')
		if i < 0 {
			return kinds >= 3 || kinds == 2 && seen[fromLabel] && seen[sentLabel] && addressed.MatchString(text)
		}
		end := at + i
		at = end + 1
		start := strings.LastIndexAny(strings.TrimRight(lower[:end], " *_"), " *_|>") + 1
		k := labelIndex[strings.Trim(lower[start:end], " *_")]
		if k != 0 && k != otherLabel && !seen[k] {
			seen[k] = true
			kinds++
		}
	}
}
