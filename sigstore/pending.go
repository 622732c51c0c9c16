package sigstore

import (
	"log/slog"

	"go.etcd.io/bbolt"
)

const (
	// maxPending is how many signatures and endings of mails may wait for the disk.
	// More are not stored: signatures are rendered again when they are asked for the
	// next time, and endings come with the next mail.
	maxPending = 256
	// maxTogether is how many of them go into one transaction.
	maxTogether = 64
)

// pending is a signature on its way to the file.
type pending struct {
	tenant, address, template string
	rendering
}

// write stores the signature if the person it was made of is still the one in
// the file.
func (p pending) write(tx *bbolt.Tx) error {
	t, ok := readTenant(tx, p.tenant)
	if !ok {
		return nil
	}
	if version, err := storedVersion(t.people.Get([]byte(p.address))); err != nil || version != p.person {
		return nil
	}
	return t.rendered.Put(renderedKey(p.address, p.template), p.encode())
}

// deferred is something on its way to the file.
type deferred interface{ write(tx *bbolt.Tx) error }

// remember stores something later. It never waits, and does nothing when too
// many are waiting already or the store is read-only or closed.
func (s *Store) remember(p deferred) {
	s.closing.RLock()
	defer s.closing.RUnlock()
	if s.closed || s.pending == nil {
		return
	}
	select {
	case s.pending <- p:
	default:
	}
}

// writePending writes what remember was given, all that waits in one
// transaction, until Close. (bbolt's own batches run where a fault in a damaged
// file cannot be caught, and make each writer wait.)
func (s *Store) writePending() {
	defer close(s.written)
	failing := false
	for p := range s.pending {
		together := append(make([]deferred, 0, maxTogether), p)
	gather:
		for len(together) < maxTogether {
			select {
			case p, ok := <-s.pending:
				if !ok {
					break gather
				}
				together = append(together, p)
			default:
				break gather
			}
		}
		err := s.update(func(tx *bbolt.Tx) error {
			for _, p := range together {
				if err := p.write(tx); err != nil {
					return err
				}
			}
			return nil
		})
		// Signing goes on without; a full disk is worth one line, not one a message.
		if err != nil && !failing {
			slog.Error("rendered signatures and learned ones are not stored", "error", err)
		}
		failing = err != nil
	}
}
