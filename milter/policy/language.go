package policy

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// scriptLanguages are told by their letters, which no other language of ours has.
var scriptLanguages = []struct {
	language string
	scripts  []*unicode.RangeTable
}{
	{"ja", []*unicode.RangeTable{unicode.Hiragana, unicode.Katakana}},
	{"zh", []*unicode.RangeTable{unicode.Han}},
	{"ko", []*unicode.RangeTable{unicode.Hangul}},
	{"el", []*unicode.RangeTable{unicode.Greek}},
	{"he", []*unicode.RangeTable{unicode.Hebrew}},
	{"hi", []*unicode.RangeTable{unicode.Devanagari}},
	{"th", []*unicode.RangeTable{unicode.Thai}},
}

// languages are the codes of ISO 639-1 that can be told.
func languages() []string {
	codes := slices.Collect(maps.Keys(stopWords))
	for _, s := range scriptLanguages {
		codes = append(codes, s.language)
	}
	slices.Sort(codes)
	return codes
}

func parseLanguage(s string) (string, error) {
	code := strings.ToLower(s)
	if !slices.Contains(languages(), code) {
		return "", errors.New("those that can be told are " + strings.Join(languages(), ", "))
	}
	return code, nil
}

const (
	// enoughLetters of a script of its own tell a language.
	enoughLetters = 6
	// enoughWords is the weight of the stop words that tell one; a word weighs 1 in
	// one language, 1/2 in each of two.
	enoughWords = 1.5
	// ahead is how many times more than the next language the first must have.
	ahead = 1.3
	// mostWords are looked at.
	mostWords = 1000
)

// language is that of a text, folded, by its letters or its stop words; empty
// when it is too short to tell, or mixed.
func language(folded string) string {
	if l := byScript(folded); l != "" {
		return l
	}
	weights := map[string]float64{}
	n := 0
	for blankless := range strings.FieldsSeq(folded) {
		if n++; n > mostWords {
			break
		}
		if strings.Contains(blankless, "@") || strings.Contains(blankless, "://") {
			continue // addresses have the words of any language
		}
		for word := range strings.FieldsFuncSeq(blankless, notInWord) {
			in := wordLanguages[word]
			for _, l := range in {
				weights[l] += 1 / float64(len(in))
			}
		}
	}
	return heaviest(weights)
}

func notInWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }

func heaviest(weights map[string]float64) string {
	first, second, best := 0.0, 0.0, ""
	for l, w := range weights {
		if w > first {
			first, second, best = w, first, l
		} else {
			second = max(second, w)
		}
	}
	if first < enoughWords || first < ahead*second {
		return ""
	}
	return best
}

// byScript is the language of most letters, if they are of a script of its own.
//
// Japanese has Chinese characters too, with kana among them.
func byScript(text string) string {
	counts := make([]int, len(scriptLanguages))
	others := 0
	for _, r := range text {
		if !unicode.IsLetter(r) {
			continue
		}
		if i := scriptOf(r); i >= 0 {
			counts[i]++
		} else {
			others++
		}
	}
	const ja, zh = 0, 1
	if counts[ja]*10 >= counts[zh] && counts[ja] > 0 {
		counts[ja], counts[zh] = counts[ja]+counts[zh], 0
	}
	for i, n := range counts {
		if n >= enoughLetters && n > others {
			return scriptLanguages[i].language
		}
	}
	return ""
}

// scriptOf is the index of a letter's script among ours, -1 for none of them.
func scriptOf(r rune) int {
	if r < 0x370 { // Latin comes before all of them
		return -1
	}
	for i := range scriptLanguages {
		if unicode.In(r, scriptLanguages[i].scripts...) {
			return i
		}
	}
	return -1
}
