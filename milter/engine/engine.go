package engine

import (
	"errors"
	"io"
	"log/slog"
	"time"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// Store is what the engine asks of the store of people and signatures. It is
// called from many goroutines and answers from memory or the local file; an
// implementation never waits for the network.
type Store interface {
	policy.People
	// Block is the rendered template of a person, who may be one that only the
	// message knows ([policy.Person.Unlisted]). Its error is [ErrRender] when the
	// template failed for this person, else that of the store.
	Block(tenant string, p *policy.Person, template string) (insert.Block, error)
}

// Memory is what is known of how the mails of people end, so that their signatures
// are known too. It is called from many goroutines and never waits for the network,
// nor for a write.
type Memory interface {
	// Recall is what is remembered of a person's mails; false when nothing can be.
	Recall(tenant string, p *policy.Person) (insert.Memory, bool)
	// Learn has the endings of one mail remembered, in each of its forms.
	Learn(tenant string, p *policy.Person, endings []insert.Ending)
}

// ErrRender says that a template failed for one person.
var ErrRender = errors.New("the template failed")

// Engine decides on messages and works out their edits, see [Engine.Begin]. It is not
// changed after it was made; a message keeps the engine it began with.
type Engine struct {
	Policy    *policy.Policy
	Store     Store
	TextBytes int64  // a larger text part passes unsigned; 0 for no limit
	LineBytes int64  // likewise with a longer line in it
	Memory    Memory // nil: nothing is learned
	Known     *Known // nil: nothing is kept of people and blocks
	OnError   Reply  // Tempfail, or Continue to pass the message unsigned
	// OnErrorOf has, by name, the tenants that have another OnError.
	OnErrorOf map[string]Reply
	OnRender  Reply // likewise, when a template failed for the author
	OnLoop    Reply // likewise for a message that goes in circles
	// OnHidden is likewise for a block that must be seen and would not be.
	OnHidden Reply
	// AddText gives a message that is only attachments a text with its blocks;
	// else it passes.
	AddText bool
	// DropAMP takes the AMP form (text/x-amp-html) out of a message that is
	// signed, since no block can be put into it; else the message passes.
	DropAMP bool
	// DKIM verifies signatures for tenants that are proven by one; nil when none is.
	// See [policy.Facts]. It is called with the whole body, at end-of-message.
	DKIM func(h entity.Header, body *io.SectionReader, domains []string) (s policy.Signature, why string, err error)
	// MaxTime is how long the work on one message may take; 0 for no limit.
	MaxTime time.Duration
	// Now tells the time for rules that have one, and for seals; nil is [time.Now].
	Now func() time.Time
	Log *slog.Logger
}
