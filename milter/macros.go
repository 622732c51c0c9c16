package milter

import gomilter "github.com/emersion/go-milter"

// wantedMacros are asked for in the negotiation, where the MTA lets a milter
// choose (SMFIF_SETSYMLIST: Postfix 2.6, Sendmail 8.14). A list replaces the one of
// the MTA's configuration for its stage, so each has all that is used: the relay's
// name j, what proves a tenant, the login and the queue id. A macro the MTA does
// not have is left out by it.
//
// They are read from whatever stage they come in; what an MTA tells later of the
// same message stands. QUIRK: Postfix has no queue id before the first recipient,
// and asks for none of these at other stages.
var wantedMacros = map[gomilter.Stage][]string{
	gomilter.StageConnect:  {"j", "{client_addr}", "{client_name}", "{daemon_name}", "{daemon_addr}", "{daemon_port}"},
	gomilter.StageHelo:     certMacros,
	gomilter.StageMailFrom: append([]string{"i", "j", "{client_addr}", "{auth_type}", "{auth_authen}", "{mail_addr}"}, certMacros...),
	gomilter.StageRcptTo:   {"i", "{rcpt_addr}"},
	gomilter.StageEOH:      {"i"},
	gomilter.StageEOM:      {"i"},
}

// certMacros are of the SMTP client's certificate, as Postfix and as Sendmail have
// them.
var certMacros = []string{
	"{tls_version}", "{cert_subject}", "{cert_issuer}", "{cn_subject}", "{cn_issuer}", "{verify}",
}
