package decisions

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// Limits bound what is kept.
type Limits struct {
	Days  int   // a decision is kept so long; 0 keeps none
	Bytes int64 // of all files; the oldest go first
}

const (
	waitingRoom = 8192                   // decisions that wait to be written; what comes then is not kept
	halfFull    = waitingRoom / 2        // so many are written at once
	writePause  = 200 * time.Millisecond // how long one waits for others
	fileBytes   = 8 << 20                // a larger file is followed by another
	stringBytes = 2 << 20                // likewise one with more bytes of strings, which are in memory
	fileAge     = 6 * time.Hour
	pruneEvery  = time.Hour
	chunkBytes  = 512 << 10
	tellEvery   = time.Minute      // what is lost is told so often at most
	retryAfter  = 10 * time.Second // writing that failed is tried again
)

// Recorder writes decisions to a folder, behind those who make them.
type Recorder struct {
	dir     string
	log     *slog.Logger
	limits  atomic.Pointer[Limits]
	lost    atomic.Int64  // decisions that were not kept, and not told of yet
	some    chan struct{} // the first decision waits, or half of what may
	changed chan struct{} // the limits have
	stop    chan struct{}
	done    chan struct{}

	mu      sync.Mutex // held for the length of an append
	waiting []Decision

	// What the writing goroutine has.
	taken   []Decision // what was waiting before, and its room for what comes next
	out     *os.File   // nil between two files
	begun   time.Time
	written int64
	encoder *encoder  // nil before the first decision of a file
	failed  time.Time // the last time that nothing could be written
	told    time.Time
}

// NewRecorder returns one that writes to a folder, which is made when it is needed.
func NewRecorder(dir string, limits Limits, log *slog.Logger) *Recorder {
	r := &Recorder{
		dir: dir, log: log, some: make(chan struct{}, 1), changed: make(chan struct{}, 1),
		stop: make(chan struct{}), done: make(chan struct{}),
	}
	r.limits.Store(&limits)
	go r.run()
	return r
}

// Configure changes the limits.
func (r *Recorder) Configure(limits Limits) {
	r.limits.Store(&limits)
	notify(r.changed)
}

// notify has the reader of a channel with room for one look, if it was not told already.
func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Keeps reports whether decisions are kept at all.
func (r *Recorder) Keeps() bool { return r.limits.Load().Days > 0 }

// Add keeps a decision. It never waits: where the disk is too slow, the decision is lost,
// and the log tells how many were. To wake another goroutine costs more than all else
// here, so that it is done for the first of those that are written together.
func (r *Recorder) Add(d Decision) {
	if !r.Keeps() {
		return
	}
	r.mu.Lock()
	waiting := len(r.waiting)
	if waiting < waitingRoom {
		r.waiting = append(r.waiting, d)
	}
	r.mu.Unlock()
	switch waiting {
	case waitingRoom:
		r.lost.Add(1)
	case 0, halfFull:
		notify(r.some)
	}
}

// Close writes what waits and ends the writing, once. What is added later is lost.
func (r *Recorder) Close() {
	close(r.stop)
	<-r.done
}

func (r *Recorder) run() {
	defer close(r.done)
	hourly := time.NewTicker(pruneEvery)
	defer hourly.Stop()
	pause := time.NewTimer(0)
	defer pause.Stop()
	r.prune(time.Now())
	for {
		select {
		case <-r.some:
			pause.Reset(r.pause())
		case <-pause.C:
			r.write()
		case <-hourly.C:
			r.prune(time.Now())
		case <-r.changed:
			r.prune(time.Now())
		case <-r.stop:
			r.finish()
			return
		}
	}
}

// pause is how long what waits has to.
func (r *Recorder) pause() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.waiting) >= halfFull {
		return 0
	}
	return writePause
}

// finish writes what waits.
func (r *Recorder) finish() {
	r.write()
	r.endFile()
}

// write writes what waits.
func (r *Recorder) write() {
	r.mu.Lock()
	r.waiting, r.taken = r.taken[:0], r.waiting
	r.mu.Unlock()
	for i := range r.taken {
		r.add(&r.taken[i])
	}
	clear(r.taken) // its strings are not kept in memory
	r.flush(time.Now())
}

func (r *Recorder) add(d *Decision) {
	if r.encoder == nil {
		r.encoder = newEncoder()
	}
	r.encoder.add(d)
	if len(r.encoder.entries) >= chunkBytes {
		r.flush(time.Now())
	}
}

// flush writes a chunk, to a new file where the old one is full.
func (r *Recorder) flush(now time.Time) {
	if r.encoder == nil || r.encoder.empty() {
		return
	}
	if now.Sub(r.failed) < retryAfter {
		r.encoder = nil // a full disk is left alone for a while
		return
	}
	err := r.writeChunk(r.encoder.chunk(), now)
	r.tell(now, err)
	if err != nil {
		r.failed = now
		r.endFile() // its end may be torn
	} else if r.written >= fileBytes || r.encoder.kept >= stringBytes || now.Sub(r.begun) > fileAge {
		r.endFile()
		r.prune(now)
	}
}

func (r *Recorder) writeChunk(chunk []byte, now time.Time) error {
	if err := r.begin(now); err != nil {
		return err
	}
	n, err := r.out.Write(chunk)
	r.written += int64(n)
	return err
}

// begin opens a file unless one is open.
func (r *Recorder) begin(now time.Time) (err error) {
	if r.out != nil {
		return nil
	}
	if err := os.MkdirAll(r.dir, 0o750); err != nil {
		return err
	}
	for at := now; ; at = at.Add(time.Millisecond) { // until no file has the name
		r.out, err = os.OpenFile(filepath.Join(r.dir, fileName(at)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
		if !errors.Is(err, os.ErrExist) {
			break
		}
	}
	r.begun, r.written = now, 0
	return err
}

func (r *Recorder) endFile() {
	if r.out != nil {
		r.out.Close()
	}
	r.out, r.encoder = nil, nil
}

// tell logs that decisions were lost, at most once in a while.
func (r *Recorder) tell(now time.Time, err error) {
	if now.Sub(r.told) < tellEvery {
		return
	}
	lost := r.lost.Swap(0)
	if err != nil {
		r.log.Warn("decisions are not recorded, mail goes on", "folder", r.dir, "error", err)
	}
	if lost > 0 {
		r.log.Warn("decisions were not recorded: the disk is too slow", "folder", r.dir, "decisions", lost)
	}
	if err != nil || lost > 0 {
		r.told = now
	}
}

// prune removes files whose decisions are all too old, and the oldest ones while all
// together are too large.
func (r *Recorder) prune(now time.Time) {
	if r.out != nil && now.Sub(r.begun) > fileAge {
		r.endFile()
	}
	if err := r.removeOld(now); err != nil {
		r.log.Warn("old decisions cannot be removed", "folder", r.dir, "error", err)
	}
}

func (r *Recorder) removeOld(now time.Time) error {
	limits := r.limits.Load()
	files, err := filesIn(r.dir)
	if err != nil {
		return err
	}
	var all int64
	for _, f := range files {
		all += f.bytes
	}
	if limits.Days == 0 {
		r.endFile()
	}
	oldest := now.AddDate(0, 0, -limits.Days)
	for _, f := range files {
		inUse := r.out != nil && f.path == r.out.Name()
		withinLimits := f.ended.After(oldest) && all <= limits.Bytes
		if inUse || withinLimits {
			continue
		}
		if err := os.Remove(f.path); err != nil {
			return err
		}
		all -= f.bytes
	}
	return nil
}
