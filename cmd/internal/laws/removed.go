package laws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// removed holds what was taken out of a text to the second half of law 2: each
// line of it is a marker, a sign-off, or the author's own old signature. What the
// report says of it does not count.
func (c *checker) removed(p *part, x *aligner) {
	if len(x.gone) == 0 {
		return
	}
	gone := make([]bool, x.a.size())
	for _, g := range x.gone {
		if x.html {
			c.taken = append(c.taken, x.a.src[x.a.units[g.start].start:x.a.units[g.end-1].end])
		}
		for i := g.start; i < g.end; i++ {
			gone[i] = true
		}
	}
	if c.author == nil {
		c.author = newAuthor(c.options.Person, c.options.Blocks)
	}
	r := removal{author: c.author, marker: string(squeeze(c.options.Marker)), signoffs: c.options.Signoffs, rows: x.a.rows(gone, x.html)}
	for _, l := range r.losses() {
		c.breach(2, p, "%s", l)
	}
}

// removal is a text as rows, some of which were taken out.
type removal struct {
	author   *author
	marker   string // squeezed
	signoffs []*regexp.Regexp
	rows     []row
}

// losses says for each line that must not have gone why it must not.
func (r *removal) losses() []string {
	var all []string
	for from := 0; from < len(r.rows); from++ {
		to := from
		for to < len(r.rows) && r.rows[to].gone {
			to++
		}
		if to > from {
			all = append(all, r.stretch(from, to)...)
			from = to
		}
	}
	return all
}

// stretch judges the rows [from, to), which were taken out and stand together.
func (r *removal) stretch(from, to int) []string {
	known := make([]bool, to-from)
	for i := from; i < to; i++ {
		known[i-from] = r.isMarker(i)
	}
	var all []string
	for i := from; i < to; i++ {
		if n := r.signoffAt(i, to); n > 0 && !known[i-from] {
			if why := r.misplacedSignoff(i, i+n); why != "" {
				all = append(all, loss(r.rows[i:i+n], why))
			}
			for ; n > 0; n-- {
				known[i-from] = true
				i++
			}
			i--
		}
	}
	first, last := to, from // of what must be a signature
	for i := from; i < to; i++ {
		if !known[i-from] && !(isDelimiter(r.rows[i].text) && r.besideKnown(i, from, known)) {
			first, last = min(first, i), i+1
		}
	}
	if first < last {
		s := oldSignature{removal: r, from: first, to: last, known: known[first-from:]}
		all = append(all, s.losses()...)
	}
	return all
}

// besideKnown reports whether only rows that are known follow row i, or stand
// before it: a delimiter goes with what it delimits.
func (r *removal) besideKnown(i, from int, known []bool) bool {
	return i-from+1 < len(known) && known[i-from+1] || i > from && known[i-from-1]
}

// isMarker reports whether what was taken out of row i is markers.
func (r *removal) isMarker(i int) bool {
	s := string(squeeze(r.rows[i].text))
	return r.marker != "" && s != "" && strings.ReplaceAll(s, r.marker, "") == ""
}

// wrappedInto is in how many lines clients wrap a sign-off.
const wrappedInto = 4

// signoffAt is how many rows from i on are one sign-off, with the apology and the
// link below it.
func (r *removal) signoffAt(i, to int) int {
	n := 0
	for k := 1; k <= wrappedInto && i+k <= to && n == 0; k++ {
		if k > 1 && (r.rows[i+k-1].gap || SignsOff(r.rows[i+k-1].text)) {
			break
		}
		if r.isSignoff(joinRows(r.rows[i : i+k])) {
			n = k
		}
	}
	if n == 0 {
		return 0
	}
	for i+n < to && !r.rows[i+n].gap && goesOn(r.rows[i+n-1].text, r.rows[i+n].text) && r.isSignoff(joinRows(r.rows[i:i+n+1])) {
		n++
	}
	for i+n < to {
		text := r.rows[i+n].text
		m := 0
		switch {
		case linksToClient(text), apologises(text):
			m = 1
		case i+n+2 <= to && !r.rows[i+n+1].gap && apologises(joinRows(r.rows[i+n:i+n+2])):
			m = 2
		}
		if m == 0 {
			break
		}
		n += m
	}
	return n
}

func (r *removal) isSignoff(text string) bool {
	return SignsOff(text) || slices.ContainsFunc(r.signoffs, func(re *regexp.Regexp) bool {
		return re.MatchString(text) || re.MatchString(strings.ToLower(text))
	})
}

func joinRows(rows []row) string {
	var texts []string
	for _, r := range rows {
		texts = append(texts, r.text)
	}
	return strings.Join(texts, " ")
}

// misplacedSignoff says why the rows [from, to), which read as a sign-off, are
// part of something the author wrote.
func (r *removal) misplacedSignoff(from, to int) string {
	first := &r.rows[from]
	switch {
	case first.glued:
		return "which goes on in a line of the author's"
	case from == 0 || r.rows[from-1].gone || r.rows[from-1].cited:
		return ""
	}
	above := r.rows[from-1].text
	switch {
	case !first.gap && goesOn(above, first.text):
		return "which goes on with the sentence above"
	case announces(above):
		return "which the line above announces"
	case numbered.MatchString(first.text):
		return "which is of a list"
	}
	return ""
}

var numbered = regexp.MustCompile(`^(?:\d{1,2}[.)]|[a-z]\)|[-*•–])\s`)

// brands are those written with a small letter first.
var brands = regexp.MustCompile(`^(?:i(?:Phone|Pad|Pod|OS|Mac)|e[mM] Client|vivo|realme|mail\.)`)

// goesOn reports whether a line reads as the rest of a sentence that the line
// above begins.
func goesOn(above, text string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, "\"'„“«("))
	if endsSentence(above) || len(tokens(above)) < 2 {
		return false
	}
	last := strings.ToLower(tokens(above)[len(tokens(above))-1])
	return (unicode.IsLower(r) && !brands.MatchString(text)) || slices.Contains(articles, last)
}

// articles are words that no line ends with but one that a client broke.
var articles = words("the a an my on of der die das dem den mein meinem le la les l' mon ma el los mi il lo mio o os meu de het mijn")

func endsSentence(s string) bool {
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, "\"'”’»)] "))
	return strings.ContainsRune(".!?…。！？:：,;-–—*_"+string(object), last)
}

// announces reports whether a line tells that what stands below it is meant: it
// ends in a colon, and is no closing or greeting.
func announces(text string) bool {
	text = strings.TrimRight(text, " *_")
	return (strings.HasSuffix(text, ":") || strings.HasSuffix(text, "：")) && !closes(text[:len(text)-1]) && !greets(text)
}

var greeting = vocabulary(`hi hello dear hallo hey liebe lieber sehr guten moin servus bonjour bonsoir salut cher chère hola estimado estimada buenos buenas querido querida ciao buongiorno gentile caro egregio olá caro prezado prezada bom boa hoi beste geachte dag hej hei kære kjære
	cześć witam dzień szanowny dobrý ahoj vážený dobrý kedves szia tisztelt bună dragă merhaba sayın привет здравствуйте добрый уважаемый шановний вітаю здравейте γεια αγαπητέ مرحبا שלום`)

func greets(text string) bool {
	words := tokens(strings.ToLower(text))
	const most = 6
	return len(words) > 0 && len(words) <= most && greeting.has(words[0])
}

// pointsToData reports whether a line says that the data below it are meant,
// though it ends without a colon: "In an emergency call".
func pointsToData(text string) bool {
	if announces(text) {
		return true
	}
	if closes(text) || greets(text) || endsSentence(text) && !strings.HasSuffix(text, ",") {
		return false
	}
	words := tokens(strings.ToLower(text))
	return len(words) > 1 && (announcing.has(words[len(words)-1]) || announcing.count(text) > 1 || containsAny(text, announcingGlyphs))
}

// isDelimiter reports whether a line is the one above a signature.
func isDelimiter(text string) bool {
	return text == "--" || text == "—" || text == "–" || text == "- -"
}

// loss says that rows must not have gone.
func loss(rows []row, why string) string {
	const most = 160
	return fmt.Sprintf("%.*q was taken out, %s", most, joinRows(rows), why)
}

// oldSignature is rows that were taken out and are no sign-off. They must be the
// author's own old signature.
type oldSignature struct {
	*removal
	from, to int
	known    []bool // of the rows: sign-offs and markers

	meanings  [][]meaning // of the rows, nil for those that nothing explains
	delimited int         // the first row that is a delimiter or below one
}

func (s *oldSignature) losses() []string {
	s.read()
	if why := s.misplaced(); why != "" {
		return []string{loss(s.rows[s.from:s.to], why)}
	}
	var all []string
	for i := s.from; i < s.to; i++ {
		if why := s.unexplained(i); why != "" {
			all = append(all, loss(s.rows[i:i+1], why))
		}
	}
	return all
}

// read finds what each row is.
func (s *oldSignature) read() {
	s.delimited = s.to
	s.meanings = make([][]meaning, s.to-s.from)
	if s.from > 0 && isDelimiter(s.rows[s.from-1].text) {
		s.delimited = s.from
	}
	for i := s.from; i < s.to; i++ {
		if isDelimiter(s.rows[i].text) {
			s.delimited = min(s.delimited, i)
		}
		if s.known[i-s.from] || s.meanings[i-s.from] != nil {
			continue
		}
		if _, pieces := s.author.means(s.rows[i].text); pieces != nil {
			s.meanings[i-s.from] = pieces
			continue
		}
		for n := s.noticeAt(i); n > 0; n-- {
			s.meanings[i-s.from+n-1] = []meaning{asLegal}
		}
	}
}

// wrapped is the least length of a line that a client has wrapped.
const wrapped = 45

// noticeAt is how many rows from i on are one notice that is wrapped over them.
func (s *oldSignature) noticeAt(i int) int {
	best := 0
	for n := 1; i+n <= s.to; n++ {
		if last := &s.rows[i+n-1]; n > 1 && last.gap {
			break
		}
		if isNotice(joinRows(s.rows[i : i+n])) {
			best = n
		}
		if text := s.rows[i+n-1].text; utf8.RuneCountInString(text) < wrapped {
			break
		}
	}
	return best
}

// has reports whether any piece of the rows means one of these.
func (s *oldSignature) has(want ...meaning) bool {
	return slices.ContainsFunc(s.meanings, func(row []meaning) bool {
		return slices.ContainsFunc(row, func(m meaning) bool { return slices.Contains(want, m) })
	})
}

// pieces is how many pieces are data of any kind.
func (s *oldSignature) pieces() int {
	n := 0
	for _, row := range s.meanings {
		for _, m := range row {
			if m != asOrnament && m != asPicture {
				n++
			}
		}
	}
	return n
}

// kept reports whether row i stands in an element that holds signatures, or below
// a delimiter.
func (s *oldSignature) kept(i int) bool { return s.rows[i].held || i >= s.delimited }

// misplaced says why the rows as a whole are not the author's old signature.
func (s *oldSignature) misplaced() string {
	first := &s.rows[s.from]
	switch {
	case first.ours || s.isBlock():
		return ""
	case first.glued:
		return "which goes on in a line of the author's"
	case first.cited:
		return "which stands in quoted mail"
	case !s.isTheirs():
		return "for which nothing speaks"
	case s.kept(s.from):
		return ""
	case s.pieces() < 2:
		return "which is a name and no more: so letters end"
	case s.headless():
		return "which does not begin as a signature does"
	}
	if why := s.announced(); why != "" {
		return why
	}
	return s.followed()
}

// isTheirs reports whether rows have the author's name or address, or their given
// name and more of them.
func (s *oldSignature) isTheirs() bool {
	if s.has(asName, asBlock) || s.ownAddress() {
		return true
	}
	return s.has(asOwnData) && (s.has(asGivenName) || s.kept(s.from))
}

func (s *oldSignature) ownAddress() bool {
	for i := s.from; i < s.to; i++ {
		if containsAny(strings.ToLower(s.rows[i].text), s.author.addresses) {
			return true
		}
	}
	return false
}

// isBlock reports whether all rows are those of the author's block of today.
func (s *oldSignature) isBlock() bool {
	return !slices.ContainsFunc(s.meanings, func(row []meaning) bool { return !slices.Contains(row, asBlock) })
}

// headless reports whether the rows begin with something that is neither theirs
// nor a company's, or with a picture that need not belong to them.
func (s *oldSignature) headless() bool {
	if numbered.MatchString(s.rows[s.from].text) {
		return true
	}
	for i := s.from; i < s.to; i++ {
		row := s.meanings[i-s.from]
		switch {
		case s.known[i-s.from], slices.Contains(row, asOrnament):
		case slices.Contains(row, asPicture):
			const large = 300
			r := &s.rows[i]
			beside := i+1 < s.to && r.table > 0 && s.rows[i+1].table == r.table
			if !beside && (max(r.width, r.height) > large || r.width == 0) {
				return true
			}
		default:
			return !slices.ContainsFunc(row, func(m meaning) bool {
				return m == asName || m == asGivenName || m == asOwnData || m == asBlock || m == asPost
			})
		}
	}
	return true
}

// announced says how the text above tells that the data are what the mail is
// about.
func (s *oldSignature) announced() string {
	if s.from == 0 || s.rows[s.from-1].cited {
		return ""
	}
	above := s.rows[s.from-1].text
	switch {
	case pointsToData(above):
		return "which the line above announces"
	case s.anotherPerson(above):
		return "which is one of several people's"
	}
	return ""
}

// anotherPerson reports whether a line has a number or an address that is not
// the author's.
func (s *oldSignature) anotherPerson(text string) bool {
	own, all := s.author.contacts(text)
	if all {
		return !own && digits(text) != ""
	}
	at := email.FindString(strings.ToLower(text))
	return at != "" && !slices.Contains(s.author.addresses, at) && len(tokens(text)) < 8
}

// followed says what of the author's text stands below that shows that the rows
// are part of it.
func (s *oldSignature) followed() string {
	const most = 4 // lines of a postscript
	n := 0
	for i := s.to; i < len(s.rows) && n <= most; i++ {
		row := &s.rows[i]
		if row.divided || row.cited || s.beginsOlder(i) {
			break
		}
		if row.glued {
			return "which goes on in a line of the author's"
		}
		if m, _ := s.author.means(row.text); m == asLegal || m == asOrnament || m == asPicture || m == asHabit || s.isSignoff(row.text) {
			continue
		}
		if s.anotherPerson(row.text) {
			return "which is one of several people's"
		}
		n++
	}
	if n > most {
		return "below which the author goes on"
	}
	return ""
}

// beginsOlder reports whether row i begins quoted mail by what it says.
func (r *removal) beginsOlder(i int) bool {
	text := r.rows[i].text
	if i+1 < len(r.rows) && !r.rows[i+1].gap { // an attribution over two lines
		if two := text + " " + r.rows[i+1].text; attribution.MatchString(two) {
			return true
		}
	}
	if attribution.MatchString(text) || dashed.MatchString(text) {
		return true
	}
	n := 0
	for n < 3 && i+n < len(r.rows) && labelled.MatchString(r.rows[i+n].text) {
		n++
	}
	return n == 3
}

var (
	attribution = regexp.MustCompile(`\d.*[:：]$|<[^<>\s]+@[^<>\s]+>|^\S.*---\s*\d`)
	dashed      = regexp.MustCompile(`^[-_=*#─━—–]{5,}|^[-_=*#]{2,}.*[-_=*#]{2,}$`)
	labelled    = regexp.MustCompile(`^[*_]?[\pL][\pL .'-]{0,30}[*_]?\s?[:：]`)
)

// unexplained says why row i must not have gone.
func (s *oldSignature) unexplained(i int) string {
	row := &s.rows[i]
	if s.known[i-s.from] || s.meanings[i-s.from] != nil {
		if m := s.meanings[i-s.from]; slices.Contains(m, asPicture) && min(row.width, row.height) > 400 {
			return "which is no picture of a signature"
		}
		return ""
	}
	const why = "for which nothing speaks"
	switch {
	case row.glued:
		return "which goes on in a line of the author's"
	case s.kept(i) && closes(row.text):
		return ""
	case closes(row.text), addressesSomebody(row.text), greets(row.text):
		return why
	case s.kept(i):
		return ""
	case s.betweenExplained(i) && !s.begins(i):
		return ""
	}
	return why
}

// betweenExplained reports whether rows that are explained stand above and below
// row i, and no more than one other besides it between them.
func (s *oldSignature) betweenExplained(i int) bool {
	const most = 2
	above, below := i-1, i+1
	for above >= s.from && s.meanings[above-s.from] == nil {
		above--
	}
	for below < s.to && s.meanings[below-s.from] == nil {
		below++
	}
	return above >= s.from && below < s.to && below-above-1 <= most
}

// begins reports whether row i may be the name of somebody else, whose data
// follow.
func (s *oldSignature) begins(i int) bool {
	words := strings.Fields(s.rows[i].text)
	if len(words) < 2 || len(words) > 4 {
		return false
	}
	for _, w := range words {
		if r, _ := utf8.DecodeRuneInString(w); !unicode.IsUpper(r) {
			return false
		}
	}
	const most = 4 // lines down to a number
	for j := i + 1; j < s.to && j <= i+most && !s.rows[j].gap; j++ {
		if s.anotherPerson(s.rows[j].text) {
			return true
		}
	}
	return false
}
