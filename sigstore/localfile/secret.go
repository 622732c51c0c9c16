package localfile

import (
	"bytes"
	"errors"
	"fmt"
)

// MaxCertificates bounds a file of certificates in PEM, in bytes.
const MaxCertificates = 16 << 20

// Secret reads a file that holds a secret. Its error says what to do when others can
// read the file.
func Secret(path string) ([]byte, error) {
	secret, err := ReadSecret(path)
	if errors.Is(err, ErrExposed) {
		return nil, fmt.Errorf("%w; run chmod o= on it, and renew what is in it", err)
	}
	return secret, err
}

// SecretLine reads a secret that is one line, without its line end.
func SecretLine(path string) (string, error) {
	secret, err := Secret(path)
	if err != nil {
		return "", err
	}
	secret = bytes.TrimSpace(bytes.TrimPrefix(secret, []byte("\uFEFF")))
	if len(secret) == 0 {
		return "", errors.New(path + " is empty; put the secret into it")
	}
	if bytes.ContainsAny(secret, "\r\n\x00") {
		return "", errors.New(path + " has more than one line; put only the secret into it")
	}
	return string(secret), nil
}
