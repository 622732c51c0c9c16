package known

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestTidy: a text is tidy when it has single blanks within and nothing but letters and
// signs that stand for themselves.
func TestTidy(t *testing.T) {
	pieces := []string{"a", "b", "word", "eight888", " ", " ", "  ", "\t", "\r\n", "\x00", "\x1f", "~", "!", "\x7f", "\u00a0", "ü", "\u00ad", "\u0301", "中", "\xff", "longer than eight"}
	random := rand.New(rand.NewPCG(1, 2))
	tidied := 0
	for range 100_000 {
		text := ""
		for range random.IntN(9) {
			text += pieces[random.IntN(len(pieces))]
		}
		want := strings.Trim(text, " ") == text && !strings.Contains(text, "  ") && !strings.ContainsFunc(text, func(r rune) bool {
			return r < ' ' || r >= 0x7f && r <= 0xa0 || r == 0xad || r >= Combining
		})
		if Tidy(text) != want {
			t.Fatalf("%q: %v", text, !want)
		}
		if want {
			tidied++
		}
	}
	if tidied < 1000 {
		t.Errorf("only %d texts are tidy", tidied)
	}
}
