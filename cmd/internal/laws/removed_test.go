package laws

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"sigmilter/milter/engine"
)

// people are the authors of these tests.
var people = map[string]*Person{
	"alice": {
		Name: "Alice Muster", Given: "Alice", Surname: "Muster", Addresses: []string{"alice@contoso.com", "a.muster@contoso.com"},
		Values: []string{"Head of Sales", "Sales", "Contoso GmbH", "+49 30 1234567", "+49 170 1112223", "Musterweg 7", "Berlin", "10115"},
	},
	"juergen": {
		Name: "Müller, Jürgen", Given: "Jürgen", Surname: "Müller", Addresses: []string{"juergen@contoso.com"},
		Values: []string{"Geschäftsführer", "Contoso GmbH", "+49 30 7654321"},
	},
	"elodie": {
		Name: "FONTAINE Élodie", Given: "Élodie", Surname: "Fontaine", Addresses: []string{"elodie@contoso.fr"},
		Values: []string{"Responsable qualité", "Contoso France SAS", "+33 1 99 00 11 22", "12 rue des Lilas", "69003", "Lyon"},
	},
	"zofia": {
		Name: "Zofia Łącka", Given: "Zofia", Surname: "Łącka", Addresses: []string{"zofia@contoso.pl"},
		Values: []string{"Kierownik działu", "Contoso Sp. z o.o.", "+48 22 300 40 50"},
	},
	"haruto": {
		Name: "佐藤 陽翔", Given: "陽翔", Surname: "佐藤", Addresses: []string{"sato@contoso.jp"},
		Values: []string{"営業部長", "コントソ株式会社", "+81 3 1234 5678"},
	},
	"noa": {
		Name: "נועה לוי", Given: "נועה", Surname: "לוי", Addresses: []string{"noa@contoso.co.il"},
		Values: []string{"מנהלת מכירות", "קונטוסו בע\"מ", "+972 3 123 4567"},
	},
	"olga": {
		Name: "Ольга Петрова", Given: "Ольга", Surname: "Петрова", Addresses: []string{"olga@contoso.ru"},
		Values: []string{"Ведущий инженер", "ООО Контосо", "+7 495 123-45-67"},
	},
	"joao": {
		Name: "João Silva", Given: "João", Surname: "Silva", Addresses: []string{"joao@contoso.pt"},
		Values: []string{"Gestor de projeto", "Contoso Lda", "+351 21 123 4567"},
	},
}

// wrongRemovals are texts in which the lines behind a ~ were taken out, which
// must not have gone.
var wrongRemovals = []struct{ name, who, text string }{
	// data as content: where to deliver, whom to call, who comes
	{"delivery address, English", "alice", "Please send it to this address:||~Alice Muster|~Contoso GmbH|~Musterweg 7|~10115 Berlin"},
	{"delivery address, thanks below", "alice", "Our address for the parcel is:||~Alice Muster|~Contoso GmbH|~Musterweg 7|~10115 Berlin||Thanks"},
	{"delivery address, German", "juergen", "Bitte liefern Sie an folgende Adresse:||~Jürgen Müller|~Contoso GmbH|~Hafenstraße 12|~20457 Hamburg"},
	{"delivery address, German, no colon", "juergen", "Die Lieferung geht an||~Jürgen Müller|~Contoso GmbH|~+49 30 7654321"},
	{"delivery address, French", "elodie", "Voici l'adresse de livraison :||~Élodie Fontaine|~Contoso France SAS|~12 rue des Lilas|~69003 Lyon"},
	{"delivery address, Spanish, unfinished", "alice", "Los paquetes se envían a||~Alice Muster|~Contoso GmbH|~Musterweg 7|~10115 Berlin"},
	{"delivery address, Polish", "zofia", "Proszę wysłać na adres:||~Zofia Łącka|~Contoso Sp. z o.o.|~ul. Długa 4|~00-238 Warszawa"},
	{"delivery address, Japanese", "haruto", "送付先は以下のとおりです：||~佐藤 陽翔|~コントソ株式会社|~+81 3 1234 5678"},
	{"delivery address, Russian", "olga", "Адрес доставки:||~Ольга Петрова|~ООО Контосо|~+7 495 123-45-67"},
	{"delivery address, Hebrew", "noa", "הכתובת למשלוח:||~נועה לוי|~קונטוסו בע\"מ|~+972 3 123 4567"},
	{"emergency number", "alice", "The hall is empty at night. In an emergency call||~Alice Muster|~+49 30 1234567|~+49 170 1112223"},
	{"emergency number, German", "juergen", "Bei Störungen am Wochenende bitte anrufen||~Jürgen Müller|~+49 30 7654321"},
	{"emergency number, Portuguese", "joao", "Em caso de urgência, por favor ligue para||~João Silva|~+351 21 123 4567|~joao@contoso.pt"},
	{"visitor badge", "alice", "My data for the badge:|~Alice Muster|~Contoso GmbH|~+49 170 1112223|License plate B-AM 123"},
	{"visitor badge with the plate", "alice", "Here I am:|~Alice Muster|~Contoso GmbH|~License plate B-AM 123|~+49 170 1112223"},
	{"a form, line by line", "alice", "As you asked.||~Name: Alice Muster|~Company: Contoso GmbH|~Arrival: Monday|~Phone: +49 30 1234567"},
	{"hotel booking", "juergen", "Bitte ein Einzelzimmer für||~Jürgen Müller|~Contoso GmbH|~+49 30 7654321"},
	{"invoice address", "elodie", "La facture est à adresser à||~Élodie Fontaine|~Contoso France SAS|~12 rue des Lilas|~69003 Lyon"},
	{"phone for the driver", "alice", "Gate 3.||~Alice Muster|~Contoso GmbH|~Phone for the driver: +49 30 1234567"},
	// lists of contacts
	{"contacts, the author last", "alice", "The contacts:||Carl Nowak|+49 30 5550102|carl@contoso.com||~Alice Muster|~+49 30 1234567|~alice@contoso.com"},
	{"contacts, the author first", "alice", "We are two this week.||~Alice Muster|~+49 30 1234567|~alice@contoso.com||Carl Nowak|+49 30 5550102|carl@contoso.com"},
	{"contacts, all gone", "alice", "Who is there this week:||~Alice Muster|~Contoso GmbH|~+49 30 1234567||~Carl Nowak|~+49 30 5550102"},
	{"contacts, the other inside", "alice", "We are two this week.||~Alice Muster|~Head of Sales|~Carl Nowak|~+49 30 5550102|~+49 30 1234567"},
	{"contacts below a name that ends the letter", "alice", "Fine.||Viele Grüße|~Alice||~Carl Nowak|~Service Engineer|~Contoso GmbH|~+49 30 5550102||~Alice Muster|~+49 30 1234567"},
	{"contacts, bulleted", "alice", "This week:||- Carl Nowak, +49 30 5550102|~- Alice Muster, +49 30 1234567"},
	{"contacts, numbered", "alice", "This week.||1. Carl Nowak, +49 30 5550102|~2. Alice Muster, Contoso GmbH, +49 30 1234567"},
	{"a colleague's signature", "alice", "Turn to my colleague.||~Carl Nowak|~Service Engineer|~Contoso GmbH|~+49 30 5550102"},
	{"a colleague's address in it", "alice", "Fine.||~Alice Muster|~Contoso GmbH|~carl.nowak@fabrikam.example"},
	// the end of the letter
	{"a name alone", "alice", "See you.||Best regards|~Alice Muster"},
	{"a first name alone", "alice", "See you.||Best regards|~Alice"},
	{"the closing too", "alice", "See you.||~Best regards||~Alice Muster|~Head of Sales|~Contoso GmbH|~+49 30 1234567"},
	{"the closing too, German", "juergen", "Bis dann.||~Mit freundlichen Grüßen|~Jürgen Müller|~Geschäftsführer|~+49 30 7654321"},
	{"the sentence above", "alice", "Hello.||~It is on Thursday at ten.|~Alice Muster|~Contoso GmbH|~+49 30 1234567"},
	{"the postscript", "alice", "Hello.||~Alice Muster|~Contoso GmbH|~+49 30 1234567||~PS: please bring the small meter too."},
	{"the author's number in a sentence", "alice", "Hello.||~You can reach me on +49 30 1234567 until six."},
	{"text between two halves", "alice", "Hello.||~Alice Muster|~Head of Sales|~Could you send me the offer?|~Contoso GmbH|~+49 30 1234567"},
	{"below a delimiter, a request", "alice", "Hello.||~--|~Alice Muster|~Contoso GmbH|~Please bring the plans on Monday."},
	{"a list's trailer", "alice", "Hello.||~--|~Users' group Berlin|~https://lists.example/berlin"},
	{"six lines below", "alice", "Hello.||~Alice Muster|~Contoso GmbH|~+49 30 1234567||One.|Two.|Three.|Four.|Five."},
	{"in quoted mail", "alice", "Hello.||~> Alice Muster|~> Contoso GmbH|~> +49 30 1234567"},
	// a whole answer beside a sign-off
	{"the answer below, English", "alice", "~Sent from my iPhone|~Yes please go ahead"},
	{"the answer below, German", "juergen", "Hallo Ben||~Von meinem iPhone gesendet|~Ja gerne so machen"},
	{"the answer above, Turkish", "alice", "~Tamam yarın getiririm|~iPhone'umdan gönderildi"},
	{"the answer above, Hungarian", "alice", "~Rendben|~Az iPhone-omról küldve"},
	{"the answer above, Japanese", "haruto", "~はい。|~資料は明日送ります。|~iPadから送信"},
	{"the answer above, French", "elodie", "~D'accord pour jeudi|~Envoyé de mon iPhone"},
	{"the answer above, Italian", "alice", "~Va bene|~Inviato da iPhone"},
	{"the answer below a program's line", "alice", "~Sent from Mailspring|~Yes please go ahead"},
	{"the answer behind an apology", "alice", "~Sent from my phone. Please excuse my brevity.|~I will call you on Monday"},
	{"a line of a diff", "alice", "~Sent from my Galaxy|~-a"},
	{"a line of a diff below a signature", "alice", "Fine.||~Alice Muster|~Contoso GmbH|~+49 30 1234567||~--- a/main.c|~Sent from my iPhone"},
	{"a version", "alice", "~Get Outlook for iOS|~2.47.0"},
	{"a sign-off in quotes", "alice", "~Sent from my iPhone|~\"Sent from my iPhone\""},
	{"a row of answers", "alice", "~Yes|~No|~Thursday|~Sent from my Galaxy"},
	// sentences that resemble a sign-off
	{"an assistant's mailbox", "alice", "The plan is attached.||~Sent from my assistant's mailbox"},
	{"a mobile office, French", "elodie", "Le colis est parti.||~Envoyé depuis notre bureau mobile"},
	{"a device in a hall", "juergen", "Die Werte.||~Gesendet vom Gerät in Halle 4"},
	{"an old system", "alice", "You asked where the alarm came from.||~Sent from the old phone system"},
	{"Outlook for colleagues", "alice", "To do for IT.||~Get Outlook for all new colleagues"},
	{"a step of instructions", "alice", "The next step for all of us is this:||~Get Outlook for iOS"},
	{"a step with its number", "alice", "Do this.||1. Remove the old app|~2. Get Outlook for iOS"},
	{"a place", "alice", "Where is it from?||~Sent from Canary Wharf"},
	{"to a phone", "alice", "The code is there.||~Sent to my phone"},
	{"to a phone, Spanish", "alice", "El código.||~Enviado a mi móvil"},
	{"to a phone, German", "juergen", "Der Code ist da.||~An mein Handy gesendet"},
	{"from a colleague's phone", "alice", "About the photo.||~Sent from the phone of a colleague"},
	{"a question", "alice", "About the photo.||~Sent from your iPhone?"},
	{"a denial, German", "juergen", "Das Foto.||~Nicht von meinem iPhone gesendet"},
	{"a wrapped sentence", "alice", "Hi Ben,|the picture that you got yesterday was|~sent from my iPhone"},
	{"a wrapped sentence, German", "juergen", "Das Bild von gestern wurde leider|~von meinem iPhone gesendet"},
	{"by post", "alice", "The contract:||~Sent by mail"},
	{"a warehouse, Dutch", "alice", "Het pakket.||~Verzonden vanuit ons magazijn"},
	{"a warehouse, Russian", "olga", "Посылка.||~Отправлено со склада в Туле"},
	{"a branch, Polish", "zofia", "Paczka.||~Wysłane z oddziału w Gdyni"},
	{"a thing named like a program", "alice", "What happened?||~Spark plugs sent with the courier"},
}

// rightRemovals are texts in which they had to go.
var rightRemovals = []struct{ name, who, text string }{
	// sign-offs
	{"iPhone", "alice", "Fine.||~Sent from my iPhone"},
	{"directly below", "alice", "Fine.|~Sent from my iPhone"},
	{"below a line without a stop", "alice", "Thursday works|~Sent from my iPhone"},
	{"Galaxy", "alice", "Fine.||~Sent from my Galaxy S24"},
	{"a carrier", "alice", "Fine.||~Sent from my Verizon, Samsung Galaxy smartphone"},
	{"a carrier's network", "alice", "Fine.||~Sent from my BlackBerry 10 smartphone on the Northwind network."},
	{"Outlook", "alice", "Fine.||~Get Outlook for iOS<https://aka.ms/o0ukef>"},
	{"Outlook, German", "juergen", "Gut.||~Gesendet von Outlook für Android"},
	{"Windows, German", "juergen", "Gut.||~Gesendet von Mail<https://go.microsoft.com/fwlink/?LinkId=550986> für Windows"},
	{"an apology", "alice", "Fine.||~Sent from my phone|~Please excuse my brevity."},
	{"an apology, wrapped", "alice", "Fine.||~Sent from my Android device with K-9 Mail. Please excuse my|~brevity."},
	{"an apology, wrapped late", "alice", "Fine.||~Sent from my phone. Please excuse my brevity and any autocorrect|~errors."},
	{"Tuta and its link", "alice", "Fine.||~--|~Secured with Tuta Mail:|~https://tuta.com/free-email"},
	{"Yahoo", "alice", "Fine.||~Get organized with Yahoo Mail"},
	{"Mailspring", "alice", "Fine.||~Sent from Mailspring (https://getmailspring.com/), the best free email app for work"},
	{"Proton, Markdown", "alice", "Fine.||~Sent with [Proton Mail](https://proton.me/mail/home) secure email."},
	{"French", "elodie", "Bien.||~Envoyé depuis mon Wiko"},
	{"Spanish", "alice", "Bien.||~Enviado desde mi Huawei"},
	{"Portuguese", "joao", "Bem.||~Enviado do meu telemóvel Samsung"},
	{"Italian", "alice", "Bene.||~Inviato dal mio dispositivo Samsung Galaxy."},
	{"Dutch", "alice", "Goed.||~Verzonden vanaf mijn Fairphone"},
	{"Swedish", "alice", "Bra.||~Skickat från min iPad"},
	{"Finnish", "alice", "Hyvä.||~Lähetetty iPhonesta"},
	{"Hungarian", "alice", "Jó.|~Az iPhone-omról küldve"},
	{"Turkish", "alice", "Tamam|~iPhone'umdan gönderildi"},
	{"Polish", "zofia", "Dobrze.||~Wysłane z iPhone’a"},
	{"Czech", "alice", "Ano.||~Odesláno z iPhonu"},
	{"Russian", "olga", "Хорошо.||~Отправлено из мобильной Почты Mail.ru"},
	{"Greek", "alice", "Ναι.||~Στάλθηκε από το iPhone μου"},
	{"Arabic", "alice", "نعم||~تم الإرسال من هاتف Samsung Galaxy الخاص بي"},
	{"Hebrew", "noa", "כן||~נשלח מה-iPhone שלי"},
	{"Japanese", "haruto", "はい。|~iPadから送信"},
	{"Chinese", "alice", "好的。||~发自我的华为手机"},
	{"Korean", "alice", "네.||~나의 Galaxy에서 보냄"},
	{"Thai", "alice", "ได้||~ส่งจาก iPhone ของฉัน"},
	{"Vietnamese", "alice", "Được.||~Đã gửi từ iPhone của tôi"},
	{"above an answer", "alice", "~Sent from my iPhone|Yes please go ahead"},
	{"the admin's own", "alice", "Fine.||~On the road for Contoso"},
	// markers
	{"marker", "alice", "Fine.||~{SIG}"},
	{"marker in other letters", "alice", "Fine.||~{sig}||PS: more."},
	// old signatures
	{"name, company, phone", "alice", "Fine.||~Alice Muster|~Contoso GmbH|~+49 30 1234567"},
	{"below a closing, above a list with a colon", "alice", "Please bring:|- two meters||Best regards||~Alice Muster|~Head of Sales|~Musterweg 7|~10115 Berlin|~alice@contoso.com"},
	{"a number of before", "alice", "Fine.||~Alice Muster|~Head of Sales|~+49 30 7777777"},
	{"one line", "alice", "Fine.||~Alice Muster | Head of Sales | Contoso GmbH | +49 30 1234567"},
	{"delimited", "alice", "Fine.||~--|~Alice Muster|~Head of Sales | Contoso GmbH|~Tel. +49 (0)30 123 45 67"},
	{"delimited, with a slogan", "alice", "Fine.||~--|~Alice Muster|~We measure what matters|~Contoso GmbH"},
	{"a name alone, delimited", "alice", "Fine.||~--|~Alice Muster"},
	{"a slogan between", "alice", "Fine.||~Alice Muster|~Precision since 1921|~Contoso GmbH|~+49 30 1234567"},
	{"title before the name, last name first in the directory", "juergen", "Gut.||Viele Grüße||~Dr. Jürgen Müller|~Geschäftsführer|~Contoso GmbH|~Tel. +49 30 7654321"},
	{"without umlauts", "juergen", "Gut.||Gruß||~i. V. Juergen Mueller|~Contoso GmbH|~Durchwahl: -4321"},
	{"pronouns and degree", "alice", "Fine.||~Alice Muster, MBA (she/her)|~Head of Sales|~+49 30 1234567"},
	{"middle initial", "alice", "Fine.||~Alice B. Muster|~Head of Sales|~alice@contoso.com"},
	{"name and title without a sign", "alice", "Fine.||~Alice Muster Head of Sales|~+49 30 1234567"},
	{"first name with their own number", "alice", "Fine.||~Alice|~Head of Sales|~+49 30 1234567"},
	{"the company above", "alice", "Fine.||Best regards||~Contoso GmbH|~Alice Muster|~+49 30 1234567"},
	{"register", "juergen", "Gut.||MfG||~Jürgen Müller|~Contoso GmbH|~+49 30 7654321||~Sitz: Berlin, Amtsgericht Charlottenburg HRB 12345|~Geschäftsführer: Carla Beispiel|~USt-IdNr.: DE123456789"},
	{"notice", "alice", "Fine.||~Alice Muster|~Head of Sales|~+49 30 1234567||~This e-mail may contain confidential information. If you are not the intended recipient please notify the sender."},
	{"notice, wrapped", "alice", "Fine.||~Alice Muster|~Head of Sales|~+49 30 1234567||~This email and any files transmitted with it are confidential and|~intended solely for the addressee. If you have received it in error|~please notify the sender and delete it."},
	{"notice, French", "elodie", "Bien.||Cordialement||~Élodie Fontaine|~Responsable qualité|~Tél. : +33 1 99 00 11 22||~Ce message est confidentiel ; s'il vous est parvenu par erreur, merci de le détruire et d'avertir l'expéditeur."},
	{"print and follow", "alice", "Fine.||~Alice Muster|~Head of Sales|~+49 30 1234567|~[https://contoso.example/logo.png]|~Follow us on LinkedIn<https://social.example/c> | Instagram<https://pics.example/c>|~Please consider the environment before printing this e-mail."},
	{"placeholder and web", "alice", "Fine.||~Alice Muster|~+49 30 1234567|~[cid:image001.png@01DD]<https://www.contoso.example/>|~www.contoso.example<http://www.contoso.example/>"},
	{"labels", "alice", "Fine.||~Alice Muster|~email: alice@contoso.com / mobile: +49 170 1112223 / office: +49 30 1234567|~web: www.contoso.com"},
	{"sign-off below", "alice", "Fine.||~Alice Muster|~Contoso GmbH|~+49 30 1234567||~Sent from my iPhone"},
	{"postscript below stays", "alice", "Fine.||~Alice Muster|~Contoso GmbH|~+49 30 1234567||PS: please bring the plans."},
	{"French, surname in capitals", "elodie", "Bien.||Cordialement,||~Élodie FONTAINE|~Contoso France SAS|~12 rue des Lilas, 69003 Lyon"},
	{"Polish", "zofia", "Dobrze.||Pozdrawiam||~Zofia Łącka|~Kierownik działu|~tel. +48 22 300 40 50|~ul. Długa 4, 00-238 Warszawa"},
	{"Japanese", "haruto", "はい。||よろしくお願いいたします。||~佐藤 陽翔|~営業部長|~コントソ株式会社|~TEL: +81 3 1234 5678"},
	{"Hebrew", "noa", "כן.||בברכה||~נועה לוי|~מנהלת מכירות|~טל: +972 3 123 4567"},
	{"Russian", "olga", "Да.||С уважением,||~Ольга Петрова|~Ведущий инженер|~ООО Контосо|~тел.: +7 495 123-45-67"},
	{"Portuguese", "joao", "Bem.||Cumprimentos,||~João Silva|~Gestor de projeto|~Contoso Lda|~Tel.: +351 21 123 4567"},
	{"above an attribution", "alice", "Fine.||~Alice Muster|~Contoso GmbH|~+49 30 1234567||On 20 Nov 2026, at 17:40, Ben Ortiz <ben@example.net> wrote:|> Fine?|> Ben|> a|> b|> c"},
	{"above a header block", "alice", "Fine.||~Alice Muster|~Contoso GmbH|~+49 30 1234567||From: Ben Ortiz <ben@example.net>|Sent: Friday|To: Alice Muster|Subject: Meters||One.|Two.|Three.|Four.|Five."},
	{"today's block, elsewhere", "alice", "~Alice Miller|~Sales|One.|Two.|Three.|Four.|Five."},
}

// removalOptions are the options of these tests for an author.
func removalOptions(who string) Options {
	o := options
	o.Person, o.Marker = people[who], "{SIG}"
	o.Signoffs = []*regexp.Regexp{regexp.MustCompile("^on the road for ")}
	return o
}

func TestWrongRemovals(t *testing.T) {
	for _, c := range wrongRemovals {
		for form, got := range removals(c.who, c.text) {
			if !strings.Contains(fmt.Sprint(got), "was taken out, ") {
				t.Errorf("%s, %s: %v, want a breach", c.name, form, got)
			}
		}
	}
}

func TestRightRemovals(t *testing.T) {
	for _, c := range rightRemovals {
		for form, got := range removals(c.who, c.text) {
			if len(got) > 0 {
				t.Errorf("%s, %s: %v", c.name, form, got)
			}
		}
	}
}

// removals are the breaches when the lines behind a ~ are taken out and the block
// comes in place of the first of them, by form.
func removals(who, text string) map[string][]Breach {
	var plain, page [2]strings.Builder // before and after
	var removed []string
	put, going := false, false
	for _, line := range linesOf(text) {
		kept, gone, cut := strings.Cut(line, "~")
		words := html.EscapeString(kept + gone)
		if line == "" {
			words = "<br>"
		}
		plain[0].WriteString(kept + gone + "\n")
		page[0].WriteString("<div>" + words + "</div>")
		switch {
		case cut && !put:
			plain[1].WriteString(kept + inText + "\n")
			page[1].WriteString(inHTML)
			put = true
		case cut && !going:
			plain[1].WriteString("\n")
		case !cut && !(line == "" && going && stillGoing(text, len(removed))):
			plain[1].WriteString(line + "\n")
			page[1].WriteString("<div>" + words + "</div>")
			going = false
		}
		if cut {
			removed = append(removed, gone)
			going = true
		}
	}
	got := map[string][]Breach{}
	for form, texts := range map[string][2]strings.Builder{"text/plain": plain, "text/html": page} {
		r := engine.Report{Action: engine.Signed, Blocks: []engine.BlockReport{{Block: "signature", Part: "1", Placed: "replaced", Removed: removed}}}
		header := "Content-Type: " + form + "; charset=utf-8\n\n"
		before, after := texts[0].String(), texts[1].String()
		got[form] = Check([]byte(header+before), []byte("X-Guard: Yes\n"+header+after), r, removalOptions(who))
	}
	return got
}

// linesOf are the lines of a text of these tests: a | between blanks is none of
// their ends.
func linesOf(text string) []string {
	lines := strings.Split(strings.ReplaceAll(text, " | ", "\x00"), "|")
	for i := range lines {
		lines[i] = strings.ReplaceAll(lines[i], "\x00", " | ")
	}
	return lines
}

// stillGoing reports whether the line behind the blank one that follows the n-th
// line that was taken out is taken out as well.
func stillGoing(text string, n int) bool {
	lines := linesOf(text)
	seen := 0
	for i, l := range lines {
		if strings.Contains(l, "~") {
			seen++
		}
		if seen == n && l == "" {
			return i+1 < len(lines) && strings.Contains(lines[i+1], "~")
		}
	}
	return false
}

// TestRemovalsInHTML is about what stands around lines in HTML. What is between
// ⟦ and ⟧ is taken out, the block comes in place of the first.
func TestRemovalsInHTML(t *testing.T) {
	const (
		signs  = "Alice Muster<br>Contoso GmbH<br>+49 30 1234567"
		photo  = `<img src="cid:photo@x" width="100" height="120">`
		slogan = "We measure what matters"
	)
	for _, c := range []struct{ name, page, want string }{
		{"a client's container with a slogan", `<p>Hi</p>⟦<div id="Signature">` + signs + "<br>" + slogan + "</div>⟧", ""},
		{"a client's container with its closing", `<p>Hi</p>⟦<div class="gmail_signature">Best regards<br>` + signs + "</div>⟧", ""},
		{"a client's container with an answer", `<p>Hi</p>⟦<div id="Signature">` + signs + "<br>Thursday is fine, please call me</div>⟧", `"Thursday is fine, please call me" was taken out`},
		{"a client's container with a question", `<p>Hi</p>⟦<div id="Signature">` + signs + "<br>Is it Thursday?</div>⟧", `"Is it Thursday?" was taken out`},
		{"a client's container of somebody else", `<p>Hi</p>⟦<div id="Signature">Carl Nowak<br>+49 30 5550102</div>⟧`, "for which nothing speaks"},
		{"a client's container above a postscript", `<p>Hi</p>⟦<div id="Signature">` + signs + "</div>⟧<p>1</p><p>2</p><p>3</p><p>4</p><p>5</p>", ""},
		{"a product's container, only their number", `<p>Hi</p>⟦<div id="CodeTwoSignature">` + slogan + "<br>+49 30 1234567</div>⟧", ""},
		{"Outlook's bookmark", `<p>Hi</p>⟦<p><a name="_MailAutoSig"><span>Alice Muster</span></a></p><p><span style="mso-bookmark:_MailAutoSig">` + slogan + "</span></p>⟧", ""},
		{"an element of ours, renewed", `<p>Hi</p>⟦<div id="sigmilter-signature" class="sigmilter-signature"><p>A. Nother<br>Sales</p></div>⟧<p>PS</p>`, ""},
		{"an element of ours with an answer", `<p>Hi</p>⟦<div id="sigmilter-signature"><p>` + signs + "<br>Please call me tomorrow</p></div>⟧", `"Please call me tomorrow" was taken out`},
		{"a phone's element, in which people type", `⟦<div id="ms-outlook-mobile-signature">Thursday works for us<br>Get Outlook for iOS</div>⟧`, `"Thursday works for us" was taken out`},
		{"a phone's element, a signature", `<p>Hi</p>⟦<div id="AppleMailSignature">` + signs + "</div>⟧", ""},
		{"a phone's element, a slogan last", `<p>Hi</p>⟦<div id="AppleMailSignature">` + signs + "<br>" + slogan + "</div>⟧", `"` + slogan + `" was taken out`},
		{"a paragraph with an answer in it", "⟦<p>Yes, do it<br>Sent from my iPhone</p>⟧", `"Yes, do it" was taken out`},
		{"a cell with an answer in it", "<table><tr><td>⟦<div>Yes<br>" + signs + "</div>⟧</td></tr></table>", `taken out`},
		{"Thunderbird's lines", "<p>Hi</p>⟦<pre class=\"moz-signature\">-- \nAlice Muster\nContoso GmbH\n" + slogan + "</pre>⟧", ""},
		{"lines that are kept, an answer", "<div style=\"white-space: pre-wrap\">Hi\n⟦Yes, do it\nSent from my iPhone⟧</div>", `"Yes, do it" was taken out`},
		{"lines that are folded", "<div>Hi<br>⟦Sent from\nmy iPhone⟧</div>", ""},
		{"half a line", "<div>The photo was ⟦sent from my iPhone⟧</div>", "goes on in a line of the author's"},
		{"the first half of a line", "<div>Hi</div><div>⟦<b>Sent from my iPhone</b>⟧ On 20 Nov 2026, Ben wrote:</div>", ""},
		{"a photo beside the data", "<p>Hi</p>⟦<table><tr><td>" + photo + "</td><td>" + signs + "</td></tr></table>⟧", ""},
		{"a logo below", "<p>Hi</p>⟦<div>" + signs + `<br><img src="cid:logo@x"></div>⟧`, ""},
		{"a logo above", `<p>Hi</p>⟦<div><img src="cid:logo@x" width="120" height="40"><br>` + signs + "</div>⟧", ""},
		{"a screenshot above", `<p>See:</p>⟦<div><img src="cid:shot@x" width="900" height="700"><br>` + signs + "</div>⟧", "does not begin as a signature"},
		{"a screenshot below", "<p>Hi</p>⟦<div>" + signs + `<br><img src="cid:shot@x" width="900" height="700"></div>⟧`, "no picture of a signature"},
		{"a picture alone", `<p>Hi</p>⟦<div><img src="cid:shot@x"></div>⟧`, "for which nothing speaks"},
		{"quoted", `<p>Hi</p><blockquote type="cite">⟦<div>` + signs + "</div>⟧</blockquote>", "stands in quoted mail"},
		{"above Outlook's quote", "<p>Hi</p>⟦<div>" + signs + `</div>⟧<div id="divRplyFwdMsg">From: Ben</div><p>1</p><p>2</p><p>3</p><p>4</p><p>5</p>`, ""},
		{"above Word's border", "<p>Hi</p>⟦<div>" + signs + `</div>⟧<div style="border:none;border-top:solid #E1E1E1 1.0pt">From: Ben</div><p>1</p><p>2</p><p>3</p><p>4</p><p>5</p>`, ""},
		{"above a rule", "<p>Hi</p>⟦<div>" + signs + "</div>⟧<hr><p>1</p><p>2</p><p>3</p><p>4</p><p>5</p>", ""},
		{"hidden text is nobody's", `<p>Hi</p>⟦<div>Sent from <span style="display:none">the secret</span>my iPhone</div>⟧`, ""},
	} {
		before := strings.NewReplacer("⟦", "", "⟧", "").Replace(c.page)
		from, rest, _ := strings.Cut(c.page, "⟦")
		gone, to, _ := strings.Cut(rest, "⟧")
		t.Run(c.name, func(t *testing.T) {
			shown := split(gone, true)
			var removed []string
			for _, r := range shown.rows(nil, true) {
				removed = append(removed, r.text)
			}
			r := engine.Report{Action: engine.Signed, Blocks: []engine.BlockReport{{Block: "signature", Part: "1", Placed: "replaced", Removed: removed}}}
			const header = "Content-Type: text/html; charset=utf-8\n\n"
			leave, enter := "", ""
			if strings.HasSuffix(from, "was ") || strings.HasPrefix(to, " On") {
				leave, enter = "</div>", "<div>"
			}
			checkWith(t, removalOptions("alice"), c.name, header+before, "X-Guard: Yes\n"+header+from+leave+inHTML+enter+to, r, c.want)
		})
	}
}

// TestSpeakers wants each row of the table to speak for its sample, and none
// above it to.
func TestSpeakers(t *testing.T) {
	a := newAuthor(people["alice"], nil)
	for i, s := range speakers {
		if s.sample == "" {
			continue // what it is depends on the block
		}
		for j, above := range speakers[:i+1] {
			if got := above.is(a, s.sample); got != (i == j) {
				t.Errorf("%s: %q: %s says %v", s.what, s.sample, above.what, got)
			}
		}
	}
}

// TestEdgesTakeNothing: a banner and a disclaimer take nothing out, not even a
// sign-off.
func TestEdgesTakeNothing(t *testing.T) {
	const in = "Content-Type: text/plain\n\nHi\n\nSent from my iPhone\n"
	const out = "X-Guard: Yes\nContent-Type: text/plain\n\nHi\n\nSecret.\n"
	blocks := blocksIn("1", "disclaimer")
	blocks[0].Removed = []string{"Sent from my iPhone"}
	checkWith(t, additionOptions(), "disclaimer", in, out, engine.Report{Action: engine.Signed, Blocks: blocks}, "the disclaimer takes out")
}

// TestRemovalWithHTMLForm: of a text that gets an HTML form the lines that went
// must be explained as well.
func TestRemovalWithHTMLForm(t *testing.T) {
	o := additionOptions()
	o.Blocks = []Block{legal, fair, {Template: "pictured", HTML: "<p>Alice</p>", Text: "Alice"}}
	in := "A: b\n\nHi\n\nSent from %s\n"
	out := "A: b\nX-Guard: Yes\nContent-Type: multipart/alternative; boundary=\"n\"\nMIME-Version: 1.0\n\n--n\n\nHi\n\nAlice\n\n--n\n" + quoted +
		qp("<html><body>\n<div>Hi</div>\n"+`<div id="sigmilter-signature" class="sigmilter-signature" style="white-space:normal"><p>Alice</p>`+"\n</div></body></html>\n") + "\n--n--\n"
	for from, want := range map[string]string{"my iPhone": "", "our depot": "for which nothing speaks"} {
		blocks := blocksIn("1", "signature")
		blocks[0].Placed, blocks[0].Removed = "replaced", []string{"Sent from " + from}
		checkWith(t, o, from, fmt.Sprintf(in, from), out, engine.Report{Action: engine.Signed, Blocks: blocks}, want)
	}
}
