package seal

import (
	"strings"
	"testing"
)

// Whatever a field says, only what the key made for this very message is believed:
// with any bound thing changed it is not.
func FuzzGuards(f *testing.F) {
	r := ring(f, newKey)
	own := r.Guard(letter, made)
	f.Add("Yes v2.1795244400."+strings.Repeat("A", sealLength), "contoso", "<1@x>", "a@x", "x", "digest")
	f.Add("Yes", "", "", "", "", "")
	f.Add(own, letter.Tenant, letter.MessageID, letter.Authors[0], letter.Domains[0], letter.Text)
	f.Add(own, letter.Tenant, letter.MessageID, letter.Authors[0]+"1"+letter.Domains[0], "", letter.Text)
	f.Add(r.guardFirst(firstLetter), firstLetter.Tenant, firstLetter.MessageID, firstLetter.Author, firstLetter.Date, "")
	f.Fuzz(func(t *testing.T, value, tenant, id, author, domain, text string) {
		m := Message{tenant, id, []string{author}, []string{domain}, text}
		g, sealed := ParseGuard(value)
		if first := (First{tenant, id, author, domain}); sealed && g.First() {
			if date, ok := r.GuardsFirst(g, first); ok && (tenant != firstLetter.Tenant || evenID(id) != evenID(firstLetter.MessageID) ||
				!strings.EqualFold(author, firstLetter.Author) || date.Unix() != firstDate.Unix()) {
				t.Errorf("%q is believed of %+v", value, first)
			}
		}
		same := tenant == letter.Tenant && evenID(id) == evenID(letter.MessageID) && author == letter.Authors[0] && domain == letter.Domains[0] && text == letter.Text
		if sealed && r.Guards(g, m) && (!same || g.Made.Unix() != made.Unix()) {
			t.Errorf("%q is believed of %+v", value, m)
		}
		fresh := r.Guard(m, made)
		g, sealed = ParseGuard(fresh)
		if !sealed || strings.ContainsAny(fresh, "\r\n\x00") || r.Guards(g, m) != (evenID(id) != "" && text != "") {
			t.Errorf("%q of %+v", fresh, m)
		}
	})
}

// A digest is the same in whatever pieces a body comes and however its lines end,
// and that of no other text.
func FuzzDigest(f *testing.F) {
	f.Add("text/plain", "Hello \r\n\r\nthere\r\n", "Hello\n\nthere", 3)
	f.Add("", "a\n b", "a\nb", 1)
	f.Add("x", "\n\n", "", 0)
	f.Fuzz(func(t *testing.T, field, one, other string, cut int) {
		whole := digest(field, one)
		at := 0
		if cut > 0 {
			at = cut % (len(one) + 1)
		}
		d := NewDigest(field)
		d.Write([]byte(one[:at]))
		d.Write([]byte(one[at:]))
		if d.Sum() != whole {
			t.Errorf("%q in two pieces of %d and more", one, at)
		}
		if digest(field, strings.ReplaceAll(one, "\n", "\r\n")) != whole {
			t.Errorf("%q with other line ends", one)
		}
		if (digest(field, other) == whole) != (relaxed(one) == relaxed(other)) {
			t.Errorf("%q and %q", one, other)
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
