package m365

import (
	"sigmilter/milter/entity"
)

// Verdict is what a check says of a header.
type Verdict string

// The verdicts.
const (
	Good    Verdict = "good"
	Note    Verdict = "note"    // worth to know, no harm by itself
	Bad     Verdict = "bad"     // to be changed
	Unknown Verdict = "unknown" // this header does not tell
)

// Finding is the result of one check.
type Finding struct {
	Check   string  `json:"check"`
	Verdict Verdict `json:"verdict"`
	Found   string  `json:"found"`            // a sentence
	Change  string  `json:"change,omitempty"` // what to change, a sentence; empty for nothing
}

// Expected is what a returned message is compared with.
type Expected struct {
	Guard         string   // name of the guard field
	RoutingFields []string // fields that must not leave the relay
	Relays        []string // host names of the relays; none: told by its place between Microsoft's hops
	Domains       []string // the tenants'; empty: not compared
}

// returned is a message that came back, as the checks look at it.
type returned struct {
	entity.Header
	Expected
	bytes int   // of the header
	hops  []hop // the latest first
	relay int   // index in hops, or -1
}

// checks are all checks in the order they are told. Each looks at one thing and
// ends with one finding.
var checks = []struct {
	name string
	look func(*returned) (v Verdict, found, change string)
}{
	{"guard", checkGuard},
	{"routing code", checkRouting},
	{"internal", checkInternal},
	{"retention", checkRetention},
	{"tenant", checkTenant},
	{"spam filter", checkSpam},
	{"dkim", checkDKIM},
	{"arc", checkARC},
	{"authentication", checkAuthentication},
	{"passes", checkPasses},
	{"tls", checkTLS},
	{"hops", checkHops},
	{"latency", checkLatency},
	{"header size", checkSize},
}

// Check judges the header of a message that went through the relay and came back;
// bytes is its size. There is one finding for each check, always in the same order.
func Check(h entity.Header, bytes int, e Expected) []Finding {
	r := &returned{Header: h, Expected: e, bytes: bytes}
	for _, value := range h.All("Received") {
		r.hops = append(r.hops, parseHop(value))
	}
	r.relay = relayHop(r.hops, e.Relays)
	findings := make([]Finding, 0, len(checks))
	for _, c := range checks {
		v, found, change := c.look(r)
		findings = append(findings, Finding{c.name, v, found, change})
	}
	return findings
}
