package insert

import (
	"strings"
	"testing"
)

// TestCapsTakeNothingOut: where a text has more than is looked at, what was not looked
// at stays.
func TestCapsTakeNothingOut(t *testing.T) {
	const signature = `<div id="Signature">Alice Muster<br>+49 30 123456-78</div>`
	const phone = `<div><a id=t></a>Sent from my iPhone</div>`
	for _, c := range []struct {
		name, text string
		removed    int // lines
		left       string
	}{
		{"a container", "<p>Hi</p>" + signature, 2, ""},
		{"many containers", "<p>Hi</p>" + strings.Repeat(`<div id="Signature">word</div>`, 200) + signature, 0, signature},
		{"a link to nothing in the element", `<p>Hi</p><a href="#u">u</a>` + phone, 1, ""},
		{"a link into the element", `<p>Hi</p><a href="#t">u</a>` + phone, 1, "<a id=t>"},
		{"many links", `<p>Hi</p>` + strings.Repeat(`<i title=#a`+">", 10) + startTags(`<a href="#n%d">u</a>`, mostTargets+1) + phone, 1, "<a id=t>"},
		{"a link of great length", `<p>Hi</p><a href="#` + strings.Repeat("n", longestTarget) + `">u</a>` + phone, 1, "<a id=t>"},
	} {
		pl, refusal := Read([]byte(c.text), Kind{HTML: true}).Place(testBlock, &all, &alice, false)
		if refusal != "" || len(pl.Removed) != c.removed {
			t.Errorf("%s: refused %q, removed %q", c.name, refusal, pl.Removed)
			continue
		}
		if signed := carried(t, c.text, pl); c.left != "" && !strings.Contains(signed, c.left) {
			t.Errorf("%s: %q is gone", c.name, c.left)
		} else if c.left == "" && strings.Contains(signed, "<a id=t>") {
			t.Errorf("%s: the element stays", c.name)
		}
	}
}

// TestManyPieces: a line of more pieces than signatures have speaks for none.
func TestManyPieces(t *testing.T) {
	k := know(&alice)
	if s := k.read("Tel. " + alice.Values[0] + strings.Repeat(" | a", mostPieces)); s.sense != strange {
		t.Errorf("sense %d", s.sense)
	}
}
