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

	"sigmilter/cmd/internal/mta/greet"
)

// visitor is a mail server's process as it comes to the socket.
type visitor struct {
	greet.Caller
	group  string // name of its first group
	fixed  bool   // it has that group alone, whatever /etc/group says
	reload string // the command after which its processes have new groups
}

// visitorNamed is the user with all of their groups; ok is false when there is no
// such user.
func visitorNamed(name, reload string) (visitor, bool) {
	caller, err := greet.User(name)
	if err != nil {
		return visitor{}, false
	}
	return visitor{Caller: caller, group: groupName(caller.GID()), reload: reload}, true
}

func groupName(gid int) string {
	group, err := user.LookupGroupId(strconv.Itoa(gid))
	if err != nil {
		return strconv.Itoa(gid)
	}
	return group.Name
}

// Unreachable says why a mail server's user cannot connect to the daemon's
// socket, and what mends it; it is empty when they can, or when it cannot be told.
// A folder that is not there is no fault: systemd may make it with the daemon.
func Unreachable(d Daemon, name string) string {
	path := d.socketPath()
	v, ok := visitorNamed(name, "postfix reload")
	if !ok || path == "" || !exists(filepath.Dir(path)) {
		return ""
	}
	return unreachable(d, v)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// unreachable says by owners and modes why the visitor cannot connect to the
// daemon's unix socket, or is empty. Without a socket file, while the daemon is
// away, mode and group are those it will have. What cannot be looked at is not
// judged.
func unreachable(d Daemon, v visitor) string {
	path := d.socketPath()
	if path == "" || v.UID() == 0 {
		return ""
	}
	own := filepath.Dir(path)
	for _, dir := range foldersTo(path) {
		info, err := os.Stat(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Sprintf("the folder %s is not there; %s", dir, d.makeFolder(own, v))
		}
		if err != nil {
			return ""
		}
		if v.may(ownedAs(info), 0o1) {
			continue
		}
		if dir == own {
			return fmt.Sprintf("user %s cannot pass through the folder %s (mode %04o); %s", v.Name, dir, info.Mode().Perm(), d.openFolder(dir, v))
		}
		return fmt.Sprintf("user %s cannot pass through the folder %s (mode %04o); let everybody pass: chmod o+x %s", v.Name, dir, info.Mode().Perm(), printedWord(dir))
	}
	return d.closed(path, v)
}

// foldersTo are the folders above a path, from the top.
func foldersTo(path string) []string {
	var folders []string
	for dir := filepath.Dir(path); dir != "/" && dir != "."; dir = filepath.Dir(dir) {
		folders = append(folders, dir)
	}
	slices.Reverse(folders)
	return folders
}

// closed looks at the socket itself: connecting takes the right to write.
func (d Daemon) closed(path string, v visitor) string {
	if !exists(path) && d.mayNotGive() {
		return fmt.Sprintf("user %s is not in the group %s of socket_group, so the daemon ends instead of opening its socket; run: usermod -a -G %s %s && %s",
			serviceUser, d.SocketGroup, printedWord(d.SocketGroup), serviceUser, restartService)
	}
	socket, known := d.socketAt(path)
	if !known || v.may(socket, 0o2) {
		return ""
	}
	return fmt.Sprintf("user %s may not connect to the socket %s (group %s, mode %04o); %s", v.Name, path, groupName(socket.gid), socket.mode, d.openSocket(path, socket, v))
}

// mayNotGive reports whether the daemon's user is not in the group that its socket is
// to have.
func (d Daemon) mayNotGive() bool {
	service, err := greet.User(serviceUser)
	if err != nil || d.SocketGroup == "" || d.Activated {
		return false
	}
	gid, ok := groupID(d.SocketGroup)
	return ok && !slices.Contains(service.Groups(), gid)
}

// groupID is the number of a group, which is named or a number already.
func groupID(name string) (gid int, ok bool) {
	if group, err := user.LookupGroup(name); err == nil {
		name = group.Gid
	}
	gid, err := strconv.Atoi(name)
	return gid, err == nil
}

// owned is who may do what to a file.
type owned struct {
	uid, gid int
	mode     fs.FileMode
}

// anybody are the owner of a file of which nothing is known.
const anybody = -1

func ownedAs(info fs.FileInfo) owned {
	o := owned{anybody, anybody, info.Mode().Perm()}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		o.uid, o.gid = int(stat.Uid), int(stat.Gid)
	}
	return o
}

// socketAt is the socket as it is, or as the daemon will make it: with the group of
// the configuration, of a folder that hands its own on, or of the daemon's user.
// known is false when that cannot be told.
func (d Daemon) socketAt(path string) (socket owned, known bool) {
	if info, err := os.Stat(path); err == nil {
		return ownedAs(info), true
	}
	name := d.SocketGroup
	folder, err := os.Stat(filepath.Dir(path))
	switch {
	case name != "":
	case err == nil && folder.Mode()&fs.ModeSetgid != 0:
		return owned{anybody, ownedAs(folder).gid, d.SocketMode}, true
	default:
		name = serviceUser
	}
	gid, ok := groupID(name)
	return owned{anybody, gid, d.SocketMode}, ok
}

// may reports whether the bit (1 to pass or execute, 2 to write) is there for
// the visitor, by the one of owner, group and others that counts for them.
func (v visitor) may(file owned, bit fs.FileMode) bool {
	if file.uid == v.UID() {
		return file.mode&(bit<<6) != 0
	}
	if slices.Contains(v.Groups(), file.gid) {
		return file.mode&(bit<<3) != 0
	}
	return file.mode&bit != 0
}
