package render

import "regexp"

// usualMistakes are what is behind an error of the template packages, by a pattern of
// its text, and how to put it right; $1 is the first group of the pattern.
var usualMistakes = []struct {
	error  *regexp.Regexp
	advice string
}{
	{regexp.MustCompile(`function "(\w+)" not defined`), "a field of the person has a dot before its name: {{.$1}}"},
	{regexp.MustCompile(`unexpected "<"|character U\+003C`), "markup stands in the middle of a field: write it in one piece"},
	{regexp.MustCompile(`unexpected "&"|character U\+(?:0026|00A0)`), "an entity or a blank that is none stands in a field: write it anew, with plain blanks and quotes"},
	{regexp.MustCompile(`U\+201[89CDE]|U\+00[AB]B`), `write straight quotes in a field: "..."`},
	{regexp.MustCompile(`character U\+007D|unclosed action`), "a field ends with two braces: {{.displayName}}"},
	{regexp.MustCompile(`unexpected EOF`), "each {{if}}, {{with}} and {{range}} needs an {{end}}"},
	// Graph has lists where a template has their values in one.
	{regexp.MustCompile(`range can't iterate over ` + trialValue), "write {{range list .field}}"},
}

// mistakeAdvice is "; " and how to put an error right, empty for one that is not known.
func mistakeAdvice(err error) string {
	text := err.Error()
	for _, m := range usualMistakes {
		if at := m.error.FindStringSubmatchIndex(text); at != nil {
			return "; " + string(m.error.ExpandString(nil, m.advice, text, at))
		}
	}
	return ""
}
