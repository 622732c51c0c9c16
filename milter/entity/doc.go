// Package entity reads a MIME message as a tree of byte ranges and edits it by
// splicing bytes, never by writing it anew.
//
// A [Scanner] is fed the body as it arrives and finds the parts; a part is a
// pair of offsets into the original body, not a copy. A text leaf is opened
// with [Open], which decodes its transfer encoding and its charset to UTF-8;
// edits are given in offsets of that UTF-8 text and come back as splices over
// the original body, so that every byte outside an edit stays as it came: the
// preamble, the boundaries, the folding, soft line breaks of quoted-printable,
// bytes that do not decode.
//
// [Documents] tells which leaves a reader sees as the message. [Leaf.Apply] keeps
// charset and transfer encoding where the new text fits, and reads its own result
// back before it returns it: an edit that is not exact is an error instead.
//
// The package is pure: no sockets, files, clocks or configuration.
package entity
