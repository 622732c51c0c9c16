package known

import (
	"slices"
	"strings"
	"testing"
)

func TestClosingRows(t *testing.T) {
	for _, table := range [][]Wording{closings, thanks} {
		for _, w := range table {
			for _, text := range w.Texts {
				if ClosingOf(text) == NoClosing || ClosingOf(text+",") == NoClosing {
					t.Errorf("%s: %q is no closing", w.Lang, text)
				}
			}
		}
	}
	for _, text := range []string{"Viele Grüße aus Berlin", "Kind regards / Mit freundlichen Grüßen", "Looking forward to it, best regards", "Üdvözlettel:", "敬具。"} {
		if ClosingOf(text) == NoClosing {
			t.Errorf("%q is no closing", text)
		}
	}
	for _, text := range []string{"", "Best of all is the meter", "That would be best", "Ihr Paket ist da", "In an emergency call", "Please send it to:", "Regards: see below", "Danke für die Adresse in der Gauge Street 7"} {
		if ClosingOf(text) != NoClosing {
			t.Errorf("%q is a closing", text)
		}
	}
}

func TestContentRows(t *testing.T) {
	for _, table := range [][]Wording{directions, data, belows} {
		for _, w := range table {
			for _, text := range w.Texts {
				if !MayAnnounce("Bob, " + text + ".") {
					t.Errorf("%s: %q announces nothing", w.Lang, text)
				}
			}
		}
	}
	for _, w := range postscripts {
		for _, text := range w.Texts {
			if !Postscript(text + ": x") {
				t.Errorf("%s: %q is no postscript", w.Lang, text)
			}
		}
	}
	for _, text := range []string{"I will be there on Thursday at ten.", "Die Lieferung ist angekommen.", "Le devis part demain.", "Paczka wyszła dzisiaj.", "木曜日で大丈夫です。"} {
		if MayAnnounce(text) {
			t.Errorf("%q announces something", text)
		}
	}
}

// TestWordingRows: rows stand once, in lower case.
func TestWordingRows(t *testing.T) {
	for name, table := range map[string][]Wording{"closings": closings, "thanks": thanks, "labels": ContactLabels, "roles": Roles, "registers": Registers, "officers": Officers, "directions": directions, "cautions": Cautions} {
		for _, w := range table {
			for i, text := range w.Texts {
				if text != strings.ToLower(text) && w.Lang != "tr" {
					t.Errorf("%s, %s: %q is not in lower case", name, w.Lang, text)
				}
				if slices.Contains(w.Texts[:i], text) {
					t.Errorf("%s, %s: %q stands twice", name, w.Lang, text)
				}
			}
		}
	}
}
