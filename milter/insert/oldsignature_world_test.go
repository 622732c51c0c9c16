package insert

import "testing"

func init() {
	for who, p := range map[string]*Person{
		"otto":   {Name: "Brandt, Otto", Given: "Otto", Surname: "Brandt", Addresses: []string{"otto@contoso.com"}, Roles: []string{"Disponent"}, Values: []string{"Disposition", "Contoso AG", "+49 40 5550 126", "+49 171 5550126", "Kaistraße 44", "Hamburg", "20457"}},
		"hannah": {Name: "Hannah Whitlock", Given: "Hannah", Surname: "Whitlock", Addresses: []string{"hannah@contoso.com"}, Roles: []string{"Pump Designer"}, Values: []string{"Hydraulics", "Contoso Ltd", "+44 113 496 0121", "+44 7700 900121", "18 Weir Road", "Leeds", "LS1 4DY"}},
		"jose":   {Name: "Jose Garcia Lopez", Given: "Jose", Surname: "Garcia Lopez", Addresses: []string{"jose@contoso.com"}, Roles: []string{"Jefe de Obra"}, Values: []string{"Obras", "Contoso S.L.", "+34 91 5550 105", "+34 600 555 105", "Calle del Reloj 12", "Madrid", "28013"}},
		"ines":   {Name: "Inês Carvalho", Given: "Inês", Surname: "Carvalho", Addresses: []string{"ines@contoso.com"}, Roles: []string{"Gestora de frotas"}, Values: []string{"Frotas", "Contoso Lda.", "+351 21 555 0125", "+351 910 555 125", "Rua do Vento 31", "Lisboa", "1200-109"}},
		"giulia": {Name: "Giulia Conti", Given: "Giulia", Surname: "Conti", Addresses: []string{"giulia@contoso.com"}, Roles: []string{"Responsabile qualità"}, Values: []string{"Contoso S.r.l.", "+39 02 5550 131", "Via del Molo 8", "Milano", "20121"}},
		"sanne":  {Name: "Sanne de Wit", Given: "Sanne", Surname: "de Wit", Addresses: []string{"sanne@contoso.com"}, Roles: []string{"Hoofd Inkoop"}, Values: []string{"Contoso B.V.", "+31 20 555 0132", "Kadeweg 3", "Amsterdam", "1011 AB"}},
		"ingrid": {Name: "Ingrid Dahl", Given: "Ingrid", Surname: "Dahl", Addresses: []string{"ingrid@contoso.com"}, Roles: []string{"Prosjektleder"}, Values: []string{"Contoso AS", "+47 22 55 01 33", "Bryggegata 5", "Oslo", "0250"}},
		"lars":   {Name: "Lars Lindqvist", Given: "Lars", Surname: "Lindqvist", Addresses: []string{"lars@contoso.com"}, Roles: []string{"Inköpschef"}, Values: []string{"Contoso AB", "+46 8 555 01 34", "Hamngatan 9", "Stockholm", "111 47"}},
		"aino":   {Name: "Aino Virtanen", Given: "Aino", Surname: "Virtanen", Addresses: []string{"aino@contoso.com"}, Roles: []string{"Projektipäällikkö"}, Values: []string{"Contoso Oy", "+358 9 555 0135", "Satamakatu 4", "Helsinki", "00160"}},
		"pavel":  {Name: "Pavel Novák", Given: "Pavel", Surname: "Novák", Addresses: []string{"pavel@contoso.com"}, Roles: []string{"Vedoucí nákupu"}, Values: []string{"Contoso s.r.o.", "+420 2 5550 1136", "Nábřežní 7", "Praha", "110 00"}},
		"zuzana": {Name: "Zuzana Kováčová", Given: "Zuzana", Surname: "Kováčová", Addresses: []string{"zuzana@contoso.com"}, Roles: []string{"Referentka logistiky"}, Values: []string{"Contoso s.r.o.", "+421 2 5550 1137", "Prístavná 2", "Bratislava", "811 02"}},
		"gabor":  {Name: "Szabó Gábor", Given: "Gábor", Surname: "Szabó", Addresses: []string{"gabor@contoso.com"}, Roles: []string{"Beszerzési vezető"}, Values: []string{"Contoso Kft.", "+36 1 555 0138", "Duna utca 6", "Budapest", "1056"}},
		"ioana":  {Name: "Ioana Popescu", Given: "Ioana", Surname: "Popescu", Addresses: []string{"ioana@contoso.com"}, Roles: []string{"Inginer calitate"}, Values: []string{"Contoso S.R.L.", "+40 21 555 0139", "Str. Portului 11", "București", "010101"}},
		"oksana": {Name: "Оксана Бондар", Given: "Оксана", Surname: "Бондар", Addresses: []string{"oksana@contoso.com"}, Roles: []string{"Логіст"}, Values: []string{"ТОВ Контосо", "+380 44 555 01 40", "вул. Портова 3", "Київ", "01001"}},
		"nikos":  {Name: "Νίκος Παππάς", Given: "Νίκος", Surname: "Παππάς", Addresses: []string{"nikos@contoso.com"}, Roles: []string{"Υπεύθυνος προμηθειών"}, Values: []string{"Contoso Α.Ε.", "+30 210 555 0141", "Λιμάνος 4", "Πειραιάς", "18531"}},
		"wei":    {Name: "王伟", Given: "伟", Surname: "王", Addresses: []string{"wei@contoso.com"}, Roles: []string{"采购经理"}, Values: []string{"采购部", "康托索有限公司", "+86 21 5555 0142", "上海"}},
		"minji":  {Name: "김민지", Given: "민지", Surname: "김", Addresses: []string{"minji@contoso.com"}, Roles: []string{"과장"}, Values: []string{"구매팀", "콘토소 주식회사", "+82 2 555 0143", "서울"}},
	} {
		people[who] = p
	}
}

// TestOldSignaturesOfTheWorld: what signatures hold beside name and numbers, in
// many languages.
func TestOldSignaturesOfTheWorld(t *testing.T) {
	runOld(t, []oldCase{
		// rows of signs around it
		{"otto", "Der Termin am 8. Dezember steht.\n\nMit freundlichen Grüßen\n\n^\n______________________________\nOtto Brandt\nDisponent\nContoso AG\nKaistraße 44, 20457 Hamburg\nTel. +49 40 5550 126\n$"},
		{"otto", "Der Termin am 8. Dezember steht.\n\n^\n------------------------------\nOtto Brandt\nDisponent\nContoso AG\nKaistraße 44, 20457 Hamburg\nTel. +49 40 5550 126\notto@contoso.com\n------------------------------\n$"},
		{"hannah", "The pump is ready.\n\nRegards\n\n^\n* * * * * * * *\nHannah Whitlock\nPump Designer\nContoso Ltd\nT: 0113 496 0121\n* * * * * * * *\n$"},
		{"yuki", "見積書を拝受しました。\n\nご確認のほど、よろしくお願いいたします。\n\n^\n*********************************\nContoso株式会社\n技術部\n山田 雪\nTEL：+81 3 5550 1001\nE-mail：yuki@contoso.com\n*********************************\n$"},
		{"yuki", "お世話になっております。\n資料を拝受しました。\n\n以上、よろしくお願いいたします。\n\n^\n==============================\nContoso株式会社\n技術部長　山田 雪\n〒100-0000 東京都千代田区計器町1-2-3 計器ビル5F\nTEL 03-5550-1001 / FAX 03-5550-1002\nMail yuki@contoso.com\n==============================\n$"},
		{"yuki", "承知いたしました。\nよろしくお願いします。\n\n^\n＊＊＊＊＊＊＊＊＊＊＊＊\n山田 雪\nContoso株式会社 技術部\n電話：+81 3 5550 1001\n＊＊＊＊＊＊＊＊＊＊＊＊\n$"},
		{"wei", "报价单已收到。\n\n此致\n敬礼\n\n^\n————————————————\n王伟\n采购部 采购经理\n康托索有限公司\n电话：+86 21 5555 0142\n地址：上海市浦东新区仪表路88号\n$"},
		{"minji", "견적서 잘 받았습니다.\n\n감사합니다.\n\n^\n김민지 과장\n구매팀\n콘토소 주식회사\nT. +82 2 555 0143\nE. minji@contoso.com\n서울특별시 중구 계기로 12, 5층\n$"},
		{"minji", "확인했습니다.\n\n감사합니다.\n김민지 드림\n\n^\n--------------------\n김민지\n콘토소 주식회사 | 구매팀\n전화 +82 2 555 0143\n--------------------\n$"},
		// greetings over two lines
		{"otto", "Der Wagen ist unterwegs.\n\nMit besten Grüßen nach Venlo\nauch im Namen von Frau Iwersen\n\n^\nOtto Brandt\nDisponent\nContoso AG\nTel. +49 40 5550 126\n$"},
		{"otto", "Der Wagen ist unterwegs.\n\nViele Grüße\naus dem Hamburger Hafen\n\n^\nOtto Brandt\nDisponent\nContoso AG\nTel. +49 40 5550 126\n$"},
		{"hannah", "The pump is ready.\n\nKind regards,\non behalf of the whole team\n\n^\nHannah Whitlock\nPump Designer\nContoso Ltd\nT +44 113 496 0121\n$"},
		{"hannah", "The pump is ready.\n\nBest wishes\nand have a lovely weekend\n\n^\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\n$"},
		{"elodie", "Le délai nous convient.\n\nBien cordialement\nau nom de toute l'équipe achats\n\n^\nÉlodie Marchand\nResponsable des achats\nContoso SAS\nTél. : +33 1 99 00 01 22\n$"},
		{"jose", "Les confirmo la visita.\n\nUn cordial saludo\nen nombre de todo el equipo\n\n^\nJosé García López\nJefe de Obra\nContoso S.L.\nTel. +34 91 5550 105\n$"},
		{"wanda", "Auto podstawimy rano.\n\nZ poważaniem\nw imieniu działu spedycji\n\n^\nWanda Krzemińska\nSpedytorka\ntel. +48 22 555 01 24\n$"},
		{"sanne", "De levering is akkoord.\n\nMet vriendelijke groet,\nmede namens Joost\n\n^\nSanne de Wit\nHoofd Inkoop\nContoso B.V.\nT +31 20 555 0132\n$"},
		{"ivan", "Договор подписан.\n\nС уважением\nот имени всего отдела\n\n^\nИван Петров\nИнженер\nООО Контосо\nтел. +7 495 555-01-29\n$"},
		// registers, seats, privacy, the request not to print
		{"otto", "Der Wagen ist unterwegs.\n\nMit freundlichen Grüßen\n\n^\nOtto Brandt\nDisponent\nContoso AG\nKaistr. 44\nD-20457 Hamburg\nFon: +49 40 5550 126\nMobil: +49 171 5550126\nwww.contoso.com\n\nContoso AG, Sitz: Hamburg, AG Hamburg HRB 99126\nVorstand: Bruno Beispiel (Vors.), Clara Probe\nAufsichtsratsvorsitzender: Dr. Emil Muster\nInformationen zum Datenschutz finden Sie unter www.contoso.com/datenschutz\n$"},
		{"otto", "Passt.\n\nMfG\n\n^\nOtto Brandt\nDisponent\nTel. +49 40 5550 126\nNiederlassung Hamburg | Amtsgericht Hamburg HRB 99126 | USt-IdNr. DE999999126\nBitte denken Sie an die Umwelt, bevor Sie diese E-Mail ausdrucken.\n$"},
		{"otto", "Passt.\n\nMfG\n\n^\nOtto Brandt\nDisponent\nTel. +49 40 5550 126\nUnsere Datenschutzhinweise nach Art. 13 DSGVO: https://www.contoso.com/dsgvo\n$"},
		{"hannah", "The pump is ready.\n\nRegards\n\n^\nHannah Whitlock CEng MIMechE\nPump Designer\nContoso Ltd\n18 Weir Road\nLeeds\nLS1 4DY\nT +44 113 496 0121\nContoso Ltd is registered in England and Wales, company number 09990121. Registered office: 18 Weir Road, Leeds LS1 4DY.\n$"},
		{"hannah", "The pump is ready.\n\nRegards\n\n^\nHannah Whitlock\nPump Designer\nContoso Ltd\nT +44 113 496 0121\nContoso Limited. Registered in Scotland No. SC099012. VAT No. GB 999 9901 21.\nFor information on how we process personal data see www.contoso.com/privacy\n$"},
		{"hannah", "The pump is ready.\n\nRegards\n\n^\nHannah Whitlock\nPump Designer, Contoso Ltd\nDirect: +44 113 496 0121\nPlease consider the environment before printing this email\n$"},
		{"elodie", "Le délai nous convient.\n\nCordialement\n\n^\nÉlodie Marchand\nResponsable des achats\nContoso SAS\n3 rue de la Vanne – 69002 Lyon\nTél. : +33 1 99 00 01 22\nSuccursale française – Capital social 50 000 € – RCS Lyon 999 990 122 – TVA FR99 999990122\nPensez à l'environnement avant d'imprimer ce message.\n$"},
		{"elodie", "Le délai nous convient.\n\nBien à vous\n\n^\nÉlodie MARCHAND\nResponsable des achats\nLD : +33 (0)1 99 00 01 22\nSociété par actions simplifiée au capital de 120 000 euros\nSiège social : 3 rue de la Vanne, 69002 Lyon\nPolitique de confidentialité : www.contoso.com/rgpd\n$"},
		{"jose", "De acuerdo.\n\nSaludos cordiales\n\n^\nJosé García López\nJefe de Obra | Obras\nContoso S.L.\nC/ del Reloj, 12 – 28013 Madrid\nTfno.: 91 5550 105 | Móvil: 600 555 105\nCIF B99999105. Inscrita en el Registro Mercantil de Madrid, Tomo 1234, Folio 56, Hoja M-99105\nAntes de imprimir este mensaje, piense en el medio ambiente.\n$"},
		{"jose", "De acuerdo.\n\nAtentamente,\n\n^\nJosé García\nJefe de Obra\nTel.: +34 91 5550 105\nEn cumplimiento del RGPD, sus datos serán tratados por Contoso S.L.; más información en www.contoso.com/privacidad\n$"},
		{"ines", "Fica combinado.\n\nCom os melhores cumprimentos,\n\n^\nInês Carvalho\nGestora de frotas\nContoso Lda.\nRua do Vento 31, 3.º Esq.\n1200-109 Lisboa\nTelm.: +351 910 555 125\nNIPC 599999125 – Capital social 5.000 € – Matriculada na CRC de Lisboa\nAntes de imprimir, pense no ambiente.\n$"},
		{"giulia", "Va bene per giovedì.\n\nCordiali saluti\n\n^\nDott.ssa Giulia Conti\nResponsabile qualità\nContoso S.r.l. a socio unico\nVia del Molo, 8 - 20121 Milano (MI)\nTel. +39 02 5550 131\nP.IVA / C.F. 09999999131 – REA MI-999131 – Cap. Soc. € 50.000 i.v.\nInformativa privacy: www.contoso.com/privacy\n$"},
		{"sanne", "Donderdag is goed.\n\nMet vriendelijke groet,\n\n^\nSanne de Wit\nHoofd Inkoop\n\nContoso B.V.\nKadeweg 3\n1011 AB  Amsterdam\nT +31 20 555 0132\nKvK Amsterdam 99990132 | BTW NL999990132B01\nLees onze privacyverklaring op www.contoso.com\n$"},
		{"soren", "Torsdag passer.\n\nVenlig hilsen\n\n^\nSøren Østergaard\nDriftsleder\n\nContoso A/S\nSlusevej 5\nDK-8000 Aarhus C\nDir. tlf. +45 33 55 01 23\nCVR-nr. 99990123\nLæs om vores behandling af personoplysninger på www.contoso.com\n$"},
		{"ingrid", "Torsdag passer.\n\nMed vennlig hilsen\n\n^\nIngrid Dahl\nProsjektleder\nContoso AS\nMobil: +47 22 55 01 33\nBesøksadresse: Bryggegata 5, 0250 Oslo\nOrg.nr. 999 990 133 MVA\nTenk på miljøet før du skriver ut denne e-posten.\n$"},
		{"lars", "Torsdag går bra.\n\nMed vänlig hälsning\n\n^\nLars Lindqvist\nInköpschef\nContoso AB\nHamngatan 9, 111 47 Stockholm\nTel: 08-555 01 34\nOrg.nr 556999-0134, styrelsens säte: Stockholm\nSå behandlar vi personuppgifter: www.contoso.com/gdpr\n$"},
		{"aino", "Torstai sopii.\n\nYstävällisin terveisin\n\n^\nAino Virtanen\nProjektipäällikkö\nContoso Oy\nSatamakatu 4, 00160 Helsinki\npuh. +358 9 555 0135\nY-tunnus 9999013-5, kotipaikka Helsinki\nTietosuojaseloste: www.contoso.com/tietosuoja\n$"},
		{"wanda", "Auto podstawimy rano.\n\nZ poważaniem\n\n^\nWanda Krzeminska\nSpedytorka\nContoso Sp. z o.o.\nul. Wiatraczna 9, 04-366 Warszawa\ntel. +48 22 555 01 24\nOddział w Polsce, Sąd Rejonowy dla m.st. Warszawy, XIII Wydział Gospodarczy, KRS 0000999124\nNIP 999-01-24-000, REGON 999012400, kapitał zakładowy 50 000 zł\nAdministratorem danych osobowych jest Contoso Sp. z o.o.; szczegóły: www.contoso.com/rodo\n$"},
		{"pavel", "Čtvrtek nám vyhovuje.\n\nS pozdravem\n\n^\nIng. Pavel Novák\nVedoucí nákupu\nContoso s.r.o.\nNábřežní 7, 110 00 Praha 1\nT: +420 2 5550 1136\nIČO: 99990136, zapsaná v OR vedeném Městským soudem v Praze, oddíl C, vložka 99136\nInformace o zpracování osobních údajů: www.contoso.com/gdpr\n$"},
		{"zuzana", "Štvrtok nám vyhovuje.\n\nS pozdravom\n\n^\nMgr. Zuzana Kováčová\nReferentka logistiky\nContoso s.r.o., Prístavná 2, 811 02 Bratislava\nMob.: +421 2 5550 1137\nIČO: 99990137 | IČ DPH: SK9999901370\nMyslite na životné prostredie pred vytlačením tohto e-mailu.\n$"},
		{"gabor", "A csütörtök megfelel.\n\nÜdvözlettel:\n\n^\nSzabó Gábor\nBeszerzési vezető\nContoso Kft.\n1056 Budapest, Duna utca 6.\nTel.: +36 1 555 0138\nCégjegyzékszám: 01-09-999138, adószám: 99990138-2-41\nAdatkezelési tájékoztató: www.contoso.com/gdpr\n$"},
		{"ioana", "Joi este în regulă.\n\nCu stimă,\n\n^\nIng. Ioana Popescu\nInginer calitate\nContoso S.R.L.\nStr. Portului nr. 11, sector 1, București\nTel.: +40 21 555 0139\nCUI RO99990139, J40/9999/2019, capital social 200 lei\nDatele cu caracter personal sunt prelucrate conform www.contoso.com/gdpr\n$"},
		{"mehmet", "Perşembe uygun.\n\nSaygılarımla,\n\n^\nMehmet Yılmaz\nDepo sorumlusu\nContoso A.Ş.\nRüzgar Sok. No: 6, 34420 Karaköy / İstanbul\nT: +90 212 555 01 27\nG: +90 212 555 01 27\nMersis No: 0999012700000127\nKVKK aydınlatma metni: www.contoso.com/kvkk\n$"},
		{"ivan", "Четверг подходит.\n\nС уважением,\n\n^\nИван Петров\nВедущий инженер\nООО Контосо\n123456, г. Москва, ул. Приборная, д. 5, оф. 12\nтел.: +7 (495) 555-01-29 доб. 105\nИНН 7799990129 / КПП 779901001 / ОГРН 1197799990129\nПодумайте об окружающей среде, прежде чем печатать это письмо.\n$"},
		{"oksana", "Четвер підходить.\n\nЗ повагою,\n\n^\nОксана Бондар\nЛогіст\nТОВ Контосо\nвул. Портова, 3, м. Київ, 01001\nтел. +380 44 555 01 40\nЄДРПОУ 99990140\n$"},
		{"nikos", "Η Πέμπτη μας εξυπηρετεί.\n\nΜε εκτίμηση,\n\n^\nΝίκος Παππάς\nΥπεύθυνος προμηθειών\nContoso Α.Ε.\nΛιμάνος 4, 185 31 Πειραιάς\nΤηλ.: +30 210 555 0141\nΑΦΜ 999990141, ΔΟΥ Πειραιά, ΓΕΜΗ 999901410000\n$"},
		{"david", "יום חמישי מתאים.\n\nבברכה,\n\n^\nדוד לוי\nמהנדס\nקונטוסו מכשור בע\"מ\nרח' המדידה 7, תל אביב 6100000\nטל': 03-555-0100 | נייד: 052-555-0100\nח.פ. 519999100\n$"},
		{"layla", "الخميس مناسب.\n\nمع أطيب التحيات\n\n^\nم. ليلى حداد\nمهندسة\nكونتوسو للأجهزة\nعمّان، شارع القياس، مبنى 7\nهاتف: +962 6 555 0107\nص.ب. 9107 عمّان 11190 الأردن\nس.ت. 99107\n$"},
		{"wei", "周四可以。\n\n祝好\n\n^\n王伟 | 采购经理\n康托索有限公司 采购部\n电话：021-5555 0142\n邮箱：wei@contoso.com\n统一社会信用代码：91310000MA9999142X\n$"},
		// no greeting above
		{"wanda", "Kierowca będzie o 14:00, awizacja pod numerem 22 555 01 99.\n\n^\nWanda Krzeminska\nSpedytorka\nContoso Sp. z o.o.\nul. Wiatraczna 9\n04-366 Warszawa\ntel. +48 22 555 01 24\n$"},
		{"otto", "Die Rampe 4 ist ab Montag unter 040 555 199 zu erreichen.\n\n^\nOtto Brandt\nDisponent\nContoso AG\nKaistraße 44, 20457 Hamburg\nTel. +49 40 5550 126\nMobil +49 171 5550126\n$"},
		{"hannah", "The courier rang from 0113 496 0199 and will be there by noon.\n\n^\nHannah Whitlock\nPump Designer\nContoso Ltd\n18 Weir Road, Leeds LS1 4DY\nT +44 113 496 0121\nhannah@contoso.com\n$"},
		{"elodie", "La palette partira mardi à 8 h.\n\n^\nÉlodie Marchand\nResponsable des achats\nContoso SAS\n3 rue de la Vanne\n69002 Lyon\nTél. : +33 1 99 00 01 22\nelodie@contoso.com\n$"},
		// departments, companies and titles around the name
		{"otto", "Passt.\n\nFreundliche Grüße\n\n^\nContoso AG\nDisposition\nOtto Brandt\nDisponent\nTel. +49 40 5550 126\n$"},
		{"otto", "Passt.\n\nFreundliche Grüße\n\n^\ni. V. Otto Brandt\nLeiter Nahverkehr und Zollabwicklung\nContoso AG\nTel. +49 40 5550 126\n$"},
		{"giulia", "Va bene.\n\nDistinti saluti\n\n^\nContoso S.r.l.\nGiulia Conti\nUfficio Qualità\nTel. 02 5550131\n$"},
		{"ines", "Combinado.\n\nCumprimentos,\n\n^\nInês Carvalho\nDepartamento de Frotas e Manutenção\nContoso Lda.\nT. 21 555 0125\n$"},
		{"sanne", "Akkoord.\n\nGroeten,\n\n^\nSanne de Wit | Hoofd Inkoop | Contoso B.V.\nKadeweg 3 | 1011 AB Amsterdam\n+31 (0)20 555 0132 | sanne@contoso.com | www.contoso.com\nAanwezig op ma, di en do\n$"},
		{"lars", "Det går bra.\n\nHälsningar\n\n^\nLars Lindqvist\nGruppchef Inköp & Logistik\nContoso AB\nMobil 08 555 01 34\n$"},
		{"pavel", "Souhlasím.\n\nS přátelským pozdravem\n\n^\nPavel Novák\nvedoucí nákupu\nContoso s.r.o.\nmobil: +420 2 5550 1136\ne-mail: pavel@contoso.com\n$"},
		{"nikos", "Συμφωνώ.\n\nΦιλικά,\n\n^\nΝίκος Παππάς\nΤμήμα Προμηθειών\nΚιν. +30 210 555 0141\nE-mail: nikos@contoso.com\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nAlice Muster\nHead of Testing\nContoso GmbH\nT +49 30 123456-78\n￼\n$"},
		{"alice", "Thursday works.\n\nThanks and regards,\n\n^\nAlice Muster | Senior Test Architect\nContoso GmbH – A Fabrikam company\nDesk +49 30 123456-78 · Cell +49 170 9876543\nBook time with me: https://outlook.office.com/bookwithme/alice\n$"},
		{"otto", "Geht klar.\n\nGruß\n\n^\nOtto Brandt\nDisposition Nord\nContoso AG · Kaistraße 44 · D-20457 Hamburg\nTelefon +49 (40) 55 50 - 126 · Telefax +49 (40) 55 50 - 99\nE-Mail otto@contoso.com\nHandelsregister Hamburg HRB 99126 · Vorstand: Bruno Beispiel, Clara Probe\n$"},
		{"otto", "Geht klar.\n\nFreundliche Grüsse\n\n^\nOtto Brandt\nDisponent\n\nContoso AG\nKaistraße 44\nCH-8005 Zürich\nDirekt: +49 40 5550 126\nZentrale: +49 40 5550 100\nMWST-Nr. CHE-999.999.126 MWST\n$"},
		{"hannah", "All good.\n\nMany thanks\n\n^\nHannah Whitlock BEng (Hons)\nPump Designer\nM: 07700 900121\nE: hannah@contoso.com\nMy working days are Monday to Thursday\n\nContoso Ltd, 18 Weir Road, Leeds, LS1 4DY\nFollow us: LinkedIn | X | YouTube\n$"},
		{"jose", "Confirmado.\n\nUn saludo,\n\n^\nJosé García López\nDpto. de Obras\nTlf. 91 555 01 05 Ext. 12\njose@contoso.com\nwww.contoso.com\n$"},
		{"elodie", "C'est noté.\n\nBien cordialement,\n\n^\nÉlodie Marchand\nDirection des achats – Pôle Sud\nTél. +33 1 99 00 01 22 / Mob. +33 1 99 00 01 22\n3, rue de la Vanne - CS 10122 - 69002 Lyon Cedex 02\nSIRET 999 990 122 00012 - APE 2813Z\n$"},
		{"giulia", "Perfetto.\n\nCordialmente\n\n^\nGiulia Conti\nUfficio Qualità - Contoso S.r.l.\nVia del Molo n. 8, 20121 Milano\nCell. +39 02 5550 131\nAi sensi del Regolamento UE 2016/679 i dati sono trattati da Contoso S.r.l.\n$"},
		{"ines", "Combinado.\n\nAtenciosamente,\n\n^\nInês Carvalho\nGestora de frotas\nFixo: 21 555 0125 (chamada para a rede fixa nacional)\nines@contoso.com\n$"},
		{"sanne", "Prima.\n\nHartelijke groet,\n\n^\ndrs. S. de Wit\nHoofd Inkoop\nT 020 - 555 01 32\nwww.contoso.com\n$"},
		{"soren", "Fint.\n\nDe bedste hilsner\n\n^\nSøren Østergaard\nDriftsleder, Drift & Vedligehold\nT: +45 33 55 01 23\nM: +45 33 55 01 23\n\nContoso A/S | Slusevej 5 | 8000 Aarhus | www.contoso.com\n$"},
		{"ingrid", "Fint.\n\nHilsen\n\n^\nIngrid Dahl\nProsjektleder / Avd. Anlegg\nTlf.: 22 55 01 33\nContoso AS, Postboks 12, 0250 Oslo\n$"},
		{"lars", "Bra.\n\nVänliga hälsningar\n\n^\nLars Lindqvist\nInköpschef\n_______________________\nContoso AB\nHamngatan 9\nSE-111 47 Stockholm\nVäxel: 08-555 01 00\nDirekt: 08-555 01 34\n$"},
		{"aino", "Selvä.\n\nTerveisin\n\n^\nAino Virtanen\nProjektipäällikkö, DI\nContoso Oy | Satamakatu 4 | 00160 Helsinki\nGSM 09 555 0135\n$"},
		{"wanda", "Tak.\n\nPozdrawiam serdecznie,\n\n^\nWanda Krzemińska\nStarszy Specjalista ds. Spedycji\nDział Spedycji Międzynarodowej\nContoso Sp. z o.o.\nkom. 22 555 01 24\nZanim wydrukujesz tę wiadomość, pomyśl o środowisku.\n$"},
		{"pavel", "Ano.\n\nS pozdravem,\n\n^\nPavel Novák\nnákup a logistika\nContoso s.r.o.\nNábřežní 7\n110 00 Praha 1\ntel. 2 5550 1136\nwww.contoso.com\n$"},
		{"gabor", "Rendben.\n\nTisztelettel,\n\n^\nSzabó Gábor\nbeszerzési vezető\nContoso Kft.\nH-1056 Budapest, Duna u. 6.\nMobil: +36 1 555 0138\nKérjük, gondoljon környezetére, mielőtt kinyomtatja ezt a levelet!\n$"},
		{"ioana", "Da.\n\nCu respect,\n\n^\nIoana Popescu\nDepartamentul Calitate\nMobil: +40 21 555 0139\nE-mail: ioana@contoso.com\nProtejați mediul înconjurător! Nu printați acest e-mail.\n$"},
		{"nikos", "Ναι.\n\nΜε φιλικούς χαιρετισμούς\n\n^\nΝίκος Παππάς\nΥπεύθυνος προμηθειών\nContoso Α.Ε. | Λιμάνος 4 | 18531 Πειραιάς\nΤ: +30 210 555 0141 | Ε: nikos@contoso.com\n$"},
		{"david", "כן.\n\nבברכה\n\n^\nדוד לוי | מהנדס\nמחלקת הנדסה\nנייד 03-5550100\nwww.contoso.com\nאנא חשבו על הסביבה לפני הדפסה\n$"},
		{"layla", "نعم.\n\nوتفضلوا بقبول فائق الاحترام\n\n^\nليلى حداد\nقسم الهندسة\nكونتوسو للأجهزة\nت: +962 6 555 0107 | ف: +962 6 555 0108\nالبريد الإلكتروني: layla@contoso.com\n$"},
		{"wei", "好的。\n\n顺祝商祺！\n\n^\n王伟\n采购部经理\n康托索有限公司\n手机：+86 21 5555 0142\n传真：+86 21 5555 0199\n上海市浦东新区仪表路88号 邮编：200120\n$"},
	})
}

// TestContentOfTheWorldStays: what looks like a part of a signature and is the
// author's.
func TestContentOfTheWorldStays(t *testing.T) {
	runOld(t, []oldCase{
		{"otto", "Bitte rufen Sie im Notfall unter 040 555 199 an oder melden Sie sich am Tor.\n\nOtto Brandt\nDisponent\nContoso AG\nKaistraße 44, 20457 Hamburg\nTel. +49 40 5550 126\nMobil +49 171 5550126"},
		{"otto", "Den Fahrer erreichen Sie unter 0171 5550199, die Lieferadresse steht unten.\n\nOtto Brandt\nDisponent\nContoso AG\nKaistraße 44, 20457 Hamburg\nTel. +49 40 5550 126"},
		{"otto", "Mit freundlichen Grüßen\nEva Klein\n\nOtto Brandt\nDisponent\nContoso AG\nTel. +49 40 5550 126\n\nEva Klein\nAssistenz\nTel. +49 40 5550 127"},
		{"otto", "Der Eintrag im Register wurde geändert, hier der neue Stand:\n\nContoso AG, Sitz Hamburg, Amtsgericht Hamburg HRB 99126, vertreten durch Otto Brandt"},
		{"otto", "Die Felder im Formular bitte so ausfüllen:\n______________________________\nOtto Brandt\nDisponent\nContoso AG\nTel. +49 40 5550 126"},
		{"hannah", "Please use this as the sender on the label:\n\n--------------------\nHannah Whitlock\nContoso Ltd\n18 Weir Road, Leeds LS1 4DY\nT +44 113 496 0121\n--------------------"},
		{"hannah", "Regards\n\nHannah\n\nYou can also call our service desk on 0113 496 0100 if the pump leaks."},
		{"elodie", "Voici le texte du courrier.\n\nÉlodie Marchand\nResponsable des achats\nContoso SAS\nCapital social 50 000 € – RCS Lyon 999 990 122"},
		{"yuki", "返送先は下記のとおりです。\n\n━━━━━━━━━━━━\nContoso株式会社\n技術部\n山田 雪\n東京都千代田区計器町1-2-3\nTEL: +81 3 5550 1001\n━━━━━━━━━━━━"},
		{"yuki", "参加者は以下の通りです。\n==========\n山田 雪\n技術部長\nContoso株式会社\n+81 3 5550 1001\n=========="},
		{"wanda", "W sprawie odbioru proszę dzwonić pod numer 22 555 01 99, a kontakt na miejscu to ja.\n\nWanda Krzemińska\nSpedytorka\nContoso Sp. z o.o.\ntel. +48 22 555 01 24\nwanda@contoso.com"},
		{"minji", "배송지는 아래와 같습니다.\n\n김민지\n콘토소 주식회사\n서울특별시 중구 계기로 12\n+82 2 555 0143"},
		{"wei", "发票请寄到：\n\n王伟\n康托索有限公司\n上海市浦东新区仪表路88号\n电话：+86 21 5555 0142"},
		{"ivan", "Для пропуска нужны данные.\n\n----------\nИван Петров\nИнженер\nООО Контосо\n+7 495 555-01-29\n----------"},
	})
}

// TestBelowSignatureStays: what the author wrote below a signature stays.
func TestBelowSignatureStays(t *testing.T) {
	runOld(t, []oldCase{
		{"otto", "Passt.\n\nMit freundlichen Grüßen\n\n^\nOtto Brandt\nDisponent\nContoso AG\nTel. +49 40 5550 126\n$\n\nPS: Der Eintrag im Handelsregister ist geändert."},
		{"otto", "Passt.\n\nMit freundlichen Grüßen\n\n^\nOtto Brandt\nDisponent\nContoso AG\nTel. +49 40 5550 126\n$\n\nDatenschutz ist uns wichtig, bitte schicken Sie das Formular bis Freitag zurück."},
		{"hannah", "Thursday works.\n\nRegards\n\n^\nHannah Whitlock\nPump Designer\nContoso Ltd\nT +44 113 496 0121\n$\n\nOur privacy notice needs your signature by Friday, please."},
		{"hannah", "Thursday works.\n\nRegards\n\n^\nHannah Whitlock\nPump Designer\nT +44 113 496 0121\n$\n\nP.S. Our privacy policy has changed, please sign the new one."},
	})
}
