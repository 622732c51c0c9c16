package policy

import (
	"mime"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"sigmilter/milter/entity"
)

// WithoutKeywords is the edit that takes keywords out of the subject of a
// header; ok is false when none of them is in it. Only what must change does: a
// subject without encoded words (RFC 2047) keeps its folding.
func WithoutKeywords(h entity.Header, keywords []string) (edit entity.FieldEdit, ok bool) {
	const field = "Subject"
	for _, f := range h {
		if !strings.EqualFold(f.Name, field) {
			continue
		}
		raw, found := strings.TrimLeft(f.Value, " \t"), false
		if !strings.Contains(raw, "=?") {
			raw, found = cutAll(raw, keywords)
		}
		if !found {
			if raw, found = cutAll(norm.NFC.String(h.Text(field)), keywords); !found || !utf8.ValidString(raw) {
				return edit, false
			}
			raw = encodeWords(raw)
		}
		edit = entity.FieldEdit{Op: entity.ChangeField, Name: f.Name, Index: 1, Value: strings.ReplaceAll(raw, "\r\n", "\n")}
		if raw == "" { // a change to nothing deletes it all the same
			edit.Op = entity.DeleteField
		}
		return edit, true
	}
	return edit, false
}

func cutAll(s string, keywords []string) (rest string, found bool) {
	for _, k := range keywords {
		pattern := regexp.MustCompile(`(?i)` + strings.ReplaceAll(regexp.QuoteMeta(k), " ", `\s+`))
		for at := 0; ; {
			m := pattern.FindStringIndex(s[at:])
			if m == nil {
				break
			}
			start, end := at+m[0], at+m[1]
			if at = end; standsAlone(s, start, end) {
				left, right := closeGap(s[:start], s[end:])
				s, at, found = left+right, len(left), true
			}
		}
	}
	return s, found
}

// closeGap takes away the blanks that stand on both sides of a gap but for one
// run of them, and never leaves a line of blanks only.
func closeGap(left, right string) (string, string) {
	trimmed := strings.TrimRightFunc(left, unicode.IsSpace)
	after := strings.TrimLeftFunc(right, unicode.IsSpace)
	switch {
	case trimmed == "":
		return "", after
	case after == "":
		return trimmed, ""
	case after != right:
		return trimmed, right
	}
	return left, right
}

// encodeWords writes a text as a field has it, folded between its words.
func encodeWords(s string) string {
	const fits = 900 // of the 998 octets of a line
	encoded := mime.BEncoding.Encode("utf-8", s)
	if encoded == s && len(s) > fits {
		return strings.Join(strings.Fields(s), "\n ")
	}
	return strings.ReplaceAll(encoded, "?= =?", "?=\n =?")
}
