package insert

import (
	"bytes"
	"regexp"
	"strings"

	"sigmilter/milter/insert/known"
)

var linkShape = regexp.MustCompile(`[<(\[]*((https?://|mailto:|www\.)[^\s<>()\]]+)[>)\]]*`)

// withoutLinks takes the links out of a text that a program may have put there:
// those it is known for, and those in brackets, which are what HTML turns into as
// text. ok says that there is no other.
func withoutLinks(text string) (rest string, ok bool) {
	if head, host, ok := strings.Cut(text, ": "); ok && bareHost(host) {
		text = head
	}
	if !hasLinks(text) {
		return text, true
	}
	ok = true
	rest = linkShape.ReplaceAllStringFunc(text, func(link string) string {
		if bracketed := strings.ContainsAny(link[:1], "<(["); !bracketed && !programLink(link) {
			ok = false
		}
		return " "
	})
	return rest, ok
}

// hasLinks reports, at little cost, whether there may be links in a text.
func hasLinks(text string) bool {
	return strings.Contains(text, "://") || strings.Contains(text, "mailto:") || strings.Contains(text, "www.")
}

// mobileLink reports whether a line is nothing but a link that a phone or a mail
// program puts below its sign-off.
func mobileLink(text string) bool {
	if !strings.Contains(text, "://") && !strings.Contains(text, "www.") {
		return bareHost(text)
	}
	m := linkShape.FindStringSubmatchIndex(text)
	return m != nil && m[0] == 0 && m[1] == len(text) && programLink(text[m[2]:m[3]])
}

// bareHost reports whether a line is nothing but the address of a program, without
// a scheme: "mail.mobile.aol.com".
func bareHost(text string) bool {
	const longest = 40 // bytes
	return len(text) <= longest && strings.Contains(text, ".") && !strings.Contains(text, " ") && programLink(text)
}

// programLink reports whether a link is one of the table.
func programLink(link string) bool {
	link = strings.ToLower(strings.Trim(link, "<>()[]"))
	link = strings.TrimPrefix(strings.TrimPrefix(link, "https://"), "http://")
	path, _, _ := strings.Cut(link, "?")
	path = strings.TrimRight(path, "/.")
	for _, l := range known.MobileLinks {
		if prefix, open := strings.CutSuffix(l, "*"); path == l || (open && strings.HasPrefix(path, prefix)) {
			return true
		}
	}
	return false
}

// linksProgram reports whether the source of lines has a link to a program, in as much
// of it as a client writes around a line.
func linksProgram(source []byte) bool {
	const most, longest = 16 << 10, 128 // bytes of the source and of a link, without what follows a program's own
	source = source[:min(len(source), most)]
	for {
		at := bytes.Index(source, []byte("http"))
		if at < 0 {
			return false
		}
		link := source[at:]
		source = source[at+len("http"):]
		rest, ok := bytes.CutPrefix(bytes.TrimPrefix(source, []byte("s")), []byte("://"))
		if !ok {
			continue
		}
		link = link[:min(len(link), longest)]
		if end := bytes.IndexAny(link, " \t\r\n\f\v<>\"'()]"); end >= 0 {
			link = link[:end]
		}
		if len(rest) > 0 && programLink(string(link)) {
			return true
		}
	}
}
