package insert

import (
	"cmp"
	"regexp"
	"strings"
	"unicode/utf8"

	"sigmilter/milter/insert/known"
)

// maxHeaderLines is how many lines are looked at as one header block.
const maxHeaderLines = 16

// header is what stands at the start of some lines as the header block of quoted
// mail: From, Sent, To, Subject, in any language.
type header struct {
	lines     int // how many it stands on
	seen      [known.OtherLabel + 1]bool
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
		return h.seen[known.FromLabel] || (proven && h.seen[known.SentLabel])
	case h.kinds == 2:
		return proven && (h.seen[known.FromLabel] || h.seen[known.SentLabel])
	}
	return false
}

// strength is weak for what people write as well, a trip from here to there or the
// head of a memo, and strong where the sender has an address or the date has a time.
func (h *header) strength() strength {
	sender := h.seen[known.FromLabel] && h.kinds >= 3
	if sender && (h.addressed || h.timed) {
		return strong
	}
	return weak
}

// whole reports whether the header block is so complete that older mail is quoted
// even in a message that does not say it is a reply or a forward.
func (h *header) whole() bool {
	named := h.seen[known.FromLabel] && h.seen[known.SentLabel] && h.dated
	return named && h.strength() == strong && (h.seen[known.SubjectLabel] || (h.addressed && h.seen[known.ToLabel]))
}

// readHeader reads the header block that line at begins. A line of its own text
// between labels is the rest of a long value.
func (m *marking) readHeader(at int) (h header, ok bool) {
	first := m.label(at)
	if first.kind == 0 || first.kind == known.OtherLabel {
		return h, false
	}
	if text := m.lines[at].text; inlineHeader(text) {
		h = header{lines: 1, inline: true, kinds: 3, addressed: addressed.MatchString(text), dated: dated(text), timed: known.HasClock(text) && known.HasYear(text)}
		h.seen[known.FromLabel], h.seen[known.SentLabel], h.seen[known.SubjectLabel] = true, true, true
		return h, true
	}
	if first.lines == 1 && at+1 < len(m.lines) && !m.labelledAt(at+1) && !m.unfinished(at) {
		return h, false // a header block goes on with the next label at once
	}
	missed := false
	for i := at; i < len(m.lines) && i < at+maxHeaderLines; {
		l := m.label(i)
		if l.kind == 0 {
			if !m.valueGoesOn(i - 1) {
				break
			}
			missed = true
			i++
			continue
		}
		if missed && h.seen[l.kind] { // a new block
			break
		}
		missed = false
		value := l.value
		if value == "" && i+1 < len(m.lines) && !m.labelledAt(i+1) {
			value = m.lines[i+1].text
		}
		h.add(l.kind, value)
		i += l.lines
		h.lines = i - at
	}
	return h, h.isHeader()
}

// add notes one label and its value.
func (h *header) add(kind known.LabelKind, value string) {
	if !h.seen[kind] && kind != known.OtherLabel {
		h.kinds++
	}
	h.seen[kind] = true
	switch kind {
	case known.FromLabel:
		h.addressed = h.addressed || strings.Contains(value, "@")
		h.sender = cmp.Or(h.sender, value)
	case known.SentLabel:
		h.dated = h.dated || strings.ContainsAny(value, "0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")
		h.timed = h.timed || (known.HasClock(value) && known.HasYear(value))
	}
}

// labelIndex is the label table by text.
var labelIndex = func() map[string]known.LabelKind {
	m := make(map[string]known.LabelKind, len(known.Labels))
	for _, l := range known.Labels {
		if _, ok := m[l.Text]; !ok {
			m[l.Text] = l.Kind
		}
	}
	return m
}()

// labelOf reads a line as a label of a header block and its value. Clients make
// labels bold, which plain text shows as *From:*.
func labelOf(text string) (known.LabelKind, string) {
	t := text
	if !isLetterByte(t[0]) {
		bare := strings.TrimLeft(t[:min(len(t), known.LongestLabel)], "*_|•·- ")
		t = t[min(len(t), known.LongestLabel)-len(bare):]
	}
	i := colonIn(t)
	if i <= 0 {
		return 0, ""
	}
	_, size := utf8.DecodeRuneInString(t[i:])
	return known.Folded(labelIndex, strings.TrimRight(t[:i], "*_ ")), strings.Trim(t[i+size:], "*_ ")
}

// colonIn is where the first colon stands in the beginning of a text that may be a
// label, -1 for none.
func colonIn(text string) int {
	for i := range min(len(text), known.LongestLabel+1) {
		if text[i] == ':' || (text[i] == "："[0] && strings.HasPrefix(text[i:], "：")) {
			return i
		}
	}
	return -1
}

func isLetterByte(b byte) bool { return (b|0x20 >= 'a' && b|0x20 <= 'z') }

// lineLabel is what a line is as one of a header block.
type lineLabel struct {
	line  int // its index and one more
	kind  known.LabelKind
	value string
	lines int             // over how many lines label and value stand
	alone known.LabelKind // what it is by itself
	shape answer          // whether a value may go on with it
}

// keptLabels is how many lines' labels are kept: a header block is looked for from each
// line on.
const keptLabels = 2 * maxHeaderLines

// label is what line i is as one of a header block.
//
// QUIRK: HCL Notes and Domino write a table whose labels have no colon, the label
// in one cell of a row and the value in the next. In plain text a tab or blanks stand
// between the two.
func (m *marking) label(i int) *lineLabel {
	l := &m.labels[i%keptLabels]
	if l.line == i+1 {
		return l
	}
	*l = lineLabel{line: i + 1, lines: 1}
	lines, text := m.lines, m.lines[i].text
	l.kind, l.value = labelOf(text)
	l.alone = l.kind
	switch tab := int(lines[i].tab); {
	case l.kind != 0:
		return l
	case tab > 0 && tab < len(text):
		if l.kind = labelIndex[known.Fold(text[:tab])]; l.kind != 0 {
			l.value = strings.TrimSpace(text[tab:])
			return l
		}
	}
	if i+1 < len(lines) && lines[i].row > 0 && lines[i].row == lines[i+1].row && lines[i].elem != lines[i+1].elem && len(text) <= known.LongestLabel {
		l.kind, l.value, l.lines = labelIndex[known.Fold(text)], lines[i+1].text, 2
	}
	return l
}

func labelled(text string) bool {
	kind, _ := labelOf(text)
	return kind != 0
}

func (m *marking) labelledAt(i int) bool { return m.label(i).kind != 0 }

// valueGoesOn reports whether the line below line i is the rest of a value that line i
// has or goes on with: an address, the value itself where the label stands alone,
// one more line before the next label.
func (m *marking) valueGoesOn(i int) bool {
	if m.label(i).alone != 0 && m.unfinished(i) {
		return true
	}
	next := m.lines[i+1].text
	if m.goesOnValue(i+1) || strings.HasSuffix(next, ",") || strings.HasSuffix(next, ";") {
		return true
	}
	return i+2 < len(m.lines) && !m.lines[i+2].gap && m.label(i+2).alone != 0
}

// unfinished reports whether the value of the label of line i goes on in the next line:
// it has none yet, or an address comes.
func (m *marking) unfinished(i int) bool {
	_, value := labelOf(m.lines[i].text)
	return value == "" || strings.HasSuffix(value, ",") || strings.HasSuffix(value, ";") || m.goesOnValue(i+1)
}

// goesOnValue reports whether line i has an address, or is a label that the table does
// not know.
func (m *marking) goesOnValue(i int) bool {
	l := m.label(i)
	if l.shape == unknown {
		l.shape = no
		if text := m.lines[i].text; strings.ContainsAny(text, "@<") || labelShape.MatchString(text) {
			l.shape = yes
		}
	}
	return l.shape == yes
}

// labelShape is a label the table does not know.
var labelShape = regexp.MustCompile(`^[*_]*\pL[\pL\pM ._'’-]{0,24} ?[*_]* ?[:：]`)

// inlineHeader reports whether several labels stand in one line: "From: Bob Sent:
// Monday To: Alice Subject: offer".
func inlineHeader(text string) bool {
	if strings.Count(text, ":") < 2 {
		return false // at little cost
	}
	lower := known.Fold(text)
	var seen [known.OtherLabel + 1]bool
	kinds := 0
	for at := 0; ; {
		i := strings.IndexByte(lower[at:], ':')
		if i < 0 {
			return kinds >= 3 || (kinds == 2 && seen[known.FromLabel] && seen[known.SentLabel] && addressed.MatchString(text))
		}
		end := at + i
		at = end + 1
		near := max(0, end-known.LongestLabel)
		start := near + strings.LastIndexAny(strings.TrimRight(lower[near:end], " *_"), " *_|>") + 1
		k := labelIndex[strings.Trim(lower[start:end], " *_")]
		if k != 0 && k != known.OtherLabel && !seen[k] {
			seen[k] = true
			kinds++
		}
	}
}
