package known

import (
	"slices"
	"strings"
)

// What the lines of signatures about registers, terms, privacy and working hours are made
// of beside names and numbers. A line that begins as one of these and has other words,
// written small, is a sentence of the author's: "Our terms are still open".
var (
	RegisterStock = stockOf(particles+" oddział by simplifiée simplifiee unipersonnelle registered registry registration incorporated under number numbers company companies trading wholly owned subsidiary whose located principal place business limited liability authorised authorized regulated financial conduct authority "+
		"eingetragen unter nummer beim im sitz registergericht vertreten durch vertretungsberechtigte vertretungsberechtigter persönlich haftende haftender gesellschafterin gesellschafter ust id "+
		"enregistrée immatriculée sous numéro inscrite inscripción inscrita inscrito tomo folio libro sección hoja registro matriculada sob capital realizado integralmente interamente versato iscritta iscrizione numero "+
		"ingeschreven onder handelsregister statutair gevestigd registrerad registreret registrert foretaksregisteret säte innehar rekisteröity wpisana wpisanej pod numerem prowadzonego przez dla miasta wydział gospodarczy krajowego rejestru sądowego wysokość kapitału zakładowego wpłacony w całości "+
		"zapsaná zapsána vedená vedeném vložka oddíl spisová značka soudem soudu zapísaná oddiel nyilvántartja törvényszék cégbírósága cégbíróság bejegyezve înregistrată sub numărul юр адрес",
		Registers, Incorporations, Officers, CompanyForms, Streets, Laws, ContactLabels)
	TermStock = stockOf(particles+" on auf by sur apply applies all any services work orders business exclusively solely always only basis latest current version available request can be found find see our full valid as amended well governed copy which provided supplied are is "+
		"gelten gilt es wir arbeiten ausschließlich grundlage jeweils gültigen gültige neuesten aktuellen fassung finden sie einsehbar abrufbar für unsere unserer alle aufträge lieferungen leistungen sowie stand nur hiervon ausgenommen logistischen zusatzleistungen unterliegen ergänzend soweit diese "+
		"applicables applicable disponibles sont toutes nos prestations soumises consultables notre site sur demande son aplicables aplican disponibles todos nuestros servicios consulte aplicam-se disponíveis todos os si applicano disponibili tutti nostri servizi sono regolati consultabili "+
		"van toepassing zijn al onze diensten opdrachten laatste versie uitsluitend gedeponeerd vinden gælder gjelder gäller vores våre våra alle alla sovelletaan noudatetaan obowiązują dostępne na są vztahují se platí řídí našimi dostupné vzťahujú érvényesek irányadók sunt disponibile geçerlidir действуют применяются",
		Terms, Registers, Laws, CompanyForms)
	PrivacyStock = stockOf(particles+" on auf på sur information about how we process your personal data can be found find see our website read more notice policy statement here please visit which is are available page handle use and contact details legal imprint terms "+
		"informationen finden sie zur zum über unserer unsere unter verarbeitung ihrer ihre personenbezogener personenbezogenen daten hier abrufbar erhalten nach gemäß können auf webseite website homepage impressum "+
		"informations traitement vos données personnelles sont traitées conformément disponibles ici consulter notre site le informamos de que por son tratados responsable información tratamiento sus datos aquí consulte puede nuestra web más informações tratamento dados aqui consulte nosso informazioni dati sono trattati da ai sensi vengono secondo trattamento dati disponibili qui sito nostro maggiori "+
		"informatie verwerking persoonsgegevens vindt u onze hier lees behandling personoplysninger personopplysninger personuppgifter læs les läs mere mer her här hvordan hur vi vores vår finder du tietoa henkilötietojen käsittelystä löydät täältä "+
		"jest szczegóły podrobnosti více jest naszej stronie internetowej się informacje przetwarzaniu danych osobowych znajdują się znajdziesz tutaj informace zpracování osobních údajů naleznete zde informácie spracúvaní nájdete tu tájékoztató személyes adatok kezeléséről itt olvasható informații sunt prelucrate conform prelucrarea datelor găsiți aici",
		Privacy, Laws, CompanyForms, Registers)
	HourStock = stockOf(particles+" "+weekdayNames()+" for you our lines phone telefon telefonisch für sie da nous sommes avec pause entre siamo estamos on sur h hr hrs am pm uhr are is from to until till and or closed open daily daytime weekdays weekends holidays public bank except appointment mornings morning afternoons afternoon lunch noon midday only normal usual typical typically currently flexible flexibly remote remotely home office phone email cet gmt utc est pst bst time zone usually normally generally each every week day days hours full part "+
		"bis von und oder täglich werktags geschlossen ruhetag vormittags vormittag nachmittags nachmittag sowie nach vereinbarung außer feiertags feiertage feiertagen durchgehend erreichbar sind ist immer jeweils homeoffice büro mittags mittagspause "+
		"au du et de à fermé ouvert sauf jours fériés matin après-midi semaine sur rendez-vous a de y hasta cerrado abierto excepto festivos mañana tarde mañanas tardes lunes às das e fechado aberto exceto feriados manhã alle dal dalle chiuso aperto escluso festivi mattina pomeriggio su appuntamento "+
		"tot van en gesloten behalve feestdagen op afspraak ochtend middag til fra og lukket åbent undtagen helligdage stengt åpent till från och stängt öppet utom helgdagar klo suljettu avoinna arkisin do od i oraz zamknięte oprócz świąt godz zavřeno kromě svátků hod zatvorené okrem sviatkov zárva ünnepnapok kivételével între și închis "+
		"arası kapalı hariç с до по выходной кроме праздников перерыв будни вихідний з μ πμ μμ έως από κλειστά",
		Hours)
	// AnswerStock is what follows upon the hours: that nobody need answer outside of theirs.
	AnswerStock = stockOf(particles+" i my me work may might send sent emails messages email message e-mails outside your yours own hours time times please answer reply respond response expected expect need not no do feel obliged obligation if you receive this that on at suits suit immediately until when within normal working day days "+
		"ich schreibe sende manchmal außerhalb ihrer deiner arbeitszeiten e-mails bitte antworten sie dann wenn passt erwarte keine antwort sofortige je travaille vos en dehors de répondez quand n'attends pas réponse", Hours)
	PrintStock = stockOf(particles+" please do you really need to this email e-mail mail message consider think about before it be if only necessary responsibility our help us together protect protecting save saving reduce is your our must have every each go "+
		"bitte wirklich muss müssen sie diese nachricht ob denken bevor nur wenn nötig schonen verantwortung schützen sparen helfen der zuliebe "+
		"merci de ne pas sauf nécessité nécessaire absolument vraiment pensez ce message courriel que si nécessaire protégeons ayez réfléchissez por favor piense este correo si es necesario responsabilidad compromiso con proteja per favore pensa questa se è necessario rispetta "+
		"alstublieft denk aan deze alleen als nodig is tænk tenk tänk ajattele proszę pomyśl tej wiadomości jeśli konieczne prosím tento tuto zprávu len ak nutné kérjük mielőtt ezt gondoljon vă rugăm lütfen bu e-postayı düşünün du det här den denne denna dette innan inden før skriver ut mejlet mailet mail e-posten e-postmeddelandet meddelandet meldingen viestin viestiä sähköpostin tämän tätä onko om du virkelig verkligen behöver trenger behøver nie drukuj drukować wiadomość jeśli nie musisz zvažte zda je to nutné nevyhnutné gondoljon kérjük ezt az e-mailt levelet imprimați mesaj este necesar σκεφτείτε παρακαλώ μήνυμα αυτό το τυπώσετε pense se bem antes esta mensagem non stampare mail se non è cosa de todos пожалуйста подумайте это письмо",
		Printing, Environment, Prints, Selves)
	NoticeStock = stockOf(particles+" is are may contain contains containing information and or for only this it if you not please was has have been received any use by on sender delete destroy notify inform legal general attachments files attached any its contents content strictly which "+
		"ist sind kann können enthält enthalten informationen für nur diese dieser sie nicht bitte falls sollten bestimmt inhalt anhänge absender löschen vernichten informieren wurde haben est sont peut contenir contient informations les contenues ce message pièces jointes es son puede contener información este mensaje è sono può contenere informazioni questo messaggio is zijn kan bevatten deze bericht jest może zawierać je může obsahovat er kan indeholde inneholde är kan innehålla information on voi sisältää bu mesaj ve ekleri", Selves, Cautions)
	ScanStock          = stockOf(particles+" this email e-mail message mail outgoing incoming attachments any avast avg by wurde diese nachricht software antivirus von geprüft cet email ce message este correo electrónico questa mail", Scans, Selves)
	PresenceStock      = stockOf(particles+" on our social media page channels her his him he she they them it er sie ihm ihr elle il uns auf nos réseaux sociaux sur en redes sociales nas rete social kanälen", Presence, Socials, Sites)
	AccreditationStock = stockOf(particles+" we are our company for award awards winner group groupe gruppe groep koncernen gruppo grupo wir sind unternehmen verband certified accredited gold silver platinum bronze plus since member to according iso iec zertifiziert zertifizierter nach gemäß din en seit certifié certifiée depuis certificado certificada certificato certificata selon norme normes secondo según conforme gecertificeerd volgens certyfikat zgodnie certifikováno dle", Accreditations, Memberships)
)

// particles stand between names and numbers in entries of any kind.
const particles = "and or of the in at no nr to with under as see c/o euro euros eur usd gbp chf lei kr zł kč ft tl руб грн лв st und oder der die das dem des den in im am an bei beim von vom mit zu zur zum unter et ou de du des la le les l d à au aux en sous y o del el los las bajo e do da dos das no na di del della dei delle il lo al con sotto van het te bij of og i ved med nr av vid och ja w we z ze na pod o u v ve s se a az és și la din cu в и по с під та в і ve ile nº n° nro č št br бр č.p"

// stockOf is the set of the words of a list and of tables, in plain form.
func stockOf(list string, tables ...[]Wording) map[string]bool {
	words := WordSet(PlainForm(list))
	for _, w := range slices.Concat(tables...) {
		for _, text := range w.Texts {
			for _, word := range strings.FieldsFunc(PlainForm(text), func(r rune) bool { return strings.ContainsRune(" .,:/()-'", r) }) {
				words[word] = true
			}
		}
	}
	return words
}

// weekdayNames are the days of the week in all languages.
func weekdayNames() string {
	var names []string
	for _, days := range Weekdays {
		names = append(names, days.Names)
	}
	return strings.Join(names, " ")
}

// Spoken are words in plain form that people say to somebody, and that the lines of
// signatures about registers, taxes and certificates lack.
var Spoken = WordSet(PlainForm("please will was were tomorrow today yesterday need needs can cannot could should would must let tell asap me us changed missing wrong " +
	"bitte wird werden wurde wurden war waren morgen heute gestern kann können könnte sollte muss brauche brauchen mir fehlt falsch geändert " +
	"sera était étaient demain aujourd'hui hier peut peux doit faut svp manque erroné será estaba mañana hoy ayer puede puedo debe falta favor amanhã hoje ontem pode deve falta " +
	"domani oggi ieri può deve manca sarà morgen vandaag gisteren kan moet wordt graag ontbreekt i'morgen idag igår imorgon kan ska måste skal blev var mangler saknas " +
	"huomenna tänään eilen pitää puuttuu jutro dzisiaj wczoraj proszę może będzie brakuje zítra dnes včera prosím bude chybí zajtra chýba holnap tegnap kérem kell hiányzik mâine astăzi ieri trebuie lipsește " +
	"next nächste nächsten nächster prochaine prochain próxima próximo prossima prossimo volgende næste neste nästa przyszłym przyszły příští budúci ensi jövő следващата следующей следующий наступного gelecek viitoare غدا سوف سأرسل الرجاء מחר בבקשה אשלח צריך " +
	"утре днес вчера моля завтра сегодня вчера пожалуйста будет нужно завтра сьогодні вчора потрібно yarın bugün dün lütfen gerekli olacak αύριο σήμερα χθες παρακαλώ"))

// SpokenParts are the same in scripts that write words together.
var SpokenParts = []string{"ます", "です", "ました", "でした", "ください", "下さい", "请您", "請您", "请尽快", "请在", "明天", "下周", "已经", "已經", "吗", "습니다", "니다", "주세요", "내일", "ครับ", "ค่ะ", "พรุ่งนี้"}
