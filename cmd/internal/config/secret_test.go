package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigmilter/milter/seal"
)

const guardKey = "3q2+7wAAw5pVgZkqz0i7m2c1d9Yl4n8XGk0bV6tTzvA="

// secrets is a folder with the secrets that good-everything.toml names.
func secrets(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "guard.key"), []byte(guardKey+"\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	return dir
}

func keyRing(t *testing.T) *seal.Ring {
	t.Helper()
	r, err := seal.ParseKeys(guardKey)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// guarded is the smallest configuration with a key file.
func guarded(t *testing.T, keys string, mode os.FileMode) (*Config, string, error) {
	t.Helper()
	dir := t.TempDir()
	text := `state = "x.db"
guard.key_file = "guard.key"
[tenant.contoso]
domains = ["contoso.com"]
directory.path = "people.csv"
[template.t]
html = "t.html"
`
	path := filepath.Join(dir, "guard.key")
	for name, content := range map[string]string{"sigmilter.toml": text, "people.csv": "mail\n", "t.html": "<p>x</p>", "guard.key": keys} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	cfg, err := Load(filepath.Join(dir, "sigmilter.toml"))
	return cfg, path, err
}

func TestSecretFaults(t *testing.T) {
	const secret = "not to be shown, ever"
	for name, c := range map[string]struct {
		keys string
		mode os.FileMode
		want string // PATH is that of the key file
	}{
		"read by others":     {secret, 0o644, "PATH can be read by others; chmod 640 PATH"},
		"written by others":  {secret, 0o602, "PATH can be read by others; chmod 640 PATH"},
		"run by others":      {secret, 0o601, "PATH can be read by others; chmod 640 PATH"},
		"empty":              {"\n# only this\n", 0o600, "PATH: there is no key in it; write a key on each line, such as openssl rand -base64 32 prints"},
		"too short":          {secret + "\nshort\n", 0o600, "PATH: line 2 has a key of 5 bytes, fewer than 16; write a key on each line, such as openssl rand -base64 32 prints"},
		"not text":           {secret + "\xff", 0o600, "PATH is no text file of at most 1 MiB; write each secret as a line of text"},
		"too large":          {strings.Repeat(secret, maxFile/len(secret)+1), 0o600, "PATH is no text file of at most 1 MiB; write each secret as a line of text"},
		"one key twice":      {secret + "\n" + secret, 0o600, "PATH: line 2 has the key of an earlier line; write a key on each line, such as openssl rand -base64 32 prints"},
		"good for the group": {secret, 0o660, ""},
		"good":               {secret, 0o400, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, path, err := guarded(t, c.keys, c.mode)
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || !strings.HasSuffix(err.Error(), ":2: guard.key_file: "+strings.ReplaceAll(c.want, "PATH", path)) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the secret is in %v", err)
			}
		})
	}
}

// Another key is another version of the configuration.
func TestHashCoversKeys(t *testing.T) {
	a, _, errA := guarded(t, "key number one, long", 0o600)
	b, _, errB := guarded(t, "key number two, long", 0o600)
	again, _, errAgain := guarded(t, "key number one, long", 0o600)
	if errA != nil || errB != nil || errAgain != nil {
		t.Fatal(errA, errB, errAgain)
	}
	if a.Hash() == b.Hash() || a.Hash() != again.Hash() {
		t.Errorf("%s, %s and %s", a.Hash(), b.Hash(), again.Hash())
	}
}

func TestCredentialPath(t *testing.T) {
	read := pathsIn("/etc/sigmilter").Parse
	t.Setenv("CREDENTIALS_DIRECTORY", "/run/credentials/sigmilter.service")
	if got, err := read("${CREDENTIALS_DIRECTORY}/guard.key"); got != "/run/credentials/sigmilter.service/guard.key" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := read("keys/${CREDENTIALS_DIRECTORY}"); got != "/etc/sigmilter/keys/${CREDENTIALS_DIRECTORY}" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	if got, err := read("${CREDENTIALS_DIRECTORY}/guard.key"); err == nil {
		t.Errorf("without credentials it is %q", got)
	}
}

// A process that is not the service has none of its credentials: they are noted, and all
// else is looked at.
func TestLoadElsewhere(t *testing.T) {
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	dir := t.TempDir()
	file := filepath.Join(dir, "c.toml")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("people.csv", "mail\nalice@contoso.com\n")
	write("t.html", "<p>x</p>")
	write("c.toml", `guard.key_file = "${CREDENTIALS_DIRECTORY}/guard.key"
[tenant.contoso]
domains = ["contoso.com"]
routing_code_file = "${CREDENTIALS_DIRECTORY}/contoso.code"
directory.path = "people.csv"
[template.t]
html = "t.html"
`)
	cfg, err := LoadElsewhere(file)
	if err != nil || len(cfg.Notes) != 2 || !strings.Contains(cfg.Notes[1].Problem, "the credential contoso.code was not looked at") {
		t.Errorf("%v, %v", cfg, err)
	}
	if _, err := Load(file); err == nil || !strings.Contains(err.Error(), "CREDENTIALS_DIRECTORY is not set") {
		t.Errorf("for the service: %v", err)
	}
	write("c.toml", "guard.key_file = \"nowhere.key\"\n")
	if _, err := LoadElsewhere(file); err == nil || !strings.Contains(err.Error(), "nowhere.key cannot be read") {
		t.Errorf("a file that is no credential: %v", err)
	}
}
