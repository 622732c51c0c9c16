package render

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Lengths of lines in bytes. A part of a mail that is not quoted-printable has no
// line of more than 998 (RFC 5322 2.1.1).
const (
	foldTags = 200 // from here on a tag may begin a new line
	foldText = 800 // and text too
)

// tight is HTML without the line breaks and indents of its source: runs of blanks
// are one, those beside blocks and line breaks are none. It looks the same, and goes
// on doing so in a document that keeps line breaks.
//
// QUIRK: KMail and others set white-space: pre-wrap on every paragraph by a style
// sheet, which reaches the paragraphs of a block wherever it stands.
func tight(source string) string {
	if keepsBySheet(source) {
		return source
	}
	t := tightener{begins: true, columns: setsColumns(source)}
	z := html.NewTokenizer(strings.NewReader(source))
	z.SetMaxBuf(0)
	for at := 0; ; {
		kind := z.Next()
		raw := source[at : at+len(z.Raw())]
		at += len(raw)
		switch kind {
		case html.ErrorToken:
			return string(append(t.out, source[at-len(raw):]...))
		case html.TextToken:
			t.text(raw)
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			t.tag(z.Token(), raw)
		default: // a comment, in which Outlook may see something
			t.out = append(t.out, raw...)
			t.shown()
		}
	}
}

// keepsBySheet reports whether a style sheet of the block's own says how line breaks
// are shown.
func keepsBySheet(source string) bool {
	lower := strings.ToLower(source)
	return strings.Contains(lower, "<style") && strings.Contains(lower, "white-space")
}

// setsColumns reports whether blocks stand beside each other, with the blanks of the
// source between them.
func setsColumns(source string) bool {
	lower := strings.ToLower(source)
	return strings.Contains(lower, "inline-") || strings.Contains(strings.ReplaceAll(lower, " ", ""), "display:inline")
}

type tightener struct {
	out     []byte
	open    []keeping
	begins  bool // the line has nothing yet
	blank   int  // 1 + where the blank stands that may end the line, 0 for none
	columns bool
}

// keeping is an open element, and whether its line breaks are kept.
type keeping struct {
	name  string
	keeps bool
}

func (t *tightener) keeps() bool { return len(t.open) > 0 && t.open[len(t.open)-1].keeps }

// shown notes something that a blank can stand behind.
func (t *tightener) shown() { t.begins, t.blank = false, 0 }

func (t *tightener) text(raw string) {
	if t.keeps() {
		t.out = append(t.out, raw...)
		t.shown()
		return
	}
	for raw != "" {
		n := len(raw) - len(strings.TrimLeft(raw, " \t\r\n\f"))
		if n > 0 {
			t.blanks()
			raw = raw[n:]
			continue
		}
		n = strings.IndexAny(raw, " \t\r\n\f")
		if n < 0 {
			n = len(raw)
		}
		t.out = append(t.out, raw[:n]...)
		t.shown()
		raw = raw[n:]
	}
}

// blanks writes one blank for a run of them, where one is seen.
func (t *tightener) blanks() {
	if t.begins || t.blank > 0 {
		return
	}
	t.blank = len(t.out) + 1
	if t.column() > foldText {
		t.out = append(t.out, '\n')
	} else {
		t.out = append(t.out, ' ')
	}
}

func (t *tightener) column() int { return len(t.out) - 1 - bytes.LastIndexByte(t.out, '\n') }

func (t *tightener) tag(token html.Token, raw string) {
	name := token.DataAtom
	switch {
	case name == atom.Br, !t.columns && (blocks[name] || lineCells[name]):
		if at := t.blank - 1; at >= 0 {
			t.out = append(t.out[:at], t.out[at+1:]...)
		}
		t.begins, t.blank = true, 0
	case shownTags[name], t.columns && (blocks[name] || lineCells[name]):
		t.shown()
	}
	if i := strings.IndexByte(raw, ' '); i > 0 && len(token.Attr) > 0 && t.column() > foldTags {
		raw = raw[:i] + "\n" + raw[i+1:]
	}
	t.out = append(t.out, raw...)
	t.nest(token)
}

// nest follows the open elements.
func (t *tightener) nest(token html.Token) {
	if token.Type == html.EndTagToken {
		for i := len(t.open) - 1; i >= 0; i-- {
			if t.open[i].name == token.Data {
				t.open = t.open[:i]
				return
			}
		}
	} else if token.Type == html.StartTagToken && !empties[token.DataAtom] {
		t.open = append(t.open, keeping{token.Data, keepsBreaks(token, t.keeps())})
	}
}

// keepsBreaks reports whether an element keeps its line breaks: by itself, by its
// style, or since the one around it does.
func keepsBreaks(token html.Token, around bool) bool {
	switch token.DataAtom {
	case atom.Pre, atom.Textarea, atom.Listing, atom.Xmp, atom.Plaintext, atom.Style, atom.Script:
		return true
	}
	for declaration := range strings.SplitSeq(strings.ToLower(attribute(token, "style")), ";") {
		property, value, _ := strings.Cut(declaration, ":")
		if strings.TrimSpace(property) == "white-space" {
			value = strings.TrimSpace(value)
			around = strings.HasPrefix(value, "pre") || strings.HasPrefix(value, "break-spaces")
		}
	}
	return around
}
