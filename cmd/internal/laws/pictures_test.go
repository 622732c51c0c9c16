package laws

import (
	"strings"
	"testing"

	"sigmilter/milter/engine"
)

// TestGonePictures: a picture may go with the old signature that showed it, and
// only then. What is between ⟦ and ⟧ is taken out.
func TestGonePictures(t *testing.T) {
	const (
		signs = `⟦<div>Alice Muster<br>+49 30 1234567<br><img src="cid:old@x"></div>⟧`
		root  = "--r\nContent-Type: text/html\n\n%s\n"
		old   = "--r\nContent-Type: image/png; name=\"old.png\"\nContent-ID: <old@x>\nContent-Transfer-Encoding: base64\n\nT0xE\n"
		other = "--r\nContent-Type: image/png\nContent-ID: <other@x>\n\nPNG\n"
		file  = "--r\nContent-Type: text/html\nContent-Disposition: attachment\n\n<img src=\"cid:old@x\">\n"
	)
	located := strings.Replace(old, "Content-ID", "Content-Location: https://contoso.example/old.png\nContent-ID", 1)
	for _, c := range []struct {
		name, page    string
		before, after string // the parts behind the root
		want          string // of a breach, empty for none
	}{
		{"gone", "Hi" + signs, old, "", ""},
		{"gone, the first of two", "Hi" + signs, old + other, other, ""},
		{"gone, the last of two", "Hi" + signs, other + old, other, ""},
		{"gone, between two", "Hi" + signs, other + old + strings.Replace(other, "other@x", "third@x", 1), other + strings.Replace(other, "other@x", "third@x", 1), ""},
		{"both gone", "Hi" + strings.Replace(signs, "<br><img", `<img src="cid:other@x"><br><img`, 1), old + other, "", ""},
		{"stays", "Hi" + signs, old, old, ""},
		{"shown in what is left", `Hi<img src="cid:old@x">` + signs, old, "", "to which what is left refers"},
		{"shown in quoted mail", "Hi" + signs + `<blockquote><img src="CID:old@x"></blockquote>`, old, "", "to which what is left refers"},
		{"shown by a style", `<p style="background:url(cid:old@x)">Hi</p>` + signs, old, "", "to which what is left refers"},
		{"shown in percent", `Hi<img src="cid:old%40x">` + signs, old, "", "to which what is left refers"},
		{"shown with an entity", `Hi<img src="cid:old&#64;x">` + signs, old, "", "to which what is left refers"},
		{"shown by a file", "Hi" + signs, old + file, file, "to which what is left refers"},
		{"shown by its location", `Hi<img src="https://contoso.example/old.png">` + signs, located, "", "to whose Content-Location"},
		{"with a location that nothing shows", "Hi" + signs, located, "", ""},
		{"not shown by what went", "Hi" + signs, old + other, old, "which nothing that was taken out shows"},
		{"nothing went", "Hi⟦⟧", old, "", "which nothing that was taken out shows"},
		{"no picture but a text", "Hi" + signs, strings.Replace(old, "image/png", "text/calendar", 1), "", "had 2 parts and has 1"},
		{"no Content-ID", "Hi" + signs, strings.Replace(old, "Content-ID: <old@x>\n", "", 1), "", "had 2 parts and has 1"},
		{"another part changed", "Hi" + signs, old + other, strings.Replace(other, "PNG", "png", 1), "its bytes differ"},
		{"its boundary left", "Hi" + signs, old, "--r\n", "preamble, boundary or epilogue differs"},
	} {
		removed := []string{"Alice Muster", "+49 30 1234567", string(object)}
		if strings.Contains(c.page, "⟦⟧") {
			removed = nil
		}
		if strings.Contains(c.page, "other@x") {
			removed[1] += string(object)
		}
		from, rest, _ := strings.Cut(c.page, "⟦")
		_, to, _ := strings.Cut(rest, "⟧")
		page := strings.NewReplacer("⟦", "", "⟧", "").Replace(c.page)
		const header = "Content-Type: multipart/related; boundary=r\n\n"
		in := header + strings.Replace(root, "%s", page, 1) + c.before + "--r--\n"
		out := "X-Guard: Yes\n" + header + strings.Replace(root, "%s", from+inHTML+to, 1) + c.after + "--r--\n"
		r := engine.Report{Action: engine.Signed, Blocks: []engine.BlockReport{{Block: "signature", Part: "1", Placed: "replaced", Removed: removed}}}
		checkWith(t, removalOptions("alice"), c.name, in, out, r, c.want)
	}
}
