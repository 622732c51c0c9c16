package insert

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"sigmilter/milter/insert/known"
)

// signoffKind is what a line is as a sign-off.
type signoffKind uint8

const (
	notSignoff signoffKind = iota
	sentFrom               // it says what the mail was sent from
	unnamed                // likewise, without a name: "Sent on the go"
	installs               // it asks to install a program
)

// pattern is a stem as it is looked for.
type pattern struct {
	*stem
	head, tail []string // the words before and behind the gap
	vocabulary string   // the language of the words in it
}

// row is a text without a gap.
type row struct {
	words []string
	kind  signoffKind
}

// signoffRows are all that a sign-off is built of, by the first word.
type signoffRows struct {
	byHead  map[string][]pattern
	byTail  map[string][]pattern // of those that begin with the gap
	whole   map[string][]row
	slogans map[string][]row
	ends    map[string]bool // the last words of those that begin with the gap
}

var signoffIndex = sync.OnceValue(func() *signoffRows {
	x := &signoffRows{byHead: map[string][]pattern{}, byTail: map[string][]pattern{}, whole: map[string][]row{}, slogans: map[string][]row{}, ends: map[string]bool{}}
	for i := range stems {
		if p := patternOf(&stems[i]); len(p.head) > 0 {
			x.byHead[p.head[0]] = append(x.byHead[p.head[0]], p)
		} else {
			x.byTail[p.tail[0]] = append(x.byTail[p.tail[0]], p)
			x.ends[p.tail[len(p.tail)-1]] = true
		}
	}
	for _, rows := range []struct {
		phrases []known.Phrase
		kind    signoffKind
		to      map[string][]row
	}{{known.WholeSignoffs, sentFrom, x.whole}, {known.LooseSignoffs, unnamed, x.whole}, {known.Slogans, notSignoff, x.slogans}} {
		for _, p := range rows.phrases {
			words := textsOf(p.Text)
			rows.to[words[0]] = append(rows.to[words[0]], row{words, rows.kind})
		}
	}
	return x
})

func patternOf(s *stem) pattern {
	words := textsOf(s.text)
	at := slices.Index(words, gap)
	return pattern{s, words[:at], words[at+1:], vocabularyOf(s.lang)}
}

const (
	longestSignoffText  = 400 // bytes
	longestSignoffWords = 60
)

// signoffSaid is what a line says.
type signoffSaid struct {
	kind signoffKind
	// apology says that it is nothing but an apology for a mail written on a phone.
	apology bool
}

// readSignoff says what a line says. It must be explained by the tables word for
// word: sign-offs, and beside them apologies and what programs say of themselves.
func readSignoff(text string) (said signoffSaid) {
	if !mayBeginSignoff(text) {
		return said
	}
	r, ok := newSignoffReading(text)
	if !ok {
		return said
	}
	ends := r.apologyEnds(0)
	said.apology = slices.Contains(ends, len(r.words))
	for _, first := range append(ends, 0) {
		if said.kind = r.signoffAt(first); said.kind != notSignoff {
			break
		}
	}
	return said
}

// mayBeginSignoff reports, at little cost, whether the first word of a line may begin a
// sign-off or an apology. Most lines of a letter are ruled out by it.
func mayBeginSignoff(text string) bool {
	if len(text) > longestSignoffText {
		return false
	}
	begin, end := nextWord(text, 0)
	first := known.Fold(text[begin:end])
	x := signoffIndex()
	return len(x.byHead[first]) > 0 || len(x.whole[first]) > 0 || vocabularyIndex().knows(first) || hasLinks(text)
}

// signoffReading is one look at a line.
type signoffReading struct {
	*lexicon
	*signoffRows
	words []word
	colon bool         // it ends in one
	known map[int]bool // what closes returned
}

func newSignoffReading(text string) (*signoffReading, bool) {
	if len(text) > longestSignoffText || inQuotes(text) {
		return nil, false
	}
	text, ok := withoutLinks(text)
	if !ok || slices.ContainsFunc(speaking, func(sign string) bool { return strings.Contains(text, sign) }) {
		return nil, false
	}
	words := cutWords(text, longestSignoffWords+1)
	if len(words) == 0 || len(words) > longestSignoffWords {
		return nil, false
	}
	return &signoffReading{vocabularyIndex(), signoffIndex(), words, endsInColon(strings.TrimSpace(text)), nil}, true
}

// speaking are the signs of lines that a program does not write: of questions, and what
// stands for a picture.
var speaking = []string{"?", "？", "؟", string(known.Image)}

// inQuotes reports whether a line stands in quotation marks: it speaks of a
// sign-off.
func inQuotes(text string) bool {
	const marks = "\"“”„«»‚‘「」『』"
	first, _ := utf8.DecodeRuneInString(text)
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text, " .!"))
	return strings.ContainsRune(marks, first) && strings.ContainsRune(marks, last)
}

// signoffAt says what the words from i to the end of the line are when a sign-off
// begins there.
func (r *signoffReading) signoffAt(i int) signoffKind {
	if i == len(r.words) {
		return notSignoff
	}
	for _, p := range r.byHead[r.words[i].text] {
		if r.fits(p, i) {
			return p.kind()
		}
	}
	for at := i + 1; at < len(r.words); at++ {
		for _, p := range r.byTail[r.words[at].text] {
			if r.fitsBefore(p, i, at) {
				return p.kind()
			}
		}
	}
	for _, w := range r.whole[r.words[i].text] {
		if r.stands(i, w.words) && r.closes(i+len(w.words)) {
			return w.kind
		}
	}
	return notSignoff
}

func (s *stem) kind() signoffKind {
	if s.needs == aPlatform {
		return installs
	}
	return sentFrom
}

// stands reports whether words stand at i.
func (r *signoffReading) stands(i int, words []string) bool {
	if i+len(words) > len(r.words) {
		return false
	}
	for j, w := range words {
		if given := &r.words[i+j]; w != given.text && !(w == anyWord && given.upper) {
			return false
		}
	}
	return true
}

// fits reports whether a stem with words before its gap stands at i, and what
// follows closes the line.
func (r *signoffReading) fits(p pattern, i int) bool {
	if !r.stands(i, p.head) {
		return false
	}
	from := i + len(p.head)
	if len(p.tail) == 0 {
		return r.fillsGap(p, from)
	}
	for at := from + 1; at+len(p.tail) <= len(r.words); at++ {
		if r.fitsBefore(p, from, at) {
			return true
		}
	}
	return false
}

// fitsBefore reports whether the words behind the gap of a stem stand at an index,
// those from one on fill the gap, and what follows closes the line.
func (r *signoffReading) fitsBefore(p pattern, from, at int) bool {
	if !r.stands(at, p.tail) {
		return false
	}
	steps := r.explain(r.words[from:at], p.vocabulary, inGap)
	if len(steps) == 0 {
		return false
	}
	all := steps[len(steps)-1]
	return all.end == at-from && r.fills(all, p) && r.closes(at+len(p.tail))
}

// fillsGap reports whether the words from one on fill a gap up to where what
// follows closes the line.
func (r *signoffReading) fillsGap(p pattern, from int) bool {
	for _, c := range r.explain(r.words[from:], p.vocabulary, inGap) {
		if r.fills(c, p) && r.closes(from+c.end) {
			return true
		}
	}
	return false
}

// fills reports whether words are what a gap needs.
func (r *signoffReading) fills(c classed, p pattern) bool {
	n, lang := p.needs, p.vocabulary
	made := c.makers > 1 || (c.makers == 1 && c.has&(mine|thing|app) != 0)
	aMailProgram := c.has&program != 0 || (c.makers > 0 && c.has&app != 0)
	if r.colon && !aMailProgram {
		return false // something is to come
	}
	if r.cased[lang] && c.has&from == 0 && n != aPlatform && n != aProgram {
		return false
	}
	switch n {
	case aProgram:
		return aMailProgram
	case aMaker:
		return c.makers > 0 || c.has&(thing|model|system|program) != 0
	case aModel:
		return made || c.has&(model|system|program) != 0
	case ownDevice:
		return c.has&mine != 0 && (made || c.has&(thing|model|system) != 0)
	case aPlatform:
		return c.has&(system|platform|model) != 0 && c.has&(mine|program|thing) == 0
	}
	return made || c.has&(thing|model|system|program) != 0
}

// closes reports whether the words from i on may stand below a sign-off: more of
// them, apologies, slogans.
func (r *signoffReading) closes(i int) bool {
	if i == len(r.words) {
		return true
	}
	if known, ok := r.known[i]; ok {
		return known
	}
	if r.known == nil {
		r.known = map[int]bool{}
	}
	r.known[i] = false
	r.known[i] = r.sloganCloses(i) || slices.ContainsFunc(r.apologyEnds(i), r.closes) || r.signoffAt(i) != notSignoff
	return r.known[i]
}

func (r *signoffReading) sloganCloses(i int) bool {
	for _, s := range r.slogans[r.words[i].text] {
		if r.stands(i, s.words) && r.closes(i+len(s.words)) {
			return true
		}
	}
	return false
}

// apologyEnds are the indexes up to which the words from i on are an apology.
func (r *signoffReading) apologyEnds(i int) []int {
	var ends []int
	if i == len(r.words) {
		return nil
	}
	for _, lang := range r.apologisingIn(r.words[i].text) {
		for _, c := range r.explain(r.words[i:], lang, inApology) {
			if c.has&sorry != 0 && c.has&fault != 0 {
				ends = append(ends, i+c.end)
			}
		}
	}
	return ends
}

// apologisingIn are the languages in which an apology may begin with a word.
func (r *signoffReading) apologisingIn(first string) []string {
	var langs []string
	for i := range r.entries[first] {
		if e := &r.entries[first][i]; e.class&inApology != 0 && !slices.Contains(langs, e.lang) {
			langs = append(langs, e.lang)
		}
	}
	return langs
}
