package insert

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// traits are what a text has that may be an attribution.
type traits uint32

const (
	verb        traits = 1 << iota // "wrote", in any language
	verbLast                       // it is the last word
	colon                          // the text ends in a colon
	date                           // a date or a time of day
	address                        // an at sign
	addressSoon                    // an address, or the bracket before one, within the first words
	opener                         // it begins with a word that attributions begin with, or with a date
	startsDate                     // it begins with a date or a weekday
	name                           // it begins like a name: a capital, or a script without
	lowerName                      // it begins with one to four words before the verb, no capital among them
	oneLine                        // it stands on one line
	twoLines                       // on two lines at most
	quoted                         // a quoted line follows
	dashed                         // rows of dashes stand around it
	short                          // below 120 bytes
	bracketEnd                     // it ends in the bracket of an address
	gmailForm                      // Gmail's form where it has no translation
	ended                          // the text ends in a colon or in its verb
)

func (t traits) has(any traits) bool { return t&any != 0 }

// build is a way in which attributions are built. A text is one when it has all of
// the traits of a row, and one of the others where the row asks for any.
type build struct {
	needs  traits
	any    traits   // one of these besides; 0 for none
	counts strength // strong for what nobody writes by themselves
	sample string   // for the test, a quoted line below it where the row asks for one
}

// builds are tried in order.
var builds = []build{
	{verb | date | ended | opener, 0, strong, "On 3 Feb 2026 at 10:15, Bob Jones wrote:"},
	{verb | date | ended | address, 0, strong, "bob@example.net wrote on 3 Feb 2026:"},
	{verb | date | ended | name | oneLine, 0, strong, "Bob Jones wrote on 3 Feb 2026:"},
	{verb | address | ended, oneLine | addressSoon, strong, "Bob Jones <bob@example.net> wrote:"},
	{verb | colon | quoted | short, 0, weak, "Bob wrote:"},
	{verb | verbLast | dashed | short, 0, strong, "---- Bob Jones wrote ----"},
	{date | address | colon, opener | startsDate, strong, "On 3 Feb 2026 10:15, <bob@example.net>:"},
	{quoted | address | colon | oneLine | bracketEnd | name, 0, strong, "Bob Jones <bob@example.net>:"},
	{gmailForm | twoLines, 0, strong, "2026-02-03 17:21 GMT+01:00 Bob Jones"},
	{quoted | colon | date, opener | startsDate | address, weak, "On 3 Feb 2026, Bob Jones:"},
	{quoted | colon | address, opener | startsDate, weak, "On Monday, bob@example.net:"},
	{verb | date | ended | lowerName | oneLine, 0, weak, "bob jones wrote on 3 Feb 2026:"},
}

// attributes judges one candidate. follows says that quoted lines follow it, n over
// how many lines it stands. It is 0 for no attribution, and weak where an author may
// as well have written it: without a year, a time or an address.
func attributes(s string, follows bool, n int) strength {
	if (strings.Contains(s, ">>>") || strings.Contains(s, " ---")) && programs.MatchString(s) {
		return strong
	}
	t := traitsOf(s, follows, n)
	for i := range builds {
		b := &builds[i]
		if t&b.needs != b.needs || (b.any != 0 && !t.has(b.any)) {
			continue
		}
		if b.counts == strong && !t.has(address|dashed) && !hasExactDate(s) {
			return weak
		}
		return b.counts
	}
	return 0
}

// hasExactDate reports whether a text has a year or a time of day.
func hasExactDate(s string) bool { return hasAtOrDigit(s) && (hasClock(s) || hasYear(s)) }

// traitsOf looks at a text once; it is 0 for one that cannot be an attribution.
func traitsOf(s string, follows bool, n int) traits {
	bare, endsInColon := cutColon(strings.Trim(s, "-*_ |"))
	inDashes := strings.HasPrefix(s, "--") && strings.HasSuffix(s, "--")
	if !inDashes && !(endsInColon && follows) && !hasAtOrDigit(s) {
		return 0 // cheap, since every line of the newest text is asked
	}
	lower := fold(bare)
	hasVerb, last := findVerb(lower)
	gmail := gmailDate.MatchString(lower)
	if !endsInColon && !hasVerb && !gmail {
		return 0
	}
	var t traits
	for _, c := range []struct {
		trait traits
		holds bool
	}{
		{verb, hasVerb}, {verbLast, last}, {colon, endsInColon}, {ended, endsInColon || last},
		{date, dated(lower)}, {address, strings.Contains(lower, "@")},
		{addressSoon, strings.ContainsAny(s[:min(len(s), 80)], "<@")},
		{opener, opened(bare)}, {startsDate, startsDated(lower) || startsWithWeekday(lower)},
		{name, startsWithName(bare)}, {lowerName, hasVerb && startsWithLowerName(lower)},
		{oneLine, n == 1}, {twoLines, n <= 2}, {quoted, follows}, {dashed, inDashes},
		{short, len(lower) < 120}, {bracketEnd, strings.HasSuffix(bare, ">")}, {gmailForm, gmail},
	} {
		if c.holds {
			t |= c.trait
		}
	}
	return t
}

// startsWithLowerName reports whether one to four words of letters stand before
// the verb, none of which begins a clause: a name as somebody typed it into their
// client.
func startsWithLowerName(lower string) bool {
	const most = 4
	words := 0
	for word := range strings.FieldsSeq(lower) {
		if found, _ := findVerb(word); found {
			return words > 0
		}
		if words++; words > most || clauseWords[word] || strings.ContainsFunc(word, notInName) {
			return false
		}
	}
	return false
}

func notInName(r rune) bool { return !unicode.IsLetter(r) && r != '.' && r != '-' && r != '\'' }

// clauseWords are words in small letters with which a sentence begins or goes on
// that is not the name of who wrote.
var clauseWords = map[string]bool{
	"as": true, "like": true, "what": true, "that": true, "when": true, "he": true, "she": true, "they": true, "we": true, "i": true, "you": true, "who": true, "which": true, "and": true, "the": true,
	"wie": true, "was": true, "dass": true, "wenn": true, "er": true, "sie": true, "wir": true, "ich": true, "und": true, "der": true, "die": true, "das": true, "als": true,
	"comme": true, "ce": true, "que": true, "qui": true, "il": true, "elle": true, "je": true, "et": true, "le": true, "la": true,
	"como": true, "lo": true, "él": true, "ella": true, "yo": true, "y": true, "el": true, "o": true, "ele": true, "ela": true, "eu": true, "e": true,
	"come": true, "ciò": true, "lui": true, "lei": true, "io": true, "zoals": true, "wat": true, "hij": true, "zij": true, "ik": true, "en": true, "het": true,
	"som": true, "han": true, "hun": true, "hon": true, "jeg": true, "jag": true, "og": true, "och": true, "jak": true, "co": true, "on": true, "ona": true, "ja": true,
}

// startsWithWeekday reports whether a text begins with a weekday and the day of the
// month behind it, as in "pe 20. marrask." and "wto., 3 lut 2026".
func startsWithWeekday(lower string) bool {
	word, rest, ok := strings.Cut(lower, " ")
	if !ok || len(word) > longestWeekday || !weekdayIndex[strings.TrimRight(word, ".,")] {
		return false
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return unicode.IsDigit(r)
}

const longestWeekday = 32 // bytes

var weekdayIndex = func() map[string]bool {
	index := map[string]bool{}
	for i := range weekdays {
		for name := range strings.FieldsSeq(weekdays[i].names) {
			index[name] = true
		}
	}
	return index
}()

// weekdays are the days of the week as attributions begin with them, long and short,
// in lower case and without a period.
var weekdays = []struct{ lang, names string }{
	{"en", "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun"},
	{"de", "montag dienstag mittwoch donnerstag freitag samstag sonntag mo di mi do fr sa so"},
	{"nl", "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo"},
	{"da", "mandag tirsdag onsdag torsdag fredag lørdag søndag man tir tirs ons tor tors fre lør søn"},
	{"sv", "måndag tisdag onsdag torsdag fredag lördag söndag mån tis lör sön"},
	{"is", "mánudagur þriðjudagur miðvikudagur fimmtudagur föstudagur laugardagur sunnudagur mán þri mið fim fös lau sun"},
	{"fi", "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai ma ti ke to pe la su maanantaina tiistaina keskiviikkona torstaina perjantaina lauantaina sunnuntaina"},
	{"et", "esmaspäev teisipäev kolmapäev neljapäev reede laupäev pühapäev e t k n r l p"},
	{"lv", "pirmdiena otrdiena trešdiena ceturtdiena piektdiena sestdiena svētdiena pirmd otrd trešd ceturtd piektd sestd svētd"},
	{"lt", "pirmadienis antradienis trečiadienis ketvirtadienis penktadienis šeštadienis sekmadienis pr an tr kt pn št sk"},
	{"fr", "lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim"},
	{"es", "lunes martes miércoles jueves viernes sábado domingo lun mar mié jue vie sáb dom"},
	{"pt", "segunda terça quarta quinta sexta sábado domingo seg ter qua qui sex sáb dom segunda-feira terça-feira quarta-feira quinta-feira sexta-feira"},
	{"it", "lunedì martedì mercoledì giovedì venerdì sabato domenica lun mar mer gio ven sab dom"},
	{"ro", "luni marți miercuri joi vineri sâmbătă duminică lun mar mie vin sâm dum"},
	{"ca", "dilluns dimarts dimecres dijous divendres dissabte diumenge dl dt dc dj dv ds dg"},
	{"pl", "poniedziałek wtorek środa czwartek piątek sobota niedziela pon wt śr czw czwart pt sob niedz"},
	{"cs", "pondělí úterý středa čtvrtek pátek sobota neděle po út st čt pá so ne"},
	{"sk", "pondelok utorok streda štvrtok piatok sobota nedeľa po ut st št pi so ne"},
	{"sl", "ponedeljek torek sreda četrtek petek sobota nedelja pon tor sre čet pet sob ned"},
	{"hr", "ponedjeljak utorak srijeda četvrtak petak subota nedjelja pon uto sri čet pet sub ned"},
	{"sr", "понедељак уторак среда четвртак петак субота недеља пон уто сре чет пет суб нед"},
	{"bg", "понеделник вторник сряда четвъртък петък събота неделя пн вт ср чт пт сб нд"},
	{"ru", "понедельник вторник среда четверг пятница суббота воскресенье пн вт ср чт пт сб вс"},
	{"uk", "понеділок вівторок середа четвер п'ятниця субота неділя пн вт ср чт пт сб нд"},
	{"hu", "hétfő kedd szerda csütörtök péntek szombat vasárnap h k sze cs p szo v"},
	{"el", "δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή δευ τρί τετ πέμ παρ σάβ κυρ δευτ τρ πεμ"},
	{"tr", "pazartesi salı çarşamba perşembe cuma cumartesi pazar pzt sal çar per cum cmt paz"},
	{"id", "senin selasa rabu kamis jumat sabtu minggu sen sel rab kam jum sab min"},
}

// wroteTails are words that may stand behind the verb at the end.
var wroteTails = []phrase{
	{"en", "the following", "On 3 Feb 2026 Bob Jones wrote the following:"},
	{"en", "as follows", "On 3 Feb 2026 Bob Jones wrote as follows:"},
	{"en", "in part", "On 3 Feb 2026 Bob Jones wrote in part:"},
	{"en", "to me", "On 3 Feb 2026 Bob Jones wrote to me:"},
	{"en", "this", "On 3 Feb 2026 Bob Jones wrote this:"},
	{"de", "folgendes", "Am 03.02.2026 schrieb Bob Jones folgendes:"},
	{"de", "das folgende", "Bob Jones schrieb am 03.02.2026 das Folgende:"},
	{"de", "wie folgt", "Am 03.02.2026 schrieb Bob Jones wie folgt:"},
	{"de", "dies", "Am 03.02.2026 schrieb Bob Jones dies:"},
	{"nl", "het volgende", "Op 3 feb. 2026 schreef Bob Jones het volgende:"},
	{"da", "følgende", "Den 3. feb. 2026 skrev Bob Jones følgende:"},
	{"sv", "följande", "Den 3 feb. 2026 skrev Bob Jones följande:"},
	{"fi", "seuraavaa", "3.2.2026 Bob Jones kirjoitti seuraavaa:"},
	{"fi", "seuraavasti", "3.2.2026 Bob Jones kirjoitti seuraavasti:"},
	{"fr", "ce qui suit", "Le 03/02/2026, Bob Jones a écrit ce qui suit :"},
	{"fr", "ceci", "Le 03/02/2026, Bob Jones a écrit ceci :"},
	{"es", "lo siguiente", "El 03/02/2026, Bob Jones escribió lo siguiente:"},
	{"pt", "o seguinte", "Em 03/02/2026, Bob Jones escreveu o seguinte:"},
	{"it", "quanto segue", "Il 03/02/2026, Bob Jones ha scritto quanto segue:"},
	{"it", "il seguente", "Il 03/02/2026, Bob Jones ha scritto il seguente:"},
	{"ro", "următoarele", "La 03.02.2026, Bob Jones a scris următoarele:"},
	{"pl", "co następuje", "W dniu 03.02.2026 Bob Jones napisał co następuje:"},
	{"pl", "następująco", "W dniu 03.02.2026 Bob Jones napisał następująco:"},
	{"cs", "následující", "Dne 3.2.2026 Bob Jones napsal následující:"},
	{"cs", "toto", "Dne 3.2.2026 Bob Jones napsal toto:"},
	{"sk", "nasledovné", "Dňa 3.2.2026 Bob Jones napísal nasledovné:"},
	{"hr", "sljedeće", "Dana 3.2.2026. Bob Jones je napisao sljedeće:"},
	{"ru", "следующее", "03.02.2026 Bob Jones написал следующее:"},
	{"uk", "наступне", "03.02.2026 Bob Jones написав наступне:"},
	{"hu", "a következőt", "2026.02.03. Bob Jones írta a következőt:"},
	{"el", "τα εξής", "Στις 03/02/2026, ο Bob Jones έγραψε τα εξής:"},
}
