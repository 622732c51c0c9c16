package insert

import (
	"bytes"
	"strings"
)

// plainLines reads plain text as lines. Blank lines are not lines; they show as
// the gap of the next.
func plainLines(text []byte) []line {
	var lines []line
	gap := true
	cited := false // the blank line before is quoted
	open := 0      // < signs not closed since the last blank line
	for at := 0; at < len(text); {
		eol := bytes.IndexByte(text[at:], '\n')
		next := at + eol + 1
		end := at + eol
		if eol < 0 {
			next, end = len(text), len(text)
		}
		if end > at && text[end-1] == '\r' {
			end--
		}
		quote, body := 0, text[at:end]
		if open == 0 || !closesBracket(body) {
			quote, body = unquote(body)
		}
		if shown := visible(string(body)); shown == "" {
			if quote > 0 && !gap {
				lines[len(lines)-1].cited = true
			}
			gap, open, cited = true, 0, quote > 0
		} else {
			if quote == 0 {
				open = max(0, open+bytes.Count(body, []byte("<"))-bytes.Count(body, []byte(">")))
			}
			l := line{text: shown, start: at, end: end, quote: quote, gap: gap, open: at, elem: -1}
			if quote > 0 {
				l.sure = surely
			}
			lines = append(lines, l)
			if quote == 0 && cited {
				lines[len(lines)-1].gap = false
			}
			gap, cited = false, false
		}
		at = next
	}
	return lines
}

// closesBracket says whether a line begins with the > of an address or a link
// that the line before opened, rather than with a quote prefix:
// "Bob <bob@example.net" / "> wrote:".
func closesBracket(line []byte) bool {
	rest, ok := bytes.CutPrefix(bytes.TrimLeft(line, " \t"), []byte(">"))
	const short = 40
	return ok && len(rest) < short && (len(rest) == 0 || bytes.HasSuffix(bytes.TrimRight(rest, " \t"), []byte(":")))
}

// unquote counts and takes off the > prefixes of a line. A prefix may be
// indented and may have blanks between the signs ("> > text").
//
// QUIRK: a > that is glued to a word and closed by < is a link or a tag some
// client broke over lines ("<http://a\n>"), and ">>> text <<<" is emphasis; a
// sign counts as quoting only at the very start of a line.
func unquote(b []byte) (int, []byte) {
	depth, rest := 0, b
	for {
		t := bytes.TrimLeft(rest, " \t\u00a0")
		if len(rest)-len(t) > 3 && depth == 0 {
			return 0, b
		}
		if len(t) == 0 || t[0] != '>' {
			break
		}
		depth++
		rest = t[1:]
	}
	if depth > 0 && emphasised(rest) {
		return 0, b
	}
	if depth == 0 {
		return 0, b
	}
	return depth, rest
}

// emphasised says that a line opened by > signs is closed by < signs.
func emphasised(rest []byte) bool {
	t := bytes.TrimRight(rest, " \t")
	return bytes.HasSuffix(t, []byte("<<"))
}

// plainBlock is a text block as it goes into plain text: lines ended by LF,
// without blank lines around it, and safe in format=flowed (RFC 3676): no line
// ends in a blank, which would make it flow into the next, and none starts with
// a blank, a > or "From ".
func plainBlock(text string, flowed bool) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	for i, l := range lines {
		if l == delimiter {
			continue
		}
		l = strings.TrimRight(l, " \t")
		if flowed && (strings.HasPrefix(l, " ") || strings.HasPrefix(l, ">") || strings.HasPrefix(l, "From ")) {
			l = " " + l
		}
		lines[i] = l
	}
	return strings.Join(lines, "\n")
}

// delimiter is the line that starts a signature in plain text (RFC 3676 4.3).
const delimiter = "-- "
