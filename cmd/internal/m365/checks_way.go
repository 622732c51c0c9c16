package m365

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

var signingDomain = regexp.MustCompile(`(?i)(?:^|;)\s*d\s*=\s*([^\s;]+)`)

// results are what the Authentication-Results fields say of a method, in lower
// case.
func (r *returned) results(method string) (values []string) {
	pattern := regexp.MustCompile(`(?i)(?:^|[\s;])` + method + `\s*=\s*([a-z]+)`)
	for _, field := range r.All("Authentication-Results") {
		for _, m := range pattern.FindAllStringSubmatch(field, -1) {
			values = append(values, strings.ToLower(m[1]))
		}
	}
	return values
}

// oneOf says whether one of the values is there, and which.
func oneOf(values []string, wanted ...string) string {
	for _, v := range values {
		for _, w := range wanted {
			if v == w {
				return v
			}
		}
	}
	return ""
}

func checkDKIM(r *returned) (Verdict, string, string) {
	const change = "The relay must not sign, and no filter before sigmilter in smtpd_milters: Exchange Online signs when the mail leaves."
	seen := map[string]bool{}
	for _, value := range r.All("DKIM-Signature") {
		m := signingDomain.FindStringSubmatch(value)
		if m == nil {
			continue
		}
		domain := strings.ToLower(m[1])
		if seen[domain] {
			return Bad, "Two DKIM signatures of " + domain + ": one from before the change was left, or the relay signs.", change
		}
		seen[domain] = true
	}
	results := r.results("dkim")
	if oneOf(results, "fail", "permerror") != "" {
		return Bad, "A receiver found a DKIM signature broken (dkim=fail).", change
	}
	if oneOf(results, "pass") != "" {
		return Good, "A receiver found the DKIM signature valid.", ""
	}
	if len(seen) > 0 {
		return Note, "There is a DKIM signature, and no receiver says whether it is valid.", ""
	}
	return Unknown, "There is no DKIM signature: inside the tenant that is usual. Look at a copy that was delivered outside.", ""
}

func checkARC(r *returned) (Verdict, string, string) {
	for _, value := range r.All("ARC-Seal") {
		if strings.Contains(strings.ReplaceAll(strings.ToLower(value), " ", ""), "cv=fail") {
			return Note, "The ARC chain is broken (cv=fail): Exchange Online sealed the message before the signature came in. DKIM of the returned message counts.", ""
		}
	}
	if oneOf(r.results("arc"), "fail") != "" {
		return Note, "A receiver found the ARC chain broken, which the signature does; DKIM of the returned message counts.", ""
	}
	if !r.Has("ARC-Seal") {
		return Unknown, "There is no ARC seal.", ""
	}
	return Good, "No ARC seal says that the chain is broken.", ""
}

func checkAuthentication(r *returned) (Verdict, string, string) {
	const change = "Let Exchange Online sign with your own domain (DKIM), and see that mail leaves from it and not from the relay."
	if oneOf(r.results("dmarc"), "fail") != "" {
		return Bad, "A receiver says dmarc=fail.", change
	}
	if oneOf(r.results("compauth"), "fail") != "" {
		return Bad, "Microsoft 365 says compauth=fail: it may take the message for forged.",
			"Look at header retention; if mail returns as external, enhanced filtering (Set-InboundConnector -EFSkipLastIP $true) lets it look past the relay."
	}
	if oneOf(r.results("spf"), "fail", "softfail") != "" {
		return Note, "SPF does not allow the host that delivered it.", "If it was the relay, add it to the SPF record or use enhanced filtering."
	}
	if !r.Has("Authentication-Results") {
		return Unknown, "No receiver says whether it believes the sender.", ""
	}
	return Good, "No receiver doubts the sender.", ""
}

func checkPasses(r *returned) (Verdict, string, string) {
	if r.relay < 0 {
		return Bad, "No hop of the relay is among the Received fields: the message did not go through it, or it has another name.",
			"Compare microsoft365.relay with myhostname of the relay, and look whether the rule routes."
	}
	name, n := r.hops[r.relay].by, 0
	for _, h := range r.hops {
		if h.by == name {
			n++
		}
	}
	if n > 1 {
		return Bad, fmt.Sprintf("It went through %s %d times.", name, n),
			"The routing rule must except the guard field; see that no rule removes it."
	}
	return Good, "It went through " + name + " once.", ""
}

// tlsWords are how MTAs say in a Received field that the connection was encrypted.
var tlsWords = regexp.MustCompile(`(?i)\bESMTPSA?\b|version=TLS|using TLSv?1|cipher=`)

func checkTLS(r *returned) (Verdict, string, string) {
	const change = "See that both sides want TLS: smtpd_tls_security_level and smtp_tls_security_level = encrypt, RequireTls on the inbound connector."
	if r.relay < 0 {
		return Unknown, "The relay's hop was not found.", ""
	}
	if !tlsWords.MatchString(r.hops[r.relay].with) {
		return Bad, "The relay took the message without TLS.", change
	}
	if r.relay > 0 && microsoft(r.hops[r.relay-1].by) && !tlsWords.MatchString(r.hops[r.relay-1].with) {
		return Bad, "Exchange Online took the message back without TLS.", change
	}
	return Good, "The connections to the relay and back were encrypted.", ""
}

// maxHops is from where a message is near Exchange Online's limit, see RFC 5321
// section 6.3 for such limits.
const maxHops = 15

func checkHops(r *returned) (Verdict, string, string) {
	n := len(r.hops)
	if n > maxHops {
		return Bad, fmt.Sprintf("%d Received fields: Exchange refuses a message at about 20 passes (5.4.14).", n),
			"Look for forwarding and further relays on the way, and for a loop."
	}
	return Good, fmt.Sprintf("%d Received fields.", n), ""
}

// slow is a time between Microsoft 365 and Microsoft 365 that users notice.
const slow = time.Minute

func checkLatency(r *returned) (Verdict, string, string) {
	before, after, ok := r.around()
	d := after.Sub(before).Round(time.Second)
	if !ok {
		return Unknown, "The times before and after the relay are not both in the header.", ""
	}
	if d < -2*time.Second {
		return Note, fmt.Sprintf("It came back %v before it left: the clocks differ.", -d), "Set the relay's clock by NTP."
	}
	if d > slow {
		return Bad, fmt.Sprintf("The way over the relay took %v.", d), "Look for the message's queue id in the relay's log: deferred, or a slow look-up."
	}
	return Good, fmt.Sprintf("The way over the relay took %v.", max(d, 0)), ""
}

func checkSize(r *returned) (Verdict, string, string) {
	const limit = 256 << 10
	if r.bytes > limit {
		return Bad, fmt.Sprintf("The header has %d bytes; Exchange Online refuses more than %d (552 5.3.4).", r.bytes, limit), "Look for what adds so many fields."
	}
	if r.bytes > limit/2 {
		return Note, fmt.Sprintf("The header has %d bytes, of %d that Exchange Online takes.", r.bytes, limit), ""
	}
	return Good, fmt.Sprintf("The header has %d bytes.", r.bytes), ""
}
