package insert

import (
	"strings"
	"unicode/utf8"

	"sigmilter/milter/insert/known"
)

// Limits of notices.
const (
	longestNotice  = 30 // lines
	wrappedLine    = 45 // characters of a line that goes on in the next
	noticeCautions = 3  // that make a notice without a word for the mail itself
)

// notice is how many lines from i on, up to end, are a notice of confidentiality
// or the like. Each line has words of one, or goes on with the sentence of the
// line above.
func (r *Reading) notice(i, end int) int {
	cautious := 0
	self := false
	to := i
	for j := i; j < end && j-i < longestNotice && r.lines[j].own; j++ {
		if j > i && r.lines[j].gap && r.page == nil {
			break
		}
		w := r.noticeWords(j)
		says, names := w.cautions, w.self
		goesOn := j > i && r.goesOn(j)
		if says == 0 && !goesOn && (!names || known.Concludes(r.lines[j].text)) || says == 0 && w.added {
			break
		}
		cautious += says
		self = self || names
		if says > 0 || goesOn {
			to = j + 1
		}
	}
	if self && cautious >= 2 || cautious >= noticeCautions {
		return to - i
	}
	return 0
}

// noticeWords is what a line has of the words of notices. They are asked for from many
// lines on, and those of the last are kept.
type noticeWords struct {
	line     int  // its index and one more
	cautions int  // how many
	self     bool // a word for the mail itself
	added    bool // it begins as what is written below a signature
}

func (r *Reading) noticeWords(j int) *noticeWords {
	const kept = 4 * longestNotice // lines
	if r.noted == nil {
		r.noted = make([]noticeWords, kept)
	}
	w := &r.noted[j%kept]
	if w.line != j+1 {
		p := known.PlainForm(r.lines[j].text)
		*w = noticeWords{j + 1, cautionPhrases.Count(p), selfPhrases.In(p), known.Postscript(r.lines[j].text)}
		if privacyPhrases.Begins(p) != "" { // "Aviso legal:" names what comes
			w.cautions++
		}
	}
	return w
}

// goesOn reports whether a line goes on with the sentence of the line above it,
// which was wrapped.
func (r *Reading) goesOn(j int) bool {
	above := r.lines[j-1].text
	return !r.lines[j].gap && utf8.RuneCountInString(above) >= wrappedLine && !known.Concludes(above) && !strings.HasSuffix(above, ":")
}

// shortNotice reports whether a line is a notice of a few words, which counts only
// where something marks the signature.
func shortNotice(text string) bool {
	const longest = 120
	p := known.PlainForm(text)
	return len(p) <= longest && selfPhrases.In(p) && cautionPhrases.In(p)
}
