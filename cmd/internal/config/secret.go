package config

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"sigmilter/cmd/internal/config/tomltree"
	"sigmilter/cmd/internal/printed"
	"sigmilter/milter/seal"
	"sigmilter/sigstore/localfile"
)

// credentials is how a path begins that is in the folder of the credentials that
// systemd hands to the service (LoadCredential=).
const credentials = "${CREDENTIALS_DIRECTORY}"

// credentialPath puts the folder of the credentials into a path that asks for it.
func credentialPath(path string) (string, error) {
	rest, asks := strings.CutPrefix(path, credentials)
	if !asks {
		return path, nil
	}
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return "", fmt.Errorf("CREDENTIALS_DIRECTORY is not set, as it is in a service of systemd with LoadCredential=")
	}
	return dir + rest, nil
}

// ServiceCredentials is that folder, as only the service has it.
const ServiceCredentials = "/run/credentials/sigmilter.service"

// serviceCredential puts the folder of the service into a path that asks for that of the
// credentials, in a process that has none itself.
func serviceCredential(path string) string {
	rest, asks := strings.CutPrefix(path, credentials)
	if !asks || os.Getenv("CREDENTIALS_DIRECTORY") != "" {
		return path
	}
	return ServiceCredentials + rest
}

// readSecret reads a file that holds a secret. That others may read it is a
// fault, and no fault quotes what is in it.
func readSecret(v tomltree.Value, path string) (text string, ok bool) {
	const fix = "write the name of a file that sigmilter may read"
	raw, err := localfile.ReadSecret(path)
	switch name, credential := strings.CutPrefix(path, ServiceCredentials+"/"); {
	case err != nil && credential && v.Tree().Rewrite != nil:
		v.Note("the credential "+name+" was not looked at, only the service has it", "run check as root on the configuration of sigmilter.service")
	case errors.Is(err, localfile.ErrExposed):
		v.Fault(path+" can be read by others", "chmod 640 "+printed.Word(path))
	case err != nil && !errors.Is(err, localfile.ErrTooLarge):
		v.Fault(path+" "+tomltree.Unreadable(err).Error(), tomltree.Advice(path, err, fix))
	case err != nil, !utf8.Valid(raw):
		v.Fault(path+" is no text file of at most 1 MiB", "write each secret as a line of text")
	default:
		return string(raw), true
	}
	return "", false
}

// readKeys reads the file of the keys of guard and tokens.
func (g *Guard) readKeys(v tomltree.Value) {
	var path string
	tomltree.One(paths(v), &path)(v)
	if path == "" {
		return
	}
	text, ok := readSecret(v, path)
	if !ok {
		return
	}
	keys, err := seal.ParseKeys(text)
	if err != nil {
		v.Fault(fmt.Sprintf("%s: %v", path, err), "write a key on each line, such as openssl rand -base64 32 prints")
		return
	}
	g.Keys = keys
}
