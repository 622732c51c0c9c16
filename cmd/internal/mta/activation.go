package mta

import (
	"io/fs"
	"strconv"
	"strings"
)

// SocketUnitProperties are what [ReadSocketUnit] wants of sigmilter.socket from
// systemctl show.
var SocketUnitProperties = []string{"ActiveState", "Listen", "SocketMode", "SocketGroup"}

// SocketUnit is a socket of systemd, as systemctl show tells it.
type SocketUnit struct {
	Active bool
	listen []string // as the configuration of sigmilter has it
	mode   fs.FileMode
	group  string
}

// ReadSocketUnit reads what systemctl show printed.
func ReadSocketUnit(shown string) SocketUnit {
	var u SocketUnit
	for line := range strings.Lines(shown) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch name {
		case "ActiveState":
			u.Active = value == "active"
		case "Listen":
			if address, ok := strings.CutSuffix(value, " (Stream)"); ok {
				u.listen = append(u.listen, unitAddress(address))
			}
		case "SocketMode":
			if mode, err := strconv.ParseUint(value, 8, 32); err == nil {
				u.mode = fs.FileMode(mode)
			}
		case "SocketGroup":
			u.group = value
		}
	}
	return u
}

// unitAddress is an address of ListenStream= as sigmilter's configuration has it.
func unitAddress(address string) string {
	if strings.HasPrefix(address, "/") {
		return "unix:" + address
	}
	if !strings.Contains(address, ":") {
		return "inet:[::]:" + address
	}
	return "inet:" + address
}

// Under is the daemon when systemd listens for it, where it does.
func (d Daemon) Under(u SocketUnit) Daemon {
	if !u.Active || len(u.listen) == 0 {
		return d
	}
	d.Activated = true
	d.Listen, d.SocketMode, d.SocketGroup = u.listen[0], u.mode, u.group
	d.Listeners = append(append([]string{}, u.listen[1:]...), d.Listeners...)
	if d.SocketGroup == "" {
		d.SocketGroup = "root" // systemd's own
	}
	return d
}
