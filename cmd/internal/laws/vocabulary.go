package laws

import (
	"strings"
	"unicode"
)

// vocab is a set of words in lower case, some of them known by how they begin or
// end alone.
type vocab struct {
	words           map[string]bool
	begins, endings []string
	phrases         []string // of several words
}

// vocabulary reads a set: words between blanks, "x*" for all that begin with x,
// "*x" for all that end so, and "x_y" for a phrase.
func vocabulary(list string) *vocab {
	v := &vocab{words: map[string]bool{}}
	for w := range strings.FieldsSeq(list) {
		switch {
		case strings.HasSuffix(w, "*"):
			v.begins = append(v.begins, strings.TrimSuffix(w, "*"))
		case strings.HasPrefix(w, "*"):
			v.endings = append(v.endings, strings.TrimPrefix(w, "*"))
		case strings.Contains(w, "_"):
			v.phrases = append(v.phrases, strings.ReplaceAll(w, "_", " "))
		default:
			v.words[strings.Trim(w, ".")] = true
		}
	}
	return v
}

// has reports whether a word is in the set, by itself or behind an elided article:
// "l'environnement", "dell'ambiente".
func (v *vocab) has(word string) bool {
	const longestArticle = 5 // bytes
	word = strings.Trim(word, ".")
	if at := strings.IndexAny(word, "'’"); at > 0 && at <= longestArticle {
		_, rest, _ := strings.Cut(strings.ReplaceAll(word, "’", "'"), "'")
		if rest != "" && v.has(rest) {
			return true
		}
	}
	if v.words[word] {
		return true
	}
	for _, b := range v.begins {
		if strings.HasPrefix(word, b) {
			return true
		}
	}
	for _, e := range v.endings {
		if strings.HasSuffix(word, e) {
			return true
		}
	}
	return false
}

// count is how many words of a text are in the set.
func (v *vocab) count(text string) int {
	text = strings.ToLower(text)
	n := 0
	for _, w := range tokens(text) {
		if v.has(w) {
			n++
		}
	}
	for _, p := range v.phrases {
		if strings.Contains(text, p) {
			n++
		}
	}
	return n
}

// tokens are the words of a text without the signs around them.
func tokens(text string) []string {
	all := strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",;:!?()[]<>{}|\"“”„«»…·•、，。；：！？（）", r)
	})
	kept := all[:0]
	for _, w := range all {
		if w = strings.Trim(w, "'’*_~–—-"); w != "" {
			kept = append(kept, w)
		}
	}
	return kept
}
