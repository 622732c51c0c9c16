package insert

import (
	"strings"

	"sigmilter/milter/insert/known"
)

// ReplyPrefix is the first prefix of a reply or a forward that a subject, decoded, has
// in any language ("Re:", "AW:", "RE[2]:", "回复："), also behind tags that gateways and
// ticket systems put before it ("[External] [Secure] Re: ..."). It is folded and without
// its colon and count; "" for none.
func ReplyPrefix(subject string) string {
	const mostTags = 4
	s := known.Visible(subject)
	for range mostTags {
		if s = withoutTag(s); s == "" {
			return ""
		}
		prefix, rest, ok := cutAtColon(s)
		if !ok {
			return ""
		}
		prefix = strings.TrimRight(known.Fold(prefix), " 0123456789[]()^")
		if replyPrefixIndex[prefix] {
			return prefix
		}
		if strings.ContainsRune(prefix, ' ') { // a sentence, not a tag
			return ""
		}
		s = rest
	}
	return ""
}

var replyPrefixIndex = func() map[string]bool {
	index := map[string]bool{}
	for i := range known.ReplyPrefixes {
		index[known.ReplyPrefixes[i].Text] = true
	}
	return index
}()

// tagSigns are what tags stand between.
var tagSigns = [][2]string{{"[", "]"}, {"(", ")"}, {"{", "}"}, {"<", ">"}, {"【", "】"}, {"***", "***"}, {"**", "**"}, {"*", "*"}}

// withoutTag is a subject without the tags it begins with.
func withoutTag(s string) string {
	for range 4 {
		cut := s
		for _, signs := range tagSigns {
			if inner, ok := strings.CutPrefix(cut, signs[0]); ok {
				if _, rest, ok := strings.Cut(inner, signs[1]); ok {
					cut = strings.TrimLeft(rest, " ")
					break
				}
			}
		}
		if cut == s {
			break
		}
		s = cut
	}
	return s
}

const longestPrefix = 24 // bytes

// cutAtColon cuts a subject at the colon that ends a short prefix.
func cutAtColon(s string) (prefix, rest string, ok bool) {
	i := strings.IndexAny(s[:min(len(s), longestPrefix)], ":：")
	if i < 0 {
		return "", "", false
	}
	return s[:i], strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(s[i:], ":"), "："), " "), true
}
