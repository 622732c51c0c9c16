package seal

import (
	"regexp"
	"slices"
	"strings"
)

// Thread is what a token says: that the signature of a person made from a
// template is in a thread.
type Thread struct {
	Tenant   string // its name
	Person   string // primary address
	Template string // of the signature
	Root     string // the first message of the thread: its identifier, with brackets
}

// Token is a thread as a message identifier (RFC 5322 3.6.4) for the field
// References, "<sig.v1.SEAL@domain>".
func (r *Ring) Token(t Thread, domain string) string {
	return "<sig." + version + "." + r.seal("thread", t.pieces()...) + "@" + domain + ">"
}

// Tells says whether a token was made for this thread by one of the keys. Its
// domain is not looked at.
func (r *Ring) Tells(token string, t Thread) bool {
	m := token22.FindStringSubmatch(token)
	return m != nil && m[0] == token && r.made(m[1], "thread", t.pieces()...)
}

func (t Thread) pieces() []string {
	return []string{t.Tenant, strings.ToLower(t.Person), t.Template, t.Root}
}

var (
	identifier = regexp.MustCompile(`<[^<>\s]+>`)
	token22    = regexp.MustCompile(`<sig\.v1\.([A-Za-z0-9_-]{22})@[^<>@\s]+>`)
)

// IsToken says whether an identifier has the form of a token, whoever made it.
func IsToken(id string) bool { return token22.FindString(id) == id && id != "" }

// WithoutTokens is the value of a field References without what has the form of
// a token: what it says of the thread without us.
func WithoutTokens(value string) string {
	if strings.Contains(value, "<sig.") {
		value = token22.ReplaceAllString(value, "")
	}
	return strings.TrimSpace(value)
}

// References is a field References as far as tokens are concerned.
type References struct {
	Root string // the first identifier that is no token; empty for none
	// Before are the tokens that another identifier follows: they came with the
	// mail that is answered.
	Before []string
	// Last are the tokens at the end. They were put on this very message, by an
	// earlier pass through the relay: in an answer the identifier of the answered
	// message comes last.
	Last []string
}

// maxTokens is how many tokens of a kind are looked at, the latest; a thread has
// one for each person and template. It bounds the time a forged field takes.
const maxTokens = 64

// ParseReferences reads the unfolded value of a field References. Whatever is no
// identifier is left out.
func ParseReferences(value string) References {
	var r References
	for _, id := range identifier.FindAllString(value, -1) {
		if IsToken(id) {
			r.Last = append(r.Last, id)
			continue
		}
		r.Before, r.Last = append(r.Before, r.Last...), nil
		if r.Root == "" {
			r.Root = id
		}
	}
	r.Before, r.Last = latest(r.Before), latest(r.Last)
	return r
}

func latest(tokens []string) []string {
	return slices.Clip(tokens[max(0, len(tokens)-maxTokens):])
}
