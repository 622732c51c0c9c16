package milter

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"sigmilter/milter/engine"
	"sigmilter/milter/entity"
	"sigmilter/milter/work"
)

// What [Options] means by a zero value.
const (
	DefaultMaxSessions  = 500
	DefaultIdleTimeout  = 10 * time.Minute
	DefaultWriteTimeout = 30 * time.Second
	DefaultMaxBytes     = 150 << 20
	DefaultMemoryBytes  = 1 << 20
	DefaultAllMemory    = 256 << 20
	DefaultSpoolBytes   = 10 << 30
	DefaultHeaderFields = 10_000
	DefaultHeaderBytes  = 1 << 20
)

// Options are the settings of a [Server]. Only Begin is required.
type Options struct {
	// Begin is called once for each message, at MAIL, from many goroutines: what it
	// returns is asked until the message has ended.
	Begin func(*engine.Message) Work

	MaxSessions  int           // connections at a time; one more is closed at once and the MTA applies its default action
	IdleTimeout  time.Duration // how long a session waits for the MTA
	WriteTimeout time.Duration // how long one write to the MTA may take
	MaxBytes     int64         // a larger body is not kept: Finish is asked without it
	MemoryBytes  int64         // a larger body goes to an unlinked temporary file
	AllMemory    int64         // bytes of all bodies in memory together; what comes then goes to temporary files
	SpoolBytes   int64         // bytes of all bodies in temporary files together; what comes then fails
	HeaderFields int           // a message with more fields fails
	HeaderBytes  int           // likewise with more bytes of names and values
	TempDir      string        // folder of that file; empty is the system's
	Limits       entity.Limits // of the MIME scanner
	Log          *slog.Logger  // nil is slog.Default

	// Done, if not nil, is called once for each message that came to its
	// end-of-message or was accepted at end-of-headers, on the session's own
	// goroutine and before the MTA has the reply. The duration is the time the
	// MTA waited for us. The message's body is gone when Done returns.
	Done func(*engine.Message, engine.Outcome, time.Duration)
	// Aborted, if not nil, is called once for each message that was begun and
	// given up before that: the MTA aborted it, began another, or went away.
	Aborted func(*engine.Message)
}

// withDefaults fills in the zero values.
func (o Options) withDefaults() Options {
	setDefault(&o.MaxSessions, DefaultMaxSessions)
	setDefault(&o.IdleTimeout, DefaultIdleTimeout)
	setDefault(&o.WriteTimeout, DefaultWriteTimeout)
	setDefault(&o.MaxBytes, DefaultMaxBytes)
	setDefault(&o.MemoryBytes, DefaultMemoryBytes)
	setDefault(&o.AllMemory, DefaultAllMemory)
	setDefault(&o.SpoolBytes, DefaultSpoolBytes)
	setDefault(&o.HeaderFields, DefaultHeaderFields)
	setDefault(&o.HeaderBytes, DefaultHeaderBytes)
	setDefault(&o.Log, slog.Default())
	return o
}

func setDefault[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

// Server speaks the milter protocol with any number of MTAs on any number of
// listeners. Its sessions run until the MTA ends them or [Server.Shutdown] does.
type Server struct {
	opts atomic.Pointer[Options]

	memory, disk work.Budget // of the messages of all sessions
	turns        engine.Turns

	mu        sync.Mutex
	listeners map[net.Listener]struct{}
	sessions  map[*conn]struct{}
	stopping  chan struct{} // closed when Shutdown begins
	empty     chan struct{} // closed when, after that, the last session has ended
	stats     Stats
	refused   refusals
}

// Stats are a server's counts since it was made.
type Stats struct {
	Open    int   // sessions now
	Total   int64 // sessions ever begun
	Refused int64 // connections closed because of MaxSessions
}

// New returns a server. It panics without Options.Begin.
func New(opts Options) *Server {
	s := &Server{
		listeners: map[net.Listener]struct{}{},
		sessions:  map[*conn]struct{}{},
		stopping:  make(chan struct{}),
		empty:     make(chan struct{}),
		turns:     engine.NewTurns(),
	}
	s.Configure(opts)
	return s
}

// Configure replaces the options. A session keeps those it began with, so that a
// message has the same limits from its first field to its end. It panics without
// Options.Begin.
func (s *Server) Configure(opts Options) {
	if opts.Begin == nil {
		panic("milter: Options.Begin is nil")
	}
	opts = opts.withDefaults()
	s.memory.SetLimit(opts.AllMemory)
	s.disk.SetLimit(opts.SpoolBytes)
	s.opts.Store(&opts)
}

// Stats returns the counts as they are now.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	stats := s.stats
	stats.Open = len(s.sessions)
	return stats
}

// Serve accepts connections on ln until [Server.Shutdown] begins, which makes it return
// nil, or ln fails for good. It closes ln. The messages that come in on it bear the name
// of the listener, see [engine.Message].
func (s *Server) Serve(ln net.Listener, name string) error {
	defer ln.Close()
	if !s.addListener(ln) {
		return nil
	}
	defer s.removeListener(ln)
	for {
		nc, err := ln.Accept()
		if err == nil {
			s.begin(nc, name)
			continue
		}
		if s.isStopping() {
			return nil
		}
		if !isPassing(err) {
			return fmt.Errorf("accept on %s: %w", ln.Addr(), err)
		}
		s.opts.Load().Log.Warn("cannot accept a connection now", "listener", ln.Addr().String(), "error", err)
		s.pause()
	}
}

// isPassing reports an error of Accept that ends by itself: too many open
// files, no memory, a peer that went away.
func isPassing(err error) bool {
	for _, e := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// acceptPause is the wait after such an error.
const acceptPause = 100 * time.Millisecond

func (s *Server) pause() {
	select {
	case <-time.After(acceptPause):
	case <-s.stopping:
	}
}

func (s *Server) isStopping() bool {
	select {
	case <-s.stopping:
		return true
	default:
		return false
	}
}

// addListener reports false where the server is stopping.
func (s *Server) addListener(ln net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isStopping() {
		return false
	}
	s.listeners[ln] = struct{}{}
	return true
}

func (s *Server) removeListener(ln net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, ln)
}

// begin runs a session on nc, which came in on a listener of that name, or closes
// nc where there is no room for one.
func (s *Server) begin(nc net.Conn, listener string) {
	opts := s.opts.Load()
	id := newSessionID()
	log := opts.Log.With("session", id)
	c := newConn(nc, opts.IdleTimeout, opts.WriteTimeout, log)
	if !s.add(c, opts) {
		nc.Close()
		return
	}
	begun := newSession(id, c, opts, log)
	begun.listener, begun.memory, begun.disk, begun.turns = listener, &s.memory, &s.disk, s.turns
	c.onClose = func() {
		begun.end()
		s.remove(c)
	}
	go begun.run()
}

// add reports false where the session must not begin.
func (s *Server) add(c *conn, opts *Options) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isStopping() {
		return false
	}
	if len(s.sessions) >= opts.MaxSessions {
		s.stats.Refused++
		if n := s.refused.due(time.Now()); n > 0 {
			opts.Log.Warn("connections refused: the limit on sessions is reached", "limit", opts.MaxSessions, "refused", n)
		}
		return false
	}
	s.stats.Total++
	s.sessions[c] = struct{}{}
	return true
}

func (s *Server) remove(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, c)
	if s.isStopping() && len(s.sessions) == 0 {
		close(s.empty)
	}
}

// Shutdown stops accepting, ends each session that has no message in hand at
// once and each other one when its end-of-message is answered. When ctx ends it
// cuts the connections that are left and returns its error; work that still goes
// on on their messages is not waited for.
func (s *Server) Shutdown(ctx context.Context) error {
	s.stop()
	select {
	case <-s.empty:
		return nil
	case <-ctx.Done():
	}
	n := s.abandonAll()
	if n == 0 {
		return nil
	}
	return fmt.Errorf("%d sessions cut with a message in hand: %w", n, ctx.Err())
}

func (s *Server) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isStopping() {
		return
	}
	close(s.stopping)
	for ln := range s.listeners {
		ln.Close()
	}
	for c := range s.sessions {
		c.drain()
	}
	if len(s.sessions) == 0 {
		close(s.empty)
	}
}

func (s *Server) abandonAll() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.sessions {
		c.abandon()
	}
	return len(s.sessions)
}

// refusalLog is how often at most refused connections are logged.
const refusalLog = 10 * time.Second

// refusals counts refused connections between two log lines. rate.Sometimes of
// golang.org/x/time does not count those that it leaves out.
type refusals struct {
	count int64
	last  time.Time
}

// due counts one more and returns the number to log, 0 while it is too early.
func (r *refusals) due(now time.Time) int64 {
	r.count++
	if now.Sub(r.last) < refusalLog {
		return 0
	}
	n := r.count
	r.count, r.last = 0, now
	return n
}
