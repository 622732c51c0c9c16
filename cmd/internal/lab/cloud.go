package lab

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// MaxPasses is how often one message is sent through the relay before the
// stand-in gives up and delivers it as it is: the rule of Microsoft 365 would
// go on until the hop count ends it.
const MaxPasses = 5

// Cloud stands in for Microsoft 365. Its sender side hands mail to the relay
// ([Cloud.Send], [Cloud.SendAll]); its inbound connector receives what the relay
// returns and applies the transport rule: without the guard field the message
// goes to the relay again, with it the message has arrived.
type Cloud struct {
	guard  string
	tls    *tls.Config // of the outbound connector; nil is plain text
	server *smtp.Server
	addr   string

	mu       sync.Mutex
	changed  sync.Cond // on mu: arrivals, passes, deferred or fault changed
	relay    string
	sent     map[string]sending // by Message-ID
	passes   map[string]int     // by Message-ID
	arrivals []Arrival
	deferred int
	fault    error // of a message on its way round again

	rounds sync.WaitGroup // messages on their way round again
	life   context.Context
	end    context.CancelFunc
}

// sending is a message as it left for the relay.
type sending struct {
	raw []byte
	at  time.Time
}

// Arrival is one message that came back and was delivered.
type Arrival struct {
	MessageID string   // without angle brackets; empty if there was none
	From      string   // envelope sender, empty for the null sender
	To        []string // envelope recipients
	Sent      []byte   // as handed to the relay at first; nil if it was not sent by us
	Raw       []byte   // as it came back, byte for byte
	Passes    int      // times it had come back when it was delivered
	Relay     string   // common name of the certificate the relay showed, empty for none
	SentAt    time.Time
	ArrivedAt time.Time
}

// StartCloud opens the inbound connector on a loopback port. guard is the name
// of the loop-guard field the transport rule looks at. The caller stops it with
// [Cloud.Stop], and names the relay with [Cloud.SetRelay] before sending.
func StartCloud(guard string) (*Cloud, error) {
	return StartCloudTLS(guard, "127.0.0.1:0", nil, nil)
}

// StartCloudTLS is [StartCloud] at an address of loopback and with STARTTLS, as
// Microsoft 365 has it: in is the inbound connector's side and offered to the
// relay, out is the outbound connector's and insisted on. Either may be nil for
// plain text.
func StartCloudTLS(guard, addr string, in, out *tls.Config) (*Cloud, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("open inbound connector: %w", err)
	}
	c := &Cloud{
		guard: guard, tls: out, addr: listener.Addr().String(),
		sent: map[string]sending{}, passes: map[string]int{},
	}
	c.changed.L = &c.mu
	c.life, c.end = context.WithCancel(context.Background())
	c.server = smtp.NewServer(smtp.BackendFunc(func(conn *smtp.Conn) (smtp.Session, error) {
		return &inbound{cloud: c, conn: conn}, nil
	}))
	c.server.TLSConfig = in
	c.server.Domain = "contoso-com.mail.protection.outlook.com"
	c.server.MaxMessageBytes = 157286400
	c.server.MaxLineLength = 0 // none: what the relay sends is to be kept
	c.server.EnableSMTPUTF8 = true
	c.server.EnableDSN = true
	// What breaks off here, the relay tries again; the tests look at what came.
	c.server.ErrorLog = log.New(io.Discard, "", 0)
	go func() { _ = c.server.Serve(listener) }() // ends with Stop
	return c, nil
}

// Addr is the "host:port" of the inbound connector, the relay's next hop.
func (c *Cloud) Addr() string { return c.addr }

// SetRelay names the relay, "host:port".
func (c *Cloud) SetRelay(addr string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.relay = addr
}

// Stop closes the inbound connector and ends what is still being sent.
func (c *Cloud) Stop() {
	c.end()
	_ = c.server.Close() // its listeners are ours alone; nothing is lost
	c.rounds.Wait()
}

// Arrivals are the messages delivered so far, in their order.
func (c *Cloud) Arrivals() []Arrival {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Arrival(nil), c.arrivals...)
}

// Deferred counts the temporary refusals (4xx or a broken connection) that the
// relay answered.
func (c *Cloud) Deferred() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.deferred
}

// Wait returns when n messages have been delivered in all, when one could not
// be sent round again, or when ctx ends.
func (c *Cloud) Wait(ctx context.Context, n int) error {
	return c.wait(ctx, fmt.Sprintf("%d messages", n), func() bool { return len(c.arrivals) >= n })
}

// WaitDeferred returns when the relay has refused n attempts in all.
func (c *Cloud) WaitDeferred(ctx context.Context, n int) error {
	return c.wait(ctx, fmt.Sprintf("%d refusals", n), func() bool { return c.deferred >= n })
}

func (c *Cloud) wait(ctx context.Context, what string, done func() bool) error {
	stop := context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.changed.Broadcast()
	})
	defer stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for !done() {
		if c.fault != nil {
			return c.fault
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("wait for %s, %d delivered, %d refused: %w", what, len(c.arrivals), c.deferred, err)
		}
		c.changed.Wait()
	}
	return nil
}

// receive is the transport rule: it delivers a returned message, or sends it
// round again.
func (c *Cloud) receive(relay, from string, to []string, raw []byte) {
	id := messageID(raw)
	guarded := ruleException(raw, c.guard)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.passes[id]++
	if guarded || c.passes[id] >= MaxPasses {
		first := c.sent[id]
		c.arrivals = append(c.arrivals, Arrival{
			MessageID: id, Relay: relay, From: from, To: to, Raw: raw, Sent: first.raw, Passes: c.passes[id],
			SentAt: first.at, ArrivedAt: time.Now(),
		})
		c.changed.Broadcast()
		return
	}
	c.rounds.Go(func() {
		again := append([]byte(receivedField(time.Now())), raw...)
		if err := c.deliver(c.life, from, to, again); err != nil && c.life.Err() == nil {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.fault = fmt.Errorf("send message %s round again: %w", id, err)
			c.changed.Broadcast()
		}
	})
}

// ruleException is -ExceptIfHeaderContainsMessageHeader guard
// -ExceptIfHeaderContainsWords Yes.
func ruleException(raw []byte, guard string) bool {
	for _, value := range fieldValues(raw, guard) {
		if strings.Contains(strings.ToLower(value), "yes") {
			return true
		}
	}
	return false
}

// inbound is one SMTP session of the inbound connector.
type inbound struct {
	cloud *Cloud
	conn  *smtp.Conn
	from  string
	to    []string
}

func (s *inbound) Reset()        { s.from, s.to = "", nil }
func (s *inbound) Logout() error { return nil }

func (s *inbound) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *inbound) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

// Data takes the message; go-smtp only removes the dots of transparency.
func (s *inbound) Data(r io.Reader) error {
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(r); err != nil {
		return fmt.Errorf("receive message: %w", err)
	}
	relay := ""
	if state, ok := s.conn.TLSConnectionState(); ok && len(state.PeerCertificates) > 0 {
		relay = state.PeerCertificates[0].Subject.CommonName
	}
	s.cloud.receive(relay, s.from, s.to, raw.Bytes())
	return nil
}

// ErrRefused is wrapped by the error of a message the relay refused for good.
var ErrRefused = errors.New("refused by the relay")
