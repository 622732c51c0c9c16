package trial

import (
	"fmt"
	"maps"
	"strings"

	"sigmilter/milter/engine"
	"sigmilter/milter/policy"
)

// Envelope is what an MTA would say about a message.
type Envelope struct {
	Sender     string // empty: the null sender
	Recipients []string
	Origin
}

// Origin is where a message came from.
type Origin struct {
	Listener string            // as the configuration has it
	Macros   map[string]string // by name without braces
	Proven   bool              // as if it were proven to be its tenant's
}

// setOn sets where a message came from.
func (o *Origin) setOn(m *engine.Message) {
	m.Listener, m.Proven = o.Listener, o.Proven
	maps.Copy(m.Macros, o.Macros)
}

// ParseMacro splits a macro given as NAME=VALUE.
func ParseMacro(s string) (name, value string, err error) {
	name, value, ok := strings.Cut(s, "=")
	name = strings.Trim(name, "{}")
	if !ok || name == "" {
		return "", "", fmt.Errorf("%q is not NAME=VALUE", s)
	}
	return name, value, nil
}

// Given is the part of an envelope that is given. The rest is taken from the header.
type Given struct {
	Sender     *string  // nil: the first address of the From field
	Recipients []string // none: the addresses of the To, Cc and Bcc fields
	Origin
}

// Envelope completes what is given from the header of a message.
func (g *Given) Envelope(f *engine.File) Envelope {
	e := Envelope{Recipients: g.Recipients, Origin: g.Origin}
	if g.Sender != nil {
		e.Sender = *g.Sender
	} else if from := headerAddresses(f, "From"); len(from) > 0 {
		e.Sender = from[0]
	}
	if len(e.Recipients) == 0 {
		e.Recipients = headerAddresses(f, "To", "Cc", "Bcc")
	}
	return e
}

// headerAddresses are those in all fields of these names.
func headerAddresses(f *engine.File, names ...string) (found []string) {
	for _, name := range names {
		found = append(found, policy.Addresses(f.Header(), name)...)
	}
	return found
}
