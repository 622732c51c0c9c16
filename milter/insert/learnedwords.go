package insert

import (
	"slices"
	"strings"
)

// spoken are phrases of one language, or of several, in lower case.
type spoken struct {
	lang  string // BCP 47
	texts []string
}

// closingWords are what people write above their name at the end of a mail.
var closingWords = []spoken{
	{"en", []string{"regards", "best regards", "kind regards", "kindest regards", "warm regards", "with kind regards", "with best regards", "many thanks and kind regards", "thanks and regards", "best", "best wishes", "all the best", "sincerely", "yours sincerely", "yours faithfully", "yours truly", "yours", "cheers", "thanks", "thank you", "many thanks", "thanks a lot", "thanks in advance", "br", "kr"}},
	{"de", []string{"mit freundlichen grüßen", "mit freundlichen gruessen", "mit freundlichen grüssen", "mit freundlichem gruß", "mit besten grüßen", "freundliche grüße", "freundliche grüsse", "beste grüße", "viele grüße", "liebe grüße", "herzliche grüße", "schöne grüße", "grüße", "gruß", "vielen dank", "danke", "mfg", "vg", "lg", "bg", "hochachtungsvoll"}},
	{"fr", []string{"cordialement", "bien cordialement", "salutations", "meilleures salutations", "bien à vous", "merci", "merci d'avance", "bonne journée", "amicalement", "cdt", "cdlt"}},
	{"es", []string{"saludos", "un saludo", "saludos cordiales", "un cordial saludo", "atentamente", "gracias", "muchas gracias", "cordialmente"}},
	{"pt", []string{"cumprimentos", "melhores cumprimentos", "com os melhores cumprimentos", "atenciosamente", "obrigado", "obrigada", "abraços", "att"}},
	{"it", []string{"cordiali saluti", "distinti saluti", "saluti", "un saluto", "grazie", "grazie mille", "buona giornata"}},
	{"nl", []string{"met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet", "groet", "groeten", "groetjes", "bedankt", "mvg"}},
	{"da", []string{"med venlig hilsen", "venlig hilsen", "hilsen", "tak", "mvh", "vh"}},
	{"nb", []string{"med vennlig hilsen", "vennlig hilsen", "takk"}},
	{"sv", []string{"med vänlig hälsning", "med vänliga hälsningar", "vänliga hälsningar", "hälsningar", "tack"}},
	{"fi", []string{"ystävällisin terveisin", "terveisin", "kiitos"}},
	{"et", []string{"lugupidamisega"}},
	{"lv", []string{"ar cieņu"}},
	{"lt", []string{"pagarbiai"}},
	{"pl", []string{"pozdrawiam", "z poważaniem", "serdecznie pozdrawiam", "pozdrowienia", "dziękuję"}},
	{"cs", []string{"s pozdravem", "s přátelským pozdravem", "děkuji"}},
	{"sk", []string{"s pozdravom", "ďakujem"}},
	{"hu", []string{"üdvözlettel", "tisztelettel", "köszönettel", "köszönöm"}},
	{"sl", []string{"lep pozdrav"}},
	{"hr", []string{"srdačan pozdrav", "s poštovanjem", "pozdrav", "hvala"}},
	{"ro", []string{"cu stimă", "mulțumesc"}},
	{"bg", []string{"с уважение", "поздрави"}},
	{"sr", []string{"с поштовањем"}},
	{"ru", []string{"с уважением", "с наилучшими пожеланиями", "спасибо"}},
	{"uk", []string{"з повагою", "дякую"}},
	{"el", []string{"με εκτίμηση", "ευχαριστώ"}},
	{"tr", []string{"saygılarımla", "iyi çalışmalar", "teşekkürler"}},
	{"he", []string{"בברכה", "תודה"}},
	{"ar", []string{"تحياتي", "مع أطيب التحيات", "مع التحية", "شكرا"}},
	{"fa", []string{"با احترام"}},
	{"vi", []string{"trân trọng", "cảm ơn"}},
	{"id", []string{"hormat saya", "salam", "terima kasih"}},
	{"th", []string{"ขอแสดงความนับถือ", "ขอบคุณ"}},
	{"zh", []string{"此致", "敬礼", "谢谢", "謝謝", "祝好"}},
	{"ja", []string{"以上", "敬具", "よろしくお願いいたします", "よろしくお願いします"}},
	{"ko", []string{"감사합니다", "드림"}},
}

// closingIndex is the table by text.
var closingIndex = func() map[string]bool {
	m := make(map[string]bool)
	for _, c := range closingWords {
		for _, text := range c.texts {
			m[text] = true
		}
	}
	return m
}()

// isClosing reports whether a line closes a mail; a name may follow in it.
func isClosing(text string) bool {
	const (
		longest = 60 // bytes
		after   = 3  // words of a name
	)
	if len(text) > longest {
		return false
	}
	t := fold(text)
	if closingIndex[strings.TrimFunc(t, closingSign)] {
		return true
	}
	for i, r := range t {
		if r == ',' && closingIndex[strings.TrimFunc(t[:i], closingSign)] && len(strings.Fields(t[i:])) <= after+1 {
			return true
		}
	}
	return false
}

func closingSign(r rune) bool { return strings.ContainsRune(" ,.!;-–—*_~。，！、", r) }

// postscripts begin what people add below their name.
var postscripts = []spoken{
	{"en, de, nl, sv", []string{"ps"}},
	{"en, it, ru", []string{"p.s."}},
	{"en", []string{"p.s", "pps", "nb", "n.b."}},
	{"fr", []string{"p.-s."}},
	{"es", []string{"p.d.", "pd"}},
	{"fi, pl", []string{"ps."}},
	{"cs", []string{"p. s."}},
	{"el", []string{"υ.γ.", "υγ"}},
	{"ru", []string{"з.ы.", "зы"}},
	{"zh", []string{"附", "又及"}},
	{"ja", []string{"追伸"}},
	{"ko", []string{"추신"}},
	{"he", []string{"נ.ב."}},
	{"ar", []string{"ملاحظة"}},
}

// isPostscript reports whether a line begins a postscript.
func isPostscript(text string) bool {
	t := fold(text)
	for _, p := range postscripts {
		for _, text := range p.texts {
			if rest, ok := strings.CutPrefix(t, text); ok && (rest == "" || strings.ContainsAny(rest[:1], " :-,.") || strings.HasPrefix(rest, "：")) {
				return true
			}
		}
	}
	return false
}

// belowWords are in sentences that speak of an address, or of what stands below.
var belowWords = []spoken{
	{"en", []string{"address", "below", "following"}},
	{"de, fr, da, nb", []string{"adresse"}},
	{"de", []string{"anschrift", "unten", "folgende", "nachstehend"}},
	{"fr", []string{"ci-dessous", "suivant"}},
	{"es", []string{"dirección", "siguiente", "abajo"}},
	{"it", []string{"indirizzo", "seguente", "sotto"}},
	{"pt", []string{"endereço", "morada", "seguinte", "abaixo"}},
	{"nl, pl, tr", []string{"adres"}},
	{"nl", []string{"hieronder", "volgende"}},
	{"da, nb", []string{"nedenfor", "følgende"}},
	{"sv", []string{"adress", "nedan", "följande"}},
	{"fi", []string{"osoit", "alla oleva", "seuraava"}},
	{"pl", []string{"poniż", "następując"}},
	{"cs", []string{"adresu", "níže"}},
	{"sk", []string{"nižšie"}},
	{"hu", []string{"alábbi", "cím"}},
	{"ro, hr, cs", []string{"adresa"}},
	{"ro", []string{"mai jos"}},
	{"ru, bg, uk", []string{"адрес"}},
	{"ru", []string{"ниже", "следующ"}},
	{"uk", []string{"нижче"}},
	{"bg", []string{"по-долу"}},
	{"el", []string{"διεύθυνση", "παρακάτω"}},
	{"tr", []string{"aşağıda"}},
	{"he", []string{"כתובת", "להלן"}},
	{"ar", []string{"العنوان", "أدناه"}},
	{"fa", []string{"نشانی"}},
	{"vi", []string{"địa chỉ"}},
	{"id", []string{"alamat"}},
	{"th", []string{"ที่อยู่"}},
	{"zh", []string{"地址", "如下"}},
	{"ja", []string{"住所", "宛先", "下記", "以下"}},
	{"ko", []string{"주소", "아래"}},
}

// pointsBelow reports whether a sentence, in lower case, announces an address or
// what stands below.
func pointsBelow(lower string) bool {
	for _, b := range belowWords {
		if slices.ContainsFunc(b.texts, func(text string) bool { return strings.Contains(lower, text) }) {
			return true
		}
	}
	return false
}
