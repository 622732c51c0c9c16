package policy

import (
	"strings"

	"sigmilter/milter/entity"
)

// The subject of a patch begins with words in brackets, as git format-patch and
// Mercurial's patchbomb write them: [PATCH], [PATCH v2 1/3], [RFC PATCH net-next],
// [libvirt PATCH], [OE-core][PATCH], [PATCHv2 2/5], [PATCH 1 of 3]. Any other word
// with capitals beside it is somebody's own: [PATCHDAY], [PATCH PANEL].

// patchTitle is what a subject says of a patch.
type patchTitle int

const (
	noPatch   patchTitle = iota
	likePatch            // the brackets of a patch, which others may write too: a diff has to show it
	surePatch            // with what a cover letter without a diff has too: its number, RFC
)

// TitledPatch reports whether the subject has the brackets of a patch.
func TitledPatch(h entity.Header) bool { return titleOf(h.Text("Subject")) != noPatch }

// isPatch reports whether the header alone says that the message is a patch. Patches
// are plain text: a mail with an HTML form must show a diff.
func isPatch(h entity.Header) bool {
	if titleOf(h.Text("Subject")) != surePatch {
		return false
	}
	switch entity.TypeOf(h.Get("Content-Type")) {
	case "text/plain", "multipart/mixed":
		return true
	}
	return false
}

// titleOf reads the brackets at the beginning of a subject.
func titleOf(subject string) patchTitle {
	const most, longest = 4, 60
	title := noPatch
	for range most {
		inside, rest, closed := strings.Cut(subject, "]")
		words, opened := strings.CutPrefix(inside, "[")
		if !opened || !closed || len(words) > longest {
			break
		}
		title = max(title, titleIn(strings.Fields(strings.ReplaceAll(words, ",", " "))))
		subject = strings.TrimLeft(rest, " ")
	}
	return title
}

// patchWords are the words in brackets that git and its users write in capitals.
var patchWords = map[string]struct {
	patch bool // it says that it is a patch
	sure  bool // nobody else writes it beside PATCH
}{
	"PATCH":     {patch: true},
	"PATCH/RFC": {patch: true, sure: true},
	"RFC/PATCH": {patch: true, sure: true},
	"RFC":       {sure: true},
	"RFT":       {sure: true},
	"RESEND":    {sure: true},
	"REPOST":    {sure: true},
	"AUTOSEL":   {}, // the stable branches of Linux
}

// titleIn reads the words in one pair of brackets.
func titleIn(words []string) patchTitle {
	patch, numbered, asked, other := false, false, false, false
	for i, w := range words {
		known, is := patchWords[w]
		version, glued := strings.CutPrefix(w, "PATCH")
		switch {
		case is:
			patch, asked = patch || known.patch, asked || known.sure
		case glued && isVersion(strings.TrimLeft(version, "_-")): // QUIRK: [PATCHv2], typed by hand
			patch = true
		case isVersion(w):
		case isFraction(w), w == "of" && isSeries(words, i):
			numbered = true
		case w != strings.ToLower(w):
			return noPatch
		default: // a branch or a project
			other = true
		}
	}
	if !patch {
		return noPatch
	}
	if numbered || (asked && !other) {
		return surePatch
	}
	return likePatch
}

// isVersion reports whether a word is v2 and the like.
func isVersion(w string) bool {
	return w != "" && (w[0] == 'v' || w[0] == 'V') && isDigits(w[1:])
}

// isFraction reports whether a word is that of a patch in a series: 1/3 or 01/n, and
// not 4/2026.
func isFraction(w string) bool {
	const digits = 3
	number, of, _ := strings.Cut(w, "/")
	return isDigits(number) && ((isDigits(of) && len(of) <= digits) || of == "n" || of == "N")
}

// isSeries reports whether numbers stand around the i-th word: "1 of 3".
func isSeries(words []string, i int) bool {
	return i > 0 && i+1 < len(words) && isDigits(words[i-1]) && isDigits(words[i+1])
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
