package laws

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"sigmilter/milter/engine"
)

// block is the signature of all tests, and put in as it is found in a message.
var block = Block{HTML: "<p>Alice M&uuml;ller<br>Sales</p>\n", Text: "-- \nAlice Miller\nSales\n"}

const (
	inHTML = `<div id="sigmilter-signature" class="sigmilter-signature" style="white-space:normal"><p>Alice M&uuml;ller<br>Sales</p>` + "\n</div>\n"
	inText = "Alice Miller\nSales"
)

// The message of the tests: every kind of part there is to keep.
const message = `Received: from a.example
	by b.example; Mon, 2 Feb 2026 10:00:00 +0100
DKIM-Signature: v=1; d=contoso.com;
 b=abc
From: alice@contoso.com
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="outer"

preamble
--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8

Hello Bob

Sent from my phone

From: Bob
--inner
Content-Type: text/html; charset=utf-8
X-Part: yes

<html><body><p>Hello <b>Bob</b></p><div><i>Sent</i> from my phone</div><hr>From: Bob</body></html>

--inner--
after the inner
--outer
Content-Type: application/octet-stream
Content-Transfer-Encoding: base64

AAECAwQFBgcICQ==
--outer--
epilogue
`

// signed is what becomes of the message.
var signed = strings.NewReplacer(
	"DKIM-Signature: v=1; d=contoso.com;\n b=abc\n", "",
	"boundary=\"outer\"\n", "boundary=\"outer\"\nX-Guard: Yes\n",
	"\nSent from my phone\n", "\n"+inText+"\n",
	"<div><i>Sent</i> from my phone</div>", inHTML,
).Replace(message)

var report = engine.Report{
	Action: engine.Signed,
	Blocks: []engine.BlockReport{
		{Block: "signature", Part: "1.1", Type: "text/plain", Placed: "replaced", Removed: []string{"Sent from my phone"}},
		{Block: "signature", Part: "1.2", Type: "text/html", Placed: "replaced", Removed: []string{"Sent from my phone"}},
	},
	Fields: []engine.FieldReport{{Op: "delete", Name: "DKIM-Signature", Index: 1}, {Op: "add", Name: "X-Guard", Index: 1}},
}

var options = Options{Guard: "X-Guard", Blocks: []Block{block}, Secrets: []string{"X-Secret"}}

func TestLawful(t *testing.T) {
	breaches, places := Read([]byte(message), []byte(signed), report, options)
	if len(breaches) > 0 {
		t.Errorf("%v", breaches)
	}
	want := []Place{{"1.1", "signature", "Hello Bob", "From: Bob"}, {"1.2", "signature", "Hello Bob", "From: Bob"}}
	if fmt.Sprint(places) != fmt.Sprint(want) {
		t.Errorf("places %v, want %v", places, want)
	}
}

// TestEveryByte takes out, doubles and changes each byte of the signed message
// but those of the guard's value: each is a breach.
func TestEveryByte(t *testing.T) {
	guard := strings.Index(signed, "X-Guard: Yes") + len("X-Guard:")
	for i := range signed {
		if i >= guard && i < guard+len(" Yes") {
			continue
		}
		for what, out := range map[string]string{
			"lost":    signed[:i] + signed[i+1:],
			"twice":   signed[:i+1] + signed[i:],
			"changed": signed[:i] + "~" + signed[i+1:],
		} {
			if lawful(what, i) {
				continue
			}
			if len(Check([]byte(message), []byte(out), report, options)) == 0 {
				t.Errorf("byte %d %s: no breach in %q", i, what, out[max(0, i-40):min(len(out), i+40)])
			}
		}
	}
}

// lawful says that a change of a byte is none to a reader: a blank line more
// beside the text block, the line end below the HTML block.
func lawful(what string, i int) bool {
	text := strings.Index(signed, inText)
	html := strings.Index(signed, inHTML) + len(inHTML) - 1
	switch what {
	case "lost":
		return i == html
	case "twice":
		return signed[i] == '\n' && (i == text-1 || i == text-2 || i == text+len(inText) || i == text+len(inText)+1)
	}
	return false
}

func TestBreaches(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(out string, r *engine.Report) string
		want   string // of a breach, empty for none
	}{
		{"no guard", swap("X-Guard: Yes\n", ""), "law 3: 0 guard fields"},
		{"two guards", swap("X-Guard: Yes\n", "X-Guard: Yes\nX-Guard: Yes\n"), "law 3: 2 guard fields"},
		{"folding", swap("from a.example\n\tby", "from a.example by"), "header field differs"},
		{"order", swap("From: alice@contoso.com\nMIME-Version: 1.0\n", "MIME-Version: 1.0\nFrom: alice@contoso.com\n"), "header field differs"},
		{"field new", swap("From: alice", "X-New: 1\nFrom: alice"), "header field"},
		{"field lost", swap("MIME-Version: 1.0\n", ""), "header field"},
		{"DKIM kept", swap("From: alice", "DKIM-Signature: v=1; d=contoso.com;\n b=abc\nFrom: alice"), "DKIM"},
		{"preamble", swap("preamble", "Preamble"), "preamble, boundary or epilogue differs"},
		{"epilogue", swap("epilogue\n", ""), "epilogue differs"},
		{"inner epilogue", swap("after the inner", ""), "part 1: preamble, boundary or epilogue differs"},
		{"boundary", swap("\n--inner--\n", "\n--inner-- \n"), "boundary or epilogue differs"},
		{"part lost", swap("--inner\nContent-Type: text/html", "Content-Type: text/html"), "part 1: had 2 parts and has 1"},
		{"type", swap("application/octet-stream", "application/pdf"), "part 2: was application/octet-stream and is application/pdf"},
		{"part field", swap("X-Part: yes\n", ""), "part 1.2: header field lost"},
		{"attachment", swap("AAECAwQF", "AAECAwQG"), "part 2: application/octet-stream is not signed, but its bytes differ"},
		{"text lost", swap("Hello Bob\n", "Hello\n"), "part 1.1: its text differs"},
		{"author's case", swap("Hello Bob\n", "hello Bob\n"), "part 1.1: its text differs"},
		{"blank lost", swap("Hello Bob\n", "HelloBob\n"), "part 1.1: its text differs"},
		{"quoted mail lost", swap("From: Bob\n", ""), "part 1.1: its text differs"},
		{"markup lost", swap("<b>Bob</b>", "Bob"), "part 1.2: its text differs"},
		{"markup new", swap("<hr>", "<hr><hr>"), "part 1.2: its text differs"},
		{"markup beside the removed lost", swap("</p>"+inHTML, inHTML), "part 1.2: its text differs"},
		{"block missing", swap(inText, ""), "part 1.1: the block is not there"},
		{"block twice", swap(inText, inText+"\n"+inText), "part 1.1: its text differs"},
		{"HTML block twice", swap(inHTML, inHTML+inHTML), "part 1.2: its text differs"},
		{"not removed", swap(inText, inText+"\n\nSent from my phone"), "part 1.1: its text differs"},
		{"not listed", list(1), "part 1.2: text/html is not signed, but its bytes differ"},
		{"listed in vain", func(out string, r *engine.Report) string {
			r.Blocks[0].Part = "7"
			return out
		}, "law 3: the report lists part 7"},
		{"nothing listed", list(0), "law 3: signed, but the report lists no block"},
		{"no text", func(out string, r *engine.Report) string {
			r.Blocks[0].Part = "2"
			return out
		}, "part 2: a block went into application/octet-stream"},
		{"charset", swap("Hello Bob\n", "Hello Bob\xe4\n"), "part 1.1: does not decode any more"},
		{"parameter", swap("text/plain; charset=utf-8", "text/plain; charset=utf-8; format=flowed"), "part 1.1: Content-Type lost or changed a parameter"},
		{"long line", swap("Sales\n", "Sales"+strings.Repeat(" ", 1000)+"\n"), "part 1.1: a line of 1005 bytes"},
		{"not what was said to be removed", func(out string, r *engine.Report) string {
			r.Blocks[0].Removed = []string{"Sent from my phones"}
			return out
		}, "part 1.1: its text differs"},
		{"delimiter kept", swap("\n"+inText, "\n-- \n"+inText), ""},
		{"blank line more", swap(inText, inText+"\n"), ""},
		{"new transfer encoding", swap("charset=utf-8\n\nHello", "charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nHello"), ""},
		{"charset in other letters", swap("charset=utf-8\n\nHello", "charset=UTF-8\n\nHello"), "part 1.1: header field differs"},
		{"8bit", swap("charset=utf-8\n\nHello", "charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nHello"), "part 1.1: header field new"},
		{"reference", swap("M&uuml;ller", "M&#252;ller"), ""},
	} {
		r := report
		r.Blocks = append([]engine.BlockReport(nil), report.Blocks...)
		out := tc.change(signed, &r)
		if out == signed && len(r.Blocks) == 2 && r.Blocks[0].Part == "1.1" && r.Blocks[0].Removed[0] == "Sent from my phone" {
			t.Errorf("%s: nothing was changed", tc.name)
		}
		check(t, tc.name, message, out, r, tc.want)
	}
}

func swap(old, new string) func(string, *engine.Report) string {
	return func(out string, _ *engine.Report) string { return strings.Replace(out, old, new, 1) }
}

func list(n int) func(string, *engine.Report) string {
	return func(out string, r *engine.Report) string {
		r.Blocks = r.Blocks[:n]
		return out
	}
}

// check wants a breach that holds want, or none; with LF and with CRLF.
func check(t *testing.T, name, in, out string, r engine.Report, want string) {
	t.Helper()
	checkWith(t, options, name, in, out, r, want)
}

func checkWith(t *testing.T, o Options, name, in, out string, r engine.Report, want string) {
	t.Helper()
	for _, end := range []string{"\n", "\r\n"} {
		a := bytes.ReplaceAll([]byte(in), []byte("\n"), []byte(end))
		b := bytes.ReplaceAll([]byte(out), []byte("\n"), []byte(end))
		got := Check(a, b, r, o)
		if text := fmt.Sprint(got); want == "" && len(got) > 0 || !strings.Contains(text, want) {
			t.Errorf("%s, %q: %s\nwant %q", name, end, text, want)
		}
	}
}

func TestUnsigned(t *testing.T) {
	const in = "From: a@b.example\nX-Guard: no\n\nHello\n"
	for _, tc := range []struct {
		name, in, out string
		action        engine.Action
		fields        bool
		want          string
	}{
		{"skipped", in, "From: a@b.example\nX-Guard: Yes\n\nHello\n", engine.Skipped, true, ""},
		{"no body", "From: a@b.example", "From: a@b.example\nX-Guard: Yes\n", engine.Skipped, true, ""},
		{"mbox", "From x\nFrom: a@b.example\n\n", "From x\nFrom: a@b.example\nX-Guard: Yes\n\n", engine.Skipped, true, ""},
		{"untrue guard kept", in, "From: a@b.example\nX-Guard: no\nX-Guard: Yes\n\nHello\n", engine.Skipped, true, "2 guard fields"},
		{"changed", in, "From: a@b.example\nX-Guard: Yes\n\nHello!\n", engine.Skipped, true, "bytes differ"},
		{"field lost", in, "X-Guard: Yes\n\nHello\n", engine.Skipped, true, "bytes differ"},
		{"handled", in, in, engine.Handled, false, ""},
		{"handled and changed", in, "From: a@b.example\nX-Guard: Yes\n\nHello\n", engine.Handled, false, "bytes differ"},
		{"deferred", "From: a@b.example\n\n", "From: a@b.example\n\n", engine.Failed, false, ""},
		{"secret gone", "X-Secret: 1\n" + in, "From: a@b.example\nX-Guard: Yes\n\nHello\n", engine.Skipped, true, ""},
		{"secret kept", "X-Secret: 1\n" + in, "X-Secret: 1\nFrom: a@b.example\nX-Guard: Yes\n\nHello\n", engine.Skipped, true, "a secret, leaves"},
		{"handled, secret gone", "X-Secret: 1\n" + in, in, engine.Handled, true, ""},
		{"handled, secret kept", "X-Secret: 1\n" + in, "X-Secret: 1\n" + in, engine.Handled, false, "a secret, leaves"},
		{"refused", "X-Secret: 1\n\n", "X-Secret: 1\n\n", engine.Refused, false, ""},
		{"failed without guard", "From: a@b.example\n\n", "From: a@b.example\n\n", engine.Failed, true, "0 guard fields"},
	} {
		r := engine.Report{Action: tc.action}
		if tc.fields {
			r.Fields = []engine.FieldReport{{Op: "add", Name: "X-Guard", Index: 1}}
		}
		check(t, tc.name, tc.in, tc.out, r, tc.want)
	}
}

// Check returns the breaches alone.
func Check(in, out []byte, r engine.Report, o Options) []Breach {
	breaches, _ := Read(in, out, r, o)
	return breaches
}
