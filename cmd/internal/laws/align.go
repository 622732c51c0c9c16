package laws

import (
	"fmt"
	"slices"
)

// aligner explains how one text became another: by blocks put in, each once, and
// by the removed text taken out. Anything else has no explanation.
type aligner struct {
	a, b    text // before and after
	html    bool
	removed []rune // squeezed
	blocks  uint32 // the set of those that are to be put in
	sites   []site

	failed   map[state]bool
	budget   int
	last     int   // how far in b an explanation came
	used     []int // sites, and
	inserted []interval
	gone     []interval // of a: what was taken out
}

// state is a point on the way: a and b are explained up to i and j, k characters
// of the removed text are gone, and the blocks in the set are in.
type state struct {
	i, j, k int
	in      uint32
}

// An explanation of real mail takes some hundred steps. Near is how far before
// the first difference a removal may begin: where text repeats itself, it is seen
// late.
const (
	steps = 200_000
	near  = 400
)

func (x *aligner) explain() bool {
	x.failed, x.budget, x.used, x.inserted, x.gone = map[state]bool{}, steps, nil, nil, nil
	return x.from(state{})
}

func (x *aligner) from(s state) bool {
	if x.budget--; x.budget < 0 || x.failed[s] {
		return false
	}
	n := x.run(s.i, s.j)
	x.last = max(x.last, s.j+n)
	if s.i+n == x.a.size() && s.j+n == x.b.size() && s.k == len(x.removed) && s.in == x.blocks {
		return true
	}
	if x.insertion(s, n) || x.removal(s, n) {
		return true
	}
	x.failed[s] = true
	return false
}

// run is how many units are the same from there on.
func (x *aligner) run(i, j int) int {
	n := 0
	for i+n < x.a.size() && j+n < x.b.size() && x.same(i+n, j+n) {
		n++
	}
	return n
}

func (x *aligner) same(i, j int) bool {
	u, v := x.a.units[i], x.b.units[j]
	return u.kind == v.kind && u.r == v.r && x.a.raw(i) == x.b.raw(j)
}

// insertion tries the blocks that begin within the n units that are the same, or
// right behind them.
func (x *aligner) insertion(s state, n int) bool {
	for f, site := range slices.Backward(x.sites) {
		if s.in&(1<<site.which) != 0 || x.blocks&(1<<site.which) == 0 {
			continue
		}
		for _, in := range site.insertions {
			if in.start < s.j || in.start > s.j+n {
				continue
			}
			x.used, x.inserted = append(x.used, f), append(x.inserted, in)
			if x.from(state{s.i + in.start - s.j, in.end, s.k, s.in | 1<<site.which}) {
				return true
			}
			x.used, x.inserted = x.used[:len(x.used)-1], x.inserted[:len(x.inserted)-1]
		}
	}
	return false
}

// removal tries removals that begin right behind the n units that are the same,
// or before.
func (x *aligner) removal(s state, n int) bool {
	if s.k == len(x.removed) {
		return false
	}
	for skip := n; skip >= max(0, n-near); skip-- {
		if x.mayBegin(s.i+skip) && x.remove(state{s.i + skip, s.j + skip, s.k, s.in}) {
			return true
		}
	}
	return false
}

// mayBegin reports whether a removal may begin at a unit of a: not within a word.
func (x *aligner) mayBegin(i int) bool {
	return i == 0 || i >= x.a.size() || !within(&x.a.units[i-1]) || !within(&x.a.units[i])
}

// within reports whether a unit is a character of a word.
func within(u *unit) bool { return u.kind == char && !blank(u.r) }

// remove tries removals that begin at i: text that the report lists, with the
// markup that belongs to it alone.
func (x *aligner) remove(s state) bool {
	var inside []string // elements that began in the removal
	for i, k := s.i, s.k; i < x.a.size(); i++ {
		u := &x.a.units[i]
		switch {
		case u.kind == open:
			inside = append(inside, tagName(x.a.raw(i)))
		case u.kind == end:
			at := lastIndex(inside, tagName(x.a.raw(i)))
			if at < 0 {
				return false
			}
			inside = inside[:at]
		case u.hidden:
		case u.kind == void || u.kind == other:
			if len(inside) == 0 && !(k > 0 && k < len(x.removed) && ends(x.a.raw(i))) {
				return false // a comment, a line break outside of what is removed: not the text's own
			}
		case u.kind == picture || u.kind == char && !blank(u.r):
			if k == len(x.removed) || x.removed[k] != seen(u) {
				return false
			}
			k++
		case !x.html && i == s.i && lineBreak(u):
			return false // in plain text a removal does not begin between lines
		}
		within := x.html && k > 0 && k < len(x.removed) // a spacer between removed lines goes with them
		if k == s.k && !within || !closable(inside) && i+1 < x.a.size() || !x.html && lineBreak(u) {
			continue
		}
		next := state{i + 1, s.j, k, s.in}
		if !x.goesOn(next) {
			continue
		}
		x.gone = append(x.gone, interval{s.i, i + 1})
		if x.from(next) {
			return true
		}
		x.gone = x.gone[:len(x.gone)-1]
	}
	return false
}

// ends says that a tag ends a line of what is removed: a line break or a rule.
func ends(raw string) bool { return slices.Contains([]string{"br", "hr"}, tagName(raw)) }

func lineBreak(u *unit) bool { return u.kind == char && (u.r == '\n' || u.r == '\r') }

func seen(u *unit) rune {
	if u.kind == picture {
		return object
	}
	return fold(u.r)
}

// goesOn says whether something other than a further removal can follow.
func (x *aligner) goesOn(s state) bool {
	if s.i == x.a.size() && s.j == x.b.size() || s.i < x.a.size() && s.j < x.b.size() && x.same(s.i, s.j) {
		return true
	}
	return slices.ContainsFunc(x.sites, func(f site) bool {
		return slices.ContainsFunc(f.insertions, func(in interval) bool { return in.start == s.j })
	})
}

// closable says that elements need no end tag.
func closable(elements []string) bool {
	for _, e := range elements {
		if !slices.Contains([]string{"p", "li", "dt", "dd", "td", "th", "tr", "option"}, e) {
			return false
		}
	}
	return true
}

func lastIndex(list []string, s string) int {
	for i, e := range slices.Backward(list) {
		if e == s {
			return i
		}
	}
	return -1
}

// placed is where a block stands that the explanation puts in, and what was put
// in with it.
func (x *aligner) placed(which int) (block, in interval, ok bool) {
	for n, f := range x.used {
		if x.sites[f].which == which {
			return x.sites[f].block, x.inserted[n], true
		}
	}
	return interval{}, interval{}, false
}

// difference shows what cannot be explained.
func (x *aligner) difference() string {
	if x.budget < 0 {
		return "a place not found in time"
	}
	from, to := max(0, x.last-20), min(x.b.size(), x.last+40)
	if from == to {
		return "the start"
	}
	return fmt.Sprintf("%.120q", x.b.src[x.b.units[from].start:x.b.units[to-1].end])
}
