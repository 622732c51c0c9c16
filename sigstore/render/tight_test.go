package render

import (
	"strings"
	"testing"
)

func TestTight(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"line breaks of the source", "<p>Alice<br>\n<b>Head</b><br>\n  +49 30\n</p>\n<p>x</p>\n", "<p>Alice<br><b>Head</b><br>+49 30</p><p>x</p>"},
		{"a table", "<table>\n  <tr>\n    <td width=\"60\">\n      <img src=\"a\">\n    </td>\n  </tr>\n</table>", `<table><tr><td width="60"><img src="a"></td></tr></table>`},
		{"blanks between words stay", "<b>Alice</b>\n<i>Muster</i>", "<b>Alice</b> <i>Muster</i>"},
		{"one of two blanks", "a <u> b</u>  c", "a <u>b</u> c"},
		{"no-break spaces are text", "a&nbsp;\n&nbsp;b\u00a0 c", "a&nbsp; &nbsp;b\u00a0 c"},
		{"at the end of a line within an element", "<b>a </b><br>b", "<b>a</b><br>b"},
		{"between pictures", "<img src=a>\n<img src=b> <br>", "<img src=a> <img src=b><br>"},
		{"preformatted", "<pre>a\n  b\n</pre>\n<p>\nc</p>", "<pre>a\n  b\n</pre><p>c</p>"},
		{"kept by style", "<div style=\"White-Space: pre-line\">a\n b<p style='white-space:normal'>\nc</p></div>\n<i>d</i>", "<div style=\"White-Space: pre-line\">a\n b<p style='white-space:normal'>c</p></div><i>d</i>"},
		{"kept by a sheet", "<style>.a{white-space:pre}</style>\n<p class=a>\nx</p>", "<style>.a{white-space:pre}</style>\n<p class=a>\nx</p>"},
		{"another sheet", "<style>\n.a {color:red}\n</style>\n<p>\nx</p>", "<style>\n.a {color:red}\n</style><p>x</p>"},
		{"blocks beside each other", "<div style=\"display: inline-block\">a</div>\n<div style=\"display: inline-block\">b</div>", "<div style=\"display: inline-block\">a</div> <div style=\"display: inline-block\">b</div>"},
		{"comments of Outlook", "<td>\n<!--[if mso]>\n<table><![endif]-->\n<b>x</b> <!--[if mso]>y<![endif]--> z\n</td>", "<td><!--[if mso]>\n<table><![endif]--> <b>x</b> <!--[if mso]>y<![endif]--> z</td>"},
		{"text area", "<textarea>\n a\n</textarea>", "<textarea>\n a\n</textarea>"},
		{"a tag that never ends", "<p>\na</p>\n<b", "<p>a</p><b"},
		{"less-than signs", "a < b\n<1", "a < b <1"},
	} {
		got := tight(tc.in)
		if got != tc.want {
			t.Errorf("%s:\ngot  %q\nwant %q", tc.name, got, tc.want)
		}
		if again := tight(got); again != got {
			t.Errorf("%s, again: %q", tc.name, again)
		}
		if was, is := plainText(tc.in), plainText(got); was != is {
			t.Errorf("%s: the text was %q and is %q", tc.name, was, is)
		}
	}
}

// TestTightLines: a block of one line would make lines that cannot be sent.
func TestTightLines(t *testing.T) {
	for name, source := range map[string]string{
		"cells":      strings.Repeat("<td style=\"color:red;font-family:Arial,sans-serif\">\nAlice\n</td>\n", 200),
		"disclaimer": strings.Repeat("This mail is confidential.\n", 200),
	} {
		got := tight(source)
		for line := range strings.Lines(got) {
			if len(line) > 998 {
				t.Errorf("%s: a line of %d bytes", name, len(line))
			}
		}
		if was, is := plainText(source), plainText(got); was != is {
			t.Errorf("%s: the text was %q and is %q", name, was, is)
		}
	}
}
