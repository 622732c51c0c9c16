package insert

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"sigmilter/milter/insert/known"
)

// Limits of what is looked at as one attribution.
const (
	maxAttribution      = 400 // bytes
	maxAttributionLines = 6
)

// attribution says over how many lines an attribution stands at the start of
// lines ("On Monday, Bob Jones <bob@example.net>" / "wrote:"), 0 for none, and how
// strong it is. It is recognised by its build in any language: how it opens (a
// preposition, a date, a name with an address), that a date or an address is in it,
// how it ends (a verb of the table, a colon).
func attribution(lines []line) (n int, by strength) {
	if !opens(lines[0].text) {
		return 0, 0
	}
	size := 0
	for n := 1; n <= len(lines) && n <= maxAttributionLines; n++ {
		l := &lines[n-1]
		if size += len(l.text) + 1; size > maxAttribution || n > 1 && (l.gap && !(n == 2 && l.text == "<") || l.quote != lines[0].quote) {
			return 0, 0
		}
		if n == 2 && !goesOn(lines[0].text, l.text) && !paragraphAboveQuote(lines) {
			return 0, 0
		}
		quoted := n < len(lines) && lines[n].quote > lines[0].quote
		by := attributes(joined(lines[:n]), quoted, n)
		if by == 0 {
			continue
		}
		if n > 1 && completeFrom(lines, n, quoted) {
			return 0, 0
		}
		return n, by
	}
	return 0, 0
}

// completeFrom reports whether the lines up to n have a whole attribution in them
// that begins below the first, which is the author's own then: "On Thursday we are
// there" directly above "On 20 Nov 2026, Ben wrote:".
func completeFrom(lines []line, n int, quoted bool) bool {
	for from := 1; from < n; from++ {
		rest := joined(lines[from:n])
		a := traitsOf(rest, quoted, n-from)
		if a.has(ended|date) && a.has(opener|startsDate) && hasExactDate(rest) && attributes(rest, quoted, n-from) == strong {
			return true
		}
	}
	return false
}

// opens says whether an attribution could begin with this line: cheap, since
// every line of the newest text is asked.
func opens(text string) bool {
	t := strings.TrimLeft(text, "-*_ \"'“„«<[(|>"+string(known.Image))
	r, _ := utf8.DecodeRuneInString(t)
	return unicode.IsDigit(r) || unicode.IsLetter(r)
}

// goesOn says whether an attribution that begins with first could go on in the
// next line: otherwise the line above an attribution would be taken for its
// beginning.
func goesOn(first, next string) bool {
	const longestName = 60
	return opened(strings.TrimLeft(first, "-*_ >|")) || next == "<" || strings.Contains(first, "<") || addressed.MatchString(first) ||
		strings.HasPrefix(next, "<") && len(first) <= longestName && startsWithName(first)
}

// paragraphAboveQuote says whether lines begin with a paragraph of a few lines
// directly above quoted ones, none of which but the first begins an attribution.
func paragraphAboveQuote(lines []line) bool {
	const longest = 4
	if !lines[0].gap {
		return false
	}
	for n := 1; n < len(lines) && n <= longest; n++ {
		if lines[n].quote > lines[0].quote {
			return strings.HasSuffix(lines[n-1].text, ":")
		}
		if lines[n].gap || attributed(lines[n:]) {
			break
		}
	}
	return false
}

// attributed reports whether lines begin with an attribution.
func attributed(lines []line) bool {
	n, _ := attribution(lines)
	return n > 0
}

var addressed = regexp.MustCompile(`[^\s<>(]@\S`)

// hasAtOrDigit reports, at little cost, whether a text has what an address or a date
// has.
func hasAtOrDigit(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c == '@', c >= '0' && c <= '9':
			return true
		case c >= utf8.RuneSelf:
			return strings.ContainsFunc(text[i:], func(r rune) bool { return r == '@' || unicode.IsDigit(r) })
		}
	}
	return false
}

// gmailDate is the attribution Gmail writes where it has no translation:
// "2016-03-03 17:21 GMT+01:00 Bob Jones", "2011/4/7 Bob Jones <bob@example.net>".
var gmailDate = regexp.MustCompile(`^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(( \d{1,2}:\d{2})? (gmt|utc)[+-]\d|.{1,80}<\S+@\S+>:?$)`)

// programs are attributions of a build of their own: GroupWise's ">>> Bob Jones
// <bob@example.net> 02/02/2026 10:15 AM >>>" and HCL Notes' "Bob Jones
// ---20.11.2026 14:10:33---Dear Alice, ...", with a picture before it.
var programs = regexp.MustCompile(`^>>> ?.{1,120}\d{1,2}[:.]\d{2}.{0,12}>>>$|^\x{FFFC}? ?.{1,80} ---\d{1,4}[-./]\d{1,2}[-./]\d{2,4} \d{1,2}[:.]\d{2}([:.]\d{2})?( [AaPp][Mm])?---`)

// cutColon takes off the colon an attribution ends with.
func cutColon(s string) (string, bool) {
	for _, c := range []string{":", "：", "︰", "։", "៖"} {
		if t, ok := strings.CutSuffix(s, c); ok {
			return strings.TrimRight(t, " -"), true
		}
	}
	return s, false
}

// findVerb looks for a verb of the table; last says that it ends the text, but for
// words such as "the following".
func findVerb(lower string) (found, last bool) {
	lower = withoutTail(lower)
	for at := 0; at+1 < len(lower); at++ {
		if !verbs.begin(lower[at], lower[at+1]) {
			continue
		}
		for _, v := range verbs.byStart[[2]byte{lower[at], lower[at+1]}] {
			if !strings.HasPrefix(lower[at:], v) || !known.WordAt(lower, at, at+len(v)) {
				continue
			}
			if found = true; at+len(v) == len(lower) {
				return true, true
			}
		}
	}
	return found, false
}

// withoutTail takes off what may stand behind the verb: "wrote the following".
func withoutTail(lower string) string {
	for i := range known.WroteTails {
		head, ok := strings.CutSuffix(lower, known.WroteTails[i].Text)
		if head, blank := strings.CutSuffix(head, " "); ok && blank {
			return head
		}
	}
	return lower
}

// verbs is the table of verbs by their first bytes: the text is gone through
// once, not once for each verb.
var verbs = func() (index verbIndex) {
	index.byStart = map[[2]byte][]string{}
	for i := range known.Wrote {
		v := known.Wrote[i].Text
		index.byStart[[2]byte{v[0], v[1]}] = append(index.byStart[[2]byte{v[0], v[1]}], v)
		index.starts[v[0]][v[1]/8] |= 1 << (v[1] % 8)
	}
	return index
}()

type verbIndex struct {
	starts  [256][32]byte // a bit for each two bytes that a verb begins with
	byStart map[[2]byte][]string
}

// begin reports, at little cost, whether a verb begins with two bytes.
func (x *verbIndex) begin(first, second byte) bool {
	return x.starts[first][second/8]&(1<<(second%8)) != 0
}

// dateShape finds a date or a time by its digits, in any language.
var dateShape = regexp.MustCompile(`\d{1,4} ?[./-] ?\d{1,2}([./-] ?\d{2,4})?|\d{1,2}[:.h٫]\d{2}|\b(19|20)\d\d\b|\d{1,2}:\d{2}|\d年|\d月|[٠-٩]{1,2}|\d{1,2}(st|nd|rd|th|\.|º|er)? \pL{3,}`)

func dated(lower string) bool { return dateShape.MatchString(lower) }

// startDate is a date or a weekday at the beginning.
var startDate = regexp.MustCompile(`^["'(\[]?(\d{1,4}[./年-]|\d{1,2}:\d{2}|\d{1,2} \pL{3,}\.? |\pL{2,12}[.,]{1,2} ?\d{1,2}[. ]|\pL{2,12}[.,]{1,2} \pL{3,10}\.? \d{1,2})`)

func startsDated(lower string) bool { return startDate.MatchString(lower) }

// opened reports whether text begins with a word attributions open with, or with a
// date. In small letters the word counts only with a date directly behind it.
func opened(text string) bool {
	text = strings.TrimLeft(text, "\"'([")
	lower := known.Fold(text)
	if startsDated(lower) || startsWithWeekday(lower) {
		return true
	}
	small := unicode.IsLower(firstRune(text))
	for i := range known.Openers {
		o := known.Openers[i].Text
		if strings.HasPrefix(lower, o) && known.WordAt(lower, 0, len(o)) {
			rest := strings.TrimLeft(lower[len(o):], " ")
			return !small || startsDated(rest) || startsWithWeekday(rest)
		}
	}
	return false
}

// startsWithName says whether text begins like a person's name: a capital, or a
// script without capitals.
func startsWithName(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, "\"'“„«<([ "))
	return unicode.IsUpper(r) || unicode.IsLetter(r) && !unicode.IsLower(r)
}

// glued is where in a line an attribution begins that has lost the line break
// before it ("See you there On Wed, 4 Apr 2012, Bob <bob@example.net> wrote:"),
// -1 for none.
func glued(text string) int {
	if text == "" || len(text) > maxAttribution {
		return -1
	}
	if last := text[len(text)-1]; isLetterByte(last) || last == '.' || last == ',' { // nearly always
		return -1
	}
	t, colon := cutColon(strings.TrimRight(text, "-*_ "))
	if !colon {
		return -1
	}
	if verb, last := findVerb(known.Fold(t)); !verb || !last || opened(strings.TrimLeft(text, "-*_ >|")) {
		return -1
	}
	before, address := ' ', strings.IndexAny(text, "<@")
	for at, r := range text {
		if address >= 0 && at > address {
			break // it is the line's own, which began with it
		}
		// In Chinese the name stands before the date: the line is whole.
		if !unicode.Is(unicode.Han, r) && (before == ' ' && r != ' ' || unicode.IsLower(before) && unicode.IsUpper(r)) {
			if head := strings.TrimRight(text[:at], "-*_ "); head != "" && gluedHere(text[at:]) {
				return len(head)
			}
		}
		before = r
	}
	return -1
}

// gluedHere says whether an attribution with an opening word and a date soon
// after it begins at the start of text. It is asked of many words of a line, so only
// the beginning is looked at that an opening and a date may have.
func gluedHere(text string) bool {
	if unicode.IsLower(firstRune(text)) {
		return false
	}
	const opening, near = 128, 40
	begun := text[:min(len(text), opening)]
	lower := known.Fold(begun)
	return opened(begun) && !startsDated(lower) && dated(lower[:min(len(lower), near)]) && attributes(text, false, 1) > 0
}
