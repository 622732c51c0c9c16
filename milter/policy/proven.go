package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrProof is what Decide fails with when a proof could not be looked at, such as
// a DKIM signature whose key DNS does not tell at the moment.
var ErrProof = errors.New("the proof could not be looked at")

// standing says whether a message is proven to be its tenant's.
type standing int

const (
	proven    standing = iota // or there is nothing to prove
	unproven                  // it only says so
	undecided                 // it may be, by a DKIM signature that needs the body
)

// strict reports whether an unproven message of this tenant does not pass.
func (t *Tenant) strict() bool { return len(t.Proof.Require) > 0 && t.Proof.Unproven != Pass }

// strictness orders what may become of a message that is not what it should be.
var strictness = map[Verdict]int{Pass: 0, Defer: 1, Refuse: 2}

// stricter is the stricter of two verdicts.
func stricter(a, b Verdict) Verdict {
	if strictness[b] > strictness[a] {
		return b
	}
	return a
}

// unproven decides on a message that is not proven to be its tenant's, or of which
// that is not known yet; of any other it finds the tenant. Where authors are of
// several tenants, each may refuse, and it is that of the first who has proven it.
//
// No guard stands for a proof. Where one is believed for its word, and the message
// would pass without a proof as well, none is looked for.
func (p *Policy) unproven(d *Decision, m *message, g guard) (done bool, err error) {
	strict := slices.ContainsFunc(m.claims, func(c claim) bool { return c.tenant.strict() })
	if p.Keys == nil && g.handled && g.doubt == "" && !strict {
		return false, nil
	}
	var whose, failed *claim
	for i := range m.claims {
		c := &m.claims[i]
		s, err := m.standing(c)
		switch {
		case err != nil:
			d.Author = m.authors[c.at]
			return true, err
		case s == undecided:
			d.Pending = true
			return true, nil
		case s == unproven:
			if failed == nil || strictness[c.tenant.Proof.Unproven] > strictness[failed.tenant.Proof.Unproven] {
				failed = c
			}
		case whose == nil, len(whose.tenant.Proof.Require) == 0 && len(c.tenant.Proof.Require) > 0:
			whose = c
		}
	}
	switch {
	case failed != nil && (whose == nil || failed.tenant.strict()):
		d.Verdict, d.Reason, d.Author = failed.tenant.Proof.Unproven, Unproven, m.authors[failed.at]
		d.Missing = failed.tenant.Name + ": " + strings.Join(failed.missing, "; ")
		if d.Verdict != Pass {
			return true, nil
		}
		t, err := p.provenOf(d, m)
		if t != nil {
			d.Tenant, d.Verdict = t.Name, t.Unclear
		}
		return true, err
	case whose != nil:
		m.tenant = whose.tenant
		m.claimed = m.authors[slices.IndexFunc(m.authors, m.tenant.has)]
	}
	return false, nil
}

// standing finds out whether a message is of the tenant that it claims to be of. The
// signature is verified only where nothing else decides.
func (m *message) standing(c *claim) (standing, error) {
	f, t := m.facts, c.tenant
	if len(t.Proof.Require) == 0 {
		return proven, nil
	}
	if f.Proven {
		f.Trace.step("proof", true, "%s is taken as proven", t.Name)
		return proven, nil
	}
	found := t.find(f)
	if found.missing == nil && found.dkim {
		switch {
		case len(m.claims) > 1:
			found.missing = []string{"its authors are of several tenants, of which a DKIM signature tells nothing"}
		case f.DKIM == nil:
			return undecided, nil
		default:
			if err := m.verify(t, &found); err != nil {
				return undecided, err
			}
		}
	}
	if found.missing != nil {
		c.missing = found.missing
		f.Trace.step("proof", false, "%s is not proven: %s", t.Name, strings.Join(found.missing, "; "))
		return unproven, nil
	}
	f.Trace.step("proof", true, "%s is proven by %s", t.Name, strings.Join(found.by, " and "))
	return proven, nil
}

// verify has a signature of a tenant verified, and believes no more than it covers
// where nothing else tells whose the message is.
func (m *message) verify(t *Tenant, found *evidence) error {
	s, why, err := m.signature(t.Domains)
	switch {
	case err != nil:
		return err
	case s.Domain != "" && !s.Covers.Has("From"):
		s.Domain, why = "", "the DKIM signature does not cover the From field"
	}
	if s.Domain == "" {
		found.missing = []string{why}
		return nil
	}
	found.by = append(found.by, proofKind(DKIMProof).Words+" of "+s.Domain)
	if !found.told {
		m.header = s.Covers
		m.origin = originOf(m.header, m.facts.Work)
		m.subject = newValue(m.header.Text("Subject"), m.facts.Work)
	}
	return nil
}

// signature is a valid DKIM signature of one of the domains, or why there is none.
func (m *message) signature(domains []string) (s Signature, why string, err error) {
	s, why, err = m.facts.DKIM(domains)
	if err != nil {
		m.facts.Trace.step("proof", false, "the DKIM signature could not be verified now")
		return Signature{}, "", fmt.Errorf("%w: %w", ErrProof, err)
	}
	return s, why, nil
}

// provenOf is the first tenant that a message is proven to be of by what tells
// tenants apart, though no author is in it; nil for none. Tenants that such mail
// passes of are not looked at.
func (p *Policy) provenOf(d *Decision, m *message) (*Tenant, error) {
	var domains []string // of tenants for which a signature decides
	for i := range p.Tenants {
		t := &p.Tenants[i]
		if t.Unclear == Pass || len(t.Proof.Require) == 0 {
			continue
		}
		switch found := t.find(m.facts); {
		case found.missing != nil:
		case found.dkim:
			domains = append(domains, t.Domains...)
		case found.told:
			return t, nil
		}
	}
	switch {
	case domains == nil:
		return nil, nil
	case m.facts.DKIM == nil:
		d.Pending = true
		return nil, nil
	}
	s, _, err := m.signature(domains)
	if s.Domain == "" {
		return nil, err
	}
	return p.claimsOf([]string{s.Domain})[0].tenant, nil
}
