package policy

import (
	"slices"
	"strings"
	"testing"
)

// TestLanguage has mail of every language, of the sort people write, and what is
// too short or too mixed to tell.
func TestLanguage(t *testing.T) {
	texts := map[string][]string{
		"en": {"Thursday is fine. See you there.", "Please find attached the documents we talked about yesterday. Kind regards", "Can you send me the invoice?"},
		"de": {"Donnerstag passt mir gut, bis dann.", "Hallo Ben, anbei die Unterlagen, die wir gestern besprochen haben. Viele Grüße", "Könnten Sie mir bitte die Rechnung schicken?", "Sehr geehrte Frau Muster, vielen Dank für Ihre Nachricht."},
		"fr": {"Bonjour, veuillez trouver ci-joint les documents demandés.", "Je vous remercie pour votre réponse. Cordialement", "Est-ce que vous pouvez m'envoyer la facture ?"},
		"es": {"Buenos días, le envío los documentos que pidió ayer.", "Muchas gracias por su respuesta. Un saludo", "El jueves me viene bien, nos vemos por la mañana."},
		"pt": {"Bom dia, segue em anexo o documento que pediu ontem.", "Muito obrigado pela sua resposta. Com os melhores cumprimentos", "Não há problema, até quinta-feira."},
		"it": {"Buongiorno, in allegato i documenti richiesti ieri.", "La ringrazio per la sua risposta. Cordiali saluti", "Giovedì va bene, ci vediamo alle nove. Grazie e a presto"},
		"nl": {"Beste Ben, in de bijlage vind je de stukken die we gisteren bespraken.", "Hartelijk dank voor uw bericht. Met vriendelijke groeten", "Kun je mij de factuur nog een keer sturen?"},
		"sv": {"Hej Ben, här kommer dokumenten vi pratade om i går.", "Tack för ditt svar. Vänliga hälsningar", "Måndag blir bra för oss.", "Det går bra på torsdag, vi ses då och jag är där."},
		"da": {"Hej Ben, her er de dokumenter, vi talte om i går.", "Mange tak for dit svar. Med venlig hilsen", "Kan du sende mig noget mere om det? Hvad koster det nu?"},
		"nb": {"Hei Ben, her er dokumentene vi snakket om i går.", "Takk for svaret ditt. Med vennlig hilsen", "Kan du sende meg noe mer om det? Hva koster det nå?"},
		"fi": {"Hei Ben, tässä ovat asiakirjat, joista puhuimme eilen.", "Kiitos vastauksesta. Ystävällisin terveisin"},
		"pl": {"Dzień dobry, w załączniku przesyłam dokumenty, o których rozmawialiśmy.", "Dziękuję za odpowiedź. Pozdrawiam"},
		"cs": {"Dobrý den, v příloze posílám dokumenty, o kterých jsme včera mluvili.", "Děkuji za odpověď. S pozdravem"},
		"sk": {"Dobrý deň, v prílohe posielam dokumenty, o ktorých sme včera hovorili.", "Ďakujem za odpoveď. S pozdravom"},
		"hu": {"Jó napot, mellékelten küldöm a tegnap megbeszélt dokumentumokat.", "Köszönöm a válaszát. Üdvözlettel"},
		"ro": {"Bună ziua, vă trimit atașat documentele despre care am vorbit.", "Mulțumesc pentru răspuns. Cu stimă"},
		"tr": {"Merhaba Ben, dün konuştuğumuz belgeleri ekte bulabilirsiniz.", "Cevabınız için teşekkür ederim. Saygılarımla"},
		"hr": {"Poštovani, u privitku vam šaljem dokumente o kojima smo razgovarali.", "Hvala na odgovoru. Srdačan pozdrav"},
		"ru": {"Добрый день, во вложении документы, о которых мы говорили.", "Спасибо за ответ. С уважением", "Да, договорились. Мне подходит"},
		"uk": {"Добрий день, у вкладенні документи, про які ми говорили.", "Дякую за відповідь. З повагою", "Доброго дня! Понеділок мені підходить, її теж влаштує."},
		"bg": {"Добър ден, изпращам ви документите, за които говорихме.", "Благодаря за отговора. Поздрави"},
		"ar": {"السلام عليكم، يرجى الاطلاع على الوثائق التي تحدثنا عنها في المرفق.", "شكرا لكم مع أطيب تحياتي"},
		"fa": {"سلام، مدارکی که در مورد آن صحبت کردیم را در پیوست برای شما فرستادم.", "ممنون از پاسخ شما با احترام"},
		"el": {"Καλημέρα, επισυνάπτω τα έγγραφα που συζητήσαμε."},
		"he": {"שלום, מצורפים המסמכים שדיברנו עליהם."},
		"hi": {"नमस्ते, कृपया संलग्न दस्तावेज़ देखें।"},
		"ja": {"こんにちは、添付の書類をご確認ください。", "お世話になっております。Contosoの田中です。"},
		"ko": {"안녕하세요, 첨부 문서를 확인해 주세요."},
		"th": {"สวัสดีครับ กรุณาดูเอกสารแนบ"},
		"zh": {"您好，附件是我们昨天谈到的文件。"},
		"": {
			"", "OK", "Thanks!", "Danke", "Merci", "12345 67890", "https://contoso.com/the/and/of?x=1",
			"Alice Muster", "Contoso GmbH", "谢谢", "Done :-)", "Ταχ",
			"Thank you for the report. Vielen Dank für den Bericht, wir melden uns.",
		},
	}
	for want, list := range texts {
		for _, text := range list {
			if got := language(fold(text)); got != want {
				t.Errorf("%q, not %q: %s", got, want, text)
			}
		}
	}
	for _, l := range languages() {
		if len(texts[l]) == 0 {
			t.Errorf("no text in %q", l)
		}
	}
}

// A stop word is met only as fold writes it.
func TestStopWordsAreFolded(t *testing.T) {
	for l, words := range stopWords {
		if fold(words) != words {
			t.Errorf("the words of %s are not folded", l)
		}
		if n := len(strings.Fields(words)); n < 25 {
			t.Errorf("%s has only %d", l, n)
		}
	}
	if !slices.IsSorted(languages()) {
		t.Error("the codes are in no order")
	}
}
