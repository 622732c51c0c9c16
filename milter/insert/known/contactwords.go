package known

// ContactLabels stand before a number, an address or a link in signatures, with or
// without a colon. One that asks or directs ("phone for the driver") is none.
var ContactLabels = []Wording{
	{"und", []string{"t", "m", "f", "p", "e", "w", "a", "d", "o", "h", "c", "i", "s", "tel", "tel.", "fax", "e-mail", "email", "mail", "e mail", "web", "www", "mob", "mob.", "skype", "whatsapp", "signal", "threema", "telegram", "wechat", "line", "viber", "mailto", "sip", "voip", "teams", "zoom", "linkedin", "xing", "url", "gsm", "ddi", "ext", "ext.", "hp"}},
	{"en", []string{"phone", "telephone", "mobile", "cell", "cell phone", "cellphone", "mobile phone", "office", "office phone", "desk", "desk phone", "direct", "direct line", "direct dial", "switchboard", "reception", "main", "landline", "home", "work", "business", "facsimile", "website", "web site", "internet", "homepage", "address", "call", "hotline", "toll free", "toll-free", "extension", "office address", "mailing address", "email address", "tel/fax", "phone/fax", "service desk", "helpdesk", "book a meeting", "meeting link", "calendar", "mobile/whatsapp", "head office", "registered office", "location", "work phone", "business phone"}},
	{"de", []string{"telefon", "mobil", "handy", "mobiltelefon", "telefax", "festnetz", "durchwahl", "zentrale", "büro", "internet", "webseite", "website", "homepage", "anschrift", "adresse", "fon", "fernruf", "telefonzentrale", "sekretariat", "mobilnummer", "funk", "hausanschrift", "postanschrift", "besucheranschrift", "büroadresse", "nebenstelle", "apparat", "dw", "hotline", "standort", "dienstlich", "tel./fax", "telefon/fax", "diensthandy"}},
	{"fr", []string{"tél", "tél.", "téléphone", "portable", "port", "port.", "fixe", "ligne directe", "standard", "télécopie", "courriel", "mél", "mèl", "site", "site web", "site internet", "adresse", "bureau", "accueil", "cellulaire", "poste", "gsm", "tél direct", "ld", "tél. direct", "ligne", "secrétariat", "mobile"}},
	{"es", []string{"teléfono", "tfno", "tfno.", "tlf", "tlf.", "tlfn", "telf", "telf.", "móvil", "movil", "móv", "móv.", "celular", "cel", "cel.", "correo", "correo electrónico", "sitio web", "página web", "dirección", "oficina", "centralita", "directo", "extensión", "fijo", "conmutador", "anexo"}},
	{"pt", []string{"telefone", "chamada para a rede fixa nacional", "chamada para rede fixa nacional", "chamada para a rede móvel nacional", "chamada para rede móvel nacional", "telemóvel", "telm", "telm.", "tlm", "tlm.", "tlf", "celular", "cel", "ramal", "correio eletrónico", "sítio", "site", "endereço", "morada", "escritório", "fixo", "direto"}},
	{"it", []string{"telefono", "cell", "cell.", "cellulare", "mobile", "ufficio", "centralino", "diretto", "interno", "sito", "sito web", "indirizzo", "posta elettronica", "fisso", "sede", "telefono diretto"}},
	{"ca", []string{"telèfon", "mòbil", "adreça", "correu electrònic", "correu"}},
	{"ro", []string{"telefon", "mobil", "adresa", "birou", "fix", "site", "interior"}},
	{"nl", []string{"telefoon", "mobiel", "mobiele telefoon", "tel. direct", "website", "adres", "kantoor", "receptie", "bezoekadres", "postadres", "doorkiesnummer", "algemeen", "rechtstreeks", "vast"}},
	{"da", []string{"telefon", "tlf", "tlf.", "mobil", "mobiltlf", "direkte", "hjemmeside", "adresse", "kontor", "hovednummer", "dir", "dir."}},
	{"nb", []string{"telefon", "tlf", "tlf.", "mobil", "sentralbord", "direkte", "nettside", "hjemmeside", "e-post", "epost", "adresse", "kontor", "besøksadresse", "postadresse"}},
	{"sv", []string{"telefon", "mobil", "växel", "direkt", "hemsida", "webb", "e-post", "epost", "adress", "kontor", "besöksadress", "postadress", "mobilnummer"}},
	{"is", []string{"sími", "farsími", "gsm", "netfang", "heimilisfang", "vefur"}},
	{"fi", []string{"puh", "puh.", "puhelin", "gsm", "matkapuhelin", "sähköposti", "osoite", "vaihde", "verkkosivu", "kotisivu", "kännykkä", "faksi", "käyntiosoite", "postiosoite"}},
	{"et", []string{"telefon", "mobiil", "mob", "e-post", "aadress", "faks", "koduleht"}},
	{"lv", []string{"tālrunis", "tālr", "tālr.", "mobilais", "mob.", "e-pasts", "adrese", "fakss", "mājaslapa"}},
	{"lt", []string{"telefonas", "tel", "mobilusis", "el. paštas", "el. p", "adresas", "faksas", "svetainė"}},
	{"pl", []string{"telefon", "kom", "kom.", "komórka", "tel. kom", "tel. kom.", "tel kom", "faks", "e-mail", "adres", "strona", "strona www", "biuro", "centrala", "wew", "wew.", "stacjonarny", "komórkowy"}},
	{"cs", []string{"telefon", "mobil", "gsm", "e-mail", "adresa", "web", "ústředna", "kancelář", "pevná linka", "linka", "mobilní telefon"}},
	{"sk", []string{"telefón", "mobil", "adresa", "kancelária", "klapka", "ústredňa", "mobilný telefón"}},
	{"hu", []string{"telefon", "mobil", "mobiltelefon", "cím", "székhely", "iroda", "központ", "mellék", "honlap", "weboldal", "e-mail cím", "levelezési cím"}},
	{"sl", []string{"telefon", "mobitel", "gsm", "naslov", "e-pošta", "faks", "spletna stran", "splet"}},
	{"hr", []string{"telefon", "mobitel", "mob", "adresa", "e-pošta", "faks", "ured"}},
	{"sr", []string{"telefon", "mobilni", "mob", "adresa", "телефон", "мобилни", "моб", "факс", "адреса", "е-пошта", "тел"}},
	{"bg", []string{"тел", "тел.", "телефон", "мобилен", "моб", "моб.", "gsm", "факс", "адрес", "имейл", "е-поща", "ел. поща", "гсм"}},
	{"ru", []string{"тел", "тел.", "телефон", "моб", "моб.", "мобильный", "мобильный телефон", "раб", "раб.", "рабочий", "рабочий телефон", "сот", "сот.", "факс", "адрес", "сайт", "почта", "эл. почта", "e-mail", "доб", "доб.", "офис", "электронная почта"}},
	{"uk", []string{"тел", "тел.", "телефон", "моб", "моб.", "мобільний", "факс", "адреса", "сайт", "пошта", "ел. пошта", "ел. адреса", "роб", "роб."}},
	{"el", []string{"τηλ", "τηλ.", "τηλέφωνο", "κιν", "κιν.", "κινητό", "φαξ", "διεύθυνση", "ιστοσελίδα", "εσωτ", "εσωτ."}},
	{"sq", []string{"telefon", "celular", "adresa"}},
	{"tr", []string{"telefon", "tel", "gsm", "cep", "cep tel", "cep telefonu", "faks", "e-posta", "eposta", "adres", "web", "dahili", "ofis", "iş", "santral", "mobil"}},
	{"az", []string{"telefon", "mobil", "ünvan", "e-poçt"}},
	{"he", []string{"טל", "טל'", "טלפון", "נייד", "פקס", "דוא\"ל", "דואל", "אתר", "כתובת", "משרד", "מייל", "סלולרי", "סלולארי", "ישיר"}},
	{"ar", []string{"هاتف", "الهاتف", "جوال", "الجوال", "موبايل", "محمول", "فاكس", "الفاكس", "البريد الإلكتروني", "بريد إلكتروني", "بريد", "العنوان", "عنوان", "الموقع", "موقع", "تلفون", "ت", "خلوي", "الموقع الإلكتروني", "مكتب"}},
	{"fa", []string{"تلفن", "همراه", "موبایل", "فکس", "نمابر", "آدرس", "ایمیل", "پست الکترونیک", "وبسایت"}},
	{"hi", []string{"फ़ोन", "फोन", "मोबाइल", "ईमेल", "पता", "दूरभाष"}},
	{"th", []string{"โทร", "โทร.", "โทรศัพท์", "มือถือ", "แฟกซ์", "อีเมล", "ที่อยู่", "เว็บไซต์"}},
	{"vi", []string{"điện thoại", "đt", "đtdđ", "di động", "sđt", "địa chỉ", "fax", "email", "website"}},
	{"id", []string{"telepon", "telp", "telp.", "hp", "ponsel", "alamat", "surel", "faks", "situs"}},
	{"zh", []string{"电话", "手机", "传真", "邮箱", "电邮", "邮件", "地址", "网址", "网站", "电子邮件", "座机", "分机", "微信", "電話", "手機", "傳真", "電郵", "信箱", "網址", "網站", "邮编", "移动电话", "分機", "总机", "直线"}},
	{"ja", []string{"電話", "tel", "fax", "携帯", "携帯電話", "メール", "住所", "所在地", "直通", "代表", "内線", "ファックス", "url", "ウェブサイト", "eメール", "e-mail", "メールアドレス", "電話番号", "mobile"}},
	{"ko", []string{"전화", "휴대폰", "휴대전화", "팩스", "이메일", "주소", "홈페이지", "핸드폰", "모바일", "직통", "대표", "대표전화", "내선", "메일", "사무실"}},
}

// Socials are the names of services that signatures link to.
var Socials = []Wording{
	{"und", []string{"linkedin", "xing", "twitter", "facebook", "instagram", "youtube", "tiktok", "whatsapp", "telegram", "mastodon", "threads", "bluesky", "github", "pinterest", "vimeo", "kununu", "glassdoor", "trustpilot", "flickr", "tumblr", "snapchat", "weibo", "wechat", "vkontakte", "вконтакте", "вк", "однoклассники", "kakaotalk", "naver blog", "微博", "微信", "微信公众号", "medium", "spotify", "soundcloud", "google maps", "google my business"}},
}

// Sites are what a row of links has beside the names of services.
var Sites = []Wording{
	{"und", []string{"blog", "website", "web site", "web", "site", "homepage", "newsletter", "podcast", "shop", "online shop", "webshop", "news", "wiki", "forum", "rss"}}, {"en", []string{"careers", "jobs", "events", "store", "our website", "our blog", "contact us", "privacy", "support"}}, {"de", []string{"webseite", "karriere", "onlineshop", "online-shop", "impressum", "datenschutz", "stellenangebote", "termine", "aktuelles"}}, {"fr", []string{"site web", "site internet", "boutique", "actualités", "carrières"}}, {"es", []string{"sitio web", "página web", "tienda", "empleo", "noticias"}}, {"pt", []string{"sítio", "loja", "notícias", "carreiras"}}, {"it", []string{"sito", "sito web", "negozio", "notizie", "lavora con noi"}}, {"nl", []string{"webwinkel", "nieuws", "vacatures", "nieuwsbrief"}}, {"da", []string{"hjemmeside", "nyhedsbrev", "job"}}, {"nb", []string{"hjemmeside", "nettside", "nyhetsbrev", "nettbutikk"}}, {"sv", []string{"hemsida", "webbplats", "nyhetsbrev", "jobb"}}, {"fi", []string{"kotisivut", "verkkosivut", "uutiskirje", "verkkokauppa"}},
	{"pl", []string{"strona", "strona www", "sklep", "kariera", "aktualności"}}, {"cs", []string{"web", "e-shop", "kariéra", "novinky"}}, {"sk", []string{"e-shop", "kariéra", "novinky"}}, {"hu", []string{"weboldal", "honlap", "hírlevél", "webáruház", "karrier"}}, {"ro", []string{"site", "magazin", "cariere", "noutăți"}}, {"ru", []string{"сайт", "блог", "магазин", "новости"}}, {"uk", []string{"сайт", "блог", "магазин", "новини"}}, {"bg", []string{"сайт", "блог", "магазин"}}, {"el", []string{"ιστοσελίδα", "ιστότοπος", "νέα"}}, {"tr", []string{"web sitesi", "internet sitesi", "mağaza", "kariyer", "haberler"}}, {"he", []string{"אתר", "בלוג", "חנות"}}, {"ar", []string{"الموقع", "موقعنا", "المدونة", "المتجر"}}, {"zh", []string{"官网", "网站", "官網", "網站", "博客", "商城"}}, {"ja", []string{"ホームページ", "ブログ", "サイト", "採用情報", "オンラインショップ"}}, {"ko", []string{"홈페이지", "블로그", "웹사이트", "쇼핑몰"}},
}

// CompanyForms are the forms of companies.
var CompanyForms = []Wording{
	{"de", []string{"gmbh", "ag", "kg", "ohg", "ug", "e.v.", "eg", "ggmbh", "kgaa", "gmbh & co. kg", "mbh", "gbr", "stiftung", "verein", "körperschaft des öffentlichen rechts", "kör", "aör", "se & co. kgaa", "partg mbb", "universität", "hochschule", "landratsamt", "stadtwerke"}},
	{"en", []string{"ltd", "ltd.", "limited", "inc", "inc.", "incorporated", "llc", "llp", "plc", "corp", "corp.", "corporation", "company", "co.", "pty", "pty ltd", "pvt", "private limited", "group", "holding", "holdings", "foundation", "university", "council", "gmbh", "trust", "cic"}},
	{"fr", []string{"sarl", "sas", "sasu", "eurl", "s.a.", "sa", "société", "groupe", "université", "scop", "association"}},
	{"es", []string{"s.l.", "s.l", "sl", "s.a.", "s.l.u.", "slu", "s.a. de c.v.", "sociedad", "universidad", "s. de r.l.", "grupo"}},
	{"pt", []string{"lda", "lda.", "ltda", "ltda.", "s.a.", "eireli", "universidade"}},
	{"it", []string{"s.r.l.", "srl", "s.p.a.", "spa", "s.n.c.", "s.a.s.", "snc", "università", "gruppo", "srls"}},
	{"nl", []string{"b.v.", "bv", "n.v.", "nv", "bvba", "vof", "universiteit", "gemeente"}},
	{"da", []string{"a/s", "aps", "kommune"}},
	{"nb", []string{"as", "asa", "kommune", "universitetet"}},
	{"sv", []string{"ab", "aktiebolag", "hb", "kommun", "universitet"}},
	{"fi", []string{"oy", "oyj", "ky", "oy ab", "yliopisto"}},
	{"is", []string{"ehf", "ehf.", "hf", "hf."}},
	{"et", []string{"oü", "as"}}, {"lv", []string{"sia"}}, {"lt", []string{"uab", "ab"}},
	{"pl", []string{"sp. z o.o.", "sp. z o. o.", "spółka z o.o.", "s.a.", "sp.k.", "sp. j.", "spółka akcyjna", "uniwersytet", "politechnika"}},
	{"cs", []string{"s.r.o.", "s. r. o.", "a.s.", "spol. s r.o.", "v.o.s.", "o.p.s.", "univerzita"}},
	{"sk", []string{"s.r.o.", "a.s.", "spol. s r. o."}},
	{"hu", []string{"kft", "kft.", "zrt", "zrt.", "nyrt", "nyrt.", "bt", "bt.", "egyetem"}},
	{"ro", []string{"s.r.l.", "s.a.", "srl", "universitatea"}},
	{"sl", []string{"d.o.o.", "d.d.", "s.p."}}, {"hr", []string{"d.o.o.", "j.d.o.o.", "d.d."}},
	{"bg", []string{"еоод", "оод", "ад", "еад"}},
	{"ru", []string{"ооо", "оао", "зао", "пао", "ао", "ип", "нко", "университет"}},
	{"uk", []string{"тов", "пп", "прат", "ат"}},
	{"el", []string{"α.ε.", "ε.π.ε.", "ι.κ.ε.", "αε", "επε", "ικε"}},
	{"tr", []string{"a.ş.", "ltd. şti.", "ltd şti", "san. ve tic.", "tic. ltd.", "üniversitesi", "holding"}},
	{"he", []string{"בע\"מ", "בע״מ", "חברה", "עמותה"}}, {"ar", []string{"ش.م.م", "ذ.م.م", "شركة", "مؤسسة", "للتجارة", "جامعة"}},
	{"ja", []string{"株式会社", "有限会社", "合同会社", "(株)", "㈱", "一般社団法人", "大学"}}, {"zh", []string{"有限公司", "股份有限公司", "公司", "集团", "集團", "大学"}},
	{"ko", []string{"주식회사", "(주)", "㈜", "유한회사", "대학교"}}, {"vi", []string{"công ty", "tnhh", "cổ phần"}}, {"id", []string{"pt", "pt.", "cv.", "tbk"}}, {"th", []string{"บริษัท", "จำกัด"}},
}

// Streets are words by which an address is known beside a number; those that end
// words are found there too ("Hauptstraße").
var Streets = []Wording{
	{"en", []string{"street", "st.", "road", "rd", "rd.", "avenue", "ave", "ave.", "lane", "drive", "way", "boulevard", "blvd", "square", "court", "place", "house", "park", "building", "floor", "suite", "unit", "po box", "p.o. box", "close", "crescent", "quay", "industrial estate", "business park", "level", "highway", "parkway", "terrace"}},
	{"de", []string{"straße", "str.", "str", "weg", "platz", "allee", "gasse", "ring", "ufer", "damm", "chaussee", "postfach", "haus", "gebäude", "stock", "etage", "zimmer", "raum", "hof", "kai", "markt"}},
	{"fr", []string{"rue", "avenue", "boulevard", "bd", "place", "quai", "chemin", "impasse", "allée", "cours", "route", "cedex", "bp", "bâtiment", "étage", "cs"}},
	{"es", []string{"calle", "c/", "avenida", "avda", "avda.", "av.", "plaza", "paseo", "carretera", "ctra", "polígono", "piso", "planta", "izq.", "izda.", "dcha.", "esc.", "apartado", "colonia", "col."}},
	{"pt", []string{"rua", "avenida", "av.", "praça", "travessa", "largo", "estrada", "andar", "apartado", "esq.", "dto.", "dt.º", "rodovia", "bairro"}},
	{"it", []string{"via", "viale", "piazza", "corso", "largo", "vicolo", "strada", "piano", "casella postale"}},
	{"ca", []string{"carrer", "plaça", "passeig"}}, {"ro", []string{"str.", "strada", "bd.", "bulevardul", "calea", "etaj", "sector", "sectorul"}},
	{"nl", []string{"straat", "laan", "weg", "plein", "gracht", "kade", "dijk", "postbus", "singel", "dreef"}},
	{"da", []string{"vej", "gade", "allé", "plads", "stræde", "boks", "torv"}}, {"nb", []string{"veien", "vei", "gate", "gata", "gaten", "plass", "postboks", "torg"}},
	{"sv", []string{"gatan", "vägen", "gata", "torg", "plan", "box", "allén", "väg"}}, {"fi", []string{"katu", "tie", "kuja", "tori", "pl", "bulevardi"}}, {"is", []string{"gata", "vegur", "stræti"}},
	{"pl", []string{"ul.", "ul", "al.", "aleja", "aleje", "plac", "pl.", "os.", "lok.", "piętro", "rondo", "ulica"}},
	{"cs", []string{"ulice", "ul.", "náměstí", "nám.", "třída", "tř.", "nábřeží", "patro"}}, {"sk", []string{"ulica", "námestie", "nám.", "cesta"}},
	{"hu", []string{"utca", "u.", "út", "tér", "körút", "krt.", "emelet", "em.", "sétány"}},
	{"hr", []string{"ulica", "cesta", "trg", "ul."}}, {"sr", []string{"улица", "трг", "булевар", "bulevar"}}, {"bg", []string{"ул.", "бул.", "пл.", "ет."}},
	{"ru", []string{"ул.", "улица", "пр.", "проспект", "пр-т", "пер.", "переулок", "наб.", "д.", "дом", "оф.", "офис", "стр.", "корп.", "этаж", "шоссе", "бул.", "а/я"}},
	{"uk", []string{"вул.", "вулиця", "просп.", "пров.", "буд.", "оф."}}, {"el", []string{"οδός", "λεωφόρος", "λεωφ.", "πλατεία", "τ.κ."}},
	{"tr", []string{"sokak", "sok.", "sk.", "cadde", "caddesi", "cad.", "mahallesi", "mah.", "bulvarı", "blv.", "kat", "no", "sokağı"}},
	{"he", []string{"רחוב", "רח'", "שדרות", "שד'", "ת.ד.", "קומה"}}, {"ar", []string{"شارع", "ص.ب", "ص.ب.", "طريق", "مبنى", "حي", "الطابق"}},
	{"vi", []string{"đường", "phường", "quận", "phố", "tầng"}}, {"id", []string{"jalan", "jl.", "jl", "lantai", "gedung"}}, {"th", []string{"ถนน", "แขวง", "เขต", "ซอย", "ชั้น"}},
	{"zh", []string{"路", "街", "号", "區", "区", "楼", "層", "层", "室", "號", "大厦"}}, {"ja", []string{"丁目", "番地", "町", "区", "市", "ビル", "〒", "階"}}, {"ko", []string{"로", "길", "구", "층", "번지", "동"}},
}

// Countries are those that addresses in signatures end in.
var Countries = []Wording{
	{"en", []string{"germany", "austria", "switzerland", "france", "spain", "italy", "portugal", "netherlands", "the netherlands", "belgium", "luxembourg", "denmark", "norway", "sweden", "finland", "iceland", "poland", "czech republic", "czechia", "slovakia", "hungary", "romania", "bulgaria", "greece", "turkey", "türkiye", "united kingdom", "uk", "england", "scotland", "wales", "ireland", "northern ireland", "usa", "u.s.a.", "united states", "canada", "mexico", "brazil", "australia", "new zealand", "japan", "china", "p.r. china", "korea", "south korea", "taiwan", "india", "israel", "jordan", "uae", "united arab emirates", "saudi arabia", "egypt", "south africa", "singapore", "malaysia", "indonesia", "thailand", "vietnam", "russia", "ukraine", "estonia", "latvia", "lithuania", "slovenia", "croatia", "serbia", "hong kong", "argentina", "chile", "colombia", "philippines", "european union", "liechtenstein", "malta", "cyprus"}},
	{"und", []string{"deutschland", "österreich", "schweiz", "suisse", "svizzera", "españa", "italia", "nederland", "belgië", "belgique", "danmark", "norge", "sverige", "suomi", "ísland", "polska", "česká republika", "česko", "slovensko", "slovenská republika", "magyarország", "românia", "българия", "ελλάδα", "brasil", "méxico", "日本", "中国", "대한민국", "한국", "россия", "україна", "ישראל", "الأردن", "الإمارات العربية المتحدة", "المملكة العربية السعودية", "مصر", "hrvatska", "slovenija", "srbija", "eesti", "latvija", "lietuva", "الاردن", "台灣", "việt nam", "ไทย", "россия", "российская федерация"}},
}

// Roles are words by which a line is known as what somebody is or where they work.
var Roles = []Wording{
	{"en", []string{"manager", "management", "engineer", "engineering", "director", "head", "lead", "leader", "officer", "assistant", "associate", "consultant", "specialist", "analyst", "developer", "designer", "architect", "technician", "coordinator", "administrator", "supervisor", "executive", "president", "vice president", "chairman", "chair", "secretary", "treasurer", "accountant", "controller", "buyer", "planner", "trainer", "scientist", "researcher", "lecturer", "professor", "teacher", "attorney", "lawyer", "counsel", "partner", "founder", "co-founder", "owner", "ceo", "cto", "cfo", "coo", "cio", "cmo", "cpo", "ciso", "vp", "svp", "evp", "department", "dept", "dept.", "division", "team", "unit", "sales", "marketing", "purchasing", "procurement", "logistics", "human resources", "hr", "finance", "accounting", "it", "research", "r&d", "quality", "production", "operations", "service", "support", "customer service", "representative", "intern", "trainee", "apprentice", "editor", "author", "nurse", "physician", "inspector", "surveyor", "agent", "advisor", "adviser", "expert", "operator", "dispatcher", "foreman", "technologist", "chemist", "laboratory", "office", "legal", "compliance", "communications", "account", "product", "project", "programme", "program", "business", "senior", "junior", "principal", "chief", "deputy", "interim", "freelance", "strategy", "warehouse", "driver", "mechanic", "electrician", "fitter"}},
	{"de", []string{"leiter", "leiterin", "leitung", "geschäftsführer", "geschäftsführerin", "geschäftsführung", "geschäftsleitung", "vorstand", "prokurist", "prokuristin", "ingenieur", "ingenieurin", "referent", "referentin", "sachbearbeiter", "sachbearbeiterin", "sachbearbeitung", "assistent", "assistentin", "assistenz", "berater", "beraterin", "entwickler", "entwicklerin", "techniker", "technikerin", "meister", "meisterin", "kaufmann", "kauffrau", "einkauf", "einkäufer", "einkäuferin", "vertrieb", "verkauf", "außendienst", "innendienst", "buchhaltung", "buchhalter", "buchhalterin", "personal", "personalabteilung", "abteilung", "abteilungsleiter", "abteilungsleiterin", "teamleiter", "teamleiterin", "teamleitung", "bereich", "bereichsleiter", "bereichsleitung", "projektleiter", "projektleiterin", "projektleitung", "disponent", "disponentin", "disposition", "lagerleiter", "lager", "logistik", "produktion", "fertigung", "entwicklung", "forschung", "labor", "qualität", "qualitätssicherung", "messtechnik", "kundendienst", "kundenservice", "kundenberater", "kundenberaterin", "sekretariat", "rechtsanwalt", "rechtsanwältin", "steuerberater", "steuerberaterin", "notar", "arzt", "ärztin", "inhaber", "inhaberin", "gesellschafter", "stellvertretender", "stellvertretende", "stv.", "auszubildender", "auszubildende", "azubi", "werkstudent", "praktikant", "praktikantin", "beauftragter", "beauftragte", "koordinator", "koordinatorin", "mitarbeiter", "mitarbeiterin", "betriebsrat", "vorsitzender", "vorsitzende", "dozent", "dozentin", "lehrer", "lehrerin", "fachbereich", "institut", "lehrstuhl", "redaktion", "redakteur", "redakteurin", "verwaltung", "dezernat", "amt"}},
	{"fr", []string{"responsable", "directeur", "directrice", "direction", "chef", "cheffe", "ingénieur", "ingénieure", "assistant", "assistante", "gérant", "gérante", "président", "présidente", "secrétaire", "comptable", "acheteur", "acheteuse", "achats", "commercial", "commerciale", "technicien", "technicienne", "chargé", "chargée", "conseiller", "conseillère", "consultant", "consultante", "service", "département", "pôle", "équipe", "avocat", "avocate", "associé", "associée", "fondateur", "fondatrice", "gestionnaire", "coordinateur", "coordinatrice", "logistique", "ventes", "qualité", "recherche", "formateur", "attaché", "attachée", "adjoint", "adjointe", "stagiaire", "délégué"}},
	{"es", []string{"director", "directora", "dirección", "jefe", "jefa", "gerente", "gerencia", "responsable", "ingeniero", "ingeniera", "técnico", "técnica", "asistente", "encargado", "encargada", "coordinador", "coordinadora", "comercial", "compras", "ventas", "departamento", "dpto", "dpto.", "área", "abogado", "abogada", "asesor", "asesora", "consultor", "consultora", "analista", "contable", "administración", "administrador", "administradora", "presidente", "presidenta", "socio", "socia", "fundador", "fundadora", "secretaría", "logística", "calidad", "recursos humanos", "subdirector", "subdirectora", "ejecutivo", "ejecutiva", "delegado", "profesor", "profesora"}},
	{"pt", []string{"diretor", "diretora", "director", "gestor", "gestora", "gerente", "responsável", "engenheiro", "engenheira", "técnico", "técnica", "assistente", "coordenador", "coordenadora", "departamento", "comercial", "compras", "vendas", "analista", "consultor", "consultora", "advogado", "advogada", "administrador", "administradora", "sócio", "sócia", "chefe", "logística", "supervisor", "supervisora", "encarregado"}},
	{"it", []string{"direttore", "direttrice", "direzione", "responsabile", "ingegnere", "tecnico", "tecnica", "ufficio", "assistente", "amministratore", "amministratrice", "amministrazione", "commerciale", "acquisti", "vendite", "capo", "addetto", "addetta", "consulente", "avvocato", "architetto", "presidente", "socio", "titolare", "impiegato", "impiegata", "segreteria", "reparto", "logistica", "qualità", "coordinatore", "coordinatrice", "dirigente", "referente"}},
	{"ca", []string{"director", "directora", "cap", "responsable", "enginyer", "enginyera", "tècnic", "tècnica", "departament"}},
	{"ro", []string{"director", "manager", "inginer", "responsabil", "șef", "consilier", "asistent", "specialist", "departament", "departamentul", "administrator", "avocat", "economist", "contabil"}},
	{"nl", []string{"manager", "directeur", "directie", "hoofd", "medewerker", "ingenieur", "adviseur", "consultant", "teamleider", "afdeling", "inkoop", "inkoper", "verkoop", "verkoper", "beheerder", "projectleider", "assistent", "assistente", "coördinator", "administratie", "eigenaar", "bestuurder", "voorzitter", "secretaris", "planner", "monteur", "advocaat", "accountmanager", "logistiek"}},
	{"da", []string{"direktør", "chef", "leder", "ingeniør", "konsulent", "medarbejder", "assistent", "afdeling", "indkøb", "indkøber", "salg", "sælger", "projektleder", "udvikler", "tekniker", "rådgiver", "formand", "driftsleder", "drift", "advokat", "sekretær", "økonomi", "lager"}},
	{"nb", []string{"direktør", "sjef", "leder", "daglig leder", "ingeniør", "konsulent", "rådgiver", "seniorrådgiver", "medarbeider", "avdeling", "innkjøp", "innkjøper", "salg", "selger", "prosjektleder", "utvikler", "tekniker", "advokat", "saksbehandler", "økonomi"}},
	{"sv", []string{"direktör", "chef", "vd", "ledare", "ingenjör", "konsult", "handläggare", "medarbetare", "avdelning", "inköp", "inköpare", "försäljning", "säljare", "projektledare", "utvecklare", "tekniker", "rådgivare", "samordnare", "assistent", "ekonomi", "ordförande", "specialist"}},
	{"fi", []string{"johtaja", "toimitusjohtaja", "päällikkö", "insinööri", "asiantuntija", "assistentti", "suunnittelija", "koordinaattori", "osasto", "myynti", "osto", "projektipäällikkö", "kehittäjä", "myyntipäällikkö", "esimies", "vastaava"}},
	{"is", []string{"framkvæmdastjóri", "verkefnastjóri", "stjóri", "verkfræðingur", "sérfræðingur", "deild"}},
	{"et", []string{"juhataja", "juht", "insener", "spetsialist", "osakond"}}, {"lv", []string{"vadītājs", "vadītāja", "inženieris", "speciālists", "nodaļa", "direktors"}}, {"lt", []string{"vadovas", "vadovė", "inžinierius", "specialistas", "skyrius", "direktorius"}},
	{"pl", []string{"kierownik", "dyrektor", "prezes", "inżynier", "specjalista", "specjalistka", "asystent", "asystentka", "koordynator", "koordynatorka", "dział", "wydział", "zakład", "biuro", "handlowiec", "przedstawiciel", "księgowa", "księgowy", "mistrz", "spedytor", "spedytorka", "spedycja", "logistyka", "zakupy", "sprzedaż", "radca prawny", "adwokat", "doradca", "technolog", "konstruktor", "zastępca", "właściciel", "referent", "projektant", "menedżer", "członek zarządu", "zarząd"}},
	{"cs", []string{"ředitel", "ředitelka", "vedoucí", "manažer", "manažerka", "inženýr", "specialista", "specialistka", "asistent", "asistentka", "oddělení", "odbor", "jednatel", "jednatelka", "obchodní zástupce", "nákup", "nákupčí", "prodej", "účetní", "technik", "technolog", "konstruktér", "referent", "referentka", "koordinátor", "koordinátorka", "předseda", "logistika", "mistr", "majitel", "advokát"}},
	{"sk", []string{"riaditeľ", "riaditeľka", "vedúci", "vedúca", "manažér", "manažérka", "inžinier", "špecialista", "špecialistka", "oddelenie", "odbor", "konateľ", "konateľka", "nákup", "predaj", "účtovníčka", "referent", "referentka", "technik", "koordinátor", "logistika", "asistentka"}},
	{"hu", []string{"igazgató", "ügyvezető", "vezető", "mérnök", "menedzser", "asszisztens", "munkatárs", "osztály", "osztályvezető", "csoportvezető", "koordinátor", "szakértő", "tanácsadó", "referens", "értékesítés", "értékesítő", "beszerzés", "beszerző", "logisztika", "technikus", "elnök", "tulajdonos", "ügyvéd", "főmérnök"}},
	{"sl", []string{"vodja", "direktor", "direktorica", "inženir", "svetovalec", "svetovalka", "oddelek", "strokovni sodelavec", "prodaja", "nabava"}}, {"hr", []string{"voditelj", "voditeljica", "direktor", "direktorica", "inženjer", "stručni suradnik", "odjel", "prodaja", "nabava", "savjetnik"}}, {"sr", []string{"direktor", "rukovodilac", "menadžer", "inženjer", "odeljenje", "директор", "инжењер", "менаџер"}},
	{"bg", []string{"директор", "мениджър", "управител", "инженер", "специалист", "отдел", "началник", "експерт", "ръководител", "търговски представител"}},
	{"ru", []string{"директор", "менеджер", "инженер", "руководитель", "начальник", "специалист", "отдел", "департамент", "управление", "заместитель", "бухгалтер", "юрист", "консультант", "помощник", "ассистент", "координатор", "эксперт", "аналитик", "разработчик", "технолог", "логист", "секретарь", "президент", "председатель", "главный", "ведущий", "старший"}},
	{"uk", []string{"директор", "менеджер", "інженер", "керівник", "начальник", "спеціаліст", "фахівець", "відділ", "заступник", "бухгалтер", "юрист", "головний", "провідний"}},
	{"el", []string{"διευθυντής", "διευθύντρια", "υπεύθυνος", "υπεύθυνη", "μηχανικός", "προϊστάμενος", "προϊσταμένη", "τμήμα", "διεύθυνση", "σύμβουλος", "πωλήσεις", "πωλήσεων", "λογιστής", "δικηγόρος", "γραμματεία", "τεχνικός"}},
	{"tr", []string{"müdür", "müdürü", "müdürlüğü", "yönetici", "yöneticisi", "mühendis", "mühendisi", "uzman", "uzmanı", "sorumlu", "sorumlusu", "şef", "şefi", "direktör", "direktörü", "asistan", "asistanı", "departmanı", "bölümü", "satış", "satın alma", "genel müdür", "koordinatör", "danışman", "avukat", "teknisyen", "başkan", "başkanı", "temsilcisi"}},
	{"he", []string{"מנהל", "מנהלת", "מנכ\"ל", "סמנכ\"ל", "מהנדס", "מהנדסת", "ראש", "רכז", "רכזת", "יועץ", "יועצת", "מחלקת", "מחלקה", "אגף", "מכירות", "רכש", "עוזר", "עוזרת", "מפתח", "טכנאי", "עו\"ד", "מזכירה", "הנדסה", "הנדסת"}},
	{"ar", []string{"مدير", "مديرة", "مهندس", "مهندسة", "رئيس", "رئيسة", "قسم", "إدارة", "مسؤول", "مسؤولة", "مستشار", "محاسب", "مساعد", "منسق", "منسقة", "أخصائي", "المدير", "الهندسة", "المبيعات", "المشتريات", "محامي", "دائرة", "نائب", "مشرف"}},
	{"fa", []string{"مدیر", "مهندس", "کارشناس", "رئیس", "معاون", "بخش", "واحد"}}, {"hi", []string{"प्रबंधक", "निदेशक", "अभियंता", "विभाग", "अधिकारी"}},
	{"th", []string{"ผู้จัดการ", "วิศวกร", "ผู้อำนวยการ", "ฝ่าย", "แผนก"}}, {"vi", []string{"giám đốc", "trưởng phòng", "kỹ sư", "chuyên viên", "phòng", "nhân viên", "quản lý"}}, {"id", []string{"direktur", "manajer", "kepala", "insinyur", "bagian", "divisi", "staf"}},
	{"zh", []string{"经理", "总监", "总经理", "工程师", "主任", "部长", "主管", "专员", "助理", "销售", "采购", "部门", "技术部", "市场部", "董事长", "總經理", "經理", "工程師", "部", "课长", "秘书", "顾问"}},
	{"ja", []string{"部長", "課長", "係長", "主任", "取締役", "社長", "専務", "常務", "担当", "技術部", "営業部", "部", "課", "室", "室長", "グループ", "チーム", "エンジニア", "マネージャー", "代表", "本部", "支店", "研究所", "工場長", "事業部"}},
	{"ko", []string{"부장", "과장", "대리", "차장", "사원", "팀장", "팀", "이사", "대표", "대표이사", "사장", "부서", "연구원", "매니저", "엔지니어", "본부", "영업부", "부", "실장"}},
}
