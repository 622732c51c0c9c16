package lab

import (
	"bytes"
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
	"golang.org/x/text/encoding/htmlindex"
)

// Leaf is one leaf of a message as a reader of mail sees it.
type Leaf struct {
	Type string // media type, lower case
	Raw  []byte // the body as it stands in the message
	Text string // of text/plain and text/html: what is read, without markup
	HTML string // of text/html: the decoded markup
}

// Leaves reads a message down to its leaves, in order. It uses the standard
// library where sigmilter uses packages of its own, so that a fault there is not
// repeated here. A multipart/signed is one leaf: nobody may look into it.
func Leaves(raw []byte) ([]Leaf, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read message: %w", err)
	}
	return leaves(textproto.MIMEHeader(m.Header), m.Body)
}

func leaves(header textproto.MIMEHeader, body io.Reader) ([]Leaf, error) {
	mediaType, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return nil, fmt.Errorf("read Content-Type %q: %w", header.Get("Content-Type"), err)
	}
	if !strings.HasPrefix(mediaType, "multipart/") || mediaType == "multipart/signed" {
		raw, err := io.ReadAll(body)
		if err != nil {
			return nil, fmt.Errorf("read %s part: %w", mediaType, err)
		}
		leaf := Leaf{Type: mediaType, Raw: raw}
		if err := leaf.read(header, params["charset"]); err != nil {
			return nil, err
		}
		return []Leaf{leaf}, nil
	}
	var all []Leaf
	for parts := multipart.NewReader(body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", mediaType, err)
		}
		children, err := leaves(part.Header, part)
		if err != nil {
			return nil, err
		}
		all = append(all, children...)
	}
}

// read fills in the text of a text part that is shown; an attached one keeps
// its bytes only.
func (l *Leaf) read(header textproto.MIMEHeader, charset string) error {
	isText := l.Type == "text/plain" || l.Type == "text/html"
	if !isText || strings.HasPrefix(header.Get("Content-Disposition"), "attachment") {
		return nil
	}
	decoded, err := transferDecode(header.Get("Content-Transfer-Encoding"), l.Raw)
	if err != nil {
		return fmt.Errorf("decode %s part: %w", l.Type, err)
	}
	if charset == "" {
		charset = "us-ascii"
	}
	enc, err := htmlindex.Get(charset)
	if err != nil {
		return fmt.Errorf("charset %q of %s part: %w", charset, l.Type, err)
	}
	decoded, err = enc.NewDecoder().Bytes(decoded)
	if err != nil {
		return fmt.Errorf("decode %s part from %s: %w", l.Type, charset, err)
	}
	l.Text = string(decoded)
	if l.Type == "text/html" {
		l.HTML, l.Text = l.Text, visible(l.Text)
	}
	return nil
}

func transferDecode(encoding string, raw []byte) ([]byte, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		return io.ReadAll(quotedprintable.NewReader(bytes.NewReader(raw)))
	case "base64":
		return io.ReadAll(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(raw)))
	default:
		return raw, nil
	}
}

// visible is the text of markup: everything but tags, comments, style and title.
func visible(markup string) string {
	var text strings.Builder
	hidden := 0
	for z := html.NewTokenizer(strings.NewReader(markup)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return text.String()
		case html.TextToken:
			if hidden == 0 {
				text.Write(z.Text())
			}
		case html.StartTagToken:
			if hides(z) {
				hidden++
			}
		case html.EndTagToken:
			if hides(z) && hidden > 0 {
				hidden--
			}
		}
	}
}

func hides(z *html.Tokenizer) bool {
	name, _ := z.TagName()
	return string(name) == "style" || string(name) == "script" || string(name) == "title"
}
