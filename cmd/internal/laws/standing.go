package laws

import (
	"slices"
	"strings"

	"sigmilter/milter/engine"
)

// standing says whether a block stood in a text before: then it must not be put
// in once more.
type standing int

const (
	didNot standing = iota
	did
	perhaps // its words stood there, maybe not as sigmilter writes them
	beside  // likewise, and a sign-off that may have stood below it was taken out
)

// The blocks at the edges, by the names of the report.
const (
	disclaimer = "disclaimer"
	banner     = "banner"
)

// stood says whether a block stood already where it belongs, in the text that is
// both of x: a signature anywhere, if the report says that it was replaced by
// itself, the others at their edge.
func (x *aligner) stood(which int, r engine.BlockReport, b Block) standing {
	mine := slices.DeleteFunc(slices.Clone(x.sites), func(s site) bool { return s.which != which })
	words := b.words(x.html)
	switch {
	case r.Block == disclaimer || r.Block == banner:
		if !edged(x.b.words(0, x.b.size()), words, r.Block) {
			return didNot
		}
		for _, s := range mine {
			if r.Block == banner && len(x.b.words(0, s.block.start)) == 0 || r.Block == disclaimer && len(x.b.words(s.block.end, x.b.size())) == 0 {
				return did
			}
		}
		return perhaps
	case r.Placed != "replaced" || len(mine) == 0:
		return didNot
	case len(r.Removed) == 0:
		return did
	case strings.TrimPrefix(string(squeeze(strings.Join(r.Removed, ""))), "--") == strings.TrimPrefix(string(words), "--"):
		return perhaps
	case SignsOff(strings.Join(r.Removed, " ")), !slices.ContainsFunc(r.Removed, func(l string) bool { return !SignsOff(l) }):
		return beside
	}
	return didNot
}

// words are the characters of a block that a reader sees, without blanks.
func (b *Block) words(html bool) []rune {
	t := split(b.Text, false)
	if html {
		t = split(b.HTML, true)
	}
	return t.words(0, t.size())
}

// words are the characters of a range that a reader sees, without blanks and
// without the signs that mark quoted lines.
func (t *text) words(from, to int) []rune {
	return slices.DeleteFunc(squeeze(t.visible(from, to)), func(r rune) bool { return r == '>' })
}

// edged says whether a text begins with the words of a banner, or ends with those
// of a disclaimer.
func edged(text, words []rune, block string) bool {
	n := len(words)
	if n == 0 || n > len(text) {
		return false
	}
	if block == banner {
		return slices.Equal(text[:n], words)
	}
	return slices.Equal(text[len(text)-n:], words)
}
