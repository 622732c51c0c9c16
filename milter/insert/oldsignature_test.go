package insert

import (
	"html"
	"slices"
	"strings"
	"testing"

	"sigmilter/milter/insert/known"
)

// People whose old signatures are looked for.
var people = map[string]*Person{
	"alice": {Name: "Alice Muster", Given: "Alice", Surname: "Muster", Addresses: []string{"alice@contoso.com", "a.muster@contoso.com"},
		Roles: []string{"Head of Testing"}, Values: []string{"Testing", "Contoso GmbH", "+49 30 123456-78", "+49 170 9876543", "Gauge Street 7", "Berlin", "10115", "Germany"}},
	"petra": {Name: "Vogel, Petra (DE-BER)", Addresses: []string{"petra@contoso.com"},
		Roles: []string{"Leiterin Einkauf"}, Values: []string{"Contoso GmbH", "+49 30 5550 103", "Gauge Street 7", "10115", "Berlin"}},
	"elodie": {Name: "MARCHAND Élodie", Given: "Élodie", Surname: "Marchand", Addresses: []string{"elodie@contoso.com"},
		Roles: []string{"Responsable des achats"}, Values: []string{"Contoso SAS", "+33 1 99 00 01 22", "3 rue de la Vanne", "69002", "Lyon"}},
	"joerg": {Name: "Joerg Mueller", Given: "Joerg", Surname: "Mueller", Addresses: []string{"joerg@contoso.com"},
		Roles: []string{"Service Engineer"}, Values: []string{"Contoso GmbH", "+49 30 5550 104"}},
	"soren": {Name: "Soren Ostergaard", Given: "Soren", Surname: "Ostergaard", Addresses: []string{"soren@contoso.com"},
		Roles: []string{"Driftsleder"}, Values: []string{"Contoso A/S", "+45 33 55 01 23", "Slusevej 5", "8000", "Aarhus"}},
	"wanda": {Name: "Wanda Krzeminska", Given: "Wanda", Surname: "Krzeminska", Addresses: []string{"wanda@contoso.com"},
		Roles: []string{"Spedytorka"}, Values: []string{"Contoso Sp. z o.o.", "+48 22 555 01 24", "ul. Wiatraczna 9", "Warszawa", "04-366"}},
	"yuki": {Name: "山田 雪", Given: "雪", Surname: "山田", Addresses: []string{"yuki@contoso.com"},
		Roles: []string{"技術部長"}, Values: []string{"技術部", "Contoso株式会社", "+81 3 5550 1001", "東京"}},
	"david": {Name: "דוד לוי", Given: "דוד", Surname: "לוי", Addresses: []string{"david@contoso.com"},
		Roles: []string{"מהנדס"}, Values: []string{"קונטוסו מכשור", "+972 3 555 0100", "תל אביב"}},
	"layla": {Name: "ليلى حداد", Given: "ليلى", Surname: "حداد", Addresses: []string{"layla@contoso.com"},
		Roles: []string{"مهندسة"}, Values: []string{"كونتوسو للأجهزة", "+962 6 555 0107", "عمّان"}},
	"mehmet": {Name: "Mehmet Yilmaz", Given: "Mehmet", Surname: "Yilmaz", Addresses: []string{"mehmet@contoso.com"},
		Roles: []string{"Depo sorumlusu"}, Values: []string{"Contoso A.Ş.", "+90 212 555 01 27", "Rüzgar Sokak 6", "İstanbul"}},
	"catherine": {Name: "Catherine Bell", Given: "Catherine", Surname: "Bell", Nicknames: []string{"Cathy"}, Addresses: []string{"catherine@contoso.com"},
		Roles: []string{"Key Account Manager"}, Values: []string{"Contoso Inc.", "+1 503 555 0128", "220 Harbor Way", "Portland", "97209"}},
	"ivan": {Name: "Ivan Petrov", Given: "Ivan", Surname: "Petrov", Addresses: []string{"ivan@contoso.com"},
		Roles: []string{"Инженер"}, Values: []string{"ООО Контосо", "+7 495 555-01-29"}},
}

// oldCase is a newest text in which the lines between ^ and $ are the old
// signature; none are when nothing may go.
type oldCase struct{ who, text string }

func (c oldCase) split() (text string, gone []string) {
	in := false
	var lines []string
	for _, l := range strings.Split(c.text, "\n") {
		switch {
		case l == "^":
			in = true
		case l == "$":
			in = false
		default:
			lines = append(lines, l)
			if in && l != "" {
				gone = append(gone, known.Visible(l))
			}
		}
	}
	return strings.Join(lines, "\n"), gone
}

// asDivs is a text as webmail writes it, a division for each line.
func asDivs(text string) string {
	var b strings.Builder
	for _, l := range strings.Split(text, "\n") {
		if l == "" {
			l = "<br>"
		} else {
			l = html.EscapeString(l)
		}
		b.WriteString("<div>" + l + "</div>")
	}
	return b.String()
}

// asParagraphs is a text as Word writes it.
func asParagraphs(text string) string {
	var b strings.Builder
	for _, l := range strings.Split(text, "\n") {
		if l == "" {
			l = "&nbsp;"
		} else {
			l = html.EscapeString(l)
		}
		b.WriteString(`<p class="MsoNormal"><span>` + l + "<o:p></o:p></span></p>\n")
	}
	return b.String()
}

// asBreaks is a text as mail programs write it that know line breaks only.
func asBreaks(text string) string {
	return "<div>" + strings.ReplaceAll(html.EscapeString(text), "\n", "<br>") + "</div>"
}

func runOld(t *testing.T, cases []oldCase) {
	t.Helper()
	for _, c := range cases {
		text, gone := c.split()
		for form, in := range map[string]string{"text": text + "\n", "divs": asDivs(text), "paragraphs": asParagraphs(text), "breaks": asBreaks(text)} {
			pl, refusal := Read([]byte(in), Kind{HTML: form != "text"}).Place(testBlock, &all, people[c.who], false)
			if refusal != "" {
				t.Errorf("%s, %s: refused: %s", c.who, form, refusal)
			}
			if !slices.Equal(pl.Removed, gone) {
				t.Errorf("%s, %s:\n%s\n  removed %q\n  want    %q", c.who, form, text, pl.Removed, gone)
			}
		}
	}
}

// TestOtherFormHasRows: the rows around a signature go in both forms.
func TestOtherFormHasRows(t *testing.T) {
	rows := []string{"==========", "Alice Muster", "Test Engineer", "=========="}
	for text, want := range map[string]string{
		"Fine.\n\n==========\nAlice Muster\nTest Engineer\n==========\n": "==========|Alice Muster|Test Engineer|==========",
		"Fine.\n\nAlice Muster\nTest Engineer\n":                         "Alice Muster|Test Engineer",
	} {
		r := Read([]byte(text), Kind{})
		f := r.asInOtherForm(&search{person: &Person{Other: &OtherForm{Lines: rows}}, last: r.last})
		if got := strings.Join(f.removed, "|"); got != want {
			t.Errorf("%q: removed %q, want %q", text, got, want)
		}
	}
}

// TestOtherFormAnnounced: the lines that were the signature in the HTML form stand in the
// text where the author means them, and the signature stands in what the text takes for
// quoted mail.
func TestOtherFormAnnounced(t *testing.T) {
	other := &OtherForm{Lines: []string{"Alice Muster", "Contoso GmbH", "+49 30 123456-78"}}
	for text, want := range map[string]bool{
		"Fine.\n\nAlice Muster\nContoso GmbH\n+49 30 123456-78\n":                                 true,
		"Fine.\n\n-- \nAlice Muster\nContoso GmbH\n+49 30 123456-78\n":                            true,
		"Adres dostawy:\n\nAlice Muster\nContoso GmbH\n+49 30 123456-78\n\nDatum: 2.2.2026\n":     false,
		"Please send it to this address\n\nAlice Muster\nContoso GmbH\n+49 30 123456-78\n\nOk?\n": false,
	} {
		p := *people["alice"]
		p.Other = other
		pl, _ := Read([]byte(text), Kind{}).Place(testBlock, &all, &p, true)
		if got := pl.Placed == Replaced; got != want {
			t.Errorf("%q: %s, removed %q", text, pl.Placed, pl.Removed)
		}
	}
}
