// Package known is what is known of mail clients and languages, as tables: how
// quoted mail, headers, sign-offs, closings, notices and signatures are worded. A row
// has a form and the client or the language it comes from.
//
// Beside the tables stands how a text is compared with them: as a reader sees it
// ([Visible]), folded ([Fold]), in plain form ([PlainForm]), and gone through once for
// all [Phrases] of a table. The package knows no lines and no HTML. It is pure.
package known
