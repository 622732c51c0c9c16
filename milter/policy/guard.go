package policy

import (
	"slices"
	"strings"

	"sigmilter/milter/entity"
	"sigmilter/milter/seal"
)

// GuardValue is what the guard field of a message is to say when it leaves:
// "Yes", with a seal over tenant, author, Message-ID and date when there is a key.
//
// A message without a Message-ID gets one from Microsoft 365 and is another then:
// its guard is not believed any more, and MaxPasses ends what would be a loop.
func (p *Policy) GuardValue(h entity.Header) string { return p.Keys.Guard(p.sealed(h)) }

// ForeignGuard says whether a message has a guard that is not believed: there is
// a key, and none of ours made it.
func (p *Policy) ForeignGuard(h entity.Header) bool {
	return p.Keys != nil && guarded(h, p.Guard) && !p.ownGuard(h)
}

// ownGuard says whether our guard says that the message was handled. Without a
// key its word is enough.
func (p *Policy) ownGuard(h entity.Header) bool {
	if p.Keys == nil {
		return guarded(h, p.Guard)
	}
	values := h.All(p.Guard)
	if len(values) == 0 {
		return false
	}
	m := p.sealed(h)
	return slices.ContainsFunc(values, func(v string) bool { return p.Keys.Guards(v, m) })
}

// sealed is what a guard vouches for. The author is the first of the From field
// and the tenant that of his domain, whoever else had to do with the message.
func (p *Policy) sealed(h entity.Header) seal.Message {
	m := seal.Message{MessageID: h.Get("Message-ID"), Date: h.Get("Date")}
	if from := addresses(h.Get("From")); len(from) > 0 {
		m.Author = from[0]
		for _, t := range p.Tenants {
			if slices.Contains(t.Domains, domainOf(m.Author)) {
				m.Tenant = t.Name
			}
		}
	}
	return m
}

// handled says whether our guard is there, and traces it.
func (p *Policy) handled(f *Facts) bool {
	own := p.ownGuard(f.Header)
	switch {
	case own && p.Keys != nil:
		f.Trace.step("guard", false, "the field %s says that the message was handled, and its seal is ours", p.Guard)
		return true
	case own:
		f.Trace.step("guard", false, "the field %s says that the message was handled", p.Guard)
		return true
	case guarded(f.Header, p.Guard):
		f.Trace.step("guard", true, "the field %s is not ours, no key of guard.key_file made it for this message: it is removed", p.Guard)
	}
	return false
}

// loops says whether a message has passed the relay as often as it may.
func (p *Policy) loops(f *Facts) bool {
	if p.MaxPasses == 0 || f.Relay == "" {
		return false
	}
	n := Passes(f.Header, f.Relay)
	if n < p.MaxPasses {
		if n > 0 {
			f.Trace.step("loop", true, "its Received fields name %s, this relay, %d of at most %d times", f.Relay, n, p.MaxPasses)
		}
		return false
	}
	f.Trace.step("loop", false, "its Received fields name %s, this relay, %d times already", f.Relay, n)
	return true
}

// Passes counts how often a message was received by a host, by the Received
// fields (RFC 5321 4.4). An MTA does not show a milter its own of this pass.
func Passes(h entity.Header, host string) int {
	n := 0
	for i := range h {
		if strings.EqualFold(h[i].Name, "Received") && receivedBy(h[i].Value, host) {
			n++
		}
	}
	return n
}

// receivedBy says whether a Received field has "by HOST".
func receivedBy(value, host string) bool {
	words := strings.Fields(value)
	for i := 1; i < len(words); i++ {
		if strings.EqualFold(words[i-1], "by") && strings.EqualFold(strings.TrimRight(words[i], ".;"), host) {
			return true
		}
	}
	return false
}
