package migrate

import (
	"regexp"
	"strings"
)

// Product is where a template comes from.
type Product struct {
	Name  string // for the command line
	Title string
	// Syntaxes are how it writes placeholders, as far as its makers document it;
	// none for a product of which only the guard is known: then all are tried.
	Syntaxes []Syntax
	// Guard is the field that marks mail it has handled; empty when it has none or
	// it is not known.
	Guard string
	// Dishonoured says why guard.also_honour cannot see Guard; empty when it can.
	Dishonoured string
}

// Syntax is what stands around the name of a field.
type Syntax struct {
	Open, Close string
	// Sure says that whatever stands between is a placeholder; else it is one only
	// when the name is known: [1] is a footnote, [First name] is not.
	Sure bool
}

var (
	braces     = Syntax{"{", "}", true}
	twoBraces  = Syntax{"{{", "}}", true}
	percents   = Syntax{"%%", "%%", true}
	parens     = Syntax{"((", "))", true}
	brackets   = Syntax{"[", "]", false}
	twoBracket = Syntax{"[[", "]]", true}
)

// Products are those that a template can be imported from. The first takes any
// syntax.
//
// The syntaxes are those of: Microsoft's page on disclaimers and signatures in mail
// flow rules; CodeTwo's manuals of Exchange Rules 2007 (brackets) and of the
// template editor (braces, RT tags); Xink's questions and answers; Symprex's
// manual of Email Signature Manager (dynamic fields, conditional statements); for
// Exclaimer a course of a partner. The guards are those of the products' support
// pages and of mail they stamped.
var Products = []Product{
	{Name: "any", Title: "any product", Syntaxes: []Syntax{twoBraces, braces, percents, parens, twoBracket, brackets}},
	{Name: "exchange", Title: "Exchange mail flow rules", Syntaxes: []Syntax{percents}},
	{Name: "codetwo", Title: "CodeTwo Email Signatures 365, Exchange Rules", Syntaxes: []Syntax{braces}, Guard: "X-CodeTwoProcessed"},
	{Name: "codetwo-2007", Title: "CodeTwo Exchange Rules 2007", Syntaxes: []Syntax{{"[", "]", true}}},
	{Name: "exclaimer", Title: "Exclaimer", Syntaxes: []Syntax{braces}, Guard: "X-ExclaimerHostedSignatures-MessageProcessed"},
	{Name: "symprex", Title: "Symprex Email Signature Manager", Syntaxes: []Syntax{braces}},
	{Name: "xink", Title: "Xink", Syntaxes: []Syntax{parens}, Guard: "X-Xink-Handled"},
	{
		Name: "crossware", Title: "Crossware", Guard: "X-CWEsigProcessed",
		Dishonoured: "its value is Y, and guard.also_honour looks for Yes or True",
	},
	{
		Name: "sigsync", Title: "Sigsync", Guard: "X-Sigsync-Processed",
		Dishonoured: "only the value YesClient of its add-in is known, and guard.also_honour looks for Yes or True",
	},
	{Name: "templafy", Title: "Templafy", Guard: "X-ProcessedByTemplafy"},
	{Name: "wisestamp", Title: "WiseStamp", Guard: "X-Wisestamphostedsignatures-Messageprocessed"},
}

// Find returns the product of a name.
func Find(name string) (Product, bool) {
	for _, p := range Products {
		if p.Name == name {
			return p, true
		}
	}
	return Product{}, false
}

// syntaxes are those to look for.
func (p Product) syntaxes() []Syntax {
	if len(p.Syntaxes) == 0 {
		return Products[0].Syntaxes
	}
	return p.Syntaxes
}

// The names of a placeholder as editors write them, entities for blanks included.
const namePattern = `((?:[\p{L}\p{N} _.:#/'\x{a0}-]|&nbsp;|&#160;)+?)`

// The commands of Symprex and the RT (remove text) tags of CodeTwo.
const commandPattern = `\{\$(?:if|ifno) +[^{}]+\}|\{\$else\}|\{\$\}|\{/?(?i:rt)\}`

// pattern matches a command or a placeholder; group 1+i is the name in syntax i.
// Two opening signs come before one.
func pattern(syntaxes []Syntax) *regexp.Regexp {
	alternatives := []string{commandPattern}
	for _, s := range syntaxes {
		alternatives = append(alternatives, regexp.QuoteMeta(s.Open)+`\s*`+namePattern+`\s*`+regexp.QuoteMeta(s.Close))
	}
	return regexp.MustCompile(strings.Join(alternatives, "|"))
}
