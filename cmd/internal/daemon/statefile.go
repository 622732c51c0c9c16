package daemon

import (
	"errors"
	"maps"
	"slices"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/sigstore"
	"sigmilter/sigstore/statefile"
)

// openState opens the state file, or a replacement for one that cannot be used: a daemon
// that does not start holds up all mail.
func (d *Daemon) openState(path string) error {
	opened, err := sigstore.Recover(path, time.Now())
	if err != nil {
		return stateRemedy(err, path)
	}
	d.store = opened.Store
	if opened.Aside != "" {
		d.log.Error("the state file was damaged and has been set aside; reading everything from the sources again",
			"state", path, "aside", opened.Aside, "error", opened.Why)
	}
	if opened.Unwritable {
		d.log.Error("cannot write the state file; using a temporary one until restart: fix the disk, then restart",
			"state", path, "error", opened.Why)
	}
	return nil
}

// errDamaged ends a daemon whose state file turned out to be damaged. The service manager
// starts another, which begins with a new file.
var errDamaged = errors.New("the state file is damaged; restart to read people from the sources again")

// setStateAside sets the damaged state file aside, once, and returns [errDamaged]. The next
// daemon might not see the damage: a large file is not read whole when it is opened.
func (d *Daemon) setStateAside() error {
	d.setAside.Do(func() {
		path := d.store.Path()
		if path == "" {
			return
		}
		if aside, err := statefile.SetAside(path, time.Now()); err != nil {
			d.log.Error("cannot set the damaged state file aside", "error", err)
		} else {
			d.log.Error("the state file was damaged while running and has been set aside", "state", path, "aside", aside)
		}
	})
	return errDamaged
}

// damagedLimit is how long a clean shutdown may take with a damaged state file.
const damagedLimit = 10 * time.Second

// exitIfDamaged exits when the state file is found damaged and a clean shutdown takes too
// long. It returns when ended is closed.
//
// QUIRK: bbolt may panic while it holds its locks. Whatever needs them then waits forever:
// a reload, a reading, the pruning, a message. To the MTA the exit looks like a killed
// daemon, and the service manager starts another.
func (d *Daemon) exitIfDamaged(ended <-chan struct{}, limit time.Duration) {
	select {
	case <-ended:
		return
	case <-d.store.Damaged():
	}
	select {
	case <-ended:
	case <-time.After(limit):
		why := d.setStateAside()
		d.log.Error("clean shutdown timed out; exiting", "error", why)
		d.exit(1)
	}
}

// pruneStateFile removes from the state file what is no longer configured: signatures of
// deleted templates, and what was learned for tenants that do not learn. It does so in the
// background.
func (d *Daemon) pruneStateFile() {
	d.tasks.Go(func() {
		d.pruning.Lock()
		defer d.pruning.Unlock()
		cfg := d.current.Load().cfg
		if err := d.store.KeepTemplates(d.ctx, slices.Collect(maps.Keys(cfg.Templates))); err != nil && d.ctx.Err() == nil {
			d.log.Error("cannot remove signatures of deleted templates from the state file", "error", err)
		}
		if err := d.store.KeepLearned(learningTenants(cfg)); err != nil {
			d.log.Error("cannot update which tenants' signatures are learned", "error", err)
		}
	})
}

// learningTenants are the tenants whose people's own signatures are learned.
func learningTenants(cfg *config.Config) (names []string) {
	if !cfg.Place.Learn {
		return nil
	}
	for _, t := range cfg.Tenants {
		names = append(names, t.Name)
	}
	return names
}
