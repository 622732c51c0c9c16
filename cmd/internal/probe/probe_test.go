package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-smtp"
)

// relay takes mail and hands it, changed as a relay changes it, to deliver.
type relay struct{ deliver func(raw []byte) error }

func (r relay) Mail(string, *smtp.MailOptions) error { return nil }
func (r relay) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (r relay) Reset()                               {}
func (r relay) Logout() error                        { return nil }

func (r relay) Data(from io.Reader) error {
	raw, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	return r.deliver(raw)
}

func startRelay(t *testing.T, deliver func(raw []byte) error) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return relay{deliver}, nil }))
	go func() { _ = server.Serve(listener) }() // ends with Close
	t.Cleanup(func() { server.Close() })
	return listener.Addr().String()
}

// handled is a message as sigmilter leaves it.
func handled(raw []byte) []byte {
	raw = bytes.Replace(raw, []byte("X-Route: secret\r\n"), nil, 1)
	return append([]byte("X-Sigmilter-Handled: Yes\r\n"), append(raw, "\r\nAlice Muster\r\n"...)...)
}

func newProbe(t *testing.T, box Mailbox, deliver func(raw []byte) error) *Probe {
	return &Probe{
		Relay: Relay{Addr: startRelay(t, deliver), Hello: "probe.contoso.com"}, Mailbox: box,
		From: "alice@contoso.com", To: "probe@contoso.com", Guard: "X-Sigmilter-Handled",
		Field: "X-Route", Code: "secret", Contains: "Alice  Muster",
	}
}

// run does a round within the time.
func run(t *testing.T, p *Probe, patience time.Duration) Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return p.Run(ctx)
}

// box is one sort of mailbox: what names it, how mail gets into it, and how many
// messages are left when it was closed.
type box struct {
	where   string
	options Options
	deliver func(raw []byte) error
	left    func() int
}

func mboxBox(t *testing.T) box {
	path := filepath.Join(t.TempDir(), "mbox")
	if err := os.WriteFile(path, []byte("From a Sat Nov 21 08:00:00 2026\nSubject: old\n\nold\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return box{where: "mbox:" + path, deliver: func(raw []byte) error {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = fmt.Fprintf(f, "\nFrom b Sat Nov 21 08:00:00 2026\nSubject: other\n\nx\n\nFrom c Sat Nov 21 08:00:00 2026\n%s", raw)
		return err
	}}
}

func maildirBox(t *testing.T) box {
	dir := t.TempDir()
	for _, sub := range []string{"new", "cur"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	put := func(name string, raw []byte) error { return os.WriteFile(filepath.Join(dir, name), raw, 0o600) }
	if err := put("cur/1:2,S", []byte("Subject: other\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	return box{
		where:   "maildir:" + dir,
		deliver: func(raw []byte) error { return put("new/2", raw) },
		left: func() int {
			files, err := filepath.Glob(filepath.Join(dir, "*", "*"))
			if err != nil {
				t.Fatal(err)
			}
			return len(files)
		},
	}
}

func lmtpBox(t *testing.T) box {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	listener.Close()
	return box{where: "lmtp:" + addr, deliver: func(raw []byte) error {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return err
		}
		client := smtp.NewClientLMTP(conn)
		defer client.Close()
		return client.SendMail("alice@contoso.com", []string{"probe@contoso.com"}, bytes.NewReader(raw))
	}}
}

func imapBoxOf(t *testing.T) box {
	user := imapmemserver.NewUser("probe", "pass word")
	if err := user.Create("Probes", nil); err != nil {
		t.Fatal(err)
	}
	memory := imapmemserver.New()
	memory.AddUser(user)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return memory.NewSession(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}},
		InsecureAuth: true,
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }() // ends with Close
	t.Cleanup(func() { server.Close() })
	put := func(raw []byte) error {
		_, err := user.Append("Probes", literal{bytes.NewReader(raw), int64(len(raw))}, &imap.AppendOptions{})
		return err
	}
	if err := put([]byte("Message-ID: <other@contoso.com>\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	return box{
		where: "imap://probe@" + listener.Addr().String() + "/Probes", options: Options{Password: "pass word"}, deliver: put,
		left: func() int {
			status, err := user.Status("Probes", &imap.StatusOptions{NumMessages: true})
			if err != nil {
				t.Fatal(err)
			}
			return int(*status.NumMessages)
		},
	}
}

type literal struct {
	io.Reader
	size int64
}

func (l literal) Size() int64 { return l.size }

var boxes = map[string]func(*testing.T) box{"mbox": mboxBox, "maildir": maildirBox, "lmtp": lmtpBox, "imap": imapBoxOf}

func TestRound(t *testing.T) {
	for name, open := range boxes {
		t.Run(name, func(t *testing.T) {
			for _, keep := range []bool{false, true} {
				b := open(t)
				b.options.Keep = keep
				mailbox, err := Open(b.where, b.options)
				if err != nil {
					t.Fatal(err)
				}
				var sent string
				p := newProbe(t, mailbox, func(raw []byte) error {
					sent = string(raw)
					return b.deliver(handled(raw))
				})
				r := run(t, p, time.Minute)
				if !r.OK || !r.Arrived || !r.Guard || !r.Signed || r.Problem != "" || r.LatencyMS < 0 {
					t.Fatalf("got %+v", r)
				}
				for _, line := range []string{"X-Route: secret\r\n", "From: <alice@contoso.com>\r\n", "Message-ID: <" + r.MessageID + ">\r\n"} {
					if !strings.Contains(sent, line) {
						t.Errorf("the message has no %q:\n%s", line, sent)
					}
				}
				if err := mailbox.Close(); err != nil {
					t.Error(err)
				}
				if want := map[bool]int{false: 1, true: 2}[keep]; b.left != nil && b.left() != want {
					t.Errorf("keep %v: %d messages are left, want %d", keep, b.left(), want)
				}
			}
		})
	}
}

func TestProblems(t *testing.T) {
	for _, tc := range []struct {
		name    string
		change  func(raw []byte) []byte
		problem string
		arrived bool
	}{
		{"no guard", func(raw []byte) []byte { return bytes.Replace(handled(raw), []byte("Yes"), []byte("No"), 1) }, "without the guard", true},
		{"code left", func(raw []byte) []byte { return append([]byte("X-Route: secret\r\n"), handled(raw)...) }, "was not removed", true},
		{"unsigned", func(raw []byte) []byte {
			return append([]byte("X-Sigmilter-Handled: Yes\r\n"), bytes.Replace(raw, []byte("X-Route"), []byte("X-Gone"), 1)...)
		}, "without the text", true},
		{"lost", func([]byte) []byte { return []byte("Message-ID: <another@contoso.com>\r\n\r\n") }, "did not arrive in time", false},
	} {
		b := mboxBox(t)
		mailbox, err := Open(b.where, b.options)
		if err != nil {
			t.Fatal(err)
		}
		p := newProbe(t, mailbox, func(raw []byte) error { return b.deliver(tc.change(raw)) })
		r := run(t, p, map[bool]time.Duration{true: time.Minute, false: time.Second}[tc.arrived])
		if r.OK || r.Arrived != tc.arrived || !strings.Contains(r.Problem, tc.problem) {
			t.Errorf("%s: got %+v", tc.name, r)
		}
		if strings.Contains(fmt.Sprintf("%+v", r), "secret") {
			t.Errorf("%s: the routing code is in the result", tc.name)
		}
	}
	b := mboxBox(t)
	mailbox, err := Open(b.where, b.options)
	if err != nil {
		t.Fatal(err)
	}
	p := newProbe(t, mailbox, func(raw []byte) error { return b.deliver(handled(raw)) })
	p.Slow = time.Nanosecond
	if r := run(t, p, time.Minute); r.OK || !strings.Contains(r.Problem, "more than 1ns") {
		t.Errorf("slow: got %+v", r)
	}
	p = newProbe(t, mailbox, func([]byte) error { return &smtp.SMTPError{Code: 451, Message: "later"} })
	if r := run(t, p, time.Minute); r.OK || !strings.Contains(r.Problem, "451") {
		t.Errorf("deferred: got %+v", r)
	}
	p.Relay.StartTLS = true
	if r := run(t, p, time.Minute); r.OK || !strings.Contains(r.Problem, "STARTTLS") {
		t.Errorf("a relay without TLS: got %+v", r)
	}
}

// A server that refuses the password is told of when time is up.
func TestMailboxFault(t *testing.T) {
	b := imapBoxOf(t)
	mailbox, err := Open(b.where, Options{Password: "wrong"})
	if err != nil {
		t.Fatal(err)
	}
	p := newProbe(t, mailbox, func([]byte) error { return nil })
	if r := run(t, p, time.Second); r.OK || !strings.Contains(r.Problem, "open folder Probes of probe") || strings.Contains(r.Problem, "wrong") {
		t.Errorf("got %+v", r)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	for where, usage := range map[string]bool{
		"": true, "mbox": true, "mbox:": true, "pop3:host": true, "imaps://host/INBOX": true,
		"imaps://probe:secret@host": false, "imaps://probe@host": false,
		"mbox:" + dir: false, "maildir:" + dir: false, "lmtp:nonsense": false,
	} {
		_, err := Open(where, Options{})
		if err == nil || errors.Is(err, ErrWhere) != usage || strings.Contains(err.Error(), "secret@") {
			t.Errorf("%q: %v", where, err)
		}
	}
}
