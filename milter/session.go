package milter

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	gomilter "github.com/emersion/go-milter"

	"sigmilter/milter/engine"
	"sigmilter/milter/entity"
	"sigmilter/milter/work"
)

const (
	// neededActions are the modifications an [Outcome] is made of.
	neededActions = gomilter.OptAddHeader | gomilter.OptChangeHeader | gomilter.OptChangeBody

	// wantedProtocol is what an MTA that offers it is asked for: not to wait for
	// us at any stage but end-of-headers and end-of-message, where there is
	// something to say. DATA is not wanted because the library always replies to
	// it, and an unknown SMTP command because the library ends the session at one.
	wantedProtocol = gomilter.OptNoData | gomilter.OptNoUnknown |
		gomilter.OptNoConnReply | gomilter.OptNoHeloReply | gomilter.OptNoMailReply |
		gomilter.OptNoRcptReply | gomilter.OptNoHeaderReply | gomilter.OptNoBodyReply
)

// session is one MTA connection. It is the library's handler for all of it: the
// library asks for a new handler after each final reply and is given this one
// again, so that what connect and HELO said is not lost.
//
// No callback returns an error, because the library would then drop the
// connection; none lets a panic out.
type session struct {
	id       string
	conn     *conn
	opts     *Options
	log      *slog.Logger
	listener string               // its name, see [Server.Serve]
	protocol gomilter.OptProtocol // what was agreed on
	macros   map[string]string    // of the connection: seen outside any message
	current  *transaction         // nil between messages
	room     *packetBuffer        // for body packets that are not kept; nil before the first of a message

	memory, disk *work.Budget // shared with the other sessions
	turns        engine.Turns // likewise
}

var _ gomilter.Milter = (*session)(nil)

func newSession(id string, c *conn, opts *Options, log *slog.Logger) *session {
	return &session{id: id, conn: c, opts: opts, log: log, macros: map[string]string{}}
}

// newSessionID returns an id that is unique among a site's sessions.
func newSessionID() string {
	var b [6]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// run agrees with the MTA on the protocol and has the library serve the
// connection, on a goroutine of the library's own that ends by closing it.
func (s *session) run() {
	offered, err := s.conn.peekOffer()
	if err == nil && offered.actions&neededActions != neededActions {
		err = errors.New("the MTA does not let a milter change field and body")
	}
	if err != nil {
		s.conn.ended(err)
		s.conn.Close()
		return
	}
	s.protocol = wantedProtocol & offered.protocol
	if s.protocol&gomilter.OptNoHeaderReply != 0 {
		s.conn.field = s.plainField
	}
	if s.protocol&gomilter.OptNoBodyReply != 0 {
		s.conn.body = s
	}
	server := gomilter.Server{
		NewMilter: func() gomilter.Milter { return s },
		Actions:   neededActions | offered.actions&gomilter.OptSetSymList,
		Protocol:  s.protocol,
		SymList:   wantedMacros,
	}
	// The error is the one oneConn ends with.
	_ = server.Serve(&oneConn{conn: s.conn})
}

// oneConn is a listener that accepts one connection: each session has a library
// server of its own, so that the library's handlers have a session to belong to.
type oneConn struct{ conn net.Conn }

func (l *oneConn) Accept() (net.Conn, error) {
	if l.conn == nil {
		return nil, net.ErrClosed
	}
	c := l.conn
	l.conn = nil
	return c, nil
}

func (l *oneConn) Close() error   { return nil }
func (l *oneConn) Addr() net.Addr { return &net.UnixAddr{Net: "unix"} }

// proceed replies at a stage with nothing to say, where the MTA waits for a reply.
func (s *session) proceed(noReply gomilter.OptProtocol) gomilter.Response {
	if s.protocol&noReply != 0 {
		return nil
	}
	return s.goOn()
}

// goOn sends the reply that the MTA goes on, and returns what the library is to send
// beside it, which is nothing: it has a buffer of 4 KiB for each packet. What fails here
// fails again at the next read.
func (s *session) goOn() gomilter.Response {
	_, _ = s.conn.Write([]byte{0, 0, 0, 1, byte(gomilter.ActContinue)})
	return nil
}

// protect runs one stage. A panic in it makes the message in hand fail at its
// end-of-message; without one, it is logged at once.
func (s *session) protect(stage string, f func()) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		err := fmt.Errorf("panic in stage %s: %w", stage, engine.Panicked(v))
		if s.current != nil && !s.current.told {
			s.current.fault = &engine.Failure{Reason: engine.ReasonPanic, Err: err}
			return
		}
		engine.LogFailure(s.opts.Log, &engine.Message{Session: s.id}, engine.ReasonPanic, err)
	}()
	f()
}

// takeMacros moves what the MTA sent since the last stage to the message in
// hand, or to the connection when there is none.
//
// QUIRK: the library keeps the macros of the latest packet until the next one,
// beyond the message they belong to; emptying its map keeps them from being
// taken for those of the next message.
func (s *session) takeMacros(m *gomilter.Modifier) {
	into := s.macros
	if s.current != nil {
		into = s.current.message.Macros
	}
	for name, value := range m.Macros {
		into[strings.Trim(name, "{}")] = value
	}
	clear(m.Macros)
	if s.current != nil {
		s.current.message.QueueID = into["i"]
	}
}

// Connect is called once, or again when a trusted client of Postfix tells whom it
// speaks for (XCLIENT): nothing of the client before is kept. Its data are kept
// under the names of the macros that MTAs have for them.
func (s *session) Connect(host, _ string, port uint16, addr net.IP, m *gomilter.Modifier) (gomilter.Response, error) {
	s.protect("connect", func() {
		clear(s.macros)
		s.macros["client_name"] = host
		if addr != nil {
			s.macros["client_addr"] = addr.String()
			s.macros["client_port"] = strconv.Itoa(int(port))
		}
		s.takeMacros(m)
	})
	return s.proceed(gomilter.OptNoConnReply), nil
}

// Helo keeps the name as macro s, which is what Sendmail calls it.
func (s *session) Helo(name string, m *gomilter.Modifier) (gomilter.Response, error) {
	s.protect("helo", func() {
		s.macros["s"] = name
		s.takeMacros(m)
	})
	return s.proceed(gomilter.OptNoHeloReply), nil
}

// MailFrom begins a message, whatever became of the one before.
func (s *session) MailFrom(from string, m *gomilter.Modifier) (gomilter.Response, error) {
	s.protect("mail", func() {
		s.end()
		s.current = &transaction{
			message: engine.Message{
				Session: s.id, Listener: s.listener, Macros: maps.Clone(s.macros), Sender: from,
				Cost: engine.NewCost(s.memory, s.turns, s.conn.gone),
			},
			header: work.Account{Budget: s.memory},
		}
		s.conn.setBusy(true)
		s.takeMacros(m)
		s.current.work = s.opts.Begin(&s.current.message)
	})
	return s.proceed(gomilter.OptNoMailReply), nil
}

// RcptTo notes a recipient.
func (s *session) RcptTo(to string, m *gomilter.Modifier) (gomilter.Response, error) {
	s.protect("rcpt", func() {
		s.takeMacros(m)
		if s.current != nil {
			s.current.message.Recipients = append(s.current.message.Recipients, to)
		}
	})
	return s.proceed(gomilter.OptNoRcptReply), nil
}

// Header notes a field.
//
// QUIRK: blanks before the colon (RFC 5322 4.5) come as part of the name.
func (s *session) Header(name, value string, m *gomilter.Modifier) (gomilter.Response, error) {
	s.protect("header", func() {
		s.takeMacros(m)
		s.noteField(name, value)
	})
	return s.proceed(gomilter.OptNoHeaderReply), nil
}

// plainField notes a field that [isPlainField], without the library.
func (s *session) plainField(data []byte) {
	s.protect("header", func() {
		if s.current != nil {
			name, value, _ := strings.Cut(s.current.fieldText(data[:len(data)-1]), "\x00")
			s.noteField(name, value)
		}
	})
}

func (s *session) noteField(name, value string) {
	if s.current != nil {
		s.addField(s.current, entity.Field{Name: strings.TrimRight(name, " \t"), Value: value})
	}
}

// Headers is end-of-headers.
//
// QUIRK: the library's own header map goes on growing from message to message
// of a connection; it is emptied here and not read.
func (s *session) Headers(h textproto.MIMEHeader, m *gomilter.Modifier) (gomilter.Response, error) {
	clear(h)
	accepted := false
	s.protect("end-of-headers", func() {
		s.takeMacros(m)
		accepted = s.current != nil && s.head(s.current)
	})
	if accepted {
		s.end()
		return gomilter.RespAccept, nil
	}
	return s.proceed(gomilter.OptNoEOHReply), nil
}

// BodyChunk collects the body.
func (s *session) BodyChunk(data []byte, m *gomilter.Modifier) (gomilter.Response, error) {
	s.protect("body", func() {
		s.takeMacros(m)
		if s.current != nil {
			s.collect(s.current, data)
		}
	})
	return s.proceed(gomilter.OptNoBodyReply), nil
}

// bodyRoom implements [bodyTaker]. What is kept in memory gets memory of its own; what is
// not kept there, room that the next packet has too.
func (s *session) bodyRoom(size int) []byte {
	if t := s.current; t != nil && t.body != nil && t.body.keepsInMemory(size) {
		return make([]byte, size)
	}
	if s.room == nil {
		s.room = packetBuffers.Get().(*packetBuffer)
	}
	return s.room[:size]
}

// plainBody implements [bodyTaker].
func (s *session) plainBody(data []byte) {
	s.protect("body", func() {
		if s.current != nil {
			s.collect(s.current, data)
		}
	})
}

// Body is end-of-message.
func (s *session) Body(m *gomilter.Modifier) (gomilter.Response, error) {
	if s.current == nil {
		s.takeMacros(m)
		return s.goOn(), nil
	}
	defer s.end()
	began := time.Now()
	var outcome engine.Outcome
	answered := false
	s.protect("end-of-message", func() {
		s.takeMacros(m)
		outcome = s.finish(s.current)
		answered = true
	})
	if !answered {
		outcome = giveUp(s.opts.Log, &s.current.message, engine.ReasonPanic, s.current.fault.Err, engine.Report{})
	}
	if err := s.current.message.Cost.Gone(); err != nil { // to be reported as given up
		s.log.Info("work on a message ended: the MTA does not wait for it any more", "queue", s.current.message.QueueID, "error", err)
		return response(outcome.Reply), nil
	}
	s.current.waited += time.Since(began)
	s.report(s.current, outcome)
	if outcome.Reply == engine.Continue {
		return s.goOn(), nil
	}
	return response(outcome.Reply), nil
}

// Abort drops the message in hand; the connection's data stay.
func (s *session) Abort(m *gomilter.Modifier) error {
	clear(m.Macros)
	clear(m.Headers)
	s.end()
	return nil
}

// end leaves the session without a message in hand.
func (s *session) end() {
	if s.current != nil {
		s.abandoned(s.current)
		s.current.close()
		s.current.header.Close()
		s.current = nil
	}
	if s.room != nil {
		packetBuffers.Put(s.room)
		s.room = nil
	}
	s.conn.setBusy(false)
}
