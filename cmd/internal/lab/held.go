package lab

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/emersion/go-smtp"
)

// Held is a message that the relay has in hand: it has the envelope and the first
// half, and waits for the rest.
type Held struct {
	session  *outbound
	from     string
	to       []string
	raw      []byte
	text     io.WriteCloser
	unspoken []byte
}

// Hold hands half of a message to the relay, over a session of its own, as
// [Cloud.Send] would the whole. The caller ends it with [Held.Finish].
func (c *Cloud) Hold(m Outgoing) (*Held, error) {
	raw, id, err := c.begin(m)
	if err != nil {
		return nil, err
	}
	h := &Held{session: &outbound{cloud: c}, from: m.From, to: m.To, raw: raw}
	if err := h.begin(); err != nil {
		h.session.close()
		return nil, fmt.Errorf("begin message %s: %w", id, err)
	}
	return h, nil
}

func (h *Held) begin() error {
	if err := h.session.connect(); err != nil {
		return err
	}
	client := h.session.client
	if err := client.Mail(h.from, nil); err != nil {
		return err
	}
	for _, to := range h.to {
		if err := client.Rcpt(to, nil); err != nil {
			return err
		}
	}
	text, err := client.Data()
	if err != nil {
		return err
	}
	half := len(h.raw) / 2
	h.text, h.unspoken = text, h.raw[half:]
	_, err = text.Write(h.raw[:half])
	return err
}

// Finish hands over the rest, and says whether the relay refused the message for
// now. It is tried again then until the relay has taken it, as by [Cloud.Send].
func (h *Held) Finish(ctx context.Context) (refused bool, err error) {
	defer h.session.close()
	_, err = h.text.Write(h.unspoken)
	if err == nil {
		err = h.text.Close()
	}
	if err == nil {
		return false, nil
	}
	h.session.close()
	var reply *smtp.SMTPError
	if errors.As(err, &reply) && !reply.Temporary() {
		return false, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return true, h.session.send(ctx, h.from, h.to, h.raw)
}
