package laws

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Person is what the checker knows of the author.
type Person struct {
	Name           string // as the directory shows it
	Given, Surname string
	Addresses      []string
	Values         []string // what else the directory has: phones, title, company, city
}

// author is a person as lines are compared with them.
type author struct {
	names     [][]string // each form as its words, plain
	given     string
	addresses []string        // lower case
	values    []string        // plain
	words     map[string]bool // of all values, names, addresses' hosts
	numbers   []string        // the last digits of phone numbers
	hosts     []string        // of their addresses
	blocks    map[string]bool // the lines of their blocks, squeezed
}

// sameDigits is how many digits at their end two phone numbers share that are one.
const sameDigits = 7

func newAuthor(p *Person, blocks []Block) *author {
	a := &author{words: map[string]bool{}, blocks: map[string]bool{}}
	for _, b := range blocks {
		a.knowBlock(b)
	}
	if p == nil {
		return a
	}
	a.given = plain(p.Given)
	a.knowName(p.Given + " " + p.Surname)
	name := bracketed.ReplaceAllString(p.Name, "")
	a.knowName(name)
	if last, first, ok := strings.Cut(name, ","); ok {
		a.knowName(first + " " + last)
		if a.given == "" {
			a.given = plain(first)
		}
	}
	for _, address := range p.Addresses {
		a.addresses = append(a.addresses, strings.ToLower(address))
		if _, host, ok := strings.Cut(strings.ToLower(address), "@"); ok {
			a.hosts = append(a.hosts, host)
		}
	}
	for _, v := range p.Values {
		a.knowValue(v)
	}
	return a
}

// onBehalf is what Germans write before the name when they sign for others.
var onBehalf = regexp.MustCompile(`(?i)^\s*(?:i\.? ?[av]\.?|ppa\.?|p\.? ?p\.?|gez\.?)\s`)

var bracketed = regexp.MustCompile(`\([^)]*\)|\[[^\]]*\]|（[^）]*）`)

func (a *author) knowName(name string) {
	words := nameWords(name)
	if len(words) == 0 || len(words) == 1 && words[0] == a.given {
		return
	}
	a.names = append(a.names, words)
	for _, w := range words {
		a.words[w] = true
	}
}

func (a *author) knowValue(v string) {
	if strings.TrimSpace(v) == "" {
		return
	}
	if d := digits(v); len(d) >= sameDigits && 2*len(d) >= len(v) {
		a.numbers = append(a.numbers, d[len(d)-sameDigits:])
	}
	a.values = append(a.values, plain(v))
	for _, w := range tokens(v) {
		a.words[plain(w)] = true
	}
}

// knowBlock takes the lines of a block that may stand in the text already.
func (a *author) knowBlock(b Block) {
	for _, form := range []struct {
		src  string
		html bool
	}{{b.HTML, true}, {strings.ReplaceAll(b.Text, "\r\n", "\n"), false}} {
		t := split(form.src, form.html)
		for _, r := range t.rows(nil, form.html) {
			a.blocks[string(squeeze(r.text))] = true
		}
	}
}

// plain is a text in one case, without accents, signs and blanks, so that two
// ways to write the same are one: umlauts as two letters too.
func plain(s string) string {
	s = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "å", "aa", "ø", "oe", "æ", "ae", "ł", "l", "đ", "d", "ı", "i").Replace(strings.ToLower(norm.NFC.String(s)))
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, norm.NFD.String(s))
}

// plainest is plain with umlauts as the letter alone.
func plainest(s string) string {
	return strings.NewReplacer("ae", "a", "oe", "o", "ue", "u", "aa", "a", "ss", "s").Replace(plain(s))
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// nameWords are the words of a name, without what stands around it.
func nameWords(name string) []string {
	var words []string
	for _, w := range tokens(strings.ReplaceAll(name, "/", " ")) {
		if lower := strings.ToLower(w); !aside.has(lower) && plain(w) != "" {
			words = append(words, w)
		}
	}
	for i, w := range words {
		words[i] = plain(w)
	}
	return words
}

// naming says how surely a text is the name of the author.
type naming int

const (
	unnamed   naming = iota
	firstName        // their given name alone, or another with their surname
	fullName
)

// named reports how a text names the author and nothing else.
func (a *author) named(text string) naming {
	words := nameWords(onBehalf.ReplaceAllString(bracketed.ReplaceAllString(text, ""), ""))
	const most = 6
	if len(words) == 0 || len(words) > most || digits(text) != "" {
		return unnamed
	}
	together := strings.Join(words, "")
	best := unnamed
	if a.given != "" && together == a.given {
		best = firstName
	}
	for _, name := range a.names {
		switch shared := sharedWords(words, name); {
		case together == strings.Join(name, ""), shared >= 2 && len(words)-shared <= 1:
			return fullName
		case shared >= 1 && initials(words, name):
			return fullName
		case shared == 1 && len(words) == 2 && len(name) > 1 && sharedWords(words, name[len(name)-1:]) == 1:
			best = firstName // a nickname
		}
	}
	return best
}

// sharedWords is how many words of a name are in the other.
func sharedWords(words, name []string) int {
	n := 0
	for _, w := range words {
		if slices.ContainsFunc(name, func(m string) bool { return w == m || plainest(w) == plainest(m) }) {
			n++
		}
	}
	return n
}

// initials reports whether a name is written with one for a word of it: "A.
// Muster".
func initials(words, name []string) bool {
	short := 0
	for _, w := range words {
		switch {
		case sharedWords([]string{w}, name) == 1:
		case utf8.RuneCountInString(w) == 1 && slices.ContainsFunc(name, func(m string) bool { return strings.HasPrefix(m, w) }):
			short++
		default:
			return false
		}
	}
	return short > 0
}

// meaning is what a line of a signature is.
type meaning int

const (
	asNothing meaning = iota // nothing speaks for it
	asOrnament
	asPicture
	asName
	asGivenName
	asOwnData // their address or number, or a value of the directory
	asData    // a number, a web address, an address of a role
	asPlace   // a street, a city
	asPost    // a title, a department, a company
	asLegal
	asHabit // print, follow, meet, hours
	asBlock
)

// speaker is one kind of thing that explains a line of a signature, or one of the
// pieces of a line that signs part.
type speaker struct {
	what   string
	sample string
	means  meaning
	is     func(a *author, text string) bool
}

// speakers are tried in order. Those below the directory's values say only what a
// line looks like.
var speakers = []speaker{
	{"signs", "_______", asOrnament, func(_ *author, s string) bool { return plain(s) == "" && !strings.ContainsRune(s, object) }},
	{"a picture", "[cid:image001.png@01DB]", asPicture, func(_ *author, s string) bool { return isPicture(s) }},
	{"a line of the block", "", asBlock, func(a *author, s string) bool { return a.blocks[string(squeeze(s))] }},
	{"the name", "Dr. Alice Muster (she/her)", asName, func(a *author, s string) bool { return a.named(s) == fullName }},
	{"the name in other letters", "", asPost, (*author).transliterated},
	{"the given name", "Alice", asGivenName, func(a *author, s string) bool { return a.named(s) == firstName }},
	{"a value", "Head of Sales", asOwnData, (*author).isValue},
	{"words of values", "Sales, Contoso GmbH", asOwnData, (*author).isOfValues},
	{"their own numbers and addresses", "Tel. +49 30 1234567 | alice@contoso.com", asOwnData, func(a *author, s string) bool { own, all := a.contacts(s); return own && all }},
	{"numbers and addresses", "Fax: +49 30 99 / www.contoso.com", asData, func(a *author, s string) bool { _, all := a.contacts(s); return all }},
	{"degrees and pronouns", "B.Sc., MBA (she/her)", asPost, func(_ *author, s string) bool { return utf8.RuneCountInString(plain(s)) > 1 && len(nameWords(s)) == 0 }},
	{"a notice", "This e-mail is confidential.", asLegal, func(_ *author, s string) bool { return isNotice(s) }},
	{"a line of the register", "Amtsgericht Charlottenburg, HRB 12345", asLegal, func(_ *author, s string) bool { return register.count(s) > 0 && !isProse(s) }},
	{"print, follow, meet", "Please consider the environment before printing.", asHabit, func(_ *author, s string) bool { return isHabit(s) }},
	{"hours", "Office hours: Mon to Fri, 8:30-16:00", asHabit, func(_ *author, s string) bool { return tellsTimes(s) }},
	{"the company's site", "Our website: www.contoso.com", asData, (*author).leadsHome},
	{"a title or department", "Senior Engineer", asPost, func(_ *author, s string) bool { return titles.count(s) > 0 && !isProse(s) }},
	{"a company", "Fabrikam Pumps Ltd", asPost, func(_ *author, s string) bool { return companies.count(s) > 0 && !isProse(s) }},
	{"a street", "Gauge Street 7", asPlace, func(_ *author, s string) bool { return digits(s) != "" && streets.count(s) > 0 && !isProse(s) }},
	{"a city or country", "04-366 Warszawa", asPlace, func(_ *author, s string) bool { return isCity(s) }},
}

// piecesAt are the signs at which a line is cut in pieces, the strongest first.
var piecesAt = []*regexp.Regexp{
	regexp.MustCompile(`\s*[|│•·▪■♦●∙‖¦❘⏐›»]\s*|\s{3,}|\t`),
	regexp.MustCompile(`\s+[-–—~]+\s+|\s*;\s*|\s+/+\s+`),
	regexp.MustCompile(`\s*[,，、]\s*`),
	regexp.MustCompile(`\s*:\s+|\s*/\s*`),
}

// means is what a line is, with what its pieces are.
func (a *author) means(text string) (line meaning, pieces []meaning) {
	text = strings.Trim(bulleted.ReplaceAllString(text, ""), " ")
	if m, ms := a.nameAndMore(text); m != asNothing {
		return m, ms
	}
	if m := a.whole(text); m != asNothing {
		return m, []meaning{m}
	}
	for _, at := range piecesAt {
		if m, ms := a.cut(at.Split(text, -1)); m != asNothing {
			return m, ms
		}
	}
	return asNothing, nil
}

var bulleted = regexp.MustCompile(`^[•·▪■♦●∙>|]+\s*`)

// whole is what a text is as one piece.
func (a *author) whole(text string) meaning {
	for i := range speakers {
		if speakers[i].is(a, text) {
			return speakers[i].means
		}
	}
	return asNothing
}

// cut is what a line is whose every piece is something.
func (a *author) cut(texts []string) (line meaning, pieces []meaning) {
	if len(texts) < 2 {
		return asNothing, nil
	}
	for _, text := range texts {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		m, ms := a.means(text)
		if m == asNothing {
			return asNothing, nil
		}
		pieces = append(pieces, ms...)
	}
	return slices.MinFunc(pieces, byWeight), pieces
}

// byWeight orders what a line means by what tells most.
func byWeight(x, y meaning) int { return weight(x) - weight(y) }

func weight(m meaning) int {
	return slices.Index([]meaning{asName, asOwnData, asBlock, asGivenName, asData, asPost, asPlace, asLegal, asHabit, asPicture, asOrnament, asNothing}, m)
}

// nameAndMore is a line that begins with the name and goes on without a sign:
// "Alice Muster Head of Sales".
func (a *author) nameAndMore(text string) (line meaning, pieces []meaning) {
	const most = 4 // words of a name
	at := 0
	for n := 0; n < most; n++ {
		i := strings.IndexByte(text[at:], ' ')
		if i < 0 {
			return asNothing, nil
		}
		at += i + 1
		if a.named(text[:at]) != fullName {
			continue
		}
		if m, ms := a.means(text[at:]); m != asNothing {
			return asName, append(ms, asName)
		}
	}
	return asNothing, nil
}

// transliterated reports whether a text is the name in Latin letters, where the directory
// has others: a word of it stands in their address.
func (a *author) transliterated(text string) bool {
	words := tokens(strings.ToLower(text))
	if len(words) < 2 || len(words) > 3 || len(a.names) == 0 || latin(strings.Join(a.names[0], "")) || !latin(text) {
		return false
	}
	return slices.ContainsFunc(a.addresses, func(address string) bool {
		local, _, _ := strings.Cut(address, "@")
		return slices.ContainsFunc(strings.FieldsFunc(local, func(r rune) bool { return !unicode.IsLetter(r) }), func(w string) bool { return slices.Contains(words, w) })
	})
}

// latin reports whether a text has no letters but Latin ones.
func latin(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) })
}

func (a *author) isValue(text string) bool {
	s := plain(text)
	return s != "" && slices.Contains(a.values, s)
}

// isOfValues reports whether all words of a text are of the directory's values.
func (a *author) isOfValues(text string) bool {
	words := tokens(text)
	for _, w := range words {
		if !a.words[plain(w)] && plain(w) != "" {
			return false
		}
	}
	return len(words) > 0
}

var (
	email    = regexp.MustCompile(`[\pL\pN._%+'-]+@[\pL\pN.-]+\.[\pL]{2,}`)
	webHost  = regexp.MustCompile(`(?i)(?:https?://)?(?:www\.)?(?:[\pL\pN-]+\.)+(?:[a-z]{2,14})(?:/[^\s<>|]*)?`)
	phone    = regexp.MustCompile(`[+＋(]?\d[\d\s()/.\-–+]{4,}\d(?:\s*(?:x|ext\.?|-|–)\s*\d{1,5})?`)
	shortExt = regexp.MustCompile(`(?:-|x|ext\.?|dw|int\.?)\s*\d{1,5}\b`)
)

// contacts reports whether a text is nothing but numbers and addresses with their
// labels, and whether one of them is the author's own.
func (a *author) contacts(text string) (own, all bool) {
	text = strings.ToLower(text)
	found := false
	rest := bracketedLink.ReplaceAllStringFunc(text, func(string) string { found = true; return " " })
	rest = email.ReplaceAllStringFunc(rest, func(s string) string {
		local, host, _ := strings.Cut(s, "@")
		switch {
		case slices.Contains(a.addresses, s):
			own = true
		case !rolesOf.has(local) && !slices.Contains(a.hosts, host), personally(local) && !rolesOf.has(local):
			return "§" // another person's
		}
		found = true
		return " "
	})
	rest = webHost.ReplaceAllStringFunc(rest, func(s string) string {
		if !isHomepage(s) {
			return s
		}
		found = true
		return " "
	})
	rest = phone.ReplaceAllStringFunc(rest, func(s string) string {
		d := digits(s)
		if len(d) < 6 || len(d) > 20 {
			return s
		}
		own = own || slices.ContainsFunc(a.numbers, func(n string) bool { return strings.Contains(d, n) })
		found = true
		return " "
	})
	rest = shortExt.ReplaceAllStringFunc(rest, func(string) string { found = true; return " " })
	words := tokens(rest)
	for _, w := range words {
		for _, w := range strings.FieldsFunc(w, func(r rune) bool { return r == '/' || r == '.' || r == '|' }) {
			if !labels.has(w) && (plain(w) != "" || w == "§") {
				return own, false
			}
		}
	}
	return own, found || len(words) == 1 && strings.HasSuffix(text, ":") // its number stands in the next cell
}

// personally reports whether the local part of an address looks like somebody's
// name rather than a role.
func personally(local string) bool { return !strings.ContainsAny(local, "0123456789") }

// isHomepage reports whether an address of the web is one that signatures have,
// not one of a document.
func isHomepage(s string) bool {
	_, path, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://"), "/")
	return strings.Count(strings.Trim(path, "/"), "/") <= 1 && len(path) < 60 && !strings.ContainsAny(path, "?&=") && !strings.Contains(path, ".")
}

var (
	placeholder = regexp.MustCompile(`(?i)^(?:[\[<(](?:cid:|https?://|image|img|logo|bild|picture|grafik|description|photo|foto|inline|embedded|data:)[^\]>]*[\]>)]\s*(?:<[^>]*>)?\s*)+$`)
	altText     = regexp.MustCompile(`^\[[^\]]{1,60}\](?:<[^>]*>)?$`)
)

// isPicture reports whether a text is nothing but pictures, or what plain text has
// in their place.
func isPicture(s string) bool {
	if strings.Trim(s, string(object)+" ") == "" && s != "" {
		return true
	}
	return placeholder.MatchString(s) || altText.MatchString(s)
}

// isNotice reports whether a text is a notice about who may read the mail.
func isNotice(s string) bool {
	n := notice.count(s)
	for _, g := range noticeGlyphs {
		n += strings.Count(s, g)
	}
	const each = 25 // words for one that tells
	return n >= 2 && len(tokens(s)) <= each*n
}

// isHabit reports whether a text asks not to print, to follow or to meet, or
// tells hours: with no more words of other things than such a line has.
func isHabit(s string) bool {
	const most = 30
	if !habits.hasIn(s) && !containsAny(s, habitGlyphs) {
		return false
	}
	asks := habits.count(s) > 1 || strings.Contains(s, "print") || containsAny(s, habitGlyphs)
	return len(tokens(s)) <= most && (asks || !isProse(s))
}

// tellsTimes reports whether a text has nothing but days, times of day and the words of a
// line about hours.
func tellsTimes(s string) bool {
	const fewest = 3 // words of it
	if containsAny(s, timeGlyphs) && digits(s) != "" {
		return true
	}
	n := 0
	for _, w := range tokens(strings.ToLower(s)) {
		for _, part := range strings.FieldsFunc(w, func(r rune) bool { return strings.ContainsRune("-–~〜/.&", r) }) {
			if !times.has(part) && strings.Trim(part, "0123456789h:.apm") != "" {
				return false
			}
			n++
		}
	}
	return n >= fewest
}

// leadsHome reports whether a text is the address of a page of the company's site behind
// words that name it.
func (a *author) leadsHome(s string) bool {
	found := false
	rest := webHost.ReplaceAllStringFunc(strings.ToLower(s), func(link string) string {
		found = found || isHomepage(link)
		return " "
	})
	return found && !slices.ContainsFunc(tokens(rest), func(w string) bool { return !siteWords.has(w) })
}

func (v *vocab) hasIn(s string) bool { return v.count(s) > 0 }

var city = regexp.MustCompile(`^(?:[\pL]{1,3}[- ])?(?:\d{3} \d{2}|\d{2}-\d{3}|\d{4}-\d{3}|\d{3,7}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d)?(?: ?[A-Z]{2})?[ ,]*(?:\p{Lu}|\p{Lo})[\pL.'’-]*(?:[ -/]+[\pL.'’-]+){0,4}(?:[ ,]+(?:[A-Z]{2} )?(?:\d{4,6}|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}))?$`)

// isCity reports whether a text is a city with its postal code, or a country.
func isCity(s string) bool {
	if isProse(s) {
		return false
	}
	if words := tokens(strings.ToLower(s)); len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !countries.has(w) }) {
		return true
	}
	if strings.HasPrefix(s, "〒") {
		return true
	}
	d := digits(s)
	return len(d) >= 3 && len(d) <= 8 && city.MatchString(s)
}

// isProse reports whether a text is of sentences or of a form, not of data.
func isProse(s string) bool {
	const most = 14
	words := tokens(strings.ToLower(s))
	return len(words) > most || personal(words) || containsAny(s, personalGlyphs) || strings.ContainsAny(s, "?？!！") || slices.ContainsFunc(words, ticket.has)
}

// personal reports whether words are said by somebody to somebody.
func personal(words []string) bool {
	return slices.ContainsFunc(words, personalWords.has)
}

// addressesSomebody reports whether a line reads as one that the author wrote to
// somebody: a question, a greeting, a request, an answer, an announcement.
func addressesSomebody(text string) bool {
	s := strings.TrimSpace(text)
	words := tokens(strings.ToLower(s))
	const few = 2
	return strings.HasSuffix(s, ":") || strings.HasSuffix(s, "：") || strings.ContainsAny(s, "?？؟") || containsAny(s, personalGlyphs) ||
		slices.ContainsFunc(words, ticket.has) || len(words) > few && personal(words)
}

// closes reports whether a text is a closing such as "Best regards".
func closes(text string) bool {
	words := tokens(strings.ToLower(text))
	const most = 8
	if len(words) == 0 || len(words) > most {
		return false
	}
	return closing.count(text) > 0 && !strings.ContainsAny(text, "?:")
}
