package greet

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/user"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Caller is who connects, and what they see of the file system. The zero value is
// this process as it is.
type Caller struct {
	Name   string // of the user; empty for that of this process
	Root   string // the folder that is / for them; empty without a chroot
	Folder string // where relative paths begin, in a chroot its /

	uid, gid int
	groups   []int
}

// User is a caller with all groups of the user.
func User(name string) (Caller, error) {
	who, err := user.Lookup(name)
	if err != nil {
		return Caller{}, err
	}
	ids, err := who.GroupIds()
	if err != nil {
		return Caller{}, fmt.Errorf("groups of user %s: %w", name, err)
	}
	c := Caller{Name: who.Username}
	c.uid, err = strconv.Atoi(who.Uid)
	if err != nil {
		return Caller{}, fmt.Errorf("user %s: %w", name, err)
	}
	c.gid, err = strconv.Atoi(who.Gid)
	if err != nil {
		return Caller{}, fmt.Errorf("user %s: %w", name, err)
	}
	for _, id := range ids {
		group, err := strconv.Atoi(id)
		if err != nil {
			return Caller{}, fmt.Errorf("groups of user %s: %w", name, err)
		}
		c.groups = append(c.groups, group)
	}
	return c, nil
}

// In is the caller in a chroot.
func (c Caller) In(root string) Caller {
	c.Root, c.Folder = root, ""
	return c
}

// At is the caller with relative paths that begin in the folder.
func (c Caller) At(folder string) Caller {
	c.Folder = folder
	return c
}

// InGroup is the caller with that group and no other.
func (c Caller) InGroup(gid int) Caller {
	c.gid, c.groups = gid, []int{gid}
	return c
}

// UID is the number of the user.
func (c Caller) UID() int { return c.uid }

// GID is the number of the user's first group.
func (c Caller) GID() int { return c.gid }

// Groups are the numbers of the user's groups.
func (c Caller) Groups() []int { return c.groups }

// CanCall reports whether this process may connect as others.
func CanCall() bool { return os.Geteuid() == 0 }

// dial connects as the caller.
func (c Caller) dial(network, address string, patience time.Duration) (net.Conn, error) {
	if network != "unix" {
		return net.DialTimeout(network, address, patience)
	}
	type dialed struct {
		conn net.Conn
		err  error
	}
	done := make(chan dialed)
	go func() {
		// Never unlocked: the thread, which may be another user's from now on, ends
		// with the goroutine.
		runtime.LockOSThread()
		conn, err := c.dialUnix(address, patience)
		done <- dialed{conn, err}
	}()
	result := <-done
	return result.conn, result.err
}

// dialUnix turns the thread into the caller and connects.
func (c Caller) dialUnix(path string, patience time.Duration) (net.Conn, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	socket := os.NewFile(uintptr(fd), path)
	defer socket.Close()
	if err := c.assume(); err != nil {
		return nil, err
	}
	// A queue of connections that is full blocks for so long.
	limit := unix.NsecToTimeval(patience.Nanoseconds())
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &limit); err != nil {
		return nil, os.NewSyscallError("setsockopt", err)
	}
	if err := unix.Connect(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		return nil, &os.PathError{Op: "connect", Path: path, Err: err}
	}
	return net.FileConn(socket)
}

// assume gives the thread, and no other of the process, what the caller sees and is.
func (c Caller) assume() error {
	if c.Root != "" || c.Folder != "" {
		if err := unix.Unshare(unix.CLONE_FS); err != nil {
			return os.NewSyscallError("unshare", err)
		}
	}
	if c.Root != "" {
		if err := unix.Chroot(c.Root); err != nil {
			return &os.PathError{Op: "chroot", Path: c.Root, Err: err}
		}
	}
	if c.Root != "" || c.Folder != "" {
		if err := unix.Chdir("/" + c.Folder); err != nil {
			return &os.PathError{Op: "chdir", Path: c.Folder, Err: err}
		}
	}
	if c.Name == "" {
		return nil
	}
	return c.become()
}

// become changes user and groups of the thread: package syscall would change those of
// all threads.
func (c Caller) become() error {
	groups := make([]uint32, 0, len(c.groups)+1)
	for _, group := range c.groups {
		groups = append(groups, uint32(group))
	}
	if err := setGroups(groups); err != nil {
		return os.NewSyscallError("setgroups", err)
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESGID, uintptr(c.gid), uintptr(c.gid), uintptr(c.gid)); errno != 0 {
		return os.NewSyscallError("setresgid", errno)
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, uintptr(c.uid), uintptr(c.uid), uintptr(c.uid)); errno != 0 {
		return os.NewSyscallError("setresuid", errno)
	}
	return nil
}

// ended reports whether the milter closed the connection.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
