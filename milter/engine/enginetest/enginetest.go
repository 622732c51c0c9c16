// Package enginetest has what tests of the engine, alone or in a session, are about:
// Anna's letters, a store that knows her, and a policy that signs for her.
package enginetest

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// Guard is the guard field of [Policy].
const Guard = "X-Sigmilter-Handled"

// The fields that say what a text is.
const (
	TextPlain = "Content-Type: text/plain; charset=utf-8"
	TextHTML  = "Content-Type: text/html; charset=utf-8"
)

// The proofs of [Requiring].
const (
	Route    = "X-Sigmilter-Route"
	Code     = "0123456789abcdef0123456789abcdef"
	Listener = "unix:/own.sock"
)

// Shelf is a store of one person, or of what goes wrong with one.
type Shelf struct {
	Person    *policy.Person
	Signature insert.Block
	OnFind    func() // called by Find and Block before they answer
	OnBlock   func()
	FindErr   error
	BlockErr  error
}

// Find implements [policy.People].
func (s *Shelf) Find(_, address string) (*policy.Person, bool, error) {
	if s.OnFind != nil {
		s.OnFind()
	}
	if slices.Contains(s.Person.Addresses, address) {
		return s.Person, s.FindErr == nil, s.FindErr
	}
	return nil, false, s.FindErr
}

// Block is the one signature there is.
func (s *Shelf) Block(_ string, p *policy.Person, template string) (insert.Block, error) {
	if s.OnBlock != nil {
		s.OnBlock()
	}
	if p != s.Person || template == "" {
		return insert.Block{}, fmt.Errorf("a block of %v, template %q", p, template)
	}
	return s.Signature, s.BlockErr
}

// Anna is a store that knows her.
func Anna() *Shelf {
	return &Shelf{
		Person: &policy.Person{
			Address: "anna@contoso.com", Addresses: []string{"anna@contoso.com", "a.muster@contoso.com"},
			Attributes: map[string]string{"displayName": "Anna Muster", "jobTitle": "Head of Testing"},
		},
		Signature: insert.Block{HTML: "<p>Anna Muster<br>Head of Testing</p>", Text: "Anna Muster\nHead of Testing"},
	}
}

// LostBody is a body that cannot be read back.
type LostBody struct{ Body }

// Body is what a body of the engine is.
type Body interface {
	io.ReaderAt
	Size() int64
}

// ErrLost is what reading a [LostBody] returns.
var ErrLost = errors.New("lost")

// ReadAt returns [ErrLost].
func (LostBody) ReadAt([]byte, int64) (int, error) { return 0, ErrLost }

// AllSelected are settings by which every message has a place for a block.
var AllSelected = insert.Settings{Marker: "{EMAILSIGNATURE}", ReplaceExisting: true, ReplaceSignoff: true, OnNew: true, OnReply: true}

// Policy signs all of Contoso's messages.
func Policy() *policy.Policy {
	return &policy.Policy{
		Guard:      Guard,
		AlsoHonour: []string{"X-Other-Handled"},
		Tenants:    []policy.Tenant{{Name: "contoso", Domains: []string{"contoso.com"}}},
		Rules:      []policy.RuleSpec{{Name: "all", Signature: "corporate", Place: AllSelected}},
	}
}

// Requiring is a proof by the code, by a listener or by a signature.
func Requiring(kinds ...string) policy.Proof {
	p := policy.Proof{RoutingField: Route, RoutingCodes: []policy.Code{policy.NewCode(Code)}, Listeners: []string{Listener}}
	for _, k := range kinds {
		p.Require = append(p.Require, []string{k})
	}
	return p
}

// Letter is a message of Anna's: further fields, of which the last ends in no
// line end, and a body.
func Letter(fields, body string) string {
	return "Received: from x\nFrom: Anna Muster <anna@contoso.com>\nTo: c@partner.example\nSubject: Hello\nMIME-Version: 1.0\n" + fields + "\n\n" + body
}

// Hello is a plain letter.
var Hello = Letter(TextPlain, "Hello,\nsee you.\n")

// With is [Hello] with a field before the others.
func With(field string) string { return field + "\n" + Hello }

// Both is a multipart/alternative of a text and an HTML.
func Both(text, html string) string {
	return Letter("Content-Type: multipart/alternative; boundary=b", "preamble\n--b\n"+TextPlain+"\n\n"+text+"\n--b\n"+TextHTML+"\n\n"+html+"\n--b--\nepilogue\n")
}

// Mixed is a multipart/mixed with those parts, separated by --b lines.
func Mixed(parts string) string {
	return Letter("Content-Type: multipart/mixed; boundary=b", parts)
}

// Received are fields of passes through the fake MTA, which calls itself so.
func Received(n int) string {
	return strings.Repeat("Received: from x (x [192.0.2.1])\n\tby mta.example.org (Postfix) with ESMTPS id 4A;\n Sat, 21 Nov 2026 08:00:00 +0100\n", n)
}

// Stamped is a message with its guard fields gone and a new one at the end of the
// header.
func Stamped(raw string) string {
	head, body, _ := strings.Cut(raw, "\n\n")
	var b strings.Builder
	kept := true
	for line := range strings.Lines(head + "\n") {
		if !strings.HasPrefix(line, " ") {
			kept = !strings.HasPrefix(strings.ToLower(line), strings.ToLower(Guard)+":")
		}
		if kept {
			b.WriteString(line)
		}
	}
	return b.String() + Guard + ": Yes\n\n" + body
}

// CRLF is a message with line ends as an MTA has them.
func CRLF(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
