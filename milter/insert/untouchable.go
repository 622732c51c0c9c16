package insert

import (
	"slices"
	"strings"
)

// untouchable are the beginnings of lines that say a text must stay as it is to
// the byte: signed or encrypted text, and patches.
var untouchable = []struct {
	reason string // of package policy
	begins string
	source string
}{
	{"pgp", "-----BEGIN PGP MESSAGE-----", "RFC 9580 6.2"},
	{"pgp", "-----BEGIN PGP SIGNED MESSAGE-----", "RFC 9580 7"},
	{"patch", "diff --git ", "git diff"},
	{"patch", "diff -ur", "diff -u"},
	{"patch", "+++ b/", "git diff"},
	{"patch", "@@ -", "a unified diff of any program"},
}

// Untouchable says why the author's text must stay as it is to the byte: the
// reason of package policy, "" when it may be edited.
func (r *Reading) Untouchable() string {
	if r.page != nil {
		return ""
	}
	for i := range r.lines {
		if !r.lines[i].own {
			continue
		}
		for _, u := range untouchable {
			if strings.HasPrefix(r.lines[i].text, u.begins) {
				return u.reason
			}
		}
	}
	return ""
}

// Marked says whether the marker is in the newest text.
func (r *Reading) Marked(marker string) bool {
	want := squeeze(marker)
	return want != "" && slices.ContainsFunc(r.lines, func(l line) bool { return l.own && holds(l.text, want) })
}
