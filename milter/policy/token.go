package policy

import (
	"slices"
	"strings"

	"sigmilter/milter/entity"
	"sigmilter/milter/seal"
)

// maxReferences is the largest field References a token is added to, in bytes.
// Other servers cut off longer ones, and what they cut could be the thread's own.
const maxReferences = 4000

const (
	referencesField = "References"
	messageIDField  = "Message-ID"
)

// references are those of the message, read when the first rule asks.
func (m *message) references() *seal.References {
	if m.refs == nil {
		r := referencesIn(m.facts.Header.Get(referencesField))
		m.refs = &r
	}
	return m.refs
}

// longestID is how long an identifier may be that a token is made for: it is never
// folded, and a line has no more bytes (RFC 5322 2.1.1). Each token is compared with
// one made of it.
const longestID = 998

// referencesIn are those of a field, without a root that is too long for one.
func referencesIn(value string) seal.References {
	r := seal.ParseReferences(value)
	if len(r.Root) > longestID {
		r.Root = ""
	}
	return r
}

// brings is what the token of a template of the author would say.
func (m *message) brings(template string) seal.Thread {
	root := m.references().Root
	if root == "" {
		id := m.facts.Header.Get(messageIDField)
		root = referencesIn(id[:min(len(id), 2*longestID)]).Root
	}
	return seal.Thread{Tenant: m.tenant.Name, Person: m.person.Address, Template: template, Root: root}
}

// told is how it was found out whether a reply gets the signature for replies.
type told string

const (
	byNothing    told = ""           // it is no reply, or the rule has the same signature for replies
	byReply      told = "reply"      // it is a reply, and nothing tells more
	byToken      told = "token"      // the thread has the author's signature
	byTokenNotIn told = "no-token"   // it does not have it
	noReferences told = "unreferred" // a reply whose client kept no References
)

// later says whether a rule's signature for replies applies: to a reply in whose
// thread the author's signature is, which a token in References tells. Without a
// key, or where a reply refers to nothing, it applies to every reply.
func (p *Policy) later(m *message, r *RuleSpec) (bool, told) {
	switch {
	case m.thread == New, r.ReplySignature == "", r.ReplySignature == r.Signature:
		return false, byNothing
	case !p.marks(r), m.person.Unlisted: // whom nobody knows stands for many
		return true, byReply
	case m.references().Root == "":
		return true, noReferences
	}
	t := m.brings(r.Signature)
	if slices.ContainsFunc(m.references().Before, func(id string) bool { return p.Keys.Tells(id, t) }) {
		return true, byToken
	}
	return false, byTokenNotIn
}

// marks says whether a rule's signature leaves a token: only where a reply would
// get another one.
func (p *Policy) marks(r *RuleSpec) bool {
	return p.ThreadTokens && p.Keys != nil && r.Signature != "" && r.Signature != NoTemplate &&
		r.ReplySignature != "" && r.ReplySignature != r.Signature
}

// token is the one that says that the message brings the author's signature from
// a template into the thread; empty when it is said already or cannot be.
func (p *Policy) token(m *message, author, template string) string {
	t := m.brings(template)
	tells := func(id string) bool { return p.Keys.Tells(id, t) }
	if t.Root == "" || slices.ContainsFunc(m.references().Before, tells) || slices.ContainsFunc(m.references().Last, tells) {
		return ""
	}
	return p.Keys.Token(t, domainOf(author))
}

// WithToken is the edit that appends a token to the References of a header; ok is
// false when the field would become too long. What stands there stays as it is,
// its folding too.
func WithToken(h entity.Header, token string) (edit entity.FieldEdit, ok bool) {
	for _, f := range h {
		if !strings.EqualFold(f.Name, referencesField) {
			continue
		}
		value := strings.ReplaceAll(strings.TrimRight(strings.TrimPrefix(f.Value, " "), " \t\r\n"), "\r\n", "\n")
		if strings.TrimSpace(value) == "" {
			value = token
		} else {
			value += "\n " + token
		}
		edit = entity.FieldEdit{Op: entity.ChangeField, Name: f.Name, Index: 1, Value: value}
		return edit, len(value) <= maxReferences
	}
	return entity.FieldEdit{Op: entity.AddField, Name: referencesField, Index: 1, Value: token}, true
}
