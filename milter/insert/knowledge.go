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
	if k.asksNotToPrint(bare, p) || scanPhrases.In(p) && k.isEntry(bare, "", known.ScanStock) {
		return said{sense: usual}
	}
	if selfPhrases.In(p) && cautionPhrases.In(p) && k.nothingBut(bare, known.NoticeStock) || copyrighted(p) {
		return said{sense: usual, told: true}
	}
	if heading := strings.Trim(p, " :：.*_"); headingPhrases.Begins(heading) == heading || presencePhrases.Begins(heading) == heading {
		return said{sense: between}
	}
	if isSlogan(bare) {
		return said{sense: between}
	}
	if begin := strings.TrimLeft(p, " *_>-–•→"); k.aboutPrivacy(bare, begin) || k.tellsAlways(bare, begin) {
		return said{sense: usual, told: true}
	}
	l := k.dataLine(bare, p)
	l.weigh(l.pieces())
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
func (k *knowledge) aboutPrivacy(text, plain string) bool {
	const few, oneIn = 4, 3 // words behind the phrase; of them one may be another
	phrase := privacyPhrases.Begins(plain)
	if phrase == "" || strings.ContainsAny(plain, "?!@") {
		return false
	}
	rest := strings.Fields(plain[len(phrase):])
	if k.isEntry(text, phrase, known.PrivacyStock) && (len(rest) <= few && digitsOf(plain) == "" || k.nothingBut(text, known.PrivacyStock)) {
		return true
	}
	linked := slices.ContainsFunc(rest, func(w string) bool { return isLink(strings.Trim(w, ".,:;<>()")) })
	told := linked || lawPhrases.In(plain) || companyPhrases.In(plain)
	return told && !isSpoken(plain) && k.sentenceWords(text, known.PrivacyStock)*oneIn <= wordsBeside(text, phrase)
}

// tellsAlways reports whether a line in plain form is a sentence that signatures have
// below their data: when somebody works, where the company is at a fair, by which terms
// it works, what it is certified by.
func (k *knowledge) tellsAlways(text, plain string) bool {
	if strings.Contains(plain, "?") {
		return false
	}
	meets := presencePhrases.Begins(plain) != "" || invitationPhrases.Begins(plain) != "" || meetingPhrases.Begins(plain) != ""
	switch {
	case meets && standPhrases.In(plain) && digitsOf(plain) != "":
		return true
	case strings.Contains(plain, "!"):
		return false
	case known.Concludes(text) && k.tellsHours(text, plain):
		return true
	}
	if phrase := termPhrases.First(plain); phrase != "" && k.isEntry(text, phrase, known.TermStock) {
		return true
	}
	return certified(plain) && k.isEntry(text, "", known.AccreditationStock)
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
