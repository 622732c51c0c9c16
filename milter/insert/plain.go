package insert

import (
	"bytes"
	"math"
	"strings"
	"unsafe"

	"sigmilter/milter/insert/known"
	"sigmilter/milter/work"
)

// plainLines reads plain text as lines. Blank lines are not lines; they show as
// the gap of the next.
func plainLines(text []byte, kind *Kind) []line {
	kind.Room.Take(copies * len(text))
	const short = 32 // bytes of a line
	lines := work.Grow[line](kind.Room, nil, min(1+len(text)/short, 1+bytes.Count(text, []byte("\n"))))
	source := shared(text) // the text of most lines is a piece of it
	gap := true
	cited := false // the blank line before is quoted
	open := 0      // < signs not closed since the last blank line
	signs := -1    // where the lines of only quote prefixes begin that stand directly above, -1 for none
	for at := 0; at < len(text); {
		eol := bytes.IndexByte(text[at:], '\n')
		next := at + eol + 1
		end := at + eol
		if eol < 0 {
			next, end = len(text), len(text)
		}
		if eol > 0 && text[end-1] == '\r' { // at the end of the text it is a character of its own
			end--
		}
		kind.Work.Spend(perLine + end - at)
		quote, body := 0, text[at:end]
		if open == 0 || !closesBracket(body) {
			quote, body = unquote(body, kind.Flowed)
		}
		shown, tab := strings.Trim(source[end-len(body):end], " \t"), uint8(0)
		if !known.Tidy(shown) { // else it has no columns either
			shown, tab = known.Visible(shown), column(body)
		}
		if shown == "" {
			if quote > 0 && !gap {
				lines[len(lines)-1].cited = true
			}
			if quote > 0 && signs < 0 {
				signs = at
			}
			gap, open, cited = true, 0, quote > 0
		} else {
			if quote == 0 {
				open = max(0, open+bytes.Count(body, []byte("<"))-bytes.Count(body, []byte(">")))
			}
			l := line{text: shown, tab: tab, start: int32(at), end: int32(end), gap: gap, open: int32(at), elem: -1}
			if quote > 0 {
				l.deeper(quote, prefixed)
				if signs >= 0 {
					l.open = int32(signs)
				}
			}
			signs = -1
			lines = work.Append(kind.Room, lines, l)
			if quote == 0 && cited {
				lines[len(lines)-1].gap = false
			}
			gap, cited = false, false
		}
		at = next
	}
	return lines
}

// copies is how many bytes of memory reading takes for each byte of a text beside its
// lines and elements, at most: what was folded of it, what was put together of pieces,
// and what is allocated in larger sizes than is asked for.
const copies = 3

// shared is a text as a string in the same memory: nobody changes a text that is read,
// and long ones need not be copied.
func shared(text []byte) string { return unsafe.String(unsafe.SliceData(text), len(text)) }

// perLine is what a line costs beside its bytes, in units of work.
const perLine = 64

// column is the length of the visible text before the first tab or the first two
// blanks in a row of a line, 0 when there are none.
func column(body []byte) uint8 {
	body = bytes.Trim(body, " \t")
	at := bytes.IndexByte(body, '\t')
	if blanks := bytes.Index(body, []byte("  ")); blanks > 0 && (at < 0 || blanks < at) {
		at = blanks
	}
	if at <= 0 || at > known.LongestLabel {
		return 0
	}
	return uint8(min(len(known.Visible(string(body[:at]))), math.MaxUint8))
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
// indented and may have blanks between the signs ("> > text"); in format=flowed a
// line that begins with a blank is not quoted (RFC 3676 4.4).
//
// QUIRK: The Bat! and others put the initials of who is quoted before the sign
// ("BJ> text"). GroupWise puts signs around its attribution (">>> Bob 3.2. >>>"),
// and advertisers around links (">>> http://a <<<").
func unquote(b []byte, flowed bool) (int, []byte) {
	if bytes.IndexByte(b, '>') < 0 { // nearly always
		return 0, b
	}
	rest := bytes.TrimLeft(b, " \t\u00a0")
	if indent := len(b) - len(rest); indent > 3 || flowed && indent > 0 {
		return 0, b
	}
	if n := initials(rest); n > 0 {
		return 1, rest[n:]
	}
	depth := 0
	for len(rest) > 0 && rest[0] == '>' {
		depth++
		rest = bytes.TrimLeft(rest[1:], " \t\u00a0")
	}
	if depth == 0 || decorated(rest) {
		return 0, b
	}
	return depth, rest
}

// unquoteShown is unquote for the visible text of a line.
func unquoteShown(text string) (int, []byte) {
	if strings.IndexByte(text, '>') < 0 { // nearly always
		return 0, nil
	}
	return unquote([]byte(text), false)
}

// initials is the length of a quote prefix with initials, 0 for none.
func initials(b []byte) int {
	const longest = 3
	n := 0
	for n < len(b) && n <= longest && b[n] >= 'A' && b[n] <= 'Z' {
		n++
	}
	if n == 0 || n > longest || n+1 >= len(b) || b[n] != '>' || b[n+1] != ' ' {
		return 0
	}
	return n + 1
}

// decorated says that what stands behind > signs is closed by such signs.
func decorated(rest []byte) bool {
	t := bytes.TrimRight(rest, " \t")
	return bytes.HasSuffix(t, []byte("<<")) || bytes.HasSuffix(t, []byte(">>>"))
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
