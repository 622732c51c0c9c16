package insert

import (
	"slices"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// marking tells the author's own lines from those of older mail.
//
// First it gathers evidence over all lines (evidence.go): elements, header blocks
// and lines that quoting writes. Then it weighs it. A strong sign beats each weak
// one that stands above it, so that a list with From and To, or lines that begin
// with >, are the author's when the client's own separator follows further down. Of
// signs that are as strong the first counts. What a sign then says of the lines
// below it depends on its reach: all that follows is older mail, or only what is
// quoted; text after the quote is the author's again (replies below or between the
// quoted lines).
type marking struct {
	lines      []line
	kind       Kind
	older      bool   // the separators of earlier rounds count, as nothing else does
	composed   bool   // see line.composed: the client marks quoted mail by its own element
	signs      []sign // in the order of the lines
	lastStrong int    // index of the last strong sign, -1 for none
	rowCount   int    // see rows, -1 when not counted yet
	tail       int    // see quotedTail
	lastQuoted int    // index of the last quoted line, -1 for none
	unquoted   span   // lines that were found not to be quoted, up to a quoted one or the end
	labels     [keptLabels]lineLabel
	recipients map[string]bool // in lower case, once asked for

	owned      bool     // a line of the author's came
	introduced bool     // a sign came that is followed by quoted lines
	stretches  int      // of older mail
	ended      int      // the line from which all is older mail, -1 for none
	ender      *sign    // the sign that says so
	beaten     []string // the rules of the signs that lost
}

// newest marks the author's own lines and says, for the first line of each stretch
// that is not theirs, by which rule.
func newest(lines []line, kind Kind) *marking {
	levelled := !kind.Later && levelQuotes(lines)
	m := &marking{lines: lines, kind: kind, composed: composes(lines)}
	if m.run(); m.stretches == 0 && slices.ContainsFunc(lines, func(l line) bool { return l.mark() != nil && l.mark().older }) {
		// QUIRK: Outlook's own separator can be lost while those of older rounds,
		// x_..., are still there.
		m.older = true
		m.run()
		m.ender = nil // more of the text may have the newer one
	}
	if levelled {
		m.ender = nil // what follows may be quoted less
	}
	return m
}

// composes reports whether the first line is in a paragraph of a client that marks
// quoted mail by an element of its own.
func composes(lines []line) bool { return len(lines) > 0 && lines[0].composed }

// settled is the line from which all is older mail, whatever lines may follow that
// are not there yet; -1 when that cannot be said. Only a strong sign settles it, and
// the lines that are looked at as one header block must be there.
func (m *marking) settled() int {
	if m.ender == nil || m.ender.strength != strong || len(m.lines)-m.ended < maxHeaderLines {
		return -1
	}
	return m.ended
}

// levelQuotes takes off the depth that all lines share: a mail that stands whole
// in one blockquote, or behind prefixes, is not quoted by that. It reports whether
// there was any.
func levelQuotes(lines []line) bool {
	shared := uint16(maxDepth)
	for i := range lines {
		if lines[i].elem >= 0 && lines[i].sure == surely {
			return false
		}
		shared = min(shared, lines[i].quote)
	}
	for i := range lines {
		lines[i].quote -= shared
	}
	return shared > 0
}

func (m *marking) run() {
	for i := range m.lines {
		m.lines[i].own = true
		m.lines[i].because("")
	}
	m.signs, m.beaten, m.lastStrong, m.rowCount = nil, nil, -1, -1
	m.owned, m.introduced, m.stretches, m.ended, m.ender = false, false, 0, -1, nil
	m.lastQuoted = len(m.lines) - 1
	for m.lastQuoted >= 0 && m.lines[m.lastQuoted].quote == 0 {
		m.lastQuoted--
	}
	m.collect()
	m.tail = m.quotedTail()
	next := 0
	for i := 0; i < len(m.lines); {
		for next < len(m.signs) && m.signs[next].from < i {
			next++
		}
		at := i
		if next < len(m.signs) && m.signs[next].from == i {
			i = m.obey(next)
			next++
		}
		if i == at {
			i = m.step(i)
		}
	}
}

// obey marks what a sign says is older mail and returns the line after it; the sign's
// own line when the sign does not count.
func (m *marking) obey(n int) int {
	s := &m.signs[n]
	if s.strength == weak && (n < m.lastStrong || s.to <= m.tail) {
		m.beat(s.rule)
		return s.from
	}
	if s.reach == asQuoted {
		m.introduced = true
		return m.disown(s.from, s.to-s.from, s.rule)
	}
	if s.rule == "attribution" && !m.owned && !m.forwarded(s) {
		m.introduced = true
		return m.disown(s.from, s.to-s.from, s.rule)
	}
	m.ended, m.ender = s.from, s
	return m.disown(s.from, len(m.lines)-s.from, s.rule)
}

// quotedTail is the line from which elements that only quoting writes hold all that
// follows, -1 for none.
func (m *marking) quotedTail() int {
	i := len(m.lines)
	for i > 0 && m.lines[i-1].quote > 0 {
		i--
	}
	if i == len(m.lines) || m.lines[i].sure != surely {
		return -1
	}
	return i
}

// forwarded reports whether an attribution at the top of a forward has the forwarded
// mail below it although nothing is quoted there. In a reply the author's answer may
// follow.
func (m *marking) forwarded(s *sign) bool {
	return m.kind.Forward && m.lastQuoted < s.to
}

// step looks at a line that no sign begins with, and returns the line after it or
// after the lines that go with it.
func (m *marking) step(i int) int {
	for _, rule := range []func(int) int{m.quoted, m.trailing} {
		if next := rule(i); next > i {
			return next
		}
	}
	m.owned = true
	return i + 1
}

// quoted takes one quoted line.
func (m *marking) quoted(i int) int {
	l := &m.lines[i]
	if l.quote == 0 || !m.countsAsQuoted(i) {
		return i
	}
	if i > 0 && !m.lines[i-1].own {
		l.own = false
		return i + 1
	}
	if m.rowOfQuote(i) || m.captionOfQuote(i) {
		return m.disown(i-1, 2, quoteName(l))
	}
	return m.disown(i, 1, quoteName(l))
}

// rowOfQuote reports whether a row stands directly above the first quoted line i, in
// plain text, and not directly below a line of the author's.
func (m *marking) rowOfQuote(i int) bool {
	return i > 0 && m.lines[i].elem < 0 && !m.lines[i].gap && m.lines[i-1].gap && isRow(m.lines[i-1].text)
}

// captionOfQuote reports whether a client's line for older mail, "Message transféré :",
// stands above the first quoted line i, with which a header block begins.
func (m *marking) captionOfQuote(i int) bool {
	if i == 0 || m.lines[i-1].quote > 0 || !undashed(m.lines[i-1].text) {
		return false
	}
	_, ok := m.readHeader(i)
	return ok
}

// trailing says how far unquoted lines reach that belong to quoted ones above.
func (m *marking) trailing(i int) int {
	if i == 0 {
		return i
	}
	n := 0
	if m.lines[i-1].own {
		n = m.footerBelowAnswer(i)
	} else {
		n = m.trailer(i)
	}
	for j := i; j < i+n; j++ {
		m.lines[j].own = false
	}
	return i + n
}

// disown marks n lines from i on as a stretch of older mail.
func (m *marking) disown(i, n int, why string) int {
	m.stretches++
	m.kind.Room.Take(int(unsafe.Sizeof(more{})))
	m.lines[i].because(why)
	for ; n > 0 && i < len(m.lines); n-- {
		m.lines[i].own = false
		i++
	}
	return i
}

// countsAsQuoted reports whether a quoted line is older mail. Prefixes and bare
// blockquotes above a strong sign are the author's, as their client marks quoted
// mail in another way.
func (m *marking) countsAsQuoted(i int) bool {
	l := &m.lines[i]
	if i > 0 && !m.lines[i-1].own {
		return true
	}
	switch l.sure {
	case introduced:
		return m.kind.Reply && (m.introduced || attributed(m.lines[i:]))
	case bare:
		return m.kind.Reply && !m.loses(l, m.signBelow(i, weak))
	case prefixed:
		return m.kind.Reply && !m.loses(l, m.signBelow(i, strong))
	}
	return true
}

// loses notes that a quoted line is the author's, if it is.
func (m *marking) loses(l *line, beaten bool) bool {
	if beaten {
		m.beat(quoteName(l))
	}
	return beaten
}

// beat notes the rule of a sign that a stronger one further down beat.
func (m *marking) beat(rule string) {
	if !slices.Contains(m.beaten, rule) {
		m.beaten = append(m.beaten, rule)
	}
}

// signBelow reports whether a sign at least so strong begins below line i.
func (m *marking) signBelow(i int, least strength) bool {
	n := len(m.signs) - 1
	if least == strong {
		n = m.lastStrong
	}
	return n >= 0 && m.signs[n].from > i
}

func quoteName(l *line) string {
	if l.sure == prefixed {
		return "quote-prefix"
	}
	return "blockquote"
}

// isDelimiter reports whether a line only separates: "--", "____", "-=-=-=-".
func isDelimiter(text string) bool {
	first, size := utf8.DecodeRuneInString(text)
	if len(text) == size || !rowSign(first) {
		return false
	}
	if strings.Trim(text, string(first)) == "" {
		return true
	}
	const shortestMixed = 5 // bytes
	return len(text) >= shortestMixed && !strings.ContainsFunc(text, func(r rune) bool { return !rowSign(r) && r != '.' && r != ',' })
}

func rowSign(r rune) bool { return dash(r) || r == '*' || r == '#' }
