package insert

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sigmilter/milter/insert/known"
)

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
		if _, after, labelled := strings.Cut(word, ":"); labelled && !strings.HasPrefix(after, "//") { // "mailto:", "web:", "官网:"
			word = after
		}
		switch {
		case strings.Contains(word, "@"):
			word = word[strings.LastIndexByte(word, ':')+1:]
			l.address(word)
		case isLink(word) && !namesFile(word):
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
	case local == "" && socialPhrases.In(l.rest): // "Instagram @contoso"
		l.found = true
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

// namesFile reports whether a link leads to a document, which is what a letter is about.
func namesFile(link string) bool {
	_, kind, _ := strings.Cut(link[strings.LastIndexByte(link, '/')+1:], ".")
	return strings.Contains(link, "/") && fileKinds[kind]
}

var fileKinds = known.WordSet("pdf doc docx xls xlsx ppt pptx odt ods zip txt csv dwg step jpg jpeg png mp4 ics")

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
