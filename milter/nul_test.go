package milter

import (
	"slices"
	"strings"
	"testing"

	"sigmilter/milter/engine"
	"sigmilter/milter/miltertest"
)

// A field with a NUL is a field like others, in whatever pieces it comes, and no
// packet is answered that the MTA does not wait for an answer to.
func TestFieldReader(t *testing.T) {
	packet := func(data string) string { return "\x00\x00\x00" + string(rune(len(data))) + data }
	for in, want := range map[string]string{
		"LFrom\x00anna\x00":               "LFrom\x00anna\x00",
		"LFrom\x00an\x00na\x00\x00":       "LFrom\x00an\x1ana\x1a\x00",
		"LFrom\x00\x00anna\x00":           "LFrom\x00\x1aanna\x00",
		"LX\x00\x00":                      "LX\x00\x00",
		"LX\x00no end":                    "LX\x00no end",
		"L":                               "L",
		"BHello\x00there\x00you":          "BHello\x00there\x00you",
		"DL{a}\x00b\x00{c}\x00d\x00":      "DL{a}\x00b\x00{c}\x00d\x00",
		"MLFrom\x00SIZE=1\x00BODY=8\x00x": "MLFrom\x00SIZE=1\x00BODY=8\x00x",
	} {
		next := packet("Lnext\x00a\x00b\x00")
		whole := []byte(packet(in))
		for _, size := range []int{1, 2, 5, 6, len(whole)} {
			var r fieldReader
			got := slices.Clone(whole)
			for at := 0; at < len(got); at += size {
				end := min(at+size, len(got))
				r.read(got[at:end], len(got)-end)
			}
			if string(got) != packet(want) {
				t.Errorf("%q in pieces of %d: %q", in, size, got)
			}
			following := []byte(next)
			r.read(following, 0)
			if string(following) != packet("Lnext\x00a\x1ab\x00") {
				t.Errorf("after %q: %q", in, following)
			}
		}
	}
}

// The answer at end-of-message is the one the message gets.
func TestNULInAField(t *testing.T) {
	for _, length := range []int{0, 20_000, 60_000} {
		h := start(t, newEngine(), Options{HeaderBytes: 1 << 20, HeaderFields: 100})
		mta := h.dial()
		h.want(miltertest.NoReply)(mta.Mail("anna@contoso.com"))
		h.want(miltertest.NoReply)(mta.Rcpt("c@partner.example"))
		h.want(miltertest.NoReply)(mta.Header("X-Odd", strings.Repeat("x", length)+"a\x00b"))
		h.want(miltertest.NoReply)(mta.Header("From", "anna@contoso.com"))
		h.want(miltertest.Continue)(mta.EndOfHeaders())
		h.want(miltertest.NoReply)(mta.Body([]byte("Hello\r\n")))
		modifications, reply, err := mta.EndOfMessage()
		h.want(miltertest.Continue)(reply, err)
		if len(modifications) == 0 {
			t.Errorf("%d: it leaves as it came", length)
		}
		h.quit(mta)
		if got := h.only(); got.Header.Get("X-Odd") != strings.Repeat("x", length)+"a\x1ab" || got.outcome.Report.Action != engine.Signed {
			t.Errorf("%d: %+v", length, got.outcome.Report)
		}
	}
}
