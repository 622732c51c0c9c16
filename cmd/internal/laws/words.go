package laws

// The words by which lines are told, in lower case. A word that ends in * stands
// for all that begin so.
var (
	// personalWords make a line one that somebody says to somebody: who speaks, who
	// is asked, thanks, answers, and when it is to be.
	personalWords = vocabulary(`
	i i'm i'll i've i'd my mine please pls thanks thank yes okay sorry hello hi dear tomorrow today tonight yesterday monday tuesday wednesday thursday friday saturday sunday
	ich mir mich mein meine meinen meiner bitte danke nein hallo morgen heute gestern übermorgen montag dienstag mittwoch donnerstag freitag samstag sonntag
	je j'ai j'aimerais moi mon merci svp oui non bonjour bonsoir cher chère demain aujourd'hui hier lundi mardi mercredi jeudi vendredi samedi dimanche
	yo mí gracias favor sí hola estimado estimada querido querida mañana hoy ayer lunes martes miércoles jueves viernes sábado domingo
	io mio grazie prego sì ciao gentile caro cara domani oggi ieri lunedì martedì mercoledì giovedì venerdì sabato domenica
	minha obrigado obrigada sim não olá caro cara prezado amanhã hoje ontem segunda-feira terça-feira quarta-feira quinta-feira sexta-feira
	ik mij mijn graag bedankt dank nee hallo geachte morgen vandaag gisteren maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
	jeg mig tak takk nej nei hej hei kære kjære venligst i_morgen imorgen i_dag idag mandag tirsdag onsdag torsdag fredag lørdag søndag
	jag mig tack nej hej snälla imorgon idag måndag tisdag onsdag torsdag fredag lördag söndag
	minä minun kiitos kyllä moi huomenna tänään maanantai tiistai keskiviikko torstai perjantai
	mnie proszę dziękuję dzięki cześć dzień jutro dzisiaj dziś wczoraj poniedziałek wtorek środa czwartek piątek
	já mě prosím děkuji díky ano ahoj dobrý zítra dnes včera pondělí úterý středa čtvrtek pátek ďakujem áno zajtra pondelok utorok streda štvrtok piatok
	én köszönöm köszi kérem kérlek igen szia tisztelt holnap tegnap hétfő kedd szerda csütörtök péntek
	mulțumesc rog stimate mâine astăzi azi luni marți miercuri joi vineri
	molim hvala bok zdravo poštovani sutra danas jučer ponedjeljak utorak srijeda četvrtak petak jaz prosim jutri
	ben lütfen teşekkür teşekkürler evet hayır merhaba sayın yarın bugün dün pazartesi salı çarşamba perşembe cuma tamam
	я мне мой пожалуйста спасибо привет здравствуйте уважаемый завтра сегодня вчера понедельник вторник среда четверг пятница
	мені мій будь дякую так привіт вітаю шановний сьогодні вчора понеділок вівторок середа четвер п'ятниця моля благодаря здравейте утре днес
	εγώ παρακαλώ ευχαριστώ ναι όχι γεια αύριο σήμερα χθες δευτέρα τρίτη τετάρτη πέμπτη παρασκευή
	أنا شكرا شكراً نعم مرحبا غدا اليوم أمس الرجاء يرجى אני תודה בבקשה שלום מחר היום אתמול
	saya terima_kasih tolong mohon ya tidak halo besok hari_ini tôi cảm xin vâng không chào
	`)

	// personalGlyphs are the same in scripts without blanks.
	personalGlyphs = []string{"ください", "下さい", "お願い", "ありがと", "ます。", "です。", "ました", "ですか", "ますか", "はい", "いいえ", "了解", "明日", "今日", "昨日", "请", "請", "谢谢", "謝謝", "你好", "您好", "明天", "今天", "昨天", "吗", "嗎", "我们", "我們", "주세요", "감사", "안녕", "내일", "오늘", "어제", "습니다", "네,", "ครับ", "ค่ะ", "ขอบคุณ", "กรุณา"}

	// closing are the words that letters end in. They are the author's own.
	closing = vocabulary(`
	regards cheers sincerely faithfully yours wishes respectfully thanks thx br kr rgds best
	grüße* grüsse* gruß* gruss* grüßen grüssen freundlich* hochachtungsvoll mfg vg lg bg herzlich* viele* besten schöne* danke dank
	cordialement salutations cordiales respectueu* amicalement bien_à_vous bien merci cdlt
	saludo* atentamente atte cordialmente abrazo* gracias
	saluti cordiali distinti cordialità grazie
	cumprimentos atenciosamente atentamente att abraço* obrigad*
	groet* groeten vriendelijke hoogachtend mvg
	hilsen* hilsner venlig* vennlig* mvh kh
	hälsning* hälsningar vänliga vänlig bästa
	terveisin ystävällisin terv parhain
	pozdrawiam pozdrowieni* poważaniem
	pozdravem pozdrav* úctou děkuji
	üdvözlettel tisztelettel üdv
	salutări stimă cu_respect
	saygılar* selamlar* iyi_çalışmalar
	уважением уважени* приветом пожелани* повагою поздрав* почит*
	χαιρετισμ* εκτίμηση
	تحيات* التحية احترام* בברכה ברכה
	よろしく 敬具 以上 此致 敬礼 祝好 顺颂 商祺 감사합니다 드림 올림
	lugupidamisega tervitades cieņu pagarbiai pozdravi spoštovanjem salam hormat trân_trọng
	`)

	// announcing words in the line above data say that the data are what the mail is
	// about: whom to call, where to send it, who is coming.
	announcing = vocabulary(`
	address details data contact contacts call phone ring reach ask number badge visitor visitors guest guests deliver delivery send ship invoice bill book register registration emergency attendee participants traveller passenger person recipient following follows below to for at is are
	adresse anschrift daten kontakt kontaktdaten kontakte ansprechpartner anrufen erreichen wenden telefon* nummer ausweis besucher* gast gäste liefer* schicken senden rechnung* buchen anmeld* notfall* teilnehmer* reisende* person empfänger folgende* folgt unten an für bei unter ist lautet sind zu
	coordonnées contact* appeler appelez joindre joignez numéro livrer livraison envoyer facture* urgence* visiteur* participant* personne suivante* suivant* à pour chez est sont voici dessous
	dirección datos contacto contactos llamar llame llamen número entrega* enviar factura* emergencia* visitante* persona siguiente* continuación a para con es son
	indirizzo dati contatt* recapit* chiamare chiami numero consegn* spedire inviare fattura* emergenz* visitator* seguente* a per è sono
	endereço dados contacto contato ligar ligue entreg* enviar fatura* emergência* visitante* seguinte* abaixo para é são
	adres gegevens contact* bellen bel nummer bezorg* sturen factuur* nood* bezoeker* volgende* onderstaand* aan voor is zijn
	adresse oplysninger kontakt* ring nummer lever* sende* faktura* nød* besøg* følgende nedenfor til er
	adress uppgifter kontakta* ringa ring nummer leverera* skicka faktura* besökare nödfall* följande nedan till är
	osoite* tiedot yhteystiedot soita* numero toimit* lasku* vierai* seuraav*
	adres dane kontakt* dzwonić zadzwo* numer dostaw* wysłać wysyłk* faktur* awari* gość goście następując* poniżej
	adresa údaje kontakt* volejte volat číslo doruč* zaslat poslat faktur* nouz* návštěv* následující níže na
	cím* adatok adatai kapcsolat* hívja hívjátok szám* szállít* küld* számla* vészhelyzet* látogató* következő alábbi
	adresa date* contact* sunați numărul livra* trimite* factur* urgenț* următoare* mai_jos
	adres bilgiler* iletişim arayın ara numara* teslim* gönder* fatura* acil ziyaretçi* aşağıda* şu
	адрес* данные контакт* звонить звоните позвон* номер* доставк* отправ* счет счёт экстренн* посетител* следующ* ниже для
	адреса дані контакт* телефонуй* номер* доставк* надісл* рахунок відвідувач* наступн* нижче
	διεύθυνση στοιχεία επικοινωνία* καλέστε αριθμό* παράδοση* τιμολόγιο
	العنوان عنوان بيانات الاتصال اتصل رقم التسليم الزائر כתובת פרטים פרטי להתקשר מספר משלוח אורח
	`)

	announcingGlyphs = []string{"住所", "連絡先", "宛先", "送付先", "届け先", "電話", "氏名", "担当", "下記", "以下", "如下", "地址", "联系", "聯絡", "电话", "電話", "收件人", "주소", "연락처", "전화", "아래", "담당", "ที่อยู่"}

	// labels are those of contact data in signatures, with what stands by them.
	labels = vocabulary(`
	t tel tel.: telephone phone ph p m mob mobile cell c f fax d dd direct dial ddi o office off main switchboard central work w home h e email e-mail mail web website www internet url skype teams whatsapp wa signal telegram zoom line wechat id ext extension x int
	durchwahl zentrale mobil mobiltelefon handy telefon telefax fon büro dw funk
	téléphone tél portable fixe standard télécopie courriel site ligne directe
	teléfono tfno móvil movil celular cel telf oficina fijo correo
	telefono cell cellulare ufficio fisso diretto sito
	telefone telemóvel tlm telem tlf celular escritório site
	telefoon mobiel gsm kantoor vast
	mobiltlf direkte kontor sentralbord sentral direkt växel mobiltelefon puh puhelin gsm matkapuhelin sähköposti vaihde
	tel. kom kom. komórka telefon strona biuro mobilní mobilný pevná linka
	mobil: központ telefon: mobilszám cep faks ofis dahili gsm:
	тел моб телефон мобильный факс сайт раб доб почта эл тел.моб веб
	τηλ κιν τηλέφωνο κινητό φαξ
	هاتف جوال فاكس بريد טלפון טל נייד פקס דוא"ל
	電話 携帯 内線 电话 手机 传真 邮箱 電郵 手機 傳真 전화 휴대폰 팩스 이메일 โทร điện thoại đt
	and or und et y e i & a. at
	`)

	// titles are words of what people are and where they work.
	titles = vocabulary(`
	manager director head chief officer ceo cto cfo coo cmo cio president vice vp evp svp partner owner founder co-founder chairman chair board member engineer engineering consultant assistant associate analyst architect developer designer technician
	specialist executive representative rep agent accountant account accounts secretary coordinator administrator admin supervisor lead leader team group buyer purchasing procurement sales marketing service services support customer human resources hr finance legal
	counsel lawyer attorney solicitor professor lecturer researcher scientist doctor nurse teacher editor planner operator operations logistics production quality product project program programme business development research department division unit branch office
	international regional global national north south east west senior junior principal deputy key it r&d export import field trainee intern apprentice receptionist advisor adviser
	geschäftsführ* leiter* leitung bereichsleit* abteilungsleit* vertrieb* einkauf* einkäufer* verkauf* verkäufer* ingenieur* *ingenieur *ingenieurin techniker* sachbearbeiter* referent* assistent* assistenz buchhaltung* prokurist* inhaber* vorstand* disponent* disposition kaufm* kauffrau kaufmann berater* *berater *beraterin entwickler* *entwickler projekt* produkt* kundendienst kundenbetreu* innendienst außendienst abteilung niederlassung zweigstelle filiale verwaltung personal* meister* monteur* konstrukteur* rechtsanwalt rechtsanwältin notar* steuerberater* dipl.* auszubildende* werkstatt messtechnik
	directeur directrice responsable chef ingénieur* assistante comptable acheteur acheteuse achats commercial* vente ventes technicien* chargé chargée gérant* président* juriste avocat* conseiller* service direction
	jefe jefa gerente directora ingeniero ingeniera responsable encargado encargada comercial ventas compras técnico técnica asesor* abogado abogada administración departamento obra
	direttore direttrice responsabile ingegnere ufficio acquisti vendite commerciale tecnico assistente amministra* avvocato reparto
	diretor diretora gerente engenheir* compras vendas técnic* gestor gestora assistente departamento frotas
	directeur* hoofd inkoop verkoop verkoper inkoper medewerker* adviseur* afdeling bedrijfsleider zaakvoerder
	direktør leder chef sælger salg* indkøb* ingeniør* konsulent* afdeling avdeling* driftsleder daglig saks* rådgiver* selger*
	chef säljare försäljning* inköp* ingenjör* konsult* avdelning* vd ekonomi* projektledare handläggare
	johtaja* päällikkö myynti* osto* insinööri* toimitusjohtaja asiantuntija*
	kierownik* dyrektor* specjalist* inżynier* prezes* handlow* księgow* sprzedaż* zakup* spedytor* spedycj* dział
	ředitel* vedoucí* manažer* specialist* obchod* nákup* inženýr* jednatel* oddělení riaditeľ* vedúci* konateľ*
	igazgató* vezető* mérnök* értékesít* beszerz* ügyvezető* osztály* referens*
	director* inginer* șef* vânzări achiziții administrator*
	müdür* mühendis* uzman* sorumlu* satış satınalma satın yönetici* departman* şef depo
	директор* руководител* начальник* менеджер* инженер* специалист* бухгалтер* отдел* заместитель генеральн* главн* ведущ* керівник* відділ* фахівець
	διευθυντ* προϊστάμεν* μηχανικ* τμήμα υπεύθυν*
	مدير مديرة مهندس مهندسة رئيس قسم מנהל מנהלת מהנדס מהנדסת מחלקת סמנכ"ל
	部長 課長 係長 主任 社長 取締役 部 課 営業 技術 経理 総務 经理 总监 工程师 部门 總經理 經理 工程師 부장 과장 대리 팀장 이사 대표 사원 부 팀
	`)

	// forms of companies.
	companies = vocabulary(`
	gmbh mbh ag kg ohg gbr ug e.k. e.v. se kgaa co. co ltd limited plc llp llc inc incorporated corp corporation company group holding pty pte
	s.a. sa sarl sas sasu eurl s.a.s. s.l. sl s.l.u. s.a.u. srl s.r.l. spa s.p.a. snc lda ltda eireli b.v. bv n.v. nv vof bvba aps a/s as asa ab oy oyj hf ehf
	sp. z_o.o. sp.z o.o. spółka s.r.o. a.s. spol. kft kft. zrt zrt. nyrt bt. d.o.o. d.d. doo s.c. a.ş. aş şti şti. şirketi ооо зао оао ао пао тов ип оод еоод α.ε. ε.π.ε. ש"מ بע"מ בע"מ شركة ش.م.م
	株式会社 有限会社 合同会社 有限公司 公司 集团 주식회사 (주) pt tbk sdn bhd kk k.k. mbb & instruments university universität université hochschule institut institute foundation stiftung verein kommune stadt city_of
	`)

	// streets, as such words begin or end.
	streets = vocabulary(`
صندوق_بريد posta_kutusu 私書箱
	street st st. str str. road rd rd. lane ln avenue ave ave. way drive dr. boulevard blvd square sq court place terrace close crescent park parkway highway row wharf quay house building floor suite unit level room p.o. po box
	*straße *strasse *str. *str straße strasse *weg weg *platz platz *allee allee *gasse *ring *damm *ufer *markt *hof postfach haus etage am im an_der
	rue avenue place chemin quai impasse allée cours bâtiment cedex bp
	calle c/ avda avda. avenida plaza paseo carretera polígono apartado via viale piazza corso largo strada rua av. travessa praça estrada
	*straat *laan *plein *gracht *kade *dijk postbus *vej *gade *allé *veien *gata *gatan *vägen *torget *katu *tie postboks
	ul. ulica al. aleja aleje plac os. ulice nám. náměstí třída utca u. út tér körút sokak sok. cadde caddesi cad. mah. mahallesi bulvarı no: kat str. strada bd. nr. iela gatvė g. tn tänav
	ул. улица пр. пр-т проспект пер. бул. бульвар пл. наб. офис вул. вулиця просп. οδός λεωφόρος شارع ص.ب רחוב רח' ת.ד
	丁目 番地 号 区 市 路 街 室 楼 县 县 都 府 町 구 로 길 동 시 층
	`)

	// register words stand in the lines that the law wants in business letters.
	register = vocabulary(`
	gerichtsstand gläubiger-id dre nmls bankgiro plusgiro bankverbindung vermittlerregister registernummer pflichtangaben copyright © rights_reserved
usdot scac duns ean gln iban bic eori ח.פ
	hrb hra hrb-nr registergericht amtsgericht handelsregister* sitz geschäftsführer* geschäftsführung geschäftsleitung vorstand* aufsichtsrat* vorsitzende* ust-id* ust-idnr ustid* steuernummer st.-nr komplementär* partg firmenbuch* gesellschaft uid fn
	registered company registration reg. vat no number england wales scotland ireland office directors director incorporated authorised regulated abn acn ein duns
	siren siret rcs tva capital social siège ape naf c.i.f. cif nif registro mercantil tomo folio p.iva p. iva partita c.f. codice fiscale rea cap. soc. nipc conservatória cnpj
	kvk btw btw-nr rsin cvr cvr-nr orgnr org.nr org. org.nr. foretaksregisteret y-tunnus alv momsreg* krs nip regon ičo dič ič ič: sąd rejonowy kapitał zakładowy zapsan* obchodním rejstříku soudem cégjegyzék* adószám oib mbs pib ticaret sicil vergi mersis инн огрн кпп єдрпоу ееик cui reg.com iban bic swift bank konto blz account sort
	`)

	// notice words stand in notices about who may read the mail; two of them make one.
	notice = vocabulary(`
rgpd tratados datenschutzhinweise* persondata privatliv geschäftsbedingungen spediteurbedingungen* adsp grundlage
	confidential confidentiality privileged intended recipient recipients addressee addressees disclosure disclose unauthorised unauthorized prohibited notify delete destroy dissemination distribution virus viruses viruses, liability liable error mistake e-mail email message attachments attachment transmitted copying legally views disclaimer sender gdpr privacy
	vertraulich* empfänger* adressat* irrtümlich* vernicht* löschen weitergabe unbefugt* unzulässig* gestattet nachricht absender* anhänge anlagen haftung viren rechtlich datenschutz* datenschutzerklärung gesetzlich inhalt
	confidentiel* destinataire* détruire expéditeur* erreur divulgation diffusion interdit* interdite message pièces responsabilité supprimer confidentialité
	confidencial* destinatario* destruir eliminar emisor remitente error divulgación prohibid* mensaje adjuntos responsabilidad difusión notifi* protección
	riservat* confidenziale destinatari* cancellar* distrugger* mittente errore divulgazione vietat* messaggio allegat* privacy gdpr
	confidenciai* destinatário* apagar eliminá-lo remetente erro proibid* mensagem anexos
	vertrouwelijk* geadresseerde* bestemd vernietigen verwijderen afzender bericht bijlagen openbaarmaking
	fortrolig* modtager* mottaker* afsender slette slettes konfidensiel* konfidentiell* mottagare* avsändare* radera meddelandet luottamuksell* vastaanottaj* poista lähettäj*
	poufn* adresat* nadawc* usunąć zniszczyć wiadomość załącznik* zabronion* rozpowszechniani* důvěrn* příjemc* odesílatel* smazat vymazat zpráva dôvern* adresát* bizalmas* címzett* törölje üzenet
	confidențial* destinatar* ștergeți povjerljiv* primatelj* obrišite gizli* alıcı* siliniz silin yetkisiz mesaj sorumlu*
	конфиденциальн* адресат* получател* удалит* отправител* сообщени* вложени* конфіденційн* одержувач* видаліть поверителн* εμπιστευτικ* παραλήπτ* διαγράψτε
	سري* سرية المرسل المستلم حذف الرسالة חסוי סודי הנמען השולח למחוק הודעה
	`)

	noticeGlyphs = []string{"機密", "秘密", "保密", "机密", "誤って", "削除", "受信", "宛先", "收件人", "误", "誤", "删除", "刪除", "本邮件", "本郵件", "本メール", "기밀", "수신인", "삭제", "본 메일", "본 이메일", "ความลับ"}

	// habits are of the lines that ask not to print, to follow, to meet, and of hours
	// and pronouns.
	habits = vocabulary(`
	member members mitglied membre membro miembro lid medlem członek group gruppe groupe grupo gruppo verband société fingerprint pgp terms_and_conditions terms_of_business allgemein* geschäftsbedingungen save_paper think_green expo messe messestand
	informationen_zum do_not_feel_obliged outside_of_your outside_your work_flexibly polub facebooku linkedinu datenschutz* data_protection privacy unser_katalog scanned viruses virus* antivirus kununu best_place excellence fsc
servicezeiten telefonzeiten öffnungszeiten investors_in_people cyber_essentials great_place_to_work constructionline qualiopi mase ecovadis agb środowisku
	environment print printing printed paper trees linkedin twitter facebook instagram xing youtube follow tiktok mastodon threads bluesky pinterest vimeo github join connect newsletter subscribe blog podcast book booking meeting appointment calendly bookings visit webinar hours hiring certified iso award winner she/her he/him they/them pronouns
	umwelt ausdruck* drucken ausdrucken papier folgen besuchen besuchen_sie termin* vereinbaren karriere sprechzeit* bürozeit* arbeitszeit* öffnungszeit* sie/ihr er/ihm impressum
	environnement imprim* papier suivez* rejoignez* rendez-vous horaires elle/la il/lui elle
	ambiente imprim* papel síg* sigue visite visita reserv* horario* ella él ambient* stamp* carta segui* visita* orari* lei/lei imprimir siga*
	milieu print* papier volg* bezoek* afspraak openingstijden miljø* utskrift* udskriv* følg* besøg* miljö* skriv_ut skriver följ* besök* ympäristö* tulosta* seuraa*
	środowisk* drukuj* druku papier* obserwuj* odwiedź* životní prostředí tisk* tiskn* sledujte navštivte környezet* nyomtat* kövess* mediul imprim* urmăriți çevre* yazdır* takip
	aanwezig werkdagen privacyverklaring* privacybeleid dsgvo rgpd rodo kvkk avg aydınlatma metni gdpr privacidad privacidade confidențialitate osobowych osobných osobních adatkezelési adatvédelmi tietosuoja* personvern* personoplysninger personuppgifter privatlivspolitik* integritetspolicy персональн*
	окружающ* природ* печат* распечат* подпис* следите довкілл* друк* περιβάλλον εκτυπώ* البيئة طباعة تابعونا הסביבה הדפס* עקבו
	`)

	// times are what lines about hours have beside numbers.
	times = vocabulary(`
	tirsdag torsdag onsdag lørdag søndag måndag tisdag lördag söndag maanantai tiistai keskiviikko torstai perjantai ouvert joignable pause geöffnet open abierto aperto geopend åbent åpent öppet czynne otwarte poniedziałek wtorek środa czwartek piątek od do pondělí úterý středa čtvrtek pátek понедельник вторник среда четверг пятница с до pazartesi salı çarşamba perşembe cuma
	telefontid telefontider opening times usual normal gmt lunch break part-time non-working day
	mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday mondays fridays daily weekdays mornings afternoons am pm hours days working pattern office opening business to till until and from closed only are my is at except holidays appointment flexibly core normal usual
	mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonntag uhr bis von und nach vereinbarung vormittags nachmittags geschlossen arbeitstage arbeitszeiten bürozeiten sprechzeiten öffnungszeiten erreichbarkeit telefonische telefonisch lager
	lun mar mer jeu ven sam dim lundi mardi mercredi jeudi vendredi samedi dimanche horaires d'ouverture ouverture du au de à et h fermé jours présence
	lunes martes miércoles jueves viernes sábado domingo horario atención a y hasta segunda sexta terça quarta quinta às das horário atendimento
	lunedì martedì mercoledì giovedì venerdì sabato domenica orari orario dal al alle dalle e apertura
	ma wo vr za zo maandag dinsdag woensdag donderdag vrijdag openingstijden werkdagen tot en van tirs ons tors lør søn man fre mandag fredag åbningstider åpningstider arbejdstider til öppettider mån lör sön
	ke to pe la su aukioloajat pon wt śr czw pt sob niedz pn godziny pracy otwarcia od po út st čt pá pracovní doba пн вт ср чт пт сб вс часы работы години роботи saatleri çalışma
	ساعات العمل الدوام
	`)

	timeGlyphs = []string{"営業時間", "受付時間", "工作时间", "营业时间", "근무시간", "영업시간"}

	// siteWords stand before the address of the company's site.
	siteWords = vocabulary(`website web site homepage page our notre nuestra unsere nosso naša disclaimer feedback rate my service jobs karriere careers jetzt bewerben newsletter sign up subscribe to blog shop data protection privacy policy notice datenschutz datenschutzhinweise agb terms conditions legal imprint impressum mentions légales aviso catalogue katalog more info infos mehr en savoir plus visit us find 官网 网站 官網 公式サイト ホームページ сайт наш`)

	habitGlyphs = []string{"環境", "印刷", "环保", "环境", "打印", "列印", "关注", "關注", "フォロー", "환경", "인쇄", "สิ่งแวดล้อม"}

	// aside are what stands around a name: honorifics, degrees, pronouns, "on behalf
	// of".
	aside = vocabulary(`
	mr mrs ms miss mx dr prof professor sir dame rev phd ph.d md mba msc m.sc bsc b.sc ba b.a ma m.a llm ll.m llb beng b.eng meng m.eng ceng mimeche cpa cfa pmp acca esq jr sr ii iii mcips fca frcs mrics pe p.e rn cissp pgmp
	herr frau dipl.-ing dipl-ing dipl dipl.-kfm dipl.-kffr dipl.-inf ing mag mag.(fh) fh univ bakk dkfm drs ir i.a i.v ia iv ppa pp p.p gez ra rain stb wp h.c mult habil rer pol nat oec phil med iur priv.-doz pd univ.-prof
	m mme mlle me maître sr sra srta don doña d ing lic arq abog dott dott.ssa dr.ssa sig sig.ra avv rag geom arch eng engº engª dra dr.ª dhr mevr mw bc inż mgr hab dr.hab judr mudr phdr rndr mvdr bc. csc drsc ifj özv bay bayan öğr üyesi doç
	she her hers he him his they them theirs sie ihr er ihm elle la il lui ella él they/them she/her he/him she/her/hers he/him/his sie/ihr er/ihn er/ihm elle/la il/lui hän hon/henne han/ham hun/hende ze/hir any pronouns
	様 さん 先生 女士 小姐 님 씨 ד"ר מר גב' د السيد السيدة م г-н г-жа
	`)

	// rolesOf are the local parts of addresses that nobody alone has.
	rolesOf = vocabulary(`
	info office contact kontakt mail sales support service hello team vertrieb einkauf order orders bestellung auftrag rechnung invoice billing accounts buchhaltung hr jobs karriere bewerbung press presse marketing reception empfang zentrale post privacy datenschutz dpo gdpr legal admin
	help helpdesk it enquiries inquiries kundenservice kundendienst shop web webmaster export import logistics dispo logistik contacto contact-us accueil commercial ventas compras administracion amministrazione vendite acquisti biuro sekretariat sekretariat obchod nakup iroda
	`)

	// countries and what else ends an address.
	countries = vocabulary(`
	germany deutschland austria österreich switzerland schweiz suisse svizzera france italy italia spain españa portugal netherlands nederland belgium belgië belgique luxembourg denmark danmark norway norge sweden sverige finland suomi poland polska czech czechia česko česká republic republika republika
	slovakia slovensko hungary magyarország romania românia bulgaria българия croatia hrvatska slovenia slovenija serbia srbija greece ελλάδα turkey türkiye russia россия ukraine україна israel ישראל jordan الأردن egypt مصر uae emirates japan 日本 china 中国 中國 taiwan 台灣 korea 대한민국 india singapore malaysia indonesia vietnam thailand
	australia canada usa u.s.a. us united states america kingdom uk u.k. england scotland wales ireland éire mexico méxico brazil brasil argentina chile colombia perú south africa new zealand estonia eesti latvia latvija lithuania lietuva iceland ísland
	`)

	// ticket words make a line one of a form that somebody asked for.
	ticket = vocabulary(`
	license licence plate plates passport badge birth born birthday nationality arrival departure check-in check-out room diet allergies size driver drivers emergency delivery invoice visitor attendee guest pin password code gate dock door
	kennzeichen ausweis* reisepass pass geburtsdatum geboren geburtsort staatsangehörigkeit ankunft abreise anreise zimmer fahrer* notfall* lieferung rechnung besucher* gast passwort tor klingel* kostenstelle
	plaque immatriculation passeport naissance nationalité arrivée départ chauffeur urgence livraison visiteur matrícula pasaporte nacimiento nacionalidad llegada salida conductor urgencia* entrega visitante targa passaporto nascita cittadinanza arrivo partenza autista emergenz* consegna
	kenteken paspoort geboortedatum aankomst vertrek chauffeur nummerplade pas fødselsdato ankomst afrejse skylt registreringsnummer födelsedatum rekisterinumero rejestracyjny paszport urodzenia przyjazd kierowc* spz pas narození příjezd rendszám útlevél születési érkezés plaka pasaport doğum varış şoför
	номер_машины паспорт рождения прибытие водител* госномер
	`)
)
