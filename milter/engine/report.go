package engine

// Action names what became of a message.
type Action string

// The actions of a [Report].
const (
	Signed  Action = "signed"  // at least one block was put in
	Skipped Action = "skipped" // on purpose left as it was, guard stamped
	Handled Action = "handled" // carried our guard already
	Failed  Action = "failed"  // something went wrong inside; Reason says what
	// The configuration asks for these: the MTA gets a permanent or a temporary
	// failure.
	Refused  Action = "refused"
	Deferred Action = "deferred"
)

// Report says what was done with a message and why. It is the one source of the
// log line, the metrics and the JSON that `sigmilter sign --report` writes.
type Report struct {
	Action Action `json:"action"`
	Reason string `json:"reason"`
	Tenant string `json:"tenant,omitempty"`
	Author string `json:"author,omitempty"`
	Rule   string `json:"rule,omitempty"`
	Guard  string `json:"guard,omitempty"` // [ForeignGuard], or empty
	// Missing is what the proof of a tenant lacked, as "contoso: no DKIM signature";
	// empty unless the reason is unproven.
	Missing string        `json:"missing,omitempty"`
	Blocks  []BlockReport `json:"blocks,omitempty"`
	Fields  []FieldReport `json:"fields,omitempty"`
	Micros  int64         `json:"micros"` // time in the engine
}

// ForeignGuard as a report's guard says that the message came with one that is
// not believed, and left without it.
const ForeignGuard = "not-ours"

// BlockReport says where one block went in one part.
type BlockReport struct {
	Block     string   `json:"block"` // signature, disclaimer or banner
	Template  string   `json:"template"`
	Part      string   `json:"part"` // numbered as IMAP does: 1, 1.2
	Type      string   `json:"type"`
	Placed    string   `json:"placed"`              // marker, above-quote, end, top or replaced
	Separator string   `json:"separator,omitempty"` // row of the separator table that ended the newest text
	Beaten    []string `json:"beaten,omitempty"`    // rows that spoke for an earlier end of it and were weaker
	By        string   `json:"by,omitempty"`        // what told the old signature or the sign-off that it replaces
	Removed   []string `json:"removed,omitempty"`   // text taken out: marker, sign-off, old signature
}

// FieldReport names one header edit.
type FieldReport struct {
	Op    string `json:"op"`
	Name  string `json:"name"`
	Index int    `json:"index"`
}
