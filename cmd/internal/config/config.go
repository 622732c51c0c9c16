// Package config reads sigmilter's configuration, a TOML file, those of conf.d beside
// it and the templates they name, into a checked and immutable [Config]. Nothing else in
// sigmilter reads settings.
//
// It is strict: an unknown key is a fault, so is a value of the wrong type. All
// faults of a file are found in one go, each with its line. Only a mistake in
// the TOML syntax hides the others, for behind it nothing can be read.
//
// Relative paths are taken from the folder of the configuration file.
package config

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"sigmilter/milter/policy"
	"sigmilter/milter/seal"
	"sigmilter/sigstore/render"
)

// Config is a loaded configuration. It is shared by everything that runs, and
// none of it may be changed after [Load].
type Config struct {
	// Path is the file it came from, as given to [Load].
	Path string

	// Listen is where the MTA finds the milter: unix:/absolute/path (default
	// unix:/run/sigmilter/milter.sock) or inet:host:port.
	Listen string
	// SocketMode is the mode of the unix socket, 0660 by default.
	SocketMode fs.FileMode
	// SocketGroup owns the unix socket; empty leaves the daemon's own group.
	SocketGroup string
	// State is the bbolt file of people and rendered signatures, by default
	// /var/lib/sigmilter/sigmilter.db.
	State string
	// Control is where the verbs find the daemon: unix:/absolute/path (default
	// unix:/run/sigmilter/control.sock); empty for nowhere.
	Control string
	// Metrics is the host:port of the metrics page; empty for none, the default.
	Metrics string
	// Spool is the folder of the temporary files of large bodies; empty is the
	// system's.
	Spool string
	// OnError says what becomes of a message when sigmilter itself fails, by
	// default [Tempfail].
	OnError OnError
	// OnRenderError says what becomes of a message when the template fails for its
	// author, which affects nobody else; by default [Pass].
	OnRenderError OnError
	// OnHidden says what becomes of a message with an enforced block that would not be
	// seen in it, by default [Tempfail].
	OnHidden OnError

	Limits   Limits
	Timeouts Timeouts
	Guard    Guard
	Tenants  []Tenant // at least one, in the order of the file
	Cache    Cache
	Place    Place
	Kinds    Kinds // of mail that by convention is left alone
	Blocks   Blocks
	// Templates holds at least one template, by name.
	Templates map[string]Template
	// Rules are tried in this order; there is at least one. Without any in the
	// file, a sole template makes one rule that applies it to all mail.
	Rules     []Rule
	Decisions Decisions
	Log       Log

	// Warnings are what the file names rightly but cannot be had at the moment:
	// a source of people that is not there, and rules that can never match. The
	// daemon runs, on the last good data; check reports them as faults. With other
	// faults around, [Load] returns them among those.
	Warnings Faults
	// Notes are what could not be looked at, by [LoadElsewhere].
	Notes Faults

	hash string
}

// OnError is a policy for failures inside sigmilter.
type OnError string

// The choices of on_error.
const (
	Tempfail OnError = "tempfail" // the MTA keeps the message and tries again
	Pass     OnError = "pass"     // the message goes on unsigned, with the guard field
)

// Limits bound what one message or MTA may cost.
type Limits struct {
	MessageBytes int64 // a larger body passes unsigned; 150 MiB
	BodyMemory   int64 // bytes of a body kept in memory, above in a temporary file; 1 MiB
	Memory       int64 // of all messages in hand together: bodies, texts and what they are read into; 256 MiB
	SpoolBytes   int64 // bytes of all bodies in temporary files, above a failure; 10 GiB
	HeaderFields int   // a message with more fields fails; 10000
	HeaderBytes  int64 // of a message, above a failure, and of a part, above it passes unsigned; 1 MiB
	Sessions     int   // MTA connections at a time; 500
	Parts        int   // MIME parts of a message that is signed; 1000
	Depth        int   // levels of multiparts in it; 30
	TextBytes    int64 // a larger text part is not edited; 8 MiB
	LineBytes    int64 // nor one with a longer line; 8 MiB
}

// Timeouts bound how long sigmilter waits. Each is at least 100 ms.
type Timeouts struct {
	Idle  time.Duration // for the next command of the MTA; 10 minutes
	Write time.Duration // for the MTA to take a reply; 30 seconds
	Stop  time.Duration // for messages in hand when the daemon stops; 60 seconds
	// Message is how long the work on one message may take; 60 seconds.
	Message time.Duration
	DNS     time.Duration // for the keys of a message's DKIM signatures; 2 seconds
}

// Guard is the field that marks a message as handled.
type Guard struct {
	Field      string   // X-Sigmilter-Handled by default
	AlsoHonour []string // guard fields of other products
	// Keys are those of the file key_file: they seal the guard and the tokens of
	// threads. Without it, nil, the word of a guard is believed.
	Keys      *seal.Ring
	Lifetime  time.Duration // of a seal; 48 hours
	MaxPasses int           // through this relay, one more is a loop; 3
	OnLoop    OnError       // what becomes of a message that goes in circles, by default [Tempfail]
}

// Tenant is one organisation whose mail is signed.
type Tenant struct {
	Name string
	// Domains has at least one; they are in lower case, internationalised ones
	// as A-labels (xn--), and none belongs to two tenants.
	Domains []string
	// Directories are where its people come from, at least one. Of an attribute
	// that several of them have, the value of the first counts.
	Directories []Directory
	// Precedence has, by attribute, names of sources that come before the others.
	Precedence map[string][]string
	// MaxStale is how long ago the last good reading of any of its sources may be
	// before OnStale applies; 0 stands for any time.
	MaxStale time.Duration
	OnStale  OnStale // StaleSign by default
	// OnBehalf says whose signature goes into mail sent on behalf of a mailbox
	// when the directory has both; by default [OnBehalfFrom].
	OnBehalf OnBehalf
	// DefaultPerson is the address whose person signs for addresses that the
	// directory does not have; in one of Domains, or empty for nobody.
	DefaultPerson string
	// DefaultTemplate names the template that stands for a rule's signature when
	// there is no person; empty leaves such mail unsigned.
	DefaultTemplate string
	Proof           Proof
	Microsoft365    Microsoft365
	OnError         OnError // that of Config by default
	// OnUnclearAuthor says what becomes of mail that is the tenant's and of which it is
	// not clear who in it wrote it.
	OnUnclearAuthor OnUnclearAuthor
}

// OnUnclearAuthor says what becomes of mail without one author.
type OnUnclearAuthor string

// The choices of on_unclear_author.
const (
	UnclearByRules  OnUnclearAuthor = "" // deferred where a rule has enforce, else passed
	UnclearPass     OnUnclearAuthor = "pass"
	UnclearTempfail OnUnclearAuthor = "tempfail"
	UnclearRefuse   OnUnclearAuthor = "refuse"
)

// OnBehalf says whose mail one is that a person sent on behalf of a mailbox.
type OnBehalf string

// The choices of on_behalf.
const (
	OnBehalfFrom   OnBehalf = "from"   // the mailbox's, which the From field names
	OnBehalfSender OnBehalf = "sender" // the delegate's, whom the Sender field names
)

// Proof says how the tenant's mail is told from others': see [policy.Proof]. It
// holds no secret, only hashes. RoutingField is empty without a routing code.
type Proof policy.Proof

// Cache is about rendered signatures.
type Cache struct {
	TTL time.Duration // how long one is good; 20 minutes
}

// Selections say which mail is signed and what gives way to the signature. With
// all four off only the marker works.
type Selections struct {
	ReplaceExisting bool // an older signature of the author
	ReplaceSignoff  bool // a phone's default line
	OnNew           bool // new messages are signed
	OnReply         bool // replies and forwards are signed
}

// Place says where signatures go.
type Place struct {
	Selections                  // for rules that do not say otherwise; all on
	Marker     string           // replaced by the signature; {EMAILSIGNATURE}
	Signoffs   []*regexp.Regexp // sign-offs of the admin's own, beside the built-in ones
	AttachOnly AttachOnly       // mail without any text; PassThrough
	AMP        AMP              // mail with an AMP form; PassAMP
	OptOut     []string         // keywords for rules that have none of their own
	Learn      bool             // the author's signature is known from the endings of earlier mails
	// ThreadToken lets a token in References tell whether a reply gets the
	// signature for replies; it needs Guard.Keys. On by default.
	ThreadToken bool
}

// Kinds says which kinds of mail that are left alone by convention are treated
// otherwise. By default they pass, and are signed where a rule enforces its blocks.
type Kinds struct {
	Sign          []policy.Reason // signed also where no rule enforces
	EnforcedPass  []policy.Reason // pass also where a rule enforces
	EnforcedDefer []policy.Reason // deferred where a rule enforces, rather than signed
}

// AttachOnly says what becomes of mail that is only attachments.
type AttachOnly string

// The choices of attach_only.
const (
	PassThrough AttachOnly = "pass" // it passes unsigned
	AddText     AttachOnly = "add"  // it gets a text with its blocks
)

// AMP says what becomes of mail with an AMP form beside its HTML.
type AMP string

// The choices of amp.
const (
	PassAMP AMP = "pass" // it passes unsigned
	DropAMP AMP = "drop" // it is signed and loses the AMP form
)

// Plain says what becomes of mail in plain text.
type Plain string

// The choices of a rule's plain.
const (
	KeepPlain   Plain = "keep"        // it stays plain
	Alternative Plain = "alternative" // it gets an HTML form beside
)

// Template is the source of one signature.
type Template struct {
	Name     string
	HTML     string           // contents of the file HTMLPath
	Text     string           // contents of the file TextPath; empty: derived from the HTML
	HTMLPath string           // absolute
	Pictures []render.Picture // those HTML and its partials refer to by cid:NAME
	TextPath string           // absolute, or empty
	Parsed   *render.Template // made of HTML and Text
	Ready    bool             // a signature made elsewhere takes its place for people who have one
}

// Rule says which signature which mail gets.
type Rule struct {
	Name string // unique
	// Conditions say which mail it is for, all by default; OptOut is that of
	// Place unless the rule has its own.
	policy.Conditions
	// Signature names the template for new messages; empty when the rule has
	// only a disclaimer or a banner.
	Signature string
	// ReplySignature names the template for replies and forwards: by default
	// the same as Signature, and empty when the rule says "none".
	ReplySignature string
	// Disclaimer and Banner name templates, empty for none: the one goes below
	// everything, the other above.
	Disclaimer, Banner string
	Plain              Plain // KeepPlain by default
	Enforce            bool  // a message it gives a block never leaves without
	EnforceByText      bool  // likewise, but the text form may make up for a block that is not seen in HTML
	Selections               // those of Place unless the rule has its own
	Stop               bool  // no further rule is tried after this one; true by default
}

// DecisionsDir is the folder of what was decided on messages, beside the state file.
func (c *Config) DecisionsDir() string { return decisionsBeside(c.State) }

// Decisions is about the record of what was decided on each message.
type Decisions struct {
	Days  int   // they are kept so long, 7 by default; 0 keeps none
	Bytes int64 // of all that are kept, 256 MiB by default
}

// Log is about the daemon's log on stderr.
type Log struct {
	Level  slog.Level // info by default
	Format LogFormat  // Auto by default
}

// LogFormat is how a log line is written.
type LogFormat string

// The choices of log.format.
const (
	// Auto is Journald where the log goes to the journal of systemd, else Logfmt.
	Auto   LogFormat = "auto"
	Logfmt LogFormat = "logfmt"
	JSON   LogFormat = "json"
	// Journald is logfmt without the time and with the priority in front, which
	// the journal of systemd reads there.
	Journald LogFormat = "journald"
)

// Hash names the version of everything that was loaded but secrets, its files and
// templates: 32 hexadecimal digits.
func (c *Config) Hash() string { return c.hash }

// sum computes the hash over parts that cannot run into each other. Conditions
// have words of files beside the configuration.
func (c *Config) sum(files []settingsFile) string {
	h := sha256.New()
	add := func(s string) {
		digest := sha256.Sum256([]byte(s))
		h.Write(digest[:])
	}
	for _, f := range files {
		add(f.text)
	}
	for _, v := range c.Guard.Keys.Versions() {
		add(v)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Templates)) {
		t := c.Templates[name]
		add(name)
		add(t.Parsed.Version()) // covers partials, and pictures: the HTML names them by their contents
	}
	for _, r := range c.Rules {
		for _, condition := range slices.Concat(r.If, r.Except) {
			add(strings.Join(condition.Words(), "\n"))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
