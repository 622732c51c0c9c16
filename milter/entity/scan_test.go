package entity

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// outline writes each part as "ID type body", which is what most cases are about.
func outline(root *Part, body string) []string {
	var lines []string
	root.Walk(func(p *Part) bool {
		text := ""
		if len(p.Children) == 0 {
			text = fmt.Sprintf(" %q", body[p.BodyStart:p.BodyEnd])
		} else if !p.Closed {
			text = " open"
		}
		lines = append(lines, strings.TrimSpace(p.ID+" "+p.Media.Type)+text)
		return true
	})
	return lines
}

var scanCases = []struct {
	name, message string
	want          []string
}{
	{"single part", "Subject: x\n\nhello\n", []string{`1 text/plain "hello\r\n"`}},
	{"empty body", "Subject: x\n\n", []string{`1 text/plain ""`}},
	{"alternative in mixed", `Content-Type: multipart/mixed; boundary=out

preamble
--out
Content-Type: multipart/alternative; boundary="in"

--in

text
--in
Content-Type: text/html

<p>
--in--
epilogue of the inner
--out
Content-Type: image/png; name=x.png
Content-Transfer-Encoding: base64

iVBO
--out--
epilogue
`, []string{"multipart/mixed", "1 multipart/alternative", `1.1 text/plain "text"`, `1.2 text/html "<p>"`, `2 image/png "iVBO"`}},
	{"inner never closed", `Content-Type: multipart/mixed; boundary=out

--out
Content-Type: multipart/alternative; boundary=in

--in

text
--out

second
--out--
`, []string{"multipart/mixed", "1 multipart/alternative open", `1.1 text/plain "text"`, `2 text/plain "second"`}},
	{"boundary of a multipart that is over", `Content-Type: multipart/mixed; boundary=out

--out
Content-Type: multipart/alternative; boundary=in

--in

text
--out

second
--in
third
--out--
`, []string{"multipart/mixed", "1 multipart/alternative open", `1.1 text/plain "text"`, `2 text/plain "second\r\n--in\r\nthird"`}},
	{"nothing closed", `Content-Type: multipart/mixed; boundary=out

--out

text`, []string{"multipart/mixed open", `1 text/plain "text"`}},
	{"boundaries that begin alike", `Content-Type: multipart/mixed; boundary=b

--b
Content-Type: multipart/alternative; boundary=bb

--bb

one
--bbb
two
--bb--
--b

three
--b--
`, []string{"multipart/mixed", "1 multipart/alternative", `1.1 text/plain "one\r\n--bbb\r\ntwo"`, `2 text/plain "three"`}},
	{"inner boundary is the beginning of the outer", `Content-Type: multipart/mixed; boundary=bb

--bb
Content-Type: multipart/alternative; boundary=b

--b

one
--b--
--bb

three
--bb--
`, []string{"multipart/mixed", "1 multipart/alternative", `1.1 text/plain "one"`, `2 text/plain "three"`}},
	{"inner boundary equals the outer", `Content-Type: multipart/mixed; boundary=b

--b
Content-Type: multipart/alternative; boundary=b

--b

one
--b--
--b

two
--b--
`, []string{"multipart/mixed", "1 multipart/alternative", `1.1 text/plain "one"`, `2 text/plain "two"`}},
	{"blanks after boundaries", "Content-Type: multipart/mixed; boundary=\"b \"\n\n--b \t \n\none\n--b--\t\nrest --b\n", []string{"multipart/mixed", `1 text/plain "one"`}},
	{"lines that are no boundary", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n-- b\n--b x\n --b\n--b-\n--b--x\n---b\n--B\n--\nx--b\n--b--", []string{"multipart/mixed",
		`1 text/plain "-- b\r\n--b x\r\n --b\r\n--b-\r\n--b--x\r\n---b\r\n--B\r\n--\r\nx--b"`}},
	{"boundary never occurs", "Content-Type: multipart/mixed; boundary=b\n\nhello\n", []string{`multipart/mixed "hello\r\n"`}},
	{"no boundary parameter", "Content-Type: multipart/mixed\n\n--\n\nhello\n", []string{`multipart/mixed "--\r\n\r\nhello\r\n"`}},
	{"boundary with dashes at its end", "Content-Type: multipart/mixed; boundary=b--\n\n--b--\n\none\n--b----\n", []string{"multipart/mixed", `1 text/plain "one"`}},
	{"message is a leaf", `Content-Type: multipart/mixed; boundary=b

--b
Content-Type: message/rfc822

Content-Type: multipart/mixed; boundary=c

--c

inside
--c--
--b--
`, []string{"multipart/mixed", `1 message/rfc822 "Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\ninside\r\n--c--"`}},
	{"digest", "Content-Type: multipart/digest; boundary=b\n\n--b\n\nFrom: x\n\nhi\n--b\nContent-Type: text/plain\n\nhi\n--b--\n", []string{"multipart/digest",
		`1 message/rfc822 "From: x\r\n\r\nhi"`, `2 text/plain "hi"`}},
	{"no blank line after the header", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n<p>\n--b--\n", []string{"multipart/mixed", `1 text/html "<p>"`}},
	{"no header at all", "Content-Type: multipart/mixed; boundary=b\n\n--b\n<p>\n--b--\n", []string{"multipart/mixed", `1 text/plain "<p>"`}},
	{"header and no body", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n--b\n--b--\n", []string{"multipart/mixed", `1 text/html ""`, `2 text/plain ""`}},
	{"empty body of a part", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n--b\n\n\n--b--\n", []string{"multipart/mixed", `1 text/html ""`, `2 text/plain ""`}},
	{"ends in a part's header", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html", []string{"multipart/mixed open", `1 text/html ""`}},
	{"boundary at the very start", "Content-Type: multipart/mixed; boundary=b\n\n--b--", []string{`multipart/mixed "--b--"`}},
	{"inner boundary right after the header", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=c\n--c\n\nx\n--c--\n--b--", []string{"multipart/mixed", "1 multipart/mixed", `1.1 text/plain "x"`}},
	{"boundary in the epilogue", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n--b\n\ny\n--b--\n", []string{"multipart/mixed", `1 text/plain "x"`}},
}

func TestScan(t *testing.T) {
	for _, tt := range scanCases {
		for _, message := range []string{crlf(tt.message), tt.message} {
			t.Run(tt.name, func(t *testing.T) {
				root, body := scan(t, message, 1<<16)
				want := slices.Clone(tt.want)
				if !strings.Contains(message, "\r\n") {
					for i := range want {
						want[i] = strings.ReplaceAll(want[i], `\r\n`, `\n`)
					}
				}
				if got := outline(root, body); !slices.Equal(got, want) {
					t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
			})
		}
	}
}

// TestScanChunks feeds each case cut in two at every place, and byte by byte.
func TestScanChunks(t *testing.T) {
	for _, tt := range scanCases {
		t.Run(tt.name, func(t *testing.T) {
			root, body := scan(t, crlf(tt.message), 1<<16)
			want := dump(root)
			for i := range len(body) {
				s := NewScanner(root.Header, Limits{})
				s.Write([]byte(body[:i]))
				s.Write([]byte(body[i:]))
				got, err := s.Finish()
				if err != nil || dump(got) != want {
					t.Fatalf("cut at %d: %v\n%s\nwant\n%s", i, err, dump(got), want)
				}
			}
			if got, _ := scan(t, crlf(tt.message), 1); dump(got) != want {
				t.Errorf("byte by byte:\n%s\nwant\n%s", dump(got), want)
			}
		})
	}
}

func TestScanPart(t *testing.T) {
	root, _ := scan(t, crlf(`Content-Type: multipart/mixed; boundary=b

--b
Content-Type: application/pdf; name="=?utf-8?Q?Gr=C3=BC=C3=9Fe?="
content-disposition: ATTACHMENT
Content-Transfer-Encoding: Base64

--b
Content-Type: text/plain
Content-Disposition: inline; filename*=utf-8''x%20y

--b--
`), 7)
	one, two := root.Children[0], root.Children[1]
	if one.Disposition != "attachment" || one.Filename != "Grüße" || one.Encoding != "base64" || one.Parent != root {
		t.Errorf("first part: %+v", one)
	}
	if two.Disposition != "inline" || two.Filename != "x y" || two.Encoding != "7bit" {
		t.Errorf("second part: %+v", two)
	}
	if root.HeaderStart != -1 || root.BodyStart != 0 || !root.IsMultipart() || one.IsMultipart() {
		t.Errorf("root: %+v", root)
	}
	visited := 0
	root.Walk(func(*Part) bool { visited++; return false })
	if visited != 1 {
		t.Errorf("Walk went below a part after false: %d visits", visited)
	}
}

func TestScanLimits(t *testing.T) {
	mixed := Header{{"Content-Type", "multipart/mixed; boundary=b"}}
	nested := ""
	for i := range 5 {
		nested += fmt.Sprintf("--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n", i, i+1)
	}
	tests := []struct {
		name   string
		head   Header
		body   string
		limits Limits
		want   error
	}{
		{"parts", mixed, strings.Repeat("--b\n\n", 10), Limits{Parts: 11}, nil},
		{"too many parts", mixed, strings.Repeat("--b\n\n", 11), Limits{Parts: 11}, ErrTooManyParts},
		{"default parts", mixed, strings.Repeat("--b\n\n", DefaultParts), Limits{}, ErrTooManyParts},
		{"depth", Header{{"Content-Type", "multipart/mixed; boundary=b0"}}, nested, Limits{Depth: 6}, nil},
		{"too deep", Header{{"Content-Type", "multipart/mixed; boundary=b0"}}, nested, Limits{Depth: 5}, ErrTooDeep},
		{"header", mixed, "--b\nA: 12345\n\n", Limits{HeaderBytes: 10}, nil},
		{"header too long", mixed, "--b\nA: 123456\n\n", Limits{HeaderBytes: 9}, ErrHeaderTooLong},
		{"header of many fields", mixed, "--b\n" + strings.Repeat("A: 1\n", 21), Limits{HeaderBytes: 100}, ErrHeaderTooLong},
		{"fields", mixed, "--b\nA: 1\n 2\n\n--b\nA: 1\n", Limits{Fields: 2}, nil},
		{"too many fields in two parts", mixed, "--b\nA: 1\nA: 2\n\n--b\nA: 1\n\n", Limits{Fields: 2}, ErrTooManyFields},
		{"parameters", mixed, "--b\nContent-Type: text/plain" + strings.Repeat("; a=b", maxParams) + ";\n\n", Limits{}, nil},
		{"too many parameters", mixed, "--b\nContent-Type: text/plain" + strings.Repeat("; a=b", maxParams+1) + "\n\n", Limits{}, ErrTooManyFields},
		{"too many parameters of a disposition", mixed, "--b\nContent-Disposition: inline" + strings.Repeat("; a=b", maxParams+1) + "\n\n", Limits{}, ErrTooManyFields},
		{"too many parameters of the root", Header{{"Content-Type", "text/plain" + strings.Repeat("; a=b", maxParams+1)}}, "x", Limits{}, ErrTooManyFields},
		{"header never ends", mixed, "--b\nA: " + strings.Repeat("x", DefaultHeaderBytes), Limits{}, ErrHeaderTooLong},
	}
	for _, tt := range tests {
		for _, chunk := range []int{1, 1 << 20} {
			t.Run(fmt.Sprintf("%s by %d", tt.name, chunk), func(t *testing.T) {
				s := NewScanner(tt.head, tt.limits)
				for c := range slices.Chunk([]byte(tt.body), chunk) {
					if n, err := s.Write(c); n != len(c) || err != nil {
						t.Fatalf("Write: %d, %v", n, err)
					}
				}
				root, err := s.Finish()
				if !errors.Is(err, tt.want) || (root == nil) != (tt.want != nil) {
					t.Errorf("got %v, %v, want %v", root, err, tt.want)
				}
			})
		}
	}
}

func TestScanLongBoundaryLine(t *testing.T) {
	for _, tt := range []struct{ blanks, parts int }{{maxBoundaryLine - 5, 1}, {maxBoundaryLine - 4, 0}} {
		body := "x\n--b" + strings.Repeat(" ", tt.blanks) + "\r\n\nx"
		if tt.parts == 1 {
			body = strings.Replace(body, "\r\n", "\n", 1)
		}
		for _, chunk := range []int{1, 999, 1000, 1001, 1 << 16} {
			root, err := scanBody(Header{{"Content-Type", "multipart/mixed; boundary=b"}}, body, chunk)
			if err != nil || len(root.Children) != tt.parts {
				t.Errorf("%d blanks by %d: %d parts, %v; want %d", tt.blanks, chunk, len(root.Children), err, tt.parts)
			}
		}
	}
}

// FuzzScan checks that the tree does not depend on how the body is cut, and that
// the ranges are nested and in order.
func FuzzScan(f *testing.F) {
	for _, tt := range scanCases {
		f.Add([]byte(crlf(tt.message)), uint16(3))
		f.Add([]byte(tt.message), uint16(1))
	}
	f.Fuzz(func(t *testing.T, message []byte, chunk uint16) {
		head, n := ParseHeader(message)
		body := string(message[n:])
		root, err := scanBody(head, body, len(body))
		again, errAgain := scanBody(head, body, int(chunk))
		if fmt.Sprint(err) != fmt.Sprint(errAgain) {
			t.Fatalf("errors differ: %v, %v", err, errAgain)
		}
		if err != nil {
			return
		}
		if a, b := dump(root), dump(again); a != b {
			t.Fatalf("by %d:\n%s\nwhole:\n%s", chunk, b, a)
		}
		root.Walk(func(p *Part) bool {
			at := p.BodyStart
			for _, c := range p.Children {
				if c.HeaderStart < at || c.headerEnd < c.HeaderStart || c.BodyStart < c.headerEnd {
					t.Fatalf("part %q out of order:\n%s", c.ID, dump(root))
				}
				at = c.BodyEnd
			}
			if p.BodyEnd < at || p.BodyEnd > int64(len(body)) {
				t.Fatalf("part %q ends at %d:\n%s", p.ID, p.BodyEnd, dump(root))
			}
			return true
		})
	})
}

func BenchmarkScanAttachment(b *testing.B) {
	line := strings.Repeat("A", 76) + "\r\n"
	body := []byte("--b\r\n\r\ntext\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		strings.Repeat(line, 25<<20/len(line)) + "--b--\r\n")
	head := Header{{"Content-Type", "multipart/mixed; boundary=b"}}
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		s := NewScanner(head, Limits{})
		for c := range slices.Chunk(body, 65535) {
			s.Write(c)
		}
		if root, err := s.Finish(); err != nil || len(root.Children) != 2 {
			b.Fatal(root, err)
		}
	}
}

func BenchmarkScanDashes(b *testing.B) {
	body := bytes.Repeat([]byte("--\n"), 8<<20)
	head := Header{{"Content-Type", "multipart/mixed; boundary=b"}}
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		s := NewScanner(head, Limits{})
		s.Write(body)
		s.Finish()
	}
}
