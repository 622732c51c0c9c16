package insert

import (
	"testing"

	"sigmilter/milter/insert/known"
)

func TestContactWordRows(t *testing.T) {
	k := know(people["alice"])
	check := func(table []known.Wording, lowest sense, line func(text string) string) {
		t.Helper()
		for _, w := range table {
			for _, text := range w.Texts {
				if got := k.read(line(text)).sense; got < lowest {
					t.Errorf("%s: %q counts as %d, want %d", w.Lang, line(text), got, lowest)
				}
			}
		}
	}
	check(known.ContactLabels, usual, func(text string) string { return text + ": +49 30 555 0000" })
	check(known.ContactLabels, usual, func(text string) string { return text + " +49 30 123456-78" })
	check(known.Socials, usual, func(text string) string { return text })
	check(known.Registers, usual, func(text string) string { return text + ": 12345678" })
	check(known.Officers, usual, func(text string) string { return text + ": Bruno Beispiel, Clara Probe" })
	check(known.Roles, between, func(text string) string { return text })
	check(known.Countries, usual, func(text string) string { return text })
	check(known.Presence, between, func(text string) string { return text })
	check(known.Hours, likely, func(text string) string { return text + ": 8:30 - 16:00" })
	for _, row := range known.Printing {
		asked := " " + ofLanguage(known.Environment, row.Lang) + ", " + ofLanguage(known.Prints, row.Lang) + "."
		check([]known.Wording{row}, usual, func(text string) string { return "Please: " + text + asked })
	}
	check(known.Invitations, likely, func(text string) string { return text + " https://www.contoso.com" })
	check(known.CompanyForms, between, func(text string) string { return "Fabrikam " + text })
}

// ofLanguage is the first wording of a table in a language.
func ofLanguage(table []known.Wording, language string) string {
	for _, row := range table {
		if row.Lang == language {
			return row.Texts[0]
		}
	}
	return ""
}

func TestNotices(t *testing.T) {
	for _, text := range []string{
		"This message is intended only for the addressee. If you received it in error, please delete it.",
		"Diese E-Mail ist vertraulich. Wenn Sie nicht der richtige Adressat sind, vernichten Sie sie bitte.",
		"Ce message est confidentiel et destiné exclusivement à ses destinataires.",
		"Este mensaje es confidencial. Si lo ha recibido por error, elimínelo.",
		"Questo messaggio è riservato. Se ricevuto per errore, vogliate cancellarlo e informare il mittente.",
		"Ta wiadomość jest poufna. Jeżeli otrzymali ją Państwo omyłkowo, prosimy o jej usunięcie.",
		"Данное сообщение содержит конфиденциальную информацию. Если вы получили его по ошибке, удалите его.",
		"本邮件含有保密信息，如误收请删除。", "本メールは機密情報を含みます。誤って受信された場合は削除してください。",
		"Bu e-posta gizli bilgiler içerebilir. Yanlışlıkla aldıysanız lütfen siliniz.",
		"هذه الرسالة سرية. إذا وصلتك بطريق الخطأ فيرجى حذفها.",
	} {
		r := Read([]byte(text+"\n"), Kind{})
		if r.notice(0, 1) != 1 {
			t.Errorf("%q is no notice", text)
		}
	}
	for _, text := range []string{"The offer is confidential, please do not pass it on.", "This e-mail is only about the meters.", "Please delete the old file.", "PS: this message is confidential."} {
		r := Read([]byte(text+"\n"), Kind{})
		if r.notice(0, 1) != 0 {
			t.Errorf("%q is a notice", text)
		}
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct {
		who, text string
		want      naming
	}{
		{"alice", "Alice Muster", fully}, {"alice", "MUSTER, Alice", fully}, {"alice", "Dr.-Ing. Alice Muster, M.Sc.", fully}, {"alice", "Prof. Dr. h. c. Alice Muster", fully},
		{"alice", "Alice Muster (she/her)", fully}, {"alice", "Alice Maria Muster", fully}, {"alice", "Alice B. Muster", fully}, {"alice", "i. A. Alice Muster", fully}, {"alice", "ppa. Alice Muster", fully},
		{"alice", "Alice Muster | Head of Testing", fully}, {"alice", "Alice Muster – Contoso GmbH", fully}, {"alice", "Alice Muster Head of Testing", fully},
		{"alice", "Alice Muster, CTL, MBA", fully}, {"soren", "Søren Østergaard, cand.polyt.", fully}, {"alice", "Alice Muster, MSc, RSPP", fully}, {"alice", "Alice Muster, Tuesday", notNamed}, {"alice", "Alice Muster, ja", notNamed},
		{"alice", "Alice", partly}, {"alice", "A. Muster", partly}, {"alice", "Alice Muster-Klein", partly},
		{"alice", "Muster", notNamed}, {"alice", "Alice Klein", notNamed}, {"alice", "Carl Muster", notNamed}, {"alice", "Alice and Carl Muster", notNamed}, {"alice", "Alice & Carl Muster", notNamed},
		{"alice", "Alice Muster, Carl Nowak", notNamed}, {"alice", "Alice Muster will come", notNamed}, {"alice", "Alice Muster, please call", notNamed}, {"alice", "Alice Muster:", notNamed}, {"alice", "Ask Alice Muster.", notNamed}, {"alice", "Alice Muster?", notNamed},
		{"alice", "Assistant to Alice Muster", notNamed}, {"alice", "Eva Klein for Alice Muster", notNamed}, {"alice", "C. Muster", notNamed}, {"alice", "- Alice Muster", notNamed}, {"alice", "1. Alice Muster", notNamed}, {"alice", "Name: Alice Muster", notNamed},
		{"petra", "Petra Vogel", fully}, {"petra", "Frau Petra Vogel", fully}, {"elodie", "Elodie Marchand", fully}, {"elodie", "Mme Élodie MARCHAND", fully}, {"elodie", "M. Marchand", notNamed},
		{"joerg", "Jörg Müller", fully}, {"joerg", "Jorg Muller", fully}, {"soren", "Søren Østergaard", fully}, {"soren", "Sören Östergård", fully}, {"wanda", "mgr inż. Wanda Krzemińska", fully}, {"mehmet", "Mehmet YILMAZ", fully}, {"mehmet", "Mehmet Yılmaz", fully},
		{"yuki", "山田雪", fully}, {"yuki", "山田　雪", fully}, {"yuki", "山田", partly}, {"david", "דוד לוי", fully}, {"layla", "م. ليلى حداد", fully}, {"ivan", "Иван Петров", fully}, {"ivan", "Петров Иван", fully},
		{"catherine", "Cathy Bell", fully}, {"catherine", "Kate Bell", notNamed},
	} {
		if got, _ := know(people[c.who]).nameLine(c.text); got != c.want {
			t.Errorf("%q names %s %d, want %d", c.text, c.who, got, c.want)
		}
	}
}
