package entity

import (
	"fmt"
	"strings"
	"testing"

	"sigmilter/milter/miltertest"
)

// grown is an input of n bytes: a unit repeated between two ends.
func grown(before, unit, after string) func(n int) string {
	return func(n int) string { return before + strings.Repeat(unit, n/len(unit)) + after }
}

// numbered is an input of about n bytes of units that have a number.
func numbered(before, unit, after string) func(n int) string {
	return func(n int) string {
		var b strings.Builder
		b.WriteString(before)
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, unit, i)
		}
		return b.String() + after
	}
}

// both is an input of two halves.
func both(a, b func(n int) string) func(n int) string {
	return func(n int) string { return a(n/2) + b(n/2) }
}

// fieldTraps are values of one field on which a careless reader of parameters,
// encoded words or comments takes time that grows with the square of their length.
var fieldTraps = []struct {
	name string
	make func(n int) string
}{
	{"segments and their first one", both(numbered("text/plain; ", "a*%d=x; ", ""), grown("", "a*0=;", ""))},
	{"segments and their only one", both(numbered("text/plain; ", "a*%d=x; ", ""), grown("", "a*=;", ""))},
	{"segments, percent encoded", numbered("text/plain", "; a*%d*=%%41%%zz", "")},
	{"segments from the last to the first", func(n int) string {
		var b strings.Builder
		for i := n / 10; i >= 0; i-- {
			fmt.Fprintf(&b, "; name*%d=x", i)
		}
		return "text/plain" + b.String()
	}},
	{"segments of one long name", func(n int) string {
		name := strings.Repeat("a", n/400)
		return numbered("text/plain", "; "+name+"*%d=x", "")(n)
	}},
	{"first segments of many names", numbered("text/plain", "; a%d*0=x", "")},
	{"one segment of many apostrophes", grown("text/plain; a*='", "'", "")},
	{"names", numbered("text/plain", "; a%d=x", "")},
	{"equal names", grown("text/plain", "; charset=x", "")},
	{"names without a value", grown("text/plain", ";a", "")},
	{"equals signs", grown("text/plain;", "=", "")},
	{"stars", grown("text/plain; a", "*", "=x")},
	{"no semicolons", grown("text/plain; ", "a=x ", "")},
	{"no semicolons and no blanks", grown("text/plain; a=", "b=", "")},
	{"blanks in a value", grown("text/plain; a=", "x ", "")},
	{"blanks in a value, then an equals sign", grown("text/plain; a=", "x ", "=")},
	{"nothing but blanks", grown("text/plain; a=x", " ", "=")},
	{"tabs and folds", grown("text/plain; a=x", "\r\n\t y", "")},
	{"line ends in a value", grown("text/plain; a=x", "\r\n ", "")},
	{"quotes", grown("text/plain; ", `a="x";`, "")},
	{"quotes without end", grown("text/plain; ", `a="`, "")},
	{"quotes without end, a semicolon each", grown("text/plain; ", `a="x\";`, "")},
	{"escaped quotes", grown(`text/plain; a="`, `\"`, "")},
	{"backslashes", grown(`text/plain; a="`, `\`, "")},
	{"comments", grown("text/plain ", "(x)", "")},
	{"comments without end", grown("text/plain ", "(", "")},
	{"comments between names", grown("text/plain", "; a(x)=(x)b(x)", "")},
	{"comments in a value", grown("text/plain; a=", "x (y", "")},
	{"comments that open and are escaped", grown("text/plain ", `(\)`, "")},
	{"slashes of the type", grown("text", "/", "")},
	{"slashes of the type with blanks", grown("text", " / ", "")},
	{"slashes of the type with comments", grown("text", "(x)/", "")},
	{"semicolons", grown("text/plain", ";", "; a=b")},
	{"one long name", grown("text/plain; ", "a", "=x")},
	{"one long type", grown("text/", "a", "")},
	{"encoded words", grown("", "=?utf-8?q?a?= ", "")},
	{"encoded words of a charset", grown("", "=?koi8-r?q?=c1?= ", "")},
	{"encoded words of charsets by many names", numbered("", "=?x%d?q?a?= ", "")},
	{"encoded words that switch", grown("", "=?iso-2022-jp?b?GyRCRnxLXBsoQg==?=", "")},
	{"encoded words without a blank", grown("", "=?utf-8?b?YQ==?=", "")},
	{"encoded words without end", grown("", "=?utf-8?q?a", "")},
	{"encoded words without a text", grown("", "=?utf-8?q?", "")},
	{"encoded words of no encoding", grown("", "=?utf-8?x?a?= ", "")},
	{"encoded words that do not decode", grown("", "=?utf-8?b?a?= ", "")},
	{"encoded words with a long way between", both(grown("", "=?utf-8?q?a?=", ""), grown("", " ", ""))},
	{"beginnings of encoded words", grown("", "=?", "")},
	{"question marks", grown("=?", "?", "=")},
	{"one long encoded word", grown("=?utf-8?q?", "=c3=a4", "?=")},
	{"one long charset", grown("=?", "a", "?q?a?=")},
	{"folds", grown("x", "\r\n x", "")},
}

// readField does with a value what is done with any field of that kind.
func readField(value string) {
	h := Header{{"Content-Type", value}, {"Content-Disposition", value}, {"Subject", value}}
	ParseMediaType(value)
	TypeOf(value)
	SetParam(value, "charset", "utf-8")
	h.Text("Subject")
	root, err := NewScanner(h, Limits{}).Finish()
	if err == nil {
		Bodies(root)
	}
}

func TestFieldsGrow(t *testing.T) {
	for _, trap := range fieldTraps {
		t.Run(trap.name, func(t *testing.T) { miltertest.CheckGrowth(t, 8<<10, trap.make, readField) })
	}
}

// partTraps are messages, header and body, whose structure or whose parts' fields
// are such traps.
var partTraps = []struct {
	name string
	make func(n int) string
}{
	{"lines of dashes", grown(mixed+"--b\n\n", "--\n", "")},
	{"dashes", grown(mixed+"--b\n\n", "-", "")},
	{"near boundaries", grown(mixed+"--b\n\n", "--bx\n", "")},
	{"boundaries with blanks", grown(mixed+"--b\n\n", "--bx"+strings.Repeat(" ", 900)+"\n", "")},
	{"boundaries that begin alike", prefixes(grown("", "--"+strings.Repeat("b", 900)+"\n", ""))},
	{"boundaries that begin alike, with blanks", prefixes(grown("", "--bx"+strings.Repeat(" ", 900)+"\n", ""))},
	{"boundaries that are closed outside", prefixes(grown("", "--bb--\n", ""))},
	{"nested and closed again", nested},
	{"equal boundaries, nested", grown("Content-Type: multipart/mixed; boundary=b\n\n", "--b\nContent-Type: multipart/mixed; boundary=b\n\n", "")},
	{"parts", grown(mixed, "--b\n\nx\n", "--b--\n")},
	{"empty parts", grown(mixed, "--b\n", "")},
	{"closing boundaries", grown(mixed, "--b--\n", "")},
	{"parts with a long type", grown(mixed, "--b\nContent-Type: text/plain; name=\""+strings.Repeat("x ", 400)+"\"\n\n", "")},
	{"parts with segments", grown(mixed, "--b\nContent-Type: text/plain"+numbered("", "; name*%d=x", "")(800)+"\n\n", "")},
	{"fields of a part", grown(mixed+"--b\n", "a:\n", "\nx")},
	{"fields of parts", grown(mixed, "--b\n"+strings.Repeat("a:\n", 200)+"\n", "")},
	{"types of a part", grown(mixed+"--b\n", "Content-Type: text/plain\n", "\nx")},
	{"folds of a part", grown(mixed+"--b\nContent-Type: text/plain;\n", " a=b\n", "\nx")},
	{"segments of a part", both(numbered(mixed+"--b\nContent-Type: text/plain; ", "a*%d=x; ", ""), grown("", "a*0=;", "\n\nx"))},
	{"blanks in a parameter of a part", grown(mixed+"--b\nContent-Disposition: inline; filename=", "x ", "\n\nx")},
	{"names of files", grown(mixed, "--b\nContent-Disposition: inline; filename=order.txt\n\nx\n--b\nContent-Type: text/html; name=order.html\n\nx\n", "")},
	{"names of files, each another", numbered(mixed, "--b\nContent-Disposition: inline; filename=order%d.txt\n\nx\n", "")},
	{"names of encoded words", grown(mixed, "--b\nContent-Type: text/plain; name=\""+strings.Repeat("=?koi8-r?q?=c1?= ", 50)+"\"\n\nx\n", "")},
	{"roots of related parts", numbered("Content-Type: multipart/related; boundary=b; start=\"<no>\"\n\n", "--b\nContent-ID: <%d>\n\nx\n", "")},
	{"related in related", relatedIn},
	{"forms in forms", grown("Content-Type: multipart/alternative; boundary=b\n\n", "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\nx\n--c--\n", "")},
	{"digests", grown("Content-Type: multipart/digest; boundary=b\n\n", "--b\n\nSubject: x\n\nx\n", "")},
	{"text and pictures in turn", grown(mixed, "--b\n\nx\n--b\nContent-Type: image/png\n\nx\n", "")},
}

// prefixes nests multiparts whose boundaries begin alike around a body.
func prefixes(body func(n int) string) func(n int) string {
	return func(n int) string {
		var b strings.Builder
		for i := range DefaultDepth - 2 {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=%s\n\n--%[1]s\n", strings.Repeat("b", i+1))
		}
		return b.String() + "\n" + body(n)
	}
}

// nested opens and closes multiparts as deep as may be, again and again.
func nested(n int) string {
	var open, closed strings.Builder
	for i := range DefaultDepth - 2 {
		fmt.Fprintf(&open, "--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n", i, i+1)
		fmt.Fprintf(&closed, "--b%d--\n", DefaultDepth-2-i)
	}
	return grown("Content-Type: multipart/mixed; boundary=b0\n\n", open.String()+closed.String(), "")(n)
}

// relatedIn nests multipart/related as deep as may be, each with many parts.
func relatedIn(n int) string {
	var b strings.Builder
	for i := range DefaultDepth - 2 {
		fmt.Fprintf(&b, "Content-Type: multipart/related; boundary=b%d; start=\"<no>\"\n\n", i)
		b.WriteString(strings.Repeat(fmt.Sprintf("--b%d\nContent-ID: <x>\n\nx\n", i), n/1000))
		fmt.Fprintf(&b, "--b%d\n", i)
	}
	return b.String()
}

func TestPartsGrow(t *testing.T) {
	for _, trap := range partTraps {
		t.Run(trap.name, func(t *testing.T) { miltertest.CheckGrowth(t, 16<<10, trap.make, readTree) })
	}
}

// readTree finds the parts of a message, without limits but for the depth, each of
// whose levels looks for the boundaries of all around it.
func readTree(message string) {
	head, n := ParseHeader([]byte(message))
	head.Text("Subject")
	s := NewScanner(head, Limits{Parts: 1 << 30, HeaderBytes: 1 << 30, Fields: 1 << 30})
	body := []byte(message[n:])
	for len(body) > 0 {
		chunk := body[:min(len(body), 4<<10)]
		s.Write(chunk)
		body = body[len(chunk):]
	}
	if root, err := s.Finish(); err == nil {
		Bodies(root)
	}
}

// FuzzFieldGrowth looks for a unit that costs more the more often it is repeated.
func FuzzFieldGrowth(f *testing.F) {
	for _, s := range [][3]string{
		{"text/plain; ", "a*0=;", "a*1=x"}, {"text/plain; a=", "x ", "="}, {"a", " / ", "b"}, {"text/plain; ", `a="\";(`, ""},
		{"", "=?koi8-r?q?=c1?= ", ""}, {"=?", "utf-8?q?", "?="}, {"", "\r\n ", "x"}, {"text/plain", "(", `\)`}, {"x; a*0*=", "''%41;b*0=", ""},
		{"text/plain; ", "charset=b=", ""}, {"text/plain; a*", "*", "=x"},
	} {
		f.Add(s[0], s[1], s[2])
	}
	f.Fuzz(func(t *testing.T, before, unit, after string) {
		if unit == "" || len(before)+len(unit)+len(after) > 1<<10 {
			t.Skip()
		}
		miltertest.CheckGrowth(t, 4<<10, grown(before, unit, after), readField)
	})
}

// FuzzPartGrowth does the same with the lines of a body.
func FuzzPartGrowth(f *testing.F) {
	for _, s := range [][3]string{
		{"--b\n", "a:\n", "\n"}, {"--b\n\n", "--bx\n", ""}, {"", "--b\nContent-Type: multipart/mixed; boundary=b\n\n", ""}, {"", "--b--\n", "--b"},
		{"--b\nContent-Type: multipart/mixed; boundary=bb\n\n", "--bb\n\n--b\n", ""}, {"--b\n", "Content-Type: text/plain; name=", "\n"},
		{"--b\nContent-Type: text/plain;", "\n a*0=x;", "\n\n"}, {"", "\r\n--", ""}, {"--b", " ", "\n"},
	} {
		f.Add(s[0], s[1], s[2])
	}
	f.Fuzz(func(t *testing.T, before, unit, after string) {
		if unit == "" || len(before)+len(unit)+len(after) > 1<<10 {
			t.Skip()
		}
		miltertest.CheckGrowth(t, 4<<10, grown(mixed+before, unit, after), readTree)
	})
}
