package insert

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A token as it is compared.
type comparedToken struct {
	kind   tokenKind
	size   int
	name   string
	attrs  attrs
	closed bool
}

// ourTokens are the tokens of a text, the last without an end.
func ourTokens(text string) []comparedToken {
	var all []comparedToken
	t := tokens{src: text}
	for {
		c := comparedToken{kind: t.next()}
		switch c.size = t.end - t.start; c.kind {
		case noToken:
			return append(all, c)
		case startTagToken:
			c.name, c.attrs, c.closed = t.tag.name, t.tag.attrs, t.tag.closed && comparable(text[t.start:t.end])
			if t.tag.tag != 0 {
				c.name = t.tag.tag.String()
			}
		case endTagToken:
			c.name = nameOfTag(text[t.start:t.end])
		}
		all = append(all, c)
	}
}

// comparable reports whether a tag has one attribute at most. QUIRK: where one stands
// twice, x/net/html forgets the second when it looks whether the tag closes itself.
func comparable(tag string) bool {
	n := 0
	tagEnd(tag, func(_, _ string, _ int) { n++ })
	return n < 2
}

// netTokens are those of x/net/html.
func netTokens(text string) []comparedToken {
	var all []comparedToken
	z := nethtml.NewTokenizer(strings.NewReader(text))
	for {
		tt := z.Next()
		c := comparedToken{size: len(z.Raw())}
		switch tt {
		case nethtml.ErrorToken:
			return append(all, comparedToken{})
		case nethtml.TextToken:
			c.kind = textToken
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			c.kind, c.closed = startTagToken, tt == nethtml.SelfClosingTagToken && comparable(string(z.Raw()))
			name, more := z.TagName()
			c.name = string(name)
			for more {
				var key, value []byte
				key, value, more = z.TagAttr()
				c.attrs.take(atom.Lookup([]byte(c.name)), string(key), string(value))
			}
		case nethtml.EndTagToken:
			c.kind = endTagToken
			name, _ := z.TagName()
			c.name = string(name)
		default:
			c.kind = otherToken
		}
		all = append(all, c)
	}
}

var markup = []string{
	"", "text", "a<b", "a < b", "<", "a<", "</", "a</", "</>", "</ x>y", "</1>", "<!", "<!>", "<!>x", "<!d", "<!doctype html>x", "<?xml a='>'?>", "<?",
	"<p>", "<P CLASS=A>x</P >", "<p", "<p ", "<p a", "<p a=", "<p a='", "<p a=b", "<p/>", "<p a/>", "<p a=/>", "<p a='/'>", "<p a=b/ >", "<p a = b>", "<p =a=b>", "<p //a>", "<p a b/c>", "<p a='>' id=\">\">x",
	"<p id=a id=b>", "<p ID= class='x y' style=\"A: B;\r\n c:d\rx\">", "<p id='&amp;&lt' class=\"&notit; &copy=1\">", "<p\x00 id=a\x00b>", "<p id>", "<p id=>", "<p id= >", "<o:p/><o:p x=y/></O:P>", "</p a='>'>x", "<\u212adiv>", "<bloc\u212aquote></bloc\u212aquote>",
	"<!-->x", "<!--->x", "<!---->x", "<!--a-->x", "<!--a--!>x", "<!--a>b-->x", "<!--a", "<!--a--", "<!--a--!", "<!--a->b", "<!---!>x-->y", "<!--a--!-->x", "<!--[if mso]><p><![endif]-->x", "<![endif]>x",
	"<style>a<b</style>c", "<style></style>x", "<style>a</styles></STYLE\n>x", "<style>a</sty</style>x", "<style>a", "<title>a<b></title>", "<textarea></textarea", "<plaintext>a</plaintext>b", "<plaintext>", "<noscript>a<b></noscript>", "<xmp/>a<b></xmp>c", "<iframe>a</iframe >b",
	"<script>a</script>b", "<script><!--<script>a</script>b--></script>c", "<script><!--a</script>b", "<script><!--<-</script>x", "<script><!--><script></script>x", "<script><!--<script </script --></script>x", "<script><!--<scripts</script>x", "<script><!--<script>--></script>x", "<script>a", "<script></script", "<script><!-</script>x", "<script><!--</-->x<script>",
}

// FuzzTokens: whatever the text, its tokens are those of x/net/html.
func FuzzTokens(f *testing.F) {
	for _, s := range markup {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, want := ourTokens(text), netTokens(text)
		if !slices.Equal(got, want) {
			t.Errorf("%q:\n%+v, want\n%+v", text, got, want)
		}
	})
}

// TestTokensRandom: so it is for texts put together at random of pieces of markup.
func TestTokensRandom(t *testing.T) {
	pieces := append(slices.Clone(markup), "<", ">", "/", "=", "'", "\"", " ", "!", "-", "--", "script", "style", "a", "A", "&", "\r", "\n")
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var text bytes.Buffer
		for range 1 + random.IntN(8) {
			text.WriteString(pieces[random.IntN(len(pieces))])
		}
		if got, want := ourTokens(text.String()), netTokens(text.String()); !slices.Equal(got, want) {
			t.Fatalf("%q:\n%+v, want\n%+v", text.String(), got, want)
		}
	}
}
