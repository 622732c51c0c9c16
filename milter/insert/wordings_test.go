package insert

import (
	"slices"
	"strings"
	"testing"
)

func TestClosingRows(t *testing.T) {
	for _, table := range [][]wording{closings, thanks} {
		for _, w := range table {
			for _, text := range w.texts {
				if closingOf(text) == noClosing || closingOf(text+",") == noClosing {
					t.Errorf("%s: %q is no closing", w.lang, text)
				}
			}
		}
	}
	for _, text := range []string{"Viele Grüße aus Berlin", "Kind regards / Mit freundlichen Grüßen", "Looking forward to it, best regards", "Üdvözlettel:", "敬具。"} {
		if closingOf(text) == noClosing {
			t.Errorf("%q is no closing", text)
		}
	}
	for _, text := range []string{"", "Best of all is the meter", "That would be best", "Ihr Paket ist da", "In an emergency call", "Please send it to:", "Regards: see below", "Danke für die Adresse in der Gauge Street 7"} {
		if closingOf(text) != noClosing {
			t.Errorf("%q is a closing", text)
		}
	}
}

func TestContentRows(t *testing.T) {
	for _, table := range [][]wording{directions, data, belows} {
		for _, w := range table {
			for _, text := range w.texts {
				if !mayAnnounce("Bob, " + text + ".") {
					t.Errorf("%s: %q announces nothing", w.lang, text)
				}
			}
		}
	}
	for _, w := range postscripts {
		for _, text := range w.texts {
			if !postscript(text + ": x") {
				t.Errorf("%s: %q is no postscript", w.lang, text)
			}
		}
	}
	for _, text := range []string{"I will be there on Thursday at ten.", "Die Lieferung ist angekommen.", "Le devis part demain.", "Paczka wyszła dzisiaj.", "木曜日で大丈夫です。"} {
		if mayAnnounce(text) {
			t.Errorf("%q announces something", text)
		}
	}
}

// TestWordingRows: rows stand once, in lower case.
func TestWordingRows(t *testing.T) {
	for name, table := range map[string][]wording{"closings": closings, "thanks": thanks, "labels": contactLabels, "roles": roles, "registers": registers, "officers": officers, "directions": directions, "cautions": cautions} {
		for _, w := range table {
			for i, text := range w.texts {
				if text != strings.ToLower(text) && w.lang != "tr" {
					t.Errorf("%s, %s: %q is not in lower case", name, w.lang, text)
				}
				if slices.Contains(w.texts[:i], text) {
					t.Errorf("%s, %s: %q stands twice", name, w.lang, text)
				}
			}
		}
	}
}
