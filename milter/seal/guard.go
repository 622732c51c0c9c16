package seal

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Handled is the word of every guard, sealed or not. It comes first, because the
// transport rule of Microsoft 365 looks for it.
const Handled = "Yes"

// Unsealed is the guard of a message that nothing is vouched for: the transport
// rule knows it, and nobody else believes anything of it.
const Unsealed = Handled + " unsealed"

// guardVersion is that of the guards that are made now. Those before it are
// [First].
const guardVersion = "v2"

// Message is what the guard of a message vouches for: that this text left for these
// recipients as the mail of these authors, in the name of this tenant.
type Message struct {
	Tenant    string   // its name
	MessageID string   // as the field Message-ID has it; an empty one is not believed
	Authors   []string // addresses of the From field, in lower case
	Domains   []string // of the recipients, in lower case; in any order, once or more
	Text      string   // see [Digest]; an empty one is not believed
}

// Guard is the value of the guard field: "Yes v2.TIME.SEAL", the time in seconds as
// Unix counts them.
func (r *Ring) Guard(m Message, made time.Time) string {
	stamp := strconv.FormatInt(made.Unix(), 10)
	return Handled + " " + guardVersion + "." + stamp + "." + r.seal("handled", m.pieces(stamp)...)
}

// Guarded is a guard as it was read. Only [Ring.Guards] tells what it is worth.
type Guarded struct {
	Made    time.Time // the zero time of one of the first version
	version string
	stamp   string
	seal    string
}

// First reports whether a guard is one of the first version, which
// [Ring.GuardsFirst] knows.
func (g Guarded) First() bool { return g.version == firstVersion }

// ParseGuard reads the value of a guard field. It reports whether it is sealed, by
// its shape, which costs no more than its length.
func ParseGuard(value string) (g Guarded, ok bool) {
	words := strings.Fields(value)
	if len(words) != 2 || !strings.EqualFold(words[0], Handled) {
		return g, false
	}
	version, seal, _ := strings.Cut(words[1], ".")
	g = Guarded{version: version, seal: seal}
	if version == guardVersion {
		g.stamp, g.seal, _ = strings.Cut(seal, ".")
		seconds, err := strconv.ParseUint(g.stamp, 10, 40)
		if err != nil {
			return Guarded{}, false
		}
		g.Made = time.Unix(int64(seconds), 0)
	}
	if version != guardVersion && version != firstVersion || len(g.seal) != sealLength {
		return Guarded{}, false
	}
	return g, true
}

// Guards reports whether a guard was made for this message by one of the keys. When
// it was made is for the caller to judge.
func (r *Ring) Guards(g Guarded, m Message) bool {
	pieces := m.pieces(g.stamp)
	return g.version == guardVersion && evenID(m.MessageID) != "" && m.Text != "" && r.made(g.seal, "handled", pieces...)
}

// pieces are in an order that tells them apart: a number goes before each list.
func (m Message) pieces(stamp string) []string {
	domains := slices.Compact(slices.Sorted(slices.Values(m.Domains)))
	all := []string{m.Tenant, evenID(m.MessageID), stamp, m.Text, strconv.Itoa(len(m.Authors))}
	return slices.Concat(all, m.Authors, []string{strconv.Itoa(len(domains))}, domains)
}

// evenID is a message identifier without blanks, and without what may stand
// around its brackets.
func evenID(s string) string {
	if start := strings.IndexByte(s, '<'); start >= 0 {
		if end := strings.IndexByte(s[start:], '>'); end >= 0 {
			s = s[start : start+end+1]
		}
	}
	return strings.Join(strings.Fields(s), "")
}
