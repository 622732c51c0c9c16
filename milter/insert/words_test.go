package insert

import "testing"

func TestNewest(t *testing.T) {
	for text, want := range map[string]string{
		"": "",
		"Hello  Ben,\n\nthe\u00a0report is\nattached.\n\n> On Monday you wrote:\n> Where is the report?\n": "Hello Ben,\nthe report is\nattached.",
		"Yes.\n\nOn 20 Nov 2026, Ben wrote:\n> Can you?\n\nBut late.\n> Really?\n":                         "Yes.\nBut late.",
		"-----Original Message-----\nFrom: Ben\nSubject: x\n\nHello":                                       "",
	} {
		if got := Read([]byte(text), Kind{Reply: true}).Newest(); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for html, want := range map[string]string{
		"<p>Fish &amp; <b>ch</b>ips</p><p><img src=x> a &nbsp; b</p><script>var offer</script><!-- offer -->": "Fish & chips\na b",
		"<div>New</div><blockquote type=\"cite\"><p>Old</p></blockquote>":                                     "New",
		"<img src=x>": "",
	} {
		if got := Read([]byte(html), Kind{HTML: true, Reply: true}).Newest(); got != want {
			t.Errorf("%q: %q, want %q", html, got, want)
		}
	}
}
