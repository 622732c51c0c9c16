package known

// MobileLinks are the hosts, or hosts with a path, of the links that phones and
// mail programs put into or below a sign-off. Nothing but a query follows, or
// with * at the end anything.
var MobileLinks = []string{
	"aka.ms/o0ukef", "aka.ms/aab9ysg", "aka.ms/ghei36", "aka.ms/qtex0l", "aka.ms/weboutlook", "aka.ms/getoutlookforios", "aka.ms/getoutlookformac", "aka.ms/getoutlookforandroid",
	"go.microsoft.com/fwlink*", "windows.microsoft.com/consumer-preview", "sprh.mn*", "aqua-mail.com", "www.aqua-mail.com", "spikenow.com*", "good.com", "www.good.com",
	"getmailspring.com", "www.getmailspring.com", "link.getmailspring.com*", "tuta.com", "tuta.com/free-email", "tutanota.com", "www.tutanota.com", "proton.me", "proton.me/mail", "proton.me/mail/home", "pr.tn*", "protonmail.com", "www.protonmail.com", "protonmail.ch",
	"www.mobisystems.com/aqua-mail", "mail.mobile.aol.com", "mobile.aol.com", "overview.mail.yahoo.com*", "mail.onelink.me*", "more.att.com*", "yho.com*", "mail.yahoo.com", "bluemail.me", "www.bluemail.me", "bluemail.me/download", "www.bluemail.me/r*", "typeapp.com", "www.typeapp.com", "typeapp.com/r*", "www.typeapp.com/r*",
	"canarymail.io", "www.canarymail.io", "sparkmailapp.com", "sparkmailapp.com/source*", "www.sparkmailapp.com", "airmailapp.com", "superhuman.com", "superhuman.com/*", "emclient.com", "www.emclient.com", "getmailbird.com", "www.getmailbird.com*", "mailbird.com", "polymail.io", "email.faircode.eu",
	"k9mail.app", "k9mail.github.io", "thunderbird.net", "www.thunderbird.net", "delta.chat", "get.delta.chat", "mail.zoho.com", "zoho.com/mail", "www.zoho.com/mail", "missiveapp.com", "front.com", "frontapp.com", "edison.tech", "edisonmail.com", "mail.edison.tech*", "mymail.my", "my.com*", "gmx.net/mail", "gmx.net", "www.gmx.net", "web.de/mail", "web.de", "www.9folders.com", "acompli.com",
	"m.mail.163.com*", "mail.163.com/dashi*", "wxbrowsemail.qq.com*", "app.mail.ru*", "trk.mail.ru*", "mail.yandex.ru/mobile*", "fastmail.com", "www.fastmail.com", "cloudmagic.com*", "newtonhq.com", "hey.com", "notion.com/mail", "shortwave.com*",
}
