package check

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/mta"
	"sigmilter/cmd/internal/printed"
	"sigmilter/cmd/internal/unit"
)

// noteMissing tells of credentials without which systemd does not start the service.
func (r *run) noteMissing(place Place) {
	for _, c := range place.Missing {
		r.addFault(config.Fault{File: "sigmilter.service", Key: "LoadCredential",
			Problem: fmt.Sprintf("%s is not there, so the service does not start; make it, or take LoadCredential=%s:%[1]s out with systemctl edit sigmilter", c.Path, c.Name)})
	}
}

// noteUnit says why a file is not there that an administrator sees, or means.
func (r *run) noteUnit(place Place) {
	if place.Service == nil {
		return
	}
	for folder, by := range place.Service.Hides() {
		if r.faultNames(folder + "/") {
			r.Notes = append(r.Notes, fmt.Sprintf("sigmilter.service does not see what is in %s (%s); put the file into /etc/sigmilter", folder, by))
		}
	}
	if r.faultNames(config.ServiceCredentials+"/") || r.faultNames("CREDENTIALS_DIRECTORY") {
		names := []string{}
		for _, c := range place.Service.Loaded {
			names = append(names, c.Name)
		}
		r.Notes = append(r.Notes, fmt.Sprintf("sigmilter.service loads the credentials %s; add LoadCredential=NAME:FILE under [Service] with: systemctl edit sigmilter",
			cmp.Or(strings.Join(names, ", "), "none")))
	}
	slices.Sort(r.Notes)
}

// faultNames reports whether a fault has the text.
func (r *run) faultNames(text string) bool {
	return slices.ContainsFunc(r.Faults, func(f config.Fault) bool { return strings.Contains(f.String(), text) })
}

// checkWritable finds folders in which the service is to write and may not: of the state
// and of the sockets.
func (r *run) checkWritable(place Place) {
	if place.Service == nil {
		return
	}
	r.checkFolder(place, "state", filepath.Dir(r.cfg.State))
	if r.cfg.Spool != "" {
		r.checkFolder(place, "spool", r.cfg.Spool)
	}
	for _, socket := range []struct{ key, address string }{{"control", r.cfg.Control}, {"listen", r.cfg.Listen}} {
		path, ok := strings.CutPrefix(socket.address, "unix:")
		if byUnit := socket.key == "listen" && place.Socket.Active; ok && !byUnit {
			r.checkFolder(place, socket.key, filepath.Dir(path))
		}
	}
}

// checkFolder looks at a folder in which the service makes a file. What the unit has
// systemd make need not be there.
func (r *run) checkFolder(place Place, key, dir string) {
	user, word := place.Service.User, printed.Word(dir)
	_, err := os.Stat(dir)
	problem := ""
	switch absent := errors.Is(err, fs.ErrNotExist); {
	case absent && place.Service.Makes(dir):
	case absent && key == "listen":
		problem = fmt.Sprintf("the folder %s is not there; make it: %s", dir, mta.MakeSocketFolder(dir))
	case absent:
		problem = fmt.Sprintf("the folder %s is not there; make it: install -d -o %s %s", dir, printed.Word(user), word)
	case !place.Service.MayWrite(dir):
		problem = fmt.Sprintf("sigmilter.service may not write to %s; let it: %s", dir, unit.DropIn("sigmilter.service", key, "Service", "ReadWritePaths="+dir))
	case unix.Access(dir, unix.W_OK|unix.X_OK) != nil:
		problem = fmt.Sprintf("user %s may not write to the folder %s; give it to them: chown %s %s", user, dir, printed.Word(user), word)
	}
	if problem != "" {
		r.addFault(config.Fault{File: r.File, Key: key, Problem: problem})
	}
}
