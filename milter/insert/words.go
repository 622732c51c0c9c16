package insert

import (
	"strings"

	"sigmilter/milter/insert/known"
)

// Newest is what the author wrote, as a reader sees it: a line for each of his,
// blanks folded, without the quoted mail.
func (r *Reading) Newest() string {
	var b strings.Builder
	for i := range r.lines {
		if text := known.WithoutImages(r.lines[i].text); r.lines[i].own && text != "" {
			b.WriteString(text)
			b.WriteByte('\n')
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}
