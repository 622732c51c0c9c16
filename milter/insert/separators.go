package insert

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// separator is an element that starts the quoted mail. A row matches when each
// of its conditions that is set holds.
type separator struct {
	name   string    // as the report shows it
	client string    // who writes it
	tag    atom.Atom // any when 0
	id     string    // the whole id; ending in * a prefix
	class  string    // one of the classes
	style  string    // part of the style attribute in compact form
	attr   string    // the value of the name attribute
	header bool      // only when its first line starts with a label of a header block (From:, Von: ...)
	intro  bool      // it is the attribution or holds one; what follows is quoted by elements, and text after them is the author's
	older  bool      // set on a copy by separates: the id or class has the prefix some client gave it in an earlier round
	sample string    // a start tag that matches, for the test
}

// separators are tried in order at every start tag.
var separators = []separator{
	{name: "owa-appendonsend", client: "Outlook on the web, new Outlook", id: "appendonsend", sample: `<div id="appendonsend">`},
	{name: "owa-header", client: "Outlook on the web, new Outlook", id: "divRplyFwdMsg", sample: `<div id="divRplyFwdMsg" dir="ltr">`},
	{name: "outlook-reference", client: "new Outlook, Outlook for Mac and mobile", id: "mail-editor-reference-message-container", sample: `<div id="mail-editor-reference-message-container">`},
	{name: "outlook-mobile-reference", client: "Outlook for iOS and Android", class: "ms-outlook-mobile-reference-message", sample: `<div class="ms-outlook-mobile-reference-message skipProofing">`},
	{name: "word-border", client: "Outlook 2013 and later", style: "border-top:solid#e1e1e1", header: true, sample: `<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in'>`},
	{name: "word-border", client: "Outlook 2007, 2010, Mac", style: "border-top:solid#b5c4df", header: true, sample: `<div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm">`},
	{name: "windows-mail-border", client: "Windows Mail", style: "border-top-color:rgb(229,229,229)", header: true, sample: `<div style="padding-top: 5px; border-top-color: rgb(229, 229, 229); border-top-width: 1px;">`},
	{name: "windows-mail-border", client: "Mail for Windows 10", style: "border-top:solid#e5e5e5", header: true, sample: `<div style="border:none;border-top:solid #E5E5E5 1.0pt">`},
	{name: "hotmail-rule", client: "Hotmail, Outlook.com", tag: atom.Hr, id: "stopSpelling", sample: `<hr id="stopSpelling">`},
	{name: "outlook-2003-header", client: "Outlook 2003", class: "OutlookMessageHeader", sample: `<div class="OutlookMessageHeader" lang="en-us">`},
	{name: "outlook-mac-section", client: "Outlook for Mac 2011", id: "OLK_SRC_BODY_SECTION", sample: `<span id="OLK_SRC_BODY_SECTION">`},
	{name: "zimbra-divider", client: "Zimbra", tag: atom.Hr, id: "zwchr", sample: `<hr id="zwchr" data-marker="__DIVIDER__">`},
	{name: "thunderbird-forward", client: "Thunderbird", class: "moz-forward-container", sample: `<div class="moz-forward-container">`},
	{name: "thunderbird-attribution", client: "Thunderbird", class: "moz-cite-prefix", intro: true, sample: `<div class="moz-cite-prefix">`},
	{name: "gmail-quote", client: "Gmail", tag: atom.Div, class: "gmail_quote", intro: true, sample: `<div class="gmail_quote gmail_quote_container">`},
	{name: "gmail-attribution", client: "Gmail, Mailspring", class: "gmail_attr", intro: true, sample: `<div dir="ltr" class="gmail_attr">`},
	{name: "mailspring-attribution", client: "Mailspring, Nylas", class: "gmail_quote_attribution", intro: true, sample: `<div class="gmail_quote_attribution">`},
	{name: "roundcube-attribution", client: "Roundcube", id: "reply-intro", intro: true, sample: `<p id="reply-intro">`},
	{name: "airmail-attribution", client: "Airmail", class: "airmail_on", intro: true, sample: `<p class="airmail_on">`},
	{name: "yahoo-quote", client: "Yahoo Mail", class: "yahoo_quoted", intro: true, sample: `<div id="ydp1234yahoo_quoted_5678" class="ydp1234yahoo_quoted yahoo_quoted">`},
	{name: "yahoo-quote", client: "Yahoo Mail", id: "yahoo_quoted_*", intro: true, sample: `<div id="yahoo_quoted_0123456789">`},
	{name: "proton-quote", client: "Proton Mail", class: "protonmail_quote", intro: true, sample: `<div class="protonmail_quote">`},
	{name: "zoho-quote", client: "Zoho Mail", class: "zmail_extra", intro: true, sample: `<div class="zmail_extra">`},
	{name: "spark-quote", client: "Spark", attr: "messageReplySection", intro: true, sample: `<div name="messageReplySection">`},
	{name: "samsung-quote", client: "Samsung Email", class: "quoted_text", sample: `<div class="quoted_text">`},
	{name: "samsung-quote", client: "Samsung Email", id: "composer_quoted", sample: `<div id="composer_quoted">`},
	{name: "gmx-quote", client: "GMX, WEB.DE, mail.com", attr: "quote", sample: `<div name="quote" style="margin:10px 5px 5px 10px">`},
	{name: "netease-quote", client: "NetEase 163, 126", id: "isReplyContent", sample: `<blockquote id="isReplyContent">`},
	{name: "netease-forward", client: "NetEase 163, 126", id: "isForwardContent", sample: `<div id="isForwardContent">`},
}

// separates finds the row of the table that a start tag matches, nil for none.
func separates(tag atom.Atom, a *attrs) *separator {
	if a.id == "" && a.class == "" && a.style == "" && a.name == "" {
		return nil
	}
	for i := range separators {
		s := &separators[i]
		if s.tag != 0 && s.tag != tag {
			continue
		}
		if older, ok := s.matches(a); ok {
			if older {
				old := *s
				old.older = true
				return &old
			}
			return s
		}
	}
	return nil
}

func (s *separator) matches(a *attrs) (older, ok bool) {
	switch {
	case s.id != "":
		return named(a.id, s.id)
	case s.class != "":
		if hasClass(a.class, s.class) {
			return false, true
		}
		return true, hasPrefixed(a.class, s.class)
	case s.style != "":
		return false, strings.Contains(a.style, s.style)
	default:
		return false, a.name == s.attr
	}
}

// named compares an id with that of a row. QUIRK: Outlook on the web puts x_
// before each id and class of mail that is quoted (x_divRplyFwdMsg, again
// x_x_...), Hotmail ecx, Gmail m_ and digits.
func named(id, want string) (older, ok bool) {
	if w, prefix := strings.CutSuffix(want, "*"); prefix {
		if strings.HasPrefix(id, w) {
			return false, true
		}
		return true, strings.HasPrefix(unprefixed(id), w)
	}
	if strings.EqualFold(id, want) {
		return false, true
	}
	return true, strings.EqualFold(unprefixed(id), want)
}

func hasPrefixed(class, name string) bool {
	if len(class) < len(name) { // at little cost
		return false
	}
	for c := range strings.FieldsSeq(class) {
		if strings.EqualFold(unprefixed(c), name) {
			return true
		}
	}
	return false
}

// unprefixed is an id or class without what clients put before those of older mail.
func unprefixed(name string) string {
	for {
		switch {
		case strings.HasPrefix(name, "x_"):
			name = name[2:]
		case strings.HasPrefix(name, "ecx"):
			name = name[3:]
		case strings.HasPrefix(name, "m_"):
			n := strings.TrimLeft(name[2:], "-0123456789")
			if n == name[2:] {
				return name
			}
			name = strings.TrimPrefix(n, "_")
		default:
			return name
		}
	}
}

// quoting says how sure it is that an element's content is older mail.
type quoting uint8

const (
	notQuoting quoting = iota
	introduced         // only when an attribution stands before it: Gmail's own quote button writes the same
	bare               // unless a real separator comes after it: a blockquote is also an indented paragraph
	prefixed           // in replies: the line begins with a > sign
	surely
)

// quoter is an element that holds quoted mail and ends with it.
type quoter struct {
	client string
	tag    atom.Atom
	kind   string // the type attribute
	class  string
	style  string
	sure   quoting
	sample string
}

// quoters are tried in order at every start tag; the first match counts.
var quoters = []quoter{
	{client: "Apple Mail, Thunderbird, Proton, Roundcube, Airmail", tag: atom.Blockquote, kind: "cite", sure: surely, sample: `<blockquote type="cite">`},
	{client: "Gmail", tag: atom.Blockquote, class: "gmail_quote", sure: introduced, sample: `<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex">`},
	{client: "Proton Mail", tag: atom.Blockquote, class: "protonmail_quote", sure: surely, sample: `<blockquote class="protonmail_quote" type="cite">`},
	{client: "Tuta", tag: atom.Blockquote, class: "tutanota_quote", sure: surely, sample: `<blockquote class="tutanota_quote">`},
	{client: "Outlook, Gmail: an indented paragraph", tag: atom.Blockquote, style: "border:none", sure: notQuoting, sample: `<blockquote style="margin:0 0 0 40px;border:none;padding:0px">`},
	{client: "Outlook on the web: an indented paragraph", tag: atom.Blockquote, style: "margin-left:40px", sure: notQuoting, sample: `<blockquote style="margin-top:0;margin-bottom:0;margin-left:40px">`},
	{client: "Outlook on the web: an indented paragraph", tag: atom.Blockquote, style: "margin:00040px", sure: notQuoting, sample: `<blockquote style="margin: 0 0 0 40px">`},
	{client: "any", tag: atom.Blockquote, sure: bare, sample: `<blockquote>`},
}

func quotes(tag atom.Atom, a *attrs) quoting {
	if tag != atom.Blockquote {
		return notQuoting
	}
	for i := range quoters {
		q := &quoters[i]
		if q.tag == tag && (q.kind == "" || q.kind == a.kind) && (q.class == "" || hasClass(a.class, q.class) || hasPrefixed(a.class, q.class)) &&
			(q.style == "" || strings.Contains(a.style, q.style)) {
			return q.sure
		}
	}
	return notQuoting
}
