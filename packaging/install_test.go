package packaging_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// previous is the package as an earlier version of it: the configuration is a conffile,
// its sample lacks the last line, and so does its logcheck file.
func previous(t *testing.T, deb string) string {
	t.Helper()
	dir, old := t.TempDir(), filepath.Join(t.TempDir(), "old.deb")
	script := fmt.Sprintf(`set -e
dpkg-deb -R %s %s
cd %[2]s
sed -i 's/^Version: .*/Version: 0.9.0-1/' DEBIAN/control
rm DEBIAN/preinst
sed '$d' usr/share/sigmilter/sigmilter.toml > etc/sigmilter/sigmilter.toml
echo /etc/sigmilter/sigmilter.toml >> DEBIAN/conffiles
sed -i '$d' etc/logcheck/ignore.d.server/sigmilter
dpkg-deb -Zgzip -z1 -b . %s`, deb, dir, old)
	if out, err := exec.CommandContext(t.Context(), "sh", "-c", script).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return old
}

// files lists what is on the machine's disk, without the steps of the test.
func (m *machine) files(t *testing.T) []string {
	t.Helper()
	return strings.Fields(m.run(t, `find / -xdev \( -path /proc -o -path /dev -o -path /root -o -path /tmp \) -prune -o -print | sort`))
}

// stays are the files that may remain for good: dpkg's own notes, and the copies
// that come with a new user.
var stays = regexp.MustCompile(`^/(var/log/|var/lib/dpkg/|var/cache/|var/lib/systemd$|etc/(passwd|shadow|group|gshadow|subuid|subgid)-?$|etc/\.pwd\.lock$)`)

func TestInstallUpgradeRemovePurge(t *testing.T) {
	need(t, "dpkg-deb")
	deb, _ := packages(t)
	m := newMachine(t)
	m.copy(t, previous(t, deb), "/root/old.deb")
	m.copy(t, deb, "/root/new.deb")
	before := m.files(t)

	m.run(t, "dpkg -i /root/old.deb")
	m.same(t, "installed", `stat -c '%A %U %G %n' /etc/sigmilter /etc/sigmilter/sigmilter.toml /var/lib/sigmilter /run/sigmilter
id -nG sigmilter; id -nG postfix
find /etc/systemd/system -name 'sigmilter*'`, `drwxr-x--- root sigmilter /etc/sigmilter
-rw-r--r-- root root /etc/sigmilter/sigmilter.toml
drwx------ sigmilter sigmilter /var/lib/sigmilter
drwxr-xr-x sigmilter sigmilter /run/sigmilter
sigmilter
postfix
`)
	// The sample alone is no configuration, and the program says so.
	if status, out := m.try(t, "sigmilter check"); status != 2 || !strings.Contains(out, "tenant") {
		t.Errorf("check of the sample: status %d\n%s", status, out)
	}

	// An administrator at work.
	m.run(t, `echo '# mine' >> /etc/sigmilter/sigmilter.toml
echo mail > /etc/sigmilter/people.csv
chmod 0710 /etc/sigmilter
echo state > /var/lib/sigmilter/sigmilter.db
install -d -o sigmilter -g postfix -m 2750 /var/spool/postfix/sigmilter
mkdir -p /etc/systemd/system/multi-user.target.wants
ln -s /usr/lib/systemd/system/sigmilter.service /etc/systemd/system/multi-user.target.wants/
postconf -e 'smtpd_milters = unix:sigmilter/milter.sock'`)
	const kept = `tail -n 1 /etc/sigmilter/sigmilter.toml
cat /etc/sigmilter/people.csv /var/lib/sigmilter/sigmilter.db
stat -c '%a %U %G' /etc/sigmilter /var/spool/postfix/sigmilter
readlink /etc/systemd/system/multi-user.target.wants/sigmilter.service`
	const want = "# mine\nmail\nstate\n710 root sigmilter\n2750 sigmilter postfix\n/usr/lib/systemd/system/sigmilter.service\n"

	// Nothing is asked: there is nobody to answer.
	m.run(t, "dpkg -i /root/new.deb")
	m.same(t, "after the upgrade", kept, want)
	m.same(t, "the new version", `sigmilter version | cut -d ' ' -f 1-2
tail -n 1 /usr/share/doc/sigmilter/examples/all-settings.toml
tail -n 1 /etc/logcheck/ignore.d.server/sigmilter | grep -c Deactivated
find /etc/sigmilter -type f | sort`,
		"sigmilter 1.0.0\n#zone = \"Europe/Berlin\"\n1\n/etc/sigmilter/people.csv\n/etc/sigmilter/sigmilter.toml\n")

	if out := m.run(t, "dpkg -r sigmilter"); !strings.Contains(out, "Postfix still has it in smtpd_milters") {
		t.Errorf("no word of Postfix's setting:\n%s", out)
	}
	m.same(t, "after the removal", kept, want)
	if left := m.run(t, "find /usr -name '*sigmilter*'"); left != "" {
		t.Errorf("left after the removal:\n%s", left)
	}
	m.run(t, "dpkg -i /root/new.deb")
	m.same(t, "installed again", kept, want)

	m.run(t, `rm /etc/systemd/system/multi-user.target.wants/sigmilter.service
dpkg --purge sigmilter`)
	after := m.files(t)
	for _, name := range after {
		if !slices.Contains(before, name) && !stays.MatchString(name) {
			t.Errorf("left after the purge: %s", name)
		}
	}
	for _, name := range before {
		if !slices.Contains(after, name) {
			t.Errorf("lost: %s", name)
		}
	}
	m.same(t, "the user", "getent passwd sigmilter | cut -d : -f 1,6,7", "sigmilter:/var/lib/sigmilter:/usr/sbin/nologin\n")
}

// same compares what a script prints.
func (m *machine) same(t *testing.T, what, script, want string) {
	t.Helper()
	if got := m.run(t, script); got != want {
		t.Errorf("%s: got\n%s\nwant\n%s", what, got, want)
	}
}

// systemd is asked for the same as other daemons' packages ask: the running daemon
// is restarted by an upgrade and stopped by a removal, and none is started.
func TestSystemdIsTold(t *testing.T) {
	need(t, "dpkg-deb")
	deb, _ := packages(t)
	m := newMachine(t)
	m.copy(t, previous(t, deb), "/root/old.deb")
	m.copy(t, deb, "/root/new.deb")
	// Of the units the service is enabled.
	m.write(t, "/usr/local/bin/systemctl", `#!/bin/sh
echo "$@" >> /root/calls
case "$*" in *is-enabled*) for unit; do [ "$unit" != sigmilter.service ] || echo enabled; done ;; esac
`)
	m.run(t, "mkdir -p /run/systemd/system")
	for _, step := range []struct{ command, want, never string }{
		{"dpkg -i /root/old.deb", "daemon-reload", "start"},
		{"dpkg -i /root/new.deb", "try-restart sigmilter.service", " start"},
		{"dpkg -r sigmilter", "stop sigmilter-probe.timer sigmilter.socket sigmilter.service", "restart"},
		// It starts again, since it was enabled; the other two units were not.
		{"dpkg -i /root/new.deb", "--system start sigmilter.service\n", "try-restart sigmilter.socket"},
		{"dpkg -i /root/new.deb", "try-restart sigmilter.service", "--system start"},
		{"dpkg --purge sigmilter; dpkg -i /root/new.deb", "daemon-reload", "--system start"},
	} {
		m.run(t, ": > /root/calls; "+step.command)
		if calls := m.read(t, "/root/calls"); !strings.Contains(calls, step.want) || strings.Contains(calls, step.never) {
			t.Errorf("%s: systemctl was called with\n%s", step.command, calls)
		}
	}
}

// systemctl stands in for systemd, which cannot run in the machine: it does with the
// units what the page asks for, by their own lines.
const systemctl = `#!/bin/sh
# enable --now sigmilter, reload sigmilter, restart postfix
value() { sed -n "s/^$1=//p" /usr/lib/systemd/system/sigmilter.service; }
case "$*" in
"enable --now sigmilter")
	umask "$(value UMask)"
	runuser -u "$(value User)" -- $(value ExecStart) >/var/log/sigmilter.log 2>&1 &
	tries=0
	until sigmilter status >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || { cat /var/log/sigmilter.log; exit 1; }
		sleep 0.1
	done
	;;
"restart postfix") postfix stop >/dev/null 2>&1; postfix start ;;
*) echo "not expected: systemctl $*"; exit 1 ;;
esac
`

// step is a block of commands on a page.
type step struct {
	commands string
	prints   string // as the block of text below it says; empty without one
}

// pageSteps are the commands of a page, with this in front of each line: those within a
// list are indented.
func pageSteps(t *testing.T, name, indent string) (steps []step) {
	t.Helper()
	text, err := os.ReadFile("../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?ms)^" + indent + "```sh\n(.*?)^" + indent + "```$(?:\n\n" + indent + "```text\n(.*?)^" + indent + "```$)?")
	for _, m := range block.FindAllStringSubmatch(string(text), -1) {
		steps = append(steps, step{m[1], m[2]})
	}
	return steps
}

// follow runs the commands of a page, of which there must be so many blocks.
func (m *machine) follow(t *testing.T, steps []step, count int) {
	t.Helper()
	if len(steps) != count {
		t.Fatalf("%d blocks of commands, not %d", len(steps), count)
	}
	for _, s := range steps {
		got := m.run(t, "cd /root\n"+s.commands)
		t.Logf("%s\n%s", s.commands, got)
		if s.prints != "" && !printedAs(got, s.prints) {
			t.Errorf("%s\nprints\n%s\nand not\n%s", s.commands, got, s.prints)
		}
	}
}

// followAsPrinted is follow for a page that says what each block prints, if anything.
func (m *machine) followAsPrinted(t *testing.T, steps []step, count int) {
	t.Helper()
	for i := range steps {
		if steps[i].prints == "" {
			steps[i].prints = "\n"
		}
	}
	m.follow(t, steps, count)
}

// printedAs reports whether a text is as a page says. There "..." is anything in a line,
// and any lines where it stands alone; how many blanks are between words is no matter.
func printedAs(got, page string) bool {
	var pattern strings.Builder
	for line := range strings.Lines(strings.TrimSpace(page) + "\n") {
		words := strings.Fields(line)
		if len(words) == 1 && words[0] == "..." {
			pattern.WriteString("(?:.*\n)*?")
			continue
		}
		for i := range words {
			words[i] = strings.ReplaceAll(regexp.QuoteMeta(words[i]), `\.\.\.`, ".*")
		}
		pattern.WriteString(strings.Join(words, " +") + " *\n")
	}
	got = strings.TrimSpace(strings.ReplaceAll(got, "\r\n", "\n")) + "\n"
	return regexp.MustCompile("^" + pattern.String() + "$").MatchString(got)
}

func TestPrintedAs(t *testing.T) {
	for _, tc := range []struct {
		got, page string
		want      bool
	}{
		{"", "\n", true},
		{"a\n", "\n", false},
		{"a  b\r\n", "a b\n", true},
		{"a\nb\nc\n", "...\nc\n", true},
		{"a\nb\nc\n", "...\nb\n", false},
		{"a\nb\nc\n", "...\nb\n...\n", true},
		{"up 3s (x)\n", "up ... (x)\n", true},
		{"up 3s\nago (x)\n", "up ... (x)\n", false},
	} {
		if got := printedAs(tc.got, tc.page); got != tc.want {
			t.Errorf("%q, %q: %v", tc.got, tc.page, got)
		}
	}
}

// The commands of the quick start, as they stand on the page, end with a signed
// message in the sink.
func TestQuickStart(t *testing.T) {
	deb, _ := packages(t)
	m := newMachine(t)
	m.write(t, "/usr/local/bin/systemctl", systemctl)
	m.copy(t, deb, "/root/"+filepath.Base(deb))
	// What the lists of the last section have is for later.
	m.followAsPrinted(t, pageSteps(t, "quick-start.md", ""), 9)
	got := m.run(t, "cat /var/tmp/sink/*")
	for _, want := range []string{"X-Sigmilter-Handled: Yes", "Alice Muster\r\nApplication Engineer\r\n+49 30 5550 101", "Thursday is fine."} {
		if !strings.Contains(strings.ReplaceAll(got, "\r\n", "\n"), strings.ReplaceAll(want, "\r\n", "\n")) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "EMAILSIGNATURE") {
		t.Errorf("the marker is still there:\n%s", got)
	}
	m.same(t, "the socket", "stat -c '%A %U %G' /var/spool/postfix/sigmilter/milter.sock", "srw-rw---- sigmilter postfix\n")

	// Without the marker nobody notices anything.
	m.run(t, `rm /var/tmp/sink/*
sed '/EMAILSIGNATURE/d; s/hello@/second@/' /tmp/hello.eml > /tmp/second.eml
smtp-source -f alice@contoso.com -t ben@example.net -F /tmp/second.eml 127.0.0.1:25
timeout 30 sh -c 'until grep -q second@ /var/tmp/sink/* 2>/dev/null; do sleep 0.2; done'`)
	if got := m.run(t, "cat /var/tmp/sink/*"); strings.Contains(got, "Engineer") || !strings.Contains(got, "X-Sigmilter-Handled: Yes") {
		t.Errorf("without the marker:\n%s", got)
	}

	// And the way back: an upgrade, an older version, a backup and the removal.
	m.follow(t, pageSteps(t, "operations.md", ""), 3)
	m.follow(t, pageSteps(t, "operations.md", "   "), 3)
	m.same(t, "what is left", `find /etc/sigmilter /var/lib/sigmilter /var/spool/postfix/sigmilter /usr/bin/sigmilter 2>/dev/null || true
postconf -n smtpd_milters`, "")
}
