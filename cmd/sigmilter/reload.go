package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/control"
)

// reloadFailure is why a configuration was not taken over.
type reloadFailure struct {
	at  time.Time
	err error
}

// fixedSettings are those that are settled when the daemon starts: it keeps the
// sockets and the file it has.
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

// waiting are the settings of a configuration that a restart would change.
func waiting(started, now *config.Config) (keys []string) {
	for _, s := range fixedSettings {
		if s.of(started) != s.of(now) {
			keys = append(keys, s.key)
		}
	}
	return keys
}

// Reload implements [control.Daemon]: the configuration is read anew and taken
// over as a whole, or not at all. Messages in hand keep the one they began with.
func (d *daemon) Reload() (control.Reloaded, error) {
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
		d.log.Error("configuration not reloaded, the old one stays", "config", d.path, "error", err)
	} else {
		d.failure.Store(nil)
		d.log.Info("configuration reloaded", "config", d.path, "version", r.Hash, "changed", r.Changed, "sources", len(r.Sources))
	}
	if len(r.Restart) > 0 {
		d.log.Warn("some settings change only with a restart", "settings", r.Restart)
	}
	d.notify.ready(d.statusLine())
	var faults config.Faults
	if errors.As(err, &faults) {
		err = control.Errorf(control.Configuration, "%s", faults)
	}
	return r, err
}

// takeOver does all that may fail first.
func (d *daemon) takeOver() (r control.Reloaded, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("a fault of the program: %v", v)
		}
	}()
	cfg, err := config.Load(d.path)
	if err != nil {
		return r, err
	}
	feeds, err := newFeeds(cfg, d.store, d.log)
	if err != nil {
		return r, err
	}
	old := d.current.Load()
	if err := setPlans(cfg, d.store); err != nil {
		return r, errors.Join(err, setPlans(old.cfg, d.store))
	}
	warn(cfg, d.log)
	r = control.Reloaded{Hash: cfg.Hash(), Changed: cfg.Hash() != old.cfg.Hash(), Restart: waiting(d.fixed, cfg)}
	for _, w := range cfg.Warnings {
		r.Warnings = append(r.Warnings, w.String())
	}
	// The people of a new tenant are there before its first message is.
	r.Sources = d.feeds.replace(feeds, ruleGroups(cfg))
	d.level.Set(cfg.Log.Level)
	tuneMemory(cfg.Limits.Memory)
	d.server.Configure(d.milterOptions(cfg))
	d.record.Configure(decisionLimits(cfg))
	d.current.Store(d.begin(d.feeds.ctx, cfg))
	old.retire()
	d.prune()
	return r, nil
}
