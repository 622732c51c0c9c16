package policy

import (
	"slices"
	"strings"

	"sigmilter/milter/entity"
	"sigmilter/milter/substance"
)

// Content gives what a part begins with, decoded, and whether that is all of it.
type Content func(p *entity.Part) (b []byte, whole bool)

// protection is a kind of message that nobody may change, by what is in a part.
type protection struct {
	reason Reason
	media  []string // media types
	files  []string // or file names, lower case
	// isFile reports whether such a part is but a file beside a letter; nil: never.
	isFile func(p *entity.Part, l letter) bool
	real   func(p *entity.Part, content Content) bool
	wraps  bool // the texts beside it only say what it is, or are in it again
	source string
}

var protections = []protection{
	{SignedPart, []string{"multipart/signed"}, nil, nil, isSigned, false, "RFC 1847"},
	{EncryptedPart, []string{"multipart/encrypted"}, nil, nil, isEncrypted, false, "RFC 1847"},
	{PGP, []string{"application/pgp-encrypted"}, nil, isEncryptedFile, besideCiphertext, false, "RFC 3156; QUIRK: Exchange makes a multipart/mixed of a multipart/encrypted"},
	{SMIME, []string{"application/pkcs7-mime", "application/x-pkcs7-mime"}, []string{"smime.p7m"}, isSignedFile, isCMS, false, "RFC 8551"},
	{Calendar, []string{"text/calendar"}, nil, isNoForm, isMeeting, false, "RFC 6047"},
	{TNEF, []string{"application/ms-tnef", "application/vnd.ms-tnef"}, []string{"winmail.dat"}, besideHTML, isTNEF, true, "MS-OXTNEF"},
	{Rights, []string{"application/x-microsoft-rpmsg-message"}, []string{"message.rpmsg", "message_v2.rpmsg"}, isRightsFile, isRights, true, "MS-OXORMMS"},
}

// Protection is where a message holds itself in a form that nobody may change.
type Protection struct {
	Reason Reason
	Part   *entity.Part // that form; a text beside it is a letter of its own
	Wraps  bool         // no, it only says what it is
}

// Protected finds the part of a message that nobody may change and that is the
// message: a signature, a ciphertext or a meeting whose parts are there and parse.
// What is only one of the forms of a message, or called so, is none.
func Protected(root *entity.Part, content Content) (found Protection, ok bool) {
	l := letterOf(root)
	root.Walk(func(p *entity.Part) bool {
		for i := range protections {
			k := &protections[i]
			if !ok && k.matches(p) && (k.isFile == nil || !k.isFile(p, l)) && k.real(p, content) {
				found, ok = Protection{k.reason, p, k.wraps}, true
			}
		}
		return !ok && (p.Media.Type != "multipart/alternative" || hasCalendar(p))
	})
	if ok && found.Reason == Calendar && found.Part.Parent != nil {
		found.Part = found.Part.Parent
	}
	return found, ok
}

func (k *protection) matches(p *entity.Part) bool {
	form := p.Parent != nil && p.Parent.Media.Type == "multipart/alternative"
	if form && k.reason != Calendar {
		return false
	}
	return slices.Contains(k.media, p.Media.Type) || slices.Contains(k.files, strings.ToLower(p.Filename))
}

func hasCalendar(p *entity.Part) bool {
	return slices.ContainsFunc(p.Children, func(c *entity.Part) bool { return c.Media.Type == "text/calendar" })
}

// isSigned reports whether a multipart/signed has what is signed and a signature of
// its protocol.
func isSigned(p *entity.Part, content Content) bool {
	const parts = 2
	if len(p.Children) != parts {
		return false
	}
	signature := p.Children[1]
	if protocol := p.Media.Params["protocol"]; protocol != "" && !sameType(protocol, signature.Media.Type) {
		return false
	}
	switch b, whole := content(signature); signature.Media.Type {
	case "application/pkcs7-signature", "application/x-pkcs7-signature":
		return substance.CMSSignature(b, whole)
	case "application/pgp-signature":
		return substance.Signature.OpenPGP(b, whole)
	}
	return false
}

// sameType reports whether two media types are the same, if one of them is still
// called experimental.
func sameType(a, b string) bool {
	return strings.EqualFold(strings.Replace(a, "/x-", "/", 1), strings.Replace(b, "/x-", "/", 1))
}

// isEncrypted reports whether a multipart/encrypted has its two parts, the second of
// them a ciphertext.
func isEncrypted(p *entity.Part, content Content) bool {
	const parts = 2
	return len(p.Children) == parts && (isCiphertext(p.Children[1], content) || isCMS(p.Children[1], content))
}

func besideCiphertext(p *entity.Part, content Content) bool {
	return p.Parent != nil && slices.ContainsFunc(p.Parent.Children, func(c *entity.Part) bool { return c != p && isCiphertext(c, content) })
}

func isCiphertext(p *entity.Part, content Content) bool {
	b, whole := content(p)
	return !p.IsMultipart() && substance.Encrypted.OpenPGP(b, whole)
}

func isCMS(p *entity.Part, content Content) bool {
	b, whole := content(p)
	return substance.CMS(b, whole)
}

func isTNEF(p *entity.Part, content Content) bool {
	b, _ := content(p)
	return substance.TNEF(b)
}

func isRights(p *entity.Part, content Content) bool {
	b, _ := content(p)
	return substance.Rights(b)
}

func isMeeting(p *entity.Part, content Content) bool {
	b, whole := content(p)
	return substance.Meeting(b, p.Media.Params["method"], whole)
}

// isNoForm reports whether a calendar stands beside the message, and is neither one of
// its forms nor all of it.
func isNoForm(p *entity.Part, l letter) bool {
	return l.text && (p.Parent == nil || p.Parent.Media.Type != "multipart/alternative") || isCalendarFile(p, l)
}
