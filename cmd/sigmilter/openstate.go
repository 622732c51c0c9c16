package main

import (
	"errors"
	"time"

	"sigmilter/sigstore"
)

// openState opens the state file, or what stands in for one that cannot be used: a
// daemon that does not start holds all mail.
func (d *daemon) openState(path string) error {
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

// damaged sets the state file aside, since the next daemon may not see the damage: a
// large file is not read whole when it is opened.
func (d *daemon) damaged() error {
	if path := d.store.Path(); path != "" {
		if aside, err := sigstore.SetAside(path, time.Now()); err != nil {
			d.log.Error("the damaged state file stays", "error", err)
		} else {
			d.log.Error("the state file was damaged while we ran, and set aside", "state", path, "aside", aside)
		}
	}
	return errDamaged
}
