package laws

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"sigmilter/milter/engine"
)

// leaves shows the leaves of a message.
func leaves(p *part) string {
	if len(p.children) == 0 {
		return fmt.Sprintf("%s %s %q", p.id, p.kind, p.body)
	}
	var all []string
	for _, c := range p.children {
		all = append(all, leaves(c))
	}
	return strings.Join(all, " ")
}

// TestText is about what a block and what makes room for it may do to one text.
// The block, in its container, is @ in what follows.
func TestText(t *testing.T) {
	const html, plain = "text/html", "text/plain; format=flowed"
	for _, tc := range []struct {
		name, kind    string
		before, after string
		removed       string // by |
		want          string // of a breach, empty for none
	}{
		{"at the end", html, "<p>Hi</p></body>", "<p>Hi</p>@\n</body>", "", ""},
		{"leaving a paragraph", html, `<p id=1 class=c>Hi<br>Bob</p>`, "<p id=1 class=c>Hi</p>@\n<p class=c><br>Bob</p>", "", ""},
		{"leaving two", html, "<p><b>Hi Bob</b></p>", "<p><b>Hi</b></p>@\n<p><b> Bob</b></p>", "", ""},
		{"leaving and not coming back", html, "<p><b>Hi Bob</b></p>", "<p><b>Hi</b></p>@\n Bob</b></p>", "", "differs"},
		{"coming back otherwise", html, `<p class="c">Hi<br>Bob</p>`, `<p class="c">Hi</p>@<p class="d"><br>Bob</p>`, "", "differs"},
		{"coming back elsewhere", html, "<p><b>Hi Bob</b></p>", "<p><b>Hi</b></p>@\n<b><p> Bob</b></p>", "", "differs"},
		{"what was left open", html, "<div><span>Hi", "<div><span>Hi</div>@\n", "", ""},
		{"marker in pieces", html, "<p>Hi {EMAIL<b>SIG</b>NATURE} Bob</p>", "<p>Hi @\n<b></b> Bob</p>", "{EMAILSIGNATURE}", ""},
		{"marker in pieces, left", html, "<p>Hi {EMAIL<b>SIG</b>NATURE} Bob</p>", "<p>Hi </p>@\n<p><b></b> Bob</p>", "{EMAILSIGNATURE}", ""},
		{"marker in other letters", html, "{emailSignature}", "@\n", "{EMAILSIGNATURE}", ""},
		{"two markers", html, "a {M} b {M} c", "a @\n b  c", "{M}|{M}", ""},
		{"two markers, one left", html, "a {M} b {M} c", "a @\n b {M} c", "{M}|{M}", "differs"},
		{"picture", html, "<div>Alice<img src=logo></div>", "@\n", "Alice\ufffc", ""},
		{"picture not told", html, "<div>Alice<img src=logo></div>", "@\n", "Alice", "differs"},
		{"picture not gone", html, "<div>Alice<img src=logo></div>", "<div>@<img src=logo></div>", "Alice\ufffc", "differs"},
		{"tracker", html, "<div>Alice<img src=x width=1 height=1></div>", "@\n", "Alice", ""},
		{"style with the removed", html, "<div>Al<style>p{}</style>ice</div>", "@\n", "Alice", ""},
		{"hidden with the removed", html, "<div>Al<span style='display: none'>x<span>y</span></span>ice</div>", "@\n", "Alice", ""},
		{"hidden lost", html, "Hi<span style='display:none'>x</span>", "Hi<span style='display:none'></span>@\n", "", "differs"},
		{"comment lost", html, "Hi<!-- x -->", "Hi@\n", "", "differs"},
		{"half an element", html, "<div><i>Alice</i></div>", "<i>@</i></div>", "Alice", "differs"},
		{"the next element too", html, "<div>Alice</div><hr>", "@\n", "Alice", "differs"},
		{"spacer between", html, "<p>Alice</p><p>&nbsp;</p><p>Sales</p>", "<p></p>@\n<p></p><p></p><p></p>", "Alice|Sales", ""},
		{"spacer before", html, "<p>&nbsp;</p><p>Alice</p>", "<p></p><p></p>@\n<p></p>", "Alice", "differs"},
		{"an older block quoted", html, "Hi<blockquote>@</blockquote>", "Hi@\n<blockquote>@</blockquote>", "", ""},
		{"an older block right below", html, "@", "@\n@", "", ""},
		{"only an older block quoted", html, "Hi<blockquote>@</blockquote>", "Hi\n<blockquote>@</blockquote>", "", "differs"},
		{"entity spelt otherwise", html, "A &amp; O&uuml;", "A &#38; O&uuml;@\n", "", "differs"},
		{"end in a tag", html, "Hi<a hre", "Hi@\n<a hre", "", ""},
		{"plaintext", html, "<plaintext>Hi</b>", "@\n<plaintext>Hi</b>", "", ""},
		{"bare block", html, "Hi", "Hi<p>Alice M&uuml;ller<br>Sales</p>", "", "the block is not there"},

		{"text", plain, "Hi\n", "Hi\n\n@\n", "", ""},
		{"text, no line end", plain, "Hi", "Hi\n\n@", "", ""},
		{"text glued", plain, "Hi\n", "Hi@\n", "", "the block is not there"},
		{"three blank lines", plain, "Hi\n", "Hi\n\n\n\n@\n", "", "differs"},
		{"sign-off with its blanks", plain, "Hi\n\n  Sent \n> old\n", "Hi\n\n@\n> old\n", "Sent", ""},
		{"sign-off and the line below", plain, "Hi\n\nSent\n\n> old\n", "Hi\n\n@> old\n", "Sent", "the block is not there"},
		{"blank line lost", plain, "Hi\n\nSent\n\n\n\n\n> old\n", "Hi\n\n@\n> old\n", "Sent", "differs"},
		{"sign-off of several lines", plain, "Hi\n-- \nAlice\n\nSales\n", "Hi\n@\n", "--|Alice|Sales", ""},
		{"invalid bytes", plain, "Hi \xe4\n", "Hi \xe4\n\n@\n", "", ""},
		{"invalid bytes changed", plain, "Hi \xe4\n", "Hi \ufffd\n\n@\n", "", "differs"},
		{"repeated text", plain, "a\na\na\na\nSent\nSent\n", "a\na\na\na\nSent\n@\n", "Sent", ""},
		{"repeated text lost", plain, "a\na\na\na\nSent\n", "a\na\na\n@\n", "Sent", "differs"},
	} {
		header := "Content-Type: " + tc.kind + "\n\n"
		in := inHTML[:len(inHTML)-1]
		if tc.kind == plain {
			in = inText
		}
		r := engine.Report{Action: engine.Signed, Blocks: []engine.BlockReport{{Block: "signature", Part: "1", Placed: "end"}}}
		if tc.removed != "" {
			r.Blocks[0].Removed = strings.Split(tc.removed, "|")
		}
		put := func(text string) string {
			return header + strings.ReplaceAll(text, "@", in)
		}
		checkWith(t, aligning(r), tc.name, put(tc.before), "X-Guard: Yes\n"+put(tc.after), r, tc.want)
	}
}

// aligning are options under which what a report says was taken out is a marker or
// a sign-off: where it stood is what these tests are about.
func aligning(r engine.Report) Options {
	o := options
	o.Signoffs = []*regexp.Regexp{regexp.MustCompile(`^(?:--|Alice|Sales|Sent)`)}
	if removed := r.Blocks[0].Removed; len(removed) > 0 && strings.HasPrefix(removed[0], "{") {
		o.Marker = removed[0]
	}
	return o
}

// TestStanding is a block that stood there already and was replaced by itself.
func TestStanding(t *testing.T) {
	const in = "Content-Type: text/plain\n\nHi\n\n" + inText + "\n"
	r := engine.Report{Action: engine.Signed, Blocks: []engine.BlockReport{{Part: "1", Placed: "replaced", Removed: []string{"Alice Miller", "Sales"}}}}
	check(t, "replaced", in, "X-Guard: Yes\n"+in, r, "")
	r.Blocks[0].Placed = "end"
	check(t, "end", in, "X-Guard: Yes\n"+in, r, "listed as signed, but nothing was put in")
	const off = in + "\nSent from my iPhone\n"
	r.Blocks[0].Placed, r.Blocks[0].Removed = "replaced", []string{"Sent from my iPhone"}
	check(t, "a sign-off beside it", off, "X-Guard: Yes\n"+in+"\n\n", r, "")
	check(t, "a sign-off beside it stays", off, "X-Guard: Yes\n"+off, r, "nothing was put in")
	const older = "Content-Type: text/plain\n\nHi\n\nSent from my iPhone\n\nBob wrote:\n\n" + inText + "\n"
	check(t, "a sign-off above older mail with it", older, "X-Guard: Yes\n"+strings.Replace(older, "Sent from my iPhone", inText, 1), r, "")
	check(t, "its own lines with it", off, "X-Guard: Yes\nContent-Type: text/plain\n\nHi\n\n\n", r, "its text differs")
}

// TestStuffed is a block in format=flowed, where lines that begin with a blank
// get another one.
func TestStuffed(t *testing.T) {
	o := Options{Guard: "X-Guard", Blocks: []Block{{Text: "From Alice\n> Sales"}}}
	r := engine.Report{Action: engine.Signed, Blocks: []engine.BlockReport{{Part: "1", Placed: "end"}}}
	breaches := Check([]byte("A: b\n\nHi\n"), []byte("A: b\nX-Guard: Yes\n\nHi\n\n From Alice\n > Sales\n"), r, o)
	if len(breaches) > 0 {
		t.Error(breaches)
	}
}

// TestSearchEnds wants an end also where nearly everything fits: many removals
// of much the same text.
func TestSearchEnds(t *testing.T) {
	lines := strings.Repeat("a", 300)
	r := engine.Report{Action: engine.Signed, Blocks: []engine.BlockReport{{Part: "1", Placed: "end", Removed: []string{strings.Repeat("a", 200)}}}}
	check(t, "endless", "A: b\n\n"+lines+"\n", "A: b\nX-Guard: Yes\n\n"+strings.Repeat("a", 99)+"\n\n"+inText+"\n", r, "differs")
}

// TestHeaderOnly is a message without a body: before the block has to come the
// blank line.
func TestHeaderOnly(t *testing.T) {
	r := engine.Report{Action: engine.Signed, Blocks: []engine.BlockReport{{Part: "1", Placed: "end"}}}
	check(t, "blank line", "A: b\n", "A: b\nX-Guard: Yes\n\n"+inText+"\n", r, "")
	check(t, "none", "A: b\n", "A: b\nX-Guard: Yes\n"+inText+"\n", r, "no blank line comes before it")
	check(t, "changed", "A: b\n\nHi\n", "A: b\nX-Guard: Yes\n \nHi\n\n"+inText+"\n", r, "header")
}
