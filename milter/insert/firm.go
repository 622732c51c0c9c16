package insert

import (
	"slices"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"sigmilter/milter/entity"
)

// standsUp are the declarations of the element around a block that no style sheet of
// the mail, and nothing that is handed down, can hide. The first is for browsers, the
// rest is what mail clients keep too, and what shall not be as it is at first.
//
// QUIRK: Gmail and Outlook on the web take all, position and z-index out, of the
// mail's own style too.
var standsUp = []string{
	"all:initial", "display:block", "visibility:visible", "opacity:1", "position:relative", "z-index:2147483647",
	"height:auto", "max-height:none", "overflow:visible", "clear:both", "unicode-bidi:isolate", "-webkit-text-security:none", "mso-hide:none",
	"color:#000000", "background:#ffffff", "font-family:sans-serif", "font-size:medium", "line-height:normal",
}

// Firm is a placement with the block in a form that stands up to the mail: in its own
// colours, with a style that is heeded before that of any sheet. Against are the
// properties that the sheets set on the elements in it.
func (p Placement) Firm(b *Block, against []string) Placement {
	p.Edits = slices.Clone(p.Edits)
	for i, e := range p.Edits {
		if from, to, ok := put(b, e.New); ok {
			p.Edits[i].New = e.New[:from] + firm(e.New[from:to], against) + e.New[to:]
		}
	}
	return p
}

// Put is the element of the block in HTML, as the placement puts it in or as it stands
// there already.
func (p *Placement) Put(b *Block) Element {
	for _, e := range p.Edits {
		if from, to, ok := put(b, e.New); ok {
			return Element{ID: b.ID(), HTML: e.New[from:to]}
		}
	}
	return p.Here
}

// put is where the element of a block stands in what an edit puts in.
func put(b *Block, text string) (from, to int, ok bool) {
	from = strings.Index(text, `<div id="`+b.ID()+`"`)
	to = strings.LastIndex(text, blockEnd) + len(blockEnd)
	return from, to, from >= 0 && to > from
}

// Elsewhere is a placement with the block at another place, AboveQuote, AtEnd or AtTop,
// and what it takes out with it; false when there is no such place.
func (r *Reading) Elsewhere(b Block, pl Placement, place string) (Placement, bool) {
	var e entity.Edit
	ok := true
	switch place {
	case AboveQuote:
		after, why := r.afterNewest(b)
		if ok = why == ""; ok {
			e, place = after.Edits[0], after.Placed
		}
	case AtEnd:
		e, ok = r.bottomEdit(b)
	default:
		e = r.topEdit(b)
	}
	if !ok {
		return pl, false
	}
	moved := pl
	moved.Edits, moved.Placed, moved.Here = nil, place, Element{}
	for _, old := range pl.Edits {
		if _, _, ours := put(&b, old.New); ours {
			old.New = ""
		}
		if old.Start < old.End || old.New != "" {
			moved.Edits = append(moved.Edits, old)
		}
	}
	moved.Edits = append(moved.Edits, e)
	slices.SortStableFunc(moved.Edits, func(a, b entity.Edit) int { return a.Start - b.Start })
	return moved, true
}

// firm is the element around a block, with the block, in its firm form.
func firm(wrapped string, against []string) string {
	const style = ` style="`
	before, rest, _ := strings.Cut(wrapped, style)
	own, rest, _ := strings.Cut(rest, `">`)
	declared := slices.Clone(standsUp)
	for d := range strings.SplitSeq(own, ";") {
		declared = append(declared, d)
	}
	return before + style + strings.Join(declared, "!important;") + `!important">` + withstanding(rest, against)
}

// withstanding is a block's HTML in which each element says itself what it looks like,
// of the properties in question.
func withstanding(source string, against []string) string {
	if len(against) == 0 {
		return source
	}
	var b strings.Builder
	z := nethtml.NewTokenizer(strings.NewReader(source))
	z.SetMaxBuf(0)
	for at := 0; ; {
		tt := z.Next()
		raw := source[at : at+len(z.Raw())]
		at += len(raw)
		if tt == nethtml.ErrorToken {
			b.WriteString(source[at-len(raw):])
			return b.String()
		}
		if t := z.Token(); tt == nethtml.StartTagToken && !void[t.DataAtom] {
			restyle(&t, against)
			raw = t.String()
		}
		b.WriteString(raw)
	}
}

// restyle gives an element a style of its own that is heeded before that of any sheet.
func restyle(t *nethtml.Token, against []string) {
	own := ""
	t.Attr = slices.DeleteFunc(t.Attr, func(a nethtml.Attribute) bool {
		if a.Key == "style" {
			own = a.Val
		}
		return a.Key == "style"
	})
	var declared []string
	said := map[string]bool{}
	for d := range strings.SplitSeq(own, ";") {
		property, _, ok := strings.Cut(d, ":")
		if ok {
			said[strings.ToLower(strings.TrimSpace(property))] = true
			declared = append(declared, strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(d), "!important"))+"!important")
		}
	}
	for _, property := range against {
		whole, _, _ := strings.Cut(property, "-")
		switch itself := said[property] || said[whole]; {
		case !itself:
			declared = append(declared, property+":"+plainValue(t, property)+"!important")
		case property == "font-family": // the mail may bring along a font of the name that it says
			declared = append(declared, "font-family:sans-serif!important")
		}
	}
	t.Attr = append(t.Attr, nethtml.Attribute{Key: "style", Val: strings.Join(declared, ";")})
}

// plainValues are the values of properties that leave an element as it is without them.
// Of those that are not here it is the initial one.
var plainValues = map[string]string{
	"visibility": "visible", "opacity": "1", "position": "static", "height": "auto", "max-height": "none", "overflow-x": "visible", "overflow-y": "visible",
	"text-indent": "0", "line-height": "normal", "letter-spacing": "normal", "word-spacing": "normal", "transform": "none", "clip-path": "none", "filter": "none",
	"color": "inherit", "font-size": "inherit", "font-family": "inherit", "vertical-align": "baseline", "-webkit-text-fill-color": "currentcolor", "white-space": "normal", "float": "none",
}

// displays are the values of display of elements that are neither blocks nor inline.
var displays = map[atom.Atom]string{
	atom.Table: "table", atom.Tbody: "table-row-group", atom.Thead: "table-header-group", atom.Tfoot: "table-footer-group", atom.Tr: "table-row",
	atom.Td: "table-cell", atom.Th: "table-cell", atom.Caption: "table-caption", atom.Li: "list-item",
}

func plainValue(t *nethtml.Token, property string) string {
	attribute := func(key, otherwise string) string {
		for _, a := range t.Attr {
			if a.Key == key && a.Val != "" && !strings.ContainsAny(a.Val, "!;:") {
				return a.Val
			}
		}
		return otherwise
	}
	switch property {
	case "display":
		if d, ok := displays[t.DataAtom]; ok {
			return d
		}
		if inline[t.DataAtom] {
			return "inline"
		}
		return "block"
	case "background-color":
		return attribute("bgcolor", "transparent")
	case "width":
		if w := attribute("width", "auto"); w == "auto" || strings.HasSuffix(w, "%") {
			return w
		} else {
			return w + "px"
		}
	}
	if v, ok := plainValues[property]; ok {
		return v
	}
	return "initial"
}
