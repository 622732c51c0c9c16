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

// A logo beside several lines is no part of one of them.
func TestPictureInACellOfItsOwn(t *testing.T) {
	const logo = `<td><img src="cid:a" alt="Contoso"></td>`
	for _, test := range []struct{ row, want string }{
		{logo + "<td>Alice<br>Sales</td>", "Contoso\nAlice\nSales"},
		{logo + "<td><p>Alice</p><p>Sales</p></td>", "Contoso\nAlice\nSales"},
		{"<td>Alice<br>Sales</td>" + logo, "Alice\nSales\nContoso"},
		{logo + "<td>+49 30 1</td>", "Contoso +49 30 1"},
		{"<td>+49 30 1</td>" + logo, "+49 30 1 Contoso"},
		{`<td><a href="https://a.b/"><img alt="Contoso"></a></td><td>Alice<br>Sales</td>`, "Contoso <https://a.b/>\nAlice\nSales"},
		{`<td><img alt="Phone"> 1</td><td>Alice<br>Sales</td>`, "Phone 1 Alice\nSales"},
		{`<td><img alt="A"><img alt="B"></td>` + logo + "<td>Alice<br>Sales</td>", "A B Contoso\nAlice\nSales"},
		{`<td><img alt="">` + "</td><td>Alice<br>Sales</td>", "Alice\nSales"},
		{logo + "</tr><tr><td>Alice<br>Sales</td>", "Contoso\nAlice\nSales"},
		{"<td>Alice<br>Sales</td></tr><tr>" + logo + "<td>1</td>", "Alice\nSales\nContoso 1"},
	} {
		if got := Text("<table><tr>" + test.row + "</tr></table>"); got != test.want {
			t.Errorf("%s: got %q, want %q", test.row, got, test.want)
		}
	}
}
