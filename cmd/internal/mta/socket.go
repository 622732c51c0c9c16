package mta

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"

	"sigmilter/cmd/internal/printed"
)

// unreachable says why the user cannot connect to the daemon's unix socket, or
// is empty. Without a socket file, while the daemon is away, mode and group are
// those it will have. What cannot be looked at is not judged.
func unreachable(d Daemon, name string) string {
	path := d.socketPath()
	who, err := user.Lookup(name)
	if path == "" || err != nil || who.Uid == "0" {
		return ""
	}
	groups, err := who.GroupIds()
	if err != nil {
		return ""
	}
	group := who.Gid
	if g, err := user.LookupGroupId(who.Gid); err == nil {
		group = g.Name
	}
	var above []string
	for dir := filepath.Dir(path); dir != "/" && dir != "."; dir = filepath.Dir(dir) {
		above = append(above, dir)
	}
	slices.Reverse(above)
	for _, dir := range above {
		info, err := os.Stat(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Sprintf("the folder %s is not there; make it: install -d -o sigmilter -g %s -m 0750 %s",
				dir, printed.Word(group), printed.Word(dir))
		}
		if err != nil {
			return ""
		}
		if !may(info, who.Uid, groups, 0o1) {
			return fmt.Sprintf("user %s cannot pass through the folder %s (mode %04o); let its group in: chgrp %s %s && chmod g+x %s",
				name, dir, info.Mode().Perm(), printed.Word(group), printed.Word(dir), printed.Word(dir))
		}
	}
	return d.closed(path, who.Username, group, who.Uid, groups)
}

// closed looks at the socket itself: connecting takes the right to write.
func (d Daemon) closed(path, name, primary, uid string, groups []string) string {
	if info, err := os.Stat(path); err == nil {
		if may(info, uid, groups, 0o2) {
			return ""
		}
	} else {
		if d.SocketMode&0o002 != 0 || d.SocketGroup == "" {
			return "" // for everybody, or for a group that is not known before it is there
		}
		group, err := user.LookupGroup(d.SocketGroup)
		if err != nil || slices.Contains(groups, group.Gid) && d.SocketMode&0o020 != 0 {
			return ""
		}
	}
	return fmt.Sprintf("user %s may not connect to the socket %s; write socket_group = %q and socket_mode = \"0660\" into sigmilter's configuration, or add the user to the socket's group",
		name, path, primary)
}

// may reports whether the bit (1 to pass or execute, 2 to write) is there for
// the user, by the one of owner, group and others that counts for him.
func may(info fs.FileInfo, uid string, groups []string, bit fs.FileMode) bool {
	mode := info.Mode().Perm()
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	switch {
	case strconv.Itoa(int(stat.Uid)) == uid:
		return mode&(bit<<6) != 0
	case slices.Contains(groups, strconv.Itoa(int(stat.Gid))):
		return mode&(bit<<3) != 0
	default:
		return mode&bit != 0
	}
}

// openFolder is the first folder above path that everybody may write to, or
// empty.
func openFolder(path string) string {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil && info.Mode().Perm()&0o002 != 0 {
			return dir
		}
		if dir == "/" || dir == "." {
			return ""
		}
	}
}

// Unreachable says why a mail server's user cannot connect to the daemon's
// socket, and what mends it; it is empty when he can, or when it cannot be told.
// A folder that is not there is no fault: systemd may make it with the daemon.
func Unreachable(d Daemon, name string) string {
	if path := d.socketPath(); path == "" || !exists(filepath.Dir(path)) {
		return ""
	}
	return unreachable(d, name)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
