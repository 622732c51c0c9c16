package render

import (
	"strings"
	"testing"
	"time"
)

// In these templates .n, .m and .o have values, and .x, .y and .z are empty.
var someone = map[string]string{"n": "N", "m": "M", "o": "O", "y": "", "z": " \n"}

func TestEmptyHTMLLines(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"paragraph", `<p>{{.n}}</p><p>Fax: {{.x}}</p><p>static</p>`, `<p>N</p><p>static</p>`},
		{"blank value", `<p>{{.n}}</p><p>Fax: {{.z}}</p>`, `<p>N</p>`},
		{"one of two", `<p>{{.n}}{{.x}}</p>`, `<p>N</p>`},
		{"both of two", `<p>{{.x}} {{.y}}</p>a`, `a`},
		{"no field", `<p>&nbsp;</p><p></p><p>{{.x}}</p>`, `<p>&nbsp;</p><p></p>`},
		{"first of br", `<p>{{.x}}<br>{{.n}}<br>{{.m}}</p>`, `<p>N<br>M</p>`},
		{"middle of br", `<p>{{.n}}<br>Tel {{.x}}<br/>{{.m}}</p>`, `<p>N<br>M</p>`},
		{"last of br", `<p>{{.n}}<br>{{.m}}<br>{{.x}}</p>`, `<p>N<br>M</p>`},
		{"last two of br", `<p>{{.n}}<br>{{.x}}<br>{{.y}}</p>`, `<p>N</p>`},
		{"all of br", `a<p>{{.x}}<br>{{.y}}<br>Fax {{.z}}</p>`, `a`},
		{"empty br line stays", `<p>{{.n}}<br><br>{{.x}}<br>{{.m}}</p>`, `<p>N<br><br>M</p>`},
		{"br above a block", `<div>a<br>{{.x}}<p>b</p></div>`, `<div>a<p>b</p></div>`},
		{"without a box", `a<br>{{.x}}<br>b`, `a<br>b`},
		{"tags over lines", `<p><b>{{.n}}<br>Tel <i>{{.x}}</i></b><br>{{.m}}</p>`, `<p><b>N<br></b>M</p>`},
		{"tags over the last line", `<p><span><b>{{.n}}<br>Tel <i>{{.x}}</i></b></span></p>`, `<p><span><b>N</b></span></p>`},
		{"tag from the line on", `<p>{{.n}}<br>Tel {{.x}}<b><br>{{.m}}</b></p>`, `<p>N<br><b>M</b></p>`},
		{"icon", `<p><img src="tel.png" alt=""> {{.x}}</p><p>{{.n}}</p>`, `<p>N</p>`},
		{"link", `<p><a href="tel:{{.x}}">{{.x}}</a></p>b`, `b`},
		{"link with the text empty", `<p><a href="mailto:{{.n}}">{{.x}}</a></p>b`, `b`},
		{"link with the address empty", `<p><a href="{{.x}}">{{.n}}</a></p>`, `<p><a href="">N</a></p>`},
		{"picture with the address empty", `<p><img src="{{.x}}" alt="a"></p><p><img src="{{.n}}" alt=""></p>`, `<p><img src="N" alt=""></p>`},
		{"style does not decide", `<p style="color:{{.x}}">a</p><p title="{{.n}}">{{.x}}</p>`, `<p style="color:">a</p>`},
		{"list item", `<ul><li>{{.n}}</li><li>Fax {{.x}}</li></ul>`, `<ul><li>N</li></ul>`},
		{"open list items", `<ul><li>{{.n}}<li>Fax {{.x}}<li>c</ul>`, `<ul><li>N<li>c</ul>`},
		{"open paragraphs", `<p>{{.n}}<p>Fax {{.x}}<p>c`, `<p>N<p>c`},
		{"list", `a<ul><li>{{.x}}</li><li>{{.y}}</li></ul>b`, `ab`},
		{"item with a list", `<ul><li>{{.x}}<ul><li>a</li></ul></li></ul>`, `<ul><li><ul><li>a</li></ul></li></ul>`},
		{"division", `<div>{{.n}}<div>Fax {{.x}}</div></div>`, `<div>N</div>`},
		{"division that is not closed", `a<div>Fax {{.x}}`, `a<div>`},
		{"row", `<table><tr><td>Tel</td><td>{{.n}}</td></tr><tr><td>Fax</td><td>{{.x}}</td></tr></table>`,
			`<table><tr><td>Tel</td><td>N</td></tr></table>`},
		{"rows not closed", `<table><tr><td>Tel<td>{{.n}}<tr><td>Fax<td>{{.x}}</table>`, `<table><tr><td>Tel<td>N</table>`},
		{"row of paragraphs", `<table><tr><td><p>Fax</p></td><td><p>{{.x}}</p></td></tr><tr><td>a</td></tr></table>`,
			`<table><tr><td>a</td></tr></table>`},
		{"row with lines", `<table><tr><td>Address</td><td>{{.x}}<br>{{.y}}</td></tr><tr><td>a</td></tr></table>`,
			`<table><tr><td>a</td></tr></table>`},
		{"row with some lines", `<table><tr><td>Address</td><td>{{.x}}<br>{{.n}}</td></tr></table>`,
			`<table><tr><td>Address</td><td>N</td></tr></table>`},
		{"columns of a row stay", `<table><tr><td>{{.n}}</td><td>Fax {{.x}}</td></tr></table>`,
			`<table><tr><td>N</td><td></td></tr></table>`},
		{"legal text in the same cell", `<table><tr><td>Confidential<br>{{.x}}</td></tr></table>`,
			`<table><tr><td>Confidential</td></tr></table>`},
		{"legal text in another cell", `<table><tr><td><p>One.</p><p>Two.</p></td><td>{{.x}}</td></tr></table>`,
			`<table><tr><td><p>One.</p><p>Two.</p></td><td></td></tr></table>`},
		{"table in a table", `<table><tr><td>logo</td><td><table><tr><td>{{.n}}</td></tr><tr><td>{{.x}}</td></tr></table></td></tr></table>`,
			`<table><tr><td>logo</td><td><table><tr><td>N</td></tr></table></td></tr></table>`},
		{"table", `a<table><tbody><tr><td>Fax</td><td>{{.x}}</td></tr></tbody></table>b`, `ab`},
		{"row without fields", `<table><tr><td></td></tr><tr><td>{{.x}}</td></tr><tr><td>a</td></tr></table>`,
			`<table><tr><td></td></tr><tr><td>a</td></tr></table>`},
		{"condition not reached", `<p>a{{if .x}}{{.x}}{{end}}</p>`, `<p>a</p>`},
		{"condition reached", `<p>Tel {{if .n}}{{.x}}{{end}}</p>b`, `b`},
		{"default", `<p>{{.x | default "-"}}</p>`, `<p>-</p>`},
		{"function", `<p>Web {{url .x "utm_source" .n}}</p>b`, `b`},
		{"include", `{{define "p"}}Tel {{.x}}{{end}}<p>{{template "p" .}}</p>b`, `b`},
		{"include in an attribute", `{{define "p"}}{{.}}{{end}}<p><a title="{{template "p" .x}}">{{template "p" .n}}</a></p>`, `<p><a title="">N</a></p>`},
		{"range", `{{range $k, $v := .}}{{if eq $k "y"}}<p>Y {{$v}}</p>{{end}}{{if eq $k "n"}}<p>{{$v}}</p>{{end}}{{end}}`, `<p>N</p>`},
		{"for Outlook", `<!--[if mso]><p>a</p><p>Fax {{.x}}</p><![endif]--><p>{{.n}}</p>`, `<!--[if mso]><p>a</p><![endif]--><p>N</p>`},
		{"halves for Outlook", `{{.n}}<br><!--[if mso]></td><td><![endif]-->{{.x}}<br>c`, `N<br><!--[if mso]></td><td><![endif]-->c`},
		{"not for Outlook", `{{.n}}<br><!--[if !mso]><!-->{{.x}}<!--<![endif]--><br>c`, `N<br>c`},
		{"begins not for Outlook", `{{.n}}<br><!--[if !mso]><!-->{{.x}}<br>c<!--<![endif]-->`, `N<br><!--[if !mso]><!-->c<!--<![endif]-->`},
		{"hidden", `<p><span style="display:none">{{.x}}</span>a</p><style>{{.x}}</style>`, `<p><span style="display:none"></span>a</p><style></style>`},
		{"rule", `<div><hr>{{.x}}</div>`, `<div><hr></div>`},
		{"closed without being open", `a</div>{{.x}}</p>b`, `a</div></p>b`},
		{"table not left by an end tag", `<p><table><tr><td>{{.n}}</p>{{.x}}</td></tr></table>`, `<p><table><tr><td>N</p></td></tr></table>`},
		{"value like a tag", `<p>{{.x}}{{"<b>"}}</p><p>{{.n}}</p>`, `<p>N</p>`},
		{"document", "<html><body>\n<p>{{.x}}</p>\n<p>{{.n}}</p></body></html>", "<p>N</p>"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			html, _, err := texts(mustParse(t, test.source, "x"), someone)
			if err != nil || html != test.want {
				t.Errorf("%s\ngave %s (%v)\nwant %s", test.source, html, err, test.want)
			}
		})
	}
}

func TestEmptyTextLines(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"first", "{{.x}}\n{{.n}}\nc", "N\nc"},
		{"middle", "{{.n}}\nFax: {{.x}}\nc", "N\nc"},
		{"last", "{{.n}}\nFax: {{.x}}", "N"},
		{"last, with its end", "{{.n}}\r\nFax: {{.x}}\r\n", "N"},
		{"two fields", "{{.n}} {{.x}}\n{{.x}} {{.y}}", "N "},
		{"empty lines stay", "{{.n}}\n\nc\n\n\nd", "N\n\nc\n\n\nd"},
		{"an empty line above and below", "{{.n}}\n\nFax {{.x}}\n{{.y}}\n\nd", "N\n\nd"},
		{"an empty line above", "{{.n}}\n\nFax {{.x}}\nd", "N\n\nd"},
		{"at the beginning of a line", "{{.n}}\n{{.x}}\n{{.m}}\n", "N\nM"},
		{"the rule", "-- \n{{.n}}\n{{.x}}", "-- \nN"},
		{"condition", "a\n{{if .x}}Fax {{.x}}\n{{end}}b", "a\nb"},
		{"all", "{{.x}}", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, text, err := texts(mustParse(t, "x", test.source), someone)
			if err != nil || text != test.want {
				t.Errorf("%q gave %q (%v), want %q", test.source, text, err, test.want)
			}
		})
	}
}

// Text that is derived from the HTML has no line of what disappeared.
func TestEmptyLinesAndDerivedText(t *testing.T) {
	_, text, err := texts(mustParse(t, `<p>{{.n}}<br>Tel {{.x}}<br>{{.m}}</p><p>{{.y}}</p><p>{{.o}}</p>`, ""), someone)
	if err != nil || text != "N\nM\nO" {
		t.Errorf("%q, %v", text, err)
	}
}

// Renderings at the same time do not get the fields of each other.
func TestRenderAtOnce(t *testing.T) {
	tmpl := mustParse(t, `<p>{{.a}}</p><p>{{.b}}</p>`, "{{.a}}\n{{.b}}")
	done := make(chan string)
	for _, name := range []string{"a", "b"} {
		go func() {
			for range 200 {
				html, text, err := texts(tmpl, map[string]string{name: name})
				if html != "<p>"+name+"</p>" || text != name || err != nil {
					done <- html + text
					return
				}
			}
			done <- ""
		}()
	}
	if wrong := <-done + <-done; wrong != "" {
		t.Error(wrong)
	}
}

// As for plain text, a factor of ten stands for "not quadratic".
func TestEmptyLinesAreLinear(t *testing.T) {
	const n = 4000
	for _, unit := range []string{"<div>", "<p>", "<br>", "<b>", "</b>", "</p>", "<table><tr><td>", "<td>", "<li>", "a", "<!--[if mso]><b><![endif]-->"} {
		elapsed := func(times int) time.Duration {
			source := strings.Repeat(unit, times)
			fields := make([]templateValue, times)
			for i := range fields {
				fields[i] = templateValue{i * len(unit), true}
			}
			best := time.Hour
			for range 3 {
				start := time.Now()
				dropHTMLLines(source, fields)
				best = min(best, time.Since(start))
			}
			return best
		}
		if short, long := elapsed(n), elapsed(4*n); long > 40*short+10*time.Millisecond {
			t.Errorf("%q: %v for %d, %v for %d", unit, short, n, long, 4*n)
		}
	}
}
