package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// retryAfter is the pause before a message is tried again after a 4xx. Exchange
// Online takes minutes, a test has no time for that.
const retryAfter = 100 * time.Millisecond

// Outgoing is a message somebody in the tenant sends.
type Outgoing struct {
	From string   // envelope sender, empty for the null sender
	To   []string // envelope recipients
	Raw  []byte   // as the client wrote it, CRLF; needs a Message-ID of its own
}

// Send hands one message to the relay with the fields Exchange Online adds on
// the way out. Like Exchange Online it keeps the message and tries again as long
// as the relay answers 4xx, until ctx ends.
func (c *Cloud) Send(ctx context.Context, m Outgoing) error {
	return c.SendAll(ctx, []Outgoing{m}, 1)
}

// SendAll hands many messages to the relay over so many SMTP sessions at once,
// several messages per session, each message as [Cloud.Send] does. It returns
// when all were taken; the error joins those of the messages that were not.
func (c *Cloud) SendAll(ctx context.Context, messages []Outgoing, sessions int) error {
	queue := make(chan Outgoing)
	go func() {
		defer close(queue)
		for _, m := range messages {
			queue <- m
		}
	}()
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		fault error
	)
	for range sessions {
		wg.Go(func() {
			s := &outbound{cloud: c}
			defer s.close()
			for m := range queue {
				if err := c.submit(ctx, s, m); err != nil {
					mu.Lock()
					fault = errors.Join(fault, err)
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	return fault
}

// submit sends a message on its first way out.
func (c *Cloud) submit(ctx context.Context, s *outbound, m Outgoing) error {
	raw, id, err := c.begin(m)
	if err != nil {
		return err
	}
	if err := s.send(ctx, m.From, m.To, raw); err != nil {
		return fmt.Errorf("send message %s: %w", id, err)
	}
	return nil
}

// begin gives a message the fields of Exchange Online, and remembers it.
func (c *Cloud) begin(m Outgoing) (raw []byte, id string, err error) {
	now := time.Now()
	raw = exchangeFields(m.Raw, now)
	id = messageID(raw)
	if id == "" {
		return nil, "", errors.New("send message: it has no Message-ID to recognise it by")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.sent[id]; known {
		return nil, "", fmt.Errorf("send message %s: the same Message-ID was sent before", id)
	}
	c.sent[id] = sending{raw: raw, at: now}
	return raw, id, nil
}

// deliver sends a message over a session of its own.
func (c *Cloud) deliver(ctx context.Context, from string, to []string, raw []byte) error {
	s := &outbound{cloud: c}
	defer s.close()
	return s.send(ctx, from, to, raw)
}

// outbound is one SMTP session with the relay, opened when it is needed and
// again after a fault.
type outbound struct {
	cloud  *Cloud
	client *smtp.Client
}

// send tries until the relay has taken the message, has refused it for good, or
// ctx has ended.
func (s *outbound) send(ctx context.Context, from string, to []string, raw []byte) error {
	for {
		err := s.try(from, to, raw)
		if err == nil {
			return nil
		}
		// QUIRK: once its filter has gone away in mid-session, Postfix answers
		// 4xx to the rest of that session; Exchange Online opens another.
		s.close()
		var reply *smtp.SMTPError
		if errors.As(err, &reply) && !reply.Temporary() {
			return fmt.Errorf("%w: %w", ErrRefused, err)
		}
		s.cloud.mu.Lock()
		s.cloud.deferred++
		s.cloud.changed.Broadcast()
		s.cloud.mu.Unlock()
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; last answer: %w", ctx.Err(), err)
		case <-time.After(retryAfter):
		}
	}
}

// try makes one attempt.
func (s *outbound) try(from string, to []string, raw []byte) error {
	if err := s.connect(); err != nil {
		return err
	}
	return s.client.SendMail(from, to, bytes.NewReader(raw))
}

func (s *outbound) connect() error {
	if s.client != nil {
		return nil
	}
	s.cloud.mu.Lock()
	relay := s.cloud.relay
	s.cloud.mu.Unlock()
	client, err := s.dial(relay)
	if err != nil {
		return fmt.Errorf("connect to relay: %w", err)
	}
	s.client = client
	if err := client.Hello("EUR05-DB8-obe.outbound.protection.outlook.com"); err != nil {
		return fmt.Errorf("greet relay: %w", err)
	}
	return nil
}

func (s *outbound) dial(relay string) (*smtp.Client, error) {
	if s.cloud.tls == nil {
		return smtp.Dial(relay)
	}
	return smtp.DialStartTLS(relay, s.cloud.tls)
}

func (s *outbound) close() {
	if s.client == nil {
		return
	}
	if s.client.Quit() != nil {
		_ = s.client.Close() // the relay has closed it already
	}
	s.client = nil
}
