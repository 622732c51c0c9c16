package mta

import (
	"fmt"
	"path/filepath"
	"strings"

	"sigmilter/cmd/internal/printed"
	"sigmilter/cmd/internal/unit"
)

const (
	// serviceUser is the user of the daemon, and their group.
	serviceUser = "sigmilter"
	// runtimeFolder is made by systemd with the daemon, and made anew at each start.
	runtimeFolder = "/run/sigmilter"
	// chrootFolder is where the unit lets the daemon write in Postfix' chroot.
	chrootFolder = "/var/spool/postfix/sigmilter"
)

// Commands that end an advice.
const (
	restartService = "systemctl restart sigmilter"
	// A socket unit does not start while its service runs.
	restartSocket = "systemctl stop sigmilter.socket sigmilter.service && systemctl start sigmilter.socket sigmilter.service"
)

func printedWord(s string) string { return printed.Word(s) }

// start is the command after which the daemon listens.
func (d Daemon) start() string {
	if d.Activated {
		return restartSocket
	}
	return "systemctl start sigmilter"
}

// makeFolder says how the folder of the socket comes to be.
func (d Daemon) makeFolder(dir string, v visitor) string {
	if d.Activated || inRuntimeFolder(dir) {
		return "systemd makes it: " + d.start()
	}
	return "make it: " + makeOwnFolder(dir, v.group) + " && " + restartService
}

// makeOwnFolder is the command that makes a folder whose group its socket gets, and
// lets the unit write there.
//
// The setgid bit is what gives the group: the daemon may not give its socket to a
// group that its user is not in.
func makeOwnFolder(dir, group string) string {
	commands := fmt.Sprintf("install -d -o %s -g %s -m 2750 %s", serviceUser, printedWord(group), printedWord(dir))
	if dir == chrootFolder || strings.HasPrefix(dir, chrootFolder+"/") {
		return commands
	}
	commands += " && " + unit.DropIn("sigmilter.service", "socket", "Service", "ReadWritePaths="+dir)
	if exists("/etc/apparmor.d/sigmilter") && exists("/sys/kernel/security/apparmor/profiles") {
		commands += fmt.Sprintf(" && echo %s >> /etc/apparmor.d/local/sigmilter && apparmor_parser -r /etc/apparmor.d/sigmilter", printedWord(dir+"/*.sock rw,"))
	}
	return commands
}

// MakeSocketFolder is the command that makes a folder for the socket of Postfix, where
// that is on this machine, or of another mail server.
func MakeSocketFolder(dir string) string {
	if v, ok := visitorNamed("postfix", ""); ok {
		return makeOwnFolder(dir, v.group)
	}
	return fmt.Sprintf("install -d -o %s %s", serviceUser, printedWord(dir))
}

func inRuntimeFolder(dir string) bool {
	return dir == runtimeFolder || strings.HasPrefix(dir, runtimeFolder+"/")
}

// ownFolder reports whether a folder is for the socket alone, and lasts.
func ownFolder(dir string) bool {
	return !inRuntimeFolder(dir) && strings.Contains(filepath.Base(dir), "sigmilter")
}

// openFolder says how the visitor gets through the folder of the socket.
func (d Daemon) openFolder(dir string, v visitor) string {
	switch {
	case d.Activated, !inRuntimeFolder(dir) && !ownFolder(dir):
		return "let everybody pass: chmod o+x " + printedWord(dir)
	case inRuntimeFolder(dir):
		return "let everybody pass: " + unit.DropIn("sigmilter.service", "folder", "Service", "RuntimeDirectoryMode=0755") + " && " + restartService
	}
	return "give it to their group, and its socket with it: " + handOnGroup(dir, v.group)
}

// handOnGroup is the command after which a folder and the sockets made in it belong to
// the group.
func handOnGroup(dir, group string) string {
	return fmt.Sprintf("chgrp %s %s && chmod g+xs %s && %s", printedWord(group), printedWord(dir), printedWord(dir), restartService)
}

// openSocket says how the visitor may connect to the socket.
func (d Daemon) openSocket(path string, socket owned, v visitor) string {
	dir, group := filepath.Dir(path), groupName(socket.gid)
	if d.Activated {
		return "give it to their group: " + unit.DropIn("sigmilter.socket", "group", "Socket", "SocketGroup="+v.group, "SocketMode=0660") + " && " + restartSocket
	}
	if d.SocketMode&0o020 == 0 {
		return fmt.Sprintf("write socket_mode = \"0660\" into sigmilter's configuration, and: %s", restartService)
	}
	if ownFolder(dir) && d.SocketGroup == "" {
		return "give its folder to their group: " + handOnGroup(dir, v.group)
	}
	if v.fixed || socket.gid == 0 {
		// No group that is added to the user counts, or it would be that of root.
		return fmt.Sprintf("run: usermod -a -G %s %s; then write socket_group = %q into sigmilter's configuration, and: %s", printedWord(v.group), serviceUser, v.group, restartService)
	}
	return fmt.Sprintf("add them to the group: usermod -a -G %s %s && %s", printedWord(group), printedWord(v.Name), v.reload)
}

// listenAt says how the daemon comes to listen on a socket in the folder, of which the
// group is to be let in.
func (d Daemon) listenAt(dir, group string) string {
	path := filepath.Join(dir, "milter.sock")
	if d.Activated {
		return unit.DropIn("sigmilter.socket", "listen", "Socket", "ListenStream=", "ListenStream="+path, "SocketGroup="+group) + " && " + restartSocket
	}
	return fmt.Sprintf("%s; then write listen = \"unix:%s\" into sigmilter's configuration, and: %s", makeOwnFolder(dir, group), path, restartService)
}

// listenSafely says how the daemon comes to listen on a socket that is not below the
// folder.
func (d Daemon) listenSafely(dir string) string {
	if ownFolder(dir) {
		return "run: chmod go-w " + printedWord(dir)
	}
	if d.Activated {
		return "run: " + unit.DropIn("sigmilter.socket", "listen", "Socket", "ListenStream=", "ListenStream="+runtimeFolder+"/milter.sock") + " && " + restartSocket
	}
	return fmt.Sprintf("write listen = \"unix:%s/milter.sock\" into sigmilter's configuration, and: %s", runtimeFolder, restartService)
}
