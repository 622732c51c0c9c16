package mta

import (
	"fmt"
	"slices"
	"strings"
)

// sslShut are the words of OpenSSL that shut a version of TLS out, in the order of
// tlsVersions; those below 1.2 are what a relay is to shut out.
var sslShut = []string{"SSL_OP_NO_TLSv1", "SSL_OP_NO_TLSv1_1"}

// sslLine is the line of sendmail.mc for one side, SERVER or CLIENT.
func sslLine(side string) string {
	return fmt.Sprintf("define(`conf%s_SSL_OPTIONS', `+SSL_OP_NO_SSLv2 +SSL_OP_NO_SSLv3 +%s')dnl", side, strings.Join(sslShut, " +"))
}

const rootsLine = "define(`confCACERT', `/etc/ssl/certs/ca-certificates.crt')dnl"

// oldTLS is for versions that Microsoft 365 has given up.
func (s *Sendmail) oldTLS(Daemon) string {
	var old, lines []string
	for _, side := range []string{"Server", "Client"} {
		if option := side + "SSLOptions"; !shutsOldTLS(s.options[option]) {
			old, lines = append(old, option), append(lines, sslLine(strings.ToUpper(side)))
		}
	}
	if len(old) == 0 {
		return ""
	}
	return fmt.Sprintf("%s: versions of TLS below 1.2 are let in; write %s", strings.Join(old, ", "), strings.Join(lines, " and "))
}

// shutsOldTLS reports whether options of OpenSSL, each behind + or -, shut out what is
// older than TLS 1.2.
func shutsOldTLS(options string) bool {
	words := strings.FieldsFunc(options, func(r rune) bool { return strings.ContainsRune(" ,\t", r) })
	for _, shut := range sslShut {
		if !slices.Contains(words, "+"+shut) && !slices.Contains(words, shut) {
			return false
		}
	}
	return true
}

// unprovable is for proofs by certificate that Sendmail never reports.
func (s *Sendmail) unprovable(d Daemon) string {
	const proof = "a tenant is proven by the client's certificate (proof.cert_names), and "
	roots, folder := s.options["CACertFile"], s.options["CACertPath"]
	if !d.CertificateProof {
		return ""
	}
	if strings.Contains(s.options["TLSSrvOptions"], "V") {
		return proof + "Sendmail asks for none; take V out of define(`confTLS_SRV_OPTIONS', ...)"
	}
	if roots == "" && folder == "" {
		return proof + "Sendmail has no roots to check it by; write " + rootsLine
	}
	if roots != "" && !exists(roots) {
		return fmt.Sprintf("CACertFile = %s is not there, so no client's certificate is trusted; name the file with the roots", roots)
	}
	return ""
}
