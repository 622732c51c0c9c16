package seen

import (
	"slices"
	"strings"

	"github.com/tdewolff/parse/v2/css"
)

// declaration is what a rule or a style attribute says of one property.
type declaration struct {
	written   string // the property's name as it stands there
	property  string // likewise without the prefix of a browser
	value     string // blanks folded, comments and escapes gone
	important bool
	unsure    bool // it may be left out, by one reader or another
}

// rule is a rule of a style sheet with those of its declarations that can hide.
type rule struct {
	selectors    []selector
	declarations []declaration
	order        int
	// maybe says that the rule holds for some readers only: for one medium, one scheme
	// of colours, one width; or in a layer, which others may beat.
	maybe   bool
	layered bool
	pulled  float64 // see overlay
	// demanding says that one of its declarations makes an element need room.
	demanding bool
}

// sheets are all style sheets of a mail.
type sheets struct {
	rules []rule
	faces bool // there are fonts whose letters the mail brings along
	// elsewhere says that a sheet is fetched, which clients do or do not; carried that
	// one comes with the mail in a form that is not read here.
	elsewhere, carried bool
	over               overlay
	full               bool // there is more than is read
	seen               int  // tokens, of sheets and of style attributes
	listed             int  // selectors
}

// Limits of what is read of style sheets.
const (
	maxTokens    = 300_000
	maxRules     = 20_000
	maxSelectors = 40_000
	maxNested    = 16 // blocks in blocks
)

// scope is where rules stand.
type scope struct {
	maybe, layered bool
	nested         bool // in the block of a rule
	depth          int
}

// read reads the rules of a style sheet, or of a block in one.
func (s *sheets) read(all []token, in scope) {
	if in.depth > maxNested {
		s.full = true
		return
	}
	for i := 0; i < len(all); {
		switch all[i].kind {
		case css.WhitespaceToken, css.CDOToken, css.CDCToken, css.SemicolonToken, css.RightBraceToken:
			i++
		case css.AtKeywordToken:
			i = s.atRule(all, i, in)
		default:
			i = s.qualified(all, i, in)
		}
	}
}

// prelude is the end of what stands before a block, or before what ends a rule that
// has none.
func prelude(all []token, i int, semicolon bool) int {
	for i < len(all) && all[i].kind != css.LeftBraceToken && !(semicolon && all[i].kind == css.SemicolonToken) {
		i = past(all, i)
	}
	return i
}

// content are the tokens of the block that begins at i.
func content(all []token, i int) []token {
	end := past(all, i)
	if end > i+1 && all[end-1].kind == css.RightBraceToken {
		return all[i+1 : end-1]
	}
	return all[min(i+1, end):end]
}

func (s *sheets) atRule(all []token, i int, in scope) int {
	name := all[i].named()
	block := prelude(all, i+1, true)
	if block == len(all) || all[block].kind == css.SemicolonToken {
		if name == "@import" {
			s.imported(joined(all[i+1 : block]))
		}
		return min(block+1, len(all))
	}
	inner := content(all, block)
	if in.nested { // what it says is said of the element of the rule around it
		s.add(declarations(inner, true), nil, scope{true, in.layered, true, in.depth})
	}
	switch unprefixed(strings.TrimPrefix(name, "@")) {
	case "font-face":
		s.face(declarations(inner, false))
	case "keyframes":
		s.animated(inner)
	case "page", "property", "counter-style", "font-feature-values", "font-palette-values", "namespace", "-ms-viewport", "viewport":
	case "layer":
		s.read(inner, scope{true, true, in.nested, in.depth + 1})
	default:
		s.read(inner, scope{true, in.layered, in.nested, in.depth + 1})
	}
	return past(all, block)
}

// animated notes what the steps of an animation may lay over other parts of the mail.
func (s *sheets) animated(all []token) {
	for i := 0; i < len(all); {
		block := prelude(all, i, false)
		if block == len(all) {
			return
		}
		for _, d := range declarations(content(all, block), false) {
			s.over.take(&d)
		}
		i = past(all, block)
	}
}

// imported notes the sheet that an @import names.
func (s *sheets) imported(what string) {
	what = strings.ToLower(unescape(what))
	s.linked(strings.Trim(strings.TrimPrefix(strings.TrimSpace(what), "url("), "\"' )"))
}

// linked notes a sheet by its address.
func (s *sheets) linked(address string) {
	scheme, _, _ := strings.Cut(address, ":")
	switch {
	case scheme == "data", scheme == "blob":
		s.carried = true
	case !fromFontHost(address):
		s.elsewhere = true
	}
}

func (s *sheets) qualified(all []token, i int, in scope) int {
	block := prelude(all, i, in.nested)
	if block == len(all) || all[block].kind == css.SemicolonToken {
		return min(block+1, len(all))
	}
	inner := content(all, block)
	if hasBlock(inner) { // not every reader knows rules in rules
		s.read(inner, scope{true, in.layered, true, in.depth + 1})
		in.maybe = true
		s.add(declarations(inner, true), all[i:block], in)
	}
	s.add(declarations(inner, false), all[i:block], in)
	return past(all, block)
}

// add adds a rule.
func (s *sheets) add(declared []declaration, selector []token, in scope) {
	r := rule{declarations: declared, order: len(s.rules), maybe: in.maybe, layered: in.layered}
	var over overlay
	for _, d := range r.declarations {
		over.take(&d)
	}
	r.pulled = over.pulled
	r.demanding = slices.ContainsFunc(r.declarations, demanding)
	s.over.placed = s.over.placed || over.placed || crowded(r.declarations)
	s.over.skips = s.over.skips || over.skips
	s.over.top, s.over.broad, s.over.near, s.over.rigid = s.over.top || over.top, s.over.broad || over.broad, s.over.near || over.near, s.over.rigid || over.rigid
	r.declarations = relevant(r.declarations)
	switch {
	case len(r.declarations) == 0:
	case len(s.rules) == maxRules, s.listed+listedIn(selector) > maxSelectors:
		s.full = true
	default:
		r.selectors = selectors(selector, in.nested)
		s.listed += len(r.selectors)
		s.rules = append(s.rules, r)
	}
}

// listedIn is how many selectors tokens may list.
func listedIn(all []token) int {
	n := 1
	for i := range all {
		if all[i].kind == css.CommaToken {
			n++
		}
	}
	return n
}

func hasBlock(all []token) bool {
	for i := range all {
		if all[i].kind == css.LeftBraceToken {
			return true
		}
	}
	return false
}

// declarations are those of a block or a style attribute. Nesting says that there may be
// rules between them; otherwise what has a block is one broken declaration.
func declarations(all []token, nesting bool) []declaration {
	var found []declaration
	for i := 0; i < len(all); i++ {
		end := prelude(all, i, true)
		block := end < len(all) && all[end].kind == css.LeftBraceToken
		switch {
		case !block:
			found = append(found, declared(all[i:end])...)
			i = end
		case nesting:
			i = past(all, end) - 1
		default:
			for i = end; i < len(all) && all[i].kind != css.SemicolonToken; {
				i = past(all, i)
			}
		}
	}
	return found
}

// declared is the declaration that tokens spell: none or one, or for a shorthand those
// that it is short for.
func declared(all []token) []declaration {
	for len(all) > 0 && all[0].kind == css.WhitespaceToken {
		all = all[1:]
	}
	if len(all) < 2 || all[0].kind != css.IdentToken {
		return nil
	}
	d := declaration{written: all[0].named()}
	rest := all[1:]
	for len(rest) > 0 && rest[0].kind == css.WhitespaceToken {
		rest = rest[1:]
	}
	if len(rest) == 0 || rest[0].kind != css.ColonToken {
		return nil
	}
	d.value = strings.ToLower(joined(rest[1:]))
	if before, mark, ok := strings.Cut(d.value, "!"); ok {
		if strings.TrimSpace(mark) != "important" {
			return nil
		}
		d.value, d.important = before, true
	}
	d.value = strings.TrimSpace(d.value)
	d.property = unprefixed(d.written)
	d.unsure = !d.sure()
	return d.longhands()
}

// joined is the text of tokens, blanks folded and escapes gone in names.
func joined(all []token) string {
	var b strings.Builder
	for i := range all {
		switch all[i].kind {
		case css.WhitespaceToken:
			b.WriteByte(' ')
		case css.StringToken, css.URLToken:
			b.WriteString(all[i].text)
		default:
			b.WriteString(unescape(all[i].text))
		}
	}
	return b.String()
}

// relevant are the declarations that can hide.
func relevant(all []declaration) []declaration {
	var kept []declaration
	for _, d := range all {
		if _, ok := properties[d.property]; ok || d.property == "all" || d.property == "position" || stacks[d.property] || arranging[d.property] {
			kept = append(kept, d)
		}
	}
	return kept
}
