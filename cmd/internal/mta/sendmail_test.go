package mta

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const goodCF = `# a comment
O MaxMessageSize=157286400
O MaxHeadersLength=262144
O MustQuoteChars=
O ServerCertFile=CERT
O ServerKeyFile=CERT
O ClientCertFile=CERT
O ClientKeyFile=CERT
O InputMailFilters=sigmilter,opendkim
O Timeout.command=5m
O CACertFile=CERT
O ServerSSLOptions=+SSL_OP_NO_SSLv2 +SSL_OP_NO_SSLv3 +SSL_OP_NO_TLSv1 +SSL_OP_NO_TLSv1_1
O ClientSSLOptions=SSL_OP_NO_TLSv1, SSL_OP_NO_TLSv1_1
DSrelay:[contoso-com.mail.protection.outlook.com]
Xsigmilter, S=unix:/run/sigmilter/milter.sock, F=T, T=C:30s;S:30s;R:300s;E:5m
Xopendkim, S=local:/run/opendkim/opendkim.sock
`

func TestSendmailChecks(t *testing.T) {
	cert := filepath.Join(t.TempDir(), "cert.pem")
	writeCertificate(t, cert, time.Now().AddDate(0, 0, 1))
	expired := filepath.Join(filepath.Dir(cert), "expired.pem")
	writeCertificate(t, expired, time.Now().AddDate(0, 0, -1))
	for _, tc := range []struct {
		check    string // empty: no mistake
		old, new string
		listen   string
		proof    bool
		says     string
	}{
		{},
		{old: "S=unix:/run/sigmilter/milter.sock", new: "S=local:/run/sigmilter/milter.sock"},
		{old: "S=unix:/run/sigmilter/milter.sock", new: "S=inet:8899@localhost", listen: "inet:127.0.0.1:8899"},
		{check: "milter", old: "O InputMailFilters=sigmilter,opendkim", new: "O InputMailFilters=opendkim", says: "not among InputMailFilters"},
		{check: "milter", old: "/run/sigmilter/milter.sock", new: "/run/sigmilter.sock", says: "but sigmilter listens on unix:/run/sigmilter/milter.sock"},
		{check: "milter", old: "Xsigmilter, S=unix:/run/sigmilter/milter.sock", new: "Xother, S=unix:/run/other.sock", says: "no filter has sigmilter's socket"},
		{check: "order", old: "O InputMailFilters=sigmilter,opendkim", new: "O InputMailFilters=opendkim,sigmilter", says: "put sigmilter's INPUT_MAIL_FILTER above"},
		{check: "default-action", old: ", F=T", new: "", says: "write F=T"},
		{check: "default-action", old: ", F=T", new: ", F=R", says: "Microsoft 365 tries again"},
		{check: "message-size", old: "O MaxMessageSize=157286400", new: "#O MaxMessageSize=0", says: "passes unsigned"},
		{check: "message-size", old: "O MaxMessageSize=157286400", new: "O MaxMessageSize=10000000", says: "write define(`confMAX_MESSAGE_SIZE', `157286400')dnl"},
		{check: "timeout", old: "R:300s", new: "R:60s", says: "(T=R:), which is not above sigmilter's timeouts.message of 1m0s"},
		{check: "timeout", old: "E:5m", new: "E:45", says: "waits 45s for the end of a message"},
		{check: "timeout", old: "R:300s;", new: "", says: "waits 10s for an answer"},
		{check: "timeout", old: "O Timeout.command=5m", new: "", says: "define(`confTO_COMMAND', `5m')dnl"},
		{check: "relayhost", old: "DSrelay:[contoso-com.mail.protection.outlook.com]", new: "DS", says: "define(`SMART_HOST', `relay:["},
		{old: "DSrelay:[contoso-com.mail.protection.outlook.com]", new: "DS\nKmailertable hash -o /etc/mail/mailertable.db"},
		{check: "tls-versions", old: "+SSL_OP_NO_TLSv1 ", new: "", says: "ServerSSLOptions: versions of TLS below 1.2"},
		{check: "tls-versions", old: "O ClientSSLOptions=SSL_OP_NO_TLSv1, ", new: "#", says: "write define(`confCLIENT_SSL_OPTIONS', `+SSL_OP_NO_SSLv2"},
		{check: "certificate-proof", old: "O CACertFile=CERT", new: "", proof: true, says: "write define(`confCACERT',"},
		{check: "certificate-proof", old: "O CACertFile=CERT", new: "O CACertFile=/nowhere/ca.pem", proof: true, says: "is not there"},
		{check: "certificate-proof", old: "O CACertFile=CERT", new: "O CACertFile=CERT\nO TLSSrvOptions=V", proof: true, says: "take V out of"},
		{old: "O CACertFile=CERT", new: "O CACertPath=/etc/ssl/certs", proof: true},
		{check: "header-size", old: "O MaxHeadersLength=262144", new: "", says: "of 32768 refuses"},
		{check: "quotes", old: "O MustQuoteChars=", new: "#O MustQuoteChars=.", says: "confMUST_QUOTE_CHARS"},
		{check: "certificate-in", old: "O ServerKeyFile=CERT", new: "", says: "confSERVER_KEY"},
		{check: "certificate-out", old: "O ClientCertFile=CERT", new: "O ClientCertFile=/nowhere/relay.crt", says: "no such file"},
		{check: "certificate-out", old: "O ClientCertFile=CERT", new: "O ClientCertFile=" + expired, says: "renew it, and restart Sendmail"},
		{check: "socket", old: "/run/sigmilter/milter.sock", new: "/tmp/sigmilter/milter.sock", listen: "unix:/tmp/sigmilter/milter.sock", says: "everybody may write to /tmp"},
	} {
		t.Run(tc.check+" "+tc.new, func(t *testing.T) {
			if !strings.Contains(goodCF, tc.old) {
				t.Fatalf("%q is not in the good file", tc.old)
			}
			cf := strings.ReplaceAll(strings.Replace(goodCF, tc.old, tc.new, 1), "CERT", cert)
			d := Daemon{Listen: "unix:/run/sigmilter/milter.sock", MessageBytes: 150 << 20, HeaderBytes: 1 << 20, MessageTime: time.Minute, Idle: 10 * time.Minute, CertificateProof: tc.proof}
			if tc.listen != "" {
				d.Listen = tc.listen
			}
			found := ReadSendmail(cf).Check(d, nil).Findings
			switch {
			case tc.check == "" && len(found) > 0:
				t.Errorf("found %+v, want nothing", found)
			case tc.check == "":
			case len(found) != 1 || found[0].Check != tc.check || !strings.Contains(found[0].Problem, tc.says):
				t.Errorf("found %+v, want %s with %q", found, tc.check, tc.says)
			}
		})
	}
}

func TestSendmailLines(t *testing.T) {
	got := strings.Join(SendmailLines(Daemon{Listen: "inet:127.0.0.1:8899", MessageBytes: 1000, MessageTime: 4 * time.Minute, CertificateProof: true}), "\n")
	for _, want := range []string{"S=inet:8899@127.0.0.1, F=T, T=C:30s;S:30s;R:480s;E:480s", "`confMAX_MESSAGE_SIZE', `157286400'", "confSERVER_SSL_OPTIONS", "confCACERT"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}
