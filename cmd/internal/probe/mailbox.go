package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"sigmilter/milter/entity"
)

// ErrWhere is wrapped by the errors of [Open] that are mistakes in where.
var ErrWhere = errors.New("write mbox:FILE, maildir:FOLDER, lmtp:HOST:PORT or imaps://USER@HOST/FOLDER")

// Options are what some mailboxes need.
type Options struct {
	Password string // for IMAP
	Keep     bool   // leave the message where it was found
}

// Open prepares the mailbox that where names. It must be open before the message
// is sent. An mbox keeps the message in any case: only what is added after Open is
// read. An lmtp mailbox is a server of its own, to which the MTA delivers.
func Open(where string, o Options) (Mailbox, error) {
	kind, rest, _ := strings.Cut(where, ":")
	if rest == "" {
		return nil, fmt.Errorf("%q names no mailbox; %w", where, ErrWhere)
	}
	if kind == "mbox" {
		return openMbox(rest)
	}
	if kind == "maildir" {
		return openMaildir(rest, o)
	}
	if kind == "lmtp" {
		return openLMTP(rest)
	}
	if kind == "imap" || kind == "imaps" {
		return openIMAP(where, o)
	}
	return nil, fmt.Errorf("%q names no mailbox; %w", where, ErrWhere)
}

// hasID says whether a message has the Message-ID.
func hasID(raw []byte, id string) bool {
	header, _ := entity.ParseHeader(raw)
	return strings.Trim(header.Get("Message-ID"), "<> \t") == id
}

// mbox is a file to which messages are added, each after a line "From ".
type mbox struct {
	path string
	from int64 // where what is new begins
}

func openMbox(path string) (Mailbox, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &mbox{path: path}, nil // made with the first message
	}
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a folder; for a Maildir write maildir:%s", path, path)
	}
	return &mbox{path, info.Size()}, nil
}

func (m *mbox) Look(_ context.Context, id string) ([]byte, error) {
	f, err := os.Open(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() < m.from {
		m.from = 0 // somebody fetched the mail in it
	}
	if _, err := f.Seek(m.from, io.SeekStart); err != nil {
		return nil, err
	}
	added, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	for _, raw := range bytes.Split(append([]byte("\n"), added...), []byte("\nFrom ")) {
		// The rest of the line that parts messages goes.
		if _, text, ok := bytes.Cut(raw, []byte("\n")); ok && hasID(text, id) {
			return text, nil
		}
	}
	return nil, nil
}

func (m *mbox) Close() error { return nil }

// maildir is a folder with new and cur.
type maildir struct {
	path   string
	since  time.Time
	keep   bool
	found  string
	looked map[string]bool // names that are not it
}

func openMaildir(path string, o Options) (Mailbox, error) {
	for _, name := range []string{"new", "cur"} {
		if _, err := os.ReadDir(filepath.Join(path, name)); err != nil {
			return nil, fmt.Errorf("%s is no Maildir that can be read: %w", path, err)
		}
	}
	// Clocks of file servers differ a little.
	return &maildir{path: path, since: time.Now().Add(-5 * time.Minute), keep: o.Keep, looked: map[string]bool{}}, nil
}

func (m *maildir) Look(_ context.Context, id string) ([]byte, error) {
	for _, sub := range []string{"new", "cur"} {
		files, err := os.ReadDir(filepath.Join(m.path, sub))
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			info, err := f.Info()
			if m.looked[f.Name()] || err != nil || info.IsDir() || info.ModTime().Before(m.since) {
				continue
			}
			path := filepath.Join(m.path, sub, f.Name())
			raw, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) {
				continue // a mail program moved it
			}
			if err != nil {
				return nil, err
			}
			if hasID(raw, id) {
				m.found = path
				return raw, nil
			}
			m.looked[f.Name()] = true
		}
	}
	return nil, nil
}

func (m *maildir) Close() error {
	if m.keep || m.found == "" {
		return nil
	}
	if err := os.Remove(m.found); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing the test message: %w", err)
	}
	return nil
}

// lmtp is a server that takes what an MTA delivers.
type lmtp struct {
	server *smtp.Server
	mu     sync.Mutex
	mail   [][]byte
}

func openLMTP(addr string) (Mailbox, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for LMTP: %w", err)
	}
	m := &lmtp{}
	m.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return delivery{m}, nil }))
	m.server.LMTP = true
	m.server.Domain = "probe.sigmilter.invalid"
	m.server.MaxMessageBytes = 10 << 20
	m.server.ErrorLog = log.New(io.Discard, "", 0) // what breaks off is not our message
	go func() { _ = m.server.Serve(listener) }()   // ends with Close
	return m, nil
}

func (m *lmtp) Look(_ context.Context, id string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, raw := range m.mail {
		if hasID(raw, id) {
			return raw, nil
		}
	}
	return nil, nil
}

func (m *lmtp) Close() error { return m.server.Close() }

// delivery is a session of the server.
type delivery struct{ box *lmtp }

func (d delivery) Mail(string, *smtp.MailOptions) error { return nil }
func (d delivery) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (d delivery) Reset()                               {}
func (d delivery) Logout() error                        { return nil }

func (d delivery) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	d.box.mu.Lock()
	defer d.box.mu.Unlock()
	d.box.mail = append(d.box.mail, raw)
	return nil
}
