package seen

import (
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"

	"sigmilter/milter/work"
)

// token is a token of CSS, without its escapes where it is a name.
type token struct {
	kind css.TokenType
	span int32 // of how many tokens it is the first that belong together: to what closes it
	text string
}

// tokens are the tokens of a text in CSS, without comments, as far as the mail may have
// more of them.
func (s *sheets) tokens(text string, w *work.Meter) []token {
	all := make([]token, 0, min(mayHold(text), maxTokens-s.seen))
	l := css.NewLexer(parse.NewInputString(text))
	for at := 0; ; {
		kind, data := l.Next()
		w.Spend(perByte * len(data))
		from := at
		at += len(data)
		switch {
		case kind == css.ErrorToken:
			return spanned(all)
		case kind == css.CommentToken:
			continue
		case s.seen == maxTokens:
			s.full = true
			return spanned(all)
		}
		s.seen++
		if at <= len(text) && text[from:at] == string(data) { // no copy of what stands there already
			all = append(all, token{kind: kind, text: text[from:at]})
		} else {
			all = append(all, token{kind: kind, text: string(data)})
		}
	}
}

// mayHold is how many tokens a text holds at most.
func mayHold[T string | []byte](text T) int {
	n, inName := 0, false
	for _, c := range []byte(text) {
		name := c >= 0x80 || letter(c) || '0' <= c && c <= '9' || c == '-' || c == '_'
		if !name || !inName {
			n++
		}
		inName = name
	}
	return n
}

// spanned are tokens that know what closes them.
func spanned(all []token) []token {
	var open []int32
	for i := range all {
		all[i].span = 1
		if closing(all[i].kind) != 0 {
			all[i].span = int32(len(all) - i)
			open = append(open, int32(i))
		} else if n := len(open) - 1; n >= 0 && all[i].kind == closing(all[open[n]].kind) {
			all[open[n]].span = int32(i) + 1 - open[n]
			open = open[:n]
		}
	}
	return all
}

// named is the text of a token in lower case without its escapes.
func (t *token) named() string { return strings.ToLower(unescape(t.text)) }

// unescape takes the escapes of CSS out of a text.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		n, r := i+1, rune(0)
		for n < len(s) && n < i+7 {
			d := strings.IndexByte("0123456789abcdef", s[n]|0x20)
			if d < 0 || s[n] < '0' {
				break
			}
			r, n = r*16+rune(d), n+1
		}
		switch {
		case n == i+1:
			i++
			if s[i] != '\n' {
				b.WriteByte(s[i])
			}
			continue
		case n < len(s) && strings.IndexByte(" \t\r\n\f", s[n]) >= 0:
			n++
		}
		b.WriteRune(r)
		i = n - 1
	}
	return b.String()
}

// closing is what ends what a token opens, 0 for none.
func closing(kind css.TokenType) css.TokenType {
	switch kind {
	case css.LeftBraceToken:
		return css.RightBraceToken
	case css.LeftParenthesisToken, css.FunctionToken:
		return css.RightParenthesisToken
	case css.LeftBracketToken:
		return css.RightBracketToken
	}
	return 0
}

// past is the index behind what the token at i is: itself, or all up to what closes it.
func past(all []token, i int) int { return min(i+int(all[i].span), len(all)) }
