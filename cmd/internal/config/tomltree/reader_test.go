package tomltree

import (
	"strings"
	"testing"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"1B": 1, "25MB": 25_000_000, "150MiB": 150 << 20, "64 KiB": 64 << 10, "2GB": 2_000_000_000, "2GiB": 2 << 30, "3KB": 3000,
		"0MB": 0, "-1MB": 0, "1.5MB": 0, "MB": 0, "25": 0, "25mb": 0, "25TB": 0, "": 0,
		"8589934591GiB": 8589934591 << 30, "8589934592GiB": 0,
	} {
		if got, ok := parseSize(text); ok != (want != 0) || ok && got != want {
			t.Errorf("%q: got %d, %v; want %d", text, got, ok, want)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"to", "from", "signature", "reply_signature", "stop"}
	for word, want := range map[string]string{
		"signatur": "signature", "Signature": "signature", "STOP": "stop", "replysignature": "reply_signature", "frm": "from", "froms": "from",
		"t": "", "x": "", "disclaimer": "", "form": "", strings.Repeat("signature", 5): "",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}
