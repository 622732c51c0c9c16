package graph

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"sigmilter/sigstore/directory/directorytest"

	"github.com/golang-jwt/jwt/v5"
	"software.sslmate.com/src/go-pkcs12"
)

// certificate is one that an application logs in with, good until then.
func certificate(t *testing.T, until time.Time) (*rsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sigmilter"}, NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return key, cert
}

func asPEM(t *testing.T, key *rsa.PrivateKey, cert *x509.Certificate) string {
	t.Helper()
	var text bytes.Buffer
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range []*pem.Block{{Type: "PRIVATE KEY", Bytes: der}, {Type: "CERTIFICATE", Bytes: cert.Raw}} {
		if err := pem.Encode(&text, b); err != nil {
			t.Fatal(err)
		}
	}
	return text.String()
}

func TestGraphCertificate(t *testing.T) {
	key, cert := certificate(t, time.Now().AddDate(1, 0, 0))
	pfx := func(encoder *pkcs12.Encoder, password string) string {
		data, err := encoder.Encode(key, cert, nil, password)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	tests := []struct{ name, file, password, want string }{
		{"PEM", asPEM(t, key, cert), "", ""},
		{"PFX as OpenSSL 3 makes it", pfx(pkcs12.Modern2023, "pässword"), "pässword", ""},
		{"PFX as Windows makes it", pfx(pkcs12.LegacyDES, "x"), "x", ""},
		{"PFX without password", pfx(pkcs12.Passwordless, ""), "", ""},
		{"wrong password", pfx(pkcs12.Modern2023, "x"), "y", "decryption password incorrect"},
		{"no key", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})), "", "found no private key"},
		{"no certificate", "hello", "", "put a certificate and its RSA key there, as PEM without a password or as PFX"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEntra(t)
			e.set("1", object{"mail": "a@b.c"})
			g := e.source()
			g.SecretFile, g.CertificateFile = "", directorytest.WriteSecret(t, test.file)
			if test.password != "" {
				g.CertificatePasswordFile = directorytest.WriteSecret(t, test.password+"\n")
			}
			_, err := directorytest.Read(t.Context(), g, "", nil)
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
					t.Errorf("got %v, want %s", err, test.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			assertion := e.logins[0].Get("client_assertion")
			token, err := jwt.Parse(assertion, func(*jwt.Token) (any, error) { return &key.PublicKey, nil })
			if err != nil {
				t.Fatal(err)
			}
			if who, _ := token.Claims.GetSubject(); who != standinClient {
				t.Errorf("the assertion is of %q", who)
			}
		})
	}
}

func TestGraphCertificateRunsOut(t *testing.T) {
	until := time.Now().AddDate(0, 0, 20)
	key, cert := certificate(t, until)
	e := newEntra(t)
	g := e.source()
	g.SecretFile, g.CertificateFile = "", directorytest.WriteSecret(t, asPEM(t, key, cert))
	readGraph(t, g, "", "the certificate in "+g.CertificateFile+" runs out on "+until.UTC().Format(time.DateOnly)+
		"; renew it and upload the new one under App registrations, "+standinClient+", Certificates & secrets in the Microsoft Entra admin centre")
}
