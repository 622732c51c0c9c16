package main_test

import (
	"fmt"
	"strings"
)

// hostileMail makes messages that cost much, each of one kind and of about so many
// bytes. All are Alice's, so that they are to be signed.
var hostileMail = []struct {
	name string
	make func(size int) string
}{
	{"numbered parameters", func(size int) string {
		var field strings.Builder
		field.WriteString("text/plain")
		for i := 0; field.Len() < min(size, 200_000); i++ {
			fmt.Fprintf(&field, ";\r\n\tname*%d*=utf-8''a", i)
		}
		return hostileFields("Content-Type: "+field.String()) + hostileText
	}},
	{"guards and dates", func(size int) string {
		size = min(size, 800_000)
		guards := strings.Repeat("X-Sigmilter-Handled: Yes; v=1; d=contoso.com; s=x\r\n", size/100)
		return hostileFields(guards+"Date: "+strings.Repeat("(", size/4)+" Mon, 2 Nov 2026 09:00:00 +0000") + hostileText
	}},
	{"sender addresses", func(size int) string {
		return hostileFields("Sender: "+strings.Repeat("a <a@contoso.com>, (((((", min(size, 800_000)/24)) + hostileText
	}},
	{"encoded words", func(size int) string {
		return hostileFields("Subject: "+strings.Repeat("=?utf-8?Q?a?= ", min(size, 800_000)/15)+"\r\nReferences: "+strings.Repeat("<a@b> ", min(size, 100_000)/6)) + hostileText
	}},
	{"dense markup", hostileHTML("<a>", "x<b>", "<table><td>")},
	{"containers", hostileHTML(`<div id="Signature">`, `<div class="gmail_quote">`, `<blockquote type="cite">`)},
	{"formatting that is opened again", hostileHTML("<p><b><i><u>x", "<p><a href=x><font>y")},
	{"attributes and references", hostileHTML(`<p style="display:none;color:red;" a=b c=d>&amp;&nbsp;&#`, `<img src="cid:a"><!--`)},
	{"glued attributions", hostilePlain("On Mon, 2 Nov 2026 at 09:00, A <a@b.c> wrote:", "Am 02.11.2026 um 09:00 schrieb A:")},
	{"quotes and separators", hostilePlain(">>>> > >>>>\r\n", "-----Original Message-----\r\nFrom: a\r\n", "________________________________\r\n")},
	{"sign-offs", hostilePlain("Sent from my iPhone\r\n", "Best regards,\r\nAlice Muster\r\n-- \r\n")},
	{"shifts of ISO-2022-JP", func(size int) string {
		return hostileFields("Content-Type: text/plain; charset=iso-2022-jp") + strings.Repeat(strings.Repeat("\x1b$B!!\x1b(B", 80)+"\r\n", size/800)
	}},
	{"one long line", func(size int) string { return hostileFields("X: y") + strings.Repeat("word ", size/5) + "\r\n" }},
	{"many parts", func(size int) string {
		return hostileFields("Content-Type: multipart/mixed; boundary=b") + strings.Repeat("--b\r\n\r\nx\r\n", size/10) + "--b--\r\n"
	}},
	{"almost boundaries", func(size int) string {
		return hostileFields("Content-Type: multipart/mixed; boundary=b") + "--b\r\n\r\n" + strings.Repeat("--bb\r\n--\r\n-", size/11) + "\r\n--b--\r\n"
	}},
	{"deep nesting", func(size int) string {
		var body strings.Builder
		for i := 0; body.Len() < size; i++ {
			fmt.Fprintf(&body, "--b%d\r\nContent-Type: multipart/alternative; boundary=b%d\r\n\r\n", i, i+1)
		}
		return hostileFields("Content-Type: multipart/mixed; boundary=b0") + body.String()
	}},
	{"quoted-printable", func(size int) string {
		return hostileFields("Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable") + strings.Repeat("=3Cb=3E=\r\n", size/10)
	}},
}

const hostileText = "Hello\r\n\r\nOn Mon, 2 Nov 2026, B wrote:\r\n> x\r\n"

func hostileFields(more string) string {
	return "From: Alice Muster <alice@contoso.com>\r\nTo: ben@example.net\r\nSubject: Re: x\r\nMIME-Version: 1.0\r\n" + more + "\r\n\r\n"
}

// hostileHTML is HTML of one piece repeated, and behind it of the next.
func hostileHTML(pieces ...string) func(int) string {
	return func(size int) string {
		return hostileFields("Content-Type: text/html; charset=utf-8") + "<p>Hello</p>" + repeated(size, pieces)
	}
}

func hostilePlain(pieces ...string) func(int) string {
	return func(size int) string { return hostileFields("X: y") + "Hello\r\n" + repeated(size, pieces) }
}

func repeated(size int, pieces []string) string {
	var all strings.Builder
	for _, piece := range pieces {
		all.WriteString(strings.Repeat(piece, size/len(pieces)/len(piece)))
	}
	return all.String()
}
