package milter

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Listen opens the listener that spec names: "unix:/path" or "inet:host:port".
//
// A unix socket gets mode and, if group is not empty, that group (a name or a
// number) before anyone can connect to it. A socket file nobody answers on any
// more is removed; one that is answered on, and a file that is no socket, is an
// error. A file that somebody removes is made again within a second or so. Closing
// the listener removes it. A TCP listener takes no mode and
// no group. Its host must be said: the socket is for the MTA alone, so all
// addresses are only had by asking for 0.0.0.0 or [::].
func Listen(spec string, mode fs.FileMode, group string) (net.Listener, error) {
	kind, address, _ := strings.Cut(spec, ":")
	var ln net.Listener
	var err error
	switch kind {
	case "unix":
		ln, err = listenUnix(address, mode, group)
	case "inet":
		ln, err = listenTCP(address)
	default:
		err = errors.New("neither unix:/path nor inet:host:port")
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w", spec, err)
	}
	return ln, nil
}

func listenTCP(address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if host == "" || port == "" {
		return nil, errors.New("host or port is missing; inet:0.0.0.0:port listens on all addresses")
	}
	return net.Listen("tcp", address)
}

// What is in the way of a unix socket, wrapped with its address.
var (
	ErrNoSocket = errors.New("a file that is no socket is in the way")
	ErrAnswered = errors.New("another process answers on this socket")
)

// answerTimeout is how long a socket's owner has to accept our trial connection.
const answerTimeout = 2 * time.Second

func listenUnix(path string, mode fs.FileMode, group string) (net.Listener, error) {
	if !filepath.IsAbs(path) {
		return nil, errors.New("the path must be absolute")
	}
	gid, err := groupID(group)
	if err != nil {
		return nil, err
	}
	if err := removeStale(path); err != nil {
		return nil, err
	}
	listen := func() (*net.UnixListener, error) {
		ln, err := listenPrivately(path)
		if err != nil {
			return nil, err
		}
		if err := open(path, mode, gid); err != nil {
			ln.Close()
			return nil, err
		}
		return ln, nil
	}
	ln, err := listen()
	if err != nil {
		return nil, err
	}
	return keep(path, ln, listen), nil
}

// listenPrivately makes a socket only its owner can connect to. The mask is that
// of the whole process; another goroutine's file made in between becomes more
// private than it asked for, never less.
func listenPrivately(path string) (*net.UnixListener, error) {
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	return net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
}

// open lets the group and those the mode names connect.
func open(path string, mode fs.FileMode, gid int) error {
	if gid >= 0 {
		if err := os.Chown(path, -1, gid); err != nil {
			return fmt.Errorf("give the socket to its group: %w", err)
		}
	}
	if err := os.Chmod(path, mode.Perm()); err != nil {
		return fmt.Errorf("set the socket's mode: %w", err)
	}
	return nil
}

// groupID resolves a group's name or number; -1 is none.
func groupID(group string) (int, error) {
	if group == "" {
		return -1, nil
	}
	if gid, err := strconv.Atoi(group); err == nil && gid >= 0 {
		return gid, nil
	}
	g, err := user.LookupGroup(group)
	if err != nil {
		return -1, err
	}
	return strconv.Atoi(g.Gid)
}

// removeStale makes room for a socket at path, or says why there is none.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Type() != fs.ModeSocket {
		return ErrNoSocket
	}
	c, err := net.DialTimeout("unix", path, answerTimeout)
	if err == nil {
		c.Close()
		return ErrAnswered
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return os.Remove(path)
	}
	return fmt.Errorf("a socket is in the way and it is not certain that nobody answers on it: %w", err)
}
