package policy

import (
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"sigmilter/milter/entity"
	"sigmilter/milter/work"
)

// Bounds of a From field. Nobody writes a letter with so many; what is beyond is
// not told by it.
const (
	maxAuthors    = 100
	maxFieldBytes = 32 << 10
)

// origin is what the From field says of whose a message is. It is what proof, seal
// and rules go by.
type origin struct {
	// authors are those of the From field (RFC 5322 3.6.2), in order; when there are
	// several, the one that the Sender field names as having sent it comes first.
	// With a doubt they are all that a reader may take for one.
	authors []string
	doubt   string // why "it", the field, does not tell who wrote it; empty when it does
}

// perAddressByte is what reading an address field costs for each of its bytes, in units
// of work.
const perAddressByte = 16

// originOf reads the From field of a message.
func originOf(h entity.Header, w *work.Meter) origin {
	var o origin
	values := h.All("From")
	for _, v := range values {
		w.Spend(perAddressByte * len(v))
		one := addressesIn(v)
		o.authors, o.doubt = append(o.authors, one.authors...), one.doubt
	}
	for _, f := range h {
		if near := strings.TrimFunc(f.Name, unlettered); near != f.Name && strings.EqualFold(near, "From") {
			w.Spend(perAddressByte * len(f.Value))
			o.authors = append(o.authors, addressesIn(f.Value).authors...)
			o.doubt = "there is one whose name has more than its letters"
		}
	}
	switch {
	case o.doubt != "" && len(values) == 0:
	case len(values) > 1:
		o.doubt = fmt.Sprintf("there are %d of them instead of one", len(values))
	case o.doubt != "":
	case len(o.authors) > maxAuthors:
		o.doubt = fmt.Sprintf("it has more than %d addresses", maxAuthors)
	case len(o.authors) > 1:
		o.authors = senderFirst(o.authors, senderOf(h))
	}
	return o
}

// unlettered reports whether a character stands in no name of a field.
func unlettered(r rune) bool { return r <= ' ' || r >= 0x7f }

// senderFirst puts the sender before the other authors, if they are one.
func senderFirst(authors, sender []string) []string {
	if len(sender) == 0 {
		return authors
	}
	if i := slices.Index(authors, sender[0]); i > 0 {
		return append(sender, slices.Delete(authors, i, i+1)...)
	}
	return authors
}

// senderOf is the one address of the one Sender field (RFC 5322 3.6.2); none when
// there are several, or it is not clear.
func senderOf(h entity.Header) []string {
	values := h.All("Sender")
	if len(values) != 1 || len(values[0]) > maxFieldBytes {
		return nil
	}
	if o := addressesIn(values[0]); len(o.authors) == 1 && o.doubt == "" {
		return o.authors
	}
	return nil
}

// addressesIn reads the value of one address field. What is not built as RFC 5322 says is
// clear when all readers find the same one address in it.
func addressesIn(value string) origin {
	if len(value) > maxFieldBytes {
		return origin{mentioned(value), fmt.Sprintf("it is longer than %d bytes", maxFieldBytes)}
	}
	if list, ok := parsed(value); ok {
		return clearly(list)
	}
	if address, ok := bracketed(value); ok {
		return clearly([]string{address})
	}
	text := withoutControls(entity.Header{{Name: "From", Value: value}}.Text("From"))
	all, written := mentioned(text), slices.DeleteFunc(mentioned(value), holdsWord)
	switch {
	case len(written) > 0 && !slices.Equal(all, written):
		return origin{union(all, written), oddAddress}
	case len(all) > 1, chained.MatchString(text):
		return origin{all, "it is not built as RFC 5322 says, and several addresses are in it"}
	}
	return clearly(all)
}

// chained is an address whose domain another one begins with.
var chained = regexp.MustCompile(`@[\pL\pM\pN._-]+@`)

// union are the addresses of two lists, each once.
func union(a, b []string) []string {
	known := setOf(a)
	all := slices.Clone(a)
	for _, address := range b {
		if !known.has(address) {
			all = append(all, address)
		}
	}
	return all
}

// parsed are the addresses of a field that is built as RFC 5322 says, as they are
// written.
func parsed(value string) (addresses []string, ok bool) {
	if address, ok := usual(value); ok {
		return []string{address}, true
	}
	list, err := mail.ParseAddressList(value)
	if err != nil {
		plain, closed := withoutComments(value)
		if !closed {
			return nil, false
		}
		if list, err = mail.ParseAddressList(plain); err != nil {
			return nil, false
		}
	}
	for _, a := range list {
		if strings.ContainsFunc(domainOf(canonical(a.Address)), inNoDomain) {
			return nil, false
		}
		addresses = append(addresses, a.Address)
	}
	return addresses, true
}

// usual is the address of a field as nearly all are written: one that is [plainAddress],
// alone or in brackets behind a name of ASCII without comments and escapes. It is read
// as net/mail reads it, which makes twenty allocations of the name.
func usual(value string) (address string, ok bool) {
	name, address := "", value
	if inner, ok := strings.CutSuffix(value, ">"); ok {
		name, address, _ = strings.Cut(inner, "<")
	}
	return address, usualName(strings.TrimRight(name, " ")) && plainAddress(address)
}

// usualName reports whether a name before an address is words, or all of it in quotes.
func usualName(name string) bool {
	if inner, ok := strings.CutPrefix(name, `"`); ok {
		inner, closed := strings.CutSuffix(inner, `"`)
		return closed && !strings.ContainsFunc(inner, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' })
	}
	return !strings.ContainsFunc(name, func(r rune) bool { return r != ' ' && !plainLetter(r) })
}

// inNoDomain reports whether no domain has a character, nor an address in brackets
// in its place. RFC 5322 lets most signs stand there, such as those of an encoded
// word.
func inNoDomain(r rune) bool {
	return endsDomain(r) && !strings.ContainsRune("[]:", r)
}

// withoutComments is an address field without its comments and without the blanks
// that may stand where they stood, around the @ and the dots of an address (RFC
// 5322 3.2.2, 4.4). It reports whether every quote and comment is closed.
// QUIRK: net/mail knows comments at the end of an address only.
func withoutComments(value string) (plain string, closed bool) {
	var b strings.Builder
	depth, quoted, blank := 0, false, false
	last := byte(0) // that was written
	for i := 0; i < len(value); i++ {
		c := value[i]
		pair := c == '\\' && i+1 < len(value) && (quoted || depth > 0)
		switch {
		case pair && quoted:
			b.WriteString(value[i : i+2])
			i++
			continue
		case pair:
			i++
			continue
		case !quoted && c == '(':
			depth++
			blank = true
			continue
		case depth > 0:
			if c == ')' {
				depth--
			}
			continue
		case !quoted && (c == ' ' || c == '\t'):
			blank = true
			continue
		case c == '"':
			quoted = !quoted
		}
		if blank && !joins(c) && !joins(last) {
			b.WriteByte(' ')
		}
		blank, last = false, c
		b.WriteByte(c)
	}
	return b.String(), depth == 0 && !quoted
}

// joins reports whether an address goes on across blanks around a letter.
func joins(c byte) bool { return c == '@' || c == '.' }

// addressShape finds addresses in a field that is not built as RFC 5322 says. A
// domain ends where a letter comes that none has.
var addressShape = regexp.MustCompile(`[^\s<>"(),;:@\[\]]+@[\pL\pM\pN._-]+`)

// angled is a field that ends with an address in brackets, and what stands before.
var angled = regexp.MustCompile(`^([^<>]*)<\s*(` + addressShape.String() + `)\s*>\s*$`)

// bracketed is the one address in brackets of a field that is no list, as it is
// written.
// QUIRK: devices and scripts write unquoted commas, umlauts and addresses before it,
// as in "Muster, Anna <anna@contoso.com>".
func bracketed(value string) (address string, ok bool) {
	if plain, closed := withoutComments(value); closed {
		value = plain
	}
	m := angled.FindStringSubmatch(value)
	if m == nil || strings.Contains(m[1], "@") && strings.ContainsAny(m[1], ",;") {
		return "", false
	}
	return m[2], true
}

// withoutControls is a text without the characters that are neither seen nor blank.
func withoutControls(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}

// mentioned are all addresses that a field has anywhere, each once, in one pass: what
// [addressShape] finds.
func mentioned(value string) []string {
	var found []string
	seen := set{}
	before := 0 // where the one before ends
	for {
		at := strings.IndexByte(value[before:], '@')
		if at < 0 {
			return found
		}
		at += before
		local := value[before:at]
		local = local[strings.LastIndexFunc(local, endsLocal)+1:]
		domain := value[at+1:]
		if end := strings.IndexFunc(domain, endsDomain); end >= 0 {
			domain = domain[:end]
		}
		if local == "" || domain == "" {
			before = at + 1
			continue
		}
		before = at + 1 + len(domain)
		a := canonical(local + "@" + domain)
		if _, again := seen[a]; !again {
			seen[a] = struct{}{}
			found = append(found, a)
		}
	}
}

// endsLocal reports whether no local part has a character, outside of quotes.
func endsLocal(r rune) bool { return r <= ' ' || strings.ContainsRune(`<>"(),;:@[]`, r) }

// endsDomain reports whether no domain has a character.
func endsDomain(r rune) bool {
	return !unicode.In(r, unicode.L, unicode.M, unicode.N) && !strings.ContainsRune("._-", r)
}

// Addresses are those of the address fields of a name, in lower case.
func Addresses(h entity.Header, name string) []string {
	var found []string
	for _, value := range h.All(name) {
		found = append(found, addressesIn(value).authors...)
	}
	return found
}
