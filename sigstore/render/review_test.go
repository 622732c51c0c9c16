package render

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// remarks are "LINE: PROBLEM".
func remarks(all []Remark) (list []string) {
	for _, r := range all {
		list = append(list, fmt.Sprintf("%d: %s", r.Line, r.Problem))
	}
	return list
}

func TestReviewHTML(t *testing.T) {
	tests := []struct {
		name, html string
		want       []string // the beginning of each
	}{
		{"nothing", `<p style="color:#123456;display:block;width:10px"><img src="cid:a" alt="" width="1"><img src="https://a.b/c" alt="a"></p>`, nil},
		{"no alternative text, each once", "<img src='cid:a'>\n<IMG SRC=cid:b><img src='cid:a'><img src=\"{{photo \"cid:b\"}}\">", []string{
			"1: picture cid:a has no alternative text; ", "2: picture cid:b has no alternative text; ", `2: picture {{photo "cid:b"}} has no`}},
		{"alternative text of an editor", `<img src="cid:a" alt="image001.png">`, []string{"1: the alternative text of picture cid:a is the name of a file; "}},
		{"pictures over http", "<img src=\"HTTP://a.b/c\" alt=\"\">\n<td background=\"http://a.b/d\"><i style=\"background:#fff url('http://a.b/e')\">", []string{
			"1: picture HTTP://a.b/c comes over http", "2: picture http://a.b/d comes", "2: picture http://a.b/e comes",
			"2: Outlook for Windows does not do background:#fff url('http://a.b/e'); "}},
		{"pictures in the HTML", `<img alt="" src="data:image/png;base64,` + strings.Repeat("a", 99) + `"><img alt="" src="data:image/svg+xml,x">`, []string{
			"1: picture data:image/png;base64," + strings.Repeat("a", 38) + "... is part of the HTML", "1: picture data:image/svg+xml,x is of a kind that"}},
		{"links over http are fine", `<a href="http://a.b/">a</a><a href="mailto:{{.mail}}"><a href="{{tel .mobilePhone}}"><a href="msteams:/l/x">`, nil},
		{"CSS", `<p style="Display: inline-block; float:none; border-radius:3px"><p style="border-radius:3px">`, []string{
			"1: Outlook for Windows does not do display:inline-block; lay out by a table", "1: Outlook for Windows does not do border-radius:3px; "}},
		{"width", `<img width="9" alt="" src="cid:a" style="max-width:9px"><p style="max-width:9px">`, []string{
			"1: Outlook for Windows does not do max-width:9px; write width= too"}},
		{"CSS that Outlook does not see", `<!--[if !mso]><!--><p style="float:left"></p><!--<![endif]--><p style="opacity:.5"></p>`, []string{
			"1: Outlook for Windows does not do opacity:.5; "}},
		{"a style sheet", `<style>p { float: left } i { color: red }</style>float:left`, []string{
			"1: some clients drop <style>", "1: Outlook for Windows does not do float:left; "}},
		{"a head", "<html><head>\n<title>x</title><link rel=stylesheet href=a.css>\n<style>p { float: left }</style></head>\n<body style='color:red'><p>{{.displayName}}</p></body></html>", []string{
			"2: <link> in <head> is left out", "3: <style> in <head> is left out", "4: the style of <body> is left out"}},
		{"removed", `<script>a</script><form><input></form>`, []string{
			"1: mail clients remove <script>", "1: mail clients remove <form>", "1: mail clients remove <input>"}},
		{"text in the wrong charset", "<p>{{.displayName}}\n<br>MÃ¼ller â€“ GrÃ¶ÃŸe</p>\n<p>Bj\uFFFDrn</p>Ângelo", []string{
			`2: "MÃ¼ller" was saved in the wrong charset`, "3: \"Bj\uFFFDrn\" was saved"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := remarks(ReviewHTML(test.html))
			if !slices.EqualFunc(got, test.want, strings.HasPrefix) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

// What an address of a picture or a link must be, whatever stands around it.
func TestReviewAddresses(t *testing.T) {
	for _, test := range []struct{ source, want string }{
		{`<img alt="" src="{{photo}}">`, ""},
		{`<img alt="" src="{{if .a}}cid:a.png{{else}}cid:b.png{{end}}">`, ""},
		{`<img alt="" src="{{ if eq .a "DE" }}logo.png{{else}}cid:b.png{{end}}">`, `picture logo.png{{else}}cid:b.png{{end}} is a file that mail does not have`},
		{`<img alt="" src="{{.base}}/logo.png">`, ""},
		{`<img alt="" src="{{default "https://a.b/c.png" .logo}}">`, ""},
		{`<img alt="" src="https://a.b/{{.city}}.png">`, ""},
		{`<img alt="" src="logo.png">`, "picture logo.png is a file that mail does not have; put it beside the template and write cid:logo.png"},
		{`<img alt="" src="Sales_files/image%20001.png">`, "picture Sales_files/image%20001.png is in a folder that mail does not have; put it beside the template and write cid:image 001.png, or use sigmilter import"},
		{`<img alt="" src="Verkauf-Dateien/image001.png">`, "picture Verkauf-Dateien/image001.png is in a folder"},
		{`<img alt="" src="../{{.x}}.png">`, "picture ../{{.x}}.png is in a folder"},
		{`<img alt="" src="/images/logo.png">`, "picture /images/logo.png is in a folder"},
		{`<img alt="" src="//cdn.b/c.png">`, "picture //cdn.b/c.png has no scheme; write https://cdn.b/c.png"},
		{`<img alt="" src="file:///C:/Users/me/logo.png">`, "picture file:///C:/Users/me/logo.png is on one machine, and nobody else sees it; put it beside the template and write cid:logo.png"},
		{`<img alt="" src="C:\Users\me\logo.png">`, `picture C:\Users\me\logo.png is on one machine`},
		{`<img alt="" src="\\server\share\logo.png">`, `picture \\server\share\logo.png is on one machine`},
		{`<img alt="" src="blob:https://a.b/c">`, "picture blob:https://a.b/c is seen by nobody"},
		{`<img alt="" src="">`, "a picture has no address"},
		{`<p style="background-image:url(bg.png)">`, "picture bg.png is a file"},
		{`<a href="www.contoso.com">x</a>`, "link www.contoso.com has no scheme; write https://www.contoso.com"},
		{`<a href="contoso.com:8080/x">x</a>`, "link contoso.com:8080/x has no scheme; write https://contoso.com:8080/x"},
		{`<a href="www.contoso.com/{{.city}}">x</a>`, "link www.contoso.com/{{.city}} has no scheme"},
		{`<a href=" //contoso.com/a">x</a>`, "link //contoso.com/a has no scheme; write https://contoso.com/a"},
		{`<a href="alice@contoso.com">x</a>`, "link alice@contoso.com has no scheme; write mailto:alice@contoso.com"},
		{`<a href="+49 (30) 5550-101">x</a>`, "link +49 (30) 5550-101 has no scheme; write tel: before it"},
		{`<a href="imprint.html">x</a>`, "link imprint.html leads nowhere in mail"},
		{`<a href="/imprint">x</a>`, "link /imprint leads nowhere in mail"},
		{`<a href="#">x</a>`, `link "#" leads nowhere`},
		{`<a href="">x</a>`, `link "" leads nowhere`},
		{`<a href="javascript:alert(1)">x</a>`, "mail clients remove the link javascript:alert(1)"},
		{`<a href="file://server/x.pdf">x</a>`, "link file://server/x.pdf leads to a file on one machine"},
		{`<a href="{{url .website "utm_source" "x"}}">x</a>`, ""},
		{`<a name="top">x</a>`, ""},
		{`<a href={{.website}}>x</a>`, ""},
	} {
		got := remarks(ReviewHTML("<p>\n" + test.source))
		if test.want == "" && len(got) > 0 || test.want != "" && (len(got) == 0 || !strings.HasPrefix(got[0], "2: "+test.want)) {
			t.Errorf("%s: got\n%s\nwant\n%s", test.source, strings.Join(got, "\n"), test.want)
		}
	}
}

func TestReviewCutFields(t *testing.T) {
	for _, test := range []struct{ source, want string }{
		{`{{.displayName}} {{if gt (len .city) 3}}<b>{{.city}}</b>{{end}} {a} {{/* {{.x} */}}`, ""},
		{`{<span lang=DE>{.displayName}</span>}`, "2: {{.displayName}} is cut"},
		{`<b>{</b><i>{.display</i><u>Name}}</u>`, "2: {{.displayName}} is cut"},
		{`{ {.displayName} }`, "2: { {.displayName} } is cut"},
		{"a\nb {<o:p></o:p>{.city}}", "3: {{.city}} is cut"},
		{`{</p><p>{.city}}`, ""},
	} {
		got := strings.Join(remarks(ReviewHTML("<p>\n"+test.source+"</p>")), "\n")
		if !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%s: got %q, want %q", test.source, got, test.want)
		}
	}
}

func TestReviewText(t *testing.T) {
	got := remarks(ReviewText("{{.displayName}}\nGrÃ¼ÃŸe <img src=a>\n"))
	if want := `2: "GrÃ¼Ã`; len(got) != 1 || !strings.HasPrefix(got[0], want) {
		t.Errorf("got %q", got)
	}
}

func TestLongLines(t *testing.T) {
	long := strings.Repeat("a", longestLine+1)
	got := LongLines("a\r\n"+long[1:]+"\r\n", "a\n\n"+long)
	if len(got) != 1 || !strings.HasPrefix(got[0], "line 3 of the rendered text has 999 bytes") {
		t.Errorf("got %q", got)
	}
}
