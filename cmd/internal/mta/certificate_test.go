package mta

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writeCertificate writes a certificate that holds for a year up to a time, behind another
// block as in a file with the key first.
func writeCertificate(t *testing.T, file string, until time.Time) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: until.AddDate(-1, 0, 0), NotAfter: until}
	cert, err := x509.CreateCertificate(rand.Reader, of, of, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("key")}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})...)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestBadCertificate(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	path := func(name string) string { return filepath.Join(dir, name) }
	for name, until := range map[string]time.Time{"good.pem": now.AddDate(0, 6, 0), "old.pem": now.AddDate(0, 0, -1), "new.pem": now.AddDate(1, 0, 2)} {
		writeCertificate(t, path(name), until)
	}
	for name, text := range map[string]string{"key.pem": "-----BEGIN PRIVATE KEY-----\nMAo=\n-----END PRIVATE KEY-----\n", "broken.pem": "-----BEGIN CERTIFICATE-----\nMAo=\n-----END CERTIFICATE-----\n"} {
		if err := os.WriteFile(path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ files, want string }{
		{"good.pem", ""},
		{"key.pem good.pem", ""},
		{"good.pem old.pem", ""}, // what is behind the own one is the issuer's affair
		{"old.pem good.pem", "old.pem expired on 2026-11-30; renew it"},
		{"new.pem", "new.pem holds from 2026-12-03 only"},
		{"key.pem", "key.pem has no certificate"},
		{"broken.pem", "broken.pem has no certificate"},
		{"good.pem god.pem", "god.pem cannot be read: open DIR/god.pem: no such file or directory; look at the name: DIR has broken.pem, good.pem"},
	} {
		var files []string
		for _, name := range strings.Fields(test.files) {
			files = append(files, path(name))
		}
		got := badCertificate(files, now)
		if (got == "") != (test.want == "") || !strings.Contains(strings.ReplaceAll(got, dir, "DIR"), test.want) {
			t.Errorf("%s: %q, want %q", test.files, got, test.want)
		}
	}
}
