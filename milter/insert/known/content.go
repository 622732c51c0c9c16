package known

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// directions are what authors write above an address or a number that somebody is
// to use: it is what the mail is about.
var directions = []Wording{
	{"en", []string{"call me", "ring me", "phone me", "reach me", "contact me", "text me", "ask for me", "in an emergency", "in case of emergency", "in emergencies", "emergency contact", "deliver to", "deliver it to", "deliver them to", "ship to", "ship it to", "ship them to", "send it to", "send them to", "send everything to", "post it to", "mail it to", "return it to", "return to", "address it to", "addressed to", "make it out to", "for the attention of", "to the attention of", "attn", "pick me up", "pick up at", "pick it up at", "register me", "sign me up", "put me on the list", "on the badge", "name badge", "visitor badge", "name tag", "business card", "business cards", "guest list", "participant is", "visitor is", "the driver", "the courier", "consignee", "bill to", "invoice to", "billing address", "delivery address", "shipping address", "postal address", "home address", "my new signature", "as a signature", "signature for", "your contact is", "contact person", "point of contact", "please contact", "please call", "turn to", "get in touch with", "reachable at", "available at", "speak to", "at the gate", "at the reception"}},
	{"de", []string{"rufen sie mich", "ruf mich", "ruft mich", "rufen sie", "bitte anrufen", "anrufen unter", "erreichen sie mich", "erreichst du mich", "erreicht ihr mich", "erreichbar unter", "im notfall", "bei notfällen", "notfallkontakt", "notfallnummer", "liefern sie", "liefern an", "lieferung an", "liefert an", "lieferadresse", "lieferanschrift", "versandadresse", "rechnungsadresse", "rechnungsanschrift", "rechnung an", "postanschrift", "privatadresse", "schicken sie", "schick es", "schickt es", "senden sie", "bitte an", "adressieren", "zu händen", "z. hd", "z.hd", "zuzustellen", "abzugeben bei", "abgabe bei", "abholung bei", "abholen bei", "anmelden", "anmeldung", "melden sie mich", "besucherausweis", "namensschild", "visitenkarte", "visitenkarten", "gästeliste", "teilnehmer ist", "teilnehmerin ist", "besucher ist", "ansprechpartner", "ansprechpartnerin", "kontaktperson", "der fahrer", "dem fahrer", "den fahrer", "der kurier", "meine neue signatur", "signatur für", "wenden sie sich", "wende dich", "wendet euch", "melden bei", "am tor", "an der pforte"}},
	{"fr", []string{"appelez", "appelle-moi", "appeler", "joignable", "me joindre", "contactez", "me contacter", "en cas d'urgence", "en cas de problème", "livrer à", "livrez", "livraison à", "à livrer", "adresse de livraison", "adresse de facturation", "adresse postale", "envoyez", "envoyer à", "à envoyer", "expédier", "à l'attention de", "carte de visite", "cartes de visite", "badge", "inscrire", "inscrivez", "visiteur", "participant", "participante", "le chauffeur", "le livreur", "personne à contacter", "personne de contact", "ma nouvelle signature", "signature pour", "adressez-vous", "vous adresser", "s'adresser à", "demandez"}},
	{"es", []string{"llámame", "llámeme", "llamar a", "llame a", "llamen a", "contactar", "contacte", "contacten", "localizarme", "en caso de emergencia", "emergencias", "entregar", "entregue", "entrega en", "dirección de entrega", "dirección de envío", "dirección de facturación", "dirección postal", "enviar a", "envíe", "envíen", "enviadlo", "a la atención de", "tarjeta de visita", "tarjetas de visita", "acreditación", "inscribir", "inscríbanme", "visitante", "participante", "el conductor", "el transportista", "el repartidor", "persona de contacto", "mi nueva firma", "firma para", "diríjase", "dirigirse a", "preguntar por", "pregunte por"}},
	{"pt", []string{"ligue", "ligar para", "ligue-me", "contacte", "contatar", "contactar", "em caso de emergência", "entregar", "entregue", "entrega em", "morada de entrega", "endereço de entrega", "morada de faturação", "enviar para", "envie", "enviem", "ao cuidado de", "a/c", "cartão de visita", "cartões de visita", "crachá", "inscrever", "visitante", "participante", "o motorista", "pessoa de contacto", "pessoa de contato", "a minha nova assinatura", "assinatura para", "falar com", "dirija-se"}},
	{"it", []string{"chiamatemi", "chiamami", "mi chiami", "chiamare", "contattare", "contattatemi", "contattate", "mi contatti", "in caso di emergenza", "in caso di necessità", "consegnare", "consegna a", "consegnate", "indirizzo di consegna", "indirizzo di spedizione", "indirizzo di fatturazione", "inviare a", "inviate", "spedire", "spedite", "all'attenzione", "alla c.a", "biglietto da visita", "biglietti da visita", "badge", "iscrivere", "iscrivetemi", "visitatore", "partecipante", "l'autista", "il corriere", "persona di contatto", "referente", "la mia nuova firma", "firma per", "rivolgersi", "rivolgetevi", "chiedere di"}},
	{"ca", []string{"truqueu", "en cas d'emergència", "lliurar", "adreça de lliurament", "envieu"}}, {"ro", []string{"sunați", "contactați", "în caz de urgență", "livrați", "adresa de livrare", "adresa de facturare", "trimiteți", "în atenția", "carte de vizită", "ecuson", "vizitator", "participant", "șoferul", "curierul", "persoana de contact"}},
	{"nl", []string{"bel me", "bel mij", "belt u", "bellen", "bereikbaar", "bereik me", "neem contact op", "contactpersoon", "in geval van nood", "bij nood", "noodgeval", "leveren aan", "bezorgen", "bezorgadres", "afleveradres", "leveradres", "factuuradres", "postadres", "stuur het", "stuur ze", "sturen naar", "verzenden naar", "ter attentie van", "t.a.v", "visitekaartje", "visitekaartjes", "badge", "aanmelden", "meld me aan", "bezoeker", "deelnemer", "de chauffeur", "de koerier", "mijn nieuwe handtekening", "handtekening voor", "vraag naar", "wend u"}},
	{"da", []string{"ring til", "ring på", "kontakt mig", "kontakte", "i nødstilfælde", "ved nødsituationer", "leveres til", "lever til", "leveringsadresse", "faktureringsadresse", "send den til", "send dem til", "sendes til", "att.", "visitkort", "adgangskort", "navneskilt", "tilmeld", "tilmelde", "besøgende", "deltager", "chaufføren", "kontaktperson", "min nye signatur", "signatur til", "henvend", "spørg efter"}},
	{"nb", []string{"ring meg", "ring til", "ringe", "kontakt meg", "kontakte", "i nødstilfelle", "ved nødsituasjoner", "leveres til", "lever til", "leveringsadresse", "fakturaadresse", "send den til", "send det til", "sendes til", "visittkort", "adgangskort", "navneskilt", "meld meg på", "besøkende", "deltaker", "sjåføren", "kontaktperson", "min nye signatur", "signatur til", "henvend", "spør etter"}},
	{"sv", []string{"ring mig", "ring till", "ringa", "kontakta", "nå mig", "nås på", "i nödfall", "vid nödläge", "vid akuta", "levereras till", "leverera till", "leveransadress", "fakturaadress", "skicka den till", "skicka det till", "skicka dem till", "skickas till", "visitkort", "besöksbricka", "namnbricka", "anmäl", "besökare", "deltagare", "chauffören", "kontaktperson", "min nya signatur", "signatur till", "vänd er", "fråga efter"}},
	{"is", []string{"hringdu", "hringið", "hafið samband", "í neyð", "neyðartilvik", "afhenda", "afhendingarheimilisfang", "sendið", "tengiliður"}}, {"fi", []string{"soita", "soittakaa", "ota yhteyttä", "ottakaa yhteyttä", "tavoitat minut", "tavoitatte", "hätätilanteessa", "hätätapauksessa", "toimita", "toimittakaa", "toimitusosoite", "laskutusosoite", "lähetä", "lähettäkää", "käyntikortti", "käyntikortit", "vierailijakortti", "vierailija", "ilmoittautua", "ilmoittakaa", "osallistuja", "kuljettaja", "yhteyshenkilö", "uusi allekirjoitus", "kysy"}},
	{"et", []string{"helistage", "helista", "hädaolukorras", "tarneaadress", "saatke", "kontaktisik", "võtke ühendust"}}, {"lv", []string{"zvaniet", "ārkārtas", "piegādes adrese", "sūtiet", "kontaktpersona", "sazinieties"}}, {"lt", []string{"skambinkite", "skubiu atveju", "pristatymo adresas", "siųskite", "kontaktinis asmuo", "kreipkitės"}},
	{"pl", []string{"proszę dzwonić", "dzwonić", "zadzwoń", "proszę o kontakt", "kontakt z", "kontaktować", "w razie awarii", "w nagłych", "w razie wypadku", "w razie potrzeby", "dostarczyć", "doręczyć", "dostawa na", "adres dostawy", "adres do wysyłki", "adres do faktury", "adres korespondencyjny", "proszę wysłać", "wysłać na", "proszę przesłać", "do rąk", "wizytówka", "wizytówki", "wizytówek", "identyfikator", "przepustka", "przepustki", "zgłosić", "zgłaszam", "uczestnik", "gość", "kierowca", "kurier", "osoba kontaktowa", "osoba do kontaktu", "mój nowy podpis", "podpis na", "zwrócić się", "pytać o"}},
	{"cs", []string{"volejte", "zavolejte", "volat", "kontaktujte", "kontaktovat", "obraťte se", "v případě nouze", "v nouzi", "v naléhavých", "doručte", "doručit", "dodejte", "dodací adresa", "doručovací adresa", "fakturační adresa", "pošlete", "zašlete", "poslat na", "k rukám", "vizitka", "vizitky", "vizitku", "visačka", "jmenovka", "přihlaste", "přihlásit", "přihlašuji", "účastník", "návštěva", "řidič", "řidiči", "kurýr", "kontaktní osoba", "můj nový podpis", "podpis na"}},
	{"sk", []string{"volajte", "zavolajte", "kontaktujte", "obráťte sa", "v prípade núdze", "v núdzi", "doručte", "doručiť", "dodacia adresa", "fakturačná adresa", "pošlite", "zašlite", "do rúk", "vizitka", "vizitku", "menovka", "prihláste", "účastník", "návšteva", "vodič", "kuriér", "kontaktná osoba"}},
	{"hu", []string{"hívjon", "hívjanak", "hívj", "hívni", "keressen", "keressenek", "vészhelyzetben", "vész esetén", "sürgős esetben", "szállítsák", "szállítási cím", "kézbesítési cím", "számlázási cím", "küldjék", "küldje", "küldd", "kezéhez", "részére", "névjegykártya", "névjegykártyák", "névjegyre", "belépőkártya", "kitűző", "regisztráljon", "jelentkezem", "résztvevő", "látogató", "a sofőr", "a futár", "kapcsolattartó", "új aláírásom", "forduljon", "forduljanak"}},
	{"sl", []string{"pokličite", "v nujnih primerih", "v sili", "dostavite", "naslov za dostavo", "pošljite", "kontaktna oseba", "obrnite se"}}, {"hr", []string{"nazovite", "u hitnim slučajevima", "u slučaju nužde", "dostavite", "adresa za dostavu", "adresa dostave", "pošaljite", "kontakt osoba", "obratite se", "posjetnica"}}, {"sr", []string{"pozovite", "u hitnim slučajevima", "dostavite", "adresa za dostavu", "pošaljite", "kontakt osoba", "obratite se", "позовите", "у хитним случајевима", "доставите", "пошаљите", "контакт особа"}},
	{"bg", []string{"обадете", "звънете", "позвънете", "свържете се", "при спешни", "при спешност", "при авария", "доставете", "адрес за доставка", "изпратете", "на вниманието", "визитка", "визитки", "пропуск", "посетител", "участник", "шофьорът", "куриерът", "лице за контакт", "обърнете се"}},
	{"ru", []string{"звоните", "позвоните", "звонить", "связаться", "свяжитесь", "обращайтесь", "обратитесь", "в экстренном случае", "в экстренных", "в случае аварии", "в случае чего", "при аварии", "доставить", "доставьте", "доставка по", "адрес доставки", "отправьте", "отправлять", "пришлите", "присылайте", "вниманию", "визитка", "визитки", "визитку", "пропуск", "пропуска", "зарегистрируйте", "посетитель", "участник", "водитель", "водителю", "курьер", "курьеру", "контактное лицо", "моя новая подпись", "подпись для"}},
	{"uk", []string{"дзвоніть", "телефонуйте", "зателефонуйте", "зв'яжіться", "звертайтеся", "в екстрених", "у разі аварії", "у надзвичайних", "доставте", "доставити", "адреса доставки", "надішліть", "надсилайте", "візитка", "візитки", "перепустка", "перепустки", "учасник", "відвідувач", "водій", "водієві", "кур'єр", "контактна особа"}},
	{"el", []string{"καλέστε", "τηλεφωνήστε", "επικοινωνήστε", "σε έκτακτη", "σε περίπτωση ανάγκης", "επείγον", "παραδώστε", "παράδοση", "διεύθυνση παράδοσης", "στείλτε", "αποστολή στη", "υπόψη", "επαγγελματική κάρτα", "κάρτες", "επισκέπτης", "συμμετέχων", "ο οδηγός", "υπεύθυνος επικοινωνίας", "απευθυνθείτε"}},
	{"tr", []string{"beni arayın", "arayın", "arayınız", "ulaşabilirsiniz", "bana ulaş", "iletişime geçin", "acil durumda", "acil durumlarda", "acil hallerde", "teslim edin", "teslimat adresi", "fatura adresi", "gönderin", "gönderiniz", "dikkatine", "kartvizit", "yaka kartı", "ziyaretçi", "katılımcı", "kaydedin", "şoför", "sürücü", "kurye", "irtibat kişisi", "başvurun", "yeni imzam"}},
	{"he", []string{"התקשרו", "להתקשר", "צרו קשר", "ליצור קשר", "פנו אל", "במקרה חירום", "בשעת חירום", "למקרה חירום", "לשלוח אל", "שלחו אל", "לשלוח ל", "כתובת למשלוח", "כתובת משלוח", "לידי", "כרטיס ביקור", "כרטיסי ביקור", "תג מבקר", "תג אורח", "תג שם", "איש קשר", "הנהג", "השליח", "משתתף", "אורח"}},
	{"ar", []string{"اتصل", "اتصلوا", "يرجى الاتصال", "الاتصال بي", "التواصل مع", "تواصلوا", "في حالة الطوارئ", "عند الطوارئ", "حالات الطوارئ", "التسليم إلى", "عنوان التسليم", "عنوان التوصيل", "عنوان الشحن", "أرسلوا", "إرسال إلى", "الإرسال إلى", "عناية", "بطاقة العمل", "بطاقة الزائر", "بطاقة زائر", "بطاقات العمل", "زائر", "مشارك", "السائق", "جهة الاتصال", "الشخص المسؤول"}}, {"fa", []string{"تماس بگیرید", "در مواقع اضطراری", "ارسال کنید", "آدرس تحویل", "کارت ویزیت", "راننده"}},
	{"hi", []string{"संपर्क करें", "कॉल करें", "आपात", "भेजें", "पते पर"}}, {"th", []string{"โทรหา", "ติดต่อ", "กรณีฉุกเฉิน", "ส่งไปที่", "ที่อยู่จัดส่ง", "นามบัตร"}}, {"vi", []string{"hãy gọi", "vui lòng gọi", "liên hệ", "khẩn cấp", "giao đến", "giao hàng", "địa chỉ giao", "gửi đến", "danh thiếp", "tài xế"}}, {"id", []string{"hubungi", "telepon saya", "keadaan darurat", "dalam darurat", "kirim ke", "kirimkan", "alamat pengiriman", "kartu nama", "peserta", "tamu", "sopir", "kurir"}},
	{"zh", []string{"请联系", "請聯繫", "请致电", "联系人", "聯絡人", "紧急", "緊急", "送到", "寄到", "发到", "发往", "收件地址", "收货", "收貨", "送货", "送貨", "地址如下", "名片", "访客", "訪客", "参会", "司机", "收件人", "发票"}}, {"ja", []string{"お電話", "電話してください", "ご連絡ください", "連絡先", "緊急", "送ってください", "お送りください", "送付先", "送り先", "お届け先", "配送先", "納品先", "請求先", "宛先", "名刺", "入館証", "来訪者", "参加者", "担当者", "運転手", "ドライバー", "新しい署名"}}, {"ko", []string{"전화 주", "전화해", "연락 주", "연락하", "연락처", "비상", "긴급", "보내 주", "보내주", "배송지", "배송 주소", "납품", "명함", "방문증", "출입증", "참석자", "참가자", "기사", "담당자"}},
}

// data are the words for contact data, and pointers those that say that they
// follow, or whose they are: only together do they announce something.
var (
	data = []Wording{
		{"en", []string{"address", "contact details", "contact data", "contacts", "details", "data", "phone number", "phone numbers", "number", "numbers", "coordinates", "signature", "particulars", "information", "name", "cv", "profile", "email address"}},
		{"de", []string{"adresse", "anschrift", "kontaktdaten", "kontakte", "kontakt", "daten", "angaben", "telefonnummer", "nummer", "nummern", "handynummer", "mobilnummer", "koordinaten", "signatur", "lebenslauf", "profil", "name"}},
		{"fr", []string{"adresse", "coordonnées", "contact", "contacts", "données", "numéro", "numéros", "signature", "informations", "nom", "profil"}}, {"es", []string{"dirección", "datos", "contacto", "contactos", "número", "teléfono", "teléfonos", "firma", "información", "nombre", "perfil"}}, {"pt", []string{"endereço", "morada", "dados", "contacto", "contactos", "contato", "contatos", "número", "telefone", "assinatura", "informações", "nome", "perfil"}}, {"it", []string{"indirizzo", "dati", "recapiti", "recapito", "contatti", "contatto", "numero", "telefono", "firma", "informazioni", "nome", "coordinate", "profilo"}}, {"ca", []string{"adreça", "dades", "contacte", "número", "telèfon"}}, {"ro", []string{"adresa", "datele", "date", "contact", "numărul", "telefonul", "semnătura"}},
		{"nl", []string{"adres", "gegevens", "contactgegevens", "nummer", "nummers", "telefoonnummer", "handtekening", "naam", "contacten"}}, {"da", []string{"adresse", "adressen", "oplysninger", "kontaktoplysninger", "kontaktdata", "nummer", "telefonnummer", "signatur", "data", "navn"}}, {"nb", []string{"adresse", "adressen", "opplysninger", "kontaktinformasjon", "kontaktopplysninger", "nummer", "telefonnummer", "signatur", "data", "navn"}}, {"sv", []string{"adress", "adressen", "uppgifter", "kontaktuppgifter", "nummer", "telefonnummer", "signatur", "namn"}}, {"is", []string{"heimilisfang", "upplýsingar", "símanúmer"}}, {"fi", []string{"osoite", "osoitteeseen", "osoitteeni", "tiedot", "tietoni", "yhteystiedot", "yhteystietoni", "numero", "numeroni", "puhelinnumero", "allekirjoitus", "nimi"}}, {"et", []string{"aadress", "andmed", "number"}}, {"lv", []string{"adrese", "dati", "numurs"}}, {"lt", []string{"adresas", "duomenys", "numeris"}},
		{"pl", []string{"adres", "dane", "dane kontaktowe", "numer", "telefon", "podpis", "kontakty", "imię"}}, {"cs", []string{"adresa", "adresu", "údaje", "kontakt", "kontakty", "kontaktní údaje", "číslo", "telefon", "podpis", "jméno"}}, {"sk", []string{"adresa", "adresu", "údaje", "kontakt", "kontakty", "číslo", "telefón", "podpis", "meno"}}, {"hu", []string{"cím", "címre", "címem", "címünk", "adatok", "adataim", "elérhetőség", "elérhetőségek", "elérhetőségeim", "telefonszám", "telefonszámom", "szám", "aláírás", "név"}}, {"sl", []string{"naslov", "podatki", "številka", "kontakt"}}, {"hr", []string{"adresa", "adresu", "podaci", "podatke", "broj", "kontakt"}}, {"sr", []string{"adresa", "adresu", "podaci", "broj", "kontakt", "адреса", "адресу", "подаци", "број"}}, {"bg", []string{"адрес", "адреса", "данни", "данните", "номер", "телефон", "контакти", "подпис"}}, {"ru", []string{"адрес", "адресу", "данные", "контакты", "контакт", "номер", "номера", "телефон", "телефоны", "подпись", "реквизиты"}}, {"uk", []string{"адреса", "адресу", "дані", "контакти", "номер", "телефон", "підпис", "реквізити"}}, {"el", []string{"διεύθυνση", "στοιχεία", "τηλέφωνο", "αριθμός", "υπογραφή"}}, {"tr", []string{"adres", "adrese", "adresim", "adresime", "bilgiler", "bilgilerim", "numara", "numaram", "telefonum", "imza", "imzam", "iletişim"}}, {"he", []string{"כתובת", "הכתובת", "פרטים", "הפרטים", "פרטי", "טלפון", "מספר", "חתימה"}}, {"ar", []string{"عنوان", "العنوان", "عنواني", "بيانات", "بياناتي", "معلومات", "رقم", "رقمي", "أرقام", "توقيع"}}, {"fa", []string{"آدرس", "مشخصات", "شماره", "اطلاعات"}}, {"vi", []string{"địa chỉ", "thông tin", "số điện thoại", "chữ ký"}}, {"id", []string{"alamat", "data", "nomor", "kontak"}}, {"th", []string{"ที่อยู่", "ข้อมูล", "เบอร์"}}, {"zh", []string{"地址", "信息", "资料", "資料", "电话", "電話", "号码", "號碼", "签名", "簽名", "联系方式", "聯繫方式"}}, {"ja", []string{"住所", "情報", "電話番号", "番号", "署名", "連絡先"}}, {"ko", []string{"주소", "정보", "전화번호", "번호", "서명", "연락처"}},
	}
	pointers = []Wording{
		{"en", []string{"below", "following", "as follows", "here is", "here are", "here's", "here you have", "these are", "this is", "this", "my", "our", "new"}}, {"de", []string{"unten", "untenstehend", "untenstehende", "untenstehenden", "nachstehend", "folgend", "folgende", "folgenden", "folgender", "folgendes", "wie folgt", "hier", "hier ist", "hier sind", "dies", "diese", "dieser", "diesen", "mein", "meine", "meinen", "meiner", "unsere", "neue", "neuen"}}, {"fr", []string{"ci-dessous", "ci-après", "suivant", "suivante", "suivants", "suivantes", "voici", "cette", "ces", "mon", "ma", "mes", "nos", "notre", "nouvelle", "comme suit"}}, {"es", []string{"abajo", "a continuación", "siguiente", "siguientes", "aquí", "esta", "este", "estos", "estas", "mi", "mis", "nuestra", "nuestros", "nueva"}}, {"pt", []string{"abaixo", "seguinte", "seguintes", "a seguir", "aqui", "este", "esta", "estes", "estas", "meu", "minha", "meus", "minhas", "nosso", "nova"}}, {"it", []string{"sotto", "di seguito", "seguente", "seguenti", "qui", "ecco", "questo", "questa", "questi", "mio", "mia", "miei", "nostri", "nuovo"}}, {"ca", []string{"següent", "següents", "a continuació", "aquí", "aquesta", "meva"}}, {"ro", []string{"mai jos", "următoarea", "următoarele", "următorul", "aici", "iată", "această", "mea", "mele"}},
		{"nl", []string{"hieronder", "onderstaand", "onderstaande", "volgende", "als volgt", "hier", "dit", "deze", "mijn", "onze", "nieuwe"}}, {"da", []string{"nedenfor", "nedenstående", "følgende", "her er", "dette", "denne", "disse", "min", "mit", "mine", "vores", "ny", "nye"}}, {"nb", []string{"nedenfor", "nedenstående", "følgende", "her er", "dette", "denne", "disse", "min", "mitt", "mine", "vår", "ny", "nye"}}, {"sv", []string{"nedan", "nedanstående", "följande", "här är", "detta", "denna", "dessa", "min", "mitt", "mina", "vår", "ny", "nya"}}, {"is", []string{"hér að neðan", "eftirfarandi", "hér", "mitt", "mínar"}}, {"fi", []string{"alla", "alle", "seuraava", "seuraavat", "seuraavaan", "tässä", "tähän", "tämä", "minun", "uusi", "osoitteeni", "tietoni", "yhteystietoni", "numeroni"}}, {"et", []string{"allpool", "järgmine", "järgmisele", "siin", "minu"}}, {"lv", []string{"zemāk", "šāda", "šeit", "mana"}}, {"lt", []string{"žemiau", "šis", "štai", "mano"}},
		{"pl", []string{"poniżej", "poniższy", "poniższe", "następujący", "następujące", "oto", "ten", "te", "mój", "moje", "nasz", "nowy"}}, {"cs", []string{"níže", "následující", "zde", "toto", "tuto", "tyto", "má", "moje", "mé", "můj", "naše", "nová", "nový"}}, {"sk", []string{"nižšie", "nasledujúce", "nasledujúca", "tu", "toto", "túto", "tieto", "moja", "moje", "môj", "naša", "nová"}}, {"hu", []string{"alább", "alábbi", "következő", "íme", "itt", "ez", "erre", "ezek", "az én", "címem", "adataim", "elérhetőségeim", "telefonszámom", "új"}}, {"sl", []string{"spodaj", "naslednji", "tukaj", "ta", "moj", "moji"}}, {"hr", []string{"ispod", "u nastavku", "sljedeća", "sljedeću", "ovdje", "ova", "ovu", "moja", "moji", "moje"}}, {"sr", []string{"ispod", "sledeća", "sledeću", "ovde", "ovo", "moja", "moji", "доле", "следећу", "моја"}}, {"bg", []string{"по-долу", "следния", "следният", "следните", "ето", "тук", "този", "тези", "моят", "моите", "новият"}}, {"ru", []string{"ниже", "следующий", "следующие", "следующему", "вот", "этот", "этому", "эти", "мой", "мои", "мне", "новый", "новые"}}, {"uk", []string{"нижче", "наступний", "наступні", "ось", "цей", "цю", "ці", "мій", "мої", "моя", "новий"}}, {"el", []string{"παρακάτω", "ακόλουθη", "ακόλουθα", "εδώ", "αυτή", "αυτά", "μου", "μας", "νέα"}}, {"tr", []string{"aşağıdaki", "aşağıda", "şu", "işte", "bu", "benim", "adresim", "bilgilerim", "numaram", "yeni"}}, {"he", []string{"להלן", "הבא", "הבאה", "הבאים", "הנה", "זה", "זו", "זאת", "אלה", "שלי", "שלנו", "החדשה"}}, {"ar", []string{"أدناه", "التالي", "التالية", "كالتالي", "كما يلي", "هذا", "هذه", "إليكم", "إليك", "الجديد"}}, {"fa", []string{"زیر", "این", "من"}}, {"vi", []string{"dưới đây", "sau đây", "sau", "đây là", "này", "của tôi"}}, {"id", []string{"di bawah", "berikut", "ini", "saya"}}, {"th", []string{"ด้านล่าง", "ดังนี้", "นี้", "ของฉัน", "ของผม"}}, {"zh", []string{"以下", "如下", "下面", "下列", "这是", "這是", "我的", "此", "新的"}}, {"ja", []string{"以下", "下記", "次の", "こちら", "この", "私の", "新しい"}}, {"ko", []string{"아래", "다음", "여기", "이 ", "제 ", "저의", "새 "}},
	}
	// belows are the pointers that can only speak of what follows.
	belows = []Wording{
		{"en", []string{"below", "following", "as follows"}}, {"de", []string{"unten", "untenstehend", "untenstehende", "untenstehenden", "nachstehend", "folgende", "folgenden", "folgender", "wie folgt"}}, {"fr", []string{"ci-dessous", "ci-après", "suivant", "suivante", "suivants", "suivantes", "comme suit"}}, {"es", []string{"abajo", "a continuación", "siguiente", "siguientes"}}, {"pt", []string{"abaixo", "seguinte", "seguintes", "a seguir"}}, {"it", []string{"sotto", "di seguito", "seguente", "seguenti"}}, {"ro", []string{"mai jos", "următoarea", "următoarele"}}, {"nl", []string{"hieronder", "onderstaand", "onderstaande", "volgende", "als volgt"}}, {"da", []string{"nedenfor", "nedenstående", "følgende"}}, {"nb", []string{"nedenfor", "nedenstående", "følgende"}}, {"sv", []string{"nedan", "nedanstående", "följande"}}, {"fi", []string{"alla", "seuraava", "seuraavat", "seuraavaan"}},
		{"pl", []string{"poniżej", "poniższy", "poniższe", "następujący", "następujące"}}, {"cs", []string{"níže", "následující"}}, {"sk", []string{"nižšie", "nasledujúce"}}, {"hu", []string{"alább", "alábbi", "következő"}}, {"hr", []string{"ispod", "u nastavku", "sljedeća", "sljedeću"}}, {"sr", []string{"ispod", "sledeća", "sledeću"}}, {"bg", []string{"по-долу", "следния", "следните"}}, {"ru", []string{"ниже", "следующие", "следующему"}}, {"uk", []string{"нижче", "наступні"}}, {"el", []string{"παρακάτω", "ακόλουθη", "ακόλουθα"}}, {"tr", []string{"aşağıdaki", "aşağıda"}}, {"he", []string{"להלן", "הבאה", "הבאים"}}, {"ar", []string{"أدناه", "التالي", "التالية", "كما يلي"}}, {"vi", []string{"dưới đây", "sau đây"}}, {"id", []string{"di bawah", "berikut"}}, {"zh", []string{"以下", "如下", "下面", "下列"}}, {"ja", []string{"以下の", "下記"}}, {"ko", []string{"아래", "다음"}},
	}
	signatureWords = []Wording{
		{"en", []string{"signature", "email footer", "e-mail footer"}}, {"de", []string{"signatur", "mail-signatur", "abbinder"}}, {"fr", []string{"signature de mail", "signature mail", "signature e-mail", "signature"}}, {"es", []string{"firma de correo", "pie de firma", "firma"}}, {"pt", []string{"assinatura"}}, {"it", []string{"firma"}}, {"nl", []string{"handtekening"}}, {"da", []string{"signatur"}}, {"nb", []string{"signatur"}}, {"sv", []string{"signatur"}}, {"fi", []string{"allekirjoitus", "allekirjoitukseni"}}, {"pl", []string{"stopka", "stopkę", "stopki"}}, {"cs", []string{"podpis"}}, {"sk", []string{"podpis"}}, {"hu", []string{"aláírás", "aláírásom"}}, {"ru", []string{"подпись"}}, {"uk", []string{"підпис"}}, {"tr", []string{"imza", "imzam"}}, {"he", []string{"חתימה"}}, {"ar", []string{"توقيع"}}, {"zh", []string{"签名", "簽名"}}, {"ja", []string{"署名"}}, {"ko", []string{"서명"}},
	}
	// signs and manners announce what a letter is to be signed with: "sign it like so".
	signs = []Wording{
		{"en", []string{"sign", "signed", "close with", "ends with", "sign off"}}, {"de", []string{"unterschreiben", "unterzeichnen", "unterschrift", "unterzeichnet", "schließt"}}, {"fr", []string{"signe", "signer", "signez", "signé"}}, {"es", []string{"firma", "firmar", "firme", "firmado"}}, {"it", []string{"firma", "firmare", "firmato"}}, {"pt", []string{"assine", "assinar", "assinado"}}, {"nl", []string{"ondertekenen", "onderteken", "ondertekend"}}, {"da", []string{"underskriv", "underskrevet"}}, {"nb", []string{"undertegn", "signer"}}, {"sv", []string{"underteckna", "undertecknat", "signera"}}, {"pl", []string{"podpisz", "podpisać", "podpisany"}}, {"cs", []string{"podepsat", "podepište", "podepsáno"}},
	}
	manners = []Wording{
		{"en", []string{"like so", "like this", "as follows", "this way"}}, {"de", []string{"so", "wie folgt", "folgendermaßen"}}, {"fr", []string{"ainsi", "comme ceci", "comme suit", "de cette façon"}}, {"es", []string{"así", "de esta forma", "como sigue"}}, {"it", []string{"così", "in questo modo", "come segue"}}, {"pt", []string{"assim", "desta forma"}}, {"nl", []string{"zo", "als volgt"}}, {"da", []string{"sådan", "således"}}, {"nb", []string{"slik", "således"}}, {"sv", []string{"så här", "sålunda", "enligt följande"}}, {"pl", []string{"tak", "w ten sposób"}}, {"cs", []string{"takto", "následovně"}},
	}
	// postscripts are what a line begins with that was written below a signature.
	postscripts = []Wording{
		{"und", []string{"ps", "p.s", "p.s.", "p. s.", "p.-s.", "p.p.s", "pps", "p.p.s.", "post scriptum", "postscript", "n.b.", "nb"}}, {"de", []string{"nachtrag", "nachsatz", "anlage", "anlagen", "anhang", "anhänge", "verteiler", "beilage", "beilagen"}}, {"es", []string{"pd", "p.d.", "p.d", "posdata", "postdata", "adjuntos", "adjunto", "anexo", "anexos", "c.c."}}, {"pt", []string{"p.s", "anexo", "anexos"}}, {"fi", []string{"jk", "jälkikirjoitus", "liitteet", "liite"}}, {"hu", []string{"ui", "u.i.", "utóirat", "mellékletek", "melléklet"}}, {"cs", []string{"p. s", "dodatek", "přílohy", "příloha"}}, {"sl", []string{"p.s"}}, {"tr", []string{"not", "dipnot", "ekler"}}, {"ru", []string{"зы", "з.ы.", "постскриптум", "приложения", "приложение"}}, {"bg", []string{"п.п.", "п.с."}}, {"el", []string{"υ.γ.", "υγ", "υ.γ", "συνημμένα"}}, {"he", []string{"נ.ב.", "נ.ב", "נ\"ב"}}, {"ar", []string{"ملاحظة", "ملحوظة", "ملحوظه"}}, {"zh", []string{"附言", "又及", "附：", "另：", "备注", "附件"}}, {"ja", []string{"追伸", "追記", "添付", "添付資料", "同封"}}, {"ko", []string{"추신", "덧붙임", "첨부", "붙임"}}, {"eo", []string{"p.s"}},
		{"en", []string{"enclosures", "enclosure", "encl", "encl.", "enc", "enc.", "encs", "attachments", "attached", "cc", "bcc", "distribution"}},
		{"fr", []string{"pièces jointes", "pièce jointe", "p.j.", "pj", "p. j.", "annexe", "annexes"}},
		{"it", []string{"allegati", "allegato"}},
		{"nl", []string{"bijlage", "bijlagen"}},
		{"da", []string{"bilag", "vedhæftet"}},
		{"nb", []string{"vedlegg"}},
		{"sv", []string{"bilaga", "bilagor"}},
		{"pl", []string{"załączniki", "załącznik", "w załączeniu", "do wiadomości"}},
		{"sk", []string{"prílohy", "príloha"}},
		{"ro", []string{"anexe", "anexă"}},
		{"uk", []string{"додатки", "додаток"}},
	}
)

var (
	directionPhrases  = PhrasesOf(directions)
	dataPhrases       = PhrasesOf(data)
	pointerPhrases    = PhrasesOf(pointers)
	postscriptPhrases = PhrasesOf(postscripts)
	BelowPhrases      = PhrasesOf(belows)
)

// Announces reports whether a text says that contact data follow, or what is to be
// done with them: then they are what the author has to say.
func Announces(text string) bool {
	p := PlainForm(text)
	return directionPhrases.In(p) || dataPhrases.In(p) && pointerPhrases.In(p)
}

// MayAnnounce is announces for a text with nothing between it and the data: one
// word is enough.
func MayAnnounce(text string) bool {
	p := PlainForm(text)
	return directionPhrases.In(p) || dataPhrases.In(p) || BelowPhrases.In(p)
}

// PointsBelow is announces for a text with a closing below it: only what says that
// data follow, or that the signature itself is what it is about.
func PointsBelow(text string) bool {
	p := PlainForm(text)
	return dataBelow.in(p) || signaturePointed.in(p) || signedLikeThat.in(p)
}

var (
	dataBelow        = pairsOf(data, belows)
	signaturePointed = pairsOf(signatureWords, pointers)
	signedLikeThat   = pairsOf(signs, manners)
)

// pairs are words that count with another of their language near them: "my new signature",
// "the address below".
type pairs struct {
	words     Phrases
	languages map[string][]string // of each word
	others    map[string]Phrases  // by language
}

func pairsOf(words, others []Wording) pairs {
	p := pairs{PhrasesOf(words), map[string][]string{}, map[string]Phrases{}}
	for _, w := range words {
		for _, text := range w.Texts {
			p.languages[PlainForm(text)] = append(p.languages[PlainForm(text)], w.Lang)
		}
	}
	for _, w := range others {
		p.others[w.Lang] = PhrasesOf([]Wording{w})
	}
	return p
}

// in reports whether a text in plain form has a pair. The other word elsewhere points at
// something else: "te adjunto el acta; falta tu firma".
func (ps *pairs) in(p string) bool {
	const most = 24 // bytes between them, with the other word
	for i := range p {
		word := ps.words.At(p, i)
		for _, language := range ps.languages[word] {
			others := ps.others[language]
			if others.In(lastWordsWithin(p[:i], most)) || others.In(firstWordsWithin(p[i+len(word):], most)) {
				return true
			}
		}
	}
	return false
}

// firstWordsWithin is what a text begins with, in whole words of so many bytes at most.
func firstWordsWithin(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return s[:max(strings.LastIndexByte(s[:most], ' '), 0)]
}

// lastWordsWithin is likewise what it ends with.
func lastWordsWithin(s string, most int) string {
	if len(s) <= most {
		return s
	}
	tail := s[len(s)-most:]
	return tail[strings.IndexByte(tail, ' ')+1:]
}

// Postscript reports whether a line begins as what is written below a signature.
func Postscript(text string) bool {
	p := strings.TrimLeft(PlainForm(text), " *_(-–")
	phrase := postscriptPhrases.Begins(p)
	if phrase == "" {
		return false
	}
	next, _ := utf8.DecodeRuneInString(p[len(phrase):])
	return next == utf8.RuneError || !unicode.IsLetter(next) || Unspaced(phrase)
}

// LeadsOn reports whether a line ends so that something has to follow.
func LeadsOn(text string) bool {
	t := strings.TrimRight(text, " *_\"”»>"+string(Image))
	last, _ := utf8.DecodeLastRuneInString(t)
	return strings.ContainsRune(":：﹕︰;；,、，-–—→⇒=…↓👇", last) || strings.HasSuffix(t, "..")
}

// smiles are what may stand in place of a full stop.
var smiles = []string{":)", ":-)", ";)", ";-)", "^^", ":D", ":-D"}

// Concludes reports whether a line ends as a sentence does.
func Concludes(text string) bool {
	for _, s := range smiles {
		if strings.HasSuffix(text, s) {
			return true
		}
	}
	t := strings.TrimRight(text, " *_\"'”’»«“)]）】」")
	if strings.HasSuffix(t, "..") {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(t)
	return strings.ContainsRune(".!?。！？．؟۔।։", last) || last > 0xffff && unicode.Is(unicode.So, last)
}
