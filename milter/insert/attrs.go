package insert

import (
	"slices"
	"strings"

	"golang.org/x/net/html/atom"
)

// attrs are the attributes of a start tag that tables ask about.
type attrs struct {
	id, class, style, kind, name string
	hidden                       bool   // style or attribute says that nobody sees it
	breaks                       breaks // what the style says of line ends
	tiny                         bool   // a picture of one pixel, or of none: a tracker
	had                          uint8  // which of asked the tag has, a bit for each
}

// take takes the value of an attribute of an element and reports whether any table
// asks about it. Of two of the same name the first counts.
func (a *attrs) take(tag atom.Atom, name, value string) bool {
	n := slices.Index(asked[:], name)
	if n < 0 || a.had&(1<<n) != 0 {
		return false
	}
	a.had |= 1 << n
	switch name {
	case "id":
		a.id = value
	case "class":
		a.class = value
	case "style":
		a.style = compactStyle(value)
		a.hidden = a.hidden || strings.Contains(a.style, "display:none") || strings.Contains(a.style, "mso-hide:all")
		a.tiny = a.tiny || strings.Contains(a.style, "width:1px") || a.hidden
		a.breaks = breaksOf(a.style)
	case "type":
		a.kind = strings.ToLower(value)
	case "name":
		a.name = value
	case "width", "height":
		v := strings.TrimSuffix(value, "px")
		a.tiny = a.tiny || tag == atom.Img && (v == "1" || v == "0")
	}
	return true
}

// asked are the attributes that tables ask about.
var asked = [...]string{"id", "class", "style", "type", "name", "width", "height"}

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
	if len(class) < len(name) { // at little cost
		return false
	}
	for c := range strings.FieldsSeq(class) {
		if strings.EqualFold(c, name) {
			return true
		}
	}
	return false
}
