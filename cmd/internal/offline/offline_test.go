package offline

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"sigmilter/sigstore"
)

// site writes a configuration with Alice in its source, and Dora in another file of people.
func site(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range map[string]string{
		"c.toml": "state = \"state.db\"\n[tenant.contoso]\ndomains = [\"contoso.com\"]\ndirectory.path = \"people.csv\"\n" +
			"[template.corporate]\nhtml = \"corporate.html\"\n",
		"corporate.html": "<p>{{.displayName}}</p>\n",
		"people.csv":     "mail,displayName\nalice@contoso.com,Alice Muster\n",
		"others.csv":     "mail,displayName\ndora@contoso.com,Dora Weiss\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Without a state file, and while a daemon holds it, the people come from their sources,
// and nothing is written.
func TestOpenReadsTheSources(t *testing.T) {
	dir := site(t)
	state := filepath.Join(dir, "state.db")
	for _, held := range []bool{false, true} {
		if held {
			daemon, err := sigstore.Open(state)
			if err != nil {
				t.Fatal(err)
			}
			defer daemon.Close()
		}
		setup, err := Open(t.Context(), filepath.Join(dir, "c.toml"), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if p, err := setup.Person("alice@contoso.com"); err != nil || p.Attributes["displayName"] != "Alice Muster" {
			t.Errorf("held %t: %+v, %v", held, p, err)
		}
		if err := setup.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(state); held != (err == nil) {
			t.Errorf("held %t: the state file: %v", held, err)
		}
	}
}

func TestOpenWithPeople(t *testing.T) {
	dir := site(t)
	log := slog.New(slog.DiscardHandler)
	setup, err := OpenWith(t.Context(), filepath.Join(dir, "c.toml"), filepath.Join(dir, "others.csv"), log)
	if err != nil {
		t.Fatal(err)
	}
	defer setup.Close()
	if _, err := setup.Person("dora@contoso.com"); err != nil {
		t.Error(err)
	}
	if p, err := setup.Person("alice@contoso.com"); err == nil {
		t.Errorf("the source was read: %+v", p)
	}
	var unreadable *PeopleError
	if _, err := OpenWith(t.Context(), filepath.Join(dir, "c.toml"), filepath.Join(dir, "none.csv"), log); !errors.As(err, &unreadable) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}
