package lab

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// Authority issues the certificates of a lab. Its own is the file ca.pem of its
// folder, for those who are to trust it.
type Authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	last int64
}

// NewAuthority makes an authority in dir.
func NewAuthority(dir string) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make lab authority: %w", err)
	}
	template := certificate("Lab Authority", 1)
	template.IsCA, template.KeyUsage = true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make lab authority: %w", err)
	}
	a := &Authority{dir: dir, key: key, last: 1}
	a.cert, err = x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("make lab authority: %w", err)
	}
	return a, a.write("ca.pem", 0o644, &pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func certificate(name string, serial int64) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
}

// Issue makes a certificate for both sides of TLS with the common name, and the
// DNS names besides. Its files are NAME.key (for root alone), NAME.crt, and both
// in NAME.pem.
func (a *Authority) Issue(name string, dns ...string) (tls.Certificate, error) {
	fault := func(err error) (tls.Certificate, error) {
		return tls.Certificate{}, fmt.Errorf("issue lab certificate %s: %w", name, err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fault(err)
	}
	a.last++
	template := certificate(name, a.last)
	template.DNSNames = dns
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return fault(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fault(err)
	}
	keyBlock := &pem.Block{Type: "PRIVATE KEY", Bytes: secret}
	certBlock := &pem.Block{Type: "CERTIFICATE", Bytes: der}
	for file, blocks := range map[string][]*pem.Block{".key": {keyBlock}, ".crt": {certBlock}, ".pem": {keyBlock, certBlock}} {
		mode := os.FileMode(0o600)
		if file == ".crt" {
			mode = 0o644
		}
		if err := a.write(name+file, mode, blocks...); err != nil {
			return fault(err)
		}
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

func (a *Authority) write(file string, mode os.FileMode, blocks ...*pem.Block) error {
	var b []byte
	for _, block := range blocks {
		b = append(b, pem.EncodeToMemory(block)...)
	}
	return os.WriteFile(filepath.Join(a.dir, file), b, mode)
}

// Pool trusts the authority alone.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}
