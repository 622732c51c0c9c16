package insert

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sigmilter/milter/insert/known"
)

// knowledge is what is known of a person, ready to be compared with the lines of one
// message.
type knowledge struct {
	*facts
	heard map[string]said // what was read lately
}

// facts are what the directory says of a person, in the form in which it is compared.
// They are made once and not changed.
type facts struct {
	names     names
	values    []value // the longest first
	addresses []string
	domains   []string
	script    *unicode.RangeTable // of the name, nil for none
	words     map[string]bool     // those of all values
	begins    [128]bool           // the letters that words of the name may begin with, as people write them
}

// begunAs are the letters that a word may begin with in place of that of its key.
var begunAs = []struct{ written, key byte }{{'y', 'i'}, {'j', 'i'}, {'w', 'v'}, {'k', 'h'}, {'k', 'x'}}

// value is a directory value in plain form.
type value struct {
	text   string
	digits string // the last of a phone number, "" for any other value
	role   bool   // what somebody is
}

const (
	mostValues   = 60 // of a person that are looked for
	numberDigits = 7  // by which a phone number is known however it is written
)

func know(p *Person) *knowledge {
	if p.known == nil {
		p.Prepare()
		p.known = &knowledge{facts: p.facts}
	}
	return p.known
}

// Prepare makes what messages are compared with, once for all copies of the person that
// are made later, and for all their goroutines.
func (p *Person) Prepare() {
	if p.facts == nil {
		p.facts = newFacts(p)
	}
}

func newFacts(p *Person) *facts {
	k := &facts{names: namesOf(p), script: script(p.Name), words: map[string]bool{}}
	for _, w := range k.names.all() {
		k.begins[w[0]&0x7f] = true
	}
	for _, as := range begunAs {
		k.begins[as.written] = k.begins[as.written] || k.begins[as.key]
	}
	for _, a := range p.Addresses {
		a = known.PlainForm(a)
		k.addresses = append(k.addresses, a)
		if _, domain, ok := strings.Cut(a, "@"); ok {
			k.domains = append(k.domains, domain)
		}
	}
	for _, v := range p.Roles {
		k.addValue(v, true)
	}
	for _, v := range p.Values {
		k.addValue(v, false)
	}
	slices.SortStableFunc(k.values, func(a, b value) int { return len(b.text) - len(a.text) })
	k.values = k.values[:min(len(k.values), mostValues)]
	return k
}

// addValue adds what an attribute holds, which may be several numbers.
func (k *facts) addValue(v string, role bool) {
	for _, piece := range strings.FieldsFunc(v, func(r rune) bool { return r == ';' || r == '\n' }) {
		if d := digitsOf(known.PlainForm(piece)); len(d) >= numberDigits && len(d)*2 >= len(piece) || strings.Count(piece, "+") > 1 {
			for n := range strings.SplitSeq(piece, ",") {
				if d := digitsOf(known.PlainForm(n)); len(d) >= numberDigits {
					k.values = append(k.values, value{text: known.PlainForm(known.Visible(n)), digits: d[len(d)-numberDigits:]})
				}
			}
			continue
		}
		text := known.PlainForm(known.Visible(piece))
		if utf8.RuneCountInString(text) < 2 {
			continue
		}
		k.values = append(k.values, value{text: text, role: role})
		for _, w := range wordsOf(text) {
			k.words[w] = true
		}
	}
}

// wordsOf are the words and numbers of a text in plain form.
func wordsOf(plain string) []string {
	return strings.FieldsFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}

// sense is what speaks for a line in a signature, the weakest first.
type sense uint8

const (
	strange sense = iota // somebody else's data, a form, a question: it speaks against
	unsaid               // nothing speaks for it
	between              // reads like an address or a title: counts between other lines
	hollow               // a picture, a row of signs: likewise
	likely               // reads like a company, a title where titles stand: counts below others
	usual                // what nothing but a signature holds: labelled numbers, links, registers
	theirs               // nothing but the person's own data
)

// said is what a line says.
type said struct {
	sense    sense
	values   uint64 // which of the person's values are in it
	phone    bool   // one of them is a number
	mail     bool   // one of them is an address
	role     bool   // one of them says what they are
	title    bool   // reads like what somebody is or where they work
	told     bool   // what signatures tell in sentences: when somebody works, by which terms
	reach    bool   // there is a number, an address or a link of anybody's
	unknown  bool   // there is a number without a label that is not theirs
	pictured bool   // it is nothing but a picture
}

// Limits of a line that holds data.
const (
	longestData  = 300 // bytes
	shortestData = 4
	mostPieces   = 40 // no line of a signature has so many
)

// read says what speaks for a line. Signatures are looked for in several ways and from
// many lines on, so what was read lately is kept.
func (k *knowledge) read(text string) said {
	const most = 256 // lines
	if s, ok := k.heard[text]; ok {
		return s
	}
	if len(k.heard) == most || k.heard == nil {
		k.heard = map[string]said{}
	}
	s := k.readAnew(text)
	k.heard[text] = s
	return s
}

func (k *knowledge) readAnew(text string) said {
	bare := known.WithoutImages(text)
	switch {
	case bare == "":
		return said{sense: hollow, pictured: true}
	case !strings.ContainsFunc(bare, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
		return said{sense: hollow}
	case len(bare) > longestData, len(bare) <= shortestData && oneLetter(lettersOf(bare)): // "-a" labels nothing
		return said{sense: unsaid}
	}
	p := known.PlainForm(bare)
	if printPhrases.In(p) {
		return said{sense: usual}
	}
	if begin := strings.TrimLeft(p, " *_>-–•→"); k.aboutPrivacy(begin) || tellsAlways(begin) {
		return said{sense: usual, told: true}
	}
	l := &dataLine{k: k, text: bare, rest: p, label: strings.ContainsAny(p, "☎✆📞📱📠")}
	l.takeLinks()
	l.takeWords()
	l.takeNumbers()
	l.takeValues()
	l.takeOfficers()
	l.weigh()
	if label := strings.TrimRight(p, " :：."); endsInColon(bare) && isLabel(label) { // its value stands in the next cell
		return said{sense: between}
	}
	if known.LeadsOn(bare) && strings.ContainsAny(bare[len(bare)-1:], ":") || strings.HasSuffix(bare, "：") || strings.HasSuffix(bare, "?") || strings.HasSuffix(bare, "？") {
		l.said.sense = strange
	}
	return l.said
}

// aboutPrivacy reports whether a line tells who answers for personal data, or where
// that is told: it begins so, and has a link, a law, a company or hardly anything
// else in it.
func (k *knowledge) aboutPrivacy(plain string) bool {
	const few = 4 // words behind the phrase
	phrase := privacyPhrases.Begins(plain)
	if phrase == "" || strings.ContainsAny(plain, "?!@") {
		return false
	}
	rest := strings.Fields(plain[len(phrase):])
	if len(rest) <= few && !known.Concludes(plain) && digitsOf(plain) == "" {
		return true
	}
	linked := slices.ContainsFunc(rest, func(w string) bool { return isLink(strings.Trim(w, ".,:;<>()")) })
	return linked || lawPhrases.In(plain) || companyPhrases.In(plain)
}

// tellsAlways reports whether a line in plain form is a sentence that signatures have
// below their data: when somebody works, where the company is at a fair, by which terms
// it works, what it is certified by.
func tellsAlways(plain string) bool {
	if strings.Contains(plain, "?") {
		return false
	}
	meets := presencePhrases.Begins(plain) != "" || invitationPhrases.Begins(plain) != "" || meetingPhrases.Begins(plain) != ""
	switch {
	case meets && standPhrases.In(plain):
		return true
	case strings.Contains(plain, "!"):
		return false
	case presencePhrases.Begins(plain) != "" && known.Concludes(plain):
		return true
	}
	return termPhrases.In(plain) || certified(plain)
}

// certified reports whether a line in plain form names a certificate by its number, with
// few words beside: "Certifiée ISO 9001 et ISO 14001".
func certified(plain string) bool {
	const most = 10 // words
	words := wordsOf(plain)
	if len(words) > most {
		return false
	}
	for i, w := range words {
		if i+1 < len(words) && standards[w] && len(words[i+1]) > 2 && digitsOf(words[i+1]) == words[i+1] {
			return true
		}
	}
	return false
}

// standards stand before the numbers of certificates.
var standards = known.WordSet("iso iec iatf ohsas")

// dataLine is a line whose data are taken out of it one after the other; what is
// left must be explained by the words of signatures.
type dataLine struct {
	k       *knowledge
	text    string // as it stands there
	said    said
	rest    string // in plain form, with taken between pieces in place of what was taken
	found   bool   // anything that a signature holds
	foreign bool   // somebody else's address
	label   bool   // a label stands before a number
	legal   bool   // a register or a tax is named
	entered bool   // its piece was gone over
	street  bool   // a street and its number are named
	hours   bool   // it begins as a line about when somebody works
	social  bool   // it names a service where the person or the company is
}

const taken = "|"

// takeLinks takes out what clients write in brackets when they turn a link or a
// picture into text: "[cid:image001.png@...]", "<https://...>".
func (l *dataLine) takeLinks() {
	if !strings.ContainsAny(l.rest, "<[(") {
		return
	}
	var b strings.Builder
	rest := l.rest
	for {
		i := strings.IndexAny(rest, "<[(")
		if i < 0 {
			break
		}
		end := strings.IndexByte(rest[i:], closes[rest[i]])
		if end > 0 && isLinkNumber(rest[i:i+end+1]) {
			b.WriteString(rest[:i] + taken)
			rest = rest[i+end+1:]
			continue
		}
		if end < 0 || !linkInBrackets(rest[i+1:i+end]) {
			b.WriteString(rest[:i+1])
			rest = rest[i+1:]
			continue
		}
		l.found, l.said.reach = true, true
		b.WriteString(rest[:i] + taken)
		rest = rest[i+end+1:]
	}
	l.rest = b.String() + rest
}

var closes = map[byte]byte{'<': '>', '[': ']', '(': ')'}

// linkInBrackets reports whether what stands in brackets is an address of
// something, or the name of a picture.
func linkInBrackets(s string) bool {
	for _, scheme := range []string{"cid:", "http:", "https:", "tel:", "www.", "mailto:", "callto:", "sip:"} {
		if strings.HasPrefix(s, scheme) {
			return true
		}
	}
	for _, kind := range []string{".png", ".jpg", ".jpeg", ".gif", ".svg", ".bmp"} {
		if strings.HasSuffix(s, kind) {
			return true
		}
	}
	return pictureWords[s] || dialled(s)
}

// dialled reports whether a text is a number as Gmail writes where a link to it leads:
// "+49%2030%205550101".
func dialled(s string) bool {
	return strings.HasPrefix(s, "+") && len(digitsOf(s)) >= numberDigits && strings.Trim(s, "+0123456789%-") == ""
}

// pictureWords are what clients write in brackets for a picture without a name.
var pictureWords = known.WordSet("image picture logo bild photo foto immagine imagen imagem afbeelding billede bilde kuva obraz obrazek kep рисунок изображение 图片 画像 그림 banner signature")

// takeWords takes out the words that are mail addresses or links.
func (l *dataLine) takeWords() {
	if !strings.ContainsAny(l.rest, "@.") {
		return
	}
	fields := strings.FieldsFunc(l.rest, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("|•·●<>()[]{},;\"'，；、：", r)
	})
	for _, f := range fields {
		word := strings.Trim(f, ".:*_!")
		for _, label := range []string{"mailto:", "e-mail:", "email:", "mail:", "e:", "m:", "web:", "w:", "i:", "www:"} {
			word = strings.TrimPrefix(word, label)
		}
		switch {
		case strings.Contains(word, "@"):
			word = word[strings.LastIndexByte(word, ':')+1:]
			l.address(word)
		case isLink(word):
			l.found, l.said.reach = true, true
		default:
			continue
		}
		l.rest = strings.Replace(l.rest, word, taken, 1)
	}
}

// address weighs a mail address.
func (l *dataLine) address(a string) {
	l.said.reach = true
	local, domain, _ := strings.Cut(a, "@")
	switch own := slices.Contains(l.k.domains, domain); {
	case local == "" || !strings.Contains(domain, "."): // a handle, a word with a sign
		l.foreign = true
	case slices.Contains(l.k.addresses, a):
		l.found, l.said.mail = true, true
		l.said.values |= 1 << 63
	case own && l.k.names.addressed(local), desks[local]:
		l.found = true
	default:
		l.foreign = true
	}
}

// addressed reports whether the local part of an address has the person's surname,
// or their given name and nothing else.
func (n *names) addressed(local string) bool {
	words := nameWords(strings.ReplaceAll(local, "_", " "))
	if len(words) == 1 && slices.Contains(n.given, words[0]) {
		return true
	}
	strangers := 0
	for _, w := range words {
		if utf8.RuneCountInString(w) > 1 && !n.has(w) {
			strangers++
		}
	}
	return strangers == 0 && slices.ContainsFunc(words, func(w string) bool { return slices.Contains(n.surname, w) })
}

// desks are mailboxes of a company, not of a person.
var desks = known.WordSet("info office mail post kontakt contact contacto contato contatti contatto kontor sales service support hello hallo welcome team help helpdesk zentrale vertrieb verkauf einkauf buchhaltung rechnung presse jobs hr admin secretariat sekretariat direction accueil commercial ventas ventes vendite vendas compras acquisti achats amministrazione administracion comercial biuro sekretariat obchod sprzedaz iroda ertesites posta bilgi satis marketing datenschutz privacy export import order orders bestellung reception poststelle myynti toimisto firmapost postmottak registrator")

// domainEnds are what the name of a site ends in, where no scheme says that it is one.
var domainEnds = known.WordSet("com net org info biz eu de at ch li fr be lu nl uk ie dk no se fi is pl cz sk hu ro bg gr tr it es pt cat eus gal ru ua by rs hr si ba mk al ee lv lt us ca mx br ar cl co pe au nz jp cn kr tw hk sg my id th vn in il jo ae sa eg za ma tn ke ng io ai app dev tech shop group online cloud digital company example international global energy solutions systems agency consulting health care legal academy university edu gov coop berlin hamburg wien swiss brussels paris london")

// isLink reports whether a word in plain form is the address of a site.
func isLink(word string) bool {
	if strings.Contains(word, "://") || strings.HasPrefix(word, "www.") {
		return true
	}
	host, _, _ := strings.Cut(word, "/")
	at := strings.LastIndexByte(host, '.')
	if at <= 0 || len(host) < len("a1.de") || !domainEnds[host[at+1:]] {
		return false
	}
	for _, part := range strings.Split(host, ".") {
		if len(part) < 2 || strings.HasPrefix(part, "-") || strings.HasSuffix(part, "-") || strings.ContainsFunc(part, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' }) {
			return false
		}
	}
	return true
}

// takeNumbers takes out phone numbers. One that is not theirs counts when a label
// stands on the line.
func (l *dataLine) takeNumbers() {
	const fewest = 6
	for from := 0; from < len(l.rest); {
		start := strings.IndexAny(l.rest[from:], "+0123456789(")
		if start < 0 {
			return
		}
		start += from
		end, digits := numberAt(l.rest, start)
		from = max(end, start+1)
		number := l.rest[start:end]
		whole := !letterBefore(l.rest, start) && !letterAfter(l.rest, end)
		if len(digits) < fewest || !whole || strings.HasSuffix(strings.TrimRight(l.rest[:start], " "), "〒") || len(digits) < numberDigits && !strings.ContainsAny(number, " -/") {
			continue
		}
		l.number(digits)
		l.rest = l.rest[:start] + taken + l.rest[end:]
		from = start + 1
	}
}

// numberAt is where a phone number that may begin at a place ends, and its digits.
func numberAt(s string, start int) (end int, digits string) {
	end = start
	for i := start; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			end = i + 1
		case c == ' ' && strings.HasPrefix(s[i:], " - ") && !directDial(s[i+len(" - "):]):
			return end, digitsOf(s[start:end])
		case strings.IndexByte(" .-/()+", c) >= 0 && !(c == '+' && i > start && s[i-1] != '('):
		default:
			return end, digitsOf(s[start:end])
		}
	}
	return end, digitsOf(s[start:end])
}

// directDial reports whether a text begins with the few digits of a direct dial and
// nothing else up to the end of its piece: "+49 (40) 55 50 - 126".
func directDial(s string) bool {
	const longest = 4
	n := len(s) - len(strings.TrimLeft(s, "0123456789"))
	rest := strings.TrimLeft(s[n:], " ")
	next, _ := utf8.DecodeRuneInString(rest)
	return n > 0 && n <= longest && (rest == "" || next != '-' && setsApart(next))
}

func letterBefore(s string, at int) bool {
	if at == 0 {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(s[:at])
	labelled := s[at] == '+' && (at == 1 || s[at-2] == ' ' || s[at-2] == '|') // "T+49"
	return known.Spaced(r) && !labelled
}

func letterAfter(s string, at int) bool {
	r, _ := utf8.DecodeRuneInString(s[at:])
	return known.Spaced(r)
}

func (l *dataLine) number(digits string) {
	l.said.reach = true
	for i, v := range l.k.values {
		if v.digits != "" && strings.Contains(digits, v.digits) {
			l.found, l.said.phone = true, true
			l.said.values |= 1 << i
			return
		}
	}
	l.said.unknown = true
}

// takeValues takes out the person's other values where they stand as words.
func (l *dataLine) takeValues() {
	for i, v := range l.k.values {
		if v.digits != "" {
			continue
		}
		for from := 0; ; {
			at := strings.Index(l.rest[from:], v.text)
			if at < 0 {
				break
			}
			at += from
			if !known.WordAt(l.rest, at, at+len(v.text)) {
				from = at + len(v.text)
				continue
			}
			l.found = true
			l.said.values |= 1 << i
			l.said.role = l.said.role || v.role
			l.rest = l.rest[:at] + taken + l.rest[at+len(v.text):]
			from = at + 1
		}
	}
}

// takeOfficers takes out those who lead the company, with their names.
func (l *dataLine) takeOfficers() {
	for i := range l.rest {
		if i > 0 && !strings.ContainsRune("|,;/•· ", rune(l.rest[i-1])) {
			continue
		}
		phrase := officerPhrases.At(l.rest, i)
		if phrase == "" {
			continue
		}
		after := strings.TrimLeft(l.rest[i+len(phrase):], " (in)/*")
		names, ok := strings.CutPrefix(strings.Replace(after, "：", ":", 1), ":")
		if names = strings.TrimSpace(names); !ok || names == "" || strings.HasPrefix(names, taken) {
			continue
		}
		l.rest, l.found = l.rest[:i], true
		return
	}
}

// setsApart reports whether a character stands between the pieces of a line.
func setsApart(r rune) bool {
	return strings.ContainsRune("|•·●∙│┃¦–—‖,;/\t◦▪►»※，、；｜・", r) || unicode.Is(unicode.So, r) && !strings.ContainsRune("°№™®©〒", r)
}

// inOnePiece spells what has a sign in it that sets pieces apart.
var inOnePiece = strings.NewReplacer(" - ", taken, "邮编:", taken+"邮编"+taken, "郵編:", taken+"邮编"+taken, "c/ ", "calle ", " a/s", " as", "(株)", " 株式会社", "(주)", " 주식회사")

// weigh says what the line is by the pieces that are left of it.
func (l *dataLine) weigh() {
	lowest := theirs
	var pieces []string
	for _, piece := range strings.FieldsFunc(inOnePiece.Replace(l.rest), setsApart) {
		piece = strings.Trim(piece, " .*_()[]<>-–\"'~+=#")
		if strings.Trim(piece, " :：.") != "" {
			pieces = append(pieces, piece)
		}
	}
	if len(pieces) > mostPieces {
		l.said.sense = strange
		return
	}
	pieces = withHouseNumbers(pieces)
	l.legal = slices.ContainsFunc(pieces, l.registered)
	l.street = slices.ContainsFunc(pieces, isStreet)
	l.social = slices.ContainsFunc(pieces, social)
	l.hours = len(pieces) > 0 && presencePhrases.Begins(pieces[0]) != "" && !known.Concludes(l.rest)
	for _, piece := range pieces {
		lowest = min(lowest, l.piece(piece))
	}
	if l.legal { // its numbers call nobody
		l.said.unknown, l.said.reach = false, l.said.phone || l.said.mail
	}
	switch {
	case l.foreign:
		l.said.sense = strange
	case lowest == theirs && !l.found && !l.said.unknown:
		l.said.sense = unsaid
	case lowest > between && l.said.unknown && !l.label:
		l.said.sense = between
	case lowest == usual && l.emptyLabels(): // "Main", "a/main.c"
		l.said.sense = between
	case lowest == between && l.said.values != 0:
		l.said.sense = likely
	case lowest == unsaid && l.said.values != 0 && titular(l.text):
		l.said.sense = between
	default:
		l.said.sense = lowest
	}
}

// emptyLabels reports whether the line has labels with nothing behind them: no data of
// anybody's, no register and no service.
func (l *dataLine) emptyLabels() bool {
	return l.label && !l.found && !l.legal && !l.social && !l.said.reach && l.said.values == 0
}

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
	case l.registered(s):
		l.found, l.label, l.entered = true, true, true
		return usual
	case words <= some && presencePhrases.Begins(s) != "":
		return likely
	case l.said.reach && words <= some && invitationPhrases.Begins(s) != "":
		return likely
	case words <= some && turkishAddress(s):
		return between
	case l.hours && words <= few: // "mo-fr 8:00"
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
	case words <= some && social(s), countryPhrases.Begins(s) == s:
		l.found = true
		return usual
	case l.social && sitePhrases.Begins(s) == s: // "LinkedIn | YouTube | Blog"
		return usual
	case l.found && len(s) < len("100-00010") && strings.Trim(s, "0123456789- ") == "": // an extension, a postal code
		return likely
	case words <= few && l.k.holdsWords(s), words <= few && onlyTitles(s), words <= few && accreditationPhrases.Begins(s) != "" && !isSpoken(s), l.branded(s), l.k.transliterated(s):
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
	label := labelPhrases.Begins(s)
	rest := strings.Trim(s[len(label):], " .:")
	return label != "" && rest != "" && len(rest) <= longest && digitsOf(rest) == rest
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
	if isSpoken(s) {
		return false
	}
	const few, fewest = 3, 4 // words; digits
	said := known.Concludes(l.text) && len(strings.Fields(l.rest)) > few && len(digitsOf(l.rest)) < fewest
	return registered(s) && (!said || incorporated(s))
}

// isSpoken reports whether a text in plain form has words that people say to somebody.
func isSpoken(s string) bool {
	return slices.ContainsFunc(strings.Fields(s), func(w string) bool { return known.Spoken[strings.Trim(w, ",.;")] })
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

// streetEnds are words for streets that languages write together with the name.
var streetEnds = []string{"strasse", "str", "weg", "platz", "allee", "gasse", "ring", "damm", "ufer", "straat", "laan", "plein", "gracht", "kade", "dijk", "vej", "gade", "plads", "veien", "vegen", "gata", "gaten", "gatan", "vagen", "katu", "tie", "kuja", "utca"}

// eastStreets are the signs of addresses in scripts that write words together.
const eastStreets = "路街号區区楼室號町村市県都道丁番階로길구층동"

func endsStreet(s string) bool {
	for _, w := range wordsOf(s) {
		for _, e := range streetEnds {
			if len(w) > len(e)+2 && strings.HasSuffix(w, e) {
				return true
			}
		}
	}
	return false
}

// isStreet reports whether a piece of a line is a street and a number.
func isStreet(s string) bool {
	return digitsOf(s) != "" && (streetPhrases.In(s) || endsStreet(s) || strings.ContainsAny(s, eastStreets))
}

// withHouseNumbers puts the number of a house to its street, where a comma stands
// between them as in the east of Europe: "вул. Портова, 3".
func withHouseNumbers(pieces []string) []string {
	const longest = 4
	var joined []string
	for _, p := range pieces {
		last := len(joined) - 1
		if last >= 0 && len(p) <= longest && digitsOf(p) != "" && p[0] >= '0' && p[0] <= '9' && digitsOf(joined[last]) == "" && (streetPhrases.Begins(joined[last]) != "" || streetPhrases.Ends(joined[last])) {
			joined[last] += " " + p
			continue
		}
		joined = append(joined, p)
	}
	return joined
}

// beside reports whether a piece may stand in an address beside the street: a
// postal code, or the few words of a town.
func beside(s string) bool {
	const words = 3
	if d := digitsOf(s); d != "" {
		return len(d) >= 4 && len(d) <= 7 && len(s)-len(d) <= 2
	}
	return len(strings.Fields(s)) <= words && !articled(s)
}

// turkishAddress reports whether a piece is a street whose number has a label.
func turkishAddress(s string) bool {
	street := unlabelled.Replace(s)
	return street != s && !strings.ContainsAny(street, ":：") && isStreet(street)
}

// unlabelled takes out the labels of numbers in Turkish addresses.
var unlabelled = strings.NewReplacer(" no:", " ", " kat:", " ", " daire:", " ", " d:", " ", " blok:", " ")

// britishCode reports whether two words are a British postal code: "LS1 4DY".
func britishCode(out, in string) bool {
	return len(in) == 3 && in[0] >= '0' && in[0] <= '9' && digitsOf(in[1:]) == "" && known.IsASCII(in) &&
		len(out) >= 2 && len(out) <= 4 && out[0] >= 'a' && out[0] <= 'z' && digitsOf(out) != ""
}

// postal reports whether a text is a postal code and a town, in either order.
func postal(s string) bool {
	if strings.HasPrefix(s, "〒") {
		return true
	}
	words := strings.Fields(strings.ReplaceAll(s, "-", ""))
	const most = 4
	if n := len(words); n > 2 && britishCode(words[n-2], words[n-1]) {
		return true
	}
	if len(words) < 2 || len(words) > most {
		return false
	}
	code := func(w string) bool {
		d := digitsOf(w)
		return len(d) >= 4 && len(d) <= 7 && len(w)-len(d) <= 2
	}
	letters := func(ws []string) bool {
		return !slices.ContainsFunc(ws, func(w string) bool { return digitsOf(w) != "" || utf8.RuneCountInString(w) < 2 })
	}
	if code(words[0]) && letters(words[1:]) {
		return true
	}
	last := len(words) - 1
	return code(words[last]) && letters(words[:last]) && utf8.RuneCountInString(words[last-1]) == 2
}

// tells reports whether lines name the person, or hold a number or an address of
// theirs.
func (k *knowledge) tells(lines []line) bool {
	for i := range lines {
		what := k.read(lines[i].text)
		if how, _ := k.nameLine(lines[i].text); how == fully || what.phone || what.mail {
			return true
		}
	}
	return false
}
