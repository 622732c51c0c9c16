package main

import (
	"context"
	"fmt"
	"html"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/laws"
	"sigmilter/cmd/internal/offline"
	"sigmilter/cmd/internal/trial"
	"sigmilter/milter/engine"
	"sigmilter/milter/entity"
)

// FuzzNothingLost: of a body put together from lines of the golden mail, in any
// order, with sign-offs, signatures, closings, separators and quoted lines between
// them, every line of the author's is still there after signing, in HTML and in
// plain text. Each byte of the input picks a piece.
func FuzzNothingLost(f *testing.F) {
	b := newWriting(f)
	for _, seed := range writingSeeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, picks []byte) {
		b.check(t, b.compose(picks))
	})
}

// writingSeeds have each kind of piece, and each style of HTML, at least once.
var writingSeeds = func() [][]byte {
	var seeds [][]byte
	for style := range byte(len(styles)) {
		for piece := range byte(len(pieces)) {
			seeds = append(seeds, []byte{style, 1, 0, style, piece, style, 0, 7 * piece}, []byte{style, 0, 0, piece, piece, style, 2, 3, 0, 9})
		}
	}
	return seeds
}()

// TestNothingLost is the same on some hundred bodies of pieces picked at random,
// always the same.
func TestNothingLost(t *testing.T) {
	b := newWriting(t)
	random := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		picks := make([]byte, 4+random.IntN(24))
		for i := range picks {
			picks[i] = byte(random.UintN(256))
		}
		b.check(t, b.compose(picks))
	}
}

// TestLinesOnceLost are bodies of which lines were lost. One with a ~ may go.
func TestLinesOnceLost(t *testing.T) {
	b := newWriting(t)
	for _, body := range []string{
		"~Sent from my Galaxy\n-a",
		"~Verstuurd vanaf mijn iPhone\n=x1Yz",
		"~Skickat från min iPhone\n@@ -1,3 +1,3 @@",
		"~Get Outlook for iOS\n2.47.0",
		"~Sent from my iPhone\n\"Sent from my iPhone\"",
		"Fine.\n\n~Alice Muster\n~Contoso GmbH\n~+49 30 1234567\n\n--- a/main.c\n~Sent from my iPhone",
		"Fine.\n\nViele Grüße\nAlice\n\nCarl Nowak\nService Engineer\nContoso GmbH\n+49 30 5550102\n\nAlice Muster\n+49 30 1234567\nalice@contoso.com",
		"Fine.\n\n~Alice Muster\n~Contoso GmbH\n~+49 30 1234567\n\nPlease send it to this address:\n\nAlice Muster\nContoso GmbH\n+49 30 1234567",
		"Fine.\n\n~--\n~Alice Muster\n~Contoso GmbH\n\nPlease bring the small meter on Thursday.",
		"Fine.\n\n~--\n~Alice Muster\n~Head of Sales\n~+49 30 1234567\n\nPlease bring the small meter on Thursday.\n\nCarl Nowak\nService Engineer\nContoso GmbH\n+49 30 5550102\n\nAlice Muster\n+49 30 1234567\nalice@contoso.com",
		"Fine.\n\n~Alice Muster\n~Contoso GmbH\n~+49 30 1234567\n\n\ufeff________________________________\n\nPlease send it to this address:\n\nAlice Muster\nContoso GmbH",
		"\"Sent from my iPhone\"\n~Get Outlook for iOS",
		"~Alice Muster\n~Head of Sales\n~+49 30 1234567\n\n~나의 iPhone에서 보냄\n\n~Sent from my iPhone",
		"{\n~Get Outlook for iOS",
		"Saludos\n\n~Dr. Alice Muster\n~Head of Sales\n\n~Contoso GmbH\n~Hafenstraße 1\n~20457 Hamburg\n~+49 30 1234567\n\nworks for me.\n~Sent from my iPhone",
		"Cordialement,\n\n~Dr. Alice Muster\n~Head of Sales\n\n~Contoso GmbH\n~+49 30 1234567\n\n-a",
		"Yes please go ahead\n~Sent from my iPhone",
		"~Sent from my iPhone\nYes please go ahead",
	} {
		var lines []line
		for _, l := range kept(body) {
			l.text, l.free = strings.TrimPrefix(l.text, "~"), strings.HasPrefix(l.text, "~")
			lines = append(lines, l)
		}
		for style := range styles {
			b.check(t, composed{reply: style%2 == 1, style: style, lines: lines})
			b.check(t, composed{reply: style%2 == 0, style: style, element: 1, lines: heldSignature(lines)})
		}
	}
}

// heldSignature has the first lines that are a signature in a client's element.
func heldSignature(lines []line) []line {
	lines = slices.Clone(lines)
	for i := range lines {
		if lines[i].free && strings.Contains(lines[i].text, "Alice") {
			for ; i < len(lines) && lines[i].free; i++ {
				lines[i].kind = held
			}
			return lines
		}
	}
	return lines
}

// writing puts bodies together and signs them.
type writing struct {
	setup *offline.Setup
	lines []string // of the authors of the golden mail
}

func newWriting(t testing.TB) *writing {
	t.Helper()
	dir := t.TempDir()
	for name, text := range goldenFiles {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	setup, err := offline.Open(context.Background(), filepath.Join(dir, "sigmilter.toml"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { setup.Close() })
	w := &writing{setup: setup}
	w.read(t)
	return w
}

// read takes the lines of the newest text of each golden mail in plain text.
func (w *writing) read(t testing.TB) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(mailDir, "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	removed := map[string]bool{}
	for _, name := range names {
		c, err := config.LoadCase(strings.TrimSuffix(name, ".eml")+".toml", "place", "rule", "sealed", "references")
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range c.Parts {
			for _, l := range slices.Concat(c.Removed, p.Removed) {
				removed[l] = true
			}
		}
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range newestLines(raw) {
			if line = strings.Join(strings.Fields(line), " "); !removed[line] && isAuthors(line) && !glued(line, removed) {
				w.lines = append(w.lines, line)
			}
		}
	}
	slices.Sort(w.lines)
	w.lines = slices.Compact(w.lines)
	const enough = 200
	if len(w.lines) < enough {
		t.Fatalf("only %d lines of authors", len(w.lines))
	}
}

// glued reports whether a line begins with one that is taken out, and goes on
// without a blank: a conversion to text has lost the end of that line.
func glued(line string, removed map[string]bool) bool {
	for r := range removed {
		rest, ok := strings.CutPrefix(line, r)
		if first, _ := utf8.DecodeRuneInString(rest); ok && unicode.IsLetter(first) {
			return true
		}
	}
	return false
}

// newestLines are the lines above the first quoted one in the plain text of a
// message.
func newestLines(raw []byte) []string {
	h, n := entity.ParseHeader(raw)
	s := entity.NewScanner(h, entity.Limits{})
	s.Write(raw[n:])
	root, err := s.Finish()
	if err != nil {
		return nil
	}
	var lines []string
	root.Walk(func(p *entity.Part) bool {
		if p.IsMultipart() || p.Media.Type != "text/plain" || len(lines) > 0 {
			return true
		}
		l, err := entity.Open(p, raw[n:][p.BodyStart:p.BodyEnd])
		if err != nil {
			return true
		}
		for line := range strings.Lines(string(l.Text)) {
			if strings.HasPrefix(line, ">") {
				break
			}
			lines = append(lines, line)
		}
		return true
	})
	return lines
}

// isAuthors reports whether a line of the golden mail is one that must stay wherever it
// stands: no marker, no sign-off, no line of Alice's signature and no picture, which may
// belong to it, no row of signs, no apology, which below a sign-off is part of it, nor
// anything that begins a signature.
func isAuthors(line string) bool {
	lower := strings.ToLower(line)
	signs := strings.Trim(strings.Map(seenRune, line), "-–—_=*#~.+ ")
	if strings.Contains(unblank(lower), "{emailsignature}") {
		return false
	}
	const longest = 200
	if line == "" || len(line) > longest || !utf8.ValidString(line) || strings.ContainsFunc(line, unicode.IsControl) || strings.HasPrefix(line, "[") || signs == "" || laws.SignsOff(line) {
		return false
	}
	return !slices.ContainsFunc([]string{
		"alice", "muster", "contoso", "head of sales", "1234567", "123 45 67", "jürgen", "excuse", "brevity", "sorry for", "entschuldig", "kürze", "://", "www.",
	}, func(s string) bool { return strings.Contains(lower, s) })
}

// seenRune is r, or -1 for one that nobody sees.
func seenRune(r rune) rune {
	if unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}

// line is a line of a body.
type line struct {
	text string
	free bool // it may go: it is a sign-off, or the author's signature
	kind lineKind
	gap  bool // a blank line stands above it
	// wrapped says that it goes on with the sentence above. Only plain text has such.
	wrapped bool
}

type lineKind int

const (
	own    lineKind = iota // of the newest text
	held                   // in a client's element for signatures
	typed                  // in one in which people write as well
	quoted                 // in what a client quotes
	header                 // of older mail, where a client begins it
)

// picker hands out the bytes of an input.
type picker struct {
	bytes []byte
	at    int
}

func (p *picker) next() int {
	if p.at == len(p.bytes) {
		return 0
	}
	p.at++
	return int(p.bytes[p.at-1])
}

func (p *picker) more() bool { return p.at < len(p.bytes) }

func pick[T any](p *picker, from []T) T { return from[p.next()%len(from)] }

// piece is what bodies are made of.
type piece struct {
	name string
	add  func(w *writing, p *picker) []line
}

var pieces = []piece{
	{"a line of the author's", (*writing).authors},
	{"two lines of the author's", func(w *writing, p *picker) []line { return append(w.authors(p), w.authors(p)...) }},
	{"a sign-off", func(_ *writing, p *picker) []line { return free(pick(p, signoffLines)) }},
	{"a line and a sign-off directly below", func(w *writing, p *picker) []line {
		return append(w.authors(p), flush(free(pick(p, signoffLines)))...)
	}},
	{"a sign-off and a line directly below", func(w *writing, p *picker) []line {
		return append(free(pick(p, signoffLines)), flush(w.authors(p))...)
	}},
	{"both in an element of a phone", func(w *writing, p *picker) []line {
		return of(typed, append(w.authors(p), flush(free(pick(p, signoffLines)))...))
	}},
	{"the author's signature", func(_ *writing, p *picker) []line { return free(pick(p, ownSignatures)) }},
	{"the same in a client's element", func(_ *writing, p *picker) []line { return of(held, free(pick(p, ownSignatures))) }},
	{"the same delimited, and what shows that it ends", func(w *writing, p *picker) []line {
		return append(free("--\n"+pick(p, ownSignatures)), pick(p, endings).add(w, p)...)
	}},
	{"the same, and something said below", func(w *writing, p *picker) []line {
		return append(free(pick(p, ownSignatures)), said.add(w, p)...)
	}},
	{"somebody else's signature", func(_ *writing, p *picker) []line { return kept(pick(p, otherSignatures)) }},
	{"a closing", func(_ *writing, p *picker) []line { return kept(pick(p, closingLines)) }},
	quotedLines, olderMail,
	{"data that are meant", func(_ *writing, p *picker) []line {
		return kept(pick(p, announcements) + "\n" + pick(p, ownData))
	}},
	{"a list of people", func(_ *writing, p *picker) []line {
		return kept(pick(p, otherSignatures) + "\n\n" + pick(p, contactOfAuthor))
	}},
	{"what resembles a sign-off", func(_ *writing, p *picker) []line { return wrapped(kept(pick(p, nearSignoffs))) }},
}

// endings stand below a delimited signature, to which any line belongs that could:
// they are quoted mail, or plainly said to somebody.
var endings = []piece{said, quotedLines, olderMail}

var (
	said        = piece{"something said", func(_ *writing, p *picker) []line { return kept(pick(p, saidLines)) }}
	quotedLines = piece{"quoted lines", func(w *writing, p *picker) []line {
		return append(kept(pick(p, attributions)), of(quoted, append(w.authors(p), w.authors(p)...))...)
	}}
	olderMail = piece{"older mail below its header", func(w *writing, p *picker) []line {
		return of(header, append(kept(pick(p, headerBlocks)), w.authors(p)...))
	}}
)

func (w *writing) authors(p *picker) []line {
	return kept(w.lines[(p.next()+251*p.next())%len(w.lines)])
}

// kept are lines that must stay, and free those that may go.
func kept(text string) []line { return linesOf(text, false) }

func free(text string) []line { return linesOf(text, true) }

func linesOf(text string, free bool) []line {
	var lines []line
	gap := true
	for l := range strings.SplitSeq(text, "\n") {
		if l == "" {
			gap = true
			continue
		}
		lines = append(lines, line{text: l, free: free, gap: gap})
		gap = false
	}
	return lines
}

// flush has no blank line above it.
func flush(lines []line) []line {
	lines[0].gap = false
	return lines
}

// wrapped are lines of which each goes on with the one above.
func wrapped(lines []line) []line {
	for i := range lines {
		lines[i].wrapped = i > 0
	}
	return lines
}

func of(kind lineKind, lines []line) []line {
	for i := range lines {
		lines[i].kind = kind
	}
	return lines
}

var (
	signoffLines = []string{
		"Sent from my iPhone", "Von meinem iPhone gesendet", "Envoyé de mon iPhone", "Enviado desde mi iPhone", "Inviato da iPhone", "Verstuurd vanaf mijn iPhone", "Skickat från min iPhone",
		"Az iPhone-omról küldve", "iPhone’umdan gönderildi", "Wysłane z iPhone’a", "Отправлено с iPhone", "iPhoneから送信", "发自我的iPhone", "나의 iPhone에서 보냄", "נשלח מה-iPhone שלי",
		"Get Outlook for iOS", "Outlook für Android beziehen", "Sent with Proton Mail secure email.", "Sent from my Galaxy", "Von meinem Samsung Galaxy Smartphone gesendet.",
	}
	ownSignatures = []string{
		"Alice Muster\nHead of Sales\nContoso GmbH\n+49 30 1234567\nalice@contoso.com",
		"Alice Muster\nContoso GmbH\n+49 30 1234567",
		"Alice Muster | Head of Sales | Contoso GmbH\nTel. +49 (0)30 123 45 67 | alice@contoso.com",
		"Alice Muster\nHead of Sales\n+49 30 1234567",
		"Dr. Alice Muster\nHead of Sales\n\nContoso GmbH\nHafenstraße 1\n20457 Hamburg\n+49 30 1234567",
	}
	otherSignatures = []string{
		"Carl Nowak\nService Engineer\nContoso GmbH\n+49 30 5550102", "Bob Jones\nFabrikam Ltd\n+44 20 7946 0106\nbob@example.net", "Carl Nowak\n+49 30 5550102\ncarl@contoso.com", "Émilie Roux\nAcheteuse\n+33 1 99 00 01 22",
	}
	// ownData are no block of today's: one that stands there is not told from the one
	// that was put in.
	ownData = []string{
		"Alice Muster\nContoso GmbH\nHafenstraße 1\n20457 Hamburg", "Alice Muster\nContoso GmbH\n+49 30 1234567", "Alice Muster\n+49 30 1234567\nalice@contoso.com", "Alice Muster, Head of Sales, Contoso GmbH\n+49 30 1234567",
	}
	contactOfAuthor = []string{"Alice Muster\n+49 30 1234567\nalice@contoso.com", "Alice Muster\n+49 30 1234567"}
	announcements   = []string{
		"Please send it to this address:\n", "Bitte an folgende Adresse:\n", "Adresse de livraison :\n", "My data for the badge:\n", "In an emergency call\n", "Adres dostawy:\n", "Контакт:\n", "宛先：\n",
	}
	closingLines = []string{"Best regards", "Mit freundlichen Grüßen", "Cordialement,", "Saludos", "Cheers,\nAlice", "Thanks", "Viele Grüße\nAlice", "С уважением,", "よろしくお願いいたします。"}
	nearSignoffs = []string{
		"Sent from my assistant's mailbox", "Gesendet vom Gerät in Halle 4", "Envoyé depuis notre bureau mobile", "Sent from the old phone system", "Get Outlook for all new colleagues", "Sent from Canary Wharf", "the photo that you got was\nsent from my iPhone",
	}
	saidLines = []string{
		"Please bring the small meter on Thursday.", "PS: could you send me the offer again?", "Ich melde mich morgen wieder, bitte warten Sie so lange.", "Je vous rappelle demain matin, merci.", "Do you need the plans as well?", "Por favor, llámame mañana antes de las diez.", "Пожалуйста, позвоните мне завтра.", "明日ご連絡ください。",
	}
	attributions = []string{
		"On 20 Nov 2026, at 17:40, Ben Ortiz <ben@example.net> wrote:", "Am 20.11.2026 um 17:40 schrieb Ben Ortiz <ben@example.net>:", "Le ven. 20 nov. 2026 à 17:40, Ben Ortiz <ben@example.net> a écrit :", "Ben Ortiz wrote:",
	}
	headerBlocks = []string{
		"________________________________\nFrom: Ben Ortiz <ben@example.net>\nSent: Friday, November 20, 2026 2:10 PM\nTo: Alice Muster <alice@contoso.com>\nSubject: Meters",
		"Von: Ben Ortiz <ben@example.net>\nGesendet: Freitag, 20. November 2026 14:10\nAn: Alice Muster <alice@contoso.com>\nBetreff: Meters", "-----Original Message-----\nFrom: Ben Ortiz",
	}
)

// styles are how clients write lines in HTML.
var styles = []struct{ name, begin, line, blank, end string }{
	{"Outlook on the web", "<html><body dir=\"ltr\">\n", `<div class="elementToProof">%s</div>` + "\n", `<div class="elementToProof"><br></div>` + "\n", "</body></html>\n"},
	{"Word", "<html><body><div class=\"WordSection1\">\n", `<p class="MsoNormal"><span lang="EN-GB">%s<o:p></o:p></span></p>` + "\n", `<p class="MsoNormal"><o:p>&nbsp;</o:p></p>` + "\n", "</div></body></html>\n"},
	{"breaks", "<html><body>", "%s<br>\n", "<br>\n", "</body></html>\n"},
	{"Apple Mail", `<html><body style="overflow-wrap: break-word;">`, "<div>%s</div>", "<div><br></div>", "</body></html>"},
	{"Gmail", `<div dir="ltr">`, "<div>%s</div>", "<div><br></div>", "</div>\n"},
	{"breaks in one element", `<div style="font-family: Arial;"><span>`, "%s<br>", "<br>", "</span></div>"},
	{"paragraphs", "<html><body>\n", "<p>%s</p>\n", "", "</body></html>\n"},
	{"a cell", "<table><tr><td>", "%s<br>\n", "<br>\n", "</td></tr></table>"},
	{"kept breaks", `<html><body style="white-space: pre-wrap">`, "%s\n", "\n", "</body></html>"},
}

// around are the elements in which clients keep lines of a kind.
var around = map[lineKind][]string{
	held:   {`<div id="Signature">`, `<div class="gmail_signature">`, `<div class="moz-signature">`},
	typed:  {`<div id="ms-outlook-mobile-signature">`, `<div id="AppleMailSignature">`},
	quoted: {`<blockquote type="cite">`, `<blockquote class="gmail_quote">`},
	header: {`<div id="divRplyFwdMsg">`, `<div style="border:none;border-top:solid #E1E1E1 1.0pt">`},
}

// body puts the lines that an input picks together.
func (w *writing) body(p *picker) []line {
	var lines []line
	for p.more() {
		lines = append(lines, pick(p, pieces).add(w, p)...)
	}
	return lines
}

func plainBody(lines []line) string {
	var b strings.Builder
	for i, l := range lines {
		if l.gap && i > 0 {
			b.WriteString("\n")
		}
		switch {
		case l.kind == quoted:
			b.WriteString("> ")
		case l.text == "--":
			l.text = "-- "
		}
		b.WriteString(l.text + "\n")
	}
	return b.String()
}

func htmlBody(lines []line, style, element int) string {
	s := styles[style%len(styles)]
	b := strings.Builder{}
	b.WriteString(s.begin)
	lines = unwrapped(lines)
	for i, l := range lines {
		begins := i == 0 || lines[i-1].kind != l.kind || l.kind == held && l.gap && !lines[i-1].free
		if around[l.kind] != nil && begins {
			b.WriteString(around[l.kind][element%len(around[l.kind])])
		} else if l.gap && i > 0 {
			b.WriteString(s.blank)
		}
		fmt.Fprintf(&b, s.line, html.EscapeString(l.text))
		if ends := i+1 == len(lines) || lines[i+1].kind != l.kind; around[l.kind] != nil && ends {
			b.WriteString(map[bool]string{true: "</blockquote>", false: "</div>"}[l.kind == quoted])
		}
	}
	b.WriteString(s.end)
	return b.String()
}

// unwrapped has sentences in one line.
func unwrapped(lines []line) []line {
	var whole []line
	for _, l := range lines {
		if l.wrapped {
			whole[len(whole)-1].text += " " + l.text
		} else {
			whole = append(whole, l)
		}
	}
	return whole
}

// composed is a mail of Alice's with a body in both forms.
type composed struct {
	reply          bool
	style, element int // how the HTML is written
	lines          []line
}

// compose makes what the bytes pick, first of all whether it is a reply, and how its
// HTML is written.
//
// Of more bytes the first count: among dozens of equal pieces the reader of the laws does
// not find in time which of them went.
func (w *writing) compose(picks []byte) composed {
	const most = 28
	p := &picker{bytes: picks[:min(len(picks), most)]}
	return composed{reply: p.next()%2 == 1, style: p.next(), element: p.next(), lines: w.body(p)}
}

func (m *composed) raw() []byte {
	head := "From: Alice Muster <alice@contoso.com>\nTo: Ben Ortiz <ben@example.net>\nSubject: Meters\n"
	if m.reply {
		head = "From: Alice Muster <alice@contoso.com>\nTo: Ben Ortiz <ben@example.net>\nSubject: Re: Meters\nIn-Reply-To: <1@example.net>\nReferences: <1@example.net>\n"
	}
	return []byte(head + "Date: Mon, 23 Nov 2026 09:00:00 +0100\nMessage-ID: <2@contoso.com>\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=\"b\"\n\n" +
		"--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + plainBody(m.lines) +
		"\n--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + htmlBody(m.lines, m.style, m.element) + "\n--b--\n")
}

// Run signs a mail and looks for every line that must stay.
func (w *writing) check(t *testing.T, m composed) {
	t.Helper()
	got, err := trial.Run(w.setup.Config, w.setup.Engine, m.raw(), trial.Envelope{Sender: "alice@contoso.com", Recipients: []string{"ben@example.net"}})
	if err != nil {
		t.Fatal(err)
	}
	if got.Outcome.Report.Action != engine.Signed {
		return // to the byte as it was, which others see to
	}
	how := fmt.Sprintf("reply %v, %s, of the body\n%s", m.reply, styles[m.style%len(styles)].name, plainBody(m.lines))
	for _, breach := range got.Breaches {
		if breach.Law != 2 || !strings.Contains(breach.What, "was taken out, ") { // what went is looked at here, line by line
			t.Errorf("%s: %s", breach, how)
		}
	}
	for _, at := range got.Places {
		i := slices.IndexFunc(got.Outcome.Report.Blocks, func(b engine.BlockReport) bool { return b.Part == at.Part })
		if lost, ok := m.lost(at); ok {
			t.Errorf("part %s lost %q with %q: %s", at.Part, lost, got.Outcome.Report.Blocks[i].Removed, how)
		}
	}
}

// lost is the first line of those that must stay that a part has not, in their
// order.
func (m *composed) lost(at laws.Place) (text string, lost bool) {
	rest := unblank(at.Before) + unblank(at.After)
	for _, l := range m.lines {
		if l.free {
			continue
		}
		_, after, ok := strings.Cut(rest, unblank(l.text))
		if !ok {
			return l.text, true
		}
		rest = after
	}
	return "", false
}

// unblank is what a reader sees of a text without blanks and quote signs.
func unblank(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Cf) || r == '>' {
			return -1
		}
		return r
	}, s)
}
