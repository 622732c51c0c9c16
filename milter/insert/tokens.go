package insert

import "strings"

// tokenKind is what a token of HTML is.
type tokenKind uint8

const (
	noToken tokenKind = iota // the end of the text, or a tag that has none
	textToken
	startTagToken
	endTagToken
	otherToken // a comment, a doctype, what is taken for one
)

// tokens takes an HTML text apart token by token, where x/net/html does, which does
// as browsers do. It copies nothing, and what a start tag says is read once: mail
// repeats the same few on every line.
type tokens struct {
	src        string
	start, end int      // of the token
	tag        *openTag // of a start tag
	tags       openTags
	content    string // the element that begins with the token and holds text only, "" for none
}

// next goes on to the next token.
func (t *tokens) next() tokenKind {
	t.start = t.end
	if element := t.content; element != "" {
		t.content = ""
		if t.end = t.start + textEnd(t.src[t.start:], element); t.end > t.start {
			return textToken
		}
	}
	begin := t.start + markupBegin(t.src[t.start:])
	switch {
	case begin > t.start:
		t.end = begin
		return textToken
	case begin == len(t.src):
		return noToken
	}
	rest := t.src[t.start:]
	switch rest[1] {
	case '/':
		return t.closing(rest)
	case '!', '?':
		t.end += otherEnd(rest)
		return otherToken
	}
	if t.tag = t.tags.read(rest); t.tag == nil {
		return noToken
	}
	t.end += t.tag.size
	t.content = t.tag.content
	return startTagToken
}

// closing takes the end tag, or what is none, that the rest begins with.
func (t *tokens) closing(rest string) tokenKind {
	if rest == "</" {
		t.end = len(t.src)
		return textToken
	}
	if !isLetterByte(rest[2]) {
		t.end += through(rest, '>', 2)
		return otherToken
	}
	n := tagEnd(rest, func(_, _ string, _ int) {})
	if n < 0 {
		return noToken
	}
	t.end += n
	return endTagToken
}

// markupBegin is where in a text the first token begins that is no text, the length of
// the text for none.
func markupBegin(text string) int {
	for at := 0; ; at++ {
		i := strings.IndexByte(text[at:], '<')
		if at += i; i < 0 || at+1 == len(text) {
			return len(text)
		}
		if next := text[at+1]; isLetterByte(next) || next == '/' || next == '!' || next == '?' {
			return at
		}
	}
}

// through is how far a text reaches up to a character and with it, which is looked for
// from an offset on; the whole of it when there is none.
func through(text string, c byte, from int) int {
	if i := strings.IndexByte(text[from:], c); i >= 0 {
		return from + i + 1
	}
	return len(text)
}

// otherEnd is the length of the comment, the doctype or the like that a text begins
// with.
func otherEnd(text string) int {
	const begin = "<!--"
	if !strings.HasPrefix(text, begin) {
		return through(text, '>', 2)
	}
	for at := len(begin); ; {
		n := through(text, '>', at)
		said := strings.TrimSuffix(text[len(begin):n], ">")
		if n == len(text) || said == "" || said == "-" || strings.HasSuffix(said, "--") || strings.HasSuffix(said, "--!") {
			return n
		}
		at = n
	}
}

// tagEnd is the length of the tag that a text begins with, -1 when it has no end. It
// calls attribute with the name and the value of each attribute, as they stand there,
// and with where the value ends.
func tagEnd(text string, attribute func(name, value string, end int)) int {
	_, i := nameIn(text)
	for {
		if i = skipBlanks(text, i); i == len(text) {
			return -1
		}
		if text[i] == '>' {
			return i + 1
		}
		from := i
		for i < len(text) && (!endsName(text[i]) && text[i] != '=' || text[i] == '=' && i == from) {
			i++
		}
		name, value := text[from:i], text[i:i]
		end := i
		next := skipBlanks(text, i)
		switch {
		case next == len(text):
			return -1
		case text[next] == '/':
			i = next + 1
		case text[next] != '=':
			i = next
		default:
			if value, end, i = valueIn(text, skipBlanks(text, next+1), end); i < 0 {
				return -1
			}
		}
		if name != "" {
			attribute(name, value, end)
		}
	}
}

// valueIn is the value of an attribute that begins at an offset, where it ends and
// what comes next; -1 for the last when it has no end. One that is empty ends where the
// name does.
func valueIn(text string, at, nameEnd int) (value string, end, next int) {
	if at == len(text) {
		return "", 0, -1
	}
	switch quote := text[at]; quote {
	case '>':
		return "", nameEnd, at
	case '"', '\'':
		n := strings.IndexByte(text[at+1:], quote)
		if n < 0 {
			return "", 0, -1
		}
		end = at + 1 + n
		return text[at+1 : end], end, end + 1
	}
	end = at
	for end < len(text) && text[end] != '>' && !blankByte(text[end]) {
		end++
	}
	return text[at:end], end, end
}

// nameIn is where the name of the tag begins and ends that a text begins with.
func nameIn(text string) (begin, end int) {
	begin = len("<")
	if text[begin] == '/' {
		begin++
	}
	end = begin
	for end < len(text) && !endsName(text[end]) {
		end++
	}
	return begin, end
}

// nameOfTag is the name of the tag that a text begins with, in small letters.
func nameOfTag(text string) string {
	begin, end := nameIn(text)
	return strings.ReplaceAll(asciiLower(text[begin:end]), "\x00", "\ufffd")
}

// endsName reports whether a character ends the name of a tag or an attribute.
func endsName(c byte) bool { return c == '>' || c == '/' || blankByte(c) }

// blankByte reports whether a character is a blank of markup.
func blankByte(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' }

func skipBlanks(text string, at int) int {
	for at < len(text) && blankByte(text[at]) {
		at++
	}
	return at
}

// textEnd is how far the text reaches that an element holds whose content is nothing
// else.
func textEnd(text, element string) int {
	switch element {
	case "plaintext":
		return len(text)
	case "script":
		return scriptEnd(text)
	}
	for at := 0; ; at++ {
		i := strings.Index(text[at:], "</")
		if i < 0 {
			return len(text)
		}
		if at += i; closesElement(text[at:], element) {
			return at
		}
	}
}

// closesElement reports whether a text begins with an end tag of an element.
func closesElement(text, element string) bool {
	after, ok := strings.CutPrefix(text, "</")
	return ok && beginsTag(after, element)
}

// beginsTag reports whether a text begins with a name, in whatever case, and with what
// ends it.
func beginsTag(text, name string) bool {
	return len(text) > len(name) && asciiLower(text[:len(name)]) == name && endsName(text[len(name)])
}

// scriptEnd is how far a script reaches. QUIRK: within what looks like a comment, as
// in the times when browsers knew no scripts, another script has its own end.
func scriptEnd(text string) int {
	const (
		plain = iota
		comment
		script // within a comment
	)
	state, dashes := plain, 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if state != plain && c == '-' {
			dashes++
			continue
		}
		if dashes > 1 && c == '>' {
			state = plain
		}
		dashes = 0
		if c != '<' {
			continue
		}
		closed := closesElement(text[i:], "script")
		switch next := text[i+1:]; {
		case closed && state != script:
			return i
		case closed:
			state = comment
			i += len("</script")
		case state == plain && strings.HasPrefix(next, "!--"):
			state, dashes = comment, len("--")
			i += len("!--")
		case state == comment && beginsTag(next, "script"):
			state = script
			i += len("script") + 1
		case state == comment && next != "" && next[0] != '/' && !isLetterByte(next[0]):
			state = plain // as x/net/html does
		}
	}
	return len(text)
}

// asciiLower is text with the capitals of ASCII in small letters.
func asciiLower(text string) string {
	for i := 0; i < len(text); i++ {
		if text[i] >= 'A' && text[i] <= 'Z' {
			return lowered(text)
		}
	}
	return text
}

func lowered(text string) string {
	b := []byte(text)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
