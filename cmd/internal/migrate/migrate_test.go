package migrate

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"text/template/parse"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/render"
)

// convert is the HTML a source becomes, and its findings in short.
func convert(t *testing.T, product, source string) (html string, findings []string, r Result) {
	t.Helper()
	p, ok := Find(product)
	if !ok {
		t.Fatalf("no product %s", product)
	}
	r = Convert(source, Options{Product: p, Prefix: "t"})
	for _, f := range r.Findings {
		findings = append(findings, fmt.Sprintf("%s %s %v", f.Kind, f.What, f.Lines))
	}
	return strings.TrimSuffix(r.HTML, "\n"), findings, r
}

// What the products' makers document.
func TestPlaceholders(t *testing.T) {
	for _, tc := range []struct{ product, placeholder, field string }{
		{"exchange", "%%DisplayName%%", "displayName"},
		{"exchange", "%%FirstName%%", "givenName"},
		{"exchange", "%%LastName%%", "surname"},
		{"exchange", "%%Office%%", "officeLocation"},
		{"exchange", "%%PhoneNumber%%", "businessPhones"},
		{"exchange", "%%Email%%", "mail"},
		{"exchange", "%%Street%%", "streetAddress"},
		{"exchange", "%%City%%", "city"},
		{"exchange", "%%State%%", "state"},
		{"exchange", "%%ZipCode%%", "postalCode"},
		{"exchange", "%%Country%%", "country"},
		{"exchange", "%%UserLogonName%%", "userPrincipalName"},
		{"exchange", "%%MobileNumber%%", "mobilePhone"},
		{"exchange", "%%FaxNumber%%", "faxNumber"},
		{"exchange", "%%Title%%", "jobTitle"},
		{"exchange", "%%Department%%", "department"},
		{"exchange", "%%Company%%", "companyName"},
		{"exchange", "%%CustomAttribute15%%", "extensionAttribute15"},
		{"codetwo", "{First name}", "givenName"},
		{"codetwo", "{First&nbsp;name}", "givenName"},
		{"codetwo-2007", "[First name]", "givenName"},
		{"codetwo-2007", "[Last name]", "surname"},
		{"codetwo-2007", "[Department]", "department"},
		{"codetwo-2007", "[Company]", "companyName"},
		{"codetwo-2007", "[Phone]", "businessPhones"},
		{"codetwo-2007", "[Mobile]", "mobilePhone"},
		{"codetwo-2007", "[E-mail]", "mail"},
		{"exclaimer", "{JobTitle}", "jobTitle"},
		{"symprex", "{fullname}", "displayName"},
		{"symprex", "{mobile}", "mobilePhone"},
		{"symprex", "{#physicalDeliveryOfficeName}", "officeLocation"},
		{"symprex", "{#telephoneNumber}", "businessPhones"},
		{"symprex", "{#facsimileTelephoneNumber}", "faxNumber"},
		{"symprex", "{#sn}", "surname"},
		{"symprex", "{#l}", "city"},
		{"symprex", "{#st}", "state"},
		{"symprex", "{#co}", "country"},
		{"xink", "((FirstName))", "givenName"},
		{"xink", "((LastName))", "surname"},
		{"xink", "((DisplayName))", "displayName"},
		{"xink", "((Email))", "mail"},
		{"xink", "((Phone))", "businessPhones"},
		{"xink", "((JobTitle))", "jobTitle"},
		{"xink", "((Department))", "department"},
		{"xink", "((Mobile))", "mobilePhone"},
		{"xink", "((Fax))", "faxNumber"},
		{"xink", "((Company))", "companyName"},
		{"xink", "((Street))", "streetAddress"},
		{"xink", "((City))", "city"},
		{"xink", "((State))", "state"},
		{"xink", "((ZIP))", "postalCode"},
		{"xink", "((Country))", "country"},
		{"any", "{{ first_name }}", "givenName"},
		{"any", "{Job title}", "jobTitle"},
		{"any", "%%Title%%", "jobTitle"},
		{"any", "((Title))", "jobTitle"},
		{"any", "[[EMAIL]]", "mail"},
		{"any", "[Name]", "displayName"},
		{"crossware", "{Employee ID}", "employeeId"},
	} {
		html, findings, r := convert(t, tc.product, "<p>"+tc.placeholder+"</p>")
		if want := "<p>{{." + tc.field + "}}</p>"; html != want || len(findings) != 1 || r.Findings[0].Kind != Mapped || r.Findings[0].Becomes != "{{."+tc.field+"}}" {
			t.Errorf("%s: %s became %s, want %s; %v", tc.product, tc.placeholder, html, want, findings)
		}
	}
}

// Every name of the table leads to an attribute of Graph, and to one only.
func TestKnown(t *testing.T) {
	owner := map[string]string{}
	for _, field := range slices.Sorted(maps.Keys(knownNames)) {
		if spelled, ok := directory.Canonical(field); !ok || spelled != field {
			t.Errorf("%s is no attribute", field)
		}
		for _, name := range knownNames[field] {
			key := folded(name)
			if other := owner[key]; other != "" {
				t.Errorf("%q is both %s and %s", name, other, field)
			}
			owner[key] = field
			if _, isCanonical := directory.Canonical(key); isCanonical {
				t.Errorf("%q needs no row, it is Graph's own name", name)
			}
		}
	}
}

func TestConvert(t *testing.T) {
	for name, tc := range map[string]struct {
		product, source, html string
		findings              []string
	}{
		"unknown": {"codetwo", "<p>\n{Twitter handle}<br>{Twitter handle}\n{Twitter handle}</p>", "<p>\n{{.twitterHandle}}<br>{{.twitterHandle}}\n{{.twitterHandle}}</p>",
			[]string{"unmapped {Twitter handle} [2 3]"}},
		"unknown names": {"exchange", "%%2nd line%% %%_%% %%Straße 2%%", "{{.field2ndLine}} {{.field}} {{.straße2}}",
			[]string{"unmapped %%2nd line%% [1]", "unmapped %%_%% [1]", "unmapped %%Straße 2%% [1]"}},
		"not placeholders":                     {"any", "see [1] and [sic], &copy; 100% (a)", "see [1] and [sic], &copy; 100% (a)", nil},
		"of another product":                   {"exchange", "{First name} [Name] ((Name))", "&#123;First name} [Name] ((Name))", nil},
		"braces":                               {"exchange", "a {{ b }} {%%City%%}", "a &#123;&#123; b }} &#123;{{.city}}}", []string{"mapped %%City%% [1]"}},
		"braces in a value":                    {"exchange", `<a title="{{x}}" data-x='{"a":1}' {{y>b</a>`, `<a title="&#123;&#123;x}}" data-x='&#123;"a":1}' y>b</a>`, nil},
		"split by markup":                      {"codetwo", "<p>\n{First <b>name}</b></p>", "<p>\n&#123;First <b>name}</b></p>", []string{"unmapped {First [2]"}},
		"opened and not closed before a field": {"symprex", "<p>\n{first\n{mobile}</p>", "<p>\n&#123;first\n{{.mobilePhone}}</p>", []string{"mapped {mobile} [3]", "unmapped {first [2]"}},
		"letters": {"symprex", "{fullname:U} {fullname:L} {fullname:T} {fullname:N}", "{{upper .displayName}} {{lower .displayName}} {{title .displayName}} {{.displayName}}",
			[]string{"mapped {fullname:U} [1]", "mapped {fullname:L} [1]", "mapped {fullname:T} [1]", "mapped {fullname:N} [1]"}},
		"conditions": {"symprex", `{$if mobile}Mobile: {mobile}{$else}none{$}<br>{$ifno fax}no fax{$}{$if co="GB"}UK{$}{$ifno co="GB"}abroad{$}`,
			`{{if .mobilePhone}}Mobile: {{.mobilePhone}}{{else}}none{{end}}<br>{{if not .faxNumber}}no fax{{end}}{{if eq .country "GB"}}UK{{end}}{{if ne .country "GB"}}abroad{{end}}`,
			[]string{"mapped {$if mobile} [1]", "mapped {mobile} [1]", "mapped {$else} [1]", "mapped {$} [1]", "mapped {$ifno fax} [1]", `mapped {$if co="GB"} [1]`, `mapped {$ifno co="GB"} [1]`}},
		"condition on an unknown field":     {"symprex", "{$if shoe}a{$}", "{{if .shoe}}a{{end}}", []string{"unmapped {$if shoe} [1]", "mapped {$} [1]"}},
		"conditions not closed":             {"symprex", "{$if mobile}a{$else}b", "ab", []string{"unmapped {$if mobile} [1]", "unmapped {$else} [1]"}},
		"condition that an attribute opens": {"symprex", `<a title="{$if mobile}">a{$else}b{$}</a>`, `<a title="">ab</a>`, []string{"unmapped {$if mobile} [1]", "unmapped {$else} [1]", "unmapped {$} [1]"}},
		"two times else":                    {"symprex", "{$if mobile}a{$else}b{$else}c{$}", "abc", []string{"unmapped {$if mobile} [1]", "unmapped {$else} [1]", "unmapped {$} [1]"}},
		"conditions not understood":         {"symprex", "{$if mobile > 3}a{$}", "a", []string{"unmapped {$if mobile > 3} [1]", "unmapped {$} [1]"}},
		"remove text":                       {"codetwo", "{rt}Mobile: {Mobile}{/rt}{RT}", "Mobile: {{.mobilePhone}}", []string{"dropped {rt} [1]", "mapped {Mobile} [1]", "dropped {/rt} [1]", "dropped {RT} [1]"}},
		"links": {"any", `<a href="tel:{Phone}"><a href='mailto:{E-mail}'><a href={Website}><a href="http://{Website}"><a href="{Mail}"><a href="https://x.y/?u={Employee ID}&amp;v=1">`,
			`<a href="{{tel .businessPhones}}"><a href='mailto:{{.mail}}'><a href="{{url .website}}"><a href="{{url .website}}"><a href="mailto:{{.mail}}"><a href="https://x.y/?u={{.employeeId}}&amp;v=1">`,
			[]string{"mapped {Phone} [1]", "mapped {E-mail} [1]", "unmapped {Website} [1]", "mapped {Mail} [1]", "mapped {Employee ID} [1]"}},
		"escaped already": {"any", "Smith &amp; Sons &lt;b&gt; &quot;{Company}&quot;", "Smith &amp; Sons &lt;b&gt; &quot;{{.companyName}}&quot;", []string{"mapped {Company} [1]"}},
		"a document": {"any", "<!DOCTYPE html>\n<html><head><title>{Name}</title><style>p {color:red}</style><!-- x --></head>\n<body style=\"color:red\">\n<p>{Name}<o:p></o:p></p><script>if (a) { b }</script><!-- y -->\n</body></html>",
			"<p>{{.displayName}}</p>", []string{"dropped <style> [2]", "dropped style of <body> [3]", "mapped {Name} [4]", "dropped <script> [4]"}},
		"Outlook's comments": {"any", "<!--[if mso]><table><tr><td>{Name}<![endif]--><!--[if !mso]><!--><b>{City}</b><!--<![endif]-->",
			"<!--[if mso]><table><tr><td>{{.displayName}}<![endif]--><!--[if !mso]><!--><b>{{.city}}</b><!--<![endif]-->", []string{"mapped {Name} [1]", "mapped {City} [1]"}},
		"Outlook's graphics": {"any", "<!--[if gte vml 1]><v:shape><v:imagedata src=\"a_files/1.png\"/></v:shape><![endif]--><![if !vml]><img width=9 src=\"a_files/1.png\"><![endif]><![if !x]>a<![endif]>",
			`<img width="9" src="cid:t-1.png"><![if !x]>a<![endif]>`, []string{"dropped <!--[if gte vml ...]> [1]"}},
	} {
		t.Run(name, func(t *testing.T) {
			html, findings, _ := convert(t, tc.product, tc.source)
			if html != tc.html {
				t.Errorf("got\n%s\nwant\n%s", html, tc.html)
			}
			if !slices.Equal(findings, tc.findings) {
				t.Errorf("found\n%s\nwant\n%s", strings.Join(findings, "\n"), strings.Join(tc.findings, "\n"))
			}
			if _, err := render.Parse("t", html, ""); err != nil {
				t.Errorf("not a template: %v", err)
			}
		})
	}
}

func TestWithoutConditions(t *testing.T) {
	p, _ := Find("symprex")
	r := Convert("{$if mobile}a{$}", Options{Product: p, WithoutConditions: true})
	if r.HTML != "a\n" || len(r.Findings) != 2 || r.Findings[0].Kind != Unmapped {
		t.Errorf("%+v", r)
	}
}

func TestPictures(t *testing.T) {
	const source = `<img src="a_files/image%20001.png"><img src='a_files/image%20001.png'><td background="b_files\image-001.PNG"><img src="cid:x@y">
<img src="https://a.b/c.png"><img src="//a.b/c.png"><img src="{Photo}"><img src="data:image/gif;base64,R0lG"><img src="data:image/gif;base64,*"><img src="">`
	html, _, r := convert(t, "any", source)
	want := `<img src="cid:t-image-001.png"><img src='cid:t-image-001.png'><td background="cid:t-image-001-2.PNG"><img src="cid:t-x-y">
<img src="https://a.b/c.png"><img src="//a.b/c.png"><img src="{{photo}}"><img src="cid:t-picture4.gif"><img src="data:image/gif;base64,*"><img src="">`
	if html != want {
		t.Errorf("got\n%s\nwant\n%s", html, want)
	}
	pictures := []Picture{
		{"a_files/image 001.png", "t-image-001.png", nil, 1}, {"b_files/image-001.PNG", "t-image-001-2.PNG", nil, 1},
		{"x@y", "t-x-y", nil, 1}, {"", "t-picture4.gif", []byte("GIF"), 2},
	}
	if !reflect.DeepEqual(r.Pictures, pictures) {
		t.Errorf("got  %+v\nwant %+v", r.Pictures, pictures)
	}
}

// The person's photo is an address, which only a picture can have.
func TestPhoto(t *testing.T) {
	for _, c := range []struct{ product, source, want string }{
		{"any", `<img src=" {Photo} " alt="">`, `<img src="{{photo}}" alt="">`},
		{"xink", `<img src=((thumbnailPhoto))>`, `<img src="{{photo}}">`},
		{"codetwo-2007", `<img src="[User photo]">`, `<img src="{{photo}}">`},
		{"codetwo", `<img src="{Photo}.png"><a href="{Photo}">{Photo}</a>`, `<img src="{{.photo}}.png"><a href="{{url .photo}}">{{.photo}}</a>`},
		{"symprex", `{$if photo}<img src="{photo}">{$}`, `{{if photo}}<img src="{{photo}}">{{end}}`},
	} {
		p, _ := Find(c.product)
		r := Convert(c.source, Options{Product: p, Prefix: "t"})
		if strings.TrimSpace(r.HTML) != c.want || len(r.Pictures) != 0 {
			t.Errorf("%s: %s became %s, %v", c.product, c.source, r.HTML, r.Pictures)
		}
		if _, err := render.Parse("t", r.HTML, ""); err != nil {
			t.Error(err)
		}
		if first := r.Findings[0]; strings.Contains(c.want, "{{photo}}") && first.Kind != Mapped {
			t.Errorf("%s: %+v", c.source, first)
		}
	}
}

// Whatever comes in, what comes out has no actions but those that were written
// on purpose.
func FuzzConvert(f *testing.F) {
	functions := map[string]any{"upper": 0, "lower": 0, "title": 0, "tel": 0, "url": 0, "eq": 0, "ne": 0, "not": 0, "photo": 0}
	f.Fuzz(func(t *testing.T, product uint8, source string) {
		p := Products[int(product)%len(Products)]
		r := Convert(source, Options{Product: p, Prefix: "t"})
		if _, err := parse.Parse("t", r.HTML, "", "", functions); err != nil {
			t.Fatalf("%s: %v\n%s", p.Name, err, r.HTML)
		}
		for _, f := range r.Findings {
			if len(f.Lines) == 0 || f.Lines[0] < 1 || f.Lines[len(f.Lines)-1] > 1+strings.Count(source, "\n") {
				t.Fatalf("%s: %+v has a line that is not there", p.Name, f)
			}
		}
	})
}
