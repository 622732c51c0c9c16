package insert

import (
	"bytes"
	"regexp"
	"strings"
)

// mobileLinks are the hosts, or hosts with a path, of the links that phones and
// mail programs put into or below a sign-off. Nothing but a query follows, or
// with * at the end anything.
var mobileLinks = []string{
	"aka.ms/o0ukef", "aka.ms/aab9ysg", "aka.ms/ghei36", "aka.ms/qtex0l", "aka.ms/weboutlook", "aka.ms/getoutlookforios", "aka.ms/getoutlookformac", "aka.ms/getoutlookforandroid",
	"go.microsoft.com/fwlink*", "windows.microsoft.com/consumer-preview", "sprh.mn*", "aqua-mail.com", "www.aqua-mail.com", "spikenow.com*", "good.com", "www.good.com",
	"getmailspring.com", "www.getmailspring.com", "link.getmailspring.com*", "tuta.com", "tuta.com/free-email", "tutanota.com", "www.tutanota.com", "proton.me", "proton.me/mail", "proton.me/mail/home", "pr.tn*", "protonmail.com", "www.protonmail.com", "protonmail.ch",
	"www.mobisystems.com/aqua-mail", "mail.mobile.aol.com", "mobile.aol.com", "overview.mail.yahoo.com*", "mail.onelink.me*", "more.att.com*", "yho.com*", "mail.yahoo.com", "bluemail.me", "www.bluemail.me", "bluemail.me/download", "www.bluemail.me/r*", "typeapp.com", "www.typeapp.com", "typeapp.com/r*", "www.typeapp.com/r*",
	"canarymail.io", "www.canarymail.io", "sparkmailapp.com", "sparkmailapp.com/source*", "www.sparkmailapp.com", "airmailapp.com", "superhuman.com", "superhuman.com/*", "emclient.com", "www.emclient.com", "getmailbird.com", "www.getmailbird.com*", "mailbird.com", "polymail.io", "email.faircode.eu",
	"k9mail.app", "k9mail.github.io", "thunderbird.net", "www.thunderbird.net", "delta.chat", "get.delta.chat", "mail.zoho.com", "zoho.com/mail", "www.zoho.com/mail", "missiveapp.com", "front.com", "frontapp.com", "edison.tech", "edisonmail.com", "mail.edison.tech*", "mymail.my", "my.com*", "gmx.net/mail", "gmx.net", "www.gmx.net", "web.de/mail", "web.de", "www.9folders.com", "acompli.com",
	"m.mail.163.com*", "mail.163.com/dashi*", "wxbrowsemail.qq.com*", "app.mail.ru*", "trk.mail.ru*", "mail.yandex.ru/mobile*", "fastmail.com", "www.fastmail.com", "cloudmagic.com*", "newtonhq.com", "hey.com", "notion.com/mail", "shortwave.com*",
}

var linkShape = regexp.MustCompile(`[<(\[]*((https?://|mailto:|www\.)[^\s<>()\]]+)[>)\]]*`)

// withoutLinks takes the links out of a text that a program may have put there:
// those it is known for, and those in brackets, which are what HTML turns into as
// text. ok says that there is no other.
func withoutLinks(text string) (rest string, ok bool) {
	if head, host, ok := strings.Cut(text, ": "); ok && bareHost(host) {
		text = head
	}
	if !hasLinks(text) {
		return text, true
	}
	ok = true
	rest = linkShape.ReplaceAllStringFunc(text, func(link string) string {
		if bracketed := strings.ContainsAny(link[:1], "<(["); !bracketed && !programLink(link) {
			ok = false
		}
		return " "
	})
	return rest, ok
}

// hasLinks reports, at little cost, whether there may be links in a text.
func hasLinks(text string) bool {
	return strings.Contains(text, "://") || strings.Contains(text, "mailto:") || strings.Contains(text, "www.")
}

// mobileLink reports whether a line is nothing but a link that a phone or a mail
// program puts below its sign-off.
func mobileLink(text string) bool {
	if !strings.Contains(text, "://") && !strings.Contains(text, "www.") {
		return bareHost(text)
	}
	m := linkShape.FindStringSubmatchIndex(text)
	return m != nil && m[0] == 0 && m[1] == len(text) && programLink(text[m[2]:m[3]])
}

// bareHost reports whether a line is nothing but the address of a program, without
// a scheme: "mail.mobile.aol.com".
func bareHost(text string) bool {
	const longest = 40 // bytes
	return len(text) <= longest && strings.Contains(text, ".") && !strings.Contains(text, " ") && programLink(text)
}

// programLink reports whether a link is one of the table.
func programLink(link string) bool {
	link = strings.ToLower(strings.Trim(link, "<>()[]"))
	link = strings.TrimPrefix(strings.TrimPrefix(link, "https://"), "http://")
	path, _, _ := strings.Cut(link, "?")
	path = strings.TrimRight(path, "/.")
	for _, l := range mobileLinks {
		if prefix, open := strings.CutSuffix(l, "*"); path == l || (open && strings.HasPrefix(path, prefix)) {
			return true
		}
	}
	return false
}

// linksProgram reports whether the source of lines has a link to a program, in as much
// of it as a client writes around a line.
func linksProgram(source []byte) bool {
	const most, longest = 16 << 10, 128 // bytes of the source and of a link, without what follows a program's own
	source = source[:min(len(source), most)]
	for {
		at := bytes.Index(source, []byte("http"))
		if at < 0 {
			return false
		}
		link := source[at:]
		source = source[at+len("http"):]
		rest, ok := bytes.CutPrefix(bytes.TrimPrefix(source, []byte("s")), []byte("://"))
		if !ok {
			continue
		}
		link = link[:min(len(link), longest)]
		if end := bytes.IndexAny(link, " \t\r\n\f\v<>\"'()]"); end >= 0 {
			link = link[:end]
		}
		if len(rest) > 0 && programLink(string(link)) {
			return true
		}
	}
}
