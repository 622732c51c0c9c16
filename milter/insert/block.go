package insert

import "strings"

// Block is a rendered block in both forms.
type Block struct {
	Kind     BlockKind
	HTML     string
	Text     string
	Pictures []Picture // those the HTML refers to by cid:
	// Shown is the visible text of the HTML, line by line, if it was read already.
	Shown []string
	// Name is a word that nobody can guess and that goes into the name of the element
	// around the block, so that no style sheet of the mail can mean it. A block with
	// one is enforced: only an element of ours that can be seen says that it is there
	// already. Empty for none.
	Name string
}

// BlockKind says what a block is: it decides where the block goes.
type BlockKind string

// The kinds of blocks, by the names of configuration and report.
const (
	Signature  BlockKind = "signature"  // after the author's newest text
	Disclaimer BlockKind = "disclaimer" // at the very end, below quoted mail
	Banner     BlockKind = "banner"     // above everything
)

// Picture is a picture that goes with a block's HTML as a part of its own.
type Picture struct {
	CID    string // Content-ID without its brackets; differs for every other picture in the world
	Name   string // file name
	Type   string // media type
	Base64 string // content in lines of 76 ended by CRLF
}

// wrapping is what the element around a block says besides its name, by where the
// block stands.
type wrapping struct {
	dir    string // the direction of its text, "" for that of the place
	rtl    bool   // its text runs from right to left
	gap    bool   // it is to be set off from the text right above it
	resets string // declarations against what the place hands down
}

// Declarations of the element around a block.
const (
	// keepsNoBreaks is for text whose line breaks are kept (white-space: pre-wrap),
	// and for text that is not wrapped.
	keepsNoBreaks = "white-space:normal"
	// setsOff is the blank line above a block. A margin, since it becomes one with
	// that of the paragraphs above and in it, while a <br> would come on top of
	// theirs; Outlook for Windows heeds margins of a <div>, but not its padding.
	setsOff = ";margin-top:1em"
)

// wrapped is the HTML of a block as it goes into a document where nothing is
// handed down to it.
func (b *Block) wrapped() string { return b.wrappedAs(wrapping{}) }

// wrappedAs is the HTML of a block as it goes into a document: in an element of
// its own, by which it is found again.
//
// The line end, which keeps lines of the source short, is within the element: where
// the document keeps line breaks one outside would be seen.
func (b *Block) wrappedAs(w wrapping) string {
	tag := `<div id="` + b.ID() + `" class="` + b.ID() + `"`
	if w.dir != "" {
		tag += ` dir="` + w.dir + `"`
	}
	tag += ` style="` + keepsNoBreaks
	if w.gap {
		tag += setsOff
	}
	return tag + w.resets + `">` + isolatedHTML(strings.Trim(b.HTML, " \t\r\n"), w.rtl) + blockEnd
}

// blockEnd is how the element around a block ends.
const blockEnd = "\n</div>"

// ID is the id and the class of the element around the block.
func (b *Block) ID() string {
	if b.Name == "" {
		return b.Kind.class()
	}
	return b.Kind.class() + "-" + b.Name
}

// class is the class and the id of the element around a block that has no name of its
// own, and how they begin for one that has. Clients prefix both when the mail is quoted.
func (k BlockKind) class() string {
	if k == "" {
		k = Signature
	}
	return "sigmilter-" + string(k)
}
