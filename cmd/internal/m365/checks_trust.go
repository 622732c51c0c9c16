package m365

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The names of the header fields that say how Exchange Online took the message.
const (
	authAs       = "X-MS-Exchange-Organization-AuthAs"
	tenantAuthAs = "X-MS-Exchange-CrossTenant-AuthAs"
	antispam     = "X-Forefront-Antispam-Report"
)

func checkGuard(r *returned) (Verdict, string, string) {
	values := r.All(r.Guard)
	if len(values) == 0 {
		return Bad, "There is no field " + r.Guard + ": the message did not pass sigmilter, or another field marks it.",
			"See that the routing rule is enabled and applies to this sender, and that the MTA's milter is set; guard.field names the field."
	}
	if len(values) > 1 {
		return Bad, fmt.Sprintf("The field %s is there %d times.", r.Guard, len(values)),
			"Look for another relay, rule or add-in that sets it."
	}
	if !slices.Contains(strings.Fields(values[0]), "Yes") {
		return Bad, fmt.Sprintf("%s is %q, without the word Yes that the rule looks for.", r.Guard, values[0]),
			"Look for what else sets the field."
	}
	return Good, r.Guard + " is there once.", ""
}

func checkRouting(r *returned) (Verdict, string, string) {
	for _, name := range r.RoutingFields {
		if r.Has(name) {
			return Bad, "The routing field " + name + " is still there: whoever has the message knows the code.",
				"Make a new code. See that routing_field of the configuration is the field the rule sets, and that the message went through sigmilter."
		}
	}
	if len(r.RoutingFields) == 0 {
		return Unknown, "No tenant has a routing_code_file, so no field is looked for.", ""
	}
	return Good, "The routing field was removed.", ""
}

func checkInternal(r *returned) (Verdict, string, string) {
	const change = "Header retention must be on at both connectors (CloudServicesMailEnabled), and the relay's certificate must have the name the inbound connector expects: run the script with -Status."
	value := r.Get(authAs)
	if strings.EqualFold(value, "Internal") {
		return Good, "Exchange Online took the returned message as internal.", ""
	}
	if value != "" {
		return Bad, authAs + " is " + value + ": closed groups and rooms refuse such mail, and Outlook may call it external.", change
	}
	for _, value := range r.All(tenantAuthAs) {
		if strings.EqualFold(value, "Anonymous") {
			return Bad, tenantAuthAs + " is Anonymous: the returned message was taken for one from outside.", change
		}
	}
	return Unknown, "There is no field " + authAs + ".", "Take the message from a mailbox of the tenant: the field does not leave it."
}

func checkRetention(r *returned) (Verdict, string, string) {
	for _, name := range []string{"X-CrossPremisesHeadersFiltered", "X-CrossPremisesHeadersFilteredBySendConnector"} {
		if r.Has(name) {
			return Bad, name + ": Exchange Online threw the kept fields away.",
				"Set CloudServicesMailEnabled to $true on both connectors."
		}
	}
	if r.Has("X-CrossPremisesHeadersPromoted") {
		return Good, "The kept fields were taken over again (X-CrossPremisesHeadersPromoted).", ""
	}
	if r.hasPrefix("X-MS-Exchange-CrossPremises-") {
		return Bad, "Fields X-MS-Exchange-CrossPremises-* are still there: the inbound connector did not take them over.",
			"Set CloudServicesMailEnabled to $true on the inbound connector; its certificate name must fit."
	}
	if r.Has("X-OrganizationHeadersPreserved") {
		return Good, "The organisation's fields were kept (X-OrganizationHeadersPreserved).", ""
	}
	return Unknown, "The header does not tell whether fields were kept over the relay.", ""
}

func (r *returned) hasPrefix(prefix string) bool {
	for _, f := range r.Header {
		if len(f.Name) >= len(prefix) && strings.EqualFold(f.Name[:len(prefix)], prefix) {
			return true
		}
	}
	return false
}

func checkTenant(r *returned) (Verdict, string, string) {
	org := strings.ToLower(r.Get("X-OriginatorOrg"))
	ids := r.All("X-MS-Exchange-CrossTenant-Id")
	for i, id := range ids {
		if !strings.EqualFold(id, ids[0]) {
			return Bad, "Two tenants had the message: " + ids[0] + " and " + ids[i] + ".",
				"Each tenant needs a certificate name of its own and its own smart host; see hybrid-and-multi-tenant.md."
		}
	}
	if org == "" {
		return Unknown, "There is no field X-OriginatorOrg.", ""
	}
	if len(r.Domains) > 0 && !slices.Contains(r.Domains, org) && !strings.HasSuffix(org, ".onmicrosoft.com") {
		return Bad, "X-OriginatorOrg is " + org + ", which is no domain of the configuration.",
			"Add the domain to the tenant, or look whose connector took the message."
	}
	return Good, "Sent by " + org + ".", ""
}

func checkSpam(r *returned) (Verdict, string, string) {
	const change = "Look at header retention first; then add the relay's address to microsoft365.allow and run the script again."
	if scl, err := strconv.Atoi(r.Get("X-MS-Exchange-Organization-SCL")); err == nil {
		if scl == -1 {
			return Good, "The spam filter was passed over (SCL -1).", ""
		}
		if scl >= 5 {
			return Bad, fmt.Sprintf("The spam filter took it for spam (SCL %d).", scl), change
		}
	}
	for _, part := range strings.Split(r.Get(antispam), ";") {
		switch verdict, _ := strings.CutPrefix(strings.TrimSpace(part), "SFV:"); verdict {
		case "SPM", "SKS", "SKB":
			return Bad, "The spam filter took it for spam (SFV:" + verdict + ").", change
		case "SKI", "SKN", "SKA", "SFE":
			return Good, "The spam filter was passed over (SFV:" + verdict + ").", ""
		}
	}
	if r.Has(antispam + "-Untrusted") {
		return Note, "It was scanned a second time after the relay, and not taken for spam.", ""
	}
	if !r.Has(antispam) {
		return Unknown, "There is no field " + antispam + ".", ""
	}
	return Good, "It was not taken for spam.", ""
}
