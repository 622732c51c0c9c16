package mta

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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
Xsigmilter, S=unix:/run/sigmilter/milter.sock, F=T, T=C:30s;S:30s;R:60s;E:300s
Xopendkim, S=local:/run/opendkim/opendkim.sock
`

func TestSendmailChecks(t *testing.T) {
	cert := filepath.Join(t.TempDir(), "cert.pem")
	if err := os.WriteFile(cert, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		check    string // empty: no mistake
		old, new string
		listen   string
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
		{check: "header-size", old: "O MaxHeadersLength=262144", new: "", says: "of 32768 refuses"},
		{check: "quotes", old: "O MustQuoteChars=", new: "#O MustQuoteChars=.", says: "confMUST_QUOTE_CHARS"},
		{check: "certificate-in", old: "O ServerKeyFile=CERT", new: "", says: "confSERVER_KEY"},
		{check: "certificate-out", old: "O ClientCertFile=CERT", new: "O ClientCertFile=/nowhere/relay.crt", says: "no such file"},
		{check: "socket", old: "/run/sigmilter/milter.sock", new: "/tmp/sigmilter/milter.sock", listen: "unix:/tmp/sigmilter/milter.sock", says: "everybody may write to /tmp"},
	} {
		t.Run(tc.check+" "+tc.new, func(t *testing.T) {
			if !strings.Contains(goodCF, tc.old) {
				t.Fatalf("%q is not in the good file", tc.old)
			}
			cf := strings.ReplaceAll(strings.Replace(goodCF, tc.old, tc.new, 1), "CERT", cert)
			d := Daemon{Listen: "unix:/run/sigmilter/milter.sock", MessageBytes: 150 << 20}
			if tc.listen != "" {
				d.Listen = tc.listen
			}
			found := ReadSendmail(cf).Check(d)
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
	got := strings.Join(SendmailLines(Daemon{Listen: "inet:127.0.0.1:8899", MessageBytes: 1000}), "\n")
	for _, want := range []string{"S=inet:8899@127.0.0.1, F=T", "`confMAX_MESSAGE_SIZE', `1000'"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}
