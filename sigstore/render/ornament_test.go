package render

import "testing"

// Pictures that are there for their looks say nothing in the text.
func TestOrnamentsHaveNoText(t *testing.T) {
	for _, test := range []struct{ picture, want string }{
		{`<img src="cid:a" alt="Contoso">`, "Alice Contoso Berlin"},
		{`<img src="cid:a" alt="Contoso" role="img" width="48" height="40">`, "Alice Contoso Berlin"},
		{`<img src="cid:a" alt="">`, "Alice Berlin"},
		{`<img src="cid:a" alt="line" role="presentation">`, "Alice Berlin"},
		{`<img src="cid:a" alt="line" ROLE="None">`, "Alice Berlin"},
		{`<img src="cid:a" alt="line" aria-hidden="true">`, "Alice Berlin"},
		{`<img src="cid:a" alt="spacer" width="1" height="40">`, "Alice Berlin"},
		{`<img src="cid:a" alt="rule" width="400" height="2px">`, "Alice Berlin"},
		{`<img src="cid:a" alt="image001.png">`, "Alice Berlin"},
		{`<img src="cid:a" alt="contoso.com">`, "Alice contoso.com Berlin"},
	} {
		if got := Text("<p>Alice" + test.picture + "Berlin</p>"); got != test.want {
			t.Errorf("%s: got %q, want %q", test.picture, got, test.want)
		}
	}
}
