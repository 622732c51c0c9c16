package insert

import (
	"slices"
	"strings"
	"testing"
)

// TestLinesOfOldSignatures: lines of signatures that are known by how they are built, and
// the same as words of the author's.
func TestLinesOfOldSignatures(t *testing.T) {
	runOld(t, []oldCase{
		// wishes that no table has
		{"hannah", "The pump is ready.\n\nHave a splendid advent,\n\n^\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\n$"},
		{"elodie", "Le délai nous convient.\n\nBonne fin de semaine,\n\n^\nÉlodie Marchand\nResponsable des achats\nTél. : +33 1 99 00 01 22\n$"},
		{"hannah", "Rates change on 1 December.\n\nThanks so much,\n\n^\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\n$"},
		{"otto", "Die Muster sind da.\n\nVielen Dank vorab und\nfreundliche Grüße aus Hamburg\n\n^\nOtto Brandt\nDisponent\nTel. +49 40 5550 126\n$"},
		// a department with a word more, above the name and below it
		{"otto", "Der Container steht bereit.\n\nMit freundlichen Grüßen\n\n^\nContoso AG\nDisposition Seefracht\nppa. Otto Brandt\nDisponent\nTelefon: 040 / 5550-126\n$"},
		{"hannah", "The pump is ready.\n\nRegards\n\n^\nHannah Whitlock, CSCP®\nPump Designer · West Coast\nContoso Ltd\nT +44 113 496 0121\n$"},
		// the name in another script, with a title before it
		{"layla", "وصلت القطع اليوم.\n\nمع أطيب التحيات\n\n^\nالمهندسة ليلى حداد | Eng. Layla Haddad\nمهندسة\nهاتف: +962 6 555 0107\n$"},
		// sentences that signatures have
		{"otto", "Der Container steht bereit.\n\nMit freundlichen Grüßen\n\n^\nOtto Brandt\nDisponent\nTelefon: 040 / 5550-126\nWir arbeiten ausschließlich auf Grundlage der ADSp 2017.\nInformationen zum Datenschutz finden Sie hier.\n$"},
		{"hannah", "The bore is unchanged.\n\nKind regards\n\n^\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\n\nMy working days are Monday to Thursday. I may email outside your hours, please answer in yours.\nMeet us at Flow Expo, Birmingham NEC, stand 4C20\nCertified to ISO 9001 and ISO 14001\n$"},
		{"jose", "Las mediciones están bien.\n\nUn cordial saludo,\n\n^\nJefe de Obra\nJosé GARCÍA LÓPEZ\nContoso S.L.\nTel. +34 91 5550 105 · Móv. +34 600 555 105\n$"},
		// what companies put below: numbers for emergencies, hours, registers, what they passed
		{"otto", "Der Container steht bereit.\n\nMit freundlichen Grüßen\n\n^\nOtto Brandt\nDisponent\nTelefon: 040 / 5550-126\nFür Notfälle: 24h-Hotline +49 40 5550 0\nÖffnungszeiten Lager: Mo-Fr 6:00-22:00 Uhr\nIBAN DE02 2005 0550 1015 8714 93\nUnsere AGB finden Sie unter www.contoso.com/agb\n$"},
		{"hannah", "The pump is ready.\n\nRegards\n\n^\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\nExt. 121\nContoso Logistics\nUSDOT #1234567 | MC #765432\nInvestors in People Gold | Cyber Essentials Plus\n$"},
		{"yuki", "図面を確認しました。\n\nよろしくお願いいたします。\n\n^\n技術部　山田 雪\nYuki Yamada\n〒100-0005\nTEL: +81 3 5550 1001\n$"},
		{"layla", "وصلت القطع اليوم.\n\nمع أطيب التحيات\n\n^\nليلى حداد\nمهندسة\nهاتف: +962 6 555 0107\nصندوق بريد 1234، عمّان 11118\n$"},
		{"layla", "وصلت القطع اليوم.\n\nمع أطيب التحيات\n\n^\nLayla Haddad | ليلى حداد\nمهندسة\nهاتف: +962 6 555 0107\n$"},
		{"yuki", "図面を確認しました。\n\nよろしくお願いいたします。\n\n^\nYuki Yamada 山田 雪\n技術部長\nTEL: +81 3 5550 1001\n$"},
		{"otto", "Der Container steht bereit.\n\nMit freundlichen Grüßen\n\n^\nOtto Brandt\nDisponent\nTelefon: 040 / 5550-126\nBesuchen Sie uns auf der Logista 2027: Halle 5, Stand B12!\n$"},
		// the author's typed name, and the client's signature below a dash
		{"hannah", "The pump is ready.\n\nBest,\nHannah\n^\n—\nHannah Whitlock | Pump Designer\nT +44 113 496 0121\n$"},
		{"hannah", "The pump is ready.\n\nRegards\n\n^\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\n$\n\nContoso pays on Friday."},
		{"hannah", "The pump is ready.\n\nRegards\n\n^\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\n$\n\nContoso pays"},
		{"hannah", "The pump is ready.\n\nRegards\n\n^\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\n$\n\nVAT 20 was wrong, please check."},
		{"yuki", "図面を確認しました。\n\nYuki Yamada\n〒100-0005\n"},
		// labels whose data stand in the next line
		{"hannah", "The pump is ready.\n\nRegards\n\n^\nHannah Whitlock\nPump Designer\nMobile\n+44 113 496 0121\n$"},
		// a short form of the given name that the directory lacks, where their data agree
		{"catherine", "The rates are valid until March.\n\nBest,\nCath\n\n^\nCath Bell, MBA\nKey Account Manager\nContoso Inc.\no +1 503 555 0128\ncatherine@contoso.com\n$"},
		{"catherine", "The rates are valid until March.\n\nPlease call\n\nCath Bell\n+1 503 555 0199\n"},
		// slogans of single words beside the company
		{"hannah", "The pump is ready.\n\nRegards\n\n^\nCONTOSO\nPumps. Valves. Service.\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\n$"},
		{"hannah", "The pump is ready.\n\nRegards\n\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\n\nYes. Friday. Noon."},
		// enclosures and copies below are the author's
		{"hannah", "The papers are here.\n\nRegards\n\n^\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\n$\n\nEnclosures:\n1. drawing 118/2\n2. T +44 113 496 0199"},
		{"otto", "Anbei die Papiere.\n\nMit freundlichen Grüßen\n\n^\nOtto Brandt\nDisponent\nTelefon: 040 / 5550-126\n$\n\nAnlagen: Frachtbrief 118/2026\nVerteiler: Lager, info@contoso.com"},
		{"elodie", "Le délai nous convient.\n\nBien à vous\n\n^\nÉlodie Marchand\nResponsable des achats\nTél. : +33 1 99 00 01 22\nOuvert du lundi au vendredi, de 8 h à 12 h et de 13 h 30 à 17 h\n$"},
		// the letter is about a signature
		{"hannah", "As for the letter, sign it like so\n\nRegards\n\nHannah Whitlock\nPump Designer\nT +44 113 496 0121"},
		// the same as the author's words
		{"hannah", "The pump is ready.\n\nRegards\n\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\n\n--- a/main.c"},
		{"hannah", "The pump is ready.\n\nRegards\n\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\n\nMain"},
		{"hannah", "The pump is ready.\n\nRegards\n\n^\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\n$\n\nMeet us at the gate tomorrow at nine?"},
		{"hannah", "Please register\n\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\n\nMeet us at Flow Expo, Birmingham NEC, stand 4C20"},
		{"hannah", "To be shipped to,\n\nHannah Whitlock\nPump Designer\n18 Weir Road, Leeds\nT +44 113 496 0121"},
		{"hannah", "The photo is below.\n\nRegards\n\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\n\nSent from my assistant's mailbox\n\nSent from my assistant's mailbox\n\nHannah Whitlock\nContoso Ltd\nT +44 113 496 0121"},
		{"hannah", "The photo is below.\n\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\nhannah@contoso.com\n\nSent from my assistant's mailbox\n\nHannah Whitlock\nContoso Ltd\nT +44 113 496 0121"},
		{"hannah", "Good morning Dale,\n\nHannah Whitlock\nPump Designer\n18 Weir Road, Leeds\nT +44 113 496 0121"},
	})
}

// TestLinkList: the list of links below a signature goes with it when it numbers links of
// nothing else.
func TestLinkList(t *testing.T) {
	sig := "Hannah Whitlock\nPump Designer\nT +44 113 496 0121\nwww.contoso.com [1] | LinkedIn [2]\n\n"
	list := "Links:\n------\n[1] https://www.contoso.com\n[2] https://www.linkedin.com/company/contoso-x\n"
	for _, c := range []struct {
		text    string
		removed int
	}{
		{"The pump is ready.\n\nRegards\n\n" + sig + list, 8},
		{"The drawing [1] is ready.\n\nRegards\n\n" + sig + list, 4},
		{"See the portal.\n\nRegards\n\n" + sig + "Also:\n\n" + list, 4},
		{"The drawing is [1] there.\n\n" + list, 0},
	} {
		r := Read([]byte(c.text), Kind{})
		if f := r.existing(Block{}, people["hannah"]); len(f.removed) != c.removed {
			t.Errorf("%q: removed %q, want %d lines", c.text, f.removed, c.removed)
		}
	}
}

// TestWrappedTarget: the target of the last link of a signature may stand in a line of its
// own in the text.
func TestWrappedTarget(t *testing.T) {
	lines := []string{"Alice Muster", "Test Engineer", "LinkedIn"}
	text := "Fine.\n\nAlice Muster\nTest Engineer\nLinkedIn\n<https://www.linkedin.com/company/contoso-x>\n"
	r := Read([]byte(text), Kind{})
	f := r.asInOtherForm(&search{person: &Person{Other: &OtherForm{Lines: lines}}, last: r.last})
	if len(f.removed) != 4 {
		t.Errorf("removed %q", f.removed)
	}
}

// TestPicturesInOtherForm: what clients write in plain text for the pictures of a signature
// that the HTML form showed goes with it, wherever it stands.
func TestPicturesInOtherForm(t *testing.T) {
	lines := []string{"--", "\ufffc", "Alice Muster", "Test Engineer"}
	other := &OtherForm{Lines: lines, Alts: []string{"Contoso"}}
	for _, c := range []struct {
		text string
		want []string
	}{
		{"Fine.\n\n-- \n[image: Contoso]\nAlice Muster\nTest Engineer\n", []string{"--", "[image: Contoso]", "Alice Muster", "Test Engineer"}}, // Gmail
		{"Fine.\n\n-- \nContoso\n\nAlice Muster\nTest Engineer\n", []string{"--", "Contoso", "Alice Muster", "Test Engineer"}},                 // Thunderbird
		{"Fine.\n\n[Contoso]\tAlice Muster\tTest Engineer\n", []string{"[Contoso] Alice Muster Test Engineer"}},
		{"Fine.\n\nAlice Muster\nTest Engineer <+49%2030%205550101>\n", []string{"Alice Muster", "Test Engineer <+49%2030%205550101>"}},
		{"Fine.\n\nContoso pays\nAlice Muster\nTest Engineer\n", []string{"Alice Muster", "Test Engineer"}},
		{"The way is on this map:\n\n-- \nAlice Muster\nTest Engineer\n", []string{"--", "Alice Muster", "Test Engineer"}},
	} {
		r := Read([]byte(c.text), Kind{})
		other.Shown = strings.Contains(c.text, "map:")
		f := r.asInOtherForm(&search{person: &Person{Other: other}, last: r.last})
		if !slices.Equal(f.removed, c.want) {
			t.Errorf("%q: removed %q, want %q", c.text, f.removed, c.want)
		}
	}
}
