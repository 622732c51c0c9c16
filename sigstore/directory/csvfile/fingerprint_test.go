package csvfile

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"sigmilter/sigstore/directory/directorytest"
)

func TestCSVColumnsAndCharset(t *testing.T) {
	mapped := map[string]string{"E-Mail": "mail", "vorname": "givenName", "Alle Adressen": "proxyAddresses", "Gruppen": "groups"}
	tests := []struct {
		name, file, charset string
		columns             map[string]string
		givenName           string
		err                 string
	}{
		{"mapped", "E-Mail;Vorname;Alle Adressen;GRUPPEN\na@b.c;Jürgen;smtp:z@b.c;Sales\n", "", mapped, "Jürgen", ""},
		{"charset", "E-Mail;Vorname;Alle Adressen;Gruppen\na@b.c;J\xfcrgen \x80;z@b.c;Sales\n", "windows-1252", mapped, "Jürgen €", ""},
		{"a mark overrules the charset", "\xEF\xBB\xBFE-Mail;Vorname;Alle Adressen;Gruppen\na@b.c;Jürgen;z@b.c;Sales\n", "windows-1252", mapped, "Jürgen", ""},
		{"a title is not there", "E-Mail;Vorname;Gruppen\na@b.c;A;Sales\n", "", mapped, "", `no column "alle adressen"`},
		{"twice by mapping", "mail;E-Mail\na@b.c;a@b.c\n", "", map[string]string{"E-Mail": "mail"}, "", "the column mail twice"},
		{"unknown charset", "mail\na@b.c\n", "klingon", nil, "", `charset "klingon"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			batch, err := directorytest.Read(t.Context(), Source{Path: writeFile(t, test.file), Columns: test.columns, Charset: test.charset}, "", nil)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("error %v, want %s", err, test.err)
				}
				return
			}
			if err != nil || len(batch.People) != 1 || !batch.Full {
				t.Fatalf("got %+v, %v", batch, err)
			}
			p := batch.People[0]
			if p.Attributes["givenName"] != test.givenName || !reflect.DeepEqual(p.Addresses, []string{"a@b.c", "z@b.c"}) ||
				!reflect.DeepEqual(p.Groups, []string{"Sales"}) {
				t.Errorf("got %+v", p)
			}
		})
	}
}

// A file that was not changed is not read again, one changed within the steps of
// the file system's clock is.
func TestCSVCursor(t *testing.T) {
	source := Source{Path: writeFile(t, "mail\na@b.c\n")}
	old := time.Now().Add(-time.Hour)
	read := func(cursor string) directorytest.Reading {
		t.Helper()
		batch, err := directorytest.Read(t.Context(), source, cursor, nil)
		if err != nil {
			t.Fatal(err)
		}
		return batch
	}
	if fresh := read(""); !fresh.Full || !read(fresh.Cursor).Full {
		t.Errorf("just written: %+v", fresh)
	}
	if err := os.Chtimes(source.Path, old, old); err != nil {
		t.Fatal(err)
	}
	first := read("")
	if first.Cursor == "" || !first.Full || len(first.People) != 1 {
		t.Fatalf("first: %+v", first)
	}
	if again := read(first.Cursor); again.Full || len(again.People) != 0 || again.Cursor != first.Cursor {
		t.Errorf("unchanged: %+v", again)
	}
	other := source
	other.Columns = map[string]string{"Mail": "mail"}
	if batch, err := directorytest.Read(t.Context(), other, first.Cursor, nil); err != nil || !batch.Full {
		t.Errorf("with other columns: %+v, %v", batch, err)
	}
	if err := os.WriteFile(source.Path, []byte("mail\nz@b.c\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if batch := read(first.Cursor); !batch.Full || len(batch.People) != 1 || batch.People[0].Address != "z@b.c" {
		t.Errorf("changed: %+v", batch)
	}
}

func TestCSVProgress(t *testing.T) {
	file := "mail\n"
	var rows strings.Builder
	for i := range 5000 {
		rows.WriteString("person" + string(rune('a'+i%26)) + strings.Repeat("y", i/26%60) + string(rune('a'+i/1560)) + "@b.c\n")
	}
	var told [][2]int
	_, err := directorytest.Read(t.Context(), Source{Path: writeFile(t, file+rows.String())}, "", func(read, total int) { told = append(told, [2]int{read, total}) })
	if err != nil {
		t.Fatal(err)
	}
	if len(told) < 3 || told[0][0] != 1000 || told[0][1] < 1000 {
		t.Errorf("told %v", told)
	}
}
