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
	text string
}

// tokens are the tokens of a text in CSS, without comments, as far as the mail may have
// more of them.
func (s *sheets) tokens(text string, w *work.Meter) []token {
	var all []token
	l := css.NewLexer(parse.NewInputString(text))
	for at := 0; ; {
		kind, data := l.Next()
		w.Spend(perByte * len(data))
		from := at
		at += len(data)
		switch kind {
		case css.ErrorToken:
			return all
		case css.CommentToken:
			continue
		}
		if s.seen++; s.seen > maxTokens {
			s.full = true
			return all
		}
		if at <= len(text) && text[from:at] == string(data) { // no copy of what stands there already
			all = append(all, token{kind, text[from:at]})
		} else {
			all = append(all, token{kind, string(data)})
		}
	}
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
func past(all []token, i int) int {
	var open []css.TokenType
	for ; i < len(all); i++ {
		if c := closing(all[i].kind); c != 0 {
			open = append(open, c)
		} else if n := len(open) - 1; n >= 0 && all[i].kind == open[n] {
			open = open[:n]
		}
		if len(open) == 0 {
			return i + 1
		}
	}
	return i
}
