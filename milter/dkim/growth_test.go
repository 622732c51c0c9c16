package dkim

import (
	"strings"
	"testing"
	"time"

	"sigmilter/milter/miltertest"
)

// places are where a repeated unit goes into a signed letter. The hash of the body is
// right in all but those in the body, so that the library gets as far as it can.
var places = []string{"field", "signed field", "name", "tag", "fields", "signed fields", "signatures", "body", "end of body"}

// grown is a letter, signed in some canonicalization, with a unit repeated in a place.
func grown(t testing.TB, canonicalization, place, before, unit, after string) func(n int) string {
	signed := sign(t, letter, canonicalization, "s1", "contoso.com")
	return func(n int) string {
		long := before + strings.Repeat(unit, n/len(unit)) + after
		switch place {
		case "field":
			return "X-Long: " + long + "\r\n" + signed
		case "signed field":
			return strings.Replace(signed, "Subject: ", "Subject: "+long, 1)
		case "name":
			return strings.Replace(signed, "h=From:Subject", "h=From:Subject:"+long, 1)
		case "tag":
			return strings.Replace(signed, "h=From:Subject", "h=From:Subject; "+long, 1)
		case "fields":
			return strings.Repeat("X-"+before+unit+after+": x\r\n", n/(6+len(before+unit+after))) + signed
		case "signed fields":
			names := strings.Repeat(":subject", maxNames-2)
			return strings.Repeat("Subject: "+before+unit+after+"\r\n", n/(10+len(before+unit+after))) + strings.Replace(signed, "h=From:Subject", "h=From"+names, 1)
		case "signatures":
			return strings.Repeat("DKIM-Signature: "+before+unit+after+"\r\n", n/(18+len(before+unit+after))) + signed
		case "body":
			return signed + long + "\r\nAnna\r\n"
		default:
			return signed + long
		}
	}
}

// verify looks for the signature of a letter, whatever comes of it.
func verify(raw string) {
	h, body := parsed(raw)
	if _, _, err := New(time.Minute, newZone().lookup).Verify(h, body, contoso); err != nil {
		panic(err)
	}
}

func TestSignaturesGrow(t *testing.T) {
	for _, trap := range []struct{ name, place, before, unit, after string }{
		{"names", "name", "", "a:", "b"},
		{"names of a field that is there", "name", "", "subject:", "b"},
		{"blanks in a name", "name", "a", " ", "b"},
		{"folds in a name", "name", "a", "\r\n ", "b"},
		{"tags", "tag", "", "x=;", ""},
		{"tags without a name", "tag", "", ";", ""},
		{"equals signs", "tag", "x", "=", ""},
		{"b tags", "tag", "x", "b=", ""},
		{"folds of a field", "field", "", "\r\n x", ""},
		{"folds of a signed field", "signed field", "", "\r\n x", ""},
		{"blanks in a signed field", "signed field", "", " ", "x"},
		{"fields", "fields", "a", "a", "a"},
		{"signed fields", "signed fields", "", "x", ""},
		{"folded signed fields", "signed fields", "x", "\r\n x", ""},
		{"signatures of others", "signatures", "d=", "x", ".example"},
		{"signatures of its own", "signatures", "d=contoso.com;", " ", "x"},
		{"signatures of many tags", "signatures", "", ";", ";;;;;;;;;d=x.example"},
		{"blank lines", "body", "", "\r\n", ""},
		{"blank lines at the end", "end of body", "", "\r\n", ""},
		{"lines of LF", "body", "", "\n", ""},
		{"lines of CR", "body", "", "\r", ""},
		{"lines of blanks", "body", "", " \r\n", ""},
		{"blanks", "body", "", " ", ""},
	} {
		for _, c := range []string{"simple", "relaxed"} {
			t.Run(c+" "+trap.name, func(t *testing.T) {
				miltertest.CheckGrowth(t, 64<<10, grown(t, c, trap.place, trap.before, trap.unit, trap.after), verify)
			})
		}
	}
}

// FuzzSignatureGrowth looks for a unit that costs more the more often it is repeated.
func FuzzSignatureGrowth(f *testing.F) {
	for i, s := range [][3]string{
		{"", "\r\n x", ""}, {"", "\r\n ", "x"}, {"", "from:", "x"}, {"x=", "a", ";"}, {"", "a", ""}, {"", "a\r\n\t", "b"}, {"d=contoso.com; h=", "a:", "b"}, {"", "\r\n", "x"}, {"x", "\n \r", ""},
	} {
		f.Add(i%2 == 0, byte(i%len(places)), s[0], s[1], s[2])
		f.Add(i%2 == 1, byte(i%len(places)), s[0], s[1], s[2])
	}
	f.Fuzz(func(t *testing.T, relaxed bool, place byte, before, unit, after string) {
		if unit == "" || len(before)+len(unit)+len(after) > 1<<10 {
			t.Skip()
		}
		c := "simple"
		if relaxed {
			c = "relaxed"
		}
		miltertest.CheckGrowth(t, 8<<10, grown(t, c, places[int(place)%len(places)], before, unit, after), verify)
	})
}
