package csvfile

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/directorytest"
)

// remembered is a CSV file with a memory, and the people that its readings brought.
type remembered struct {
	t        *testing.T
	source   Source
	cursor   string
	people   map[string]directory.Person
	problems []error // of the last reading
}

func newRemembered(t *testing.T, content string) *remembered {
	r := &remembered{t: t, source: Source{Path: writeFile(t, content), Memory: new(Memory)}}
	if r.read(); len(r.people) == 0 {
		t.Fatal("nobody")
	}
	return r
}

// read reads the file as it is, and compares with a reading of all of it.
func (r *remembered) read() (brought []string, full bool) {
	r.t.Helper()
	batch, err := directorytest.Read(r.t.Context(), r.source, r.cursor, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	if batch.Full {
		r.people = map[string]directory.Person{}
	}
	for _, p := range batch.People {
		r.people[p.Address] = p
		brought = append(brought, p.Address)
	}
	r.cursor, r.problems = batch.Cursor, batch.Warnings
	afresh := r.source
	afresh.Memory = nil
	whole, err := directorytest.Read(r.t.Context(), afresh, "", nil)
	if err != nil {
		r.t.Fatal(err)
	}
	want := map[string]directory.Person{}
	for _, p := range whole.People {
		want[p.Address] = p
	}
	if !reflect.DeepEqual(r.people, want) {
		r.t.Errorf("people\n%+v, want\n%+v", r.people, want)
	}
	if fmt.Sprint(batch.Warnings) != fmt.Sprint(whole.Warnings) {
		r.t.Errorf("warnings\n%v, want\n%v", batch.Warnings, whole.Warnings)
	}
	return brought, batch.Full
}

func (r *remembered) write(content string) {
	r.t.Helper()
	if err := os.WriteFile(r.source.Path, []byte(content), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func TestCSVBringsChangedRowsAlone(t *testing.T) {
	const file = "mail,title,proxyAddresses\na@b.c,A,\nb@b.c,B,x@b.c\nc@b.c,C,not an address\nd@b.c,D,y@b.c\n"
	tests := []struct {
		name     string
		old, new string
		brought  string // all but the row with a problem; empty for a whole reading
	}{
		{"a value", "B,x@b.c", "Boss,x@b.c", "b@b.c"},
		{"nothing", "", "", "none"},
		{"a row more", "b@b.c,", "e@b.c,E,\nb@b.c,", "e@b.c"},
		{"another order", "a@b.c,A,\nb@b.c,B,x@b.c\n", "b@b.c,B,x@b.c\na@b.c,A,\n", "none"},
		{"an address less", "B,x@b.c", "B,", "b@b.c"},
		{"an address more", "A,\n", "A,z@b.c\n", "a@b.c"},
		{"a row with line breaks", "A,\n", "\"A\nand more\",\n", "a@b.c"},
		{"a problem is mended", "not an address", "z@b.c", "none c@b.c"},
		{"a problem more", "y@b.c", "y", "d@b.c"},
		{"a broken row more", "d@b.c", "e@b.c,E\nd@b.c", "none"},
		{"a row less", "a@b.c,A,\n", "", ""},
		{"a row with a problem less", "c@b.c,C,not an address\n", "", ""},
		{"another primary address", "a@b.c,A", "e@b.c,A", ""},
		{"an address of somebody else's", "A,\n", "A,x@b.c\n", ""},
		{"an address that moves on", "A,\nb@b.c,B,x@b.c\n", "A,x@b.c\nb@b.c,B,\n", ""},
		{"a row twice", "a@b.c,A,\n", "a@b.c,A,\na@b.c,A,\n", ""},
		{"a second row of a person", "d@b.c", "a@b.c,Z,\nd@b.c", ""},
		{"another header", "mail,title", "mail,jobTitle", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRemembered(t, file)
			r.write(strings.Replace(file, test.old, test.new, 1))
			brought, full := r.read()
			if full != (test.brought == "") {
				t.Fatalf("full %v, brought %v", full, brought)
			}
			if full {
				return
			}
			// The row with a problem comes each time.
			brought = slices.DeleteFunc(brought, func(a string) bool { return a == "c@b.c" && !strings.Contains(test.brought, a) })
			if got := strings.Join(append([]string{"none"}, brought...), " "); strings.TrimPrefix(got, "none ") != test.brought && got != test.brought {
				t.Errorf("brought %s", got)
			}
			if brought, full := r.read(); full || len(brought) > len(r.problems) {
				t.Errorf("then brought %v, full %v", brought, full)
			}
		})
	}
}

// Random files, one after the other: what the readings brought together is what one
// reading of the last file brings.
func TestCSVMemoryIsExact(t *testing.T) {
	random := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	row := func() string {
		n := random.IntN(40)
		row := fmt.Sprintf("p%d@b.c,T%d,", n, random.IntN(3))
		switch random.IntN(12) {
		case 0:
			return row + fmt.Sprintf("p%d@b.c", random.IntN(40)) // of somebody else's, perhaps
		case 1:
			return row + "nonsense"
		case 2:
			return row + "1,2" // broken
		}
		return row + fmt.Sprintf("q%d@b.c", n)
	}
	var list []string
	for n := range 30 {
		list = append(list, fmt.Sprintf("p%d@b.c,T,q%d@b.c", n, n))
	}
	clean := slices.Clone(list)
	r := newRemembered(t, "mail,title,proxyAddresses\n"+strings.Join(list, "\n"))
	partial := 0
	for n := range 600 {
		if n%20 == 0 { // two rows with one address are likely by now
			list = slices.Clone(clean)
		}
		for range random.IntN(3) {
			at := random.IntN(len(list))
			switch random.IntN(8) {
			case 0:
				list = slices.Insert(list, at, row())
			case 1:
				if len(list) > 10 {
					list = slices.Delete(list, at, at+1)
				}
			case 2:
				other := random.IntN(len(list))
				list[at], list[other] = list[other], list[at]
			case 3:
				list[at] = row()
			default: // a value of the same row
				list[at] = strings.Replace(list[at], ",T", ",TT", 1)
			}
		}
		r.write("mail,title,proxyAddresses\n" + strings.Join(list, "\n"))
		if _, full := r.read(); !full {
			partial++
		}
		if t.Failed() {
			t.Fatal(strings.Join(list, "\n"))
		}
	}
	if partial < 60 {
		t.Errorf("%d readings were partial", partial)
	}
}

// What a reading brought and the store refused is brought again.
func TestCSVMemoryIsOfTheCursor(t *testing.T) {
	r := newRemembered(t, "mail,title\na@b.c,A\nb@b.c,B\n")
	before := r.cursor
	r.write("mail,title\na@b.c,A\nb@b.c,Boss\n")
	if brought, full := r.read(); full || len(brought) != 1 {
		t.Fatalf("brought %v, full %v", brought, full)
	}
	r.cursor = before
	if _, full := r.read(); !full {
		t.Error("a cursor of before is gone on from")
	}
}

func TestCSVManyChangedRows(t *testing.T) {
	file := func(rows int, title string) string {
		var b strings.Builder
		b.WriteString("mail,title\nzero@b.c,Z\n")
		for n := range rows {
			fmt.Fprintf(&b, "p%d@b.c,%s\n", n, title)
		}
		return b.String()
	}
	for _, test := range []struct {
		rows int
		full bool
	}{{maxChangedRows, false}, {maxChangedRows + 1, true}} {
		r := newRemembered(t, file(test.rows, "A"))
		r.write(file(test.rows, "B"))
		if _, full := r.read(); full != test.full {
			t.Errorf("%d rows: full %v", test.rows, full)
		}
	}
}

// A photo changes without a row.
func TestCSVWithPhotosIsReadWhole(t *testing.T) {
	named := newRemembered(t, "mail,photo\na@b.c,\nb@b.c,\n")
	for _, row := range []string{"b@b.c,b.png", "b@b.c,c.png"} {
		named.write("mail,photo\na@b.c,\n" + row + "\n")
		if _, full := named.read(); !full {
			t.Error(row, "not full")
		}
	}
	r := newRemembered(t, "mail,title\na@b.c,A\nb@b.c,B\n")
	photos := filepath.Join(filepath.Dir(r.source.Path), "photos")
	if err := os.Mkdir(photos, 0o700); err != nil {
		t.Fatal(err)
	}
	r.source.Photos = photos
	for range 2 {
		r.write("mail,title\na@b.c,A\nb@b.c,Boss\n")
		if _, full := r.read(); !full {
			t.Error("not full")
		}
	}
}
