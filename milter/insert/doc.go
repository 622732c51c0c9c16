// Package insert finds where a person would have put a block in a mail's text,
// and what has to make room for it: a marker, a phone's sign-off, an old
// signature.
//
// A text, HTML or plain, is read as a list of visual lines ([Read]). Signs of older
// mail are gathered over all of them and weighed (evidence.go): elements that clients
// write, header blocks, "original message" lines and attribution lines ("On Monday
// Bob wrote:") beat what authors write as well, such as a list with From and To or
// lines that begin with >, whichever stands first. What remains is the author's own
// text, and the block goes after its last line. HTML and plain text of one message
// are made to agree ([Agree]). All knowledge of clients and
// languages is in tables (separators.go, builds.go, stems_west.go, containers.go, and
// those of the package known), a row per form with the mail client or language it comes
// from; the code knows none.
//
// An old signature is taken out line by line: each line of it is the person's own
// data or what nothing but a signature holds (knowledge.go), and what stands above
// and below it must not say that the data are what the mail is about (known.Announces).
// A line for which nothing speaks stays, whatever stands beside it.
//
// The result is a list of edits over the text; nothing is parsed into a tree
// and written anew. The package is pure: no sockets, files, clocks or
// configuration.
package insert
