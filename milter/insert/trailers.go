package insert

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// trailer is how many unquoted lines from line i on belong to the quoted ones above
// them: the rest of a long quoted line that a client wrapped without a prefix, what a
// provider advertises, or the footer of a list or a virus scanner, which goes to the
// end of the unquoted lines.
func (m *marking) trailer(i int) int {
	l, above := &m.lines[i], &m.lines[i-1]
	run := m.lines[i:m.unquotedTo(i)]
	switch {
	case l.ruled && above.quote > 0 && m.owned,
		startsFooter(l.text) && m.isFooter(run),
		above.quote > 0 && l.gap && !asks(above.text) && i+len(run) == len(m.lines) && isListFooter(run):
		return len(run)
	case l.elem >= 0 || above.quote == 0 || l.gap || !m.owned || !m.wrappedRest(i):
		return 0
	}
	return 1
}

// footerBelowAnswer is how many lines from line i on are the footer of a list
// directly below the author's last answer between quoted lines: a row or a
// delimiter, then a sentence that such footers begin with.
func (m *marking) footerBelowAnswer(i int) int {
	if !m.kind.Reply || m.stretches == 0 || !startsFooter(m.lines[i].text) || i+1 == len(m.lines) {
		return 0
	}
	footer := m.lines[i+1:]
	if m.lastQuoted <= i && (isListFooter(footer) || (m.lines[i].text != "--" && namesList(footer))) {
		return 1 + len(footer)
	}
	return 0
}

// namesList reports whether lines are few, lead somewhere and have a word for a
// mailing list or for leaving one.
func namesList(lines []line) bool {
	if len(lines) > longestFooter || !leadsSomewhere(lines) {
		return false
	}
	for i := range lines {
		lower := fold(lines[i].text)
		if slices.ContainsFunc(listWords, func(p phrase) bool { return strings.Contains(lower, p.text) }) {
			return true
		}
	}
	return false
}

const longestFooter = 12 // lines

// listWords are words for a mailing list and for leaving one, and what the programs
// that keep lists have in their addresses.
var listWords = []phrase{
	{"en", "mailing list", "Ramp mailing list"}, {"en", "unsubscribe", "View online | Unsubscribe"}, {"en", "discussion group", "Ramp discussion group"},
	{"und", "listinfo", "https://lists.example.net/listinfo/ramp"}, {"und", "mailman", "https://lists.example.net/mailman/ramp"},
	{"und", "-leave@", "ramp-leave@lists.example.net"}, {"und", "-request@", "ramp-request@lists.example.net"},
	{"und", "majordomo", "majordomo@lists.example.net"}, {"und", "listserv", "listserv@lists.example.net"}, {"und", "sympa@", "sympa@lists.example.net"},
	{"de", "mailingliste", "Mailingliste Rampe"}, {"de", "mailing-liste", "Mailing-Liste Rampe"}, {"de", "verteiler", "Verteiler Rampe"}, {"de", "abmelden", "Abmelden: https://example.net"},
	{"fr", "liste de diffusion", "Liste de diffusion rampe"}, {"fr", "désabonner", "Se désabonner"}, {"es", "lista de correo", "Lista de correo rampa"}, {"es", "darse de baja", "Darse de baja"},
	{"es", "lista de distribución", "Lista de distribución rampa"}, {"it", "lista di discussione", "Lista di discussione rampa"}, {"it", "cancellarsi", "Per cancellarsi"},
	{"pt", "lista de discussão", "Lista de discussão rampa"}, {"pt", "lista de e-mails", "Lista de e-mails rampa"}, {"nl", "mailinglijst", "Mailinglijst laadplaats"}, {"nl", "afmelden", "Afmelden"},
	{"da", "postliste", "Postliste rampe"}, {"nb", "e-postliste", "E-postliste rampe"}, {"sv", "e-postlista", "E-postlista ramp"}, {"sv", "sändlista", "Sändlista ramp"}, {"fi", "postituslista", "Postituslista ramppi"},
	{"pl", "lista dyskusyjna", "Lista dyskusyjna rampa"}, {"pl", "lista mailingowa", "Lista mailingowa rampa"}, {"cs", "diskuzní skupina", "Diskuzní skupina rampa"}, {"cs", "mailová konference", "Mailová konference rampa"},
	{"hu", "levelezőlista", "Levelezőlista rámpa"}, {"ro", "listă de discuții", "Listă de discuții rampă"}, {"tr", "e-posta listesi", "E-posta listesi rampa"},
	{"ru", "список рассылки", "Список рассылки"}, {"ru", "рассылка", "Рассылка рампа"}, {"uk", "список розсилки", "Список розсилки"}, {"el", "λίστα αλληλογραφίας", "Λίστα αλληλογραφίας"},
	{"ja", "メーリングリスト", "メーリングリスト"}, {"zh-Hans", "邮件列表", "邮件列表"}, {"zh-Hant", "郵件論壇", "郵件論壇"}, {"ko", "메일링 리스트", "메일링 리스트"},
}

// startsFooter reports whether a line is one that footers begin with: a row of signs,
// with a few words in it or without, or a delimiter.
func startsFooter(text string) bool { return isDelimiter(text) || wordedRow(text) }

// isFooter reports whether lines below quoted ones, of which the first is a row, are
// no answer of the author's: they lead somewhere, to a list or the maker of a virus
// scanner, or are only rows.
func (m *marking) isFooter(lines []line) bool {
	return wordedRow(lines[0].text) || lines[0].text == "--" || leadsSomewhere(lines) || onlyRows(lines)
}

func onlyRows(lines []line) bool {
	return !slices.ContainsFunc(lines, func(l line) bool { return !isDelimiter(l.text) })
}

// asks reports whether a text is a question, which an answer follows.
func asks(text string) bool {
	return strings.HasSuffix(text, "?") || strings.HasSuffix(text, "？") || strings.HasSuffix(text, "؟")
}

// wrappedRest reports whether line i is the rest of the long quoted line above it.
func (m *marking) wrappedRest(i int) bool {
	const wrapped = 60 // characters; shorter lines are not wrapped
	l, below := &m.lines[i], m.lines[i+1:]
	long := utf8.RuneCountInString(m.lines[i-1].text) >= wrapped
	switch {
	case l.cited, len(below) > 0 && below[0].quote > 0 && !below[0].gap:
		return long || closesMore(l.text)
	case len(below) == 0:
		return long
	}
	return false
}

// closesMore reports whether a text closes a bracket it did not open: it is the
// rest of a link or a remark.
func closesMore(text string) bool {
	if strings.HasSuffix(text, ">") {
		return true
	}
	return strings.Count(text, ")") > strings.Count(text, "(") || strings.Count(text, "]") > strings.Count(text, "[")
}

// unquotedTo is the first quoted line from line i on, the number of lines for none.
func (m *marking) unquotedTo(i int) int {
	if i >= m.unquoted.from && i < m.unquoted.to {
		return m.unquoted.to
	}
	to := i
	for to < len(m.lines) && m.lines[to].quote == 0 {
		to++
	}
	m.unquoted = span{i, to}
	return to
}

// wordedRow reports whether a line is a row of dashes with a few words in it, as
// lists draw above their footers: "---------- Ramp mailing list ----------".
func wordedRow(text string) bool {
	const shortest = 4
	last, _ := utf8.DecodeLastRuneInString(text)
	return dashes(text) >= shortest && dash(last) && !isDelimiter(text)
}

// isListFooter reports whether lines begin with the footer that a mailing list puts
// below a mail: a sentence of the table, and where to write or click.
func isListFooter(lines []line) bool {
	if len(lines) == 0 || len(lines) > longestFooter {
		return false
	}
	lower := fold(strings.TrimLeft(lines[0].text, "*_-– "))
	for i := range listFooters {
		if strings.HasPrefix(lower, listFooters[i].text) {
			return leadsSomewhere(lines)
		}
	}
	return false
}

// leadsSomewhere reports whether lines have a link or an address.
func leadsSomewhere(lines []line) bool {
	for i := range lines {
		if text := lines[i].text; lines[i].link || strings.Contains(text, "://") || strings.Contains(text, "www.") || addressed.MatchString(text) {
			return true
		}
	}
	return false
}

// listFooters are the beginnings of the footers of mailing lists and groups.
var listFooters = []phrase{
	{"en", "to unsubscribe", "To unsubscribe from this list write to ramp-leave@lists.example.net"},
	{"en", "to stop receiving", "To stop receiving these mails, visit https://lists.example.net"},
	{"en", "to leave this", "To leave this group, write to ramp-leave@lists.example.net"},
	{"en", "to post to this", "To post to this group, send email to ramp@lists.example.net"},
	{"en", "to view this discussion", "To view this discussion visit https://lists.example.net/d/1"},
	{"en", "to manage your subscription", "To manage your subscription, visit https://lists.example.net"},
	{"en", "you received this message because you are subscribed", "You received this message because you are subscribed to the group: https://lists.example.net"},
	{"en", "you are receiving this", "You are receiving this because you subscribed: https://lists.example.net"},
	{"en", "you're receiving this", "You're receiving this because you subscribed: https://lists.example.net"},
	{"en", "you are subscribed to", "You are subscribed to ramp@lists.example.net"},
	{"en", "unsubscribe:", "Unsubscribe: https://lists.example.net"},
	{"en", "unsubscribe at", "Unsubscribe at https://lists.example.net"},
	{"en", "unsubscribe here", "Unsubscribe here: https://lists.example.net"},
	{"en", "list info:", "List info: https://lists.example.net"},
	{"en", "list archive", "List archive: https://lists.example.net"},
	{"en", "this message was sent to the", "This message was sent to the list ramp@lists.example.net"},
	{"de", "um sich abzumelden", "Um sich abzumelden, schreiben Sie an ramp-leave@lists.example.net"},
	{"de", "um sich von dieser liste", "Um sich von dieser Liste abzumelden: https://lists.example.net"},
	{"de", "zum abmelden", "Zum Abmelden: https://lists.example.net"},
	{"de", "zum austragen", "Zum Austragen: https://lists.example.net"},
	{"de", "abmelden:", "Abmelden: https://lists.example.net"},
	{"de", "abbestellen:", "Abbestellen: https://lists.example.net"},
	{"de", "austragen:", "Austragen: https://lists.example.net"},
	{"de", "sie erhalten diese", "Sie erhalten diese Nachricht als Mitglied der Liste: https://lists.example.net"},
	{"de", "sie haben diese nachricht erhalten", "Sie haben diese Nachricht erhalten, weil Sie Mitglied sind: https://lists.example.net"},
	{"de", "mailingliste", "Mailingliste Rampe: https://lists.example.net"},
	{"fr", "pour vous désabonner", "Pour vous désabonner : https://lists.example.net"},
	{"fr", "pour se désabonner", "Pour se désabonner, écrivez à ramp-leave@lists.example.net"},
	{"fr", "pour se désinscrire", "Pour se désinscrire : https://lists.example.net"},
	{"fr", "pour vous désinscrire", "Pour vous désinscrire : https://lists.example.net"},
	{"fr", "vous recevez ce", "Vous recevez ce message car vous êtes abonné : https://lists.example.net"},
	{"fr", "vous avez reçu ce message", "Vous avez reçu ce message car vous êtes abonné : https://lists.example.net"},
	{"fr", "liste de diffusion", "Liste de diffusion : https://lists.example.net"},
	{"es", "para cancelar", "Para cancelar la suscripción: https://lists.example.net"},
	{"es", "para darse de baja", "Para darse de baja, escriba a ramp-leave@lists.example.net"},
	{"es", "para anular", "Para anular la suscripción: https://lists.example.net"},
	{"es", "has recibido este mensaje", "Has recibido este mensaje porque estás suscrito: https://lists.example.net"},
	{"es", "recibió este mensaje", "Recibió este mensaje porque está suscrito: https://lists.example.net"},
	{"es", "lista de correo", "Lista de correo: https://lists.example.net"},
	{"ca", "per donar-se de baixa", "Per donar-se de baixa: https://lists.example.net"},
	{"pt", "para cancelar", "Para cancelar a inscrição: https://lists.example.net"},
	{"pt", "para anular", "Para anular a subscrição: https://lists.example.net"},
	{"pt", "para sair", "Para sair deste grupo: https://lists.example.net"},
	{"pt", "você recebeu esta mensagem", "Você recebeu esta mensagem porque está inscrito: https://lists.example.net"},
	{"it", "per cancellarsi", "Per cancellarsi: https://lists.example.net"},
	{"it", "per cancellare", "Per cancellare l'iscrizione: https://lists.example.net"},
	{"it", "per disiscriversi", "Per disiscriversi: https://lists.example.net"},
	{"it", "per annullare l'iscrizione", "Per annullare l'iscrizione: https://lists.example.net"},
	{"it", "hai ricevuto questo messaggio", "Hai ricevuto questo messaggio perché sei iscritto: https://lists.example.net"},
	{"nl", "om je af te melden", "Om je af te melden: https://lists.example.net"},
	{"nl", "om u af te melden", "Om u af te melden: https://lists.example.net"},
	{"nl", "afmelden:", "Afmelden: https://lists.example.net"},
	{"nl", "uitschrijven:", "Uitschrijven: https://lists.example.net"},
	{"nl", "je ontvangt dit", "Je ontvangt dit bericht als lid: https://lists.example.net"},
	{"nl", "u ontvangt dit", "U ontvangt dit bericht als lid: https://lists.example.net"},
	{"da", "for at afmelde", "For at afmelde dig: https://lists.example.net"},
	{"da", "afmeld", "Afmeld: https://lists.example.net"},
	{"nb", "for å melde deg av", "For å melde deg av: https://lists.example.net"},
	{"sv", "för att avsluta", "För att avsluta prenumerationen: https://lists.example.net"},
	{"sv", "för att avanmäla", "För att avanmäla dig: https://lists.example.net"},
	{"sv", "avregistrera", "Avregistrera: https://lists.example.net"},
	{"fi", "poistuaksesi listalta", "Poistuaksesi listalta: https://lists.example.net"},
	{"fi", "peruuta tilaus", "Peruuta tilaus: https://lists.example.net"},
	{"pl", "aby wypisać się", "Aby wypisać się z listy: https://lists.example.net"},
	{"pl", "aby zrezygnować", "Aby zrezygnować: https://lists.example.net"},
	{"pl", "otrzymujesz tę wiadomość", "Otrzymujesz tę wiadomość jako członek listy: https://lists.example.net"},
	{"cs", "pro odhlášení", "Pro odhlášení: https://lists.example.net"},
	{"cs", "odhlásit se", "Odhlásit se: https://lists.example.net"},
	{"sk", "pre odhlásenie", "Pre odhlásenie: https://lists.example.net"},
	{"hu", "leiratkozás", "Leiratkozás: https://lists.example.net"},
	{"ro", "pentru dezabonare", "Pentru dezabonare: https://lists.example.net"},
	{"tr", "üyelikten çıkmak", "Üyelikten çıkmak için: https://lists.example.net"},
	{"tr", "listeden ayrılmak", "Listeden ayrılmak için: https://lists.example.net"},
	{"ru", "чтобы отписаться", "Чтобы отписаться: https://lists.example.net"},
	{"ru", "для отписки", "Для отписки: https://lists.example.net"},
	{"ru", "вы получили это", "Вы получили это письмо как участник: https://lists.example.net"},
	{"uk", "щоб відписатися", "Щоб відписатися: https://lists.example.net"},
	{"el", "για να διαγραφείτε", "Για να διαγραφείτε: https://lists.example.net"},
	{"ja", "配信停止", "配信停止: https://lists.example.net"},
	{"ja", "退会", "退会はこちら: https://lists.example.net"},
	{"zh-Hans", "退订", "退订: https://lists.example.net"},
	{"zh-Hant", "取消訂閱", "取消訂閱: https://lists.example.net"},
	{"ko", "수신 거부", "수신 거부: https://lists.example.net"},
}
