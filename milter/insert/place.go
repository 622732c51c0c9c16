package insert

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"sigmilter/milter/entity"
	"sigmilter/milter/work"
)

// Kind says how a text is to be read.
type Kind struct {
	HTML    bool
	Flowed  bool // plain text in format=flowed (RFC 3676)
	DelSp   bool // likewise, with the blanks at line ends to be deleted
	Reply   bool // the message is a reply or a forward, so that weak signs of quoted mail count
	Forward bool // it is a forward
	Later   bool // it goes on with a text that began in an earlier part
	// Work and Room are what reading it and finding places in it may cost; nil for no
	// limit.
	Work *work.Meter
	Room *work.Room
	// Recipients are the addresses that the message goes to.
	Recipients []string
}

// Settings are the four selections and what goes with them.
type Settings struct {
	Marker          string // what an author types where he wants the block; empty for none
	ReplaceExisting bool
	ReplaceSignoff  bool
	OnNew           bool
	OnReply         bool
	Signoffs        []*regexp.Regexp // further sign-offs of the admin, matched against a folded line
}

// Selects says whether the selections ask for a block in a reply, or in a new
// mail, that has no marker.
func (s *Settings) Selects(reply bool) bool {
	if reply {
		return s.OnReply
	}
	return s.OnNew
}

// Person is what is known of the author, to tell their old signature from text.
type Person struct {
	Name           string // as the directory shows it
	Given, Surname string
	Nicknames      []string // other names the directory has
	Addresses      []string
	Roles          []string // what they are: the title
	Values         []string // further directory values: phones, department, company ...
	// Other is what was found in another form of the same message, nil for none.
	Other *OtherForm
	facts *facts     // the above as it is compared, made once
	known *knowledge // likewise, for one message
	// Memory is what is remembered of earlier mails; nil when nothing is.
	Memory *Memory
}

// OtherForm is what one form of a message showed of the author's old signature.
type OtherForm struct {
	Lines []string // none: there is no signature that anybody would know without a mark
	Alts  []string // what is said in place of the pictures in it
	Shown bool     // a picture of the author's stands directly above it
	Ours  bool     // it was a block of ours
	Later int      // how often the same lines stand below it, as the author's own words
}

// Placement is where a block goes in one text.
type Placement struct {
	Edits     []entity.Edit
	Placed    string    // one of the Placed constants
	Separator string    // the rule that ended the newest text, empty when it runs to the end
	Beaten    []string  // the rules that spoke for an earlier end and were weaker
	By        string    // what told the old signature or the sign-off that it replaces
	Removed   []string  // the visible text that made room
	Old       OtherForm // the old signature, whether it is taken out or says already what it should
	// Here is the element of the block that stands there already, in HTML, so that there
	// are no edits.
	Here Element
}

// Element is an element of HTML: its id, and its source from start tag to end tag.
type Element struct{ ID, HTML string }

// How a block was placed, as the report shows it.
const (
	AtMarker   = "marker"
	Replaced   = "replaced"    // in place of an old signature or a sign-off
	AboveQuote = "above-quote" // before the quoted mail
	AtEnd      = "end"         // after the last of the author's text
	AtTop      = "top"
	Added      = "added" // as a text of its own, beside attachments
)

// Reading is a text read as lines, the author's own among them marked.
type Reading struct {
	kind    Kind
	src     []byte
	page    *page // nil for plain text
	lines   []line
	last    int      // index of the author's last line, -1 for none
	marked  *marking // what tells them from older mail
	ends    *ending
	off     *found           // the sign-off, once it was looked for
	logosOf map[logosOf]bool // see logos
	noted   []noticeWords
	steps   int // the first line of instructions and one more, 0 before it was looked for
}

// Read reads text, which is UTF-8 and may hold bytes that are not.
func Read(text []byte, kind Kind) *Reading {
	r := &Reading{kind: kind, src: text, last: -1}
	if kind.HTML {
		r.page = readHTML(text, &kind)
		r.lines = r.page.lines
	} else {
		r.lines = plainLines(text, &kind)
	}
	r.lines = splitInline(r.lines, r)
	r.marked = newest(r.lines, kind)
	r.findLast()
	return r
}

// findLast finds the author's last line. A delimiter with nothing below it is none.
func (r *Reading) findLast() {
	r.last = -1
	for i := range r.lines {
		if r.lines[i].own && (r.lines[i].text != "--" || r.last < 0) {
			r.last = i
		}
	}
}

// Ended says that older mail begins in the text and goes on to its end whatever
// may follow: read with more behind it, the text is the same up to there.
func (r *Reading) Ended() bool { return r.marked.settled() >= 0 }

// Blank says that the author wrote nothing, not even a picture.
func (r *Reading) Blank() bool { return r.last < 0 }

// Quotes says that there is older mail in the text.
func (r *Reading) Quotes() bool {
	for i := range r.lines {
		if !r.lines[i].own {
			return true
		}
	}
	return false
}

// Refusal says why a text gets no block, "" if it does.
type Refusal string

// The refusals.
const (
	NotSelected Refusal = "not-selected"  // none of the four selections asks for it
	AlreadyHere Refusal = "already-there" // a block of ours stands there, and is not to be replaced
	NoPlace     Refusal = "no-place"      // nothing can be put where it would belong
)

// Place decides where the block goes: at a marker, in place of an old signature
// or of a sign-off, else after the newest text. Unless forced, the selections
// may leave no place. A forced placement serves the other form of a message
// whose one form has a place.
func (r *Reading) Place(b Block, s *Settings, p *Person, force bool) (Placement, Refusal) {
	pl, refusal := r.place(b, s, p, force)
	if refusal == "" {
		pl.Beaten = r.marked.beaten
	}
	return pl, refusal
}

func (r *Reading) place(b Block, s *Settings, p *Person, force bool) (Placement, Refusal) {
	b.Text = plainBlock(b.Text, r.kind.Flowed)
	if pl, ok := r.atMarker(b, s.Marker); ok {
		return pl, ""
	}
	r.reclaim(p)
	var off found
	if s.ReplaceSignoff {
		off = r.signoff(r.last, s.Signoffs)
	}
	if old := r.orLearned(r.existing(b, p), p); old.found() {
		if s.ReplaceExisting {
			pl := r.replace(b, old, off)
			pl.Old = OtherForm{Lines: old.removed, Alts: r.alts(old), Shown: r.shownAbove(old), Ours: old.ours, Later: r.repeated(old)}
			return pl, ""
		}
		if old.ours && b.Name == "" {
			return Placement{}, AlreadyHere
		}
		if old.same {
			return r.replace(b, old, found{}), ""
		}
	}
	if off.found() {
		return r.replace(b, off, found{}), ""
	}
	var within found
	if s.ReplaceSignoff {
		within = r.signoffWithin()
	}
	if !force && !within.found() && !s.Selects(r.kind.Reply) {
		return Placement{}, NotSelected
	}
	pl, why := r.afterNewest(b)
	if why == "" && within.found() {
		pl.Edits = append(cuts(r.removal(within, false)), pl.Edits...)
		pl.Removed = within.removed
	}
	return pl, why
}

// reclaim gives the author back the delimited block with their name or address that
// ends a reply written below or between the quotes: it looks like a trailer of the
// quoted mail.
func (r *Reading) reclaim(p *Person) {
	quoted := slices.IndexFunc(r.lines, func(l line) bool { return !l.own })
	if quoted < 0 || r.last < quoted {
		return
	}
	from := len(r.lines)
	for from > r.last+1 && r.lines[from-1].quote == 0 && r.lines[from-1].text != "--" {
		from--
	}
	if from--; from <= r.last || r.lines[from].text != "--" || !know(p).tells(r.lines[from:]) {
		return
	}
	for i := from; i < len(r.lines); i++ {
		r.lines[i].own = true
		r.lines[i].because("")
	}
	r.last = len(r.lines) - 1
}

// afterNewest puts the block after the author's last line.
func (r *Reading) afterNewest(b Block) (Placement, Refusal) {
	if next := r.last + 1; next < len(r.lines) {
		at, why := int(r.lines[next].open), r.after(next)
		pl := Placement{Edits: []entity.Edit{r.block(b, at, at, true)}, Placed: AboveQuote, Separator: why}
		if why == "" { // only a row of dashes with nothing below
			pl.Placed = AtEnd
		}
		return pl, ""
	}
	if r.page != nil && r.page.tail != nil && !(r.page.tail.older && r.Quotes()) {
		at := r.page.tailAt
		return Placement{Edits: []entity.Edit{r.block(b, at, at, true)}, Placed: AboveQuote, Separator: r.page.tail.name}, ""
	}
	at, leave, ok := r.end()
	if !ok {
		return Placement{}, NoPlace
	}
	if r.page != nil {
		return Placement{Edits: []entity.Edit{r.atEnd(b, at, leave)}, Placed: AtEnd}, ""
	}
	return Placement{Edits: []entity.Edit{r.block(b, at, at, false)}, Placed: AtEnd}, ""
}

// end is where a block goes after everything, and the end tags it needs there
// for what the document left open.
func (r *Reading) end() (at int, leave string, ok bool) {
	if r.page != nil {
		return r.page.endOfBody(r.lastByte())
	}
	if r.last < 0 {
		return len(r.src), "", true
	}
	return int(r.lines[r.last].end), "", true
}

func (r *Reading) lastByte() int {
	if len(r.lines) == 0 {
		return 0
	}
	return int(r.lines[len(r.lines)-1].end)
}

// atEnd is the edit that puts the block after everything, where the document needs
// end tags for what it left open.
func (r *Reading) atEnd(b Block, at int, leave string) entity.Edit {
	elem := r.page.innermost(at)
	for leave != "" && elem >= 0 && r.page.elems[elem].tag != atom.Body && r.page.elems[elem].tag != atom.Html {
		elem = int(r.page.elems[elem].parent)
	}
	w := r.wrapping(&b, elem, at, nil)
	w.gap = r.abuts(len(r.lines)-1, at)
	return entity.Edit{Start: at, End: at, New: leave + b.wrappedAs(w)}
}

// abuts reports whether a line stands right above an offset, without a blank line
// between. Paragraphs have a space of their own, maybe: it becomes one with that of
// the block.
func (r *Reading) abuts(line, at int) bool {
	return line >= 0 && int(r.lines[line].end) <= at && !r.blankLine(int(r.lines[line].end), at, false)
}

// block is the edit that puts the block in place of [start, end), which in HTML is
// empty. quote says that older mail follows.
func (r *Reading) block(b Block, start, end int, quote bool) entity.Edit {
	if r.page != nil {
		at, leave, reenter := r.standing(start, nil)
		w := r.wrapping(&b, r.page.holder(at), at, nil)
		w.gap = r.abuts(r.last, at)
		return entity.Edit{Start: at, End: at, New: leave + b.wrappedAs(w) + reenter}
	}
	text := b.Text
	if r.readsRightToLeft(text) {
		text = isolatedText(text)
	}
	if quote { // clients cut everything below a delimiter, the quoted mail too
		text = strings.TrimPrefix(text, delimiter+"\n")
	}
	before, after := r.src[:start], r.src[end:]
	switch {
	case quote && start == end:
		return entity.Edit{Start: start, End: end, New: blankLineAfter(before) + text + "\n\n"}
	case start == end:
		return entity.Edit{Start: start, End: end, New: blankLineAfter(before) + text + lineAfter(after)}
	}
	return entity.Edit{Start: start, End: end, New: startLine(before) + text + lineAfter(after)}
}

// blankLineAfter is what is missing for a blank line after text.
func blankLineAfter(text []byte) string {
	shown := bytes.TrimRight(text, " \t\r\n")
	switch ends := bytes.Count(text[len(shown):], []byte("\n")); {
	case len(shown) == 0, ends > 1:
		return ""
	case ends == 1:
		return "\n"
	}
	return "\n\n"
}

// startLine is what is missing for a line to begin after text.
func startLine(text []byte) string {
	if len(text) == 0 || text[len(text)-1] == '\n' {
		return ""
	}
	return "\n"
}

// lineAfter is what is missing for a line to end before text.
func lineAfter(text []byte) string {
	if len(text) == 0 || text[0] == '\r' || text[0] == '\n' {
		return ""
	}
	return "\n"
}
