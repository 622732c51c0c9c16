package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/webclient"
)

const (
	maxAttempts  = 6                // of one request
	maxWait      = 5 * time.Minute  // longest wait that Microsoft Graph may ask for
	maxAnswer    = 64 << 20         // bytes of one answer
	firstPause   = time.Second      // wait after the first failure, doubled after each
	longestPause = 30 * time.Second // and no longer than this
)

// web sends requests to Microsoft Graph. One that fails for a passing reason (429, 502,
// 503, 504, a cut connection, a timeout) is repeated up to 6 times: after as long
// as Retry-After says, else after 1, 2, 4 ... seconds, by chance up to half less. It
// does not wait beyond the end of the context, nor over 5 minutes at a time.
//
// It is not azcore's pipeline: the answers within a batch need these pauses in any case,
// and a test cannot stand in for azcore's clock.
type web struct {
	client *http.Client
	origin string // https://host
	wait   func(context.Context, time.Duration) error
	token  func(context.Context) (string, error)
	// unauthorized says that a token was not accepted.
	unauthorized atomic.Bool
}

// errResync says that a delta token is of no use any more.
var errResync = errors.New("the delta token has expired")

// refusal is an answer that is none.
type refusal struct {
	status     int
	code, text string // of the error body
}

func (e *refusal) Error() string {
	parts := []string{strconv.Itoa(e.status)}
	if e.code != "" {
		parts = append(parts, e.code)
	}
	text := e.text
	if text == "" {
		text = http.StatusText(e.status)
	}
	return "Microsoft Graph refused the request: " + strings.Join(parts, " ") + ": " + directory.Shorten(text)
}

func newRefusal(status int, body []byte) error {
	var answer struct {
		Error struct{ Code, Message string }
	}
	_ = json.Unmarshal(body, &answer) // a gateway's page has neither; the status tells
	e := &refusal{status, answer.Error.Code, answer.Error.Message}
	if status == http.StatusGone || strings.EqualFold(e.code, "syncStateNotFound") || strings.EqualFold(e.code, "resyncRequired") {
		return errResync
	}
	return e
}

// statusOf is the HTTP status of a refusal in an error, or 0.
func statusOf(err error) int {
	if e := (*refusal)(nil); errors.As(err, &e) {
		return e.status
	}
	return 0
}

// get fetches a JSON answer. The link is one that Graph gave, or begins with our
// own origin: the token goes nowhere else.
func (w *web) get(ctx context.Context, link string, into any) error {
	return w.call(ctx, http.MethodGet, link, nil, into)
}

func (w *web) post(ctx context.Context, link string, question, into any) error {
	body, err := json.Marshal(question)
	if err != nil {
		return err
	}
	return w.call(ctx, http.MethodPost, link, body, into)
}

func (w *web) call(ctx context.Context, method, link string, body []byte, into any) error {
	u, err := url.Parse(link)
	if err != nil || webclient.Origin(u) != w.origin {
		return fmt.Errorf("the answer's next link leads away from %s and is not followed", w.origin)
	}
	for attempt := 1; ; attempt++ {
		answer, header, err := w.try(ctx, method, link, body)
		if err == nil {
			// QUIRK: a byte order mark comes before the number that $count answers.
			if err := json.Unmarshal(bytes.TrimPrefix(answer, []byte("\uFEFF")), into); err != nil {
				return fmt.Errorf("the answer of %s is not as documented: %w", w.origin, err)
			}
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !passing(err) || attempt == maxAttempts {
			return err
		}
		pause := backoff(attempt, header, time.Now())
		if pause > maxWait {
			return fmt.Errorf("%w; it asks to wait %s", err, pause.Round(time.Second))
		}
		if w.wait(ctx, pause) != nil {
			return err // what went wrong tells more than that time ran out
		}
	}
}

// try sends a request once. The whole answer is read, so that one that is cut off
// is a failure.
func (w *web) try(ctx context.Context, method, link string, body []byte) ([]byte, http.Header, error) {
	token, err := w.token(ctx)
	if err != nil {
		return nil, nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, link, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json")
	// Casts and $count want it, and on the others it does no harm.
	req.Header.Set("ConsistencyLevel", "eventual")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return nil, nil, w.connection(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, nil, w.connection(err)
	}
	if len(answer) > maxAnswer {
		return nil, nil, fmt.Errorf("an answer of %s is over 64 MiB", w.origin)
	}
	if resp.StatusCode != http.StatusOK {
		if resp.StatusCode == http.StatusUnauthorized {
			w.unauthorized.Store(true)
		}
		return nil, resp.Header, newRefusal(resp.StatusCode, answer)
	}
	return answer, resp.Header, nil
}

// connectionError is a request that got no whole answer.
type connectionError struct {
	origin string
	err    error
}

func (e *connectionError) Error() string {
	return "ask " + e.origin + ": " + webclient.NetworkError(e.err).Error()
}
func (e *connectionError) Unwrap() error { return e.err }

func (w *web) connection(err error) error { return &connectionError{w.origin, err} }

// passing says that asking again may help.
func passing(err error) bool {
	if e := (*connectionError)(nil); errors.As(err, &e) {
		return !webclient.Untrusted(err) && !strings.Contains(err.Error(), "redirects")
	}
	return passingStatus(statusOf(err))
}

func passingStatus(code int) bool {
	switch code {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// backoff is how long to wait after a failed attempt, counted from 1.
func backoff(attempt int, header http.Header, now time.Time) time.Duration {
	if d, ok := retryAfter(header.Get("Retry-After"), now); ok {
		return d
	}
	d := min(firstPause<<(attempt-1), longestPause)
	return d/2 + rand.N(d/2)
}

// retryAfter reads RFC 9110 section 10.2.3: seconds or a date.
//
// QUIRK: Graph sends fractions of seconds as well.
func retryAfter(s string, now time.Time) (time.Duration, bool) {
	if s == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseFloat(s, 64); err == nil {
		if seconds < 0 || seconds > 1e6 { // NaN passes and is caught below
			return maxWait + 1, seconds > 0
		}
		d := time.Duration(seconds * float64(time.Second))
		return d, d >= 0 && seconds == seconds
	}
	if at, err := http.ParseTime(s); err == nil {
		return max(at.Sub(now), 0), true
	}
	return 0, false
}

// sleep waits, and no longer than the context lasts.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
