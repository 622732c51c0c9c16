package entity

import (
	"slices"
	"strings"
)

// MediaType is a Content-Type: Type in lower case such as "text/plain", and the
// parameters by their names in lower case, values as they were written.
type MediaType struct {
	Type   string
	Params map[string]string // nil for none
}

// ParseMediaType reads a Content-Type field value as mail clients write them:
// doubled parameters (the first wins), special characters without quotes, quotes
// never closed, stray semicolons, comments, RFC 2231 charsets and continuations.
// An empty value is text/plain (RFC 2045 section 5.2); a type that cannot be read
// is application/octet-stream, so that nobody takes the part for text.
func ParseMediaType(value string) MediaType {
	m, _ := parseMediaType(value)
	return m
}

// parseMediaType is ParseMediaType; crowded says that there are more parameters than
// are read.
func parseMediaType(value string) (m MediaType, crowded bool) {
	var room usualParams
	head, f := splitValue(value, room[:])
	return MediaType{Type: typeIn(head, value), Params: f.values()}, f.crowded
}

// TypeOf is the type that [ParseMediaType] reads, without the parameters.
func TypeOf(value string) string {
	c := cursor{v: value}
	return typeIn(c.head(), value)
}

// typeIn is the type of a Content-Type that begins with that head.
func typeIn(head, value string) string {
	major, minor, _ := strings.Cut(head, "/")
	switch {
	case head == "" && unfold(value) == "":
		return "text/plain"
	case !isToken(major) || !isToken(minor):
		return "application/octet-stream"
	}
	return head
}

// isToken reports whether s is a token of RFC 2045 section 5.1.
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?=`, r)
	})
}

// SetParam returns the Content-Type field value with one parameter set. The
// parameter's first occurrence is given the new value or, if there is none, it
// is appended; further occurrences, which some readers would prefer, go. All
// other bytes stay, folding and comments included, unless the value is so
// broken that the parameter would not be read back: then the type alone is kept.
func SetParam(value, name, v string) string {
	set := setParam(value, name, v)
	if m := ParseMediaType(set); m.Params[strings.ToLower(name)] != v {
		return m.Type + "; " + name + "=" + quoteParam(v, false)
	}
	return set
}

func setParam(value, name, v string) string {
	var room usualParams
	_, f := splitValue(value, room[:])
	if !slices.ContainsFunc(f.params, func(p param) bool { return p.is(name) }) {
		at := len(strings.TrimRight(value, "; \t\r\n"))
		if f.open {
			at = f.headEnd // behind an unclosed quote it would not be seen
		}
		tail := value[at:]
		if strings.Trim(tail, "; \t\r\n") == "" {
			tail = ""
		} else if tail[0] != ';' {
			tail = ";" + tail
		}
		return value[:at] + "; " + name + "=" + quoteParam(v, false) + tail
	}
	var b strings.Builder
	at, first := 0, true
	for _, p := range f.params {
		if !p.is(name) {
			continue
		}
		if first {
			b.WriteString(value[at:p.start] + p.rewrite(value, name, v))
		} else {
			b.WriteString(strings.TrimRight(value[at:p.start], "; \t\r\n"))
		}
		at, first = p.end, false
	}
	return b.String() + value[at:]
}

// is reports whether p is the parameter of that name, in any notation.
func (p param) is(name string) bool {
	base, _, _ := splitName(p.name)
	return strings.EqualFold(base, name)
}

// rewrite returns the text of p, which stands in value, with the new value v. A
// plain parameter keeps the spelling of its name and its quotes.
func (p param) rewrite(value, name, v string) string {
	if strings.Contains(p.name, "*") {
		return name + "=" + quoteParam(v, false)
	}
	return value[p.start:p.at] + quoteParam(v, p.at < len(value) && value[p.at] == '"')
}

func quoteParam(v string, always bool) string {
	if !always && isToken(v) {
		return v
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
}
