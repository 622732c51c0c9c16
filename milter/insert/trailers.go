package insert

import (
	"slices"
	"strings"
	"unicode/utf8"

	"sigmilter/milter/insert/known"
)

// trailer is how many unquoted lines from line i on belong to the quoted ones above
// them: the rest of a long quoted line that a client wrapped without a prefix, what a
// provider advertises, or the footer of a list or a virus scanner, which goes to the
// end of the unquoted lines.
func (m *marking) trailer(i int) int {
	l, above := &m.lines[i], &m.lines[i-1]
	run := m.lines[i:m.unquotedTo(i)]
	switch {
	case l.ruled && above.quote > 0 && m.owned,
		startsFooter(l.text) && m.isFooter(run),
		above.quote > 0 && l.gap && !asks(above.text) && i+len(run) == len(m.lines) && isListFooter(run):
		return len(run)
	case l.elem >= 0 || above.quote == 0 || l.gap || !m.owned || !m.wrappedRest(i):
		return 0
	}
	return 1
}

// footerBelowAnswer is how many lines from line i on are the footer of a list
// directly below the author's last answer between quoted lines: a row or a
// delimiter, then a sentence that such footers begin with.
func (m *marking) footerBelowAnswer(i int) int {
	if !m.kind.Reply || m.stretches == 0 || !startsFooter(m.lines[i].text) || i+1 == len(m.lines) {
		return 0
	}
	footer := m.lines[i+1:]
	if m.lastQuoted <= i && (isListFooter(footer) || (m.lines[i].text != "--" && namesList(footer))) {
		return 1 + len(footer)
	}
	return 0
}

// namesList reports whether lines are few, lead somewhere and have a word for a
// mailing list or for leaving one.
func namesList(lines []line) bool {
	if len(lines) > longestFooter || !leadsSomewhere(lines) {
		return false
	}
	for i := range lines {
		lower := known.Fold(lines[i].text)
		if slices.ContainsFunc(known.ListWords, func(p known.Phrase) bool { return strings.Contains(lower, p.Text) }) {
			return true
		}
	}
	return false
}

const longestFooter = 12 // lines

// startsFooter reports whether a line is one that footers begin with: a row of signs,
// with a few words in it or without, or a delimiter.
func startsFooter(text string) bool { return isDelimiter(text) || wordedRow(text) }

// isFooter reports whether lines below quoted ones, of which the first is a row, are
// no answer of the author's: they lead somewhere, to a list or the maker of a virus
// scanner, or are only rows.
func (m *marking) isFooter(lines []line) bool {
	return wordedRow(lines[0].text) || lines[0].text == "--" || leadsSomewhere(lines) || onlyRows(lines)
}

func onlyRows(lines []line) bool {
	return !slices.ContainsFunc(lines, func(l line) bool { return !isDelimiter(l.text) })
}

// asks reports whether a text is a question, which an answer follows.
func asks(text string) bool {
	return strings.HasSuffix(text, "?") || strings.HasSuffix(text, "？") || strings.HasSuffix(text, "؟")
}

// wrappedRest reports whether line i is the rest of the long quoted line above it.
func (m *marking) wrappedRest(i int) bool {
	const wrapped = 60 // characters; shorter lines are not wrapped
	l, below := &m.lines[i], m.lines[i+1:]
	long := utf8.RuneCountInString(m.lines[i-1].text) >= wrapped
	switch {
	case l.cited, len(below) > 0 && below[0].quote > 0 && !below[0].gap:
		return long || closesMore(l.text)
	case len(below) == 0:
		return long
	}
	return false
}

// closesMore reports whether a text closes a bracket it did not open: it is the
// rest of a link or a remark.
func closesMore(text string) bool {
	if strings.HasSuffix(text, ">") {
		return true
	}
	return strings.Count(text, ")") > strings.Count(text, "(") || strings.Count(text, "]") > strings.Count(text, "[")
}

// unquotedTo is the first quoted line from line i on, the number of lines for none.
func (m *marking) unquotedTo(i int) int {
	if i >= m.unquoted.from && i < m.unquoted.to {
		return m.unquoted.to
	}
	to := i
	for to < len(m.lines) && m.lines[to].quote == 0 {
		to++
	}
	m.unquoted = span{i, to}
	return to
}

// wordedRow reports whether a line is a row of dashes with a few words in it, as
// lists draw above their footers: "---------- Ramp mailing list ----------".
func wordedRow(text string) bool {
	const shortest = 4
	last, _ := utf8.DecodeLastRuneInString(text)
	return dashes(text) >= shortest && dash(last) && !isDelimiter(text)
}

// isListFooter reports whether lines begin with the footer that a mailing list puts
// below a mail: a sentence of the table, and where to write or click.
func isListFooter(lines []line) bool {
	if len(lines) == 0 || len(lines) > longestFooter {
		return false
	}
	lower := known.Fold(strings.TrimLeft(lines[0].text, "*_-– "))
	for i := range known.ListFooters {
		if strings.HasPrefix(lower, known.ListFooters[i].Text) {
			return leadsSomewhere(lines)
		}
	}
	return false
}

// leadsSomewhere reports whether lines have a link or an address.
func leadsSomewhere(lines []line) bool {
	for i := range lines {
		if text := lines[i].text; lines[i].link || strings.Contains(text, "://") || strings.Contains(text, "www.") || addressed.MatchString(text) {
			return true
		}
	}
	return false
}
