package insert

import (
	"strings"
	"testing"
)

// TestAsHTML shows texts as HTML. ~ stands for a no-break space.
func TestAsHTML(t *testing.T) {
	for _, tc := range []struct {
		name, text, want string
		kind             Kind
	}{
		{"lines", "Hi Bob,\r\n\r\nbye\r\n", "Hi Bob,<br>\n<br>\nbye", Kind{}},
		{"markup", "a < b & \"c\"", "a &lt; b &amp; &#34;c&#34;", Kind{}},
		{"indent", "x\n  y\n z", "x<br>\n~~y<br>\n~z", Kind{}},
		{"blanks between words", "a  b   c ", "a~ b~~ c ", Kind{}},
		{"tabs", "\ta\tb\n1234567\tc\n12345678\td", "~~~~~~~~a~~~~~~ b<br>\n1234567 c<br>\n12345678~~~~~~~ d", Kind{}},
		{"blank and tab", "a \tb", "a~~~~~~ b", Kind{}},
		{"wide letters", "äöü\tb", "äöü~~~~ b", Kind{}},
		{"no UTF-8", "Gr\xfc\xdfe", "Gr\ufffd\ufffde", Kind{}},
		{"not flowed", "a \nb", "a <br>\nb", Kind{}},
		{"flowed", "a \nb\nc", "a b<br>\nc", Kind{Flowed: true}},
		{"flowed, delsp", "a \nb\nc", "ab<br>\nc", Kind{Flowed: true, DelSp: true}},
		{"flowed, stuffed", " From a\n >b\n  c", "From a<br>\n&gt;b<br>\n~c", Kind{Flowed: true}},
		{"flowed quote", "> a \n> b\n>> c \n> d", "&gt; a b<br>\n&gt;&gt; c <br>\n&gt; d", Kind{Flowed: true}},
		{"flowed into nothing", "a \n\nb ", "a <br>\n<br>\nb ", Kind{Flowed: true}},
		{"delimiter", "a \n-- \nb", "a <br>\n-- <br>\nb", Kind{Flowed: true}},
		{"blank", " \n\n", "", Kind{}},
	} {
		r := Read([]byte(tc.text), tc.kind)
		want := strings.ReplaceAll("<html><body>\n<div>"+tc.want+"</div>\n</body></html>\n", "~", "\u00a0")
		if tc.want == "" {
			want = "<html><body>\n</body></html>\n"
		}
		if got := r.AsHTML(nil); got != want {
			t.Errorf("%s:\ngot  %q\nwant %q", tc.name, got, want)
		}
	}
}

// TestAsHTMLWithBlocks: the blocks stand in their HTML where their text stands in
// the text, and what they replace is gone.
func TestAsHTMLWithBlocks(t *testing.T) {
	const open, end = "<html><body>\n", "</body></html>\n"
	f, s, l := fair.wrapped()+"\n", sales.wrapped()+"\n", legal.wrapped()+"\n"
	below := legal.wrappedAs(wrapping{gap: true}) + "\n"
	setOff := sales.wrappedAs(wrapping{gap: true}) + "\n"
	for _, tc := range []struct {
		text, want string
		reply      bool
	}{
		{"Hi\n", open + f + "<div>Hi</div>\n" + setOff + l + end, false},
		{"", open + f + s + l + end, false},
		{"Hi\n\nSent from my iPhone\n", open + f + "<div>Hi</div>\n" + setOff + l + end, false},
		{"Hi\n{M}\nBye {M} now\n", open + f + "<div>Hi</div>\n" + s + "<div>Bye\u00a0 now</div>\n" + below + end, false},
		{"Yes.\n\nOn Monday, Bob wrote:\n> Hi\n", open + f + "<div>Yes.</div>\n" + setOff + "<div>On Monday, Bob wrote:<br>\n&gt; Hi</div>\n" + below + end, true},
	} {
		r := Read([]byte(tc.text), Kind{Reply: tc.reply})
		places := place(t, r)
		got := r.AsHTML([]PlacedBlock{{fair, places[0]}, {sales, places[1]}, {legal, places[2]}})
		if got != tc.want {
			t.Errorf("%q:\ngot  %q\nwant %q", tc.text, got, tc.want)
		}
	}
}

// TestLongBlanks wants an end also where a text is nothing but blanks between
// two words.
func TestLongBlanks(t *testing.T) {
	text := "a" + strings.Repeat(" ", 1<<20) + "b"
	if got := Read([]byte(text), Kind{}).AsHTML(nil); strings.Count(got, "\u00a0") != 1<<20-1 {
		t.Errorf("%d no-break spaces", strings.Count(got, "\u00a0"))
	}
}

func TestJoin(t *testing.T) {
	a, b := Picture{CID: "a"}, Picture{CID: "b"}
	signature, banner := sales, fair
	signature.Pictures, banner.Pictures = []Picture{b}, []Picture{a}
	text, html, pictures := Join([]Block{signature, legal, banner})
	if want := "Fair\n\nSales\n\nLegal\nNotice\n"; text != want {
		t.Errorf("text %q, want %q", text, want)
	}
	if want := "<html><body>\n" + fair.wrapped() + "\n" + sales.wrapped() + "\n" + legal.wrapped() + "\n</body></html>\n"; html != want {
		t.Errorf("HTML %q, want %q", html, want)
	}
	if len(pictures) != 2 || pictures[0] != a || pictures[1] != b {
		t.Errorf("pictures %v", pictures)
	}
}
