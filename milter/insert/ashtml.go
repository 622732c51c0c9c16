package insert

import (
	"html"
	"slices"
	"strings"

	"sigmilter/milter/entity"
)

// PlacedBlock is a block and where it was placed.
type PlacedBlock struct {
	Block     Block
	Placement Placement
}

// AsHTML is an HTML form of a plain text with its blocks: the author's blanks
// and line breaks are kept, the blocks stand in their own HTML.
func (r *Reading) AsHTML(placed []PlacedBlock) string {
	type insertion struct {
		entity.Edit
		html string
	}
	var all []insertion
	for i := range placed {
		for _, e := range placed[i].Placement.Edits {
			in := insertion{Edit: e}
			if e.New != "" {
				in.html = placed[i].Block.wrapped()
			}
			all = append(all, in)
		}
	}
	slices.SortStableFunc(all, func(a, b insertion) int { return a.Start - b.Start })
	var b strings.Builder
	b.WriteString("<html><body>\n")
	at := 0
	for _, in := range all {
		b.WriteString(r.preserved(at, in.Start))
		b.WriteString(in.html)
		at = in.End
	}
	b.WriteString(r.preserved(at, len(r.src)))
	b.WriteString("</body></html>\n")
	return b.String()
}

// preserved is a piece of the text as HTML that shows it as it is. Lines of
// format=flowed that flow into the next are joined (RFC 3676 4.1).
func (r *Reading) preserved(from, to int) string {
	text := strings.ReplaceAll(string(r.src[from:to]), "\r\n", "\n")
	if strings.TrimSpace(text) == "" {
		return ""
	}
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	var b strings.Builder
	for i, l := range lines {
		flows := r.kind.Flowed && strings.HasSuffix(l, " ") && l != delimiter
		if flows && r.kind.DelSp {
			l = strings.TrimSuffix(l, " ")
		}
		b.WriteString(html.EscapeString(l))
		if i < len(lines)-1 && !flows {
			b.WriteString("\n")
		}
	}
	return `<div style="white-space:pre-wrap">` + b.String() + "</div>\n"
}

// Join is the text of a message that has nothing but blocks, in both forms, and
// their pictures.
func Join(blocks []Block) (text, html string, pictures []Picture) {
	var texts []string
	for _, kind := range []BlockKind{Banner, Signature, Disclaimer} {
		for i := range blocks {
			if blocks[i].Kind == kind {
				texts = append(texts, plainBlock(blocks[i].Text, false))
				html += blocks[i].wrapped()
				pictures = append(pictures, blocks[i].Pictures...)
			}
		}
	}
	return strings.Join(texts, "\n\n") + "\n", "<html><body>\n" + html + "</body></html>\n", pictures
}
