// Package trial takes one message through an engine as a session would, without an MTA, and
// checks the result against the laws.
package trial

import (
	"encoding/base64"
	"fmt"
	"slices"

	"sigmilter/cmd/internal/cases"
	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/laws"
	"sigmilter/cmd/internal/signing"
	"sigmilter/milter/engine"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// Sign takes a message through an engine. Unless trace is nil, it records there how the
// message was decided on.
func Sign(cfg *config.Config, signer *engine.Engine, f *engine.File, e Envelope, trace *policy.Trace) engine.Outcome {
	m := f.Message(e.Sender, e.Recipients, signing.ScanLimits(cfg))
	m.Trace = trace
	e.setOn(m)
	if m.Size > cfg.Limits.MessageBytes {
		m.Body, m.Tree = nil, nil
	}
	job := signer.Begin(m)
	job.Head()
	return job.Finish()
}

// Result is what became of a message, and which laws that breaks.
type Result struct {
	Outcome  engine.Outcome
	Signed   []byte // the message as it leaves
	Breaches []laws.Breach
	Places   []laws.Place
}

// Run signs a message and checks the laws on it.
func Run(cfg *config.Config, signer *engine.Engine, raw []byte, e Envelope) (Result, error) {
	watched := *signer
	store := &recorder{Store: signer.Store}
	watched.Store = store
	f := engine.ParseFile(raw)
	r := Result{Outcome: Sign(cfg, &watched, f, e, nil)}
	var err error
	r.Signed, err = f.Apply(r.Outcome)
	if err != nil {
		return r, fmt.Errorf("editing the message: %w", err)
	}
	r.Breaches, r.Places = laws.Read(raw, r.Signed, r.Outcome.Report, laws.Options{
		Guard: cfg.Guard.Field, Blocks: store.blocks, DropAMP: signer.DropAMP, Secrets: signer.Policy.RoutingFields(),
		Person: store.person, Marker: cfg.Place.Marker, Signoffs: cfg.Place.Signoffs,
		ThreadToken: signer.Policy.ThreadTokens && signer.Policy.Keys != nil,
		AddHTML:     slices.ContainsFunc(cfg.Rules, func(r config.Rule) bool { return r.Plain == config.Alternative }),
	})
	return r, nil
}

// observed is the result as a case compares it.
func (r *Result) observed() cases.Observed {
	return cases.Observed{Report: r.Outcome.Report, Signed: r.Signed, Places: r.Places, Breaches: r.Breaches}
}

// recorder is a store that remembers the blocks it returned, and whose they are.
type recorder struct {
	engine.Store
	blocks []laws.Block
	person *laws.Person
}

func (r *recorder) Block(tenant string, p *policy.Person, template string) (insert.Block, error) {
	b, err := r.Store.Block(tenant, p, template)
	if err == nil {
		r.blocks = append(r.blocks, laws.Block{Template: template, HTML: b.HTML, Text: b.Text, Pictures: decodedPictures(b)})
		r.person = personForLaws(p)
	}
	return b, err
}

// personForLaws is a person as the laws see them: only what a signature may say, of all
// that the directory has.
func personForLaws(p *policy.Person) *laws.Person {
	who := &laws.Person{Addresses: append([]string{p.Address}, p.Addresses...)}
	for name, v := range p.Attributes {
		switch name {
		case "displayName":
			who.Name = v
		case "givenName":
			who.Given = v
		case "surname":
			who.Surname = v
		case "mail", "userPrincipalName":
			who.Addresses = append(who.Addresses, v)
		case "preferredLanguage", "employeeId":
		default:
			who.Values = append(who.Values, v)
		}
	}
	return who
}

// decodedPictures are the pictures of a block before they were encoded.
func decodedPictures(b insert.Block) []laws.Picture {
	var pictures []laws.Picture
	for _, p := range b.Pictures {
		data, _ := base64.StdEncoding.DecodeString(p.Base64) // what cannot be decoded is in no message
		pictures = append(pictures, laws.Picture{CID: p.CID, Type: p.Type, Data: data})
	}
	return pictures
}
