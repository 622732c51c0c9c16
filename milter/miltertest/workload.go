package miltertest

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"mime/quotedprintable"
	"strings"
)

// Workload is a message of a size and kind that mail is full of, for measuring.
// The same arguments give the same message, from alice@contoso.com.
type Workload struct {
	Name string
	Make func() []byte
}

// Workloads are what is measured, the small ones first.
var Workloads = []Workload{
	{"text-2k", func() []byte { return TextMail(2 << 10) }},
	{"reply-50k", func() []byte { return ReplyMail(2<<10, 48<<10) }},
	{"new-50k", func() []byte { return NewMail(50 << 10) }},
	{"calendar-4k", func() []byte { return CalendarMail(4 << 10) }},
	{"attachment-300k", func() []byte { return AttachmentMail(300 << 10) }},
	{"attachment-10m", func() []byte { return AttachmentMail(10 << 20) }},
	{"attachment-25m", func() []byte { return AttachmentMail(25 << 20) }},
}

// TextMail is a new message in plain text of about size bytes.
func TextMail(size int) []byte {
	w := newWriter()
	w.header("Status of the meters", "", "text/plain; charset=\"utf-8\"", "7bit")
	w.paragraphs(size, "%s\r\n\r\n")
	return w.bytes()
}

// ReplyMail is a reply as Outlook on the web writes it, an HTML alternative with
// about own bytes by the author and about quoted bytes of the thread below.
func ReplyMail(own, quoted int) []byte {
	w := newWriter()
	w.header("RE: Status of the meters", "<AM0PR07MB5432.eurprd07.prod.outlook.com>", `multipart/alternative; boundary="_000_alternative_"`, "")
	w.alternative(func(html bool) {
		if !html {
			w.paragraphs(own/4, "%s\r\n\r\n")
			w.print("________________________________\r\nFrom: Ben Ortiz <ben@fabrikam.example>\r\nSent: Friday, November 20, 2026 3:22 PM\r\nTo: Alice Muster <alice@contoso.com>\r\nSubject: Status of the meters\r\n\r\n")
			w.paragraphs(quoted/4, "%s\r\n\r\n")
			return
		}
		w.print(outlookHead)
		w.paragraphs(own*3/4, outlookParagraph)
		w.print(outlookSeparator)
		w.paragraphs(quoted*3/4, outlookParagraph)
		w.print("</body>\r\n</html>\r\n")
	})
	return w.bytes()
}

// NewMail is a new message as Outlook on the web writes it, an HTML alternative of
// about size bytes, all by the author.
func NewMail(size int) []byte {
	w := newWriter()
	w.header("Status of the meters", "", `multipart/alternative; boundary="_000_alternative_"`, "")
	w.alternative(func(html bool) {
		if !html {
			w.paragraphs(size/4, "%s\r\n\r\n")
			return
		}
		w.print(outlookHead)
		w.paragraphs(size*3/4, outlookParagraph)
		w.print("</body>\r\n</html>\r\n")
	})
	return w.bytes()
}

// CalendarMail is an invitation, which is to pass as it is, of about size bytes.
func CalendarMail(size int) []byte {
	w := newWriter()
	w.header("Acceptance of the meters", "", `multipart/alternative; boundary="_000_alternative_"`, "")
	w.print("--_000_alternative_\r\nContent-Type: text/plain; charset=\"utf-8\"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n")
	w.paragraphs(size, "%s\r\n\r\n")
	w.print("--_000_alternative_\r\nContent-Type: text/calendar; charset=\"utf-8\"; method=REQUEST\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" +
		"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nORGANIZER:mailto:alice@contoso.com\r\n" +
		"ATTENDEE:mailto:ben@fabrikam.example\r\nUID:acceptance-1\r\nDTSTART:20261124T090000Z\r\nDTEND:20261124T100000Z\r\n" +
		"SUMMARY:Acceptance of the meters\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n--_000_alternative_--\r\n")
	return w.bytes()
}

// AttachmentMail is a short new message with an attachment in base64, of about
// size bytes in all.
func AttachmentMail(size int) []byte {
	w := newWriter()
	w.header("The plans", "", `multipart/mixed; boundary="_004_mixed_"`, "")
	w.print("--_004_mixed_\r\nContent-Type: text/html; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	w.quoted(func() {
		w.print(outlookHead)
		w.paragraphs(1<<10, outlookParagraph)
		w.print("</body>\r\n</html>\r\n")
	})
	w.print("\r\n--_004_mixed_\r\nContent-Type: application/pdf; name=\"plans.pdf\"\r\nContent-Disposition: attachment; filename=\"plans.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	data := make([]byte, 57)
	for n := 0; n < size; n += 78 {
		for i := range data {
			data[i] = byte(w.random.Uint32())
		}
		w.print(base64.StdEncoding.EncodeToString(data) + "\r\n")
	}
	w.print("--_004_mixed_--\r\n")
	return w.bytes()
}

// PartsMail is a short new message with so many small attachments of text.
func PartsMail(attachments int) []byte {
	w := newWriter()
	w.header("The readings", "", `multipart/mixed; boundary="_004_mixed_"`, "")
	w.print("--_004_mixed_\r\nContent-Type: text/plain; charset=\"utf-8\"\r\n\r\n")
	w.paragraphs(1<<10, "%s\r\n\r\n")
	for i := range attachments {
		w.print(fmt.Sprintf("--_004_mixed_\r\nContent-Type: text/csv; name=\"%05d.csv\"\r\nContent-Disposition: attachment; filename=\"%05d.csv\"\r\n\r\nmeter,value\r\n%05d,%d\r\n", i, i, i, w.random.IntN(1000)))
	}
	w.print("--_004_mixed_--\r\n")
	return w.bytes()
}

// NestedMail is a new message of about size bytes below so many multiparts, one
// inside the other.
func NestedMail(depth, size int) []byte {
	w := newWriter()
	w.header("Status of the meters", "", `multipart/mixed; boundary="_level_0_"`, "")
	for i := range depth {
		w.print(fmt.Sprintf("--_level_%d_\r\nContent-Type: ", i))
		if i+1 < depth {
			w.print(fmt.Sprintf("multipart/mixed; boundary=\"_level_%d_\"\r\n\r\n", i+1))
		}
	}
	w.print("text/plain; charset=\"utf-8\"\r\n\r\n")
	w.paragraphs(size, "%s\r\n\r\n")
	for i := range depth {
		w.print(fmt.Sprintf("\r\n--_level_%d_--\r\n", depth-1-i))
	}
	return w.bytes()
}

const (
	outlookHead = "<html>\r\n<head>\r\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">\r\n" +
		"<style type=\"text/css\" style=\"display:none;\"> P {margin-top:0;margin-bottom:0;} </style>\r\n</head>\r\n<body dir=\"ltr\">\r\n"
	outlookParagraph = "<div class=\"elementToProof\" style=\"font-family: Aptos, Aptos_EmbeddedFont, Calibri, Helvetica, sans-serif; font-size: 11pt; color: rgb(0, 0, 0);\">\r\n%s</div>\r\n"
	outlookSeparator = "<div id=\"appendonsend\"></div>\r\n<hr style=\"display:inline-block;width:98%\" tabindex=\"-1\">\r\n" +
		"<div id=\"divRplyFwdMsg\" dir=\"ltr\"><font face=\"Calibri, sans-serif\" style=\"font-size:11pt\" color=\"#000000\"><b>From:</b> Ben Ortiz &lt;ben@fabrikam.example&gt;<br>\r\n" +
		"<b>Sent:</b> Friday, November 20, 2026 3:22 PM<br>\r\n<b>To:</b> Alice Muster &lt;alice@contoso.com&gt;<br>\r\n<b>Subject:</b> Status of the meters</font>\r\n<div>&nbsp;</div>\r\n</div>\r\n"
)

// workloadWriter builds a message.
type workloadWriter struct {
	out    strings.Builder
	random *rand.Rand
}

func newWriter() *workloadWriter {
	return &workloadWriter{random: rand.New(rand.NewPCG(1, 2))}
}

func (w *workloadWriter) bytes() []byte { return []byte(w.out.String()) }

func (w *workloadWriter) print(s string) { w.out.WriteString(s) }

// header writes 38 fields, as many as Microsoft 365 sends.
func (w *workloadWriter) header(subject, inReplyTo, contentType, encoding string) {
	for i := range 5 {
		w.print(fmt.Sprintf("Received: from AM0PR07MB%04d.eurprd07.prod.outlook.com (2603:10a6:208::%d) by\r\n AM0PR07MB5432.eurprd07.prod.outlook.com with Microsoft SMTP Server\r\n (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id\r\n 15.20.9000.%d; Fri, 20 Nov 2026 15:40:0%d +0000\r\n", 5000+i, i, i, i))
	}
	for _, name := range []string{"ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results", "DKIM-Signature"} {
		w.print(name + ": i=1; a=rsa-sha256; d=microsoft.com; s=arcselector10001; cv=none;\r\n" + w.base64Lines(5))
	}
	w.print("From: Alice Muster <alice@contoso.com>\r\nTo: Ben Ortiz <ben@fabrikam.example>\r\nSubject: " + subject + "\r\n" +
		"Thread-Topic: Status of the meters\r\nThread-Index: AdxZ1a0mC9+1aU2bQ0GmXoY0cB1qGg==\r\nDate: Fri, 20 Nov 2026 15:40:00 +0000\r\n" +
		"Message-ID: <AM0PR07MB5433.eurprd07.prod.outlook.com>\r\n")
	if inReplyTo != "" {
		w.print("References: " + inReplyTo + "\r\nIn-Reply-To: " + inReplyTo + "\r\n")
	} else {
		w.print("X-MS-Exchange-One: 1\r\nX-MS-Exchange-Two: 2\r\n")
	}
	w.print("Accept-Language: en-US\r\nContent-Language: en-US\r\nX-MS-Has-Attach:\r\nX-MS-TNEF-Correlator:\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: " + contentType + "\r\n")
	if encoding != "" {
		w.print("Content-Transfer-Encoding: " + encoding + "\r\n")
	} else {
		w.print("msip_labels:\r\n")
	}
	for i := range 13 {
		w.print(fmt.Sprintf("X-MS-Exchange-CrossTenant-Field-%02d: %s", i, strings.TrimLeft(w.base64Lines(1+i%3), " ")))
	}
	w.print("\r\n")
}

// base64Lines are folded lines of a field.
func (w *workloadWriter) base64Lines(n int) string {
	var b strings.Builder
	for range n {
		data := make([]byte, 48)
		for i := range data {
			data[i] = byte(w.random.Uint32())
		}
		b.WriteString(" " + base64.StdEncoding.EncodeToString(data) + "\r\n")
	}
	return b.String()
}

// alternative writes a text and an HTML form, both quoted-printable.
func (w *workloadWriter) alternative(form func(html bool)) {
	for _, kind := range []string{"plain", "html"} {
		w.print("--_000_alternative_\r\nContent-Type: text/" + kind + "; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
		w.quoted(func() { form(kind == "html") })
		w.print("\r\n")
	}
	w.print("--_000_alternative_--\r\n")
}

// quoted writes what f prints in quoted-printable.
func (w *workloadWriter) quoted(f func()) {
	before := w.out.String()
	w.out.Reset()
	f()
	text := w.out.String()
	w.out.Reset()
	w.out.WriteString(before)
	q := quotedprintable.NewWriter(&w.out)
	q.Write([]byte(text)) // to memory
	q.Close()
}

var workloadWords = strings.Fields(`the meter was read on site and gave values within what we agreed so that acceptance can go on
	as planned next week unless the cabinet in building seven needs another visit für Zähler größer über Müller café which
	takes two people half a day please let me know whether tuesday suits you or send me three dates of your own`)

// paragraphs writes paragraphs by a format until about size bytes are written.
func (w *workloadWriter) paragraphs(size int, format string) {
	for end := w.out.Len() + size; w.out.Len() < end; {
		var words []string
		for range 20 + w.random.IntN(40) {
			words = append(words, workloadWords[w.random.IntN(len(workloadWords))])
		}
		text := strings.Join(words, " ")
		w.print(fmt.Sprintf(format, strings.ToUpper(text[:1])+text[1:]+"."))
	}
}
