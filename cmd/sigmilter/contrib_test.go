package main_test

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"sigmilter/cmd/internal/lab"
)

// contribLab is a Microsoft 365 with TLS for each of the two tenants of the
// configurations in contrib, and what they name: certificates and files.
type contribLab struct {
	t        *testing.T
	dir      string
	ca       *lab.Authority
	contoso  *lab.Cloud
	fabrikam *lab.Cloud
}

func newContribLab(t *testing.T, dir string) *contribLab {
	t.Helper()
	ca, err := lab.NewAuthority(dir)
	if err != nil {
		t.Fatal(err)
	}
	l := &contribLab{t: t, dir: dir, ca: ca}
	for _, name := range []string{"relay.contoso.com", "relay.fabrikam.com"} {
		if _, err := ca.Issue(name, name); err != nil {
			t.Fatal(err)
		}
	}
	microsoft, err := ca.Issue("mail.protection.outlook.com", "mail.protection.outlook.com")
	if err != nil {
		t.Fatal(err)
	}
	// Sendmail has one port for all smart hosts, so the second has another address.
	l.contoso = l.cloud("127.0.0.1", "0", microsoft)
	l.fabrikam = l.cloud("127.0.0.2", port(l.contoso), microsoft)
	return l
}

// cloud is a Microsoft 365 that relays find by its address, as its name leads
// elsewhere here.
func (l *contribLab) cloud(host, port string, own tls.Certificate) *lab.Cloud {
	l.t.Helper()
	in := &tls.Config{Certificates: []tls.Certificate{own}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: l.ca.Pool()}
	out := &tls.Config{Certificates: []tls.Certificate{own}, ServerName: "relay.contoso.com", RootCAs: l.ca.Pool()}
	cloud, err := lab.StartCloudTLS(lab.Guard, net.JoinHostPort(host, port), in, out)
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(cloud.Stop)
	return cloud
}

// file reads a file of contrib with what differs here put in place: each of the
// old strings must be there, so that no test passes because a file has changed.
func (l *contribLab) file(name string, replace ...string) string {
	l.t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "contrib", name))
	if err != nil {
		l.t.Fatal(err)
	}
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(string(b), replace[i]) {
			l.t.Fatalf("contrib/%s: %q is not in it", name, replace[i])
		}
	}
	return strings.NewReplacer(replace...).Replace(string(b))
}

// put writes a file that the configuration names.
func (l *contribLab) put(name, content string) string {
	l.t.Helper()
	path := filepath.Join(l.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		l.t.Fatal(err)
	}
	return path
}

func port(cloud *lab.Cloud) string {
	_, port, _ := net.SplitHostPort(cloud.Addr())
	return port
}

// onPostfix is Postfix as contrib/postfix has it, with other ports and
// paths.
func (l *contribLab) onPostfix() mta {
	start := func(dir, milter, _ string) (lab.MTA, error) {
		hosts := []string{
			"[contoso-com.mail.protection.outlook.com]:25", "[127.0.0.1]:" + port(l.contoso),
			"[fabrikam-com.mail.protection.outlook.com]:25", "[127.0.0.2]:" + port(l.fabrikam),
		}
		networks := l.put("microsoft365.cidr", l.file("postfix/microsoft365.cidr"))
		tenants := l.put("tenants", l.file("postfix/tenants", hosts...))
		main := l.file("postfix/main.cf", append(hosts[:2:2],
			"/etc/postfix/relay.contoso.com.pem", l.dir+"/relay.contoso.com.pem",
			"/etc/ssl/certs/ca-certificates.crt", l.dir+"/ca.pem",
			"/etc/postfix/microsoft365.cidr", networks,
			"/etc/postfix/tenants", tenants,
			"unix:sigmilter/milter.sock", milter,
			"myhostname = relay.contoso.com", "myhostname = relay.lab.example")...)
		return lab.StartPostfix(dir, lab.PostfixOptions{Conf: func(addr string) (string, string) {
			return main, l.file("postfix/master.cf",
				"\nsmtp       inet ", "\n"+addr+" inet ",
				"/etc/postfix/relay.contoso.com.pem", l.dir+"/relay.contoso.com.pem",
				"/etc/postfix/relay.fabrikam.com.pem", l.dir+"/relay.fabrikam.com.pem")
		}})
	}
	return mta{"Postfix", lab.RequirePostfix, lab.TestDir, start}
}

// onSendmail is Sendmail as contrib/sendmail has it, with other ports and paths.
func (l *contribLab) onSendmail() mta {
	start := func(dir, milter, _ string) (lab.MTA, error) {
		tenants := l.put("tenants", l.file("sendmail/tenants",
			"[contoso-com.mail.protection.outlook.com]", "[127.0.0.1]",
			"[fabrikam-com.mail.protection.outlook.com]", "[127.0.0.2]"))
		access := l.put("access", l.file("sendmail/access",
			"TLS_Clt_features:fabrikam-com.mail.protection.outlook.com", "TLS_Clt_features:127.0.0.2",
			"/etc/mail/tls", l.dir))
		return lab.StartSendmail(dir, lab.SendmailOptions{MC: func(s lab.SendmailPlace) string {
			return l.file("sendmail/sigmilter.mc",
				"/usr/share/sendmail/cf", s.Macros,
				"OSTYPE(`linux')dnl", "OSTYPE(`linux')dnl\n"+s.Defines,
				"/run/sendmail/mta/sendmail.pid", dir+"/sendmail.pid",
				"/var/spool/mqueue", s.Queue,
				"/var/lib/sendmail/sendmail.st", dir+"/sendmail.st",
				"/etc/mail/tls", l.dir,
				"/etc/ssl/certs/ca-certificates.crt", l.dir+"/ca.pem",
				"`/etc/ssl/certs'", "`"+l.dir+"'",
				"/etc/mail/access", access,
				"/etc/mail/tenants", tenants,
				"[contoso-com.mail.protection.outlook.com]", "[127.0.0.1]",
				"unix:/run/sigmilter/milter.sock", milter,
				"Addr=0.0.0.0, Port=25", fmt.Sprintf("Addr=127.0.0.1, Port=%d", s.Port),
				"`TCP $h 25'", "`TCP $h "+port(l.contoso)+"'",
				"`relay.contoso.com'", "`relay.lab.example'")
		}})
	}
	return mta{"Sendmail", lab.RequireSendmail, lab.TestSafeDir, start}
}

func TestContrib(t *testing.T) {
	for _, tt := range []struct {
		m     mta
		relay func(*contribLab) mta
		check []string // the verb, and the flag for a place below the relay's folder
	}{
		{onPostfix, (*contribLab).onPostfix, []string{"postfix", "--config-directory", "conf"}},
		{onSendmail, (*contribLab).onSendmail, []string{"sendmail", "--cf", "sendmail.cf"}},
	} {
		t.Run(tt.m.name, func(t *testing.T) {
			tt.m.require(t)
			l := newContribLab(t, tt.m.dir(t))
			r := startRelayFor(t, tt.relay(l), l.contoso)
			t.Run("mail", func(t *testing.T) { eachClientsMail(t, r) })
			for _, a := range r.cloud.Arrivals() {
				if a.Relay != "relay.contoso.com" {
					t.Errorf("message %s came back with the certificate %q", a.MessageID, a.Relay)
				}
			}
			t.Run("another tenant", func(t *testing.T) { anotherTenant(t, r, l) })
			t.Run("no mistake found", func(t *testing.T) {
				place := filepath.Join(filepath.Dir(r.site.Config), tt.check[2])
				out, err := exec.Command(r.binary, "mta", tt.check[0], "--check", "-c", r.site.Config, tt.check[1], place).CombinedOutput()
				if err != nil || !strings.Contains(string(out), "no mistake found") || !strings.Contains(string(out), " answers user ") {
					t.Errorf("%v: %s", err, out)
				}
			})
			t.Run("in the clear", func(t *testing.T) { inTheClear(t, r) })
			t.Run("old TLS", func(t *testing.T) { oldTLS(t, r) })
			// The check has asked the daemon, which finds nothing wrong with that.
			if _, log, _ := strings.Cut(r.daemon.Log(), "directory read"); strings.Contains(log, `"level":"WARN"`) || strings.Contains(log, `"level":"ERROR"`) {
				t.Errorf("the daemon warns:\n%s", log)
			}
		})
	}
}

// anotherTenant wants mail of another domain back at that tenant's address, under
// that tenant's certificate.
func anotherTenant(t *testing.T, r *relay, l *contribLab) {
	m, id := lab.Samples[0].Copy(1)
	m.From = "dora@fabrikam.com"
	cloud := l.fabrikam
	cloud.SetRelay(r.mta.Addr())
	if err := cloud.Send(r.ctx, m); err != nil {
		t.Fatal(err)
	}
	if err := cloud.Wait(r.ctx, 1); err != nil {
		t.Fatal(err)
	}
	if a := cloud.Arrivals()[0]; a.MessageID != id || a.Relay != "relay.fabrikam.com" {
		t.Errorf("message %s came back with the certificate %q", a.MessageID, a.Relay)
	}
}

// inTheClear wants mail refused that comes without TLS.
func inTheClear(t *testing.T, r *relay) {
	client, err := smtp.Dial(r.mta.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.Mail("alice@contoso.com", nil); err == nil {
		t.Error("mail is taken without TLS")
	}
}

// oldTLS wants a session refused that knows nothing newer than TLS 1.1.
func oldTLS(t *testing.T, r *relay) {
	for version, good := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true} {
		client, err := smtp.DialStartTLS(r.mta.Addr(), &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: version})
		if err == nil {
			err = client.Mail("alice@contoso.com", nil) // what shakes hands
			client.Close()
		}
		if (err == nil) != good {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
	}
}
