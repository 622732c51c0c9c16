package insert

import (
	"math/rand/v2"
	"strings"
	"testing"

	"sigmilter/milter/insert/known"
)

// What mails are put together of at random. The lines of letters are the
// author's and may never go; what a signature holds may.
var (
	letters = []string{
		"Hi Ben,\nThursday works.", "Donnerstag passt uns.", "Could you come at ten?", "The meters are ready", "木曜日で大丈夫です。", "יום חמישי מתאים.",
		"Please send them to this address:\nAlice Muster\nContoso GmbH\nGauge Street 7\n10115 Berlin\n+49 30 123456-78",
		"In an emergency call\nAlice Muster\n+49 30 123456-78\n+49 170 9876543",
		"My data for the badge:\nAlice Muster\nHead of Testing\nContoso GmbH\nalice@contoso.com\nLicense plate B-AM 123",
		"The contacts:\nCarl Nowak\n+49 30 5550 102\nAlice Muster\n+49 30 123456-78\nalice@contoso.com",
		"Name: Alice Muster\nCompany: Contoso GmbH\nPhone: +49 30 123456-78",
		"- two meters\n- the long cable", "1. Carl Nowak\n2. Alice Muster", "Thanks", "See you at the gate", "Ring at gate 3", "Code 4711", "PS: bring the small meter.",
		"This e-mail is only about the meters.", "Please do not print it.", "Our VAT number is new.", "I am on LinkedIn too.", "The engineer will call you.", "Office closed on Friday",
		"Carl Nowak\nService Engineer\nContoso GmbH\n+49 30 5550 102\ncarl@contoso.com", "Eva Klein\nAssistant to Alice Muster\nContoso GmbH\n+49 30 5550 105",
		"It costs 1234567 in all.", "Order 4711-0815", "https://www.contoso.com/offer is the offer", "Visit us on Thursday!",
	}
	closingLines = []string{"Kind regards", "Best,", "Mit freundlichen Grüßen", "Cordialement", "よろしくお願いいたします。", "Viele Grüße aus Berlin", "-- ", "Kind regards\nAlice"}
	signatures   = []string{
		"Alice Muster\nHead of Testing\nContoso GmbH\n+49 30 123456-78\nalice@contoso.com",
		"Dr. Alice Muster | Head of Testing\nT +49 30 123456-78 | www.contoso.com\nSitz: Berlin, HRB 12345",
		"Muster, Alice\nContoso GmbH\nGauge Street 7, 10115 Berlin\n+49 30 123456-78",
		"Alice Muster\nHead of Testing\nTel. +49 30 123456-78\n\nThis message is confidential. If you are not the intended recipient, please notify the sender and delete it.",
	}
)

// TestNothingLost puts texts together at random and looks for every line of the
// author's in what comes out.
func TestNothingLost(t *testing.T) {
	rounds := 1500
	if testing.Short() {
		rounds = 400
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	pick := func(from []string) string { return from[rnd.IntN(len(from))] }
	for range rounds {
		var units, mine []string
		add := func(unit string, author bool) {
			units = append(units, unit)
			if author {
				mine = append(mine, strings.Split(unit, "\n")...)
			}
		}
		for range 1 + rnd.IntN(3) {
			add(pick(letters), true)
		}
		for range rnd.IntN(3) {
			switch rnd.IntN(4) {
			case 0:
				add(pick(closingLines)+"\n\n"+pick(signatures), false)
			case 1:
				add(pick(signatures), false)
			case 2:
				add(pick(closingLines), false)
			case 3:
				add(pick(letters), true)
			}
		}
		text := strings.Join(units, "\n\n")
		for form, in := range map[string]string{"text": text + "\n", "divs": asDivs(text), "paragraphs": asParagraphs(text), "breaks": asBreaks(text), "container": `<div id="Signature">` + asDivs(text) + `</div>`} {
			r := Read([]byte(in), Kind{HTML: form != "text"})
			pl, _ := r.Place(testBlock, &all, people["alice"], false)
			if lost := missing(mine, apply(t, in, pl), r.kind); lost != "" {
				t.Fatalf("%s: lost %q of\n%s\nremoved %q", form, lost, text, pl.Removed)
			}
		}
	}
}

// missing is the first of the lines that is not in a text as often as it is given.
func missing(lines []string, text string, kind Kind) string {
	have := map[string]int{}
	for _, l := range texts(Read([]byte(text), kind).lines) {
		have[l]++
	}
	for _, l := range lines {
		if l = known.Visible(l); l == "" || known.ClosingOf(l) != known.NoClosing {
			continue
		}
		if have[l]--; have[l] < 0 {
			return l
		}
	}
	return ""
}
