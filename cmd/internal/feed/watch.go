package feed

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long files must be unchanged before a change is reported: programs write a
// file in pieces, and several files in a row.
const settle = 300 * time.Millisecond

// watchPaths sends to changed after one of the paths changed: a file, or a folder with all
// below it. It watches the folder of a file, to see another one moved into its place. stop
// ends it.
func watchPaths(paths []string, changed chan<- struct{}) (stop func(), err error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watching files: %w", err)
	}
	w := &watching{watcher: watcher, seen: map[string]string{}}
	for _, path := range paths {
		if err := w.addPath(path); err != nil {
			watcher.Close()
			return nil, fmt.Errorf("watching %s: %w", path, err)
		}
	}
	var running sync.WaitGroup
	running.Go(func() { w.forwardChanges(changed) })
	return func() {
		watcher.Close()
		running.Wait()
	}, nil
}

type watching struct {
	watcher *fsnotify.Watcher
	folders []string
	seen    map[string]string // identity of each file when last looked at
}

func (w *watching) addPath(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		w.folders = append(w.folders, path)
		return w.addTree(path)
	}
	w.seen[path] = fileIdentity(path)
	if err := w.watcher.Add(filepath.Dir(path)); err != nil {
		return err
	}
	// The target of a symbolic link changes in another folder.
	if real, err := filepath.EvalSymlinks(path); err == nil && filepath.Dir(real) != filepath.Dir(path) {
		return w.watcher.Add(filepath.Dir(real))
	}
	return nil
}

// addTree watches a folder and each folder below it, since inotify watches no trees.
func (w *watching) addTree(root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil // gone by now, or unreadable, which the source reports
		}
		return w.watcher.Add(path)
	})
}

// fileIdentity differs after a file has changed. Events of the folder are not enough: the
// state file may be in it too, and its changes must not count.
func fileIdentity(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	var inode uint64
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		inode = stat.Ino
	}
	return fmt.Sprint(info.Size(), info.ModTime().UnixNano(), inode)
}

func (w *watching) forwardChanges(changed chan<- struct{}) {
	timer := time.NewTimer(0)
	<-timer.C
	defer timer.Stop()
	for {
		select {
		case e, ok := <-w.watcher.Events:
			if !ok {
				return
			}
			if w.concernsPaths(e) {
				timer.Reset(settle)
			}
		case _, ok := <-w.watcher.Errors: // events were lost
			if !ok {
				return
			}
			timer.Reset(settle)
		case <-timer.C:
			select {
			case changed <- struct{}{}:
			default:
			}
		}
	}
}

// concernsPaths reports whether an event is about one of the paths.
func (w *watching) concernsPaths(e fsnotify.Event) bool {
	concerns := false
	for path, before := range w.seen {
		if now := fileIdentity(path); now != before {
			w.seen[path], concerns = now, true
		}
	}
	for _, folder := range w.folders {
		if rel, err := filepath.Rel(folder, e.Name); err != nil || !filepath.IsLocal(rel) {
			continue
		}
		concerns = true
		if e.Has(fsnotify.Create) {
			if info, err := os.Stat(e.Name); err == nil && info.IsDir() {
				w.addTree(e.Name)
			}
		}
	}
	return concerns
}
