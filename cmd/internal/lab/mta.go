package lab

// MTA is a running private mail server, whichever program it is: what a test
// that runs on both asks of it.
type MTA interface {
	// Addr is the "host:port" it takes mail on.
	Addr() string
	// Log is the path of its log.
	Log() string
	// Queue lists the messages it has accepted and not yet handed on.
	Queue() ([]Queued, error)
	// Flush has the deferred mail tried again at once.
	Flush() error
	// Stop ends it. It may be called more than once.
	Stop()
}

var (
	_ MTA = (*Postfix)(nil)
	_ MTA = (*Sendmail)(nil)
)

// Queued is one message in the queue.
type Queued struct {
	QueueID    string      `json:"queue_id"`
	Sender     string      `json:"sender"` // empty for the null sender; Postfix writes MAILER-DAEMON
	Recipients []Recipient `json:"recipients"`
}

// Recipient is one address a queued message still goes to.
type Recipient struct {
	Address     string `json:"address"`
	DelayReason string `json:"delay_reason"` // empty when not tried yet
}
