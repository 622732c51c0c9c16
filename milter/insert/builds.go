package insert

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sigmilter/milter/insert/known"
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
func hasExactDate(s string) bool { return hasAtOrDigit(s) && (known.HasClock(s) || known.HasYear(s)) }

// traitsOf looks at a text once; it is 0 for one that cannot be an attribution.
func traitsOf(s string, follows bool, n int) traits {
	bare, endsInColon := cutColon(strings.Trim(s, "-*_ |"))
	inDashes := strings.HasPrefix(s, "--") && strings.HasSuffix(s, "--")
	if !inDashes && !(endsInColon && follows) && !hasAtOrDigit(s) {
		return 0 // cheap, since every line of the newest text is asked
	}
	lower := known.Fold(bare)
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
	for i := range known.Weekdays {
		for name := range strings.FieldsSeq(known.Weekdays[i].Names) {
			index[name] = true
		}
	}
	return index
}()
