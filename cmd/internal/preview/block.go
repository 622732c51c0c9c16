package preview

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter/entity"
	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/render"
)

// block is a rendered block and the pictures it shows.
type block struct {
	name       string
	html, text string
	pictures   []render.Picture
}

// shownPictures are the pictures in a block; a condition of the template may leave some
// out.
func shownPictures(t config.Template, content string) (shown []render.Picture) {
	for _, p := range t.Pictures {
		if strings.Contains(content, p.CID) {
			shown = append(shown, p)
		}
	}
	return shown
}

// page is the block for a browser, with the pictures in the page: a browser cannot follow
// Content-IDs.
func (b block) page(person directory.Person) string {
	content := b.html
	for _, p := range b.pictures {
		data := strings.ReplaceAll(entity.Base64(p.Data), "\r\n", "")
		content = strings.ReplaceAll(content, "cid:"+p.CID, "data:"+p.Type+";base64,"+data)
	}
	title := html.EscapeString(b.name + " of " + person.Address)
	return "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>" + title + "</title></head><body>\n" + content + "\n</body></html>\n"
}

// message is the block as a message from the person to themselves.
func (b block) message(person directory.Person) string {
	address := (&mail.Address{Address: person.Address}).String()
	body, contentType := b.alternatives()
	if len(b.pictures) > 0 {
		body, contentType = b.related(body, contentType)
	}
	var m strings.Builder
	field := func(name, value string) { fmt.Fprintf(&m, "%s: %s\r\n", name, value) }
	field("From", address)
	field("To", address)
	field("Subject", mime.QEncoding.Encode("utf-8", "Preview of "+b.name))
	field("Date", time.Now().Format(time.RFC1123Z))
	field("MIME-Version", "1.0")
	field("Content-Type", contentType)
	return m.String() + "\r\n" + body
}

func (b block) alternatives() (body, contentType string) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for _, form := range []struct{ media, text string }{{"text/plain", b.text}, {"text/html", b.html}} {
		part := quotedprintable.NewWriter(newPart(w, form.media+"; charset=utf-8", "quoted-printable", nil))
		io.WriteString(part, form.text+"\n")
		part.Close()
	}
	w.Close()
	return out.String(), mime.FormatMediaType("multipart/alternative", map[string]string{"boundary": w.Boundary()})
}

// related joins the pictures to the alternatives (RFC 2387).
func (b block) related(body, contentType string) (string, string) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	io.WriteString(newPart(w, contentType, "", nil), body)
	for _, p := range b.pictures {
		media := mime.FormatMediaType(p.Type, map[string]string{"name": p.Name})
		part := newPart(w, media, "base64", map[string]string{
			"Content-ID": "<" + p.CID + ">", "Content-Disposition": mime.FormatMediaType("inline", map[string]string{"filename": p.Name}),
		})
		io.WriteString(part, entity.Base64(p.Data))
	}
	w.Close()
	return out.String(), mime.FormatMediaType("multipart/related", map[string]string{"boundary": w.Boundary(), "type": "multipart/alternative"})
}

// newPart begins a part. Writing to memory cannot fail.
func newPart(w *multipart.Writer, media, encoding string, fields map[string]string) io.Writer {
	header := textproto.MIMEHeader{}
	header.Set("Content-Type", media)
	if encoding != "" {
		header.Set("Content-Transfer-Encoding", encoding)
	}
	for name, value := range fields {
		header.Set(name, value)
	}
	part, _ := w.CreatePart(header)
	return part
}
