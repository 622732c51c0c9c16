// Package daemon is the life of the daemon: start, reload, self-test, and a stop that loses
// no message.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/decisions"
	"sigmilter/cmd/internal/feed"
	"sigmilter/cmd/internal/maillog"
	"sigmilter/cmd/internal/metrics"
	"sigmilter/cmd/internal/signing"
	"sigmilter/milter"
	"sigmilter/milter/engine"
	"sigmilter/sigstore"
)

// maxDoubts is how many tenants without a proof are logged by name.
const maxDoubts = 20

// mappedLimit is how many bytes of the state file the daemon keeps mapped.
const mappedLimit = 128 << 20

// Daemon wires store, engine, server and control together.
type Daemon struct {
	path    string // of the configuration
	log     *slog.Logger
	level   *slog.LevelVar
	build   Build
	now     func() time.Time // the clock of the engine
	notify  notifier
	sockets *sockets
	metrics *metrics.Metrics
	record  *decisions.Recorder
	started time.Time

	store  *sigstore.Store
	server *milter.Server
	feeds  *feed.Set
	ctx    context.Context // of the tasks; ends before the daemon does
	tasks  sync.WaitGroup  // goroutines that run until ctx ends

	// current is everything made from one configuration. It is swapped whole: whoever
	// loaded it keeps using it.
	current atomic.Pointer[generation]
	state   atomic.Value // control.State

	reloading sync.Mutex     // one reload at a time, none before the start is done
	fixed     *config.Config // what the daemon was started with
	pruning   sync.Mutex
	setAside  sync.Once // guards setStateAside
	exit      func(status int)

	failure atomic.Pointer[reloadFailure] // of the last reload, nil when it succeeded
}

// generation is a configuration and what was made from it. It never changes.
type generation struct {
	cfg    *config.Config
	book   *sigstore.Book
	engine *engine.Engine
	loaded time.Time
	retire context.CancelFunc // ends its tasks
}

// Options are what a daemon needs apart from its configuration.
type Options struct {
	Log   *slog.Logger
	Level *slog.LevelVar // of the log; a reload sets it
	Build Build
	Now   func() time.Time // the clock of the engine
}

// Build is what the program was built from.
type Build struct{ Version, Revision, Go string }

// New prepares a daemon; [Daemon.Serve] runs it.
func New(cfg *config.Config, o Options) *Daemon {
	d := &Daemon{
		path: cfg.Path, fixed: cfg, log: o.Log, level: o.Level, build: o.Build, now: o.Now,
		notify: newNotifier(o.Log), metrics: metrics.New(), started: time.Now(),
		exit: os.Exit,
	}
	d.state.Store(control.Starting)
	return d
}

// Serve runs the milter until ctx ends, and reloads at each hangup.
func (d *Daemon) Serve(ctx context.Context, hangups <-chan os.Signal) (err error) {
	cfg := d.fixed
	tuneMemory(cfg.Limits.Memory, len(cfg.Tenants))
	if err := d.openState(cfg.State); err != nil {
		return err
	}
	ended := make(chan struct{})
	defer close(ended)
	go d.exitIfDamaged(ended, damagedLimit)
	defer d.store.Close()
	d.sockets, err = inheritedSockets(d.log)
	if err != nil {
		return err
	}
	defer d.sockets.closeUnused()
	var stop context.CancelFunc
	d.ctx, stop = context.WithCancel(ctx)
	d.feeds = feed.NewSet(d.ctx, d.log)
	defer d.tasks.Wait()
	defer d.feeds.Wait()
	defer stop()
	d.record = decisions.NewRecorder(cfg.DecisionsDir(), decisionLimits(cfg), d.log)
	defer d.record.Close()
	d.tasks.Go(func() { d.store.KeepSmall(d.ctx, mappedLimit) })

	d.reloading.Lock()
	d.current.Store(d.newGeneration(cfg))
	d.server = milter.New(d.milterOptions(cfg))
	defer d.openControl(cfg)()
	listeners, err := d.readSourcesAndListen(cfg)
	d.reloading.Unlock()
	if errors.Is(err, context.Canceled) {
		return nil // stopped before there was a message
	}
	if err != nil {
		return err
	}
	return d.serveUntilStopped(listeners, hangups)
}

// readSourcesAndListen begins to read the sources, waits for those of tenants without
// people, and listens.
func (d *Daemon) readSourcesAndListen(cfg *config.Config) (map[string]net.Listener, error) {
	logWarnings(cfg, d.log)
	feeds, err := feed.New(cfg, d.store, d.log)
	if err != nil {
		return nil, err
	}
	if err := feed.SetPlans(d.ctx, cfg, d.store); err != nil {
		return nil, err
	}
	d.notify.status("reading people for tenants that have none")
	d.feeds.Replace(feeds)
	d.pruneStateFile()
	listeners, err := openListeners(cfg, d.sockets)
	if err != nil {
		return nil, err
	}
	d.sockets.closeUnused() // those the configuration does not use
	d.log.Info("listening", "on", strings.Join(slices.Sorted(maps.Keys(listeners)), " "), "config", cfg.Path, "version", cfg.Hash())
	return listeners, nil
}

// serveUntilStopped serves on all listeners until the daemon is to stop or one of them
// fails, then lets the messages in hand finish.
func (d *Daemon) serveUntilStopped(listeners map[string]net.Listener, hangups <-chan os.Signal) error {
	ended := make(chan error, len(listeners))
	for name, ln := range listeners {
		go func() { ended <- d.server.Serve(ln, name) }()
	}
	d.state.Store(control.Ready)
	d.notify.ready(d.statusLine())
	d.tasks.Go(func() { d.notify.feedWatchdog(d.ctx, d.Health) })
	for {
		select {
		case err := <-ended:
			return errors.Join(err, d.finishMessages(ended, len(listeners)-1))
		case <-d.store.Damaged():
			return errors.Join(d.setStateAside(), d.finishMessages(ended, len(listeners)))
		case <-hangups:
			_, _ = d.Reload() // logged
		case <-d.ctx.Done():
			return d.finishMessages(ended, len(listeners))
		}
	}
}

// finishMessages ends the sessions, each after its message, and waits for the remaining
// listeners.
func (d *Daemon) finishMessages(ended <-chan error, left int) (fault error) {
	d.reloading.Lock() // from here on a reload is refused
	d.state.Store(control.Stopping)
	d.reloading.Unlock()
	open := d.server.Stats().Open
	d.notify.stopping(fmt.Sprintf("finishing the messages of %d sessions", open))
	d.log.Info("stopping; finishing the messages in hand", "open", open)
	limit, cancel := context.WithTimeout(context.Background(), d.current.Load().cfg.Timeouts.Stop)
	defer cancel()
	err := d.server.Shutdown(limit)
	if errors.Is(err, context.DeadlineExceeded) {
		d.log.Warn("gave up some messages; the MTA will try them again", "error", err)
	} else if err != nil {
		return err
	}
	for range left {
		fault = errors.Join(fault, <-ended)
	}
	return fault
}

// newGeneration makes everything from a configuration, and keeps its signatures fresh
// until it is retired.
func (d *Daemon) newGeneration(cfg *config.Config) *generation {
	ctx, retire := context.WithCancel(d.ctx)
	g := &generation{cfg: cfg, book: signing.NewBook(cfg, d.store), loaded: time.Now(), retire: retire}
	g.engine = signing.NewEngine(cfg, g.book, d.feeds.FirstReading, d.log)
	g.engine.Now = d.now
	d.tasks.Go(func() { g.book.Refresh(ctx) })
	return g
}

func (d *Daemon) milterOptions(cfg *config.Config) milter.Options {
	return milter.Options{
		Begin:        func(m *engine.Message) milter.Work { return d.current.Load().engine.Begin(m) },
		MaxSessions:  cfg.Limits.Sessions,
		IdleTimeout:  cfg.Timeouts.Idle,
		WriteTimeout: cfg.Timeouts.Write,
		MaxBytes:     cfg.Limits.MessageBytes,
		MemoryBytes:  cfg.Limits.BodyMemory,
		AllMemory:    cfg.Limits.Memory,
		SpoolBytes:   cfg.Limits.SpoolBytes,
		HeaderFields: cfg.Limits.HeaderFields,
		HeaderBytes:  int(cfg.Limits.HeaderBytes),
		TempDir:      cfg.Spool,
		Limits:       signing.ScanLimits(cfg),
		Log:          d.log,
		Done:         d.messageDone,
		Aborted:      func(*engine.Message) { d.metrics.Aborted() },
	}
}

// messageDone logs, counts and records a message.
func (d *Daemon) messageDone(m *engine.Message, o engine.Outcome, waited time.Duration) {
	maillog.Write(d.log, m, o, waited)
	r := &o.Report
	d.metrics.Message(string(r.Action), r.Reason, r.Tenant, r.Rule, waited, m.Size)
	if d.record.Keeps() {
		d.record.Add(d.current.Load().decision(m, r))
	}
}

// logWarnings logs the problems of a configuration that do not keep it from being used.
func logWarnings(cfg *config.Config, log *slog.Logger) {
	for _, w := range cfg.Warnings {
		log.Warn("configuration", "problem", w.String())
	}
	doubts := cfg.Doubts()
	for _, doubt := range doubts[:min(len(doubts), maxDoubts)] {
		log.Warn(doubt)
	}
	if more := len(doubts) - maxDoubts; more > 0 {
		log.Warn("the mail of more tenants is not proven; sigmilter check lists them", "tenants", more)
	}
}
