package printed

import (
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"testing"
)

var escapes = []struct{ name, text, want string }{
	{"plain", "Zoë Müller, 部長 <a@b.c>\t1\n", "Zoë Müller, 部長 <a@b.c>\t1\n"},
	{"CSI", "a\x1b[2Jb", `a\u001b[2Jb`},
	{"title of the window", "\x1b]0;x\x07", `\u001b]0;x\u0007`},
	{"bell, backspace, DEL", "\a\b\x7f", `\u0007\u0008\u007f`},
	{"carriage return", "good\rbad", `good\u000dbad`},
	{"C1", "\u009b31m\u0085", `\u009b31m\u0085`},
	{"C1 as a byte", "a\x9b31m", `a\x9b31m`},
	{"no UTF-8", "\xe9\xff\xc3(", `\xe9\xff\xc3(`},
	{"the letter for broken ones", "\ufffd", "\ufffd"},
	{"direction", "\u202egnp.exe\u202c\u2066\u2069\u200e\u200f\u061c", `\u202egnp.exe\u202c\u2066\u2069\u200e\u200f\u061c`},
	{"no width", "a\u200bl\u2060i\ufeffc\u00ade", `a\u200bl\u2060i\ufeffc\u00ade`},
	{"other line ends", "a\u2028b\u2029c\vd\fe", `a\u2028b\u2029c\u000bd\u000ce`},
	{"joiners of our letters", "ali\u200dce\u200c", `ali\u200dce\u200c`},
	{"joiners where they belong", "می\u200cخواهم 👩\u200d💻", "می\u200cخواهم 👩\u200d💻"},
	{"above the first plane", "a\U000e0041", `a\udb40\udc41`},
}

func TestWriter(t *testing.T) {
	for _, tc := range escapes {
		t.Run(tc.name, func(t *testing.T) {
			for _, size := range []int{1, 2, 3, 1 << 10} { // a character may come in pieces
				var out strings.Builder
				w := NewWriter(&out)
				for rest := tc.text; rest != ""; {
					piece := rest[:min(size, len(rest))]
					if n, err := w.Write([]byte(piece)); n != len(piece) || err != nil {
						t.Fatal(n, err)
					}
					rest = rest[len(piece):]
				}
				if err := w.Flush(); err != nil || out.String() != tc.want {
					t.Errorf("in pieces of %d: got %q, want %q (%v)", size, out.String(), tc.want, err)
				}
			}
		})
	}
}

// JSON says the same behind the writer as before it.
func TestWriterKeepsJSON(t *testing.T) {
	for _, tc := range escapes {
		before, err := json.Marshal(tc.text)
		if err != nil {
			t.Fatal(err)
		}
		var want, got string
		var out strings.Builder
		NewWriter(&out).Write(before)
		if err := errors.Join(json.Unmarshal(before, &want), json.Unmarshal([]byte(out.String()), &got)); err != nil || got != want {
			t.Errorf("%s: %s became %s, which says %q: %v", tc.name, before, out.String(), got, err)
		}
		if i := strings.IndexFunc(out.String(), func(r rune) bool { return !shown(r, 3, 'م') }); i >= 0 {
			t.Errorf("%s: %q has a control character", tc.name, out.String())
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no disk") }

func TestWriterTellsErrors(t *testing.T) {
	w := NewWriter(broken{})
	if n, err := w.Write([]byte("a\xc3")); n != 0 || err == nil {
		t.Error(n, err)
	}
	if err := w.Flush(); err == nil {
		t.Error("no error")
	}
}

func TestExact(t *testing.T) {
	var out strings.Builder
	if Exact(NewWriter(&out)) != &out || Exact(&out) != &out {
		t.Error("not the writer below")
	}
}

func TestLineAndCell(t *testing.T) {
	const text = "a\r\nb\tc\x1b[m"
	if got := Line(text); got != `a\u000d\u000ab\u0009c\u001b[m` {
		t.Errorf("line %q", got)
	}
	if got := Cell(text); got != `a b c\u001b[m` {
		t.Errorf("cell %q", got)
	}
}

// A shell reads a word back as it was.
func TestWord(t *testing.T) {
	for _, s := range []string{"", "/etc/sigmilter/a.b-c_d+e", "a b", "a'b", "''", `a"b`, "$(id)", "`id`", `a\`, "a;b", "~", "#", "-n", "a\nb", "Müller’s", "*", "a=b"} {
		out, err := exec.Command("sh", "-c", "printf %s "+Word(s)).Output()
		if err != nil || string(out) != s {
			t.Errorf("%s is read as %q: %v", Word(s), out, err)
		}
	}
	if got := Word("/run/sigmilter/milter.sock"); got != "/run/sigmilter/milter.sock" {
		t.Errorf("quoted for nothing: %s", got)
	}
}
