package seen

import (
	"bytes"
	"errors"
	"io"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"sigmilter/milter/work"
)

// maxTags is how many tags of a mail are read into a tree, and maxNodes how many
// elements they may become: a parser opens formatting that was not closed again in
// each paragraph.
const (
	maxTags  = 1 << 17
	maxNodes = 1 << 20
)

// What a page costs beside comparing selectors, in units of work.
const (
	perByte = 8 // read into a tree
	perNode = 16
)

// pacedReader gives a page to a parser in pieces and counts them down.
type pacedReader struct {
	rest []byte
	work *work.Meter
}

func (r *pacedReader) Read(p []byte) (int, error) {
	const piece = 4 << 10
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.rest[:min(piece, len(r.rest))])
	r.rest = r.rest[n:]
	r.work.Spend(perByte * n)
	return n, nil
}

var errLarge = errors.New("more elements than are looked at")

// formatting are the elements that a parser opens again where they were not closed.
var formatting = map[atom.Atom]bool{
	atom.A: true, atom.B: true, atom.Big: true, atom.Code: true, atom.Em: true, atom.Font: true, atom.I: true, atom.Nobr: true, atom.S: true,
	atom.Small: true, atom.Strike: true, atom.Strong: true, atom.Tt: true, atom.U: true,
}

// barriers are the elements that end tags of formatting do not reach out of.
var barriers = map[atom.Atom]bool{
	atom.Td: true, atom.Th: true, atom.Caption: true, atom.Applet: true, atom.Object: true, atom.Marquee: true, atom.Template: true,
}

// affordable reports whether the tree of a page is small enough, as an error when it is
// not. Formatting that may be open counts for every text behind it; a parser keeps
// three of a kind at most, and no more than maxOpen in all.
func affordable(page []byte, w *work.Meter) error {
	const maxOpen, shortestAttribute = 512, 4 // elements, bytes
	z := nethtml.NewTokenizer(bytes.NewReader(page))
	z.SetMaxBuf(0)
	var open []string // formatting since the last barrier, "" for a barrier
	left := map[string]int{}
	tags, nodes := 0, 0
	roots := 0 // bytes of the tags of html and body
	for {
		tt := z.Next()
		raw := z.Raw()
		w.Spend(len(raw))
		switch tt {
		case nethtml.ErrorToken:
			return nil
		case nethtml.TextToken:
			nodes++
			if len(left) > 0 && len(bytes.TrimSpace(raw)) > 0 {
				nodes += min(3*len(left), maxOpen)
			}
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			source := ""
			if len(raw) < 4096 {
				source = string(raw)
			} else {
				source = string(raw[:4096])
			}
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			tags, nodes = tags+1, nodes+1+min(3*len(left), maxOpen)
			if tag == atom.Body || tag == atom.Html { // the parser goes through the attributes of all before
				nodes += roots / shortestAttribute
				roots += len(raw)
			}
			if barriers[tag] {
				open = append(open, "")
			} else if formatting[tag] {
				open = append(open, source)
				left[source]++
			}
		case nethtml.EndTagToken:
			name, _ := z.TagName()
			if tags++; formatting[atom.Lookup(name)] {
				open = closed(open, left, string(name))
			}
		}
		if tags > maxTags || nodes > maxNodes {
			return errLarge
		}
	}
}

// closed takes out the formatting that an end tag closes, looked for as far back as
// the last barrier, and not far.
func closed(open []string, left map[string]int, name string) []string {
	const far = 64
	for i := len(open) - 1; i >= max(0, len(open)-far) && open[i] != ""; i-- {
		tag := open[i]
		if !strings.EqualFold(tagName(tag), name) {
			continue
		}
		if left[tag]--; left[tag] == 0 {
			delete(left, tag)
		}
		return append(open[:i], open[i+1:]...)
	}
	return open
}

func tagName(tag string) string {
	tag = strings.TrimPrefix(tag, "<")
	if i := strings.IndexAny(tag, " \t\r\n\f/>"); i >= 0 {
		tag = tag[:i]
	}
	return tag
}

// asText reports whether a reader that repairs nothing finds a piece of a page as tags
// and text: it reads comments up to their end, tags, and the content of scripts and
// styles; it knows no tree. Mail gateways, text extractors and some clients are such.
func asText(page []byte, at int) bool {
	for i := 0; i < at; {
		lt := bytes.IndexByte(page[i:at], '<')
		if lt < 0 {
			return true
		}
		i += lt
		end := afterMarkup(page, i)
		if end > at {
			return false
		}
		i = end
	}
	return true
}

// afterMarkup is the end of what the < at i begins, len(page) for what does not end.
func afterMarkup(page []byte, i int) int {
	rest := page[i:]
	until := func(what string, from int) int {
		if n := bytes.Index(rest[min(from, len(rest)):], []byte(what)); n >= 0 {
			return i + from + n + len(what)
		}
		return len(page)
	}
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		return until("-->", 4)
	case bytes.HasPrefix(rest, []byte("<!")), bytes.HasPrefix(rest, []byte("<?")):
		return until(">", 2)
	case len(rest) < 2 || !(letter(rest[1]) || rest[1] == '/'):
		return i + 1
	}
	end := i + 1
	for quote := byte(0); end < len(page); end++ {
		switch c := page[end]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && page[end-1] == '=':
			quote = c
		case c == '>':
			end++
			for _, raw := range []string{"script", "style"} {
				if strings.EqualFold(tagName(string(page[i:min(end, i+10)])), raw) {
					return afterRaw(page, end, raw)
				}
			}
			return end
		}
	}
	return end
}

// afterRaw is where the content of a script or style sheet ends, len(page) where some
// readers take what others end it at for more of it: </style/x>.
func afterRaw(page []byte, i int, name string) int {
	for {
		n := bytes.Index(page[i:], []byte("</"))
		if n < 0 {
			return len(page)
		}
		i += n + 2
		if len(page)-i < len(name) || !bytes.EqualFold(page[i:i+len(name)], []byte(name)) {
			continue
		}
		if rest := bytes.TrimLeft(page[i+len(name):], " \t\r\n\f"); len(rest) > 0 && rest[0] != '>' {
			return len(page)
		}
		return i - 2
	}
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
