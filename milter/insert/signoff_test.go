package insert

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigmilter/milter/insert/known"
)

// signoffOf is what counts as a sign-off at the end of a text.
func signoffOf(text string, kind Kind, more ...*regexp.Regexp) []string {
	r := Read([]byte(text), kind)
	return r.signoff(r.last, more).removed
}

// below is a mail that ends in a paragraph of its own.
func below(paragraph string) string {
	return "Hi Bob,\n\nsee you on Monday.\n\n" + paragraph + "\n"
}

// checkSignoff says whether a sample goes as a whole, and nothing else.
func checkSignoff(t *testing.T, lang, sample string) {
	t.Helper()
	if got := known.Visible(strings.Join(signoffOf(below(sample), Kind{}), " ")); got != known.Visible(sample) {
		t.Errorf("%s: %q is no sign-off: %q", lang, sample, got)
	}
}

// matching are the rows of one language that a sample is built like.
func matching(lang, sample string) []string {
	r, ok := newSignoffReading(known.Visible(sample))
	if !ok {
		return nil
	}
	var rows []string
	for i := range stems {
		if stems[i].lang != lang {
			continue
		}
		if p := patternOf(&stems[i]); fitsAtStart(r, p) {
			rows = append(rows, p.text)
		}
	}
	for _, table := range [][]known.Phrase{known.WholeSignoffs, known.LooseSignoffs} {
		for _, w := range table {
			if words := textsOf(w.Text); w.Lang == lang && len(words) == len(r.words) && r.stands(0, words) {
				rows = append(rows, w.Text)
			}
		}
	}
	return rows
}

// fitsAtStart reports whether a whole line is built like a stem.
func fitsAtStart(r *signoffReading, p pattern) bool {
	if len(p.head) > 0 {
		return r.fits(p, 0)
	}
	return slices.ContainsFunc(indexes(r.words), func(at int) bool { return at > 0 && r.fitsBefore(p, 0, at) })
}

func indexes(words []word) []int {
	var at []int
	for i := range words {
		at = append(at, i)
	}
	return at
}

// TestSignoffRows: each sample is a sign-off by the very row that it is the sample
// of, and by no other of its language, which one of the two would be for nothing.
func TestSignoffRows(t *testing.T) {
	var langs []string
	check := func(lang, text, sample string) {
		t.Helper()
		langs = append(langs, lang)
		checkSignoff(t, lang, sample)
		if got := matching(lang, sample); !slices.Equal(got, []string{text}) {
			t.Errorf("%s %q: %q matches the rows %q", lang, text, sample, got)
		}
	}
	for _, s := range stems {
		check(s.lang, s.text, s.sample)
		if n := strings.Count(s.text, gap); n != 1 || !strings.Contains(" "+s.text+" ", " "+gap+" ") {
			t.Errorf("%s %q has %d gaps", s.lang, s.text, n)
		}
	}
	for _, table := range [][]known.Phrase{known.WholeSignoffs, known.LooseSignoffs} {
		for _, p := range table {
			check(p.Lang, p.Text, p.Sample)
		}
	}
	checkLanguages(t, langs, 60)
}

func TestSloganRows(t *testing.T) {
	for i, s := range known.Slogans {
		checkText(t, s.Lang, s.Text)
		checkSignoff(t, s.Lang, s.Sample)
		if !holdsWords(s.Sample, s.Text) {
			t.Errorf("%s %q is not in its sample %q", s.Lang, s.Text, s.Sample)
		}
		if slices.ContainsFunc(known.Slogans[:i], func(o known.Phrase) bool { return o.Text == s.Text }) {
			t.Errorf("%s %q stands twice", s.Lang, s.Text)
		}
	}
}

// holdsWords reports whether the words of a row stand in a sample, one behind the
// other.
func holdsWords(sample, text string) bool {
	r, _ := newSignoffReading(known.Visible(sample))
	return r != nil && slices.ContainsFunc(indexes(r.words), func(i int) bool { return r.stands(i, textsOf(text)) })
}

func TestApologyRows(t *testing.T) {
	var langs []string
	for _, a := range known.Apologies {
		langs = append(langs, a.Lang)
		for _, s := range a.Samples {
			checkSignoff(t, a.Lang, s)
		}
		if len(a.Samples) == 0 {
			t.Errorf("%s has no sample", a.Lang)
		}
		checkWords(t, a.Lang, a.Sorry, a.Fault, a.With)
	}
	checkLanguages(t, langs, 40)
}

func TestVocabulary(t *testing.T) {
	var langs []string
	for _, v := range known.Vocabularies {
		langs = append(langs, v.Lang)
		checkWords(t, v.Lang, v.Mine, v.Things, v.Common, v.App, v.Little)
		checkWords(t, v.Lang, v.Endings)
	}
	if slices.Sort(langs); len(slices.Compact(slices.Clone(langs))) != len(langs) {
		t.Errorf("a language has two rows: %q", langs)
	}
	var all []string
	for _, n := range signoffNames {
		all = append(all, n.words)
	}
	for i, row := range all {
		checkWords(t, "und", row)
		for _, earlier := range all[:i] {
			for _, w := range list(row) {
				if slices.Contains(list(earlier), w) && !slices.Contains(twice, w) {
					t.Errorf("the name %q stands in two rows", w)
				}
			}
		}
	}
	for _, s := range stems {
		if !slices.ContainsFunc(known.Vocabularies, func(v known.Vocabulary) bool { return v.Lang == vocabularyOf(s.lang) }) {
			t.Errorf("%s has stems and no vocabulary", s.lang)
		}
	}
}

// twice are the names that are of two kinds: "my Pixel", "Nexus Pixel".
var twice = []string{"nexus", "pixel", "moto", "redmi", "poco", "razr", "app"}

// checkWords checks rows of words: none stands in two of them or twice in one.
func checkWords(t *testing.T, lang string, rows ...string) {
	t.Helper()
	var seen []string
	for _, row := range rows {
		for _, item := range list(row) {
			word := strings.TrimLeft(item, "^+!")
			checkText(t, lang, word)
			if slices.Contains(seen, word) {
				t.Errorf("%s: %q stands twice", lang, word)
			}
			if len(textsOf(word)) == 0 {
				t.Errorf("%s: %q has no words", lang, word)
			}
			seen = append(seen, word)
		}
	}
}

func TestMobileLinks(t *testing.T) {
	for i, link := range known.MobileLinks {
		checkText(t, "und", link)
		if slices.Contains(known.MobileLinks[:i], link) {
			t.Errorf("%q stands twice", link)
		}
		if strings.Contains(link, "://") || !strings.Contains(link, ".") {
			t.Errorf("%q is not a host with or without a path", link)
		}
		for _, l := range []string{"https://" + strings.TrimSuffix(link, "*"), "<http://" + strings.TrimSuffix(link, "*") + ">"} {
			if !mobileLink(l) {
				t.Errorf("%q is no link of a program", l)
			}
		}
	}
	for _, l := range []string{"https://example.com/offer", "https://proton.me/blog/2026/new", "https://tuta.com.example.com", "see https://tuta.com", "tuta.com and more"} {
		if mobileLink(l) {
			t.Errorf("%q is a link of a program", l)
		}
	}
}

// TestSignoffLines: what goes of the lines at the end of a mail, and what stays.
func TestSignoffLines(t *testing.T) {
	html, flowed := Kind{HTML: true}, Kind{Flowed: true}
	for _, tc := range []struct {
		name string
		kind Kind
		text string
		want string // what goes, lines separated by |
	}{
		{"directly below", Kind{}, "Thursday works.\nSent from my iPhone\n", "Sent from my iPhone"},
		{"directly below, no full stop", Kind{}, "Ok\nSent from my iPhone\n", "Sent from my iPhone"},
		{"below a closing", Kind{}, "Ok.\nBest regards,\nAlice\nSent from my iPhone\n", "Sent from my iPhone"},
		{"suffix below a line", Kind{}, "Rendben\nAz iPhone-omról küldve\n", "Az iPhone-omról küldve"},
		{"suffix with a small letter", Kind{}, "Tamam yarın getiririm\niPhone'umdan gönderildi\n", "iPhone'umdan gönderildi"},
		{"no blanks between words", Kind{}, "はい。\n資料は明日送ります。\niPadから送信\n", "iPadから送信"},
		{"breaks", html, "Hi Ben,<br>\nit works.<br>\nSent from my iPhone", "Sent from my iPhone"},
		{"breaks, no blanks", html, "はい。<br>資料は明日送ります。<br>iPadから送信", "iPadから送信"},
		{"end of a sentence", Kind{}, "Hi Ben,\nthe picture that you got yesterday was\nsent from my iPhone\n", ""},
		{"end of a sentence, breaks", html, "Hi Ben,<br>the picture that you got yesterday was<br>sent from my iPhone", ""},
		{"end of a sentence, divisions", html, "<div>Hi Ben,</div><div>the picture that you got yesterday was</div><div>sent from my iPhone</div>", ""},
		{"small, by itself", Kind{}, "Ok.\n\nsent from my phone\n", "sent from my phone"},
		{"small, by itself in HTML", html, "<div>Ok.</div><div><br></div><div>sent from my phone</div>", "sent from my phone"},
		{"small, in brackets", Kind{}, "Ok.\n(sent from my phone)\n", "(sent from my phone)"},
		{"end of a wrapped sentence", Kind{}, "Die Fotos die ich gestern auf der Messe in Hannover gemacht und dir\nVon meinem iPhone gesendet\n", ""},
		{"end of a flowed sentence", flowed, "The picture was \nSent from my iPhone\n", ""},
		{"text below", Kind{}, "Sent from my iPhone\nYes please go ahead\n", ""},
		{"text below, its own paragraph", Kind{}, "Hi\n\nSent from my iPhone\n\nand one more thing\n", ""},
		{"text below, joined it would do", Kind{}, "Hallo\n\nVon meinem iPhone gesendet\nJa gerne so machen\n", ""},
		{"wrapped", Kind{}, "Ok.\n\nSent from my Android device with K-9 Mail. Please excuse my\nbrevity.\n", "Sent from my Android device with K-9 Mail. Please excuse my|brevity."},
		{"wrapped before its verb", Kind{}, "Ok.\n\nDiese Nachricht wurde von meinem Android-Mobiltelefon mit K-9 Mail\ngesendet.\n", "Diese Nachricht wurde von meinem Android-Mobiltelefon mit K-9 Mail|gesendet."},
		{"wrapped, the end would do", Kind{}, "Ok.\n\nDiese Nachricht wurde\nvon meinem iPhone gesendet\n", "Diese Nachricht wurde|von meinem iPhone gesendet"},
		{"wrapped directly below", Kind{}, "Ok.\nSent from my\niPhone\n", "Sent from my|iPhone"},
		{"two paragraphs are not one", Kind{}, "Ok.\n\nSent from my\n\niPhone\n", ""},
		{"apology below", Kind{}, "Ok.\n\nSent from my phone\nPlease excuse my brevity.\n", "Sent from my phone|Please excuse my brevity."},
		{"apology below in HTML", html, "<div>Ok.</div><div><br></div><div>Sent from my phone</div><div>Please excuse any typos.</div>", "Sent from my phone|Please excuse any typos."},
		{"other apology below", Kind{}, "Ok.\n\nSent from my phone\nSorry for the delay.\n", ""},
		{"apology alone", Kind{}, "Ok.\n\nPlease excuse my brevity.\n", ""},
		{"apology above", Kind{}, "Please excuse my brevity.\nSent from my phone\n", "Sent from my phone"},
		{"link below", Kind{}, "Ok.\n\n-- \nSecured with Tuta Mail:\nhttps://tuta.com/free-email\n", "--|Secured with Tuta Mail:|https://tuta.com/free-email"},
		{"link of the author below", Kind{}, "Ok.\n\nSent from my iPhone\nhttps://example.com/offer\n", ""},
		{"article about a program below", Kind{}, "Ok.\n\nSent with Proton Mail secure email.\nhttps://proton.me/blog/new\n", ""},
		{"two", Kind{}, "Ok.\n\nSent from my iPhone\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n", "Sent from my iPhone|Get Outlook for iOS<https://aka.ms/o0ukef>"},
		{"delimiter", Kind{}, "Ok.\n\n-- \nSent from my phone\n", "--|Sent from my phone"},
		{"alone", Kind{}, "Sent from my iPhone\n", "Sent from my iPhone"},
		{"announced", Kind{}, "Please write this below your mails:\n\nSent from my iPhone\n", ""},
		{"item", Kind{}, "They end in one of\n\n- Sent from my iPhone\n", ""},
		{"item of an HTML list", html, "<p>They end in one of</p><ul><li>Sent from my iPad</li><li>Sent from my iPhone</li></ul>", ""},
		{"cell beside another", html, "<table><tr><td>Last line</td><td>Sent from my iPhone</td></tr></table>", ""},
		{"table for layout", html, "<table><tr><td><p>Ok.</p></td></tr><tr><td><p>Sent from my iPhone</p></td></tr></table>", "Sent from my iPhone"},
		{"behind a prefix", Kind{}, "Ok.\n\n> Sent from my iPhone\n", ""},
		{"install, by itself", Kind{}, "Ok.\n\nGet Outlook for iOS\n", "Get Outlook for iOS"},
		{"install, directly below", Kind{}, "Ok.\nGet Outlook for iOS\n", ""},
		{"install, linked directly below", Kind{}, "Ok.\nGet Outlook for iOS<https://aka.ms/o0ukef>\n", "Get Outlook for iOS<https://aka.ms/o0ukef>"},
		{"install, linked in HTML", html, "<div>Install it first.</div><div>Get <a href=\"https://aka.ms/o0ukef\">Outlook for iOS</a></div>", "Get Outlook for iOS"},
		{"install, linked otherwise", html, "<div>Install it first.</div><div>Get <a href=\"https://apps.example.com/outlook\">Outlook for iOS</a></div>", ""},
		{"install, below steps", Kind{}, "1. Remove the old profile\n2. Restart\n\nGet Outlook for iOS\n", ""},
		{"install, the talk is of it", Kind{}, "Your account moves tonight. Please install the app.\n\nGet Outlook for Android\n", ""},
		{"install, announced", Kind{}, "Next:\n\nGet Outlook for Android\n", ""},
		{"unnamed, by itself", Kind{}, "Ok.\n\nVon unterwegs gesendet\n", "Von unterwegs gesendet"},
		{"unnamed, directly below", Kind{}, "Ok.\nVon unterwegs gesendet\n", ""},
	} {
		if got := strings.Join(signoffOf(tc.text, tc.kind), "|"); got != tc.want {
			t.Errorf("%s: %q goes, want %q", tc.name, got, tc.want)
		}
	}
}

// TestSignoffsOfAdmin: an expression of the admin's is asked about each line by
// itself.
func TestSignoffsOfAdmin(t *testing.T) {
	watch := regexp.MustCompile("(?i)sent with my ring$")
	for text, want := range map[string]string{
		"Ok.\n\nSent with my ring\n":                      "Sent with my ring",
		"Ok.\nSent with my ring\n":                        "Sent with my ring",
		"Ok.\n\nSent with my ring\nSent from my iPhone\n": "Sent with my ring|Sent from my iPhone",
		"Sent with\nmy ring\n":                            "",
		"Sent with my ring\nand more\n":                   "",
	} {
		if got := strings.Join(signoffOf(text, Kind{}, watch), "|"); got != want {
			t.Errorf("%q: %q goes, want %q", text, got, want)
		}
	}
}
