package insert

import (
	"slices"
	"testing"

	"golang.org/x/net/html/atom"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"sigmilter/milter/insert/known"
)

// startTag reads a sample of a table as the scanner does.
func startTag(t *testing.T, sample string) (atom.Atom, *attrs) {
	t.Helper()
	tag := readOpenTag(sample)
	if tag == nil {
		t.Fatalf("%s is no start tag", sample)
	}
	return tag.tag, &tag.attrs
}

func TestSeparatorRows(t *testing.T) {
	for _, s := range separators {
		tag, a := startTag(t, s.sample)
		if got := separates(tag, a); got == nil || got.name != s.name || got.older {
			t.Errorf("%s (%s): %s matches %+v", s.name, s.client, s.sample, got)
		}
	}
}

func TestOlderSeparators(t *testing.T) {
	for _, c := range []struct {
		tag   string
		name  string
		older bool
	}{
		{`<div id="x_divRplyFwdMsg">`, "owa-header", true},
		{`<div id="x_x_divRplyFwdMsg">`, "owa-header", true},
		{`<div class="ecxgmail_quote">`, "gmail-quote", true},
		{`<div class="m_-8796592674208339868gmail_quote">`, "gmail-quote", true},
		{`<div class="m_123m_-45gmail_quote">`, "gmail-quote", true},
		{`<div id="divRplyFwdMsgs">`, "", false},
		{`<div class="my_gmail_quote">`, "", false},
		{`<div class="x_gmail">`, "", false},
	} {
		tag, a := startTag(t, c.tag)
		got := separates(tag, a)
		if (got == nil) != (c.name == "") || got != nil && (got.name != c.name || got.older != c.older) {
			t.Errorf("%s matches %+v, want %q, older %v", c.tag, got, c.name, c.older)
		}
	}
}

func TestQuoterRows(t *testing.T) {
	for _, q := range quoters {
		tag, a := startTag(t, q.sample)
		if got := quotes(tag, a); got != q.sure {
			t.Errorf("%s: %s counts as %d, want %d", q.client, q.sample, got, q.sure)
		}
	}
}

func TestContainerRows(t *testing.T) {
	for _, c := range containers {
		tag, a := startTag(t, c.sample)
		if got := contains(tag, a); got == nil || got.name != c.name {
			t.Errorf("%s (%s): %s matches %+v", c.name, c.client, c.sample, got)
		}
	}
	tag, a := startTag(t, `<div class="x_sigmilter-signature">`)
	if got := contains(tag, a); got == nil || !got.own {
		t.Error("our container is not known behind a prefix")
	}
	tag, a = startTag(t, `<div id="x_Signature">`)
	if got := contains(tag, a); got != nil {
		t.Errorf("an older signature counts as the container %s", got.name)
	}
}

// textLines is what plain text reads as.
func textLines(s string) []line { return plainLines([]byte(s), &Kind{}) }

func TestAttributionRows(t *testing.T) {
	for _, table := range [][]known.Phrase{known.Wrote, known.Openers} {
		for _, p := range table {
			if n, _ := attribution(textLines(p.Sample + "\n> old\n")); n != 1 {
				t.Errorf("%s %q: %q is an attribution over %d lines", p.Lang, p.Text, p.Sample, n)
			}
		}
	}
}

func TestOriginalRows(t *testing.T) {
	for _, table := range [][]known.Phrase{known.Originals, known.BareOriginals, known.ForwardedBy} {
		for _, p := range table {
			if !original(known.Visible(p.Sample)) {
				t.Errorf("%s: %q is no original-message line", p.Lang, p.Sample)
			}
		}
	}
}

func TestLabelRows(t *testing.T) {
	for _, l := range known.Labels {
		for _, text := range []string{l.Text + ": x", "*" + l.Text + ":* x", l.Text + " : x", l.Text + "：x"} {
			if kind, value := labelOf(known.Visible(text)); kind == 0 || value != "x" {
				t.Errorf("%s: %q reads as label %d, value %q", l.Lang, text, kind, value)
			}
		}
	}
}

func TestReplyPrefixRows(t *testing.T) {
	for _, p := range known.ReplyPrefixes {
		if ReplyPrefix(p.Sample) == "" {
			t.Errorf("%s: %q is no reply", p.Lang, p.Sample)
		}
	}
	for _, s := range []string{"", "offer", "Offer: new prices", "Meeting re: prices", "[External] offer", ":"} {
		if ReplyPrefix(s) != "" {
			t.Errorf("%q is a reply", s)
		}
	}
	for _, s := range []string{"RE[2]: x", "Re^3: x", "[External] AW: x", "Re : x", "回复：x", "SV: x"} {
		if ReplyPrefix(s) == "" {
			t.Errorf("%q is no reply", s)
		}
	}
}

// checkText checks that a text of a table is in the form that text of mail is compared in.
func checkText(t *testing.T, lang, text string) {
	t.Helper()
	if _, err := language.Parse(lang); err != nil {
		t.Errorf("%s: %v", lang, err)
	}
	if text == "" || text != known.Fold(known.Visible(text)) || !norm.NFC.IsNormalString(text) {
		t.Errorf("%s %+q is not in the form it is compared in", lang, text)
	}
}

func checkLanguages(t *testing.T, langs []string, want int) {
	t.Helper()
	slices.Sort(langs)
	if got := len(slices.Compact(langs)); got < want {
		t.Errorf("%d languages, want at least %d", got, want)
	}
}
