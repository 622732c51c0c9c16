package insert

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sigmilter/milter/insert/known"
)

// dataLine is a line whose data are taken out of it one after the other; what is
// left must be explained by the words of signatures.
type dataLine struct {
	k       *knowledge
	text    string // as it stands there
	said    said
	rest    string // in plain form, with taken between pieces in place of what was taken
	found   bool   // anything that a signature holds
	foreign bool   // somebody else's address
	label   bool   // a label stands before a number
	legal   bool   // a register or a tax is named
	entered bool   // its piece was gone over
	street  bool   // a street and its number are named
	hours   bool   // it says when somebody works
	follows bool   // it begins as a line about where to follow them
	sites   bool   // it is a row of pages of the company's site
	social  bool   // it names a service where the person or the company is
}

const taken = "|"

// dataLine is a line, also in plain form, with its data taken out.
func (k *knowledge) dataLine(text, plain string) *dataLine {
	l := &dataLine{k: k, text: text, rest: plain, label: strings.ContainsAny(plain, "☎✆📞📱📠")}
	l.takeLinks()
	l.takeWords()
	l.takeNumbers()
	l.takeValues()
	l.takeOfficers()
	return l
}

// takeLinks takes out what clients write in brackets when they turn a link or a
// picture into text: "[cid:image001.png@...]", "<https://...>".
func (l *dataLine) takeLinks() {
	if !strings.ContainsAny(l.rest, "<[(") {
		return
	}
	var b strings.Builder
	rest := l.rest
	for {
		i := strings.IndexAny(rest, "<[(")
		if i < 0 {
			break
		}
		end := strings.IndexByte(rest[i:], closes[rest[i]])
		if end > 0 && isLinkNumber(rest[i:i+end+1]) {
			b.WriteString(rest[:i] + taken)
			rest = rest[i+end+1:]
			continue
		}
		if end < 0 || !linkInBrackets(rest[i+1:i+end]) {
			b.WriteString(rest[:i+1])
			rest = rest[i+1:]
			continue
		}
		l.found, l.said.reach = true, true
		b.WriteString(rest[:i] + taken)
		rest = rest[i+end+1:]
	}
	l.rest = b.String() + rest
}

var closes = map[byte]byte{'<': '>', '[': ']', '(': ')'}

// linkInBrackets reports whether what stands in brackets is an address of
// something, or the name of a picture.
func linkInBrackets(s string) bool {
	for _, scheme := range []string{"cid:", "http:", "https:", "tel:", "www.", "mailto:", "callto:", "sip:"} {
		if strings.HasPrefix(s, scheme) {
			return true
		}
	}
	for _, kind := range []string{".png", ".jpg", ".jpeg", ".gif", ".svg", ".bmp"} {
		if strings.HasSuffix(s, kind) {
			return true
		}
	}
	return pictureWords[s] || dialled(s)
}

// dialled reports whether a text is a number as Gmail writes where a link to it leads:
// "+49%2030%205550101".
func dialled(s string) bool {
	return strings.HasPrefix(s, "+") && len(digitsOf(s)) >= numberDigits && strings.Trim(s, "+0123456789%-") == ""
}

// pictureWords are what clients write in brackets for a picture without a name.
var pictureWords = known.WordSet("image picture logo bild photo foto immagine imagen imagem afbeelding billede bilde kuva obraz obrazek kep рисунок изображение 图片 画像 그림 banner signature")

// takeNumbers takes out phone numbers. One that is not theirs counts when a label
// stands on the line.
func (l *dataLine) takeNumbers() {
	const fewest = 6
	for from := 0; from < len(l.rest); {
		start := strings.IndexAny(l.rest[from:], "+0123456789(")
		if start < 0 {
			return
		}
		start += from
		end, digits := numberAt(l.rest, start)
		from = max(end, start+1)
		number := l.rest[start:end]
		whole := !letterBefore(l.rest, start) && !letterAfter(l.rest, end)
		if len(digits) < fewest || !whole || strings.HasSuffix(strings.TrimRight(l.rest[:start], " "), "〒") || len(digits) < numberDigits && !strings.ContainsAny(number, " -/") {
			continue
		}
		l.number(digits)
		l.rest = l.rest[:start] + taken + l.rest[end:]
		from = start + 1
	}
}

// numberAt is where a phone number that may begin at a place ends, and its digits.
func numberAt(s string, start int) (end int, digits string) {
	end = start
	for i := start; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			end = i + 1
		case c == ' ' && strings.HasPrefix(s[i:], " - ") && !directDial(s[i+len(" - "):]):
			return end, digitsOf(s[start:end])
		case strings.IndexByte(" .-/()+", c) >= 0 && !(c == '+' && i > start && s[i-1] != '('):
		default:
			return end, digitsOf(s[start:end])
		}
	}
	return end, digitsOf(s[start:end])
}

// directDial reports whether a text begins with the few digits of a direct dial and
// nothing else up to the end of its piece: "+49 (40) 55 50 - 126".
func directDial(s string) bool {
	const longest = 4
	n := len(s) - len(strings.TrimLeft(s, "0123456789"))
	rest := strings.TrimLeft(s[n:], " ")
	next, _ := utf8.DecodeRuneInString(rest)
	return n > 0 && n <= longest && (rest == "" || next != '-' && setsApart(next))
}

func letterBefore(s string, at int) bool {
	if at == 0 {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(s[:at])
	labelled := s[at] == '+' && (at == 1 || s[at-2] == ' ' || s[at-2] == '|') // "T+49"
	return known.Spaced(r) && !labelled
}

func letterAfter(s string, at int) bool {
	r, _ := utf8.DecodeRuneInString(s[at:])
	return known.Spaced(r)
}

func (l *dataLine) number(digits string) {
	l.said.reach = true
	for i, v := range l.k.values {
		if v.digits != "" && strings.Contains(digits, v.digits) {
			l.found, l.said.phone = true, true
			l.said.values |= 1 << i
			return
		}
	}
	l.said.unknown = true
}

// takeValues takes out the person's other values where they stand as words.
func (l *dataLine) takeValues() {
	for i, v := range l.k.values {
		if v.digits != "" {
			continue
		}
		for from := 0; ; {
			at := strings.Index(l.rest[from:], v.text)
			if at < 0 {
				break
			}
			at += from
			if !known.WordAt(l.rest, at, at+len(v.text)) {
				from = at + len(v.text)
				continue
			}
			l.found = true
			l.said.values |= 1 << i
			l.said.role = l.said.role || v.role
			l.rest = l.rest[:at] + taken + l.rest[at+len(v.text):]
			from = at + 1
		}
	}
}

// takeOfficers takes out those who lead the company, with their names.
func (l *dataLine) takeOfficers() {
	for i := range l.rest {
		if i > 0 && !strings.ContainsRune("|,;/•· ", rune(l.rest[i-1])) {
			continue
		}
		phrase := officerPhrases.At(l.rest, i)
		if phrase == "" {
			continue
		}
		after := strings.TrimLeft(l.rest[i+len(phrase):], " (in)/*")
		names, ok := strings.CutPrefix(strings.Replace(after, "：", ":", 1), ":")
		if names = strings.TrimSpace(names); !ok || !l.k.isEntry(l.text, "", known.RegisterStock) || names == "" || strings.HasPrefix(names, taken) {
			continue
		}
		l.rest, l.found = l.rest[:i], true
		return
	}
}

// setsApart reports whether a character stands between the pieces of a line.
func setsApart(r rune) bool {
	return strings.ContainsRune("|•·●∙│┃¦–—‖,;/\t◦▪►»※，、；｜・", r) || unicode.Is(unicode.So, r) && !strings.ContainsRune("°№™®©〒", r)
}

// inOnePiece spells what has a sign in it that sets pieces apart.
var inOnePiece = strings.NewReplacer("24/7", "24h", " - ", taken, "邮编:", taken+"邮编"+taken, "郵編:", taken+"邮编"+taken, "c/ ", "calle ", " a/s", " as", "(株)", " 株式会社", "(주)", " 주식회사")

// pieces are what is left of the line, cut where its pieces are set apart. They tell what
// kind of line it is.
func (l *dataLine) pieces() []string {
	var pieces []string
	for _, piece := range strings.FieldsFunc(inOnePiece.Replace(l.rest), setsApart) {
		piece = strings.Trim(piece, " .*_()[]<>-–\"'~+=#")
		if strings.Trim(piece, " :：.") != "" {
			pieces = append(pieces, piece)
		}
	}
	if len(pieces) > mostPieces {
		return pieces
	}
	pieces = withHouseNumbers(pieces)
	l.legal = slices.ContainsFunc(pieces, l.registered)
	l.street = slices.ContainsFunc(pieces, isStreet)
	l.social = slices.ContainsFunc(pieces, social)
	l.sites = len(pieces) > 1 && !slices.ContainsFunc(pieces, func(p string) bool { return sitePhrases.Begins(p) != p })
	if len(pieces) > 0 {
		l.hours = l.k.tellsHours(l.text, pieces[0])
		l.follows = presencePhrases.Begins(pieces[0]) != "" && l.social && !known.Concludes(l.text)
	}
	return pieces
}

// weigh says what the line is by its pieces.
func (l *dataLine) weigh(pieces []string) {
	if len(pieces) > mostPieces {
		l.said.sense = strange
		return
	}
	lowest := theirs
	for _, piece := range pieces {
		lowest = min(lowest, l.piece(piece))
	}
	if l.legal { // its numbers call nobody
		l.said.unknown, l.said.reach = false, l.said.phone || l.said.mail
	}
	switch {
	case l.foreign:
		l.said.sense = strange
	case lowest == theirs && !l.found && !l.said.unknown:
		l.said.sense = unsaid
	case lowest > between && l.said.unknown && !l.label:
		l.said.sense = between
	case lowest == usual && l.emptyLabels(): // "Main", "a/main.c"
		l.said.sense = between
	case lowest == between && l.said.values != 0:
		l.said.sense = likely
	case lowest == unsaid && l.said.values != 0 && titular(l.text):
		l.said.sense = between
	default:
		l.said.sense = lowest
	}
}

// emptyLabels reports whether the line has labels with nothing behind them: no data of
// anybody's, no register and no service.
func (l *dataLine) emptyLabels() bool {
	return l.label && !l.found && !l.legal && !l.social && !l.said.reach && l.said.values == 0
}
