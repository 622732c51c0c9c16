package laws

import "testing"

func TestDecode(t *testing.T) {
	for _, tc := range []struct {
		name, transfer, charset, raw string
		want                         string
		clean, ok                    bool
	}{
		{"nothing said", "", "", "Hello\r\n", "Hello\n", true, true},
		{"7bit with 8 bits", "7bit", "", "Gr\xfc\xdfe", "Gr\xfc\xdfe", false, true},
		{"8bit", "8BIT", "utf-8", "Grüße", "Grüße", true, true},
		{"not UTF-8", "8bit", "utf-8", "Gr\xfc\xdfe", "Gr\xfc\xdfe", false, true},
		{"latin", "8bit", "iso-8859-1", "Gr\xfc\xdfe", "Grüße", true, true},
		{"latin, mislabelled", "8bit", "latin-1", "\x84Gr\xfc\xdfe\x93", "„Grüße“", true, true},
		{"quoted", "quoted-printable", "utf-8", "Gr=C3=BC=\r\n=C3=9fe \t\r\n", "Grüße\n", true, true},
		{"quoted badly", "quoted-printable", "", "a=b =4", "a=b =4", false, true},
		{"base64", "base64", "utf-8", "R3LDvMOf\r\nZQ==\r\n", "Grüße", true, true},
		{"base64 without padding", "base64", "utf-8", "R3LDvMOfZQ", "Grüße", true, true},
		{"base64 broken", "base64", "utf-8", "R3LDvM*", "", false, false},
		{"unknown encoding", "uuencode", "", "x", "", false, false},
		{"unknown charset", "8bit", "x-klingon", "\xe9", "\xe9", true, false},
		{"unknown charset, ASCII", "8bit", "x-klingon", "x", "x", true, true},
		{"JIS without a label", "7bit", "", "\x1b$B2q5D\x1b(B", "会議", true, true},
		{"JIS as UTF-8", "7bit", "utf-8", "\x1b$B2q5D\x1b(B", "会議", true, true},
		{"KS without a label", "7bit", "us-ascii", "\x1b$)C\x0e8q?d\x0f ok", "목요 ok", true, true},
		{"GB without a label", "7bit", "", "~{;aRi~} ok", "会议 ok", true, true},
		{"Common Lisp", "7bit", "", "(format t \"~{~a~}~{foo~}\")", "(format t \"~{~a~}~{foo~}\")", true, true},
		{"a terminal", "7bit", "", "\x1b[31mred\x1b(B", "\x1b[31mred\x1b(B", true, true},
		{"JIS", "7bit", "iso-2022-jp", "\x1b$B2q5D\x1b(B", "会議", true, true},
		{"GB in escapes", "7bit", "hz-gb-2312", "~{;aRi~}", "会议", true, true},
		{"UTF-16", "8bit", "utf-16", "\xff\xfeH\x00i\x00", "Hi", true, true},
		{"UTF-7", "7bit", "utf-7", "Gr+APwA3w-e +- 1", "Grüße + 1", true, true},
	} {
		p := part{fields: [][]byte{[]byte("Content-Transfer-Encoding: " + tc.transfer + "\n")}, params: map[string]string{"charset": tc.charset}, body: []byte(tc.raw)}
		got, clean, ok := p.text()
		if got != tc.want || ok && clean != tc.clean || ok != tc.ok {
			t.Errorf("%s: %q, clean %t, ok %t; want %q, %t, %t", tc.name, got, clean, ok, tc.want, tc.clean, tc.ok)
		}
	}
}

func TestParts(t *testing.T) {
	for _, tc := range []struct{ name, raw, want string }{
		{"leaf", "A: b\n\nbody", `1 text/plain "body"`},
		{"no blank line", "A: b\nbody line\n", `1 text/plain "body line\n"`},
		{"no closing boundary", "Content-Type: multipart/mixed; boundary=x\n\n--x\n\na\n--x\n\nb\n", `1 text/plain "a" 2 text/plain "b\n"`},
		{"inner not closed", "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/alternative; boundary=xy\n\n--xy\n\na\n--x\n\nb\n--x--\n",
			`1.1 text/plain "a" 2 text/plain "b"`},
		{"prefix of another", "Content-Type: multipart/mixed; boundary=xy\n\n--xy\nContent-Type: multipart/alternative; boundary=x\n\n--x\n\na\n--x--\n--xy--\n", `1.1 text/plain "a"`},
		{"blanks behind", "Content-Type: multipart/mixed; boundary=\"x\"\n\n--x \t\n\na\n--x-- \n", `1 text/plain "a"`},
		{"mail in mail", "Content-Type: multipart/digest; boundary=x\n\n--x\n\nFrom: a\n\n--x--\n", `1 message/rfc822 "From: a\n"`},
		{"no boundary", "Content-Type: multipart/mixed\n\n--x\n\na\n", `1 multipart/mixed "--x\n\na\n"`},
		{"bad parameters", "Content-Type: text/html; charset=utf-8; charset=x; =\n\na", `1 text/html "a"`},
		{"header without end", "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/html\n--x--\n", `1 text/html ""`},
		{"blanks before the header", "   \nContent-Type: text/html\n\na", `1 text/html "a"`},
	} {
		if got := leaves(parse([]byte(tc.raw))); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}
