package entity

import (
	"maps"
	"testing"
)

func TestParseMediaType(t *testing.T) {
	type params = map[string]string
	tests := []struct {
		in, want string
		params   params
	}{
		{"", "text/plain", nil},
		{"  \r\n ", "text/plain", nil},
		{" Text/HTML; Charset=UTF-8", "text/html", params{"charset": "UTF-8"}},
		{"text/plain;", "text/plain", nil},
		{"text/plain; ; charset=a;;", "text/plain", params{"charset": "a"}},
		{"text / plain; charset = a", "text/plain", params{"charset": "a"}},
		{"text/plain (a (nested) comment); charset=us-ascii (Plain text)", "text/plain", params{"charset": "us-ascii"}},
		{"text/plain charset=utf-8", "text/plain", params{"charset": "utf-8"}},
		{"text/plain; charset=utf-8 format=flowed", "text/plain", params{"charset": "utf-8", "format": "flowed"}},
		{"text/plain; charset=a; charset=b", "text/plain", params{"charset": "a"}},
		{`text/plain; charset="utf-8`, "text/plain", params{"charset": "utf-8"}},
		{`text/plain; charset=utf-8"`, "text/plain", params{"charset": "utf-8"}},
		{`text/plain; charset="utf-8; format=flowed`, "text/plain", params{"charset": "utf-8", "format": "flowed"}},
		{`multipart/mixed; boundary=----=_Part_1/2:3?`, "multipart/mixed", params{"boundary": "----=_Part_1/2:3?"}},
		{`multipart/mixed; boundary="a b\"c\\d"`, "multipart/mixed", params{"boundary": `a b"c\d`}},
		{"multipart/mixed;\r\n\tboundary=\"x\r\n y\"", "multipart/mixed", params{"boundary": "x y"}},
		{`a/b; name="C:\dir\x.txt"`, "a/b", params{"name": `C:\dir\x.txt`}},
		{`a/b; name=my file.txt; x=1`, "a/b", params{"name": "my file.txt", "x": "1"}},
		{`a/b; name*=iso-8859-1'de'Gr%FC%DFe.txt`, "a/b", params{"name": "Grüße.txt"}},
		{`a/b; name*0*=utf-8''Gr%C3; name*1*=%BC%C3; name*2*=%9Fe; name*3=".txt"`, "a/b", params{"name": "Grüße.txt"}},
		{`a/b; name*1=b; name*0=a; name=plain`, "a/b", params{"name": "ab"}},
		{`a/b; name*=utf-8''%zz%4`, "a/b", params{"name": "%zz%4"}},
		{`a/b; name*=x'y`, "a/b", params{"name": "x'y"}},
		{`a/b; =x; y=1`, "a/b", params{"y": "1"}},
		{`a/b; novalue; y=1`, "a/b", params{"y": "1"}},
		{`a/b; y=`, "a/b", params{"y": ""}},
		{"text", "application/octet-stream", nil},
		{"text/", "application/octet-stream", nil},
		{"/plain", "application/octet-stream", nil},
		{"te@xt/plain", "application/octet-stream", nil},
		{"; charset=a", "application/octet-stream", params{"charset": "a"}},
		{"(never closed", "application/octet-stream", nil},
		{"text/plain/x", "application/octet-stream", nil},
	}
	for _, tt := range tests {
		got := ParseMediaType(tt.in)
		if got.Type != tt.want || !maps.Equal(got.Params, tt.params) {
			t.Errorf("%q: got %q %q, want %q %q", tt.in, got.Type, got.Params, tt.want, tt.params)
		}
	}
}

func TestSetParam(t *testing.T) {
	tests := []struct{ in, want string }{
		{" text/plain", " text/plain; charset=utf-8"},
		{" text/plain; charset=us-ascii", " text/plain; charset=utf-8"},
		{` text/plain; Charset="us-ascii"; format=flowed`, ` text/plain; Charset="utf-8"; format=flowed`},
		{" text/plain;\r\n\tformat=flowed;\r\n\tdelsp=yes", " text/plain;\r\n\tformat=flowed;\r\n\tdelsp=yes; charset=utf-8"},
		{"text/plain;", "text/plain; charset=utf-8"},
		{"text/plain (comment)", "text/plain (comment); charset=utf-8"},
		{"text/plain; charset=a; x=1; charset=b; y=2", "text/plain; charset=utf-8; x=1; y=2"},
		{"text/plain; charset*0=a; charset*1=b; y=2", "text/plain; charset=utf-8; y=2"},
		{"text/plain; charset*=us-ascii'en'a; y=2", "text/plain; charset=utf-8; y=2"},
		{`text/plain; name="never closed`, `text/plain; charset=utf-8; name="never closed`},
		{"text/plain (never closed", "text/plain; charset=utf-8; (never closed"},
		{"text/plain; charset=", "text/plain; charset=utf-8"},
	}
	for _, tt := range tests {
		got := SetParam(tt.in, "charset", "utf-8")
		if got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
		if m := ParseMediaType(got); m.Params["charset"] != "utf-8" {
			t.Errorf("%q is read as %q", got, m)
		}
	}
	if got := SetParam("a/b", "boundary", `x "y"`); got != `a/b; boundary="x \"y\""` {
		t.Errorf("value to be quoted: %q", got)
	}
}
