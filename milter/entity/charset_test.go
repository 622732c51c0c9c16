package entity

import (
	"errors"
	"strings"
	"testing"
)

// charsetCases is a text that each charset can write, with what it is labelled.
var charsetCases = []struct{ label, text string }{
	{"utf-8", "Grüße, 日本 — ✓"},
	{"us-ascii", "plain"},
	{"", "plain"},
	{"iso-8859-1", "Grüße"},
	{"windows-1252", "Grüße — “x”"},
	{"iso-8859-15", "5 € für Grüße"},
	{"koi8-r", "Привет"},
	{"windows-1251", "Привет — «x»"},
	{"iso-2022-jp", "日本語 mixed カナ end"},
	{"shift_jis", "日本語ソ表 mixed"},
	{"euc-jp", "日本語 mixed"},
	{"gb18030", "简体中文 — ✓"},
	{"gbk", "简体中文 —"},
	{"gb2312", "简体中文"},
	{"hz-gb-2312", "简体中文 ~ mixed"},
	{"big5", "繁體中文功"},
	{"euc-kr", "한국어"},
	{"ks_c_5601-1987", "한국어"},
	{"utf-16le", "Grüße 日本 😀"},
	{"utf-16be", "Grüße 日本 😀"},
	{"utf-16", "Grüße 日本 😀"},
	{"utf-32", "Grüße 日本 😀"},
	{"utf-32le", "Grüße 😀"},
	{"utf-32be", "Grüße 😀"},
	{"utf-7", "Grüße + 日本 😀 x"},
}

// written returns text in a charset, as a client would write it.
func written(t testing.TB, label, text string) []byte {
	t.Helper()
	switch label {
	case "utf-7":
		return []byte(strings.NewReplacer("+", "+-", "ü", "+APw-", "ß", "+AN8-", "日本", "+ZeVnLA-", "😀", "+2D3eAA-").Replace(text))
	case "utf-16":
		return append([]byte("\xff\xfe"), written(t, "utf-16le", text)...)
	case "utf-32":
		return append([]byte("\x00\x00\xfe\xff"), written(t, "utf-32be", text)...)
	}
	cs, err := lookupCharset(label)
	if err != nil {
		t.Fatal(err)
	}
	b, ok := cs.encode(text)
	if !ok {
		t.Fatalf("%q cannot be written in %q", text, label)
	}
	return b
}

func TestCharsetDecode(t *testing.T) {
	for _, tt := range charsetCases {
		t.Run(tt.label, func(t *testing.T) {
			src := written(t, tt.label, tt.text)
			cs, err := textCharset(strings.ToUpper(tt.label), src)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(cs.decodeAll(src)); got != tt.text {
				t.Errorf("got %q, want %q", got, tt.text)
			}
			// Whatever is cut off or damaged, the rest is there.
			for i := cs.mark; i < len(src); i++ {
				cs.decodeAll(src[:i])
				cs.decodeAll(append([]byte("\xff\x81\x1b~"), src[i:]...))
			}
			if cs.plain() || cs.whole != nil {
				return
			}
			if got := string(cs.decodeAll(append(src, "\x80"...))); !strings.HasPrefix(got, tt.text) {
				t.Errorf("with a stray byte: %q", got)
			}
		})
	}
}

func TestCharsetLabels(t *testing.T) {
	tests := []struct {
		label string
		in    string
		want  string
		known bool
	}{
		{"ASCII", "x", "x", true},
		{"ANSI_X3.4-1968", "\xfc", "\xfc", true},
		{"utf8", "ü", "ü", true},
		{"latin1", "\x93\xfc", "“ü", true},
		{"ISO_8859-1", "\x93", "“", true},
		{"iso8859-1", "\x93", "“", true},
		{"cp1252", "\x93", "“", true},
		{"x-sjis", "\x83\x5c", "ソ", true},
		{"unicode-1-1-utf-7", "+AOk-", "é", true},
		{"unicode-1-1-utf-8", "é", "é", true},
		{" koi8-r ", "\xd0", "п", true},
		{"iso-2022-kr", "\x1b$)C\x0eGQ1[\x0f ok", "한글 ok", true},
		{"cp50221", "\x1b$BF|\x1b(B", "日", true},
		{"iso-2022-jp-2", "", "", false},
		{"x-user-defined", "", "", false},
		{"x-unknown", "", "", false},
		{"utf-16", "x\x00", "", false},
		{"utf-32", "x\x00\x00\x00", "", false},
	}
	for _, tt := range tests {
		cs, err := textCharset(tt.label, []byte(tt.in))
		if (err == nil) != tt.known || err != nil && !errors.Is(err, ErrCharset) {
			t.Errorf("%q: %v", tt.label, err)
		} else if got := string(cs.decodeAll([]byte(tt.in))); err == nil && got != tt.want {
			t.Errorf("%q: %q is %q, want %q", tt.label, tt.in, got, tt.want)
		}
	}
}

func TestCharsetEncode(t *testing.T) {
	tests := []struct {
		label, text string
		fits        bool
	}{
		{"us-ascii", "x", true},
		{"us-ascii", "ü", false},
		{"", "ü", false},
		{"utf-8", "— 😀", true},
		{"iso-8859-1", "ü", true},
		{"iso-8859-1", "—", false},
		{"iso-8859-1", "\u0093", false}, // would be read as a quotation mark
		{"windows-1252", "—", true},
		{"windows-1252", "ł", false},
		{"iso-2022-jp", "日本", true},
		{"iso-2022-jp", "ü", false},
		{"iso-2022-jp", "日\n", true},
		{"hz-gb-2312", "中", true},
		{"hz-gb-2312", "中~", true},
		{"hz-gb-2312", "😀", false},
		{"shift_jis", "\\~", true},
		{"utf-16le", "😀", true},
		{"utf-7", "x", false},
	}
	for _, tt := range tests {
		cs, err := lookupCharset(tt.label)
		if err != nil {
			t.Fatal(err)
		}
		if _, fits := cs.encode(tt.text); fits != tt.fits {
			t.Errorf("%q in %q: fits is %v", tt.text, tt.label, fits)
		}
	}
}

// TestCharsetLocate looks for every character of a text and checks that the
// bytes in between are its own.
func TestCharsetLocate(t *testing.T) {
	for _, tt := range charsetCases {
		if tt.label == "utf-7" {
			continue // never written to
		}
		t.Run(tt.label, func(t *testing.T) {
			src := written(t, tt.label, tt.text)
			cs, err := textCharset(tt.label, src)
			if err != nil {
				t.Fatal(err)
			}
			for i := range tt.text {
				at, err := cs.locate(src, []byte(tt.text), []int{i, i})
				if cs.stateful && err != nil {
					continue
				}
				if err != nil || at[0] != at[1] {
					t.Fatalf("%d: %v, %v", i, at, err)
				}
				if got := string(cs.decodeAll(src[:at[0]])); got != tt.text[:i] {
					t.Errorf("before %d: %q", i, got)
				}
			}
		})
	}
}

func TestCharsetLocateStateful(t *testing.T) {
	tests := []struct {
		label, src, text string
		point, want      int
	}{
		{"iso-2022-jp", "ab\x1b$BF|\x1b(Bcd", "ab日cd", 0, 0},
		{"iso-2022-jp", "ab\x1b$BF|\x1b(Bcd", "ab日cd", 2, 2},
		{"iso-2022-jp", "ab\x1b$BF|\x1b(Bcd", "ab日cd", 5, 10},
		{"iso-2022-jp", "\x1b$BF|F|\x1b(B", "日日", 3, -1},
		{"iso-2022-jp", "\x1b$BF|\x1b(B\x1b$BF|\x1b(B", "日日", 3, 8},
		{"iso-2022-jp", "\x1b$BF|", "日", 3, -1},
		{"iso-2022-jp", "\x1b$BF|\nx", "日\nx", 4, 6},
		{"hz-gb-2312", "a~{VP~}b", "a中b", 1, 1},
		{"hz-gb-2312", "a~{VP~}b", "a中b", 4, 7},
		{"shift_jis", "\x83\x5cx", "ソx", 3, 2},
		{"shift_jis", "\x83\x5cx", "ソx", 1, -1},
		{"shift_jis", "\x83\x5cx", "ソx", 9, -1},
	}
	for _, tt := range tests {
		cs, _ := lookupCharset(tt.label)
		at, err := cs.locate([]byte(tt.src), []byte(tt.text+strings.Repeat(" ", 9)), []int{tt.point})
		got := -1
		if err == nil {
			got = at[0]
		} else if !errors.Is(err, ErrCharset) {
			t.Errorf("%v", err)
		}
		if got != tt.want {
			t.Errorf("%s %q at %d: got %d, want %d", tt.label, tt.src, tt.point, got, tt.want)
		}
	}
}

func TestDecodeUTF7(t *testing.T) {
	tests := []struct{ in, want string }{
		{"Hi Mom +Jjo--!", "Hi Mom ☺-!"},
		{"1 +- 1", "1 + 1"},
		{"+ZeVnLIqe", "日本語"},
		{"+2D3eAA-", "😀"},
		{"+AOk.", "é."},
		{"+", "\ufffd"},
		{"+A-", "\ufffd"},
		{"+AOkA-", "é\ufffd"},
		{"+2D0-", "\ufffd"},
		{"\xfc", "\ufffd"},
	}
	for _, tt := range tests {
		if got := string(decodeUTF7([]byte(tt.in))); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}
