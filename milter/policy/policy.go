// Package policy decides what to do with a message from its envelope and its
// header: whether it is to be signed, for whom, by which rule, or why not.
//
// The order is fixed: guard, kinds that must pass, tenant, author, rules. Kinds
// that only the MIME tree shows are looked for by [PassParts] once the body is
// there. The package is pure: people come through the [People] interface, which
// answers from memory or the local store.
package policy

import (
	"cmp"
	"slices"
	"strings"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
)

// Reason says in one word why a message was treated as it was. It is what logs,
// metrics and reports show.
type Reason string

// The reasons policy gives.
const (
	Rule          Reason = "rule"           // a rule says to sign
	Guarded       Reason = "guard"          // our guard field is there: handled already
	OtherGuard    Reason = "other-guard"    // that of another product, honoured by configuration
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
	UnknownAuthor Reason = "unknown-author" // the directory does not know him
	NoRule        Reason = "no-rule"        // no rule applies
	NoSignature   Reason = "no-signature"   // the rule that applies says none
)

// Facts are what is known of a message at end-of-headers.
type Facts struct {
	Sender     string // MAIL FROM, empty for the null sender
	Recipients []string
	Header     entity.Header
}

// Verdict is what a decision comes down to.
type Verdict int

// The verdicts.
const (
	Pass    Verdict = iota // leave it as it is, stamp the guard
	Handled                // leave it as it is, the guard is there
	Sign
)

// Decision is what is to be done with a message, and why.
type Decision struct {
	Verdict Verdict
	Reason  Reason
	Tenant  string
	Author  string  // address as the From field has it, lower case
	Person  *Person // nil unless the directory knows the author
	Rule    string  // the first rule that says what to put in
	Reply   bool    // a reply or a forward
	Place   insert.Settings
	AddHTML bool // a message in plain text gets an HTML form beside it

	// The templates of the blocks, empty for none.
	Signature, Disclaimer, Banner string
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
}

// People finds a person by any of his addresses, in lower case.
type People interface {
	Find(tenant, address string) (p *Person, found bool, err error)
}

// Tenant is an organisation whose mail is signed.
type Tenant struct {
	Name    string
	Domains []string // lower case
}

// Scope says where recipients must be for a rule.
type Scope string

// The scopes. A recipient is internal when its domain is one of the author's
// tenant; a message is external when any recipient is.
const (
	AnyScope Scope = "any"
	Internal Scope = "internal"
	External Scope = "external"
)

// RuleSpec is one rule of the configuration.
type RuleSpec struct {
	Name           string
	To             Scope
	From           []string // addresses or domains, lower case; empty for everyone
	Signature      string   // template; empty leaves it to a later rule
	ReplySignature string   // template for replies and forwards; empty for the same
	Disclaimer     string   // template; empty leaves it to a later rule
	Banner         string   // likewise
	Place          insert.Settings
	AddHTML        bool // a message in plain text gets an HTML form beside it
	Stop           bool // no later rule is looked at
}

// NoTemplate as a rule's signature says that there is to be none.
const NoTemplate = "none"

// Policy is a compiled configuration. It is not changed after it was made and
// is used from many goroutines.
type Policy struct {
	Guard      string   // name of the guard field
	AlsoHonour []string // guard fields of other products
	Tenants    []Tenant
	Rules      []RuleSpec
}

// Decide decides on a message from its envelope and header. An error is that of
// the store.
func (p *Policy) Decide(f *Facts, people People) (Decision, error) {
	d := Decision{Reply: insert.IsReply(f.Header.Text("Subject")) || f.Header.Get("In-Reply-To") != "" || f.Header.Get("References") != ""}
	if guarded(f.Header, p.Guard) {
		d.Verdict, d.Reason = Handled, Guarded
		return d, nil
	}
	for _, name := range p.AlsoHonour {
		if guarded(f.Header, name) {
			d.Reason = OtherGuard
			return d, nil
		}
	}
	if why := passFields(f); why != "" {
		d.Reason = why
		return d, nil
	}
	return p.sign(d, f, people)
}

// guarded says whether a guard field says that the message was handled.
func guarded(h entity.Header, name string) bool {
	v := strings.ToLower(strings.TrimSpace(h.Get(name)))
	return strings.HasPrefix(v, "yes") || strings.HasPrefix(v, "true")
}

func (p *Policy) sign(d Decision, f *Facts, people People) (Decision, error) {
	authors := authorsOf(f.Header)
	if len(authors) == 0 {
		d.Reason = NoAuthor
		return d, nil
	}
	tenant := p.tenantOf(authors, &d)
	if tenant == nil {
		d.Author, d.Reason = authors[0], NoTenant
		return d, nil
	}
	d.Tenant = tenant.Name
	person, found, err := people.Find(tenant.Name, d.Author)
	if err != nil {
		return d, err
	}
	if !found {
		d.Reason = UnknownAuthor
		return d, nil
	}
	d.Person = person
	return p.rule(d, tenant, f), nil
}

// tenantOf finds the first author who is in a tenant.
func (p *Policy) tenantOf(authors []string, d *Decision) *Tenant {
	for _, a := range authors {
		for i := range p.Tenants {
			if slices.Contains(p.Tenants[i].Domains, domainOf(a)) {
				d.Author = a
				return &p.Tenants[i]
			}
		}
	}
	return nil
}

// rule goes through the rules that apply, in order, until one stops. Each block
// comes from the first that names it.
func (p *Policy) rule(d Decision, t *Tenant, f *Facts) Decision {
	scope := scopeOf(f.Recipients, t)
	for i := range p.Rules {
		r := &p.Rules[i]
		if r.To != AnyScope && r.To != scope || !r.covers(d.Person) {
			continue
		}
		d.take(r)
		if r.Stop {
			break
		}
	}
	if d.Signature == NoTemplate {
		d.Signature = ""
	}
	switch {
	case d.Rule == "":
		d.Reason = NoRule
	case len(d.Blocks()) == 0:
		d.Reason = NoSignature
	default:
		d.Verdict, d.Reason = Sign, Rule
	}
	return d
}

// scopeOf is where the recipients of a message are.
func scopeOf(recipients []string, t *Tenant) Scope {
	for _, r := range recipients {
		if !slices.Contains(t.Domains, domainOf(canonical(r))) {
			return External
		}
	}
	return Internal
}

// take takes from a rule what no earlier one has said.
func (d *Decision) take(r *RuleSpec) {
	signature := r.Signature
	if d.Reply && r.ReplySignature != "" {
		signature = r.ReplySignature
	}
	speaks := d.Signature == "" && signature != "" || d.Disclaimer == "" && r.Disclaimer != "" || d.Banner == "" && r.Banner != ""
	if d.Rule == "" || speaks && len(d.Blocks()) == 0 {
		d.Rule, d.Place = r.Name, r.Place
	}
	if d.Signature == "" && signature != "" {
		d.Signature, d.Place = signature, r.Place
	}
	d.Disclaimer = cmp.Or(d.Disclaimer, r.Disclaimer)
	d.Banner = cmp.Or(d.Banner, r.Banner)
	d.AddHTML = d.AddHTML || r.AddHTML
}

// covers says whether a rule is for a person.
func (r *RuleSpec) covers(p *Person) bool {
	if len(r.From) == 0 {
		return true
	}
	for _, a := range p.Addresses {
		if slices.Contains(r.From, a) || slices.Contains(r.From, domainOf(a)) {
			return true
		}
	}
	return false
}

// domainOf is the part of an address after the last @.
func domainOf(address string) string {
	return address[strings.LastIndexByte(address, '@')+1:]
}
