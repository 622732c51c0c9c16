package render

import (
	"regexp"
	"strings"
)

// phone is a number as it is shown, and as a link (RFC 3966).
type phone struct{ display, url string }

// plan is how a country dials: what goes before the calling code of another
// country, and before a number of its own. Without trunk no number has one;
// where it may be left out, a number is complete either way.
type plan struct {
	abroad, trunk string
	optional      bool
}

// plans are those other than the usual one, by calling code: countries without a
// trunk prefix, where some numbers begin with a 0 that belongs to them, and
// those with another prefix than 0 or 00 (ITU-T Operational Bulletin 994).
var plans = map[string]plan{
	"+1": {"011", "1", true}, "+7": {"810", "8", false}, "+36": {"00", "06", false},
	"+61": {"0011", "0", false}, "+81": {"010", "0", false}, "+30": {"00", "", true},
	"+34": {"00", "", true}, "+39": {"00", "", true}, "+45": {"00", "", true},
	"+47": {"00", "", true}, "+48": {"00", "", true}, "+351": {"00", "", true},
	"+352": {"00", "", true}, "+354": {"00", "", true}, "+356": {"00", "", true},
	"+357": {"00", "", true}, "+371": {"00", "", true}, "+372": {"00", "", true},
	"+377": {"00", "", true}, "+378": {"00", "", true}, "+420": {"00", "", true},
}

var usualPlan = plan{"00", "0", false}

var (
	extension = regexp.MustCompile(`(?i)[\s,;]*(?:\b(?:ext|extension|durchwahl)\b[.:=]?|x|#)\s*([0-9]{1,8})$`)
	// phonePattern is what a number is made of, with every blank, dash and dot people use.
	phonePattern = regexp.MustCompile(`^\(?\+?[\s\x{A0}()./\-\x{2010}-\x{2015}]*[0-9][0-9\s\x{A0}()./\-\x{2010}-\x{2015}]*$`)
)

// parsePhone reads a number. The groups stay as the directory has them; libphonenumber makes
// its own, and would be a tenth of the binary. What it cannot take for a complete one, with the
// country of the prefix for those without, is shown as it is, and is a link of
// its digits if it has nothing else: an extension can be dialled as well.
func parsePhone(value, prefix string) phone {
	main, after, ext := value, "", ""
	if m := extension.FindStringSubmatchIndex(value); m != nil {
		main, after, ext = value[:m[0]], " "+strings.TrimLeft(value[m[0]:], " ,;"), ";ext="+value[m[2]:m[3]]
	}
	if !phonePattern.MatchString(main) {
		return phone{display: value}
	}
	groups, ok := international(main, prefix)
	all := strings.Join(groups, "")
	if !ok || len(all) < 7 || len(all) > 15 { // 15 is the most of E.164
		return phone{value, "tel:" + strings.Join(digitGroups(main), "") + ext}
	}
	return phone{"+" + strings.Join(groups, " ") + after, "tel:+" + all + ext}
}

// international returns the groups of digits, beginning with the calling code.
func international(main, prefix string) (groups []string, ok bool) {
	p, known := plans[prefix]
	if !known {
		p = usualPlan
	}
	// "+49 (0)30": the trunk prefix, for those who dial from within.
	abroad := strings.ReplaceAll(main, "(0)", " ")
	if strings.Contains(main, "+") {
		return digitGroups(abroad), true
	}
	if rest, ok := cutDigits(digitGroups(abroad), p.abroad); ok {
		return rest, true
	}
	if prefix == "" {
		return nil, false
	}
	groups = digitGroups(main)
	if rest, ok := cutDigits(groups, p.trunk); ok {
		groups = rest
	} else if !p.optional {
		return nil, false // a local number or an extension
	}
	return append([]string{prefix[1:]}, groups...), true
}

// cutDigits removes leading digits, which must stand in the first group.
func cutDigits(groups []string, digits string) (rest []string, ok bool) {
	if digits == "" || len(groups) == 0 || !strings.HasPrefix(groups[0], digits) {
		return groups, false
	}
	if first := groups[0][len(digits):]; first != "" {
		return append([]string{first}, groups[1:]...), true
	}
	return groups[1:], true
}

func digitGroups(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}
