package config

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Paths that name no file but something that never ends, or that waits for another
// program, are faults at once. Elsewhere than beside the configuration and through
// links a file is Read: the admin may keep it where he likes.
func TestHostilePaths(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe.png")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	circle := filepath.Join(dir, "circle")
	for from, to := range map[string]string{link: "pipe.png", circle: "circle", filepath.Join(dir, "good"): "../" + filepath.Base(dir) + "/t.html"} {
		if err := os.Symlink(to, from); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"t.html": "<p>x</p>", "picture.html": `<img src="cid:pipe.png">`, "people.csv": "mail\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct{ key, text string }{
		"template":  {"template.t.html", "guard.field = \"X-A\"\n[template.t]\nhtml = %\n"},
		"text":      {"template.t.text", "guard.field = \"X-A\"\n[template.t]\nhtml = \"t.html\"\ntext = %\n"},
		"key":       {"guard.key_file", "guard.key_file = %\n[template.t]\nhtml = \"t.html\"\n"},
		"code":      {"tenant.c.routing_code_file", "tenant.c.routing_code_file = %\n[template.t]\nhtml = \"t.html\"\n"},
		"directory": {"tenant.c.directory.path", "tenant.c.directory.path = %\n[template.t]\nhtml = \"t.html\"\n"},
		"words":     {"rule[1].recipient_list", "[template.t]\nhtml = \"t.html\"\n[[rule]]\nname = \"r\"\nsignature = \"t\"\nrecipient_list = %\n"},
	} {
		for _, path := range []string{pipe, link, circle, "/dev/zero", "/dev/full", dir, filepath.Join(dir, "..", filepath.Base(dir), "pipe.png")} {
			text := strings.Replace(c.text, "%", "\""+path+"\"", 1)
			if !strings.HasPrefix(name, "directory") {
				text = "tenant.c.directory.path = \"people.csv\"\n" + text
			}
			if faults := loadSoon(t, dir, "tenant.c.domains = [\"contoso.com\"]\n"+text); !strings.Contains(faults, c.key+": ") {
				t.Errorf("%s = %s: faults %q", name, path, faults)
			}
		}
	}
	base := "tenant.c.domains = [\"contoso.com\"]\ntenant.c.directory.path = \"people.csv\"\n[template.t]\nhtml = "
	if faults := loadSoon(t, dir, base+`"picture.html"`); !strings.Contains(faults, "pipe.png") {
		t.Errorf("a pipe as a picture: faults %q", faults)
	}
	if faults := loadSoon(t, dir, base+`"good"`); faults != "" {
		t.Errorf("a link to a file: faults %q", faults)
	}
}

// loadSoon loads a configuration and returns its faults and warnings; it fails the
// test when that takes long.
func loadSoon(t *testing.T, dir, text string) string {
	t.Helper()
	done := make(chan string, 1)
	go func() {
		cfg, err := parseText(filepath.Join(dir, "c.toml"), dir, text)
		if err != nil {
			done <- err.Error()
			return
		}
		if len(cfg.Warnings) > 0 {
			done <- cfg.Warnings.Error()
			return
		}
		done <- ""
	}()
	select {
	case faults := <-done:
		return faults
	case <-time.After(20 * time.Second):
		t.Fatalf("reading hangs with\n%s", text)
		return ""
	}
}
