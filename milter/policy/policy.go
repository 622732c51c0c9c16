// Package policy decides what to do with a message from its envelope and its
// header: whether it is to be signed, for whom, by which rule, or why not.
//
// The order is fixed: loop, proof that the message is its tenant's, guard, kinds
// that must pass, tenant, author, rules. Whose the message is, one function says, see
// [origin]. That it is handled, which the guard says, and that it is proven are two
// things, and neither stands for the other: see guard.go and proof.go. Kinds
// that only the MIME tree shows are looked for by [PassParts] once the body is
// there. A kind is a label that anybody can write: a rule with enforce asks what
// [Protected] finds. What a rule can ask for is the table [ConditionKinds]. A [Trace] tells
// each step and each condition of a decision, by the function that decides.
//
// The package is pure: people come through the [People] interface, which answers
// from memory or the local store, and the time is one of the [Facts]. Time zones
// are looked up when a condition is compiled.
package policy

import (
	"slices"
	"time"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/seal"
	"sigmilter/milter/work"
)

// Reason says in one word why a message was treated as it was. It is what logs,
// metrics and reports show.
type Reason string

// The reasons policy gives.
const (
	Rule          Reason = "rule"           // a rule says to sign
	Guarded       Reason = "guard"          // our guard field is there: handled already
	OtherGuard    Reason = "other-guard"    // that of another product, honoured by configuration
	Loop          Reason = "loop"           // it has passed this relay too often
	Probe         Reason = "probe"          // Exchange Online validates a connector
	NullSender    Reason = "null-sender"    // MAIL FROM:<>
	Automatic     Reason = "automatic"      // an automatic reply or another message no person wrote
	Report        Reason = "report"         // delivery status, read receipt
	Calendar      Reason = "calendar"       // meeting request or answer
	SMIME         Reason = "smime"          // signed or encrypted
	PGP           Reason = "pgp"            // signed or encrypted
	SignedPart    Reason = "signed-part"    // multipart/signed of any protocol
	EncryptedPart Reason = "encrypted-part" // multipart/encrypted of any protocol
	Rights        Reason = "rights-managed" // protected by rights management
	TNEF          Reason = "tnef"           // the formatted text is in winmail.dat
	Journal       Reason = "journal"        // journal report
	Recall        Reason = "recall"         // a request to recall a message, or its report
	Voice         Reason = "voice"          // voice mail, fax, missed call
	Patch         Reason = "patch"          // a patch for a program's source, byte-exact by nature
	NoAuthor      Reason = "no-author"      // no From field with an address
	NoTenant      Reason = "no-tenant"      // the author is outside every tenant
	UnclearAuthor Reason = "unclear-author" // the From field does not tell who wrote it
	Unproven      Reason = "unproven"       // nothing proves that it is the tenant's
	UnknownAuthor Reason = "unknown-author" // the directory has none of the addresses
	NoRule        Reason = "no-rule"        // no rule applies
	OptedOut      Reason = "opt-out"        // the author took the rule out by a keyword in the subject
	NoSignature   Reason = "no-signature"   // the rule that applies says none
)

// Facts are what is known of a message.
type Facts struct {
	Sender     string // MAIL FROM, empty for the null sender
	Recipients []string
	Header     entity.Header
	Size       int64 // bytes of header and body; negative before end-of-message, when nobody knows
	// Text gives the newest text as a reader sees it, without the quoted mail, and
	// whether it can be read. It is called once, and only if a rule asks for it. It
	// is nil before end-of-message.
	Text func() (newest string, ok bool)
	// Digest gives the digest of the message as it came, see [seal.Digest], empty when
	// that is not known. It is nil before end-of-message.
	Digest func() string
	Now    time.Time   // the time of the decision, for rules that have one, and for seals
	Relay  string      // the MTA's own name, as its Received fields have it; empty when it tells none
	Trace  *Trace      // filled in unless it is nil
	Work   *work.Meter // what deciding may cost; nil for no limit

	// What may prove that the message is its tenant's.
	Listener string            // that the session came in on
	Macros   map[string]string // of the MTA, by name without braces
	// DKIM verifies the signatures of some domains; nil while there is no body. It
	// returns a valid one, or why none is. An error means that it cannot be told now.
	DKIM   func(domains []string) (s Signature, why string, err error)
	Proven bool // taken as proven, for messages looked at offline
}

// Signature is a valid DKIM signature.
type Signature struct {
	Domain string        // empty for none
	Covers entity.Header // the fields it was made over, in the order of the header
}

// Verdict is what a decision comes down to.
type Verdict int

// The verdicts.
const (
	Pass    Verdict = iota // leave it as it is, stamp the guard
	Handled                // leave it as it is, the guard is there
	Sign
	Refuse // for good, asked for by the configuration
	Defer  // for now, likewise
)

// Decision is what is to be done with a message, and why.
type Decision struct {
	Verdict Verdict
	Reason  Reason
	Tenant  string
	Author  string  // address whose signature it is, as the field has it, lower case
	Person  *Person // nil unless the directory knows the author
	Rule    string  // the first rule that says what to put in
	Reply   bool    // a reply or a forward
	Forward bool    // a forward
	// Pending says that a rule asked for the size or the text, a proof for the
	// signatures or the guard for the digest, which were not known: the rest is void,
	// and Decide is to be called again with them.
	Pending bool
	OptOut  []string // keywords that took a rule out, and are to go from the subject
	Place   insert.Settings
	// Enforced says that one of the rules it is from forbids that the message leaves
	// without its blocks.
	Enforced bool
	// EnforcedByText says that, as all those rules have it, the text form may make up
	// for a block that would not be seen in HTML.
	EnforcedByText bool
	AddHTML        bool // a message in plain text gets an HTML form beside it

	// The templates of the blocks, empty for none.
	Signature, Disclaimer, Banner string

	// Seal is what the guard may vouch for when the message leaves, but for its text;
	// nil when nothing.
	Seal *seal.Message
	// Missing says what kept a tenant's proof from being met, with the tenant before it;
	// empty unless the reason is [Unproven].
	Missing string
	// ForeignGuard says that the message came with a guard that is not believed.
	ForeignGuard bool

	// Token goes into References with the signature, empty for none: see [WithToken].
	Token string
}

// Block is a block to be put in and its template.
type Block struct {
	Kind     insert.BlockKind
	Template string
}

// Blocks are the blocks of a decision, the signature first.
func (d *Decision) Blocks() []Block {
	var blocks []Block
	for _, b := range []Block{{insert.Signature, d.Signature}, {insert.Disclaimer, d.Disclaimer}, {insert.Banner, d.Banner}} {
		if b.Template != "" && b.Template != NoTemplate {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

// Person is an author as the directory knows him.
type Person struct {
	Address    string            // primary address
	Addresses  []string          // all of them
	Attributes map[string]string // by Microsoft Graph's names
	Groups     []string          // addresses or names, as the directory has them
	// Unlisted says that no directory has the person: it is made of the From
	// field, with the attributes mail and, if there is a name, displayName.
	Unlisted bool
}

// People finds a person by any of his addresses, in lower case.
type People interface {
	Find(tenant, address string) (p *Person, found bool, err error)
}

// Tenant is an organisation whose mail is signed.
type Tenant struct {
	Name    string
	Domains []string // lower case
	// BySender has the Sender field's address asked for before the From field's:
	// mail sent on behalf of a mailbox is then the delegate's.
	BySender bool
	// DefaultPerson is the address of the person whose signature goes into mail of
	// addresses that the directory does not have; empty for nobody.
	DefaultPerson string
	// DefaultTemplate stands for the signature a rule names when there is no person
	// at all; empty leaves such mail unsigned.
	DefaultTemplate string
	Proof           Proof
	// Unclear is what becomes of a message that has authors of the tenant and does not
	// tell which one wrote it, or that the tenant's proof is met by though no author
	// is in it: Pass, Refuse or Defer.
	Unclear Verdict
}

// Policy is a compiled configuration. It is not changed after it was made and
// is used from many goroutines.
type Policy struct {
	Guard      string        // name of the guard field
	AlsoHonour []string      // guard fields of other products
	Keys       *seal.Ring    // of guard and tokens; nil: a guard's word is enough, and there are no tokens
	Lifetime   time.Duration // of a sealed guard
	MaxPasses  int           // through this relay, more are a loop; 0 for no limit
	// ThreadTokens lets a signature for replies wait until the author's own is in
	// the thread. It needs a key.
	ThreadTokens bool
	Tenants      []Tenant
	Rules        []RuleSpec
	// Kinds says what becomes of kinds that by convention are left alone; one that
	// is not there has the default: see [Policy.Answer].
	Kinds map[Reason]Handling

	prepared *tenantIndex // by Prepare
}

// Decide decides on a message from its envelope and header. An error is that of
// the store.
func (p *Policy) Decide(f *Facts, people People) (Decision, error) {
	if f.Trace != nil {
		*f.Trace = Trace{}
	}
	m := message{facts: f, header: f.Header, origin: originOf(f.Header, f.Work), subject: newValue(f.Header.Text("Subject"), f.Work)}
	m.thread = threadOf(f.Header, m.subject.text)
	m.claims = p.claimsOf(m.authors)
	d := Decision{Reply: m.thread != New, Forward: m.thread == Forward}
	if p.loops(f) {
		d.Reason = Loop
		return d, nil
	}
	g := p.guardOf(f.Header)
	d.ForeignGuard = g.doubt != ""
	if done, err := p.unproven(&d, &m, g); done || err != nil {
		return d, err
	}
	d.Seal = p.sealOf(&m)
	if p.done(&d, &m, g) {
		return d, nil
	}
	if kind, evidence := passFields(f, m.origin); kind != "" {
		return p.ofKind(d, &m, people, kind, evidence)
	}
	f.Trace.step("kind", true, "no field says that it is of a kind that must pass")
	return p.sign(d, &m, people)
}

// done decides on a message that was handled before, by us or another product.
func (p *Policy) done(d *Decision, m *message, g guard) (done bool) {
	f := m.facts
	believed, pending := p.believes(m, g, d.Seal)
	switch d.ForeignGuard = g.handled && !believed; {
	case pending:
		d.Pending = true
		return true
	case believed:
		d.Verdict, d.Reason = Handled, Guarded
		return true
	}
	for _, name := range p.AlsoHonour {
		if slices.ContainsFunc(f.Header.All(name), saysHandled) {
			f.Trace.step("guard", false, "the field %s says that another product handled the message", name)
			d.Reason = OtherGuard
			return true
		}
	}
	f.Trace.step("guard", true, "no field says that the message was handled")
	return false
}

// sign finds the person who wrote a message, and asks the rules.
func (p *Policy) sign(d Decision, m *message, people People) (Decision, error) {
	f := m.facts
	switch {
	case m.tenant == nil:
		return p.stranger(d, m)
	case m.doubt != "":
		return unclear(d, m), nil
	}
	d.Author = m.claimed
	d.Tenant = m.tenant.Name
	if f.Trace != nil { // nearly never, and the words would be allocated for nothing
		f.Trace.step("tenant", true, "%s, by the domain of %s", d.Tenant, d.Author)
	}
	person, err := m.author(&d, m.authors, people)
	switch {
	case err != nil:
		return d, err
	case person == nil:
		d.Reason = UnknownAuthor
		return d, nil
	}
	d.Person, m.person = person, person
	m.scope = scopeOf(f.Recipients, m.tenant)
	return p.rule(d, m), nil
}
