package insert

import (
	"bytes"
	"strconv"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// signs reports whether the pictures of a line that is nothing but pictures may be
// those of a signature: logos and banners are low, or come from a site, or link
// to one. In what is marked as a signature every picture is.
func (r *Reading) signs(i int, m mark) bool {
	if m == marked {
		return true
	}
	if m == unmarked && r.page == nil {
		return false
	}
	return r.logos(i, highestLogo) || r.page != nil && r.linked(i)
}

// logosOf asks whether the pictures of a line may be logos, at most so high.
type logosOf struct{ line, highest int }

// logos reports whether the pictures of a line may be logos, at most so high. It is
// asked of a line from many others on.
func (r *Reading) logos(i, highest int) bool {
	asked := logosOf{i, highest}
	are, known := r.logosOf[asked]
	if !known {
		if r.logosOf == nil {
			r.logosOf = map[logosOf]bool{}
		}
		are = r.areLogos(i, highest)
		r.logosOf[asked] = are
	}
	return are
}

// areLogos is [Reading.logos] for a line that was not asked of yet.
//
// QUIRK: Notes writes no size. Such a picture is a logo directly below another line.
func (r *Reading) areLogos(i, highest int) bool {
	l, flush := &r.lines[i], r.flush(i)
	z := nethtml.NewTokenizer(bytes.NewReader(r.src[l.start:l.end]))
	for {
		switch z.Next() {
		case nethtml.ErrorToken:
			return true
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			if t := z.Token(); t.DataAtom == atom.Img && !logo(t.Attr, highest, flush) {
				return false
			}
		}
	}
}

// flush reports whether line i stands directly below another, without a blank line or
// the border of a paragraph between them.
func (r *Reading) flush(i int) bool {
	if i == 0 || r.page == nil {
		return i > 0 && !r.lines[i].gap
	}
	between := bytes.ToLower(r.src[r.lines[i-1].end:r.lines[i].start])
	return !bytes.Contains(between, []byte("<p")) && !r.apart(i)
}

// Sizes of pictures in signatures, in pixels.
const (
	highestLogo  = 260
	widestLogo   = 800
	lowestBanner = 120 // where nothing but the name says that a signature begins
)

// logo reports whether a picture may be one of a signature by its own attributes; one
// without a size may when it comes from a site, or unsized says so.
func logo(attrs []nethtml.Attribute, highest int, unsized bool) bool {
	width, height := 0, 0
	remote := false
	for _, a := range attrs {
		switch a.Key {
		case "width":
			width = pixels(a.Val)
		case "height":
			height = pixels(a.Val)
		case "style":
			style := compactStyle(a.Val)
			width = max(width, stylePixels(style, "width:"))
			height = max(height, stylePixels(style, "height:"))
		case "src":
			remote = strings.HasPrefix(a.Val, "http")
		}
	}
	if width == 0 && height == 0 {
		return remote || unsized
	}
	return height <= highest && width <= widestLogo && (height > 0 || width <= highest || remote)
}

func pixels(s string) int {
	n, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(s), "px"), 32)
	if err != nil {
		return 0
	}
	return int(n)
}

// stylePixels is a length in a compact style, 0 for none in pixels, inches or points.
func stylePixels(style, property string) int {
	for part := range strings.SplitSeq(style, ";") {
		v, ok := strings.CutPrefix(part, property)
		if !ok {
			continue
		}
		for unit, perUnit := range map[string]float64{"px": 1, "in": 96, "pt": 96.0 / 72} {
			if n, err := strconv.ParseFloat(strings.TrimSuffix(v, unit), 32); err == nil && strings.HasSuffix(v, unit) {
				return int(n * perUnit)
			}
		}
	}
	return 0
}

// linked reports whether a line stands within a link.
func (r *Reading) linked(i int) bool {
	for e := r.lines[i].elem; e >= 0; e = r.page.elems[e].parent {
		if r.page.elems[e].tag == atom.A {
			return true
		}
	}
	return false
}

// table is the innermost table around a line, -1 for none.
func (r *Reading) table(i int) int {
	for e := r.lines[i].elem; e >= 0; e = r.page.elems[e].parent {
		if r.page.elems[e].tag == atom.Table {
			return int(e)
		}
	}
	return -1
}
