package insert

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// newest marks the author's own lines and says, for the first line of each
// stretch that is not his, by which rule. Weak signs (words, bare blockquotes,
// quote prefixes) count only in a reply or forward; elements that only quoting
// writes always count.
//
// The stretches are told apart by what begins them:
//   - A separator ("rest"): all that follows is older mail. Header blocks,
//     "original message" lines and Outlook's elements are such.
//   - An attribution line: what follows is older mail as far as it is quoted;
//     text after the quote is the author's again (replies below or between the
//     quoted lines). When nothing after it is quoted, it is a separator.
//   - A quoted line without attribution: like an attribution.
//
// It returns the line from which all is older mail, whatever else may follow; -1
// when that cannot be said.
func newest(lines []line, kind Kind) int {
	levelled := !kind.Later && levelQuotes(lines)
	m := marking{lines: lines, reply: kind.Reply}
	if m.run(); m.stretches == 0 {
		// QUIRK: Outlook's own separator can be lost while those of older rounds,
		// x_..., are still there.
		m.older = true
		m.run()
		return -1
	}
	if levelled {
		return -1 // what follows may be quoted less
	}
	return m.settled()
}

// settled is the line from which all is older mail, unless lines that are not
// there could say otherwise: those below an element's separator cannot, as far as
// they are not looked at together with the ones above it, and some more must be
// there below a separator of words.
func (m *marking) settled() int {
	if m.ended < 0 {
		return -1
	}
	needs := maxHeaderLines + soon
	if l := &m.lines[m.ended]; l.mark != nil && l.why == l.mark.name {
		needs = maxHeaderLines
	}
	if len(m.lines)-m.ended < needs {
		return -1
	}
	return m.ended
}

// levelQuotes takes off the depth that all lines share: a mail that stands whole
// in one blockquote, or behind prefixes, is not quoted by that. It reports whether
// there was any.
func levelQuotes(lines []line) bool {
	shared := 1 << 20
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

// marking is one pass over the lines of a text.
type marking struct {
	lines      []line
	reply      bool
	older      bool // the separators of earlier rounds count
	explicit   int  // see lastExplicit
	introduced bool // an attribution, or an element that holds one, came
	stretches  int  // of older mail
	ended      int  // the line from which all is older mail, -1 for none
}

func (m *marking) run() {
	for i := range m.lines {
		m.lines[i].own, m.lines[i].why = true, ""
	}
	m.stretches, m.ended = 0, -1
	m.explicit = m.lastExplicit()
	for i := 0; i < len(m.lines); {
		i = m.step(i)
	}
}

// step looks at what begins with line i and returns the line after it. The
// first rule that says it is older mail decides.
func (m *marking) step(i int) int {
	for _, rule := range []func(int) int{m.element, m.quoted, m.words, m.trailing} {
		if next := rule(i); next > i {
			return next
		}
	}
	return i + 1
}

// element says how far an element that starts quoted mail reaches.
func (m *marking) element(i int) int {
	l := &m.lines[i]
	if !m.counts(l) || l.quote > 0 {
		return i
	}
	if !l.mark.intro {
		return m.rest(i, l.mark.name)
	}
	if why := separatorLine(m.lines[i:]); why != "" {
		return m.rest(i, why)
	}
	n := max(1, attribution(m.lines[i:]))
	if !quotedSoon(m.lines[i:], n) {
		return m.rest(i, l.mark.name)
	}
	m.introduced = true
	return m.disown(i, n, l.mark.name)
}

// counts says whether a line's separator counts in this pass.
func (m *marking) counts(l *line) bool {
	return l.mark != nil && (m.older || !l.mark.older) && (!l.mark.header || labelled(l.text))
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
	return m.disown(i, 1, quoteName(l))
}

// words says how far the words reach that start quoted mail.
func (m *marking) words(i int) int {
	if !m.reply || m.lines[i].quote > 0 {
		return i
	}
	if why := separatorLine(m.lines[i:]); why != "" {
		return m.rest(i, why)
	}
	n := attribution(m.lines[i:])
	if n == 0 {
		return i
	}
	if !quotedSoon(m.lines[i:], n) && anyOwn(m.lines[:i]) {
		return m.rest(i, "attribution")
	}
	m.introduced = true
	return m.disown(i, n, "attribution")
}

// trailing says how far unquoted lines reach that belong to quoted ones above.
func (m *marking) trailing(i int) int {
	if i == 0 || m.lines[i-1].own || !trailer(m.lines[i:], m.lines[:i]) {
		return i
	}
	for n := trailerLength(m.lines[i:]); n > 0; n-- {
		m.lines[i].own = false
		i++
	}
	return i
}

// rest marks all lines from i on as older mail.
func (m *marking) rest(i int, why string) int {
	m.ended = i
	return m.disown(i, len(m.lines)-i, why)
}

// disown marks n lines from i on as a stretch of older mail.
func (m *marking) disown(i, n int, why string) int {
	m.stretches++
	m.lines[i].why = why
	for ; n > 0 && i < len(m.lines); n-- {
		m.lines[i].own = false
		i++
	}
	return i
}

// lastExplicit is the index of the last separator or attribution at the top
// level, -1 for none: a bare blockquote before it is the author's indented
// paragraph, since his client marks quoted mail in another way.
func (m *marking) lastExplicit() int {
	if !slices.ContainsFunc(m.lines, func(l line) bool { return l.quote > 0 && l.sure == bare }) {
		return -1
	}
	last := -1
	for i := range m.lines {
		l := &m.lines[i]
		if l.quote > 0 {
			continue
		}
		if m.reply && separatorLine(m.lines[i:]) != "" {
			return i // nothing but older mail follows
		}
		if m.counts(l) || m.reply && attribution(m.lines[i:]) > 0 {
			last = i
		}
	}
	return last
}

// countsAsQuoted says whether a quoted line is older mail.
func (m *marking) countsAsQuoted(i int) bool {
	l := &m.lines[i]
	switch {
	case i > 0 && !m.lines[i-1].own:
		return true
	case l.sure == introduced:
		return m.reply && (m.introduced || attribution(m.lines[i:]) > 0)
	case l.sure == bare:
		return m.reply && i >= m.explicit
	case l.sure == prefixed:
		return m.reply
	}
	return true
}

func quoteName(l *line) string {
	if l.sure == prefixed {
		return "quote-prefix"
	}
	return "blockquote"
}

// quotedSoon says whether a quoted line follows the n lines of an attribution,
// at once or, in plain text, after a blank line; a line or two of the author's
// own in between would make it a sentence of his.
func quotedSoon(lines []line, n int) bool {
	return n < len(lines) && lines[n].quote > lines[0].quote
}

// trailer says whether an unquoted line after quoted ones belongs to them: the
// rest of a long quoted line that a client wrapped without a prefix, or what
// lists and virus scanners put below.
func trailer(lines, before []line) bool {
	l, prev := &lines[0], &before[len(before)-1]
	if l.ruled && prev.quote > 0 && anyOwn(before) { // what a provider advertises
		return true
	}
	if l.elem >= 0 || prev.quote == 0 {
		return isDelimiter(l.text)
	}
	if isDelimiter(l.text) {
		return true
	}
	if l.gap || !anyOwn(before) {
		return false
	}
	const wrapped = 60 // shorter lines are not wrapped
	between := l.cited || len(lines) > 1 && lines[1].quote > 0 && !lines[1].gap
	long := len([]rune(prev.text)) >= wrapped
	return between && (long || closesMore(l.text)) || long && len(lines) == 1
}

// closesMore says whether a text closes a bracket it did not open: it is the
// rest of a link or a remark.
func closesMore(text string) bool {
	return strings.Count(text, ")") > strings.Count(text, "(") || strings.Count(text, "]") > strings.Count(text, "[") || strings.HasSuffix(text, ">")
}

// trailerLength is how many lines belong to a trailer: to the end of the run of
// unquoted lines for a delimiter or a rule, else one.
func trailerLength(lines []line) int {
	if !isDelimiter(lines[0].text) && !lines[0].ruled {
		return 1
	}
	for i := range lines {
		if lines[i].quote > 0 {
			return i
		}
	}
	return len(lines)
}

func anyOwn(lines []line) bool {
	for i := range lines {
		if lines[i].own {
			return true
		}
	}
	return false
}

// isDelimiter says whether a line only separates: "--", "____", "****".
func isDelimiter(text string) bool {
	first, size := utf8.DecodeRuneInString(text)
	if len(text) == size || !dash(first) && first != '*' && first != '#' {
		return false
	}
	return strings.Trim(text, string(first)) == ""
}
