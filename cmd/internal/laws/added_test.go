package laws

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"sigmilter/milter/engine"
)

// logo is the picture of the blocks in these tests.
var logo = Picture{CID: "logo@x", Type: "image/gif", Data: []byte("GIF89a, more or less")}

// pictured, legal and fair are the blocks: the signature with a picture, a
// disclaimer, a banner.
var (
	pictured = Block{Template: "pictured", HTML: `<p>Alice<img src="cid:logo@x"></p>`, Text: "Alice", Pictures: []Picture{logo}}
	legal    = Block{Template: "legal", HTML: "<p>Secret.</p>", Text: "Secret."}
	fair     = Block{Template: "fair", HTML: "<p>Fair!</p>", Text: "Fair!"}

	logoPart = "Content-Type: image/gif; name=\"logo.gif\"\nContent-ID: <logo@x>\nContent-Disposition: inline\nContent-Transfer-Encoding: base64\n\n" +
		base64.StdEncoding.EncodeToString(logo.Data) + "\n"
	signature = `<div id="sigmilter-signature" class="sigmilter-signature" style="white-space:normal">` + pictured.HTML + "\n</div>\n"
)

const (
	disclaimed = `<div id="sigmilter-disclaimer" class="sigmilter-disclaimer" style="white-space:normal"><p>Secret.</p>` + "\n</div>\n"
	bannered   = `<div id="sigmilter-banner" class="sigmilter-banner" style="white-space:normal"><p>Fair!</p>` + "\n</div>\n"
	quoted     = "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
	quotedText = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
	amped      = "Content-Type: text/x-amp-html\n\n<html amp4email>\n"
)

// qp is text in quoted-printable, as far as these tests need it.
func qp(s string) string { return strings.NewReplacer("=", "=3D", "\u00a0", "=C2=A0").Replace(s) }

// blocksIn reports blocks in a part.
func blocksIn(part string, blocks ...string) []engine.BlockReport {
	var all []engine.BlockReport
	for _, b := range blocks {
		template := map[string]string{"signature": "pictured", "disclaimer": "legal", "banner": "fair"}[b]
		placed := map[string]string{"signature": "end", "disclaimer": "end", "banner": "top"}[b]
		all = append(all, engine.BlockReport{Block: b, Template: template, Part: part, Placed: placed})
	}
	return all
}

func added(blocks ...string) []engine.BlockReport {
	all := blocksIn("1", blocks...)
	for i := range all {
		all[i].Placed = "added"
	}
	return all
}

// additions are messages and what may become of them.
var additions = map[string]struct {
	in, out string
	blocks  []engine.BlockReport
}{
	"root becomes related": {
		"A: b\nContent-Type: text/html;\n charset=utf-8\nContent-Disposition: inline\n\n<p>Hi</p>\n",
		"A: b\nContent-Type: multipart/related; boundary=\"n\"; type=\"text/html\"\nX-Guard: Yes\n\n--n\nContent-Type: text/html;\n charset=utf-8\nContent-Disposition: inline\n\n<p>Hi</p>\n" + signature + "\n--n\n" + logoPart + "\n--n--\n",
		blocksIn("1", "signature"),
	},
	"related in an alternative": {
		"Content-Type: multipart/alternative; boundary=a\n\n--a\n\nHi\n--a\nContent-Type: text/html\n\n<p>Hi</p>\n--a--\n",
		"Content-Type: multipart/alternative; boundary=a\nX-Guard: Yes\n\n--a\n\nHi\n\nAlice\n--a\nContent-Type: multipart/related; boundary=\"n\"; type=\"text/html\"\n\n--n\nContent-Type: text/html\n\n<p>Hi</p>" + signature + "\n--n\n" + logoPart + "\n--n--\n--a--\n",
		append(blocksIn("1", "signature"), blocksIn("2", "signature")...),
	},
	"into a related": {
		"Content-Type: multipart/related; boundary=r; start=\"<root@x>\"\n\n--r\nContent-Type: image/png\n\nPNG\n--r\nContent-Type: text/html\nContent-ID: <root@x>\n\n<p>Hi</p>\n--r--\nepilogue\n",
		"Content-Type: multipart/related; boundary=r; start=\"<root@x>\"\nX-Guard: Yes\n\n--r\nContent-Type: image/png\n\nPNG\n--r\nContent-Type: text/html\nContent-ID: <root@x>\n\n<p>Hi</p>" + signature + "\n--r\n" + logoPart + "\n--r--\nepilogue\n",
		blocksIn("2", "signature"),
	},
	"picture there already": {
		"Content-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n<p>Hi</p>\n--r\n" + logoPart + "\n--r--\n",
		"Content-Type: multipart/related; boundary=r\nX-Guard: Yes\n\n--r\nContent-Type: text/html\n\n<p>Hi</p>" + signature + "\n--r\n" + logoPart + "\n--r--\n",
		blocksIn("1", "signature"),
	},
	"HTML form": {
		"A: b\n\nHi   Bob,\n\tone, two\n",
		"A: b\nX-Guard: Yes\nContent-Type: multipart/alternative; boundary=\"n\"\nMIME-Version: 1.0\n\n--n\n\nFair!\n\nHi   Bob,\n\tone, two\n\nAlice\n\nSecret.\n\n--n\nContent-Type: multipart/related; boundary=\"o\"; type=\"text/html\"\n\n--o\n" + quoted +
			qp("<html><body>\n"+bannered+"<div>Hi\u00a0\u00a0 Bob,<br>\n"+strings.Repeat("\u00a0", 8)+"one, two</div>\n"+signature+disclaimed+"</body></html>\n") + "\n--o\n" + logoPart + "\n--o--\n\n--n--\n",
		blocksIn("1", "banner", "signature", "disclaimer"),
	},
	"text beside a file": {
		"A: b\nContent-Type: application/pdf\n\nPDF\n",
		"A: b\nContent-Type: multipart/mixed; boundary=\"m\"\nX-Guard: Yes\n\n--m\nContent-Type: multipart/alternative; boundary=\"n\"\n\n--n\n" + quotedText + "Fair!\n\nAlice\n\n--n\nContent-Type: multipart/related; boundary=\"o\"; type=\"text/html\"\n\n--o\n" + quoted +
			qp("<html><body>\n"+bannered+signature+"</body></html>\n") + "\n--o\n" + logoPart + "\n--o--\n\n--n--\n\n--m\nContent-Type: application/pdf\n\nPDF\n\n--m--\n",
		added("signature", "banner"),
	},
	"text before files": {
		"Content-Type: multipart/mixed; boundary=m\n\npreamble\n--m\nContent-Type: application/pdf\n\nPDF\n--m\nContent-Type: image/png\n\nPNG\n--m--\nepilogue\n",
		"Content-Type: multipart/mixed; boundary=m\nX-Guard: Yes\n\npreamble\n--m\nContent-Type: multipart/alternative; boundary=\"n\"\n\n--n\n" + quotedText + "Secret.\n\n--n\n" + quoted +
			qp("<html><body>\n"+disclaimed+"</body></html>\n") + "\n--n--\n\n--m\nContent-Type: application/pdf\n\nPDF\n--m\nContent-Type: image/png\n\nPNG\n--m--\nepilogue\n",
		added("disclaimer"),
	},
	"AMP gone": {
		"Content-Type: multipart/alternative; boundary=a\n\npre\n--a\n\nHi\n--a\n" + amped + "--a\nContent-Type: text/html\n\n<p>Hi</p>\n--a--\nepi\n",
		"Content-Type: multipart/alternative; boundary=a\nX-Guard: Yes\n\npre\n--a\n\nHi\n\nSecret.\n--a\nContent-Type: text/html\n\n<p>Hi</p>" + disclaimed + "\n--a--\nepi\n",
		append(blocksIn("1", "disclaimer"), blocksIn("3", "disclaimer")...),
	},
}

func additionOptions() Options {
	return Options{Guard: "X-Guard", Blocks: []Block{pictured, legal, fair}, AddHTML: true, DropAMP: true}
}

func TestAdditions(t *testing.T) {
	for name, a := range additions {
		for _, end := range []string{"\n", "\r\n"} {
			in, out := strings.ReplaceAll(a.in, "\n", end), strings.ReplaceAll(a.out, "\n", end)
			r := engine.Report{Action: engine.Signed, Blocks: a.blocks}
			if got := Check([]byte(in), []byte(out), r, additionOptions()); len(got) > 0 {
				t.Errorf("%s, %q: %v", name, end, got)
			}
		}
	}
}

// TestEveryAddedByte is TestEveryByte for messages with parts that were added.
// There a blank more or less, and another name of the picture, are no breach.
func TestEveryAddedByte(t *testing.T) {
	for name, a := range additions {
		r := engine.Report{Action: engine.Signed, Blocks: a.blocks}
		guard := strings.Index(a.out, "X-Guard: Yes") + len("X-Guard:")
		for i := range a.out {
			file := strings.Index(a.out, "logo.gif")
			if i >= guard && i < guard+len(" Yes") || i >= file && i < file+len("logo.gif") {
				continue
			}
			for what, out := range map[string]string{
				"lost":    a.out[:i] + a.out[i+1:],
				"twice":   a.out[:i+1] + a.out[i:],
				"changed": a.out[:i] + "~" + a.out[i+1:],
			} {
				if blank := a.out[i] == ' ' || a.out[i] == '\n'; blank && what != "changed" {
					continue
				}
				if len(Check([]byte(a.in), []byte(out), r, additionOptions())) == 0 {
					t.Errorf("%s: byte %d %s: no breach in %q", name, i, what, out[max(0, i-30):min(len(out), i+30)])
				}
			}
		}
	}
}

func TestAdditionBreaches(t *testing.T) {
	for _, tc := range []struct {
		name     string
		addition string
		old, new string // in what came out
		options  func(*Options)
		want     string // of a breach, empty for none
	}{
		{"picture missing", "into a related", "--r\n" + logoPart + "\n--r--", "--r--", nil, "picture logo@x was added 0 times"},
		{"picture twice", "into a related", "--r\n" + logoPart + "\n--r--", "--r\n" + logoPart + "\n--r\n" + logoPart + "\n--r--", nil, "picture logo@x was added 2 times"},
		{"picture there already, and again", "picture there already", "--r\n" + logoPart + "\n--r--", "--r\n" + logoPart + "\n--r\n" + logoPart + "\n--r--", nil, "which no block needs"},
		{"picture of nobody", "into a related", logoPart + "\n--r--", logoPart + "\n--r\n" + strings.Replace(logoPart, "logo@x", "spy@x", 1) + "\n--r--", nil, "which no block needs"},
		{"picture before the author's", "into a related", "--r\nContent-Type: image/png\n\nPNG\n", "--r\n" + logoPart + "\n--r\nContent-Type: image/png\n\nPNG\n", nil, "part 1: was image/png and is image/gif"},
		{"an author's field lost", "root becomes related", "Content-Disposition: inline\n\n<p>", "\n<p>", nil, "header field lost"},
		{"an author's field left outside", "root becomes related", "X-Guard", "Content-Disposition: inline\nX-Guard", nil, "a multipart with the field"},
		{"an HTML form nobody asked for", "HTML form", "", "", func(o *Options) { o.AddHTML = false }, "was text/plain and is multipart/alternative"},
		{"a word lost in the form", "HTML form", "one, two</div>", "one</div>", nil, "the HTML form shows"},
		{"two lines become one", "HTML form", "<br>\n", "", nil, "the HTML form shows"},
		{"an indent lost", "HTML form", qp(strings.Repeat("\u00a0", 8)), "", nil, "the HTML form shows"},
		{"an indent that readers fold", "HTML form", qp(strings.Repeat("\u00a0", 8)), strings.Repeat(" ", 8), nil, "the HTML form shows"},
		{"a block missing in the form", "HTML form", qp(disclaimed), "", nil, "the HTML form has 2 blocks"},
		{"a block twice in the form", "HTML form", qp(disclaimed), qp(disclaimed + disclaimed), nil, "the HTML form has 4 blocks"},
		{"the order in the form", "HTML form", qp(signature + disclaimed), qp(disclaimed + signature), nil, "in another order"},
		{"a block missing in the text", "HTML form", "\n\nSecret.\n", "\n", nil, "the block is not there"},
		{"a block twice in the text", "HTML form", "\n\nSecret.\n", "\n\nSecret.\n\nSecret.\n", nil, "its text differs"},
		{"AMP kept by policy", "AMP gone", "", "", func(o *Options) { o.DropAMP = false }, "the AMP form has no block"},
		{"AMP kept", "AMP gone", "--a\nContent-Type: text/html", "--a\n" + amped + "--a\nContent-Type: text/html", nil, "the AMP form has no block"},
		{"HTML gone, not AMP", "AMP gone", "--a\nContent-Type: text/html\n\n<p>Hi</p>" + disclaimed, "--a\n" + strings.TrimSuffix(amped, "\n"), nil, "part 3: was text/html and is text/x-amp-html"},
		{"a file lost", "text before files", "--m\nContent-Type: image/png\n\nPNG\n", "", nil, "was multipart/mixed of 2 parts"},
		{"files in another order", "text before files", "--m\nContent-Type: application/pdf\n\nPDF\n--m\nContent-Type: image/png\n\nPNG\n", "--m\nContent-Type: image/png\n\nPNG\n--m\nContent-Type: application/pdf\n\nPDF\n", nil, "was application/pdf and is image/png"},
		{"words in the new text", "text before files", "Secret.\n\n--n", "Top Secret.\n\n--n", nil, "the new text is"},
		{"words in the new HTML", "text before files", "</body>", "Bye</body>", nil, "the new HTML is"},
		{"a block unknown", "text before files", "", "", func(o *Options) { o.Blocks = nil }, "no block is made of the template"},
	} {
		a := additions[tc.addition]
		o := additionOptions()
		if tc.options != nil {
			tc.options(&o)
		} else if !strings.Contains(a.out, tc.old) {
			t.Errorf("%s: nothing was changed", tc.name)
		}
		for _, end := range []string{"\n", "\r\n"} {
			in, out := strings.ReplaceAll(a.in, "\n", end), strings.ReplaceAll(strings.Replace(a.out, tc.old, tc.new, 1), "\n", end)
			got := Check([]byte(in), []byte(out), engine.Report{Action: engine.Signed, Blocks: a.blocks}, o)
			if text := fmt.Sprint(got); len(got) == 0 || !strings.Contains(text, tc.want) {
				t.Errorf("%s, %q: %s\nwant %q", tc.name, end, text, tc.want)
			}
		}
	}
}

// TestEmptyPart: the blank line that an empty part has belongs to it, unless a
// block came into it.
func TestEmptyPart(t *testing.T) {
	const in = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/x-none\n\n\n--b\n\nHi\n--b--\n"
	const out = "Content-Type: multipart/mixed; boundary=b\nX-Guard: Yes\n\n--b\nContent-Type: application/x-none\n\n\n--b\n\nHi\n\nSecret.\n--b--\n"
	r := engine.Report{Action: engine.Signed, Blocks: blocksIn("2", "disclaimer")}
	if got := Check([]byte(in), []byte(out), r, additionOptions()); len(got) > 0 {
		t.Errorf("as it was: %v", got)
	}
	if got := Check([]byte(in), []byte(strings.Replace(out, "\n\n\n--b", "\n\n--b", 1)), r, additionOptions()); len(got) == 0 {
		t.Error("a blank line lost: no breach")
	}
}

// TestBlocksThatStood: a block that stands where it belongs is not put in again.
func TestBlocksThatStood(t *testing.T) {
	const html, plain = "Content-Type: text/html\n\n", "Content-Type: text/plain\n\n"
	for _, tc := range []struct {
		name          string
		before, after string
		blocks        []engine.BlockReport
		want          string // of a breach, empty for none
		places        string
	}{
		{"disclaimer stands", plain + "Hi\n\nSecret.\n", plain + "Hi\n\nSecret.\n", blocksIn("1", "disclaimer"), "", "[{1 disclaimer Hi }]"},
		{"disclaimer stands quoted", plain + "> Hi\n> Secret.\n", plain + "> Hi\n> Secret.\n", blocksIn("1", "disclaimer"), "", "[{1 disclaimer > Hi > Secret. }]"},
		{"disclaimer stands, signature comes", plain + "Hi\n\nSecret.\n", plain + "Hi\n\nAlice\n\nSecret.\n", blocksIn("1", "signature", "disclaimer"), "", "[{1 signature Hi Secret.} {1 disclaimer Hi Alice }]"},
		{"disclaimer stands and comes", plain + "Hi\n\nSecret.\n", plain + "Hi\n\nSecret.\n\nSecret.\n", blocksIn("1", "disclaimer"), "its text differs", "[]"},
		{"disclaimer stands inside", plain + "Secret.\n\nHi\n", plain + "Secret.\n\nHi\n", blocksIn("1", "disclaimer"), "nothing was put in", "[]"},
		{"banner stands", html + bannered + "Hi", html + bannered + "Hi", blocksIn("1", "banner"), "", "[{1 banner  Hi}]"},
		{"banner stands without its element", html + "<p>Fair!</p>Hi", html + "<p>Fair!</p>Hi", blocksIn("1", "banner"), "", "[{1 banner  Fair! Hi}]"},
		{"banner stands, and comes elsewhere", html + bannered + "Hi", html + bannered + "Hi" + bannered, blocksIn("1", "banner"), "its text differs", "[]"},
		{"all three", html + "<div><p>Hi", html + bannered + "<div><p>Hi</p></div>" + signature + disclaimed, blocksIn("1", "banner", "disclaimer"), "its text differs", "[]"},
		{"two below what was left open", html + "<div><p>Hi", html + bannered + "<div><p>Hi</p></div>" + disclaimed, blocksIn("1", "banner", "disclaimer"), "", "[{1 banner  Hi Secret.} {1 disclaimer Fair! Hi }]"},
		{"signature in the disclaimer's element", html + "Hi", html + "Hi" + strings.ReplaceAll(disclaimed, "disclaimer", "signature"), blocksIn("1", "disclaimer"), "the block is not there", "[]"},
	} {
		breaches, places := Read([]byte(tc.before), []byte("X-Guard: Yes\n"+tc.after), engine.Report{Action: engine.Signed, Blocks: tc.blocks}, additionOptions())
		if text := fmt.Sprint(breaches); tc.want == "" && len(breaches) > 0 || !strings.Contains(text, tc.want) {
			t.Errorf("%s: %s\nwant %q", tc.name, text, tc.want)
		}
		if got := fmt.Sprint(places); got != tc.places {
			t.Errorf("%s: places %s, want %s", tc.name, got, tc.places)
		}
	}
}
