package insert

import (
	"slices"
	"strings"
	"testing"

	"sigmilter/milter/insert/known"
)

// signedBy is a mail of Hannah's with her own signature, and a line below it.
func signedBy(line string) string {
	return "The pump is ready.\n\nRegards\n\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\n" + line + "\n"
}

// takenOut reports whether a line below a signature goes with it.
func takenOut(line string) bool {
	r := Read([]byte(signedBy(line)), Kind{})
	f := r.existing(Block{}, people["hannah"])
	return slices.Contains(f.removed, known.Visible(line))
}

// TestSentencesBelowSignature: what the author wrote below their own signature stays,
// although it begins as lines about hours, printing, terms, registers or privacy do.
func TestSentencesBelowSignature(t *testing.T) {
	for _, line := range []string{
		"Working hours will follow on Friday.", "Opening hours will follow tomorrow", "Office hours changed, please tell the team.",
		"My working days next week are Tuesday and Thursday.", "I work on Friday, so call me then.", "I work part-time next month, ask Karl.",
		"Please print the attached forms before Thursday.", "Think about the environment report before we meet.", "Before printing the report please check page 4.",
		"Do not print this page, the figures are still wrong.", "Save paper for the workshop", "Our terms and conditions are still with the lawyers.",
		"Conditions of sale: still open", "Terms of business need your signature.", "ISO 9001 works for me.", "Investors in People called back.",
		"Visit us on Friday at the stand.", "Follow us to the gate", "Follow me on Monday", "Connect with Karl first.", "Pronouns are missing in the form.",
		"Registered office still unknown", "VAT number is missing on your invoice.", "Company number, please.", "Company number looks fine to me", "Capital of 20000 is not enough for this.",
		"Privacy settings still need your approval.", "Privacy policy looks good", "Data protection training is on Friday.", "Legal notice must be updated by Friday.",
		"Arbeitszeiten folgen am Freitag.", "Öffnungszeiten kläre ich noch.", "Arbeitstage hat Karl eingetragen", "Sitz der Gesellschaft ist noch offen", "Sitz der Gesellschaft muss noch geändert werden.",
		"Handelsregister hat noch nicht geantwortet", "HRB 12345 ist inzwischen gelöscht.", "USt-IdNr. fehlt noch auf der Rechnung.", "AGB schicke ich später nach", "Unsere AGB finden Sie im Paket von gestern.",
		"Datenschutz prüft Karl noch", "Umwelt zuliebe fahren wir mit der Bahn nach Ulm.", "Papier sparen wir dann beim Umzug", "Folgen Sie uns am Freitag zum Lager.",
		"N'imprimez pas la page 3, elle est fausse.", "Horaires d'ouverture à confirmer par Karl.", "CGV à relire avant lundi", "Siège social déménagé en mars", "TVA à vérifier",
		"Horario de mañana: te aviso luego.", "Condiciones generales de venta firmadas por Karl.", "Aviso legal pendiente de revisión.",
		"Orario di domani da confermare.", "Partita IVA ancora sbagliata", "Sede legale trasferita a gennaio.", "Horário ainda por confirmar", "NIF está errado",
		"Openingstijden volgen morgen.", "KvK belt nog terug", "Åbningstider følger på fredag.", "CVR mangler stadig", "Öppettider kommer på fredag", "Org.nr saknas fortfarande", "Åpningstider avklares senere",
		"Työajat selviävät perjantaina.", "Y-tunnus puuttuu vielä", "Godziny pracy podam jutro.", "NIP jest błędny", "Pracovní doba se mění", "IČO nesedí s fakturou", "Nyitvatartás jövő héten változik.", "Adószám hiányzik",
		"Çalışma saatleri yarın gelecek.", "Vergi no yanlış yazılmış", "Часы работы пришлю завтра.", "ИНН указан неверно", "Години роботи уточню завтра", "Ώρες λειτουργίας θα στείλω αύριο.",
		"Visit Karl before you leave.", "Part of the order is missing.", "Teil der Lieferung: Karl", "Member of the team called Karl", "Assistant: please ask Karl first", "Skype tomorrow", "Signal: good", "LinkedIn is down", "Kununu review please", "Bank closed today", "Konto: 1234 ist falsch", "IBAN for the refund: DE02 2005 0550 1015 8714 93",
		"I work from home on Friday, call my mobile.", "Telefonisch erreichbar bin ich ab 14 Uhr.", "Infos: see attachment", "Terms: 30 days net", "It has been scanned twice", "Unsubscribe me from the list", "Karl: +44 7700 900999", "Order no. 12345", "Tracking: 1Z999AA10123456784", "Meeting ID: 123 456 789",
		"https://www.contoso.com/files/plan.pdf", "Plan: https://www.contoso.com/files/plan.pdf", "New: the drawing is at www.contoso.com/d/12, please check it",
		"This message is for Karl only, please delete it.", "Confidential", "Room 4.12", "Office: 3", "Copyright is with Karl", "Established contact with Karl", "Invoices to: invoices@contoso.com", "I am in the office Monday to Wednesday.", "Follow us!",
		"営業時間は明日お知らせします。", "登録番号は間違っています。", "工作时间明天再告诉你。", "영업시간은 내일 알려 드리겠습니다.", "ساعات العمل سأرسلها غدا", "שעות פעילות אשלח מחר",
	} {
		if takenOut(line) {
			t.Errorf("%q was taken for a line of the signature", line)
		}
	}
}

// TestEntriesBelowSignature: the same beginnings where they are what signatures have.
func TestEntriesBelowSignature(t *testing.T) {
	for _, line := range []string{
		"Working hours: Mon-Fri 8:30-16:00", "My working days are Monday to Thursday.", "Opening hours: daily 9 am to 5 pm, closed on Sundays", "Office hours Mon to Wed, mornings only",
		"My working hours are Tuesday to Friday. I may send emails outside your working hours, please do not feel obliged to respond.",
		"Please consider the environment before printing this email.", "Think before you print!", "Save paper, think green!", "Do you really need to print this message?",
		"Our terms and conditions apply.", "All services are subject to our terms and conditions, available on request.", "ISO 9001:2015 and ISO 14001 certified", "Investors in People Gold",
		"Follow us on LinkedIn", "Follow us: LinkedIn | X | YouTube", "Pronouns: she/her", "Meet us at Flow Expo, hall 4, stand B12",
		"Registered office: 18 Weir Road, Leeds", "Registered in England and Wales, company number 01234567", "Contoso Ltd is registered in England no. 01234567", "VAT GB 123 4567 89",
		"Data protection: www.contoso.com/privacy", "For information on how we process your personal data see www.contoso.com/privacy",
		"Arbeitszeiten: Mo-Do 8 bis 16 Uhr", "Sprechzeiten nach Vereinbarung", "Sitz der Gesellschaft: Frankfurt am Main | HRB 12345", "Amtsgericht Charlottenburg, HRB 12345 B",
		"Bitte denken Sie an die Umwelt, bevor Sie diese E-Mail ausdrucken.", "Es gelten unsere AGB, einsehbar unter www.contoso.com/agb", "Informationen zum Datenschutz finden Sie hier.", "Folgen Sie uns auf LinkedIn",
		"SAS au capital de 120 000 euros - RCS Lyon 123 456 789", "Pensez à l'environnement avant d'imprimer ce message.", "Horaires : du lundi au vendredi, 9h - 17h",
		"Inscrita en el Registro Mercantil de Madrid, tomo 123, folio 45, hoja M-1234", "Antes de imprimir este correo, piense en el medio ambiente.", "Horario: lunes a viernes de 9 a 14 h",
		"P. IVA 01234567890 - Capitale sociale 10.000 euro i.v.", "Orari: dal lunedì al venerdì 9-17", "KvK 12345678", "Denk aan het milieu voordat u deze e-mail print.", "Åbningstider: man-fre 8-16", "Org.nr 556677-8899",
		"NIP 1234567890, REGON 123456789, KRS 0000123456", "Godziny pracy: pon-pt 8-16", "Zapsaná v obchodním rejstříku u Městského soudu v Praze, vložka 1234",
		"This email is confidential.", "Der Inhalt dieser E-Mail ist vertraulich und nur für den Adressaten bestimmt.", "Any views expressed are those of the individual sender.", "Ce message est confidentiel.", "Ta wiadomość jest poufna.", "Bu mesaj gizlidir.",
		"Registered address: Unit 5, Canal Business Park, Leeds LS1 4DY", "© 2026 Contoso Ltd", "Gerichtsstand Hamburg", "Gläubiger-ID: DE98ZZZ09999999999", "CA DRE #01234567", "Family-owned since 1952", "Carbon neutral since 2021", "Telefontid: mån-fre 9-12", "Opening times: Monday to Friday 9.00am - 5.00pm",
		"Part of the Contoso Group", "A member of the Contoso Group", "Mitglied im Verband Deutscher Maschinen- und Anlagenbau", "Une société du groupe Contoso", "Winner of the Queen's Award for Enterprise 2021",
		"Working pattern: Mon, Tue, Thu", "I work flexibly. If you receive this email outside of your working hours, please do not feel obliged to reply.", "Telefonische Erreichbarkeit: Mo-Fr 9-12 Uhr", "Horaires d'ouverture : du lundi au vendredi de 8h à 18h", "Horario de atención: de lunes a viernes de 9:00 a 18:00",
		"24/7 Service Hotline: +44 113 496 0100", "Sign up to our newsletter: www.contoso.com/newsletter", "Rate my service: www.contoso.com/feedback", "Jetzt bewerben: www.contoso.com/karriere", "Our website: www.contoso.com", "Notre site : www.contoso.com", "官网：www.contoso.cn",
		"Bankverbindung: Hamburger Sparkasse, IBAN DE02 2005 0550 1015 8714 93, BIC HASPDEHHXXX", "Impressum | Datenschutz | AGB", "Disclaimer: www.contoso.com/disclaimer", "This email has been scanned for viruses.", "Diese E-Mail wurde von Avast Antivirus-Software auf Viren geprüft.",
		"Skype: hannah.whitlock", "PGP Fingerprint: 1234 5678 9ABC DEF0 1234 5678 9ABC DEF0 1234 5678", "Follow Contoso on LinkedIn", "Instagram @contoso", "Polub nas na Facebooku", "HR Excellence in Research", "Merci de ne pas imprimer ce message sauf nécessité. Pensez à l'environnement.", "Tänk på miljön innan du skriver ut det här mejlet",
		"営業時間：9:00〜17:00", "工作时间：9:00-18:00", "ساعات العمل: 9:00 - 17:00",
	} {
		if !takenOut(line) {
			t.Errorf("%q stayed below the signature", line)
		}
	}
}

// TestSentencesOfEveryPhrase: no phrase of the tables makes a sentence that begins with it
// a line of a signature.
func TestSentencesOfEveryPhrase(t *testing.T) {
	said := map[string][]string{
		"en": {"was not ready", "looks good to me"}, "de": {"kommt morgen", "ist noch offen"}, "fr": {"arrive bientôt", "est prêt"}, "es": {"llega mañana", "está listo"},
		"it": {"arriva domani", "è pronto"}, "pt": {"chega amanhã", "está pronto"}, "nl": {"komt morgen", "is klaar"}, "da": {"kommer fredag", "er klar"}, "nb": {"kommer fredag", "er klar"},
		"sv": {"kommer på fredag", "är klar"}, "fi": {"tulee perjantaina", "on valmis"}, "pl": {"podam jutro", "jest gotowe"}, "cs": {"pošlu zítra", "je hotovo"}, "sk": {"pošlem zajtra", "je hotové"},
		"hu": {"holnap küldöm", "elkészült"}, "ro": {"vine mâine", "este gata"}, "ru": {"пришлю завтра", "почти готово"}, "uk": {"надішлю завтра", "майже готово"}, "tr": {"yarın gelecek", "hazır oldu"}, "el": {"έρχονται αύριο", "είναι έτοιμα"},
	}
	tables := [][]known.Wording{known.Registers, known.Hours, known.Presence, known.Printing, known.Terms, known.Invitations, known.Meetings, known.Privacy, known.Accreditations, known.Memberships, known.ContactLabels, known.Sites, known.Officers, known.Roles}
	for _, row := range slices.Concat(tables...) {
		for _, phrase := range row.Texts {
			for _, verb := range said[row.Lang] {
				for _, end := range []string{".", ""} {
					line := strings.ToUpper(phrase[:1]) + phrase[1:] + " " + verb + end
					if takenOut(line) {
						t.Errorf("%s: %q was taken for a line of the signature", row.Lang, line)
					}
				}
			}
		}
	}
}
