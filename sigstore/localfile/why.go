package localfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Explained adds to the error of opening or reading a file or folder what to look at: its
// name, or the rights. Other errors stay as they are.
func Explained(path string, err error) error {
	if advice := Advice(path, err); advice != "" {
		return fmt.Errorf("%w; %s", err, advice)
	}
	return err
}

// Advice is what to look at after the error of opening or reading a file or folder, empty
// for another error.
func Advice(path string, err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "look at the name: " + whatIsThere(path) + ownFolder(path)
	case errors.Is(err, fs.ErrPermission):
		return "look at the rights: " + whatForbids(path) + ownFolder(path)
	}
	return ""
}

// whatIsThere says from where on a path does not exist, and what could be meant.
func whatIsThere(path string) string {
	folder := filepath.Dir(path)
	if _, err := os.Stat(folder); err != nil && folder != path {
		if errors.Is(err, fs.ErrNotExist) {
			return whatIsThere(folder)
		}
	}
	alike, _ := filepath.Glob(filepath.Join(escaped.Replace(folder), "*"+escaped.Replace(filepath.Ext(path))))
	if len(alike) == 0 || filepath.Ext(path) == "" {
		return fmt.Sprintf("there is no %s in %s", filepath.Base(path), folder)
	}
	for i := range alike {
		alike[i] = filepath.Base(alike[i])
	}
	if len(alike) > mostAlike {
		alike = append(alike[:mostAlike], "others")
	}
	return fmt.Sprintf("%s has %s", folder, strings.Join(alike, ", "))
}

// mostAlike is how many files are named that could be meant.
const mostAlike = 5

// escaped takes their meaning in a pattern from the characters of a name.
var escaped = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// The rights of access(2).
const (
	mayEnter = 1
	mayRead  = 4
)

// whatForbids names the folder or file that this process may not pass or read, with its
// owner, and the user of the process.
func whatForbids(path string) string {
	me := "user " + strconv.Itoa(os.Geteuid())
	if u, err := user.Current(); err == nil {
		me = "user " + u.Username
	}
	for _, folder := range foldersAbove(path) {
		if syscall.Access(folder, mayEnter) != nil {
			return fmt.Sprintf("the %s may not enter %s, %s", me, folder, ownership(folder))
		}
	}
	if syscall.Access(path, mayRead) != nil {
		return fmt.Sprintf("the %s may not read %s, %s", me, path, ownership(path))
	}
	return fmt.Sprintf("owner and mode allow it to the %s, something else forbids it, such as AppArmor", me)
}

// foldersAbove are the folders on the way to a path, the highest first.
func foldersAbove(path string) (folders []string) {
	for folder := filepath.Dir(path); ; folder = filepath.Dir(folder) {
		folders = append([]string{folder}, folders...)
		if folder == filepath.Dir(folder) {
			return folders
		}
	}
}

// ownership is "of root:root, mode 0600".
func ownership(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return "whose owner it may not see"
	}
	owner, group := "?", "?"
	if sys, ok := info.Sys().(*syscall.Stat_t); ok {
		owner, group = strconv.Itoa(int(sys.Uid)), strconv.Itoa(int(sys.Gid))
		if u, err := user.LookupId(owner); err == nil {
			owner = u.Username
		}
		if g, err := user.LookupGroupId(group); err == nil {
			group = g.Name
		}
	}
	return fmt.Sprintf("of %s:%s, mode %04o", owner, group, info.Mode().Perm())
}

// ownFolders are folders that a service of systemd does not see as others do.
var ownFolders = []struct{ path, hint string }{
	{"/home/", "; the unit hides /home from the service (ProtectHome=)"},
	{"/root/", "; the unit hides /root from the service (ProtectHome=)"},
	{"/tmp/", "; the unit gives the service a /tmp of its own (PrivateTmp=)"},
	{"/var/tmp/", "; the unit gives the service a /var/tmp of its own (PrivateTmp=)"},
}

// ownFolder is a hint for a path in one of them when this is a service, else empty.
func ownFolder(path string) string {
	if os.Getenv("INVOCATION_ID") == "" {
		return ""
	}
	for _, f := range ownFolders {
		if strings.HasPrefix(path, f.path) {
			return f.hint
		}
	}
	return ""
}
