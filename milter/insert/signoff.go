package insert

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"sigmilter/milter/insert/known"
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

const (
	longestSignoff = 6 // lines of sign-offs that stand one below the other
	longestWrapped = 3 // lines over which a client breaks one sign-off
)

// signoff finds the lines that a phone or mail program put at the end of the
// newest text. Each line is judged by itself: a line of the author's beside or
// between them stays. Links and apologies count only below a sign-off.
func (r *Reading) signoff(last int, more []*regexp.Regexp) found {
	if len(more) > 0 {
		return r.findSignoff(last, more)
	}
	if r.off == nil || r.off.to != last+1 { // looked for more than once
		f := r.findSignoff(last, nil)
		r.off = &f
	}
	return *r.off
}

func (r *Reading) findSignoff(last int, more []*regexp.Regexp) found {
	f := found{from: last + 1, to: last + 1, elem: -1, name: "sign-off"}
	for i := last; i >= 0 && last-i < longestSignoff && r.couldBeSignoff(i); i-- {
		if f.found() && r.lines[i].cited {
			break
		}
		said := readSignoff(r.lines[i].text)
		if n := r.signoffLines(i, said.kind, more); n > 0 {
			i -= n - 1
			f.from = i
			continue
		}
		if !said.apology && !mobileLink(r.lines[i].text) {
			break
		}
	}
	if f.found() && f.from > 0 && r.lines[f.from-1].own && r.lines[f.from-1].text == "--" {
		f.from--
	}
	f.removed = r.shown(f.from, f.to)
	return f
}

// signoffWithin finds the line that a phone put in and that the author wrote on
// below, in the same paragraph or from the first line on. It must name what the mail
// was sent from, and only it makes room: the block goes below the author's last line.
func (r *Reading) signoffWithin() found {
	const first, last = 3, 12 // lines of the newest text that are looked at
	from := 0
	for from < r.last && !r.lines[from].own {
		from++
	}
	for i := from; i < r.last; i++ {
		if i >= from+first && i < r.last-last {
			i = r.last - last
		}
		if r.isPhoneLine(i, from) {
			return r.stretch(i, i+1, "sign-off")
		}
	}
	return found{}
}

// isPhoneLine reports whether line i is a sign-off that the author wrote on below; the
// newest text begins with line first.
func (r *Reading) isPhoneLine(i, first int) bool {
	if !r.couldBeSignoff(i) || !r.writtenOnBelow(i, first) || !beginsOrEndsSignoff(r.lines[i].text) {
		return false
	}
	kind := readSignoff(r.lines[i].text).kind
	return r.isSignoff(i, i, kind) && !r.vague(i, kind)
}

// writtenOnBelow reports whether the author went on below line i as people do below
// their phone's line: it is the first, or the next line stands directly below it and
// begins a sentence.
func (r *Reading) writtenOnBelow(i, first int) bool {
	next := &r.lines[i+1]
	return next.own && !beginsSmall(next.text) && (i == first || !next.gap)
}

// beginsOrEndsSignoff reports, at little cost, whether a line begins or ends with a
// word that sign-offs begin or end with.
func beginsOrEndsSignoff(text string) bool {
	const longest = 120 // bytes
	if len(text) > longest {
		return false
	}
	x := signoffIndex()
	word, _, _ := strings.Cut(text, " ")
	first := known.Fold(strings.TrimFunc(word, notLetter))
	if len(x.byHead[first]) > 0 || len(x.whole[first]) > 0 {
		return true
	}
	r, _ := utf8.DecodeRuneInString(text)
	last := known.Fold(strings.TrimFunc(text[strings.LastIndexByte(text, ' ')+1:], notLetter))
	return together(r) || x.ends[last] || strings.ContainsFunc(last, together)
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

// vague reports whether a sign-off names nothing, or asks to install something
// without a link of the program.
func (r *Reading) vague(i int, kind signoffKind) bool {
	switch kind {
	case unnamed:
		return true
	case installs:
		from := 0
		if i > 0 {
			from = int(r.lines[i-1].end)
		}
		return !linksProgram(r.src[from:r.lines[i].end])
	}
	return false
}

// couldBeSignoff reports whether a line is the author's and not behind a quote
// prefix.
func (r *Reading) couldBeSignoff(i int) bool {
	l := &r.lines[i]
	return l.own && !(l.sure == prefixed && l.quote > 0)
}

// signoffLines is over how many lines the sign-off stands whose last line is i, which
// alone is of a kind, 0 when it is none. Over several lines it must be a sign-off as a whole: no line
// goes because the next one would do alone.
func (r *Reading) signoffLines(i int, kind signoffKind, more []*regexp.Regexp) int {
	for _, re := range more {
		if re.MatchString(r.lines[i].text) {
			return 1
		}
	}
	if r.isSignoff(i, i, kind) {
		return 1
	}
	for n := 2; n <= longestWrapped && n <= i+1; n++ {
		first := i - n + 1
		if r.lines[first+1].gap || !r.couldBeSignoff(first) || !mayBeBroken(r.lines[first].text) {
			return 0
		}
		if !r.brokenAbove(i) && readSignoff(joined(r.lines[first:i])).kind != notSignoff {
			return 0 // that is one without the last line
		}
		if r.isSignoff(first, i, readSignoff(joined(r.lines[first:i+1])).kind) {
			return n
		}
	}
	return 0
}

// mayBeBroken reports whether a client may have broken a line there: it has words,
// and its end ends no sentence and no quotation.
func mayBeBroken(text string) bool {
	last, _ := utf8.DecodeLastRuneInString(text)
	return strings.ContainsFunc(text, unicode.IsLetter) && !strings.ContainsRune("\"”’»“.!?。！", last)
}

// brokenAbove reports whether line i goes on with a line that a client broke above
// it: that one is long, and this one begins with a small letter.
func (r *Reading) brokenAbove(i int) bool {
	const wrapped = 60 // characters
	return beginsSmall(r.lines[i].text) && utf8.RuneCountInString(r.lines[i-1].text) >= wrapped
}

// isSignoff reports whether the lines from first to last, which together are of a
// kind, are one sign-off where they stand.
func (r *Reading) isSignoff(first, last int, kind signoffKind) bool {
	if kind == notSignoff || !r.standsAlone(first, kind) {
		return false
	}
	return kind != installs || r.clientInstalls(first, last)
}

// standsAlone reports whether line i begins something of its own: it is not the
// end of a sentence, an item of a list or a cell of a table, and no line above
// announces it.
func (r *Reading) standsAlone(i int, s signoffKind) bool {
	l := &r.lines[i]
	if item(l.text) || r.enclosing(i, atom.Li) >= 0 {
		return false
	}
	if i == 0 || !r.lines[i-1].own {
		return true
	}
	above := &r.lines[i-1]
	if endsInColon(above.text) || r.sharesRow(i) {
		return false
	}
	switch {
	case above.text == "--":
		return true
	case s == unnamed && !l.gap:
		return false
	case beginsSmall(l.text):
		return r.blankAbove(i)
	case l.gap:
		return true
	}
	return !r.goesOnBelow(i - 1)
}

// itemShape is what a line of a list or a step of instructions begins with.
var itemShape = regexp.MustCompile(`^([-–*•·‣◦▪●○■□+]|\(?(\d{1,2}|[a-zA-Z])[.)]) `)

func item(text string) bool { return itemShape.MatchString(text) && !framed(text) }

// framed reports whether a line ends in the sign that it begins with: "- Sent -".
func framed(text string) bool {
	first, size := utf8.DecodeRuneInString(text)
	return strings.HasSuffix(text[size:], " "+string(first))
}

// beginsSmall reports whether the first letter of a line is a small one, as that of
// a line within a sentence is. What writes itself so (iPhone) and what stands in
// brackets does not count.
func beginsSmall(text string) bool {
	t := strings.TrimLeft(text, "*_~-–—> ")
	if first, _ := utf8.DecodeRuneInString(t); !unicode.IsLower(first) {
		return false
	}
	for _, name := range []string{"iPhone", "iPad", "iPod", "iOS", "iMac"} {
		if strings.HasPrefix(t, name) {
			return false
		}
	}
	return true
}

// blankAbove reports whether a reader sees a blank line above line i. The border
// of an element is none.
func (r *Reading) blankAbove(i int) bool {
	if !r.lines[i].gap || r.page == nil {
		return r.lines[i].gap
	}
	between := bytes.ToLower(r.src[r.lines[i-1].end:r.lines[i].start])
	return bytes.Contains(between, []byte("<br")) || bytes.Contains(between, []byte("<p")) ||
		bytes.Contains(between, []byte("&nbsp;")) || bytes.Contains(between, []byte("\u00a0"))
}

// goesOnBelow reports whether the sentence of line i goes on in the next line: the
// line is as long as mail is wrapped at, or its end flows into the next, and
// nothing ends the sentence.
func (r *Reading) goesOnBelow(i int) bool {
	const wrapped = 60 // characters
	l := &r.lines[i]
	if r.kind.Flowed && l.end > 0 && r.src[l.end-1] == ' ' {
		return true
	}
	final, _ := utf8.DecodeLastRuneInString(strings.TrimRight(l.text, `"')]»”“ `))
	return !strings.ContainsRune(".!?…。！？؟।:;,", final) && utf8.RuneCountInString(l.text) >= wrapped
}

// enclosing is the innermost element of a kind around line i, -1 for none.
func (r *Reading) enclosing(i int, tag atom.Atom) int {
	if r.page == nil {
		return -1
	}
	for e := r.lines[i].elem; e >= 0; e = r.page.elems[e].parent {
		if r.page.elems[e].tag == tag {
			return int(e)
		}
	}
	return -1
}

// sharesRow reports whether line i stands in one row of a table with the line
// above it, in another cell.
func (r *Reading) sharesRow(i int) bool {
	row := r.enclosing(i, atom.Tr)
	return row >= 0 && r.enclosing(i-1, atom.Tr) == row && r.enclosing(i, atom.Td) != r.enclosing(i-1, atom.Td)
}

// clientInstalls reports whether the lines that ask to install a program are those
// of the program itself: it links them, or they stand alone below a text that
// speaks neither of it nor of installing anything, and is no list.
func (r *Reading) clientInstalls(first, last int) bool {
	from := 0
	if first > 0 {
		from = int(r.lines[first-1].end)
	}
	const much = 4 << 10 // bytes of markup around a line
	if written := r.src[max(from, int(r.lines[first].start)-much):r.lines[last].end]; linksProgram(written) {
		return true
	}
	if last+1 < len(r.lines) && r.lines[last+1].own && mobileLink(r.lines[last+1].text) {
		return true
	}
	if !r.lines[first].gap || strings.HasSuffix(r.lines[last].text, ".") {
		return false
	}
	return r.instructedFrom() >= first
}

// instructedFrom is the author's first line of instructions about programs, the number
// of lines for none.
func (r *Reading) instructedFrom() int {
	if r.steps == 0 {
		r.steps = 1 + len(r.lines)
		for i := range r.lines {
			if r.lines[i].own && instructs(r.lines[i].text) {
				r.steps = 1 + i
				break
			}
		}
	}
	return r.steps - 1
}

// instructing are words of instructions about programs, in the languages of the
// stems that ask to install one.
var instructing = []string{
	"outlook", "bluemail", "typeapp", "aol", "yahoo", "install", "download", "app store", "play store", "google play", "intune", "step ",
	"herunterlad", "schritt", "télécharg", "étape", "descarg", "paso ", "scaric", "passo", "baix", "stap ", "ladda ne", "steg ", "lataa", "pobier", "zainstal", "krok ", "stáhn", "stiahn", "instal",
	"telepít", "letölt", "indir", "yükle", "скача", "загруз", "установ", "шаг ", "завантаж", "встанов", "изтегл", "κατεβά", "安装", "安裝", "下载", "下載", "步骤", "步驟", "インストール", "ダウンロード", "手順", "설치", "다운로드", "단계",
	"تثبيت", "تنزيل", "התקנ", "הורד", "ติดตั้ง", "cài đặt", "pasang", "unduh",
}

// instructs reports whether a line is one of instructions about programs.
func instructs(text string) bool {
	lower := known.Fold(text)
	return item(text) || slices.ContainsFunc(instructing, func(word string) bool { return strings.Contains(lower, word) })
}

// shown are the lines [from, to) as a reader sees them, quote prefixes included.
func (r *Reading) shown(from, to int) []string {
	if r.page != nil || from == to {
		return texts(r.lines[from:to])
	}
	var shown []string
	for l := range strings.Lines(string(r.src[r.lines[from].start:r.lines[to-1].end])) {
		if l = known.Visible(l); l != "" {
			shown = append(shown, l)
		}
	}
	return shown
}

func texts(lines []line) []string {
	var t []string
	for i := range lines {
		t = append(t, lines[i].prefix()+lines[i].text)
	}
	return t
}
