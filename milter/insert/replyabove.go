package insert

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sigmilter/milter/insert/known"
)

// seeReplyAbove sees the line above which a ticket system asks for the answer, as
// older text begins with it. Without dashes or the like around it, it must be a
// paragraph of its own.
func (m *marking) seeReplyAbove(i int) (sign, bool) {
	text := m.lines[i].text
	if i == 0 && !m.kind.Reply { // the desk's own message, which goes on with the text
		return sign{}, false
	}
	if len(text) > longestReplyAbove || (!m.kind.Reply && isLetterByte(text[0])) {
		return sign{}, false
	}
	words := strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
	at := strings.Index(text, words)
	before, after := rowSigns(text[:at]), rowSigns(text[at+len(words):])
	framed := before >= 2 || (before > 0 && after > 0)
	alone := m.kind.Reply && m.lines[i].gap && (i+1 == len(m.lines) || m.lines[i+1].gap)
	below := m.kind.Reply && i > 0 && isRow(m.lines[i-1].text)
	if !framed && !alone && !below {
		return sign{}, false
	}
	if !asksForReplyAbove(known.Fold(words), before >= 2 && after >= 2) {
		return sign{}, false
	}
	return sign{rule: "reply-above", from: m.above(i), to: i + 1, strength: strong}, true
}

const longestReplyAbove = 160 // bytes

// rowSigns counts the signs of rows in a text.
func rowSigns(text string) int {
	n := 0
	for _, r := range text {
		if rowSign(r) {
			n++
		}
	}
	return n
}

// asksForReplyAbove reports whether a text says "above this line" and that an answer
// belongs there, in one language: nothing else, or, between rows of signs, whatever
// follows after that ("to post a reply or view this on the web").
func asksForReplyAbove(lower string, inRows bool) bool {
	for word := range strings.FieldsSeq(lower) {
		for _, i := range replyAboveIndex[word] {
			if saysReplyAbove(lower, i, inRows) {
				return true
			}
		}
	}
	if known.Unspaced(lower) {
		return slices.ContainsFunc(replyAboveIndex[""], func(i int) bool { return saysReplyAbove(lower, i, inRows) })
	}
	return false
}

func saysReplyAbove(lower string, row int, inRows bool) bool {
	before, after, ok := strings.Cut(lower, known.ReplyAbove[row].Above)
	words := known.ReplyAbove[row].Words
	switch {
	case !ok:
		return false
	case inRows && (hasWord(before, words) || hasWord(after, words)):
		return true
	}
	return (before != "" || after != "") && onlyWords(before, words) && onlyWords(after, words)
}

// hasWord reports whether a text has one of the words of a list that are no small
// words.
func hasWord(text, list string) bool {
	const small = 3 // bytes
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if (len(word) > small && strings.Contains(list, " "+word+" ")) || madeOf(word, list) {
			return true
		}
	}
	return false
}

// replyAboveIndex has the rows of the table by the first word of the place, those of
// scripts without blanks under "".
var replyAboveIndex = func() map[string][]int {
	index := map[string][]int{}
	for i := range known.ReplyAbove {
		word, _, _ := strings.Cut(known.ReplyAbove[i].Above, " ")
		if known.Unspaced(word) {
			word = ""
		}
		index[word] = append(index[word], i)
	}
	return index
}()

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// onlyWords reports whether each word of a text is one of a list, whose words stand
// between blanks. In scripts that write words together the list is gone through.
func onlyWords(text, list string) bool {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
		if !strings.Contains(list, " "+word+" ") && !madeOf(word, list) {
			return false
		}
	}
	return true
}

// madeOf reports whether a word of a script without blanks is made of words of a
// list.
func madeOf(word, list string) bool {
	for word != "" {
		rest := word
		for w := range strings.FieldsSeq(list) {
			if after, ok := strings.CutPrefix(word, w); ok && known.Unspaced(w) && len(after) < len(rest) {
				rest = after
			}
		}
		if rest == word {
			return false
		}
		word = rest
	}
	return true
}
