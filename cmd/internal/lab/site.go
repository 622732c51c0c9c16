package lab

import (
	"fmt"
	"os"
	"path/filepath"
)

// Guard is the loop-guard field of the lab, sigmilter's default.
const Guard = "X-Sigmilter-Handled"

// people are the tenant's, as their CSV file. The columns bear Microsoft Graph's
// names.
const people = `mail,displayName,jobTitle,businessPhones
alice@contoso.com,Alice Muster,Application Engineer,+49 30 5550 101
carl@contoso.com,Carl Nowak,Service Engineer,+49 30 5550 102
zoe@contoso.com,Zoë Müller,Head of Customer Care,+49 30 5550 103
`

// Signatures is what each author's signature reads, in HTML and in text alike,
// by address.
var Signatures = map[string]string{
	"alice@contoso.com": "Alice Muster Application Engineer Contoso Instruments, Gauge Street 7 +49 30 5550 101",
	"carl@contoso.com":  "Carl Nowak Service Engineer Contoso Instruments, Gauge Street 7 +49 30 5550 102",
	"zoe@contoso.com":   "Zoë Müller Head of Customer Care Contoso Instruments, Gauge Street 7 +49 30 5550 103",
}

const signatureHTML = `<table cellpadding="0" cellspacing="0" style="margin-top:12px;border-left:3px solid #1f7a6d;font-family:Arial,sans-serif;font-size:13px;color:#333">
<tr><td style="padding-left:10px"><b style="color:#1f7a6d">{{.displayName}}</b><br>
{{.jobTitle}}<br>
Contoso Instruments, Gauge Street 7<br>
{{.businessPhones}}</td></tr>
</table>
`

const signatureText = `{{.displayName}}
{{.jobTitle}}
Contoso Instruments, Gauge Street 7
{{.businessPhones}}
`

// configuration wants the site's directory in seven places. The socket belongs to
// Postfix's group, as on a real relay.
const configuration = `listen = "unix:%[1]s/milter.sock"
socket_group = "postfix"
state = "%[1]s/state.db"
control = "unix:%[1]s/control.sock"

[tenant.contoso]
domains = ["contoso.com"]

[tenant.contoso.directory]
source = "csv"
path = "%[1]s/people.csv"

[template.corporate]
html = "%[1]s/corporate.html"
text = "%[1]s/corporate.txt"

[[rule]]
name = "all"
signature = "corporate"

[log]
format = "json"
`

// Site is sigmilter's configuration for the lab's tenant contoso.com: people, a
// template, one rule for everybody, and the log in JSON.
type Site struct {
	Config string // path of the configuration file
	Socket string // path of the milter's socket
	People string // path of the CSV file
	State  string // path of the state file, made by the daemon

	Env []string // NAME=value, added to the daemon's environment
}

// WriteSite writes the files of a site into dir, which user postfix must be able
// to reach.
func WriteSite(dir string) (Site, error) {
	s := Site{
		Config: filepath.Join(dir, "sigmilter.toml"),
		Socket: filepath.Join(dir, "milter.sock"),
		People: filepath.Join(dir, "people.csv"),
		State:  filepath.Join(dir, "state.db"),
	}
	files := map[string]string{
		s.Config:                             fmt.Sprintf(configuration, dir),
		s.People:                             people,
		filepath.Join(dir, "corporate.html"): signatureHTML,
		filepath.Join(dir, "corporate.txt"):  signatureText,
	}
	for path, content := range files {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return Site{}, fmt.Errorf("write lab site: %w", err)
		}
	}
	return s, nil
}

// Control is the socket on which the daemon can be asked, as the configuration names
// it.
func (s Site) Control() string {
	return "unix:" + filepath.Join(filepath.Dir(s.Config), "control.sock")
}

// Milter is the site's socket as Postfix wants it named.
func (s Site) Milter() string { return "unix:" + s.Socket }
