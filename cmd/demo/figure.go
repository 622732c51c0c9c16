package main

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"
)

// role is what a line of a figure is to the program.
type role string

const (
	own     role = "own"     // the author's newest text
	older   role = "older"   // quoted mail
	removed role = "removed" // taken out
	added   role = "added"   // the signature
)

// figureLine is a line of a message. A note stands beside it.
type figureLine struct {
	text string
	role role
	note string
}

// column is a message, or a form of one, as a figure shows it.
type column struct {
	title string
	lines []figureLine
}

// Sizes in pixels. The width of a character is that of a wide font, so that text has room
// in any.
const (
	figureEdge, figureHead, figureLineHeight = 14, 34, 20
	figureChar, figureSmallChar              = 7.2, 6.4
)

// A figure brings its own background and colours, a second set for dark pages.
const figureStyle = `<style>
text { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
.title { font-weight: 600 } .note { font-size: 12px; fill: #59636e }
.card { fill: #ffffff; stroke: #d1d9e0 }
text.older { fill: #59636e } text.removed { fill: #b3261e; text-decoration: line-through } text.added { fill: #116b3b }
rect.own { fill: #0969da } rect.older { fill: #c4ccd4 } rect.removed { fill: #cf222e } rect.added { fill: #1a7f37 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .note { fill: #9da7b3 } .card { fill: #0d1117; stroke: #3d444d }
text.older { fill: #9da7b3 } text.removed { fill: #ff8f85 } text.added { fill: #56d364 }
rect.own { fill: #4493f8 } rect.older { fill: #4a525c } rect.removed { fill: #f85149 } rect.added { fill: #3fb950 }
}
</style>
`

// figure draws columns next to each other as SVG. The description is for those who do not
// see it.
func figure(description string, columns []column) []byte {
	height := 0 // all cards are as high as the highest
	for _, c := range columns {
		height = max(height, c.height())
	}
	var cards strings.Builder
	left := 0
	for _, c := range columns {
		c.draw(&cards, left, height)
		left += c.width() + figureEdge
	}
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d">
<title>%s</title>
%s%s</svg>
`, left-figureEdge, height, html.EscapeString(description), figureStyle, cards.String())
}

func (c *column) height() int { return figureHead + figureLineHeight*len(c.lines) + figureEdge }

// notesAt is where the notes begin, from the left edge of the column.
func (c *column) notesAt() int {
	longest := 0
	for _, l := range c.lines {
		longest = max(longest, utf8.RuneCountInString(l.text))
	}
	return 2*figureEdge + int(figureChar*float64(longest)) + figureEdge
}

func (c *column) width() int {
	longest := 0
	for _, l := range c.lines {
		longest = max(longest, utf8.RuneCountInString(l.note))
	}
	width := c.notesAt()
	if longest > 0 {
		width += int(figureSmallChar*float64(longest)) + figureEdge
	}
	return width
}

func (c *column) draw(b *strings.Builder, left, height int) {
	fmt.Fprintf(b, `<rect class="card" x="%d.5" y="0.5" width="%d" height="%d" rx="6"/>`+"\n", left, c.width()-1, height-1)
	fmt.Fprintf(b, `<text class="title" x="%d" y="22">%s</text>`+"\n", left+figureEdge, html.EscapeString(c.title))
	for i, l := range c.lines {
		top := figureHead + figureLineHeight*i
		fmt.Fprintf(b, `<rect class="%s" x="%d" y="%d" width="3" height="%d"/>`+"\n", l.role, left+figureEdge, top, figureLineHeight)
		if l.text != "" {
			fmt.Fprintf(b, `<text class="%s" x="%d" y="%d">%s</text>`+"\n", l.role, left+2*figureEdge, top+15, html.EscapeString(l.text))
		}
		if l.note != "" {
			fmt.Fprintf(b, `<text class="note" x="%d" y="%d">%s</text>`+"\n", left+c.notesAt(), top+15, html.EscapeString(l.note))
		}
	}
}
