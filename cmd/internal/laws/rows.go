package laws

import (
	"slices"
	"strings"
)

// row is a line of a text as a reader sees it, or what was taken out of one.
type row struct {
	text    string // blanks folded, a picture as object
	start   int    // its first unit
	gone    bool   // it was taken out
	glued   bool   // it goes on in the line of the row above
	gap     bool   // a blank line stands above it
	held    bool   // a client or a product keeps a signature here, and people do not type here
	ours    bool   // likewise in an element of ours
	cited   bool   // it stands in quoted mail
	divided bool   // between it and the row above begins what only quoting writes
	table   int    // the outermost table it stands in, 0 for none
	width   int    // of its widest picture as the markup says, 0 when it does not
	height  int
}

// rows reads a text as lines. Gone has the units that were taken out; where a
// line was taken out in part, what is left of it is a row of its own.
func (t *text) rows(gone []bool, html bool) []row {
	rr := rowReader{t: t, html: html}
	for i := range t.units {
		rr.unit(i, gone != nil && gone[i])
	}
	rr.end()
	return rr.rows
}

type rowReader struct {
	t     *text
	html  bool
	rows  []row
	inner []element // the elements around, outermost first
	cur   row
	begun bool // cur has something to see
	seen  strings.Builder

	blank, divided bool // seen since the last row
	tables         int
}

// element is an element around a row.
type element struct {
	name                         string
	keepsBreaks                  bool
	held, ours, cited, separates bool
	table                        int
}

func (rr *rowReader) unit(i int, gone bool) {
	switch u := &rr.t.units[i]; {
	case u.kind == open:
		rr.enter(i)
	case u.kind == end:
		rr.leave(tagName(rr.t.raw(i)))
	case u.hidden:
	case u.kind == char:
		rr.char(i, u.r, gone)
	case u.kind == picture:
		rr.show(i, object, gone)
		rr.measure(rr.t.raw(i))
	case u.kind == void:
		rr.void(i)
	}
}

func (rr *rowReader) char(i int, r rune, gone bool) {
	switch {
	case ignored(r):
	case r == '\n' && (!rr.html || rr.top().keepsBreaks):
		rr.lineBreak()
	case blank(r):
		if rr.begun {
			rr.seen.WriteByte(' ')
		}
	default:
		rr.show(i, r, gone)
	}
}

// show adds something to see to the row, or begins one.
func (rr *rowReader) show(i int, r rune, gone bool) {
	glued := false
	if rr.begun && rr.cur.gone != gone {
		rr.end()
		glued = true
	}
	if !rr.begun {
		e := rr.top()
		rr.cur = row{start: i, gone: gone, glued: glued, gap: rr.blank, divided: rr.divided, held: e.held, ours: e.ours, cited: e.cited, table: e.table}
		rr.begun, rr.blank, rr.divided = true, false, false
	}
	rr.seen.WriteRune(r)
}

// measure notes the size of a picture that is part of the row.
func (rr *rowReader) measure(raw string) {
	token := tag(raw, true)
	for _, a := range token.Attr {
		switch n := number(a.Val); a.Key {
		case "width":
			rr.cur.width = max(rr.cur.width, n)
		case "height":
			rr.cur.height = max(rr.cur.height, n)
		}
	}
}

// number is the number that a string begins with.
func number(s string) int {
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' || n > 1e6 {
			break
		}
		n = n*10 + int(r-'0')
	}
	return n
}

// lineBreak ends a row; one that shows nothing is a blank line.
func (rr *rowReader) lineBreak() {
	if rr.begun {
		rr.end()
	} else {
		rr.blank = true
	}
}

func (rr *rowReader) end() {
	if !rr.begun {
		return
	}
	rr.cur.text = strings.Join(strings.Fields(rr.seen.String()), " ")
	rr.cur.cited = rr.cur.cited || strings.HasPrefix(rr.cur.text, ">")
	rr.rows = append(rr.rows, rr.cur)
	rr.seen.Reset()
	rr.begun = false
}

func (rr *rowReader) top() element {
	if len(rr.inner) == 0 {
		return element{}
	}
	return rr.inner[len(rr.inner)-1]
}

// withinLines are the elements that do not begin a new line.
var withinLines = []string{
	"a", "b", "i", "u", "em", "strong", "font", "span", "small", "big", "sub", "sup", "code", "o:p", "img", "s", "strike", "tt", "ins", "del", "mark", "label",
	"abbr", "acronym", "cite", "q", "nobr", "kbd", "samp", "var", "wbr", "bdo", "bdi", "data", "time", "dfn", "v:shape", "v:imagedata", "html", "input", "style", "script", "template",
}

func (rr *rowReader) enter(i int) {
	token := tag(rr.t.raw(i), true)
	if !slices.Contains(withinLines, token.Data) {
		rr.end()
	}
	e := rr.top()
	e.name, e.separates = token.Data, false
	var names string // by which clients find their own elements again
	for _, a := range token.Attr {
		switch a.Key {
		case "id", "class", "name", "data-marker":
			names += " " + strings.ToLower(a.Val)
		case "style":
			s := style(a.Val)
			e.keepsBreaks = e.keepsBreaks && !strings.Contains(s, "white-space:normal") || strings.Contains(s, "white-space:pre")
			e.separates = strings.Contains(s, "border-top:solid") || strings.Contains(s, "border-left:")
			e.held = e.held || strings.Contains(s, "mso-bookmark:_mailautosig")
		case "type":
			e.cited = e.cited || token.Data == "blockquote" && a.Val == "cite"
		}
	}
	switch {
	case containsAny(names, typedInto):
		e.held, e.ours = false, false
	case containsAny(names, keepers):
		e.held = true
		e.ours = e.ours || strings.Contains(names, "sigmilter-signature")
	}
	e.cited = e.cited || containsAny(names, citing) && token.Data == "blockquote"
	e.separates = e.separates || token.Data == "blockquote" || containsAny(names, citing)
	e.keepsBreaks = e.keepsBreaks || token.Data == "pre" || token.Data == "plaintext" || token.Data == "textarea"
	if token.Data == "table" && e.table == 0 {
		rr.tables++
		e.table = rr.tables
	}
	rr.divided = rr.divided || e.separates
	rr.inner = append(rr.inner, e)
}

// leave ends the innermost element of a name and all in it.
func (rr *rowReader) leave(name string) {
	if !slices.Contains(withinLines, name) {
		rr.end()
	}
	for i := len(rr.inner) - 1; i >= 0; i-- {
		if rr.inner[i].name == name {
			rr.inner = rr.inner[:i]
			return
		}
	}
}

func (rr *rowReader) void(i int) {
	token := tag(rr.t.raw(i), true)
	switch token.Data {
	case "br":
		rr.lineBreak()
	case "hr":
		rr.end()
		rr.divided = true
	}
	for _, a := range token.Attr { // Apple Mail and Outlook mark a place by an empty element
		if a.Key == "id" && containsAny(strings.ToLower(a.Val), citing) {
			rr.divided = true
		}
	}
}

func containsAny(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

// keepers are pieces of the names, in lower case, of the elements in which
// clients and products keep a signature.
var keepers = []string{
	"signature", "sigmilter-", "_rc_sig", "-sgn", "__sig_pre__", "_mailautosig", "codetwo", "exclaimer", "xink", "wisestamp", "templafy", "symprex", "letsignit",
	"lsi_", "crossware", "cwesig", "sigsync", "rocketseed", "newoldstamp", "mysignature", "opensense", "signitic", "signite", "sigstr", "bybrand", "gimmio",
}

// typedInto are those in which people write their mail as well.
var typedInto = []string{"ms-outlook-mobile-signature", "applemailsignature", "linebreakatbeginningofsignature"}

// citing are pieces of the names of the elements in which clients quote.
var citing = []string{
	"quote", "cite", "gmail_attr", "rplyfwd", "appendonsend", "olk_src", "origbody", "reply-intro", "replyintro", "replybody", "mail-editor-reference",
	"zwchr", "__headers__", "__divider__", "forward", "originalmessage", "messagesplit", "reference-message", "orimsg", "qqmail", "isreplycontent",
}
