package miltertest

import (
	"fmt"
	"strconv"
	"strings"
)

// Envelope is what an SMTP client says about a message. What is left out has a
// default.
type Envelope struct {
	Sender     string            // empty: the null sender
	Recipients []string          // none: recipient@example.net
	QueueID    string            // none: TEST1, TEST2 and so on
	Macros     map[string]string // further macros, sent at MAIL, by name without braces
}

// StageReply is what a milter replied at one stage.
type StageReply struct {
	Stage Stage
	Reply Reply
}

// Result is what became of a message. At most one of Accepted, Tempfailed and
// Rejected is set; it is Accepted that puts a message in Raw.
type Result struct {
	Raw           []byte // the message as the MTA passes it on, with CRLF line ends
	Accepted      bool
	Tempfailed    bool
	Rejected      bool
	Modifications []Modification
	Replies       []StageReply // in order, of the stages that had one
}

// Send plays a message from MAIL to end-of-message, after connect and HELO if
// there were none on this connection. Line ends of raw may be LF or CRLF. An
// error means that the milter broke a rule or the connection; a message that is
// discarded, and so lost, is such an error too.
func (m *MTA) Send(e Envelope, raw []byte) (*Result, error) {
	m.sent++
	if len(e.Recipients) == 0 {
		e.Recipients = []string{"recipient@example.net"}
	}
	if e.QueueID == "" {
		e.QueueID = "TEST" + strconv.Itoa(m.sent)
	}
	if err := m.greet(); err != nil {
		return nil, err
	}
	p := playing{mta: m, result: &Result{}}
	message := parseMail(raw)
	p.envelope(e)
	p.content(e, message)
	if p.err != nil {
		return p.result, p.err
	}
	return p.result, p.result.conclude(message, p.final, m.leadingBlank())
}

func (m *MTA) leadingBlank() bool { return m.Agreed.Protocol&leadingSpace != 0 }

// greet plays connect and HELO once per connection.
func (m *MTA) greet() error {
	if m.greeted {
		return nil
	}
	if err := m.Macros(AtConnect, "j", "mta.example.org", "{daemon_name}", "mta.example.org", "v", "miltertest"); err != nil {
		return err
	}
	reply, err := m.Connect("client.example.org", "192.0.2.1", 12345)
	if err == nil && (reply == Continue || reply == NoReply) {
		reply, err = m.Helo("client.example.org")
	}
	if err == nil && reply != Continue && reply != NoReply {
		err = fmt.Errorf("the session was answered with %s", reply)
	}
	return err
}

// playing is a message on its way: each step does nothing once there is an
// error or a final reply.
type playing struct {
	mta    *MTA
	result *Result
	final  Reply
	err    error
}

// step plays one stage.
func (p *playing) step(stage Stage, play func() (Reply, error)) {
	if p.err != nil || p.final != NoReply {
		return
	}
	reply, err := play()
	p.err = err
	if reply == NoReply || err != nil {
		return
	}
	p.result.Replies = append(p.result.Replies, StageReply{stage, reply})
	if reply != Continue && reply != Skip {
		p.final = reply
	}
}

// macros sends macros for a stage.
func (p *playing) macros(stage Stage, pairs ...string) {
	if p.err == nil && p.final == NoReply {
		p.err = p.mta.Macros(stage, pairs...)
	}
}

func (p *playing) envelope(e Envelope) {
	pairs := []string{"{mail_addr}", e.Sender}
	for name, value := range e.Macros {
		if len(name) > 1 {
			name = "{" + name + "}"
		}
		pairs = append(pairs, name, value)
	}
	p.macros(AtMail, pairs...)
	p.step(AtMail, func() (Reply, error) { return p.mta.Mail(e.Sender) })
	for _, recipient := range e.Recipients {
		p.macros(AtRcpt, "{rcpt_addr}", recipient)
		p.step(AtRcpt, func() (Reply, error) { return p.mta.Rcpt(recipient) })
	}
}

func (p *playing) content(e Envelope, message *mail) {
	for _, f := range message.fields {
		p.step(AtHeader, func() (Reply, error) {
			return p.mta.Header(f.name, f.value(p.mta.leadingBlank()))
		})
	}
	p.macros(AtEndOfHeaders, "i", e.QueueID)
	p.step(AtEndOfHeaders, p.mta.EndOfHeaders)
	if len(message.body) > 0 {
		p.step(AtBody, func() (Reply, error) { return p.mta.Body(message.body) })
	}
	p.macros(AtEndOfMessage, "i", e.QueueID)
	p.step(AtEndOfMessage, func() (reply Reply, err error) {
		p.result.Modifications, reply, err = p.mta.EndOfMessage()
		return reply, err
	})
	if p.err == nil && p.final == NoReply {
		p.final = Accept
	}
}

// conclude says what the final reply means for the message.
func (r *Result) conclude(message *mail, final Reply, leadingBlank bool) error {
	switch {
	case final == Accept:
		r.Accepted = true
		message.apply(r.Modifications, leadingBlank)
		r.Raw = message.bytes()
	case final == Tempfail, strings.HasPrefix(string(final), "4"):
		r.Tempfailed = true
	case final == Reject, strings.HasPrefix(string(final), "5"):
		r.Rejected = true
	default:
		return fmt.Errorf("breach: the message was answered with %q", final)
	}
	return nil
}
