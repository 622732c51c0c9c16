package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const guardKey = "bm90IGEgc2VjcmV0LCBvbmx5IGEga2V5IGZvciB0ZXN0cw=="

// credentials are the secrets that good-everything.toml wants of systemd.
func credentials(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "guard.key"), []byte(guardKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
}

// keyedFiles is a configuration with keys, and a message with a forged guard.
func keyedFiles(t *testing.T, keys, message string) (config, file string) {
	t.Helper()
	config = writeFiles(t, map[string]string{
		"people.csv": "mail,displayName\nalice@contoso.com,Alice Muster\n",
		"m.eml":      message,
		"guard.key":  keys,
		"c.toml": `state = "none.db"
guard.key_file = "guard.key"
tenant.contoso.domains = ["contoso.com"]
tenant.contoso.directory.path = "people.csv"
template.corporate.html = "corporate.html"
[[rule]]
name = "all"
signature = "corporate"
reply_signature = "none"
`,
	})
	dir := filepath.Dir(config)
	if err := os.Chmod(filepath.Join(dir, "guard.key"), 0o600); err != nil {
		t.Fatal(err)
	}
	return config, filepath.Join(dir, "m.eml")
}

// No verb writes a key, not even where it complains of it.
func TestKeysAreInNoOutput(t *testing.T) {
	const forged = "X-Sigmilter-Handled: Yes v1.AAAAAAAAAAAAAAAAAAAAAA\nMessage-ID: <1@contoso.com>\n" + toBen
	for name, keys := range map[string]string{
		"good":  guardKey + "\n",
		"short": guardKey + "\n" + "c2hvcnQ=" + "\n",
		"twice": guardKey + "\n" + guardKey + "\n",
	} {
		config, file := keyedFiles(t, keys, forged)
		for _, args := range [][]string{
			{"sign", "-c", config, "--report", "-", file},
			{"sign", "-c", config, "--report", "-", filepath.Dir(file)},
			{"explain", "-c", config, file},
			{"explain", "-c", config, "--json", file},
			{"check", "-c", config},
			{"check", "-c", config, "--json"},
			{"preview", "-c", config, "--person", "alice@contoso.com", "-o", t.TempDir()},
		} {
			status, stdout, stderr := invoke(t, args...)
			if name == "good" && args[0] != "sign" && status != 0 {
				t.Errorf("%s %q: status %d, %s", name, args, status, stderr)
			}
			for _, key := range []string{strings.TrimSpace(guardKey), "c2hvcnQ="} {
				if strings.Contains(stdout+stderr, key) {
					t.Errorf("%s %q writes the key", name, args)
				}
			}
		}
	}
}

// What explain says of a forged guard and of a thread.
func TestExplainGuardAndThread(t *testing.T) {
	for message, want := range map[string][]string{
		"X-Sigmilter-Handled: Yes\nMessage-ID: <1@contoso.com>\n" + toBen: {
			"guard      goes on: the field X-Sigmilter-Handled is not ours, it has no seal: it is removed\n",
			`rule       "all" applies: signature corporate; it stops`,
		},
		"References: <1@contoso.com> <2@example.net>\n" + toBen: {
			`rule       "all" applies: signature corporate, as it is a reply, and no token in References says that the thread has the author's signature; it stops`,
		},
		"In-Reply-To: <2@example.net>\n" + toBen: {
			`rule       "all" applies: signature none, as it is a reply, and has no References that could tell more; it stops`,
		},
	} {
		config, file := keyedFiles(t, guardKey, message)
		status, stdout, stderr := invoke(t, "explain", "-c", config, file)
		if status != 0 {
			t.Errorf("status %d: %s", status, stderr)
		}
		for _, words := range want {
			if !strings.Contains(stdout, words) {
				t.Errorf("%q is not in\n%s", words, stdout)
			}
		}
	}
}

// A message that was signed is handled on return, also offline.
func TestSignSealsAndBelieves(t *testing.T) {
	config, file := keyedFiles(t, "an older key, long enough\n", "Message-ID: <1@contoso.com>\n"+toBen)
	_, signed, _ := invoke(t, "sign", "-c", config, file)
	if !strings.Contains(signed, "\nX-Sigmilter-Handled: Yes v2.") || !strings.Contains(signed, "\nReferences: <sig.v1.") {
		t.Fatal(signed)
	}
	for keys, want := range map[string]string{
		"a newer key, long enough\nan older key, long enough\n": `"action":"handled"`,
		"a newer key, long enough\n":                            `"guard":"not-ours"`,
	} {
		config, file := keyedFiles(t, keys, signed)
		if _, stdout, _ := invoke(t, "sign", "-c", config, "--report", "-", file); !strings.Contains(stdout, want) {
			t.Errorf("%s is not in\n%s", want, stdout)
		}
	}
}
