package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigmilter/cmd/internal/daemon/daemontest"
	"sigmilter/cmd/internal/lab"
)

// rightSettings is a configuration without a mistake, and with a place for each of the
// mistakes below.
const rightSettings = `listen = "unix:m.sock"
state = "state.db"
control = "unix:c.sock"
[tenant.contoso]
domains = ["contoso.com"]
[tenant.contoso.directory]
path = "people.csv"
[template.corporate]
html = "corporate.html"
`

// rightFiles are the files of that configuration.
var rightFiles = map[string]string{
	"sigmilter.toml": rightSettings,
	"people.csv":     "mail,displayName,jobTitle\nalice@contoso.com,Alice Muster,Engineer\n",
	"corporate.html": "<p>{{.displayName}}</p>\n",
}

// mistake is one that an administrator makes, and what they are told.
type mistake struct {
	name string
	// settings are changes of the configuration, old and new text by turns; more is added
	// at its end. files take the place of those that are right, without a text they are
	// taken away. prepare makes what no text makes.
	settings []string
	more     string
	files    map[string]string
	prepare  func(t *testing.T, dir string)

	command string // DIR is the folder of the configuration, which is the last argument but in others
	// what is told: what is wrong, where, and how to mend it.
	what, where, mend string
}

// mistakes are made before the daemon runs.
var mistakes = []mistake{
	{"a typo of a setting", []string{"[tenant.contoso]", "on_eror = \"pass\"\n[tenant.contoso]"}, "", nil, nil,
		"check", "unknown key", "sigmilter.toml:4: on_eror", `did you mean "on_error"?`},
	{"a typo of a section", []string{"[template.", "[tempalte."}, "", nil, nil,
		"check", "unknown key", "sigmilter.toml:8: tempalte", `did you mean "template"?`},
	{"a setting below a section", nil, "on_error = \"pass\"\n", nil, nil,
		"check", "is no key of this table", "sigmilter.toml:10: template.corporate.on_error", "write it above the first line that begins with ["},
	{"a quote not closed", []string{`"unix:m.sock"`, `"unix:m.sock`}, "", nil, nil,
		"check", "strings cannot contain newlines", "sigmilter.toml:1: listen", `end the text in its line with "`},
	{"quotes of a word processor", []string{`"corporate.html"`, `“corporate.html”`}, "", nil, nil,
		"check", "not TOML", "sigmilter.toml:9: template.corporate.html", `write straight quotes, "..."`},
	{"a path as in Windows", []string{`"people.csv"`, `"C:\people.csv"`}, "", nil, nil,
		"check", "invalid escape", "sigmilter.toml:7: tenant.contoso.directory.path", `write / for \`},
	{"a setting without a value", nil, "text =\n", nil, nil,
		"check", "expected value", "sigmilter.toml:10: template.corporate.text", `write a number, true, false, a text between "..."`},
	{"a setting twice", nil, "html = \"b.html\"\n", nil, nil,
		"check", "already been defined", "sigmilter.toml:10", "keep it in one place"},
	{"a text for a list", []string{`["contoso.com"]`, `"contoso.com"`}, "", nil, nil,
		"check", "must be a list, not a string", "sigmilter.toml:5: tenant.contoso.domains", `write it like ["contoso.com"]`},
	{"a text for a number", nil, "[decisions]\ndays = \"7\"\n", nil, nil,
		"check", "must be a whole number", "sigmilter.toml:11: decisions.days", "write a number from 0 to 366 without quotes"},
	{"a time without a unit", []string{`"people.csv"`, "\"people.csv\"\nevery = \"5\""}, "", nil, nil,
		"check", `"5" is not a duration`, "sigmilter.toml:8: tenant.contoso.directory.every", `write it like "90s", "20m" or "24h"`},
	{"an address for a domain", []string{`"contoso.com"`, `"@contoso.com"`}, "", nil, nil,
		"check", "is not a domain", "sigmilter.toml:5: tenant.contoso.domains[1]", `write it like "contoso.com"`},
	{"two tenants with one domain", nil, "[tenant.two]\ndomains = [\"contoso.com\"]\ndirectory = { path = \"people.csv\" }\n", nil, nil,
		"check", `"contoso.com" is already a domain of tenant "contoso"`, "sigmilter.toml:11: tenant.two.domains", "leave it in one place"},
	{"a typo of the source", []string{`path = "people.csv"`, "source = \"ladp\"\npath = \"people.csv\""}, "", nil, nil,
		"check", `"ladp" is not known`, "sigmilter.toml:7: tenant.contoso.directory.source", `write "csv", "files", "ldap", "graph" or "http"`},
	{"Microsoft Entra ID without an application", []string{`path = "people.csv"`, `source = "graph"`}, "", nil, nil,
		"check", "is missing", "tenant.contoso.directory.client_id", "of the application's overview"},
	{"the wrong configuration", nil, "", nil, nil,
		"check -c DIR/sigmiltr.toml", "cannot be read: no such file or directory", "sigmiltr.toml", "DIR has sigmilter.toml"},
	{"a configuration in UTF-16", nil, "", map[string]string{"sigmilter.toml": "l\x00i\x00s\x00t\x00e\x00n\x00"}, nil,
		"check", "is not UTF-8 text", "sigmilter.toml", "save it as UTF-8"},

	{"a socket without its kind", []string{`"unix:m.sock"`, `"m.sock"`}, "", nil, nil,
		"check", "neither unix: nor inet: comes first", "sigmilter.toml:1: listen", `write it like "unix:`},
	{"a port without an address", []string{`"unix:m.sock"`, `"inet:8891"`}, "", nil, nil,
		"check", "it needs a host and a port", "sigmilter.toml:1: listen", `"inet:127.0.0.1:8891"`},
	{"a wrong group of the socket", []string{"state =", "socket_group = \"postfx\"\nstate ="}, "", nil, nil,
		"check", `this machine has no group "postfx"`, "socket_group", "getent group lists the groups"},
	{"the same, and started", []string{"state =", "socket_group = \"postfx\"\nstate ="}, "", nil, nil,
		"serve", "unknown group postfx", "DIR/m.sock", "correct socket_group; getent group lists the groups"},
	{"no folder for the socket", []string{"unix:m.sock", "unix:DIR/spool/m.sock"}, "", nil, nil,
		"serve", "no such file or directory", "DIR/spool/m.sock", "make its folder: install -d -o sigmilter"},
	{"a folder in the socket's place", nil, "", nil, func(t *testing.T, dir string) { makeFolder(t, dir, "m.sock") },
		"serve", "a file that is no socket is in the way", "DIR/m.sock", "move it away, or name another address in listen"},
	{"an address of another machine", []string{"unix:m.sock", "inet:192.0.2.77:8891"}, "", nil, nil,
		"serve", "cannot assign requested address", "192.0.2.77:8891", "name an address of this machine in listen; ip address lists them"},
	{"another program on the socket", nil, "", nil, occupy,
		"serve", "another process answers on this socket", "DIR/m.sock", "ss -lxtnp"},

	{"another file in the state's place", nil, "", map[string]string{"state.db": "people are here, but not as they should be"}, nil,
		"serve", "not a sigmilter state file", "DIR/state.db", "move it away and start again"},
	{"no folder for the state", []string{`"state.db"`, `"DIR/lib/state.db"`}, "", nil, nil,
		"serve", "no such file or directory", "DIR/lib/state.db", "make its folder: install -d -o sigmilter -m 0700"},

	{"a template that is not there", nil, "", map[string]string{"corporate.html": "", "Corporate.html": "<p>{{.displayName}}</p>"}, nil,
		"check", "cannot be read: no such file or directory", "sigmilter.toml:9: template.corporate.html: DIR/corporate.html", "look at the name: DIR has Corporate.html"},
	{"a template in another charset", nil, "", map[string]string{"corporate.html": "<p>M\xfcller {{.displayName}}</p>"}, nil,
		"check", "is not UTF-8 text, which shows in line 1: it looks like windows-1252 (Müller)", "sigmilter.toml:9: template.corporate.html: DIR/corporate.html", "save it as UTF-8"},
	{"an empty template", nil, "", map[string]string{"corporate.html": " \n"}, nil,
		"check", "is empty", "sigmilter.toml:9: template.corporate.html: DIR/corporate.html", "put the signature into it"},
	{"a typo of a field", nil, "", map[string]string{"corporate.html": "<p>\n{{.dispalyName}}</p>"}, nil,
		"check", "{{.dispalyName}} is empty: nobody has such an attribute", "DIR/corporate.html:2", "did you mean {{.displayName}}?"},
	{"a field without its dot", nil, "", map[string]string{"corporate.html": "<p>\n{{displayName}}</p>"}, nil,
		"check", `function "displayName" not defined`, "DIR/corporate.html:2", "a field of the person has a dot before its name: {{.displayName}}"},
	{"a field with one brace", nil, "", map[string]string{"corporate.html": "<p>\n{{.displayName}</p>"}, nil,
		"check", "bad character", "DIR/corporate.html:2", "a field ends with two braces"},
	{"a condition without its end", nil, "", map[string]string{"corporate.html": "<p>{{if .displayName}}x</p>"}, nil,
		"check", "unexpected EOF", "DIR/corporate.html:1", "needs an {{end}}"},
	{"a placeholder of another product", nil, "", map[string]string{"corporate.html": "<p>%%DisplayName%%</p>"}, nil,
		"check", "%%DisplayName%% is a placeholder of another product", "DIR/corporate.html:1", "write {{.displayName}}, or use sigmilter import"},
	{"a picture as a file", nil, "", map[string]string{"corporate.html": "<p>\n<img alt=\"\" src=\"logo.png\">{{.displayName}}</p>"}, nil,
		"check", "picture logo.png is a file that mail does not have", "DIR/corporate.html:2", "put it beside the template and write cid:logo.png"},
	{"a picture that is not there", nil, "", map[string]string{"corporate.html": "<p><img alt=\"\" src=\"cid:logo.png\">{{.displayName}}</p>"}, nil,
		"check", "logo.png", "sigmilter.toml:9: template.corporate.html: DIR/corporate.html", "put a PNG, JPEG or GIF file of that name beside the template"},
	{"a link without its scheme", nil, "", map[string]string{"corporate.html": "<p><a href=\"www.contoso.com\">{{.displayName}}</a></p>"}, nil,
		"check", "link www.contoso.com has no scheme", "DIR/corporate.html:1", "write https://www.contoso.com"},

	{"people who are not there", nil, "", map[string]string{"people.csv": "", "person.csv": "mail\n"}, nil,
		"check", "cannot be read: no such file or directory", "sigmilter.toml:7: tenant.contoso.directory.path: DIR/people.csv", "look at the name: DIR has person.csv"},
	{"people in another charset", nil, "", map[string]string{"people.csv": "mail,displayName\nalice@contoso.com,M\xfcller\n"}, nil,
		"check", "line 2 is not UTF-8, it looks like windows-1252 (Müller)", "sigmilter.toml:7: tenant.contoso.directory.path: read people from DIR/people.csv", `set charset = "windows-1252", or save the file as "CSV UTF-8"`},
	{"people without a column of addresses", nil, "", map[string]string{"people.csv": "E-Mail,Name\nalice@contoso.com,Alice\n"}, nil,
		"check", "the first row must name the columns", "sigmilter.toml:7: tenant.contoso.directory.path: read people from DIR/people.csv", `columns = { "E-Mail" = "mail" }`},
	{"nobody", nil, "", map[string]string{"people.csv": "mail,displayName\n"}, nil,
		"check", "there is no usable row in it", "sigmilter.toml:7: tenant.contoso.directory.path: read people from DIR/people.csv", "each needs an address in the column mail"},
	{"a name for an address", nil, "", map[string]string{"people.csv": "mail,displayName\nalice@contoso.com,Alice\nmuster,Bob\n"}, nil,
		"check", `"muster" is not a mail address`, "DIR/people.csv:3", "this row is left out"},
	{"one address twice", nil, "", map[string]string{"people.csv": "mail,displayName\nalice@contoso.com,Alice\nalice@contoso.com,Bob\n"}, nil,
		"check", "alice@contoso.com is also in line 2", "DIR/people.csv:3", "this row is left out"},
	{"people of another company", nil, "", map[string]string{"people.csv": "mail,displayName\nalice@fabrikam.com,Alice\n"}, nil,
		"check", "none of its 1 people has an address in contoso.com, so no mail would be signed", "tenant contoso", "correct domains, or name another source"},

	{"a rule with a typo of its template", nil, "[[rule]]\nname = \"all\"\nsignature = \"corprate\"\n", nil, nil,
		"check", `"corprate" is not known`, "sigmilter.toml:12: rule[1].signature", `write "corporate"`},
	{"a rule behind one for all", nil, "[[rule]]\nname = \"all\"\nsignature = \"corporate\"\n[[rule]]\nname = \"sales\"\nsignature = \"corporate\"\nfrom = [\"alice@contoso.com\"]\n", nil, nil,
		"check", `can never match, as "all" before it stops at all it is for`, "sigmilter.toml:13: rule[2]", "write stop = false there, or move it up"},

	{"no proof", nil, "", nil, nil,
		"check", "no proof is configured: every Microsoft tenant could send through this relay as contoso.com", "tenant contoso", "set routing_code_file"},
	{"a code that is not there", []string{"domains =", "routing_code_file = \"contoso.code\"\ndomains ="}, "", nil, nil,
		"check", "cannot be read: no such file or directory", "sigmilter.toml:5: tenant.contoso.routing_code_file: DIR/contoso.code", "look at the name: there is no contoso.code in DIR"},
	{"a code that everybody may read", []string{"domains =", "routing_code_file = \"contoso.code\"\ndomains ="}, "", map[string]string{"contoso.code": "d41d8cd98f00b204e9800998ecf8427e\n"}, func(t *testing.T, dir string) { setMode(t, filepath.Join(dir, "contoso.code"), 0o644) },
		"check", "can be read by others", "sigmilter.toml:5: tenant.contoso.routing_code_file: DIR/contoso.code", "chmod 640 DIR/contoso.code"},
	{"a code that can be guessed", []string{"domains =", "routing_code_file = \"contoso.code\"\ndomains ="}, "", map[string]string{"contoso.code": "secret\n"}, nil,
		"check", "has a code of less than 16 letters", "sigmilter.toml:5: tenant.contoso.routing_code_file: DIR/contoso.code line 1", "make one with: openssl rand -hex 32"},
	{"an empty key", nil, "[guard]\nkey_file = \"guard.key\"\n", map[string]string{"guard.key": "\n"}, nil,
		"check", "there is no key in it", "sigmilter.toml:11: guard.key_file: DIR/guard.key", "such as openssl rand -base64 32 prints"},

	{"a preview without a person", nil, "", nil, nil,
		"preview", "preview needs one of", "sigmilter", "--person ADDRESS and --all"},
	{"a preview of a stranger", nil, "", nil, nil,
		"preview --person bob@contoso.com", "nobody has the address", "bob@contoso.com", "look for a typo"},
	{"a preview of a template with a typo", nil, "", nil, nil,
		"preview --all --template corprate", "there is no template", `"corprate"`, "there are corporate"},
	{"a preview into a file", nil, "", nil, nil,
		"preview --all -o DIR/people.csv", "writing the preview", "DIR/people.csv", "name a folder that may be written to with -o"},
	{"a message that is not there", nil, "", map[string]string{"hello.eml": "From: alice@contoso.com\n\nHi\n"}, nil,
		"explain DIR/helo.eml", "no such file or directory", "DIR/helo.eml", "look at the name: DIR has hello.eml"},
	{"a status without a daemon", nil, "", nil, nil,
		"status", "no daemon answers", "DIR/c.sock", "systemctl status sigmilter"},
	{"people without a daemon", nil, "", nil, nil,
		"people list", "no daemon is running, and there is no state file", "DIR/state.db", "systemctl start sigmilter"},
	{"a time that is none", nil, "", nil, nil,
		"find --since yesterday", "is not a time", "--since yesterday", "as 90m, 2h or 3d"},
	{"an action that is none", nil, "", nil, nil,
		"find --action sigend", "sigend", "--action", "write one of signed, skipped"},
	{"decisions of nobody", nil, "", nil, nil,
		"find", "no decision found", "DIR/state.decisions", "decisions.days is 0, or -c is not the daemon's configuration"},
	{"another folder of Postfix", nil, "", nil, needsPostfix,
		"mta postfix --check --config-directory DIR/postfix", "No such file or directory", "DIR/postfix/main.cf", "--config-directory"},
	{"Postfix that is not connected", nil, "", nil, postfixWith(""),
		"mta postfix --check --config-directory DIR", "smtpd_milters does not name sigmilter's socket", "milter:", "sigmilter mta postfix --apply && postfix reload"},
	{"a certificate that has expired", nil, "", nil, postfixWith("smtp_tls_chain_files = DIR/relay.pem"),
		"mta postfix --check --config-directory DIR", "expired on 2020-01-02", "certificate-out: smtp_tls_chain_files: DIR/relay.pem", "renew it"},
	{"a certificate that is not there", nil, "", nil, postfixWith("smtp_tls_chain_files = DIR/relais.pem"),
		"mta postfix --check --config-directory DIR", "cannot be read", "certificate-out: smtp_tls_chain_files: DIR/relais.pem", "look at the name: DIR has relay.pem"},
	{"a socket that the chroot hides", nil, "", nil, postfixWith("smtpd_milters = unix:DIR/m.sock"),
		"mta postfix --check --config-directory DIR", "runs in a chroot at DIR/queue and cannot reach", "DIR/m.sock", "run: install -d -o sigmilter -g postfix -m 2750 DIR/queue/sigmilter"},
	{"another macro file of Sendmail", nil, "", nil, nil,
		"mta sendmail --check --cf DIR/sendmail.cf", "no such file or directory", "DIR/sendmail.cf", "name it with --cf"},
}

// Each usual mistake is told with what is wrong, where it is and how to mend it.
func TestMistakes(t *testing.T) {
	if len(mistakes) < 40 {
		t.Errorf("%d mistakes", len(mistakes))
	}
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			dir, command := m.make(t)
			_, stdout, stderr := invoke(t, command...)
			m.wantTold(t, dir, stdout+stderr)
		})
	}
}

// make makes the mistake, and returns its folder and the command that tells of it.
func (m *mistake) make(t *testing.T) (dir string, command []string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "m") // the path of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	inDir := strings.NewReplacer("DIR", dir)
	for _, files := range []map[string]string{rightFiles, m.files} {
		for name, text := range files {
			if name == "sigmilter.toml" && len(m.settings)+len(m.more) > 0 {
				text = inDir.Replace(strings.NewReplacer(m.settings...).Replace(text) + m.more)
			}
			path := filepath.Join(dir, name)
			if text == "" {
				err = os.Remove(path)
			} else {
				err = os.WriteFile(path, []byte(text), 0o640)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if m.prepare != nil {
		m.prepare(t, dir)
	}
	command = strings.Fields(inDir.Replace(m.command))
	if !strings.Contains(m.command, "-c ") {
		command = append(command, "-c", filepath.Join(dir, "sigmilter.toml"))
	}
	return dir, command
}

// wantTold wants a message that has all three, in one line.
func (m *mistake) wantTold(t *testing.T, dir, told string) {
	t.Helper()
	told = strings.ReplaceAll(told, dir, "DIR")
	for line := range strings.Lines(told) {
		if strings.Contains(line, m.what) && strings.Contains(line, m.where) && strings.Contains(line, m.mend) {
			return
		}
	}
	t.Errorf("no line says what (%q), where (%q) and how to mend it (%q):\n%s", m.what, m.where, m.mend, told)
}

func makeFolder(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
		t.Fatal(err)
	}
}

func setMode(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// occupy listens on the socket of the daemon.
func occupy(t *testing.T, dir string) {
	t.Helper()
	ln, err := net.Listen("unix", filepath.Join(dir, "m.sock"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
}

func needsPostfix(t *testing.T, _ string) {
	t.Helper()
	lab.RequirePostfix(t)
}

// postfixWith writes a main.cf with a setting, a master.cf whose smtpd runs in a chroot,
// and a certificate that has expired.
func postfixWith(setting string) func(t *testing.T, dir string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		lab.RequirePostfix(t)
		expired := expiredCertificate(t)
		for name, text := range map[string]string{
			"main.cf":   strings.ReplaceAll("compatibility_level = 3.6\nqueue_directory = DIR/queue\n"+setting+"\n", "DIR", dir),
			"master.cf": "smtp inet n - y - - smtpd\nsmtp unix - - n - - smtp\n",
			"relay.pem": expired,
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// expiredCertificate is one of the year 2020 with its key, in PEM.
func expiredCertificate(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	until := time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC)
	of := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"relay.contoso.com"}, NotBefore: until.AddDate(-1, 0, 0), NotAfter: until}
	cert, err := x509.CreateCertificate(rand.Reader, of, of, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})) + string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}))
}

// Likewise what is done wrong while the daemon runs.
func TestMistakesWhileRunning(t *testing.T) {
	for _, m := range []mistake{
		{"a second daemon", nil, "", nil, nil,
			"serve", "held by another process", "DIR/state.db", "end the other sigmilter"},
		{"a reload of a mistake", nil, "x =\n", nil, nil,
			"reload", "the daemon keeps its current configuration", "the new one has mistakes", ""},
		{"people who went away", nil, "", map[string]string{"people.csv": ""}, nil,
			"people refresh", "no such file or directory", "DIR/people.csv", "look at the name"},
		{"people in another charset", nil, "", map[string]string{"people.csv": "mail,displayName\nalice@contoso.com,M\xfcller\n"}, nil,
			"people refresh", "line 2 is not UTF-8", "DIR/people.csv", `set charset = "windows-1252"`},
		{"nobody", nil, "", map[string]string{"people.csv": "mail,displayName\n"}, nil,
			"people refresh", "there is no usable row in it", "DIR/people.csv", "each needs an address"},
		{"a quote that does not end", nil, "", map[string]string{"people.csv": "mail,displayName\n\"alice@contoso.com,x\n"}, nil,
			"people refresh", "there is no usable row in it", "DIR/people.csv", "a quote has to end in its row"},
		{"a typo of a tenant", nil, "", nil, nil,
			"people refresh --tenant contso", "no such source", "sigmilter", "sigmilter status lists those that are read"},
		{"a stranger", nil, "", nil, nil,
			"people show bob@contoso.com", "nobody has the address", "bob@contoso.com", "look for a typo"},
	} {
		t.Run(m.name, func(t *testing.T) {
			site := startDaemon(t)
			for name, text := range m.files {
				if err := os.Remove(filepath.Join(site.Dir, name)); err != nil {
					t.Fatal(err)
				}
				if text != "" {
					site.Write(name, text)
				}
			}
			if m.more != "" {
				site.Write("sigmilter.toml", daemontest.Settings+m.more)
			}
			_, stdout, stderr := invoke(t, append(strings.Fields(m.command), "-c", site.Config)...)
			m.wantTold(t, site.Dir, stdout+strings.ReplaceAll(stderr, ":\n", ": "))
		})
	}
}
