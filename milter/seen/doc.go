// Package seen says whether a reader of an HTML mail sees a block that was put into
// it, or else what keeps it from being seen.
//
// The mail is read as a browser reads it: into the tree of the HTML standard, with
// the style sheets of the mail and the cascade of CSS. Looked at are the elements that
// the block is in, those of the block itself, and what may lie over them. Nothing is
// laid out: a verdict says that no element, attribute or declaration is there that
// could hide the block, for any width, medium and scheme of colours. What is not
// understood, of what can hide, counts as hiding.
//
// The package is pure: no sockets, files, clocks or configuration. Its costs are linear
// in the mail; beyond its limits it promises nothing.
package seen
