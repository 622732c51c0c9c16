package mta

import (
	"fmt"
	"strings"
)

// tlsSettings are Postfix' lists of TLS versions, in and out, where TLS is demanded
// and where it is only offered.
var tlsSettings = []string{
	"smtpd_tls_mandatory_protocols", "smtpd_tls_protocols", "smtp_tls_mandatory_protocols", "smtp_tls_protocols",
}

// tlsWanted is their value: the form that Postfix has had before ">=TLSv1.2" too.
const tlsWanted = "!SSLv2, !SSLv3, !TLSv1, !TLSv1.1"

// tlsVersions are the names of the versions, the oldest first. Their numbers are
// those that [oldestTLS] returns.
var tlsVersions = []string{"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}

// oldestTLS is the oldest version that a list of Postfix lets in, by its place in
// tlsVersions: names let in, names with ! shut out, and >= begins a range.
func oldestTLS(list string) int {
	shut, named, from := map[string]bool{}, map[string]bool{}, "TLSv1"
	for _, word := range strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(", :\t", r) }) {
		if strings.HasPrefix(word, ">=") {
			from = versionName(word[2:])
		} else if strings.HasPrefix(word, "!") {
			shut[versionName(word[1:])] = true
		} else if !strings.HasPrefix(word, "<=") {
			named[versionName(word)] = true
		}
	}
	begun := false
	for i, version := range tlsVersions {
		begun = begun || version == from
		if begun && !shut[version] && (len(named) == 0 || named[version]) {
			return i
		}
	}
	return len(tlsVersions)
}

// versionName is a version as in tlsVersions, which Postfix writes in any case and
// also by its number.
func versionName(word string) string {
	numbers := map[string]string{"301": "TLSv1", "302": "TLSv1.1", "303": "TLSv1.2", "304": "TLSv1.3"}
	for number, name := range numbers {
		if strings.EqualFold(word, name) || strings.EqualFold(word, "0x"+number) || strings.EqualFold(word, "0"+number) {
			return name
		}
	}
	if strings.EqualFold(word, "SSLv2") || strings.EqualFold(word, "SSLv3") {
		return "TLSv1" // as a beginning; OpenSSL has nothing older
	}
	return word
}

// oldTLS is for versions that Microsoft 365 has given up.
func (p *Postfix) oldTLS(Daemon) string {
	var old, lines []string
	for _, name := range tlsSettings {
		if oldestTLS(p.Settings[name]) < 2 {
			old, lines = append(old, name), append(lines, name+" = "+tlsWanted)
		}
	}
	if len(old) == 0 {
		return ""
	}
	return fmt.Sprintf("%s: versions of TLS below 1.2 are let in; write %s", strings.Join(old, ", "), strings.Join(lines, " and "))
}

// asksCertificate reports whether smtpd asks its client for a certificate.
func (p *Postfix) asksCertificate() bool {
	return p.Settings["smtpd_tls_ask_ccert"] == "yes" || p.Settings["smtpd_tls_req_ccert"] == "yes"
}

// unprovable is for proofs by certificate that Postfix never reports.
func (p *Postfix) unprovable(d Daemon) string {
	s := p.Settings
	if !d.CertificateProof {
		return ""
	}
	if !p.asksCertificate() {
		return "a tenant is proven by the client's certificate (proof.cert_names), and Postfix asks for none; write smtpd_tls_ask_ccert = yes"
	}
	if s["smtpd_tls_CAfile"] == "" && s["smtpd_tls_CApath"] == "" && s["tls_append_default_CA"] != "yes" {
		return "a tenant is proven by the client's certificate (proof.cert_names), and Postfix has no roots to check it by; write smtpd_tls_CAfile = /etc/ssl/certs/ca-certificates.crt"
	}
	if s["smtpd_tls_CAfile"] != "" && !exists(s["smtpd_tls_CAfile"]) {
		return fmt.Sprintf("smtpd_tls_CAfile = %s is not there, so no client's certificate is trusted; name the file with the roots", s["smtpd_tls_CAfile"])
	}
	return ""
}
