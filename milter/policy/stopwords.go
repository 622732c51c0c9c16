package policy

import "strings"

// stopWords are, of each language whose script others share, words that no text of
// some length goes without, and what mail begins and ends with. A word may be in
// several languages; the more, the less it says. All are in lower case.
var stopWords = map[string]string{
	"en": "the and of to is in you that it for on are with as this be at have from or we can will your not but if they please thanks thank regards would could our has was what there their dear best hello see which when about i my me do",
	"de": "der die das und ist nicht ich sie mit ein eine für auf den dem im zu von wir wie bitte danke auch als bei noch nur aber wenn oder wird sind haben hat kann können grüße grüßen freundlichen hallo guten sehr geehrte mir uns ihnen ihre dass dann bis gut morgen was es anbei mich vielen",
	"fr": "le la les des et est une un du que qui dans pour pas vous nous je ce sur avec au plus par sont mais ou bonjour merci cordialement votre vos notre aux cette être avez avons suis bien si très ci joint se ne",
	"es": "el la los las y es en que de una un por para con no se su del al como más pero le lo gracias saludos buenos días hola usted estimado adjunto está son tiene hay nos muy también ha este esta mañana ayer cuando",
	"pt": "o a os as e é em que de uma um por para com não se seu do da no na dos das ao como mais mas obrigado obrigada cumprimentos bom dia olá você está são tem há nos muito também foi este esta segue anexo ontem pelo pela à",
	"it": "il lo la i gli le e è di che un una per non con si del della dei delle al alla sono come più ma grazie saluti buongiorno cordiali questo questa ho ha abbiamo nel nella anche se ci ciao allegato gentile vi dal",
	"nl": "de het een en van is dat niet ik je zijn voor op met te aan die in er maar om ook als dan bij nog wel naar uit heeft hebben kan u wij uw deze dit bedankt groeten beste vriendelijke graag hartelijke geachte hallo wordt worden vind gisteren wat ons",
	"sv": "och att det är en ett som på för med av inte jag den till de har om vi du kan så men från eller ska vill hej tack hälsningar vänliga här när vad mig oss var också skulle detta min din mycket bra går blir varit blev",
	"da": "og at det er en et som på for med af ikke jeg den til de har om vi du kan så men fra eller skal vil hej tak hilsen venlig her når hvad mig os også dette min din meget godt blev bliver efter noget nu går hvis kunne dokumenter",
	"nb": "og at det er en et som på for med av ikke jeg den til de har om vi du kan så men fra eller skal vil hei takk hilsen vennlig her når hva meg oss også dette min din mye bra ble blir etter noe nå går hvis kunne dokumentene",
	"fi": "ja on ei se että en hän oli mutta niin kuin tämä joka ovat myös kun jos vain tai hei kiitos terveisin ystävällisin terveisiä olen meillä minä sinä me te tässä voi voit voimme olisi sitten vielä mitä nyt ole mukaan liitteenä",
	"pl": "i w nie na się z do to że jest o jak ale za co od po czy dla przez są ma pan pani proszę dziękuję pozdrawiam dzień dobry cześć tym oraz przy być może jeśli już tylko które który o załączniku mam nam",
	"cs": "a je v na se že to s z do o ale jako za by pro jsou jsem si co tak jak po od při nebo prosím děkuji pozdravem dobrý den jste být může bude ve už jen také která který mám nás vás příloze byl jsme",
	"sk": "a je v na sa že to s z do o ale ako za by pre sú som si čo tak po od pri alebo prosím ďakujem pozdravom dobrý deň ste byť môže bude vo už len tiež ktorá ktorý mám nás vás prílohe bol sme",
	"hu": "a az és hogy nem is egy van ez csak de meg már kell ha vagy mint még lesz volt köszönöm üdvözlettel tisztelt jó napot kérem kedves nekem mi ön önnek azt ezt itt most szerint után nagyon mellékelten küldöm",
	"ro": "și de la în nu cu o a pe un că din se este sunt pentru care mai ce dar sau au fi ca le vă mulțumesc bună ziua salut cu stimă dumneavoastră acest această am ați avem prin după foarte atașat rog",
	"tr": "ve bir bu için ile de da çok ne var daha gibi kadar ama en mi mı olarak olan sonra ben sen biz siz merhaba teşekkürler teşekkür ederim saygılarımla iyi günler lütfen değil ya evet hayır ekte dün sayın her",
	"hr": "i je u na se da za su od s a to što ne kao ali ili bi iz po sam smo ste će može hvala pozdrav poštovani dobar dan molim vas nam ovaj ova koji koja već još samo kako privitku lijep srdačan jer",
	"ru": "и в не на что я с он как это по но из у за от для вы мы так же все бы если или был есть здравствуйте спасибо добрый день уважением пожалуйста вас вам нас ваш наш уже только также который вложении о при да нет мне меня",
	"uk": "і в не на що я з він як це по але із у за від для ви ми так та все би якщо або був є вітаю дякую добрий день повагою будь ласка вас вам нас ваш наш вже тільки також який вкладенні про при до мені доброго дня її",
	"bg": "и в не на че аз с той как това по но от за вие ние така всичко ако или беше е здравейте благодаря добър ден поздрави моля ви нас ваш нашия вече само също който да се са до при ще има",
	"ar": "في من على أن إلى هذا هذه ما لا مع عن كان التي الذي لكم شكرا مرحبا السلام عليكم تحية بعد قبل كل هل لقد يرجى تحياتي و أو قد نحن",
	"fa": "و در به از که این را با است برای آن یک ما شما خود تا می نمی هم اما یا اگر سلام ممنون لطفا احترام بود شد کنید های باشد پیوست",
}

// wordLanguages are the languages that have a stop word.
var wordLanguages = func() map[string][]string {
	all := map[string][]string{}
	for language, words := range stopWords {
		seen := map[string]bool{}
		for word := range strings.FieldsSeq(words) {
			if !seen[word] {
				seen[word] = true
				all[word] = append(all[word], language)
			}
		}
	}
	return all
}()
