package packaging_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// builds are what happens in a repository between one build and the next.
var builds = []struct{ what, script string }{
	{"the first commit", `git init -q -b main . && echo 0 >file && git add file && git commit -qm 0`},
	{"a commit of the same second", `git commit -qm 1 --allow-empty`},
	{"a file that differs", `echo 1 >file`},
	{"it is committed", `git commit -qam 2`},
	{"the commit is made again, a minute later", `export GIT_COMMITTER_DATE='2025-12-01T10:01:00Z'; git commit -q --amend -m 3`},
	{"commits by a clock that is wrong", `for n in 4 5 6 7 8 9 10; do git commit -qm $n --allow-empty; done`},
	{"a candidate", `git tag v1.2.0-rc1`},
	{"a commit after it", `git commit -qm 11 --allow-empty`},
	{"the tenth candidate", `git tag v1.2.0-rc10`},
	{"a release", `git commit -qm 12 --allow-empty; git tag -a -m release v1.2.0`},
	{"nine commits later", `git branch old; for n in 1 2 3 4 5 6 7 8 9; do git commit -qm $n --allow-empty; done`},
	{"and the tenth", `git commit -qm 10 --allow-empty`},
	{"a tag that is no version", `git tag v2; git commit -qm 11 --allow-empty`},
	{"the next release", `git tag v1.10.0`},
	{"an older one that is merged", `git checkout -q old; git commit -qm old --allow-empty; git tag v1.2.1; git checkout -q main; git merge -q --no-ff -m merge old`},
	{"a release of a file that differs", `git tag v1.10.1; git commit -qm 12 --allow-empty; git tag v1.11.0; echo 2 >file`},
}

// A later build upgrades an earlier one, by the order of dpkg and of RPM; so does the
// first the versions that were counted by days.
func TestVersionsGrow(t *testing.T) {
	need(t, "dpkg", "rpm", "git")
	script, err := filepath.Abs("version.sh")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	before := "0.0~git20261201.ffffff"
	for _, b := range builds {
		sh(t, dir, b.script)
		version := sh(t, dir, script)
		if older(t, version, before) {
			t.Errorf("%s: %s does not upgrade %s", b.what, version, before)
		}
		before = version
	}
	if before <= "1.11.0+0." {
		t.Errorf("the last one is %s", before)
	}
}

// older reports whether dpkg or RPM does not take a version for an upgrade of another.
func older(t *testing.T, version, than string) bool {
	t.Helper()
	lower := exec.CommandContext(t.Context(), "dpkg", "--compare-versions", version+"-1", "gt", than+"-1").Run() != nil
	return lower || strings.TrimSpace(output(t, "rpm", "--eval", `%{lua: print(rpm.vercmp("`+version+`", "`+than+`"))}`)) != "1"
}

// sh runs a script in a folder, as somebody whose clock is set, and returns what it prints.
func sh(t *testing.T, dir, script string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-e", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=a",
		"GIT_COMMITTER_EMAIL=a@example.org", "GIT_AUTHOR_DATE=2025-12-01T10:00:00Z", "GIT_COMMITTER_DATE=2025-12-01T10:00:00Z", "SOURCE_DATE_EPOCH=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v of %s\n%s", err, script, out)
	}
	return strings.TrimSpace(string(out))
}

// A clone without its history cannot count it.
func TestVersionOfAShallowClone(t *testing.T) {
	need(t, "git")
	script, err := filepath.Abs("version.sh")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	sh(t, dir, `git init -q origin; cd origin; git commit -qm 1 --allow-empty; git commit -qm 2 --allow-empty
git clone -q --depth 1 "file://$PWD" ../clone`)
	got := sh(t, filepath.Join(dir, "clone"), script+" && exit 9 || true")
	if !strings.Contains(got, "git fetch --unshallow --tags, or set VERSION") {
		t.Error(got)
	}
}
