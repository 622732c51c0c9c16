package insert

import "strings"

// IsReply says whether a subject, decoded, has the prefix of a reply or a
// forward in any language ("Re:", "AW:", "RE[2]:", "回复："), also behind a tag
// that a gateway put before it ("[External] Re: ...").
func IsReply(subject string) bool {
	s := visible(subject)
	if strings.HasPrefix(s, "[") {
		if _, rest, ok := strings.Cut(s, "]"); ok {
			s = strings.TrimLeft(rest, " ")
		}
	}
	prefix, _ := cutAtColon(s)
	prefix = strings.TrimRight(fold(prefix), " 0123456789[]()^")
	for i := range replyPrefixes {
		if prefix != "" && prefix == replyPrefixes[i].text {
			return true
		}
	}
	return false
}

const longestPrefix = 24 // bytes

func cutAtColon(s string) (string, bool) {
	i := strings.IndexAny(s[:min(len(s), longestPrefix)], ":：")
	if i < 0 {
		return "", false
	}
	return s[:i], true
}
