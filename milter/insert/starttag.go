package insert

import (
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// openTag is what the tables say of a start tag.
type openTag struct {
	size      int // of its source
	tag       atom.Atom
	kind      *elemKind
	name      string // of one without a slot
	closed    bool   // it says itself that it has no content
	content   string // its name if it holds text only, to browsers
	attrs     attrs
	quotes    quoting
	holds     *container
	separates *separator
	composed  bool // see line.composed
}

// openTags are those of a document so far by their source: mail repeats the same
// few tags on every line, with long style attributes.
type openTags struct {
	known map[string]*openTag
	room  []openTag // for further ones
}

// Limits of what is kept.
const (
	maxOpenTag  = 512 // bytes of one
	maxOpenTags = 256
)

// read reads the start tag that a text begins with; nil when it has no end.
func (o *openTags) read(text string) *openTag {
	if t, ok := o.known[text[:through(text, '>', 0)]]; ok { // the first > ends nearly all
		return t
	}
	const usual = 16 // different ones
	if len(o.room) == cap(o.room) {
		o.room = make([]openTag, 0, usual)
	}
	if o.known == nil {
		o.known = make(map[string]*openTag, usual)
	}
	o.room = o.room[:len(o.room)+1]
	t := &o.room[len(o.room)-1]
	if !t.read(text) {
		return nil
	}
	if t.size <= maxOpenTag && len(o.known) < maxOpenTags {
		o.known[text[:t.size]] = t
	}
	return t
}

// readOpenTag reads the start tag that a text begins with; nil when it has no end.
func readOpenTag(text string) *openTag {
	var t openTag
	if !t.read(text) {
		return nil
	}
	return &t
}

// read reads the start tag that a text begins with and reports whether it has an end.
func (t *openTag) read(text string) bool {
	name := nameOfTag(text)
	t.tag = atom.Lookup([]byte(name))
	if t.kind = elemKindOf(t.tag); t.kind.slot == 0 {
		t.name = name
	}
	last, spelled := -1, false // where the value of the last attribute ends, and whether any has references
	t.size = tagEnd(text, func(name, value string, end int) {
		last = end
		if t.attrs.take(t.tag, asciiLower(name), oneLineEnd(value)) {
			spelled = spelled || strings.ContainsAny(value, "&\x00")
		}
	})
	if t.size < 0 {
		return false
	}
	t.closed = text[t.size-2] == '/' && last != t.size-1
	if spelled {
		t.attrs = spelledAttrs(text[:t.size], t.tag)
	}
	if rawText[t.tag] || t.tag == atom.Noscript {
		t.content = name
	}
	t.quotes, t.holds, t.separates = quotes(t.tag, &t.attrs), contains(t.tag, &t.attrs), separates(t.tag, &t.attrs)
	t.composed = strings.HasPrefix(t.attrs.class, "MsoNormal") || t.attrs.class == "elementToProof"
	return true
}

// spelledAttrs are the attributes of a start tag with character references in them.
func spelledAttrs(source string, tag atom.Atom) attrs {
	var a attrs
	attributesIn(source, func(name, value string) { a.take(tag, name, value) })
	return a
}

// attributesIn calls take for each attribute of a start tag, with its name in small
// letters and its value as browsers read it. References in values only x/net/html reads
// as they do.
func attributesIn(source string, take func(name, value string)) {
	if !strings.ContainsAny(source, "&\x00") {
		tagEnd(source, func(name, value string, _ int) { take(asciiLower(name), oneLineEnd(value)) })
		return
	}
	z := nethtml.NewTokenizer(strings.NewReader(source))
	z.Next()
	_, more := z.TagName()
	for more {
		var name, value []byte
		name, value, more = z.TagAttr()
		take(string(name), string(value))
	}
}

// oneLineEnd is the value of an attribute with line ends as browsers hand them on.
func oneLineEnd(value string) string {
	if strings.IndexByte(value, '\r') < 0 {
		return value
	}
	return lineEndings.Replace(value)
}

var lineEndings = strings.NewReplacer("\r\n", "\n", "\r", "\n")
