package policy

import (
	"slices"
	"strings"
	"testing"

	"sigmilter/milter/entity"
)

// fieldCase is the test of one row of fieldKinds, named by its field and value.
type fieldCase struct {
	reason  Reason
	field   string
	value   string   // as the row has it
	matches []string // values of the field
	misses  []string // values of the field, or whole fields with a colon, that are ordinary mail
}

var fieldCases = []fieldCase{
	{Automatic, "Auto-Submitted", "no", []string{" auto-replied", "Auto-Generated", "auto-replied (vacation)", "auto-notified; owner-email=\"a@b\"", "nothing"}, []string{" no", "No", "", "no (a person wrote it)", "no; x=y", "X-Auto-Response-Suppress: All"}},
	{Automatic, "X-Autoreply", "", []string{" yes", ""}, []string{"X-Autoreply-From: a", "X-Auto-Reply-Not: 1"}},
	{Automatic, "X-Autorespond", "", []string{" Out", ""}, []string{"X-Autoresponder: a"}},
	{Automatic, "Precedence", "auto_reply", []string{" auto_reply", "Auto_Reply"}, []string{" bulk", "list", "auto_reply2", "auto-reply"}},
	{Recall, "X-MS-Exchange-RecallReportGenerated", "", []string{" true", "false"}, []string{"X-MS-Exchange-RecallReport: x", "Subject: Recall: offer", "X-VoiceMessageDuration: 3", "X-CallingTelephoneNumber: IPM.Note"}},
	{Recall, "X-MS-Exchange-RecallReportCfmGenerated", "", []string{" true"}, []string{"X-MS-Exchange-RecallReportCfm: x"}},
	{Recall, "X-MS-TrafficTypeDiagnostic", "ee_legacyoutlookrecall", []string{" AM0PR04MB1:EE_LegacyOutlookRecall|x:EE_"}, []string{" AM0PR04MB1:EE_", "AM0PR04MB1:EE_|DB8:EE_", "LegacyOutlookRecall"}},
	{Recall, "X-MS-TrafficTypeDiagnostic", "ee_messagerecallemail", []string{" AM0PR04MB1:EE_MessageRecallEmail"}, []string{" AM0:EE_MessageRecall"}},
	{Journal, "X-MS-Journal-Report", "", []string{""}, []string{"X-MS-Journal: x", "X-MS-Exchange-Organization-Journal-Report: x"}},
	{Journal, "X-MS-Gcc-Journal-Report", "", []string{"", " x"}, []string{"X-MS-Gcc: x"}},
	{Automatic, "X-MS-Exchange-Generated-Message-Source", "", []string{" Mailbox Rules Agent", "Journal Agent"}, []string{"X-MS-Exchange-Generated: x", "X-MS-Exchange-Inbox-Rules-Loop: anna@contoso.com"}},
	{Automatic, "X-MS-Exchange-Transport-Rules-Notification", "", []string{" 1"}, []string{"X-MS-Exchange-Transport-Rules-Loop: 1"}},
	{Calendar, "Content-Class", "urn:content-classes:calendarmessage", []string{" urn:content-classes:calendarmessage", "URN:Content-Classes:CalendarMessage"}, []string{" urn:content-classes:message", "urn:content-classes:calendarmessages"}},
	{Calendar, "X-MS-Exchange-Calendar-Series-Instance-Id", "", []string{" BAAA"}, []string{"X-MS-Exchange-Calendar-Series: x"}},
	{Calendar, "X-MS-Exchange-Calendar-Originator-Id", "", []string{" x"}, []string{"X-MS-Exchange-Calendar-Originator: x"}},
	{Calendar, "X-MS-TrafficTypeDiagnostic", "ee_meetingmessage", []string{" AM0PR04MB1:EE_MeetingMessage|x:EE_", "x:\r\n EE_MeetingMessage"}, []string{" AM0:EE_Meeting"}},
	{Rights, "Content-Class", "rpmsg.message", []string{" rpmsg.message", "RPMSG.message"}, []string{" rpmsg.messages", "x-rpmsg.message", "msip_labels: MSIP_Label_1_Enabled=true"}},
	{Voice, "Content-Class", "voice", []string{" voice", "Voice-CA", "voice-uc"}, []string{" invoice", "urn:voice"}},
	{Voice, "Content-Class", "fax", []string{" fax", "fax-ca"}, []string{" telefax"}},
	{Voice, "Content-Class", "missedcall", []string{" missedcall", "MissedCall"}, []string{" missedcalls", "no missedcall"}},
	{SignedPart, "Content-Type", "multipart/signed", []string{` multipart/signed; protocol="application/pkcs7-signature"; boundary=b`, "Multipart/Signed ; boundary=b"}, []string{" multipart/mixed; boundary=\"multipart/signed\"", "multipart/signed-later; boundary=b"}},
	{EncryptedPart, "Content-Type", "multipart/encrypted", []string{` multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b`}, []string{" multipart/encryptedx; boundary=b"}},
	{SMIME, "Content-Type", "application/pkcs7-mime", []string{" application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "Application/PKCS7-MIME"}, []string{" application/pkcs7-signature", "application/pkcs7"}},
	{SMIME, "Content-Type", "application/x-pkcs7-mime", []string{" application/x-pkcs7-mime"}, []string{" application/x-pkcs7-signature", "application/x-pkcs7-mimes"}},
	{Report, "Content-Type", "multipart/report", []string{" multipart/report; report-type=delivery-status; boundary=b", "multipart/report;report-type=disposition-notification"}, []string{" multipart/reports; boundary=b", "text/plain; report-type=delivery-status"}},
	{Report, "Content-Type", "message/", []string{" message/delivery-status", "message/disposition-notification", "Message/RFC822"}, []string{" text/message", "application/message", "text/plain; name=\"message/x\""}},
	{Calendar, "Content-Type", "text/calendar", []string{" text/calendar; method=REQUEST", "TEXT/Calendar"}, []string{" text/calendars", "text/plain; name=text/calendar", "text/x-calendar"}},
	{TNEF, "Content-Type", "application/ms-tnef", []string{" application/ms-tnef; name=winmail.dat", "Application/MS-TNEF"}, []string{" application/ms-tnef2", "application/octet-stream", "X-MS-TNEF-Correlator:"}},
	{Patch, "X-Mailer", "git-send-email", []string{" git-send-email 2.39.2", "Git-Send-Email"}, []string{" Microsoft Outlook 16.0", "sends git-send-email"}},
	{Patch, "Subject", "", []string{" [PATCH v2 1/3] fix", " [RFC PATCH 0/2] idea", "=?utf-8?q?=5BPATCH_v3_1/2=5D_gr=C3=BC=C3=9Fe?="}, []string{" [patch v2] fix", "Re: [PATCH v2] fix", "A [PATCH 1/2", "PATCH 1/2", " [PATCHDAY] reboot tonight", " [PATCH] reboot tonight", " [PATCH v2] reboot tonight"}},
}

// field is a field with a value, or a whole field in place of it.
func (c fieldCase) header(value string) string {
	if name, _, ok := strings.Cut(value, ": "); ok && strings.HasPrefix(name, "X-") || strings.HasPrefix(value, "Subject: ") || strings.HasPrefix(value, "msip_labels:") {
		return value
	}
	return c.field + ":" + value
}

func TestFieldKinds(t *testing.T) {
	tested := make([]bool, len(fieldKinds))
	for _, c := range fieldCases {
		row := slices.IndexFunc(fieldKinds, func(k fieldKind) bool {
			return k.reason == c.reason && k.field == c.field && k.value == c.value
		})
		if row < 0 {
			t.Errorf("there is no row %s %s %q", c.reason, c.field, c.value)
			continue
		}
		tested[row] = true
		if len(c.matches) == 0 || len(c.misses) == 0 {
			t.Errorf("%s %q: a match or a near miss is missing", c.field, c.value)
		}
		for _, v := range c.matches {
			f := written(c.header(v))
			if d := decide(t, newPolicy(), f); d.Verdict != Pass || d.Reason != c.reason {
				t.Errorf("%q: %s, want %s", c.header(v), d.Reason, c.reason)
			}
			if !fieldKinds[row].matches(f.Header, fieldKinds[row].read(f.Header)) {
				t.Errorf("%q matches another row than that of %q", c.header(v), c.value)
			}
		}
		for _, v := range c.misses {
			if d := decide(t, newPolicy(), written(c.header(v))); d.Verdict != Sign {
				t.Errorf("%q: %s, but it is ordinary mail", c.header(v), d.Reason)
			}
		}
	}
	for i, ok := range tested {
		if k := fieldKinds[i]; !ok {
			t.Errorf("no test of row %s %s %q", k.reason, k.field, k.value)
		}
	}
}

// TestFieldKindRows: the values are compared in lower case.
func TestFieldKindRows(t *testing.T) {
	for _, k := range fieldKinds {
		if k.value != strings.ToLower(k.value) {
			t.Errorf("%s: %q would never match", k.field, k.value)
		}
		if (k.test == present || k.test == titled) != (k.value == "") || k.source == "" {
			t.Errorf("%s: value %q, source %q", k.field, k.value, k.source)
		}
	}
}

func TestProbe(t *testing.T) {
	for name, c := range map[string]struct {
		sender, from string
		want         Reason
	}{
		"envelope":           {"O365ConnectorValidation@contoso.com", "anna@contoso.com", Probe},
		"From":               {"anna@contoso.com", "Probe <o365connectorvalidation@Contoso.com>", Probe},
		"with a null sender": {"", "O365ConnectorValidation@contoso.com", Probe},
		"no From":            {"O365ConnectorValidation@contoso.com", "", Probe},
		"near miss":          {"xO365ConnectorValidation@contoso.com", "anna@contoso.com", Rule},
		"near miss of From":  {"anna@contoso.com", "O365ConnectorValidation <anna@contoso.com>", Rule},
		"not first":          {"anna@contoso.com", "anna@contoso.com, O365ConnectorValidation@contoso.com", Rule},
	} {
		f := &Facts{Sender: c.sender, Header: header("From: " + c.from)}
		if d := decide(t, newPolicy(), f); d.Reason != c.want {
			t.Errorf("%s: %s", name, d.Reason)
		}
	}
}

// partCase is the test of one row of partKinds: fields of a part.
type partCase struct {
	reason  Reason
	media   string // as the row has them
	file    string
	matches []string
	misses  []string
}

var partCases = []partCase{
	{SignedPart, "multipart/signed", "", []string{"Content-Type: multipart/signed; protocol=x; boundary=in", "Content-Type: Multipart/SIGNED"}, []string{"Content-Type: multipart/signedx; boundary=in", "Content-Type: application/pgp-signature; name=signature.asc"}},
	{EncryptedPart, "multipart/encrypted", "", []string{"Content-Type: multipart/encrypted; boundary=in"}, []string{"Content-Type: application/encrypted"}},
	{SMIME, "application/pkcs7-mime", "", []string{"Content-Type: application/pkcs7-mime; smime-type=signed-data", "Content-Type: application/pkcs7-mime; name=smime.p7z", "Content-Type: application/pkcs7-mime; smime-type=authEnveloped-data; name=SMIME.P7M"},
		[]string{"Content-Type: application/pkcs7-signature; name=smime.p7s", "Content-Type: application/pkcs7-mime; name=\"contratto.pdf.p7m\"", "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=IT01234567890_A0001.xml.p7m", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=archive.p7m", "Content-Type: application/pkcs7-mime; smime-type=certs-only; name=smime.p7c", "Content-Type: application/pkcs7-mime\nContent-Disposition: attachment; filename*=utf-8''Angebot%20f%C3%BCr%20B.p7m"}},
	{SMIME, "application/x-pkcs7-mime", "", []string{"Content-Type: application/X-PKCS7-mime"}, []string{"Content-Type: application/x-pkcs7-crl", "Content-Type: application/x-pkcs7-mime\nContent-Disposition: attachment; filename=fattura.XML.P7M"}},
	{SMIME, "", "smime.p7m", []string{"Content-Type: application/octet-stream; name=SMIME.p7m", "Content-Disposition: attachment; filename=\"smime.p7m\""}, []string{"Content-Type: application/octet-stream; name=my-smime.p7m", "Content-Disposition: attachment; filename=smime.p7m.txt"}},
	{PGP, "application/pgp-encrypted", "", []string{"Content-Type: application/pgp-encrypted", "Content-Type: application/pgp-encrypted; name=\"PGPMIME version identification\"", "Content-Type: application/pgp-encrypted\nContent-Disposition: attachment; filename=version.txt"}, []string{"Content-Type: application/pgp-keys", "Content-Type: application/pgp-encrypted; name=salaries.xlsx.pgp", "Content-Type: application/pgp-encrypted\nContent-Disposition: attachment; filename=\"Backup.GPG\""}},
	{Calendar, "text/calendar", "", []string{"Content-Type: text/calendar; method=REQUEST", "Content-Type: text/calendar; charset=utf-8; METHOD=\"reply\"", "Content-Type: text/calendar; method=COUNTER; name=meeting.ics\nContent-Disposition: inline"}, []string{"Content-Type: text/calendar; method=PUBLISH", "Content-Type: text/calendar; method=\"publish\"; name=party.ics\nContent-Disposition: attachment", "Content-Type: text/calendar; method=REQUEST; name=invite.ics\nContent-Disposition: attachment; filename=invite.ics", "Content-Type: text/calendar; method=", "Content-Type: text/calendar; name=party.ics", "Content-Type: text/calendar; x-method=REQUEST", "Content-Type: text/plain; method=REQUEST"}},
	{TNEF, "application/ms-tnef", "", []string{"Content-Type: application/ms-tnef"}, []string{"Content-Type: application/ms-tnefs"}},
	{TNEF, "application/vnd.ms-tnef", "", []string{"Content-Type: application/vnd.ms-tnef"}, []string{"Content-Type: application/vnd.ms-excel"}},
	{TNEF, "", "winmail.dat", []string{"Content-Disposition: attachment; filename=Winmail.DAT", "Content-Type: application/octet-stream; name=winmail.dat"}, []string{"Content-Disposition: attachment; filename=winmail.dat.zip", "Content-Disposition: attachment; filename=notwinmail.dat"}},
	{Rights, "application/x-microsoft-rpmsg-message", "", []string{"Content-Type: application/x-microsoft-rpmsg-message", "Content-Type: application/x-microsoft-rpmsg-message; name=Message_v4.rpmsg"}, []string{"Content-Type: application/x-microsoft-rpmsg", "Content-Type: application/x-microsoft-rpmsg-message; name=saved.rpmsg"}},
	{Rights, "", "message.rpmsg", []string{"Content-Disposition: attachment; filename=Message.rpmsg"}, []string{"Content-Disposition: attachment; filename=message.rpmsg.txt", "Content-Disposition: attachment; filename=messages.rpmsg"}},
	{Patch, "text/x-patch", "", []string{"Content-Type: text/x-patch; name=0001-x.patch\nContent-Disposition: inline; filename=0001-x.patch"}, []string{"Content-Type: text/x-patches"}},
	{Patch, "text/x-diff", "", []string{"Content-Type: TEXT/x-diff"}, []string{"Content-Type: text/x-diffs"}},
	{Rights, "", "message_v2.rpmsg", []string{"Content-Type: application/octet-stream; name=\"=?utf-8?Q?message=5Fv2.rpmsg?=\""}, []string{"Content-Disposition: attachment; filename=message_v3.rpmsg"}},
}

// tree is the MIME tree of a message with that root Content-Type and body.
func tree(t *testing.T, contentType, body string) *entity.Part {
	t.Helper()
	s := entity.NewScanner(header("Subject: [PATCH] x", "Content-Type: "+contentType), entity.Limits{})
	if _, err := s.Write([]byte(body)); err != nil {
		t.Fatal(err)
	}
	root, err := s.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// nested is a message with a part of those fields two levels down, after a text;
// wrapped puts it into a forwarded message instead.
func nested(t *testing.T, fields string, wrapped bool) *entity.Part {
	t.Helper()
	part := fields + "\n\n--in\n\nx\n--in--\n"
	if wrapped {
		part = "Content-Type: message/rfc822\n\nSubject: forwarded\n" + part
	}
	return tree(t, "multipart/mixed; boundary=out", "--out\nContent-Type: multipart/mixed; boundary=mid\n\n--mid\n\nHello\n--mid\n"+part+"--mid--\n--out--\n")
}

func TestPartKinds(t *testing.T) {
	tested := make([]bool, len(partKinds))
	for _, c := range partCases {
		row := slices.IndexFunc(partKinds, func(k partKind) bool {
			return k.reason == c.reason && k.media == c.media && k.file == c.file
		})
		if row < 0 {
			t.Errorf("there is no row %s %s %s", c.reason, c.media, c.file)
			continue
		}
		tested[row] = true
		if len(c.matches) == 0 || len(c.misses) == 0 {
			t.Errorf("%s%s: a match or a near miss is missing", c.media, c.file)
		}
		for _, fields := range c.matches {
			if got := PassParts(nested(t, fields, false)); got != c.reason {
				t.Errorf("%s: %q, want %s", fields, got, c.reason)
			}
			if got := PassParts(nested(t, fields, true)); got != "" {
				t.Errorf("%s in a forwarded message: %s", fields, got)
			}
		}
		for _, fields := range c.misses {
			if got := PassParts(nested(t, fields, false)); got != "" {
				t.Errorf("%s: %s, but it is ordinary mail", fields, got)
			}
		}
	}
	for i, ok := range tested {
		if k := partKinds[i]; !ok {
			t.Errorf("no test of row %s %s %s", k.reason, k.media, k.file)
		}
	}
	for _, k := range partKinds {
		if (k.media == "") == (k.file == "") || k.source == "" || strings.ToLower(k.media+k.file) != k.media+k.file {
			t.Errorf("row %+v", k)
		}
	}
}

// TestPassPartsBeside: what other parts there are says whether a part is the message
// or a file of it.
func TestPassPartsBeside(t *testing.T) {
	const (
		text     = "--b\n\nHello\n"
		page     = "--b\nContent-Type: text/html\n\n<p>Hello</p>\n"
		contract = "--b\nContent-Type: application/pkcs7-mime; name=contract.pdf.p7m\nContent-Disposition: attachment\n\nMII=\n"
		dat      = "--b\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Disposition: attachment\n\neJ8=\n"
		saved    = "--b\nContent-Type: application/octet-stream; name=winmail.dat\nContent-Disposition: attachment\n\neJ8=\n"
		invite   = "--b\nContent-Type: text/calendar; method=REQUEST; name=invite.ics\nContent-Disposition: attachment\n\nBEGIN:VCALENDAR\n"
		archive  = "--b\nContent-Type: application/pgp-encrypted; name=a.pgp\n\nx\n"
		rights   = "--b\nContent-Type: application/x-microsoft-rpmsg-message; name=a.rpmsg\n\nx\n"
	)
	for body, want := range map[string]Reason{
		contract:          SMIME, // alone, whatever its name
		text + contract:   "",
		contract + text:   "",
		page + contract:   "",
		archive:           PGP,
		text + archive:    "",
		rights:            Rights,
		page + rights:     "",
		invite:            Calendar,
		text + invite:     "",
		dat:               TNEF,
		text + dat:        TNEF,
		text + page + dat: "",
		page + saved:      "",
		text + saved:      TNEF,
	} {
		if got := PassParts(tree(t, "multipart/mixed; boundary=b", body+"--b--\n")); got != want {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
	for body, want := range map[string]Reason{
		text + page + invite: Calendar, // a form of the message, though it is called an attachment
		text + page + "--b\nContent-Type: text/calendar; method=PUBLISH\n\nBEGIN:VCALENDAR\n": "",
	} {
		if got := PassParts(tree(t, "multipart/alternative; boundary=b", body+"--b--\n")); got != want {
			t.Errorf("alternative %q: %q, want %q", body, got, want)
		}
	}
}

// TestPassPartsWithoutTitle: an attached patch makes no patch of a letter.
func TestPassPartsWithoutTitle(t *testing.T) {
	s := entity.NewScanner(header("Subject: the patch", "Content-Type: multipart/mixed; boundary=b"), entity.Limits{})
	if _, err := s.Write([]byte("--b\n\nHello\n--b\nContent-Type: text/x-patch; name=0001-x.patch\n\n+x\n--b--\n")); err != nil {
		t.Fatal(err)
	}
	if root, err := s.Finish(); err != nil || PassParts(root) != "" {
		t.Errorf("%q, %v", PassParts(root), err)
	}
}

// TestPassPartsFirst: the first part that tells a kind names it, the root included.
func TestPassPartsFirst(t *testing.T) {
	const signed = "--b\nContent-Type: multipart/signed; boundary=c\n\n--c\n\nx\n--c--\n"
	const dat = "--b\nContent-Type: application/ms-tnef\n\nx\n"
	for body, want := range map[string]Reason{
		signed + dat + "--b--\n":     SignedPart,
		dat + signed + "--b--\n":     TNEF,
		"--b\n\nplain\n--b--\n":      "",
		"no boundary, hence no part": "",
	} {
		if got := PassParts(tree(t, "multipart/mixed; boundary=b", body)); got != want {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
	if got := PassParts(tree(t, "application/ms-tnef", "x")); got != TNEF {
		t.Errorf("the root: %q", got)
	}
}

// TestRepeatedField: Exchange adds a field per hop.
func TestRepeatedField(t *testing.T) {
	f := written("X-MS-TrafficTypeDiagnostic: A:EE_", "x-ms-traffictypediagnostic: B:EE_MeetingMessage")
	if d := decide(t, newPolicy(), f); d.Reason != Calendar {
		t.Errorf("%s", d.Reason)
	}
}
