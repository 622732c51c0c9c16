package entity

import (
	"strings"
	"testing"
)

// filled is a tree of build in which every part has a body.
func filled(lines string) *Part {
	const size = 100
	root := build(lines)
	root.Walk(func(p *Part) bool {
		p.BodyEnd = size
		return true
	})
	return root
}

func ids(parts []*Part) string {
	var all []string
	for _, p := range parts {
		all = append(all, p.ID)
	}
	return strings.Join(all, " ")
}

// TestForms: what a block goes into besides the message's own body, and what stays
// without one then.
func TestForms(t *testing.T) {
	const attached = " | Content-Disposition: attachment"
	tests := []struct{ name, tree, further, bare string }{
		{"a text", "1 text/plain", "", ""},
		{"text and html", "multipart/alternative\n1 text/plain\n2 text/html", "", ""},
		{"two html", "multipart/alternative\n1 text/plain\n2 text/html\n3 text/html", "text/html 3", ""},
		{"two plain", "multipart/alternative\n1 text/plain\n2 text/plain\n3 text/html", "text/plain 2", ""},
		{"html with a name", "multipart/alternative\n1 text/plain\n2 text/html\n3 text/html; name=a.html", "text/html 3", ""},
		{"html attached", "multipart/alternative\n1 text/plain\n2 text/html" + attached, "", "2"},
		{"file attached", "multipart/alternative\n1 text/plain\n2 application/pdf" + attached, "", "2"},
		{"enriched", "multipart/alternative\n1 text/plain\n2 text/enriched\n3 text/html", "", "2"},
		{"calendar", "multipart/alternative\n1 text/plain\n2 text/html\n3 text/calendar", "", "3"},
		{"picture", "multipart/alternative\n1 text/plain\n2 image/png", "", "2"},
		{"message", "multipart/alternative\n1 text/plain\n2 message/rfc822", "", "2"},
		{"two that cannot", "multipart/alternative\n1 text/enriched\n2 text/plain\n3 image/png", "", "1 3"},
		{"without parts", "multipart/alternative\n1 text/plain\n2 multipart/mixed", "", "2"},
		{"mixed inside", "multipart/alternative\n1 text/plain\n2 text/html\n3 multipart/mixed\n3.1 application/pdf\n3.2 text/html", "text/html 3.2", ""},
		{"mixed of pictures inside", "multipart/alternative\n1 text/plain\n2 multipart/mixed\n2.1 image/png\n2.2 image/png", "", "2.1"},
		{"mixed of attachments inside", "multipart/alternative\n1 text/plain\n2 multipart/mixed\n2.1 application/pdf" + attached, "", ""},
		{"alternative inside", "multipart/alternative\n1 text/plain\n2 multipart/alternative\n2.1 text/html\n2.2 text/html\n2.3 text/rtf", "text/html 2.2", "2.3"},
		{"signed inside", "multipart/alternative\n1 text/plain\n2 multipart/signed\n2.1 text/html\n2.2 application/pgp-signature", "", "2"},
		{"encrypted inside", "multipart/alternative\n1 text/plain\n2 multipart/encrypted\n2.1 application/pgp-encrypted", "", "2"},
		{"mixed", "multipart/mixed\n1 text/plain\n2 image/png\n3 text/html\n4 message/rfc822\n5 text/enriched", "", ""},
		{"mixed with a bare form", "multipart/mixed\n1 multipart/alternative\n1.1 text/plain\n1.2 image/png\n2 application/pdf" + attached, "", "1.2"},
		{"mixed with two alternatives", "multipart/mixed\n1 multipart/alternative\n1.1 text/plain\n1.2 image/png\n2 text/html", "text/html 2", ""},
		{"related", "multipart/related\n1 text/html\n2 image/png", "", ""},
		{"related by start", "multipart/related;start=\"<b@x>\"\n1 text/html | Content-ID: <a@x>\n2 text/html | Content-ID: <b@x>", "text/html 1", ""},
		{"related by start, picture first", "multipart/related;start=\"<b@x>\"\n1 image/png | Content-ID: <a@x>\n2 text/html | Content-ID: <b@x>", "", "1"},
		{"related with loose html", "multipart/related\n1 text/plain\n2 text/html\n3 image/png", "text/html 2", ""},
		{"related with html it refers to", "multipart/related\n1 text/html\n2 text/html | Content-ID: <f@x>\n3 text/html | Content-Location: http://x/\n4 text/html" + attached, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := filled(tt.tree)
			body := Bodies(root)[0]
			carries := map[*Part]bool{}
			var further []string
			for _, d := range Further(root, body) {
				further = append(further, d.Leaves[0].Media.Type+" "+d.Leaves[0].ID)
				carries[d.Leaves[0]] = true
			}
			for _, d := range body.Documents {
				for _, l := range d.Leaves {
					carries[l] = true
				}
			}
			if got := strings.Join(further, ", "); got != tt.further {
				t.Errorf("further: %q, want %q", got, tt.further)
			}
			if got := ids(Bare(root, func(p *Part) bool { return carries[p] })); got != tt.bare {
				t.Errorf("bare: %q, want %q", got, tt.bare)
			}
		})
	}
}

// TestBareOfNothing: an empty part shows nothing.
func TestBareOfNothing(t *testing.T) {
	root := build("multipart/alternative\n1 text/plain\n2 image/png")
	if got := Bare(root, func(*Part) bool { return false }); len(got) > 0 {
		t.Errorf("%q", ids(got))
	}
}

// TestBeside: texts outside of a part, attachments not among them.
func TestBeside(t *testing.T) {
	root := build("multipart/mixed\n1 text/plain\n2 multipart/signed\n2.1 text/plain\n2.2 application/pgp-signature\n3 text/html\n4 text/plain | Content-Disposition: attachment")
	var got []*Part
	for _, d := range Beside(root, root.Children[1]) {
		got = append(got, d.Leaves...)
	}
	if ids(got) != "1 3" {
		t.Errorf("%q", ids(got))
	}
}

// TestContent: what decodes of the beginning of a part.
func TestContent(t *testing.T) {
	for _, tt := range []struct{ encoding, raw, want string }{
		{"base64", "SGVs\nbG8", "Hel"},
		{"base64", "SGVs\nbG8=\n", "Hello"},
		{"quoted-printable", "H=65llo=\n", "Hello"},
		{"7bit", "Hello\n", "Hello\n"},
		{"x-uuencode", "Hello\n", "Hello\n"},
	} {
		if got := string(Content(&Part{Encoding: tt.encoding}, []byte(tt.raw))); got != tt.want {
			t.Errorf("%s %q: %q, want %q", tt.encoding, tt.raw, got, tt.want)
		}
	}
}
