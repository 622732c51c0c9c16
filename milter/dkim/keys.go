package dkim

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"
)

// How long an answer of DNS is kept, and how many. A withdrawn key is believed no
// longer than keyTTL; while DNS is down, not every message waits for it.
const (
	keyTTL     = 15 * time.Minute
	absentTTL  = time.Minute
	faultTTL   = 5 * time.Second
	maxAnswers = 1000
)

// keys asks DNS for keys and remembers the answers.
type keys struct {
	lookup func(ctx context.Context, name string) ([]string, error)
	now    func() time.Time

	mu    sync.Mutex
	known map[string]answer
}

type answer struct {
	texts []string
	err   error
	until time.Time
}

// get is the TXT records of a name, as [net.LookupTXT] has them.
func (k *keys) get(ctx context.Context, name string) ([]string, error) {
	name = strings.ToLower(name)
	k.mu.Lock()
	a, ok := k.known[name]
	k.mu.Unlock()
	if ok && k.now().Before(a.until) {
		return a.texts, a.err
	}
	// The final dot keeps the resolver from trying its search domains.
	texts, err := k.lookup(ctx, name+".")
	a = answer{texts: texts, err: err, until: k.now().Add(keyTTL)}
	var fault *net.DNSError
	switch {
	case err == nil:
	case errors.As(err, &fault) && fault.IsNotFound:
		a.until = k.now().Add(absentTTL)
	default:
		a.err, a.until = unanswered{err}, k.now().Add(faultTTL)
	}
	k.keep(name, a)
	return a.texts, a.err
}

// keep makes room where there is none: first what is too old, then anything.
func (k *keys) keep(name string, a answer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.known) >= maxAnswers {
		for n, old := range k.known {
			if !k.now().Before(old.until) {
				delete(k.known, n)
			}
		}
	}
	for n := range k.known {
		if len(k.known) < maxAnswers {
			break
		}
		delete(k.known, n)
	}
	k.known[name] = a
}

// unanswered is an error that the library takes for a temporary one.
type unanswered struct{ error }

var _ net.Error = unanswered{}

// Timeout and Temporary implement [net.Error].
func (unanswered) Timeout() bool   { return true }
func (unanswered) Temporary() bool { return true }
