package policy

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"sigmilter/milter/entity"
)

// oddAddress is the doubt about an address that readers show as another one than it is.
const oddAddress = "an address in it is not the one that readers show"

// lookalikes are the addresses that readers may take one for that is written as no
// program writes one; none for any other: it has characters that are not seen, wide
// letters or dots, encoded words, or what RFC 5322 allows in quotes alone.
func lookalikes(address string) []string {
	if plainAddress(address) && !strings.Contains(strings.ToLower(address), "xn--") {
		return nil
	}
	plain := plainly(address)
	at := strings.LastIndexByte(address, '@')
	local, domain := address[:at], address[at+1:]
	switch {
	case strings.ContainsFunc(address, invisible), holdsWord(address), !dotAtom(local):
	case norm.NFKC.String(local) != norm.NFC.String(local), strings.ContainsFunc(local, standsForOther), mixesScripts(strings.ToLower(local)):
	case oddDomain(domain, domainOf(plain)):
	default:
		return nil
	}
	return mentioned(plain)
}

// dotAtom reports whether a local part needs no quotes (RFC 5322 section 3.2.3): words
// with a dot between them.
func dotAtom(local string) bool {
	return !strings.ContainsAny(local, " ()<>[]:;@\\,\"") && !strings.Contains("."+local+".", "..")
}

// standsForOther reports whether a letter is there for old charsets alone and is the same
// as another one, such as the sign of the kelvin, or is one of phonetic notation that
// looks like a plain one.
func standsForOther(r rune) bool {
	if r < 0x80 {
		return false
	}
	same := []rune(norm.NFC.String(string(r)))
	return len(same) == 1 && same[0] != r || unicode.Is(phonetic, r)
}

// phonetic are the Latin letters of phonetic notation that look like others and that no
// language is written with.
var phonetic = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x0250, Hi: 0x0252, Stride: 1}, {Lo: 0x0261, Hi: 0x0262, Stride: 1}, {Lo: 0x026a, Hi: 0x026a, Stride: 1}, {Lo: 0x0274, Hi: 0x0274, Stride: 1},
	{Lo: 0x0280, Hi: 0x0280, Stride: 1}, {Lo: 0x028f, Hi: 0x028f, Stride: 1}, {Lo: 0x0299, Hi: 0x029f, Stride: 1}, {Lo: 0x1d00, Hi: 0x1d2b, Stride: 1}, {Lo: 0xa730, Hi: 0xa731, Stride: 1},
}}

// plainAddress reports whether an address is written as nearly all are, and read alike by
// all: ASCII letters, digits and few signs, one @, no dot but between two of them.
func plainAddress(address string) bool {
	local, domain, ok := strings.Cut(address, "@")
	return ok && dotted(local) && dotted(domain)
}

// dotted reports whether a text is words of plain letters with a dot between them.
func dotted(s string) bool {
	dot := true // before the next letter; the first has the border
	for _, r := range s {
		if !plainLetter(r) && (r != '.' || dot) {
			return false
		}
		dot = r == '.'
	}
	return !dot
}

func plainLetter(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_'
}

// plainly is an address as readers show it that drop what is not seen, decode encoded
// words and have one form for letters of any width.
func plainly(address string) string {
	if holdsWord(address) {
		address = entity.Header{{Name: "From", Value: address}}.Text("From")
	}
	address = strings.Map(func(r rune) rune {
		if invisible(r) {
			return -1
		}
		return r
	}, address)
	address = strings.ToLower(norm.NFKC.String(address))
	at := strings.LastIndexByte(address, '@') + 1
	local, domain := strings.TrimSpace(address[:at]), strings.ReplaceAll(address[at:], "。", ".")
	if name, ok := strings.CutSuffix(local, "@"); ok {
		local = singleDots(strings.ReplaceAll(name, `\`, "")) + "@"
	}
	domain = singleDots(domain)
	if shown, made := unneeded(domain); made {
		domain = shown
	}
	return local + domain
}

// singleDots is a text without dots at its ends and beside each other.
func singleDots(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '.' }), ".")
}

// unneeded is a domain that is an A-label without need for one, and how it is shown.
func unneeded(domain string) (shown string, made bool) {
	if len(domain) > longestDomain || !strings.Contains(domain, "xn--") {
		return "", false
	}
	shown, _ = idna.Punycode.ToUnicode(domain)
	return shown, !beyondASCII(shown)
}

// oddDomain reports whether a domain is not as it is registered, in letters or as an
// A-label (RFC 5890), where plain is how readers show it.
func oddDomain(domain, plain string) bool {
	if len(domain) > longestDomain {
		return false
	}
	if !beyondASCII(domain) {
		return strings.TrimRight(strings.ToLower(domain), ".") != plain
	}
	registered, err := idna.Lookup.ToASCII(plain)
	if err != nil {
		return true
	}
	shown, _ := idna.ToUnicode(registered)
	return !beyondASCII(shown) || shown != strings.TrimRight(norm.NFC.String(strings.ToLower(domain)), ".")
}

// holdsWord reports whether an address has what may be taken for an encoded word (RFC
// 2047), which has no place there.
func holdsWord(address string) bool {
	return strings.Contains(address, "=?")
}

// invisible reports whether a character of an address is not seen, or not as a letter.
func invisible(r rune) bool {
	return unicode.In(r, unicode.C, unicode.Zl, unicode.Zp, unicode.Zs, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) && r != ' ' ||
		r == unicode.ReplacementChar || r == '\u2800' // a Braille pattern without dots
}

// mixesScripts reports whether letters stand beside Latin ones that look like them.
func mixesScripts(s string) bool {
	latin := strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
	alike := strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee)
	})
	return latin && alike
}

// clearly is what addresses of a field say of whose it is.
func clearly(addresses []string) origin {
	var o origin
	for _, raw := range addresses {
		o.authors = append(o.authors, canonical(raw))
		for _, a := range lookalikes(raw) {
			o.doubt = oddAddress
			if !slices.Contains(o.authors[max(0, len(o.authors)-4):], a) {
				o.authors = append(o.authors, a)
			}
		}
	}
	return o
}
