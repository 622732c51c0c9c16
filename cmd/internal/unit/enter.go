package unit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// ErrNoMounts is wrapped by the error of [Service.Enter] where a process may not have
// mounts of its own. It is as it was then.
var ErrNoMounts = errors.New("a process may not have mounts of its own here")

// Enter turns a process of root's, in a mount namespace of its own, into one of the
// service: its files, its credentials and its user. What the unit loads and is not there
// is returned beside; systemd does not start the service then.
func (s Service) Enter() (missing []Credential, err error) {
	uid, groups, err := s.identity()
	if err != nil {
		return nil, err
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoMounts, err)
	}
	// Before the folders go that they may be in.
	contents, missing := s.readCredentials()
	modes := map[string]string{"ProtectHome=": "mode=0000", "PrivateTmp=": "mode=1777"}
	for dir, by := range s.Hides() {
		if err := unix.Mount("tmpfs", dir, "tmpfs", 0, modes[by]); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("hide %s: %w", dir, err)
		}
	}
	if err := putCredentials(contents, uid); err != nil {
		return nil, fmt.Errorf("put credentials into %s: %w", Credentials, err)
	}
	return missing, become(uid, groups)
}

// identity are the numbers of the user and of their groups, the first one at the front.
func (s Service) identity() (uid int, groups []int, err error) {
	who, err := user.Lookup(s.User)
	if err != nil {
		return 0, nil, err
	}
	uid, err = strconv.Atoi(who.Uid)
	if err != nil {
		return 0, nil, err
	}
	names := append([]string{who.Gid}, s.Groups...)
	if s.Group != "" {
		names[0] = s.Group
	}
	own, err := who.GroupIds()
	if err != nil {
		return 0, nil, err
	}
	for _, name := range append(names, own...) {
		if group, err := user.LookupGroup(name); err == nil {
			name = group.Gid
		}
		gid, err := strconv.Atoi(name)
		if err != nil {
			return 0, nil, fmt.Errorf("there is no group %s", name)
		}
		groups = append(groups, gid)
	}
	return uid, groups, nil
}

// Hides are the folders that are empty for the service, with the setting that does it.
func (s Service) Hides() map[string]string {
	folders := map[string]string{}
	if s.NoHome {
		for _, dir := range []string{"/home", "/root", "/run/user"} {
			folders[dir] = "ProtectHome="
		}
	}
	if s.OwnTmp {
		folders["/tmp"], folders["/var/tmp"] = "PrivateTmp=", "PrivateTmp="
	}
	return folders
}

// readCredentials reads what the unit loads, by name.
func (s Service) readCredentials() (contents map[string][]byte, missing []Credential) {
	contents = map[string][]byte{}
	for _, c := range s.Loaded {
		content, err := os.ReadFile(c.Path)
		if err != nil {
			missing = append(missing, c)
			continue
		}
		contents[c.Name] = content
	}
	return contents, missing
}

// putCredentials puts them where the service finds them, for it alone, in a folder of
// this process.
func putCredentials(contents map[string][]byte, uid int) error {
	if len(contents) == 0 {
		return os.Unsetenv("CREDENTIALS_DIRECTORY")
	}
	parent := filepath.Dir(Credentials)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", parent, "tmpfs", 0, "mode=0755"); err != nil {
		return err
	}
	if err := os.Mkdir(Credentials, 0o700); err != nil {
		return err
	}
	for name, content := range contents {
		file := filepath.Join(Credentials, name)
		if err := os.WriteFile(file, content, 0o400); err != nil {
			return err
		}
		if err := os.Chown(file, uid, -1); err != nil {
			return err
		}
	}
	if err := os.Chown(Credentials, uid, -1); err != nil {
		return err
	}
	return os.Setenv("CREDENTIALS_DIRECTORY", Credentials)
}

// become changes user and groups of the whole process, for good.
func become(uid int, groups []int) error {
	return errors.Join(syscall.Setgroups(groups), syscall.Setgid(groups[0]), syscall.Setuid(uid))
}
