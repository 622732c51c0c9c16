package mta_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sigmilter/cmd/internal/lab"
	"sigmilter/cmd/internal/mta"
)

// patience bounds each test; what is waited for comes far sooner.
const patience = time.Minute

// machine is the inside of a mount namespace with an /etc and a /run of its own: users,
// groups and units are changed there as on a machine of an administrator. A program in
// the place of systemctl writes down what it is told; start does it.
type machine struct {
	t      *testing.T
	ctx    context.Context
	dir    string
	cloud  *lab.Cloud
	mta    lab.MTA
	daemon *lab.Daemon // nil while it does not run
	unit   bool        // sigmilter.socket is in use
	again  func()      // starts the mail server with what the configuration says; nil where it need not
}

const configFile = "/etc/sigmilter/sigmilter.toml"

// inMachine runs a case of a test again in a namespace, and returns a folder for it
// there; outside, which makes and removes the folder, it returns none.
func inMachine(t *testing.T, needed func(testing.TB), makeDir func(testing.TB) string) string {
	t.Helper()
	const inside = "SIGMILTER_IN_MACHINE"
	needed(t)
	if dir := os.Getenv(inside); dir != "" {
		return dir
	}
	if testing.Short() {
		t.Skip("a machine takes some seconds")
	}
	t.Parallel()
	for _, program := range []string{"unshare", "setpriv", "useradd", "systemd-socket-activate"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), "unshare", "--mount", "true").CombinedOutput(); err != nil {
		t.Skipf("no namespace of its own: %v: %s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name := "^" + strings.ReplaceAll(regexp.QuoteMeta(t.Name()), "/", "$/^") + "$"
	cmd := exec.CommandContext(t.Context(), "unshare", "--mount", "--fork", "--kill-child", self, "-test.run", name, "-test.v")
	cmd.Env = append(os.Environ(), inside+"="+makeDir(t))
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("%v\n%s", err, out)
	}
	return ""
}

// newMachine makes /etc and /run the namespace's own, with user sigmilter.
func newMachine(t *testing.T, binary, dir string) *machine {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	m := &machine{t: t, ctx: ctx, dir: dir}
	m.run(fmt.Sprintf("mount --bind %[1]s /mnt && mount -t tmpfs -o mode=0755 none /run && mkdir -p %[1]s && mount --bind /mnt %[1]s && umount /mnt", dir))
	for _, name := range []string{"bin", "state", "site"} {
		m.must(os.Mkdir(filepath.Join(dir, name), 0o755))
	}
	m.run(fmt.Sprintf(`cp -a /etc %[1]s/etc && mount --bind %[1]s/etc /etc
mkdir -p /etc/systemd/system /etc/sigmilter
useradd --system --user-group --no-create-home sigmilter
chown sigmilter %[1]s/state`, dir))
	m.write("bin/systemctl", fmt.Sprintf("#!/bin/sh\nif [ \"$1\" = show ]; then cat %[1]s/shown; else echo \"$@\" >> %[1]s/told; fi\n", dir))
	m.write("bin/service", fmt.Sprintf(service, binary))
	m.must(os.Symlink(binary, filepath.Join(dir, "bin/sigmilter")))
	t.Setenv("PATH", filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
	var err error
	m.cloud, err = lab.StartCloud(lab.Guard)
	m.must(err)
	t.Cleanup(m.cloud.Stop)
	t.Cleanup(m.stop)
	return m
}

// service is the daemon as the unit runs it: with what the unit lets it write, as its
// user. RO are folders that are not to be written to, and RW those that are all the
// same. It is one process, as systemd's own sockets want.
const service = `#!/bin/sh
exec unshare --mount sh -c '
for dir in $RO; do mount --bind "$dir" "$dir" && mount -o remount,ro,bind "$dir"; done
for dir in $RW; do mount --bind "$dir" "$dir" && mount -o remount,rw,bind "$dir"; done
umask 0077
exec setpriv --reuid=sigmilter --regid=sigmilter --init-groups -- "$0" "$@"' %s "$@"
`

func (m *machine) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

// run runs a script, which must end well.
func (m *machine) run(script string) {
	m.t.Helper()
	if out, err := exec.CommandContext(m.ctx, "sh", "-ec", script).CombinedOutput(); err != nil {
		m.t.Fatalf("%v of\n%s\n%s", err, script, out)
	}
}

func (m *machine) write(name, content string) {
	m.t.Helper()
	m.must(os.WriteFile(filepath.Join(m.dir, name), []byte(content), 0o755))
}

// configure writes the lab's configuration as this machine's, with further lines on
// top.
func (m *machine) configure(listen, more string) {
	m.t.Helper()
	site, err := lab.WriteSite(filepath.Join(m.dir, "site"))
	m.must(err)
	b, err := os.ReadFile(site.Config)
	m.must(err)
	text := strings.NewReplacer(
		`listen = "`+site.Milter()+`"`, `listen = "unix:`+listen+`"`,
		"socket_group = \"postfix\"\n", more,
		site.State, filepath.Join(m.dir, "state/sigmilter.db"),
		site.Control(), "unix:/run/sigmilter/control.sock").Replace(string(b))
	m.must(os.WriteFile(configFile, []byte(text), 0o644))
}

// setting reads a setting of the configuration.
func (m *machine) setting(name string) string {
	m.t.Helper()
	b, err := os.ReadFile(configFile)
	m.must(err)
	found := regexp.MustCompile(`(?m)^` + name + ` = "(.*)"$`).FindStringSubmatch(string(b))
	if found == nil {
		return ""
	}
	return found[1]
}

// unitSettings are those of a unit and its drop-ins: the last of each, and of lists all
// since they were emptied.
func (m *machine) unitSettings(unit string) map[string][]string {
	m.t.Helper()
	files, err := filepath.Glob("/etc/systemd/system/" + unit + ".d/*.conf")
	m.must(err)
	settings := map[string][]string{}
	for _, file := range append([]string{"../../../packaging/systemd/" + unit}, files...) {
		b, err := os.ReadFile(file)
		m.must(err)
		for line := range strings.Lines(string(b)) {
			switch name, value, ok := strings.Cut(strings.TrimSpace(line), "="); {
			case !ok, strings.HasPrefix(name, "#"):
			case value == "", name != "ListenStream" && name != "ReadWritePaths":
				settings[name] = nil
				fallthrough
			default:
				if value != "" {
					settings[name] = append(settings[name], value)
				}
			}
		}
	}
	return settings
}

// start does what systemd does for the service, and for the socket where that is in
// use. The daemon may end at once.
func (m *machine) start() {
	m.t.Helper()
	m.stop()
	unit := m.unitSettings("sigmilter.service")
	writable := []string{}
	for _, path := range unit["ReadWritePaths"] {
		if path = strings.TrimPrefix(path, "-"); exists(path) {
			writable = append(writable, path)
		}
	}
	m.run("install -d -o sigmilter -g sigmilter -m " + unit["RuntimeDirectoryMode"][0] + " /run/sigmilter")
	site := lab.Site{Config: configFile, Socket: strings.TrimPrefix(m.setting("listen"), "unix:"),
		Env: []string{"RO=" + filepath.Join(m.dir, "queue"), "RW=" + strings.Join(writable, " ")}}
	binary := filepath.Join(m.dir, "bin/service")
	socket := m.unitSettings("sigmilter.socket")
	if m.unit {
		site.Socket = socket["ListenStream"][0]
		m.run("mkdir -p " + filepath.Dir(site.Socket) + "; rm -f " + site.Socket)
		binary = filepath.Join(m.dir, "bin/activate")
		m.write("bin/activate", fmt.Sprintf("#!/bin/sh\nexec systemd-socket-activate -E RO -E RW -E PATH --fdname=milter -l %s %s/bin/service \"$@\"\n", site.Socket, m.dir))
	}
	daemon, err := lab.StartDaemon(binary, site)
	if err != nil {
		m.t.Logf("the daemon does not start: %v", err)
		return
	}
	m.daemon = daemon
	if m.unit {
		group, mode := socket["SocketGroup"][0], socket["SocketMode"][0]
		m.run(fmt.Sprintf("chown sigmilter:%s %s && chmod %s %[2]s", group, site.Socket, mode))
		m.write("shown", fmt.Sprintf("ActiveState=active\nListen=%s (Stream)\nSocketMode=%s\nSocketGroup=%s\n", site.Socket, mode, group))
	}
}

func (m *machine) stop() {
	if m.daemon != nil {
		m.daemon.Kill()
		m.daemon = nil
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// check runs `sigmilter mta ... --check` and returns what is wrong with the socket: a
// private relay has no certificate, and no Microsoft 365.
func (m *machine) check(args ...string) []mta.Finding {
	m.t.Helper()
	out, err := exec.CommandContext(m.ctx, "sigmilter", append(append([]string{"mta"}, args...), "--check", "--json")...).Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		m.t.Fatal(err)
	}
	var all, found []mta.Finding
	if err := json.Unmarshal(out, &all); err != nil {
		m.t.Fatalf("%v: %s", err, out)
	}
	for _, f := range all {
		if f.Check == "socket" || f.Check == "path" || f.Check == "milter" {
			found = append(found, f)
		}
	}
	return found
}

var written = regexp.MustCompile(`write (\w+) = ("[^"]*"|\d+) into sigmilter's configuration`)

// obey does what an advice says, step by step: what is to be written into the
// configuration is, and commands, which stand behind a colon, are run. What systemd is
// told in them it does.
func (m *machine) obey(problem string) {
	m.t.Helper()
	m.t.Log(problem)
	_, advice, _ := strings.Cut(problem, "; ")
	for step := range strings.SplitSeq(advice, "; ") {
		if set := written.FindStringSubmatch(step); set != nil {
			b, err := os.ReadFile(configFile)
			m.must(err)
			text := regexp.MustCompile(`(?m)^`+set[1]+` = .*\n`).ReplaceAllString(string(b), "")
			m.must(os.WriteFile(configFile, []byte(set[1]+" = "+set[2]+"\n"+text), 0o644))
		}
		if at := strings.LastIndex(step, ": "); at >= 0 {
			m.run(step[at+2:])
			m.serve()
		}
	}
	if m.again != nil {
		m.again()
	}
}

// serve starts the daemon anew if systemd was told so.
func (m *machine) serve() {
	m.t.Helper()
	told, err := os.ReadFile(filepath.Join(m.dir, "told"))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	m.must(err)
	m.must(os.Remove(filepath.Join(m.dir, "told")))
	if strings.Contains(string(told), "start") {
		m.start()
	}
}

// mend has mail wait, does what the checks say until they say nothing more, and wants
// the mail signed. The first finding is to say what.
func (m *machine) mend(says string, args ...string) {
	m.t.Helper()
	outgoing, _ := lab.Samples[0].Copy(1)
	sent := make(chan error, 1)
	go func() { sent <- m.cloud.Send(m.ctx, outgoing) }()
	m.must(m.cloud.WaitDeferred(m.ctx, 1))
	found := m.check(args...)
	if len(found) == 0 || !strings.Contains(found[0].Problem, says) {
		m.t.Fatalf("found %+v, want %q", found, says)
	}
	for steps := 0; len(found) > 0; steps++ {
		if steps == 3 {
			m.t.Fatalf("after %d steps: %+v", steps, found)
		}
		m.obey(found[0].Problem)
		found = m.check(args...)
	}
	if err := <-sent; err != nil {
		m.t.Fatal(err)
	}
	m.must(m.cloud.Wait(m.ctx, 1))
	if err := lab.Check(lab.Samples[0], m.cloud.Arrivals()[0]); err != nil {
		m.t.Error(err)
	}
}
