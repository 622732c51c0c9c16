package insert

import (
	"slices"
	"strings"

	"sigmilter/milter/insert/known"
)

// asInOtherForm finds the lines that were the signature in the other form of the
// message, whose elements say more.
func (r *Reading) asInOtherForm(s *search) found {
	if s.person.Other == nil || len(s.person.Other.Lines) == 0 {
		return found{}
	}
	want := spelled(s.person.Other.Lines)
	pictured := strings.ContainsRune(strings.Join(s.person.Other.Lines, ""), known.Image)
	alts := s.person.Other.Alts
	later := s.person.Other.Later
	for i := s.last; want != "" && i >= 0 && r.lines[i].own && s.last-i < 2*longestWhole; i-- {
		to := r.spell(want, i, s.last+1, pictured, alts)
		if to < 0 {
			continue
		}
		if later > 0 { // the author's own words, which stand below it in the other form too
			later--
			continue
		}
		led := leadingPictures(s.person.Other.Lines)
		for i > 0 && r.lines[i-1].own && (r.lines[i-1].text == "--" || led > 0 && (placeholder(r.lines[i-1].text) || slices.Contains(alts, r.lines[i-1].text))) {
			if r.lines[i-1].text != "--" {
				led--
			}
			i--
		}
		if r.announced(i) && !s.person.Other.Shown { // the same words, where the author means them
			return found{}
		}
		i, to = r.withRows(s.person.Other.Lines, i, to, s.last+1)
		return r.stretch(i, to, "other-form")
	}
	return found{}
}

// withRows takes the rows of signs along that the other form had above and below the
// lines [from, to): they have no letters to be found by.
func (r *Reading) withRows(lines []string, from, to, end int) (int, int) {
	if from > 0 && r.lines[from-1].own && drawn(lines[0]) && drawn(r.lines[from-1].text) {
		from--
	}
	if to < end && drawn(lines[len(lines)-1]) && drawn(r.lines[to].text) {
		to++
	}
	return from, to
}

// announced reports whether what stands above line i says that something is to come.
func (r *Reading) announced(i int) bool {
	return i > 0 && r.lines[i-1].own && (endsInColon(r.lines[i-1].text) || known.Announces(r.lastWords(i-1)))
}

// leadingPictures is how many pictures the lines of a signature begin with.
func leadingPictures(lines []string) int {
	n := 0
	for _, l := range lines {
		if l == "--" {
			continue
		}
		rest := strings.TrimLeft(l, " "+string(known.Image))
		n += strings.Count(l[:len(l)-len(rest)], string(known.Image))
		if rest != "" {
			break
		}
	}
	return n
}

// repeated is how often the lines of a signature stand again below it. A block of ours
// is not looked for in the other form by its letters.
func (r *Reading) repeated(f found) int {
	if f.ours {
		return 0
	}
	want, n := spelled(f.removed), 0
	for i := f.to; want != "" && i <= r.last && i < f.to+2*longestWhole; i++ {
		if r.lines[i].own && r.spell(want, i, r.last+1, false, nil) > 0 {
			n++
		}
	}
	return n
}

// longestSpelled is how many bytes of letters a signature has at most that is looked for
// by them: it is looked for from many lines on.
const longestSpelled = 16 << 10

// spelled are the letters of a signature; none of a longer one, which is not found then.
func spelled(lines []string) string {
	letters := lettersOf(strings.Join(lines, " "))
	if len(letters) > longestSpelled {
		return ""
	}
	return letters
}

// spell is the line behind those from i on that spell the letters wanted, with
// nothing else in them but what stands for links and pictures; -1 when they do not.
func (r *Reading) spell(want string, i, end int, pictured bool, alts []string) int {
	for end = min(end, i+2*longestWhole); i < end && r.lines[i].own; i++ {
		text := r.lines[i].text
		if pictured {
			if n := r.placeholders(i, end); n > 0 {
				i += n - 1
				continue
			}
			if slices.Contains(alts, text) && !strings.HasPrefix(want, lettersOf(text)) {
				continue
			}
		}
		letters := lettersOf(withoutTargets(text))
		if want == "" && (letters != "" || r.lines[i].gap || lettersOf(text) == "") { // else the target of a link that was wrapped
			break
		}
		if letters == "" {
			if lettersOf(text) == "" && !isDelimiter(text) {
				break
			}
			continue
		}
		rest, ok := strings.CutPrefix(want, letters)
		if !ok && pictured {
			rest, ok = strings.CutPrefix(want, lettersOf(withoutTargets(pictureBeside.ReplaceAllString(text, ""))))
		}
		if !ok {
			break
		}
		want = rest
	}
	if want != "" {
		return -1
	}
	return i
}
