package daemon

import (
	"errors"
	"time"

	"sigmilter/sigstore"
)

// openState opens the state file, or what stands in for one that cannot be used: a
// daemon that does not start holds all mail.
func (d *Daemon) openState(path string) error {
	opened, err := sigstore.Recover(path, time.Now())
	if err != nil {
		return err
	}
	d.store = opened.Store
	if opened.Aside != "" {
		d.log.Error("the state file is damaged and was set aside; all is read from the sources again",
			"state", path, "aside", opened.Aside, "error", opened.Why)
	}
	if opened.Unwritable {
		d.log.Error("the state file cannot be written; a temporary one is used and gone with the daemon: mend the disk, then restart",
			"state", path, "error", opened.Why)
	}
	return nil
}

// errDamaged ends a daemon whose state file is damaged under it. The service manager
// starts another, which begins with a new file.
var errDamaged = errors.New("the state file was found damaged; start again: people are read from the sources then")

// damaged sets the state file aside, once, since the next daemon may not see the
// damage: a large file is not read whole when it is opened.
func (d *Daemon) damaged() error {
	d.setAside.Do(func() {
		path := d.store.Path()
		if path == "" {
			return
		}
		if aside, err := sigstore.SetAside(path, time.Now()); err != nil {
			d.log.Error("the damaged state file stays", "error", err)
		} else {
			d.log.Error("the state file was damaged while we ran, and set aside", "state", path, "aside", aside)
		}
	})
	return errDamaged
}

// damagedLimit is how long a daemon with a damaged state file may take to end in
// order.
const damagedLimit = 10 * time.Second

// endDamaged ends the process when it does not end by itself, after its state file was
// found damaged. It returns when ended is closed.
//
// QUIRK: bbolt may panic with its locks held, and who waits for them then waits for
// ever: a reload, a reading, what is pruned, a message. For the MTA this is as a killed
// daemon, and the service manager starts another.
func (d *Daemon) endDamaged(ended <-chan struct{}, limit time.Duration) {
	select {
	case <-ended:
		return
	case <-d.store.Damaged():
	}
	select {
	case <-ended:
	case <-time.After(limit):
		why := d.damaged()
		d.log.Error("the daemon does not end in order, and is ended", "error", why)
		d.exit(1)
	}
}
