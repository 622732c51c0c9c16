// Package engine decides on one message at a time and works out its edits: the policy
// says what is to become of it, entity opens its texts, insert finds the places, and the
// outcome is a complete set of edits, or none. It knows no sockets; the sessions of
// package milter bring it messages, and so does a [File].
package engine

import (
	"io"

	"sigmilter/milter/entity"
	"sigmilter/milter/policy"
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
	Cost       *Cost             // of the work on it
}

// Body is a collected message body: bytes as the MTA sent them.
type Body interface {
	io.ReaderAt
	Size() int64
}

// Stage says what a session does with a message after end-of-headers.
type Stage int

// What [Job.Head] answers.
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
