package insert

import (
	"bytes"
	"slices"
	"strings"

	"sigmilter/milter/substance"
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

// Sealing is how much of the author's text is inside of OpenPGP that decodes.
type Sealing int

// The sealings.
const (
	Unsealed     Sealing = iota // none, or what is around it may be changed
	PartlySealed                // a part of it is signed where it stands
	Sealed                      // all of it is signed or encrypted
)

// Sealing reads the blocks of OpenPGP in the author's text.
func (r *Reading) Sealing() Sealing {
	var text []byte
	for i := range r.lines {
		if r.lines[i].own {
			text = append(append(text, r.lines[i].text...), '\n')
		}
	}
	signed, inside, around := false, false, false
	signature := pgpSignatures{text: text}
	for at := 0; at < len(text); {
		line, _, _ := bytes.Cut(text[at:], []byte("\n"))
		end := 0
		switch string(line) {
		case "-----BEGIN PGP MESSAGE-----":
			if a, ok := substance.ReadArmor(text[at:], true); ok && substance.Message.Is(a.Data, true) {
				end = at + a.Size
			}
		case "-----BEGIN PGP SIGNED MESSAGE-----":
			end = signature.after(at)
			signed = signed || end > 0
		}
		if end > 0 {
			inside, at = true, end
			continue
		}
		around = true
		at += len(line) + 1
	}
	switch {
	case inside && !around:
		return Sealed
	case signed:
		return PartlySealed
	}
	return Unsealed
}

// pgpSignatures finds the signatures in a text, each once.
type pgpSignatures struct {
	text  []byte
	start int // where one was found, or is still to be looked for
	end   int // where it ends; 0 unless it was found
}

// after is where the first signature after a place ends, 0 if there is none.
func (s *pgpSignatures) after(at int) int {
	const begin = "\n-----BEGIN PGP SIGNATURE-----\n"
	for s.end == 0 || s.start < at {
		s.start, s.end = max(s.start, at), 0
		i := bytes.Index(s.text[s.start:], []byte(begin))
		if i < 0 {
			s.start = len(s.text)
			return 0
		}
		s.start += i + 1
		if a, ok := substance.ReadArmor(s.text[s.start:], true); ok && substance.Signature.Is(a.Data, true) {
			s.end = s.start + a.Size
		}
	}
	return s.end
}

// Marked says whether the marker is in the newest text.
func (r *Reading) Marked(marker string) bool {
	want := squeeze(marker)
	return want != "" && slices.ContainsFunc(r.lines, func(l line) bool { return l.own && holds(l.text, want) })
}
