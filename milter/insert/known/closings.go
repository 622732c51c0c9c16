package known

import (
	"strings"
	"unicode/utf8"
)

// closings are the greetings that end a letter. The name below one is that of
// who signs.
var closings = []Wording{
	{"en", []string{"regards", "best regards", "kind regards", "kindest regards", "warm regards", "warmest regards", "with regards", "with kind regards", "with best regards", "with warm regards", "many regards", "best", "all the best", "best wishes", "with best wishes", "warm wishes", "kind wishes", "yours", "yours sincerely", "yours faithfully", "yours truly", "sincerely", "sincerely yours", "very truly yours", "respectfully", "cordially", "cheers", "take care", "speak soon", "talk soon", "see you", "see you soon", "have a nice day", "have a great day", "have a good day", "have a good weekend", "have a nice weekend", "have a great weekend", "greetings", "br", "kr", "rgds", "brgds", "bw", "hugs", "love", "looking forward to hearing from you", "looking forward to your reply", "until then", "have a great week", "have a good week", "have a nice week", "have a lovely day", "have a lovely week", "have a lovely weekend", "have a lovely evening", "have a nice evening", "have a good evening", "enjoy your weekend", "enjoy the weekend", "enjoy your day"}},
	{"de", []string{"mit freundlichen grüßen", "mit freundlichem gruß", "freundliche grüße", "freundlichen gruß", "freundlicher gruß", "mit freundlicher empfehlung", "mit besten grüßen", "mit besten empfehlungen", "beste grüße", "besten gruß", "bester gruß", "viele grüße", "vielen gruß", "liebe grüße", "lieber gruß", "herzliche grüße", "mit herzlichen grüßen", "herzlichst", "schöne grüße", "schönen gruß", "sonnige grüße", "grüße", "gruß", "grüßle", "mit kollegialen grüßen", "mit sportlichen grüßen", "hochachtungsvoll", "ihr", "ihre", "dein", "deine", "euer", "eure", "es grüßt", "bis bald", "bis dann", "bis morgen", "bis montag", "bis dienstag", "bis mittwoch", "bis donnerstag", "bis freitag", "bis nächste woche", "bis später", "wir sehen uns", "alles gute", "schönes wochenende", "ein schönes wochenende", "schönen tag", "einen schönen tag", "schönen feierabend", "mfg", "m.f.g.", "vg", "lg", "bg", "mit freundlichen gruessen", "freundliche gruesse", "glückauf", "servus", "mit vorzüglicher hochachtung", "schöne woche", "eine schöne woche", "einen guten start in die woche", "schönen abend", "einen schönen abend", "schöne feiertage", "frohes schaffen", "gutes gelingen"}},
	{"fr", []string{"cordialement", "bien cordialement", "très cordialement", "bien à vous", "bien à toi", "sincèrement", "salutations", "meilleures salutations", "salutations distinguées", "sincères salutations", "cordiales salutations", "avec mes meilleures salutations", "avec nos meilleures salutations", "amicalement", "bien amicalement", "respectueusement", "bonne journée", "bonne soirée", "bonne réception", "bon week-end", "belle journée", "à bientôt", "à demain", "bises", "cdt", "cdlt", "bav", "veuillez agréer", "je vous prie d'agréer", "nous vous prions d'agréer", "je vous prie de croire", "dans l'attente de votre réponse", "dans l'attente de votre retour", "au plaisir", "bonne fin de semaine", "bonne fin de journée", "bonne semaine", "bon après-midi", "bonne continuation", "bon courage", "excellente journée", "très bonne journée"}},
	{"es", []string{"saludos", "un saludo", "saludos cordiales", "cordiales saludos", "un cordial saludo", "cordialmente", "atentamente", "muy atentamente", "atentos saludos", "atte", "un abrazo", "abrazos", "saludos afectuosos", "reciba un cordial saludo", "reciban un cordial saludo", "quedo atento", "quedo atenta", "quedo a la espera", "quedo a su disposición", "sin otro particular", "hasta pronto", "que tenga un buen día", "buen día", "buen fin de semana", "slds", "sinceramente", "respetuosamente", "buena semana", "feliz semana", "feliz fin de semana", "que tengas un buen día", "buena tarde"}},
	{"pt", []string{"atenciosamente", "att", "cumprimentos", "melhores cumprimentos", "com os melhores cumprimentos", "com cumprimentos", "cordiais saudações", "saudações", "cordialmente", "um abraço", "abraço", "abraços", "abs", "até breve", "até logo", "respeitosamente", "cordiais cumprimentos", "bom fim de semana", "bom trabalho", "grato", "grata", "boa semana", "boa continuação", "bom dia de trabalho", "uma boa semana"}},
	{"it", []string{"cordiali saluti", "distinti saluti", "cari saluti", "saluti", "un saluto", "un cordiale saluto", "tanti saluti", "i migliori saluti", "migliori saluti", "cordialmente", "con i migliori saluti", "con cordialità", "a presto", "buona giornata", "buona serata", "buon lavoro", "buon weekend", "in attesa di un suo riscontro", "in attesa di un vostro riscontro", "porgo distinti saluti", "porgiamo cordiali saluti", "ciao", "un abbraccio", "buona settimana", "buon fine settimana", "buon pomeriggio", "buon proseguimento"}},
	{"ca", []string{"salutacions", "salutacions cordials", "cordialment", "atentament", "una salutació", "salut", "una abraçada", "fins aviat"}},
	{"gl", []string{"saúdos", "un saúdo", "atentamente", "cordialmente"}},
	{"eu", []string{"agur", "agur bero bat", "adeitasunez", "ondo izan", "besarkada bat"}},
	{"ro", []string{"cu stimă", "cu respect", "cu drag", "cu deosebită considerație", "toate cele bune", "numai bine", "o zi bună", "o zi frumoasă", "salutări", "cu prietenie", "al dumneavoastră"}},
	{"nl", []string{"met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet", "vriendelijke groeten", "met hartelijke groet", "met hartelijke groeten", "hartelijke groet", "hartelijke groeten", "groet", "groeten", "groetjes", "hoogachtend", "mvg", "met beste groet", "beste groeten", "tot ziens", "tot dan", "fijne dag", "fijn weekend", "met groet", "met groeten", "gr", "fijne week", "prettige dag", "prettig weekend", "fijne avond"}},
	{"af", []string{"vriendelike groete", "groete", "beste groete", "die uwe"}},
	{"fy", []string{"mei freonlike groetnis", "groetnis"}},
	{"lb", []string{"mat beschte gréiss", "bescht gréiss", "léif gréiss"}},
	{"da", []string{"med venlig hilsen", "venlig hilsen", "venlige hilsner", "med venlige hilsner", "mange hilsner", "hilsen", "kærlig hilsen", "bedste hilsner", "mvh", "vh", "de bedste hilsner", "på gensyn", "god weekend", "god dag", "hav en god dag", "hilsner"}},
	{"nb", []string{"med vennlig hilsen", "vennlig hilsen", "vennlege helsingar", "med vennleg helsing", "beste hilsen", "beste helsing", "hilsen", "helsing", "mvh", "ha en fin dag", "ha en god dag", "god helg", "ha en fin helg", "klem"}},
	{"sv", []string{"med vänlig hälsning", "med vänliga hälsningar", "vänlig hälsning", "vänliga hälsningar", "bästa hälsningar", "hälsningar", "hälsning", "mvh", "vänligen", "högaktningsfullt", "ha en bra dag", "trevlig helg", "hej då", "allt gott", "varma hälsningar", "många hälsningar"}},
	{"is", []string{"með kveðju", "kveðja", "kær kveðja", "bestu kveðjur", "með bestu kveðju", "virðingarfyllst", "kveðjur"}},
	{"fo", []string{"vinarliga", "við vinarligari heilsan", "heilsan"}},
	{"fi", []string{"ystävällisin terveisin", "terveisin", "parhain terveisin", "yt", "t.", "terv.", "terveiset", "kunnioittavasti", "hyvää päivänjatkoa", "mukavaa päivää", "hyvää viikonloppua", "lämpimin terveisin"}},
	{"et", []string{"lugupidamisega", "parimate soovidega", "tervitades", "heade soovidega", "kena päeva", "parimat"}},
	{"lv", []string{"ar cieņu", "cieņā", "ar sveicieniem", "ar laba vēlējumiem", "jauku dienu"}},
	{"lt", []string{"pagarbiai", "su pagarba", "geriausi linkėjimai", "linkėjimai", "geros dienos"}},
	{"pl", []string{"pozdrawiam", "z poważaniem", "z pozdrowieniami", "serdecznie pozdrawiam", "pozdrawiam serdecznie", "łączę pozdrowienia", "pozdrowienia", "z wyrazami szacunku", "miłego dnia", "pozdr", "życzę miłego dnia", "do usłyszenia", "do zobaczenia", "udanego weekendu", "z uszanowaniem"}},
	{"cs", []string{"s pozdravem", "s přátelským pozdravem", "s úctou", "se srdečným pozdravem", "zdravím", "zdraví", "hezký den", "přeji hezký den", "pěkný den", "srdečně", "s přáním hezkého dne", "s přáním pěkného dne", "hezký víkend", "mějte se hezky"}},
	{"sk", []string{"s pozdravom", "s priateľským pozdravom", "s úctou", "so srdečným pozdravom", "pozdravujem", "zdraví", "pekný deň", "prajem pekný deň", "s prianím pekného dňa", "pekný víkend"}},
	{"hu", []string{"üdvözlettel", "tisztelettel", "szívélyes üdvözlettel", "baráti üdvözlettel", "üdv", "üdvözlet", "köszönettel és üdvözlettel", "szép napot", "további szép napot", "jó munkát", "szép hétvégét", "maradok tisztelettel", "ölel"}},
	{"sl", []string{"lep pozdrav", "lepe pozdrave", "s spoštovanjem", "lp", "prijazen pozdrav", "s prijaznimi pozdravi", "lep dan"}},
	{"hr", []string{"s poštovanjem", "srdačan pozdrav", "lijep pozdrav", "pozdrav", "pozdravi", "lp", "ugodan dan", "lijepi pozdravi"}},
	{"sr", []string{"s poštovanjem", "srdačan pozdrav", "pozdrav", "с поштовањем", "срдачан поздрав", "поздрав", "lep pozdrav", "леп поздрав"}},
	{"mk", []string{"со почит", "поздрав", "срдечен поздрав"}},
	{"bg", []string{"с уважение", "поздрави", "с поздрави", "поздрав", "хубав ден", "сърдечни поздрави", "най-добри пожелания"}},
	{"ru", []string{"с уважением", "с наилучшими пожеланиями", "всего доброго", "с приветом", "с глубоким уважением", "хорошего дня", "всего хорошего", "искренне ваш", "искренне ваша", "до встречи", "до связи", "с благодарностью и уважением", "удачи", "с ув."}},
	{"uk", []string{"з повагою", "з найкращими побажаннями", "щиро ваш", "щиро ваша", "гарного дня", "з вітанням", "усього найкращого", "всього найкращого"}},
	{"be", []string{"з павагай", "з найлепшымі пажаданнямі"}},
	{"el", []string{"με εκτίμηση", "φιλικά", "με φιλικούς χαιρετισμούς", "χαιρετισμούς", "χαιρετισμοί", "με τιμή", "φιλικοί χαιρετισμοί", "με σεβασμό", "καλή συνέχεια", "θερμούς χαιρετισμούς"}},
	{"sq", []string{"me respekt", "përshëndetje", "të fala", "sinqerisht"}},
	{"mt", []string{"tislijiet", "dejjem tiegħek"}},
	{"ga", []string{"le meas", "is mise le meas", "beir bua"}},
	{"cy", []string{"cofion", "cofion gorau", "cofion cynnes", "yn gywir"}},
	{"tr", []string{"saygılarımla", "saygılarımızla", "iyi çalışmalar", "iyi günler", "iyi çalışmalar dilerim", "iyi günler dilerim", "selamlar", "sevgiler", "hürmetlerimle", "en iyi dileklerimle", "kolay gelsin", "iyi akşamlar", "saygılar", "sevgi ve saygılarımla", "teşekkürler ve iyi çalışmalar"}},
	{"az", []string{"hörmətlə", "ən xoş arzularla"}},
	{"kk", []string{"құрметпен"}},
	{"ka", []string{"პატივისცემით", "საუკეთესო სურვილებით"}},
	{"hy", []string{"հարգանքով", "լավագույն մաղթանքներով"}},
	{"he", []string{"בברכה", "בכבוד רב", "בברכת שבוע טוב", "תודה וברכה", "כל טוב", "יום טוב", "המשך יום נעים", "שלכם", "שלך", "בידידות", "בתודה ובברכה", "להתראות", "ברכות", "בהוקרה", "יום נעים", "דרישת שלום", "ד\"ש"}},
	{"ar", []string{"مع التحية", "مع أطيب التحيات", "مع خالص التحية", "تحياتي", "مع فائق الاحترام", "وتفضلوا بقبول فائق الاحترام", "مع الاحترام", "مع التقدير", "أطيب التحيات", "خالص التحيات", "مع تحياتي", "والسلام عليكم", "تقبلوا تحياتي", "مع خالص الشكر والتقدير", "دمتم بخير", "تحية طيبة"}},
	{"fa", []string{"با احترام", "با تشکر و احترام", "ارادتمند", "با سپاس", "با تقدیم احترام"}},
	{"ur", []string{"والسلام", "نیک تمنائیں"}},
	{"hi", []string{"सादर", "भवदीय", "धन्यवाद सहित", "शुभकामनाओं सहित", "आपका", "आपकी"}},
	{"bn", []string{"শুভেচ্ছান্তে", "ধন্যবাদান্তে", "বিনীত"}},
	{"ta", []string{"நன்றியுடன்", "அன்புடன்"}},
	{"th", []string{"ขอแสดงความนับถือ", "ด้วยความเคารพ", "ด้วยความนับถือ"}},
	{"vi", []string{"trân trọng", "trân trọng kính chào", "thân mến", "kính chào", "kính thư", "thân ái", "chúc bạn một ngày tốt lành"}},
	{"id", []string{"salam", "salam hormat", "hormat saya", "hormat kami", "salam hangat", "wassalam", "teriring salam"}},
	{"ms", []string{"yang benar", "yang ikhlas", "salam hormat", "sekian", "sekian, terima kasih"}},
	{"tl", []string{"lubos na gumagalang", "gumagalang"}},
	{"sw", []string{"wako mwaminifu", "wasalaam", "kila la heri"}},
	{"zh", []string{"此致", "敬礼", "此致敬礼", "祝好", "顺祝商祺", "商祺", "谨启", "敬上", "顺颂", "祝工作顺利", "祝您工作愉快", "祝生意兴隆", "敬祝", "順頌商祺", "敬啟", "谨上", "祝商祺", "此致 敬礼", "祝您", "祝 好", "敬禮", "順頌"}},
	{"ja", []string{"よろしくお願い", "宜しくお願い", "お願い申し上げます", "お願いいたします", "お願い致します", "以上", "敬具", "草々", "かしこ", "失礼いたします", "失礼します"}},
	{"ko", []string{"감사합니다", "드림", "올림", "배상", "감사드립니다", "수고하세요", "안녕히 계십시오", "좋은 하루 되세요", "부탁드립니다"}},
	{"eo", []string{"amike", "kun amikaj salutoj"}},
}

// thanks end a letter too, but stand below a request as well.
var thanks = []Wording{
	{"en", []string{"thanks", "thank you", "many thanks", "thanks a lot", "thanks in advance", "thank you in advance", "thank you very much", "with thanks", "thx", "ta", "cheers and thanks", "thanks and regards", "thanks & regards", "thanks so much", "thank you so much", "thanks again", "thank you again", "many thanks indeed", "thanks ever so much", "with many thanks"}},
	{"de", []string{"danke", "vielen dank", "danke im voraus", "vielen dank im voraus", "besten dank", "herzlichen dank", "danke schön", "dankeschön", "mit dank", "danke und gruß", "danke & gruß", "vielen dank vorab", "danke vorab", "nochmals danke", "tausend dank", "lieben dank"}},
	{"fr", []string{"merci", "merci d'avance", "merci beaucoup", "avec mes remerciements", "en vous remerciant", "je vous remercie"}},
	{"es", []string{"gracias", "muchas gracias", "mil gracias", "gracias de antemano", "agradecido", "agradecida"}},
	{"pt", []string{"obrigado", "obrigada", "muito obrigado", "muito obrigada", "agradecido", "agradecida", "desde já agradeço"}},
	{"it", []string{"grazie", "grazie mille", "molte grazie", "grazie in anticipo", "ringraziando"}},
	{"ca", []string{"gràcies", "moltes gràcies"}},
	{"ro", []string{"mulțumesc", "mulțumesc anticipat", "vă mulțumesc"}},
	{"nl", []string{"bedankt", "dank je wel", "dank u wel", "alvast bedankt", "met dank", "bij voorbaat dank", "hartelijk dank"}},
	{"da", []string{"tak", "mange tak", "på forhånd tak", "tusind tak"}},
	{"nb", []string{"takk", "tusen takk", "mange takk", "på forhånd takk"}},
	{"sv", []string{"tack", "tack på förhand", "tack så mycket", "stort tack"}},
	{"is", []string{"takk", "takk fyrir", "með fyrirfram þökk"}},
	{"fi", []string{"kiitos", "kiitos etukäteen", "kiittäen", "paljon kiitoksia"}},
	{"et", []string{"aitäh", "tänan", "ette tänades"}},
	{"lv", []string{"paldies"}},
	{"lt", []string{"ačiū", "dėkoju"}},
	{"pl", []string{"dziękuję", "dzięki", "z góry dziękuję", "dziękuję i pozdrawiam"}},
	{"cs", []string{"děkuji", "díky", "předem děkuji", "děkujeme"}},
	{"sk", []string{"ďakujem", "vďaka", "vopred ďakujem"}},
	{"hu", []string{"köszönöm", "köszönettel", "köszi", "előre is köszönöm"}},
	{"sl", []string{"hvala", "najlepša hvala", "hvala in lep pozdrav"}},
	{"hr", []string{"hvala", "hvala unaprijed", "zahvaljujem"}},
	{"sr", []string{"hvala unapred", "хвала"}},
	{"bg", []string{"благодаря", "мерси", "предварително благодаря"}},
	{"ru", []string{"спасибо", "благодарю", "с благодарностью", "заранее спасибо", "заранее благодарю"}},
	{"uk", []string{"дякую", "наперед дякую", "з вдячністю"}},
	{"el", []string{"ευχαριστώ", "σας ευχαριστώ", "ευχαριστούμε", "με ευχαριστίες"}},
	{"tr", []string{"teşekkürler", "teşekkür ederim", "şimdiden teşekkürler"}},
	{"he", []string{"תודה", "תודה רבה", "תודה מראש", "בתודה"}},
	{"ar", []string{"شكرا", "شكراً", "شكرا جزيلا", "شكراً جزيلاً", "مع الشكر"}},
	{"fa", []string{"با تشکر", "ممنون", "سپاسگزارم"}},
	{"hi", []string{"धन्यवाद"}},
	{"th", []string{"ขอบคุณ", "ขอบคุณครับ", "ขอบคุณค่ะ"}},
	{"vi", []string{"cảm ơn", "xin cảm ơn", "cám ơn"}},
	{"id", []string{"terima kasih"}},
	{"zh", []string{"谢谢", "多谢", "感谢", "謝謝"}},
	{"ja", []string{"ありがとうございます", "ありがとうございました"}},
	{"ko", []string{"고맙습니다"}},
}

// behalves begin the second line of a closing: in whose name it stands, or what
// goes along with it. The line is the author's.
var behalves = []Wording{
	{"en", []string{"on behalf of", "also on behalf of", "in the name of", "also in the name of", "for the team", "for the whole team", "from the whole team", "from all of us", "from me and", "from sunny", "from rainy", "and have a", "and a nice", "and good luck", "also from", "and many thanks", "and thank you"}},
	{"de", []string{"im namen", "auch im namen", "in vertretung", "im auftrag", "auch von", "und ein schönes", "und einen schönen", "und schöne", "und vielen dank", "von uns allen", "für das team", "ihr team", "euer team", "und bis", "und gute"}},
	{"fr", []string{"au nom de", "au nom du", "au nom des", "également au nom", "pour le compte", "de la part de", "de toute l'équipe", "et bonne", "et bon", "pour l'équipe", "avec l'équipe", "ainsi que de la part"}}, {"es", []string{"en nombre de", "en nombre del", "también en nombre", "de parte de", "por orden de", "de todo el equipo", "y buen"}}, {"pt", []string{"em nome de", "em nome da", "em nome do", "também em nome", "por parte de", "de toda a equipa", "de toda a equipe", "e bom"}}, {"it", []string{"a nome di", "a nome del", "a nome della", "anche a nome", "da parte di", "da parte del", "anche da parte", "per conto di", "da tutto il team", "e buona", "e buon"}}, {"ca", []string{"en nom de", "de part de"}}, {"ro", []string{"în numele", "și în numele", "din partea", "și din partea"}},
	{"nl", []string{"namens", "mede namens", "ook namens", "uit naam van", "van het hele team", "en een fijne", "en tot"}}, {"da", []string{"på vegne af", "også på vegne af", "fra hele", "også fra", "og god"}}, {"nb", []string{"på vegne av", "også på vegne av", "fra hele", "også fra", "og god"}}, {"sv", []string{"på uppdrag av", "även från", "också från", "från hela", "och trevlig"}}, {"is", []string{"fyrir hönd", "f.h."}}, {"fi", []string{"puolesta", "koko tiimin puolesta", "ja hyvää"}},
	{"et", []string{"nimel"}}, {"lv", []string{"vārdā"}}, {"lt", []string{"vardu"}}, {"pl", []string{"w imieniu", "także w imieniu", "również w imieniu", "z upoważnienia", "od całego zespołu", "i miłego", "i do"}}, {"cs", []string{"jménem", "také jménem", "i jménem", "za celý tým", "v zastoupení", "a přeji", "a hezký"}}, {"sk", []string{"v mene", "aj v mene", "v zastúpení", "a prajem", "a pekný"}}, {"hu", []string{"nevében", "a csapat nevében", "az egész csapat", "megbízásából"}},
	{"sl", []string{"v imenu", "tudi v imenu"}}, {"hr", []string{"u ime", "također u ime"}}, {"sr", []string{"u ime", "takođe u ime", "у име"}}, {"bg", []string{"от името на", "от името", "също от", "и от"}}, {"ru", []string{"от имени", "также от имени", "от лица", "от всей", "и от имени", "по поручению", "и хорошего"}}, {"uk", []string{"від імені", "також від імені", "від усієї", "за дорученням", "а також"}}, {"el", []string{"εκ μέρους", "και εκ μέρους", "για λογαριασμό", "από όλη την ομάδα", "και καλή", "και καλό"}}, {"tr", []string{"adına", "ekibimiz adına", "tüm ekip adına", "ve iyi"}},
	{"he", []string{"בשם", "גם בשם", "מטעם", "ומכל"}}, {"ar", []string{"نيابة عن", "باسم", "وباسم", "بالنيابة عن"}}, {"fa", []string{"از طرف", "به نمایندگی"}}, {"zh", []string{"代表", "并代表"}},
}

// joinings stand between two closings, and origins between a closing and where the author
// is: "Gruß aus Hamburg".
var (
	joinings = []Wording{
		{"en", []string{"and"}}, {"de", []string{"und"}}, {"fr", []string{"et"}}, {"es", []string{"y"}}, {"pt", []string{"e"}}, {"it", []string{"e", "ed"}}, {"ca", []string{"i"}}, {"ro", []string{"și"}}, {"nl", []string{"en"}}, {"da", []string{"og"}}, {"sv", []string{"och"}}, {"fi", []string{"ja"}}, {"lv", []string{"un"}}, {"lt", []string{"ir"}},
		{"pl", []string{"i", "oraz"}}, {"cs", []string{"a"}}, {"hu", []string{"és"}}, {"sl", []string{"in"}}, {"hr", []string{"i"}}, {"bg", []string{"и"}}, {"uk", []string{"та", "і"}}, {"el", []string{"και"}}, {"tr", []string{"ve"}}, {"ar", []string{"و"}}, {"id", []string{"dan"}}, {"vi", []string{"và"}},
	}
	origins = []Wording{
		{"en", []string{"from"}}, {"de", []string{"aus", "vom", "von", "nach", "in", "an"}}, {"fr", []string{"de", "du", "depuis"}}, {"es", []string{"desde", "de"}}, {"pt", []string{"de", "do", "da"}}, {"it", []string{"da", "dal", "dalla", "dai"}}, {"ca", []string{"des de"}}, {"ro", []string{"din"}}, {"nl", []string{"uit", "vanuit", "van"}}, {"da", []string{"fra"}}, {"sv", []string{"från"}},
		{"pl", []string{"z", "ze"}}, {"cs", []string{"z", "ze"}}, {"sk", []string{"z", "zo"}}, {"sl", []string{"iz"}}, {"bg", []string{"от"}}, {"ru", []string{"из"}}, {"uk", []string{"з", "із"}}, {"el", []string{"από"}}, {"ar", []string{"من"}}, {"id", []string{"dari"}},
	}
)

var (
	joiningPhrases = PhrasesOf(joinings)
	originPhrases  = PhrasesOf(origins)
	BehalfPhrases  = PhrasesOf(behalves)
	closingPhrases = PhrasesOf(closings, thanks)
	thankPhrases   = PhrasesOf(thanks)
)

const (
	longestClosing     = 90 // characters of a line that is a closing
	longestClosingTail = 24 // characters behind its phrase: "aus Berlin", "and see you"
	shortClosing       = 10 // bytes; a shorter one is none at the end of a sentence, nor with much behind it
)

// Closing says how a line ends a letter.
type Closing uint8

const (
	NoClosing    Closing = iota
	LooseClosing         // a word of thanks, or a sentence that ends in a closing
	plainClosing         // nothing but a closing
)

// ClosingOf says how a line ends a letter.
func ClosingOf(text string) Closing {
	text = strings.TrimSuffix(text, ":)")
	if utf8.RuneCountInString(text) > longestClosing || strings.ContainsAny(text, "?？@") {
		return NoClosing
	}
	if head, tail, ok := strings.Cut(strings.ReplaceAll(text, "：", ":"), ":"); ok { // QUIRK: Hungarians write "Üdvözlettel:"
		if p := strings.TrimSpace(PlainForm(head)); tail != "" || len(p) < shortClosing || closingPhrases.Begins(p) != p {
			return NoClosing
		}
		return plainClosing
	}
	p := strings.Trim(PlainForm(text), " ,.!;-–—*_~。、！…()^")
	n, thanked, rest := closingsIn(p)
	phrase := closingPhrases.Begins(p)
	switch {
	case n == 1 && rest == "" && thanked:
		return LooseClosing
	case n > 0 && rest == "":
		return plainClosing
	case n > 1: // what comes then is when and where: "and see you on Thursday, hall 3"
		return LooseClosing
	case utf8.RuneCountInString(rest) > longestClosingTail, strings.ContainsAny(rest, "0123456789"):
		return closingAtEnd(p)
	case len(phrase) >= shortClosing, phrase != "" && originPhrases.Begins(rest) != "":
		return LooseClosing
	}
	return closingAtEnd(p)
}

// closingsIn is how many closings a text in plain form begins with, joined or not:
// "obrigada e ate breve"; whether all of them are thanks; and what stands behind them.
func closingsIn(p string) (n int, thanked bool, rest string) {
	thanked, rest = true, p
	for next := p; next != ""; n++ {
		phrase := closingPhrases.Begins(next)
		if phrase == "" {
			break
		}
		thanked = thanked && thankPhrases.Begins(next) == phrase
		rest = strings.TrimLeft(next[len(phrase):], " ,.!/|&+、")
		next = strings.TrimLeft(rest[len(joiningPhrases.Begins(rest)):], " ")
	}
	return n, thanked, rest
}

// closingAtEnd says whether a text in plain form ends in a closing.
func closingAtEnd(p string) Closing {
	for i := range p {
		if phrase := closingPhrases.At(p, i); len(phrase) >= shortClosing && i+len(phrase) == len(p) {
			return LooseClosing
		}
	}
	return NoClosing
}
