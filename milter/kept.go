package milter

import (
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// lookInterval is how often a socket's file is looked for while it is gone.
	lookInterval = time.Second
	// watchedInterval is how often while it is there and watched: that its folder was
	// moved away is not told.
	watchedInterval = time.Minute
)

// keptListener listens on a unix socket whose file is made again when somebody
// removes it, with a folder cleaned up or made anew. Without the file no MTA finds
// us, though nothing here has failed, and all mail would wait until a restart.
//
// A file that another process put there is left alone: it took our place.
type keptListener struct {
	path string
	open func() (*net.UnixListener, error)

	mu     sync.Mutex
	now    *net.UnixListener
	closed chan struct{}
}

// keep takes over a listener. again makes another at the same path.
func keep(path string, ln *net.UnixListener, again func() (*net.UnixListener, error)) *keptListener {
	k := &keptListener{path: path, open: again, now: ln, closed: make(chan struct{})}
	go k.look(lookInterval)
	return k
}

// Accept implements [net.Listener].
func (k *keptListener) Accept() (net.Conn, error) {
	for {
		ln := k.current()
		nc, err := ln.Accept()
		if err == nil || !errors.Is(err, net.ErrClosed) || ln == k.current() {
			return nc, err
		}
	}
}

// Addr implements [net.Listener].
func (k *keptListener) Addr() net.Addr { return k.current().Addr() }

// Close implements [net.Listener]. It removes the file.
func (k *keptListener) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	select {
	case <-k.closed:
	default:
		close(k.closed)
	}
	return k.now.Close()
}

func (k *keptListener) current() *net.UnixListener {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now
}

// look makes the file again when it is gone, until the listener is closed. That
// this does not succeed is logged once.
func (k *keptListener) look(interval time.Duration) {
	for failing := false; k.await(interval); {
		if exists(k.path) {
			continue
		}
		err := k.renew()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			slog.Warn("somebody removed the socket's file; it was made again", "socket", k.path)
		} else if !failing {
			slog.Error("somebody removed the socket's file, and it cannot be made again: no MTA reaches us", "socket", k.path, "error", err)
		}
		failing = err != nil
	}
}

// await returns an interval after something happened to the file, when whoever removed
// it is done with its folder too, or after the interval where that is not told. It is
// false once the listener is closed.
func (k *keptListener) await(interval time.Duration) bool {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return k.pause(interval, nil)
	}
	defer watcher.Close()
	// The second look is for what happened before it was watched.
	if watcher.Add(k.path) != nil || !exists(k.path) {
		return k.pause(interval, nil)
	}
	return k.pause(watchedInterval, watcher.Events) && k.pause(interval, nil)
}

// pause waits, or until there is an event. It is false once the listener is closed.
func (k *keptListener) pause(d time.Duration, events <-chan fsnotify.Event) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-k.closed:
		return false
	case <-events:
	case <-timer.C:
	}
	return true
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// renew listens anew and gives up the socket that has no file any more.
// Connections it accepted go on.
func (k *keptListener) renew() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	select {
	case <-k.closed:
		return net.ErrClosed
	default:
	}
	ln, err := k.open()
	if err != nil {
		return err
	}
	old := k.now
	k.now = ln
	old.SetUnlinkOnClose(false) // the file is the new one's
	return old.Close()
}
