package milter

import (
	"cmp"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
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

// ErrRender says that a template failed for one person.
var ErrRender = errors.New("the template failed")

// Engine decides on messages and works out their edits. It is not changed after
// it was made; a message keeps the engine it began with.
type Engine struct {
	Policy    *policy.Policy
	Store     Store
	TextBytes int64 // a larger text part passes unsigned; 0 for no limit
	LineBytes int64 // likewise with a longer line in it
	OnError   Reply // Tempfail, or Continue to pass the message unsigned
	// OnErrorOf has, by name, the tenants that have another OnError.
	OnErrorOf map[string]Reply
	OnRender  Reply // likewise, when a template failed for the author
	OnLoop    Reply // likewise for a message that goes in circles
	// AddText gives a message that is only attachments a text with its blocks;
	// else it passes.
	AddText bool
	// DropAMP takes the AMP form (text/x-amp-html) out of a message that is
	// signed, since no block can be put into it; else the message passes.
	DropAMP bool
	// DKIM verifies signatures for tenants that are proven by one; nil when none is.
	// See [policy.Facts]. It is called with the whole body, at end-of-message.
	DKIM func(h entity.Header, body *io.SectionReader, domains []string) (domain, why string, err error)
	// MaxTime is how long the work on one message may take; 0 for no limit. It is
	// looked at between steps, of which none takes long: see Limits.
	MaxTime time.Duration
	// Now tells the time for rules that have one; nil is [time.Now].
	Now func() time.Time
	Log *slog.Logger
}

var _ Signer = (*Engine)(nil)

// Head implements [Signer].
func (e *Engine) Head(m *Message) (stage Stage) {
	began := time.Now()
	defer func() { m.spent += time.Since(began) }()
	defer e.recovered(m, func(err error) { m.failure, stage = &failure{reasonPanic, err}, SkipBody })
	m.facts = e.facts(m)
	e.decide(m)
	switch d := &m.decision; {
	case m.failure != nil:
		return SkipBody
	case d.Verdict == policy.Handled:
		if len(e.Policy.WithoutRoutingFields(m.Header)) > 0 {
			return SkipBody
		}
		return AcceptNow
	case d.Verdict == policy.Sign, d.Pending:
		return WantBody
	}
	return SkipBody
}

// Finish implements [Signer].
func (e *Engine) Finish(m *Message) (o Outcome) {
	began := time.Now()
	defer func() { o.Report.Micros = (m.spent + time.Since(began)).Microseconds() }()
	m.finishing = began
	defer e.recovered(m, func(err error) { o = e.fail(m, reasonPanic, err) })
	if m.failure == nil && m.decision.Pending {
		e.complete(m)
		e.decide(m)
	}
	switch {
	case m.failure != nil:
		return e.fail(m, m.failure.reason, m.failure.err)
	case m.decision.Reason == policy.Loop:
		return e.loop(m)
	case m.decision.Verdict == policy.Handled:
		return e.withoutSecrets(m, Outcome{Report: e.report(m, Handled, m.decision.Reason)})
	case m.decision.Verdict == policy.Refuse:
		return Outcome{Reply: Reject, Report: e.report(m, Refused, m.decision.Reason)}
	case m.decision.Verdict == policy.Defer:
		return Outcome{Reply: Tempfail, Report: e.report(m, Deferred, m.decision.Reason)}
	case m.decision.Verdict == policy.Pass:
		return e.pass(m, m.decision.Reason)
	}
	return e.sign(m)
}

// pass leaves a message as it is but for the guard.
func (e *Engine) pass(m *Message, why policy.Reason) Outcome {
	return e.stamped(m, Outcome{Report: e.report(m, Skipped, why)})
}

func (e *Engine) report(m *Message, a Action, why policy.Reason) Report {
	d := &m.decision
	r := Report{Action: a, Reason: string(why), Tenant: d.Tenant, Author: d.Author, Rule: d.Rule}
	if e.Policy.ForeignGuard(m.Header) {
		r.Guard = ForeignGuard
	}
	return r
}

// stamped adds the guard field: every message that goes back to Microsoft 365
// carries it, or it would come round again.
func (e *Engine) stamped(m *Message, o Outcome) Outcome {
	withoutOptOut(m, &o)
	for i := m.Header.Count(e.Policy.Guard); i > 0; i-- { // one that says nothing, another thing than Yes, or is not ours
		o.Fields = append(o.Fields, entity.FieldEdit{Op: entity.DeleteField, Name: e.Policy.Guard, Index: i})
	}
	o.Fields = append(o.Fields, entity.FieldEdit{Op: entity.AddField, Name: e.Policy.Guard, Index: 1, Value: e.Policy.GuardValue(m.Header)})
	return e.withoutSecrets(m, o)
}

// withoutSecrets is the last step of every message that leaves: it removes the
// routing fields.
func (e *Engine) withoutSecrets(m *Message, o Outcome) Outcome {
	o.Fields = append(o.Fields, e.Policy.WithoutRoutingFields(m.Header)...)
	for _, f := range o.Fields {
		o.Report.Fields = append(o.Report.Fields, FieldReport{Op: string(f.Op), Name: f.Name, Index: f.Index})
	}
	return o
}

// sign puts the block into the texts of a message.
func (e *Engine) sign(m *Message) Outcome {
	if why := unreadable(m); why != "" {
		return e.fail(m, why, nil)
	}
	if why := policy.PassParts(m.Tree); why != "" {
		return e.pass(m, why)
	}
	amp := ampPart(m.Tree)
	if amp != nil && !e.DropAMP {
		return e.fail(m, reasonAMP, nil)
	}
	texts, why, err := e.texts(m)
	if err != nil {
		return e.fail(m, bodyReason(err), err)
	}
	if _, fails := remedies[why]; why != "" && !fails {
		return e.pass(m, why) // a kind that must pass, as only the text shows
	}
	if why != "" && !(why == reasonNoText && e.AddText) {
		return e.fail(m, why, nil)
	}
	blocks, err := e.blocks(&m.decision)
	if err != nil {
		return e.fail(m, blockReason(err), err)
	}
	if len(texts) == 0 {
		return e.addText(m, blocks)
	}
	switch why := place(texts, blocks, &m.decision); why {
	case "":
	case insert.NoPlace:
		return e.fail(m, policy.Reason(why), nil)
	default:
		return e.pass(m, policy.Reason(why))
	}
	return e.edit(m, texts, amp)
}

// blocks are the rendered blocks of a decision.
func (e *Engine) blocks(d *policy.Decision) ([]insert.Block, error) {
	var blocks []insert.Block
	for _, want := range d.Blocks() {
		b, err := e.Store.Block(d.Tenant, d.Person, want.Template)
		if err != nil {
			return nil, err
		}
		b.Kind = want.Kind
		blocks = append(blocks, b)
	}
	return blocks, nil
}

func blockReason(err error) policy.Reason {
	if errors.Is(err, ErrRender) {
		return reasonRender
	}
	return reasonStore
}

// unreadable says why the tree of a message cannot be worked on, "" if it can.
func unreadable(m *Message) policy.Reason {
	switch {
	case errors.Is(m.TreeErr, entity.ErrTooManyParts):
		return reasonParts
	case errors.Is(m.TreeErr, entity.ErrTooDeep):
		return reasonDepth
	case m.TreeErr != nil:
		return reasonHeader
	case m.Body == nil || m.Tree == nil:
		return reasonTooLarge
	case m.Tree.IsMultipart() && len(m.Tree.Children) == 0:
		return reasonMalformed
	}
	return ""
}

// text is one form of a message, HTML or plain, as its leaves in order.
type text struct {
	leaves []*leaf
	newest *leaf // where the author's newest text ends
	whole  bool  // it is one leaf, not a row of them
}

// leaf is an opened leaf and what is put into it.
type leaf struct {
	*entity.Leaf
	reading *insert.Reading
	placed  []insert.PlacedBlock
}

// put notes a block; a banner stands first also where all go to one place.
func (l *leaf) put(b insert.Block, pl insert.Placement) {
	at := len(l.placed)
	if b.Kind == insert.Banner {
		at = 0
	}
	l.placed = slices.Insert(l.placed, at, insert.PlacedBlock{Block: b, Placement: pl})
}

// shows says whether a reader sees anything of the leaf.
func (l *leaf) shows() bool { return !l.reading.Blank() || l.reading.Quotes() }

// texts opens and reads what a reader sees as the message. The error is that of
// reading the body; whatever is wrong with the message itself is a reason.
func (e *Engine) texts(m *Message) ([]text, policy.Reason, error) {
	var texts []text
	for _, doc := range entity.Documents(m.Tree) {
		t, why, err := e.open(m, doc)
		if err != nil || why != "" {
			return nil, why, err
		}
		texts = append(texts, t)
	}
	if len(texts) == 0 {
		return nil, reasonNoText, nil
	}
	return texts, "", nil
}

// open reads the leaves of one document until quoted mail begins, or all of them
// when something is to go below it. The newest text ends in the leaf with the
// quote, or else in the last in which the author wrote anything.
func (e *Engine) open(m *Message, doc entity.Document) (text, policy.Reason, error) {
	t := text{whole: len(doc.Leaves) == 1}
	ended := false
	for i, p := range doc.Leaves {
		l, why, err := e.openLeaf(m, p, i > 0)
		if err != nil || why != "" {
			return t, why, err
		}
		t.leaves = append(t.leaves, l)
		if ended {
			continue
		}
		if why := l.reading.Untouchable(); why != "" {
			return t, policy.Reason(why), nil
		}
		if t.newest == nil || l.shows() {
			t.newest = l
		}
		ended = l.reading.Quotes() || l.reading.Marked(m.decision.Place.Marker)
		if ended && m.decision.Disclaimer == "" {
			break
		}
	}
	return t, "", nil
}

// edge is the leaf in which a block that goes above or below everything stands.
func (t *text) edge(kind insert.BlockKind) *leaf {
	if kind == insert.Banner {
		return t.leaves[0]
	}
	for _, l := range slices.Backward(t.leaves) {
		if l.shows() {
			return l
		}
	}
	return t.newest
}

func leafReason(err error) policy.Reason {
	switch {
	case errors.Is(err, entity.ErrEncoding):
		return reasonEncoding
	case errors.Is(err, entity.ErrCharset):
		return reasonCharset
	}
	return reasonDamaged
}

// kindOf is how a text part is to be read.
func kindOf(p *entity.Part, reply, later bool) insert.Kind {
	return insert.Kind{
		HTML:   p.Media.Type == "text/html",
		Flowed: strings.EqualFold(p.Media.Params["format"], "flowed"),
		DelSp:  strings.EqualFold(p.Media.Params["delsp"], "yes"),
		Reply:  reply,
		Later:  later,
	}
}

// place finds the places of the blocks in each form of the message. The forms
// must agree: when one has a place for the signature, the others get it where it
// belongs there, and when one has none, none gets it.
func place(texts []text, blocks []insert.Block, d *policy.Decision) insert.Refusal {
	why := insert.NotSelected
	for _, b := range blocks {
		switch {
		case b.Kind == insert.Signature:
			why = placeSignature(texts, b, d)
		case d.Place.Selects(d.Reply) || placed(texts):
			why = placeAtEdge(texts, b)
		}
		if why == insert.NoPlace {
			return why
		}
	}
	if placed(texts) {
		return ""
	}
	return why
}

// placed says whether anything has a place yet. Blocks have theirs in every form
// or in none.
func placed(texts []text) bool {
	return slices.ContainsFunc(texts[0].leaves, func(l *leaf) bool { return len(l.placed) > 0 })
}

func placeSignature(texts []text, b insert.Block, d *policy.Decision) insert.Refusal {
	person := fingerprint(d.Person)
	places := make([]insert.Placement, len(texts))
	refusals := make([]insert.Refusal, len(texts))
	for i, t := range texts {
		places[i], refusals[i] = t.newest.reading.Place(b, &d.Place, person, false)
	}
	if !slices.Contains(refusals, "") {
		return refusals[0]
	}
	for i, t := range texts {
		if refusals[i] != "" {
			if places[i], refusals[i] = t.newest.reading.Place(b, &d.Place, person, true); refusals[i] != "" {
				return insert.NoPlace
			}
		}
		t.newest.put(b, places[i])
	}
	return ""
}

func placeAtEdge(texts []text, b insert.Block) insert.Refusal {
	for _, t := range texts {
		l := t.edge(b.Kind)
		pl, ok := l.reading.AtEdge(b)
		if !ok {
			return insert.NoPlace
		}
		l.put(b, pl)
	}
	return ""
}

// fingerprint is what of the directory tells a person's signature.
func fingerprint(p *policy.Person) *insert.Person {
	f := &insert.Person{Name: p.Attributes["displayName"], Addresses: p.Addresses}
	for name, v := range p.Attributes {
		switch name {
		case "displayName", "givenName", "surname", "mail", "userPrincipalName", "preferredLanguage", "employeeId":
		default:
			f.Values = append(f.Values, v)
		}
	}
	return f
}

// edit turns the placements into the outcome.
func (e *Engine) edit(m *Message, texts []text, amp *entity.Part) Outcome {
	o := Outcome{Report: e.report(m, Signed, m.decision.Reason)}
	if amp != nil {
		c, err := entity.Remove(amp)
		if err != nil {
			return e.fail(m, reasonAMP, err)
		}
		o.Splices = c.Before
	}
	have := contentIDs(m.Tree)
	addHTML := m.decision.AddHTML && len(texts) == 1 && texts[0].whole
	for _, t := range texts {
		if err := e.inTime(m); err != nil {
			return e.fail(m, reasonTime, err)
		}
		for _, l := range t.leaves {
			c, splices, err := l.change(have, addHTML)
			if errors.Is(err, entity.ErrStart) {
				m.whole = true
				return e.sign(m)
			}
			if err != nil {
				return e.fail(m, leafReason(err), err)
			}
			o.Splices = slices.Concat(o.Splices, c.Before, splices, c.After)
			o.Fields = append(o.Fields, c.Fields...)
			o.Report.Blocks = append(o.Report.Blocks, l.report(&m.decision)...)
		}
	}
	return e.changed(m, o)
}

// changed completes the outcome of a message whose body changes, if it does.
func (e *Engine) changed(m *Message, o Outcome) Outcome {
	slices.SortStableFunc(o.Splices, func(a, b entity.Splice) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	if len(o.Splices) > 0 || len(o.Fields) > 0 {
		o.Fields = append(o.Fields, withoutDKIM(m.Header)...)
		withToken(m, &o)
	}
	return e.stamped(m, o)
}

// change works out what the blocks of a leaf change: splices within it, and the
// parts that come beside it: pictures, unless the message has them, and the HTML
// form of a plain text.
func (l *leaf) change(have map[string]bool, addHTML bool) (entity.Composition, []entity.Splice, error) {
	splices, fields, err := l.Apply(l.reading.Merge(placements(l.placed)...))
	if err != nil {
		return entity.Composition{}, nil, err
	}
	c := entity.Composition{Fields: fields}
	if len(splices) == 0 && len(fields) == 0 { // it is all there already
		return c, nil, nil
	}
	switch {
	case l.Part.Media.Type == "text/html":
		if parts := pictures(l.placed, have); len(parts) > 0 {
			c, err = entity.Relate(l.Part, parts, related(l.Text), fields, l.LineEnd())
		}
	case addHTML:
		html := htmlForm(l.reading.AsHTML(l.placed), l.placed, have)
		c, err = entity.Wrap(l.Part, nil, []entity.Addition{html}, alternative(l.Text), fields, l.LineEnd())
	}
	return c, splices, err
}

func placements(placed []insert.PlacedBlock) []insert.Placement {
	var all []insert.Placement
	for _, p := range placed {
		all = append(all, p.Placement)
	}
	return all
}

// report says where the blocks of a leaf went.
func (l *leaf) report(d *policy.Decision) []BlockReport {
	var reports []BlockReport
	blocks := d.Blocks()
	for _, p := range l.placed {
		i := slices.IndexFunc(blocks, func(b policy.Block) bool { return b.Kind == p.Block.Kind })
		reports = append(reports, BlockReport{
			Block: string(p.Block.Kind), Template: blocks[i].Template, Part: l.Part.ID, Type: l.Part.Media.Type,
			Placed: p.Placement.Placed, Separator: p.Placement.Separator, Removed: p.Placement.Removed,
		})
	}
	return reports
}

// withoutDKIM deletes the signatures that the change of the body breaks, the
// last first so that the indexes hold.
func withoutDKIM(h entity.Header) []entity.FieldEdit {
	const field = "DKIM-Signature"
	var edits []entity.FieldEdit
	for i := h.Count(field); i > 0; i-- {
		edits = append(edits, entity.FieldEdit{Op: entity.DeleteField, Name: field, Index: i})
	}
	return edits
}
