package localfile

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestExplainedName(t *testing.T) {
	t.Setenv("INVOCATION_ID", "")
	dir := t.TempDir()
	for _, name := range []string{"People.csv", "old.csv", "logo.png", "[odd]/people.csv"} {
		os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755)
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"people.csv":         "look at the name: DIR has People.csv, old.csv",
		"people.xlsx":        "look at the name: there is no people.xlsx in DIR",
		"people":             "look at the name: there is no people in DIR",
		"hr/2026/people.csv": "look at the name: there is no hr in DIR",
		"[odd]/peple.csv":    "look at the name: DIR/[odd] has people.csv",
	} {
		_, err := Open(filepath.Join(dir, name))
		explained := Explained(filepath.Join(dir, name), err)
		if !errors.Is(explained, fs.ErrNotExist) || !strings.HasSuffix(explained.Error(), strings.ReplaceAll(want, "DIR", dir)) {
			t.Errorf("%s: %v", name, explained)
		}
	}
	for range 10 {
		os.CreateTemp(dir, "*.txt")
	}
	if err := Explained(dir+"/a.txt", fs.ErrNotExist); strings.Count(err.Error(), ".txt") != mostAlike || !strings.HasSuffix(err.Error(), ", others") {
		t.Error(err)
	}
	other := errors.New("no luck")
	if err := Explained(dir, other); err != other {
		t.Error(err)
	}
}

// As a user who may not: the test calls itself as nobody.
func TestExplainedRights(t *testing.T) {
	if path := os.Getenv("EXPLAINED_PATH"); path != "" {
		_, err := Open(path)
		os.Stdout.WriteString(Explained(path, err).Error() + "\n")
		return
	}
	nobody, err := user.Lookup("nobody")
	if err != nil || os.Geteuid() != 0 {
		t.Skip("needs root, and the user nobody")
	}
	dir, err := os.MkdirTemp("", "rights") // t.TempDir is below a folder of root alone
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "test")
	self, err := os.ReadFile(os.Args[0])
	if err == nil {
		err = os.WriteFile(binary, self, 0o755)
	}
	if err == nil {
		err = errors.Join(os.Chmod(dir, 0o755), os.Mkdir(dir+"/hr", 0o750), os.WriteFile(dir+"/people.csv", nil, 0o640), os.WriteFile(dir+"/hr/people.csv", nil, 0o644))
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"people.csv":    "permission denied; look at the rights: the user nobody may not read DIR/people.csv, of root:root, mode 0640; the unit",
		"hr/people.csv": "permission denied; look at the rights: the user nobody may not enter DIR/hr, of root:root, mode 0750; the unit",
	} {
		cmd := exec.CommandContext(t.Context(), binary, "-test.run", "^TestExplainedRights$")
		cmd.Env = append(os.Environ(), "EXPLAINED_PATH="+filepath.Join(dir, name), "INVOCATION_ID=1")
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: number(t, nobody.Uid), Gid: number(t, nobody.Gid)}}
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), strings.ReplaceAll(want, "DIR", dir)) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func number(t *testing.T, text string) (n uint32) {
	t.Helper()
	for _, digit := range text {
		n = n*10 + uint32(digit-'0')
	}
	return n
}
