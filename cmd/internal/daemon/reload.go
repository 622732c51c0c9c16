package daemon

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/feed"
)

// reloadFailure is why the last reload failed.
type reloadFailure struct {
	at  time.Time
	err error
}

// fixedSettings take effect only at a start: a running daemon keeps the sockets and the
// state file it has.
var fixedSettings = []struct {
	key string
	of  func(*config.Config) any
}{
	{"listen", func(c *config.Config) any { return c.Listen }},
	{"proof.listeners", func(c *config.Config) any { return strings.Join(tenantListeners(c), " ") }},
	{"socket_mode", func(c *config.Config) any { return c.SocketMode }},
	{"socket_group", func(c *config.Config) any { return c.SocketGroup }},
	{"state", func(c *config.Config) any { return c.State }},
	{"control", func(c *config.Config) any { return c.Control }},
	{"metrics", func(c *config.Config) any { return c.Metrics }},
	{"log.format", func(c *config.Config) any { return c.Log.Format }},
}

// needRestart are the keys of the settings that differ from those the daemon was started
// with and that only a restart changes.
func needRestart(started, now *config.Config) (keys []string) {
	for _, s := range fixedSettings {
		if s.of(started) != s.of(now) {
			keys = append(keys, s.key)
		}
	}
	return keys
}

// Reload implements [control.Daemon]: the configuration is read again and takes effect as
// a whole, or not at all. Messages in hand keep the one they began with.
func (d *Daemon) Reload() (control.Reloaded, error) {
	d.reloading.Lock()
	defer d.reloading.Unlock()
	if d.state.Load() == control.Stopping {
		return control.Reloaded{}, control.Errorf(control.Busy, "the daemon is stopping")
	}
	d.notify.reloading()
	r, err := d.takeOver()
	d.metrics.Reloaded(err)
	if err != nil {
		d.failure.Store(&reloadFailure{time.Now(), err})
		d.log.Error("reload failed; keeping the current configuration", "config", d.path, "error", err)
	} else {
		d.failure.Store(nil)
		d.log.Info("configuration reloaded", "config", d.path, "version", r.Hash, "changed", r.Changed, "sources", len(r.Sources))
	}
	if len(r.Restart) > 0 {
		d.log.Warn("some changed settings need a restart", "settings", r.Restart)
	}
	d.notify.ready(d.statusLine())
	var faults config.Faults
	if errors.As(err, &faults) {
		err = control.Errorf(control.Configuration, "%s", faults)
	}
	return r, err
}

// takeOver replaces the configuration. Everything that may fail comes first.
func (d *Daemon) takeOver() (r control.Reloaded, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("a bug in sigmilter: %v", v)
		}
	}()
	cfg, err := config.Load(d.path)
	if err != nil {
		return r, err
	}
	feeds, err := feed.New(cfg, d.store, d.log)
	if err != nil {
		return r, err
	}
	old := d.current.Load()
	if err := feed.SetPlans(d.ctx, cfg, d.store); err != nil {
		return r, errors.Join(err, feed.SetPlans(d.ctx, old.cfg, d.store))
	}
	logWarnings(cfg, d.log)
	r = control.Reloaded{Hash: cfg.Hash(), Changed: cfg.Hash() != old.cfg.Hash(), Restart: needRestart(d.fixed, cfg)}
	for _, w := range cfg.Warnings {
		r.Warnings = append(r.Warnings, w.String())
	}
	// The people of a new tenant must be there before its first message.
	r.Sources = d.feeds.Replace(feeds)
	d.level.Set(cfg.Log.Level)
	tuneMemory(cfg.Limits.Memory, len(cfg.Tenants))
	d.server.Configure(d.milterOptions(cfg))
	d.record.Configure(decisionLimits(cfg))
	d.current.Store(d.newGeneration(cfg))
	old.retire()
	d.pruneStateFile()
	return r, nil
}
