package insert

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sigmilter/milter/insert/known"
)

// Most words that a piece of a kind has.
const (
	fewWords  = 6
	someWords = 10
)

// marks are what a piece of a kind makes of the line around it.
type marks uint8

const (
	labelMark    marks = 1 << iota // a label stands before a number
	dataMark                       // something that a signature holds
	registerMark                   // a register is named: what follows may belong to it
	titleMark                      // what somebody is or where they work
)

// pieceKind is a kind of pieces of lines. The first that is true decides.
type pieceKind struct {
	sample string // a line with a piece of this kind
	most   int    // words, any number when it is 0
	sense  sense
	marks  marks
	is     func(l *dataLine, s string) bool
}

// pieceKinds are the kinds of pieces. Those below the colon have none in them.
var pieceKinds = []pieceKind{
	{"mobile", 0, usual, labelMark, func(l *dataLine, s string) bool {
		return isLabel(bareLabel(s)) || l.said.reach && oneLetter(bareLabel(s))
	}},
	{"T +44 113 496 0121, ext. 12", 0, usual, 0, func(l *dataLine, s string) bool { return l.said.phone && extension(s) }},
	{"ext. 12", 0, likely, 0, func(l *dataLine, s string) bool { return extension(s) }}, // the number stands in another line
	{"skype: hannah.whitlock", 0, usual, 0, func(l *dataLine, s string) bool { return handle(s) }},
	{"Amtsgericht Leeds, HRB 12345", 0, usual, labelMark | dataMark | registerMark, (*dataLine).registered},
	{"Follow us on LinkedIn", someWords, likely, 0, (*dataLine).leadsOn},
	{"Working hours: Mon-Fri 8-16", 0, likely, 0, func(l *dataLine, s string) bool { return l.k.tellsHours(l.text, s) }},
	{"A member of the Contoso Group", 0, likely, 0, (*dataLine).belongs},
	{"Visit us: www.contoso.com", someWords, likely, 0, func(l *dataLine, s string) bool { return l.said.reach && invitationPhrases.Begins(s) != "" }},
	{"Our website: www.contoso.com", 0, likely, 0, func(l *dataLine, s string) bool {
		return l.said.reach && sitePhrases.Begins(bareLabel(s)) == bareLabel(s)
	}},
	{"Rüzgar Sk. No:6 D:4", someWords, between, 0, func(l *dataLine, s string) bool { return turkishAddress(s) }},
	{"Working hours | mo-fr 8:00", 0, likely, 0, func(l *dataLine, s string) bool { return l.hours }},
	{"Follow us: Facebook | X", fewWords, likely, 0, func(l *dataLine, s string) bool { return l.follows }},
	{"Order: 12", 0, strange, 0, func(l *dataLine, s string) bool { return strings.ContainsAny(s, ":：") }},
	{"Registro Mercantil de Madrid, folio 56", someWords, usual, 0, func(l *dataLine, s string) bool { return l.entered && !articled(s) }},
	{"Oddział w Polsce, KRS 0000123456", fewWords, usual, 0, func(l *dataLine, s string) bool { return l.legal && digitsOf(s) == "" && !articled(s) }},
	{"Hannah Whitlock", 0, theirs, dataMark, func(l *dataLine, s string) bool { return l.k.names.match(s) == fully }},
	{"Facebook", someWords, usual, dataMark, (*dataLine).serves},
	{"Germany", 0, usual, dataMark, func(l *dataLine, s string) bool { return countryPhrases.Begins(s) == s }},
	{"Imprint | Privacy", 0, usual, 0, func(l *dataLine, s string) bool { return (l.social || l.sites) && sitePhrases.Begins(s) == s }},
	{"Hannah Whitlock | 69002", 0, likely, 0, func(l *dataLine, s string) bool { return l.found && shortNumber(s) }}, // an extension, a postal code
	{"Pump Designer Contoso", fewWords, likely, 0, func(l *dataLine, s string) bool { return l.k.holdsWords(s) }},
	{"PhD", fewWords, likely, 0, func(l *dataLine, s string) bool { return onlyTitles(s) }},
	{"Investors in People Gold", fewWords, likely, 0, (*dataLine).accredited},
	{"Contoso Logistics", 0, likely, 0, (*dataLine).branded},
	{"Wusasa Yuki", 0, likely, 0, func(l *dataLine, s string) bool { return l.k.transliterated(s) }},
	{"Senior Manager", fewWords, between, titleMark, func(l *dataLine, s string) bool { return digitsOf(s) == "" && rolePhrases.In(s) && !articled(s) }},
	{"Fabrikam GmbH", someWords, likely, 0, func(l *dataLine, s string) bool { return !articled(s) && companyPhrases.Ends(s) }},
	{"Fabrikam GmbH Nord", someWords, between, 0, func(l *dataLine, s string) bool { return !articled(s) && companyPhrases.In(s) }},
	{"5 Mill Lane", someWords, between, 0, func(l *dataLine, s string) bool { return isStreet(s) }},
	{"10115 Berlin", 0, between, 0, func(l *dataLine, s string) bool { return postal(s) }},
	{"Room 4.12", fewWords, between, 0, func(l *dataLine, s string) bool { return inRoom(s) }},
	{"5 Mill Lane, York", 0, between, 0, func(l *dataLine, s string) bool { return l.street && beside(s) }},
	{"Hannah Whitlock, NY", 0, likely, 0, func(l *dataLine, s string) bool { return l.found && len(s) == 2 && known.IsASCII(s) }}, // a state or a country
}

// kindOf is the kind of a piece, nil for none.
func (l *dataLine) kindOf(s string) *pieceKind {
	words := len(strings.Fields(s))
	for i := range pieceKinds {
		if k := &pieceKinds[i]; (k.most == 0 || words <= k.most) && k.is(l, s) {
			return k
		}
	}
	return nil
}

// piece says what a piece of a line is, and marks the line.
func (l *dataLine) piece(s string) sense {
	k := l.kindOf(s)
	if k == nil {
		return unsaid
	}
	l.label = l.label || k.marks&labelMark != 0
	l.found = l.found || k.marks&dataMark != 0
	l.entered = l.entered || k.marks&registerMark != 0
	l.said.title = l.said.title || k.marks&titleMark != 0
	return k.sense
}

// bareLabel is a piece without the signs that part a label from what it labels.
func bareLabel(s string) string { return strings.TrimRight(s, " :：.") }

// shortNumber reports whether a piece is a number that calls nobody by itself.
func shortNumber(s string) bool {
	return len(s) < len("100-00010") && strings.Trim(s, "0123456789- ") == ""
}

// accredited reports whether a piece says what a company has passed: "Investors in People
// Gold".
func (l *dataLine) accredited(s string) bool {
	return accreditationPhrases.Begins(s) != "" && l.k.isEntry(l.text, "", known.AccreditationStock)
}

// extension reports whether a piece is the label and the number of an extension:
// "доб. 105", "ext. 12".
func extension(s string) bool {
	const longest = 5
	label := extensionPhrases.Begins(s)
	rest := strings.Trim(s[len(label):], " .:")
	return label != "" && rest != "" && len(rest) <= longest && digitsOf(rest) == rest
}

// inRoom reports whether a piece says where in a building somebody sits: "Room 4.12".
func inRoom(s string) bool {
	const longest = 8 // bytes of a number
	phrase := roomPhrases.Begins(s)
	number := strings.Trim(s[len(phrase):], " .:")
	return phrase != "" && number != "" && len(number) <= longest && !strings.Contains(number, " ") && digitsOf(number) != ""
}

// handle reports whether a piece is a service and the name or the key that somebody has
// there: "Skype: alice.muster", "PGP 1234 5678 9ABC DEF0".
func handle(s string) bool {
	const longest, fewest = 64, 8 // characters; digits of a key
	phrase := handlePhrases.Begins(s)
	if phrase == "" {
		return false
	}
	rest, colon := strings.CutPrefix(strings.TrimLeft(s[len(phrase):], " "), ":")
	rest = strings.TrimSpace(rest)
	switch {
	case rest == "" || len(rest) > longest:
		return false
	case strings.Trim(rest, "0123456789abcdefx ") == "" && len(rest) >= fewest:
		return true
	}
	return colon && !strings.Contains(rest, " ") && strings.ContainsAny(rest, "._-0123456789") && strings.ContainsFunc(rest, unicode.IsLetter)
}

// oneLetter reports whether a piece is a letter that stands for a label, in any
// language: "G" for Turkish GSM, "Τ" for Greek τηλέφωνο.
func oneLetter(s string) bool {
	r, size := utf8.DecodeRuneInString(s)
	return size == len(s) && known.Spaced(r)
}

// social reports whether a piece of a line leads to a service: its name, or the
// request to follow there.
func social(s string) bool {
	const more = 2 // words beside the name
	if name := socialPhrases.Begins(s); name != "" {
		return len(strings.Fields(s[len(name):])) <= more
	}
	return socialPhrases.In(s) && (presencePhrases.Begins(s) != "" || invitationPhrases.Begins(s) != "")
}

// serves is social for a piece of the line, which must not be a sentence that only begins
// so: "LinkedIn is down".
func (l *dataLine) serves(s string) bool {
	return social(s) && l.k.isEntry(l.text, "", known.PresenceStock)
}

// isLabel reports whether a text is one or several labels of contact data.
func isLabel(s string) bool {
	const longest = 40
	if len(s) > longest {
		return false
	}
	for s != "" {
		p := labelPhrases.Begins(s)
		if p == "" {
			return false
		}
		s = strings.TrimLeft(s[len(p):], " .:/+&-()")
	}
	return true
}

// registered is the same for a piece of the line, which must not be a sentence that only
// begins so: "Sitz 4 ist noch frei.", "VAT 3 was changed".
func (l *dataLine) registered(s string) bool {
	if isSpoken(s) || !l.k.isEntry(l.text, registerPhrases.Begins(s), known.RegisterStock) {
		return false
	}
	const few, fewest = 3, 4 // words; digits
	said := known.Concludes(l.text) && len(strings.Fields(l.rest)) > few && len(digitsOf(l.rest)) < fewest
	return registered(s) && (!said || incorporated(s))
}

// belongs reports whether a piece says what the company belongs to: "A member of the
// Contoso Group".
func (l *dataLine) belongs(s string) bool {
	phrase := membershipPhrases.Begins(s)
	return phrase != "" && phrase != s && !isSpoken(s) && !strings.ContainsAny(s, ":?!") && !known.Concludes(l.text) && l.k.isEntry(l.text, phrase, known.AccreditationStock)
}

// leadsOn reports whether a piece leads to where the person or the company is, or says
// how they are spoken of: "Follow us on LinkedIn", "Pronouns: she/her".
func (l *dataLine) leadsOn(s string) bool {
	phrase := presencePhrases.Begins(s)
	return phrase != "" && (l.said.reach || socialPhrases.In(s) || l.k.nothingBut(s, known.PresenceStock))
}

// registered reports whether a piece of a line is about a register or a tax: it
// begins with such a word and holds a number or a name.
func registered(s string) bool {
	p := registerPhrases.Begins(s)
	if p == "" {
		return incorporated(s)
	}
	rest := strings.TrimLeft(s[len(p):], " .:/-")
	const words, telling = 16, 12 // bytes that no other word begins with
	if len(p) >= telling && len(strings.Fields(rest)) <= words {
		return true
	}
	return len(strings.Fields(rest)) <= words && (digitsOf(rest) != "" || strings.ContainsAny(s[len(p):], ":：") || len(strings.Fields(rest)) <= 3)
}

// incorporated reports whether a piece of a line is the sentence that says in which
// register a company is: "Contoso Limited is registered in England and Wales".
func incorporated(s string) bool {
	const words = 20
	return len(strings.Fields(s)) <= words && incorporationPhrases.In(s) && (incorporationPhrases.Begins(s) != "" || companyPhrases.In(s))
}

// holdsWords reports whether all words of a text are of the person's values.
func (k *knowledge) holdsWords(s string) bool {
	words := wordsOf(s)
	for _, w := range words {
		if !k.words[w] && countryPhrases.Begins(w) != w {
			return false
		}
	}
	return slices.ContainsFunc(words, func(w string) bool { return k.words[w] })
}

// branded reports whether a piece is the name that the person's domain has, or begins with
// it, as names are written: "Contoso Logistics" at contoso.com, not "Contoso pays".
func (l *dataLine) branded(s string) bool {
	const most, shortest = 3, 4 // words; letters
	words := strings.Fields(s)
	if len(words) == 0 || len(words) > most || len(words[0]) < shortest || digitsOf(s) != "" {
		return false
	}
	if slices.ContainsFunc(strings.Fields(l.text), beginsSmall) {
		return false
	}
	return slices.ContainsFunc(l.k.domains, func(d string) bool { return strings.HasPrefix(d, words[0]+".") })
}

// transliterated reports whether a text is the person's name in the letters of another
// script than the directory has: one of its words stands in their address too.
func (k *knowledge) transliterated(s string) bool {
	const fewest, most, shortest = 2, 3, 3 // words; letters
	words := strings.Fields(s)
	if len(words) < fewest || len(words) > most || !known.IsASCII(s) || k.script == nil || k.script == unicode.Latin {
		return false
	}
	return slices.ContainsFunc(k.addresses, func(a string) bool {
		local, _, _ := strings.Cut(a, "@")
		return slices.ContainsFunc(wordsOf(local), func(w string) bool { return len(w) >= shortest && slices.Contains(words, w) })
	})
}

// onlyTitles reports whether a text is nothing but titles and pronouns.
func onlyTitles(s string) bool {
	words := splitName(s)
	for _, w := range words {
		if !known.NameTitles[w] && !known.Pronouns[w] {
			return false
		}
	}
	return len(words) > 0
}

// articled reports whether a text begins as a sentence does.
func articled(s string) bool {
	first, _, _ := strings.Cut(s, " ")
	return articles[first]
}

var articles = known.WordSet("the a an our your my this that these we i you he she they please der die das den dem ein eine unser unsere mein meine ihr ihre wir ich sie er es bitte dies diese le la les un une notre votre mon ma nous je vous il elle ils merci el los las una nuestro nuestra mi su yo usted por o os as um uma nosso nossa meu minha il lo gli uno una nostro nostra mio de het een onze uw mijn wij ik u jij graag vi jag du den det ett en jeg han hun proszę nasz nasza mój moja my ja pan ten ta prosím náš naše můj moje já vy a az egy mi én ön kérem мы я вы он она они наш наша пожалуйста ми ви будь şu bu biz ben siz lütfen")
