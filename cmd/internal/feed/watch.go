package feed

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
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

// fileWatcher sees the files of all sources change. There is one for all: the kernel
// gives a user no more than some hundred.
type fileWatcher struct {
	inotify *fsnotify.Watcher
	failed  error // why there is none

	mu sync.Mutex // guards the rest
	// names are those who wait for one entry of a folder, by its path; folders those who
	// wait for any entry of one.
	names, folders watchSets
	used           map[string]int // by folder: how many watch it
}

// newFileWatcher makes a watcher that ends with ctx.
func newFileWatcher(ctx context.Context) *fileWatcher {
	w := &fileWatcher{names: watchSets{}, folders: watchSets{}, used: map[string]int{}}
	w.inotify, w.failed = fsnotify.NewWatcher()
	if w.failed != nil {
		w.failed = fmt.Errorf("watching files: %w", w.failed)
		return w
	}
	context.AfterFunc(ctx, func() { w.inotify.Close() })
	go w.forwardEvents()
	return w
}

// watching is who waits for some paths.
type watching struct {
	watcher *fileWatcher
	timer   *time.Timer
	roots   []string          // folders, with what is below them
	seen    map[string]string // files and what told them apart last
	watched map[string]bool   // folders that are watched for it
}

// watchPaths tells in changed when one of the paths changed, a file, or a folder with
// what is below it. The folder of a file is watched, so that one moved into its
// place is seen. stop ends it.
func (w *fileWatcher) watchPaths(paths []string, changed chan<- struct{}) (stop func(), err error) {
	if w.failed != nil {
		return nil, w.failed
	}
	one := &watching{watcher: w, seen: map[string]string{}, watched: map[string]bool{}}
	one.timer = time.AfterFunc(time.Hour, func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	one.timer.Stop()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, path := range paths {
		if err := one.addPath(path); err != nil {
			one.stopWatching()
			return nil, fmt.Errorf("watching %s: %w", path, err)
		}
	}
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		one.stopWatching()
	}, nil
}

func (o *watching) addPath(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		o.roots = append(o.roots, path)
		o.addTree(path)
		return nil
	}
	o.seen[path] = fileIdentity(path)
	return o.addFile(path)
}

// addFile watches the folder of a file for its name.
func (o *watching) addFile(path string) error {
	o.watcher.names.add(path, o)
	if err := o.addFolder(filepath.Dir(path)); err != nil {
		return err
	}
	// A symbolic link's file changes in a folder of its own, or when a link on the way
	// to it does.
	real, err := filepath.EvalSymlinks(path)
	if err != nil || real == path {
		return nil
	}
	for _, folder := range []string{filepath.Dir(path), filepath.Dir(real)} {
		if err := o.addFolder(folder); err != nil {
			return err
		}
		o.watcher.folders.add(folder, o)
	}
	return nil
}

// addTree watches a folder and the folders below it: there is no watching of all
// that is below.
func (o *watching) addTree(root string) {
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && o.addFolder(path) == nil {
			o.watcher.folders.add(path, o)
		}
		return nil // gone meanwhile, or not to be read; the source says so
	})
}

// addFolder watches a folder, anew where it was moved away and made again.
func (o *watching) addFolder(path string) error {
	if err := o.watcher.inotify.Add(path); err != nil {
		return err
	}
	if !o.watched[path] {
		o.watched[path] = true
		o.watcher.used[path]++
	}
	return nil
}

// stopWatching gives up what is watched for nobody else.
func (o *watching) stopWatching() {
	w := o.watcher
	o.timer.Stop()
	for path := range o.seen {
		w.names.remove(path, o)
	}
	for path := range o.watched {
		w.folders.remove(path, o)
		w.used[path]--
		if w.used[path] == 0 {
			delete(w.used, path)
			_ = w.inotify.Remove(path) // gone with the folder, or with the watcher
		}
	}
}

// watchSets are those who wait, by what for.
type watchSets map[string]map[*watching]bool

func (s watchSets) add(path string, o *watching) {
	if s[path] == nil {
		s[path] = map[*watching]bool{}
	}
	s[path][o] = true
}

func (s watchSets) remove(path string, o *watching) {
	delete(s[path], o)
	if len(s[path]) == 0 {
		delete(s, path)
	}
}

func (w *fileWatcher) forwardEvents() {
	for {
		select {
		case e, ok := <-w.inotify.Events:
			if !ok {
				return
			}
			w.notifyConcerned(e)
		case _, ok := <-w.inotify.Errors: // events were lost
			if !ok {
				return
			}
			w.notifyAll()
		}
	}
}

// notifyConcerned looks at those who wait for what an event is about.
func (w *fileWatcher) notifyConcerned(e fsnotify.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	concerned := map[*watching]bool{}
	maps.Copy(concerned, w.names[e.Name])
	maps.Copy(concerned, w.folders[e.Name])
	maps.Copy(concerned, w.folders[filepath.Dir(e.Name)])
	for o := range concerned {
		if o.concernsPaths(e) {
			o.timer.Reset(settle)
		}
	}
}

func (w *fileWatcher) notifyAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, sets := range []watchSets{w.names, w.folders} {
		for _, set := range sets {
			for o := range set {
				o.timer.Reset(settle)
			}
		}
	}
}

// concernsPaths reports whether an event is about a change of what is waited for.
func (o *watching) concernsPaths(e fsnotify.Event) bool {
	matters := false
	for path, before := range o.seen {
		if now := fileIdentity(path); now != before {
			o.seen[path], matters = now, true
			_ = o.addFile(path) // it may be a link now
		}
	}
	for _, root := range o.roots {
		if rel, err := filepath.Rel(root, e.Name); err != nil || !filepath.IsLocal(rel) {
			continue
		}
		matters = true
		if e.Has(fsnotify.Create) {
			o.addTree(e.Name)
		}
	}
	return matters
}

// fileIdentity changes with a file. The state file may be in the same folder, whose
// changes must not count.
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
