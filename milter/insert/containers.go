package insert

import (
	"slices"
	"strings"

	"golang.org/x/net/html/atom"
)

// container is an element in which a client, an add-in or an earlier product
// keeps a signature.
type container struct {
	name   string // as the report shows it
	client string // who writes it
	tag    atom.Atom
	id     string // the whole id; ending in * a prefix
	class  string // likewise
	attr   string // the name attribute
	// needs is how many of the person's directory values must be in it before it
	// counts as their signature: clients let people type inside it.
	needs  int
	own    bool // ours: counts as it is
	begins bool // the signature begins in it and goes on below
	sample string
}

// containers are tried in order at every start tag.
var containers = []container{
	{name: "sigmilter", client: "sigmilter", class: Signature.class(), own: true, sample: `<div class="sigmilter-signature">`},
	{name: "sigmilter", client: "sigmilter, class dropped on the way", id: Signature.class(), own: true, sample: `<div id="sigmilter-signature">`},
	{name: "sigmilter", client: "sigmilter, enforced", class: Signature.class() + "-*", own: true, sample: `<div class="sigmilter-signature-0a1b">`},
	{name: "sigmilter", client: "sigmilter, enforced, class dropped on the way", id: Signature.class() + "-*", own: true, sample: `<div id="sigmilter-signature-0a1b">`},
	{name: "outlook", client: "Outlook on the web, new Outlook", id: "Signature", needs: 1, sample: `<div id="Signature">`},
	{name: "outlook", client: "Outlook on the web, new Outlook", id: "Signature_*", needs: 1, sample: `<div id="Signature_1">`},
	{name: "outlook", client: "Outlook on the web, new Outlook", class: "elementToProof-signature", needs: 1, sample: `<div class="elementToProof-signature">`},
	{name: "outlook-bookmark", client: "Outlook for Windows", tag: atom.A, attr: "_MailAutoSig", needs: 1, begins: true, sample: `<a name="_MailAutoSig">`},
	{name: "outlook-mobile", client: "Outlook for iOS and Android", id: "ms-outlook-mobile-signature", needs: 2, sample: `<div id="ms-outlook-mobile-signature">`},
	{name: "gmail", client: "Gmail", class: "gmail_signature", needs: 1, sample: `<div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">`},
	{name: "thunderbird", client: "Thunderbird", class: "moz-signature", needs: 1, sample: `<pre class="moz-signature" cols="72">`},
	{name: "apple", client: "Apple Mail", id: "AppleMailSignature", needs: 2, sample: `<div id="AppleMailSignature">`},
	{name: "apple", client: "Apple Mail on iOS", id: "lineBreakAtBeginningOfSignature", needs: 2, sample: `<div id="lineBreakAtBeginningOfSignature">`},
	{name: "proton", client: "Proton Mail", class: "protonmail_signature_block", needs: 1, sample: `<div class="protonmail_signature_block">`},
	{name: "zimbra", client: "Zimbra", attr: "__SIG_PRE__", needs: 1, sample: `<div name="__SIG_PRE__">`},
	{name: "yahoo", client: "Yahoo Mail", class: "signature", needs: 1, sample: `<div class="ydp1signature signature">`},
	{name: "samsung", client: "Samsung Email", id: "composer_signature", needs: 1, sample: `<div id="composer_signature">`},
	{name: "spark", client: "Spark", attr: "messageSignatureSection", needs: 1, sample: `<div name="messageSignatureSection">`},
	{name: "roundcube", client: "Roundcube", id: "_rc_sig", needs: 1, sample: `<div id="_rc_sig">`},
	{name: "zoho", client: "Zoho Mail", id: "Zm-_Id_-Sgn*", needs: 1, sample: `<div id="Zm-_Id_-Sgn">`},
	{name: "zoho", client: "Zoho Mail", id: "zmail_signature*", needs: 1, sample: `<div id="zmail_signature1">`},
	{name: "mailspring", client: "Mailspring", tag: atom.Lookup([]byte("signature")), attr: "mailspring-signature", needs: 1, sample: `<signature name="mailspring-signature">`},
	{name: "tuta", client: "Tuta", class: "tutanota_signature", needs: 1, sample: `<div class="tutanota_signature">`},
	{name: "aol", client: "AOL app", id: "__aol_mail_signature__", needs: 1, sample: `<div id="__aol_mail_signature__">`},
	{name: "codetwo", client: "CodeTwo", id: "CodeTwo*", needs: 1, sample: `<div id="CodeTwoSignature">`},
	{name: "exclaimer", client: "Exclaimer", id: "ExclaimerSignature*", needs: 1, sample: `<div id="ExclaimerSignature">`},
	{name: "xink", client: "Xink", class: "xink-signature", needs: 1, sample: `<div class="xink-signature">`},
	{name: "xink", client: "eMailSignature, the former Xink", id: "eMailSignature*", needs: 1, sample: `<div id="eMailSignature">`},
	{name: "wisestamp", client: "WiseStamp", attr: "wisestamp_signature", needs: 1, sample: `<div name="wisestamp_signature">`},
	{name: "wisestamp", client: "WiseStamp", class: "wisestamp_app", needs: 1, sample: `<div class="wisestamp_app">`},
	{name: "templafy", client: "Templafy", id: "TemplafySignature*", needs: 1, sample: `<div id="TemplafySignature">`},
	{name: "sigsync", client: "Sigsync", id: "sigsync*", needs: 1, sample: `<div id="sigsyncSignature">`},
	{name: "symprex", client: "Symprex", id: "Symprex*", needs: 1, sample: `<div id="SymprexSignature">`},
	{name: "letsignit", client: "Letsignit", id: "LSI_signature*", needs: 1, sample: `<div id="LSI_signature">`},
	{name: "crossware", client: "Crossware", id: "CWESig*", needs: 1, sample: `<div id="CWESigBlock">`},
}

// contains finds the row of the table that a start tag matches, nil for none.
func contains(tag atom.Atom, a *attrs) *container {
	if a.id == "" && a.class == "" && a.name == "" {
		return nil
	}
	for i := range containers {
		c := &containers[i]
		if (c.tag == 0 || c.tag == tag) && c.matches(a) {
			return c
		}
	}
	return nil
}

func (c *container) matches(a *attrs) bool {
	switch {
	case c.id != "":
		older, ok := named(a.id, c.id)
		return ok && (c.own || !older)
	case c.class != "":
		if begin, ok := strings.CutSuffix(c.class, "*"); ok {
			return slices.ContainsFunc(strings.Fields(a.class), func(name string) bool { return strings.HasPrefix(unprefixed(name), begin) })
		}
		return hasClass(a.class, c.class) || c.own && hasPrefixed(a.class, c.class)
	default:
		return a.name == c.attr
	}
}
