package seen

import "bytes"

// Memory is how many bytes [Look] takes at most for a page, for as long as it looks.
func Memory(page []byte) int64 {
	const (
		perByte  = 2
		perTag   = 512 // an element, its attributes and the text behind it
		perStyle = 3   // a byte of a style sheet
		perToken = 112 // and what rules and selectors are made of it
	)
	n, held := perByte*int64(len(page)), 0
	for i := 0; i < len(page); {
		lt := bytes.IndexByte(page[i:], '<')
		if lt < 0 {
			break
		}
		n += perTag
		i += lt
		markup := page[i:afterMarkup(page, i)]
		if style := beginOf(markup, "style"); style >= 0 {
			n += perStyle * int64(len(markup)-style)
			held += mayHold(markup[style:])
		}
		i += len(markup)
	}
	return n + perToken*int64(min(held, maxTokens))
}

// beginOf is where a word, in lower case, first stands in a text in letters of any case,
// -1 for nowhere.
func beginOf(text []byte, word string) int {
	for i := 0; i+len(word) <= len(text); i++ {
		if text[i]|0x20 == word[0] && bytes.EqualFold(text[i:i+len(word)], []byte(word)) {
			return i
		}
	}
	return -1
}
