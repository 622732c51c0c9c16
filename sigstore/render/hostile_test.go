package render

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// hostileValues are what a directory may hold by accident or on purpose.
var hostileValues = []string{
	"a\r\nBcc: eve@example.com\r\n\r\n<p>", "a\x00b\x1b[31m\x7f\u0085\u2028\u2029", "\u202Etxt.exe\u202C \u2066x\u2069", strings.Repeat("ä<\"'", 2500),
	"M\xfcller\xff\xfe", "\xed\xa0\x80", "javascript:alert(1)", " JaVaScRiPt\t:alert(1)//", "java\nscript:alert(1)", "vbscript:msgbox", "data:text/html;base64,PHNjcmlwdD4=",
	"//evil.example/x", "https://a.b/\"><script>alert(1)</script>", "https://javascript:x@a.b/", "http:javascript:alert(1)", "cid:logo.png\" onerror=\"alert(1)",
	`"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, "` onclick=alert(1) `", "x onload=alert(1)", "</style><script>alert(1)</script>", "</script><script>",
	"--><script>alert(1)</script><!--", "<!--[if mso]><script>", "<![endif]-->", "]]>", "red;background:url(javascript:alert(1))", "expression(alert(1))", `\22\3e\3cscript\3e`,
	"&lt;script&gt;&#60;b&#62;", "{{.displayName}}", "</p></div></td></table>", "=?utf-8?q?=0D=0A?=", "+49 30 1\"onclick=\"x", "%0d%0aBcc:x", "a;b|c", "BEGIN:VCARD\nEND:VCARD",
}

// hostileContexts are the places where templates have values; V is the field.
var hostileContexts = []string{
	`<p>V</p>`, `<p title="V">a</p>`, `<p title='V'>a</p>`, `<p title=V>a</p>`, `<a href="V">a</a>`, `<a href='V'>a</a>`, `<a href=V>a</a>`, `<a href="https://a.b/V?x=V#V">a</a>`,
	`<a href="mailto:V">V</a>`, `<a href="tel:V">V</a>`, `<img src="V" alt="V">`, `<img src=V alt=V>`, `<img srcset="V 2x" alt="">`, `<td background="V">a</td>`,
	`<p style="color:V">a</p>`, `<p style="V">a</p>`, `<p style='background:url("V")'>a</p>`, `<p style=color:V>a</p>`, `<style>p{color:V}</style>`, `<style>V</style>`,
	`<script>var a = V;</script>`, `<script>var a = "V";</script>`, `<p onclick="go(V)">a</p>`, `<p onclick="go('V')">a</p>`, `<textarea>V</textarea>`, `<title>V</title>`,
	`<!--[if mso]><b title="V">V</b><![endif]-->`, `<!--[if !mso]><!--><b>V</b><!--<![endif]-->`, `<a href="{{url V}}">a</a>`, `<a href={{url V}}>a</a>`,
	`<a href="{{url "https://a.b/" "c" V}}">a</a>`, `<a href="{{url "https://a.b/" V V}}">a</a>`, `<a href="{{tel V}}">a</a>`, `<a href={{tel V}}>a</a>`, `<img src="{{photo V}}" alt="">`,
	`<img src={{photo V}} alt="">`, `<img src="{{qrcode V}}" alt="">`, `<img src={{qrcode V}} alt="">`, `<img src="{{qrcode vcard}}" alt="">`, `<p>{{vcard}}</p>`, `<p title="{{vcard}}">a</p>`,
	`<a href="{{vcard}}">a</a>`, `<p>{{upper V}}{{lower V}}{{title V}}{{phone V}}{{default "x" V}}{{date "2006" "UTC" V}}</p>`, `<p>{{range list V}}<i>{{.}}</i>{{end}}</p>`,
	`<p>{{html V}}</p>`, `<p>{{urlquery V}}</p>`, `<p>{{printf "%s" V}}</p>`,
}

// safeAddress is what a link or a picture may have for an address: of the web, of
// the message, to dial or to write, or none at all.
var safeAddress = regexp.MustCompile(`^(?:https?:|mailto:|tel:|cid:[A-Za-z0-9._@-]+$|#?ZgotmplZ|[^:]*$|[^:/?#]*[/?#])`)

// Whatever a value is, it changes no tag and no name of an attribute, and it is
// no address that runs. It brings nothing into plain text that ends a line.
func TestHostileValues(t *testing.T) {
	for _, context := range hostileContexts {
		field := "{{.displayName}}"
		source := strings.ReplaceAll(context, "V", field)
		if strings.Contains(context, "{{") {
			source = regexp.MustCompile(`\bV\b`).ReplaceAllString(context, ".displayName")
		}
		tmpl := mustParse(t, source+"<hr>", "["+field+"{{phone .displayName}}{{tel .displayName}}{{url .displayName}}{{qrcode .displayName}}]")
		harmless := func(value string) []string {
			b, err := tmpl.Render(Person{Attributes: map[string]string{"displayName": value}})
			if err != nil {
				t.Fatal(err)
			}
			return structure(b.HTML)
		}
		// What a value may come to: something, and a picture or an item that is not there.
		allowed := [][]string{harmless("Alice"), harmless("https://a.b/c"), harmless(""), harmless("a;b"), harmless("a;b;c"), harmless("a|b|c|d")}
		for _, value := range hostileValues {
			b, err := tmpl.Render(Person{Attributes: map[string]string{"displayName": value, "mail": value, "jobTitle": value}, Photo: []byte(value)})
			if err != nil {
				t.Errorf("%s with %.40q: %v", context, value, err)
				continue
			}
			if got := structure(b.HTML); !slices.ContainsFunc(allowed, func(want []string) bool { return slices.Equal(got, want) }) && !listed(context, got) {
				t.Errorf("%s with %.40q:\n%.300s\n%q", context, value, b.HTML, got)
			}
			checkClean(t, context, value, b)
		}
	}
}

// listed allows any number of elements where the template goes through a list.
func listed(context string, got []string) bool {
	return strings.Contains(context, "{{range") && !slices.ContainsFunc(got, func(tag string) bool {
		return tag != "<p>" && tag != "</p>" && tag != "<i>" && tag != "</i>" && tag != "<hr>"
	})
}

func checkClean(t *testing.T, context, value string, b Block) {
	t.Helper()
	for name, text := range map[string]string{"HTML": b.HTML, "text": b.Text} {
		text = strings.ReplaceAll(text, "\r\n", "\n") // of a vCard that stands in HTML
		if name == "HTML" {
			text = strings.ReplaceAll(text, "\n", "")
		}
		if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || turnsDirection(r) }) {
			t.Errorf("%s with %.40q: %s is %.300q", context, value, name, text)
		}
	}
	for _, address := range addresses(b.HTML) {
		if !safeAddress.MatchString(address) {
			t.Errorf("%s with %.40q: address %q", context, value, address)
		}
	}
	for _, p := range b.Pictures {
		if p.Name != "qrcode.png" || p.Type != "image/png" || !cidAddress.MatchString("cid:"+p.CID) {
			t.Errorf("%s with %.40q: picture %q %q %q", context, value, p.Name, p.Type, p.CID)
		}
	}
}

// structure is the tags of HTML with the names of their attributes, and of
// comments that there are some.
func structure(source string) (tags []string) {
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return tags
		case html.TextToken:
		default:
			raw := string(z.Raw()) // of a comment the token has the references decoded
			token := z.Token()
			tag := token.Data
			if inner, ok := strings.CutPrefix(raw, "<!--[if mso]>"); ok {
				tag = strings.Join(structure(strings.TrimSuffix(inner, "<![endif]-->")), "")
			}
			for _, a := range token.Attr {
				tag += " " + a.Key
			}
			tags = append(tags, fmt.Sprintf("<%s%s>", map[bool]string{true: "/"}[kind == html.EndTagToken], tag))
		}
	}
}

// addresses are those of links and pictures, without what a browser leaves out.
func addresses(source string) (found []string) {
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		if z.Next() == html.ErrorToken {
			return found
		}
		for _, a := range z.Token().Attr {
			if a.Key == "href" || a.Key == "src" || a.Key == "background" {
				found = append(found, strings.TrimSpace(a.Val))
			}
		}
	}
}
