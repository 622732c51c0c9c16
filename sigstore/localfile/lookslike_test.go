package localfile

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/htmlindex"
)

func TestLooksLike(t *testing.T) {
	for _, test := range []struct{ charset, text, want string }{
		{"windows-1252", "Jürgen Müller, Straße", "windows-1252 (Jürgen)"},
		{"windows-1252", "“Contoso” – 5 €", "windows-1252"},
		{"windows-1252", "Ñuñoa; ÖBB; façade; d’Été", "windows-1252 (Ñuñoa)"},
		{"windows-1250", "Łukasz Żółć, Łódź", "windows-1250 (Łukasz)"},
		{"windows-1251", "Иван Петров; Москва", "windows-1251 (Иван)"},
		{"windows-1253", "Νίκος Παπαδόπουλος", "windows-1253 (Νίκος)"},
		{"macintosh", "Jürgen Müller, Größe", "macintosh (Jürgen)"},
		{"utf-16le", "Müller, Berlin", "utf-16le (Müller)"},
		{"utf-16be", "Müller, Berlin", "utf-16be (Müller)"},
		{"utf-16le", "\uFEFFМосква", "utf-16le (Москва)"},
		{"utf-16be", "\uFEFFBerlin", "utf-16be"},
	} {
		e, err := htmlindex.Get(test.charset)
		if err != nil {
			t.Fatal(err)
		}
		text, err := e.NewEncoder().String(test.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := LooksLike([]byte(text)).String(); got != test.want {
			t.Errorf("%s in %s looks like %s, want %s", test.text, test.charset, got, test.want)
		}
	}
	for _, text := range []string{"", "\x00", "\x81\x8d\x8f", strings.Repeat("\x80", mostLooked*2)} {
		if got := LooksLike([]byte(text)); len(got.Word) > 60 {
			t.Errorf("%.20q looks like %s", text, got)
		}
	}
}
