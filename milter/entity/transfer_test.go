package entity

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestDecodeQuoted(t *testing.T) {
	tests := []struct{ in, want string }{
		{"plain", "plain"},
		{"a=3Db=3db", "a=b=b"},
		{"=C3=BC", "ü"},
		{"soft =\r\nbreak", "soft break"},
		{"soft =\nbreak", "soft break"},
		{"soft=  \t\r\nbreak", "softbreak"},
		{"hard\r\nbreak\n", "hard\r\nbreak\n"},
		{"blanks \t \r\ndropped  ", "blanks\r\ndropped"},
		{"kept=20\r\n", "kept \r\n"},
		{"bad =zz =4 ==41 =", "bad =zz =4 =A "},
		{"=\r\n=\r\nx", "x"},
		{"end=", "end"},
		{"8bit \xfc", "8bit \xfc"},
		{"=3D=\r\n", "="},
		{"", ""},
	}
	for _, tt := range tests {
		if got, err := decodeQuoted([]byte(tt.in), nil); err != nil || string(got) != tt.want {
			t.Errorf("%q: got %q, %v, want %q", tt.in, got, err, tt.want)
		}
		if n := quotedSize([]byte(tt.in)); n != len(tt.want) {
			t.Errorf("%q: size %d, want %d", tt.in, n, len(tt.want))
		}
		if got := decodedPieces(tt.in); got != tt.want {
			t.Errorf("%q: pieces %q, want %q", tt.in, got, tt.want)
		}
	}
}

// decodedPieces is what the pieces of quoted-printable decode to.
func decodedPieces(raw string) string {
	var out []byte
	for at := 0; at < len(raw); {
		at = walkQuotedLine([]byte(raw), at, func(p quotedPiece) {
			switch p.kind {
			case quotedLiteral:
				out = append(out, raw[p.start:p.end]...)
			case quotedEscape:
				out = append(out, p.value)
			}
		})
	}
	return string(out)
}

func TestEditQuoted(t *testing.T) {
	full := strings.Repeat("x", maxEncodedLine)
	tests := []struct {
		name, raw  string
		start, end int
		new, want  string
	}{
		{"start of a line", "one\r\ntwo\r\n", 5, 5, "new\r\n", "one\r\nnew\r\ntwo\r\n"},
		{"start of a line, no line end", "one\r\ntwo\r\n", 5, 5, "new", "one\r\nnew=\r\ntwo\r\n"},
		{"inside a line", "one\r\n", 1, 1, "new", "o=\r\nnew=\r\nne\r\n"},
		{"end of a line", "one\r\n", 3, 3, "new", "one=\r\nnew\r\n"},
		{"line end at the end of a line", "one\r\n", 3, 3, "\r\nnew", "one\r\nnew\r\n"},
		{"end of the part", "one", 3, 3, "new", "one=\r\nnew"},
		{"after a soft break", "one=\r\ntwo", 3, 3, "new", "one=\r\nnew=\r\ntwo"},
		{"before dropped blanks", "one  \r\n", 3, 3, "new", "one=\r\nnew=\r\n  \r\n"},
		{"before a soft break at the end", "one=", 3, 3, "new", "one=\r\nnew=\r\n="},
		{"empty part", "", 0, 0, "new", "new"},
		{"escapes", "", 0, 0, "a=b ü \r\n \t\r\nx ", "a=3Db =C3=BC=20\r\n =09\r\nx=20"},
		{"lone CR and LF", "", 0, 0, "a\rb\nc", "a=0Db=0Ac"},
		{"after a blank before a line end", "one x\r\n", 4, 4, "\r\nnew ", "one =\r\n\r\nnew=20=\r\nx\r\n"},
		{"delete inside a line", "one two three\r\n", 4, 8, "", "one three\r\n"},
		{"delete to the end of a line after a blank", "one two\r\n", 4, 7, "", "one =\r\n\r\n"},
		{"delete to the end of the part after a blank", "one two", 4, 7, "", "one =\r\n"},
		{"delete between soft breaks", "one=\r\ntwo=\r\nthree", 3, 6, "", "one=\r\n=\r\nthree"},
		{"delete a line", "one\r\ntwo\r\nthree", 5, 10, "", "one\r\nthree"},
		{"delete an escape", "a=C3=BCb", 1, 3, "", "ab"},
		{"delete half a character", "a=C3=BCb", 2, 3, "", "a=C3b"},
		{"delete would make an escape", "=4x1", 2, 3, "", "=4=\r\n1"},
		{"delete would make a soft break", "=x\r\ny", 1, 2, "", "==\r\n\r\ny"},
		{"delete joins lines that are too long", full[:70] + "\r\n" + full[:70], 70, 72, "", full[:70] + "=\r\n" + full[:70]},
		{"after a full line", full + "\r\n", 76, 76, "new", full[:75] + "=\r\nxnew\r\n"},
		{"after a full line that ends in a blank", full[:75] + " y\r\n", 76, 76, "new", full[:75] + "=\r\n =\r\nnew=\r\ny\r\n"},
		{"after a full line that ends in an escape", full[:73] + "=3D\r\n", 74, 74, "new", full[:73] + "=\r\n=3Dnew\r\n"},
		{"long new line", "", 0, 0, full + full, full[:75] + "=\r\n" + full[:75] + "=\r\nxx"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw := []byte(tt.raw)
			decoded, _ := decodeQuoted(raw, nil)
			changes := []change{{tt.start, tt.end, []byte(tt.new)}}
			got := patch(raw, editQuoted(raw, decoded, changes, lineEnds{"\r\n", "\r\n"}))
			if string(got) != tt.want {
				t.Errorf("got\n%q, want\n%q", got, tt.want)
			}
			if again, _ := decodeQuoted(got, nil); !bytes.Equal(again, patch(decoded, changes)) {
				t.Errorf("decodes to %q, want %q", again, patch(decoded, changes))
			}
		})
	}
}

func TestDecodeBase64(t *testing.T) {
	tests := []struct {
		in, want string
		damaged  bool
	}{
		{"", "", false},
		{"\r\n", "", false},
		{"YWJj", "abc", false},
		{"YW\r\nJj \tZA==\r\n\r\n", "abcd", false},
		{"YWI=", "ab", false},
		{"YWI", "", true},
		{"YWI=YWJj", "", true},
		{"YWI==", "", true},
		{"YW=j", "", true},
		{"Y===", "", true},
		{"YW-j", "", true},
		{"YWJj\r\n-- \r\nfooter", "", true},
		{"YWI=\r\nx", "", true},
		{"YQ=", "", true},
	}
	for _, tt := range tests {
		got, err := decodeBase64([]byte(tt.in), nil)
		if errors.Is(err, ErrDamaged) != tt.damaged || err == nil && string(got) != tt.want {
			t.Errorf("%q: got %q, %v", tt.in, got, err)
		}
	}
}

func TestEditBase64(t *testing.T) {
	line := strings.Repeat("YWJj", 19)
	tests := []struct {
		name, raw string
		changes   []change
		want      string
	}{
		{"aligned", "YWJj\r\nYWJj\r\n", []change{{3, 3, []byte("new")}}, "YWJj\r\nbmV3YWJj\r\n"},
		{"aligned inside a group", "YWJjYWJjYWJj", []change{{4, 4, []byte("new")}}, "YWJjYW5ld2JjYWJj"},
		{"shifts the rest", "YWJj\r\nYWJj\r\n", []change{{3, 3, []byte("x")}}, "YWJj\r\neGFiYw==\r\n"},
		{"shifts back", "YWJjYWJjYWJjYWJj\r\n", []change{{3, 3, []byte("x")}, {4, 5, nil}}, "YWJjeGFjYWJjYWJj\r\n"},
		{"at the end", "YWJj\r\n", []change{{3, 3, []byte("de")}}, "YWJjZGU=\r\n"},
		{"at the end after padding", "YWI=\r\n", []change{{2, 2, []byte("cde")}}, "YWJjZGU=\r\n"},
		{"at both ends", "YWJj\r\n", []change{{0, 0, []byte("123")}, {3, 3, []byte("456")}}, "MTIzYWJjNDU2\r\n"},
		{"empty", "\r\n", []change{{0, 0, []byte("abc")}}, "YWJj\r\n"},
		{"all deleted", "YWJj\r\n", []change{{0, 3, nil}}, "\r\n"},
		{"full lines", line + "\r\n" + line + "\r\n", []change{{0, 0, []byte("new")}}, "bmV3\r\n" + line + "\r\n" + line + "\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw := []byte(tt.raw)
			decoded, err := decodeBase64(raw, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := patch(raw, editBase64(raw, decoded, tt.changes, lineEnds{"\r\n", "\r\n"}))
			if string(got) != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if again, err := decodeBase64(got, nil); err != nil || !bytes.Equal(again, patch(decoded, tt.changes)) {
				t.Errorf("decodes to %q, %v", again, err)
			}
		})
	}
}

// TestTransferRandom edits random text in random places and looks at what comes
// out of the decoder, at the lines, and at what must not have changed.
func TestTransferRandom(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	ends := lineEnds{"\r\n", "\r\n"}
	text := func(n int) []byte {
		b := make([]byte, 0, n)
		for len(b) < n {
			b = append(b, []string{"a", "B", " ", "\t", "=", "\r\n", "ü", "4", "-", "word "}[r.IntN(10)]...)
		}
		return b
	}
	for _, tr := range []*transfer{quotedPrintable, base64Transfer} {
		for range 3000 {
			decoded := text(r.IntN(400))
			raw := tr.encode(decoded, ends)
			var changes []change
			for at := r.IntN(50); at <= len(decoded); at += 1 + r.IntN(100) {
				end := min(len(decoded), at+r.IntN(3)*r.IntN(60))
				if splitsLineEnd(decoded, at) || splitsLineEnd(decoded, end) {
					continue
				}
				c := change{at, end, nil}
				if r.IntN(3) > 0 {
					c.new = text(r.IntN(100))
				}
				changes, at = append(changes, c), end
			}
			got := patch(raw, tr.edit(raw, decoded, changes, ends))
			again, err := tr.decode(got, nil)
			if want := patch(decoded, changes); err != nil || !bytes.Equal(again, want) {
				t.Fatalf("%s: %q with %s is %q: %v\ngot  %q\nwant %q", tr.label, raw, show(changes), got, err, again, want)
			}
			if n := longestLine(string(got)); n > maxEncodedLine {
				t.Fatalf("%s: %q with %s is %q: line of %d", tr.label, raw, show(changes), got, n)
			}
		}
	}
}

func show(changes []change) string {
	var s []string
	for _, c := range changes {
		s = append(s, fmt.Sprintf("%d-%d %q", c.start, c.end, c.new))
	}
	return strings.Join(s, ", ")
}

func BenchmarkDecodeQuoted(b *testing.B) {
	raw := encodeQuoted([]byte(strings.Repeat("<p style=\"margin: 0\">Grüße aus München, mit freundlichem Gruß</p>\r\n", 700)), lineEnds{"\r\n", "\r\n"})
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		decodeQuoted(raw, nil)
	}
}
