package seal

import (
	"strings"
	"testing"
)

// Whatever a field says, only what the key made for this message is believed, and
// reading it takes nothing away.
func FuzzGuards(f *testing.F) {
	r := ring(f, newKey)
	f.Add("Yes v1."+strings.Repeat("A", sealLength), "<1@x>", "a@x", "Sat, 21 Nov 2026 08:00:00 +0100")
	f.Add("Yes", "", "", "")
	f.Add(r.Guard(letter), letter.MessageID, letter.Author, letter.Date)
	f.Fuzz(func(t *testing.T, value, id, author, date string) {
		m := Message{"contoso", id, author, date}
		if r.Guards(value, m) && (evenID(id) != evenID(letter.MessageID) || !strings.EqualFold(author, letter.Author)) {
			t.Errorf("%q is believed of %+v", value, m)
		}
		own := r.Guard(m)
		if strings.ContainsAny(own, "\r\n\x00") || r.Guards(own, m) != (evenID(id) != "") {
			t.Errorf("%q of %+v", own, m)
		}
	})
}

// A token is found again wherever it stands, and taken out without a trace; the
// root is an identifier of the field that is no token.
func FuzzReferences(f *testing.F) {
	r := ring(f, newKey)
	token := r.Token(talk, "contoso.com")
	f.Add("<1@x> <2@x>", " <3@x>")
	f.Add("", "")
	f.Add(token, " <1@x>\t"+token)
	f.Add("<sig.v1.AAAAAAAAAAAAAAAAAAAAAA@x> <", "@>")
	f.Fuzz(func(t *testing.T, before, after string) {
		value := before + " " + token + " " + after
		refs := ParseReferences(value)
		if refs.Root != "" && (IsToken(refs.Root) || !strings.Contains(value, refs.Root)) {
			t.Errorf("%q: root %q", value, refs.Root)
		}
		found := append(refs.Before, refs.Last...)
		for _, id := range found {
			if !IsToken(id) || r.Tells(id, talk) && id[8:30] != token[8:30] {
				t.Errorf("%q: %q", value, id)
			}
		}
		if len(found) == 0 && !strings.ContainsAny(before, "<") {
			t.Errorf("%q: the token is not found", value)
		}
		if strings.Contains(WithoutTokens(value), token) {
			t.Errorf("%q: the token stays", value)
		}
	})
}
