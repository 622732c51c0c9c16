package mta

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"sigmilter/sigstore/localfile"
)

// badCertificate says what is wrong with the files of a certificate, empty for nothing: one
// is not there, none has a certificate, or the first of them is out of date. What the
// caller may not read is not looked at.
func badCertificate(files []string, now time.Time) string {
	var own *x509.Certificate
	from := ""
	for _, file := range files {
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrPermission) {
			return ""
		}
		if err != nil {
			return fmt.Sprintf("%s cannot be read: %v", file, localfile.Explained(file, err))
		}
		if cert := firstCertificate(text); own == nil && cert != nil {
			own, from = cert, file
		}
	}
	const day = "2006-01-02"
	switch {
	case own == nil:
		return fmt.Sprintf("%s has no certificate; put it in", files[0])
	case now.After(own.NotAfter):
		return fmt.Sprintf("%s expired on %s; renew it", from, own.NotAfter.Format(day))
	case now.Before(own.NotBefore):
		return fmt.Sprintf("%s holds from %s only; look at the clock, or take the one before", from, own.NotBefore.Format(day))
	}
	return ""
}

// firstCertificate is the first one of a PEM file, nil for none.
func firstCertificate(text []byte) *x509.Certificate {
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			return nil
		}
		if block.Type == "CERTIFICATE" {
			cert, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil
			}
			return cert
		}
		text = rest
	}
}
