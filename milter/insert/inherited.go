package insert

import (
	"bytes"
	"slices"
	"sort"
	"strings"

	"golang.org/x/net/html/atom"
)

// direction is how text runs.
type direction uint8

const (
	noDirection direction = iota
	leftToRight
	rightToLeft
)

// inherited is what the elements around a place hand down to a block: the
// innermost that says anything of a property decides.
type inherited struct {
	dir      direction
	align    string // text-align, "" for none
	indented bool   // the first line of each paragraph
	noSize   bool   // font-size: 0, which hides the blanks between pictures
	noHeight bool   // line-height: 0, likewise
}

// inheritedBy is what an element and those around it hand down to an offset. Style
// sheets are not looked at.
func (r *Reading) inheritedBy(elem, at int) inherited {
	var tags []int // of elements with attributes, the innermost first
	for i := elem; i >= 0; i = int(r.page.elems[i].parent) {
		if e := &r.page.elems[i]; e.tag == atom.Center || bytes.IndexByte(r.src[e.start:e.in], '=') >= 0 {
			tags = append(tags, i)
		}
	}
	var in inherited
	for _, i := range slices.Backward(tags) {
		e := &r.page.elems[i]
		if e.tag == atom.Center {
			in.align = "center"
		}
		var had [len(handingDown)]bool
		attributesIn(string(r.src[e.start:e.in]), func(name, value string) {
			n := slices.Index(handingDown[:], name)
			if n < 0 || had[n] {
				return
			}
			had[n] = true
			in.attribute(name, strings.ToLower(value))
			if name == "dir" && strings.EqualFold(value, "auto") {
				in.dir = r.firstStrong(int(e.in), at)
			}
		})
	}
	return in
}

// handingDown are the attributes that hand anything down. Of two of the same name the
// first counts.
var handingDown = [...]string{"dir", "align", "style"}

// attribute takes what an attribute says, in lower case.
func (in *inherited) attribute(name, value string) {
	switch name {
	case "dir":
		in.declare("direction", value)
	case "align":
		in.align = value
	case "style":
		for declaration := range strings.SplitSeq(value, ";") {
			property, value, _ := strings.Cut(declaration, ":")
			value, _, _ = strings.Cut(value, "!")
			in.declare(strings.TrimSpace(property), strings.TrimSpace(value))
		}
	}
}

func (in *inherited) declare(property, value string) {
	switch property {
	case "direction":
		switch value {
		case "ltr":
			in.dir = leftToRight
		case "rtl":
			in.dir = rightToLeft
		}
	case "text-align":
		in.align = value
	case "text-indent":
		in.indented = !isZero(value)
	case "font-size":
		in.noSize = isZero(value)
	case "line-height":
		in.noHeight = isZero(value)
	}
}

// isZero reports whether a length is none: "0", "0px", "0.0pt".
func isZero(length string) bool {
	return strings.HasPrefix(length, "0") && !strings.ContainsAny(length, "123456789")
}

// firstStrong is the direction of the first letter that a reader sees in the
// source between two offsets, as dir="auto" has it.
func (r *Reading) firstStrong(from, to int) direction {
	for i := r.lineFrom(from); i < len(r.lines) && int(r.lines[i].start) < to; i++ {
		if d := firstStrong(r.lines[i].text); d != noDirection {
			return d
		}
	}
	return noDirection
}

// lineFrom is the index of the first line that ends behind an offset.
func (r *Reading) lineFrom(at int) int {
	return sort.Search(len(r.lines), func(i int) bool { return int(r.lines[i].end) > at })
}

// directionAbove is the direction of the author's text right above an offset:
// Outlook and Gmail set that of each paragraph, and none of the document.
func (r *Reading) directionAbove(at int, gone []span) direction {
	i := min(r.lineFrom(at), len(r.lines)-1)
	for i >= 0 && !r.beginsAbove(i, at, gone) {
		i--
	}
	if i < 0 || !r.lines[i].own {
		return noDirection
	}
	return r.inheritedBy(int(r.lines[i].elem), int(r.lines[i].end)).dir
}

// beginsAbove reports whether a reader sees anything of a line above an offset but
// what is gone.
func (r *Reading) beginsAbove(line, at int, gone []span) bool {
	l := &r.lines[line]
	switch {
	case int(l.start) >= at:
		return false
	case int(l.end) <= at && len(gone) == 0:
		return true
	}
	return r.shows(int(l.start), min(at, int(l.end)), gone)
}

// wrapping is what the element around a block says that stands in an element, at an
// offset. What is gone does not count.
//
// A block without a letter of a script that runs from right to left keeps its
// direction where the text has the other: it would stand mirrored. One with such
// letters takes that of the text.
func (r *Reading) wrapping(b *Block, elem, at int, gone []span) wrapping {
	var w wrapping
	in := r.inheritedBy(elem, at)
	switch {
	case in.dir == leftToRight:
	case !hasRightToLeft(b.HTML):
		if in.dir == rightToLeft {
			w.dir = "ltr"
		}
	case in.dir == rightToLeft:
		w.rtl = true
	case r.directionAbove(at, gone) == rightToLeft:
		w.rtl, w.dir = true, "rtl"
	}
	if in.noSize {
		w.resets += ";font-size:medium"
	}
	if in.noHeight {
		w.resets += ";line-height:normal"
	}
	if in.indented {
		w.resets += ";text-indent:0"
	}
	switch {
	case in.align == "center" && w.rtl:
		w.resets += ";text-align:right"
	case in.align == "center", in.align == "right" && w.dir == "ltr":
		w.resets += ";text-align:left"
	}
	return w
}
