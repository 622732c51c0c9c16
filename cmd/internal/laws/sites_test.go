package laws

import (
	"strings"
	"testing"

	"sigmilter/milter/engine"
)

// TestContainer is about what the element around a block may say, and what may be
// isolated in it.
func TestContainer(t *testing.T) {
	const html, plain = "text/html", "text/plain"
	in := strings.TrimSuffix(inHTML, "\n")
	styled := func(attributes string) string {
		return strings.Replace(in, ` style="white-space:normal"`, attributes, 1)
	}
	for _, tc := range []struct{ name, kind, before, after, removed, want string }{
		{"set off", html, "Hi", "Hi" + styled(` style="white-space:normal;margin-top:1em"`), "", ""},
		{"a direction, and all set right", html, "Hi", "Hi" + styled(` dir="ltr" style="white-space:normal;margin-top:1em;font-size:medium;line-height:normal;text-indent:0;text-align:left"`), "", ""},
		{"hidden", html, "Hi", "Hi" + styled(` style="white-space:normal;display:none"`), "", "the block is not there"},
		{"without a style", html, "Hi", "Hi" + styled(""), "", "the block is not there"},
		{"an attribute more", html, "Hi", "Hi" + styled(` style="white-space:normal" onclick="x"`), "", "the block is not there"},
		{"no line end", html, "Hi", "Hi" + strings.Replace(in, "\n", "", 1), "", "the block is not there"},
		{"isolated", html, "Hi", "Hi" + strings.Replace(in, "Sales", `<span dir="ltr">Sales</span>`, 1), "", ""},
		{"nothing isolated", html, "Hi", "Hi" + strings.Replace(in, "Sales", `<span dir="ltr"></span>Sales`, 1), "", "the block is not there"},
		{"isolated without end", html, "Hi", "Hi" + strings.Replace(in, "Sales", `<span dir="ltr">Sales`, 1), "", "the block is not there"},
		{"isolated otherwise", html, "Hi", "Hi" + strings.Replace(in, "Sales", `<span dir="rtl">Sales</span>`, 1), "", "the block is not there"},
		{"line breaks between what is removed", html, "Hi<br>Alice Miller<br><hr>+49 30 1234567<br>", "Hi<br>" + in + "<br>", "Alice Miller|+49 30 1234567", ""},
		{"a line break behind it", html, "Hi<br>Alice<br>Sales<br>", "Hi<br>" + in, "Alice|Sales", "differs"},
		{"a line break before it", html, "Hi<br>Alice<br>Sales", "Hi" + in, "Alice|Sales", "differs"},
		{"a comment between", html, "Hi<br>Alice<!-- x -->Sales", "Hi<br>" + in, "Alice|Sales", "differs"},

		{"marks", plain, "Hi\n", "Hi\n\nAlice Miller\n\u200eSales\u200e\n", "", ""},
		{"one mark", plain, "Hi\n", "Hi\n\nAlice Miller\n\u200eSales\n", "", "the block is not there"},
		{"other marks", plain, "Hi\n", "Hi\n\nAlice Miller\n\u202aSales\u202c\n", "", "the block is not there"},
		{"marks in the author's text", plain, "Hi 1\n", "Hi \u200e1\u200e\n\nAlice Miller\nSales\n", "", "differs"},
	} {
		header := "Content-Type: " + tc.kind + "; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
		r := engine.Report{Action: engine.Signed, Blocks: []engine.BlockReport{{Block: "signature", Part: "1", Placed: "end"}}}
		if tc.removed != "" {
			r.Blocks[0].Removed = strings.Split(tc.removed, "|")
		}
		check(t, tc.name, header+tc.before, "X-Guard: Yes\n"+header+tc.after, r, tc.want)
	}
}
