// Package miltertest is a fake MTA for tests of a milter. It speaks the wire
// protocol itself, so that a fault of the milter library shows, offers what
// Postfix offers, honours what the milter answers, and enforces what MTAs
// enforce: modifications only at end-of-message and only those agreed on, the
// body's chunks in one run, no packet above 64 KiB, no reply where none is due.
// A breach is an error that begins with "breach".
//
// The methods of [MTA] play a session stage by stage; [MTA.Send] plays a whole
// message and returns it as an MTA would pass it on. As with Postfix, a packet that
// no reply is due to waits for the next one that has: [MTA.Flush] sends it at once.
package miltertest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// MTA is one connection of a fake MTA to a milter. It is for one goroutine.
type MTA struct {
	Agreed Offer             // the milter's answer in the negotiation
	Wanted map[uint32]string // the macros it asks for there, by stage (SMFIM_*)

	wire    *wire
	greeted bool // Connect has been called
	sent    int  // messages sent, for queue ids
}

// Dial connects to a milter and negotiates as Postfix does.
func Dial(network, address string) (*MTA, error) {
	conn, err := net.Dial(network, address)
	if err != nil {
		return nil, err
	}
	return New(conn, Postfix)
}

// New negotiates on a connection, such as one end of a net.Pipe. It closes conn
// when the milter does not agree.
func New(conn net.Conn, offer Offer) (*MTA, error) {
	m := &MTA{wire: newWire(conn)}
	agreed, wanted, err := m.wire.negotiate(offer)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("negotiate: %w", err)
	}
	m.Agreed, m.Wanted = agreed, wanted
	return m, nil
}

// SetTimeout sets how long the MTA waits for the milter, a minute if not set: a test
// machine may be very busy.
func (m *MTA) SetTimeout(d time.Duration) { m.wire.timeout = d }

// Macros sends macros ahead of a stage, as name and value in turn. A name of
// more than one letter is in braces on the wire; the caller writes them.
func (m *MTA) Macros(stage Stage, pairs ...string) error {
	if err := m.wire.send('D', append([]byte{commands[stage].code}, cStrings(pairs...)...)); err != nil {
		return fmt.Errorf("macros for %s: %w", stage, err)
	}
	return nil
}

// Connect tells of an SMTP client, by IPv4 address and port.
func (m *MTA) Connect(host, address string, port uint16) (Reply, error) {
	m.greeted = true
	data := append(cStrings(host), '4')
	data = binary.BigEndian.AppendUint16(data, port)
	return m.play(AtConnect, append(data, cStrings(address)...))
}

// Helo tells of the client's HELO or EHLO.
func (m *MTA) Helo(name string) (Reply, error) { return m.play(AtHelo, cStrings(name)) }

// Mail begins a message; sender is without brackets.
func (m *MTA) Mail(sender string, args ...string) (Reply, error) {
	return m.play(AtMail, cStrings(append([]string{"<" + sender + ">"}, args...)...))
}

// Rcpt adds a recipient, without brackets.
func (m *MTA) Rcpt(recipient string, args ...string) (Reply, error) {
	return m.play(AtRcpt, cStrings(append([]string{"<" + recipient + ">"}, args...)...))
}

// Header hands over one field, its value as an MTA gives it: without the blank
// after the colon unless that was agreed on, folds as LF and a blank.
func (m *MTA) Header(name, value string) (Reply, error) {
	return m.play(AtHeader, cStrings(name, value))
}

// EndOfHeaders says that the header is complete.
func (m *MTA) EndOfHeaders() (Reply, error) { return m.play(AtEndOfHeaders, nil) }

// Body hands over body bytes in chunks as large as the protocol allows, and
// stops at the first reply that is not continue.
func (m *MTA) Body(body []byte) (Reply, error) {
	for {
		n := min(len(body), maxChunk)
		reply, err := m.play(AtBody, body[:n])
		body = body[n:]
		if err != nil || len(body) == 0 || (reply != Continue && reply != NoReply) {
			return reply, err
		}
	}
}

// EndOfMessage says that the message is complete and returns what the milter
// wants changed, and its reply.
func (m *MTA) EndOfMessage() ([]Modification, Reply, error) {
	if err := m.wire.send(commands[AtEndOfMessage].code, nil); err != nil {
		return nil, NoReply, fmt.Errorf("%s: %w", AtEndOfMessage, err)
	}
	r := record{actions: m.Agreed.Actions}
	for {
		code, data, err := m.wire.receive()
		if err != nil {
			return r.modifications, NoReply, fmt.Errorf("%s: %w", AtEndOfMessage, err)
		}
		if reply, ok := replyOf(code, data); ok {
			return r.modifications, reply, nil
		}
		if err := r.add(code, data); err != nil {
			return r.modifications, NoReply, fmt.Errorf("%s: %w", AtEndOfMessage, err)
		}
	}
}

// Flush sends what waits for a packet with a reply.
func (m *MTA) Flush() error { return m.wire.flush() }

// Abort drops the message in hand, at once.
func (m *MTA) Abort() error {
	if err := m.wire.send('A', nil); err != nil {
		return fmt.Errorf("abort: %w", err)
	}
	return m.wire.flush()
}

// Quit ends the session in order. It fails if the milter had said anything
// nobody waited for, or does not close the connection.
func (m *MTA) Quit() error {
	defer m.Close()
	if err := m.wire.send('Q', nil); err != nil {
		return fmt.Errorf("quit: %w", err)
	}
	if err := m.Closed(); err != nil {
		return fmt.Errorf("quit: %w", err)
	}
	return nil
}

// Closed waits for the milter to close the connection. It fails if the milter
// says something instead, or nothing at all.
func (m *MTA) Closed() error {
	code, _, err := m.wire.receive()
	switch {
	case err == nil:
		return fmt.Errorf("breach: packet %q that nobody waited for", code)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errors.New("the milter keeps the connection open")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return err
	}
	return nil
}

// Cut drops the connection as it is. Unlike Close it may be called while another
// goroutine waits for an answer.
func (m *MTA) Cut() error { return m.wire.conn.Close() }

// Close drops the connection without a word, but for what waited to be sent.
func (m *MTA) Close() error {
	_ = m.wire.flush() // the milter may have gone
	return m.wire.conn.Close()
}

// play sends a stage, unless the milter did not want it, and returns the reply,
// where one is due.
func (m *MTA) play(stage Stage, data []byte) (Reply, error) {
	c := commands[stage]
	if m.Agreed.Protocol&c.skip != 0 {
		return NoReply, nil
	}
	if err := m.wire.send(c.code, data); err != nil {
		return NoReply, fmt.Errorf("%s: %w", stage, err)
	}
	if m.Agreed.Protocol&c.noReply != 0 {
		return NoReply, nil
	}
	code, data, err := m.wire.receive()
	if err != nil {
		return NoReply, fmt.Errorf("%s: %w", stage, err)
	}
	reply, ok := replyOf(code, data)
	if !ok {
		return NoReply, fmt.Errorf("breach: packet %q at %s", code, stage)
	}
	return reply, nil
}

// replyOf names a reply packet; false is any other packet.
func replyOf(code byte, data []byte) (Reply, bool) {
	if code == 'y' {
		text, err := cutStrings(data, 1)
		if err != nil || text[0] == "" {
			return NoReply, false
		}
		return Reply(text[0]), true
	}
	reply, ok := replies[code]
	return reply, ok && len(data) == 0
}
