package insert

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sigmilter/milter/insert/known"
)

// piece says what a piece of a line is.
func (l *dataLine) piece(s string) sense {
	name := strings.TrimRight(s, " :：.")
	words := len(strings.Fields(s))
	const few, some = 6, 10
	switch {
	case isLabel(name), l.said.reach && oneLetter(name):
		l.label = true
		return usual
	case l.said.phone && extension(s):
		return usual
	case extension(s): // the number stands in another line
		return likely
	case handle(s):
		return usual
	case l.registered(s):
		l.found, l.label, l.entered = true, true, true
		return usual
	case words <= some && l.leadsOn(s), l.k.tellsHours(l.text, s), l.belongs(s):
		return likely
	case l.said.reach && words <= some && invitationPhrases.Begins(s) != "":
		return likely
	case l.said.reach && sitePhrases.Begins(name) == name: // "Our website: www.contoso.com"
		return likely
	case words <= some && turkishAddress(s):
		return between
	case l.begun && words <= few: // "mo-fr 8:00"
		return likely
	case strings.ContainsAny(s, ":："):
		return strange
	case l.entered && words <= some && !articled(s): // "Tomo 1234, Folio 56"
		return usual
	case l.legal && words <= few && digitsOf(s) == "" && !articled(s): // "Oddział w Polsce, KRS 0000123456"
		return usual
	case l.k.names.match(s) == fully:
		l.found = true
		return theirs
	case words <= some && l.serves(s), countryPhrases.Begins(s) == s:
		l.found = true
		return usual
	case (l.social || l.sites) && sitePhrases.Begins(s) == s: // "LinkedIn | YouTube | Blog", "Imprint | Privacy"
		return usual
	case l.found && len(s) < len("100-00010") && strings.Trim(s, "0123456789- ") == "": // an extension, a postal code
		return likely
	case words <= few && l.k.holdsWords(s), words <= few && onlyTitles(s), words <= few && accreditationPhrases.Begins(s) != "" && l.k.entry(l.text, "", known.AccreditationStock), l.branded(s), l.k.transliterated(s):
		return likely
	case words <= few && digitsOf(s) == "" && rolePhrases.In(s) && !articled(s):
		l.said.title = true
		return between
	case words <= some && !articled(s) && companyPhrases.Ends(s):
		return likely
	case words <= some && !articled(s) && companyPhrases.In(s):
		return between
	case words <= some && isStreet(s), postal(s):
		return between
	case words <= few && inRoom(s):
		return between
	case l.street && beside(s):
		return between
	case l.found && len(s) == 2 && known.IsASCII(s): // a state or a country
		return likely
	}
	return unsaid
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
	return social(s) && l.k.entry(l.text, "", known.PresenceStock)
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
	if isSpoken(s) || !l.k.entry(l.text, registerPhrases.Begins(s), known.RegisterStock) {
		return false
	}
	const few, fewest = 3, 4 // words; digits
	said := known.Concludes(l.text) && len(strings.Fields(l.rest)) > few && len(digitsOf(l.rest)) < fewest
	return registered(s) && (!said || incorporated(s))
}

// begins reports whether a piece is the first of a line about when somebody works, or of
// the services where one can follow them: "Follow us: LinkedIn | X".
func (l *dataLine) begins(s string) bool {
	if hourPhrases.Begins(s) != "" {
		return l.k.tellsHours(l.text, s)
	}
	return presencePhrases.Begins(s) != "" && l.social && !known.Concludes(l.text)
}

// belongs reports whether a piece says what the company belongs to: "A member of the
// Contoso Group".
func (l *dataLine) belongs(s string) bool {
	phrase := membershipPhrases.Begins(s)
	return phrase != "" && phrase != s && !isSpoken(s) && !strings.ContainsAny(s, ":?!") && !known.Concludes(l.text) && l.k.entry(l.text, phrase, known.AccreditationStock)
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
