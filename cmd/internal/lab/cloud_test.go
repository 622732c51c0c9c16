package lab

import (
	"bytes"
	"errors"
	"io"
	"log"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
)

// The stand-in as its own relay: a wire between its two sides.
func TestCloudCountsPasses(t *testing.T) {
	tests := []struct {
		name   string
		guard  string
		passes int
	}{
		{"guard", Guard + ": Yes\r\n", 1},
		{"guard in another case and folded", strings.ToLower(Guard) + ":\r\n yes; v=1\r\n", 1},
		{"guard without the word", Guard + ": no\r\n", MaxPasses},
		{"no guard", "", MaxPasses},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cloud := startCloud(t)
			cloud.SetRelay(cloud.Addr())
			m := Samples[0].Outgoing()
			m.Raw = append([]byte(tt.guard), m.Raw...)
			ctx := timeout(t)
			if err := cloud.Send(ctx, m); err != nil {
				t.Fatal(err)
			}
			if err := cloud.Wait(ctx, 1); err != nil {
				t.Fatal(err)
			}
			a := cloud.Arrivals()[0]
			if a.Passes != tt.passes || a.MessageID != Samples[0].MessageID() {
				t.Errorf("message %s with %d passes, want %d", a.MessageID, a.Passes, tt.passes)
			}
			if !bytes.HasSuffix(a.Raw, a.Sent) {
				t.Error("bytes changed on a plain wire")
			}
			if a.ArrivedAt.Before(a.SentAt) {
				t.Errorf("arrived %v, sent %v", a.ArrivedAt, a.SentAt)
			}
		})
	}
}

func TestCloudKeepsOddBytes(t *testing.T) {
	cloud := startCloud(t)
	cloud.SetRelay(cloud.Addr())
	body := ".\r\n..dots\r\n" + strings.Repeat("x", 5000) + "\r\n\xff\xfe 8bit \x00 nul\r\n \t \r\n\r\n"
	m := Outgoing{From: "", To: []string{"a@x.example", "b@x.example"},
		Raw: []byte("Message-ID: <odd@contoso.com>\r\n" + Guard + ": Yes\r\n\r\n" + body)}
	ctx := timeout(t)
	if err := cloud.Send(ctx, m); err != nil {
		t.Fatal(err)
	}
	if err := cloud.Wait(ctx, 1); err != nil {
		t.Fatal(err)
	}
	a := cloud.Arrivals()[0]
	if _, got := splitMessage(a.Raw); string(got) != body {
		t.Errorf("body %q, want %q", got, body)
	}
	if a.From != "" || strings.Join(a.To, " ") != "a@x.example b@x.example" {
		t.Errorf("envelope %q to %q", a.From, a.To)
	}
}

func TestSendRefusesWhatItCannotFollow(t *testing.T) {
	cloud := startCloud(t)
	cloud.SetRelay(cloud.Addr())
	ctx := timeout(t)
	guarded := Outgoing{From: "a@contoso.com", To: []string{"b@x.example"},
		Raw: []byte("Message-ID: <twice@contoso.com>\r\n" + Guard + ": Yes\r\n\r\n")}
	if err := cloud.Send(ctx, guarded); err != nil {
		t.Fatal(err)
	}
	if err := cloud.Send(ctx, guarded); err == nil || !strings.Contains(err.Error(), "sent before") {
		t.Errorf("same Message-ID twice: %v", err)
	}
	guarded.Raw = []byte("Subject: none\r\n\r\n")
	if err := cloud.Send(ctx, guarded); err == nil || !strings.Contains(err.Error(), "no Message-ID") {
		t.Errorf("no Message-ID: %v", err)
	}
}

// refuser answers every recipient with 550.
type refuser struct{}

func (refuser) Reset()                               {}
func (refuser) Logout() error                        { return nil }
func (refuser) Mail(string, *smtp.MailOptions) error { return nil }
func (refuser) Data(io.Reader) error                 { return nil }
func (refuser) Rcpt(string, *smtp.RcptOptions) error {
	return &smtp.SMTPError{Code: 550, Message: "not here"}
}

func TestSendGivesUpOn5xx(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return refuser{}, nil }))
	server.ErrorLog = log.New(io.Discard, "", 0)
	go func() { _ = server.Serve(listener) }() // ends with Close
	t.Cleanup(func() { _ = server.Close() })
	cloud := startCloud(t)
	cloud.SetRelay(listener.Addr().String())
	if err := cloud.Send(timeout(t), Samples[0].Outgoing()); !errors.Is(err, ErrRefused) {
		t.Errorf("error %v, want ErrRefused", err)
	}
	if n := cloud.Deferred(); n != 0 {
		t.Errorf("%d temporary refusals counted, want none", n)
	}
}
