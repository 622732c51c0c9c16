package render

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func TestPlainText(t *testing.T) {
	tests := []struct{ name, html, want string }{
		{"empty", "", ""},
		{"text", "a b", "a b"},
		{"blanks", "  a \n\t b&nbsp;&nbsp; c ", "a b c"},
		{"inline", "<b>a</b> <i>b</i><span>c</span>", "a bc"},
		{"paragraphs", "<p>a</p>\n<p>b</p>", "a\nb"},
		{"nested blocks", "<div><div><p>a</p></div></div><div>b</div>", "a\nb"},
		{"text before a block", "a<div>b</div>c", "a\nb\nc"},
		{"breaks", "a<br>b<br/>c", "a\nb\nc"},
		{"break at the end of a block", "<div>a<br></div><div>b</div>", "a\nb"},
		{"empty lines", "a<br><br><br><br>b", "a\n\nb"},
		{"empty paragraph", "<p>a</p><p>&nbsp;</p><p>&nbsp;</p><p>b</p>", "a\n\nb"},
		{"empty lines at the ends", "<br>&nbsp;<br>a<br><br>", "a"},
		{"list", "<ul><li>a<li>b</ul>", "a\nb"},
		{"table", "<table><tr><td>T</td><td>1</td></tr><tr><th>F<th> 2 </tr></table>", "T 1\nF 2"},
		{"layout table", "<table><tr><td><img src=l alt=Logo></td><td><p>a</p><p>b</p></td></tr></table>", "Logo\na\nb"},
		{"blocks in cells", "<table><tr><td><p>T</p></td><td><p>1</p><p>2</p></td></tr><tr><td></td><td>x</td></tr><tr><td>F</table>y", "T 1\n2\nx\nF\ny"},
		{"table in a cell", "<table><tr><td>L</td><td><table><tr><td>a</td></tr><tr><td>b</td></tr></table></td></tr></table>", "L a\nb"},
		{"break after a block", "<div>a</div><br>b", "a\n\nb"},
		{"entities", "&lt;a&gt; &amp; &uuml;&#8364;", "<a> & ü€"},
		{"hidden", `a<div style="color:red; DISPLAY : none !important">x<div>y</div>z</div>b`, "ab"},
		{"hidden attribute", "a<span hidden>x</span>b", "ab"},
		{"hidden picture", `a<img style="display:none" alt=x>b`, "ab"},
		{"not hidden", `<p style="display:nonesuch">a</p>`, "a"},
		{"style and script", "<style>p{}</style>a<script>x('<p>')</script>b<title>t</title>", "ab"},
		{"comments", "a<!-- x -->b<!--[if mso]><p>c</p><![endif]-->", "ab"},
		{"picture", "a<img alt='b  c'>d<img src=x>", "a b c d"},
		{"invisible characters", "a\u00ADb\u200Bc\uFEFF", "abc"},
		{"controls", "a\x01b\u0085c\u2028d&#7;e", "a b c d e"},

		{"link", `<a href="https://contoso.com/x">Contoso</a>!`, "Contoso <https://contoso.com/x>!"},
		{"links", `<a href="http://a.b">A</a> | <a href="http://c.d">C</a>`, "A <http://a.b> | C <http://c.d>"},
		{"link to its text", `see <a href="https://contoso.com">https://contoso.com</a>`, "see https://contoso.com"},
		{"link to its shortened text", `<p>Web: <a href="https://www.Contoso.com/"> www.contoso.com</a></p>`, "Web: https://www.Contoso.com/"},
		{"link in markup", `<a href="http://a.b"><b>A</b> <i>B</i></a>`, "A B <http://a.b>"},
		{"logo of the company that is named", `<table><tr><td><img src="l.png" alt="Contoso"></td><td>Alice Muster<br>Contoso GmbH</td></tr></table>`, "Alice Muster\nContoso GmbH"},
		{"picture that says more", `<p><img src="l.png" alt="Contoso, since 1902"><br>Contoso GmbH</p>`, "Contoso, since 1902\nContoso GmbH"},
		{"link around a picture", `<a href="http://a.b"><img alt="A"></a>`, "A <http://a.b>"},
		{"links without text", `x<a href="http://a.b"><img></a> <a href="http://c.d"></a>`, "xhttp://a.b http://c.d"},
		{"link over lines", `<a href="http://a.b"><div>A</div><div>B</div></a>`, "A\nB <http://a.b>"},
		{"link with a break in it", `x <a href="http://a.b"><br></a>y`, "x\n<http://a.b>y"},
		{"link not closed", `<a href="http://a.b">A <a href="http://c.d">C`, "A <http://a.b> C <http://c.d>"},
		{"mail and telephone", `<a href="mailto:a@b.c">a@b.c</a> <a href="tel:1">1</a>`, "a@b.c 1"},
		{"script and relative", `<a href="javascript:x://">a</a><a href="/x">b</a><a>c</a>`, "abc"},
		{"quoting", "<a href=' http://a.b/\nc<d> e '>A</a>", "A <http://a.b/c%3Cd%3E%20e>"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := plainText(test.html); got != test.want {
				t.Errorf("got\n%q\nwant\n%q", got, test.want)
			}
		})
	}
}

// Twice the input takes about twice the time, whatever it nests or leaves open.
// A factor of ten stands for "not quadratic" on a busy machine.
func TestPlainTextIsLinear(t *testing.T) {
	const n = 4000
	for _, unit := range []string{"<div>", "<a href=http://a.b>x", "<b style=display:none>", "<br>", "a ", "&nbsp;", "<table><tr><td>", "<!--", "<p", "</p>", "<title>"} {
		elapsed := func(times int) time.Duration {
			source := strings.Repeat(unit, times)
			best := time.Hour
			for range 3 {
				start := time.Now()
				plainText(source)
				best = min(best, time.Since(start))
			}
			return best
		}
		if short, long := elapsed(n), elapsed(4*n); long > 40*short+10*time.Millisecond {
			t.Errorf("%q: %v for %d, %v for %d", unit, short, n, long, 4*n)
		}
	}
}

func FuzzPlainText(f *testing.F) {
	f.Fuzz(func(t *testing.T, source string) {
		text := plainText(source)
		if !utf8.ValidString(text) {
			t.Fatalf("not UTF-8: %q", text)
		}
		if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }) {
			t.Fatalf("a control: %q", text)
		}
		if strings.Contains(text, "\n\n\n") || strings.Contains(text, " \n") || strings.Trim(text, " \n") != text {
			t.Fatalf("layout: %q", text)
		}
		if body := bodyContent(source); len(body) > len(source) {
			t.Fatalf("body of %d bytes from %d", len(body), len(source))
		}
	})
}

// FuzzRender renders a fuzzed value where templates have values: it may not
// change the structure of the HTML around it, nor add a line to the text.
func FuzzRender(f *testing.F) {
	tmpl, err := Options{PhonePrefix: "+49"}.Parse("fuzz", `<!--[if mso]><b>{{.v}}</b><![endif]--><p title="{{.v}}"><a href="https://a.b/{{.v}}">{{.v}}</a></p>`+
		`<p>.{{if .v}}<a href="{{url .v "a" .v}}">{{title .v}}</a><a href="{{tel .v}}">{{phone .v | upper}}</a><a href="{{.v}}">{{date "2006" "UTC" .v}}</a>{{end}}</p>`+
		`<p><img src="{{photo .v}}" alt="{{.v}}"></p>`,
		"[{{.v}}{{phone .v}}{{tel .v}}{{url .v}}{{qrcode .v}}]")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, value string) {
		html, text, err := texts(tmpl, map[string]string{"v": value})
		if err != nil {
			t.Fatal(err)
		}
		tags, quotes := 16, 10
		if pictureAddress(cleanValue(value)) != "" {
			tags, quotes = 19, 14
		}
		if cleanValue(value) == "" {
			tags, quotes = 4, 0
			if text != "" {
				t.Fatalf("text of nothing: %q", text)
			}
		}
		if n := strings.Count(html, "<"); n != tags {
			t.Fatalf("%d tags: %s", n, html)
		}
		if n := strings.Count(html, `"`); n != quotes {
			t.Fatalf("%d quotes: %s", n, html)
		}
		for _, href := range strings.Split(html, `href="`)[1:] {
			href, _, _ = strings.Cut(href, `"`)
			if scheme, _, ok := strings.Cut(strings.ToLower(href), ":"); ok && (strings.HasSuffix(scheme, "script") || scheme == "data") {
				t.Fatalf("script: %s", html)
			}
		}
		for _, alternative := range []string{strings.ReplaceAll(html, "\n", ""), text} { // a long line is folded
			if !utf8.ValidString(alternative) || strings.ContainsFunc(alternative, unicode.IsControl) {
				t.Fatalf("%q", alternative)
			}
		}
	})
}

// FuzzEmptyLines leaves lines out of fuzzed HTML with fields at two places. What
// is left is the source without some pieces, and without empty fields all of it.
func FuzzEmptyLines(f *testing.F) {
	f.Fuzz(func(t *testing.T, source string, a, b uint16) {
		first, second := int(min(a, b)), int(max(a, b))
		if second > len(source) {
			return
		}
		fields := []templateValue{{first, true}, {second, false}}
		left := dropHTMLLines(source, fields)
		rest := source
		for _, c := range []byte(left) {
			i := strings.IndexByte(rest, c)
			if i < 0 {
				t.Fatalf("%q is no part of %q", left, source)
			}
			rest = rest[i+1:]
		}
		fields[0].empty = false
		if same := dropHTMLLines(source, fields); same != source {
			t.Fatalf("%q became %q", source, same)
		}
		dropTextLines(source, fields)
	})
}
