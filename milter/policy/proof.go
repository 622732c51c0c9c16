package policy

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sigmilter/milter/entity"
)

// Proof says how a tenant's mail is told from mail that only has its domain in
// the From field, which anybody can write.
type Proof struct {
	// Require is what must be met: of each element one, by the names of
	// [ProofKinds]. Without any, the domain alone makes the tenant.
	Require [][]string
	// RoutingField bears one of RoutingCodes, a secret between the transport rule
	// and us. The field is removed from every message, see [Policy.RoutingFields].
	RoutingField string
	RoutingCodes []Code
	// Listeners are those for this tenant's mail alone, as [Facts] names them.
	Listeners []string
	// CertNames and CertIssuers are common names of the SMTP client's certificate;
	// *.x is every name that ends in .x. CertIssuers may be empty for any.
	CertNames, CertIssuers []string
	// Networks are the SMTP client's.
	Networks []netip.Prefix
	// Unproven is what becomes of a message without proof: Pass, Refuse or Defer.
	Unproven Verdict
}

// Code is a routing code as its SHA-256, so that nothing that holds or prints a
// configuration has the secret itself.
type Code [sha256.Size]byte

// NewCode is the code of a text.
func NewCode(text string) Code { return sha256.Sum256([]byte(text)) }

// DKIMProof is the name of the one proof that needs the body, and DNS.
const DKIMProof = "dkim"

// ProofKind is one sort of proof.
type ProofKind struct {
	Name  string
	Words string // as in "proven by WORDS"
	// Telling says that it tells one tenant of Microsoft 365 from another: they all
	// share addresses and certificate.
	Telling bool
	// find reports whether a message meets it; words say why it does not.
	find func(t *Tenant, f *Facts) (met bool, words string)
}

// ProofKinds are all there are, in the order in which they are looked at.
var ProofKinds = []ProofKind{
	{"routing", "the routing field", true, routed},
	{"listener", "the listener it came in on", true, listened},
	{"certificate", "the client's certificate", false, certified},
	{"network", "the client's address", false, networked},
	{DKIMProof, "a DKIM signature", true, signatureThere},
}

func proofKind(name string) *ProofKind {
	i := slices.IndexFunc(ProofKinds, func(k ProofKind) bool { return k.Name == name })
	return &ProofKinds[i]
}

// evidence is what was found of a tenant's proofs.
type evidence struct {
	by      []string // what is met
	told    bool     // one of them tells this tenant from others
	missing []string // what is not, for which of the requirements nothing else is
	dkim    bool     // a signature decides on what is left
}

// find looks at the proofs of a tenant, but for the signature itself.
func (t *Tenant) find(f *Facts) (e evidence) {
	for _, oneOf := range t.Proof.Require {
		by, missing := "", []string(nil)
		dkim := false
		for i := range ProofKinds {
			k := &ProofKinds[i]
			if by != "" || !slices.Contains(oneOf, k.Name) {
				continue
			}
			met, words := k.find(t, f)
			switch {
			case !met:
				missing = append(missing, words)
			case k.Name == DKIMProof:
				dkim = true
			default:
				by = k.Words
				e.told = e.told || k.Telling
			}
		}
		switch {
		case by != "":
			e.by = append(e.by, by)
		case dkim:
			e.dkim = true
		default:
			e.missing = append(e.missing, missing...)
		}
	}
	return e
}

// routed compares the routing field with every code, each in constant time.
func routed(t *Tenant, f *Facts) (bool, string) {
	name := t.Proof.RoutingField
	values := f.Header.All(name)
	switch len(values) {
	case 0:
		return false, fmt.Sprintf("the field %s is missing", name)
	case 1:
	default:
		// A transport rule sets a field, it never adds a second one.
		return false, fmt.Sprintf("there are %d fields %s instead of one", len(values), name)
	}
	got, right := NewCode(values[0]), 0
	for i := range t.Proof.RoutingCodes {
		right |= subtle.ConstantTimeCompare(got[:], t.Proof.RoutingCodes[i][:])
	}
	return right == 1, fmt.Sprintf("the field %s has another code", name)
}

func listened(t *Tenant, f *Facts) (bool, string) {
	if f.Listener == "" {
		return false, "nothing says which listener it came in on"
	}
	return slices.Contains(t.Proof.Listeners, f.Listener), fmt.Sprintf("it came in on %s", f.Listener)
}

func certified(t *Tenant, f *Facts) (bool, string) {
	subject, issuer, why := certificate(f.Macros)
	switch {
	case why != "":
		return false, why
	case !named(t.Proof.CertNames, subject):
		return false, fmt.Sprintf("the client's certificate is for %q", subject)
	case len(t.Proof.CertIssuers) > 0 && !named(t.Proof.CertIssuers, issuer):
		return false, fmt.Sprintf("the client's certificate was issued by %q", issuer)
	}
	return true, ""
}

// certificate is the common names of the client's certificate and its issuer, or
// why there are none to be believed.
//
// QUIRK: Postfix has the common names in {cert_subject} and {cert_issuer}, and
// only those of a certificate that it trusts. Sendmail has whole distinguished
// names there, from which a common name cannot be told for certain, and of any
// certificate; it has the common names in {cn_subject} and {cn_issuer}, and what
// it thinks of them in {verify}.
func certificate(macros map[string]string) (subject, issuer, why string) {
	subject, issuer = macros["cert_subject"], macros["cert_issuer"]
	if v, sendmail := macros["verify"]; sendmail {
		if v != "OK" {
			return "", "", fmt.Sprintf("the MTA does not trust the client's certificate: {verify} is %q", v)
		}
		subject, issuer = macros["cn_subject"], macros["cn_issuer"]
	}
	switch {
	case subject == "":
		return "", "", "the MTA reports no certificate of the client that it trusts"
	case strings.HasPrefix(subject, "/"):
		return "", "", "the MTA does not report {verify} and {cn_subject}"
	}
	return subject, issuer, ""
}

// named says whether a common name is one of these.
func named(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool {
		if end, any := strings.CutPrefix(n, "*"); any && strings.HasPrefix(end, ".") {
			return len(name) > len(end) && strings.EqualFold(name[len(name)-len(end):], end)
		}
		return strings.EqualFold(name, n)
	})
}

func networked(t *Tenant, f *Facts) (bool, string) {
	reported := f.Macros["client_addr"]
	addr, err := netip.ParseAddr(strings.TrimPrefix(reported, "IPv6:"))
	if err != nil {
		return false, "the MTA reports no address of the client"
	}
	addr = addr.Unmap().WithZone("")
	in := slices.ContainsFunc(t.Proof.Networks, func(n netip.Prefix) bool { return n.Contains(addr) })
	return in, fmt.Sprintf("the client's address %s is in none of the networks", addr)
}

// signatureThere says whether there is a signature to verify. It must leave no
// doubt about whose From field it covers: a second one above the first is not
// covered and would be the author.
func signatureThere(t *Tenant, f *Facts) (bool, string) {
	if f.Header.Count("From") != 1 {
		return false, "there are several From fields, of which a DKIM signature covers one"
	}
	for _, value := range f.Header.All("DKIM-Signature") {
		if slices.Contains(t.Domains, SigningDomain(value)) {
			return true, ""
		}
	}
	return false, "there is no DKIM signature of its domains"
}

// SigningDomain is the domain that a DKIM-Signature field is of, its tag d, in
// lower case; empty when it has none.
func SigningDomain(value string) string {
	for tag := range strings.SplitSeq(value, ";") {
		if name, domain, ok := strings.Cut(tag, "="); ok && strings.TrimSpace(name) == "d" {
			return strings.ToLower(strings.Join(strings.Fields(domain), ""))
		}
	}
	return ""
}

// RoutingFields are the names of all tenants' routing fields. What they hold is a
// secret: no message may leave with one of them.
func (p *Policy) RoutingFields() []string { return p.tenants().routingFields }

// WithoutRoutingFields are the edits that remove them from a header.
func (p *Policy) WithoutRoutingFields(h entity.Header) []entity.FieldEdit {
	var edits []entity.FieldEdit
	for _, name := range p.RoutingFields() {
		for i := h.Count(name); i > 0; i-- { // the last first, so that the indexes hold
			edits = append(edits, entity.FieldEdit{Op: entity.DeleteField, Name: name, Index: i})
		}
	}
	return edits
}
