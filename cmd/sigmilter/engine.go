package main

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter"
	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
	"sigmilter/sigstore"
	"sigmilter/sigstore/render"
)

// newEngine makes the engine that serve and sign share from a configuration and
// the store of people.
func newEngine(cfg *config.Config, store *sigstore.Store, log *slog.Logger) *milter.Engine {
	return newEngineOf(cfg, newBook(cfg, store), func(string) (bool, bool) { return false, false }, log)
}

// newEngineOf is newEngine with a book that others use as well, while sources may
// still be read for the first time.
func newEngineOf(cfg *config.Config, book *sigstore.Book, reading func(tenant string) (strangers, everybody bool), log *slog.Logger) *milter.Engine {
	store := signatures{book, newPictures(cfg), newStaleness(cfg), reading, new(encoded)}
	e := &milter.Engine{
		Policy:    newPolicy(cfg),
		Store:     store,
		Known:     new(milter.Known),
		AddText:   cfg.Place.AttachOnly == config.AddText,
		DropAMP:   cfg.Place.AMP == config.DropAMP,
		TextBytes: cfg.Limits.TextBytes,
		LineBytes: cfg.Limits.LineBytes,
		MaxTime:   cfg.Timeouts.Message,
		OnError:   replyTo(cfg.OnError),
		OnErrorOf: onErrorOf(cfg),
		OnRender:  replyTo(cfg.OnRenderError),
		OnHidden:  replyTo(cfg.OnHidden),
		DKIM:      newDKIM(cfg),
		OnLoop:    replyTo(cfg.Guard.OnLoop),
		Log:       log,
	}
	if cfg.Place.Learn {
		e.Memory = store
	}
	return e
}

func replyTo(o config.OnError) milter.Reply {
	if o == config.Pass {
		return milter.Continue
	}
	return milter.Tempfail
}

// onErrorOf is the on_error of each tenant.
func onErrorOf(cfg *config.Config) map[string]milter.Reply {
	replies := make(map[string]milter.Reply)
	for _, t := range cfg.Tenants {
		replies[t.Name] = replyTo(t.OnError)
	}
	return replies
}

func newPolicy(cfg *config.Config) *policy.Policy {
	p := &policy.Policy{
		Guard: cfg.Guard.Field, AlsoHonour: cfg.Guard.AlsoHonour,
		Keys: cfg.Guard.Keys, Lifetime: cfg.Guard.Lifetime, MaxPasses: cfg.Guard.MaxPasses, ThreadTokens: cfg.Place.ThreadToken,
	}
	p.Kinds = policy.HandlingOf(cfg.Kinds.Sign, cfg.Kinds.EnforcedPass, cfg.Kinds.EnforcedDefer)
	for _, t := range cfg.Tenants {
		p.Tenants = append(p.Tenants, policy.Tenant{
			Name: t.Name, Domains: t.Domains,
			BySender: t.OnBehalf == config.OnBehalfSender, DefaultPerson: t.DefaultPerson, DefaultTemplate: t.DefaultTemplate,
			Proof: policy.Proof(t.Proof), Unclear: unclear(cfg, t),
		})
	}
	for _, r := range cfg.Rules {
		reply := r.ReplySignature
		if reply == "" && r.Signature != "" {
			reply = policy.NoTemplate
		}
		p.Rules = append(p.Rules, policy.RuleSpec{
			Name: r.Name, Conditions: r.Conditions,
			Signature: r.Signature, ReplySignature: reply, Disclaimer: r.Disclaimer, Banner: r.Banner,
			AddHTML: r.Plain == config.Alternative, Stop: r.Stop, Enforce: r.Enforce, EnforceByText: r.EnforceByText,
			Place: insert.Settings{
				Marker: cfg.Place.Marker, Signoffs: cfg.Place.Signoffs,
				ReplaceExisting: r.ReplaceExisting, ReplaceSignoff: r.ReplaceSignoff, OnNew: r.OnNew, OnReply: r.OnReply,
			},
		})
	}
	return p
}

// unclear is what becomes of a tenant's mail without one author.
func unclear(cfg *config.Config, t config.Tenant) policy.Verdict {
	enforced := slices.ContainsFunc(cfg.Rules, func(r config.Rule) bool { return r.Enforce })
	switch {
	case t.OnUnclearAuthor == config.UnclearRefuse:
		return policy.Refuse
	case t.OnUnclearAuthor == config.UnclearTempfail, t.OnUnclearAuthor == config.UnclearByRules && enforced:
		return policy.Defer
	}
	return policy.Pass
}

func scanLimits(cfg *config.Config) entity.Limits {
	return entity.Limits{Parts: cfg.Limits.Parts, Depth: cfg.Limits.Depth, HeaderBytes: int(cfg.Limits.HeaderBytes)}
}

func newBook(cfg *config.Config, store *sigstore.Store) *sigstore.Book {
	return &sigstore.Book{
		Store: store,
		TTL:   cfg.Cache.TTL,
		Learn: cfg.Place.Learn,
		Templates: func(name string) (*render.Template, bool) {
			t, ok := cfg.Templates[name]
			return t.Parsed, ok
		},
		Ready: func(name string) bool { return cfg.Templates[name].Ready },
	}
}

// newPictures are the pictures of each template as they go into messages.
func newPictures(cfg *config.Config) map[string][]insert.Picture {
	pictures := make(map[string][]insert.Picture)
	for name, t := range cfg.Templates {
		for _, p := range t.Pictures {
			pictures[name] = append(pictures[name], insert.Picture{CID: p.CID, Name: p.Name, Type: p.Type, Base64: entity.Base64(p.Data)})
		}
	}
	return pictures
}

// signatures is the store as the engine asks it.
type signatures struct {
	book     *sigstore.Book
	pictures map[string][]insert.Picture // by template
	stale    staleness
	reading  func(tenant string) (strangers, everybody bool) // see feedSet.firstReading
	encoded  *encoded                                        // pictures of people
}

func (s signatures) Find(tenant, address string) (*policy.Person, bool, error) {
	if err := s.stale.check(s.book.Store, tenant, time.Now()); err != nil {
		return nil, false, err
	}
	// Asked before: a reading that ends meanwhile has stored whom it brought.
	strangers, everybody := s.reading(tenant)
	p, found, err := s.book.Person(tenant, address)
	switch {
	case err != nil:
		return nil, false, err
	case everybody, !found && strangers:
		return nil, false, milter.ErrFirstReading
	case !found:
		return nil, false, nil
	}
	return &policy.Person{Address: p.Address, Addresses: p.Addresses, Attributes: p.Attributes, Groups: p.Groups}, true, nil
}

func (s signatures) Block(tenant string, p *policy.Person, template string) (insert.Block, error) {
	sig, err := s.signature(tenant, p, template)
	if errors.Is(err, sigstore.ErrRender) {
		err = fmt.Errorf("%w: %w", milter.ErrRender, err)
	}
	b := insert.Block{HTML: sig.HTML, Text: sig.Text}
	for _, pic := range s.pictures[template] { // a condition of the template may leave one out
		if strings.Contains(b.HTML, pic.CID) {
			b.Pictures = append(b.Pictures, pic)
		}
	}
	for _, image := range sig.Images {
		b.Pictures = append(b.Pictures, s.encoded.picture(image))
	}
	return b, err
}

func (s signatures) signature(tenant string, p *policy.Person, template string) (sigstore.Signature, error) {
	if p.Unlisted {
		return s.book.Unlisted(p.Attributes, template)
	}
	return s.book.Signature(tenant, p.Address, template)
}
