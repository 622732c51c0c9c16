package files

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/directorytest"
)

var _ directory.Local = Source{}

// folder writes files below a new folder, an hour ago.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		write(t, filepath.Join(dir, name), content)
	}
	age(t, dir, time.Hour)
	return dir
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// age makes everything in a folder so old.
func age(t *testing.T, dir string, old time.Duration) {
	t.Helper()
	at := time.Now().Add(-old)
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err == nil {
			err = os.Chtimes(path, at, at)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFiles(t *testing.T) {
	logo := directorytest.Picture(t, 2, 2)
	dir := folder(t, map[string]string{
		"Alice@Contoso.com/signature.html": "\uFEFF<p>Alice <img src=\"Logo.PNG\"></p>",
		"Alice@Contoso.com/Signature.TXT":  "Alice\r\n",
		"Alice@Contoso.com/Logo.PNG":       string(logo),
		"Alice@Contoso.com/.DS_Store":      "x",
		"bob@contoso.com/signature.txt":    "Bob",
		".git/config":                      "x",
	})
	var seen [][2]int
	batch, err := directorytest.Read(t.Context(), Source{dir}, "", func(read, total int) { seen = append(seen, [2]int{read, total}) })
	if err != nil {
		t.Fatal(err)
	}
	want := []directory.Person{
		{Address: "alice@contoso.com", Addresses: []string{"alice@contoso.com"}, Key: "alice@contoso.com", Ready: &directory.Ready{
			HTML: `<p>Alice <img src="Logo.PNG"></p>`, Text: "Alice\r\n", Images: []directory.Image{{Name: "Logo.PNG", Type: "image/png", Data: logo}}}},
		{Address: "bob@contoso.com", Addresses: []string{"bob@contoso.com"}, Key: "bob@contoso.com", Ready: &directory.Ready{Text: "Bob"}},
	}
	if !batch.Full || !reflect.DeepEqual(batch.People, want) || len(batch.Warnings) > 0 {
		t.Errorf("got  %+v\nwarnings %v", batch.People, batch.Warnings)
	}
	if len(seen) != 3 || seen[2] != [2]int{3, 3} {
		t.Errorf("progress %v", seen)
	}
}

func TestFilesLeftOut(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "passwd")
	write(t, outside, "root:x:0:0")
	link := func(target, name string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	const whole, lost = "z@b.c a@b.c", "z@b.c"
	tests := []struct {
		name    string
		files   map[string]string
		change  func(t *testing.T, dir string)
		people  string
		warning string
	}{
		{"no address", map[string]string{"team/signature.txt": "x"}, nil, lost, "team: this is no mail address, as which the folder should be named"},
		{"a file", map[string]string{"a@b.c": "x"}, nil, lost, "a@b.c: this is no folder; put it into one named by a mail address"},
		{"nothing in it", map[string]string{"a@b.c/.x": ""}, nil, lost, "a@b.c: there is neither signature.html nor signature.txt to use"},
		{"another file", map[string]string{"a@b.c/signature.txt": "x", "a@b.c/signature.docx": "x"}, nil, whole,
			"a@b.c/signature.docx: this is neither signature.html, signature.txt nor a picture and is not used"},
		{"a picture that is none", map[string]string{"a@b.c/signature.txt": "x", "a@b.c/x.gif": "x"}, nil, whole,
			"a@b.c/x.gif: it is no JPEG, PNG or GIF that can be read"},
		{"a huge picture", map[string]string{"a@b.c/signature.txt": "x", "a@b.c/x.gif": strings.Repeat("x", 5<<20+1)}, nil, whole,
			"a@b.c/x.gif: it has 5242881 bytes, over the limit of 5 MiB"},
		{"another charset", map[string]string{"a@b.c/signature.txt": "x", "a@b.c/signature.html": "M\xfcller"}, nil, whole,
			"a@b.c/signature.html: it is not in UTF-8 and looks like windows-1252 (Müller); save it as UTF-8"},
		{"UTF-16", map[string]string{"a@b.c/signature.txt": "x", "a@b.c/signature.html": "<\x00p\x00"}, nil, whole,
			"a@b.c/signature.html: it is not in UTF-8 and looks like utf-16le; save it as UTF-8"},
		{"empty", map[string]string{"a@b.c/signature.txt": "x", "a@b.c/signature.html": " \n"}, nil, whole, "a@b.c/signature.html: it is empty"},
		{"a link in the folder", map[string]string{"a@b.c/.x": "", "z@b.c/signature.txt": "x"}, link("../z@b.c/signature.txt", "a@b.c/signature.txt"), whole, ""},
		{"a link out of the folder", map[string]string{"a@b.c/signature.html": "x"}, link(outside, "a@b.c/signature.txt"), whole,
			"a@b.c/signature.txt: path escapes from parent"},
		{"a folder linked from outside", nil, link(filepath.Dir(outside), "a@b.c"), lost, "a@b.c: path escapes from parent"},
		{"a pipe", map[string]string{"a@b.c/signature.txt": "x"}, func(t *testing.T, dir string) {
			if err := syscall.Mkfifo(filepath.Join(dir, "a@b.c/signature.html"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, whole, "a@b.c/signature.html: this is no file"},
		{"one address twice", map[string]string{"a@b.c/signature.txt": "x", "A@b.c/signature.txt": "y"}, nil, whole,
			"a@b.c is the address of two entries, a@b.c and a@b.c; the second is left out"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{"z@b.c/signature.txt": "z"}
			for name, content := range test.files {
				files[name] = content
			}
			dir := folder(t, files)
			if test.change != nil {
				test.change(t, dir)
			}
			batch, err := directorytest.Read(t.Context(), Source{dir}, "", nil)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Fields(directorytest.Addresses(batch.People))
			slices.Sort(got)
			want := strings.Fields(test.people)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("people %q, want %q", got, want)
			}
			if got := strings.Join(directorytest.Texts(batch.Warnings), "\n"); got != test.warning {
				t.Errorf("warnings %q\nwant %q", got, test.warning)
			}
		})
	}
}

func TestFilesUnchanged(t *testing.T) {
	changes := []struct {
		name   string
		change func(t *testing.T, dir string)
		full   bool
	}{
		{"nothing", func(*testing.T, string) {}, false},
		{"the contents", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "a@b.c/signature.txt"), "AB") }, true},
		{"the contents, of one length", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "a@b.c/signature.txt"), "B") }, true},
		{"a file more", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "a@b.c/signature.html"), "B") }, true},
		{"a file less", func(t *testing.T, dir string) {
			if err := os.RemoveAll(filepath.Join(dir, "b@b.c")); err != nil {
				t.Fatal(err)
			}
		}, true},
	}
	for _, test := range changes {
		t.Run(test.name, func(t *testing.T) {
			dir := folder(t, map[string]string{"a@b.c/signature.txt": "A", "b@b.c/signature.txt": "B"})
			first, err := directorytest.Read(t.Context(), Source{dir}, "", nil)
			if err != nil || first.Cursor == "" {
				t.Fatalf("cursor %q, %v", first.Cursor, err)
			}
			test.change(t, dir)
			if test.full {
				age(t, dir, time.Minute)
			}
			second, err := directorytest.Read(t.Context(), Source{dir}, first.Cursor, nil)
			if err != nil || second.Full != test.full || test.full == (second.Cursor == first.Cursor) {
				t.Errorf("full %v, cursor %q after %q, %v", second.Full, second.Cursor, first.Cursor, err)
			}
		})
	}
}

// A change within the same tick of the file system's clock must not be missed.
func TestFilesJustChanged(t *testing.T) {
	dir := folder(t, map[string]string{"a@b.c/signature.txt": "A"})
	write(t, filepath.Join(dir, "a@b.c/signature.txt"), "B")
	batch, err := directorytest.Read(t.Context(), Source{dir}, "", nil)
	if err != nil || batch.Cursor != "" {
		t.Errorf("cursor %q, %v", batch.Cursor, err)
	}
}

func TestFilesNoFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "absent")
	_, err := directorytest.Read(t.Context(), Source{dir}, "", nil)
	if err == nil || !strings.Contains(err.Error(), "read signatures from "+dir) {
		t.Errorf("got %v", err)
	}
	if batch, err := directorytest.Read(t.Context(), (Source{t.TempDir()}), "", nil); err != nil || !batch.Full || len(batch.People) > 0 {
		t.Errorf("an empty folder: %+v, %v", batch, err)
	}
}
