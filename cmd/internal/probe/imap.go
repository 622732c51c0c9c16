package probe

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// imapBox is a folder on an IMAP server. It logs in when it first looks, and again
// after a fault.
type imapBox struct {
	tls            bool // from the start; else STARTTLS, but on loopback
	addr, host     string
	user, password string
	folder         string
	keep           bool
	client         *imapclient.Client
	found          imap.UID
}

func openIMAP(where string, o Options) (Mailbox, error) {
	u, err := url.Parse(where)
	if err != nil || u.Hostname() == "" || u.User.Username() == "" {
		return nil, fmt.Errorf("%q needs a user and a host; %w", where, ErrWhere)
	}
	if _, has := u.User.Password(); has {
		return nil, fmt.Errorf("the password does not belong into the address, where everybody on the machine can see it; write it into a file")
	}
	if o.Password == "" {
		return nil, fmt.Errorf("%q needs a password; write it into a file", where)
	}
	b := &imapBox{
		tls: u.Scheme == "imaps", host: u.Hostname(), user: u.User.Username(), password: o.Password,
		folder: strings.TrimPrefix(u.Path, "/"), keep: o.Keep,
	}
	port := u.Port()
	if port == "" {
		port = map[bool]string{true: "993", false: "143"}[b.tls]
	}
	b.addr = net.JoinHostPort(b.host, port)
	if b.folder == "" {
		b.folder = "INBOX"
	}
	return b, nil
}

// dialTimeout bounds one attempt to reach the server; waiting for the message goes
// on after it.
const dialTimeout = 20 * time.Second

// connect logs in and opens the folder.
func (b *imapBox) connect() (err error) {
	options := &imapclient.Options{
		TLSConfig: &tls.Config{ServerName: b.host}, Dialer: &net.Dialer{Timeout: dialTimeout},
	}
	address, _ := netip.ParseAddr(b.host)
	if b.tls {
		b.client, err = imapclient.DialTLS(b.addr, options)
	} else if address.IsLoopback() {
		b.client, err = imapclient.DialInsecure(b.addr, options)
	} else {
		b.client, err = imapclient.DialStartTLS(b.addr, options)
	}
	if err != nil {
		b.client = nil
		return fmt.Errorf("connect to IMAP server %s: %w", b.addr, err)
	}
	err = b.client.Login(b.user, b.password).Wait()
	if err == nil {
		_, err = b.client.Select(b.folder, nil).Wait()
	}
	if err != nil {
		b.drop()
		return fmt.Errorf("open folder %s of %s on %s: %w", b.folder, b.user, b.addr, err)
	}
	return nil
}

func (b *imapBox) drop() {
	_ = b.client.Close() // broken, or no longer wanted
	b.client = nil
}

func (b *imapBox) Look(ctx context.Context, id string) ([]byte, error) {
	if b.client == nil {
		if err := b.connect(); err != nil {
			return nil, err
		}
	}
	client := b.client
	stop := context.AfterFunc(ctx, func() { client.Close() })
	defer stop()
	raw, err := b.look(id)
	if err != nil {
		b.drop()
		return nil, fmt.Errorf("look for the message on %s: %w", b.addr, err)
	}
	return raw, nil
}

func (b *imapBox) look(id string) ([]byte, error) {
	// Some servers tell of new mail only when asked for news.
	if err := b.client.Noop().Wait(); err != nil {
		return nil, err
	}
	hits, err := b.client.UIDSearch(&imap.SearchCriteria{
		Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: id}},
	}, nil).Wait()
	if err != nil || len(hits.AllUIDs()) == 0 {
		return nil, err
	}
	uid := hits.AllUIDs()[0]
	section := &imap.FetchItemBodySection{Peek: true}
	messages, err := b.client.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil || len(messages) == 0 {
		return nil, err
	}
	b.found = uid
	return messages[0].FindBodySection(section), nil
}

func (b *imapBox) Close() error {
	if b.client == nil {
		return nil
	}
	defer b.drop()
	if b.keep || b.found == 0 {
		return nil
	}
	deleted := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
	err := b.client.Store(imap.UIDSetNum(b.found), deleted, nil).Close()
	// Without UIDPLUS other messages that are marked would go too.
	if err == nil && b.client.Caps().Has(imap.CapUIDPlus) {
		err = b.client.UIDExpunge(imap.UIDSetNum(b.found)).Close()
	}
	if err != nil {
		return fmt.Errorf("remove the test message from %s: %w", b.addr, err)
	}
	return nil
}
