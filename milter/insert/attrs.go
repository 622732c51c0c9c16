package insert

import (
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// attrs are the attributes of a start tag that tables ask about.
type attrs struct {
	id, class, style, kind, name string
	hidden                       bool   // style or attribute says that nobody sees it
	breaks                       breaks // what the style says of line ends
	tiny                         bool   // a picture of one pixel, or of none: a tracker
}

func (a *attrs) read(z *nethtml.Tokenizer, tag atom.Atom) {
	for more := true; more; {
		var key, val []byte
		key, val, more = z.TagAttr()
		switch string(key) {
		case "id":
			a.id = string(val)
		case "class":
			a.class = string(val)
		case "style":
			a.style = compactStyle(string(val))
			a.hidden = a.hidden || strings.Contains(a.style, "display:none") || strings.Contains(a.style, "mso-hide:all")
			a.tiny = a.tiny || strings.Contains(a.style, "width:1px") || a.hidden
			a.breaks = breaksOf(a.style)
		case "type":
			a.kind = strings.ToLower(string(val))
		case "name":
			a.name = string(val)
		case "width", "height":
			v := strings.TrimSuffix(string(val), "px")
			a.tiny = a.tiny || tag == atom.Img && (v == "1" || v == "0")
		}
	}
}

// breaksOf is what a style in compact form says of the line ends of text.
func breaksOf(style string) breaks {
	_, value, ok := strings.Cut(style, "white-space:")
	switch {
	case !ok:
		return breaksUnsaid
	case strings.HasPrefix(value, "pre"), strings.HasPrefix(value, "break-spaces"):
		return breaksKept
	case strings.HasPrefix(value, "inherit"):
		return breaksUnsaid
	}
	return breaksFolded
}

// compactStyle is a style attribute in lower case without blanks, so that
// tables need only one spelling: "border-top:solid#e1e1e11.0pt".
func compactStyle(s string) string {
	s = strings.ToLower(s)
	if !strings.ContainsAny(s, " \t\r\n") {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '\r' || r == '\n' {
			return -1
		}
		return r
	}, s)
}

// hasClass says whether class, a blank-separated list, has the name.
func hasClass(class, name string) bool {
	for c := range strings.FieldsSeq(class) {
		if strings.EqualFold(c, name) {
			return true
		}
	}
	return false
}
