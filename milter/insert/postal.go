package insert

import (
	"slices"
	"strings"
	"unicode/utf8"

	"sigmilter/milter/insert/known"
)

// streetEnds are words for streets that languages write together with the name.
var streetEnds = []string{"strasse", "str", "weg", "platz", "allee", "gasse", "ring", "damm", "ufer", "straat", "laan", "plein", "gracht", "kade", "dijk", "vej", "gade", "plads", "veien", "vegen", "gata", "gaten", "gatan", "vagen", "katu", "tie", "kuja", "utca"}

// eastStreets are the signs of addresses in scripts that write words together.
const eastStreets = "路街号區区楼室號町村市県都道丁番階로길구층동"

func endsStreet(s string) bool {
	for _, w := range wordsOf(s) {
		for _, e := range streetEnds {
			if len(w) > len(e)+2 && strings.HasSuffix(w, e) {
				return true
			}
		}
	}
	return false
}

// isStreet reports whether a piece of a line is a street and a number.
func isStreet(s string) bool {
	return digitsOf(s) != "" && (streetPhrases.In(s) || endsStreet(s) || strings.ContainsAny(s, eastStreets))
}

// withHouseNumbers puts the number of a house to its street, where a comma stands
// between them as in the east of Europe: "вул. Портова, 3".
func withHouseNumbers(pieces []string) []string {
	const longest = 4
	var joined []string
	for _, p := range pieces {
		last := len(joined) - 1
		if last >= 0 && len(p) <= longest && digitsOf(p) != "" && p[0] >= '0' && p[0] <= '9' && digitsOf(joined[last]) == "" && (streetPhrases.Begins(joined[last]) != "" || streetPhrases.Ends(joined[last])) {
			joined[last] += " " + p
			continue
		}
		joined = append(joined, p)
	}
	return joined
}

// beside reports whether a piece may stand in an address beside the street: a
// postal code, or the few words of a town.
func beside(s string) bool {
	const words = 3
	if d := digitsOf(s); d != "" {
		return len(d) >= 4 && len(d) <= 7 && len(s)-len(d) <= 2
	}
	return len(strings.Fields(s)) <= words && !articled(s)
}

// turkishAddress reports whether a piece is a street whose number has a label.
func turkishAddress(s string) bool {
	street := unlabelled.Replace(s)
	return street != s && !strings.ContainsAny(street, ":：") && isStreet(street)
}

// unlabelled takes out the labels of numbers in Turkish addresses.
var unlabelled = strings.NewReplacer(" no:", " ", " kat:", " ", " daire:", " ", " d:", " ", " blok:", " ")

// britishCode reports whether two words are a British postal code: "LS1 4DY".
func britishCode(out, in string) bool {
	return len(in) == 3 && in[0] >= '0' && in[0] <= '9' && digitsOf(in[1:]) == "" && known.IsASCII(in) &&
		len(out) >= 2 && len(out) <= 4 && out[0] >= 'a' && out[0] <= 'z' && digitsOf(out) != ""
}

// postal reports whether a text is a postal code and a town, in either order.
func postal(s string) bool {
	if strings.HasPrefix(s, "〒") {
		return true
	}
	words := strings.Fields(strings.ReplaceAll(s, "-", ""))
	const most = 4
	if n := len(words); n > 2 && britishCode(words[n-2], words[n-1]) {
		return true
	}
	if len(words) < 2 || len(words) > most {
		return false
	}
	code := func(w string) bool {
		d := digitsOf(w)
		return len(d) >= 4 && len(d) <= 7 && len(w)-len(d) <= 2
	}
	letters := func(ws []string) bool {
		return !slices.ContainsFunc(ws, func(w string) bool { return digitsOf(w) != "" || utf8.RuneCountInString(w) < 2 })
	}
	if code(words[0]) && letters(words[1:]) {
		return true
	}
	last := len(words) - 1
	return code(words[last]) && letters(words[:last]) && utf8.RuneCountInString(words[last-1]) == 2
}
