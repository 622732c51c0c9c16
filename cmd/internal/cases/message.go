package cases

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

// message is what a reader has of a message.
type message struct {
	shape string // its parts in short: mixed(text/plain image/png)
	html  string // the HTML in it, decoded, with LF
	plain string // the plain texts in it
}

// form is what a reader sees of the plain or of the HTML form, without blanks.
type form struct{ name, seen string }

func (m *message) forms() []form {
	var forms []form
	if m.plain != "" {
		forms = append(forms, form{"plain text", unspaced(m.plain)})
	}
	if m.html != "" {
		forms = append(forms, form{"HTML", unspaced(visible(m.html))})
	}
	return forms
}

func read(raw []byte) (*message, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return readEntity(textproto.MIMEHeader(m.Header), m.Body)
}

func readEntity(h textproto.MIMEHeader, body io.Reader) (*message, error) {
	kind, params, err := mime.ParseMediaType(cmp.Or(h.Get("Content-Type"), "text/plain"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", h.Get("Content-Type"), err)
	}
	if sub, ok := strings.CutPrefix(kind, "multipart/"); ok {
		return readParts(sub, multipart.NewReader(body, params["boundary"]))
	}
	text, err := io.ReadAll(decoder(h, body))
	if err != nil && err != io.ErrUnexpectedEOF { // of a missing closing boundary
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	m := &message{shape: kind}
	if disposition, _, _ := mime.ParseMediaType(h.Get("Content-Disposition")); disposition == "attachment" {
		return m, nil
	}
	switch kind {
	case "text/html":
		m.html = inUTF8(text, params["charset"])
	case "text/plain":
		m.plain = inUTF8(text, params["charset"])
	}
	return m, nil
}

func readParts(sub string, parts *multipart.Reader) (*message, error) {
	all := &message{}
	var shapes []string
	for {
		p, err := parts.NextRawPart()
		if err != nil {
			break // also where the closing boundary is missing
		}
		m, err := readEntity(p.Header, p)
		if err != nil {
			return nil, err
		}
		shapes = append(shapes, m.shape)
		all.html += m.html
		all.plain += m.plain
	}
	all.shape = sub + "(" + strings.Join(shapes, " ") + ")"
	return all, nil
}

func decoder(h textproto.MIMEHeader, body io.Reader) io.Reader {
	switch strings.ToLower(h.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	}
	return body
}

// inUTF8 decodes a text. One in a charset nobody knows stays as it is.
func inUTF8(text []byte, label string) string {
	if label != "" {
		if decoded, err := charset.NewReaderLabel(label, bytes.NewReader(text)); err == nil {
			if all, err := io.ReadAll(decoded); err == nil {
				text = all
			}
		}
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// visible is the text of HTML.
func visible(source string) string {
	var text strings.Builder
	hidden := false
	z := html.NewTokenizer(strings.NewReader(source))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		token := z.Token()
		if kind == html.TextToken && !hidden {
			text.WriteString(token.Data)
		} else if kind == html.StartTagToken {
			hidden = token.DataAtom == atom.Style || token.DataAtom == atom.Script || token.DataAtom == atom.Title
		} else if kind == html.EndTagToken {
			hidden = false
		}
	}
	return text.String()
}
