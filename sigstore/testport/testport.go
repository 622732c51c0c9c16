// Package testport finds ports of loopback for the programs that tests start: one
// that takes its port from a configuration file cannot ask the kernel for any.
package testport

import (
	"fmt"
	"net"
	"syscall"
)

// Held are ports that nobody but the program they are for gets before they are
// released.
type Held struct {
	Ports []int
	fds   []int
}

// Hold takes n ports of 127.0.0.1 from the kernel and stays bound to them without
// listening. Of sockets with SO_REUSEADDR only one may listen on a port and others
// may be bound to it, and the kernel gives nobody a port that is bound: so the
// program, if it sets that option as servers do, can listen there, and no other is
// sent to it. A port that was only looked up and let go again is sooner or later
// given to two, and a message then comes to the wrong one's filter.
func Hold(n int) (*Held, error) {
	h := &Held{}
	for range n {
		fd, port, err := bind()
		if err != nil {
			h.Release()
			return nil, fmt.Errorf("hold a port of loopback: %w", err)
		}
		h.fds, h.Ports = append(h.fds, fd), append(h.Ports, port)
	}
	return h, nil
}

func bind() (fd, port int, err error) {
	fd, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, 0, err
	}
	defer func() {
		if err != nil {
			_ = syscall.Close(fd) // nothing was written to it
		}
	}()
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		return 0, 0, err
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return 0, 0, err
	}
	at, err := syscall.Getsockname(fd)
	if err != nil {
		return 0, 0, err
	}
	return fd, at.(*syscall.SockaddrInet4).Port, nil
}

// Addrs are the ports as "127.0.0.1:port".
func (h *Held) Addrs() []string {
	addrs := make([]string, 0, len(h.Ports))
	for _, port := range h.Ports {
		addrs = append(addrs, net.JoinHostPort("127.0.0.1", fmt.Sprint(port)))
	}
	return addrs
}

// Release lets the ports go, when the program has ended. It may be called more than
// once, and of nil.
func (h *Held) Release() {
	if h == nil {
		return
	}
	for _, fd := range h.fds {
		_ = syscall.Close(fd) // nothing was written to it
	}
	h.fds = nil
}
