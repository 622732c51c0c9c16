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

// settle is how long files must be at rest before a change is told: programs write
// a file in pieces, and several of them in a row.
const settle = 300 * time.Millisecond

// watch tells in changed when one of the paths changed, a file, or a folder with
// what is below it. The folder of a file is watched, so that one moved into its
// place is seen. stop ends it.
func watch(paths []string, changed chan<- struct{}) (stop func(), err error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watching files: %w", err)
	}
	w := &watching{watcher: watcher, seen: map[string]string{}}
	for _, path := range paths {
		if err := w.add(path); err != nil {
			watcher.Close()
			return nil, fmt.Errorf("watching %s: %w", path, err)
		}
	}
	var running sync.WaitGroup
	running.Go(func() { w.run(changed) })
	return func() {
		watcher.Close()
		running.Wait()
	}, nil
}

type watching struct {
	watcher *fsnotify.Watcher
	folders []string
	seen    map[string]string // files and what told them apart last
}

func (w *watching) add(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		w.folders = append(w.folders, path)
		return w.addTree(path)
	}
	w.seen[path] = identity(path)
	if err := w.watcher.Add(filepath.Dir(path)); err != nil {
		return err
	}
	// A symbolic link's file changes in a folder of its own.
	if real, err := filepath.EvalSymlinks(path); err == nil && filepath.Dir(real) != filepath.Dir(path) {
		return w.watcher.Add(filepath.Dir(real))
	}
	return nil
}

// addTree watches a folder and the folders below it: there is no watching of all
// that is below.
func (w *watching) addTree(root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil // gone meanwhile, or not to be read; the source says so
		}
		return w.watcher.Add(path)
	})
}

// identity changes with a file. The state file may be in the same folder, whose
// changes must not count.
func identity(path string) string {
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

func (w *watching) run(changed chan<- struct{}) {
	timer := time.NewTimer(0)
	<-timer.C
	defer timer.Stop()
	for {
		select {
		case e, ok := <-w.watcher.Events:
			if !ok {
				return
			}
			if w.matters(e) {
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

func (w *watching) matters(e fsnotify.Event) bool {
	matters := false
	for path, before := range w.seen {
		if now := identity(path); now != before {
			w.seen[path], matters = now, true
		}
	}
	for _, folder := range w.folders {
		if rel, err := filepath.Rel(folder, e.Name); err != nil || !filepath.IsLocal(rel) {
			continue
		}
		matters = true
		if e.Has(fsnotify.Create) {
			if info, err := os.Stat(e.Name); err == nil && info.IsDir() {
				w.addTree(e.Name)
			}
		}
	}
	return matters
}
