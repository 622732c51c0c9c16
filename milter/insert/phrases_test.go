package insert

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
	rows      []phrase
	languages int
	holds     func(sample, text string) bool
}{
	{"wrote", wrote, 35, strings.Contains},
	{"openers", openers, 35, strings.HasPrefix},
	{"originals", originals, 30, func(sample, text string) bool { return strings.Trim(sample, "- ") == text && sample != text }},
	{"bareOriginals", bareOriginals, 20, func(sample, text string) bool { return sample == text && strings.HasSuffix(text, ":") }},
	{"replyPrefixes", replyPrefixes, 30, func(sample, text string) bool {
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
				checkText(t, p.lang, p.text)
				key := [2]string{p.lang, p.text}
				if seen[key] {
					t.Errorf("%s %q stands twice", p.lang, p.text)
				}
				seen[key] = true
				if !table.holds(fold(visible(p.sample)), p.text) {
					t.Errorf("%s %q is not in its sample %q as it must be", p.lang, p.text, p.sample)
				}
				langs = append(langs, p.lang)
			}
			checkLanguages(t, langs, table.languages)
		})
	}
}

func TestLabels(t *testing.T) {
	kinds := make(map[string]label)
	seen := make(map[label]bool)
	have := make(map[string]map[labelKind]bool)
	var langs []string
	for _, l := range labels {
		checkText(t, l.lang, l.text)
		if seen[l] {
			t.Errorf("%s %q stands twice", l.lang, l.text)
		}
		seen[l] = true
		if other, ok := kinds[l.text]; ok && other.kind != l.kind {
			t.Errorf("%q is one kind in %s and another in %s", l.text, other.lang, l.lang)
		}
		kinds[l.text] = l
		if strings.ContainsAny(l.text, ":：") || len(l.text) > longestLabel {
			t.Errorf("%s %q can not be a label", l.lang, l.text)
		}
		if have[l.lang] == nil {
			have[l.lang] = make(map[labelKind]bool)
		}
		have[l.lang][l.kind] = true
		langs = append(langs, l.lang)
	}
	checkLanguages(t, langs, 35)
	for lang, kinds := range have {
		for _, k := range []labelKind{fromLabel, sentLabel, toLabel, subjectLabel} {
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
	if text == "" || text != fold(visible(text)) || !norm.NFC.IsNormalString(text) {
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
