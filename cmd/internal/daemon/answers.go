package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/roster"
	"sigmilter/sigstore/people"
)

var _ control.Daemon = (*Daemon)(nil)

// Status implements [control.Daemon].
func (d *Daemon) Status() control.Status {
	stats := d.server.Stats()
	g := d.current.Load()
	s := control.Status{
		Version: d.build.Version, Revision: d.build.Revision, Go: d.build.Go, PID: os.Getpid(), Started: d.started,
		State: d.state.Load().(control.State), Listen: d.fixed.Listen,
		Config:   control.ConfigStatus{Path: d.path, Hash: g.cfg.Hash(), Loaded: g.loaded, Restart: needRestart(d.fixed, g.cfg)},
		Sessions: control.SessionStatus{Open: stats.Open, Total: stats.Total, Refused: stats.Refused},
		File:     control.FileStatus{Path: d.fixed.State},
	}
	if f := d.failure.Load(); f != nil {
		s.Config.Failed, s.Config.Err = f.at, f.err.Error()
	}
	var err error
	s.File.Bytes, err = d.store.Size()
	if err != nil {
		s.File.Err = err.Error()
	}
	for _, t := range g.cfg.Tenants {
		status, err := d.tenantStatus(t)
		if err != nil {
			s.File.Err = err.Error()
		}
		if !hasPeople(status) {
			s.Waiting = append(s.Waiting, t.Name)
		}
		s.Tenants = append(s.Tenants, status)
	}
	if s.State == control.Ready && len(s.Waiting) > 0 {
		s.State = control.Waiting
	}
	return s
}

// hasPeople reports whether a tenant's mail can be signed: it has people, or all its
// sources were read and have none.
func hasPeople(t control.TenantStatus) bool {
	return t.People > 0 || !slices.ContainsFunc(t.Sources, func(s control.SourceStatus) bool { return s.Success.IsZero() })
}

func (d *Daemon) tenantStatus(t config.Tenant) (s control.TenantStatus, err error) {
	s.Name = t.Name
	s.People, err = d.store.Count(t.Name)
	if err != nil {
		return s, err
	}
	for _, of := range t.Directories {
		state, err := d.store.Sync(t.Name, of.Name)
		if err != nil {
			return s, err
		}
		s.Sources = append(s.Sources, control.SourceStatus{
			Name: of.Name, Kind: of.Source, People: state.People, Read: state.At, Success: state.Success,
			Failures: state.Failures, Warnings: state.Warnings, Err: state.Err,
		})
	}
	return s, nil
}

// statusLine is what `systemctl status` shows.
func (d *Daemon) statusLine() string {
	s := d.Status()
	people := 0
	for _, t := range s.Tenants {
		people += t.People
	}
	line := fmt.Sprintf("tenants: %d, people: %d, configuration %s", len(s.Tenants), people, s.Config.Hash)
	if s.Config.Err != "" {
		line += "; the last reload failed"
	}
	return line
}

// tenantNames are the names of all tenants, or only the one given.
func (d *Daemon) tenantNames(name string) ([]string, error) {
	var names []string
	for _, t := range d.current.Load().cfg.Tenants {
		if name == "" || t.Name == name {
			names = append(names, t.Name)
		}
	}
	if len(names) == 0 {
		return nil, control.Errorf(control.NotFound, "no tenant %q", name)
	}
	return names, nil
}

// People implements [control.Daemon].
func (d *Daemon) People(tenant, match string) iter.Seq2[control.Person, error] {
	names, err := d.tenantNames(tenant)
	if err != nil {
		return func(yield func(control.Person, error) bool) { yield(control.Person{}, err) }
	}
	return roster.New(d.store, names).People(match)
}

// Person implements [control.Daemon].
func (d *Daemon) Person(address string) (control.Person, error) {
	names, err := d.tenantNames("")
	if err != nil {
		return control.Person{}, err
	}
	return roster.New(d.store, names).Person(address)
}

// Forget implements [control.Daemon].
func (d *Daemon) Forget(tenant, address string) ([]control.Forgotten, error) {
	names, err := d.tenantNames(tenant)
	if err != nil {
		return nil, err
	}
	return roster.New(d.store, names).Forget(address)
}

// Remembered implements [control.Daemon].
func (d *Daemon) Remembered(tenant, address string) (control.Remembered, error) {
	known, ok := d.current.Load().book.Recall(tenant, address)
	if !ok {
		return control.Remembered{}, nil
	}
	return control.Remembered{Key: known.Key, Endings: known.Encode()}, nil
}

// RefreshPeople implements [control.Daemon].
func (d *Daemon) RefreshPeople(ctx context.Context, tenant, source string, extent control.Extent) ([]control.Reading, error) {
	readings, err := d.feeds.Refresh(ctx, tenant, source, extent)
	if err == nil && len(readings) == 0 {
		err = control.Errorf(control.NotFound, "no such source; sigmilter status lists those that are read, a new one after sigmilter reload")
	}
	return readings, err
}

// Cache implements [control.Daemon].
func (d *Daemon) Cache() (all []control.CacheStatus, err error) {
	g := d.current.Load()
	for _, t := range g.cfg.Tenants {
		c, err := d.store.Cached(t.Name, time.Now())
		if err != nil {
			return nil, err
		}
		s := control.CacheStatus{Tenant: t.Name, Stored: c.Stored, Expired: c.Expired, Bytes: c.Bytes}
		for range g.book.InMemory(t.Name) {
			s.Memory++
		}
		all = append(all, s)
	}
	return all, nil
}

// DropCache implements [control.Daemon].
func (d *Daemon) DropCache(tenant, address string) (n control.CacheChange, err error) {
	names, err := d.tenantNames(tenant)
	if err != nil {
		return n, err
	}
	unknown := 0
	for _, name := range names {
		dropped, err := d.store.DropCached(name, address)
		n.Dropped += dropped
		if errors.Is(err, people.ErrUnknown) {
			unknown++
		} else if err != nil {
			return n, err
		}
	}
	if unknown == len(names) {
		return n, control.Errorf(control.NotFound, "nobody has the address %s; look for a typo, or in the source of people", address)
	}
	return n, nil
}

// maxProblems is how many rendering errors one answer holds.
const maxProblems = 20

// RefreshCache implements [control.Daemon].
func (d *Daemon) RefreshCache(ctx context.Context, tenant, address string) (n control.CacheChange, err error) {
	names, err := d.tenantNames(tenant)
	if err != nil {
		return n, err
	}
	g := d.current.Load()
	var wanted []signatureName
	for _, name := range names {
		wanted = append(wanted, g.signatures(name, address)...)
	}
	n, err = d.DropCache(tenant, address)
	if err != nil {
		return n, err
	}
	for _, s := range wanted {
		if ctx.Err() != nil {
			return n, ctx.Err()
		}
		_, err := g.book.Signature(s.tenant, s.address, s.template)
		if err == nil {
			n.Rendered++
			continue
		}
		if !errors.Is(err, people.ErrUnknown) && len(n.Problems) < maxProblems {
			n.Problems = append(n.Problems, err.Error())
		}
	}
	return n, nil
}

// signatureName says whose signature it is, and by which template.
type signatureName struct{ tenant, address, template string }

// signatures are those in memory for a tenant; with an address, those of that person by
// every template.
func (g *generation) signatures(tenant, address string) (found []signatureName) {
	if address != "" {
		for template := range g.cfg.Templates {
			found = append(found, signatureName{tenant, address, template})
		}
		return found
	}
	for of, template := range g.book.InMemory(tenant) {
		found = append(found, signatureName{tenant, of, template})
	}
	return found
}

// Snapshot implements [control.Daemon].
func (d *Daemon) Snapshot(w io.Writer) (int64, error) { return d.store.Snapshot(w) }

// CheckState implements [control.Daemon].
func (d *Daemon) CheckState() error { return d.store.Check() }
