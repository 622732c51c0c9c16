package policy

import (
	"slices"
	"strings"
	"sync"

	"sigmilter/milter/entity"
)

// test says how a row of the kinds compares a field.
type test int

const (
	present  test = iota // the field is there
	is                   // its value is this one
	isNot                // it is there with another value
	begins               // its value begins so
	holds                // its value holds this
	typeIs               // its media type is this
	typeOver             // its media type begins so
	titled               // as the subject it is that of a patch
)

// fieldKind is a kind of message that its header tells.
type fieldKind struct {
	reason Reason
	field  string
	test   test
	value  string // lower case
	source string // what says so
}

// fieldKinds are looked at in order. QUIRK: X-Auto-Response-Suppress,
// X-MS-Exchange-Inbox-Rules-Loop, msip_labels and X-VoiceMessageDuration stand in
// ordinary mail too and prove nothing.
var fieldKinds = []fieldKind{
	{Automatic, "Auto-Submitted", isNot, "no", "RFC 3834 5"},
	{Automatic, "X-Autoreply", present, "", "autoresponders"},
	{Automatic, "X-Autorespond", present, "", "autoresponders"},
	{Automatic, "Precedence", is, "auto_reply", "autoresponders"},
	{Recall, "X-MS-Exchange-RecallReportGenerated", present, "", "Exchange Online recall"},
	{Recall, "X-MS-Exchange-RecallReportCfmGenerated", present, "", "Exchange Online recall"},
	{Recall, "X-MS-TrafficTypeDiagnostic", holds, "ee_legacyoutlookrecall", "Exchange Online recall"},
	{Recall, "X-MS-TrafficTypeDiagnostic", holds, "ee_messagerecallemail", "Exchange Online recall"},
	{Journal, "X-MS-Journal-Report", present, "", "Exchange journaling"},
	{Journal, "X-MS-Gcc-Journal-Report", present, "", "Exchange journaling"},
	{Automatic, "X-MS-Exchange-Generated-Message-Source", present, "", "Exchange agents"},
	{Automatic, "X-MS-Exchange-Transport-Rules-Notification", present, "", "Exchange transport rules"},
	{Calendar, "Content-Class", is, "urn:content-classes:calendarmessage", "Exchange meetings"},
	{Calendar, "X-MS-Exchange-Calendar-Series-Instance-Id", present, "", "Exchange meetings"},
	{Calendar, "X-MS-Exchange-Calendar-Originator-Id", present, "", "Exchange meetings"},
	{Calendar, "X-MS-TrafficTypeDiagnostic", holds, "ee_meetingmessage", "Exchange meetings"},
	{Rights, "Content-Class", is, "rpmsg.message", "MS-OXORMMS"},
	{Voice, "Content-Class", begins, "voice", "MS-OXCMAIL"},
	{Voice, "Content-Class", begins, "fax", "MS-OXCMAIL"},
	{Voice, "Content-Class", is, "missedcall", "MS-OXCMAIL"},
	{SignedPart, "Content-Type", typeIs, "multipart/signed", "RFC 1847"},
	{EncryptedPart, "Content-Type", typeIs, "multipart/encrypted", "RFC 1847"},
	{SMIME, "Content-Type", typeIs, "application/pkcs7-mime", "RFC 8551"},
	{SMIME, "Content-Type", typeIs, "application/x-pkcs7-mime", "RFC 8551"},
	{Report, "Content-Type", typeIs, "multipart/report", "RFC 6522"},
	{Report, "Content-Type", typeOver, "message/", "RFC 3464, RFC 8098"},
	{Calendar, "Content-Type", typeIs, "text/calendar", "RFC 6047"},
	{TNEF, "Content-Type", typeIs, "application/ms-tnef", "MS-OXTNEF"},
	{Patch, "X-Mailer", begins, "git-send-email", "git"},
	{Patch, "Subject", titled, "", "git format-patch"},
}

// passFields names the kind of a message that must pass, "" for none, and what
// says so.
func passFields(f *Facts, from origin) (why Reason, evidence string) {
	if isProbe(f, from) {
		return Probe, "the address that Exchange Online validates connectors with"
	}
	read := map[string]string{} // what the rows compare, by the field
	for i := range fieldKinds {
		k := &fieldKinds[i]
		if !has(f.Header, k.field) {
			continue
		}
		v, again := read[k.field]
		if !again {
			v = k.read(f.Header)
			read[k.field] = v
		}
		if k.matches(f.Header, v) {
			return k.reason, "the field " + k.field + " (" + k.source + ")"
		}
	}
	if f.Sender == "" {
		return NullSender, "the empty envelope sender"
	}
	return "", ""
}

// has is [entity.Header.Has], faster where many names begin alike, as those of
// Exchange do.
func has(h entity.Header, name string) bool {
	return slices.ContainsFunc(h, func(f entity.Field) bool { return len(f.Name) == len(name) && strings.EqualFold(f.Name, name) })
}

// isProbe says whether Exchange Online sent the message to validate a connector.
func isProbe(f *Facts, from origin) bool {
	const probe = "o365connectorvalidation@"
	if strings.HasPrefix(strings.ToLower(f.Sender), probe) {
		return true
	}
	one := from.doubt == "" && len(from.authors) == 1 && strings.HasPrefix(from.authors[0], probe)
	return one && strings.Contains(strings.ToLower(f.Header.Get("From")), probe) // in one piece
}

// read is what the rows of a field compare, in lower case. All rows of one field read
// the same.
func (k *fieldKind) read(h entity.Header) string {
	switch k.test {
	case present, titled:
		return ""
	case holds: // one field per hop
		return strings.ToLower(strings.Join(h.All(k.field), "|"))
	case typeIs, typeOver:
		return entity.TypeOf(h.Get(k.field))
	}
	return strings.ToLower(h.Get(k.field))
}

// matches compares what read returned.
func (k *fieldKind) matches(h entity.Header, v string) bool {
	switch k.test {
	case present:
		return true
	case is, typeIs:
		return v == k.value
	case isNot:
		v = v[:strings.IndexAny(v+";", "; \t(")] // parameters and comments
		return v != "" && v != k.value
	case titled:
		return isPatch(h)
	case holds:
		return strings.Contains(v, k.value)
	default: // begins, typeOver
		return strings.HasPrefix(v, k.value)
	}
}

// partKind is a kind of message that one of its parts tells, wherever in the
// tree it is. What is inside message/rfc822 is another message.
type partKind struct {
	reason Reason
	media  string // media type
	param  string // a parameter that must be there
	file   string // or the file name, lower case
	// isFile reports whether such a part is but a file beside a letter; nil: never.
	isFile func(p *entity.Part, l letter) bool
	source string
}

// letter is what a message has of a text that a reader sees.
type letter struct {
	text, html bool
	patch      bool // its subject is that of a patch
}

var partKinds = []partKind{
	{SignedPart, "multipart/signed", "", "", nil, "RFC 1847"},
	{EncryptedPart, "multipart/encrypted", "", "", nil, "RFC 1847"},
	{SMIME, "application/pkcs7-mime", "", "", isSignedFile, "RFC 8551"},
	{SMIME, "application/x-pkcs7-mime", "", "", isSignedFile, "RFC 8551"},
	{SMIME, "", "", "smime.p7m", nil, "RFC 8551"},
	{PGP, "application/pgp-encrypted", "", "", isEncryptedFile, "RFC 3156"},
	{Calendar, "text/calendar", "method", "", isCalendarFile, "RFC 6047; without a method it is a file"},
	{TNEF, "application/ms-tnef", "", "", besideHTML, "MS-OXTNEF"},
	{TNEF, "application/vnd.ms-tnef", "", "", besideHTML, "MS-OXTNEF"},
	{TNEF, "", "", "winmail.dat", besideHTML, "MS-OXTNEF"},
	{Rights, "application/x-microsoft-rpmsg-message", "", "", isRightsFile, "MS-OXORMMS"},
	{Rights, "", "", "message.rpmsg", nil, "MS-OXORMMS"},
	{Rights, "", "", "message_v2.rpmsg", nil, "MS-OXORMMS"},
	{Patch, "text/x-patch", "", "", isPatchFile, "git format-patch --attach"},
	{Patch, "text/x-diff", "", "", isPatchFile, "Thunderbird, for a patch that is shown inline"},
}

// PassParts names the kind of a message that must pass by its MIME tree, "" for
// none.
func PassParts(root *entity.Part) Reason {
	var why Reason
	l := sync.OnceValue(func() letter { return letterOf(root) })
	root.Walk(func(p *entity.Part) bool {
		for i := range partKinds {
			k := &partKinds[i]
			if why == "" && k.matches(p) && (k.isFile == nil || !k.isFile(p, l())) {
				why = k.reason
			}
		}
		return why == ""
	})
	return why
}

func (k *partKind) matches(p *entity.Part) bool {
	if k.file != "" {
		return strings.EqualFold(p.Filename, k.file)
	}
	_, has := p.Media.Params[k.param]
	return p.Media.Type == k.media && (k.param == "" || has)
}

func letterOf(root *entity.Part) letter {
	l := letter{patch: TitledPatch(root.Header)}
	for _, b := range entity.Bodies(root) {
		for _, d := range b.Documents {
			l.text = true
			l.html = l.html || d.HTML
		}
	}
	return l
}

// isSignedFile: contracts and electronic invoices signed as files (CAdES) have the
// type of S/MIME and names of their own, as contract.pdf.p7m. Mail is called
// smime.p7m, or nothing; certificates are nobody's mail.
func isSignedFile(p *entity.Part, l letter) bool {
	name := strings.ToLower(p.Filename)
	certificates := strings.EqualFold(p.Media.Params["smime-type"], "certs-only")
	return l.text && name != "" && (certificates || !strings.HasPrefix(name, "smime"))
}

// isEncryptedFile: tables of media types give files of OpenPGP the type that in mail
// is but a line with a version.
func isEncryptedFile(p *entity.Part, l letter) bool {
	name := strings.ToLower(p.Filename)
	return l.text && (strings.HasSuffix(name, ".pgp") || strings.HasSuffix(name, ".gpg"))
}

// isCalendarFile: to publish invites nobody, and what is attached is a file, whatever
// it asks for. A calendar that is a form of the message is a meeting even so.
func isCalendarFile(p *entity.Part, l letter) bool {
	switch method := strings.ToLower(p.Media.Params["method"]); {
	case !l.text:
		return false
	case method == "publish", method == "":
		return true
	}
	form := p.Parent != nil && p.Parent.Media.Type == "multipart/alternative"
	return p.Disposition == "attachment" && !form
}

// isPatchFile: what git attaches is the patch of a mail whose subject says so.
func isPatchFile(_ *entity.Part, l letter) bool { return !l.patch }

// besideHTML: what Outlook hides in winmail.dat has no HTML form beside it; where
// there is one, somebody passes on a winmail.dat of other mail.
func besideHTML(_ *entity.Part, l letter) bool { return l.html }

// isRightsFile: protected mail is called message.rpmsg or message_v2.rpmsg, or
// nothing.
func isRightsFile(p *entity.Part, l letter) bool {
	return l.text && p.Filename != "" && !strings.HasPrefix(strings.ToLower(p.Filename), "message")
}
