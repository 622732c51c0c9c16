package lab

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Release is a Debian whose mail servers a lab runs.
type Release string

const (
	// Installed is the machine's own, with what is installed and unpacked there.
	Installed Release = ""
	// Debian13 is the small Debian 13 that `make setup` makes, with its Postfix, and the
	// Sendmail of that release, which is unpacked beside.
	Debian13 Release = "debian-13"
)

// debianRoot, in the environment, names the folder of the small Debian 12; those of other
// releases are beside it. Without it, they are below sigmilter in the user's cache folder.
const debianRoot = "SIGMILTER_DEBIAN"

// root is where a program runs: folders that are laid over one another, the first on top.
// None are the machine itself.
type root []string

// inRoot is a script that runs a command in a root, with the network, the users and the
// processes of the machine, and with the folder of the lab. What is written outside of that
// folder goes to memory and is gone with the command.
const inRoot = `layers=$1 dir=$2
shift 2
mount -t tmpfs tmpfs /mnt
mkdir /mnt/root /mnt/upper /mnt/work
mount -t overlay overlay -o "lowerdir=$layers,upperdir=/mnt/upper,workdir=/mnt/work" /mnt/root
mkdir -p "/mnt/root$dir"
touch /mnt/root/etc/hosts
for name in "$dir" /dev /proc /etc/passwd /etc/group /etc/hosts; do mount --rbind "$name" "/mnt/root$name"; done
exec chroot /mnt/root "$@"`

// command is a run of a program, by its path in the root, for the lab in dir. The process
// that is started becomes the program.
func (r root) command(dir, program string, args ...string) *exec.Cmd {
	all := append(r.prefix(dir), program)
	all = append(all, args...)
	return exec.Command(all[0], all[1:]...)
}

// prefix is what stands in front of a command to have it run in the root.
func (r root) prefix(dir string) []string {
	if len(r) == 0 {
		return nil
	}
	return []string{"unshare", "--mount", "sh", "-ec", inRoot, "sh", strings.Join(r, ":"), dir}
}

// has is the path of a file in the root as the machine sees it, or an error.
func (r root) has(path string) (string, error) {
	if len(r) == 0 {
		_, err := os.Stat(path)
		return path, err
	}
	for _, layer := range r {
		if _, err := os.Stat(filepath.Join(layer, path)); err == nil {
			return filepath.Join(layer, path), nil
		}
	}
	return "", fmt.Errorf("there is no %s in %s", path, strings.Join(r, " and "))
}

// debian is the root of a release, an error when `make setup` has not finished it.
func (r Release) debian() (root, error) {
	if r == Installed {
		return nil, nil
	}
	first := os.Getenv(debianRoot)
	if first == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("%w; set %s", err, debianRoot)
		}
		first = filepath.Join(cache, "sigmilter", "debian-12")
	}
	dir := filepath.Join(filepath.Dir(first), string(r))
	if _, err := os.Stat(dir + ".done"); err != nil {
		return nil, fmt.Errorf("%w; as root: make setup", err)
	}
	return root{dir}, nil
}
