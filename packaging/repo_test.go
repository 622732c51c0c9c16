package packaging_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// signingKey makes a key with a passphrase and returns the files with its private and its
// public part.
func signingKey(t *testing.T, passphrase string) (private, public string) {
	t.Helper()
	need(t, "gpg")
	home, err := os.MkdirTemp("", "gnupg") // the path of the agent's socket is short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(home)
	private, public = filepath.Join(t.TempDir(), "private.asc"), filepath.Join(t.TempDir(), "public.asc")
	cmd := exec.CommandContext(t.Context(), "sh", "-ec", `trap 'gpgconf --kill all' EXIT
gpg --batch --quiet --pinentry-mode loopback --passphrase "$1" --quick-generate-key packages@example.net rsa2048 sign never
gpg --batch --quiet --pinentry-mode loopback --passphrase "$1" --armor --export-secret-keys >"$2"
gpg --batch --armor --export >"$3"`, "sh", passphrase, private, public)
	cmd.Env = append(os.Environ(), "GNUPGHOME="+home)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return private, public
}

// addToRepo runs repo.sh for this machine's architecture.
func addToRepo(t *testing.T, dir string, env ...string) (status int, output string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "./repo.sh", dir, runtime.GOARCH)
	cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH=1790000000", "GOFLAGS=", "SIGN_KEY=", "SIGN_PASSPHRASE=")
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// What keeps a repository from being signed is said before anything is built.
func TestRepoNeedsAKey(t *testing.T) {
	need(t, "dpkg-scanpackages", "createrepo_c")
	private, public := signingKey(t, "right")
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("no key\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tools := t.TempDir() // all but one of them
	for _, name := range []string{"sh", "gpg", "dpkg-scanpackages", "dirname", "realpath"} {
		path, err := exec.LookPath(name)
		if err == nil {
			err = os.Symlink(path, filepath.Join(tools, name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		env  []string
		want string
	}{
		{nil, "SIGN_KEY is not set"},
		{[]string{"SIGN_KEY=/nowhere/key"}, "SIGN_KEY: there is no file /nowhere/key"},
		{[]string{"SIGN_KEY=" + text}, "is no key: "},
		{[]string{"SIGN_KEY=" + public}, "has a public key only; gpg --export-secret-keys"},
		{[]string{"SIGN_KEY=" + private, "SIGN_PASSPHRASE=wrong"}, "is SIGN_PASSPHRASE right?"},
		{[]string{"SIGN_KEY=" + private, "PATH=" + tools}, "createrepo_c is missing: apt-get install createrepo-c"},
	} {
		dir := filepath.Join(t.TempDir(), "repo")
		status, out := addToRepo(t, dir, append(tc.env, "GO=/bin/false")...)
		if status != 2 || !strings.Contains(out, tc.want) || strings.Count(out, "\n") != 1 {
			t.Errorf("%q: status %d\n%s", tc.env, status, out)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%q: the folder was made", tc.env)
		}
	}
}

// newRepo makes a repository with a build and a later one, and returns their versions.
func newRepo(t *testing.T) (dir, first, second string) {
	t.Helper()
	need(t, "dpkg-scanpackages", "createrepo_c")
	if testing.Short() {
		t.Skip("builds packages")
	}
	private, _ := signingKey(t, "right")
	dir = filepath.Join(t.TempDir(), "repo")
	first, second = "1.2.0+9.20261201100000.gffffff", "1.2.0+10.20261201100000.g000000"
	for _, version := range []string{first, second} {
		if status, out := addToRepo(t, dir, "SIGN_KEY="+private, "SIGN_PASSPHRASE=right", "VERSION="+version); status != 0 {
			t.Fatalf("status %d\n%s", status, out)
		}
	}
	return dir, first, second
}

// The commands of the page for apt install from the repository, upgrade, and go back;
// what somebody has changed in the repository is refused.
func TestRepositories(t *testing.T) {
	dir, first, second := newRepo(t)
	t.Run("apt", func(t *testing.T) { testApt(t, dir, first, second) })
	t.Run("dnf", func(t *testing.T) { testDNF(t, dir, first, second) })
}

func testApt(t *testing.T, dir, first, second string) {
	m := newMachine(t)
	m.outside(t, fmt.Sprintf("cp -R %s %s/srv/repo", dir, m.root))
	// The machine has no network, and the packages it needs already.
	m.run(t, `rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*
mkdir -p /etc/apt/keyrings
cp /srv/repo/sigmilter.asc /root/`)
	at := func(s step) string {
		return strings.NewReplacer("https://packages.example.net/sigmilter", "file:/srv/repo",
			"sigmilter=VERSION", "sigmilter="+first+"-1").Replace(s.commands)
	}
	steps := pageSteps(t, "repository.md", "")
	if len(steps) != 5 {
		t.Fatalf("%d blocks of commands, not 5", len(steps))
	}
	use, upgrade, back := at(steps[1]), at(steps[2]), at(steps[3])
	version := "dpkg-query -W -f '${Version}' sigmilter"

	m.run(t, strings.Replace(use, "install -y sigmilter", "install -y sigmilter="+first+"-1", 1))
	m.same(t, "the first", version, first+"-1")
	m.run(t, "echo '# mine' >> /etc/sigmilter/sigmilter.toml")
	m.run(t, upgrade)
	m.same(t, "the upgrade", version+"; tail -n 1 /etc/sigmilter/sigmilter.toml", second+"-1# mine\n")
	m.run(t, back)
	m.same(t, "the way back", version+"; tail -n 1 /etc/sigmilter/sigmilter.toml", first+"-1# mine\n")
	m.run(t, "apt-get remove -y sigmilter; apt-get install -y sigmilter")
	m.same(t, "installed again", version+"; tail -n 1 /etc/sigmilter/sigmilter.toml", second+"-1# mine\n")

	m.run(t, "sed -i s/Priority/priority/ /srv/repo/apt/dists/stable/InRelease /srv/repo/apt/dists/stable/main/*/Packages; gzip -kf /srv/repo/apt/dists/stable/main/*/Packages; rm -rf /var/lib/apt/lists/*")
	if _, out := m.try(t, "apt-get update"); !strings.Contains(out, "Hash Sum mismatch") && !strings.Contains(out, "unexpected size") {
		t.Errorf("a list that was changed is taken:\n%s", out)
	}
	m.run(t, "sed -i s/Label:/Label:x/ /srv/repo/apt/dists/stable/InRelease; rm /srv/repo/apt/dists/stable/Release.gpg")
	if _, out := m.try(t, "apt-get update"); !strings.Contains(out, "BADSIG") {
		t.Errorf("a signature that is wrong is taken:\n%s", out)
	}
}

// standIn is what dnf has to find for the package's needs in a root that is Debian's.
const standIn = `Name: standin
Version: 1
Release: 1
Summary: what Debian has
License: none
BuildArch: noarch
Provides: systemd, /bin/sh
%description
%files
`

// ownsItsConfig is an earlier version of the package, whose configuration is its own.
const ownsItsConfig = `Name: sigmilter
Version: 0.9.0
Release: 1
Summary: an earlier one
License: none
BuildArch: noarch
%description
%install
mkdir -p %{buildroot}/etc/sigmilter
echo '# the sample' >%{buildroot}/etc/sigmilter/sigmilter.toml
%files
%config(noreplace) /etc/sigmilter/sigmilter.toml
`

func testDNF(t *testing.T, dir, first, second string) {
	need(t, "dnf", "rpmbuild")
	m := newMachine(t)
	work := t.TempDir()
	for name, spec := range map[string]string{"standin.spec": standIn, "earlier.spec": ownsItsConfig} {
		if err := os.WriteFile(filepath.Join(work, name), []byte(spec), 0o644); err != nil {
			t.Fatal(err)
		}
		output(t, "rpmbuild", "--quiet", "-bb", "--define", "_topdir "+work, "--define", "_rpmdir "+work, filepath.Join(work, name))
	}
	config := strings.ReplaceAll(pageConfig(t, "repository.md", "ini"), "https://packages.example.net/sigmilter", "file://"+dir)
	if err := os.WriteFile(filepath.Join(work, "sigmilter.repo"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	output(t, "createrepo_c", "--quiet", work)
	dnf := func(args string) {
		t.Helper()
		script := fmt.Sprintf(`dnf --installroot=%s --releasever=1 --setopt=reposdir=%s --setopt=cachedir=/var/cache/dnf \
--repofrompath=standin,file://%[2]s --setopt=standin.gpgcheck=0 -q -y %s >%[2]s/out 2>&1`, m.root, work, args)
		if status := m.outside(t, script); status != 0 {
			out, _ := os.ReadFile(filepath.Join(work, "out"))
			t.Fatalf("dnf %s: status %d\n%s", args, status, out)
		}
	}
	const version = "sigmilter version | cut -d ' ' -f 2; tail -n 1 /etc/sigmilter/sigmilter.toml"
	dnf("install sigmilter-0.9.0")
	m.run(t, "echo '# mine' >> /etc/sigmilter/sigmilter.toml")
	dnf("install sigmilter-" + first)
	m.same(t, "the first", version+"; ls /etc/sigmilter", first+"\n# mine\nconf.d\nsigmilter.toml\n")
	dnf("upgrade sigmilter")
	m.same(t, "the upgrade", version, second+"\n# mine\n")
	dnf("downgrade sigmilter")
	m.same(t, "the way back", version, first+"\n# mine\n")
	dnf("remove sigmilter")
	dnf("install sigmilter")
	m.same(t, "installed again", version, second+"\n# mine\n")
}

// pageConfig is the one block of a kind on a page.
func pageConfig(t *testing.T, name, kind string) string {
	t.Helper()
	text, err := os.ReadFile("../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```"+kind+"\n")
	block, _, ok := strings.Cut(rest, "```\n")
	if !ok {
		t.Fatalf("%s has no block of %s", name, kind)
	}
	return block
}
