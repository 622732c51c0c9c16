package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sigmilter/milter/entity"
	"sigmilter/milter/seal"
)

// GuardValue is what the guard field of a message is to say when it leaves: "Yes",
// and with a key a seal over what is decided and the text as it leaves, see
// [seal.Digest]. Without a text, or where nothing may be vouched for, it is "Yes
// unsealed", which the transport rule knows and we believe nothing of: such a message
// is decided on again when it comes again.
func (p *Policy) GuardValue(d *Decision, text string, now time.Time) string {
	switch {
	case p.Keys == nil:
		return seal.Handled
	case d.Seal == nil || text == "":
		return seal.Unsealed
	}
	m := *d.Seal
	m.Text = text
	return p.Keys.Guard(m, now)
}

// guard is what our guard field says.
type guard struct {
	handled bool   // it says that the message was handled
	doubt   string // why that is not believed, as far as the field alone tells
	seal    seal.Guarded
}

// guardOf reads our guard field. We leave one on a message: where there are more,
// others had a hand in it, and all are as good as none.
func (p *Policy) guardOf(h entity.Header) guard {
	values := h.All(p.Guard)
	g := guard{handled: slices.ContainsFunc(values, saysHandled)}
	switch {
	case !g.handled:
	case len(values) > 1:
		g.doubt = fmt.Sprintf("it is there %d times", len(values))
	case p.Keys == nil:
	case strings.EqualFold(strings.Join(strings.Fields(values[0]), " "), seal.Unsealed):
		return guard{}
	default:
		sealed, ok := seal.ParseGuard(values[0])
		if !ok {
			g.doubt = "it has no seal"
		}
		g.seal = sealed
	}
	return g
}

// saysHandled reports whether the value of a guard field says that the message was
// handled.
func saysHandled(value string) bool {
	value = strings.TrimSpace(value)
	starts := func(word string) bool { return len(value) >= len(word) && strings.EqualFold(value[:len(word)], word) }
	return starts("yes") || starts("true")
}

// sealOf is what a guard may vouch for of a message but its text; nil when it may
// vouch for nothing: there is no key, the message is no tenant's, or not one author
// and one Message-ID tell which message it is.
func (p *Policy) sealOf(m *message) *seal.Message {
	h := m.facts.Header
	if p.Keys == nil || m.tenant == nil || m.doubt != "" || h.Count(messageIDField) != 1 || h.Get(messageIDField) == "" {
		return nil
	}
	s := &seal.Message{Tenant: m.tenant.Name, MessageID: h.Get(messageIDField), Authors: m.authors}
	for _, r := range m.facts.Recipients {
		s.Domains = append(s.Domains, domainOf(canonical(r)))
	}
	return s
}

// skew is how far the clocks of relays may be apart.
const skew = 10 * time.Minute

// lasts reports whether a guard made then is still good.
func (p *Policy) lasts(made, now time.Time) bool {
	age := now.Sub(made)
	return age >= -skew && age <= p.Lifetime
}

// believes reports whether our guard says that the message was handled and can be
// believed, and traces it; pending says that the text is needed to tell. It is never
// a proof: whose the message is was found out before.
func (p *Policy) believes(m *message, g guard, s *seal.Message) (believed, pending bool) {
	trace := m.facts.Trace
	if !g.handled {
		return false, false
	}
	if g.doubt == "" {
		g.doubt, pending = p.sealDoubt(m, g.seal, s)
	}
	switch {
	case pending:
		return false, true
	case g.doubt != "":
		trace.step("guard", true, "the field %s is not ours, %s: it is removed", p.Guard, g.doubt)
		return false, false
	case p.Keys == nil:
		trace.step("guard", false, "the field %s says that the message was handled", p.Guard)
	default:
		trace.step("guard", false, "the field %s says that the message was handled, and its seal is ours", p.Guard)
	}
	return true, false
}

// sealDoubt says why a seal is not believed of a message, "" when it is.
func (p *Policy) sealDoubt(m *message, g seal.Guarded, s *seal.Message) (doubt string, pending bool) {
	const notMade = "no key of guard.key_file made it for this message"
	now := m.facts.Now
	switch {
	case p.Keys == nil:
		return "", false
	case s == nil:
		return "nothing could be sealed of this message", false
	case g.First():
		// QUIRK: a guard of an earlier release does not bind the text. It is as old as
		// the message, and known for no longer than any other.
		first := seal.First{Tenant: s.Tenant, MessageID: s.MessageID, Author: s.Authors[0], Date: m.facts.Header.Get("Date")}
		if date, ok := p.Keys.GuardsFirst(g, first); !ok || !p.lasts(date, now) {
			return notMade, false
		}
		return "", false
	case !p.lasts(g.Made, now):
		return "its time is over", false
	case m.facts.Digest == nil:
		return "", true
	}
	sealed := *s
	if sealed.Text = m.facts.Digest(); !p.Keys.Guards(g, sealed) {
		return notMade, false
	}
	return "", false
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
