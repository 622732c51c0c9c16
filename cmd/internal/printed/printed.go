// Package printed keeps what is printed for people from being more than its text: a
// name of a directory or a field of a mail must not move the cursor of a terminal,
// look like another name, or end the word it stands in.
package printed

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Writer shows what does not print as an escape: control characters but tab and line
// feed, what changes the direction of text, what has no width, and bytes that are no
// UTF-8. Escapes are those of JSON, such as \u001b. In JSON these characters stand within
// strings alone, so that JSON says the same behind the writer as before it. A byte that is
// no UTF-8 is shown as \x9b.
//
// Writes may come at the same time.
type Writer struct {
	w io.Writer

	mu   sync.Mutex // guards the rest
	rest []byte     // the beginning of a character, whose other bytes did not come yet
	last rune       // the one before
}

// NewWriter writes to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Write implements [io.Writer].
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := p
	if len(w.rest) > 0 {
		text = append(w.rest, p...)
	}
	whole := len(text) - unfinished(text)
	w.rest = append([]byte(nil), text[whole:]...)
	if _, err := w.w.Write(w.escaped(text[:whole])); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush writes what is left of a character that was never finished.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	rest := w.rest
	w.rest = nil
	_, err := w.w.Write(w.escaped(rest))
	return err
}

// unfinished is how many bytes at the end are the beginning of a character.
func unfinished(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if end := text[len(text)-n:]; utf8.RuneStart(end[0]) {
			if utf8.FullRune(end) {
				return 0
			}
			return n
		}
	}
	return 0
}

func (w *Writer) escaped(text []byte) []byte {
	var out []byte // nil while nothing had to be escaped
	kept := 0
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if !shown(r, size, w.last) {
			out = append(out, text[kept:at]...)
			out = appendEscape(out, r, text[at:at+size])
			kept = at + size
		}
		w.last = r
		at += size
	}
	if out == nil {
		return text
	}
	return append(out, text[kept:]...)
}

// shown reports whether a character of so many bytes prints as itself behind another
// one. Joiners are part of words of some scripts, and of emoji; behind a Latin letter they
// only hide.
func shown(r rune, size int, last rune) bool {
	if r == '\t' || r == '\n' {
		return true
	}
	if r == utf8.RuneError && size == 1 {
		return false
	}
	if r == '\u200c' || r == '\u200d' {
		return last > unicode.MaxLatin1
	}
	return !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

func appendEscape(out []byte, r rune, bytes []byte) []byte {
	if r == utf8.RuneError {
		return fmt.Appendf(out, `\x%02x`, bytes)
	}
	if r > 0xFFFF {
		high, low := utf16.EncodeRune(r)
		return fmt.Appendf(out, `\u%04x\u%04x`, high, low)
	}
	return fmt.Appendf(out, `\u%04x`, r)
}

// Exact is where a writer writes to, for data that must leave to the byte: a message, a
// script. Others are as they are.
func Exact(w io.Writer) io.Writer {
	if p, ok := w.(*Writer); ok {
		return p.w
	}
	return w
}

// escapedText is a text as [Writer] shows it.
func escapedText(s string) string { return string(new(Writer).escaped([]byte(s))) }

// Line is a text as [Writer] shows it, in one line: tabs and line ends are escaped too.
func Line(s string) string { return lineEscapes.Replace(escapedText(s)) }

// Cell is a text as [Writer] shows it, for a cell of a table: its tabs and line ends are
// blanks.
func Cell(s string) string { return escapedText(lineBlanks.Replace(s)) }

var (
	lineEscapes = strings.NewReplacer("\n", `\u000a`, "\t", `\u0009`)
	lineBlanks  = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ", "\v", " ", "\f", " ")
)

// Word is a text as one word of a command that is to be pasted into a shell.
func Word(s string) string {
	if s != "" && strings.Trim(s, plainLetters) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// plainLetters mean nothing to a shell, wherever they stand in a word.
const plainLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+:@%,"
