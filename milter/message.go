// Package milter is the milter protocol side of sigmilter: it listens for the
// MTA, collects each message, has the engine decide on and edit it, and replays
// the result as milter modifications.
package milter

import (
	"io"
	"time"

	"sigmilter/milter/entity"
	"sigmilter/milter/policy"
	"sigmilter/milter/work"
)

// Message is one mail transaction as the MTA handed it over. It is filled in
// stage by stage and belongs to one session; nothing in it outlives the
// transaction.
type Message struct {
	Session    string            // id of the session, for the log
	QueueID    string            // macro i, empty until the MTA sends it
	Macros     map[string]string // every macro seen in the session so far, by its name without braces
	Listener   string            // the name its session's listener was served under
	Proven     bool              // taken as its tenant's without proof; never set by a session
	Sender     string            // MAIL FROM without brackets; empty for the null sender
	Recipients []string          // RCPT TO without brackets, in order
	Header     entity.Header     // the fields in order
	Body       Body              // nil when the body was not kept
	Size       int64             // bytes of body received
	Tree       *entity.Part      // the MIME tree, nil when the body was not kept
	TreeErr    error             // why there is no tree: a limit of the scanner
	Trace      *policy.Trace     // filled in with how it was decided on, unless nil

	facts    policy.Facts
	decision policy.Decision // of the engine, first at end-of-headers
	failure  *failure        // what went wrong since
	maxTime  time.Duration   // how long the work may take, 0 for no limit
	spent    time.Duration   // worked on it so far
	began    time.Time       // when the work that is going on began, zero for none
	peer     func() error    // says that the MTA has gone; nil where there is none
	gone     error           // what it said
	work     *work.Meter     // what the work may still cost
	memory   account         // beside the body
	turns    turns           // of the server; nil for no waiting
	turn     bool            // it has one
	light    int64           // units of work spent before the work that is going on
	whole    bool            // leaves are read to their end
}

// Body is a collected message body: bytes as the MTA sent them.
type Body interface {
	io.ReaderAt
	Size() int64
}

// Stage says what a session does with a message after end-of-headers.
type Stage int

// What [Signer.Head] answers.
const (
	// AcceptNow answers accept at end-of-headers: nothing is to be changed, not
	// even the guard field, and the MTA need not send the body. Finish is asked at
	// once, for its report only.
	AcceptNow Stage = iota
	// SkipBody lets the body pass uncollected; Finish is asked without it.
	SkipBody
	// WantBody collects and scans the body for Finish.
	WantBody
)

// Reply is what the MTA is told at end-of-message.
type Reply int

// The replies of an [Outcome].
const (
	Continue Reply = iota // carry out the edits and go on
	Tempfail              // 4xx: the sender tries again later
	Reject                // 5xx, only where the configuration asks for it
)

// Outcome is what is to be done with a message: either a complete set of edits
// or none.
type Outcome struct {
	Reply   Reply
	Fields  []entity.FieldEdit // in the order they are carried out
	Splices []entity.Splice    // over the original body; nil leaves the body alone
	Report  Report
}

// Signer decides on messages. *Engine is the one of production; sessions call
// it from many goroutines at once. It never returns an error: what goes wrong
// inside is an outcome with its reason.
type Signer interface {
	// Head is asked at end-of-headers, with envelope, macros and header.
	Head(*Message) Stage
	// Finish is asked at end-of-message, or at once when Head answered AcceptNow.
	Finish(*Message) Outcome
	// Fail is asked in place of Finish for a message that the session could not
	// collect, and once more after it when its edits contradict themselves; nothing
	// has been sent. The outcome is without splices.
	Fail(*Message, policy.Reason, error) Outcome
}
