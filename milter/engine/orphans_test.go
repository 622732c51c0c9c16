package engine

import (
	"fmt"
	"strings"
	"testing"
)

// TestOrphansAreFew: pictures that only an old signature shows go with it; a block of more
// than a signature has takes none along.
func TestOrphansAreFew(t *testing.T) {
	for n, gone := range map[int]bool{2: true, mostOrphans: true, mostOrphans + 1: false} {
		var pictures, parts strings.Builder
		for i := range n {
			fmt.Fprintf(&pictures, `<img src="cid:p%d@x" width="20" height="20">`, i)
			fmt.Fprintf(&parts, "--b\nContent-Type: image/png\nContent-ID: <p%d@x>\n\nx\n", i)
		}
		tr := try(t, newEngine(), letter("Content-Type: multipart/related; boundary=b",
			"--b\n"+textHTML+"\n\n<p>Hello</p><div class=\"gmail_signature\">Anna Muster<br>Head of Testing<br>"+pictures.String()+"</div>\n"+parts.String()+"--b--\n"))
		out := tr.out
		if strings.Contains(out, "class=\"gmail_signature\"") {
			t.Fatalf("%d pictures: the old signature is still there:\n%s", n, out)
		}
		if left := strings.Count(out, "Content-ID: <p"); left != map[bool]int{true: 0, false: n}[gone] {
			t.Errorf("of %d pictures %d are left", n, left)
		}
	}
}
