package m365

import "strings"

// quoteMarks are all the letters that end a single-quoted string of PowerShell.
//
// QUIRK: PowerShell takes the typographic quotation marks for apostrophes.
const quoteMarks = "'\u2018\u2019\u201a\u201b"

// quote writes a text as a single-quoted string of PowerShell, in which nothing
// is expanded and only quotation marks are doubled.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range s {
		if strings.ContainsRune(quoteMarks, r) {
			b.WriteRune(r)
		}
		b.WriteRune(r)
	}
	b.WriteByte('\'')
	return b.String()
}

// quoteList writes a list of texts as an array, also when it has one or none.
func quoteList(list []string) string {
	quoted := make([]string, 0, len(list))
	for _, s := range list {
		quoted = append(quoted, quote(s))
	}
	return "@(" + strings.Join(quoted, ", ") + ")"
}
