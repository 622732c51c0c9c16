package seal

import (
	"net/mail"
	"strconv"
	"strings"
)

// Handled is the word of every guard, sealed or not. It comes first, because the
// transport rule of Microsoft 365 looks for it.
const Handled = "Yes"

// Message is what the guard of a message vouches for. The pieces are as the
// header has them; what a server on the way may write in another way is evened
// out here.
type Message struct {
	Tenant    string // its name, empty for none
	MessageID string // of the field Message-ID
	Author    string // address, in lower case
	Date      string // of the field Date
}

// Guard is the value of a message's guard field: "Yes v1.SEAL", or "Yes" without
// a key.
func (r *Ring) Guard(m Message) string {
	if r == nil {
		return Handled
	}
	return Handled + " " + version + "." + r.seal("guard", m.pieces()...)
}

// Guards says whether a guard was made for this message by one of the keys. No
// guard is believed on a message without a Message-ID, where it could have been
// copied from another one of the author.
func (r *Ring) Guards(value string, m Message) bool {
	word, rest, _ := strings.Cut(strings.TrimSpace(value), " ")
	seal, ok := strings.CutPrefix(strings.TrimSpace(rest), version+".")
	pieces := m.pieces()
	return ok && strings.EqualFold(word, Handled) && pieces[1] != "" && r.made(seal, "guard", pieces...)
}

func (m Message) pieces() []string {
	return []string{m.Tenant, evenID(m.MessageID), strings.ToLower(m.Author), evenDate(m.Date)}
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

// evenDate is a date as a number of seconds, since its zone and its comment may
// be written anew; what is no date is its words.
func evenDate(s string) string {
	if t, err := mail.ParseDate(s); err == nil {
		return strconv.FormatInt(t.Unix(), 10)
	}
	return strings.Join(strings.Fields(s), " ")
}
