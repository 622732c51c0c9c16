package insert

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// seeReplyAbove sees the line above which a ticket system asks for the answer, as
// older text begins with it. Without dashes or the like around it, it must be a
// paragraph of its own.
func (m *marking) seeReplyAbove(i int) (sign, bool) {
	text := m.lines[i].text
	if i == 0 && !m.kind.Reply { // the desk's own message, which goes on with the text
		return sign{}, false
	}
	if len(text) > longestReplyAbove || (!m.kind.Reply && isLetterByte(text[0])) {
		return sign{}, false
	}
	words := strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
	at := strings.Index(text, words)
	before, after := rowSigns(text[:at]), rowSigns(text[at+len(words):])
	framed := before >= 2 || (before > 0 && after > 0)
	alone := m.kind.Reply && m.lines[i].gap && (i+1 == len(m.lines) || m.lines[i+1].gap)
	below := m.kind.Reply && i > 0 && isRow(m.lines[i-1].text)
	if !framed && !alone && !below {
		return sign{}, false
	}
	if !asksForReplyAbove(fold(words), before >= 2 && after >= 2) {
		return sign{}, false
	}
	return sign{rule: "reply-above", from: m.above(i), to: i + 1, strength: strong}, true
}

const longestReplyAbove = 160 // bytes

// rowSigns counts the signs of rows in a text.
func rowSigns(text string) int {
	n := 0
	for _, r := range text {
		if rowSign(r) {
			n++
		}
	}
	return n
}

// asksForReplyAbove reports whether a text says "above this line" and that an answer
// belongs there, in one language: nothing else, or, between rows of signs, whatever
// follows after that ("to post a reply or view this on the web").
func asksForReplyAbove(lower string, inRows bool) bool {
	for word := range strings.FieldsSeq(lower) {
		for _, i := range replyAboveIndex[word] {
			if saysReplyAbove(lower, i, inRows) {
				return true
			}
		}
	}
	if unspaced(lower) {
		return slices.ContainsFunc(replyAboveIndex[""], func(i int) bool { return saysReplyAbove(lower, i, inRows) })
	}
	return false
}

func saysReplyAbove(lower string, row int, inRows bool) bool {
	before, after, ok := strings.Cut(lower, replyAbove[row].above)
	words := replyAbove[row].words
	switch {
	case !ok:
		return false
	case inRows && (hasWord(before, words) || hasWord(after, words)):
		return true
	}
	return (before != "" || after != "") && onlyWords(before, words) && onlyWords(after, words)
}

// hasWord reports whether a text has one of the words of a list that are no small
// words.
func hasWord(text, list string) bool {
	const small = 3 // bytes
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if (len(word) > small && strings.Contains(list, " "+word+" ")) || madeOf(word, list) {
			return true
		}
	}
	return false
}

// replyAboveIndex has the rows of the table by the first word of the place, those of
// scripts without blanks under "".
var replyAboveIndex = func() map[string][]int {
	index := map[string][]int{}
	for i := range replyAbove {
		word, _, _ := strings.Cut(replyAbove[i].above, " ")
		if unspaced(word) {
			word = ""
		}
		index[word] = append(index[word], i)
	}
	return index
}()

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// onlyWords reports whether each word of a text is one of a list, whose words stand
// between blanks. In scripts that write words together the list is gone through.
func onlyWords(text, list string) bool {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
		if !strings.Contains(list, " "+word+" ") && !madeOf(word, list) {
			return false
		}
	}
	return true
}

// madeOf reports whether a word of a script without blanks is made of words of a
// list.
func madeOf(word, list string) bool {
	for word != "" {
		rest := word
		for w := range strings.FieldsSeq(list) {
			if after, ok := strings.CutPrefix(word, w); ok && unspaced(w) && len(after) < len(rest) {
				rest = after
			}
		}
		if rest == word {
			return false
		}
		word = rest
	}
	return true
}

// replyAbove is how ticket systems ask for an answer above a line: the place, and
// the words that may stand beside it.
var replyAbove = []struct {
	lang, above, words string
	sample             string
}{
	{"en", "above this line", " please reply respond type write enter add put leave your own a an the answer response reply replies comment comments message text to by only in here and do not delete remove edit or via email e-mail this ticket request case it when replying post keep for ", "##- Please type your reply above this line -##"},
	{"en", "above the line", " please reply respond type write enter add put leave your a the answer response comment message text to by only ", "-- Please reply above the line --"},
	{"en", "above this text", " please reply respond type write enter your answer response comment ", "--- Please reply above this text ---"},
	{"en", "above this message", " please reply respond type write enter your answer response comment ", "=== Reply above this message ==="},
	{"en", "below this line", " do not write type anything reply please ", "-- do not write below this line --"},
	{"en", "above this delimiter", " please reply respond type write your ", "----- Reply above this delimiter -----"},
	{"de", "oberhalb dieser zeile", " bitte antworten antworte schreiben schreibe sie ihre deine eure die eine antwort antworten den text nachricht kommentar nur hier geben gib ein eingeben einfügen und ", "-- Bitte antworten Sie oberhalb dieser Zeile --"},
	{"de", "über dieser zeile", " bitte antworten antworte schreiben schreibe sie ihre deine die antwort nachricht kommentar nur geben gib ein eingeben ", "--- Bitte über dieser Zeile antworten ---"},
	{"de", "über diese zeile", " bitte antworten antworte schreiben schreibe sie ihre deine die antwort nachricht kommentar nur ", "## Bitte schreiben Sie Ihre Antwort über diese Zeile ##"},
	{"de", "oberhalb dieser linie", " bitte antworten antworte schreiben schreibe sie ihre deine die antwort nachricht nur geben ein ", "---- Bitte antworten Sie oberhalb dieser Linie ----"},
	{"nl", "boven deze regel", " gelieve graag reageer antwoord beantwoord typ schrijf plaats uw je jouw een het reactie antwoord bericht te ", "##- Typ uw antwoord boven deze regel -##"},
	{"nl", "boven deze lijn", " gelieve graag reageer antwoord beantwoord typ schrijf plaats uw je jouw een reactie bericht te reageren antwoorden ", "--- Reageer boven deze lijn ---"},
	{"da", "over denne linje", " skriv svar svaret venligst dit deres din besvarelse besked her ", "##- Skriv dit svar over denne linje -##"},
	{"nb", "over denne linjen", " skriv svar svaret vennligst ditt deres din melding her ", "##- Skriv svaret ditt over denne linjen -##"},
	{"nb", "ovenfor denne linjen", " skriv svar svaret vennligst ditt ", "--- Vennligst svar ovenfor denne linjen ---"},
	{"sv", "ovanför den här raden", " skriv svara svar ditt vänligen ert meddelande ", "##- Skriv ditt svar ovanför den här raden -##"},
	{"sv", "ovanför denna rad", " skriv svara svar ditt vänligen ert meddelande ", "--- Svara ovanför denna rad ---"},
	{"fi", "tämän rivin yläpuolelle", " kirjoita vastaa vastauksesi vastaus viestisi ", "##- Kirjoita vastauksesi tämän rivin yläpuolelle -##"},
	{"fr", "au-dessus de cette ligne", " veuillez merci de prière répondre répondez saisir saisissez écrire écrivez entrer votre vos ta la une réponse réponses commentaire message pour par courriel mail e-mail ", "##- Veuillez saisir votre réponse au-dessus de cette ligne -##"},
	{"es", "por encima de esta línea", " por favor responda responde responder escriba escribe su tu la respuesta mensaje comentario ", "##- Por favor, escriba su respuesta por encima de esta línea -##"},
	{"es", "encima de esta línea", " por favor responda responde responder escriba escribe introduzca su tu la respuesta mensaje comentario ", "--- Responda encima de esta línea ---"},
	{"es", "sobre esta línea", " por favor responda responde responder escriba escribe su tu la respuesta ", "--- Responda sobre esta línea ---"},
	{"es", "arriba de esta línea", " por favor responda responde responder escriba escribe su tu la respuesta ", "--- Escriba su respuesta arriba de esta línea ---"},
	{"ca", "per sobre d'aquesta línia", " si us plau respongui respon escrigui escriu la seva teva resposta ", "--- Respon per sobre d'aquesta línia ---"},
	{"pt", "acima desta linha", " por favor responda responder digite escreva insira sua a resposta mensagem comentário ", "##- Por favor, digite sua resposta acima desta linha -##"},
	{"it", "sopra questa riga", " si prega di per favore rispondere rispondi rispondete scrivere scrivi inserire digitare la tua vostra sua risposta messaggio al ", "##- Digitare la risposta sopra questa riga -##"},
	{"it", "sopra questa linea", " si prega di per favore rispondere rispondi scrivere scrivi la tua risposta ", "--- Rispondi sopra questa linea ---"},
	{"it", "al di sopra di questa riga", " si prega di per favore rispondere rispondi scrivere scrivi la tua risposta ", "--- Si prega di rispondere al di sopra di questa riga ---"},
	{"ro", "deasupra acestei linii", " vă rugăm să răspundeți scrieți răspunsul dumneavoastră ", "--- Vă rugăm să răspundeți deasupra acestei linii ---"},
	{"pl", "powyżej tej linii", " proszę prosimy odpowiedz odpowiedzieć odpowiadać wpisz wpisać napisz swoją odpowiedź treść ", "##- Wpisz odpowiedź powyżej tej linii -##"},
	{"pl", "nad tą linią", " proszę prosimy odpowiedz odpowiedzieć wpisz wpisać napisz swoją odpowiedź ", "--- Prosimy odpowiedzieć nad tą linią ---"},
	{"cs", "nad tento řádek", " prosím napište svou vaši odpověď pište odpovídejte odpovězte ", "##- Napište svou odpověď nad tento řádek -##"},
	{"cs", "nad tímto řádkem", " prosím odpovězte odpovídejte odpověď svou vaši ", "--- Prosím odpovězte nad tímto řádkem ---"},
	{"sk", "nad tento riadok", " prosím napíšte svoju vašu odpoveď píšte odpovedzte ", "--- Napíšte svoju odpoveď nad tento riadok ---"},
	{"hu", "e sor fölé", " kérjük válaszát írja válaszoljon a ", "--- Kérjük, válaszát e sor fölé írja ---"},
	{"hu", "a sor fölé", " kérjük válaszát ezen írja válaszoljon ", "--- Válaszát ezen a sor fölé írja ---"},
	{"tr", "bu satırın üzerine", " lütfen yanıtınızı cevabınızı yazın yazınız girin ", "##- Lütfen yanıtınızı bu satırın üzerine yazın -##"},
	{"tr", "bu satırın üstüne", " lütfen yanıtınızı cevabınızı yazın yazınız girin ", "--- Yanıtınızı bu satırın üstüne yazın ---"},
	{"ru", "выше этой строки", " пожалуйста напишите введите пишите ваш свой ответ ответьте отвечайте ", "##- Введите ваш ответ выше этой строки -##"},
	{"ru", "над этой строкой", " пожалуйста напишите введите ваш ответ ответьте ", "--- Пожалуйста, напишите ответ над этой строкой ---"},
	{"uk", "вище цього рядка", " будь ласка напишіть введіть вашу свою відповідь ", "--- Напишіть відповідь вище цього рядка ---"},
	{"el", "πάνω από αυτή τη γραμμή", " παρακαλώ απαντήστε γράψτε πληκτρολογήστε την απάντησή σας ", "--- Παρακαλώ απαντήστε πάνω από αυτή τη γραμμή ---"},
	{"ja", "この行より上", " 返信 を に へ は ご 入力 してください ください 記入 お願いします して ", "##- この行より上に返信を入力してください -##"},
	{"ja", "この行の上", " 返信 を に へ は ご 入力 してください ください 記入 お願いします して ", "##- 返信はこの行の上に入力してください -##"},
	{"ja", "この線の上", " 返信 を に へ は ご 入力 してください ください 記入 して ", "--- この線の上に返信してください ---"},
	{"ja", "この線より上", " 返信 を に へ は ご 入力 してください ください 記入 して ", "--- この線より上に返信してください ---"},
	{"zh-Hans", "在此行上方", " 请 回复 输入 您的 你的 内容 ", "##- 请在此行上方输入您的回复 -##"},
	{"zh-Hans", "此行以上", " 请在 请 在 回复 输入 您的 你的 内容 ", "##- 请在此行以上回复 -##"},
	{"zh-Hans", "这一行上方", " 请在 请 在 回复 输入 您的 你的 内容 ", "--- 请在这一行上方回复 ---"},
	{"zh-Hant", "此行之上", " 請在 請 在 回覆 輸入 您的 你的 內容 ", "--- 請在此行之上回覆 ---"},
	{"zh-Hant", "在此行上方", " 請 回覆 輸入 您的 你的 內容 ", "##- 請在此行上方輸入您的回覆 -##"},
	{"ko", "이 선 위에", " 답장을 회신을 답변을 입력하세요 입력해 주세요 작성해 회신해 ", "--- 이 선 위에 회신을 입력해 주세요 ---"},
	{"ko", "이 줄 위에", " 답장을 회신을 답변을 입력하세요 입력해 주세요 작성해 회신해 ", "##- 이 줄 위에 답장을 입력하세요 -##"},
	{"he", "מעל שורה זו", " נא להשיב השב כתוב את תשובתך ", "--- נא להשיב מעל שורה זו ---"},
	{"ar", "فوق هذا السطر", " يرجى كتابة الرد اكتب ردك الرجاء ", "--- يرجى كتابة الرد فوق هذا السطر ---"},
}
