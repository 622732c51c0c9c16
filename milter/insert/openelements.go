package insert

import (
	"sort"

	"golang.org/x/net/html/atom"
)

// maxOpen is how many elements are open at once at most; a further one ends the
// innermost. QUIRK: browsers do the same at this depth.
const maxOpen = 512

// openElem is an open element and what those around it, itself included, come to. So
// a tag or a line costs the same however many elements are open.
type openElem struct {
	elem  int32 // its index
	tag   atom.Atom
	kind  *elemKind
	name  string // of one without a slot, in lower case
	below int    // the open element of the same name below it, -1 for none

	seen   int32 // visible pieces of text and pictures before it
	blanks int32 // likewise, with line breaks and empty paragraphs counted too

	// The innermost open elements of a kind, -1 for none.
	known int // that somebody knows
	block int // that breaks the line and is no paragraph
	cell  int // that no end tag within reaches out of: a cell, the body
	quote int // likewise for end tags of what does not break the line

	quoted   uint16 // depth of quoting
	sure     quoting
	row      int32
	link     bool
	older    bool
	composed bool
	keeps    bool // line ends of its text are line breaks
}

// openElements are the open elements, the innermost last.
type openElements struct {
	all   []openElem
	slots []int32        // the innermost of each slot and one more, 0 for none
	named map[string]int // the innermost of those without a slot, by name
	free  []int          // of all, those before which something can stand
}

func newOpenElements() openElements {
	const usual = 32 // open at once
	return openElements{
		all: make([]openElem, 0, usual), free: make([]int, 0, usual),
		slots: make([]int32, 1+len(elemKinds)), named: map[string]int{},
	}
}

// top is the innermost, nil for none.
func (o *openElements) top() *openElem {
	if len(o.all) == 0 {
		return nil
	}
	return &o.all[len(o.all)-1]
}

// innermost is the innermost open element of a kind, -1 for none. Its name tells which
// where the kind has no slot.
func (o *openElements) innermost(kind *elemKind, name string) int {
	if kind.slot > 0 {
		return int(o.slots[kind.slot]) - 1
	}
	if at, ok := o.named[name]; ok {
		return at
	}
	return -1
}

func (o *openElements) remember(kind *elemKind, name string, at int) {
	switch {
	case kind.slot > 0:
		o.slots[kind.slot] = int32(at) + 1
	case at < 0:
		delete(o.named, name)
	default:
		o.named[name] = at
	}
}

// push opens an element.
func (o *openElements) push(index int, t *openTag, e *elem, seen, blanks int32) {
	at := len(o.all)
	n := openElem{known: -1, block: -1, cell: -1, quote: -1}
	if top := o.top(); top != nil {
		n = *top
	}
	n.elem, n.tag, n.kind, n.name, n.below = int32(index), t.tag, t.kind, t.name, o.innermost(t.kind, t.name)
	n.seen, n.blanks = seen, blanks
	if t.tag != 0 {
		n.known = at
	}
	if !t.kind.inline && t.tag != atom.P {
		n.block = at
	}
	switch t.tag {
	case atom.Td, atom.Th, atom.Body:
		n.cell = at
	case atom.Blockquote:
		n.quote = at
	case atom.Tr:
		n.row = int32(index) + 1
	case atom.A:
		n.link = true
	}
	if t.quotes != notQuoting {
		n.quoted++
		n.sure = max(n.sure, t.quotes)
	}
	n.older, n.composed = n.older || t.separates != nil && t.separates.older, n.composed || t.composed
	if kept, said := e.keepsBreaks(); said {
		n.keeps = kept
	}
	o.remember(t.kind, t.name, at)
	if !t.kind.structure {
		o.free = append(o.free, at)
	}
	o.all = append(o.all, n)
}

// cut closes the elements from the i-th on.
func (o *openElements) cut(i int) {
	for j := len(o.all) - 1; j >= i; j-- {
		o.remember(o.all[j].kind, o.all[j].name, o.all[j].below)
	}
	o.all = o.all[:i]
	for n := len(o.free); n > 0 && o.free[n-1] >= i; n-- {
		o.free = o.free[:n-1]
	}
}

// reaches is the open element that an end tag ends, -1 for none: it does not reach
// out of a cell, nor that of formatting out of a quote.
func (o *openElements) reaches(tag atom.Atom, kind *elemKind, name string) int {
	i := o.innermost(kind, name)
	if i < 0 {
		return -1
	}
	switch tag {
	case atom.Table, atom.Tr, atom.Tbody, atom.Html, atom.Body:
		return i
	}
	top := o.top()
	if i < top.cell || (kind.inline && i < top.quote) {
		return -1
	}
	return i
}

// implied is the open element that a start tag ends by itself, -1 for none.
func (o *openElements) implied(kind *elemKind) int {
	if len(o.all) == 0 || kind.inline {
		return -1
	}
	i := -1
	for _, slot := range kind.closes {
		i = max(i, int(o.slots[slot])-1)
	}
	if i < o.top().block {
		return -1
	}
	return i
}

// head is the open <head> if nothing that anybody knows is open in it, -1 for none.
func (o *openElements) head() int {
	if len(o.all) == 0 {
		return -1
	}
	if i := o.top().known; i >= 0 && o.all[i].tag == atom.Head {
		return i
	}
	return -1
}

// firstEmpty is the outermost open element before which something can stand and that
// empty says to hold nothing yet, -1 for none. What an element holds, those around it
// hold too.
func (o *openElements) firstEmpty(empty func(*openElem) bool) int32 {
	i := sort.Search(len(o.free), func(i int) bool { return empty(&o.all[o.free[i]]) })
	if i == len(o.free) {
		return -1
	}
	return o.all[o.free[i]].elem
}
