package insert

import "golang.org/x/net/html/atom"

// rawText are the elements whose content is text to the tokenizer.
var rawText = map[atom.Atom]bool{
	atom.Plaintext: true, atom.Textarea: true, atom.Title: true, atom.Style: true, atom.Script: true,
	atom.Xmp: true, atom.Iframe: true, atom.Noembed: true, atom.Noframes: true,
}

// unseen are the elements whose text a reader of the mail does not see.
var unseen = map[atom.Atom]bool{
	atom.Head: true, atom.Title: true, atom.Style: true, atom.Script: true, atom.Template: true,
	atom.Iframe: true, atom.Noembed: true, atom.Noframes: true, atom.Datalist: true,
}

// void are the elements without content.
var void = map[atom.Atom]bool{
	atom.Area: true, atom.Base: true, atom.Br: true, atom.Col: true, atom.Embed: true, atom.Hr: true, atom.Img: true,
	atom.Input: true, atom.Link: true, atom.Meta: true, atom.Param: true, atom.Source: true, atom.Track: true, atom.Wbr: true,
}

// inline are the elements that do not break the line; any other does.
var inline = map[atom.Atom]bool{
	atom.A: true, atom.Abbr: true, atom.Acronym: true, atom.B: true, atom.Bdi: true, atom.Bdo: true, atom.Big: true, atom.Cite: true,
	atom.Code: true, atom.Data: true, atom.Del: true, atom.Dfn: true, atom.Em: true, atom.Font: true, atom.I: true, atom.Ins: true,
	atom.Kbd: true, atom.Label: true, atom.Mark: true, atom.Nobr: true, atom.Q: true, atom.S: true, atom.Samp: true, atom.Small: true,
	atom.Span: true, atom.Strike: true, atom.Strong: true, atom.Sub: true, atom.Sup: true, atom.Time: true, atom.Tt: true, atom.U: true,
	atom.Var: true, atom.Img: true, atom.Wbr: true, atom.Object: true, atom.Input: true, atom.Meta: true, atom.Link: true,
	atom.Base: true, atom.Style: true, atom.Script: true, atom.Button: true, atom.Map: true, atom.Area: true, atom.Ruby: true,
	atom.Rb: true, atom.Rt: true, atom.Rp: true, atom.Param: true, atom.Head: true, atom.Title: true,
	0: true, // unknown elements: Word's <o:p>, <st1:place>, <u1:p>
}

// phrasing are the blocks that hold text only.
var phrasing = map[atom.Atom]bool{
	atom.P: true, atom.Pre: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Address: true,
}

// controls are the elements that a reader sees or uses without text in them.
var controls = map[atom.Atom]bool{
	atom.Input: true, atom.Button: true, atom.Select: true, atom.Textarea: true, atom.Form: true, atom.Video: true, atom.Audio: true,
	atom.Iframe: true, atom.Object: true, atom.Embed: true, atom.Svg: true, atom.Canvas: true, atom.Meter: true, atom.Progress: true,
}

// structure are the elements that are never taken out and before which nothing
// can stand: cells, rows and items, the document itself.
var structure = map[atom.Atom]bool{
	atom.Html: true, atom.Body: true, atom.Head: true, atom.Tbody: true, atom.Thead: true, atom.Tfoot: true, atom.Tr: true,
	atom.Td: true, atom.Th: true, atom.Caption: true, atom.Colgroup: true, atom.Li: true, atom.Dt: true, atom.Dd: true,
}

// impliedBy are the open elements that a start tag ends by itself; one of a block that
// is not in the table ends a paragraph.
var (
	paragraph = []atom.Atom{atom.P}
	cell      = []atom.Atom{atom.Td, atom.Th}
	impliedBy = map[atom.Atom][]atom.Atom{
		atom.Li: {atom.Li}, atom.Dt: {atom.Dt, atom.Dd}, atom.Dd: {atom.Dt, atom.Dd},
		atom.Td: cell, atom.Th: cell, atom.Tr: {atom.Td, atom.Th, atom.Tr}, atom.Br: {}, atom.Option: {atom.Option},
	}
)

// headContent are the elements a <head> holds; any other ends it, whose end tag
// many mails lack.
var headContent = map[atom.Atom]bool{
	atom.Base: true, atom.Link: true, atom.Meta: true, atom.Noscript: true, atom.Script: true, atom.Style: true, atom.Template: true, atom.Title: true,
	0: true, // Word's <o:p>, <xml>
}

// elemKind is what these tables say of an element, which is asked at every tag.
type elemKind struct {
	slot                                    int // among the open elements, 0 for one that is found by its name
	inline, void, unseen, structure, inHead bool
	closes                                  []int // the slots of the elements that its start tag ends by itself
}

// elemKinds are those of all elements of the tables, and of the blocks of ordinary mail.
var elemKinds = func() map[atom.Atom]*elemKind {
	kinds := map[atom.Atom]*elemKind{}
	of := func(tag atom.Atom) *elemKind {
		if kinds[tag] == nil {
			kinds[tag] = &elemKind{slot: 1 + len(kinds)}
		}
		return kinds[tag]
	}
	for _, table := range []map[atom.Atom]bool{inline, void, unseen, structure, headContent, phrasing} {
		for tag := range table {
			of(tag)
		}
	}
	for _, tag := range []atom.Atom{atom.Blockquote, atom.Center, atom.Div, atom.Ol, atom.Option, atom.Table, atom.Ul} {
		of(tag)
	}
	for tag, k := range kinds {
		k.inline, k.void, k.unseen, k.structure, k.inHead = inline[tag], void[tag], unseen[tag], structure[tag], headContent[tag]
		closes, ok := impliedBy[tag]
		if !ok {
			closes = paragraph
		}
		for _, c := range closes {
			k.closes = append(k.closes, of(c).slot)
		}
	}
	kinds[0].slot = 0
	return kinds
}()

// otherKind is that of an element of no table: a block.
var otherKind = &elemKind{closes: []int{elemKinds[atom.P].slot}}

// elemKindOf is the kind of an element.
func elemKindOf(tag atom.Atom) *elemKind {
	if k := elemKinds[tag]; k != nil {
		return k
	}
	return otherKind
}
