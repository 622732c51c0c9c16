// Package webjson reads people, or ready-made signatures, from a JSON endpoint: a
// personnel system or another portal. The answer to a GET is
//
//	{
//	  "people": [{
//	    "id": "4711",
//	    "mail": "alice@contoso.com",
//	    "displayName": "Alice Muster",
//	    "proxyAddresses": ["smtp:a.muster@contoso.com"],
//	    "groups": ["sales@contoso.com"],
//	    "signature": {
//	      "html": "<p>Alice <img src=\"cid:logo.png\"></p>",
//	      "text": "Alice",
//	      "images": [{"name": "logo.png", "type": "image/png", "data": "iVBORw0..."}]
//	    },
//	    "photo": "/9j/4AAQ..."
//	  }],
//	  "next": "https://hr.contoso.com/people?page=2"
//	}
//
// Members are named as in Microsoft Graph, in any case; others become attributes
// of that name. id is what stays when the address changes. Only mail or
// userPrincipalName must be there. A person with accountEnabled false is left out.
// data and photo are base64. next is absent on the last page, and may be relative.
//
// A server that sends an ETag with every page is asked with If-None-Match; when
// nothing changed the batch is empty.
package webjson

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/webclient"
	"sigmilter/sigstore/localfile"
)

// Source is a [directory.Source].
type Source struct {
	// URL is https, or http on this machine's own addresses.
	URL string
	// TokenFile holds a bearer token; empty for none. It is read at each reading.
	TokenFile string
	// CAFile holds PEM certificates to verify the server with, in place of the
	// system's.
	CAFile string
	// Timeout bounds one page; 0 is one minute.
	Timeout time.Duration
	// MaxBytes bounds all pages of one reading together, unpacked; 0 is 256 MiB.
	MaxBytes int64
}

// readPage is a page of before, as the cursor has it.
type readPage struct {
	URL  string `json:"url"`
	ETag string `json:"etag"`
}

// position is what a reading leaves for the next: all its pages, when each had an
// ETag. One page's alone tells nothing of the others.
type position struct {
	URL   string     `json:"url"`
	Pages []readPage `json:"pages"`
}

// Read implements [directory.Source]. Every batch is a full one, or an empty one that changes
// nothing. Nothing is repeated: an endpoint of one's own is asked again in time.
func (h Source) Read(ctx context.Context, cursor string, people directory.Sink, progress directory.Progress) (directory.Batch, error) {
	batch, err := h.read(ctx, cursor, people, progress)
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		return directory.Batch{}, fmt.Errorf("read people from %s: %w", h.shownURL(), err)
	}
	return batch, nil
}

// shownURL leaves out the query and the password, either of which may be a secret.
func (h Source) shownURL() string {
	u, err := url.Parse(h.URL)
	if err != nil {
		return "the URL"
	}
	return webclient.Origin(u) + u.EscapedPath()
}

// CheckURL says what is wrong with the URL of an endpoint.
func CheckURL(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "":
		return errors.New("it is no URL")
	case u.User != nil:
		return errors.New("a name and a password do not belong into it")
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	case u.Scheme == "http":
		return errors.New("it is not encrypted, which is allowed only on this machine; use https")
	}
	return errors.New("it begins with neither https:// nor http://")
}

func loopback(host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	return host == "localhost"
}

func (h Source) read(ctx context.Context, cursor string, people directory.Sink, progress directory.Progress) (directory.Batch, error) {
	if err := CheckURL(h.URL); err != nil {
		return directory.Batch{}, err
	}
	r, err := h.newReading(people, progress)
	if err != nil {
		return directory.Batch{}, err
	}
	defer r.client.CloseIdleConnections()
	same, err := r.unchanged(ctx, h.URL, cursor)
	if err != nil {
		return directory.Batch{}, err
	}
	if same {
		return directory.Batch{Cursor: cursor}, nil
	}
	for link := h.URL; link != ""; {
		link, err = r.page(ctx, link)
		if err != nil {
			return directory.Batch{}, err
		}
	}
	return directory.Batch{Full: true, Lost: r.unique.Lost, Warnings: append(r.warnings, r.unique.TakeWarnings()...), Cursor: r.cursor(h.URL)}, nil
}

func (h Source) newReading(people directory.Sink, progress directory.Progress) (*reading, error) {
	timeout, most := h.Timeout, h.MaxBytes
	if timeout == 0 {
		timeout = time.Minute
	}
	if most == 0 {
		most = 256 << 20
	}
	client, err := webclient.New(h.CAFile, timeout)
	if err != nil {
		return nil, err
	}
	r := &reading{
		client: client, most: most, left: most, people: people, unique: directory.NewClaims(directory.KeyWords), progress: progress, seen: map[string]bool{},
	}
	if h.TokenFile != "" {
		r.token, err = localfile.SecretLine(h.TokenFile)
		if err != nil {
			return nil, fmt.Errorf("read the token: %w", err)
		}
	}
	return r, nil
}

// reading is one reading in progress.
type reading struct {
	client     *http.Client
	token      string
	most, left int64 // bytes that may come in all, and still
	progress   directory.Progress
	pages      []readPage
	seen       map[string]bool // pages by URL
	people     directory.Sink
	unique     *directory.Claims
	added      int
	warnings   []error
}

// get asks for a page. With an ETag the answer may be nil: the page is unchanged.
func (r *reading) get(ctx context.Context, link, etag string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, webclient.NetworkError(err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	if resp.StatusCode == http.StatusNotModified && etag != "" {
		resp.Body.Close()
		return nil, nil
	}
	resp.Body.Close()
	return nil, r.refusal(resp)
}

// refusal is what to do about an answer without people.
func (r *reading) refusal(resp *http.Response) error {
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		if r.token == "" {
			return fmt.Errorf("the server answers %s; it wants a token, name its file as token_file", resp.Status)
		}
		return fmt.Errorf("the server answers %s; renew the token in token_file", resp.Status)
	case http.StatusNotFound:
		return fmt.Errorf("the server answers %s; check the URL", resp.Status)
	}
	if wait := resp.Header.Get("Retry-After"); wait != "" {
		return fmt.Errorf("the server answers %s, and to come back after %s", resp.Status, directory.Shorten(wait))
	}
	return fmt.Errorf("the server answers %s", resp.Status)
}

// unchanged says that every page is as the reading found it that left the cursor.
func (r *reading) unchanged(ctx context.Context, link, cursor string) (bool, error) {
	var c position
	if json.Unmarshal([]byte(cursor), &c) != nil || len(c.Pages) == 0 || c.URL != link {
		return false, nil
	}
	for _, p := range c.Pages {
		resp, err := r.get(ctx, p.URL, p.ETag)
		if err != nil {
			return false, err
		}
		if resp != nil {
			resp.Body.Close()
			return false, nil
		}
	}
	return true, nil
}

func (r *reading) cursor(link string) string {
	for _, p := range r.pages {
		if p.ETag == "" {
			return ""
		}
	}
	text, err := json.Marshal(position{link, r.pages})
	if err != nil {
		return ""
	}
	return string(text)
}

// page reads one page and returns the link to the next, or nothing.
func (r *reading) page(ctx context.Context, link string) (string, error) {
	if r.seen[link] {
		return "", fmt.Errorf("the page %s is its own successor", directory.Shorten(link))
	}
	r.seen[link] = true
	resp, err := r.get(ctx, link, "")
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body := &limited{resp.Body, &r.left}
	next, err := r.decode(body)
	if r.left < 0 {
		return "", fmt.Errorf("there are more than %d bytes; set max_bytes higher if that is right", r.most)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "", errors.New("the answer is cut off")
	}
	if err != nil {
		return "", webclient.NetworkError(err)
	}
	r.pages = append(r.pages, readPage{link, resp.Header.Get("ETag")})
	return follow(resp.Request.URL, next)
}

// follow resolves the link to the next page. The token must not get elsewhere.
func follow(from *url.URL, next string) (string, error) {
	if next == "" {
		return "", nil
	}
	to, err := from.Parse(next)
	if err != nil || webclient.Origin(to) != webclient.Origin(from) {
		return "", fmt.Errorf("next, %q, leads to another server and is not followed", directory.Shorten(next))
	}
	return to.String(), nil
}

// limited counts down what may still be read, below 0 when there was more.
type limited struct {
	in   io.Reader
	left *int64
}

func (l *limited) Read(b []byte) (int, error) {
	if *l.left < 0 {
		return 0, io.ErrUnexpectedEOF
	}
	if int64(len(b)) > *l.left+1 {
		b = b[:*l.left+1]
	}
	n, err := l.in.Read(b)
	*l.left -= int64(n)
	return n, err
}
