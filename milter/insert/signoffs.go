package insert

import "slices"

// stem is the beginning or the end of the line a phone or a mail program adds
// by itself: "Sent from my", "Gesendet von". What stands beside it may be
// anything short that does not read as a sentence.
type stem struct {
	lang   string
	text   string // lower case, ends at the end of a word; of a suffix, begins at the beginning of one
	with   string // what the rest of the line must hold, "" for nothing: verbs alone are too weak where they come last
	suffix bool   // the words come last: "iPhone'umdan gönderildi"
	sample string
}

// stems are the general forms.
var stems = slices.Concat(westStems, eastStems)

// products are names after which a sign-off may go on with a slogan.
var products = []string{
	"mailspring", "tuta", "tutanota", "k-9", "proton mail", "protonmail", "yahoo mail", "yahoo postadan", "aol app", "aol mail", "zoho mail",
	"gmx mail", "web.de mail", "freenet mail", "telekom mail", "t-online", "libero mail", "mail orange", "free mail", "sfr mail", "la poste",
	"bluemail", "blue mail", "mymail", "airmail", "polymail", "newton mail", "edison mail", "canary mail", "spark mail", "mailbird", "em client",
	"aquamail", "aqua mail", "fairemail", "typeapp", "superhuman", "missive", "hey.com", "mail.ru", "яндекс", "fastmail", "naver", "qq邮箱", "网易邮箱", "foxmail",
	"yahoo!メール", "nylas mail", "notion mail", "cloudmagic", "verizon, samsung",
	"„outlook“", "outlook, skirt", // Lithuanian has a comma after the name
}

// apologies are found in the sentence that may follow a sign-off, on the same
// line or the next.
var apologies = []phrase{
	{"en", "please excuse", "Sent from my phone. Please excuse my brevity."},
	{"en", "excuse my brevity", "Sent from my phone, excuse my brevity"},
	{"en", "excuse the brevity", "Sent from my mobile. Excuse the brevity"},
	{"en", "excuse brevity", "Sent from mobile - excuse brevity"},
	{"en", "excuse any typos", "Sent from my iPad. Excuse any typos."},
	{"en", "excuse typos", "Sent from my iPad, excuse typos"},
	{"en", "excuse the typos", "Sent from my iPhone so excuse the typos"},
	{"en", "excuse any errors", "Sent from my phone. Excuse any errors"},
	{"en", "excuse any spelling", "Sent from my phone. Excuse any spelling mistakes"},
	{"en", "apologies for", "Sent from my phone - apologies for brevity"},
	{"en", "apologise for any typos", "Sent from my phone, I apologise for any typos"},
	{"en", "apologize for any typos", "Sent from my phone, I apologize for any typos"},
	{"en", "forgive typos", "Sent from my phone. Forgive typos."},
	{"en", "forgive any typos", "Sent from my phone. Forgive any typos."},
	{"en", "forgive brevity", "Sent from my phone. Forgive brevity."},
	{"en", "forgive my brevity", "Sent from my phone. Please forgive my brevity."},
	{"en", "pardon my brevity", "Sent from my phone. Pardon my brevity"},
	{"en", "pardon any typos", "Sent from my phone. Pardon any typos"},
	{"en", "pardon the brevity", "Sent from my phone; pardon the brevity"},
	{"en", "sorry for typos", "Sent from my mobile, sorry for typos"},
	{"en", "sorry for any typos", "Sent from my mobile, sorry for any typos"},
	{"en", "sorry for the brevity", "Sent from my mobile. Sorry for the brevity"},
	{"de", "entschuldigen sie die kürze", "Gesendet von unterwegs. Bitte entschuldigen Sie die Kürze."},
	{"de", "entschuldigen sie meine kürze", "Von meinem Handy gesendet. Entschuldigen Sie meine Kürze."},
	{"de", "entschuldige die kürze", "Von meinem Handy gesendet. Bitte entschuldige die Kürze."},
	{"de", "entschuldigt die kürze", "Von meinem Handy gesendet. Bitte entschuldigt die Kürze."},
	{"de", "entschuldigen sie tippfehler", "Von meinem Handy gesendet. Entschuldigen Sie Tippfehler."},
	{"de", "tippfehler bitte ich zu entschuldigen", "Gesendet vom Handy. Tippfehler bitte ich zu entschuldigen."},
	{"de", "verzeihen sie die kürze", "Von meinem Handy gesendet. Bitte verzeihen Sie die Kürze."},
	{"nl", "excuseer mijn beknoptheid", "Verzonden vanaf mijn Android-apparaat met K-9 Mail. Excuseer mijn beknoptheid."},
	{"nl", "excuses voor", "Verstuurd vanaf mijn telefoon. Excuses voor eventuele typefouten."},
	{"nl", "excuus voor", "Verstuurd vanaf mijn telefoon. Excuus voor de beknoptheid."},
	{"da", "undskyld at jeg fatter mig i korthed", "Dette er sendt fra min mobiltelefon. Undskyld at jeg fatter mig i korthed."},
	{"da", "undskyld min korthed", "Sendt fra min telefon. Undskyld min korthed."},
	{"da", "undskyld eventuelle", "Sendt fra min telefon. Undskyld eventuelle tastefejl."},
	{"nb", "beklager at jeg fatter meg i korthet", "Sendt fra min telefon. Beklager at jeg fatter meg i korthet."},
	{"nb", "unnskyld min korthet", "Sendt fra min Android-enhet med K-9 Mail. Unnskyld min korthet."},
	{"sv", "ursäkta min fåordighet", "Skickat från min Android-enhet med K-9 Mail. Ursäkta min fåordighet."},
	{"sv", "ursäkta att jag", "Skickat från min telefon. Ursäkta att jag fattar mig kort."},
	{"sv", "ursäkta stavfel", "Skickat från min telefon. Ursäkta stavfel."},
	{"is", "afsakaðu", "Sent úr Android tækinu mínu með K-9. Afsakaðu hvað ég er stuttorður."},
	{"fi", "pahoittelut", "Lähetetty puhelimestani. Pahoittelut lyhyydestä."},
	{"fi", "anteeksi", "Lähetetty puhelimestani. Anteeksi lyhyys."},
	{"et", "vabandan lühiduse", "Saadetud minu telefonist. Vabandan lühiduse pärast."},
	{"lv", "atvainojos par", "Sūtīts no mana telefona. Atvainojos par īsumu."},
	{"lt", "atleiskite už", "Išsiųsta iš mano telefono. Atleiskite už trumpumą."},
	{"lt", "atsiprašau už", "Išsiųsta iš mano telefono. Atsiprašau už trumpumą."},
	{"fr", "excuser ma brièveté", "Envoyé de mon téléphone. Veuillez excuser ma brièveté."},
	{"fr", "excuser la brièveté", "Envoyé de mon téléphone. Veuillez excuser la brièveté."},
	{"fr", "excusez la brièveté", "Envoyé de mon téléphone. Excusez la brièveté."},
	{"fr", "excuser mon laconisme", "Envoyé de mon téléphone. Merci d'excuser mon laconisme."},
	{"fr", "excuser les fautes", "Envoyé de mon téléphone. Merci d'excuser les fautes."},
	{"fr", "désolé pour les fautes", "Envoyé de mon téléphone, désolé pour les fautes"},
	{"es", "disculpa la brevedad", "Enviado desde mi móvil. Disculpa la brevedad."},
	{"es", "disculpa mi brevedad", "Enviado desde mi Android con K-9 Mail. Por favor, disculpa mi brevedad."},
	{"es", "disculpe la brevedad", "Enviado desde mi móvil. Disculpe la brevedad."},
	{"es", "disculpen la brevedad", "Enviado desde mi móvil. Disculpen la brevedad."},
	{"es", "perdona la brevedad", "Enviado desde mi móvil. Perdona la brevedad."},
	{"es", "disculpen los errores", "Enviado desde mi celular. Disculpen los errores."},
	{"ca", "disculpeu la brevetat", "Enviat des del mòbil. Disculpeu la brevetat."},
	{"ca", "disculpeu-me la brevetat", "Enviat amb K-9 Mail. Disculpeu-me la brevetat."},
	{"gl", "disculpa a brevidade", "Enviado desde o meu móbil. Disculpa a brevidade."},
	{"eu", "barkatu laburtasuna", "Nire gailutik bidalia. Barkatu laburtasuna."},
	{"pt", "desculpe a brevidade", "Enviado do meu telemóvel. Desculpe a brevidade."},
	{"pt", "desculpe a minha brevidade", "Enviado do meu Android. Por favor, desculpe a minha brevidade."},
	{"pt", "desculpem a brevidade", "Enviado do meu celular. Desculpem a brevidade."},
	{"pt", "desculpe os erros", "Enviado do meu celular. Desculpe os erros."},
	{"it", "perdonate la brevità", "Inviato dal mio telefono. Perdonate la brevità."},
	{"it", "perdona la brevità", "Inviato dal mio telefono. Perdona la brevità."},
	{"it", "scusate la brevità", "Inviato dal mio telefono. Scusate la brevità."},
	{"it", "scusa la brevità", "Inviato dal mio telefono. Scusa la brevità."},
	{"it", "scuso per la brevità", "Inviato dal mio telefono. Mi scuso per la brevità."},
	{"ro", "scuzați concizia", "Trimis de pe telefon. Vă rog să-mi scuzați concizia."},
	{"pl", "wybaczyć moją zwięzłość", "Wysłane z mojego telefonu. Proszę wybaczyć moją zwięzłość."},
	{"pl", "przepraszam za", "Wysłane z telefonu. Przepraszam za zwięzłość."},
	{"cs", "omluvte mou stručnost", "Odesláno z mobilu. Prosím, omluvte mou stručnost."},
	{"cs", "omluvte stručnost", "Odesláno z mobilu. Omluvte stručnost."},
	{"sk", "ospravedlňte moju stručnosť", "Odoslané z mobilu. Prosím, ospravedlňte moju stručnosť."},
	{"sl", "oprostite", "Poslano z mojega telefona. Oprostite moji kratkosti."},
	{"hr", "oprostite", "Poslano s mobitela. Oprostite na kratkoći."},
	{"sr", "извините на", "Послато са мог телефона. Извините на краткоћи."},
	{"bg", "извинете за", "Изпратено от телефона ми. Извинете за краткостта."},
	{"ru", "за краткость", "Отправлено с телефона. Извините за краткость."},
	{"uk", "за стислість", "Надіслано з телефону. Вибачте за стислість."},
	{"uk", "за лаконічність", "Надіслано з телефону. Вибачте за лаконічність."},
	{"be", "за сцісласць", "Даслана з тэлефона. Прабачце за сцісласць."},
	{"el", "συγχωρήστε την", "Στάλθηκε από το κινητό μου. Συγχωρήστε την ολιγολογία μου."},
	{"hu", "elnézést", "A telefonomról küldve. Elnézést a rövidségért."},
	{"eo", "pardoni min", "Sendita per telefono. Bonvolu pardoni min."},
	{"tr", "kısa yazdığım için", "Telefonumdan gönderildi. Kısa yazdığım için üzgünüm."},
	{"tr", "mazur görün", "Telefonumdan gönderildi. Lütfen kısalığını mazur görün."},
	{"ar", "الاختصار", "أرسلت من هاتفي. معذرة على الاختصار."},
	{"ar", "الإيجاز", "أرسلت من هاتفي. أعتذر عن الإيجاز."},
	{"he", "הקצרנות", "נשלח מהטלפון שלי. סלח לי על הקצרנות."},
	{"he", "על הקיצור", "נשלח מהטלפון שלי. סליחה על הקיצור."},
	{"id", "maaf atas", "Dikirim dari ponsel saya. Mohon maaf atas singkatnya."},
	{"vi", "thứ lỗi", "Gửi từ điện thoại của tôi. Mong thứ lỗi cho sự ngắn gọn."},
	{"zh-Hans", "请原谅", "发自我的手机。请原谅我的简短。"},
	{"zh-Hans", "请谅解", "发自我的手机，回复简短请谅解"},
	{"zh-Hant", "請原諒", "從我的手機傳送。請原諒我的簡短。"},
	{"zh-Hant", "請見諒", "從我的手機傳送。簡短之處請見諒。"},
	{"ja", "申し訳ありません", "スマートフォンから送信しました。短文で申し訳ありません。"},
	{"ja", "失礼", "iPhoneから送信。短文にて失礼いたします。"},
	{"ko", "양해", "내 휴대폰에서 보냄. 짧은 답변 양해 바랍니다."},
}

// whole are sign-offs that fit no stem, in lower case, without a final period.
var whole = []phrase{
	{"en", "sent using the mobile mail app", "Sent using the mobile mail app"},
	{"en", "connected by droid on verizon wireless", "Connected by DROID on Verizon Wireless"},
	{"en", "connected by motoblur", "Connected by MOTOBLUR"},
	{"en", "yahoo mail: search, organize, conquer", "Yahoo Mail: Search, Organize, Conquer"},
	{"en", "yahoo mail stationery", "Yahoo Mail Stationery"},
	{"en", "sent while on the go", "Sent while on the go"},
	{"en", "sent on the go", "Sent on the go."},
	{"en", "sent on the move", "Sent on the move."},
	{"en", "sent while mobile", "Sent while mobile"},
	{"en", "from my mobile", "From my mobile"},
	{"en", "from mobile", "From mobile"},
	{"en", "typed with thumbs", "Typed with thumbs"},
	{"de", "mobil gesendet", "Mobil gesendet"},
	{"de", "von unterwegs gesendet", "Von unterwegs gesendet"},
	{"de", "unterwegs gesendet", "Unterwegs gesendet."},
	{"de", "von unterwegs", "Von unterwegs"},
	{"de", "diese nachricht wurde mobil gesendet", "Diese Nachricht wurde mobil gesendet."},
	{"nl", "mobiel verzonden", "Mobiel verzonden"},
	{"sv", "skickat mobilt", "Skickat mobilt"},
	{"fr", "envoyé en déplacement", "Envoyé en déplacement"},
	{"fr", "yahoo mail : organisez, recherchez, reprenez le contrôle", "Yahoo Mail : Organisez, recherchez, reprenez le contrôle"},
	{"zh-Hans", "签名由 网易邮箱大师 定制", "签名由 网易邮箱大师 定制"},
	{"zh-Hans", "签名由网易邮箱大师定制", "签名由网易邮箱大师定制"},
	{"zh-Hans", "由网易邮箱大师发送", "由网易邮箱大师发送"},
}

// mobileLinks are the hosts, and hosts with a path, of the links that phones and
// mail programs put into or below a sign-off.
var mobileLinks = []string{
	"aka.ms/o0ukef", "aka.ms/aab9ysg", "aka.ms/ghei36", "aka.ms/qtex0l", "aka.ms/weboutlook", "aka.ms/getoutlookforios", "aka.ms/getoutlookformac",
	"go.microsoft.com/fwlink/", "windows.microsoft.com/consumer-preview", "getmailspring.com", "tuta.com", "tutanota.com", "proton.me", "protonmail.com",
	"mail.mobile.aol.com", "mobile.aol.com", "overview.mail.yahoo.com", "mail.onelink.me", "more.att.com", "yho.com", "bluemail.me", "typeapp.com",
	"canarymail.io", "sparkmailapp.com", "airmailapp.com", "superhuman.com", "emclient.com", "getmailbird.com", "mailbird.com", "polymail.io", "email.faircode.eu",
	"k9mail.app", "mail.zoho.com", "zoho.com/mail", "missiveapp.com", "front.com", "frontapp.com", "edison.tech", "edisonmail.com", "mymail.my", "gmx.net/mail", "web.de/mail",
	"m.mail.163.com", "mail.163.com/dashi", "wxbrowsemail.qq.com", "app.mail.ru", "trk.mail.ru", "mail.yandex.ru/mobile",
}
