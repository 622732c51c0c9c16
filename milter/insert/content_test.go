package insert

import "testing"

// TestContentStays: data of the author's own that are what the mail is about.
func TestContentStays(t *testing.T) {
	runOld(t, []oldCase{
		{"alice", "Hi Ben,\n\nplease send the meters to this address:\n\nAlice Muster\nContoso GmbH\nGauge Street 7\n10115 Berlin\nPhone for the driver: +49 30 123456-78"},
		{"alice", "Hi Ben,\n\nplease send the meters to this address:\n\nAlice Muster\nHead of Testing\nContoso GmbH\nGauge Street 7\n10115 Berlin\n+49 30 123456-78\nalice@contoso.com"},
		{"alice", "Please send the meters to this address:\n\nAlice Muster\nContoso GmbH\nGauge Street 7\n10115 Berlin\n+49 30 123456-78\n\nThanks"},
		{"alice", "Please send the meters to\n\nAlice Muster\nHead of Testing\nContoso GmbH\nGauge Street 7\n10115 Berlin\n+49 30 123456-78\n\nThanks\nAlice"},
		{"alice", "My data for the badge:\nAlice Muster\nContoso GmbH\n+49 170 9876543\nLicense plate B-AM 123"},
		{"alice", "The night shift is alone from Friday on. In an emergency call\n\nAlice Muster\n+49 30 123456-78\n+49 170 9876543"},
		{"alice", "The night shift is alone from Friday on. In an emergency please call me.\n\nAlice Muster\nHead of Testing\n+49 30 123456-78\n+49 170 9876543\nalice@contoso.com"},
		{"alice", "The contacts for the week:\n\nCarl Nowak\n+49 30 5550 102\ncarl@contoso.com\n\nAlice Muster\n+49 30 123456-78\nalice@contoso.com\n+49 170 9876543"},
		{"alice", "Speakers\n\nCarl Nowak\nService Engineer\n\nAlice Muster\nHead of Testing\nContoso GmbH\nalice@contoso.com"},
		{"alice", "Who is on duty this week.\n\nCarl Nowak, +49 30 5550 102.\n\nAlice Muster\nHead of Testing\nContoso GmbH\nalice@contoso.com\n+49 30 123456-78"},
		{"alice", "- Carl Nowak, Service.\n- Alice Muster, Testing.\n\nAlice Muster\nHead of Testing\n+49 30 123456-78\nalice@contoso.com"},
		{"alice", "Alice Muster\nContoso GmbH\nGauge Street 7\n10115 Berlin\n+49 30 123456-78"},
		{"alice", "Alice Muster\nHead of Testing\nContoso GmbH\n+49 30 123456-78\nalice@contoso.com"},
		{"alice", "Hi Ben,\n\nAlice Muster\nHead of Testing\nContoso GmbH\n+49 30 123456-78\nalice@contoso.com"},
		{"alice", "Gladly.\n\nAlice Muster\nContoso GmbH\n+49 170 9876543"},
		{"alice", "Here are my details for the programme.\n\nAlice Muster\nHead of Testing\nContoso GmbH\n+49 30 123456-78\nalice@contoso.com"},
		{"alice", "Here is my signature for the website:\n\nKind regards\n\nAlice Muster\nHead of Testing\nContoso GmbH\n+49 30 123456-78\nalice@contoso.com"},
		{"alice", "This is how my new signature looks.\n\nKind regards\n\nAlice Muster\nHead of Testing\nContoso GmbH\n+49 30 123456-78\nalice@contoso.com"},
		{"alice", "Name: Alice Muster\nCompany: Contoso GmbH\nPhone: +49 30 123456-78\nMail: alice@contoso.com"},
		{"alice", "I register for the course.\n\nName: Alice Muster\nCompany: Contoso GmbH\nPhone: +49 30 123456-78\nMail: alice@contoso.com"},
		{"alice", "Thursday works.\n\nAlice Muster\nHead of Testing\nContoso GmbH\nPassport C01X00T47\n+49 30 123456-78\nalice@contoso.com"},
		{"alice", "Thursday works.\n\nAlice Muster\nHead of Testing\nContoso GmbH\n+49 30 123456-78\nalice@contoso.com\n\nThe driver may ring twice."},
		{"alice", "Thursday works.\n\nAlice Muster\nHead of Testing\n+49 30 123456-78\nalice@contoso.com\nCarl Nowak\n+49 30 5550 102"},
		{"alice", "Best regards\n\nAlice Muster\nHead of Testing\n+49 30 123456-78\n\nCarl Nowak\nService Engineer\n+49 30 5550 102"},
		{"alice", "Please deliver to:\n\nAlice Muster\nContoso GmbH\nGauge Street 7\n10115 Berlin\n+49 30 123456-78\n\nBest regards\nAlice"},
		{"alice", "See the data below, that is the address for the parcel.\n\nBest regards\n\nAlice Muster\nGauge Street 7\n10115 Berlin\n+49 30 123456-78"},
		{"alice", "Thanks for sending them to\nAlice Muster\nContoso GmbH\nGauge Street 7\n10115 Berlin\n+49 30 123456-78"},
		{"alice", "Would you please deliver it to our office. Thanks\n\nAlice Muster\nContoso GmbH\nGauge Street 7\n10115 Berlin\n+49 30 123456-78"},
		{"alice", "See you at the gate, in an emergency call\nAlice Muster\n+49 30 123456-78\n+49 170 9876543"},
		{"alice", "The flight is booked for\n\nAlice Muster\nHead of Testing\nContoso GmbH\nBER 10:15 - MUC 11:25\n+49 170 9876543"},
		{"alice", "-- \nMy address for the parcel:\nAlice Muster\nContoso GmbH\nGauge Street 7"},
		{"alice", "My data:\n--\nAlice Muster\nContoso GmbH\n+49 170 9876543\nGauge Street 7"},
		{"alice", "Thursday works.\n\n-- \nCarl Nowak\nService Engineer\nContoso GmbH\n+49 30 5550 102"},
		{"alice", "Thursday works.\n\n-- \nEva Klein\nAssistant to Alice Muster\nContoso GmbH\n+49 30 5550 105\nalice@contoso.com"},
		{"alice", "Please turn to my colleague then:\n\nCarl Nowak\nService Engineer\nContoso GmbH\nGauge Street 7, 10115 Berlin\n+49 30 5550 102"},
		{"alice", "Thursday works.\n\nKind regards\nAlice"},
		{"alice", "Thursday works.\n\nKind regards\nAlice Muster"},
		{"alice", "Kind regards\nAlice Muster and Carl Nowak\nContoso GmbH\n+49 30 123456-78\nalice@contoso.com"},
		{"alice", "Kind regards\nAlice Muster, Carl Nowak\nContoso GmbH\n+49 30 123456-78\nalice@contoso.com"},
		{"alice", "Alice Muster asked me to call +49 30 123456-78 at Contoso GmbH in Berlin."},
		{"alice", "Invoice address for the order.\n\nContoso GmbH\nAlice Muster\nGauge Street 7\n10115 Berlin\nVAT DE123456789\n+49 30 123456-78\nalice@contoso.com"},
		{"petra", "Bitte liefern Sie die Messgeräte an folgende Anschrift：\n\nPetra Vogel\nContoso GmbH\nGauge Street 7\n10115 Berlin\n+49 30 5550 103"},
		{"petra", "Für den Besucherausweis.\n\nPetra Vogel\nLeiterin Einkauf\nContoso GmbH\n+49 30 5550 103\npetra@contoso.com"},
		{"petra", "Bei Störungen bitte anrufen\n\nPetra Vogel\nLeiterin Einkauf\n+49 30 5550 103\npetra@contoso.com"},
		{"petra", "Teilnehmerin ist\nPetra Vogel\nLeiterin Einkauf\nContoso GmbH\n+49 30 5550 103\npetra@contoso.com\n\nMit freundlichen Grüßen\nPetra"},
		{"elodie", "Merci de livrer les pompes à l'adresse suivante :\n\nÉlodie Marchand\nContoso SAS\n3 rue de la Vanne\n69002 Lyon\nTél. : +33 1 99 00 01 22"},
		{"elodie", "En cas d'urgence, appelez\n\nÉlodie Marchand\n+33 1 99 00 01 22"},
		{"wanda", "Proszę wysłać paczkę na adres:\n\nWanda Krzemińska\nContoso Sp. z o.o.\nul. Wiatraczna 9\n04-366 Warszawa\ntel. +48 22 555 01 24\n\nDziękuję"},
		{"yuki", "下記の住所までお送りください。\n\n山田 雪\nContoso株式会社\n東京\n+81 3 5550 1001"},
		{"yuki", "送付先：\n\n山田 雪\n技術部長\nContoso株式会社\n東京\n+81 3 5550 1001\nyuki@contoso.com"},
		{"david", "במקרה חירום נא להתקשר אל\n\nדוד לוי\nמהנדס\n+972 3 555 0100"},
		{"layla", "يرجى إرسال الأجهزة إلى العنوان التالي:\n\nليلى حداد\nكونتوسو للأجهزة\nعمّان\n+962 6 555 0107"},
		{"mehmet", "Sayaçları şu adrese gönderin:\n\nMehmet Yılmaz\nContoso A.Ş.\nRüzgar Sokak 6\nİstanbul\n+90 212 555 01 27"},
		{"soren", "I nødstilfælde ring til\n\nSøren Østergaard\n+45 33 55 01 23"},
		{"ivan", "Контакты на выходные:\n\nИван Петров\nИнженер\n+7 495 555-01-29\nivan@contoso.com"},
	})
}

// TestOldSignatureGoes: names in the forms people write them, and all of a
// signature with them.
func TestOldSignatureGoes(t *testing.T) {
	runOld(t, []oldCase{
		{"alice", "Thursday works.\n\nKind regards\n\n^\nAlice Muster\nHead of Testing\nContoso GmbH\nGauge Street 7, 10115 Berlin\nTel. +49 30 123456-78 | Mobil +49 170 9876543\nalice@contoso.com\n$"},
		{"alice", "I will be there on Thursday at ten.\n\n^\nAlice Muster\nHead of Testing\nContoso GmbH\nGauge Street 7\n10115 Berlin\n+49 30 123456-78\nalice@contoso.com\n$"},
		{"alice", "Please bring along:\n- two meters\n- the long cable\n\nBest regards\n\n^\nAlice Muster\nHead of Testing\nContoso GmbH\n+49 30 123456-78\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nDr. Alice Muster, M.Sc.\nHead of Testing\nContoso GmbH\nT +49 30 123456-78\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nProf. Dr.-Ing. Alice B. Muster MBA\nHead of Testing\nT: +49 30 123456-78\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nAlice Muster (she/her)\nHead of Testing\nContoso GmbH\nT +49 30 123456-78\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nAlice Muster / she/her\nHead of Testing\nContoso GmbH\nT +49 30 123456-78\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nALICE MUSTER | Head of Testing\nContoso GmbH\nT +49 30 123456-78\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nMuster, Alice\nHead of Testing\nContoso GmbH\nT +49 30 123456-78\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nAlice Maria Muster\nTest Lead\nContoso GmbH\nT +49 30 123456-78\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nA. Muster\nHead of Testing\nContoso GmbH\nT +49 30 123456-78\n$"},
		{"alice", "Thursday works.\n\nKind regards\nAlice\n\n^\nAlice Muster\nHead of Testing\nContoso GmbH\nT +49 30 123456-78\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nAlice\nHead of Testing\nContoso GmbH\nT +49 30 123456-78\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nAlice Muster | Head of Testing | Contoso GmbH | +49 30 123456-78\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nAlice Muster – Head of Testing – Contoso GmbH – www.contoso.com\n$"},
		{"alice", "Donnerstag passt.\n\nMit freundlichen Grüßen\n\n^\nContoso GmbH\n\ni. A. Alice Muster\nHead of Testing\nTel. +49 30 123456-78\n$"},
		{"alice", "Donnerstag passt.\n\nMit freundlichen Grüßen\n\n^\nppa. Alice Muster\nHead of Testing\nTel. +49 30 123456-78\n$"},
		{"alice", "Donnerstag passt.\n\nMit freundlichen Grüßen / Best regards\n\n^\nAlice Muster\nHead of Testing\n\nContoso GmbH\nGauge Street 7 | 10115 Berlin\nT +49 30 123456-78 | M +49 170 9876543\nalice@contoso.com\n\nContoso GmbH, Sitz: Berlin\nRegistergericht: Amtsgericht Charlottenburg, HRB 12345\nGeschäftsführer: Bruno Beispiel, Clara Probe\nUSt-IdNr.: DE123456789\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nAlice Muster\nHead of Testing\nemail: alice@contoso.com | mobile: +49 170 9876543 | office: +49 30 123456-78\nweb: www.contoso.com<http://www.contoso.com/>\n\nContoso GmbH, Gauge Street 7, 10115 Berlin\n\nThis email and any files transmitted with it are confidential and intended solely for the addressee.\nIf you have received this email in error please notify the system manager.\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nAlice Muster\nHead of Testing\nContoso GmbH\n+49 30 123456-78\n\nFollow us on LinkedIn | Instagram\nPlease consider the environment before printing this e-mail.\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nAlice Muster\nHead of Testing\nContoso GmbH\n+49 30 123456-78\n$\n\nPS: please bring the small meter too."},
		{"alice", "Our new register number is HRB 98765, please correct it in your papers.\n\nKind regards\n\n^\nAlice Muster\nHead of Testing\nContoso GmbH\n+49 30 123456-78\n$"},
		{"alice", "Thursday works.\n\n^\n-- \nAlice Muster\nHead of Testing\nContoso GmbH\n+49 30 123456-78\n$"},
		{"petra", "Donnerstag passt uns.\n\nMit freundlichen Grüßen\n\n^\nPetra Vogel\nLeiterin Einkauf\nContoso GmbH\nGauge Street 7, 10115 Berlin\nTel. +49 30 5550 103\npetra@contoso.com\n$"},
		{"elodie", "Jeudi nous convient.\n\nCordialement,\n\n^\nElodie MARCHAND\nResponsable des achats\nContoso SAS\n3 rue de la Vanne, 69002 Lyon\nTél. : +33 1 99 00 01 22\n\nContoso SAS au capital de 50 000 € – RCS Lyon 812 345 678 – SIRET 812 345 678 00012\nTVA intracommunautaire : FR12812345678\n$"},
		{"joerg", "Thursday works for us.\n\nKind regards\n\n^\nJörg Müller\nService Engineer\nContoso GmbH\nTel. +49 30 5550 104\njoerg@contoso.com\n$"},
		{"joerg", "Thursday works for us.\n\nKind regards\n\n^\nJorg Muller\nService Engineer\nContoso GmbH\nTel. 030 5550104\n$"},
		{"soren", "Torsdag passer fint.\n\nMed venlig hilsen\n\n^\nSøren Østergaard\nDriftsleder\nContoso A/S\nSlusevej 5, 8000 Aarhus\nTlf.: +45 33 55 01 23\nCVR-nr.: 12345678\n$"},
		{"wanda", "Czwartek nam pasuje.\n\nPozdrawiam\n\n^\nmgr inż. Wanda Krzemińska\nSpedytorka\nContoso Sp. z o.o.\nul. Wiatraczna 9, 04-366 Warszawa\ntel.: +48 22 555 01 24\nNIP: 525-000-00-00, REGON: 012345678, KRS: 0000123456\n$"},
		{"yuki", "木曜日で大丈夫です。\n\nよろしくお願いいたします。\n\n^\n山田雪\nContoso株式会社 技術部\n〒100-0001 東京都千代田区千代田1-1\nTEL: +81 3 5550 1001\nE-mail: yuki@contoso.com\n$"},
		{"yuki", "木曜日で大丈夫です。\n\nよろしくお願いいたします。\n\n^\n山田 雪（やまだ ゆき）\nContoso株式会社\nTEL: +81 3 5550 1001\n$"},
		{"david", "יום חמישי מתאים.\n\nבברכה,\n\n^\nדוד לוי\nמהנדס\nקונטוסו מכשור\nטל': +972 3 555 0100\n$"},
		{"layla", "الخميس مناسب.\n\nمع التحية\n\n^\nليلى حداد\nمهندسة\nكونتوسو للأجهزة\nهاتف: +962 6 555 0107\n$"},
		{"mehmet", "Perşembe uygun.\n\nSaygılarımla\n\n^\nMehmet YILMAZ\nDepo sorumlusu\nContoso A.Ş.\nTel: +90 212 555 01 27\n$"},
		{"catherine", "Thursday works.\n\nCheers\n\n^\nCathy Bell, MBA\nKey Account Manager\nContoso Inc.\n220 Harbor Way, Portland, OR 97209\nOffice: (503) 555-0128\n$"},
		{"ivan", "Четверг подходит.\n\nС уважением,\n\n^\nИван Петров\nИнженер\nООО Контосо\nтел. +7 495 555-01-29\nИНН 7701234567, ОГРН 1027700123456\n$"},
	})
}

// TestContentStaysElsewhere: the same in further languages, clients' habits and
// shapes.
func TestContentStaysElsewhere(t *testing.T) {
	runOld(t, []oldCase{
		{"alice", "Please print this on the name tag.\n\nAlice Muster\nHead of Testing\nContoso GmbH\nalice@contoso.com\n+49 30 123456-78"},
		{"alice", "Participants\n1. Carl Nowak, Service\n2. Alice Muster, Head of Testing, Contoso GmbH, +49 30 123456-78"},
		{"alice", "Participants:\nCarl Nowak | Service Engineer | Contoso GmbH | +49 30 5550 102\nAlice Muster | Head of Testing | Contoso GmbH | +49 30 123456-78"},
		{"alice", "Carl Nowak | Service Engineer | Contoso GmbH | +49 30 5550 102\nAlice Muster | Head of Testing | Contoso GmbH | +49 30 123456-78 | alice@contoso.com"},
		{"alice", "The two of us will come.\n\nCarl Nowak | Service Engineer | Contoso GmbH | +49 30 5550 102\n\nAlice Muster | Head of Testing | Contoso GmbH | +49 30 123456-78 | alice@contoso.com"},
		{"alice", "Emergency contacts\n\nAlice Muster\nHead of Testing\n+49 30 123456-78\nalice@contoso.com"},
		{"alice", "Reference person is\n\nAlice Muster, Head of Testing, Contoso GmbH, alice@contoso.com, +49 30 123456-78"},
		{"alice", "My CV in short.\n\nAlice Muster\nborn 1980 in Berlin\nHead of Testing, Contoso GmbH\nalice@contoso.com\n+49 170 9876543"},
		{"alice", "I need a room from Monday to Thursday, please book it for\n\nAlice Muster\nContoso GmbH\nGauge Street 7\n10115 Berlin\nalice@contoso.com\n\nMany thanks\nAlice Muster"},
		{"alice", "Please change the data of the account.\n\nOld:\nAlice Beispiel\nContoso GmbH\n+49 30 999999\n\nNew:\nAlice Muster\nContoso GmbH\n+49 30 123456-78\nalice@contoso.com"},
		{"alice", "Let us meet at ours!\n\nAlice Muster\nContoso GmbH\nGauge Street 7\n10115 Berlin\n3rd floor, ring twice"},
		{"alice", "Yes, that is right.\n\nAlice Muster\nGauge Street 7\n10115 Berlin\nGermany"},
		{"alice", "Kind regards\n\nAlice Muster\nOrder 4711\nDelivery on Monday"},
		{"alice", "Everything is ready. Thanks for calling\nAlice Muster\n+49 30 123456-78\nalice@contoso.com"},
		{"alice", "Here is the VIP list.\n\nBest\nAlice Muster\nHead of Testing\n\nSecond best\nCarl Nowak\nService Engineer\n+49 30 5550 102"},
		{"alice", "Thursday works.\n\nKind regards\n\nCarl Nowak\nService Engineer\nContoso GmbH\n+49 30 123456-78"},
		{"alice", "Kind regards\n\np.p. Eva Klein\nfor Alice Muster, Head of Testing\nContoso GmbH\n+49 30 123456-78\nalice@contoso.com"},
		{"alice", "Kind regards\n\nEva Klein\non behalf of Alice Muster\nHead of Testing\nContoso GmbH\n+49 30 123456-78\nalice@contoso.com"},
		{"alice", "Dear all,\nAlice Muster\nis the new Head of Testing of Contoso GmbH.\nYou reach her at +49 30 123456-78 or alice@contoso.com"},
		{"alice", "Our new colleague is Alice Muster.\n\nHead of Testing\nContoso GmbH\n+49 30 123456-78\nalice@contoso.com"},
		{"alice", "Please find the visitors below.\n\nAlice Muster\nHead of Testing\nContoso GmbH\n+49 30 123456-78\nalice@contoso.com"},
		{"alice", "I am the contact for the audit.\nAlice Muster\nHead of Testing\n+49 30 123456-78\nalice@contoso.com"},
		{"petra", "Die Rechnung bitte an\n\nContoso GmbH\nPetra Vogel\nGauge Street 7\n10115 Berlin"},
		{"petra", "Ich bin ab Montag unter neuer Nummer erreichbar.\n\nPetra Vogel\nLeiterin Einkauf\n+49 30 5550 103\npetra@contoso.com"},
		{"petra", "Für Rückfragen steht Ihnen zur Verfügung:\n\nPetra Vogel\nLeiterin Einkauf\nContoso GmbH\n+49 30 5550 103\npetra@contoso.com"},
		{"petra", "Bitte die Pakete beim Pförtner abgeben, Empfängerin\n\nPetra Vogel\nContoso GmbH\nGauge Street 7\n10115 Berlin\n+49 30 5550 103\n\nVielen Dank!"},
		{"elodie", "Voici mes coordonnées.\n\nÉlodie Marchand\nResponsable des achats\nContoso SAS\n+33 1 99 00 01 22\nelodie@contoso.com"},
		{"elodie", "La personne à contacter sur place est\n\nÉlodie Marchand\nResponsable des achats\n+33 1 99 00 01 22"},
		{"elodie", "Pour le badge visiteur :\nÉlodie Marchand\nContoso SAS\n+33 1 99 00 01 22\nPlaque AB-123-CD"},
		{"soren", "Leveringsadressen er\n\nSøren Østergaard\nContoso A/S\nSlusevej 5\n8000 Aarhus\nTlf. +45 33 55 01 23"},
		{"wanda", "W nagłych przypadkach proszę dzwonić\n\nWanda Krzemińska\n+48 22 555 01 24"},
		{"wanda", "Dane do przepustki.\n\nWanda Krzemińska\nContoso Sp. z o.o.\n+48 22 555 01 24\nwanda@contoso.com"},
		{"mehmet", "Acil durumda arayın\n\nMehmet Yılmaz\n+90 212 555 01 27"},
		{"catherine", "Ship it to the address below. Thanks!\n\nCatherine Bell\nContoso Inc.\n220 Harbor Way\nPortland, OR 97209\n503-555-0128"},
		{"ivan", "В случае аварии звоните.\n\nИван Петров\nИнженер\n+7 495 555-01-29\nivan@contoso.com"},
		{"yuki", "緊急の場合はお電話ください。\n\n山田 雪\n技術部長\n+81 3 5550 1001\nyuki@contoso.com"},
		{"yuki", "入館証の情報です。\n\n山田 雪\nContoso株式会社\n+81 3 5550 1001\nyuki@contoso.com"},
		{"david", "הפרטים שלי לתג המבקר:\nדוד לוי\nקונטוסו מכשור\n+972 3 555 0100"},
		{"layla", "في حالة الطوارئ اتصلوا بي.\n\nليلى حداد\nمهندسة\n+962 6 555 0107\nlayla@contoso.com"},
	})
}

// TestOldSignatureGoesElsewhere: likewise.
func TestOldSignatureGoesElsewhere(t *testing.T) {
	runOld(t, []oldCase{
		{"alice", "Thursday works.\n\nThanks\n\n^\nAlice Muster\nHead of Testing\nContoso GmbH\n+49 30 123456-78\n$"},
		{"alice", "Thursday works.\n\nLooking forward to seeing you, best regards\n\n^\nAlice Muster\nHead of Testing\nContoso GmbH\n+49 30 123456-78\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nAlice Muster, Head of Testing\nContoso GmbH · Gauge Street 7 · 10115 Berlin · Germany\nPhone: +49 (0)30 / 12 34 56-78 · Fax: +49 30 123456-99\nalice@contoso.com · www.contoso.com\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nAlice Muster - Contoso GmbH\n☎ +49 30 123456-78\n✉ alice@contoso.com\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\n*Alice Muster*\nHead of Testing\nContoso GmbH\n+49 30 123456-78\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nAlice Muster\nSenior Testing Wizard\nTeam Calibration\nContoso GmbH\nTel: +49 30 123456-78\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nAlice Muster\nHead of Testing\nFabrikam Holding AG\nOld Road 12, 20095 Hamburg\nTel: +49 30 123456-78\nFax: +49 30 123456-70\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nAlice Muster\nHead of Testing\nContoso GmbH\nTel: +49 30 123456-78\nMy working days: Monday to Thursday\n$"},
		{"alice", "Thursday works.\n\nKind regards\n\n^\nAlice Muster\nHead of Testing\nContoso GmbH\nTel: +49 30 123456-78\n______________________________\nThis e-mail may contain confidential information. If you are not the intended recipient please notify the sender immediately and destroy this e-mail.\n$"},
		{"petra", "Donnerstag passt uns gut!\n\nViele Grüße aus Berlin\n\n^\nPetra Vogel\nLeiterin Einkauf\nContoso GmbH\nTelefon 030 5550-103\n\nDiese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, informieren Sie bitte sofort den Absender und vernichten Sie diese Mail.\n\nBitte denken Sie an die Umwelt, bevor Sie diese E-Mail ausdrucken.\n$"},
		{"elodie", "Jeudi nous convient.\n\nBien à vous,\n\n^\nÉlodie Marchand\nResponsable des achats\nContoso SAS\nTél : +33 1 99 00 01 22\n\nCe message est confidentiel. Si vous n'en êtes pas le destinataire, merci d'en avertir l'expéditeur et de le détruire.\nPensez à l'environnement avant d'imprimer ce message.\n$"},
		{"wanda", "Paczka wyszła dzisiaj.\n\n^\nWanda Krzeminska\nSpedytorka\nContoso Sp. z o.o.\ntel. +48 22 555 01 24\nwanda@contoso.com\n$"},
		{"mehmet", "Sayaçlar bugün yola çıktı.\n\n^\nMehmet Yilmaz\nDepo sorumlusu\nContoso A.Ş.\nTel: +90 212 555 01 27\n$"},
		{"catherine", "The pallets leave on Monday.\n\n^\nCatherine Bell\nKey Account Manager\nContoso Inc.\n220 Harbor Way, Portland 97209\n+1 503 555 0128\n$"},
		{"soren", "Vi ses.\n\nMvh\n\n^\nSøren Østergaard\nDriftsleder | Contoso A/S\nDirekte +45 33 55 01 23\nsoren@contoso.com\n$"},
		{"ivan", "Насосы отправлены.\n\nС уважением,\n\n^\nПетров Иван\nИнженер\nООО Контосо\n+7 495 555-01-29\n$"},
	})
}

// TestWholeSignatureGoes: registers, notices, links and labels of many languages
// go with it.
func TestWholeSignatureGoes(t *testing.T) {
	runOld(t, []oldCase{
		{"alice", "Thursday works.\n\nKind regards\n\n^\nAlice Muster\nHead of Testing\n\nContoso Ltd\nRegistered in England and Wales No. 01234567\nRegistered office: 18 Weir Road, Leeds LS1 4DY\nVAT No. GB 123 4567 89\nT: +49 30 123456-78 | E: alice@contoso.com | W: contoso.com\n$"},
		{"alice", "Thursday works.\n\nMet vriendelijke groet,\n\n^\nAlice Muster\nHead of Testing\nContoso B.V.\nTel. +49 30 123456-78\nKvK 12345678 | BTW NL001234567B01\n\nDit bericht is uitsluitend bestemd voor de geadresseerde. Als u dit bericht ten onrechte hebt ontvangen, verzoeken wij u de afzender te informeren en het bericht te vernietigen.\n$"},
		{"alice", "Giovedì va bene.\n\nCordiali saluti\n\n^\nAlice Muster\nHead of Testing\nContoso S.r.l.\nVia Roma 7 - 20121 Milano\nTel. +49 30 123456-78\nP.IVA 01234567890 - REA MI-1234567 - Cap. Soc. € 10.000 i.v.\n\nQuesto messaggio è riservato e destinato esclusivamente al destinatario. Se lo avete ricevuto per errore, vi preghiamo di cancellarlo e di avvisare il mittente.\nPrima di stampare questa mail pensa all'ambiente.\n$"},
		{"alice", "El jueves va bien.\n\nUn cordial saludo,\n\n^\nAlice Muster\nHead of Testing\nContoso S.L.\nC/ Mayor 7, 28013 Madrid\nTel.: +49 30 123456-78\nCIF: B12345678\nInscrita en el Registro Mercantil de Madrid, Tomo 1234, Folio 56, Hoja M-78901\n\nEste mensaje y sus archivos adjuntos son confidenciales y van dirigidos exclusivamente a su destinatario. Si lo ha recibido por error, elimínelo y comuníquelo al remitente.\n$"},
		{"alice", "Quinta-feira está bem.\n\nCom os melhores cumprimentos,\n\n^\nAlice Muster\nHead of Testing\nContoso, Lda.\nTelm. +49 170 9876543\nNIPC 501234567 | CNPJ 12.345.678/0001-90\n$"},
		{"alice", "Čtvrtek se hodí.\n\nS pozdravem\n\n^\nAlice Muster\nHead of Testing\nContoso s.r.o.\ntel.: +49 30 123456-78\nIČO: 12345678, DIČ: CZ12345678\nZapsána v obchodním rejstříku vedeném Městským soudem v Praze, oddíl C, vložka 12345\n$"},
		{"alice", "A csütörtök jó.\n\nÜdvözlettel:\n\n^\nMuster Alice\nHead of Testing\nContoso Kft.\n1051 Budapest, Fő utca 7.\nTel.: +49 30 123456-78\nAdószám: 12345678-2-41\nCégjegyzékszám: 01-09-123456\n$"},
		{"alice", "Torsdag passar bra.\n\nVänliga hälsningar\n\n^\nAlice Muster\nHead of Testing\nContoso AB\nVäxel: +49 30 123456-78\nOrg.nr 556123-4567\nTänk på miljön innan du skriver ut detta mejl.\n$"},
		{"alice", "Torstai sopii.\n\nYstävällisin terveisin\n\n^\nAlice Muster\nHead of Testing\nContoso Oy\nPuh. +49 30 123456-78\nY-tunnus 1234567-8\n$"},
		{"alice", "Joi este bine.\n\nCu stimă,\n\n^\nAlice Muster\nHead of Testing\nContoso S.R.L.\nMobil: +49 170 9876543\nCUI RO12345678, J40/1234/2010\n$"},
		{"alice", "Η Πέμπτη είναι εντάξει.\n\nΜε εκτίμηση,\n\n^\nAlice Muster\nHead of Testing\nContoso Α.Ε.\nΤηλ.: +49 30 123456-78\nΑΦΜ 012345678, ΔΟΥ Αθηνών\n$"},
		{"alice", "周四可以。\n\n此致\n敬礼\n\n^\nAlice Muster\nHead of Testing\nContoso有限公司\n电话：+49 30 123456-78\n邮箱：alice@contoso.com\n$"},
		{"alice", "목요일 괜찮습니다.\n\n감사합니다.\n\n^\nAlice Muster\nHead of Testing\nContoso 주식회사\n전화: +49 30 123456-78\n이메일: alice@contoso.com\n$"},
		{"alice", "Fine with us.\n\nSincerely,\n\n^\nAlice Muster\nHead of Testing\nContoso GmbH\nABN 12 345 678 901\nDirect: +49 30 123456-78\nCONFIDENTIALITY NOTICE: This e-mail message, including any attachments, is for the sole use of the intended recipient(s) and may contain confidential and privileged information. Any unauthorized review, use, disclosure or distribution is prohibited.\n$"},
		{"alice", "Thursday works.\n\nBest,\n\n^\nAlice Muster\nHead of Testing, Contoso GmbH\nhttps://www.contoso.com | https://www.linkedin.com/in/alice-muster\n$"},
		{"alice", "Thursday works.\n\nBest regards,\n\n^\nAlice Muster\nHead of Testing\nTesting\n\nContoso GmbH | Gauge Street 7 | 10115 Berlin | Germany\nPhone +49 30 123456-78\nMobile +49 170 9876543\nmailto:alice@contoso.com\nwww.contoso.com\n\nContoso GmbH\nManagement: Bruno Beispiel (CEO), Clara Probe\nSitz der Gesellschaft: Berlin, Amtsgericht Charlottenburg HRB 12345 B\nUSt-ID: DE 123456789\nInformationen zum Datenschutz: https://www.contoso.com/privacy\n$"},
		{"alice", "Thursday works.\n\nBest regards,\n\n^\nAlice Muster | Head of Testing\n\nContoso GmbH\nTel +49 30 123456-78\n\nThis message is confidential. It may also be privileged or otherwise protected by work product immunity or other legal rules. If you have received it by mistake, please let us know by e-mail reply and delete it from your system; you may not copy this message or disclose its contents to anyone.\n$"},
		{"alice", "Donnerstag passt.\n\nFreundliche Grüße\n\n^\nAlice Muster\nHead of Testing\nContoso GmbH\nTelefon: 030 12345678\nVisit us at the fair: https://www.contoso.com/fair\n$"},
		{"catherine", "Fine.\n\nWarm regards,\n\n^\nCatherine J. Bell, PhD, PMP\nKey Account Manager | Sales\nContoso Inc. | 220 Harbor Way | Portland, OR 97209\nO: 503.555.0128 | M: 971.555.0128 | catherine@contoso.com\nPronouns: she/her/hers\n$"},
		{"catherine", "Fine.\n\nWarm regards,\n\n^\nCatherine Bell-Hughes\nKey Account Manager\nContoso Inc.\n503-555-0128\n$"},
		{"petra", "Passt.\n\nMfG\n\n^\ni.V. Dipl.-Ing. (FH) Petra Vogel\nLeiterin Einkauf\nContoso GmbH\nFon 030/5550103 Fax 030/5550199\n$"},
		{"david", "בסדר.\n\nבברכה\n\n^\nד\"ר דוד לוי | מהנדס\nקונטוסו מכשור | תל אביב\nנייד: 052-555-0100 | משרד: 03-555-0100\n$"},
		{"layla", "تمام.\n\nمع أطيب التحيات،\n\n^\nم. ليلى حداد\nمهندسة | كونتوسو للأجهزة\nهاتف: ٠٦ ٥٥٥ ٠١٠٧\nهذه الرسالة سرية وموجهة إلى المستلم فقط. إذا وصلتك عن طريق الخطأ فيرجى حذفها وإبلاغ المرسل.\n$"},
		{"soren", "Fint.\n\nVenlig hilsen\n\n^\nSoeren Oestergaard\nDriftsleder\nContoso A/S\nMobil 20 55 01 23 · Tlf. 33 55 01 23\nDenne e-mail er fortrolig og kun til modtageren. Har du modtaget den ved en fejl, bedes du slette den og underrette afsenderen.\n$"},
		{"elodie", "Parfait.\n\nCordialement\n\n^\nÉ. Marchand\nResponsable des achats\nContoso SAS\nTél. 01 99 00 01 22 – Port. 06 39 98 01 22\n$"},
	})
}

func TestPlaceholder(t *testing.T) {
	for text, want := range map[string]bool{
		"[cid:image001.png@01DD]": true, "[A logo] [Icon]<https://x.example/>": true, "[image: logo.png]": true, "<tailspin-mark.png>": true,
		"(Embedded image moved to file: pic04711.gif)": true, "<cid:image001.png@01DD>": true, "![logo](cid:image001.png@01DD)": true, "<plan.pdf>": false, "<alice@contoso.com>": false, "[draft] see below": false, "(see pic04711.gif)": false,
	} {
		if got := placeholder(text); got != want {
			t.Errorf("placeholder(%q) = %v", text, got)
		}
	}
}

func TestPlaceholdersOverLines(t *testing.T) {
	for text, want := range map[string]int{
		"[A blue logo\n\nDescription automatically generated]":                                                                                2,
		"[Icon\n\nDescription automatically generated]<https://x.example/> [Icon\n\nDescription automatically generated]<https://y.example/>": 3,
		"[logo.png]\nThanks": 1, "[see\n\nbelow] for more": 0, "Thanks": 0, "[never\n\nclosed": 0,
	} {
		r := Read([]byte(text), Kind{})
		if got := r.placeholders(0, len(r.lines)); got != want {
			t.Errorf("%q: %d lines, want %d", text, got, want)
		}
	}
}
