package lab

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// sendmailRoot, in the environment, names the folder that Debian's Sendmail
// packages are unpacked in; without it, it is sigmilter/sendmail in the user's
// cache folder. `make setup` unpacks them there: installed, they would put
// Postfix out. That of another release is beside it.
const sendmailRoot = "SIGMILTER_SENDMAIL"

// sendmailPrograms are the parts of an unpacked Sendmail.
type sendmailPrograms struct {
	root     root
	sendmail string // the program
	macros   string // the folder of the m4 macros, usr/share/sendmail/cf
	m4       string
}

// findSendmail looks where `make setup` puts that of a release.
func findSendmail(release Release) (sendmailPrograms, error) {
	unpacked, err := unpackedSendmail(release)
	if err != nil {
		return sendmailPrograms{}, err
	}
	const sendmail = "/usr/libexec/sendmail/sendmail"
	p := sendmailPrograms{
		sendmail: filepath.Join(unpacked, sendmail),
		macros:   filepath.Join(unpacked, "usr/share/sendmail/cf"),
	}
	for _, name := range []string{p.sendmail, filepath.Join(p.macros, "m4/cf.m4")} {
		if _, err := os.Stat(name); err != nil {
			return sendmailPrograms{}, fmt.Errorf("%w: %w; as root: make setup", ErrNoSendmail, err)
		}
	}
	m4, err := exec.LookPath("m4")
	if err != nil {
		return sendmailPrograms{}, fmt.Errorf("%w: m4 not found; as root: apt-get install m4", ErrNoSendmail)
	}
	p.m4 = m4
	if os.Geteuid() != 0 {
		return sendmailPrograms{}, fmt.Errorf("%w: it must be started by root", ErrNoSendmail)
	}
	debian, err := release.debian()
	if err != nil {
		return sendmailPrograms{}, fmt.Errorf("%w: %w", ErrNoSendmail, err)
	}
	if len(debian) > 0 {
		p.root, p.sendmail = append(root{unpacked}, debian...), sendmail
	}
	return p, nil
}

// unpackedSendmail is the folder that the Sendmail of a release is unpacked in.
func unpackedSendmail(release Release) (string, error) {
	dir := os.Getenv(sendmailRoot)
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("%w: %w; set %s", ErrNoSendmail, err, sendmailRoot)
		}
		dir = filepath.Join(cache, "sigmilter", "sendmail")
	}
	if release != Installed {
		dir += "-" + string(release)
	}
	return dir, nil
}

// labHost is the name of every relay in the lab.
const labHost = "relay.lab.example"

// labMC wants, in this order, the folder of the macros, the lab's folder, the
// port, the filter's line, the next hop's port, further lines and the queue. Limits by the
// machine's load are out of the way, for a test machine may be as busy as it
// likes.
//
// QUIRK: of itself Sendmail puts quotes around a name with a full stop in it, and
// around an encoded word such as =?utf-8?Q?J._Weiss?= too, which then is shown as
// it stands: confMUST_QUOTE_CHARS.
const labMC = `include(` + "`%[1]s/m4/cf.m4'" + `)dnl
OSTYPE(` + "`linux'" + `)dnl
define(` + "`confDOMAIN_NAME', `relay.lab.example'" + `)dnl
%[6]sdefine(` + "`confPID_FILE', `%[2]s/sendmail.pid'" + `)dnl
define(` + "`QUEUE_DIR', `%[7]s'" + `)dnl
define(` + "`STATUS_FILE', `'" + `)dnl
define(` + "`ALIAS_FILE', `'" + `)dnl
define(` + "`confQUEUE_LA', `1000'" + `)dnl
define(` + "`confREFUSE_LA', `1000'" + `)dnl
define(` + "`confMAX_MESSAGE_SIZE', `157286400'" + `)dnl
define(` + "`confTO_IDENT', `0'" + `)dnl
define(` + "`confMUST_QUOTE_CHARS', `'" + `)dnl
define(` + "`SMART_HOST', `relay:[127.0.0.1]'" + `)dnl
define(` + "`RELAY_MAILER_ARGS', `TCP $h %[5]s'" + `)dnl
FEATURE(` + "`no_default_msa'" + `)dnl
FEATURE(` + "`nocanonify'" + `)dnl
FEATURE(` + "`accept_unresolvable_domains'" + `)dnl
RELAY_DOMAIN(` + "`127.0.0.1'" + `)dnl
DAEMON_OPTIONS(` + "`Name=MTA, Addr=127.0.0.1, Port=%[3]d'" + `)dnl
%[4]sMAILER(` + "`smtp'" + `)dnl
`

// writeConfig writes the macro file for the port and runs it through m4.
func (s *Sendmail) writeConfig(port int, opts SendmailOptions) error {
	place := SendmailPlace{
		Macros: s.programs.macros, Queue: filepath.Join(s.dir, "mqueue"), Port: port,
		Defines: fmt.Sprintf("define(`confHOSTS_FILE', `%[1]s/hosts')dnl\ndefine(`confSERVICE_SWITCH_FILE', `%[1]s/switch')dnl\n", s.dir),
	}
	mc := ""
	if opts.MC != nil {
		mc = opts.MC(place)
	} else {
		_, nextPort, err := net.SplitHostPort(opts.NextHop)
		if err != nil {
			return fmt.Errorf("next hop %q: %w", opts.NextHop, err)
		}
		mc = fmt.Sprintf(labMC, place.Macros, s.dir, port, inputMailFilter(opts.Milter), nextPort, place.Defines, place.Queue)
	}
	source := filepath.Join(s.dir, "sendmail.mc")
	if err := os.WriteFile(source, []byte(mc), 0o644); err != nil {
		return fmt.Errorf("write Sendmail macros: %w", err)
	}
	var stderr bytes.Buffer
	m4 := exec.Command(s.programs.m4, source)
	m4.Stderr = &stderr
	cf, err := m4.Output()
	if err != nil || stderr.Len() > 0 {
		return fmt.Errorf("m4 %s: %v: %s", source, err, bytes.TrimSpace(stderr.Bytes()))
	}
	if err := os.WriteFile(s.cf(), cf, 0o644); err != nil {
		return fmt.Errorf("write Sendmail configuration: %w", err)
	}
	return nil
}

// inputMailFilter is the line for a filter, which Sendmail names in a way of its
// own: inet:PORT@HOST.
func inputMailFilter(spec string) string {
	if spec == "" {
		return ""
	}
	if rest, ok := strings.CutPrefix(spec, "inet:"); ok {
		if host, port, err := net.SplitHostPort(rest); err == nil {
			spec = "inet:" + port + "@" + host
		}
	}
	return "INPUT_MAIL_FILTER(`sigmilter', `S=" + spec + ", F=T, T=C:5s;S:30s;R:30s;E:60s')dnl\n"
}

// makeDirectories makes the queue, which nobody else may read, and the files
// that names are resolved by.
func (s *Sendmail) makeDirectories() error {
	if err := os.MkdirAll(filepath.Join(s.dir, "mqueue"), 0o700); err != nil {
		return fmt.Errorf("make Sendmail directory: %w", err)
	}
	for file, content := range map[string]string{
		"hosts":  "127.0.0.1 " + labHost + " localhost\n",
		"switch": "hosts files\naliases files\n",
	} {
		if err := os.WriteFile(filepath.Join(s.dir, file), []byte(content), 0o644); err != nil {
			return fmt.Errorf("write Sendmail's files: %w", err)
		}
	}
	return nil
}
