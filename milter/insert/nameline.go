package insert

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sigmilter/milter/insert/known"
)

// signingMarks stand before the name of who signs for somebody else.
var signingMarks = []string{"i.a.", "i. a.", "i.v.", "i. v.", "ppa.", "ppa", "pp.", "p.p.", "p. p.", "gez.", "per pro", "p.o.", "p/o", "b/a", "i/o", "w z.", "w/z", "v z.", "v.z.", "z up.", "/s/", "signed"}

// Limits of the line with the name.
const (
	longestNameLine = 200 // bytes
	longestBracket  = 40  // bytes of a remark in brackets
)

// nameLine says how well a line names the person, who may be told about in the
// rest of it: "Dr. Alice Muster | Head of Sales". A line that names somebody else
// too, or says something else, does not name them.
func (k *knowledge) nameLine(text string) (naming, said) {
	if !k.mayName(text) || bulleted(text) && !strings.HasPrefix(text, "*") && !setInDashes(text) {
		return notNamed, said{}
	}
	bare := strings.Trim(tidied.Replace(known.WithoutImages(text)), " *_|,-")
	if bare == "" || len(bare) > longestNameLine || strings.HasSuffix(bare, ":") || strings.HasSuffix(bare, "：") || strings.ContainsAny(bare, "?!？！") {
		return notNamed, said{}
	}
	bare = withoutMark(withoutRemarks(bare))
	pieces, signs := piecesOf(bare)
	if len(pieces) == 0 {
		return notNamed, said{}
	}
	how, used := k.firstPieces(pieces, signs)
	if how == notNamed {
		if how, s := k.nameBeforeValue(pieces); how != notNamed {
			return how, s
		}
	}
	if how == notNamed {
		if how, s := k.nameBehindSpelling(pieces); how != notNamed {
			return how, s
		}
	}
	if how != fully {
		if behind, s := k.nameBehindTitle(pieces); behind == fully || how == notNamed {
			return behind, s
		}
	}
	for used < len(pieces) && signs[used-1] == ',' && degree(pieces[used]) {
		used++
	}
	if used < len(pieces) && how == fully && otherSpelling(pieces[used-1], pieces[used]) {
		used++
	}
	return k.withRest(how, pieces[used:])
}

// tidied is without the trade marks behind letters of degrees, "CCSP®", and has one sign
// for two between the pieces of a line: "Alice Muster :: Head of Testing".
var tidied = strings.NewReplacer("®", "", "™", "", "::", taken)

// setInDashes reports whether a line is set between two dashes, "- Alice Muster -", or
// behind two, unlike the items of a list.
func setInDashes(text string) bool {
	return strings.HasPrefix(text, "-") && strings.HasSuffix(text, "-") || strings.HasPrefix(text, "-- ")
}

// degree reports whether what stands behind a name and a comma is built as the letters
// of a degree or a profession are: "CTL", "cand.polyt.", or is one that is known.
func degree(s string) bool {
	if known.NameTitles[known.PlainForm(s)] {
		return true
	}
	const shortest, longest = 2, 6 // capitals
	parts := strings.Split(strings.TrimSuffix(s, "."), ".")
	letters, capitals := 0, 0
	for _, part := range parts {
		for _, r := range part {
			if !unicode.IsLetter(r) && r != '-' {
				return false
			}
			letters++
			if unicode.IsUpper(r) {
				capitals++
			}
		}
	}
	return len(parts) > 1 && letters > 0 || capitals == letters && letters >= shortest && letters <= longest
}

// typedName reports whether a line is the name that the author typed below their closing:
// nothing but it, or a short form of their given name.
func (k *knowledge) typedName(text string) bool {
	how, s := k.nameLine(text)
	return how != notNamed && s.values == 0 || k.names.shortFor(strings.Trim(known.PlainForm(text), " ,.!"))
}

// mayName rules out, at little cost, most lines that do not begin with the
// person's name: sentences, and those none of whose first words begins as a word
// of the name does.
func (k *knowledge) mayName(text string) bool {
	const most = longestName + 4 // words, with titles and a remark
	if len(text) > longestNameLine {
		return false
	}
	words := 0
	begins, within := false, false
	for _, r := range text {
		switch letter := unicode.IsLetter(r) || unicode.IsMark(r); {
		case !letter:
			within = false
			if words > 1 && r != ' ' && r != '.' && setsApart(r) {
				return begins || k.script != unicode.Latin // the name comes first, or its Latin spelling
			}
		case !within:
			within = true
			if words++; words > most {
				return false
			}
			begins = begins || r >= utf8.RuneSelf || k.begins[r&0x7f|0x20]
		}
	}
	return begins
}

// withoutRemarks takes out short remarks in brackets.
func withoutRemarks(s string) string {
	short := withoutBrackets(s)
	if len(s)-len(short) > longestBracket || strings.Contains(s, "://") || strings.Contains(s, "@") {
		return s
	}
	return short
}

func withoutMark(s string) string {
	lower := strings.ToLower(s)
	for _, m := range signingMarks {
		if rest, ok := strings.CutPrefix(lower, m); ok && (strings.HasPrefix(rest, " ") || strings.HasSuffix(m, ".")) && len(lower) == len(s) {
			return strings.TrimSpace(s[len(m):])
		}
	}
	return s
}

// piecesOf cuts a line where its pieces are set apart, and gives the sign behind
// each.
func piecesOf(s string) (pieces []string, signs []rune) {
	from := 0
	add := func(to, next int, sign rune) {
		if p := strings.TrimSpace(s[from:to]); p != "" {
			pieces, signs = append(pieces, p), append(signs, sign)
		}
		from = next
	}
	for i, r := range s {
		switch {
		case r == '-' && i > 0 && s[i-1] == ' ' && strings.HasPrefix(s[i:], "- "), setsApart(r) && r != '・':
			add(i, i+utf8.RuneLen(r), r)
		}
	}
	add(len(s), len(s), 0)
	return pieces, signs
}

// firstPieces says how well the first pieces name the person, and how many do:
// two for "Muster, Alice".
func (k *knowledge) firstPieces(pieces []string, signs []rune) (naming, int) {
	how := k.names.match(pieces[0])
	if how == fully || len(pieces) == 1 {
		return unlessSentence(pieces[0], how), 1
	}
	if signs[0] == ',' || signs[0] == '，' {
		if k.names.match(pieces[0]+" "+pieces[1]) == fully {
			return fully, 2
		}
	}
	if how == notNamed && script(pieces[0]) != script(pieces[1]) && k.names.match(pieces[1]) == fully {
		return fully, 2 // the name in another script first
	}
	return how, 1
}

// unlessSentence is how well a piece names the person, not at all when it ends a sentence.
func unlessSentence(piece string, how naming) naming {
	if how == notNamed || !strings.HasSuffix(piece, ".") {
		return how
	}
	words := splitName(known.PlainForm(piece))
	if last := words[len(words)-1]; known.NameTitles[last] || utf8.RuneCountInString(last) == 1 {
		return how
	}
	return notNamed
}

// script tells the scripts of two names apart.
func script(s string) *unicode.RangeTable {
	for _, r := range s {
		for _, t := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Hebrew, unicode.Arabic, unicode.Hangul, unicode.Thai, unicode.Devanagari} {
			if unicode.Is(t, r) {
				return t
			}
		}
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) {
			return unicode.Han
		}
	}
	return nil
}

// nameBeforeValue is the name with one of the person's values behind it and
// nothing between: the cells of a table come out so.
func (k *knowledge) nameBeforeValue(pieces []string) (naming, said) {
	first := known.PlainForm(pieces[0])
	for i, v := range k.values {
		name, ok := strings.CutSuffix(first, v.text)
		if !ok || v.digits != "" || name == "" || !strings.HasSuffix(name, " ") || k.names.match(name) != fully {
			continue
		}
		how, s := k.withRest(fully, pieces[1:])
		s.values |= 1 << i
		s.role = s.role || v.role
		return how, s
	}
	return notNamed, said{}
}

// otherSpelling reports whether a piece may be a name in the letters of another script:
// "ليلى حداد | Layla Haddad".
func otherSpelling(name, piece string) bool {
	const most = 4 // words
	a, b := script(name), script(piece)
	return a != nil && b != nil && a != b && len(strings.Fields(piece)) <= most && titular(piece)
}

// nameBehindSpelling is the name with its spelling in the letters of another script before
// it: "Layla Haddad | ليلى حداد", "Yuki Yamada 山田 雪".
func (k *knowledge) nameBehindSpelling(pieces []string) (naming, said) {
	spelling, rest := pieces[0], pieces[1:]
	if i := strings.IndexFunc(spelling, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) }); i > 0 {
		spelling, rest = strings.TrimSpace(spelling[:i]), append([]string{spelling[i:]}, rest...)
	}
	if len(rest) == 0 || !otherSpelling(rest[0], spelling) || k.names.match(rest[0]) != fully {
		return notNamed, said{}
	}
	return k.withRest(fully, rest[1:])
}

// nameBehindTitle is the name with what the person is before it and a blank between, as
// East Asia writes it: "技術部長 山田雪". Elsewhere it must be a value of theirs.
func (k *knowledge) nameBehindTitle(pieces []string) (naming, said) {
	const most = 4 // words before the name
	words := strings.Fields(pieces[0])
	for i := 1; i < len(words) && i <= most; i++ {
		if k.names.match(strings.Join(words[i:], " ")) != fully {
			continue
		}
		title := strings.Join(words[:i], " ")
		s := k.read(title)
		if s.reach || s.sense != theirs && !(s.sense >= between && eastAsian(title)) {
			return notNamed, said{}
		}
		how, rest := k.withRest(fully, pieces[1:])
		rest.values |= s.values
		rest.role = rest.role || s.role
		return how, rest
	}
	return notNamed, said{}
}

// eastAsian reports whether a text is written in the letters of Chinese, Japanese or
// Korean.
func eastAsian(s string) bool {
	t := script(s)
	return t == unicode.Han || t == unicode.Hangul
}

// withRest is how well a line names the person whose rest reads like that.
func (k *knowledge) withRest(how naming, rest []string) (naming, said) {
	if len(rest) == 0 {
		return how, said{sense: theirs}
	}
	s := k.read(strings.Join(rest, " "+taken+" "))
	if s.sense <= unsaid {
		return notNamed, said{}
	}
	return how, s
}
