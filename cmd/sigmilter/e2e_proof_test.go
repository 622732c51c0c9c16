package main_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"sigmilter/cmd/internal/lab"
)

const routingCode = "d41d8cd98f00b204e9800998ecf8427e"

// proving gives the lab's tenant a routing code and further settings of its proof.
func proving(t *testing.T, more string) func(lab.Site) {
	return func(site lab.Site) {
		t.Helper()
		text, err := os.ReadFile(site.Config)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Dir(site.Config)
		changed := strings.Replace(string(text), "[tenant.contoso]\n", "[tenant.contoso]\nrouting_code_file = \"contoso.code\"\n", 1) +
			"\n[tenant.contoso.proof]\n" + strings.ReplaceAll(more, "DIR", dir) + "\n"
		for name, content := range map[string]string{site.Config: changed, filepath.Join(dir, "contoso.code"): routingCode + "\n"} {
			if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// sample is a message of the lab by name, under an id of its own and with more
// fields.
func sample(t *testing.T, name, id, fields string) lab.Outgoing {
	t.Helper()
	for _, s := range lab.Samples {
		if s.Name == name {
			m := s.Outgoing()
			m.Raw = append([]byte(fields), bytes.Replace(m.Raw, []byte("<"+s.MessageID()+">"), []byte("<"+id+"@contoso.com>"), 1)...)
			return m
		}
	}
	t.Fatalf("there is no sample %s", name)
	return lab.Outgoing{}
}

// The routing code leaves with no message, and without it nothing is signed, yet
// everything gets its guard and comes back once.
func TestRoutingCodeStays(t *testing.T) {
	r := startRelayWith(t, lab.PostfixOptions{}, proving(t, ""))
	const field = "X-Sigmilter-Route: " + routingCode + "\r\n"
	want := map[string]struct{ action, reason string }{}
	send := func(name, id, fields, action, reason string) {
		t.Helper()
		want[id+"@contoso.com"] = struct{ action, reason string }{action, reason}
		if err := r.cloud.Send(r.ctx, sample(t, name, id, fields)); err != nil {
			t.Fatal(err)
		}
	}
	send("outlook-reply", "proven", field, "signed", "rule")
	send("outlook-reply", "small", "x-sigmilter-ROUTE:"+routingCode+"\r\n", "signed", "rule")
	send("outlook-meeting", "passing", field, "skipped", "calendar")
	send("unknown-author", "unknown", field, "skipped", "unknown-author")
	send("already-handled", "handled", field, "handled", "guard")
	send("outlook-reply", "bare", "", "skipped", "unproven")
	send("outlook-reply", "wrong", "X-Sigmilter-Route: "+routingCode[1:]+"\r\n", "skipped", "unproven")
	send("outlook-reply", "twice", field+field, "skipped", "unproven")
	for _, a := range r.wait(len(want)) {
		w := want[a.MessageID]
		record, err := r.daemon.Record(r.ctx, a)
		if err != nil {
			t.Fatal(err)
		}
		if record.Action != w.action || record.Reason != w.reason || a.Passes != 1 {
			t.Errorf("%s: %s because of %s, %d passes", a.MessageID, record.Action, record.Reason, a.Passes)
		}
		text := strings.ToLower(string(a.Raw))
		if strings.Contains(text, routingCode[1:]) || strings.Contains(text, "x-sigmilter-route") {
			t.Errorf("%s: the code has left:\n%s", a.MessageID, a.Raw)
		}
		if n := strings.Count(text, strings.ToLower(lab.Guard)+": yes"); n != 1 {
			t.Errorf("%s: %d guards", a.MessageID, n)
		}
		if signed := strings.Contains(text, "application engineer"); signed != (w.action == "signed") {
			t.Errorf("%s: signed %v", a.MessageID, signed)
		}
	}
	if log := r.daemon.Log(); strings.Contains(log, routingCode[1:]) || strings.Contains(log, "could send through this relay") {
		t.Errorf("the log has the code, or a warning:\n%s", log)
	}
}

func TestUnprovenIsRefused(t *testing.T) {
	r := startRelayWith(t, lab.PostfixOptions{}, proving(t, `unproven = "refuse"`))
	err := r.cloud.Send(r.ctx, sample(t, "outlook-reply", "bare", ""))
	if err == nil || !strings.Contains(err.Error(), lab.ErrRefused.Error()) {
		t.Errorf("sent without proof: %v", err)
	}
	if err := r.cloud.Send(r.ctx, sample(t, "outlook-reply", "proven", "X-Sigmilter-Route: "+routingCode+"\r\n")); err != nil {
		t.Fatal(err)
	}
	if a := r.wait(1); a[0].MessageID != "proven@contoso.com" {
		t.Errorf("%s arrived", a[0].MessageID)
	}
}

// authority issues certificates.
type authority struct {
	t    *testing.T
	name string
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	a := &authority{t: t, name: name}
	a.cert, a.key = a.issue(name, nil)
	return a
}

// issue makes a certificate for a common name, signed by the authority, or by
// itself where there is none yet.
func (a *authority) issue(name string, by *authority) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: by == nil, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}, DNSNames: []string{name},
	}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert, key
}

// client is a certificate of the authority's for TLS.
func (a *authority) client(name string) *tls.Config {
	cert, key := a.issue(name, a)
	return &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}}
}

// write puts the authority's certificate, and one for a server with its key, into
// a folder.
func (a *authority) write(dir string) (ca, chain string) {
	a.t.Helper()
	ca, chain = filepath.Join(dir, "ca.pem"), filepath.Join(dir, "chain.pem")
	cert, key := a.issue("relay.lab.example", a)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	block := func(kind string, b []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}) }
	for name, text := range map[string][]byte{ca: block("CERTIFICATE", a.cert.Raw), chain: append(block("PRIVATE KEY", der), block("CERTIFICATE", cert.Raw)...)} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			a.t.Fatal(err)
		}
	}
	return ca, chain
}

// What Postfix tells of the client's certificate and address, and the listener it
// came in on, prove a tenant: a real Postfix has these macros, and says nothing of a
// certificate that it does not trust.
func TestClientAndListenerProve(t *testing.T) {
	lab.RequirePostfix(t)
	trusted, stranger := newAuthority(t, "Lab CA"), newAuthority(t, "Lab CA")
	ca, chain := trusted.write(lab.TestDir(t))
	r := startRelayWith(t, lab.PostfixOptions{
		Ports: []lab.Port{{Milter: "unix:DIR/contoso.sock"}},
		Settings: map[string]string{
			"smtpd_tls_security_level": "may", "smtpd_tls_chain_files": chain, "smtpd_tls_CAfile": ca, "smtpd_tls_ask_ccert": "yes",
			"smtpd_tls_session_cache_database": "",
		},
	}, proving(t, `listeners = ["unix:DIR/contoso.sock"]
cert_names = ["*.outlook.lab"]
cert_issuers = ["Lab CA"]
client_networks = ["127.0.0.0/8"]
require = ["network", "certificate", "listener or routing"]`))

	const code = "X-Sigmilter-Route: " + routingCode + "\r\n"
	addrs := r.postfix.Addrs()
	want := map[string]string{}
	for i, c := range []struct {
		addr, fields string
		client       *tls.Config // nil: no TLS
		reason       string
	}{
		{addrs[0], code, trusted.client("mail.outlook.lab"), "rule"},
		{addrs[1], "", trusted.client("mail.outlook.lab"), "rule"},
		{addrs[0], "", trusted.client("mail.outlook.lab"), "unproven"},
		{addrs[0], code, trusted.client("mail.evil.lab"), "unproven"},
		{addrs[0], code, stranger.client("mail.outlook.lab"), "unproven"},
		{addrs[0], code, &tls.Config{InsecureSkipVerify: true}, "unproven"},
		{addrs[0], code, nil, "unproven"},
	} {
		id := fmt.Sprintf("client-%d", i)
		want[id+"@contoso.com"] = c.reason
		m := sample(t, "outlook-reply", id, c.fields)
		dial := smtp.Dial
		if c.client != nil {
			dial = func(addr string) (*smtp.Client, error) { return smtp.DialStartTLS(addr, c.client) }
		}
		client, err := dial(c.addr)
		if err != nil {
			t.Fatal(err)
		}
		if err := client.SendMail(m.From, m.To, bytes.NewReader(m.Raw)); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		if err := client.Quit(); err != nil {
			t.Error(err)
		}
	}
	if text, err := os.ReadFile(r.postfix.Log()); err != nil || bytes.Contains(text, []byte("macro")) {
		t.Errorf("Postfix minds what it is asked for: %v\n%s", err, text)
	}
	got := map[string]string{}
	for _, a := range r.wait(len(want)) {
		record, err := r.daemon.Record(r.ctx, a)
		if err != nil {
			t.Fatal(err)
		}
		got[a.MessageID] = record.Reason
	}
	if !maps.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}
