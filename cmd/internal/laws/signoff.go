package laws

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A sign-off is read word by word: a word for sending, a device or a mail
// program, and what stands between such words in some language. One word that is
// none of these makes it somebody's sentence: "Sent from my assistant's mailbox".

// sending are the words for it, as they begin; of scripts without blanks, as they
// stand.
var sending = words(`
thumbed tapped dictated replied protected
gesandt geschützt diktiert gsendet gschickt tippt afsendt sänd skrivna beskyttet transmis rédigé protégé dicté protegit protexido mandat tramess termess protejat mesaj kaset ferstjoerd
protegido protegida dictado digitado ditado dettato digitato turvatud aizsargāts apsaugota išsaugota zabezpieczona dyktowane odeslána odeslán odoslaný pósłane zavarovano osigurao послат изпратен защитено защищён защитой відіслано відправлена надісланий
ασφαλισμένο προστατεύεται γράφτηκε védve küldtem missum iletildi iletilmiştir gönderilen korunmaktadır yollandı жөнөтүлдү илгээв გაგზავნილი ուղարկվել mibgħut şandin ارسلت ارسل أُرسِلت مُرسَل إرساله إرسالها إرسال محمي נשלחו מאובטח מוגן געשיקט diamankan dilindungi
भेजा पाठवले पाठविले पठाइएको મોકલ્યું મોકલેલ ਭੇਜਿਆ ಕಳುಹಿಸಲಾಗಿದೆ അയച്ചത് بھیجا পাঠানো
connected skickades skickad sänt skyddat skyddad säkrad gestuur geschéckt provenance segur securizat suojattu turvaliselt wysłana zapewnia zasláno zaščiteno osigurano zaštićeno надзейна bezpieczeństwo ασφαλές dërgu تمت أرسلتُ сохранено
sent written typed composed shared secured powered encrypted
gesendet versendet verschickt geschickt geschrieben getippt gesichert abgeschickt sicher
verzonden verstuurd gestuurd getypt beveiligd
sendt skrevet skickat skickade skrivet sikret säkrat
lähetetty lähetin kirjoitettu saadetud saatsin saadeti nosūtīts sūtīts nosūtīta sūtīta išsiųsta siųsta išsiųstas
envoyé envoyée envoye expédié écrit sécurisé
enviado enviada enviat escrito escrit escrita asegurado protegido seguro enviei
inviato inviata spedito scritto protetto
trimis trimisă expediat
wysłano wysłane wysłana wysłany napisane napisano zabezpieczone
odesláno odesláná posláno napsáno odoslané odoslaná poslané zabezpečeno zabezpečené
poslano poslato poslana послато poslane пратено испратено послат испратена
изпратено изпратена пратено написано
отправлено отправлена послано написано создано защищено
надіслано відправлено надіслана створено захищено даслана адпраўлена дасланае
στάλθηκε εστάλη απεστάλη αποστολή σταλμένο σταλθηκε εσταλη απεσταλη estale stalthike
dërguar küldve elküldve küldtem elküldtem írva
gönderildi gönderilmiştir gönderilen yazıldı göndərildi göndərilib жіберілді жіберілген илгәрелде юборилди yuborildi
seolta anfonwyd sendita bidalia bidali bidalita tramesa mandato
გაგზავნილია გაიგზავნა ուղարկված ուղարկվել илгээв илгээсэн
أرسلت أُرسلت أرسل أُرسل مرسل مُرسل مرسلة الإرسال الارسال ارسال ارسالشده فرستاده
נשלח נשלחה נכתב
dikirim terkirim dihantar dihantarkan ipinadala naipadala imetumwa ilithunyelwe
भेजा भेजी भेजा पाठवले પાઠવેલ পাঠানো প্রেরিত அனுப்பப்பட்டது పంపబడింది ಕಳುಹಿಸಲಾಗಿದೆ അയച്ചത്
`)

// getting are the words with which a client asks people to get it.
var getting = words(`
kry verkrijg sæktu fá lortu descarcă obţine stiahnite pridobi prenesi dohvati töltse प्राप्त muat tải về alla
obteniu baixeu obtén laadi szerezze получите tải xuống skaff skaffa sækja ottenere obține obţineţi hae iegūst získajte laden transferir
get download try install discover switch
hol holen hole holt herunterladen beziehen abrufen laden lade laden
download downloaden haal krijg ophalen verkrijgen beschaffen beschaffe
hent få skaffa hämta ladda last ned ner lataa hanki hangi laadi lejupielādēt iegūt iegūstiet gauti gaukite atsisiųsti atsisiųskite
obtenir obtenez télécharger téléchargez téléchargement
obtener obtén obtenga descargar descarga descargue consigue obtenha obter baixar baixe transfira descarregar obteniu obtén baixa aconsegueix
ottieni scarica scaricare
obțineți descărcați obțineţi descărcaţi
pobierz uzyskaj pobrać získat získejte získať získajte stáhnout stáhněte stiahnuť stiahnite pridobite prenesite preuzmite nabavite dohvatite preuzmi набавите преузмите преземете земете
вземете изтеглете получете скачать скачайте загрузить загрузите получить получите установить отримати отримайте завантажити завантажте атрымаць
λήψη αποκτήστε κατεβάστε
merrni beszerzése letöltése szerezze töltse indirin edinin alın endirin əldə
احصل الحصول تنزيل دریافت קבל השג הורד הורידו קבלו
dapatkan unduh dapatkanlah muat kunin kumuha pata hankige
`)

// makers are what it is sent from, as the words begin: makers, models, systems.
var makers = words(`
iphone iphon ipad ipod imac macbook galaxy samsung huawei honor xiaomi redmi poco oneplus oppo vivo realme pixel nokia lumia htc lg sony xperia
motorola moto alcatel blackberry zte lenovo asus fairphone nexus kindle wiko tecno infinix meizu doro gigaset nothing mac android ios ipados windows harmonyos linux
jolla sailfish kaios punkt chromebook symbian palm treo андроид айфон айпад самсунг хуавей сяоми droid iphoneapp androidos آيفون آیفون أندرويد אייפון גלקסי אנדרואיד símanum ti-85
`)

// devices are what the thing in the hand is called, as the words begin.
var devices = words(`
gsm natel mobilom telefonumdan утаснаас утас smartfón teléfón telefón mobiltelefón هاتف جهاز جوال گوشی تلفن מכשיר טלפון נייד יישום kinito κινητο mobil- puhelime laitteelta pametnega
phone smartphone smartfon mobile cellphone cellular cell handset tablet device handheld wireless pda laptop notebook pc computer watch
handy mobiltelefon mobiltelefonom mobilgerät gerät telefon mobilephone
téléphone telephone portable mobil appareil tablette móvil movil celular teléfono telefono dispositivo tableta ordinateur ordenador smarphone
cellulare telefonino palmare telemóvel telefone aparelho mòbil móbil dispositiu dispozitiv mugikor gailu
toestel telefoon mobiel apparaat nettbrett surfplatta enhet mobilen mobilenhet tlf puhelim kännyk laite älypuhelin tablet
komórk telefonu urządzeni mobilu zařízení zariadeni készülék okostelefon mobilom
телефон смартфон мобильн мобільн планшет устройств пристро мобилен мобилни тэлефон прылад апарат
κινητ τηλέφωνο συσκευή κινητο cihaz telefonum naprav uređaj mobitel mobitela уређај įrengin telefonas išmani ierīc tālru seadme nutitelefon mobiili
ponsel hp perangkat telepon peranti simu телефоннан утас құрылғы celularin pajisj aparat síma tæki ffôn dyfais fón uidheam poŝtelefon foon selfoon
फ़ोन फोन मोबाइल মোবাইল
`)

// programs are mail programs. What one of these says of itself beside its name
// may be any few words.
var programs = []string{
	"mailspring", "tutanota", "tuta mail", "tuta", "protonmail", "proton mail", "k-9 mail", "k-9", "k9 mail", "к-9", "yahoo mail", "yahoo!mail", "yahoo! mail", "yahoo postadan", "yahoo posta", "aol app",
	"aol mail", "gmx mail", "gmx", "web.de", "freenet mail", "telekom mail", "t-online", "zoho mail", "libero mail", "virgilio mail", "mail orange", "orange mail", "sfr mail",
	"bluemail", "blue mail", "mymail", "polymail", "newton mail", "edison mail", "canary mail", "spark mail", "spark by readdle", "mailbird", "em client", "aquamail", "aqua mail",
	"fairemail", "typeapp", "superhuman", "missive", "hey.com", "mail.ru", "яндекс", "fastmail", "foxmail", "shortwave", "mimestream", "delta chat", "deltachat", "cloudmagic", "acompli",
	"email.cz", "ukr.net", "tim mail", "1&1 mail", "uol mail", "bol mail", "kpn mail", "ziggo mail", "mailfence", "startmail", "simple email", "inbox by gmail", "nylas mail", "notion mail",
}

// modest are those whose names are plain words too: beside them stands nothing
// but a system.
var modest = []string{
	"outlook", "windows mail", "windows live mail", "spark", "spike", "edison", "canary", "front", "gmail", "evolution", "boxer", "thunderbird", "naver", "seznam", "nylas", "hotmail", "yandex",
	"workspace one boxer", "hcl verse", "verse", "aol", "free mail", "hey", "nylas n1", "samsung email", "postbox", "roundcube", "zimbra", "kmail", "claws mail", "posteo", "mailo", "rambler", "i.ua", "wp poczta", "onet poczta", "nine", "sylpheed", "skymail", "infomaniak", "touchdown", "آوتلوك",
}

// between are the words that stand between these in some language: prepositions,
// articles, "my", and what makers call their models.
var between = words(`
vo mim mi bell equipo durch dir messenger por fe ii iii iv vi movistar claro telcel entel proximus swisscom bouygues kpn tele2 turkcell docomo softbank from my the on d l this message  was been has go move while and out via using through securely boost hey with of app application mobile email mail client e-mail so
von meinem/meiner vom unterwegs herunter sich sie auf vun vu mengem meinem meiner mein mit aus über per dem der diese dieser dieses nachricht wurde wird mobil
van vanaf vanuit uit fan myn my mijn door op werd onderweg veilig met mn m'n uit via de het dit bericht is een deze
fra frå deg på är genom säkert sikkert detta denne meldingen meldinga meddelandet beskeden besked skickades min mitt mínari sikkert telia telenor  med från dette er denne den det här e-post melding besked meddelande appen
darbam skirtą skirtos skirta programos pašto darbam vietas see kiri on izmantojot naudojant izmantots tämä viesti minun omasta minu oma kautta mano iš iz no mana manu per ar caur
grâce en toute sécurité vous ex meo depuis mon ma mes du l'outlook de d'orange provenance sur mes du avec par un une le la l'application l'appareil l'app messagerie d'un cet ce courriel message été d'outlook d'iphone courrier
desde través forma segura mitjançant aplicação dispositivo móvel um uma en mi mis minha apple con el mediante este esta mensaje correo ha sido fue aplicación app del meu des dende o os meus amb do da com pelo pela minha uma através usando mensagem foi e-mail correio
attraverso da uno una modo sicuro uso dal dalla dall'app tim dall' mio mia il lo questo messaggio è stato tramite posta
pe din prin mea telefonul mesaj cu
ze swojego bezpiecznie została była byla bola bylo ta tato táto zpráva správa wiadomość na si mobilnego sporočilo poruka ova je su z ze przy użyciu mojego wiadomość aplikację program systemu dla storitve programa aplikacije апликације pametnega telefona cep przez mojego mojej moje mého mojho môjho můj přes cez pomocí pomocou svého mobilního mobilného aplikaci aplikace aplikácie za pośrednictwem aplikacji programu telefonu mobilnego svojho zo pošty poczty poczta
s sa mojeg svog mog mojega moj preko putem pomoću svojega са мог моје преко од мој мојот моја со
през със съобщението е мобилен от моя моето мое с чрез моето мобилното
безопасно на мой моего это сообщение по под отправлено лист повідомлення із из через при помощи моего моей мобильного приложения приложение приложении мобильной моё устройства помощью почты почта письмо со
з із зі мого моєї допомогою мобільного застосунку додатку пошти праз маёй маім
μήνυμα από απο apo mou tou mou το τη το μου κινητο την μου με μέσω του της εφαρμογή
nga shërbimin e im me përmes az ezt üzenetet biztonságosan be egy és okostelefonomról iOS-verzióját appból appjéből alkalmazásból alkalmazásából segítségével mobil saját által
akıllı akilli bu ileti mesaj e-posta üzerinden tarafından güvenli bir şekilde cep ile benim mobil e-posta uygulamasından kendi mənim менің арқылы
է هذه الرسالة هذا البريد بأمان له از من ჩემი менин миний mening миний իմ իմ من-از أيفون الـ لـ لأندرويد لأجهزة الخاص بي باستخدام بواسطة عبر تم خاص المحمول تطبيق شده با
הודעה זו ההודעה פון מיין שלי הנייד מהמכשיר ממכשיר מדואר מיישום הדואר את מה- מ- מ דרך באמצעות עם הנייד ה- של
ini pesan lewat oleh dari saka daripada kutoka kwa yangu saya melalui menggunakan dengan telefon pintar aplikasi ni ko mula sa aking gamit ang
के साथ गया करें माझ्या वरून मेरो बाट हुआ হয়েছে મારા થી પરથી ਮੇਰੇ ਤੋਂ ਗਿਆ ನನ್ನ ನಿಂದ എന്റെ നിന്ന് سے میرے گیا मेरे से गया मेरा আমার থেকে என் எனது இலிருந்து నా నుండి
fy mo ó m'iphone air chur agam slighe post agam úr mínu mínum frá aplikáciu aplikaci mia nire nik tik gailutik
galaxy pro max mini ultra plus lite note edge fold flip 5g 4g lte capable active smart gt se duos neo xl verizon t-mobile at&t sprint vodafone telstra rogers wi-fi wifi touch torch curve bold pearl
`)

// toward are such words only beside a program: "Outlook for iOS". Beside a device
// alone they tell where something was sent to, or for whom.
var toward = words(`
for on in a and to secure
für auf voor op til till i på för
pour sur à para en al per su pentru pre pro na v для на за в във για στο için üzerinden üçün برای لـ لأجهزة لنظام على עבור
untuk pentru dla fyrir vir voor per iosille per för pre cho e-postą e-pošto sécurisé seguro seguridad sicura sicuro güvenli ασφαλές rendszerre eszközre urządzenia zařízení zariadenia zariadení uređaj
`)

// glyphs are the pieces of sign-offs in scripts without blanks, longest first:
// sending, devices and programs, and the rest.
var (
	glyphSending = []string{"发出", "送出", "寄件自", "保护", "保護", "安全保护", "から送っています", "から返信しています", "返信しています", "で送信されました", "を使用して送信されました", "されました", "されています", "しています", "しました", "작성됨", "보호됨", "전송됨", "ส่งมาจาก", "ส่ง", "gửi qua", "gửi", "bảo mật", "tải về", "ផ្ញើពី", "ສົ່ງຈາກ", "ပို့သည်", "የተላከ", "යවන ලදි", "から送信されました", "から送信しています", "を使用して送信", "を入手する", "を取得", "で保護されています", "来自", "來自", "寄送", "보낸 메일입니다", "보낸 메일", "에서 보낸", "전송됨", "발송됨", "보내짐", "ดาวน์โหลด", "から送信されました", "から送信しました", "から送信", "より送信", "で送信", "送信しました", "送信", "を入手", "をダウンロード", "发送自", "發送自", "发自", "發自", "发送", "發送", "傳送", "传送", "寄自", "寄出", "获取", "取得", "下载", "下載", "에서 보냄", "에서보냄", "에서 전송", "으로 보냄", "로 보냄", "보냄", "전송", "발송", "다운로드", "받기", "가져오기", "보냈습니다", "定制", "ส่งจาก", "ส่งด้วย", "รับ", "ดาวน์โหลด", "gửi từ", "gửi bằng", "tải", "nhận", "lấy"}
	glyphDevices = []string{"企业微信", "デバイス", "htc", "電子郵件", "tuta", "iphone", "ipad", "ipod", "galaxy", "samsung", "android", "ios", "windows", "outlook", "huawei", "xiaomi", "oppo", "vivo", "honor", "pixel", "xperia", "mac", "华为", "華為", "小米", "红米", "荣耀", "榮耀", "三星", "魅族", "一加", "手机", "手機", "平板电脑", "平板電腦", "平板", "电话", "電話", "行動裝置", "行動", "设备", "裝置", "設備", "苹果", "蘋果", "携帯電話", "携帯", "スマートフォン", "スマホ", "端末", "タブレット", "アイフォン", "갤럭시", "삼성", "아이폰", "아이패드", "안드로이드", "휴대폰", "휴대전화", "스마트폰", "핸드폰", "네이버", "qq邮箱", "网易邮箱大师", "网易邮箱", "微信", "yahoo!", "yahoo", "gmail", "โทรศัพท์มือถือ", "โทรศัพท์", "มือถือ", "อุปกรณ์", "ไอโฟน", "điện thoại", "thiết bị", "proton", "foxmail", "naver", "spark", "k-9", "docomo", "qq", "tuta", "bluemail", "hms"}
	glyphBetween = []string{"របស់ខ្ញុំ", "ຂອງຂ້ອຍ", "ကျွန်ုပ်၏", "မှ", "ከ", "මගේ", "වෙතින්", "邮箱", "郵件", "邮件", "メール", "메일", "本", "此", "这", "受", "以", "提供", "このメールは", "は", "によって", "による", "에 의해", "메시지입니다", "입니다", "에서", "로", "ของ", "ผ่าน", "โดยใช้", "มา", "qua", "này", "thư", "từ", "điện", "của", "奇摩", "電子", "보안 이메일", "이메일", "를", "で", "を", "に", "for", "proton", "적용", "용", "应用", "版", "我的", "从", "從", "自", "的", "由", "用", "通过", "透過", "使用", "适用于", "適用於", "版", "智能", "智慧型", "签名", "安全", "手机版", "移动版", "客户端", "应用", "私の", "の", "から", "用の", "向け", "版", "나의", "내", "제", "용", "에서", "으로", "로", "을", "를", "ของฉัน", "ของ", "สำหรับ", "ฉัน", "từ", "của tôi", "của", "tôi", "cho", "dành", "được", "đã", "bằng", "mail", "app", "アプリ", "より", "앱", "모바일", "通过", "一部", "mobile", "smart", "di động"}
)

// wholly are sign-offs that name nothing they were sent from.
var wholly = words(`gesendet_von_unterwegs verschickt_von_unterwegs sent_on_the_go sent_on_the_run typed_with_my_thumbs onderweg_verzonden sendt_på_farten skickat_i_farten sent_on_the_move sent_while_on_the_go sent_while_mobile from_my_mobile from_mobile from_my_phone from_my_iphone sent_from_mailbox sent_from_a_phone sent_using_the_mobile_mail_app typed_with_thumbs
mobil_gesendet von_unterwegs_gesendet unterwegs_gesendet von_unterwegs diese_nachricht_wurde_mobil_gesendet diese_mail_wurde_mobil_gesendet
mobiel_verzonden skickat_mobilt envoyé_en_déplacement enviado_en_movilidad inviato_in_mobilità connected_by_motoblur yahoo_mail_stationery
get_the_app get_it_now`)

// apologising are the words of the apology that may follow.
var apologising = words(`
nachsicht tippfehlern краткоста shkurtësinë ngontacht اختصار keringkasan संक्षिप्तता
errors faults kort korthet краткостта kısalığını
brevity typos typo autocorrect auto-correct spelling terse terseness mistakes thumbs
kürze tippfehler schreibfehler rechtschreibfehler autokorrektur
beknoptheid typefouten tikfouten spelfouten korthed korthet fåordighet stavfel tastefejl tastefeil skrivefeil stuttorður lyhyydestä lyhyys kirjoitusvirheet lühiduse īsumu trumpumą
brièveté laconisme fautes brevedad errores brevetat brevidade erros brevità errori laburtasuna concizia
zwięzłość zwięzłe literówki stručnost stručnosť překlepy kratkosti kratkoći краткоћи краткостта краткость краткость. лаконичность опечатки стислість лаконічність сцісласць ολιγολογία συντομία rövidségért tömörségért pardoni kısa kısalığını
الاختصار الإيجاز הקצרנות הקיצור singkatnya ngắn
`)

var apologisingGlyphs = []string{"ขออภัย", "简短", "簡短", "原谅", "谅解", "原諒", "見諒", "见谅", "申し訳ありません", "失礼", "양해", "thứ lỗi"}

// ownLinks are pieces of the addresses that clients put below a sign-off.
var ownLinks = []string{
	"aka.ms/", "mobisystems.com/aqua", "tuta.com", "tutanota.com", "proton.me", "protonmail.com", "getmailspring", "onelink.me", "overview.mail.yahoo", "mail.yahoo", "bluemail.me", "mail.ru", "yandex", "readdle.com",
	"sparkmailapp", "k9mail", "k-9mail", "thunderbird.net", "fairemail", "email.faircode.eu", "gmx.net", "web.de", "mail.aol", "aol.com/", "apps.apple.com", "itunes.apple.com", "play.google.com", "go.microsoft.com/fwlink",
	"canarymail", "superhuman.com", "shortwave.com", "delta.chat", "zoho.com/mail", "mailbird.com", "emclient.com", "airmailapp", "edison.tech", "polymail.io", "missiveapp", "hey.com", "outlook.com", "samsung.com", "t-online.de", "freenet.de", "windows.microsoft.com",
}

func words(s string) []string { return strings.Fields(s) }

var (
	bracketedLink = regexp.MustCompile(`[<(\[]+(?:https?://|mailto:|www\.)[^\s<>)\]]*[>)\]]+`)
	bareLink      = regexp.MustCompile(`(?:https?://|mailto:|www\.)\S+`)
	partir        = regexp.MustCompile(`(?:^|\s)[aà] partir(?: d[aeo']\S*)?`)
	carrier       = regexp.MustCompile(`,? (?:on|over|via) (?:the )?\S+(?: \S+){0,2}?(?:'s)? network$`)
	sentenceEnd   = regexp.MustCompile(`[.!…。！]+(?:\s+|$)|。|\s+[-–—]\s+|[,;]\s+|，\s*`)
)

// longestSignoff is how long one may be, in characters.
const longestSignoff = 240

// SignsOff reports whether a text, taken alone, is a sign-off.
func SignsOff(text string) bool {
	if utf8.RuneCountInString(text) > longestSignoff {
		return false
	}
	s := plainWords(withoutLinks(text))
	if s == "" || strings.ContainsAny(s, "?？؟"+string(object)) || cites(text) || linksElsewhere(text) {
		return false
	}
	if sendsOff(s) {
		return true
	}
	for _, at := range sentenceEnd.FindAllStringIndex(s, -1) { // what follows is an apology, or what a program says of itself
		head, rest := trimSigns(s[:at[0]]), strings.TrimSpace(s[at[1]:])
		if sendsOff(head) && (apologises(rest) || sendsOff(trimSigns(rest)) || rest == "" || boasts(head, rest)) {
			return true
		}
	}
	return false
}

// boasts reports whether a sign-off names a program and what follows may be what
// that says of itself, not what somebody says to somebody.
func boasts(signoff, rest string) bool {
	const most = 14
	all := signoffWords(rest)
	program := slices.ContainsFunc(programs, func(p string) bool { _, _, ok := cutName(signoff, p); return ok })
	return program && len(all) <= most && !personal(all) && digits(rest) == "" && !slices.ContainsFunc(all, ticket.has) && !containsAny(rest, personalGlyphs)
}

// cites reports whether a text is what somebody says to be a sign-off: it stands
// in quotes, or announces something.
func cites(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	announced := strings.HasSuffix(text, ":") && !containsAny(strings.ToLower(text), programs)
	return strings.ContainsRune("\"“„«>", first) && !strings.HasPrefix(text, ">>") || announced
}

// linksElsewhere reports whether a text has a link that is none of a client's.
func linksElsewhere(text string) bool {
	link := bareLink.FindString(bracketedLink.ReplaceAllString(text, "")) // one in brackets may be the client's, rewritten on the way
	return link != "" && !containsAny(strings.ToLower(link), ownLinks)
}

// plainWords is text in lower case, its quotes plain, without signs around it.
func plainWords(text string) string {
	text = strings.NewReplacer("’", "'", "`", "'", "´", "'", "“", "", "”", "", "„", "", "\"", "", "«", "", "»", "", "*", "", "_", " ", "[", "", "]", "").Replace(text)
	text = strings.Map(func(r rune) rune {
		if ignored(r) {
			return -1
		}
		return r
	}, text)
	return trimSigns(strings.ToLower(text))
}

func trimSigns(s string) string { return strings.Trim(s, "-–—~•|<>().!…。:：^ ") }

func withoutLinks(text string) string {
	if !strings.Contains(text, "://") && !strings.Contains(text, "mailto:") && !strings.Contains(text, "www.") {
		return text
	}
	text = bracketedLink.ReplaceAllString(text, "")
	return strings.Join(strings.Fields(bareLink.ReplaceAllString(text, "")), " ")
}

// sendsOff reports whether one sentence, in lower case, is a sign-off.
func sendsOff(s string) bool {
	s = strings.Replace(carrier.ReplaceAllString(s, ""), ", an at&t", "", 1)
	if slices.Contains(wholly, strings.Join(strings.Fields(s), "_")) {
		return true
	}
	return spaced(s) || unspaced(s) || advertises(s)
}

// ofMine is how a sign-off begins that has no word for sending.
var ofMine = regexp.MustCompile(`^(?:from my|von meinem|vom handy|fra min|från min|de mon|depuis mon|desde mi|dal mio|do meu|van mijn) `)

// spaced reads a script with blanks: every word must be one that sign-offs have.
func spaced(s string) bool {
	s, program := withoutProgram(partir.ReplaceAllString(s, " "))
	sends, gets, device, maker := false, false, program, false
	program = program || mailOfSystem(s)
	hungarian := strings.Contains(s, "küld")
	for _, w := range signoffWords(s) {
		switch {
		case program && slices.Contains(toward, w), hungarian && w == "a":
		case slices.Contains(sending, w):
			sends = true
		case slices.Contains(getting, w):
			gets = true
		case inflects(w, makers):
			device, maker = true, true
		case inflects(w, devices):
			device = true
		case slices.Contains(between, w), isModel(w) && (maker || program):
		default:
			return false
		}
	}
	return device && (sends || ofMine.MatchString(s)) || program && gets
}

// mailOfSystem reports whether s names the mail program of a system by what it
// is: "Mail for Windows".
func mailOfSystem(s string) bool {
	all := signoffWords(s)
	system := func(w string) bool { return w == "windows" || w == "android" || w == "ios" }
	program := func(w string) bool {
		return slices.Contains([]string{"mail", "posta", "courrier", "correo", "correio", "e-post", "почта", "pošta", "poczta", "posty", "מדואר", "דואר", "app"}, w)
	}
	return slices.ContainsFunc(all, system) && slices.ContainsFunc(all, program)
}

// signoffWords are the words of s, an ending behind an apostrophe or a hyphen
// left with its word.
func signoffWords(s string) []string {
	var all []string
	for w := range strings.FieldsSeq(s) {
		if w = strings.Trim(w, ".,;:!()'-–—/+&"); w != "" {
			all = append(all, w)
		}
	}
	return all
}

// withoutProgram takes the name of a mail program out of s.
func withoutProgram(s string) (rest string, found bool) {
	for _, p := range slices.Concat(programs, modest) {
		if before, after, ok := cutName(s, p); ok {
			return before + " " + after, true
		}
	}
	return s, false
}

// cutName cuts s around a name, with the ending that a language gives it.
func cutName(s, name string) (before, after string, ok bool) {
	before, after, ok = strings.Cut(s, name)
	if r := lastRune(before); !ok || unicode.IsLetter(r) && !unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai) {
		return s, "", false
	}
	n := strings.IndexFunc(after, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;:.()", r) })
	if n < 0 {
		n = len(after)
	}
	return before, after[n:], utf8.RuneCountInString(after[:n]) <= longestEnding
}

// longestEnding is the longest that languages put behind a name: "Mailspringből",
// "iPhone-ról", "telefonumdan".
const longestEnding = 6

// inflects reports whether a word is one of a list with the endings of a language
// or, of the longer ones, behind the first part of a compound.
func inflects(word string, list []string) bool {
	word = strings.TrimPrefix(strings.TrimLeft(word, "הבלמכו־-"), "ال")
	for _, d := range list {
		at := strings.Index(word, d)
		short := utf8.RuneCountInString(d) < 4
		if at < 0 || short && word != d || at > 0 && word[at-1] != '-' && utf8.RuneCountInString(d) < 6 {
			continue
		}
		if ending := word[at+len(d):]; utf8.RuneCountInString(strings.Trim(ending, "'-’")) <= longestEnding {
			return true
		}
	}
	return false
}

// isModel reports whether a word is a number or the like of "S24", "10", "P30".
func isModel(w string) bool {
	return utf8.RuneCountInString(w) <= 6 && strings.ContainsAny(w, "0123456789") && !strings.Contains(w, ":")
}

// unspaced reads a script without blanks: nothing may be left of it.
func unspaced(s string) bool {
	if isASCII(s) {
		return false
	}
	s, device := withoutProgram(s)
	sends := false
	for _, g := range glyphs {
		rest := strings.ReplaceAll(s, g.text, " ")
		if rest != s {
			sends, device = sends || g.sends, device || g.device
		}
		s = rest
	}
	for _, w := range signoffWords(s) {
		if !isModel(w) && !slices.Contains(between, w) {
			return false
		}
	}
	return sends && device
}

// glyph is a piece of a sign-off in such a script.
type glyph struct {
	text          string
	sends, device bool
}

// glyphs are all of them, longest first.
var glyphs = longestFirst()

func longestFirst() []glyph {
	var all []glyph
	for _, g := range glyphSending {
		all = append(all, glyph{text: g, sends: true})
	}
	for _, g := range glyphDevices {
		all = append(all, glyph{text: g, device: true})
	}
	for _, g := range glyphBetween {
		all = append(all, glyph{text: g})
	}
	slices.SortStableFunc(all, func(a, b glyph) int { return len(b.text) - len(a.text) })
	return all
}

// advertises reports whether s is what a mail program says of itself: its name,
// and a few words that nobody would call an answer.
func advertises(s string) bool {
	const most = 12
	i := slices.IndexFunc(programs, func(p string) bool { _, _, ok := cutName(s, p); return ok })
	if i < 0 {
		return false
	}
	before, after, _ := cutName(s, programs[i])
	all := signoffWords(before + " " + after)
	if len(all) > most || personal(all) {
		return false
	}
	if len(all) > 0 && (slices.Contains(sending, all[0]) || slices.Contains(getting, all[0])) {
		return true
	}
	return before == "" && strings.HasPrefix(strings.TrimSpace(after), ":") && strings.Count(after, ",") > 1 // "Yahoo Mail: Search, Organize, Conquer"
}

// apologises reports whether a text is the apology that follows a sign-off.
func apologises(text string) bool {
	s := plainWords(text)
	const most = 14
	all := signoffWords(s)
	if containsAny(s, apologisingGlyphs) {
		return utf8.RuneCountInString(s) < 40
	}
	return len(all) > 0 && len(all) <= most && slices.ContainsFunc(all, func(w string) bool { return slices.Contains(apologising, w) })
}

// linksToClient reports whether a text is nothing but a link of a mail program.
func linksToClient(text string) bool {
	return text != "" && withoutLinks(text) == "" && containsAny(strings.ToLower(text), ownLinks)
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}
