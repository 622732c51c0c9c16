package policy

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// newestBytes is how much of the newest text rules look at: what an author writes
// by hand is far shorter, and expressions take time.
const newestBytes = 64 << 10

// newest is the newest text of a message as conditions see it.
type newest struct {
	value // folded to one line
	known bool
	told  bool // language was worked out
	code  string
}

// language is that of the text, empty when it cannot be told.
func (n *newest) language() string {
	if !n.told {
		n.told, n.code = true, language(n.folded)
	}
	return n.code
}

// text is the newest text; an empty one while it is not known, or cannot be read.
func (m *message) text() *newest {
	if m.facts.Text == nil {
		m.pending = true
		return &newest{}
	}
	if m.newest == nil {
		text, ok := m.facts.Text()
		text = cut(text, newestBytes)
		m.newest = &newest{value: value{text, fold(strings.Join(strings.Fields(text), " ")), m.facts.Work}, known: ok}
	}
	return m.newest
}

// cut is a text of no more than n bytes, without half a character at its end.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// textWords say what was found in the newest text, by words that need it.
func (m *message) textWords(words func(*newest) string) string {
	switch n := m.text(); {
	case m.facts.Text == nil:
		return "the text is not known yet"
	case !n.known:
		return "the text cannot be read"
	default:
		return words(n)
	}
}

func bodyWords(n *newest) string {
	const most = 60 // letters of the beginning
	line := strings.Join(strings.Fields(n.text), " ")
	if short := []rune(line); len(short) > most {
		return fmt.Sprintf("the new text begins with %q", string(short[:most]))
	}
	return fmt.Sprintf("the new text is %q", line)
}

func languageWords(n *newest) string {
	if l := n.language(); l != "" {
		return "it is " + l
	}
	return "the new text is too short or too mixed to tell"
}
