package insert

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sigmilter/milter/insert/known"
)

// digitsOf is the digits of s: phone numbers are written in many ways.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// nameKey is a word of a name, in plain form, as it is compared: in Latin letters,
// with one spelling for what transliterations write in several ways.
func nameKey(word string) string {
	var b strings.Builder
	last := rune(0)
	for _, r := range greekPairs.Replace(word) {
		latin, ok := romanised[r]
		if !ok {
			latin = string(r)
		}
		for _, l := range latin {
			if l != last || !unicode.IsLetter(l) || l >= utf8.RuneSelf {
				b.WriteRune(l)
			}
			last = l
		}
	}
	return b.String()
}

var greekPairs = strings.NewReplacer("ου", "u", "kh", "h", "ks", "x")

// romanised are the letters of Cyrillic and Greek, and Latin ones that
// transliterations take for each other.
var romanised = map[rune]string{
	'y': "i", 'j': "i", 'w': "v",
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'ґ': "g", 'д': "d", 'е': "e", 'є': "ie", 'ж': "zh", 'з': "z", 'и': "i", 'і': "i", 'ј': "i", 'к': "k", 'л': "l",
	'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "h", 'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "shch",
	'ъ': "", 'ы': "i", 'ь': "", 'э': "e", 'ю': "iu", 'я': "ia", 'љ': "li", 'њ': "ni", 'ћ': "c", 'ђ': "d", 'џ': "dz", 'қ': "k", 'ғ': "g", 'ң': "n",
	'α': "a", 'β': "v", 'γ': "g", 'δ': "d", 'ε': "e", 'ζ': "z", 'η': "i", 'θ': "th", 'ι': "i", 'κ': "k", 'λ': "l", 'μ': "m", 'ν': "n", 'ξ': "x", 'ο': "o",
	'π': "p", 'ρ': "r", 'σ': "s", 'ς': "s", 'τ': "t", 'υ': "i", 'φ': "f", 'χ': "ch", 'ψ': "ps", 'ω': "o",
}

// names are the words of a person's name.
type names struct {
	given, surname []string
	further        []string // middle names and what else the directory has in the name
	nicknames      []string
	whole          []string // given and surname written as one, in both orders
}

// naming says how well a text names the person.
type naming uint8

const (
	notNamed naming = iota
	// partly is a given name or a nickname alone, an initial and the surname, or one
	// of two surnames: it counts only beside data that are theirs alone.
	partly
	fully
)

// namesOf reads the name of a person as directories write it: "Muster, Alice",
// "Nowak, Carl (DE-BER)", "MARCHAND Élodie", "Alice Muster | Contoso".
func namesOf(p *Person) names {
	n := names{given: nameWords(p.Given), surname: nameWords(p.Surname)}
	for _, nick := range p.Nicknames {
		n.nicknames = append(n.nicknames, nameWords(nick)...)
	}
	display := withoutBrackets(p.Name)
	if i := strings.IndexAny(display, "|/•·"); i > 0 {
		display = display[:i]
	}
	if head, _, ok := strings.Cut(display, " - "); ok {
		display = head
	}
	last, first, inverted := strings.Cut(display, ",")
	words := nameWords(display)
	switch {
	case len(n.given) > 0 && len(n.surname) > 0:
	case inverted && len(nameWords(first)) > 0:
		n.surname, n.given = nameWords(last), nameWords(first)
	case len(words) > 1:
		n.given, n.surname = words[:1], words[len(words)-1:]
	case len(words) == 1:
		n.surname = words
	}
	for _, w := range words {
		if !slices.Contains(n.given, w) && !slices.Contains(n.surname, w) {
			n.further = append(n.further, w)
		}
	}
	if g, s := strings.Join(n.given, ""), strings.Join(n.surname, ""); g != "" && s != "" {
		n.whole = []string{s + g, g + s}
	}
	return n
}

func (n *names) known() bool { return len(n.surname) > 0 || len(n.given) > 0 }

// nameWords are the words of a name as they are compared, without titles,
// particles and signs.
func nameWords(s string) []string {
	var words, all []string
	for _, w := range splitName(known.PlainForm(s)) {
		all = append(all, nameKey(w))
		if !known.NameTitles[w] && !known.Particles[w] {
			words = append(words, nameKey(w))
		}
	}
	if len(words) == 0 { // Ma, Le and Do are surnames too
		return all
	}
	return words
}

// has reports whether a word is one of the person's own name.
func (n *names) has(key string) bool {
	return slices.Contains(n.surname, key) || slices.Contains(n.given, key) || slices.Contains(n.nicknames, key) || slices.Contains(n.further, key)
}

// splitName cuts a name in plain form into words; the full stops of "M.Sc." and
// "Ph.D." are taken out.
func splitName(s string) []string {
	return strings.FieldsFunc(dotted(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '\''
	})
}

// dotted joins abbreviations of several short parts: "m.sc." is "msc".
func dotted(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	fields := strings.Fields(s)
	for i, f := range fields {
		core := strings.Trim(f, ",;")
		if joined := strings.ReplaceAll(core, ".", ""); joined != core && known.NameTitles[strings.ReplaceAll(joined, "-", "")] {
			fields[i] = joined
		}
	}
	return strings.Join(fields, " ")
}

// withoutBrackets takes out what stands in brackets: "Alice Muster (she/her)".
func withoutBrackets(s string) string {
	if !strings.ContainsAny(s, "([（【<") {
		return s
	}
	var b strings.Builder
	depth := 0
	for _, r := range s {
		switch r {
		case '(', '[', '（', '【', '<':
			depth++
		case ')', ']', '）', '】', '>':
			depth = max(0, depth-1)
		default:
			if depth == 0 {
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}

const longestName = 8 // words, with titles

// all are the words of the name.
func (n *names) all() []string { return slices.Concat(n.given, n.surname, n.further, n.nicknames) }

// match says how well a text, which is nothing but a name, names the person.
func (n *names) match(text string) naming {
	if strings.ContainsAny(text, "&+:;@?!0123456789") { // two people, a label, a sentence
		return notNamed
	}
	all := splitName(known.PlainForm(withoutBrackets(text)))
	if len(all) == 0 || len(all) > longestName || !n.known() {
		return notNamed
	}
	var words []string
	initials, initial := 0, false
	for _, w := range all {
		switch key := nameKey(w); {
		case n.has(key):
			words = append(words, key)
		case utf8.RuneCountInString(w) == 1 && known.Spaced([]rune(w)[0]):
			if len(n.given) > 0 && strings.HasPrefix(n.given[0], key) {
				initial = true
			}
			initials++
		case known.NameTitles[w] || known.Particles[w] || known.Pronouns[w]:
		default:
			words = append(words, key)
		}
	}
	if len(words) == 0 {
		return notNamed
	}
	if slices.Contains(n.whole, strings.Join(words, "")) {
		return fully
	}
	return n.matchWords(words, initials, initial)
}

// matchWords says how well words name the person; initials is how many letters
// stand alone, and initial that one of them begins their given name.
func (n *names) matchWords(words []string, initials int, initial bool) naming {
	given, surname, strange, edge := 0, 0, 0, 0
	short := false
	for i, w := range words {
		switch {
		case slices.Contains(n.surname, w):
			surname++
		case i == 0 && len(words) > 1 && n.shortFor(w):
			short = true
		case slices.Contains(n.given, w), slices.Contains(n.nicknames, w):
			given++
		case slices.Contains(n.further, w):
		case i > 0 && i < len(words)-1: // a middle name
			strange++
		default: // a second surname
			edge++
		}
	}
	switch {
	case short && strange+edge == 0 && surname == len(n.surname): // "Cathy Bell" for Catherine
		return partly
	case strange+edge > 1, edge > 0 && (given == 0 || surname < len(n.surname)):
		return notNamed
	case edge > 0:
		return partly
	case given > 0 && surname > 0 && surname == len(n.surname):
		return fully
	case given > 0 && surname > 0:
		return partly
	case strange > 0:
		return notNamed
	case given > 0 && initials <= 1: // "Alice", "Alice M."
		return partly
	case surname > 0 && initial: // "A. Muster"
		return partly
	case surname > 0 && surname == len(words) && known.Unspaced(words[0]): // "山田"
		return partly
	}
	return notNamed
}

// shortFor reports whether a word may be a short form of the given name that the directory
// lacks: it begins as the name does. Their brother's may too, so that the data must agree.
func (n *names) shortFor(w string) bool {
	const alike = 3 // letters
	return len(n.given) > 0 && len(w) > alike && !strings.Contains(w, " ") && !slices.Contains(n.given, w) && !slices.Contains(n.nicknames, w) && len(n.given[0]) > alike && w[:alike] == n.given[0][:alike]
}
