package entity

import (
	"bytes"
	"slices"
	"strings"

	"sigmilter/milter/work"
)

// Ambiguity is something in the structure of a message that one reader takes for
// another thing than the next: it names what it is, and has no word of the message.
type Ambiguity string

// What two readers read differently.
const (
	typeTwice       Ambiguity = "Content-Type is there twice with two types or boundaries"
	fieldTwice      Ambiguity = "a MIME field is there twice and says two things"
	paramTwice      Ambiguity = "boundary or start is there twice and says two things"
	charsetTwice    Ambiguity = "charset is there twice and says two things"
	paramNumbered   Ambiguity = "a parameter is written in the notation of RFC 2231, which not every reader knows"
	typeUnclear     Ambiguity = "something stands behind the media type that belongs to no parameter"
	boundaryUnclear Ambiguity = "the boundary is empty, too long, or has characters that readers treat differently"
	boundaryShared  Ambiguity = "the boundary is that of a multipart around it"
	boundaryNear    Ambiguity = "a line begins as a boundary and goes on as none"
	boundaryLate    Ambiguity = "a boundary comes again after its multipart is over"
	boundaryCut     Ambiguity = "a line is the boundary as readers cut it that ends in no quotes"
	boundaryBareCR  Ambiguity = "a boundary follows a CR without LF"
	multipartCoded  Ambiguity = "a multipart has a transfer encoding"
	headerControl   Ambiguity = "a header has a control character"
	headerBlank     Ambiguity = "a header has a line of blanks, or blanks before a colon"
	headerEndless   Ambiguity = "a header is followed by text without a blank line"
	embeddedFile    Ambiguity = "a text holds a file in uuencode or yEnc"
)

// Minor reports whether readers agree on what parts there are all the same, and differ
// in how they read one.
func (a Ambiguity) Minor() bool {
	return a == fieldTwice || a == charsetTwice || a == multipartCoded || a == embeddedFile
}

// Ambiguous is the first part of a message that readers may read in two ways, and
// why; nil for none. What is harmless is none: the same said twice, for one.
func Ambiguous(root *Part) (p *Part, why Ambiguity) {
	root.Walk(func(c *Part) bool {
		if p == nil {
			if why = c.ambiguity(); why != "" {
				p = c
			}
		}
		return p == nil
	})
	return p, why
}

func (p *Part) ambiguity() Ambiguity {
	for _, f := range p.Header {
		p.work.Spend(len(f.Name) + len(f.Value))
	}
	if p.doubted != "" {
		return p.doubted
	}
	if p.Parent == nil {
		if why := rootAmbiguity(p.Header); why != "" {
			return why
		}
	}
	minor := contradiction(p.Header)
	if minor == typeTwice {
		return minor
	}
	if why := p.typeAmbiguity(); why != "" && (minor == "" || !why.Minor()) {
		return why
	}
	if !p.IsMultipart() {
		return minor
	}
	switch p.Encoding {
	case "7bit", "8bit", "binary":
		return minor
	}
	return multipartCoded
}

// structural are the fields that say what a part is.
var structural = [...]string{"Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID", "MIME-Version"}

// structuralIndex is the index of a field among those, -1 for any other.
func structuralIndex(name string) int {
	name = strings.TrimSpace(name)
	return slices.IndexFunc(structural[:], func(s string) bool { return sameName(s, name) })
}

// contradiction is that of a structural field that is there twice with two values.
func contradiction(h Header) Ambiguity {
	var count [len(structural)]int
	twice := false
	for _, f := range h {
		if i := structuralIndex(f.Name); i >= 0 {
			count[i]++
			twice = twice || count[i] > 1
		}
	}
	if !twice { // nearly always
		return ""
	}
	return contradictionAmong(h)
}

// contradictionAmong is contradiction for a header that has such a field twice.
func contradictionAmong(h Header) Ambiguity {
	const contentType, contentID = 0, 3
	var found Ambiguity
	var first [len(structural)]string
	var firstType MediaType
	for _, f := range h {
		i := structuralIndex(f.Name)
		if i < 0 {
			continue
		}
		value := strings.Join(strings.Fields(unfold(f.Value)), " ")
		if i != contentType && i != contentID {
			value = strings.ToLower(value)
		}
		switch {
		case first[i] == "":
			first[i] = value
		case first[i] != value && i == contentType:
			if firstType.Type == "" {
				firstType = ParseMediaType(first[i])
			}
			found = fieldTwice
			if m := ParseMediaType(value); m.Type != firstType.Type || m.Params["boundary"] != firstType.Params["boundary"] {
				return typeTwice
			}
		case first[i] != value:
			found = fieldTwice
		}
	}
	return found
}

// rootAmbiguity is that of the header of a message, which came as fields.
func rootAmbiguity(h Header) Ambiguity {
	for _, f := range h {
		if crs := strings.Count(f.Value, "\r"); crs > 0 && crs != strings.Count(f.Value, "\r\n") {
			return headerControl
		}
		if structuralIndex(f.Name) < 0 {
			continue
		}
		if f.Name != strings.TrimSpace(f.Name) || blankLineIn(f.Value) {
			return headerBlank
		}
		if strings.ContainsFunc(f.Value, isOddControl) {
			return headerControl
		}
	}
	return ""
}

// headerAmbiguity is that of the header of a part, as its lines came.
func headerAmbiguity(lines []byte) Ambiguity {
	if bareCR(lines) || bytes.ContainsFunc(lines, isOddControl) {
		return headerControl
	}
	for line := range bytes.Lines(lines) {
		line = trimLineEnd(line)
		if len(bytes.TrimLeft(line, " \t")) == 0 {
			return headerBlank
		}
		if c := colon(line); c > 0 && (line[c-1] == ' ' || line[c-1] == '\t') {
			return headerBlank
		}
	}
	return ""
}

// blankLineIn reports whether a folded value has a line of nothing but blanks below
// its first.
func blankLineIn(value string) bool {
	_, rest, folded := strings.Cut(value, "\n")
	for folded {
		var line string
		line, rest, folded = strings.Cut(rest, "\n")
		if strings.TrimSpace(line) == "" {
			return true
		}
	}
	return false
}

// bareCR reports whether there is a CR without its LF.
func bareCR(b []byte) bool {
	for i := bytes.IndexByte(b, '\r'); i >= 0; {
		if i+1 == len(b) || b[i+1] != '\n' {
			return true
		}
		next := bytes.IndexByte(b[i+1:], '\r')
		if next < 0 {
			return false
		}
		i += 1 + next
	}
	return false
}

// isOddControl reports whether a character is a control that no header has.
func isOddControl(r rune) bool {
	return (r < ' ' && r != '\t' && r != '\r' && r != '\n') || r == 0x7f
}

// typeAmbiguity is that of a Content-Type.
func (p *Part) typeAmbiguity() Ambiguity {
	value := p.Header.raw("Content-Type")
	var room usualParams
	head, f := splitValue(value, room[:])
	if len(f.params) == 0 && head == "" {
		return ""
	}
	if p.unclearType(value, f) {
		return typeUnclear
	}
	// Comments, backslashes and open quotes hide parameters from some readers.
	if p.IsMultipart() && (f.open || strings.ContainsAny(value, `(\`)) {
		return boundaryUnclear
	}
	first := map[string]string{}
	for _, q := range f.params {
		base, number, _ := splitName(q.name)
		if !p.decides(base) {
			continue
		}
		if number != "" {
			return paramNumbered
		}
		v := q.value
		if base == "charset" {
			v = strings.ToLower(v)
		}
		if was, there := first[base]; there && was != v {
			if base == "charset" {
				return charsetTwice
			}
			return paramTwice
		}
		first[base] = v
		if base == "boundary" && !isPlainBoundary(q, value) {
			return boundaryUnclear
		}
	}
	return ""
}

// decides reports whether a parameter decides what readers take for the message.
func (p *Part) decides(param string) bool {
	switch param {
	case "boundary":
		return p.IsMultipart()
	case "start":
		return p.Media.Type == "multipart/related"
	case "charset":
		return isText(p)
	}
	return false
}

// unclearType reports whether something stands between a media type and its first
// parameter that readers may take for part of the type. A text whose type a reader does
// not know for its comment is shown as a text all the same. QUIRK: a leaf may have its
// first parameter without the semicolon before it.
func (p *Part) unclearType(value string, f fieldValue) bool {
	until := value
	if i := strings.IndexByte(value, ';'); i >= 0 {
		until = value[:i]
	}
	if !isText(p) && !p.IsMultipart() {
		return false
	}
	if name, comment, found := strings.Cut(until, "("); found {
		return p.IsMultipart() || !strings.HasSuffix(name, " ") || !isPlainComment(comment)
	}
	rest := strings.TrimSpace(until[min(f.headEnd, len(until)):])
	return rest != "" && (p.IsMultipart() || !strings.Contains(rest, "="))
}

// isPlainBoundary reports whether all readers take the same boundary from a
// parameter in a Content-Type. Characters that RFC 2046 does not allow there, but
// programs write, are read alike.
func isPlainBoundary(q param, value string) bool {
	const longest = 70
	word := strings.Contains(q.value, "=?") && strings.Contains(q.value, "?=") // an encoded word, for some
	if q.value == "" || len(q.value) > longest || strings.TrimSpace(q.value) != q.value || word {
		return false
	}
	raw := value[q.at:q.end]
	quoted := strings.HasPrefix(raw, `"`)
	if quoted && raw != `"`+q.value+`"` || !quoted && raw != q.value {
		return false
	}
	for _, c := range []byte(q.value) {
		if c < ' ' || c >= 0x7f || c == '"' || !quoted && strings.IndexByte(" \t<>,;", c) >= 0 {
			return false
		}
	}
	tail, _, _ := strings.Cut(value[q.end:], ";")
	return strings.TrimSpace(tail) == ""
}

// HoldsFile reports whether a text holds a file as programs wrote them before MIME,
// which readers take out of it, with what is below if its end is missing: uuencode
// or yEnc.
func HoldsFile(text []byte, w *work.Meter) Ambiguity {
	begun := false
	for line := range bytes.Lines(text) {
		w.Spend(perLine + len(line))
		line = bytes.TrimRight(line, "\r\n")
		if begun && isUULine(line) || bytes.HasPrefix(line, []byte("=ybegin ")) {
			return embeddedFile
		}
		begun = isUUBegin(line)
	}
	return ""
}

// isUUBegin reports whether a line begins a uuencoded file: "begin 644 name".
func isUUBegin(line []byte) bool {
	mode, ok := bytes.CutPrefix(line, []byte("begin "))
	if !ok {
		return false
	}
	mode, name, _ := bytes.Cut(mode, []byte(" "))
	return len(mode) >= 3 && len(mode) <= 4 && len(bytes.Trim(mode, "01234567")) == 0 && len(bytes.TrimSpace(name)) > 0
}

// isUULine reports whether a line is one of uuencode: its first character tells how
// many bytes are in it.
func isUULine(line []byte) bool {
	if len(line) == 0 || line[0] <= ' ' || line[0] > '`' {
		return false
	}
	const perGroup, charsOfGroup = 3, 4
	n := (int(line[0]-' ') & 0x3f)
	want := (n + perGroup - 1) / perGroup * charsOfGroup
	return len(line)-1 <= want+1 && len(line)-1 >= want-perGroup && n > 0
}
