package milter

import (
	"strings"
	"testing"

	"sigmilter/milter/miltertest"
)

// TestBareCR: a CR without LF is a character like any other. Above and below the
// block it stays as it is, in what `sign` writes and in what an MTA is sent, and the
// block brings none.
func TestBareCR(t *testing.T) {
	const head = "From: anna@contoso.com\r\nTo: c@partner.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
	const quoted = "\r\n\r\nOn Monday, Bob wrote:\r\n> one\rtwo\r\r\n> three\r\n"
	for name, body := range map[string]string{
		"inside a line":       textPlain + "\r\n\r\nHello\rthere\r\nBye\r\n",
		"before a line end":   textPlain + "\r\n\r\nHello\r\r\nBye\r\r\n",
		"no other line end":   textPlain + "\r\n\r\nHello\rthere\rBye\r\r\r\n",
		"above a quote":       "In-Reply-To: <1@x>\r\n" + textPlain + "\r\n\r\nHello\rBye\r" + quoted,
		"in a sign-off":       textPlain + "\r\n\r\nHello\rBye\r\n\r\nSent from my iPhone\r\n",
		"before a boundary":   "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + textPlain + "\r\n\r\nHello\rBye\r\r\n--b\r\nContent-Type: text/x-log\r\n\r\na\rb\r\r\n--b--\r\n\rend\r\r\n",
		"HTML":                textHTML + "\r\n\r\n<p>Hello\r</p>\r<p>Bye</p>\r\r\n",
		"in quoted-printable": textPlain + "\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHello\r=0DBye\r\r\n=0D\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			raw := head + body
			signed := offline(t, newEngine(), raw)
			h := start(t, newEngine(), Options{})
			mta := h.dial()
			sent := h.send(mta, miltertest.Envelope{Sender: "anna@contoso.com", Recipients: []string{"c@partner.example"}}, raw)
			h.quit(mta)
			_, file, _ := strings.Cut(signed, "\r\n\r\n")
			_, wire, _ := strings.Cut(string(sent.Raw), "\r\n\r\n")
			if strings.TrimSuffix(file, "\r\n") != strings.TrimSuffix(wire, "\r\n") { // an MTA ends the last line
				t.Errorf("the MTA has\n%q, the file\n%q", wire, file)
			}
			_, was, _ := strings.Cut(raw, "\r\n\r\n")
			if !holdsInOrder(file, strings.TrimSuffix(strings.Replace(was, "\r\n\r\nSent from my iPhone", "", 1), "\r\n")) {
				t.Errorf("%q\nbecame\n%q", was, file)
			}
			if n, want := bareCRs(file), bareCRs(was); n != want {
				t.Errorf("%d bare CRs, want %d:\n%q", n, want, file)
			}
			if i := strings.Index(file, "Head of Testing"); strings.Contains(file[:i], "Bye\r\r") != strings.Contains(was, "Bye\r\r") {
				t.Errorf("the block parts a line and its CR:\n%q", file)
			}
		})
	}
}

func bareCRs(s string) int { return strings.Count(s, "\r") - strings.Count(s, "\r\n") }

// holdsInOrder reports whether the bytes of part are all in s, in their order.
func holdsInOrder(s, part string) bool {
	for i := range len(s) {
		if part != "" && s[i] == part[0] {
			part = part[1:]
		}
	}
	return part == ""
}
