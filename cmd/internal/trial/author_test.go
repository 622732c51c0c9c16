package trial

import "testing"

func TestWrittenBy(t *testing.T) {
	for _, tc := range []struct{ name, raw, want string }{
		{"one", "To: b\nFrom: Carol\n <c@x.example>\nSubject: s\n\nFrom: in the text\n", "To: b\nFrom: <a@b.example>\nSubject: s\n\nFrom: in the text\n"},
		{"two", "From: c@x.example\nfrom : d@x.example\n\n", "From: <a@b.example>\n\n"},
		{"CRLF", "From: c@x.example\r\nTo: b\r\n\r\nHello\r\n", "From: <a@b.example>\r\nTo: b\r\n\r\nHello\r\n"},
		{"none", "To: b\n\nHello\n", "From: <a@b.example>\nTo: b\n\nHello\n"},
		{"mbox", "From c Mon Feb  2\nFrom: c@x.example\n\n", "From c Mon Feb  2\nFrom: <a@b.example>\n\n"},
		{"no message", "Hello\n", "Hello\n"},
		{"empty", "", ""},
	} {
		if got := string(WrittenBy("a@b.example", []byte(tc.raw))); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}
