package known

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// phraseTables are the tables of phrases, how many languages each must know, and
// how a sample of a row holds its text.
var phraseTables = []struct {
	name      string
	rows      []Phrase
	languages int
	holds     func(sample, text string) bool
}{
	{"wrote", Wrote, 35, strings.Contains},
	{"openers", Openers, 35, strings.HasPrefix},
	{"originals", Originals, 30, func(sample, text string) bool { return strings.Trim(sample, "- ") == text && sample != text }},
	{"bareOriginals", BareOriginals, 20, func(sample, text string) bool { return sample == text && strings.HasSuffix(text, ":") }},
	{"replyPrefixes", ReplyPrefixes, 30, func(sample, text string) bool {
		prefix, _, _ := strings.Cut(strings.ReplaceAll(sample, "：", ":"), ":")
		return strings.TrimSpace(prefix) == text
	}},
}

func TestPhrases(t *testing.T) {
	for _, table := range phraseTables {
		t.Run(table.name, func(t *testing.T) {
			var langs []string
			seen := make(map[[2]string]bool)
			for _, p := range table.rows {
				checkText(t, p.Lang, p.Text)
				key := [2]string{p.Lang, p.Text}
				if seen[key] {
					t.Errorf("%s %q stands twice", p.Lang, p.Text)
				}
				seen[key] = true
				if !table.holds(Fold(Visible(p.Sample)), p.Text) {
					t.Errorf("%s %q is not in its sample %q as it must be", p.Lang, p.Text, p.Sample)
				}
				langs = append(langs, p.Lang)
			}
			checkLanguages(t, langs, table.languages)
		})
	}
}

func TestLabels(t *testing.T) {
	kinds := make(map[string]label)
	seen := make(map[label]bool)
	have := make(map[string]map[LabelKind]bool)
	var langs []string
	for _, l := range Labels {
		checkText(t, l.Lang, l.Text)
		if seen[l] {
			t.Errorf("%s %q stands twice", l.Lang, l.Text)
		}
		seen[l] = true
		if other, ok := kinds[l.Text]; ok && other.Kind != l.Kind {
			t.Errorf("%q is one kind in %s and another in %s", l.Text, other.Lang, l.Lang)
		}
		kinds[l.Text] = l
		if strings.ContainsAny(l.Text, ":：") || len(l.Text) > LongestLabel {
			t.Errorf("%s %q can not be a label", l.Lang, l.Text)
		}
		if have[l.Lang] == nil {
			have[l.Lang] = make(map[LabelKind]bool)
		}
		have[l.Lang][l.Kind] = true
		langs = append(langs, l.Lang)
	}
	checkLanguages(t, langs, 35)
	for lang, kinds := range have {
		for _, k := range []LabelKind{FromLabel, SentLabel, ToLabel, SubjectLabel} {
			if !kinds[k] {
				t.Errorf("%s has no label of kind %d", lang, k)
			}
		}
	}
}

// checkText says whether text is in the form that text of mail is compared in.
func checkText(t *testing.T, lang, text string) {
	t.Helper()
	if _, err := language.Parse(lang); err != nil {
		t.Errorf("%s: %v", lang, err)
	}
	if text == "" || text != Fold(Visible(text)) || !norm.NFC.IsNormalString(text) {
		t.Errorf("%s %+q is not in the form it is compared in", lang, text)
	}
}

func checkLanguages(t *testing.T, langs []string, want int) {
	t.Helper()
	slices.Sort(langs)
	if got := len(slices.Compact(langs)); got < want {
		t.Errorf("%d languages, want at least %d", got, want)
	}
}
