package insert

import (
	"regexp"
	"strings"
	"testing"
)

// elementTag is the start tag of the element around a block.
var elementTag = regexp.MustCompile(`<div id="sigmilter-signature" class="sigmilter-signature"([^>]*)>`)

// TestInherited: the element around a block sets right what is handed down to it, and
// says nothing more.
func TestInherited(t *testing.T) {
	latin, hebrew := "<p>Alice Muster</p>", "<p>דוד לוי<br>מהנדס</p>"
	normal := ` style="white-space:normal`
	for _, tc := range []struct{ name, html, in, want string }{
		{"nothing", latin, `<body><p>Hi</p><br>@</body>`, normal},
		{"left to right", latin, `<body dir="ltr"><p>Hi</p><br>@</body>`, normal},
		{"Latin in a document from right to left", latin, `<html dir="rtl"><body><p>שלום</p><br>@</body></html>`, ` dir="ltr"` + normal},
		{"Hebrew in a document from right to left", hebrew, `<html dir="rtl"><body><p>שלום</p><br>@</body></html>`, normal},
		{"Hebrew in a document from left to right", hebrew, `<body dir="ltr"><p>Hello</p><br>@</body>`, normal},
		{"Hebrew in a document of no direction", hebrew, `<body><p>Hello</p><br>@</body>`, normal},
		{"the innermost element decides", latin, `<html dir="rtl"><body dir="ltr"><p>Hi</p><br>@</body></html>`, normal},
		{"a style", latin, `<body style="margin:0; DIRECTION: RTL"><p>שלום</p><br>@</body>`, ` dir="ltr"` + normal},
		{"no direction of text", latin, `<body style="flex-direction:rtl"><p>Hi</p><br>@</body>`, normal},
		{"a paragraph that is left", latin, `<body><p dir="rtl">שלום</p><br>@</body>`, normal},
		{"Word's paragraphs from right to left", hebrew, `<body><p class=MsoNormal dir=RTL style='text-align:right;direction:rtl'>שלום</p><p class=MsoNormal dir=RTL>&nbsp;</p>@</body>`, ` dir="rtl"` + normal},
		{"Gmail's divisions from right to left", hebrew, `<div dir="rtl">שלום<br><br></div>@`, ` dir="rtl"` + normal},
		{"Word's paragraphs, the last from left to right", hebrew, `<body><p dir=RTL>שלום</p><p dir=LTR>Hello</p><br>@</body>`, normal},
		{"a paragraph that stays without its marker", hebrew, `<p dir="rtl">שלום <a href="#x">כאן</a></p><p dir="ltr"><a id="x"></a>@</p>`, ` dir="rtl"` + normal},
		{"automatic, Hebrew", latin, `<body dir="auto">1. שלום<br><br>@</body>`, ` dir="ltr"` + normal},
		{"automatic, English", latin, `<body dir="auto">Hi שלום<br><br>@</body>`, normal},
		{"automatic, nothing written", hebrew, `<body dir="auto"><div><br></div>@</body>`, normal},
		{"Arabic letters written as references", "<p>&#1604;&#1610;&#1604;&#1609;</p>", `<body dir="rtl"><p>x</p><br>@</body>`, normal},
		{"a centred letter", latin, `<body><center>Hi<br><br>@</center></body>`, normal + `;text-align:left`},
		{"a centred letter from right to left", hebrew, `<body dir="rtl"><div align="center">שלום<br><br>@</div></body>`, normal + `;text-align:right`},
		{"centred, and left again", latin, `<center><div style="text-align:left">Hi<br><br>@</div></center>`, normal},
		{"aligned as the letter", latin, `<div align="right">Hi<br><br>@</div>`, normal},
		{"aligned to the right, from right to left", latin, `<div dir="rtl" align="right">שלום<br><br>@</div>`, ` dir="ltr"` + normal + `;text-align:left`},
		{"indented", latin, `<div style="text-indent:2em"><p>您好</p><br>@</div>`, normal + `;text-indent:0`},
		{"not indented", latin, `<div style="text-indent:0px">Hi<br><br>@</div>`, normal},
		{"text of no size", latin, `<table><tr><td style="font-size:0px;line-height:0;">@</td></tr></table>`, normal + `;font-size:medium;line-height:normal`},
		{"text of some size", latin, `<div style="font-size:0.9em;line-height:1.0"><p>Hi</p><br>@</div>`, normal},
	} {
		in := strings.Replace(tc.in, "@", "{EMAILSIGNATURE}", 1)
		b := Block{HTML: tc.html, Text: "x"}
		pl, refusal := Read([]byte(in), Kind{HTML: true}).Place(b, &all, &alice, false)
		out := carried(t, in, pl)
		m := elementTag.FindStringSubmatch(out)
		if m == nil || m[1] != tc.want+`"` || refusal != "" {
			t.Errorf("%s: %q: %s", tc.name, refusal, out)
			continue
		}
		pl, _ = Read([]byte(out), Kind{HTML: true}).Place(b, &all, &alice, false)
		if again := carried(t, out, pl); again != out {
			t.Errorf("%s, again: %s", tc.name, again)
		}
	}
}

// TestIsolated: in text from right to left what would be shown backwards is
// isolated, here between brackets.
func TestIsolated(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"a number alone", "+972 3 555 0100", "[+972 3 555 0100]"},
		{"two lines", "<p>דוד<br>+972 3 555 0100<br>052-555-0100</p>", "<p>דוד<br>[+972 3 555 0100]<br>[052-555-0100]</p>"},
		{"behind a label", "טל: +972 3 555 0100", "טל: [+972 3 555 0100]"},
		{"two behind labels", "טל: 03-555 0100 | נייד: (052) 555-0100.", "טל: [03-555 0100] | נייד: [(052) 555-0100]."},
		{"in a link", `هاتف <a href="tel:+96265550107">+962 6 555 0107</a>`, `هاتف <a href="tel:+96265550107">[+962 6 555 0107]</a>`},
		{"Arabic digits", "هاتف ٠٦ ٥٥٥ ٠١٠٧", "هاتف [٠٦ ٥٥٥ ٠١٠٧]"},
		{"written as a reference", "&#43;972 3 555 0100", "[&#43;972 3 555 0100]"},
		{"no-break spaces", "+972&nbsp;3&nbsp;555\u00a00100", "[+972&nbsp;3&nbsp;555\u00a00100]"},
		{"separated", "+972 3 555 0100 | +972 52 555 0100 · 7/3", "[+972 3 555 0100] | [+972 52 555 0100] · [7/3]"},
		{"an address that begins with a number", "10115 Berlin, Gauge Street 7", "[10115 Berlin, Gauge Street 7]"},
		{"a web address", "אתר: https://contoso.com/he/", "אתר: [https://contoso.com/he/]"},
		{"a mail address", "דואר: david.l@contoso.com,", "דואר: [david.l@contoso.com],"},
		{"a web address without scheme", "www.contoso.com", "[www.contoso.com]"},
		{"an element from left to right", `<span dir="ltr">+972 3 555</span> <bdi>+972 3</bdi> +972 3`, `<span dir="ltr">+972 3 555</span> <bdi>+972 3</bdi> [+972 3]`},
		{"behind it from right to left again", `<p style="direction:ltr">+1 2</p><p>+972 3</p>`, `<p style="direction:ltr">+1 2</p><p>[+972 3]</p>`},

		{"behind a Latin label", `Phone <a href="tel:1">+972 3 555 0100</a>`, `Phone <a href="tel:1">+972 3 555 0100</a>`},
		{"a Latin label in the same text", "Phone +972 3 555 0100", "Phone +972 3 555 0100"},
		{"a number without signs", "תל אביב 6473100", "תל אביב 6473100"},
		{"Latin words", "קונטוסו Contoso Instruments", "קונטוסו Contoso Instruments"},
		{"Hebrew alone", `בע"מ`, `בע"מ`},
		{"a hyphen behind a letter", "ב-2024", "ב-2024"},
		{"signs alone", "+ / -", "+ / -"},
		{"attributes and styles", `<style>p{margin:0 1px}</style><img alt="+1 2" src="a">`, `<style>p{margin:0 1px}</style><img alt="+1 2" src="a">`},
		{"a tag that never ends", "דוד <b", "דוד <b"},
	} {
		brackets := strings.NewReplacer("[", `<span dir="ltr">`, "]", "</span>")
		if got := isolatedHTML(tc.in, true); got != brackets.Replace(tc.want) {
			t.Errorf("%s:\ngot  %s\nwant %s", tc.name, got, brackets.Replace(tc.want))
		}
		if got := isolatedHTML(tc.in, false); got != tc.in {
			t.Errorf("%s, from left to right: %s", tc.name, got)
		}
		if strings.ContainsAny(tc.in, "<&") {
			continue
		}
		marks := strings.NewReplacer("[", ltrMark, "]", ltrMark)
		if got := isolatedText(tc.in + "\n" + tc.in); got != marks.Replace(tc.want+"\n"+tc.want) {
			t.Errorf("%s, in text:\ngot  %q\nwant %q", tc.name, got, marks.Replace(tc.want))
		}
	}
}

// TestIsolatedByTemplate: a block that runs from right to left by itself does so
// wherever it stands.
func TestIsolatedByTemplate(t *testing.T) {
	const in = `<p>+1 2</p><table DIR="RTL"><tr><td>דוד<br>+972 3 555</td></tr></table><p>+1 2</p>`
	const want = `<p>+1 2</p><table DIR="RTL"><tr><td>דוד<br><span dir="ltr">+972 3 555</span></td></tr></table><p>+1 2</p>`
	if got := isolatedHTML(in, false); got != want {
		t.Error(got)
	}
}

// TestMarks: a text gets marks below text from right to left only.
func TestMarks(t *testing.T) {
	hebrew := Block{HTML: "x", Text: "דוד\n+972 3 555 0100"}
	for _, tc := range []struct {
		name, in string
		reply    bool
		want     bool
	}{
		{"Hebrew", "שלום\n", false, true},
		{"Arabic reply", "مرحبا\n\nOn 3 Feb 2026, Bob wrote:\n> Hi\n", true, true},
		{"a marker", "שלום\n{EMAILSIGNATURE}\n", false, true},
		{"a sign-off", "שלום\n\nSent from my iPhone\n", false, true},
		{"nothing of the author", "\n", false, true},
		{"English", "Hello\n", false, false},
		{"English below Hebrew", "1. שלום\nHello\n", false, true},
		{"a forward of Hebrew", "________________________________\nFrom: דוד <d@example.net>\nSent: 3 Feb 2026\nTo: x\nSubject: y\n\nשלום\n", true, false},
		{"a forward of Hebrew, behind signs", "> 1. שלום\n", true, true},
		{"Hebrew below English", "Hello\nשלום\n", false, false},
		{"English above quoted Hebrew", "Hello\n\nOn 3 Feb 2026, Bob wrote:\n> שלום\n", true, false},
	} {
		pl, refusal := Read([]byte(tc.in), Kind{Reply: tc.reply}).Place(hebrew, &all, &alice, false)
		out := carried(t, tc.in, pl)
		if got := strings.Contains(out, ltrMark+"+972 3 555 0100"+ltrMark); got != tc.want || refusal != "" || !got && strings.Contains(out, ltrMark) {
			t.Errorf("%s: %q: %q", tc.name, refusal, out)
		}
		pl, _ = Read([]byte(out), Kind{Reply: tc.reply}).Place(hebrew, &all, &alice, false)
		if again := carried(t, out, pl); again != out {
			t.Errorf("%s, again: %q", tc.name, again)
		}
	}
}

// TestOldElement: a block that an earlier version put in, without a style, is found
// and put right.
func TestOldElement(t *testing.T) {
	const in = `<p>Hi</p><br><div id="sigmilter-signature" class="sigmilter-signature"><b>SIG</b></div>`
	runPlace(t, []placeCase{
		{"as it was put in", Kind{HTML: true}, in, `<p>Hi</p><br>[SIG]`, Replaced, "", nil},
		{"prefixed by a client", Kind{HTML: true}, strings.ReplaceAll(in, "sigmilter-s", "x_sigmilter-s"), `<p>Hi</p><br>[SIG]`, Replaced, "", nil},
		{"with another style", Kind{HTML: true}, strings.ReplaceAll(in, "><b>", ` style="color:red"><b>`), `<p>Hi</p><br>[SIG]`, Replaced, "", nil},
	})
}
