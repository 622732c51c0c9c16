package insert

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"sigmilter/milter/insert/known"
)

// word is a word of a line, folded. Of a script that writes words together each
// character is one.
type word struct {
	text  string
	upper bool // it begins with a capital
}

// cutWords cuts text into words, at most as many; what stands between them is left
// out.
func cutWords(text string, most int) []word {
	const usual = 6 // bytes of a word and the blank behind it
	words := make([]word, 0, min(most, 1+len(text)/usual))
	for from, to := nextWord(text, 0); from < len(text) && len(words) < most; from, to = nextWord(text, to) {
		first, _ := utf8.DecodeRuneInString(text[from:])
		words = append(words, word{known.Fold(text[from:to]), unicode.IsUpper(first)})
	}
	return words
}

// nextWord is where the first word of text begins at or behind from, and where it
// ends; both are the end of the text when there is none.
func nextWord(text string, from int) (begin, end int) {
	begin = -1
	for i, r := range text[from:] {
		i += from
		switch {
		case r < utf8.RuneSelf && asciiWord[r]:
		case r < utf8.RuneSelf:
			if begin >= 0 {
				return begin, i
			}
			continue
		case r >= known.Combining && unicode.Is(unicode.M, r):
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			if begin >= 0 {
				return begin, i
			}
			continue
		case together(r):
			if begin < 0 {
				_, size := utf8.DecodeRuneInString(text[i:])
				return i, i + size + marksAt(text[i+size:])
			}
			return begin, i
		}
		if begin < 0 {
			begin = i
		}
	}
	if begin < 0 {
		begin = len(text)
	}
	return begin, len(text)
}

// marksAt is how many bytes of marks text begins with, which belong to the character
// before it.
func marksAt(text string) int {
	return len(text) - len(strings.TrimLeftFunc(text, func(r rune) bool { return unicode.Is(unicode.M, r) }))
}

// asciiWord are the letters and digits of ASCII.
var asciiWord = func() (is [utf8.RuneSelf]bool) {
	for r := range rune(utf8.RuneSelf) {
		is[r] = unicode.IsLetter(r) || unicode.IsDigit(r)
	}
	return is
}()

// together reports whether r is of a script that puts no blanks between words, or
// writes particles together with them.
func together(r rune) bool {
	const first = '\u0e00' // Thai
	return r >= first && (r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar))
}

// entry is what the lexicon knows of some words that stand one behind the other.
type entry struct {
	lang   string // "" for all
	words  []string
	class  class
	proper bool // counts only with a capital: "Spark", "Front"
}

// any stands for one word of any kind in the lexicon.
const anyWord = "_"

// lexicon is all vocabulary, by the first word.
type lexicon struct {
	entries       map[string][]entry
	endings       map[string][]suffix // by language
	cased         map[string]bool     // languages that say "from" by endings
	ending        map[string]bool     // the endings of all languages
	longestEnding int                 // bytes
}

// suffix is an ending of names.
type suffix struct {
	text string
	from bool
	mine bool
}

var vocabularyIndex = sync.OnceValue(func() *lexicon {
	x := &lexicon{entries: map[string][]entry{}, endings: map[string][]suffix{}, cased: map[string]bool{}, ending: map[string]bool{}}
	for _, n := range signoffNames {
		x.add("", n.class, n.words)
	}
	for i := range known.Vocabularies {
		v := &known.Vocabularies[i]
		x.add(v.Lang, mine, v.Mine)
		x.add(v.Lang, thing, v.Things)
		x.add(v.Lang, common, v.Common)
		x.add(v.Lang, app, v.App)
		x.add(v.Lang, little, v.Little)
		for _, e := range list(v.Endings) {
			text, isMine := strings.CutPrefix(e, "!")
			text, isFrom := strings.CutPrefix(text, "+")
			s := suffix{known.Fold(text), isFrom, isMine}
			x.endings[v.Lang] = append(x.endings[v.Lang], s)
			x.add(v.Lang, s.class(), s.text)
			x.ending[s.text] = true
			x.longestEnding = max(x.longestEnding, len(s.text))
			x.cased[v.Lang] = x.cased[v.Lang] || isFrom
		}
	}
	for i := range known.Apologies {
		a := &known.Apologies[i]
		x.add(a.Lang, sorry, a.Sorry)
		x.add(a.Lang, fault, a.Fault)
		x.add(a.Lang, excusing, a.With)
	}
	return x
})

// list are the items of a comma-separated row.
func list(row string) []string {
	if row == "" {
		return nil
	}
	return strings.Split(row, ", ")
}

func (x *lexicon) add(lang string, c class, row string) {
	for _, item := range list(row) {
		name, proper := strings.CutPrefix(item, "^")
		name, isFrom := strings.CutPrefix(name, "+")
		e := entry{lang: lang, words: textsOf(name), class: c, proper: proper}
		if isFrom {
			e.class |= from
			x.cased[lang] = true
		}
		x.entries[e.words[0]] = append(x.entries[e.words[0]], e)
	}
}

// textsOf are the words of a row of a table, with … and _ among them.
func textsOf(row string) []string {
	var texts []string
	for _, field := range strings.Fields(row) {
		if field == gap || field == anyWord {
			texts = append(texts, field)
			continue
		}
		for _, w := range cutWords(field, len(field)) {
			texts = append(texts, w.text)
		}
	}
	return texts
}

// longest is the longest entry of a language that words begin with, by the number
// of its words; 0 when there is none. What several entries of that length are adds
// up.
func (x *lexicon) longest(words []word, lang string, of class) (n int, c class) {
	consider := func(first string, ended class) {
		for i := range x.entries[first] {
			e := &x.entries[first][i]
			if e.class&of&^from == 0 || (e.lang != "" && e.lang != lang) || len(e.words) < n || (ended != 0 && !e.inflects()) {
				continue
			}
			more, ok := x.matches(e, words, lang)
			if !ok {
				continue
			}
			if len(e.words) > n {
				n, c = len(e.words), 0
			}
			c |= (e.class | ended | more) & of
		}
	}
	consider(words[0].text, 0)
	for _, s := range x.endings[lang] {
		if stem, ok := strings.CutSuffix(words[0].text, s.text); ok && stem != "" {
			consider(stem, s.class())
		}
	}
	return n, c
}

// knows reports whether an entry of any language begins with a word, maybe with an
// ending or a number behind it.
func (x *lexicon) knows(first string) bool {
	if len(x.entries[first]) > 0 {
		return true
	}
	for at := max(1, len(first)-x.longestEnding); at < len(first); at++ {
		if x.ending[first[at:]] && len(x.entries[first[:at]]) > 0 {
			return true
		}
	}
	name := strings.TrimRightFunc(first, unicode.IsDigit)
	return name != first && name != "" && x.knows(name)
}

// inflects reports whether an entry is one word that may have an ending.
func (e *entry) inflects() bool {
	return len(e.words) == 1 && e.class&(nameable|thing|common|app) != 0
}

// class is what an ending adds to a name.
func (s suffix) class() class {
	c := caseEnding
	if s.from {
		c |= from
	}
	if s.mine {
		c |= mine
	}
	return c
}

// matches reports whether words begin with those of an entry, its first word left
// out. The last of several may have an ending, whose class comes back.
func (x *lexicon) matches(e *entry, words []word, lang string) (class, bool) {
	if len(e.words) > len(words) || (e.proper && !words[0].upper) {
		return 0, false
	}
	for i := 1; i < len(e.words); i++ {
		if e.words[i] == words[i].text {
			continue
		}
		if i < len(e.words)-1 {
			return 0, false
		}
		return x.ended(words[i].text, e.words[i], lang)
	}
	return 0, true
}

// ended reports whether text is stem with an ending of a language.
func (x *lexicon) ended(text, stem, lang string) (class, bool) {
	rest, ok := strings.CutPrefix(text, stem)
	if !ok {
		return 0, false
	}
	for _, s := range x.endings[lang] {
		if s.text == rest {
			return s.class(), true
		}
	}
	return 0, false
}

// classed is what the words up to an index are, all together.
type classed struct {
	end    int
	has    class
	makers int // how many names there are that do not count alone
}

// explain reads words as entries of a language, each as long as can be, as far as
// it can, and says behind each what they are up to there. Numbers stand behind a
// name.
func (x *lexicon) explain(words []word, lang string, of class) []classed {
	var steps []classed
	var c classed
	var before class
	for c.end < len(words) {
		size, what := x.read(words[c.end:], lang, of, before&(nameable|qualifier) != 0)
		if what == 0 {
			break
		}
		if what&(maker|common) != 0 {
			c.makers++
		}
		c.has |= what
		c.end += size
		before = what
		steps = append(steps, c)
	}
	return steps
}

// read is how many words the next entry has, and what it is; 0 when it is none.
func (x *lexicon) read(words []word, lang string, of class, behindName bool) (int, class) {
	size, what := x.longest(words, lang, of)
	if !behindName {
		what = alone(what)
	}
	switch {
	case what != 0 || of&nameable == 0:
		return size, what
	case behindName && numbered(words[0].text):
		return 1, qualifier
	}
	name := strings.TrimRightFunc(words[0].text, unicode.IsDigit) // "iphone15"
	if name == "" || name == words[0].text {
		return 0, 0
	}
	return x.longest([]word{{name, words[0].upper}}, lang, nameable)
}

// alone is what remains of a class where no name stands before it: an ending that
// ends nothing is nothing.
func alone(c class) class {
	if c&caseEnding != 0 && c&(nameable|thing|common|app|little) == 0 {
		return 0
	}
	return c &^ (qualifier | caseEnding)
}

// numbered reports whether a word is a number or the number of a model: "15",
// "S24", "G991B".
func numbered(text string) bool {
	const longest = 12 // bytes
	return len(text) <= longest && strings.ContainsAny(text, "0123456789")
}

// vocabularyOf is the language whose vocabulary a stem takes: Chinese is written in
// both scripts beside one another.
func vocabularyOf(lang string) string {
	if strings.HasPrefix(lang, "zh-") {
		return "zh"
	}
	return lang
}
