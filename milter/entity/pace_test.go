package entity

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"sigmilter/milter/work"
)

// TestDecodingGivesWay: a large leaf is decoded in steps between which it is asked
// whether anybody still waits.
func TestDecodingGivesWay(t *testing.T) {
	const size = 8 << 20
	fill := func(unit string) []byte { return bytes.Repeat([]byte(unit), size/len(unit)) }
	for name, c := range map[string]struct {
		typ, encoding string
		body          []byte
		least         int // times it is asked
	}{
		"escapes":     {"text/plain; charset=utf-8", "quoted-printable", fill("=C3=A4"), 6},
		"one line":    {"text/plain; charset=utf-8", "quoted-printable", fill("x"), 1},
		"lines":       {"text/plain; charset=utf-8", "quoted-printable", fill(strings.Repeat("x", 70) + "=\r\n"), 6},
		"gb18030":     {"text/plain; charset=gb18030", "8bit", fill("\xc4\xe3\xba\xc3\r\n"), 6},
		"iso-2022-jp": {"text/plain; charset=iso-2022-jp", "7bit", fill("\x1b$B\x24\x22\x1b(B\r\n"), 6},
		"utf-16":      {"text/plain; charset=utf-16le", "base64", fill("aABlAGwAbABvAAoA"), 6},
		"base64":      {"text/plain; charset=utf-8", "base64", fill("aGVsbG8g"), 1},
		"odd blanks":  {"text/plain; charset=utf-8", "base64", fill("aGVs bG8g"), 6},
	} {
		asked := 0
		gone := errors.New("gone")
		open := func(until int) (err error) {
			asked = 0
			m := work.NewMeter(1<<40, func() error {
				if asked++; asked == until {
					return gone
				}
				return nil
			})
			p := &Part{Media: ParseMediaType(c.typ), Encoding: c.encoding, work: m}
			defer func() {
				if stop, ok := recover().(work.Stop); ok {
					err = stop.Err
				}
			}()
			_, err = Open(p, c.body)
			return err
		}
		if err := open(0); err != nil || asked < c.least {
			t.Errorf("%s: asked %d times, %v", name, asked, err)
		}
		if err := open(1); !errors.Is(err, gone) {
			t.Errorf("%s: it does not end, %v", name, err)
		}
	}
}
