package laws

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// interval is a range of units.
type interval struct{ start, end int }

// site is a place in a text where a block stands.
type site struct {
	which      int // of the blocks
	block      interval
	insertions []interval // what may have been put in along with it
}

// find adds the places where a block of a kind stands.
func (x *aligner) find(which int, b Block, kind string) {
	if x.html {
		x.findHTML(which, b.HTML, kind)
		return
	}
	var forms []string
	for _, text := range []string{b.Text, stuffed(b.Text)} {
		text = trimmed(text)
		forms = append(forms, text, strings.TrimPrefix(text, "-- \n"))
	}
	slices.Sort(forms)
	for _, form := range slices.Backward(slices.Compact(forms)) {
		x.findText(which, form)
	}
}

// trimmed is a text block as it is put in: no blanks at the end of lines, no
// blank lines around it.
func trimmed(text string) string {
	lines := strings.Split(strings.Trim(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), "\n")
	for i, l := range lines {
		if l != "-- " {
			lines[i] = strings.TrimRight(l, " \t")
		}
	}
	return strings.Join(lines, "\n")
}

// stuffed is a text with the blanks that format=flowed asks for (RFC 3676
// section 4.4).
func stuffed(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, " ") || strings.HasPrefix(l, ">") || strings.HasPrefix(l, "From ") {
			lines[i] = " " + l
		}
	}
	return strings.Join(lines, "\n")
}

// findText looks for a text block: whole lines, and up to two line ends on
// either side that may belong to it.
func (x *aligner) findText(which int, form string) {
	want := split(form, false)
	if want.size() == 0 {
		return
	}
	for at := 0; at+want.size() <= x.b.size(); at++ {
		stop, ok := x.stands(at, &want)
		if !ok || at > 0 && !lineBreak(&x.b.units[at-1]) || stop < x.b.size() && !lineBreak(&x.b.units[stop]) {
			continue
		}
		s := site{which: which, block: interval{at, stop}}
		for from := at; from >= max(0, at-2) && (from == at || x.b.is(from, '\n')); from-- {
			for to := stop; to <= min(x.b.size(), stop+2) && (to == stop || x.b.is(to-1, '\n')); to++ {
				s.insertions = append(s.insertions, interval{from, to})
			}
		}
		x.sites = append(x.sites, s)
	}
}

// stands says where a block ends that stands at a unit, if one does. Its characters
// may be written as references, and what a reader would see backwards may be
// isolated.
func (x *aligner) stands(at int, want *text) (stop int, ok bool) {
	inside, held := false, 0 // of what is isolated, and how many units it has so far
	for i := 0; ; {
		begins, ends := x.isolating(at, inside)
		switch {
		case ends && held == 0:
			return 0, false
		case begins || ends:
			inside, held = begins, 0
			at++
		case i == want.size():
			return at, !inside
		case at >= x.b.size() || !sameUnit(&x.b, at, want, i) || inside && turned(x.b.units[at].r):
			return 0, false
		default:
			i, at, held = i+1, at+1, held+1
		}
	}
}

// isolating says whether a unit begins or ends what is isolated: in text both are the
// left-to-right mark.
func (x *aligner) isolating(at int, inside bool) (begins, ends bool) {
	if at >= x.b.size() {
		return false, false
	}
	if x.html {
		return !inside && x.b.raw(at) == `<span dir="ltr">`, inside && x.b.raw(at) == "</span>"
	}
	is := x.b.is(at, '\u200e')
	return is && !inside, is && inside
}

// turned says that a letter is read from right to left.
func turned(r rune) bool {
	return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana) && unicode.IsLetter(r)
}

func sameUnit(a *text, i int, b *text, j int) bool {
	u, v := &a.units[i], &b.units[j]
	return u.kind == v.kind && u.r == v.r && (u.kind == char || tag(a.raw(i), true).String() == tag(b.raw(j), true).String())
}

// container is the start tag around the HTML of each block: by it sigmilter finds the
// block again. Besides it says how the block stands out, and sets right what the
// elements around would do to it. That of an enforced block has a name of its own, and
// a style that stands up to the mail where it must.
var container = regexp.MustCompile(`^<div id="sigmilter-([a-z]+)(?:-[0-9a-f]{16})?" class="sigmilter-([a-z]+)(?:-[0-9a-f]{16})?"(?: dir="(?:ltr|rtl)")?` +
	` style="(?:all:initial!important;[a-z0-9:;#!-]*|white-space:normal(?:;margin-top:1em)?(?:;font-size:medium)?(?:;line-height:normal)?(?:;text-indent:0)?(?:;text-align:(?:left|right))?)">$`)

// containerOf is the start tag around a block where nothing is to be set right.
func containerOf(kind string) string {
	return `<div id="sigmilter-` + kind + `" class="sigmilter-` + kind + `" style="white-space:normal">`
}

// unisolated is HTML without the elements that isolate numbers.
func unisolated(source string) string { return isolation.ReplaceAllString(source, "$1") }

var isolation = regexp.MustCompile(`<span dir="ltr">([^<]*)</span>`)

func isContainer(raw, kind string) bool {
	m := container.FindStringSubmatch(raw)
	return m != nil && m[1] == kind && m[2] == kind
}

// findHTML looks for an HTML block inside its container.
func (x *aligner) findHTML(which int, form, kind string) {
	kind = cmp.Or(kind, "signature")
	want := split(strings.ReplaceAll(strings.Trim(form, " \t\r\n"), "\r\n", "\n"), true)
	for at := 0; at+want.size()+3 <= x.b.size(); at++ {
		if x.b.units[at].kind != open || !isContainer(x.b.raw(at), kind) {
			continue
		}
		stop, ok := x.stands(at+1, &want)
		if ok && stop+1 < x.b.size() && x.b.is(stop, '\n') && x.b.raw(stop+1) == "</div>" {
			x.sites = append(x.sites, site{which: which, block: interval{at, stop + 2}})
		}
	}
}

// findInsertions says for the places in HTML what may have been put in.
func (x *aligner) findInsertions() {
	for i := range x.sites {
		if s := &x.sites[i]; x.html {
			s.insertions = x.insertions(s.block.start, s.block.end)
		}
	}
}

// insertions are the ranges that may have been put in with the block [at, stop):
// with end tags before it, to leave the elements it must not stand in, and the
// start tags that enter them again; and with a line end.
func (x *aligner) insertions(at, stop int) []interval {
	var all []interval
	ends := []int{stop}
	if stop < x.b.size() && x.b.is(stop, '\n') {
		ends = append(ends, stop+1)
	}
	for _, stop := range ends {
		var left []string // elements that are left, the innermost last
		for from := at; ; from-- {
			if to, ok := x.entered(from, stop, left); ok {
				all = append(all, interval{from, to})
			}
			if from == 0 || x.b.units[from-1].kind != end {
				break
			}
			left = append(left, tagName(x.b.raw(from-1)))
		}
	}
	slices.SortFunc(all, func(a, b interval) int { return b.start - a.start })
	return all
}

// entered follows the start tags from stop on that enter again what was left
// before from, the outermost first, with the attributes it had. What is left and
// not entered again must be what the document left open: nothing a reader sees
// may follow.
func (x *aligner) entered(from, stop int, left []string) (to int, ok bool) {
	n := 0
	for n < len(left) && stop+n < x.b.size() && x.b.units[stop+n].kind == open && x.reopens(from, stop+n, left[n]) {
		n++
	}
	to = stop + n
	return to, n == len(left) || x.nothingAfter(to)
}

// nothingAfter says whether a reader sees nothing from a unit on but blocks.
func (x *aligner) nothingAfter(at int) bool {
	for at < x.b.size() {
		if i := slices.IndexFunc(x.sites, func(s site) bool { return s.block.start == at }); i >= 0 {
			at = x.sites[i].block.end
			continue
		}
		if x.b.visible(at, at+1) != "" {
			return false
		}
		at++
	}
	return true
}

// reopens says whether unit i is the start tag of an element that began before.
func (x *aligner) reopens(before, i int, name string) bool {
	again := tag(x.b.raw(i), false)
	if again.Data != name {
		return false
	}
	for j := before - 1; j >= 0; j-- {
		if x.b.units[j].kind == open {
			if t := tag(x.b.raw(j), false); t.Data == name && t.String() == again.String() {
				return true
			}
		}
	}
	return false
}
