package main

import (
	"cmp"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"
)

// flameFile is the name of the flame graph beside the report.
const flameFile = "flame.svg"

// The flame graph's size in pixels. What is narrower than flameLeast is left out, and
// what is narrower than flameWords has its name in a tooltip only.
const (
	flameWidth, flameRow   = 1200, 16
	flameLeast, flameWords = 1.5, 40
	flameLetter            = 6.2 // about as wide as one is
)

// call is a function called from another, and what was called from it.
type call struct {
	name   string
	took   time.Duration
	called []*call
}

// flame draws the stacks as a flame graph: a function stands on the one that called it,
// as wide as the time it took.
func flame(stacks []stack) string {
	root := callsOf(stacks)
	height := (root.depth() + 1) * flameRow
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" style="font-family:monospace;font-size:10px">`+"\n", flameWidth, height)
	root.draw(&b, 0, height-flameRow, flameWidth/float64(max(1, root.took)), root.took)
	b.WriteString("</svg>\n")
	return b.String()
}

// callsOf makes a tree of stacks.
func callsOf(stacks []stack) *call {
	root := &call{name: "all"}
	for _, s := range stacks {
		root.took += s.took
		at := root
		for _, frame := range slices.Backward(s.frames) {
			at = at.to(frame)
			at.took += s.took
		}
	}
	root.prune(time.Duration(flameLeast / flameWidth * float64(root.took)))
	return root
}

// to is the call of a function from this one.
func (c *call) to(name string) *call {
	for _, one := range c.called {
		if one.name == name {
			return one
		}
	}
	one := &call{name: name}
	c.called = append(c.called, one)
	return one
}

// prune leaves out what took less, and sorts the rest by name.
func (c *call) prune(least time.Duration) {
	c.called = slices.DeleteFunc(c.called, func(one *call) bool { return one.took < least })
	slices.SortFunc(c.called, func(x, y *call) int { return cmp.Compare(x.name, y.name) })
	for _, one := range c.called {
		one.prune(least)
	}
}

// depth is how many calls are on top of each other.
func (c *call) depth() int {
	deepest := 0
	for _, one := range c.called {
		deepest = max(deepest, 1+one.depth())
	}
	return deepest
}

// draw writes the call and all that stand on it, from x on, with so many pixels for a
// nanosecond.
func (c *call) draw(b *strings.Builder, x float64, y int, scale float64, all time.Duration) {
	width := scale * float64(c.took)
	fmt.Fprintf(b, `<g><title>%s %.1f%%</title><rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s" stroke="%s" stroke-width="0.5"/>`,
		html.EscapeString(c.name), 100*float64(c.took)/float64(max(1, all)), x, y, width, flameRow, flameColour(c.name), plotBackdrop)
	if width >= flameWords {
		name := c.name[strings.LastIndexByte(c.name, '/')+1:]
		name = strings.ToValidUTF8(name[:min(len(name), int((width-4)/flameLetter))], "") // the end may be in a letter
		fmt.Fprintf(b, `<text x="%.1f" y="%d" fill="%s">%s</text>`, x+2, y+flameRow-4, plotInk, html.EscapeString(name))
	}
	b.WriteString("</g>\n")
	for _, one := range c.called {
		one.draw(b, x, y-flameRow, scale, all)
		x += scale * float64(one.took)
	}
}

// flameColour tells the program's own functions, those of the runtime and all others apart.
func flameColour(name string) string {
	switch {
	case strings.HasPrefix(name, "sigmilter/"):
		return "#f2a65a"
	case strings.HasPrefix(name, "runtime."):
		return "#b8c4d6"
	}
	return "#e8d48b"
}
