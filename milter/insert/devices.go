package insert

// devices are words of which one must stand in a sign-off: makers, models,
// systems and programs, and what the thing in the hand is called. Without one,
// "Sent from our depot in Hull" is a sentence of the author's. Lower case; a
// word counts from its beginning, with any ending ("iphonesta", "telefonu").
var devices = []string{
	// models and makers
	"iphone", "iphon", "ipad", "ipod", "imac", "macbook", "apple watch", "vision pro", "galaxy", "samsung", "huawei", "honor", "xiaomi", "redmi", "poco", "oneplus", "oppo", "vivo",
	"realme", "pixel", "nokia", "lumia", "htc", "lg", "sony", "xperia", "motorola", "moto g", "moto e", "alcatel", "blackberry", "zte", "lenovo", "asus", "fairphone",
	"nexus", "kindle", "verizon", "t-mobile", "at&t", "sprint", "bell ", "cricket", "ti-85", "华为", "小米", "红米", "荣耀", "三星", "魅族", "갤럭시", "גלקסי",
	// systems
	"android", "ios", "windows", "harmonyos", "linux", "chromebook", "андроид", "אנדרואיד", "أندرويد", "안드로이드",
	// programs
	"outlook", "gmail", "yahoo", "proton", "mailbox", "inbox by", "airmail", "spark", "front", "superhuman", "mailspring", "nylas", "thunderbird", "tuta", "k-9", "aol",
	"zoho", "gmx", "web.de", "libero", "orange", "bluemail", "newton", "canary", "edison", "mymail", "polymail", "mailbird", "em client", "fairemail", "typeapp",
	"missive", "hey.com", "fastmail", "naver", "qq", "foxmail", "mail.ru", "mail for", "mail app", "mail-app", "email app", "e-mail app", "mail client", "app mail",
	"kpn mail", "uol mail", "tim mail", "email.cz", "ukr.net", "к-9", "آوتلوك", "דואר", "微信",
	"яндекс", "почт", "邮箱", "郵件", "邮件", "メール", "메일", "nine", "boxer", "touchdown", "good for enterprise", "postbox", "roundcube", "zimbra", "spike", "shortwave",
	// the thing in the hand, by language
	"phone", "smartphone", "mobile", "cell", "handset", "tablet", "device", "handheld", "wireless", "pda", "computer", "pc", "laptop", "watch", "torch",
	"handy", "mobiltelefon", "mobilgerät", "gerät", "telefon", "smartfon",
	"téléphone", "telephone", "portable", "mobil", "appareil", "tablette", "móvil", "movil", "celular", "teléfono", "telefono", "dispositivo", "tableta", "equipo", "smarphone",
	"cellulare", "telefonino", "palmare", "telemóvel", "telefone", "aparelho", "mòbil", "móbil", "тэлефон", "dispositiu", "teléfon", "toestel", "telefoon", "mobiel", "apparaat",
	"mobilen", "enhet", "surfplatta", "nettbrett", "tlf", "puhelim", "kännyk", "laite", "älypuhelin", "tabletti", "komórk", "urządzeni", "zařízení", "zariadeni", "mobilu",
	"készülék", "okostelefon", "mobilom", "телефон", "смартфон", "мобильн", "мобільн", "планшет", "устройств", "пристро", "айфон", "айпад", "телефона", "мобилен",
	"κινητ", "τηλέφωνο", "συσκευή", "cihaz", "telefonum", "naprav", "uređaj", "mobitel", "уређај", "dispozitiv", "įrengin", "telefonas", "ierīc", "tālru", "seadme", "mobiili",
	"هاتف", "جهاز", "جوال", "الآيفون", "آيفون", "گوشی", "تلفن", "מכשיר", "טלפון", "נייד", "אייפון", "手机", "手機", "行動", "平板", "电话", "設備", "设备", "裝置",
	"携帯", "スマホ", "スマートフォン", "端末", "タブレット", "휴대폰", "휴대전화", "스마트폰", "핸드폰", "아이폰", "아이패드", "điện thoại", "thiết bị", "โทรศัพท์", "มือถือ", "อุปกรณ์", "ไอโฟน",
	"ponsel", "hp saya", "perangkat", "telepon", "telefon pintar", "peranti", "simu", "फ़ोन", "फोन", "मोबाइल", "মোবাইল", "பேசி", "ఫోన్", "uidheam", "dyfais", "ffôn", "fón", "síma", "tæki",
	"poŝtelefon", "telefonino", "gailu", "mugikor", "pajisj", "celularin", "հեռախոս", "ტელეფონ", "телефоннан", "утас",
}
