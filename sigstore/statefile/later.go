package statefile

import "log/slog"

const (
	// maxWaiting is how many writes may wait for the disk. More are dropped.
	maxWaiting = 256
	// maxTogether is how many of them go into one transaction.
	maxTogether = 64
)

// Write is what is done in a write transaction.
type Write = func(*Tx) error

// Later carries out a write some time later. It never waits, and does nothing when too
// many writes are waiting already or the file is read-only or closed: it is for what can
// be made again.
func (f *File) Later(write Write) {
	f.closing.RLock()
	defer f.closing.RUnlock()
	if f.closed || f.waiting == nil {
		return
	}
	select {
	case f.waiting <- write:
	default:
	}
}

// writeWaiting carries out what waits, all of it in one transaction, until Close.
// (bbolt's own batches run where a fault in a damaged file cannot be caught, and make
// each writer wait.)
func (f *File) writeWaiting() {
	defer close(f.written)
	failing := false
	for write := range f.waiting {
		err := f.updateAll(f.gather(write))
		// Signing goes on without; a full disk is worth one line, not one a message.
		if err != nil && !failing {
			slog.Error("cannot write to the state file; signatures are not stored and will be rendered again", "error", err)
		}
		failing = err != nil
	}
}

// gather returns a write and those that wait behind it.
func (f *File) gather(first Write) []Write {
	together := append(make([]Write, 0, maxTogether), first)
	for len(together) < maxTogether {
		select {
		case write, open := <-f.waiting:
			if !open {
				return together
			}
			together = append(together, write)
		default:
			return together
		}
	}
	return together
}

func (f *File) updateAll(writes []Write) error {
	return f.Update(func(tx *Tx) error {
		for _, write := range writes {
			if err := write(tx); err != nil {
				return err
			}
		}
		return nil
	})
}
