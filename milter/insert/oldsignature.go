package insert

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"

	"sigmilter/milter/insert/known"
)

// mark is what shows that a signature may begin at a line.
type mark uint8

const (
	unmarked mark = iota // nothing but the name: the data alone must say it
	greeted              // a closing stands above the name
	marked               // a container, a bookmark or a delimiter
)

// Limits of old signatures.
const (
	longestSignature = 25 // lines of data
	longestWhole     = 60 // with notices
	longestHead      = 4  // lines above the name that belong to it
	longestTitles    = 3  // lines below the name that may be titles nobody knows
	longestUnsaid    = 2  // of these at a stretch
)

// tally is what the lines of a signature hold.
type tally struct {
	values uint64
	name   naming
	phone  bool // a number of theirs
	mail   bool // an address of theirs
	role   bool
	logo   bool // a picture as signatures have it
	reach  int  // lines with a number, an address or a link of anybody's
}

func (t *tally) add(s said) {
	t.values |= s.values
	t.phone = t.phone || s.phone
	t.mail = t.mail || s.mail
	t.role = t.role || s.role
	if s.reach {
		t.reach++
	}
}

func (t *tally) known() int { return bits.OnesCount64(t.values) }

// holds reports whether the lines hold enough to be a signature.
func (t *tally) enough(m mark) bool {
	switch {
	case m == marked && t.name != notNamed:
		return true
	case m == marked:
		return t.contact()
	case m == greeted && t.name == fully:
		return t.known() >= 2 || t.known() == 1 && t.reach > 0 && (t.contact() || t.reach > 1)
	case m == greeted:
		return t.known() >= 2 && t.contact()
	}
	// An address to deliver to has no title, and what is written on a badge has
	// either a number or an address. A logo beside both is a signature's.
	data := t.known() >= 3 && t.contact() && (t.role || t.phone && t.mail)
	return t.name == fully && (data || t.logo && t.role && t.contact())
}

// whole reports whether the lines hold all that belongs to a signature: who it is,
// what they are, and how they are reached.
func (t *tally) whole() bool {
	const fewest = 4 // values
	return t.name == fully && t.role && t.phone && t.known() >= fewest
}

// contact reports whether there is a number or an address of theirs.
func (t *tally) contact() bool { return t.phone || t.mail }

// lines of one signature, from the name on.
type oldSignature struct {
	tally
	from, to int
}

// signatureAt reads the signature whose name stands in line i, as far as its
// lines are explained, to line end at most.
func (r *Reading) signatureAt(k *knowledge, i, end int, m mark) oldSignature {
	how, s := k.nameLine(r.lines[i].text)
	o := oldSignature{from: i, to: i + 1}
	o.name = how
	o.add(s)
	r.extend(k, &o, end, m)
	return o
}

// extend goes on as far as lines are explained. Lines for which little speaks
// count when one follows for which much does.
func (r *Reading) extend(k *knowledge, o *oldSignature, end int, m mark) {
	unexplained, foreign := 0, false
	var pending tally
	for j := o.to; j < end && j-o.from < longestWhole && r.lines[j].own; {
		text := r.lines[j].text
		if known.Postscript(text) {
			return
		}
		if n := r.notice(j, end); n > 0 {
			j += n
			o.to, unexplained = j, 0
			continue
		}
		s := k.read(text)
		if s.sense > unsaid && s.sense < usual && s.values == 0 && !s.told && s.spoken(text) {
			s = said{sense: unsaid}
		}
		if m == marked && s.sense == unsaid && shortNotice(text) {
			s.sense = usual
		}
		if s.sense == unsaid && m > unmarked && r.page != nil && r.linked(j) && invitationPhrases.Begins(known.PlainForm(text)) != "" {
			s.sense = usual
		}
		titles := s.title && s.sense == between && o.reach == 0 && j-o.from <= longestTitles
		again, _ := k.nameLine(text)
		switch {
		case again == fully && o.name == partly, s.unknown && !s.phone && foreign && m < marked:
			return // somebody else stands between, or what the author typed above
		case j > o.to && again != notNamed, j-o.from >= longestSignature, s.sense == strange, s.unknown && m == unmarked && s.sense == between:
			return
		case s.sense >= usual, m > unmarked && unexplained == 0 && (s.sense == likely || titles), s.pictured && r.signs(j, m):
			o.add(pending.said())
			o.add(s)
			o.logo = o.logo || s.pictured
			o.to, unexplained, pending = j+1, 0, tally{}
		case s.sense == unsaid:
			foreign = true
			if unexplained++; m == unmarked || unexplained > longestUnsaid || !mayStand(text, m, j-o.from) {
				return
			}
		default:
			pending.add(s)
		}
		j++
	}
}

// spoken reports whether a line that may be a title or a company reads as what
// somebody says, "works for me": as a company it begins with a small letter, or it ends
// as a sentence does and in no abbreviation.
func (s *said) spoken(text string) bool {
	first := strings.IndexFunc(text, unicode.IsLetter)
	if first < 0 {
		return false
	}
	if r, _ := utf8.DecodeRuneInString(text[first:]); unicode.IsLower(r) && s.sense == likely && !s.title {
		return true
	}
	words := strings.Fields(known.Fold(text))
	last := strings.Trim(words[len(words)-1], ".()")
	partOfName := strings.Contains(last, ".") || strings.ContainsFunc(last, unicode.IsDigit) // "Α.Ε.", "Fő utca 7."
	return len(words) > 1 && known.Concludes(text) && !partOfName && !abbreviations[last]
}

// abbreviations are those without a period within that titles, companies and
// addresses end in.
var abbreviations = func() map[string]bool {
	words := map[string]bool{}
	for w := range strings.FieldsSeq("str ave blvd rd dept div no nr tel jr sr esq mgr inż ing dipl доб ул стр") {
		words[w] = true
	}
	for _, form := range known.CompanyForms {
		for _, text := range form.Texts {
			words[strings.Trim(text, ".")] = true
		}
	}
	return words
}()

// said is what pending lines add when they count.
func (t *tally) said() said {
	return said{values: t.values, phone: t.phone, mail: t.mail, role: t.role, reach: t.reach > 0}
}

// mayStand reports whether a line that nothing speaks for may stand between others
// of a signature, n lines below the name: a title, and in what is marked as a
// signature anything short that is nothing to note down.
func mayStand(text string, m mark, n int) bool {
	const most = 80
	if known.Announces(text) || known.LeadsOn(text) {
		return false
	}
	if m == marked {
		return !sentence(text) && utf8.RuneCountInString(text) <= most && !strings.ContainsAny(text, ":?@：？") && !strings.ContainsFunc(text, unicode.IsDigit)
	}
	return n <= longestTitles && titular(text)
}

// sentence reports whether a line is one that somebody is told: more than a motto,
// and ended as a sentence is.
func sentence(text string) bool {
	const motto = 3 // words
	return known.Concludes(text) && (len(strings.Fields(text)) > motto || known.Unspaced(text))
}

// titular reports whether a line may be a title or a department that no table
// knows: a few words, no sentence, nothing to note down.
func titular(text string) bool {
	const most, words = 60, 7
	if utf8.RuneCountInString(text) > most || len(strings.Fields(text)) > words || known.Concludes(text) || known.LeadsOn(text) || known.ClosingOf(text) != known.NoClosing {
		return false
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, "*_ \"'„“»"))
	if unicode.IsLower(first) || strings.ContainsFunc(text, unicode.IsDigit) || strings.ContainsAny(text, ":?!@：？！") {
		return false
	}
	return unicode.IsLetter(first) && !articled(known.PlainForm(text))
}

// head is the first line that belongs to the signature whose name stands in line
// i: pictures, the company's name and a row of signs, where nothing but a closing
// or the beginning of what is marked stands above them. A row says by itself that
// something else begins.
func (r *Reading) head(k *knowledge, i, start int, m mark) int {
	h := i
	for h > start && i-h < longestHead && r.lines[h-1].own {
		text := r.lines[h-1].text
		if drawn(text) || shortRow(text) && r.signedAbove(k, h-1) {
			return h - 1
		}
		s := k.read(text)
		company := s.sense >= between && !s.reach && (s.values != 0 || k.holdsWords(known.PlainForm(text)))
		if !s.pictured && !company && !isSlogan(text) {
			break
		}
		h--
	}
	switch {
	case h == start && m == marked, h > 0 && r.lines[h-1].own && known.ClosingOf(r.lines[h-1].text) != known.NoClosing:
		return h
	case r.logosAbove(i, h):
		return h
	}
	return r.besideName(i, h)
}

// logosAbove reports whether the lines from h on to the name in line i are logos that
// stand directly above it, and something else stands above them.
func (r *Reading) logosAbove(i, h int) bool {
	if r.page == nil || h == i || h == 0 || !r.apart(h) {
		return false
	}
	for j := h; j < i; j++ {
		if known.WithoutImages(r.lines[j].text) != "" || r.apart(j+1) || !r.logos(j, lowestBanner) {
			return false
		}
	}
	return true
}

// drawn reports whether a line is a row of signs drawn above or below a signature:
// "______", "━━━━━━", "* * * * *". Three asterisks part the sections of a letter.
func drawn(text string) bool {
	const shortest = 5
	signs := 0
	for _, c := range text {
		switch {
		case c == ' ':
		case drawing(c):
			signs++
		default:
			return false
		}
	}
	return signs >= shortest
}

// shortRow reports whether a line is a short row of dashes that stands for a delimiter.
func shortRow(text string) bool {
	const longest = len("———")
	return text != "" && len(text) <= longest && strings.Trim(text, "-–—_") == ""
}

// signedAbove reports whether line j stands below a closing, or below the name that the
// author typed under one.
func (r *Reading) signedAbove(k *knowledge, j int) bool {
	if j > 1 && r.lines[j-1].own {
		if k.typedName(r.lines[j-1].text) {
			j--
		}
	}
	return j > 0 && r.lines[j-1].own && known.ClosingOf(r.lines[j-1].text) != known.NoClosing
}

// drawing reports whether rows are drawn with a sign; smiles are no such signs.
func drawing(c rune) bool {
	const lastOfPlane = 0xffff // behind it stand the smiles
	if c < utf8.RuneSelf {
		return strings.ContainsRune("-=_~*#+.:<>^|/\\", c)
	}
	return c == 'ー' || c <= lastOfPlane && c != known.Image && (unicode.IsSymbol(c) || unicode.IsPunct(c))
}

// besideName is the first of the lines from h on that stands in the same table as
// the name in line i: a logo in the cell beside it.
func (r *Reading) besideName(i, h int) int {
	if r.page == nil {
		return i
	}
	table := r.table(i)
	for table >= 0 && h < i && !(r.page.elems[table].start <= r.lines[h].start) {
		h++
	}
	if table < 0 {
		return i
	}
	if h > 0 && r.lines[h-1].start >= r.page.elems[table].start {
		return i // something else stands in it
	}
	return h
}

// context is what stands above a signature.
type context struct {
	mark
	content bool // something there says that the data are what the mail is about
	rich    bool // a number stands there: only a signature with all that belongs to one counts
}

// above looks at what stands above line i: a closing, then what the author wrote.
func (r *Reading) above(k *knowledge, i int) context {
	c := context{}
	j := i - 1
	if j >= 0 && r.lines[j].own {
		if j > 0 && known.ClosingOf(r.lines[j-1].text) != known.NoClosing && k.typedName(r.lines[j].text) {
			j-- // the author typed their name, and the client put the signature below
		}
	}
	loose := false
	for n := 0; n < 3 && j >= 0 && r.lines[j].own; n++ {
		how := known.ClosingOf(r.lines[j].text)
		if how == known.NoClosing && n == 0 && r.closingGoesOn(k, j) {
			j--
			how = known.ClosingOf(r.lines[j].text)
		}
		if how == known.NoClosing && n == 0 && r.wish(j) {
			how = known.LooseClosing
		}
		if how == known.NoClosing {
			break
		}
		loose = loose || how == known.LooseClosing && c.mark == unmarked
		c.mark = greeted
		if how == known.LooseClosing && known.Announces(r.lines[j].text) {
			c.content = true
		}
		j--
	}
	if j < 0 || !r.lines[j].own {
		c.content = c.content || c.mark == unmarked || loose // it is all there is
		return c
	}
	text := r.lastWords(j)
	switch {
	case known.LeadsOn(r.lines[j].text) && !salutes(r.lines[j].text, c.mark):
		c.content = true
	case c.mark == greeted && !loose:
		c.content = c.content || known.PointsBelow(text)
	case c.mark == greeted:
		c.content = c.content || known.Announces(text)
	default:
		s := k.read(r.lines[j].text)
		c.content = !known.Concludes(r.lines[j].text) || !r.lines[i].gap || bulleted(r.lines[j].text)
		switch {
		case c.content:
		case s.reach && reports(r.lines[j].text):
			c.content = known.MayAnnounce(behindNumbers(text)) || known.BelowPhrases.In(known.PlainForm(text))
			c.rich = true
		default:
			c.content = s.reach || known.MayAnnounce(text)
		}
	}
	return c
}

// wish reports whether line j is a short one that ends in a comma and has the author's
// text above it: what people wish above their name, in words that no table knows.
func (r *Reading) wish(j int) bool {
	const fewest, most = 2, 5 // words
	text := r.lines[j].text
	words := len(strings.Fields(text))
	last, _ := utf8.DecodeLastRuneInString(text)
	if j == 0 || !r.lines[j-1].own || !r.apart(j) || !strings.ContainsRune(",，、،", last) || words < fewest || words > most {
		return false
	}
	first, _ := utf8.DecodeRuneInString(text)
	return !unicode.IsLower(first) && !strings.ContainsFunc(text, unicode.IsDigit) && !known.MayAnnounce(text)
}

// closingGoesOn reports whether line j goes on with the closing in the line above
// it: "Mit besten Grüßen / auch im Namen von Frau Klein".
func (r *Reading) closingGoesOn(k *knowledge, j int) bool {
	const longest = 60 // characters
	text := r.lines[j].text
	if j == 0 || !r.lines[j-1].own || r.apart(j) || known.ClosingOf(r.lines[j-1].text) == known.NoClosing || strings.HasSuffix(r.lines[j-1].text, ".") {
		return false
	}
	if utf8.RuneCountInString(text) > longest || known.LeadsOn(strings.TrimRight(text, ",，")) || strings.ContainsFunc(text, unicode.IsDigit) || strings.ContainsAny(text, ":@?：？") || known.Announces(text) {
		return false
	}
	if how, _ := k.nameLine(text); how != notNamed {
		return false
	}
	first, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLower(first) || known.BehalfPhrases.Begins(known.PlainForm(text)) != ""
}

// apart reports whether a reader sees a blank line above line j. In HTML every
// paragraph may have a gap of its own.
func (r *Reading) apart(j int) bool {
	return r.lines[j].gap && (r.page == nil || r.blankLine(int(r.lines[j-1].end), int(r.lines[j].start), true))
}

// reports reports whether a line with a number in it is a sentence that says what
// the number is, so that it announces no other.
func reports(text string) bool {
	const fewest = 5 // words
	words := 0
	for _, w := range strings.Fields(text) {
		if !strings.ContainsFunc(w, unicode.IsDigit) && strings.ContainsFunc(w, unicode.IsLower) {
			words++
		}
	}
	return words >= fewest && !strings.ContainsAny(text, "@|") && !strings.Contains(text, ": ")
}

// behindNumbers is what a text says behind the last of its numbers.
func behindNumbers(text string) string {
	return text[strings.LastIndexAny(text, "0123456789")+1:]
}

// salutes reports whether a line that ends in a comma is nothing but the beginning
// of a letter with a closing below it, or of the closing itself.
func salutes(text string, m mark) bool {
	return m == greeted && !strings.HasSuffix(text, ":") && !strings.HasSuffix(text, "：")
}

// lastWords is the end of what the author wrote, up to line j.
func (r *Reading) lastWords(j int) string {
	const lines, most = 2, 400
	text := r.lines[j].text
	for n := 1; n < lines && j-n >= 0 && r.lines[j-n].own && !r.lines[j-n+1].gap; n++ {
		text = r.lines[j-n].text + " " + text
	}
	if len(text) > most {
		at := len(text) - most
		for !utf8.RuneStart(text[at]) {
			at++
		}
		text = text[at:]
	}
	return text
}

// bulleted reports whether a line is an item of a list.
func bulleted(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	if strings.ContainsRune("-*•·–◦▪●", first) {
		return true
	}
	n := len(text) - len(strings.TrimLeft(text, "0123456789"))
	return n > 0 && n < 3 && n < len(text) && (text[n] == '.' || text[n] == ')')
}

// below reports whether what follows a signature lets it be one: nothing, or what
// the author wrote below it. Somebody else's data, or another closing, do not.
func (r *Reading) below(k *knowledge, to, end int, m mark) bool {
	if to >= end || known.Postscript(r.lines[to].text) {
		return true
	}
	if m == unmarked {
		return false
	}
	const near = 8
	for j := to; j < min(end, to+near); j++ {
		s := k.read(r.lines[j].text)
		if s.reach || s.unknown {
			return false
		}
		if m == greeted && (known.ClosingOf(r.lines[j].text) != known.NoClosing || s.sense > unsaid && !s.pictured) {
			return false
		}
	}
	return true
}
