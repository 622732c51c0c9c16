package entity

import (
	"reflect"
	"testing"
)

func TestParseHeader(t *testing.T) {
	tests := []struct {
		name, in string
		want     Header
		rest     string
	}{
		{"crlf", "A: 1\r\nB:2\r\n\r\nbody", Header{{"A", " 1"}, {"B", "2"}}, "body"},
		{"lf", "A: 1\nB:2\n\nbody", Header{{"A", " 1"}, {"B", "2"}}, "body"},
		{"mixed", "A: 1\nB:2\r\n\nbody", Header{{"A", " 1"}, {"B", "2"}}, "body"},
		{"folded crlf", "A: 1\r\n 2\r\n\t3\r\n\r\n", Header{{"A", " 1\r\n 2\r\n\t3"}}, ""},
		{"folded lf", "A: 1\n 2\nB: 3\n\n", Header{{"A", " 1\n 2"}, {"B", " 3"}}, ""},
		{"folded with blank line of blanks", "A: 1\r\n \r\n x\r\n\r\nb", Header{{"A", " 1\r\n \r\n x"}}, "b"},
		{"mbox", "From a@b Sat Nov 21\nA: 1\n\nbody", Header{{"A", " 1"}}, "body"},
		{"no mbox line in the middle", "A: 1\nFrom a@b x\n\n", Header{{"A", " 1"}}, "From a@b x\n\n"},
		{"blank before colon", "From : x@y\nB \t: 1\n\n", Header{{"From", " x@y"}, {"B", " 1"}}, ""},
		{"ends without blank line", "A: 1\r\n", Header{{"A", " 1"}}, ""},
		{"ends without line end", "A: 1", Header{{"A", " 1"}}, ""},
		{"line that is no field", "A: 1\nhello world\n", Header{{"A", " 1"}}, "hello world\n"},
		{"nothing but body", "hello\n", nil, "hello\n"},
		{"continuation of nothing", " x: 1\n\t\nA: 1\n\nbody", Header{{"A", " 1"}}, "body"},
		{"no name", ": x\n", nil, ": x\n"},
		{"empty header", "\r\nbody", nil, "body"},
		{"empty", "", nil, ""},
		{"empty value", "A:\r\n\r\n", Header{{"A", ""}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, n := ParseHeader([]byte(tt.in))
			if !reflect.DeepEqual(got, tt.want) || tt.in[n:] != tt.rest {
				t.Errorf("got %q and rest %q, want %q and %q", got, tt.in[n:], tt.want, tt.rest)
			}
		})
	}
}

func TestHeaderAccess(t *testing.T) {
	h := Header{{"Subject", " one\r\n two "}, {"X", "1"}, {"subject", "\tthree"}, {"Empty", ""}}
	if got := h.Get("SUBJECT"); got != "one two" {
		t.Errorf("Get: %q", got)
	}
	if got := h.All("subject"); !reflect.DeepEqual(got, []string{"one two", "three"}) {
		t.Errorf("All: %q", got)
	}
	if !h.Has("empty") || h.Has("Y") || h.Get("Y") != "" || h.Count("Subject") != 2 || h.Count("Y") != 0 {
		t.Error("Has, Get or Count is wrong")
	}
}

func TestHeaderText(t *testing.T) {
	tests := []struct{ in, want string }{
		{"plain", "plain"},
		{" =?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"},
		{"=?utf-8?B?R3I=?=\r\n =?utf-8?B?w7zDn2U=?=", "Grüße"},
		{"=?koi8-r?B?8NLJ18XU?=", "Привет"},
		{"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?= x", "日本 x"},
		{"=?windows-1252?Q?=93x=94?=", "“x”"},
		{"=?no-such-charset?Q?abc?=", "=?no-such-charset?Q?abc?="},
		{"=?utf-8?X?abc?=", "=?utf-8?X?abc?="},
		{"Gr\xfc\xdfe", "Gr\xfc\xdfe"},
	}
	for _, tt := range tests {
		if got := (Header{{"Subject", tt.in}}).Text("subject"); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

// FuzzHeader checks that parsing a header takes each byte for what it is: the
// fields, written out, are found again.
func FuzzHeader(f *testing.F) {
	for _, s := range []string{"A: 1\r\n 2\r\n\r\nbody", "From x\nA :b\n\n", "A: 1\nno field", ": \n", "\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, n := ParseHeader(b)
		if n < 0 || n > len(b) {
			t.Fatalf("offset %d in %d bytes", n, len(b))
		}
		var out []byte
		for _, field := range h {
			out = append(out, field.Name+":"+field.Value+"\r\n"...)
			ParseMediaType(field.Value)
			h.Text(field.Name)
			set := SetParam(field.Value, "charset", "utf-8")
			if m := ParseMediaType(set); m.Params["charset"] != "utf-8" {
				t.Errorf("%q with charset utf-8 is %q: read as %q", field.Value, set, m)
			}
		}
		again, _ := ParseHeader(append(out, "\r\n"...))
		if len(h) != len(again) || len(h) > 0 && !reflect.DeepEqual(h, again) {
			t.Errorf("%q became %q", h, again)
		}
	})
}
