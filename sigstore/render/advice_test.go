package render

import (
	"slices"
	"strings"
	"testing"
)

func TestAdvice(t *testing.T) {
	long := strings.Repeat("a", 999)
	tests := []struct {
		name, html, text string
		want             []string // the beginning of each
	}{
		{"nothing", `<p style="color:#123456;display:block;width:10px"><img src="cid:a" alt="" width="1"><img src="https://a.b/c" alt="a"></p>`, "a", nil},
		{"no alternative text", `<img src="cid:a"><img src="cid:a"><img src="cid:b">`, "", []string{
			"picture cid:a has no alternative text; ", "picture cid:b has no alternative text; "}},
		{"pictures over http", `<img src="HTTP://a.b/c" alt=""><td background="http://a.b/d"><i style="background:#fff url('http://a.b/e')">`, "", []string{
			"picture HTTP://a.b/c comes over http", "picture http://a.b/d comes", "picture http://a.b/e comes",
			"Outlook for Windows does not do background:#fff url('http://a.b/e'); "}},
		{"a picture in the HTML", `<img alt="" src="data:image/png;base64,` + long + `">`, "", []string{
			"picture data:image/png;base64," + strings.Repeat("a", 38) + "... is part of the HTML", "line 1 of the rendered HTML has 1040 bytes"}},
		{"links over http are fine", `<a href="http://a.b/">a</a>`, "", nil},
		{"CSS", `<p style="Display: inline-block; float:none; border-radius:3px"><p style="border-radius:3px">`, "", []string{
			"Outlook for Windows does not do display:inline-block; lay out by a table", "Outlook for Windows does not do border-radius:3px; "}},
		{"width", `<img width="9" alt="" style="max-width:9px"><p style="max-width:9px">`, "", []string{
			"Outlook for Windows does not do max-width:9px; write width= too"}},
		{"CSS that Outlook does not see", `<!--[if !mso]><!--><p style="float:left"></p><!--<![endif]--><p style="opacity:.5"></p>`, "", []string{
			"Outlook for Windows does not do opacity:.5; "}},
		{"a style sheet", `<style>p { float: left } i { color: red }</style>float:left`, "", []string{
			"some clients drop <style>", "Outlook for Windows does not do float:left; "}},
		{"removed", `<script>a</script><form><input></form>`, "", []string{
			"mail clients remove <script>", "mail clients remove <form>", "mail clients remove <input>"}},
		{"lines", "a\r\n" + long[1:] + "\r\n", "a\n\n" + long, []string{"line 3 of the rendered text has 999 bytes"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Advice(test.html, test.text)
			if !slices.EqualFunc(got, test.want, strings.HasPrefix) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}
