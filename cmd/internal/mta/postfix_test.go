package mta

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// goodPostfix is a configuration without a mistake: settings, fields of master.cf
// and its -o, as postconf prints them. QUEUE is the queue directory, CERT a file.
const (
	goodSettings = `compatibility_level = 3.6
config_directory = /etc/postfix
content_filter =
header_size_limit = 262144
internal_mail_filter_classes =
mail_owner = nobody-here
message_size_limit = 157286400
milter_default_action = tempfail
milter_content_timeout = 300s
milter_protocol = 6
smtpd_timeout = 300s
non_smtpd_milters =
queue_directory = QUEUE
receive_override_options =
relayhost = [contoso-com.mail.protection.outlook.com]:25
smtp_tls_mandatory_protocols = >=TLSv1.2
smtp_tls_protocols = !SSLv2, !SSLv3, !TLSv1, !TLSv1.1
smtpd_tls_mandatory_protocols = TLSv1.2, TLSv1.3
smtpd_tls_protocols = >=TLSv1.2
smtpd_tls_ask_ccert = no
smtpd_tls_CAfile =
tls_append_default_CA = no
smtp_tls_cert_file =
smtp_tls_chain_files = CERT
smtp_tls_security_level = encrypt
smtpd_milters = unix:sigmilter/milter.sock
smtpd_tls_cert_file =
smtpd_tls_chain_files = CERT
smtpd_tls_security_level = encrypt
`
	goodFields = `smtp/inet/service = smtp
smtp/inet/chroot = y
smtp/inet/command = smtpd
pickup/unix/chroot = y
pickup/unix/command = pickup
`
)

// goodDaemon goes with them.
func goodDaemon(queue string) Daemon {
	return Daemon{Listen: "unix:" + queue + "/sigmilter/milter.sock", SocketMode: 0o660, SocketGroup: "postfix", MessageBytes: 150 << 20, MessageTime: time.Minute}
}

func TestPostfixChecks(t *testing.T) {
	queue := t.TempDir()
	if err := os.Chmod(filepath.Dir(queue), 0o755); err != nil { // 0700 otherwise
		t.Fatal(err)
	}
	cert := filepath.Join(queue, "cert.pem")
	writeCertificate(t, cert, time.Now().AddDate(0, 0, 1))
	expired := filepath.Join(queue, "expired.pem")
	writeCertificate(t, expired, time.Now().AddDate(0, 0, -1))
	place := strings.NewReplacer("QUEUE", queue, "CERT", cert)
	const milters = "smtpd_milters = unix:sigmilter/milter.sock"
	for _, tc := range []struct {
		check    string // empty: no mistake
		old, new string // in the settings
		override string // of the service
		daemon   func(*Daemon)
		says     string
	}{
		{},
		{check: "milter", old: milters, new: "smtpd_milters =", says: "write smtpd_milters = unix:sigmilter/milter.sock"},
		{check: "milter", old: milters + "\n", new: "smtpd_milters =\nnon_smtpd_milters = unix:sigmilter/milter.sock\n", says: "sigmilter is in non_smtpd_milters only"},
		{check: "milter", old: milters, new: "smtpd_milters =",
			daemon: func(d *Daemon) { d.Listen = "unix:/run/sigmilter/milter.sock" }, says: "smtp/inet runs in a chroot"},
		{old: milters, new: "smtpd_milters =", override: "smtp/inet/smtpd_milters = unix:sigmilter/milter.sock"},
		{check: "path", old: milters, new: "smtpd_milters = unix:" + queue + "/sigmilter/milter.sock", says: "write smtpd_milters = unix:sigmilter/milter.sock"},
		{check: "path", old: milters, new: "smtpd_milters = unix:run/sigmilter/milter.sock", says: "write smtpd_milters = unix:sigmilter/milter.sock"},
		{check: "path", old: milters, new: "smtpd_milters = unix:/run/sigmilter/milter.sock",
			daemon: func(d *Daemon) { d.Listen = "unix:/run/sigmilter/milter.sock" }, says: "runs in a chroot"},
		{check: "path", old: milters, new: "smtpd_milters = inet:localhost:8891 unix:sigmilter/milter.sock",
			daemon: func(d *Daemon) { d.Listen = "inet:127.0.0.1:8899" }, says: "write smtpd_milters = inet:localhost:8891, inet:127.0.0.1:8899"},
		{old: milters, new: "smtpd_milters = inet:localhost:8899", daemon: func(d *Daemon) { d.Listen = "inet:127.0.0.1:8899" }},
		{old: milters, new: "smtpd_milters = unix:sigmilter/fabrikam.sock",
			daemon: func(d *Daemon) { d.Listeners = []string{"unix:" + queue + "/sigmilter/fabrikam.sock"} }},
		{check: "path", old: milters, new: "smtpd_milters = unix:sigmilter/milter.sock, unix:/run/sigmilter/milter.sock, inet:localhost:11332", says: "write smtpd_milters = unix:sigmilter/milter.sock, inet:localhost:11332"},
		{check: "path", override: "smtp/inet/smtpd_milters = unix:sigmilter.sock", says: "write -o { smtpd_milters = unix:sigmilter/milter.sock } for it in master.cf"},
		{check: "milter", old: milters, new: "smtpd_milters = unix:clamav.sock unix:opendkim/opendkim.sock", says: "write smtpd_milters = unix:clamav.sock, unix:sigmilter/milter.sock, unix:opendkim/opendkim.sock"},
		{check: "order", old: milters, new: "smtpd_milters = unix:opendkim/opendkim.sock, unix:sigmilter/milter.sock", says: "put sigmilter before it"},
		{check: "order", old: milters, new: "smtpd_milters = inet:localhost:11332 unix:sigmilter/milter.sock", says: "inet:localhost:11332 comes before"},
		{old: milters, new: "smtpd_milters = unix:sigmilter/milter.sock, inet:localhost:11332"},
		{check: "default-action", old: "milter_default_action = tempfail", new: "milter_default_action = accept", says: "write milter_default_action = tempfail"},
		{check: "default-action", old: "milter_default_action = tempfail", new: "milter_default_action = reject", says: "Microsoft 365 tries again"},
		{check: "default-action", old: milters, new: "smtpd_milters = { unix:sigmilter/milter.sock, default_action=accept }", says: "write default_action = tempfail"},
		{check: "no-milters", override: "smtp/inet/receive_override_options = no_milters,no_address_mappings", says: "take it out"},
		{check: "protocol", old: "milter_protocol = 6", new: "milter_protocol = 2", says: "write milter_protocol = 6"},
		{check: "message-size", old: "message_size_limit = 157286400", new: "message_size_limit = 10240000", says: "write message_size_limit = 157286400"},
		{check: "message-size", old: "message_size_limit = 157286400", new: "message_size_limit = 0", says: "passes unsigned"},
		{check: "message-size", daemon: func(d *Daemon) { d.MessageBytes = 50 << 20 }, says: "write message_bytes = 157286400 under [limits]"},
		{old: "message_size_limit = 157286400", new: "message_size_limit = 52428800", daemon: func(d *Daemon) { d.MessageBytes = 50 << 20 }},
		{check: "mailbox-size", old: "message_size_limit = 157286400", new: "message_size_limit = 157286400\nmailbox_size_limit = 51200000", says: "write mailbox_size_limit = 0"},
		{check: "header-size", daemon: func(d *Daemon) { d.HeaderBytes = 64 << 10 }, says: "write header_bytes = 1048576 under [limits]"},
		{check: "timeout", old: milters, new: "smtpd_milters = { unix:sigmilter/milter.sock, content_timeout=20s }", says: "write content_timeout = 300s"},
		{check: "timeout", daemon: func(d *Daemon) { d.Idle = 5 * time.Minute }, says: "write idle = \"11m\" under [timeouts]"},
		{check: "header-size", old: "header_size_limit = 262144", new: "header_size_limit = 102400", says: "write header_size_limit = 262144"},
		{check: "content-filter", old: "content_filter =", new: "content_filter = smtp-amavis:[127.0.0.1]:10024", says: "receive_override_options=no_milters"},
		{check: "internal-mail", old: "internal_mail_filter_classes =", new: "non_smtpd_milters = unix:sigmilter/milter.sock\ninternal_mail_filter_classes = bounce", says: "leave it empty"},
		{check: "timeout", old: "milter_content_timeout = 300s", new: "milter_content_timeout = 1m", says: "write milter_content_timeout = 300s"},
		{check: "timeout", daemon: func(d *Daemon) { d.MessageTime = 10 * time.Minute }, says: "write milter_content_timeout = 1200s"},
		{check: "relayhost", old: "relayhost = [contoso-com.mail.protection.outlook.com]:25", new: "relayhost =", says: "write relayhost = ["},
		{old: "relayhost = [contoso-com.mail.protection.outlook.com]:25", new: "sender_dependent_default_transport_maps = texthash:/etc/postfix/tenants"},
		{old: "relayhost = [contoso-com.mail.protection.outlook.com]:25", new: "default_transport = contoso:[192.0.2.1]:25"},
		{check: "tls-versions", old: "smtpd_tls_protocols = >=TLSv1.2", new: "smtpd_tls_protocols = >=TLSv1", says: "write smtpd_tls_protocols = !SSLv2, !SSLv3, !TLSv1, !TLSv1.1"},
		{check: "tls-versions", old: "smtp_tls_mandatory_protocols = >=TLSv1.2", new: "smtp_tls_mandatory_protocols = !SSLv2", says: "smtp_tls_mandatory_protocols: "},
		{check: "tls-versions", old: "smtpd_tls_mandatory_protocols = TLSv1.2, TLSv1.3", new: "smtpd_tls_mandatory_protocols =", says: "smtpd_tls_mandatory_protocols: "},
		{check: "certificate-proof", daemon: func(d *Daemon) { d.CertificateProof = true }, says: "write smtpd_tls_ask_ccert = yes"},
		{check: "certificate-proof", old: "smtpd_tls_ask_ccert = no", new: "smtpd_tls_ask_ccert = yes", daemon: func(d *Daemon) { d.CertificateProof = true }, says: "write smtpd_tls_CAfile ="},
		{check: "certificate-proof", old: "smtpd_tls_ask_ccert = no\nsmtpd_tls_CAfile =", new: "smtpd_tls_ask_ccert = yes\nsmtpd_tls_CAfile = /nowhere/ca.pem", daemon: func(d *Daemon) { d.CertificateProof = true }, says: "is not there"},
		{old: "smtpd_tls_ask_ccert = no\nsmtpd_tls_CAfile =", new: "smtpd_tls_req_ccert = yes\nsmtpd_tls_CAfile = " + cert, daemon: func(d *Daemon) { d.CertificateProof = true }},
		{check: "certificate-in", old: "smtpd_tls_chain_files = " + cert, new: "smtpd_tls_chain_files =", says: "write smtpd_tls_chain_files ="},
		{check: "certificate-in", old: "smtpd_tls_security_level = encrypt", new: "smtpd_tls_security_level =", says: "the certificate is not used"},
		{check: "certificate-out", old: "smtp_tls_chain_files = " + cert, new: "smtp_tls_chain_files =", says: "write smtp_tls_chain_files ="},
		{check: "certificate-out", old: "smtp_tls_chain_files = " + cert, new: "smtp_tls_chain_files = /nowhere/relay.pem", says: "no such file"},
		{check: "certificate-out", old: "smtp_tls_chain_files = " + cert, new: "smtp_tls_chain_files = " + expired, says: "renew it, and: postfix reload"},
		{check: "socket", old: "mail_owner = nobody-here", new: "mail_owner = nobody", daemon: func(d *Daemon) { d.Listen = "unix:" + queue + "/sigmilter/milter.sock" }, says: "make it: install -d"},
	} {
		t.Run(tc.check+" "+tc.new+tc.override, func(t *testing.T) {
			settings := place.Replace(goodSettings)
			if !strings.Contains(settings, tc.old) {
				t.Fatalf("%q is not in the good settings", tc.old)
			}
			if tc.new != "" {
				settings = strings.Replace(settings, "non_smtpd_milters =\n", "", 1)
				settings = strings.Replace(settings, tc.old, tc.new, 1)
			}
			daemon := goodDaemon(queue)
			if tc.daemon != nil {
				tc.daemon(&daemon)
			}
			found := ReadPostfix(settings, goodFields, tc.override).Check(daemon, nil).Findings
			switch {
			case tc.check == "" && len(found) > 0:
				t.Errorf("found %+v, want nothing", found)
			case tc.check == "":
			case len(found) != 1 || found[0].Check != tc.check || !strings.Contains(found[0].Problem, tc.says):
				t.Errorf("found %+v, want %s with %q", found, tc.check, tc.says)
			default:
				obeyed(t, settings, tc.override, found[0].Problem, daemon)
			}
		})
	}
}

// toWrite finds the lines for main.cf in an advice, and settings of sigmilter.
var toWrite = regexp.MustCompile(`(?:write|and) (\w+) = ("[^"]*"|[^;]+?)( under \[\w+\])?(,? and \w+ =|, then |, a file |, or |, the tenant|$| into sigmilter)`)

// obeyed wants an advice that is a line for main.cf to end what was found.
func obeyed(t *testing.T, settings, override, problem string, d Daemon) {
	t.Helper()
	_, advice, _ := strings.Cut(problem, "; ")
	done := false
	for rest := advice; ; {
		m := toWrite.FindStringSubmatchIndex(rest)
		if m == nil || strings.Contains(advice, "sigmilter's configuration") {
			break
		}
		name, value := rest[m[2]:m[3]], rest[m[4]:m[5]]
		settings, done = strings.Replace(settings, "\n"+name+" =", "\nold_"+name+" =", 1)+name+" = "+value+"\n", true
		rest = rest[m[5]:]
	}
	if !done || strings.Contains(advice, "write content_timeout") || strings.Contains(advice, "write default_action") {
		return // not a line for main.cf
	}
	for _, f := range ReadPostfix(settings, goodFields, override).Check(d, nil).Findings {
		if f.Problem == problem {
			t.Errorf("still found: %+v", f)
		}
	}
}

func TestPostfixLines(t *testing.T) {
	for _, tc := range []struct{ milters, listen, want string }{
		{"", "unix:/var/spool/postfix/sigmilter/milter.sock", "smtpd_milters = unix:sigmilter/milter.sock"},
		{"", "unix:/run/sigmilter/milter.sock", "smtpd_milters = unix:/run/sigmilter/milter.sock"},
		{"", "inet:127.0.0.1:8899", "smtpd_milters = inet:127.0.0.1:8899"},
		{"unix:opendkim/opendkim.sock", "inet:127.0.0.1:8899", "smtpd_milters = inet:127.0.0.1:8899, unix:opendkim/opendkim.sock"},
		{"{ unix:clamav.sock, default_action=accept }", "inet:127.0.0.1:8899", "smtpd_milters = { unix:clamav.sock, default_action=accept }, inet:127.0.0.1:8899"},
		{"inet:localhost:8899", "inet:127.0.0.1:8899", "smtpd_milters = inet:localhost:8899"},
		{"unix:/run/sigmilter/milter.sock unix:opendkim/opendkim.sock", "unix:/var/spool/postfix/sigmilter/milter.sock", "smtpd_milters = unix:sigmilter/milter.sock, unix:opendkim/opendkim.sock"},
		{"unix:/var/spool/postfix/sigmilter/milter.sock", "unix:/var/spool/postfix/sigmilter/milter.sock", "smtpd_milters = unix:sigmilter/milter.sock"},
		{"unix:opendkim/opendkim.sock, unix:sigmilter.sock", "inet:127.0.0.1:8899", "smtpd_milters = inet:127.0.0.1:8899, unix:opendkim/opendkim.sock"},
	} {
		p := ReadPostfix("queue_directory = /var/spool/postfix\nheader_size_limit = 102400\nsmtpd_milters = "+tc.milters+"\n", goodFields, "")
		got := p.Lines(Daemon{Listen: tc.listen, MessageBytes: 150 << 20})
		if got[0] != tc.want || got[len(got)-1] != "header_size_limit = 262144" {
			t.Errorf("%s and %s: %q, want %q", tc.milters, tc.listen, got, tc.want)
		}
	}
}

// What is set rightly is not set again; of the rest, every line is.
func TestPostfixMissing(t *testing.T) {
	p := ReadPostfix(goodSettings+"mailbox_size_limit = 0\n", goodFields, "")
	d := goodDaemon("QUEUE")
	if got := p.Missing(d); len(got) != 0 {
		t.Errorf("of a good configuration: %q", got)
	}
	p.Settings["smtp_tls_protocols"] = ">=TLSv1"
	p.Settings["milter_default_action"] = "accept"
	d.CertificateProof = true
	want := []string{"milter_default_action = tempfail", "smtp_tls_protocols = " + tlsWanted, "smtpd_tls_ask_ccert = yes"}
	if got := p.Missing(d); !slices.Equal(got, want) {
		t.Errorf("missing %q, want %q", got, want)
	}
}
