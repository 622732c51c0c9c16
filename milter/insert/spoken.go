package insert

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sigmilter/milter/insert/known"
)

// isSpoken reports whether a text in plain form has words that people say to somebody.
func isSpoken(s string) bool {
	return slices.ContainsFunc(strings.Fields(s), func(w string) bool { return known.Spoken[strings.Trim(w, ",.;")] }) ||
		!known.IsASCII(s) && slices.ContainsFunc(known.SpokenParts, func(part string) bool { return strings.Contains(s, part) })
}

// sentenceWords is how many words of a line as it stands there are neither in a stock nor of
// the person's own values, and are written small, as names are not: those of a sentence.
func (k *knowledge) sentenceWords(text string, stock map[string]bool) int {
	n := 0
	for _, word := range k.wordsOutside(text, stock) {
		if first, _ := utf8.DecodeRuneInString(word); unicode.IsLower(first) {
			n++
		}
	}
	return n
}

// nothingBut reports whether a text has no words, small or not, but those of a stock and
// of the person's own values.
func (k *knowledge) nothingBut(text string, stock map[string]bool) bool {
	return len(k.wordsOutside(text, stock)) == 0
}

// wordsOutside are the words of a text that are neither in a stock nor of the person's own
// values; links, addresses, single letters and what has a digit do not count.
func (k *knowledge) wordsOutside(text string, stock map[string]bool) []string {
	var words []string
	for field := range strings.FieldsSeq(text) {
		if strings.ContainsAny(field, "@/") || strings.ContainsFunc(field, unicode.IsDigit) || isLink(strings.Trim(strings.ToLower(field), ".,:;()<>")) {
			continue
		}
		for _, word := range strings.FieldsFunc(field, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) }) {
			plain := known.PlainForm(word)
			if _, size := utf8.DecodeRuneInString(word); size < len(word) && !stock[plain] && !k.words[plain] {
				words = append(words, word)
			}
		}
	}
	return words
}

// isEntry reports whether a line as it stands there has nearly no words but those of a stock,
// names and numbers, so that it is no sentence that only begins as an entry does, with a
// phrase of its table.
func (k *knowledge) isEntry(text, phrase string, stock map[string]bool) bool {
	const oneIn = 8 // words beside the phrase may be one of a sentence
	return k.sentenceWords(text, stock)*oneIn <= wordsBeside(text, phrase)
}

// wordsBeside is how many words without a digit a text has beside those of a phrase in it.
func wordsBeside(text, phrase string) int {
	n := -len(strings.Fields(phrase))
	for field := range strings.FieldsSeq(text) {
		if !strings.ContainsFunc(field, unicode.IsDigit) {
			n++
		}
	}
	return max(n, 0)
}

// tellsHours reports whether a line says when somebody works: it begins so, goes on in
// days and times, and adds at most that nobody need answer outside of theirs.
func (k *knowledge) tellsHours(text, plain string) bool {
	hours, added, _ := strings.Cut(text, ". ")
	phrase := hourPhrases.Begins(plain)
	if phrase == "" || isSpoken(known.PlainForm(hours)) || !k.isEntry(hours, phrase, known.HourStock) || !k.isEntry(added, "", known.AnswerStock) {
		return false
	}
	rest := strings.Trim(plain[len(phrase):], " :：.")
	return rest == "" || digitsOf(rest) != "" || slices.ContainsFunc(wordsOf(rest), func(w string) bool { return known.HourStock[w] })
}

// asksNotToPrint reports whether a line is the request to spare paper: it has words for
// the environment and for printing, or for one of the two and the mail itself, and few
// that such requests lack.
func (k *knowledge) asksNotToPrint(text, plain string) bool {
	const oneIn = 3 // words beside the phrase may be one of a sentence
	phrase := printPhrases.First(plain)
	if phrase == "" || strings.ContainsAny(plain, "0123456789") {
		return false
	}
	green, prints := environmentPhrases.In(plain), printedPhrases.In(plain)
	if green && prints || (green || prints) && selfPhrases.In(plain) {
		return k.sentenceWords(text, known.PrintStock)*oneIn <= wordsBeside(text, phrase)
	}
	return green && k.isEntry(text, phrase, known.PrintStock)
}

// copyrighted reports whether a line in plain form says whose a text is: "© 2026 Contoso Ltd".
func copyrighted(plain string) bool {
	const most = 8 // words
	begins := strings.HasPrefix(plain, "©") || strings.HasPrefix(plain, "copyright") || strings.HasPrefix(plain, "(c)")
	return begins && known.HasYear(plain) && len(strings.Fields(plain)) <= most
}

// isSlogan reports whether a line is several sentences of a word each, as only companies
// write them: "Messen. Prüfen. Wissen."
func isSlogan(text string) bool {
	const fewest, most, letters = 3, 4, 3 // sentences; letters of the shortest
	sentences := strings.Split(strings.TrimSuffix(text, "."), ". ")
	for _, s := range sentences {
		first, _ := utf8.DecodeRuneInString(s)
		if !unicode.IsUpper(first) || utf8.RuneCountInString(s) < letters || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) {
			return false
		}
	}
	return len(sentences) >= fewest && len(sentences) <= most
}
