package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// ErrNoDaemon says that no daemon answers on the control socket.
var ErrNoDaemon = errors.New("no daemon answers")

// Client asks a running daemon. Its methods are those of [Daemon]; an error of the
// daemon comes back as [*Error].
type Client struct {
	socket string
	http   http.Client
}

// dialTimeout is how long connecting to the daemon may take.
const dialTimeout = 5 * time.Second

// NewClient returns a client for a socket, unix:/path. It connects with each call.
func NewClient(socket string) *Client {
	path := strings.TrimPrefix(socket, "unix:")
	dialer := net.Dialer{Timeout: dialTimeout}
	return &Client{socket: socket, http: http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", path)
		},
	}}}
}

// Status returns the daemon's status.
func (c *Client) Status(ctx context.Context) (s Status, err error) {
	return s, c.call(ctx, http.MethodGet, "/v1/status", nil, &s)
}

// Reload has the daemon load its configuration again.
func (c *Client) Reload(ctx context.Context) (r Reloaded, err error) {
	return r, c.call(ctx, http.MethodPost, "/v1/reload", nil, &r)
}

// People yields people.
func (c *Client) People(ctx context.Context, tenant, match string) iter.Seq2[Person, error] {
	return func(yield func(Person, error) bool) {
		body, err := c.openAnswer(ctx, http.MethodGet, "/v1/people", url.Values{"tenant": {tenant}, "match": {match}})
		if err != nil {
			yield(Person{}, err)
			return
		}
		defer body.Close()
		for lines := bufio.NewReader(body); ; {
			text, err := lines.ReadBytes('\n')
			if err != nil {
				yield(Person{}, fmt.Errorf("the list ends early: %w", err))
				return
			}
			if len(bytes.TrimSpace(text)) == 0 {
				return
			}
			var line listed
			if err := json.Unmarshal(text, &line); err != nil {
				yield(Person{}, fmt.Errorf("read the daemon's answer: %w", err))
				return
			}
			if line.Err != "" {
				yield(Person{}, Errorf(Failed, "%s", line.Err))
				return
			}
			if !yield(line.Person, nil) {
				return
			}
		}
	}
}

// Person returns the person who has the address.
func (c *Client) Person(ctx context.Context, address string) (p Person, err error) {
	return p, c.call(ctx, http.MethodGet, "/v1/people/"+url.PathEscape(address), nil, &p)
}

// RefreshPeople has the daemon read sources now.
func (c *Client) RefreshPeople(ctx context.Context, tenant, source string, extent Extent) (r []Reading, err error) {
	q := url.Values{"tenant": {tenant}, "source": {source}, "extent": {string(extent)}}
	return r, c.call(ctx, http.MethodPost, "/v1/people/refresh", q, &r)
}

// Forget drops what was learned about a person's own signature.
func (c *Client) Forget(ctx context.Context, tenant, address string) (f []Forgotten, err error) {
	return f, c.call(ctx, http.MethodPost, "/v1/people/forget", url.Values{"tenant": {tenant}, "address": {address}}, &f)
}

// Remembered returns how the mails of a person ended.
func (c *Client) Remembered(ctx context.Context, tenant, address string) (r Remembered, err error) {
	return r, c.call(ctx, http.MethodGet, "/v1/people/remembered", url.Values{"tenant": {tenant}, "address": {address}}, &r)
}

// Decided counts the messages of late.
func (c *Client) Decided(ctx context.Context) (n Decided, err error) {
	return n, c.call(ctx, http.MethodGet, "/v1/decided", nil, &n)
}

// Cache counts rendered signatures.
func (c *Client) Cache(ctx context.Context) (s []CacheStatus, err error) {
	return s, c.call(ctx, http.MethodGet, "/v1/cache", nil, &s)
}

// DropCache drops rendered signatures.
func (c *Client) DropCache(ctx context.Context, tenant, address string) (n CacheChange, err error) {
	return n, c.call(ctx, http.MethodPost, "/v1/cache/drop", url.Values{"tenant": {tenant}, "address": {address}}, &n)
}

// RefreshCache drops rendered signatures and renders them again.
func (c *Client) RefreshCache(ctx context.Context, tenant, address string) (n CacheChange, err error) {
	return n, c.call(ctx, http.MethodPost, "/v1/cache/refresh", url.Values{"tenant": {tenant}, "address": {address}}, &n)
}

// Snapshot copies the state file to w.
func (c *Client) Snapshot(ctx context.Context, w io.Writer) (int64, error) {
	body, err := c.openAnswer(ctx, http.MethodGet, "/v1/state", nil)
	if err != nil {
		return 0, err
	}
	defer body.Close()
	n, err := io.Copy(w, body)
	if err != nil {
		return n, fmt.Errorf("copy the state: %w", err)
	}
	return n, nil
}

// CheckState has the daemon read its whole state file.
func (c *Client) CheckState(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "/v1/state/check", nil, &struct{}{})
}

func (c *Client) call(ctx context.Context, method, path string, q url.Values, into any) error {
	body, err := c.openAnswer(ctx, method, path, q)
	if err != nil {
		return err
	}
	defer body.Close()
	if err := json.NewDecoder(body).Decode(into); err != nil {
		return fmt.Errorf("read the daemon's answer: %w", err)
	}
	return nil
}

// openAnswer sends a request and returns the body of the answer, unless that is an error.
func (c *Client) openAnswer(ctx context.Context, method, path string, q url.Values) (io.ReadCloser, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://sigmilter"+path+"?"+q.Encode(), nil)
	if err != nil {
		return nil, fmt.Errorf("ask the daemon: %w", err)
	}
	resp, err := c.http.Do(r)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, fmt.Errorf("%w on %s", ErrNoDaemon, c.socket)
	}
	if err != nil {
		var outer *url.Error // its text has the made-up address
		if errors.As(err, &outer) {
			err = outer.Err
		}
		return nil, fmt.Errorf("ask the daemon on %s: %w", c.socket, err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil
	}
	defer resp.Body.Close()
	return nil, readError(resp)
}

// readError is the error in an answer, or the text of one that has none.
func readError(resp *http.Response) *Error {
	e := &Error{Kind: Failed}
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil || json.Unmarshal(text, e) != nil || e.Message == "" {
		e.Message = fmt.Sprintf("%s: %s", resp.Status, bytes.TrimSpace(text))
	}
	return e
}
