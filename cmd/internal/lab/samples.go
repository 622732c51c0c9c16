package lab

import (
	"bytes"
	"embed"
	"fmt"
)

// The messages are kept with LF line ends and one file each, so that they can be
// read and edited; they were written for the lab, after the shapes the clients
// produce.
//
//go:embed samples/*.eml
var sampleFiles embed.FS

// Sample is a message as a certain client writes it, and what is expected to
// happen to it at the [Site].
type Sample struct {
	Name   string   // also its file and the left side of its Message-ID
	Title  string   // what it is, for people
	Client string   // program that writes such mail
	From   string   // envelope sender, empty for the null sender
	To     []string // envelope recipients
	Action string   // expected: signed, skipped or handled
	Before string   // text the signature comes after; in each signed text part
	After  string   // text the signature comes before; empty when it is the end
	Gone   []string // text that makes room for the signature
}

// Samples are the messages of the lab, in the order they are best shown.
var Samples = []Sample{
	{
		Name: "outlook-reply", Title: "reply", Client: "Outlook for Windows",
		From: "alice@contoso.com", To: []string{"ben.ortiz@fabrikam.example"}, Action: "signed",
		Before: "Please let me know by Thursday.", After: "From: Ben Ortiz",
	},
	{
		Name: "iphone-reply", Title: "reply with sign-off", Client: "Apple Mail on iPhone",
		From: "alice@contoso.com", To: []string{"ben.ortiz@fabrikam.example"}, Action: "signed",
		Before: "the certificate follows tonight.", After: "On 20 Nov 2026, at 17:40",
		Gone: []string{"Sent from my iPhone"},
	},
	{
		Name: "plain-new", Title: "new, plain text", Client: "Thunderbird",
		From: "carl@contoso.com", To: []string{"ben.ortiz@fabrikam.example"}, Action: "signed",
		Before: "Kind regards",
	},
	{
		Name: "owa-attachment", Title: "new, with PDF attached", Client: "Outlook on the web",
		From: "carl@contoso.com", To: []string{"ben.ortiz@fabrikam.example", "alice@contoso.com"}, Action: "signed",
		Before: "please find the test report for both meters attached.",
	},
	{
		Name: "gmail-reply", Title: "reply", Client: "Gmail",
		From: "carl@contoso.com", To: []string{"ben.ortiz@fabrikam.example"}, Action: "signed",
		Before: "two per meter.", After: "On Fri, 20 Nov 2026 at 15:22",
	},
	{
		Name: "owa-german-reply", Title: "reply in German, ISO-8859-1", Client: "Outlook on the web",
		From: "zoe@contoso.com", To: []string{"j.weiss@tailspin.example"}, Action: "signed",
		Before: "Sie erhalten übermorgen Bescheid.", After: "Von: J. Weiß",
	},
	{
		Name: "japanese-plain", Title: "new, Japanese in base64", Client: "Outlook for Mac",
		From: "alice@contoso.com", To: []string{"tanaka@northwind.example"}, Action: "signed",
		Before: "よろしくお願いいたします。",
	},
	{
		Name: "marker", Title: "marker in the text", Client: "Outlook on the web",
		From: "alice@contoso.com", To: []string{"ben.ortiz@fabrikam.example"}, Action: "signed",
		Before: "at the gate at nine.", After: "PS: Safety shoes",
		Gone: []string{"{EMAILSIGNATURE}"},
	},
	{
		Name: "outlook-meeting", Title: "meeting invitation", Client: "Outlook for Windows",
		From: "alice@contoso.com", To: []string{"ben.ortiz@fabrikam.example"}, Action: "skipped",
	},
	{
		Name: "smime-signed", Title: "S/MIME signed", Client: "Thunderbird",
		From: "alice@contoso.com", To: []string{"ben.ortiz@fabrikam.example"}, Action: "skipped",
	},
	{
		Name: "automatic-reply", Title: "automatic reply", Client: "Exchange Online",
		From: "", To: []string{"ben.ortiz@fabrikam.example"}, Action: "skipped",
	},
	{
		Name: "unknown-author", Title: "author not in the directory", Client: "a printer",
		From: "printer@contoso.com", To: []string{"alice@contoso.com"}, Action: "skipped",
	},
	{
		Name: "already-handled", Title: "already handled", Client: "Outlook on the web",
		From: "carl@contoso.com", To: []string{"ben.ortiz@fabrikam.example"}, Action: "handled",
	},
}

// Raw is the message as the client hands it over, with CRLF line ends.
func (s Sample) Raw() []byte {
	b, err := sampleFiles.ReadFile("samples/" + s.Name + ".eml")
	if err != nil {
		// The table and the files are compiled in together, and a test reads all.
		panic(fmt.Sprintf("sample %s: %v", s.Name, err))
	}
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))
}

// MessageID is the Message-ID of the sample as it is, without angle brackets.
func (s Sample) MessageID() string { return s.Name + "@contoso.com" }

// Outgoing is the sample as it is, ready to be sent.
func (s Sample) Outgoing() Outgoing {
	return Outgoing{From: s.From, To: s.To, Raw: s.Raw()}
}

// Copy is the sample under a Message-ID of its own, for sending it many times.
// The returned id has no angle brackets.
func (s Sample) Copy(number int) (m Outgoing, id string) {
	id = fmt.Sprintf("%s.%d@contoso.com", s.Name, number)
	m = s.Outgoing()
	m.Raw = bytes.Replace(m.Raw, []byte("<"+s.MessageID()+">"), []byte("<"+id+">"), 1)
	return m, id
}
