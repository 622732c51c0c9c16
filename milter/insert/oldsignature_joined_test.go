package insert

import "testing"

// TestOldSignaturesBelowJoinedClosings: a signature goes below a closing of two parts,
// or one that says from where, and with a title before the name; the same data as
// content stay.
func TestOldSignaturesBelowJoinedClosings(t *testing.T) {
	runOld(t, []oldCase{
		{"ines", "Segue em anexo o desenho.\n\nObrigada e até breve,\n\n^\nInês Carvalho\nGestora de frotas\n+351 21 555 0125\n$"},
		{"hannah", "The pump is ready.\n\nThanks and speak soon,\n\n^\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\n$"},
		{"lars", "Torsdag går bra.\n\nTack och hej då\n\n^\nLars Lindqvist\nInköpschef\nContoso AB\nTel: 08-555 01 34\n$"},
		{"otto", "Die Papiere liegen bei.\n\nViele Grüße und bis Donnerstag, Halle 3, Stand 4B12\n\n^\nOtto Brandt\nDisponent\nTel. +49 40 5550 126\n$"},
		{"otto", "Die Papiere liegen bei.\n\nGruß aus Hamburg\n\n^\nOtto Brandt\nDisponent\nTel. +49 40 5550 126\n$"},
		{"sanne", "Donderdag is goed.\n\nGroet uit Venlo\n\n^\nSanne de Wit\nHoofd Inkoop\nT +31 20 555 0132\n$"},
		{"wei", "样品请寄到以下地址:\n\n上海市仪表路18号 实验室\n收件人:刘芳,电话 021-5555-0190\n\n谢谢,顺祝商祺\n\n^\n王伟\n采购经理\n电话：+86 21 5555 0142\n$"},
		{"yuki", "図面を確認いたしました。\n\nよろしくお願いいたします。\n\n^\nContoso株式会社\n技術部長 山田雪\nTEL 03-5550-1001\nyuki@contoso.com\n$"},
		{"minji", "견적서 잘 받았습니다.\n\n감사합니다.\n\n^\n구매팀 과장 김민지\n전화 +82 2 555 0143\n$"},
		{"david", "הכיול הסתיים.\n\nבברכה,\n\n^\nדוד לוי | מהנדס\nטל׳ 03-555-0100 | נייד 052-555-0100\n$"},
		{"hannah", "The pump is ready.\n\nThanks,\n\n^\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\n\nLinkedIn<https://www.linkedin.com/company/contoso-x> | YouTube<https://www.youtube.com/@contoso-x> | Blog<https://contoso.com/blog>\n$"},
		{"jose", "De acuerdo.\n\nSaludos cordiales\n\n^\nJosé García López\nJefe de Obra\nContoso S.L.\nTel. +34 91 5550 105\n\nAVISO LEGAL: Este mensaje y los ficheros adjuntos son confidenciales. De conformidad con el RGPD, sus datos se tratan con la finalidad de mantener la relación comercial. Puede ejercer sus derechos en privacidad@contoso.com.\n$"},
		// words that point at nothing below
		{"jose", "Te adjunto en el servidor el acta de ayer; falta tu firma en la página 2.\n\nUn saludo,\n\n^\nJosé García López\nJefe de Obra\nContoso S.L.\nTel. +34 91 5550 105\n$"},
		{"giulia", "Il nome del cliente manca, lo aggiungo oggi alla lista.\n\nCordiali saluti\n\n^\nGiulia Conti\nResponsabile qualità\nTel. +39 02 5550 131\n$"},
		// content
		{"hannah", "Please send the badge to\n\nHannah Whitlock\nPump Designer\n18 Weir Road, Leeds\nT +44 113 496 0121\n\nThanks and see you at the gate, hall 3\n"},
		{"jose", "Esta es mi nueva firma, ¿os gusta?\n\nUn saludo,\n\nJosé García López\nJefe de Obra\nContoso S.L.\nTel. +34 91 5550 105\n"},
		{"hannah", "Please use the address below from now on.\n\nRegards,\n\nHannah Whitlock\nPump Designer\n18 Weir Road, Leeds\nT +44 113 496 0121\n"},
		{"yuki", "納品先は次のとおりです。\n\nContoso株式会社\n技術部長 山田雪\n東京都千代田区時計町1-2-3\nTEL 03-5550-1001\n"},
	})
}
