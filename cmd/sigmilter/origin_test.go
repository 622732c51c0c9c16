package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const routingCode = "0123456789abcdef0123456789abcdef"

// provingFiles is a configuration whose tenant has these settings of its proof, and
// a routing code.
func provingFiles(t *testing.T, proof string) (config string) {
	t.Helper()
	config = writeFiles(t, map[string]string{
		"contoso.code": routingCode + "\n",
		"c.toml": "[tenant.contoso]\ndomains = [\"contoso.com\"]\nrouting_code_file = \"contoso.code\"\ndirectory.path = \"people.csv\"\n" +
			"[tenant.contoso.proof]\n" + proof + "\n[template.corporate]\nhtml = \"corporate.html\"\n",
	})
	return config
}

const unrouted = "From: alice@contoso.com\nTo: ben@example.net\nSubject: Meters\n\nHello Ben,\nsee you.\n"

func TestExplainProof(t *testing.T) {
	const client = "client_networks = [\"40.92.0.0/15\"]\ncert_names = [\"*.outlook.com\"]\nlisteners = [\"inet:127.0.0.1:9\"]\nrequire = [\"network\", \"certificate\", \"routing or listener\"]\n"
	from := []string{"--macro", "client_addr=40.92.1.2", "--macro", "{cert_subject}=mail.outlook.com"}
	for _, c := range []struct {
		name, proof, field string
		flags              []string
		want               string
	}{
		{"by the field", "", "X-Sigmilter-Route: " + routingCode, nil, "proof      goes on: contoso is proven by the routing field\n"},
		{"another code", "", "X-Sigmilter-Route: " + routingCode + "0", nil, "proof      ends here: contoso is not proven: the field X-Sigmilter-Route has another code\nplacement  skipped, reason unproven\n"},
		{"taken as proven", "", "", []string{"--proven"}, "goes on: contoso is taken as proven\n"},
		{"refused", "unproven = \"refuse\"", "", nil, "placement  refused, reason unproven\n"},
		{"by the client", client, "", append(from, "--listener", "inet:127.0.0.1:9"), "proven by the client's address and the client's certificate and the listener it came in on\n"},
		{"another client", client, "", append(from, "--listener", "inet:127.0.0.1:9", "--macro", "client_addr=40.96.0.1"), "not proven: the client's address 40.96.0.1 is in none of the networks\n"},
		{"no listener", client, "", from, "not proven: the field X-Sigmilter-Route is missing; nothing says which listener it came in on\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := provingFiles(t, c.proof)
			message := filepath.Join(filepath.Dir(file), "m.eml")
			raw := unrouted
			if c.field != "" {
				raw = c.field + "\n" + raw
			}
			if err := os.WriteFile(message, []byte(raw), 0o600); err != nil {
				t.Fatal(err)
			}
			args := append([]string{"explain", "-c", file, message}, c.flags...)
			status, stdout, stderr := invoke(t, args...)
			if status != 0 || !strings.Contains(stdout, c.want) {
				t.Errorf("status %d, stderr %q, %q is not in\n%s", status, stderr, c.want, stdout)
			}
			_, asJSON, _ := invoke(t, append(args, "--json")...)
			if strings.Contains(stdout+stderr+asJSON, routingCode) {
				t.Error("the code is told")
			}
		})
	}
}

func TestSignProof(t *testing.T) {
	for _, c := range []struct {
		name, proof, field string
		flags              []string
		status             int
		signed             bool
		stderr             string
	}{
		{"proven", "", "X-Sigmilter-Route: " + routingCode + "\n", nil, 0, true, ""},
		{"taken as proven", "", "", []string{"--proven"}, 0, true, ""},
		{"unproven", "", "X-Sigmilter-Route: " + routingCode[1:] + "\n", nil, 0, false, ""},
		{"refused", "unproven = \"refuse\"", "", nil, 1, false, "would have refused the message: unproven"},
		{"deferred", "unproven = \"tempfail\"", "", nil, 1, false, "would have deferred the message: unproven"},
		{"not a macro", "", "", []string{"--macro", "client_addr"}, 2, false, "\"client_addr\" is not NAME=VALUE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := provingFiles(t, c.proof)
			message := filepath.Join(filepath.Dir(file), "m.eml")
			if err := os.WriteFile(message, []byte(c.field+unrouted), 0o600); err != nil {
				t.Fatal(err)
			}
			status, stdout, stderr := invoke(t, append([]string{"sign", "-c", file, "--report", "-", message}, c.flags...)...)
			if status != c.status || !strings.Contains(stderr, c.stderr) || strings.Contains(stdout, "Alice Muster") != c.signed {
				t.Errorf("status %d, stderr %q, stdout %q", status, stderr, stdout)
			}
			if strings.Contains(stdout+stderr, routingCode[1:]) || strings.Contains(stdout, "X-Sigmilter-Route:") {
				t.Errorf("the code is told: %s%s", stdout, stderr)
			}
		})
	}
}

// A folder of mail is signed and checked as by sign: nothing of the laws is broken
// by taking the field out.
func TestCorpusWithRoutingFields(t *testing.T) {
	file := provingFiles(t, "")
	dir := t.TempDir()
	field := "X-Sigmilter-Route: " + routingCode + "\n"
	for name, raw := range map[string]string{
		"signed.eml": field + unrouted, "handled.eml": field + "X-Sigmilter-Handled: Yes\n" + unrouted, "unproven.eml": field + field + unrouted,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(raw), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	status, stdout, stderr := invoke(t, "sign", "-c", file, dir)
	if status != 0 || !strings.Contains(stdout, "3 messages, 1 signed, 1 skipped, 1 handled, 0 failed, 0 with breaches") {
		t.Errorf("status %d, stderr %q:\n%s", status, stderr, stdout)
	}
	status, stdout, stderr = invoke(t, "sign", "-c", provingFiles(t, "unproven = \"refuse\""), dir)
	if status != 0 || !strings.Contains(stdout, "3 messages, 1 signed, 0 skipped, 1 handled, 0 failed, 1 refused, 0 with breaches") {
		t.Errorf("status %d, stderr %q:\n%s", status, stderr, stdout)
	}
}

// A case says where its message came from, and so does the command that explains it.
func TestCasesWithProof(t *testing.T) {
	file := provingFiles(t, "client_networks = [\"40.92.0.0/15\"]\nlisteners = [\"inet:127.0.0.1:9\"]\nrequire = [\"network\", \"routing or listener\"]\nunproven = \"refuse\"")
	dir := t.TempDir()
	for name, text := range map[string]string{
		"proven": "proven = true\naction = \"signed\"\n",
		"told":   "listener = \"inet:127.0.0.1:9\"\nmacros = [\"client_addr=40.92.1.2\"]\naction = \"signed\"\n",
		"not":    "listener = \"inet:127.0.0.1:9\"\nmacros = [\"client_addr=40.96.1.2\"]\naction = \"refused\"\nreason = \"unproven\"\n",
		"wrong":  "listener = \"inet:127.0.0.1:9\"\nmacros = [\"client_addr=40.96.1.2\"]\nreason = \"rule\"\n",
	} {
		for end, text := range map[string]string{".toml": text, ".eml": unrouted} {
			if err := os.WriteFile(filepath.Join(dir, name+end), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	status, stdout, stderr := invoke(t, "test", "-c", file, dir)
	if status != 1 || !strings.Contains(stdout, "4 cases, 3 passed, 1 failed\n") ||
		!strings.Contains(stdout, "--listener inet:127.0.0.1:9 --macro client_addr=40.96.1.2 "+dir+"/wrong.eml") {
		t.Errorf("status %d, stderr %q:\n%s", status, stderr, stdout)
	}
	if status, stdout, stderr = invoke(t, "test", "-c", file, "--update", dir); status > 1 {
		t.Errorf("--update: status %d, stderr %q:\n%s", status, stderr, stdout)
	}
	status, stdout, stderr = invoke(t, "test", "-c", file, dir)
	if status != 0 || !strings.Contains(stdout, "4 cases, 4 passed, 0 failed\n") {
		t.Errorf("updated: status %d, stderr %q:\n%s", status, stderr, stdout)
	}
}
