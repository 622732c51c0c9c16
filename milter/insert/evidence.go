package insert

import (
	"cmp"
	"strings"
	"unicode"

	"sigmilter/milter/insert/known"
	"sigmilter/milter/work"
)

// strength says how much a sign of older mail counts.
type strength uint8

const (
	// nothing is what reads like a sign and is the author's.
	nothing strength = iota
	// weak is what an author writes as well: a list with From and To, lines that
	// begin with >, an indented paragraph. It loses to any strong sign below it, which
	// is the client's own.
	weak
	// strong is what only quoting writes: a client's element, its whole header block,
	// an attribution with date or address.
	strong
)

// reach says how far the older mail goes that a sign begins.
type reach uint8

const (
	toEnd    reach = iota // all that follows
	asQuoted              // what elements or prefixes quote; text after it is the author's again
)

// sign is a piece of evidence that older mail begins.
type sign struct {
	rule     string // as the report shows it
	from, to int    // the lines it stands on, with what belongs to it above
	strength strength
	reach    reach
}

// witnesses are the rules that look for signs, the first that speaks for a line
// decides what the line is. Each looks at an unquoted line and gives the sign that
// begins with it. What the sign is worth is weighed later, against all others.
var witnesses = []struct {
	rule string
	see  func(m *marking, i int) (sign, bool)
}{
	{"element", (*marking).seeElement},
	{"reply-above", (*marking).seeReplyAbove},
	{"original-message", (*marking).seeOriginal},
	{"header-block", (*marking).seeHeader},
	{"notes-header", (*marking).seeNotesHeader},
	{"header-block", (*marking).seeSenderAboveLabels},
	{"attribution", (*marking).seeAttribution},
}

// What it costs to ask all witnesses about a line, in units of work: so much, and so
// much for each of its bytes.
const (
	perLook = 256
	perByte = 8
)

// collect gathers the signs in the order of the lines, up to one that is strong
// and goes to the end: nothing below it matters.
func (m *marking) collect() {
	for i := 0; i < len(m.lines); {
		m.kind.Work.Spend(perLook + perByte*len(m.lines[i].text))
		s, ok := m.signAt(i)
		if !ok {
			i++
			continue
		}
		if s.strength == nothing {
			i = max(s.to, i+1)
			continue
		}
		m.signs = work.Append(m.kind.Room, m.signs, s)
		if s.strength == strong {
			m.lastStrong = len(m.signs) - 1
			if s.reach == toEnd {
				return
			}
		}
		i = max(s.to, i+1)
	}
}

// signAt is the sign that begins with line i.
func (m *marking) signAt(i int) (sign, bool) {
	if m.lines[i].quote > 0 || m.saysNothing(i) {
		return sign{}, false
	}
	for j := range witnesses {
		if s, ok := witnesses[j].see(m, i); ok {
			return s, true
		}
	}
	return sign{}, false
}

// saysNothing reports, at little cost, that a line of a message which does not say it
// is a reply or a forward can be no sign: most lines of a long letter.
func (m *marking) saysNothing(i int) bool {
	l := &m.lines[i]
	if m.kind.Reply || l.mark() != nil || l.tab > 0 || l.row > 0 || !isLetterByte(l.text[0]) {
		return false
	}
	return l.text[len(l.text)-1] != ':' && colonIn(l.text) < 0 && (i+1 == len(m.lines) || m.lines[i+1].quote == 0)
}

// seeElement sees an element that a client starts quoted mail with.
func (m *marking) seeElement(i int) (sign, bool) {
	l := &m.lines[i]
	if l.mark() == nil || l.mark().older != m.older || (l.mark().header && !labelled(l.text)) {
		return sign{}, false
	}
	s := sign{rule: l.mark().name, from: i, to: i + 1, strength: strong}
	if !l.mark().intro {
		return s, true
	}
	if words, ok := m.seeWords(i); ok && words.reach == toEnd && words.rule != "attribution" {
		words.from = i
		return words, true
	}
	n, _ := attribution(m.lines[i:])
	s.to = i + max(1, n)
	if quotedSoon(m.lines, i, s.to) {
		s.reach = asQuoted
	}
	return s, true
}

// seeWords sees the line or the header block that stands above quoted mail.
func (m *marking) seeWords(i int) (sign, bool) {
	if s, ok := m.seeOriginal(i); ok {
		return s, true
	}
	return m.seeHeader(i)
}

// seeOriginal sees an "original message" line. In a message that does not say it is
// a reply or a forward, a header block must follow; so it must where the line has no
// dashes, to be more than weak.
func (m *marking) seeOriginal(i int) (sign, bool) {
	text := m.lines[i].text
	if !m.kind.Reply && isLetterByte(text[0]) && text[len(text)-1] != ':' {
		return sign{}, false // at little cost
	}
	if !original(text) {
		return sign{}, false
	}
	s := sign{rule: "original-message", from: m.above(i), to: i + 1, strength: weak}
	h, headed := m.headerSoon(i + 1)
	if headed {
		s.to = i + 1 + h.lines
	}
	if !m.kind.Reply && !(headed && h.whole()) {
		return sign{}, false
	}
	if headed || dashes(text) >= 2 {
		s.strength = strong
	}
	return s, true
}

// headerSoon reads a header block that begins with line i, or with the one after it.
func (m *marking) headerSoon(i int) (header, bool) {
	for j := i; j < min(i+2, len(m.lines)); j++ {
		if h, ok := m.readHeader(j); ok {
			h.lines += j - i
			return h, true
		}
	}
	return header{}, false
}

// seeHeader sees a client's header block, with what stands above it as a caption.
// One that the author wrote or pasted speaks for nothing.
func (m *marking) seeHeader(i int) (sign, bool) {
	h, ok := m.readHeader(i)
	if !ok || (!m.kind.Reply && !h.whole()) {
		return sign{}, false
	}
	s := sign{rule: "header-block", from: i, to: i + h.lines, strength: h.strength()}
	if caption, rule := m.caption(i); caption < i {
		s.from, s.strength = caption, strong
		s.rule = cmp.Or(rule, s.rule)
	}
	switch leadIn := m.introducedByAuthor(s.from); {
	case leadIn && !h.addressed:
		s.strength = nothing
	case m.pasted(&m.lines[i]), leadIn && m.ofSomebodyElse(&h):
		s.strength = weak
	}
	return s, true
}

// seeSenderAboveLabels sees an attribution without a colon and below it the labels of
// a header block that has neither sender nor date.
func (m *marking) seeSenderAboveLabels(i int) (sign, bool) {
	const least = 2
	if !m.kind.Reply || i+least >= len(m.lines) || !m.labelledAt(i+1) || !datedWho(m.lines[i].text) {
		return sign{}, false
	}
	to := i + 1
	for to < len(m.lines) && m.labelledAt(to) {
		to++
	}
	return sign{rule: "header-block", from: m.above(i), to: to, strength: strong}, to > i+least
}

// introducedByAuthor reports whether the line above is the author's own and ends in
// a colon: "Please book this trip:".
func (m *marking) introducedByAuthor(i int) bool {
	if i == 0 || m.lines[i-1].quote > 0 {
		return false
	}
	_, colon := cutColon(m.lines[i-1].text)
	return colon
}

// pasted reports whether a header block that stands in words only was put there by
// the author rather than by the client: it is in an element of an earlier round, or
// in a paragraph of a client that marks the quoted mail by an element of its own.
func (m *marking) pasted(l *line) bool {
	return l.older || (l.mark() == nil && l.composed && m.composed)
}

// ofSomebodyElse reports whether a header block in a reply is of mail by somebody
// whom the reply does not go to.
func (m *marking) ofSomebodyElse(h *header) bool {
	if !m.kind.Reply || m.kind.Forward || len(m.kind.Recipients) == 0 {
		return false
	}
	if m.recipients == nil {
		m.recipients = map[string]bool{}
		for _, r := range m.kind.Recipients {
			m.recipients[strings.ToLower(r)] = true
		}
	}
	for address := range strings.FieldsFuncSeq(strings.ToLower(h.sender), besideAddress) {
		if m.recipients[address] {
			return false
		}
	}
	return true
}

// besideAddress reports whether a character stands beside addresses, as clients write
// them: "Bob <bob@example.net>", "Bob [mailto:bob@example.net]".
func besideAddress(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("<>()[]{},;:\"'*|", r)
}

// seeAttribution sees an attribution line, which counts in a reply or a forward only:
// in other mail the author quotes somebody to make it their subject.
//
// Above an element that only quoting writes it counts always.
func (m *marking) seeAttribution(i int) (sign, bool) {
	if !m.kind.Reply && !quotedForSure(m.lines, i) {
		return sign{}, false
	}
	n, by := attribution(m.lines[i:])
	if n == 0 {
		return sign{}, false
	}
	s := sign{rule: "attribution", from: m.labelsAbove(i), to: i + n, strength: by}
	if quotedSoon(m.lines, i, i+n) {
		s.reach = asQuoted
	}
	return s, m.kind.Reply || s.reach == asQuoted
}

// quotedForSure reports whether an element that only quoting writes follows within
// the lines that an attribution may have.
func quotedForSure(lines []line, i int) bool {
	for j := i + 1; j < len(lines) && j <= i+maxAttributionLines; j++ {
		if lines[j].quote > lines[i].quote {
			return lines[j].sure == surely
		}
	}
	return false
}

// labelsAbove is the first of the lines directly above an attribution that belong to
// it: a row, and the labels below the row. QUIRK: Yandex writes recipient and subject
// above its attribution.
func (m *marking) labelsAbove(i int) int {
	const most = 4
	from := i
	for from > 0 && i-from < most && m.lines[from-1].quote == 0 && labelled(m.lines[from-1].text) {
		from--
	}
	if at := m.above(from); at < from {
		return at
	}
	return i
}

// quotedSoon reports whether a quoted line stands at to, behind the lines of an
// attribution that begins at from; a line of the author's own in between would make
// it a sentence of theirs.
func quotedSoon(lines []line, from, to int) bool {
	return to < len(lines) && lines[to].quote > lines[from].quote
}

// caption is the first of the lines above a header block that belong to it, i when
// there are none, and the rule they are known by.
func (m *marking) caption(i int) (from int, rule string) {
	from = i
	if at := i - 1; at >= 0 && m.lines[at].quote == 0 {
		switch text := m.lines[at].text; {
		case undashed(text), betweenDashes(text):
			from, rule = at, "original-message"
		case !m.lines[i].gap && datedLabel(text), datedWho(text):
			from = at
		}
	}
	return m.above(from), rule
}

// datedLabel reports whether a line is a label and a date: "Message du : 20/11/2026
// 17:40".
func datedLabel(text string) bool {
	return len(text) <= maxAttribution && labelShape.MatchString(text) && hasExactDate(text)
}

// datedWho reports whether a line is an attribution without its colon: "Am
// 20.11.2026 um 17:40 schrieb Jana Ritter".
func datedWho(text string) bool {
	if len(text) > maxAttribution || !hasExactDate(text) || (!opened(text) && !addressed.MatchString(text) && !startsWithName(text)) {
		return false
	}
	found, _ := findVerb(known.Fold(text))
	return found
}

// above is the first of the rows of signs directly above line i, at most two, that
// belong to the quoted mail which begins with that line. In plain text one is a part
// of the author's own, a table or a form, when a blank line parts it from line i and
// there are others.
func (m *marking) above(i int) int {
	from := i
	for from > 0 && i-from < 2 && m.lines[from-1].quote == 0 && isRow(m.lines[from-1].text) {
		parted := m.lines[from].gap && m.lines[from].elem < 0
		if parted && (from < i || (!isOutlookRow(m.lines[from-1].text) && m.rows() > 1)) {
			break
		}
		from--
	}
	return from
}

// rows is how many rows of signs the text has before the quoted mail.
func (m *marking) rows() int {
	if m.rowCount < 0 {
		m.rowCount = 0
		for i := range m.lines {
			if m.lines[i].quote == 0 && isRow(m.lines[i].text) {
				m.rowCount++
			}
		}
	}
	return m.rowCount
}

const shortestRow = 5 // bytes

// isRow reports whether a line is a row of signs such as clients draw above quoted
// mail.
func isRow(text string) bool { return len(text) >= shortestRow && isDelimiter(text) }

// isOutlookRow reports whether a line is the row that Outlook draws in plain text.
func isOutlookRow(text string) bool { return text == "________________________________" }
