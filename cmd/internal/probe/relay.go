package probe

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"net"

	"github.com/emersion/go-smtp"
)

// Relay is where the message goes first.
type Relay struct {
	Addr  string // host:port
	Hello string // name in EHLO
	// StartTLS asks for TLS, with a certificate of the host's name. Without it
	// nothing is encrypted.
	StartTLS bool
}

// send hands the message over, once: a relay that says to try again is a failure
// that a monitor wants to see.
func (r *Relay) send(ctx context.Context, from, to string, raw []byte) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", r.Addr)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	client, err := r.client(conn)
	if err != nil {
		conn.Close()
		return err
	}
	defer client.Close()
	if err := client.SendMail(from, []string{to}, bytes.NewReader(raw)); err != nil {
		return err
	}
	_ = client.Quit() // the message is taken, whatever comes now
	return nil
}

func (r *Relay) client(conn net.Conn) (*smtp.Client, error) {
	if !r.StartTLS {
		client := smtp.NewClient(conn)
		return client, client.Hello(r.Hello)
	}
	host, _, err := net.SplitHostPort(r.Addr)
	if err != nil {
		return nil, err
	}
	client, err := smtp.NewClientStartTLS(conn, &tls.Config{ServerName: host})
	if err != nil {
		return nil, fmt.Errorf("TLS: %w", err)
	}
	// QUIRK: go-smtp greets as localhost before TLS, and lets us say our name after.
	return client, client.Hello(r.Hello)
}
