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
		block *Block
	}
	var all []insertion
	for i := range placed {
		for _, e := range placed[i].Placement.Edits {
			in := insertion{Edit: e}
			if e.New != "" {
				in.block = &placed[i].Block
			}
			all = append(all, in)
		}
	}
	slices.SortStableFunc(all, func(a, b insertion) int { return a.Start - b.Start })
	var b strings.Builder
	b.WriteString("<html><body>\n")
	at := 0
	var text []byte // the author's since the last block
	for _, in := range all {
		text = append(text, r.src[at:in.Start]...)
		at = in.End
		if in.block != nil {
			w := wrapping{gap: endsBlank(string(text) + in.New[:len(in.New)-len(strings.TrimLeft(in.New, "\n"))])}
			b.WriteString(r.preserved(text) + in.block.wrappedAs(w) + "\n")
			text = nil
		}
	}
	b.WriteString(r.preserved(append(text, r.src[at:]...)))
	b.WriteString("</body></html>\n")
	return b.String()
}

// endsBlank reports whether a text ends in a blank line, below others.
func endsBlank(text string) bool {
	shown := strings.TrimRight(text, " \t\r\n")
	return shown != "" && strings.Count(text[len(shown):], "\n") > 1
}

// preserved is a piece of the text as HTML that shows it as it is: line breaks,
// indents, tabs and rows of blanks.
//
// QUIRK: Outlook for Windows collapses blanks and line ends whatever white-space
// a style asks for; it keeps <br> and no-break spaces.
func (r *Reading) preserved(piece []byte) string {
	text := strings.ReplaceAll(string([]rune(string(piece))), "\r\n", "\n") // U+FFFD for each byte that is no UTF-8
	if strings.TrimSpace(text) == "" {
		return ""
	}
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	if r.kind.Flowed {
		lines = unflowed(lines, r.kind.DelSp)
	}
	for i, l := range lines {
		lines[i] = html.EscapeString(kept(l))
	}
	return "<div>" + strings.Join(lines, "<br>\n") + "</div>\n"
}

// unflowed joins the lines of format=flowed that flow into the next, and takes
// off the blanks it puts before lines (RFC 3676 4).
func unflowed(lines []string, delSp bool) []string {
	var joined []string
	var line strings.Builder // the last, as far as it came
	flowing, depth := false, 0
	for i, l := range lines {
		rest := strings.TrimLeft(l, ">")
		quote := l[:len(l)-len(rest)]
		rest = strings.TrimPrefix(rest, " ")
		if !(flowing && depth == len(quote) && rest != delimiter && rest != "") {
			if i > 0 {
				joined = append(joined, line.String())
			}
			line.Reset()
			line.WriteString(quote)
			if quote != "" {
				line.WriteByte(' ')
			}
		}
		depth = len(quote)
		flowing = strings.HasSuffix(rest, " ") && rest != delimiter
		if flowing && delSp {
			rest = strings.TrimSuffix(rest, " ")
		}
		line.WriteString(rest)
	}
	return append(joined, line.String())
}

// kept is a line whose blanks HTML does not fold: tabs become blanks up to the
// next of the stops, which are eight columns apart, and all blanks but the last
// between words no-break spaces.
func kept(line string) string {
	var b strings.Builder
	column, word := 0, false
	for i, c := range line {
		n := 1
		switch {
		case c == '\t':
			n = 8 - column%8
		case c != ' ':
			b.WriteRune(c)
			column, word = column+1, true
			continue
		}
		column += n
		if word && !strings.HasPrefix(line[i+1:], " ") && !strings.HasPrefix(line[i+1:], "\t") {
			b.WriteString(strings.Repeat("\u00a0", n-1) + " ")
		} else {
			b.WriteString(strings.Repeat("\u00a0", n))
		}
	}
	return b.String()
}

// Join is the text of a message that has nothing but blocks, in both forms, and
// their pictures.
func Join(blocks []Block) (text, html string, pictures []Picture) {
	var texts []string
	for _, kind := range []BlockKind{Banner, Signature, Disclaimer} {
		for i := range blocks {
			if blocks[i].Kind == kind {
				texts = append(texts, plainBlock(blocks[i].Text, false))
				html += blocks[i].wrapped() + "\n"
				pictures = append(pictures, blocks[i].Pictures...)
			}
		}
	}
	return strings.Join(texts, "\n\n") + "\n", "<html><body>\n" + html + "</body></html>\n", pictures
}
