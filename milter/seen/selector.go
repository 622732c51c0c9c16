package seen

import (
	"strings"

	"github.com/andybalholm/cascadia"
	"github.com/tdewolff/parse/v2/css"
	nethtml "golang.org/x/net/html"

	"sigmilter/milter/work"
)

// selector is a selector of a rule: compounds, from left to right, and the combinators
// between them.
//
// QUIRK: cascadia matches what is between two combinators, but not the whole: for
// "a b c d" it tries every choice of ancestors.
type selector struct {
	compounds   []compound
	combinators []byte // that before each compound; the first is none
	weight      int    // its specificity
	unsure      bool   // there is something in it that is not understood and counts as met
	pseudo      string // the pseudo-element, "" for the element itself
}

type compound struct {
	match cascadia.Sel // nil is met by every element
}

// heavy is the specificity of a selector that is not understood.
const heavy = 1 << 30

// selectors are those of a rule. One within another rule may mean any element.
func selectors(all []token, nested bool) []selector {
	if nested {
		return []selector{{compounds: []compound{{}}, combinators: []byte{0}, weight: heavy, unsure: true}}
	}
	var list []selector
	for from, i := 0, 0; i <= len(all); {
		if i == len(all) || all[i].kind == css.CommaToken {
			list = append(list, complexOf(all[from:i]))
			from, i = i+1, i+1
			continue
		}
		i = past(all, i)
	}
	return list
}

// complexOf reads a selector between two commas.
func complexOf(all []token) selector {
	var s selector
	combinator := byte(0)
	for i := 0; i < len(all); {
		switch t := &all[i]; {
		case t.kind == css.WhitespaceToken:
			if combinator == 0 && len(s.compounds) > 0 {
				combinator = ' '
			}
			i++
		case t.kind == css.DelimToken && strings.Contains(">+~", t.text):
			combinator = t.text[0]
			i++
		case t.kind == css.ColumnToken:
			s.unsure = true
			i++
		default:
			end := i
			for end < len(all) && all[end].kind != css.WhitespaceToken && !(all[end].kind == css.DelimToken && strings.Contains(">+~", all[end].text)) {
				end = past(all, end)
			}
			s.add(all[i:end], combinator)
			combinator, i = 0, end
		}
	}
	if combinator != 0 && combinator != ' ' || len(s.compounds) == 0 {
		s = selector{compounds: []compound{{}}, combinators: []byte{0}, unsure: true}
	}
	if s.unsure {
		s.weight = heavy
	}
	return s
}

// states are the pseudo-classes that cascadia reads and that do not change while a
// mail is read.
var states = map[string]bool{
	"first-child": true, "last-child": true, "only-child": true, "first-of-type": true, "last-of-type": true, "only-of-type": true,
	"empty": true, "root": true, "checked": true, "nth-child": true, "nth-last-child": true, "nth-of-type": true, "nth-last-of-type": true, "not": true,
}

// never are the pseudo-classes and pseudo-elements that no element of a mail is, or that
// do not touch its text.
var never = map[string]bool{
	"target": true, "selection": true, "placeholder": true, "backdrop": true, "file-selector-button": true, "cue": true,
	"-moz-focus-inner": true, "-moz-selection": true, "-moz-placeholder": true, "-ms-input-placeholder": true, "-ms-clear": true, "-ms-expand": true,
}

// add adds a compound selector.
func (s *selector) add(all []token, combinator byte) {
	var kept strings.Builder
	for i := 0; i < len(all); {
		end := past(all, i)
		if all[i].kind != css.ColonToken {
			for _, t := range all[i:end] {
				kept.WriteString(strings.ToLower(t.text))
			}
			i = end
			continue
		}
		colons := 1
		if end < len(all) && all[end].kind == css.ColonToken {
			colons, end = 2, end+1
		}
		from := end
		if end < len(all) {
			end = past(all, end)
		}
		s.pseudoOf(all[from:end], colons, &kept)
		i = end
	}
	c := compound{}
	if text := kept.String(); text != "" {
		m, err := cascadia.Parse(text)
		if err != nil {
			s.unsure = true
		} else {
			sp := m.Specificity()
			c.match, s.weight = m, s.weight+sp[0]*1_000_000+sp[1]*1000+sp[2]
		}
	}
	s.compounds = append(s.compounds, c)
	s.combinators = append(s.combinators, combinator)
}

// pseudoOf takes a pseudo-class or pseudo-element.
func (s *selector) pseudoOf(all []token, colons int, kept *strings.Builder) {
	if len(all) == 0 {
		s.unsure = true
		return
	}
	name := strings.TrimSuffix(all[0].named(), "(")
	text := strings.ToLower(rawText(all))
	switch {
	case name == "before" || name == "after" || name == "marker" || name == "first-line" || name == "first-letter":
		s.pseudo = name
	case never[name], strings.HasPrefix(name, "-webkit-scrollbar"):
		s.pseudo = "never"
	case name == "link" || name == "any-link":
		kept.WriteString("[href]")
	case colons == 1 && states[name] && !(name == "not" && strings.ContainsAny(text, " :>+~,")) && !strings.Contains(text, " of "):
		kept.WriteString(":" + text)
	default:
		s.unsure = true
	}
}

func rawText(all []token) string {
	var b strings.Builder
	for i := range all {
		b.WriteString(all[i].text)
	}
	return b.String()
}

// matcher matches selectors with elements, and counts what that costs.
type matcher struct {
	work  *work.Meter
	steps int
	most  int            // of them
	known map[place]bool // of the selector in hand
}

// place is an element as one of the compounds of a selector.
type place struct {
	n *nethtml.Node
	i int
}

// How many compounds are compared with elements for one page: so many, and so many for
// each byte of it. Newsletters need a tenth.
const (
	stepsPerPage = 1 << 17
	stepsPerByte = 2
)

// spent reports whether no more is matched: what is then asked for counts as met, and the
// page as one that is beyond what is looked at.
func (m *matcher) spent() bool { return m.steps > m.most }

// step counts one comparison.
func (m *matcher) step() {
	const perStep = 4 // units of work
	m.steps++
	m.work.Spend(perStep)
}

// matches reports whether an element is met by a selector.
func (m *matcher) matches(n *nethtml.Node, s *selector) bool {
	last := len(s.compounds) - 1
	if !m.compound(n, s, last) {
		return false
	}
	if last == 0 {
		return true
	}
	m.known = map[place]bool{}
	return m.left(n, s, last)
}

func (m *matcher) compound(n *nethtml.Node, s *selector, i int) bool {
	m.step()
	c := &s.compounds[i]
	return c.match == nil || m.spent() || c.match.Match(n)
}

// upTo reports whether an element is met by a selector up to its i-th compound.
func (m *matcher) upTo(n *nethtml.Node, s *selector, i int) bool {
	at := place{n, i}
	met, known := m.known[at]
	if !known {
		met = m.compound(n, s, i) && m.left(n, s, i)
		m.known[at] = met
	}
	return met
}

// left reports whether what stands left of the i-th compound is met too, from an
// element that it met.
func (m *matcher) left(n *nethtml.Node, s *selector, i int) bool {
	if i == 0 {
		return true
	}
	combinator := s.combinators[i]
	next := func(n *nethtml.Node) *nethtml.Node { return n.Parent }
	if combinator == '+' || combinator == '~' {
		next = func(n *nethtml.Node) *nethtml.Node { return n.PrevSibling }
	}
	for e := next(n); e != nil; e = next(e) {
		m.step()
		if m.spent() {
			return true
		}
		if e.Type != nethtml.ElementNode {
			continue
		}
		if m.upTo(e, s, i-1) {
			return true
		}
		if combinator == '>' || combinator == '+' {
			return false
		}
	}
	return false
}
