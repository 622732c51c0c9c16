package entity

import (
	"strconv"
	"strings"
)

// param is one parameter of a structured field value, as it stands there.
type param struct {
	name       string // lower case, RFC 2231 marks included: "name", "name*", "name*0*"
	value      string // without quotes and folding
	start, end int    // from the name to the end of the value
	at         int    // where the value begins
}

// fieldValue is what follows the head in a structured field value that was taken
// apart: "head; name=value; ...".
type fieldValue struct {
	headEnd int
	params  []param
	open    bool // a quote or a comment is never closed
	crowded bool // there are more parameters than are read
}

// usualParams is room for the parameters of nearly every field.
type usualParams [4]param

// maxParams is how many parameters of a field are read. The longest file name a
// disk takes needs a dozen (RFC 2231), and nobody writes a hundred.
const maxParams = 200

// splitValue takes any value apart; there is none that it refuses, because
// clients write them all. It looks at each byte a few times, whatever the value. The
// parameters are put into room, which grows where it is too small. The head is apart from
// them: it is kept for long, and would keep the room.
func splitValue(v string, room []param) (head string, f fieldValue) {
	c := cursor{v: v}
	head = c.head()
	f = fieldValue{headEnd: c.i, params: room[:0]}
	for c.skip("; \t\r\n,"); c.i < len(v); c.skip("; \t\r\n,") {
		if f.crowded = len(f.params) == maxParams; f.crowded {
			break
		}
		start := c.i
		for c.i < len(v) && !strings.ContainsRune("=;\" \t\r\n(", rune(v[c.i])) {
			c.i++
		}
		name := strings.ToLower(v[start:c.i])
		c.skip(" \t\r\n")
		if c.i == len(v) || v[c.i] != '=' {
			if c.i == start {
				c.i++ // a stray character
			}
			continue
		}
		c.i++
		c.skip(" \t\r\n")
		at := c.i
		value := c.value()
		if name != "" {
			f.params = append(f.params, param{name, value, start, c.i, at})
		}
	}
	f.open = c.open
	return head, f
}

type cursor struct {
	v    string
	i    int
	open bool
}

// skip moves over the given characters and over comments.
func (c *cursor) skip(chars string) {
	for c.i < len(c.v) {
		switch {
		case strings.IndexByte(chars, c.v[c.i]) >= 0:
			c.i++
		case c.v[c.i] == '(':
			c.comment()
		default:
			return
		}
	}
}

// comment moves over a comment, which may hold others (RFC 5322 section 3.2.2).
func (c *cursor) comment() {
	depth := 0
	for ; c.i < len(c.v); c.i++ {
		switch c.v[c.i] {
		case '\\':
			c.i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				c.i++
				return
			}
		}
	}
	c.i, c.open = len(c.v), true
}

// head reads the word before the parameters; blanks around its slash are
// dropped. There are three pieces then; with a fourth, and a second slash, it is no
// type any more.
func (c *cursor) head() string {
	head, end := "", 0
	for range 4 {
		c.skip(" \t\r\n")
		start := c.i
		for c.i < len(c.v) && !strings.ContainsRune("; \t\r\n(", rune(c.v[c.i])) {
			c.i++
		}
		if c.i == start || head != "" && !strings.HasSuffix(head, "/") && c.v[start] != '/' {
			break
		}
		head, end = head+c.v[start:c.i], c.i
	}
	c.i = end
	return strings.ToLower(head)
}

// value reads a parameter's value and stops after it.
func (c *cursor) value() string {
	if c.i < len(c.v) && c.v[c.i] == '"' {
		if value, ok := c.quoted(); ok {
			return value
		}
		// QUIRK: the closing quote is missing; what follows the next semicolon
		// are parameters again.
		c.open = true
		c.i++
	}
	start := c.i
	c.i += unquotedLength(c.v[start:])
	// QUIRK: or the opening quote is missing.
	return strings.TrimSuffix(unfold(c.v[start:c.i]), `"`)
}

// unquotedLength tells how much of s, up to a semicolon, is the value.
// QUIRK: clients leave out the quotes around blanks (file names), and others
// leave out the semicolon before the next parameter.
func unquotedLength(s string) int {
	word := -1 // where the word began that may name the next parameter
	end := 0
scan:
	for ; end < len(s); end++ {
		switch ch := s[end]; {
		case ch == ';':
			break scan
		case ch == ' ', ch == '\t', ch == '\r', ch == '\n':
			word = -1
		case end > 0 && (s[end-1] == ' ' || s[end-1] == '\t'):
			if ch == '(' {
				break scan
			}
			if ch != '=' {
				word = end
			}
		case ch == '=' && word >= 0:
			end = word
			break scan
		}
	}
	return len(strings.TrimRight(s[:end], " \t\r\n"))
}

// quoted reads a quoted string; false and no move if it is never closed.
// QUIRK: a backslash counts only before a quote or a backslash; elsewhere it is
// part of a Windows path.
func (c *cursor) quoted() (string, bool) {
	if n := strings.IndexAny(c.v[c.i+1:], "\"\\\r\n"); n >= 0 && c.v[c.i+1+n] == '"' { // nearly always
		value := c.v[c.i+1 : c.i+1+n]
		c.i += n + len(`""`)
		return value, true
	}
	var b strings.Builder
	for i := c.i + 1; i < len(c.v); i++ {
		switch ch := c.v[i]; {
		case ch == '"':
			c.i = i + 1
			return b.String(), true
		case ch == '\\' && i+1 < len(c.v) && (c.v[i+1] == '"' || c.v[i+1] == '\\'):
			i++
			b.WriteByte(c.v[i])
		case ch != '\r' && ch != '\n':
			b.WriteByte(ch)
		}
	}
	return "", false
}

// values returns the parameters by name: the first of each name wins, and the
// RFC 2231 form wins over the plain one. Nil stands for none.
func (f fieldValue) values() map[string]string {
	if len(f.params) == 0 {
		return nil
	}
	values := map[string]string{}
	var segments map[string]string // by name with number, "name*0"; value with its star in front
	for _, p := range f.params {
		base, number, extended := splitName(p.name)
		into, key, value := values, base, p.value
		if number != "" {
			if segments == nil {
				segments = map[string]string{}
			}
			into, key, value = segments, base+"*"+number, extended+p.value
		}
		if _, dup := into[key]; !dup && key != "" {
			into[key] = value
		}
	}
	if len(segments) == 0 {
		return values
	}
	for _, p := range f.params {
		base, number, _ := splitName(p.name)
		if _, there := segments[base+"*0"]; there && number == "0" {
			values[base] = joinSegments(base, segments)
		}
	}
	return values
}

// splitName splits "name*1*" into name, number and the star that marks the
// extended notation; "name*" is its own only segment, number 0.
func splitName(name string) (base, number, extended string) {
	base, number, starred := strings.Cut(name, "*")
	if starred && number == "" {
		return base, "0", "*"
	}
	if n, ok := strings.CutSuffix(number, "*"); ok {
		return base, n, "*"
	}
	return base, number, ""
}

// joinSegments puts the numbered segments of one parameter together (RFC 2231
// sections 3 and 4) and takes them out, so that it is done once.
func joinSegments(base string, segments map[string]string) string {
	label := ""
	var raw strings.Builder
	for i := 0; ; i++ {
		key := base + "*" + strconv.Itoa(i)
		s, ok := segments[key]
		if !ok {
			break
		}
		delete(segments, key)
		if s, ok = strings.CutPrefix(s, "*"); ok {
			if parts := strings.SplitN(s, "'", 3); i == 0 && len(parts) == 3 {
				label, s = parts[0], parts[2]
			}
			s = percentDecode(s)
		}
		raw.WriteString(s)
	}
	if cs, err := lookupCharset(label); err == nil {
		return string(cs.decodeAll([]byte(raw.String())))
	}
	return raw.String()
}

func percentDecode(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if v, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(v))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
