package insert

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"sigmilter/milter/insert/known"
)

// Learned signatures: the last lines that several of a person's mails share, on
// different days, are the person's signature if they name them. What repeats is
// not always a signature, though: a weekly reminder may end in the address that
// things are to be sent to. So repeating alone counts for nothing. The lines must
// begin with the person's own data, and what stands above them must say that they
// are no part of the text:
//
//   - a closing, and the name below it that is not part of the signature; or
//   - a whole sentence that no mail of another day has above these lines, where the
//     mails of two other days have yet others.
//
// Lines are compared by keyed hashes; nobody has the text of earlier mails.

// MaxEnding is how many of a text's last lines are remembered.
const MaxEnding = 16

// LineHash stands for a line: 48 bits of a hash of the line, and 16 of one of its
// last characters. The latter tell whether lines that are not the same end alike,
// as "Send it by Friday to this address." and "by Monday to this address." do.
type LineHash uint64

const tailBits = 1<<16 - 1

func (h LineHash) sameLine(o LineHash) bool { return h&^tailBits == o&^tailBits }
func (h LineHash) sameTail(o LineHash) bool { return h&tailBits == o&tailBits }

// Ending is what is remembered of how a mail ended.
type Ending struct {
	Lines       []LineHash // the last first
	Signature   int        // how many of them were known to be the signature; 0 for none
	First, Last int        // days on which a mail ended so, counted from any day
}

// Memory is what is remembered of a person's mails.
type Memory struct {
	Hash    func(text string) uint64 // keyed
	Today   int                      // the day of the mail in hand
	Endings []Ending
}

// hashed is a line's hash.
func (m *Memory) hashed(text string) LineHash {
	const tail = 12 // characters
	end := len(text)
	for n := 0; n < tail && end > 0; n++ {
		_, size := utf8.DecodeLastRuneInString(text[:end])
		end -= size
	}
	return LineHash(m.Hash(text)&^tailBits | m.Hash("\x00"+text[end:])&tailBits)
}

// ending is the end of the newest text: the author's last lines, from the last
// upwards, as far as they stand together.
type ending struct {
	last      int   // where it was looked for
	lines     []int // their indexes
	hashes    []LineHash
	signature int // how many of them are known to be the person's signature, 0 for none
}

// endingOf is the end of the newest text, above a phone's sign-off.
func (r *Reading) endingOf(p *Person) *ending {
	last := r.aboveSignoff()
	if r.ends != nil && r.ends.last == last {
		return r.ends
	}
	e := &ending{last: last}
	for i := last; i >= 0 && r.lines[i].own && len(e.lines) < MaxEnding; i-- {
		e.lines = append(e.lines, i)
		e.hashes = append(e.hashes, p.Memory.hashed(r.canonical(i)))
	}
	if len(p.Memory.Endings) > 0 {
		e.signature = r.learnedLines(e, p)
	}
	r.ends = e
	return e
}

// aboveSignoff is the author's last line above a phone's, -1 for none.
func (r *Reading) aboveSignoff() int {
	if last := r.signoff(r.last, nil).from - 1; last >= 0 {
		return last
	}
	return r.last
}

// Ending is how the newest text ends, as it is remembered, and false when there is
// too little to learn from.
func (r *Reading) Ending(p *Person) (Ending, bool) {
	if p.Memory == nil {
		return Ending{}, false
	}
	e := r.endingOf(p)
	if len(e.lines) <= shortestLearned {
		return Ending{}, false
	}
	return Ending{Lines: e.hashes, Signature: e.signature, First: p.Memory.Today, Last: p.Memory.Today}, true
}

// shortestLearned is how many lines a learned signature has at least.
const shortestLearned = 2

// orLearned is what was found of an old signature, or in its place the signature
// that was learned, when that holds all of it.
func (r *Reading) orLearned(f found, p *Person) found {
	if p.Memory == nil || f.ours || p.Other != nil && (f.found() || len(p.Other.Lines) == 0) {
		return f // the other form says what goes
	}
	e := r.endingOf(p)
	if e.signature == 0 {
		return f
	}
	from, to := e.lines[e.signature-1], e.last+1
	if from > 0 && r.lines[from-1].own && r.lines[from-1].text == "--" {
		from--
	}
	if f.found() && (f.from < from || f.to > to || to-from == f.to-f.from) {
		return f
	}
	return r.stretch(from, to, "learned")
}

// learnedLines is how many of the last lines are known to be the person's
// signature, 0 for none.
func (r *Reading) learnedLines(e *ending, p *Person) int {
	n, closed := r.belowClosing(e, p)
	if !closed {
		shared := p.Memory.diverges(e.hashes)
		if shared == 0 || !r.endsText(e.lines[shared]) {
			return 0
		}
		for n = shared; n > 0 && isDelimiter(r.lines[e.lines[n-1]].text); {
			n--
		}
	}
	switch {
	case n < shortestLearned || !p.Memory.onOtherDays(e.hashes[:n]):
		return 0
	case !r.beginsSignature(e, n, p, closed), !r.isData(e.lines[:n], p):
		return 0
	}
	return n
}

// shares reports whether a mail that was remembered ended in these lines too.
func (e *Ending) shares(lines []LineHash) bool {
	return len(e.Lines) >= len(lines) && slices.EqualFunc(e.Lines[:len(lines)], lines, LineHash.sameLine)
}

// otherDays are the days but today on which a mail ended so.
func (m *Memory) otherDays(e *Ending) []int {
	return slices.DeleteFunc([]int{e.First, e.Last}, func(day int) bool { return day == m.Today })
}

// onOtherDays reports whether mails of two other days ended in these lines.
func (m *Memory) onOtherDays(lines []LineHash) bool {
	var days []int
	for i := range m.Endings {
		if e := &m.Endings[i]; e.shares(lines) {
			days = append(days, m.otherDays(e)...)
		}
	}
	return len(days) > 1 && slices.Min(days) != slices.Max(days)
}

// diverges is how many last lines the mail in hand shares with mails of two other
// days while the line above them ends otherwise in each, and is in none of another
// day; 0 for none.
func (m *Memory) diverges(lines []LineHash) int {
	for n := len(lines) - 1; n > 0; n-- {
		if !m.divergesAt(lines, n) {
			continue
		}
		for i := range m.Endings {
			if e := &m.Endings[i]; e.shares(lines[:n+1]) && len(m.otherDays(e)) > 0 {
				return 0
			}
		}
		return n
	}
	return 0
}

func (m *Memory) divergesAt(lines []LineHash, n int) bool {
	var others []*Ending // that share n lines, with another line above
	for i := range m.Endings {
		e := &m.Endings[i]
		if e.shares(lines[:n]) && len(e.Lines) > n && !e.Lines[n].sameTail(lines[n]) {
			others = append(others, e)
		}
	}
	for i, one := range others {
		for _, two := range others[i+1:] {
			if !one.Lines[n].sameTail(two.Lines[n]) && apart(m.otherDays(one), m.otherDays(two)) {
				return true
			}
		}
	}
	return false
}

// apart reports whether two mails may be of different days.
func apart(one, two []int) bool {
	for _, a := range one {
		for _, b := range two {
			if a != b {
				return true
			}
		}
	}
	return false
}

// belowClosing is how many lines stand below the last closing, the name that the
// author greets with left out, and whether there is a closing at all. A delimiter
// closes the text too.
func (r *Reading) belowClosing(e *ending, p *Person) (n int, closed bool) {
	for n, i := range e.lines {
		text := r.lines[i].text
		if text == "--" {
			return n, true
		}
		switch how := known.ClosingOf(text); {
		case how == known.NoClosing:
			continue
		case how == known.LooseClosing && known.MayAnnounce(text): // "Send it to this address, thanks"
			return 0, true
		}
		if n > 0 && r.isGreetingName(e, n-1, p) {
			n--
		}
		return n, true
	}
	return 0, false
}

// isGreetingName reports whether a line below a closing is the name that the author
// writes there, rather than that of the signature: it is one word, or the name
// follows once more.
func (r *Reading) isGreetingName(e *ending, n int, p *Person) bool {
	text := r.lines[e.lines[n]].text
	words := strings.Fields(text)
	switch {
	case len(words) > 2 || strings.ContainsAny(text, "@0123456789") || strings.ContainsRune(text, known.Image):
		return false
	case len(words) == 1 && known.Fold(text) != known.Fold(p.Name):
		return true
	}
	return n > 0 && r.lines[e.lines[n-1]].gap && p.beginsWithName(r.lines[e.lines[n-1]].text)
}

// beginsSignature reports whether the uppermost of the last n lines is the beginning
// of a signature: a line of the person's own data, as a paragraph of its own unless
// a closing stands above. Pictures may stand above it there.
func (r *Reading) beginsSignature(e *ending, n int, p *Person, closed bool) bool {
	first := n - 1
	for closed && first > 0 && known.WithoutImages(r.lines[e.lines[first]].text) == "" {
		first--
	}
	l := &r.lines[e.lines[first]]
	if !closed && !l.gap && !isDelimiter(r.lines[e.lines[n]].text) {
		return false
	}
	const longest = 8 // words; more are a sentence
	return len(strings.Fields(l.text)) <= longest && (p.beginsWithName(l.text) || p.valueIn(l.text))
}

// isData reports whether lines, the last first, say whose they are and nothing that
// asks or announces something. Nothing but names are several people who sign.
func (r *Reading) isData(lines []int, p *Person) bool {
	owned, data := false, false
	for n, i := range lines {
		text := r.lines[i].text
		if known.Postscript(text) {
			return false
		}
		if endsInColon(text) && !(n > 0 && isLabel(known.PlainForm(text)) && p.reachedBy(r.lines[lines[n-1]].text)) {
			return false
		}
		named := p.nameIn(text)
		owned = owned || named || p.reachedBy(text)
		data = data || p.valueIn(text) || !named && !maybeName(text)
	}
	return owned && data
}

// maybeName reports whether a line may be the name of somebody: a few words, each with
// a capital where the script has capitals.
func maybeName(text string) bool {
	const (
		most      = 4 // words
		unblanked = 6 // characters in a script without blanks
	)
	words := strings.Fields(text)
	if len(words) > most || strings.ContainsAny(text, "@0123456789/|&") || unspacedIn(text) && utf8.RuneCountInString(text) > unblanked {
		return false
	}
	return !slices.ContainsFunc(words, func(w string) bool {
		first, _ := utf8.DecodeRuneInString(w)
		return unicode.IsLower(first)
	})
}

// endsText reports whether a line ends what the author has to say: it is a whole
// sentence, no salutation, and announces nothing.
func (r *Reading) endsText(i int) bool {
	text := r.lines[i].text
	words := len(strings.Fields(text))
	first := i == 0 || !r.lines[i-1].own
	const (
		shortest  = 4  // words of a sentence that stands alone
		unblanked = 10 // characters of one in a script without blanks
	)
	if first && words < shortest && !(unspacedIn(text) && utf8.RuneCountInString(text) >= unblanked) {
		return false
	}
	return known.Concludes(text) && !known.MayAnnounce(text)
}

// unspacedIn reports whether a text is of a script without blanks between words.
func unspacedIn(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) && !known.Spaced(r) })
}

// canonical is a line as it is compared, in HTML and in plain text: in one case,
// without blanks, without where its links lead.
func (r *Reading) canonical(i int) string {
	l := &r.lines[i]
	text := strings.ReplaceAll(known.WithoutImages(l.text), "*", "")
	if bare := strings.TrimSpace(withoutTargets(text)); bare != "" {
		text = bare
	}
	if text == "" {
		return r.pictureKey(l)
	}
	return squeeze(known.Fold(text))
}

// pictureKey tells the pictures of a line: by what stays the same from mail to
// mail, which their addresses do not.
func (r *Reading) pictureKey(l *line) string {
	if r.page == nil {
		return string(known.Image)
	}
	key := []byte(string(known.Image))
	z := nethtml.NewTokenizer(bytes.NewReader(r.src[l.start:l.end]))
	for tt := z.Next(); tt != nethtml.ErrorToken; tt = z.Next() {
		if tt != nethtml.StartTagToken && tt != nethtml.SelfClosingTagToken {
			continue
		}
		t := z.Token()
		if t.DataAtom != atom.Img {
			continue
		}
		for _, a := range t.Attr {
			if slices.Contains([]string{"alt", "width", "height"}, a.Key) {
				key = append(append(key, a.Key...), a.Val...)
			}
		}
	}
	return string(key)
}

// nameParts are the words of the person's names in plain form.
func (p *Person) nameParts() []string {
	const shortest = 2 // characters
	all := strings.Join(append([]string{p.Name, p.Given, p.Surname}, p.Nicknames...), " ")
	return slices.DeleteFunc(strings.FieldsFunc(known.PlainForm(all), notOfName), func(w string) bool {
		return utf8.RuneCountInString(w) < shortest
	})
}

func notOfName(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '-' && r != '\''
}

// nameIn reports whether a word of the person's names is in a text.
func (p *Person) nameIn(text string) bool {
	plain := known.PlainForm(text)
	words := strings.FieldsFunc(plain, notOfName)
	return slices.ContainsFunc(p.nameParts(), func(part string) bool {
		return slices.Contains(words, part) || unspacedIn(part) && strings.Contains(plain, part)
	})
}

// beginsWithName reports whether a text begins with a word of the person's names, or
// with titles and initials before it.
func (p *Person) beginsWithName(text string) bool {
	parts := p.nameParts()
	for _, w := range strings.Fields(known.PlainForm(strings.Trim(text, "*_ "))) {
		bare := strings.TrimFunc(w, notOfName)
		if slices.ContainsFunc(parts, func(part string) bool {
			return part == bare || unspacedIn(part) && strings.HasPrefix(bare, part)
		}) {
			return true
		}
		if !strings.Contains(w, ".") && !known.NameTitles[bare] && utf8.RuneCountInString(w) > 1 {
			return false
		}
	}
	return false
}

// valueIn reports whether a text has something of the person's directory data.
func (p *Person) valueIn(text string) bool {
	plain := known.PlainForm(text)
	return p.reachedBy(text) || slices.ContainsFunc(slices.Concat(p.Roles, p.Values), func(v string) bool {
		const shortest = 4 // bytes
		return !isNumber(v) && len(v) >= shortest && strings.Contains(plain, known.PlainForm(v))
	})
}

// reachedBy reports whether a text has an address or a number of the person.
func (p *Person) reachedBy(text string) bool {
	plain := known.PlainForm(text)
	if slices.ContainsFunc(p.Addresses, func(a string) bool { return strings.Contains(plain, known.PlainForm(a)) }) {
		return true
	}
	digits := digitsOf(plain)
	return len(digits) >= shortestNumber && slices.ContainsFunc(p.Values, func(v string) bool {
		d := digitsOf(v)
		return isNumber(v) && strings.Contains(digits, d[len(d)-shortestNumber:])
	})
}

// shortestNumber is how many digits tell a phone number, whatever stands before them.
const shortestNumber = 7

// isNumber reports whether a value is a phone number.
func isNumber(v string) bool {
	n := len(digitsOf(v))
	return n >= shortestNumber && n*2 >= len(v)
}
