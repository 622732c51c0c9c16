package insert

import (
	"cmp"
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxHeaderLines is how many lines are looked at as one header block.
const maxHeaderLines = 16

// header is what stands at the start of some lines as the header block of quoted
// mail: From, Sent, To, Subject, in any language.
type header struct {
	lines     int // how many it stands on
	seen      [otherLabel + 1]bool
	kinds     int    // how many of the labels that all clients write
	inline    bool   // several labels stand in its first line
	addressed bool   // the sender has an address
	dated     bool   // the date has digits
	timed     bool   // the date has a year and a time of day
	sender    string // what the sender's label has
}

// isHeader reports whether the labels are those of a header block: a sender's and
// two of other kinds, or, when the sender has an address or the date has digits,
// one of another kind.
func (h *header) isHeader() bool {
	proven := h.addressed || h.dated
	switch {
	case h.inline:
		return true
	case h.kinds >= 3:
		return h.seen[fromLabel] || (proven && h.seen[sentLabel])
	case h.kinds == 2:
		return proven && (h.seen[fromLabel] || h.seen[sentLabel])
	}
	return false
}

// strength is weak for what people write as well, a trip from here to there or the
// head of a memo, and strong where the sender has an address or the date has a time.
func (h *header) strength() strength {
	sender := h.seen[fromLabel] && h.kinds >= 3
	if sender && (h.addressed || h.timed) {
		return strong
	}
	return weak
}

// whole reports whether the header block is so complete that older mail is quoted
// even in a message that does not say it is a reply or a forward.
func (h *header) whole() bool {
	named := h.seen[fromLabel] && h.seen[sentLabel] && h.dated
	return named && h.strength() == strong && (h.seen[subjectLabel] || (h.addressed && h.seen[toLabel]))
}

// readHeader reads the header block that lines begin with. A line of its own text
// between labels is the rest of a long value.
func readHeader(lines []line) (h header, ok bool) {
	kind, _, n := labelAt(lines, 0)
	if kind == 0 || kind == otherLabel {
		return h, false
	}
	if text := lines[0].text; inlineHeader(text) {
		h = header{lines: 1, inline: true, kinds: 3, addressed: addressed.MatchString(text), dated: dated(text), timed: hasClock(text) && hasYear(text)}
		h.seen[fromLabel], h.seen[sentLabel], h.seen[subjectLabel] = true, true, true
		return h, true
	}
	if n == 1 && len(lines) > 1 && !labelledAt(lines, 1) && !unfinished(lines[0].text, lines[1].text) {
		return h, false // a header block goes on with the next label at once
	}
	missed := false
	for i := 0; i < len(lines) && i < maxHeaderLines; {
		kind, value, n := labelAt(lines, i)
		if kind == 0 {
			if !valueGoesOn(lines[i-1:]) {
				break
			}
			missed = true
			i++
			continue
		}
		if missed && h.seen[kind] { // a new block
			break
		}
		missed = false
		if value == "" && i+1 < len(lines) && !labelledAt(lines, i+1) {
			value = lines[i+1].text
		}
		h.add(kind, value)
		i += n
		h.lines = i
	}
	return h, h.isHeader()
}

// add notes one label and its value.
func (h *header) add(kind labelKind, value string) {
	if !h.seen[kind] && kind != otherLabel {
		h.kinds++
	}
	h.seen[kind] = true
	switch kind {
	case fromLabel:
		h.addressed = h.addressed || strings.Contains(value, "@")
		h.sender = cmp.Or(h.sender, value)
	case sentLabel:
		h.dated = h.dated || strings.ContainsAny(value, "0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")
		h.timed = h.timed || (hasClock(value) && hasYear(value))
	}
}

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
	t := text
	if !isLetterByte(t[0]) {
		t = strings.TrimLeft(t, "*_|•·- ")
	}
	i := colonIn(t)
	if i <= 0 {
		return 0, ""
	}
	_, size := utf8.DecodeRuneInString(t[i:])
	return labelIndex[fold(strings.TrimRight(t[:i], "*_ "))], strings.Trim(t[i+size:], "*_ ")
}

// colonIn is where the first colon stands in the beginning of a text that may be a
// label, -1 for none.
func colonIn(text string) int {
	for i := range min(len(text), longestLabel+1) {
		if text[i] == ':' || (text[i] == "："[0] && strings.HasPrefix(text[i:], "：")) {
			return i
		}
	}
	return -1
}

func isLetterByte(b byte) bool { return (b|0x20 >= 'a' && b|0x20 <= 'z') }

// labelAt is [labelOf] for line i, and over how many lines label and value stand.
//
// QUIRK: HCL Notes and Domino write a table whose labels have no colon, the label
// in one cell of a row and the value in the next. In plain text a tab or blanks stand
// between the two.
func labelAt(lines []line, i int) (kind labelKind, value string, n int) {
	if kind, value = labelOf(lines[i].text); kind != 0 {
		return kind, value, 1
	}
	if at := lines[i].tab; at > 0 && at < len(lines[i].text) {
		if kind = labelIndex[fold(lines[i].text[:at])]; kind != 0 {
			return kind, strings.TrimSpace(lines[i].text[at:]), 1
		}
	}
	if i+1 < len(lines) && lines[i].row > 0 && lines[i].row == lines[i+1].row && lines[i].elem != lines[i+1].elem && len(lines[i].text) <= longestLabel {
		return labelIndex[fold(lines[i].text)], lines[i+1].text, 2
	}
	return 0, "", 1
}

func labelled(text string) bool {
	kind, _ := labelOf(text)
	return kind != 0
}

func labelledAt(lines []line, i int) bool {
	kind, _, _ := labelAt(lines, i)
	return kind != 0
}

// valueGoesOn reports whether the second line is the rest of a value that the first
// has or goes on with: an address, the value itself where the label stands alone,
// one more line before the next label.
func valueGoesOn(lines []line) bool {
	if labelled(lines[0].text) && unfinished(lines[0].text, lines[1].text) {
		return true
	}
	next := lines[1].text
	if strings.ContainsAny(next, "@<") || strings.HasSuffix(next, ",") || strings.HasSuffix(next, ";") || labelShape.MatchString(next) {
		return true
	}
	return len(lines) > 2 && !lines[2].gap && labelled(lines[2].text)
}

// unfinished reports whether the value of a label goes on in the next line: it has
// none yet, or an address comes.
func unfinished(first, next string) bool {
	_, value := labelOf(first)
	return value == "" || strings.ContainsAny(next, "@<") || strings.HasSuffix(value, ",") || strings.HasSuffix(value, ";") || labelShape.MatchString(next)
}

// labelShape is a label the table does not know.
var labelShape = regexp.MustCompile(`^[*_]*\pL[\pL ._-]{0,24} ?[*_]* ?[:：]`)

// inlineHeader reports whether several labels stand in one line: "From: Bob Sent:
// Monday To: Alice Subject: offer".
func inlineHeader(text string) bool {
	if strings.Count(text, ":") < 2 {
		return false // at little cost
	}
	lower := fold(text)
	var seen [otherLabel + 1]bool
	kinds := 0
	for at := 0; ; {
		i := strings.IndexByte(lower[at:], ':')
		if i < 0 {
			return kinds >= 3 || (kinds == 2 && seen[fromLabel] && seen[sentLabel] && addressed.MatchString(text))
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
