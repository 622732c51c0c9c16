package insert

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// found is a stretch of the author's lines that makes room for a block.
type found struct {
	from, to int      // lines [from, to)
	elem     int      // HTML: the element that is it, -1 when it is just lines
	name     string   // row of the table, or the rule
	ours     bool     // a block of ours
	same     bool     // it says already what is to be put there
	removed  []string // its text
}

func (f found) found() bool { return f.to > f.from }

// signoff finds the line a phone or mail program put at the end of the newest
// text: only the whole last paragraphs count, so that a sentence of the author's
// that begins alike stays.
func (r *Reading) signoff(last int, more []*regexp.Regexp) found {
	f := found{from: last + 1, to: last + 1, elem: -1, name: "sign-off"}
	if last > 0 && r.lines[last].own && r.lines[last].gap && mobileLink(r.lines[last].text) {
		f.from = last // counts only with a sign-off above it
	}
	for found := false; f.from > 0 && f.to-f.from < longestSignoff && !(found && r.lines[f.from-1].cited); found = true {
		p := r.paragraph(f.from - 1)
		first := p
		if r.lines[p].text == "--" && p < f.from-1 {
			first++
		}
		if !r.lines[p].own || r.lines[p].sure == prefixed && r.lines[p].quote > 0 || !isSignoffParagraph(r.lines[first:f.from], more) {
			if !found {
				f.from = f.to
			}
			break
		}
		f.from = p
	}
	if f.found() && f.from > 0 && r.lines[f.from-1].own && r.lines[f.from-1].text == "--" {
		f.from--
	}
	f.removed = r.shown(f.from, f.to)
	return f
}

const longestSignoff = 6 // lines

// paragraph is the first line of the paragraph that line i ends.
func (r *Reading) paragraph(i int) int {
	for i > 0 && !r.lines[i].gap && r.lines[i-1].own && !r.lines[i-1].cited && r.lines[i].text != "--" {
		i--
	}
	return i
}

// shown are the lines [from, to) as a reader sees them, quote prefixes included.
func (r *Reading) shown(from, to int) []string {
	if r.page != nil || from == to {
		return texts(r.lines[from:to])
	}
	var shown []string
	for l := range strings.Lines(string(r.src[r.lines[from].start:r.lines[to-1].end])) {
		if l = visible(l); l != "" {
			shown = append(shown, l)
		}
	}
	return shown
}

func texts(lines []line) []string {
	var t []string
	for i := range lines {
		t = append(t, lines[i].prefix+lines[i].text)
	}
	return t
}

// isSignoffParagraph says whether a paragraph is nothing but a sign-off. The
// program's own link and an apology count below one ("Secured with Tuta Mail" /
// its address).
func isSignoffParagraph(lines []line, more []*regexp.Regexp) bool {
	if len(lines) == 0 || len(lines) > 4 {
		return false
	}
	if isSignoff(joined(lines), more) {
		return true
	}
	hits := 0
	for i := range lines {
		switch {
		case isSignoff(lines[i].text, more):
			hits++
		case i > 0 && (mobileLink(lines[i].text) || apologises(fold(lines[i].text))):
		default:
			return false
		}
	}
	return hits > 0
}

var linkShape = regexp.MustCompile(`[<(\[]*(https?://|mailto:|www\.)[^\s<>]+[>)\]]*`)

// withoutLinks takes links out of a text.
func withoutLinks(text string) string {
	if !strings.Contains(text, "://") && !strings.Contains(text, "mailto:") && !strings.Contains(text, "www.") {
		return text // at little cost
	}
	return linkShape.ReplaceAllString(text, "")
}

// mobileLink says whether a line is nothing but a link that a phone or a mail
// program puts below its sign-off.
func mobileLink(text string) bool {
	if withoutLinks(text) != "" {
		return false
	}
	lower := strings.ToLower(text)
	for _, l := range mobileLinks {
		if strings.Contains(lower, l) {
			return true
		}
	}
	return false
}

const (
	longestSignoffTail = 60  // characters after a stem
	longestSlogan      = 140 // likewise with the name of a product in it
)

// isSignoff says whether a text, taken alone, is a sign-off.
func isSignoff(text string, more []*regexp.Regexp) bool {
	if len(text) > 400 {
		return false
	}
	t := fold(strings.TrimSpace(withoutLinks(text)))
	t = strings.Trim(t, "-–—_*()[]<>|~• ")
	t = strings.TrimSpace(strings.TrimRight(t, ".!。:："))
	if t == "" || strings.ContainsRune(t, image) {
		return false
	}
	for _, re := range more {
		if re.MatchString(text) {
			return true
		}
	}
	for i := range whole {
		if t == whole[i].text {
			return true
		}
	}
	if stemmed(t) && namesDevice(t) {
		return true
	}
	for i := 0; i < len(t); i++ { // with an apology after it
		switch t[i] {
		case '.', ',', '-', '!', ';', '\xe2', '\xe3':
			head := strings.TrimRight(t[:i], " -.,!;")
			if apologises(t[i:]) && (stemmed(head) || wholly(head)) {
				return true
			}
		}
	}
	return false
}

func wholly(t string) bool {
	for i := range whole {
		if t == whole[i].text {
			return true
		}
	}
	return false
}

func apologises(t string) bool {
	for i := range apologies {
		if strings.Contains(t, apologies[i].text) {
			return true
		}
	}
	return false
}

// stemmed says whether t begins or ends with a stem and the rest is short and no
// sentence.
func stemmed(t string) bool {
	for i := range stems {
		s := &stems[i]
		var rest string
		var ok bool
		if s.suffix {
			rest, ok = strings.CutSuffix(t, s.text)
			ok = ok && wordAt(t, len(rest), len(t))
		} else {
			rest, ok = strings.CutPrefix(t, s.text)
			ok = ok && wordAt(t, 0, len(s.text))
		}
		if ok && strings.Contains(rest, s.with) && shortTail(rest) {
			return true
		}
	}
	return false
}

// namesDevice says whether a sign-off names what it was sent from.
func namesDevice(t string) bool {
	for _, d := range devices {
		for from := 0; ; {
			at := strings.Index(t[from:], d)
			if at < 0 {
				break
			}
			if at += from; gluesPrefixes(d) || wordAt(t[:at+len(d)], at, at+len(d)) {
				return true
			}
			from = at + len(d)
		}
	}
	for _, p := range products {
		if strings.Contains(t, p) {
			return true
		}
	}
	return false
}

// gluesPrefixes says whether a word is of a script whose languages write
// prepositions and articles together with the word.
func gluesPrefixes(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.In(r, unicode.Hebrew, unicode.Arabic)
}

// shortTail says whether what stands beside a stem is the name of a device or a
// program rather than a sentence.
func shortTail(rest string) bool {
	n := utf8.RuneCountInString(rest)
	for _, p := range products {
		if strings.Contains(rest, p) {
			return n <= longestSlogan
		}
	}
	return n <= longestSignoffTail && !strings.ContainsAny(rest, ",;:!?") && !strings.Contains(rest, ". ")
}
