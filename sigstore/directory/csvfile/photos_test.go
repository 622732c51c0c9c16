package csvfile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/directorytest"
)

func TestCSVPhotos(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"data/people.csv": "mail,Photo,proxyAddresses,displayName\n" +
			"alice@contoso.com,,,Alice\nbob@contoso.com,,smtp:b.jones@contoso.com,Bob\ncarl@contoso.com,pics/carl.png,,Carl\ndora@contoso.com,../secret.png,,Dora\n" +
			"emil@contoso.com,pics,,Emil\nfred@contoso.com,gone.png,,Fred\ngreta@contoso.com,big.png,,Greta\nhans@contoso.com,/etc/hostname,,Hans\n" +
			"ida@contoso.com,link.png,,Ida\njan@contoso.com,empty.png,,Jan\nkai@contoso.com,,,Kai\n",
		"data/pics/carl.png": "carl", "data/empty.png": "", "secret.png": "secret",
		"data/big.png":                strings.Repeat("x", directory.MaxPicture+1),
		"faces/Alice@Contoso.COM.JPG": "alice", "faces/b.jones@contoso.com.gif": "bob", "faces/carl@contoso.com.jpg": "not this",
		"faces/kai@contoso.com.svg": "kai", "faces/kai@contoso.com.txt": "kai",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../secret.png", filepath.Join(dir, "data/link.png")); err != nil {
		t.Fatal(err)
	}
	source := Source{Path: filepath.Join(dir, "data/people.csv"), Photos: filepath.Join(dir, "faces")}
	batch, err := directorytest.Read(context.Background(), source, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range batch.People {
		if _, ok := p.Attributes["photo"]; ok || p.Attributes["displayName"] == "" {
			t.Errorf("attributes %v", p.Attributes)
		}
		if p.Photo != nil {
			got = append(got, p.Address+" "+string(p.Photo))
		}
	}
	if want := []string{"alice@contoso.com alice", "bob@contoso.com bob", "carl@contoso.com carl"}; !slices.Equal(got, want) {
		t.Errorf("photos %q", got)
	}
	var warnings []string
	for _, w := range batch.Warnings {
		warnings = append(warnings, w.Error())
	}
	for i, want := range []string{
		"dora@contoso.com: photo ../secret.png is left out: path escapes from parent", "emil@contoso.com: photo pics is left out: this is no file",
		"fred@contoso.com: photo gone.png is left out: no such file or directory", fmt.Sprintf("greta@contoso.com: photo big.png is left out: it has %d bytes, over the limit of 5 MiB", directory.MaxPicture+1),
		"hans@contoso.com: photo /etc/hostname is left out: path escapes from parent", "ida@contoso.com: photo link.png is left out: path escapes from parent",
		"jan@contoso.com: photo empty.png is left out: it is empty",
	} {
		if i >= len(warnings) || warnings[i] != want {
			t.Fatalf("warnings\n%s\nwant %s", strings.Join(warnings, "\n"), want)
		}
	}
	if len(warnings) != 7 {
		t.Errorf("%d warnings", len(warnings))
	}

	// A folder that is not there is worse than photos that are old.
	source.Photos = filepath.Join(dir, "nothing")
	if _, err := directorytest.Read(context.Background(), source, "", nil); err == nil || !strings.Contains(err.Error(), "photos: ") {
		t.Errorf("without the folder: %v", err)
	}
	source.Photos = ""
	if batch, err = directorytest.Read(context.Background(), source, "", nil); err != nil || batch.People[0].Photo != nil || string(batch.People[2].Photo) != "carl" {
		t.Errorf("with no folder set: %v", err)
	}
}

// A photo that was changed is a reason to read again, by itself.
func TestCSVPhotosCursor(t *testing.T) {
	dir := t.TempDir()
	source := Source{Path: filepath.Join(dir, "people.csv"), Photos: filepath.Join(dir, "faces")}
	old := time.Now().Add(-time.Hour)
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600), os.Chtimes(path, old, old)); err != nil {
			t.Fatal(err)
		}
		old = old.Add(time.Minute)
	}
	cursor := ""
	read := func(what, want string) {
		t.Helper()
		batch, err := directorytest.Read(t.Context(), source, cursor, nil)
		if err != nil || batch.Cursor == "" {
			t.Fatalf("%s: cursor %q, %v", what, batch.Cursor, err)
		}
		cursor = batch.Cursor
		var got []string
		for _, p := range batch.People {
			got = append(got, string(p.Photo))
		}
		if all := strings.Join(got, ","); all != want || batch.Full != (want != "") {
			t.Errorf("%s: photos %q, full %v", what, all, batch.Full)
		}
	}
	write("people.csv", "mail,photo\na@b.c,\nd@e.f,d.png\n")
	write("faces/a@b.c.jpg", "face")
	read("first", "face,")
	read("unchanged, a named one missing", "")
	write("d.png", "named")
	read("the named one has come", "face,named")
	read("unchanged", "")
	write("d.png", "NAMED")
	read("the named one is another", "face,NAMED")
	write("faces/a@b.c.jpg", "FACE")
	read("the one in the folder is another", "FACE,NAMED")
	write("faces/d@e.f.png", "not used")
	read("one more in the folder", "FACE,NAMED")
	if err := os.Remove(filepath.Join(dir, "faces/a@b.c.jpg")); err != nil {
		t.Fatal(err)
	}
	read("one was removed", ",NAMED")
	read("unchanged", "")

	old = time.Now()
	write("faces/a@b.c.jpg", "late")
	read("changed just now", "late,NAMED")
	read("still just now", "late,NAMED")
	if got := source.Paths(); !slices.Equal(got, []string{source.Path, source.Photos}) {
		t.Errorf("paths %q", got)
	}
}
