package entity

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// composed carries out a composition on a message and scans the result.
func composed(t *testing.T, message string, make func(root *Part) (Composition, error)) (*Part, Header, string) {
	t.Helper()
	h, n := ParseHeader([]byte(message))
	body := message[n:]
	c, err := make(scanned(t, h, body))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := WritePatched(&out, strings.NewReader(body), int64(len(body)), append(c.Before, c.After...)); err != nil {
		t.Fatal(err)
	}
	h = withEdits(slices.Clone(h), c.Fields)
	return scanned(t, h, out.String()), h, out.String()
}

func scanned(t *testing.T, h Header, body string) *Part {
	t.Helper()
	s := NewScanner(h, Limits{})
	s.Write([]byte(body))
	root, err := s.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func withEdits(h Header, edits []FieldEdit) Header {
	for _, e := range edits {
		switch e.Op {
		case AddField:
			h = append(h, Field{e.Name, e.Value})
		case ChangeField:
			h[nth(h, e)].Value = e.Value
		case DeleteField:
			h = slices.Delete(h, nth(h, e), nth(h, e)+1)
		}
	}
	return h
}

// nth is the position of the field that an edit means.
func nth(h Header, e FieldEdit) int {
	for i, n := 0, e.Index; ; i++ {
		if strings.EqualFold(h[i].Name, e.Name) {
			if n--; n == 0 {
				return i
			}
		}
	}
}

// shape is a tree in short, leaves with their bodies.
func shape(p *Part, body string) string {
	if !p.IsMultipart() {
		return p.Media.Type + "=" + strings.ReplaceAll(body[p.BodyStart:p.BodyEnd], "\r\n", "|")
	}
	var parts []string
	for _, c := range p.Children {
		parts = append(parts, shape(c, body))
	}
	return strings.TrimPrefix(p.Media.Type, "multipart/") + "(" + strings.Join(parts, " ") + ")"
}

var picture = Addition{Header{{"Content-Type", "image/png"}, {"Content-ID", "<1@x>"}}, "AAAA\r\n"}

func TestRelate(t *testing.T) {
	const html, alt = "Content-Type: text/html\r\n\r\n<p>\r\n", "Content-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\nContent-Type: text/html\r\n\r\n<p>\r\n--i--\r\n"
	for _, c := range []struct{ name, message, leaf, want string }{
		{"the root itself", html, "1", "related(text/html=<p>| image/png=AAAA|)"},
		{"a root without a body", "Content-Type: text/html\r\n\r\n", "1", "related(text/html= image/png=AAAA|)"},
		{"in an alternative", alt, "1", "alternative(related(text/html=<p> image/png=AAAA|))"},
		{"the root of a related", "Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\n" + html + "--b\r\nContent-Type: image/gif\r\n\r\nR0\r\n--b--\r\n", "1", "related(text/html=<p> image/gif=R0 image/png=AAAA|)"},
		{"an alternative that is the root of a related", "Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\n" + alt + "--b--\r\n", "1.1", "related(alternative(text/html=<p>) image/png=AAAA|)"},
		{"beside the root of a related", "Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b\r\n" + html + "--b--\r\n", "2", "related(text/plain=x related(text/html=<p> image/png=AAAA|))"},
		{"no closing boundary", "Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\n" + html, "1", "related(text/html=<p>| image/png=AAAA|)"},
		{"no line end before the boundary", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n--b--\r\n", "1", "mixed(related(text/html= image/png=AAAA|))"},
	} {
		root, h, body := composed(t, c.message, func(root *Part) (Composition, error) {
			var leaf *Part
			root.Walk(func(p *Part) bool {
				if p.ID == c.leaf {
					leaf = p
				}
				return true
			})
			return Relate(leaf, []Addition{picture}, Multipart{Boundary: "new"}, nil, "\r\n")
		})
		if got := shape(root, body); got != c.want {
			t.Errorf("%s: %s, want %s\n%s", c.name, got, c.want, body)
		}
		if root.Parent == nil && !root.Closed && strings.Contains(c.message, "--\r\n") {
			t.Errorf("%s: %v is not closed", c.name, h)
		}
	}
}

func TestWrapRoot(t *testing.T) {
	root, h, body := composed(t, "From: x\r\nContent-Type: text/plain;\r\n charset=us-ascii\r\nContent-Transfer-Encoding: 8bit\r\nContent-Disposition: inline\r\nSubject: y\r\n\r\nhi\r\n", func(root *Part) (Composition, error) {
		edits := []FieldEdit{{ChangeField, "Content-Type", 1, "text/plain; charset=utf-8"}}
		return Wrap(root, []Addition{TextPart("text/plain", "ü\n")}, []Addition{picture}, Multipart{Subtype: "mixed", Boundary: "new"}, edits, "\r\n")
	})
	if got, want := shape(root, body), "mixed(text/plain==C3=BC| text/plain=hi| image/png=AAAA|)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	inner := root.Children[1]
	if inner.Media.Params["charset"] != "utf-8" || inner.Encoding != "8bit" || inner.Disposition != "inline" {
		t.Errorf("moved: %v", inner.Header)
	}
	if h.Has("Content-Disposition") || h.Get("Content-Transfer-Encoding") != "8bit" || h.Get("MIME-Version") != "1.0" || h.Get("Subject") != "y" {
		t.Errorf("header: %v", h)
	}
}

// TestWrapRootWithFieldsTwice: all fields about the body go with it, and the
// message keeps one that says multipart.
func TestWrapRootWithFieldsTwice(t *testing.T) {
	const twice = "content-type: text/html\r\nX: y\r\nContent-Type:text/html; charset=us-ascii\r\nContent-Transfer-Encoding: 8bit\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <1>\r\n\r\nhi\r\n"
	root, h, body := composed(t, twice, func(root *Part) (Composition, error) {
		return Wrap(root, nil, []Addition{picture}, Multipart{Subtype: "related", Boundary: "new"}, nil, "\r\n")
	})
	if got, want := shape(root, body), "related(text/html=hi| image/png=AAAA|)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	inner := root.Children[0].Header
	if len(inner) != 5 || inner.Count("Content-Type") != 2 || inner.Count("Content-Transfer-Encoding") != 2 || inner[0].Name != "content-type" {
		t.Errorf("moved: %v", inner)
	}
	if h.Count("Content-Type") != 1 || h.Count("Content-Transfer-Encoding") != 1 || h.Get("Content-Transfer-Encoding") != "8bit" || h.Has("Content-ID") || !h.Has("X") {
		t.Errorf("header: %v", h)
	}
}

func TestRemoveBehindEmptyPart(t *testing.T) {
	const start, end = "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\n--b\r\nContent-Type: text/x\r\n\r\ntwo\r\n", "--b--\r\n"
	amp := func(root *Part) (Composition, error) { return Remove(root.Children[1]) }
	root, _, body := composed(t, start+"--b\r\n\r\nthree\r\n"+end, amp)
	if got, want := shape(root, body), "alternative(text/plain= text/plain=three)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	h, n := ParseHeader([]byte(start + end))
	if c, err := amp(scanned(t, h, (start + end)[n:])); err == nil { // the boundaries around it share a line end
		t.Errorf("removed by %v", c)
	}
}

func TestPrependAndRemove(t *testing.T) {
	const message = "Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: text/x\r\n\r\ntwo\r\n--b--\r\nepilogue\r\n"
	root, _, body := composed(t, message, func(root *Part) (Composition, error) { return Prepend(root, picture, "\r\n") })
	if got, want := shape(root, body), "mixed(image/png=AAAA| text/plain=one text/x=two)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for i, want := range []string{"mixed(text/x=two)", "mixed(text/plain=one)"} {
		root, _, body = composed(t, message, func(root *Part) (Composition, error) { return Remove(root.Children[i]) })
		if got := shape(root, body); got != want || !strings.HasPrefix(body, "preamble") || !strings.HasSuffix(body, "epilogue\r\n") {
			t.Errorf("without part %d: %s, want %s\n%s", i, got, want, body)
		}
	}
}

// TestUnhang takes out parts beside one another, and puts one behind them.
func TestUnhang(t *testing.T) {
	const message = "Content-Type: multipart/related; boundary=b\r\n\r\npre\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b\r\nContent-Type: image/a\r\n\r\nA\r\n--b\r\nContent-Type: image/b\r\n\r\nB\r\n--b--\r\nepi\r\n"
	for _, c := range []struct {
		gone []int
		want string
	}{{[]int{1}, "related(text/html=<p> image/b=B image/png=AAAA|)"}, {[]int{2}, "related(text/html=<p> image/a=A image/png=AAAA|)"}, {[]int{1, 2}, "related(text/html=<p> image/png=AAAA|)"}} {
		root, _, body := composed(t, message, func(root *Part) (Composition, error) {
			comp, err := Relate(root.Children[0], []Addition{picture}, Multipart{}, nil, "\r\n")
			for _, i := range c.gone {
				s, ok := Unhang(root.Children[i])
				if !ok {
					t.Fatalf("part %d stays", i)
				}
				comp.Before = append(comp.Before, s)
			}
			return comp, err
		})
		if got := shape(root, body); got != c.want || !strings.HasPrefix(body, "pre\r\n") || !strings.HasSuffix(body, "--b--\r\nepi\r\n") {
			t.Errorf("without %v: %s, want %s\n%s", c.gone, got, c.want, body)
		}
	}
	h, n := ParseHeader([]byte(message))
	if _, ok := Unhang(scanned(t, h, message[n:]).Children[0]); ok {
		t.Error("the first part goes")
	}
}

func TestBareLineEnds(t *testing.T) {
	_, _, body := composed(t, "Content-Type: text/html\n\n<p>\n", func(root *Part) (Composition, error) {
		return Relate(root, []Addition{picture}, Multipart{Boundary: "new"}, nil, "\n")
	})
	if strings.Contains(body, "\r") {
		t.Errorf("CR in a message of bare line feeds: %q", body)
	}
}
