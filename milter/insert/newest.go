package insert

import (
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
func newest(lines []line, kind Kind) {
	if !kind.Later {
		levelQuotes(lines)
	}
	n := scanNewest(lines, kind.Reply, false)
	if n == 0 { // QUIRK: Outlook's own separator can be lost while those of older rounds, x_..., are still there
		scanNewest(lines, kind.Reply, true)
	}
}

// levelQuotes takes off the depth that all lines share: a mail that stands whole
// in one blockquote, or behind prefixes, is not quoted by that.
func levelQuotes(lines []line) {
	shared := 1 << 20
	for i := range lines {
		if lines[i].elem >= 0 && lines[i].sure == surely {
			return
		}
		shared = min(shared, lines[i].quote)
	}
	for i := range lines {
		lines[i].quote -= shared
	}
}

// scanNewest does the marking and returns how many stretches of older mail it
// found. older lets the separators of earlier rounds count.
func scanNewest(lines []line, reply, older bool) int {
	for i := range lines {
		lines[i].own, lines[i].why = true, ""
	}
	stretches := 0
	introduction := false // an attribution or an element that holds one came
	explicit := lastExplicit(lines, reply, older)
	for i := 0; i < len(lines); {
		l := &lines[i]
		if m := l.mark; m != nil && (older || !m.older) && !(m.header && !labelled(l.text)) && l.quote == 0 {
			stretches++
			if !m.intro {
				return rest(lines[i:], m.name, stretches)
			}
			n, name := max(1, attribution(lines[i:])), m.name
			if why := separatorLine(lines[i:]); why != "" {
				return rest(lines[i:], why, stretches)
			}
			if !quotedSoon(lines[i:], n) {
				return rest(lines[i:], name, stretches)
			}
			i, introduction = disown(lines, i, n, name), true
			continue
		}
		if l.quote > 0 && countsAsQuoted(lines, i, reply, i < explicit, introduction) {
			if i == 0 || lines[i-1].own {
				l.why = quoteName(l)
				stretches++
			}
			l.own = false
			i++
			continue
		}
		if reply && l.quote == 0 {
			if why := separatorLine(lines[i:]); why != "" {
				return rest(lines[i:], why, stretches+1)
			}
			if n := attribution(lines[i:]); n > 0 {
				if !quotedSoon(lines[i:], n) && anyOwn(lines[:i]) {
					return rest(lines[i:], "attribution", stretches+1)
				}
				stretches++
				i, introduction = disown(lines, i, n, "attribution"), true
				continue
			}
		}
		if i > 0 && !lines[i-1].own && trailer(lines[i:], lines[:i]) {
			n := trailerLength(lines[i:])
			i = disown(lines, i, n, lines[i-1].why)
			continue
		}
		i++
	}
	return stretches
}

// rest marks all lines as older mail.
func rest(lines []line, why string, stretches int) int {
	disown(lines, 0, len(lines), why)
	return stretches
}

// disown marks n lines from i as not the author's and returns the index after them.
func disown(lines []line, i, n int, why string) int {
	for j := i; j < i+n && j < len(lines); j++ {
		lines[j].own = false
	}
	if lines[i].why == "" {
		lines[i].why = why
	}
	return min(i+n, len(lines))
}

// lastExplicit is the index of the last separator or attribution at the top
// level, -1 for none: a bare blockquote before it is the author's indented
// paragraph, since his client marks quoted mail in another way.
func lastExplicit(lines []line, reply, older bool) int {
	last := -1
	bares := false
	for i := range lines {
		bares = bares || lines[i].quote > 0 && lines[i].sure == bare
	}
	if !bares {
		return -1
	}
	for i := range lines {
		l := &lines[i]
		if l.quote > 0 {
			continue
		}
		if l.mark != nil && (older || !l.mark.older) || reply && (separatorLine(lines[i:]) != "" || attribution(lines[i:]) > 0) {
			last = i
			if separatorLine(lines[i:]) != "" {
				return last
			}
		}
	}
	return last
}

// countsAsQuoted says whether a quoted line is older mail.
func countsAsQuoted(lines []line, i int, reply, beforeExplicit, introduction bool) bool {
	l := &lines[i]
	switch {
	case i > 0 && !lines[i-1].own:
		return true
	case l.sure == introduced:
		return reply && (introduction || attribution(lines[i:]) > 0)
	case l.sure == bare:
		return reply && !beforeExplicit
	case l.elem < 0: // a > prefix
		return reply
	}
	return true
}

func quoteName(l *line) string {
	if l.elem >= 0 {
		return "blockquote"
	}
	return "quote-prefix"
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
// unquoted lines for a delimiter, else one.
func trailerLength(lines []line) int {
	if !isDelimiter(lines[0].text) {
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
