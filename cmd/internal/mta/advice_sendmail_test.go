package mta_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigmilter/cmd/internal/lab"
)

// bareMC is a relay without any of the lines that sigmilter needs: it wants the folder
// of the macros, further lines of the lab and of the test, the machine's folder, the
// queue, the ports of the next hop and of its own.
const bareMC = "include(`%[1]s/m4/cf.m4')dnl\nOSTYPE(`linux')dnl\ndefine(`confDOMAIN_NAME', `relay.lab.example')dnl\n%[2]s%[3]s" +
	"define(`confPID_FILE', `%[4]s/sendmail.pid')dnl\ndefine(`QUEUE_DIR', `%[5]s')dnl\ndefine(`STATUS_FILE', `')dnl\n" +
	"define(`ALIAS_FILE', `')dnl\ndefine(`confQUEUE_LA', `1000')dnl\ndefine(`confREFUSE_LA', `1000')dnl\ndefine(`confTO_IDENT', `0')dnl\n" +
	"define(`SMART_HOST', `relay:[127.0.0.1]')dnl\ndefine(`RELAY_MAILER_ARGS', `TCP $h %[6]s')dnl\n" +
	"FEATURE(`no_default_msa')dnl\nFEATURE(`nocanonify')dnl\nFEATURE(`accept_unresolvable_domains')dnl\nRELAY_DOMAIN(`127.0.0.1')dnl\n" +
	"DAEMON_OPTIONS(`Name=MTA, Addr=127.0.0.1, Port=%[7]d')dnl\nMAILER(`smtp')dnl\n"

// onSendmail starts Sendmail in the machine with further lines, in the place of the one
// before. It does not start with a socket that it takes for unsafe.
func (m *machine) onSendmail(lines string) {
	m.t.Helper()
	if m.mta != nil {
		m.mta.Stop()
	}
	_, port, err := net.SplitHostPort(m.cloud.Addr())
	m.must(err)
	sendmail, err := lab.StartSendmail(m.dir, lab.SendmailOptions{MC: func(s lab.SendmailPlace) string {
		return fmt.Sprintf(bareMC, s.Macros, s.Defines, lines, m.dir, s.Queue, port, s.Port)
	}})
	if err != nil {
		m.t.Logf("Sendmail does not start: %v", err)
		m.mta = nil
		m.cloud.SetRelay("127.0.0.1:1") // where nobody takes mail
		return
	}
	m.t.Cleanup(sendmail.Stop)
	m.mta = sendmail
	m.cloud.SetRelay(sendmail.Addr())
}

// Each advice about the socket, done on a machine where it is due, ends in signed mail.
func TestSendmailAdvice(t *testing.T) {
	for _, tt := range []struct {
		name    string
		listen  string
		lines   string // of sendmail.mc, beside the filter
		prepare string
		stopped bool
		says    string
	}{
		{name: "not started", listen: "/run/sigmilter/milter.sock", stopped: true, says: "systemctl start sigmilter"},
		{name: "a group may write to its folder", listen: "DIR/sigmilter/milter.sock", prepare: "install -d -o sigmilter -m 0775 DIR/sigmilter", says: "a group may write to DIR/sigmilter"},
		{name: "everybody may write above", listen: "DIR/open/milter.sock", prepare: "install -d -m 1777 DIR/open", says: "everybody may write to DIR/open"},
		{name: "another user", listen: "/run/sigmilter/milter.sock", lines: "define(`confRUN_AS_USER', `smmta:smmta')dnl\n",
			prepare: "useradd --system --user-group smmta && usermod -a -G sigmilter smmta && install -d -o smmta -m 0700 DIR/mqueue", says: `write socket_group = "smmta"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := inMachine(t, lab.RequireSendmail, lab.TestSafeDir)
			if dir == "" {
				return
			}
			m := newMachine(t, binary(t, os.Getenv(programDir)), dir)
			place := strings.NewReplacer("DIR", dir)
			if tt.prepare != "" {
				m.run(place.Replace(tt.prepare))
			}
			m.configure(place.Replace(tt.listen), "")
			filter := func() string { return m.filterLine() + tt.lines }
			m.onSendmail(filter())
			if !tt.stopped {
				m.start()
			}
			m.again = func() { m.onSendmail(filter()) }
			m.mend(place.Replace(tt.says), "sendmail", "--cf", filepath.Join(dir, "sendmail.cf"))
		})
	}
}

// filterLine is the first line that `mta sendmail --print` says.
func (m *machine) filterLine() string {
	m.t.Helper()
	out, err := exec.CommandContext(m.ctx, "sigmilter", "mta", "sendmail").Output()
	m.must(err)
	line, _, _ := strings.Cut(string(out), "\n")
	return line + "\n"
}

var macro = regexp.MustCompile(`(?:define|INPUT_MAIL_FILTER)\(.*?'\)dnl`)

// The lines that the checks say for a bare Sendmail are all it needs: with them no
// mistake is left but the certificates, which it has none of, and mail is signed.
func TestSendmailLinesOfChecks(t *testing.T) {
	dir := inMachine(t, lab.RequireSendmail, lab.TestSafeDir)
	if dir == "" {
		return
	}
	m := newMachine(t, binary(t, os.Getenv(programDir)), dir)
	m.configure("/run/sigmilter/milter.sock", "")
	m.onSendmail("")
	m.start()
	check := func() string {
		out, _ := exec.CommandContext(m.ctx, "sigmilter", "mta", "sendmail", "--check", "--cf", filepath.Join(dir, "sendmail.cf")).CombinedOutput()
		return string(out) // status 1: certificates are missing
	}
	lines := ""
	for line := range strings.Lines(check()) {
		if !strings.HasPrefix(line, "certificate-") {
			lines += strings.Join(macro.FindAllString(line, -1), "\n") + "\n"
		}
	}
	t.Log(lines)
	m.onSendmail(lines)
	for line := range strings.Lines(check()) {
		if !strings.HasPrefix(line, "certificate-") && line != "filter sigmilter: unix:/run/sigmilter/milter.sock answers user root\n" {
			t.Errorf("left: %s", line)
		}
	}
	m.must(m.cloud.Send(m.ctx, lab.Samples[0].Outgoing()))
	m.must(m.cloud.Wait(m.ctx, 1))
	if err := lab.Check(lab.Samples[0], m.cloud.Arrivals()[0]); err != nil {
		t.Error(err)
	}
}
