package main

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
	"sigmilter/milter"
	"sigmilter/sigstore"
)

// mappedLimit is how many bytes of the state file the daemon keeps mapped.
const mappedLimit = 128 << 20

// daemon wires store, engine, server and control, takes over new configurations
// while it runs, and stops in order.
type daemon struct {
	path    string // of the configuration
	log     *slog.Logger
	level   *slog.LevelVar
	notify  notifier
	sockets *sockets
	metrics *control.Metrics
	started time.Time

	store  *sigstore.Store
	server *milter.Server
	feeds  *feedSet
	record *decisions.Recorder
	beside sync.WaitGroup // what runs beside until the context of serve ends

	// current is everything that is made of a configuration. It is swapped whole: who
	// took it goes on with it.
	current atomic.Pointer[generation]
	state   atomic.Value // control.State

	reloading sync.Mutex     // one reload at a time, none before the start is done
	fixed     *config.Config // what the daemon was started with
	pruning   sync.Mutex
	setAside  sync.Once // the damaged state file
	exit      func(status int)

	failure atomic.Pointer[reloadFailure] // of the last reload, nil when it succeeded
}

// generation is a configuration and what was made of it. It is not changed.
type generation struct {
	cfg    *config.Config
	book   *sigstore.Book
	engine *milter.Engine
	loaded time.Time
	retire context.CancelFunc // ends what runs beside for it
}

// newDaemon prepares a daemon; [daemon.serve] runs it.
func newDaemon(cfg *config.Config, log *slog.Logger, level *slog.LevelVar) *daemon {
	d := &daemon{
		path: cfg.Path, fixed: cfg, log: log, level: level,
		notify: newNotifier(log), metrics: control.NewMetrics(), started: time.Now(),
		exit: os.Exit,
	}
	d.state.Store(control.Starting)
	return d
}

// serve runs the milter until ctx ends, and reloads at each hangup.
func (d *daemon) serve(ctx context.Context, hangups <-chan os.Signal) (err error) {
	cfg := d.fixed
	if err := d.openState(cfg.State); err != nil {
		return err
	}
	ended := make(chan struct{})
	defer close(ended)
	go d.endDamaged(ended, damagedLimit)
	defer d.store.Close()
	if d.sockets, err = inheritedSockets(d.log); err != nil {
		return err
	}
	defer d.sockets.close()
	background, stop := context.WithCancel(ctx)
	d.feeds = newFeedSet(background, d.log)
	defer d.beside.Wait()
	defer d.feeds.wait()
	defer stop()
	d.record = decisions.NewRecorder(cfg.DecisionsDir(), decisionLimits(cfg), d.log)
	defer d.record.Close()
	d.beside.Go(func() { d.store.KeepSmall(background, mappedLimit) })

	d.reloading.Lock()
	d.current.Store(d.begin(background, cfg))
	d.server = milter.New(d.milterOptions(cfg))
	defer d.openControl(cfg)()
	listeners, err := d.start(cfg)
	d.reloading.Unlock()
	if err != nil {
		return err
	}
	return d.run(background, listeners, hangups)
}

// start has the sources read, those of tenants without people first, and listens.
func (d *daemon) start(cfg *config.Config) (map[string]net.Listener, error) {
	warn(cfg, d.log)
	feeds, err := newFeeds(cfg, d.store, d.log)
	if err != nil {
		return nil, err
	}
	if err := setPlans(cfg, d.store); err != nil {
		return nil, err
	}
	d.notify.status("reading the people of tenants without any")
	d.feeds.replace(feeds, ruleGroups(cfg))
	d.prune()
	listeners, err := listen(cfg, d.sockets)
	if err != nil {
		return nil, err
	}
	d.sockets.close() // what nobody wanted
	d.log.Info("listening", "on", strings.Join(slices.Sorted(maps.Keys(listeners)), " "), "config", cfg.Path, "version", cfg.Hash())
	return listeners, nil
}

// run serves on all listeners until ctx ends or one of them fails, then lets the
// messages in hand finish.
func (d *daemon) run(ctx context.Context, listeners map[string]net.Listener, hangups <-chan os.Signal) error {
	ended := make(chan error, len(listeners))
	for name, ln := range listeners {
		go func() { ended <- d.server.ServeNamed(ln, name) }()
	}
	d.state.Store(control.Ready)
	d.notify.ready(d.statusLine())
	d.beside.Go(func() { d.notify.watch(ctx, d.Health) })
	for {
		select {
		case err := <-ended:
			return errors.Join(err, d.drain(ended, len(listeners)-1))
		case <-d.store.Damaged():
			return errors.Join(d.damaged(), d.drain(ended, len(listeners)))
		case <-hangups:
			_, _ = d.Reload() // logged
		case <-ctx.Done():
			return d.drain(ended, len(listeners))
		}
	}
}

// drain ends the sessions, each after its message, and waits for the listeners that
// are left.
func (d *daemon) drain(ended <-chan error, left int) (fault error) {
	d.reloading.Lock() // no reload begins any more
	d.state.Store(control.Stopping)
	d.reloading.Unlock()
	open := d.server.Stats().Open
	d.notify.stopping(fmt.Sprintf("finishing the messages of %d sessions", open))
	d.log.Info("stopping, finishing the messages in hand", "open", open)
	limit, cancel := context.WithTimeout(context.Background(), d.current.Load().cfg.Timeouts.Stop)
	defer cancel()
	if err := d.server.Shutdown(limit); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	} else if err != nil {
		d.log.Warn("some messages were given up, their senders will try again", "error", err)
	}
	for range left {
		fault = errors.Join(fault, <-ended)
	}
	return fault
}

// begin makes everything of a configuration, and has its signatures refreshed
// until it is retired.
func (d *daemon) begin(ctx context.Context, cfg *config.Config) *generation {
	ctx, retire := context.WithCancel(ctx)
	g := &generation{cfg: cfg, book: newBook(cfg, d.store), loaded: time.Now(), retire: retire}
	g.engine = newEngineOf(cfg, g.book, d.feeds.firstReading, d.log)
	d.beside.Go(func() { g.book.Refresh(ctx) })
	return g
}

func (d *daemon) milterOptions(cfg *config.Config) milter.Options {
	return milter.Options{
		Signer:       func() milter.Signer { return d.current.Load().engine },
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
		Limits:       scanLimits(cfg),
		Log:          d.log,
		Done:         d.done,
		Aborted:      func(*milter.Message) { d.metrics.Aborted() },
	}
}

// done logs and counts a message.
func (d *daemon) done(m *milter.Message, o milter.Outcome, waited time.Duration) {
	mailLog{d.log}.done(m, o, waited)
	r := &o.Report
	d.metrics.Message(string(r.Action), r.Reason, r.Tenant, r.Rule, waited, m.Size)
	if d.record.Keeps() {
		d.record.Add(d.current.Load().decision(m, r))
	}
}

// openControl has the verbs and monitoring answered. That one of them cannot be is
// no reason to refuse mail.
func (d *daemon) openControl(cfg *config.Config) (stop func()) {
	var stops []func()
	open := func(name, where string, listen func() (net.Listener, error), serve func(net.Listener) func()) {
		ln, err := d.sockets.listen(name, where, listen)
		if err != nil {
			d.log.Warn("nobody is answered there", "socket", name, "on", where, "error", err)
			return
		}
		stops = append(stops, serve(ln))
	}
	if cfg.Control != "" {
		open("control", cfg.Control,
			func() (net.Listener, error) { return milter.Listen(cfg.Control, 0o660, "") },
			func(ln net.Listener) func() { return control.Serve(ln, d, d.log) })
	}
	if cfg.Metrics != "" {
		open("metrics", "inet:"+cfg.Metrics,
			func() (net.Listener, error) { return net.Listen("tcp", cfg.Metrics) },
			func(ln net.Listener) func() { return control.ServeMetrics(ln, d, d.metrics, d.log) })
	}
	return func() {
		for _, stop := range stops {
			stop()
		}
	}
}

// prune takes what was rendered of templates that are no longer configured, and
// learned of tenants that are not, out of the state file, beside.
func (d *daemon) prune() {
	d.beside.Go(func() {
		d.pruning.Lock()
		defer d.pruning.Unlock()
		cfg := d.current.Load().cfg
		if err := d.store.KeepTemplates(slices.Collect(maps.Keys(cfg.Templates))); err != nil {
			d.log.Error("signatures of removed templates stay in the state file", "error", err)
		}
		if err := d.store.KeepLearned(learningTenants(cfg)); err != nil {
			d.log.Error("learned signatures cannot be begun with, or dropped", "error", err)
		}
	})
}

// warn logs what is wrong with a configuration that is good enough to run with.
func warn(cfg *config.Config, log *slog.Logger) {
	for _, w := range cfg.Warnings {
		log.Warn("configuration", "problem", w.String())
	}
	for _, doubt := range cfg.Doubts() {
		log.Warn(doubt)
	}
}
