package entity

import (
	"strings"
	"testing"
)

// part is a message whose only part has that header and body.
func partOf(header string) string {
	return "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + header + "\n\nHello\n--b--\n"
}

// mixedOf is a message with that body of a multipart whose boundary is b.
func mixedOf(body string) string { return "Content-Type: multipart/mixed; boundary=b\n\n" + body }

func TestAmbiguous(t *testing.T) {
	const inner = "Content-Type: multipart/mixed; boundary=%\n\n"
	tests := []struct {
		name, message string
		want          Ambiguity
	}{
		{"type twice", partOf("Content-Type: text/plain\nContent-Type: text/html"), typeTwice},
		{"boundary of two fields", "Content-Type: multipart/mixed; boundary=a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n", typeTwice},
		{"charset of two fields", partOf("Content-Type: text/plain; charset=utf-8\nContent-Type: text/plain; charset=utf-7"), fieldTwice},
		{"encoding twice", partOf("Content-Transfer-Encoding: base64\ncontent-transfer-encoding: 7bit"), fieldTwice},
		{"disposition twice", partOf("Content-Disposition: inline\nContent-Disposition: attachment"), fieldTwice},
		{"boundary twice", "Content-Type: multipart/mixed; boundary=a; boundary=b\n\n--b\n\nx\n--b--\n", paramTwice},
		{"start twice", "Content-Type: multipart/related; boundary=b; start=a; start=c\n\n--b\n\nx\n--b--\n", paramTwice},
		{"charset twice", partOf("Content-Type: text/html; charset=utf-8; charset=utf-16"), charsetTwice},
		{"boundary in two notations", "Content-Type: multipart/mixed; boundary=a; boundary*0=b\n\n--b\n\nx\n--b--\n", paramNumbered},
		{"boundary in parts", "Content-Type: multipart/mixed; boundary*0=b; boundary*1=c\n\n--bc\n\nx\n--bc--\n", paramNumbered},
		{"charset in another notation", partOf("Content-Type: text/plain; charset*=''utf-8"), paramNumbered},
		{"boundary missing its semicolon", "Content-Type: multipart/mixed boundary=b\n\n--b\n\nx\n--b--\n", typeUnclear},
		{"comment behind a type", partOf("Content-Type: text/html (letter); charset=utf-8 (unicode)\nContent-Transfer-Encoding: 8bit (as is)"), ""},
		{"comment that has more", partOf("Content-Type: text/html (letter; charset=utf-7); charset=utf-8"), typeUnclear},
		{"comment in a type", partOf("Content-Type: text/(plain)html"), typeUnclear},
		{"words behind a type", partOf("Content-Type: text/html plain; charset=utf-8"), typeUnclear},
		{"boundary with a comment", "Content-Type: multipart/mixed; boundary=b (c)\n\n--b\n\nx\n--b--\n", boundaryUnclear},
		{"boundary with a blank at its end", "Content-Type: multipart/mixed; boundary=\"b \"\n\n--b\n\nx\n--b--\n", boundaryUnclear},
		{"boundary with blanks", "Content-Type: multipart/mixed; boundary=b c\n\n--b c\n\nx\n--b c--\n", boundaryUnclear},
		{"boundary in an open quote", "Content-Type: multipart/mixed; boundary=\"b\n\n--b\n\nx\n--b--\n", boundaryUnclear},
		{"boundary with a backslash", "Content-Type: multipart/mixed; boundary=\"b\\\"c\"\n\n--b\"c\n\nx\n--b\"c--\n", boundaryUnclear},
		{"boundary with 8 bits", "Content-Type: multipart/mixed; boundary=\"b\xe4\"\n\n--b\xe4\n\nx\n--b\xe4--\n", boundaryUnclear},
		{"boundary behind an escaped backslash", "Content-Type: multipart/mixed; x=\"a\\\\\"; boundary=b\n\n--b\n\nx\n--b--\n", boundaryUnclear},
		{"boundary in a comment", "Content-Type: multipart/mixed; x=y (; boundary=a); boundary=b\n\n--b\n\nx\n--b--\n", boundaryUnclear},
		{"boundary that is an encoded word", "Content-Type: multipart/mixed; boundary=\"=?utf-8?q?b?=\"\n\n--=?utf-8?q?b?=\n\nx\n", boundaryUnclear},
		{"boundary too long", "Content-Type: multipart/mixed; boundary=" + strings.Repeat("b", 71) + "\n\nx\n", boundaryUnclear},
		{"boundary cut at a slash", "Content-Type: multipart/mixed; boundary=b/c\n\n--b/c\n\nx\n--b/c--\n--b\n\nz\n--b--\n", boundaryCut},
		{"boundary cut within", "Content-Type: multipart/mixed; boundary=b=c\n\n--b=c\n\nx\n--b\n\nz\n--b=c--\n", boundaryCut},
		{"boundary cut at a later sign", "Content-Type: multipart/mixed; boundary=b/c=d\n\n--b/c=d\n\nx\n--b/c\n\nz\n--b/c=d--\n", boundaryCut},
		{"boundary cut, and blanks", "Content-Type: multipart/mixed; boundary=b:c\n\n--b:c\n\nx\n--b:c--\n--b \t\n\nz\n", boundaryCut},
		{"boundary cut, and quoted elsewhere", "Content-Type: multipart/mixed; x=\"b/c\"; boundary=b/c\n\n--b/c\n\nx\n--b/c--\n--b\n\nz\n--b--\n", boundaryCut},
		{"boundary cut of an inner multipart", mixedOf("--b\nContent-Type: multipart/alternative; boundary=i@j\n\n--i@j\n\nx\n--i\n\nz\n--i@j--\n--b--\n"), boundaryCut},
		{"boundary with a sign that nothing is cut at", "Content-Type: multipart/mixed; boundary=----=_Part_1\n\n------=_Part_1\n\nx\n-- \ny\n------=_Part\n------=_Part_1--\n", ""},
		{"boundary in quotes", "Content-Type: multipart/mixed; boundary=\"b/c\"\n\n--b/c\n\nx\n--b\n\nz\n--b/c--\n", ""},
		{"boundary cut at its end", "Content-Type: multipart/mixed; boundary=b?\n\n--b?\n\nx\n--b--\n--b?--\n", boundaryCut},
		{"boundary empty", "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\nx\n----\n", boundaryUnclear},
		{"boundary shared", mixedOf("--b\n" + strings.Replace(inner, "%", "b", 1) + "--b\n\nx\n--b--\n"), boundaryShared},
		{"boundary shared as the end", mixedOf("--b\n" + strings.Replace(inner, "%", "b--", 1) + "--b--\n\nx\n--b----\n"), boundaryShared},
		{"boundary and a blank and more", mixedOf("--b\n\nx\n--b y\n\nz\n--b--\n"), boundaryNear},
		{"boundary and a control", mixedOf("--b\n\nx\n--b\x0b\n\nz\n--b--\n"), boundaryNear},
		{"boundary and many blanks", mixedOf("--b\n\nx\n--b" + strings.Repeat(" ", 1200) + "\n\nz\n--b--\n"), boundaryNear},
		{"end and a blank and more", mixedOf("--b\n\nx\n--b-- y\n--b\n\nz\n--b--\n"), boundaryNear},
		{"boundary behind a bare CR", mixedOf("--b\n\nx\r--b\n\nz\n--b--\n"), boundaryBareCR},
		{"boundary between bare CRs", mixedOf("--b\n\nx\r--b\rContent-Type: text/html\r\rz\n--b--\n"), boundaryBareCR},
		{"boundary before a bare CR", mixedOf("--b\n\nx\n--b\rContent-Type: text/html\n\nz\n--b--\n"), boundaryNear},
		{"boundary behind the end", mixedOf("--b\n\nx\n--b--\n\n--b\n\nz\n--b--\n"), boundaryLate},
		{"multipart in base64", "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n--b\n\nx\n--b--\n", multipartCoded},
		{"NUL in a header", partOf("X-A: a\x00b"), headerControl},
		{"bare CR in a header", partOf("X-A: a\rContent-Type: text/html"), headerControl},
		{"blank before a colon", partOf("Content-Type : text/html"), headerBlank},
		{"line of blanks in a header", partOf("Content-Type: text/html\n \nX-A: b"), headerBlank},
		{"8 bits in a name", partOf("Content-Type\xa0: text/html"), headerEndless},
		{"no blank line", partOf("Content-Type: text/html\nHello\n"), headerEndless},
		{"a folded line first", partOf(" Content-Type: text/html"), headerEndless},
		{"line of blanks in the message's header", "Content-Type: text/plain;\n \n charset=utf-8\n\nHello\n", headerBlank},
		{"control in the message's header", "Content-Type: text/plain\x0c\n\nHello\n", headerControl},

		{"a letter", "Content-Type: text/plain; charset=utf-8\n\nHello\n", ""},
		{"no type", "Subject: x\n\nHello\n", ""},
		{"the same twice", "Content-Type: text/plain; charset=utf-8\nContent-Type: text/plain;\n charset=utf-8\nMIME-Version: 1.0\nMime-Version: 1.0\n\nHello\n", ""},
		{"the same parameter twice", "Content-Type: multipart/mixed; boundary=b; boundary=\"b\"\n\n--b\n\nx\n--b--\n", ""},
		{"a charset in two cases", partOf("Content-Type: text/plain; charset=utf-8; charset=UTF-8"), ""},
		{"a file name in two notations", partOf("Content-Type: application/pdf; name=a.pdf; name*=utf-8''%C3%A4.pdf\nContent-Disposition: attachment; filename=a.pdf; filename*0*=utf-8''%C3%A4; filename*1*=.pdf"), ""},
		{"a type without semicolon", partOf("Content-Type: text/html charset=utf-8"), ""},
		{"boundary of Outlook", "Content-Type: multipart/mixed;\n\tboundary=\"----=_NextPart_000_0012_01D9A4F2.5B1C2D30\"\n\n------=_NextPart_000_0012_01D9A4F2.5B1C2D30\n\nx\n------=_NextPart_000_0012_01D9A4F2.5B1C2D30--\n", ""},
		{"boundary without quotes", "Content-Type: multipart/mixed; boundary=--=_a.1:2?/3'4; charset=x\n\n----=_a.1:2?/3'4\n\nx\n", ""},
		{"blanks behind a boundary", mixedOf("--b  \n\nx\n--b--\t\n\nepilogue\n"), ""},
		{"end missing", mixedOf("--b\n" + strings.Replace(inner, "%", "c", 1) + "--c\n\nx\n--b\n\ny\n"), ""},
		{"end twice", mixedOf("--b\n\nx\n--b--\n--b--\n"), ""},
		{"words that begin as a boundary", mixedOf("--b\n\n-- \n--best regards\n--better\n--b--\n"), ""},
		{"boundary of another begins alike", mixedOf("--b\n" + strings.Replace(inner, "%", "bc", 1) + "--bc\n\nx\n--bc--\n--b--\n"), ""},
		{"bare CR in a text", mixedOf("--b\n\na\rb\r-- c\n--b--\n"), ""},
		{"a folded field", partOf("Content-Type: text/plain;\n\tcharset=utf-8;\n format=flowed"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, message := range []string{tt.message, crlf(tt.message)} {
				if strings.Contains(message, "\r\r\n") {
					continue
				}
				for _, chunk := range []int{1, 7, 1 << 20} {
					root, _ := scan(t, message, chunk)
					if p, why := Ambiguous(root); why != tt.want || (p == nil) != (why == "") {
						t.Errorf("in chunks of %d: %q, want %q", chunk, why, tt.want)
					}
				}
			}
		})
	}
}

// TestAmbiguousName: a milter is given field names as they came.
func TestAmbiguousName(t *testing.T) {
	root, err := scanBody(Header{{"Content-Type ", "text/html"}}, "Hello\n", 100)
	if err != nil {
		t.Fatal(err)
	}
	if _, why := Ambiguous(root); why != headerBlank {
		t.Errorf("%q", why)
	}
}

// TestMinor: what leaves the parts as they are.
func TestMinor(t *testing.T) {
	for why, want := range map[Ambiguity]bool{fieldTwice: true, charsetTwice: true, multipartCoded: true, typeTwice: false, boundaryNear: false, headerBlank: false} {
		if why.Minor() != want {
			t.Errorf("%s: %v", why, !want)
		}
	}
}

func TestHoldsFile(t *testing.T) {
	for text, want := range map[string]bool{
		"Hello\nbegin 644 a.txt\n#0V%T\n`\nend\n":                   true,
		"begin 644 a b.txt\r\nM" + strings.Repeat("A", 60) + "\r\n": true,
		"=ybegin line=128 size=3 name=a\nabc\n":                     true,
		"begin 644 things tomorrow\nand end them.\n":                false,
		"we begin 644 a.txt\n#0V%T\n":                               false,
		"begin now x\n#0V%T\n":                                      false,
		"begin 644 a.txt\n\n#0V%T\n":                                false,
		"":                                                          false,
	} {
		if got := HoldsFile([]byte(text), nil) != ""; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
