package directory

import (
	"bytes"
	"errors"
	"fmt"

	"sigmilter/sigstore/localfile"
)

// readSecret reads a file with a secret, and says what to do when others can read it.
func readSecret(path string) ([]byte, error) {
	secret, err := localfile.ReadSecret(path)
	if errors.Is(err, localfile.ErrExposed) {
		return nil, fmt.Errorf("%w; run chmod o= on it, and renew what is in it", err)
	}
	return secret, err
}

// readSecretLine reads a secret that is one line, without its line end.
func readSecretLine(path string) (string, error) {
	secret, err := readSecret(path)
	if err != nil {
		return "", err
	}
	secret = bytes.TrimSpace(bytes.TrimPrefix(secret, []byte("\uFEFF")))
	switch {
	case len(secret) == 0:
		return "", errors.New(path + " is empty; put the secret into it")
	case bytes.ContainsAny(secret, "\r\n\x00"):
		return "", errors.New(path + " has more than one line; put only the secret into it")
	}
	return string(secret), nil
}

// maxCertificates bounds a file of certificates in PEM.
const maxCertificates = 16 << 20
