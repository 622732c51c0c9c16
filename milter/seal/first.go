package seal

import (
	"net/mail"
	"strconv"
	"strings"
	"time"
)

// firstVersion is that of the guards of earlier releases, "Yes v1.SEAL".
const firstVersion = "v1"

// First is what a guard of the first version vouches for. It says nothing of text
// and recipients, and has no time but the message's own.
type First struct {
	Tenant    string // its name, empty for none
	MessageID string // of the field Message-ID
	Author    string // address, in lower case
	Date      string // of the field Date
}

// GuardsFirst reports whether a guard of the first version was made for this message
// by one of the keys, and tells the date of the message, which is as old as the
// guard.
func (r *Ring) GuardsFirst(g Guarded, m First) (date time.Time, ok bool) {
	const longest = 256 // bytes; the parser copies a date for each form that it tries
	if len(m.Date) > longest {
		return time.Time{}, false
	}
	date, err := mail.ParseDate(m.Date)
	if err != nil || !g.First() || evenID(m.MessageID) == "" {
		return time.Time{}, false
	}
	return date, r.made(g.seal, "guard", m.pieces(date)...)
}

// pieces have the date as a number of seconds, since its zone and its comment may
// be written anew.
func (m First) pieces(date time.Time) []string {
	return []string{m.Tenant, evenID(m.MessageID), strings.ToLower(m.Author), strconv.FormatInt(date.Unix(), 10)}
}
