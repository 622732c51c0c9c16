package insert

import "strings"

// Block is a rendered block in both forms.
type Block struct {
	Kind     BlockKind
	HTML     string
	Text     string
	Pictures []Picture // those the HTML refers to by cid:
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

// wrapped is the HTML of a block as it goes into a document: in an element of
// its own, by which it is found again.
func (b *Block) wrapped() string {
	class := b.Kind.class()
	return `<div id="` + class + `" class="` + class + `">` + strings.Trim(b.HTML, " \t\r\n") + "</div>\n"
}

// class is the class and the id of the element around a block. Clients prefix
// both when the mail is quoted.
func (k BlockKind) class() string {
	if k == "" {
		k = Signature
	}
	return "sigmilter-" + string(k)
}
