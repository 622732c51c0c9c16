package directory

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxSecret bounds a file with a password, a token or a certificate.
const maxSecret = 1 << 20

// readSecret reads a file with a secret. It is an error when anybody besides the
// owner and the group may read it.
func readSecret(path string) ([]byte, error) {
	f, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o007 != 0 {
		return nil, fmt.Errorf("%s can be read by every user of this machine; run chmod o= on it, and renew what is in it", path)
	}
	secret, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	switch {
	case err != nil:
		return nil, err
	case len(secret) > maxSecret:
		return nil, fmt.Errorf("%s is over 1 MiB, which no secret is", path)
	}
	return secret, nil
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
