package render

import (
	"bytes"
	"fmt"
	"image/png"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// The finder patterns of a QR code are where a phone looks for them, in black on
// white, with the margin it needs.
func TestQRCodePicture(t *testing.T) {
	p, err := qrPicture("https://www.contoso.com/?utm_source=signature")
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(p.Data))
	if err != nil || p.Type != "image/png" || p.Name != "qrcode.png" || p.CID != ContentID(p.Data) {
		t.Fatalf("%+v %v", p, err)
	}
	side := picture.Bounds().Dx()
	dots := side/qrDot - 2*qrMargin
	if picture.Bounds().Dy() != side || (dots-17)%4 != 0 || len(p.Data) > 2000 {
		t.Errorf("%v, %d dots, %d bytes", picture.Bounds(), dots, len(p.Data))
	}
	row := func(x, y int) (seen string) {
		for i := range 9 {
			level, _, _, _ := picture.At((x+i)*qrDot+1, y*qrDot+1).RGBA()
			seen += map[bool]string{true: "#", false: "."}[level == 0]
		}
		return seen
	}
	const m = qrMargin
	for _, corner := range []struct {
		x, y int
		want string
	}{
		{m - 1, m - 1, "........."}, {m - 1, m, ".#######."}, {m - 1, m + 1, ".#.....#."}, {m - 1, m + 2, ".#.###.#."},
		{m + dots - 8, m, ".#######."}, {m - 1, m + dots - 1, ".#######."}, {m - 1, m + dots, "........."},
	} {
		if got := row(corner.x, corner.y); got != corner.want {
			t.Errorf("at %d, %d: %s, want %s", corner.x, corner.y, got, corner.want)
		}
	}
	again, _ := qrPicture("https://www.contoso.com/?utm_source=signature")
	other, _ := qrPicture("https://www.contoso.com/?utm_source=signaturf")
	if again.CID != p.CID || other.CID == p.CID {
		t.Errorf("%s %s %s", p.CID, again.CID, other.CID)
	}
}

func TestQRCodeInTemplates(t *testing.T) {
	attrs := map[string]string{
		"site": "www.contoso.com", "script": " javascript:alert(1)", "data": "data:text/html,x", "file": "FILE:///etc/passwd",
		"long": strings.Repeat("a", maxQRCode+1), "most": strings.Repeat("ä", maxQRCode/2), "phone": "+49 30 5550101",
	}
	for _, test := range []struct {
		source  string
		of      string // the text of the code, if there is one
		text    string // in a text template
		problem string
	}{
		{`{{qrcode .site}}`, "www.contoso.com", "www.contoso.com", ""},
		{`{{.site | qrcode}}`, "www.contoso.com", "www.contoso.com", ""},
		{`{{qrcode (url .site "utm_source" "qr")}}`, "https://www.contoso.com?utm_source=qr", "https://www.contoso.com?utm_source=qr", ""},
		{`{{qrcode (tel .phone)}}`, "tel:+49305550101", "tel:+49305550101", ""},
		{`{{qrcode .most}}`, attrs["most"], attrs["most"], ""},
		{`{{qrcode .none}}`, "", "", ""},
		{`{{qrcode .script}}`, "", "", ""},
		{`{{qrcode .data}}`, "", "", ""},
		{`{{qrcode .file}}`, "", "", ""},
		{`{{qrcode (url .script)}}`, "", "", ""},
		{`{{qrcode .long}}`, "", attrs["long"], "the QR code is left out: its text has 513 bytes, more than the 512 that can be read off a screen"},
	} {
		got, err := mustParse(t, `<p><img src="`+test.source+`" alt="QR"></p>`, test.source).Render(Person{Attributes: attrs})
		if err != nil {
			t.Fatal(err)
		}
		want := ""
		if test.of != "" {
			p, err := qrPicture(test.of)
			if err != nil {
				t.Fatal(err)
			}
			want = `<p><img src="cid:` + p.CID + `" alt="QR"></p>`
		}
		if got.HTML != want || got.Text != test.text || (want != "") != (len(got.Pictures) == 1) || strings.Join(got.Problems, "|") != test.problem {
			t.Errorf("%s\n%s %q %d %q\nwant %s %q", test.source, got.HTML, got.Text, len(got.Pictures), got.Problems, want, test.text)
		}
	}
}

// The picture is dropped from derived text, what is said for it and the link
// around it stay.
func TestDerivedTextOfQRCode(t *testing.T) {
	tmpl := mustParse(t, `<p>{{.n}}</p><p><a href="{{url .site}}"><img src="{{qrcode (url .site)}}" alt="Our site"></a></p><p><img src="{{photo}}" alt=""></p>`, "")
	got, err := tmpl.Render(Person{Attributes: map[string]string{"n": "N", "site": "contoso.com"}, Photo: samplePhoto(8)})
	if err != nil || got.Text != "N\nOur site <https://contoso.com>" || len(got.Pictures) != 2 {
		t.Errorf("%q %v", got.Text, err)
	}
}

func TestVCard(t *testing.T) {
	alice := map[string]string{
		"displayName": "Dr. Alice Müller, PhD", "givenName": "Alice", "surname": "Müller", "companyName": `Contoso; Söhne \ Co`, "department": "R,D",
		"jobTitle": "Head", "mobilePhone": "0170 5550101", "businessPhones": "030 5550102; 030 5550103 ext. 4", "mail": "alice@contoso.com", "faxNumber": "none",
		"streetAddress": "Weg 1", "city": "Berlin", "postalCode": "10115", "country": "Germany",
	}
	want := strings.Join([]string{
		"BEGIN:VCARD", "VERSION:3.0", "N:Müller;Alice;;;", `FN:Dr. Alice Müller\, PhD`, "EMAIL:alice@contoso.com",
		"TEL;TYPE=CELL:+491705550101", "TEL;TYPE=WORK,VOICE:+49305550102", "TEL;TYPE=WORK,VOICE:+49305550103",
		`ORG:Contoso\; Söhne \\ Co;R\,D`, "TITLE:Head", "ADR;TYPE=WORK:;;Weg 1;Berlin;;10115;Germany", "TEL;TYPE=WORK,FAX:none", "END:VCARD", "",
	}, "\r\n")
	if got := vcard(alice, "+49"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := vcard(map[string]string{"givenName": "Bob"}, ""); got != "BEGIN:VCARD\r\nVERSION:3.0\r\nN:;Bob;;;\r\nFN:Bob\r\nEND:VCARD\r\n" {
		t.Errorf("%q", got)
	}
	if got := vcard(map[string]string{"mail": "info@contoso.com"}, ""); got != "" {
		t.Errorf("of nobody: %q", got)
	}
}

// A vCard is never too long for its code but by the name, and loses what matters
// least.
func TestVCardLength(t *testing.T) {
	person := map[string]string{"displayName": "Alice", "mobilePhone": "+49 170 5550101", "streetAddress": strings.Repeat("Weg ", 200), "jobTitle": "Head", "faxNumber": "+49 30 5550104"}
	got := vcard(person, "")
	if len(got) > maxQRCode || strings.Contains(got, "Weg") || !strings.Contains(got, "TITLE:Head\r\n") || !strings.Contains(got, "FAX:+49305550104\r\n") {
		t.Errorf("%d bytes\n%s", len(got), got)
	}
	person["jobTitle"] = strings.Repeat("Größe ", 30)
	got = vcard(person, "")
	unfolded := strings.ReplaceAll(got, "\r\n ", "")
	if !strings.Contains(unfolded, "TITLE:"+person["jobTitle"]+"\r\n") || !utf8.ValidString(unfolded) {
		t.Errorf("%q", unfolded)
	}
	for line := range strings.SplitSeq(got, "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) {
			t.Errorf("%d bytes: %q", len(line), line)
		}
	}
}

// FuzzVCard wants a card that is one: no value makes a line or a property.
func FuzzVCard(f *testing.F) {
	f.Add("Alice", "+49 30 1")
	f.Add("a\r\nTEL:+1900", "BEGIN:VCARD\nEND:VCARD")
	f.Add(strings.Repeat("ü;", 600), `\,;:"`)
	property := regexp.MustCompile(`^(N|FN|EMAIL|ORG|TITLE|TEL;TYPE=(CELL|WORK,VOICE|WORK,FAX)|ADR;TYPE=WORK):`)
	f.Fuzz(func(t *testing.T, a, b string) {
		attrs := map[string]string{}
		for i, field := range vcardFields {
			attrs[field] = cleanValue([]string{a, b}[i%2])
		}
		got := vcard(attrs, "+49")
		if got == "" {
			return
		}
		lines := strings.Split(strings.ReplaceAll(got, "\r\n ", ""), "\r\n")
		last := len(lines) - 1
		if lines[0] != "BEGIN:VCARD" || lines[1] != "VERSION:3.0" || lines[last-1] != "END:VCARD" || lines[last] != "" {
			t.Fatalf("%q", got)
		}
		seen := map[string]int{}
		for _, line := range lines[2 : last-1] {
			name := property.FindString(line)
			if name == "" || strings.ContainsAny(line, "\r\n") {
				t.Fatalf("%q in %q", line, got)
			}
			seen[name]++
		}
		if n := len(listOf(attrs["businessPhones"])); seen["N:"] != 1 || seen["FN:"] != 1 || seen["TITLE:"] > 1 || seen["TEL;TYPE=WORK,VOICE:"] > n {
			t.Fatal(fmt.Sprint(seen), got)
		}
	})
}
