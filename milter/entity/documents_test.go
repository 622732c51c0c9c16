package entity

import (
	"fmt"
	"strings"
	"testing"
)

// build makes a tree from a list of "ID type" lines with optional fields after
// " | ", separated by "; ".
func build(lines string) *Part {
	parts := map[string]*Part{}
	for line := range strings.Lines(lines) {
		line, fields, _ := strings.Cut(strings.TrimSpace(line), " | ")
		id, media, ok := strings.Cut(line, " ")
		if !ok {
			id, media = "", line
		}
		h := Header{{"Content-Type", media}}
		for _, f := range strings.Split(fields, " & ") {
			if name, value, ok := strings.Cut(f, ":"); ok {
				h = append(h, Field{name, value})
			}
		}
		p := &Part{ID: id, Header: h}
		up := ""
		if i := strings.LastIndexByte(id, '.'); i >= 0 {
			up = id[:i]
		}
		if parent := parts[up]; parent != nil && id != "" {
			p.Parent = parent
			parent.Children = append(parent.Children, p)
		}
		p.resolve()
		parts[id] = p
	}
	if root := parts[""]; root != nil {
		return root
	}
	return parts["1"]
}

func TestBodies(t *testing.T) {
	tests := []struct{ name, tree, want string }{
		{"single text", "1 text/plain", "text 1"},
		{"single html", "1 text/html", "html 1"},
		{"single picture", "1 image/png", ""},
		{"single text attached", "1 text/plain | Content-Disposition: attachment", ""},
		{"calendar", "1 text/calendar", ""},
		{"enriched", "1 text/enriched", ""},
		{"alternative", "multipart/alternative\n1 text/plain\n2 text/html", "text 1, html 2"},
		{"alternative with others", "multipart/alternative\n1 text/plain\n2 text/watch-html\n3 text/x-amp-html\n4 text/calendar\n5 text/html", "text 1, html 5"},
		{"first wins", "multipart/alternative\n1 text/plain\n2 text/html\n3 text/html\n4 text/plain", "text 1, html 2"},
		{"mixed, alternative, related", "multipart/mixed\n1 multipart/related\n1.1 multipart/alternative\n1.1.1 text/plain\n1.1.2 text/html\n1.2 image/png\n2 text/plain | Content-Disposition: attachment",
			"text 1.1.1, html 1.1.2"},
		{"related in alternative", "multipart/alternative\n1 text/plain\n2 multipart/related\n2.1 text/html\n2.2 image/png", "text 1, html 2.1"},
		{"related by start", "multipart/related;start=\"<b@x>\"\n1 image/png | Content-ID: <a@x>\n2 text/html | Content-ID: <b@x>", "html 2"},
		{"related without its start", "multipart/related;start=\"<c@x>\"\n1 text/html\n2 text/plain", "html 1"},
		{"related with a picture first", "multipart/related\n1 image/png\n2 text/html", ""},
		{"related without children", "multipart/related", ""},
		{"Apple Mail, plain", "multipart/mixed\n1 text/plain\n2 image/png\n3 text/plain\n4 image/png\n5 text/plain", "text 1 3 5"},
		{"Apple Mail, HTML", "multipart/alternative\n1 text/plain\n2 multipart/mixed\n2.1 text/html\n2.2 application/pdf\n2.3 text/html", "text 1, html 2.1 2.3"},
		{"continued by the same type only", "multipart/mixed\n1 text/plain\n2 text/html\n3 text/plain", "text 1 3 | html 2"},
		{"not continued by files", "multipart/mixed\n1 text/plain\n2 text/plain; name=a.txt\n3 text/plain | Content-Disposition: inline; filename=b.txt\n4 text/plain | Content-Disposition: attachment", "text 1"},
		{"alternative is not continued", "multipart/mixed\n1 multipart/alternative\n1.1 text/plain\n1.2 text/html\n2 text/plain", "text 1.1, html 1.2 | text 2"},
		{"attachment first", "multipart/mixed\n1 application/pdf\n2 text/plain", "text 2"},
		{"inline", "multipart/mixed\n1 text/plain | Content-Disposition: inline", "text 1"},
		{"unknown disposition", "multipart/mixed\n1 text/plain | Content-Disposition: form-data", ""},
		{"unknown multipart", "multipart/x-thing\n1 text/plain", "text 1"},
		{"message", "multipart/mixed\n1 message/rfc822", ""},
		{"signed", "multipart/signed\n1 text/plain\n2 application/pgp-signature", ""},
		{"encrypted", "multipart/encrypted\n1 text/plain", ""},
		{"report", "multipart/report\n1 text/plain", "text 1"},
		{"digest", "multipart/digest\n1 text/plain", ""},
		{"mixed in mixed", "multipart/mixed\n1 multipart/mixed\n1.1 text/plain\n1.2 application/pdf\n2 text/html", "text 1.1 | html 2"},
		{"text, then signed", "multipart/mixed\n1 text/plain\n2 multipart/signed\n2.1 text/plain\n3 text/html", "text 1"},

		{"whole message with a name", "1 text/plain; name=build.log", "text 1"},
		{"whole message, inline with a name", "1 text/html | Content-Disposition: inline; filename=4711.html", "html 1"},
		{"whole message, attached", "1 text/html; name=body.html | Content-Disposition: attachment", ""},
		{"only text has a name", "multipart/mixed\n1 text/plain; name=Order4711.txt\n2 application/pdf", "text 1"},
		{"only text has a name, behind a file", "multipart/mixed\n1 application/pdf\n2 text/html; name=body.htm", "html 2"},
		{"only text has a name of data", "multipart/mixed\n1 text/plain; name=values.csv\n2 application/pdf", ""},
		{"two texts with names", "multipart/mixed\n1 text/plain; name=a.txt\n2 text/plain; name=b.txt", ""},
		{"two texts with names, one of a message", "multipart/mixed\n1 text/plain; name=a.txt\n2 text/plain; name=message.txt", "text 2"},
		{"text with a name beside data", "multipart/mixed\n1 text/plain; name=a.txt\n2 text/plain; name=b.csv", "text 1"},
		{"both forms with a name, mixed", "multipart/mixed\n1 text/plain; name=Mail.txt\n2 text/html; name=MAIL.HTM\n3 application/pdf", "text 1, html 2"},
		{"both forms with names of messages", "multipart/mixed\n1 text/plain; name=text.txt\n2 text/html; name=part1.2.html\n3 application/pdf", "text 1, html 2"},
		{"forms with a name and another one", "multipart/mixed\n1 text/plain; name=message.txt\n2 text/html; name=report.html", "text 1"},
		{"two pages with names", "multipart/mixed\n1 text/html; name=a.html\n2 text/html; name=a.html", ""},
		{"a page shown inline beside data", "multipart/mixed\n1 text/html | Content-Disposition: inline; filename=4711.html\n2 text/plain; name=4711.csv", "html 1"},
		{"a form with a name", "multipart/alternative\n1 text/plain\n2 text/html; name=any.log", "text 1, html 2"},
		{"both forms with names", "multipart/mixed\n1 multipart/alternative\n1.1 text/plain; name=a.txt\n1.2 text/html; name=b.html\n2 application/pdf", "text 1.1, html 1.2"},
		{"a form with a name, related", "multipart/alternative\n1 text/plain\n2 multipart/related\n2.1 text/html; name=body.html\n2.2 image/png", "text 1, html 2.1"},
		{"related with a name", "multipart/mixed\n1 multipart/related\n1.1 text/html; name=body.html\n1.2 image/png\n2 application/pdf", "html 1.1"},
		{"a form without a name goes before", "multipart/alternative\n1 text/html; name=a.html\n2 text/html", "html 2"},
		{"an attached form is none", "multipart/alternative\n1 text/plain\n2 text/html | Content-Disposition: attachment; filename=body.html", "text 1"},
		{"a text with the name of a message comes last", "multipart/mixed\n1 text/html; name=body.html\n2 text/plain", "text 2 | html 1"},
		{"a text with another name is a file", "multipart/mixed\n1 text/plain\n2 text/plain; name=notes.txt", "text 1"},
		{"Exchange's name", "multipart/mixed\n1 text/plain\n2 application/pdf\n3 text/html; name=ATT00001.htm", "text 1 | html 3"},
		{"an alternative in one", "multipart/alternative\n1 text/plain\n2 multipart/mixed\n2.1 text/plain\n2.2 application/pdf\n2.3 text/html", "text 1, html 2.3"},

		{"signed before a footer", "multipart/mixed\n1 multipart/signed\n1.1 text/plain\n2 text/plain", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, b := range Bodies(build(tt.tree)) {
				got = append(got, described(b))
			}
			if s := strings.Join(got, " | "); s != tt.want {
				t.Errorf("got %q, want %q", s, tt.want)
			}
		})
	}
}

// described is a body as "text 1 3, html 2".
func described(b Body) string {
	var docs []string
	for _, d := range b.Documents {
		name := "text"
		if d.HTML {
			name = "html"
		}
		for _, l := range d.Leaves {
			name += " " + l.ID
		}
		docs = append(docs, name)
	}
	return strings.Join(docs, ", ")
}

func ExampleBodies() {
	root := build("multipart/mixed\n1 multipart/alternative\n1.1 text/plain\n1.2 text/html\n2 application/pdf")
	for _, b := range Bodies(root) {
		for _, d := range b.Documents {
			fmt.Println(d.HTML, d.Leaves[0].ID)
		}
	}
	// Output:
	// false 1.1
	// true 1.2
}
