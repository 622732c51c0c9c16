package csvfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/directorytest"
)

var _ directory.Source = Source{}

// writeFile returns the path of a file people.csv with the content.
func writeFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// read returns the people and the warnings without the folder in them.
func read(t *testing.T, content string) ([]directory.Person, []string, error) {
	t.Helper()
	path := writeFile(t, content)
	batch, err := directorytest.Read(t.Context(), Source{Path: path}, "", nil)
	people, warnings := batch.People, batch.Warnings
	var texts []string
	for _, w := range warnings {
		texts = append(texts, strings.TrimPrefix(w.Error(), filepath.Dir(path)+"/"))
	}
	return people, texts, err
}

func TestPeople(t *testing.T) {
	alice := directory.Person{
		Address:    "alice@contoso.com",
		Addresses:  []string{"alice@contoso.com"},
		Attributes: map[string]string{"mail": "Alice@Contoso.com", "displayName": "Alice Muster"},
	}
	tests := []struct {
		name, file string
		want       directory.Person
	}{
		{"comma", "mail,displayName\nAlice@Contoso.com,Alice Muster\n", alice},
		{"semicolon", "mail;displayName\nAlice@Contoso.com;Alice Muster\n", alice},
		{"tab", "mail\tdisplayName\nAlice@Contoso.com\tAlice Muster\n", alice},
		{"tab, first value empty", "department\tmail\tdisplayName\n\tAlice@Contoso.com\tAlice Muster\n", alice},
		{"byte order mark", "\uFEFFmail,displayName\nAlice@Contoso.com,Alice Muster\n", alice},
		{"CRLF, no last line end", "mail,displayName\r\nAlice@Contoso.com,Alice Muster", alice},
		{"CR", "mail;displayName\rAlice@Contoso.com;Alice Muster\r", alice},
		{"blank lines", "\n\nmail,displayName\n\n\r\nAlice@Contoso.com,Alice Muster\n\n", alice},
		{"other case", "MAIL,DISPLAYNAME\nAlice@Contoso.com,Alice Muster\n", alice},
		{"blanks around", " mail , displayName \n Alice@Contoso.com , Alice Muster \n", alice},
		{"blank before a quote", "mail, displayName\nAlice@Contoso.com, \"Alice Muster\"\n", alice},
		{"column without name", "mail,displayName,\nAlice@Contoso.com,Alice Muster,x\n", alice},
		{"separator in a quoted title", "mail;displayName;\"a,b,c,d\"\nAlice@Contoso.com;Alice Muster;\n", alice},
		{"empty values", "mail,displayName,jobTitle\nAlice@Contoso.com,Alice Muster,  \n", alice},
		{"unused rows below", "mail,displayName\nAlice@Contoso.com,Alice Muster\n,\n , \n", alice},
		{"user principal name", "userprincipalname,mail\nal@contoso.com,\n", directory.Person{
			Address:    "al@contoso.com",
			Addresses:  []string{"al@contoso.com"},
			Attributes: map[string]string{"userPrincipalName": "al@contoso.com"},
		}},
		{"mail before user principal name", "userprincipalname,mail\nal@contoso.com,alice@contoso.com\n", directory.Person{
			Address:    "alice@contoso.com",
			Addresses:  []string{"alice@contoso.com"},
			Attributes: map[string]string{"userPrincipalName": "al@contoso.com", "mail": "alice@contoso.com"},
		}},
		{"proxies", "mail,proxyAddresses\na@b.c,SMTP:A@b.c;smtp:al@b.c|X500:/o=Ex Labs/ou=A (B)/cn=al@b.c;SIP:sip@b.c; x@b.c y@b.c smtp:al@b.c\n", directory.Person{
			Address:    "a@b.c",
			Addresses:  []string{"a@b.c", "al@b.c", "x@b.c", "y@b.c"},
			Attributes: map[string]string{"mail": "a@b.c"},
		}},
		{"an address after X500 in a list of blanks", "mail,proxyaddresses\na@b.c,X500:/o=Ex Labs SMTP:al@b.c\n", directory.Person{
			Address:    "a@b.c",
			Addresses:  []string{"a@b.c", "al@b.c"},
			Attributes: map[string]string{"mail": "a@b.c"},
		}},
		{"groups", "mail,memberOf\na@b.c,All Staff; CN=Sales Team,OU=x |g1@b.c g2@b.c\n", directory.Person{}},
		{"groups quoted", "mail,memberOf\na@b.c,\"All Staff; CN=Sales Team,OU=x |g1@b.c g2@b.c\"\n", directory.Person{
			Address:    "a@b.c",
			Addresses:  []string{"a@b.c"},
			Attributes: map[string]string{"mail": "a@b.c"},
			Groups:     []string{"All Staff", "CN=Sales Team,OU=x", "g1@b.c", "g2@b.c"},
		}},
		{"own names and line breaks", "mail,ExtensionATTRIBUTE12,Floor Number\na@b.c,\"x\ny \"\"z\"\"\",3\n", directory.Person{
			Address:    "a@b.c",
			Addresses:  []string{"a@b.c"},
			Attributes: map[string]string{"mail": "a@b.c", "extensionAttribute12": "x\ny \"z\"", "Floor Number": "3"},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			people, warnings, err := read(t, test.file)
			if test.want.Address == "" {
				if err == nil || len(warnings) != 1 {
					t.Fatalf("got %+v, warnings %q, %v; want nobody", people, warnings, err)
				}
				return
			}
			if err != nil || len(warnings) > 0 || len(people) != 1 {
				t.Fatalf("got %+v, warnings %q, %v", people, warnings, err)
			}
			if !reflect.DeepEqual(people[0], test.want) {
				t.Errorf("got  %+v\nwant %+v", people[0], test.want)
			}
		})
	}
}

func TestBrokenRows(t *testing.T) {
	const left = "; this row is left out"
	long := strings.Repeat("l", 65)
	tests := []struct {
		name, rows, warning string
	}{
		{"too few values", "x@b.c\n", "people.csv:3: 1 values where the first row has 2 columns" + left},
		{"too many values", "x@b.c,X,Y\n", "people.csv:3: 3 values where the first row has 2 columns" + left},
		{"bare quote", "x@b.c,5\" \"tall\n", `people.csv:3: bare " in non-quoted-field` + left},
		{"one bare quote", "x@b.c,5\" tall\n", "people.csv:3: a quote is opened and not closed" + left},
		{"quote not closed", "x@b.c,\"X\n", "people.csv:3: a quote is opened and not closed" + left},
		{"text after a quoted value", "x@b.c,\"X\"Y\"Z\"\n", `people.csv:3: extraneous or missing " in quoted-field` + left},
		{"no address", ",X\n", "people.csv:3: no mail address" + left},
		{"no domain", "x@,X\n", `people.csv:3: mail "x@" is not a mail address` + left},
		{"empty label", "x@b..c,X\n", `people.csv:3: mail "x@b..c" is not a mail address` + left},
		{"two at signs", "x@y@b.c,X\n", `people.csv:3: mail "x@y@b.c" is not a mail address` + left},
		{"with name", "X <x@b.c>,X\n", `people.csv:3: mail "X <x@b.c>" is not a mail address` + left},
		{"long local part", long + "@b.c,X\n", `people.csv:3: mail "` + long + `@b.c" is not a mail address` + left},
		{"not UTF-8 in a file of UTF-8", "x@b.c,M\xfcller\ny@b.c,Müller\n", "people.csv:3: not UTF-8; save the file as UTF-8 or set charset" + left},
		{"an error of a formula", "x@b.c,#N/A\n", "people.csv:3: displayName is #N/A, which the spreadsheet shows in place of the value, and is not used"},
		{"a shortened number", "x@b.c,\"4,93055E+11\"\n", "people.csv:3: displayName is 4,93055E+11, which the spreadsheet shows in place of the value, and is not used"},
		{"taken", "A@b.c,X\n", "people.csv:3: a@b.c is also in line 2" + left},
		{"after a row of three lines", "\"x@b.c\",\"1\n2\n3\"\ny@b.c\n", "people.csv:6: 1 values where the first row has 2 columns" + left},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			people, warnings, err := read(t, "mail,displayName\na@b.c,A\n"+test.rows+"z@b.c,\"Z\"\n")
			if err != nil {
				t.Fatal(err)
			}
			got := directorytest.Addresses(people)
			if !strings.HasPrefix(got, "a@b.c ") || !strings.HasSuffix(got, " z@b.c") {
				t.Errorf("people are %s", got)
			}
			if len(warnings) != 1 || warnings[0] != test.warning {
				t.Errorf("warnings are\n%s\nwant\n%s", strings.Join(warnings, "\n"), test.warning)
			}
		})
	}
}

// A quote that is never closed costs its own row, even where another one in a
// later row seems to close it.
func TestBrokenRowsTogether(t *testing.T) {
	people, warnings, err := read(t, "mail,displayName\n"+
		"a@b.c,\"A\n"+
		"b@b.c,B\n"+
		"c@b.c,\"C\"x\n"+
		"d@b.c,\"D\n"+
		"e@b.c,E\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := directorytest.Addresses(people); got != "b@b.c e@b.c" {
		t.Errorf("people are %s", got)
	}
	if len(warnings) != 3 {
		t.Errorf("warnings are %q", warnings)
	}
}

func TestProxyWarnings(t *testing.T) {
	people, warnings, err := read(t, "mail,proxyAddresses\na@b.c,smtp:a@@b.c;smtp:z@b.c\nd@b.c,smtp:Z@b.c\n")
	if err != nil || directorytest.Addresses(people) != "a@b.c d@b.c" || len(people[1].Addresses) != 1 {
		t.Fatalf("got %v, %v", people, err)
	}
	want := []string{
		`people.csv:2: proxy address "a@@b.c" is not a mail address and is not used`,
		"people.csv:3: z@b.c is also in line 2 and stays there; d@b.c goes without it",
	}
	if !reflect.DeepEqual(warnings, want) {
		t.Errorf("warnings are %q", warnings)
	}
}

// An address that a later row has for its primary one goes there.
func TestAliasIsPrimaryOfLaterRow(t *testing.T) {
	path := writeFile(t, "mail,proxyAddresses\na@b.c,z@b.c x@b.c\nz@b.c,\n")
	people, batch, err := directory.Gather(t.Context(), Source{Path: path}, "", nil)
	want := []directory.Person{
		{Address: "a@b.c", Addresses: []string{"a@b.c", "x@b.c"}, Attributes: map[string]string{"mail": "a@b.c"}},
		{Address: "z@b.c", Addresses: []string{"z@b.c"}, Attributes: map[string]string{"mail": "z@b.c"}},
	}
	if err != nil || !reflect.DeepEqual(people, want) {
		t.Errorf("got %+v, %v", people, err)
	}
	if got := fmt.Sprint(batch.Warnings); got != "["+path+":2: z@b.c is also in line 3 and stays there; a@b.c goes without it]" {
		t.Errorf("warnings %s", got)
	}
}

func TestUnusableFiles(t *testing.T) {
	tests := []struct{ name, file, want string }{
		{"empty", "", "it is empty"},
		{"blank", "\n\n\r\n", "it is empty"},
		{"no header", "alice@contoso.com,Alice\n", "must name the columns"},
		{"header alone", "mail,displayName\n", "no usable row"},
		{"all rows broken", "mail,displayName\nx,y\n", "no usable row"},
		{"column twice", "mail,Mail\na@b.c,d@b.c\n", "the column mail twice"},
		{"broken header", "mail,\"displayName\na@b.c,A\n", "first row"},
		{"header not UTF-8", "mail,\xfc\na@b.c,A\n", "not UTF-8"},
		{"Windows-1252", "mail,city\na@b.c,Berlin\nd@b.c,M\xfcnchen\n", `line 3 is not UTF-8, it looks like windows-1252 (München); set charset = "windows-1252", or save the file as "CSV UTF-8"`},
		{"Windows-1252 more than UTF-8", "mail,city\na@b.c,K\xf6ln\nd@b.c,M\xfcnchen\ne@b.c,Köln\n", "line 2 is not UTF-8"},
		{"UTF-16 without a mark", "m\x00a\x00i\x00l\x00\n\x00a\x00@\x00b\x00.\x00c\x00\n\x00", `set charset = "utf-16le"`},
		{"CR and Windows-1252", "mail,city\ra@b.c," + strings.Repeat("x", 70000) + "\rd@b.c,M\xfcnchen\r", "line 3 is not UTF-8, it looks like windows-1252 (München)"},
		{"no charset known", "mail,city\na@b.c,1\xb1\xb11\n", `line 2 is not UTF-8; set charset, or save`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			people, _, err := read(t, test.file)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "people.csv") {
				t.Errorf("got %v, error %v; want %s", people, err, test.want)
			}
		})
	}
	_, err := directorytest.Read(t.Context(), Source{Path: filepath.Join(t.TempDir(), "absent.csv")}, "", nil)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "look at the name") {
		t.Errorf("absent file: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := directorytest.Read(ctx, Source{Path: writeFile(t, "mail\na@b.c\n")}, "", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// A charset that is not the file's would put wrong names into every mail.
func TestCSVCharset(t *testing.T) {
	const rows = "mail;city\na@b.c;München\n"
	wide := func(mark, text string) string {
		for _, b := range text {
			mark += string([]byte{byte(b), byte(b >> 8)})
		}
		return mark
	}
	for _, test := range []struct{ name, charset, file, city, fault string }{
		{"UTF-8 named otherwise", "windows-1252", rows, "", "the file is UTF-8, and charset says windows-1252; take charset out"},
		{"with a mark", "windows-1252", "\uFEFF" + rows, "München", ""},
		{"in its charset", "windows-1252", "mail;city\na@b.c;M\xfcnchen\n", "München", ""},
		{"UTF-16 with a mark", "", wide("\xff\xfe", rows), "München", ""},
		{"UTF-16 with a mark, named otherwise", "windows-1252", wide("\xff\xfe", rows), "München", ""},
		{"UTF-16 that is named", "utf-16le", wide("", rows), "München", ""},
		{"a zero", "", "mail;city\na@b.c;M\x00\n", "M\x00", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			all, err := directorytest.Read(t.Context(), Source{Path: writeFile(t, test.file), Charset: test.charset}, "", nil)
			switch {
			case test.fault != "" && (err == nil || !strings.Contains(err.Error(), test.fault)):
				t.Errorf("error %v", err)
			case test.fault == "" && (err != nil || len(all.People) != 1 || all.People[0].Attributes["city"] != test.city):
				t.Errorf("got %+v, %v", all.People, err)
			}
		})
	}
}

func FuzzCSV(f *testing.F) {
	f.Fuzz(func(t *testing.T, file string) {
		var people directorytest.Kept
		r := reading{Source: Source{Path: "f"}, in: &counter{in: strings.NewReader(file)}}
		err := r.read(t.Context(), people.Add)
		if (err == nil) != (len(people) > 0) {
			t.Fatalf("%d people, error %v", len(people), err)
		}
		if r.unique != nil {
			people = people.Without(r.unique.Lost)
		}
		owner := map[string]bool{}
		for _, p := range people {
			if p.Address == "" || p.Addresses[0] != p.Address {
				t.Fatalf("%+v", p)
			}
			for _, a := range p.Addresses {
				if owner[a] || a != strings.ToLower(a) || !strings.Contains(a, "@") {
					t.Fatalf("address %q", a)
				}
				owner[a] = true
			}
		}
	})
}

// Nobody may ever write to a pipe, and the open of one cannot be given up.
func TestCSVIsNoPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "people.csv")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := directorytest.Read(context.Background(), Source{Path: path}, "", nil)
		done <- err
	}()
	select {
	case err := <-done:
		if err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("error %v", err)
		}
	case <-time.After(time.Minute):
		t.Error("it waits for whoever writes to the pipe")
	}
}
