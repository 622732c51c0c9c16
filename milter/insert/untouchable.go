package insert

import (
	"bytes"
	"slices"
	"strings"
)

// Untouchable says why the author's text must stay as it is to the byte: the
// reason of package policy, "" when it may be edited. patch says that its subject
// is that of a patch.
//
// Only a text that is a patch or an armoured message is one: what is pasted into a
// letter, in part or whole, and words about it, are words of that letter.
func (r *Reading) Untouchable(patch bool) string {
	if r.page != nil {
		return ""
	}
	if r.isArmoured() {
		return "pgp"
	}
	if r.isPatch(patch) {
		return "patch"
	}
	return ""
}

// isArmoured reports whether OpenPGP signed or encrypted text of the author's.
func (r *Reading) isArmoured() bool {
	signed := false
	for i := range r.lines {
		l := &r.lines[i]
		if !l.own || !strings.HasPrefix(l.text, "-----BEGIN PGP ") {
			continue
		}
		switch l.text {
		case "-----BEGIN PGP MESSAGE-----": // RFC 9580 6.2
			if r.armour(i + 1) {
				return true
			}
		case "-----BEGIN PGP SIGNED MESSAGE-----": // RFC 9580 7
			signed = true
		case "-----BEGIN PGP SIGNATURE-----":
			if signed {
				return true
			}
		}
	}
	return false
}

// isPatch reports whether the text is a patch: one by its subject that has a diff, or
// nothing but a diff, or what git format-patch writes.
func (r *Reading) isPatch(titled bool) bool {
	ruled := false
	for i := range r.lines {
		l := &r.lines[i]
		switch {
		case !l.own:
		case l.text == patchRuler:
			ruled = true
		case beginsDiff(l.text):
			return titled || ((ruled || i == r.first()) && r.allDiff(i))
		}
	}
	return false
}

// patchRuler is the line between the message of a commit and its diff.
const patchRuler = "---"

// diffHeads are the beginnings of lines that begin a diff, or a commit before it.
var diffHeads = []struct{ begins, source string }{
	{"diff --git ", "git diff"},
	{"diff -", "diff -ur, diff -r of Mercurial"},
	{"Index: ", "Subversion, CVS"},
	{"+++ ", "a unified diff of any program"},
	{"@@ -", "a unified diff without its head"},
	{"# HG changeset patch", "Mercurial"},
}

func beginsDiff(text string) bool {
	if text == "" || strings.IndexByte("dI+@#", text[0]) < 0 {
		return false
	}
	for _, h := range diffHeads {
		if strings.HasPrefix(text, h.begins) {
			return true
		}
	}
	return false
}

// first is the author's first line, but for the name of the old file above that of
// the new.
func (r *Reading) first() int {
	for i := range r.lines {
		if r.lines[i].own && !strings.HasPrefix(r.lines[i].text, "--- ") {
			return i
		}
	}
	return -1
}

// diffLines are the beginnings of lines in a diff, beside those of its content.
var diffLines = []string{
	"diff ", "index ", "Index: ", "=====", "new file ", "deleted file ", "old mode ", "new mode ", "similarity ", "dissimilarity ",
	"rename ", "copy ", "Binary files ", "Only in ", "Property changes ", "Added: ", "Modified: ", "Deleted: ", "# ", "Property ", "___",
}

// allDiff reports whether all of the author's text from a line on is a diff, but for
// what stands below a delimiter: the version of git with nothing more, or a signature.
func (r *Reading) allDiff(from int) bool {
	for i := from; i < len(r.lines); i++ {
		l := &r.lines[i]
		switch {
		case !l.own:
			return true
		case l.text == "--":
			versioned := i+1 < len(r.lines) && strings.Trim(r.lines[i+1].text[:1], "0123456789") == ""
			return !versioned || i+2 >= len(r.lines) || !r.lines[i+2].own
		case strings.HasPrefix(l.text, "GIT binary patch"): // what follows is any letters
			return true
		case !r.inDiff(l):
			return false
		}
	}
	return true
}

// inDiff reports whether a line may belong to a diff: it begins with the sign of an
// added, removed or unchanged line, or as the head of a file does.
func (r *Reading) inDiff(l *line) bool {
	switch r.src[l.start] {
	case '+', '-', ' ', '\t', '@', '\\':
		return true
	}
	return slices.ContainsFunc(diffLines, func(begins string) bool { return strings.HasPrefix(l.text, begins) })
}

// armour reports whether base64 stands from line i on, below the fields that armour
// may have, up to its end or, if it was cut off, to that of the text.
func (r *Reading) armour(i int) bool {
	const short = 16
	longest := 0
	for _, l := range r.lines[i:] {
		switch {
		case strings.HasPrefix(l.text, "-----END PGP MESSAGE-----"):
			return longest > 0
		case isBase64(l.text):
			longest = max(longest, len(l.text))
		case longest > 0 || !isArmourField(l.text):
			return longest >= short
		}
	}
	return longest >= short
}

func isBase64(s string) bool {
	return len(strings.Trim(s, "=")) > 0 && len(bytes.Trim([]byte(s), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")) == 0
}

// isArmourField reports whether a line is a field of an armour's head, as "Version:
// GnuPG v2" (RFC 9580 6.2.2).
func isArmourField(s string) bool {
	name, _, ok := strings.Cut(s, ": ")
	return ok && slices.Contains([]string{"Version", "Comment", "Hash", "MessageID", "Charset"}, name)
}

// Marked says whether the marker is in the newest text.
func (r *Reading) Marked(marker string) bool {
	want := squeeze(marker)
	return want != "" && slices.ContainsFunc(r.lines, func(l line) bool { return l.own && holds(l.text, want) })
}
