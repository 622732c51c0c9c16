// Package greet connects to a milter as a mail server does, agrees with it on the
// protocol and takes leave. The milter sees a session without a message.
package greet

import (
	"errors"
	"fmt"
	"net"
	"time"

	gomilter "github.com/emersion/go-milter"
)

// ErrNoMilter is wrapped by the error of [Ask] when what answers is no milter.
var ErrNoMilter = errors.New("what answers there is no milter")

// Patience is how long [Ask] waits for a connection and for an answer.
const Patience = 10 * time.Second

// offered are the changes that each MTA lets a milter make, and needed those of a
// milter that signs.
const (
	offered = gomilter.OptAddHeader | gomilter.OptChangeBody | gomilter.OptAddRcpt | gomilter.OptRemoveRcpt | gomilter.OptChangeHeader
	needed  = gomilter.OptAddHeader | gomilter.OptChangeBody | gomilter.OptChangeHeader
)

// Answer is what a milter asks for in the negotiation.
type Answer struct {
	Signs bool // it asks to change fields and body
}

// Ask greets the milter at an address, network unix or tcp, as the caller. The
// error wraps that of the system, or [ErrNoMilter].
func Ask(as Caller, network, address string, patience time.Duration) (Answer, error) {
	conn, err := as.dial(network, address, patience)
	if err != nil {
		return Answer{}, err
	}
	defer conn.Close()
	client := gomilter.NewClientWithOptions(network, address, gomilter.ClientOptions{
		Dialer: connected{conn}, ReadTimeout: patience, WriteTimeout: patience, ActionMask: offered,
	})
	session, err := client.Session()
	var broken net.Error
	switch {
	case err == nil:
	case errors.As(err, &broken), ended(err):
		return Answer{}, err
	default:
		return Answer{}, fmt.Errorf("%w: %w", ErrNoMilter, err)
	}
	answer := Answer{Signs: session.ActionOpts&needed == needed}
	_ = session.Close() // it has answered; how it takes leave is no matter
	return answer, nil
}

// connected is a connection in the place of a dialer.
type connected struct{ net.Conn }

func (c connected) Dial(string, string) (net.Conn, error) { return c.Conn, nil }
