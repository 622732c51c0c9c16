package packaging_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// site is a relay with sigmilter, its sink on the same machine.
const site = `ip link set lo up
cat > /etc/sigmilter/sigmilter.toml <<'END'
listen = "unix:/var/spool/postfix/sigmilter/milter.sock"
[tenant.contoso]
domains = ["contoso.com"]
directory = { path = "people.csv" }
[template.corporate]
html = "corporate.html"
END
printf 'mail,displayName\nalice@contoso.com,Alice Muster\n' > /etc/sigmilter/people.csv
echo '<p>{{.displayName}} one</p>' > /etc/sigmilter/corporate.html
install -d -o sigmilter -g postfix -m 2750 /var/spool/postfix/sigmilter
postconf -e 'relayhost = [127.0.0.1]:2525' 'smtpd_milters = unix:sigmilter/milter.sock' 'milter_default_action = tempfail' \
	'mynetworks = 127.0.0.0/8' 'inet_interfaces = loopback-only' 'inet_protocols = ipv4' 'minimal_backoff_time = 1s' 'maximal_backoff_time = 2s' \
	'queue_run_delay = 1s' 'smtp_connection_reuse_time_limit = 1s' 'maillog_file = /var/log/mail.log'
install -d -o postfix -m 755 /var/tmp/sink
systemd-run --quiet --unit sink /usr/sbin/smtp-sink -u postfix -R /var/tmp/sink -d '%H%M%S.' 127.0.0.1:2525 100
systemctl restart postfix`

// send sends one message with a text of its own.
func (m *booted) send(text string) {
	m.t.Helper()
	m.run(fmt.Sprintf(`printf 'From: alice@contoso.com\r\nTo: ben@example.net\r\nSubject: x\r\nMessage-ID: <%s@contoso.com>\r\n\r\n%[1]s\r\n' > /tmp/message
smtp-source -f alice@contoso.com -t ben@example.net -F /tmp/message 127.0.0.1:25`, text))
}

// delivered waits for the message with a text and wants something in it.
func (m *booted) delivered(text, want string) {
	m.t.Helper()
	m.until("the message "+text, "grep -rq '"+text+"' /var/tmp/sink")
	if got := m.run("cat $(grep -rl '" + text + "' /var/tmp/sink)"); !strings.Contains(got, want) {
		m.t.Errorf("no %q in\n%s", want, got)
	}
}

// An administrator's day under a real systemd: install, start, reload, a hanging daemon,
// credentials, the socket of systemd, an upgrade under load, removal.
func TestBooted(t *testing.T) {
	need(t, "dpkg-deb")
	deb, _ := packages(t)
	for _, debian := range bootable {
		t.Run(debian.name, func(t *testing.T) {
			m := boot(t, debian.name)
			m.copy(previous(t, deb), "/root/old.deb")
			m.copy(deb, "/root/new.deb")
			if version := m.run("postconf -h mail_version"); !strings.HasPrefix(version, debian.postfix+".") {
				t.Errorf("Postfix is %s", version)
			}
			m.run("dpkg -i /root/old.deb")
			if state, _ := m.try("systemctl is-active sigmilter"); state != "inactive\n" {
				t.Errorf("after the installation it is %s", state)
			}
			m.run(site)
			m.run("systemctl enable --quiet --now sigmilter && sigmilter status")
			m.send("first")
			m.delivered("first", "Alice Muster one")

			m.run("echo '<p>{{.displayName}} two</p>' > /etc/sigmilter/corporate.html && systemctl reload sigmilter")
			m.send("second")
			m.delivered("second", "Alice Muster two")
			m.run("echo broken = > /etc/sigmilter/more && cp /etc/sigmilter/sigmilter.toml /root/good.toml && cat /etc/sigmilter/more >> /etc/sigmilter/sigmilter.toml")
			if out, err := m.try("systemctl reload sigmilter"); err == nil {
				t.Errorf("a broken configuration was reloaded: %s", out)
			}
			m.run("cp /root/good.toml /etc/sigmilter/sigmilter.toml; rm /etc/sigmilter/more; systemctl is-active sigmilter")

			m.journal()
			m.watchdog()
			m.credentials()
			m.upgrades()
			m.returns()
			m.removal()
		})
	}
}

// journal looks for what went wrong where an administrator does: a reload that was refused,
// a source whose file is not there or may not be read, a start with a mistake. What went
// well is not there.
func (m *booted) journal() {
	m.t.Helper()
	m.run(`cd /etc/sigmilter
mv people.csv person.csv; sigmilter people refresh || true; mv person.csv people.csv
chmod 600 people.csv; sigmilter people refresh || true; chmod 644 people.csv; sigmilter people refresh
echo broken = >> sigmilter.toml; systemctl restart sigmilter || true
cp /root/good.toml sigmilter.toml; systemctl restart sigmilter`)
	got := m.run("journalctl --sync; journalctl --no-pager --output cat --unit sigmilter --priority warning")
	for _, want := range []string{
		`msg="reload failed; keeping the current configuration"`,
		"look at the name: /etc/sigmilter has person.csv",
		"look at the rights: the user sigmilter may not read /etc/sigmilter/people.csv, of root:root, mode 0600",
		"\n/etc/sigmilter/sigmilter.toml:", // of the start that failed
	} {
		if !strings.Contains(got, want) {
			m.t.Errorf("no %q among the warnings:\n%s", want, got)
		}
	}
	for _, quiet := range []string{"action=signed", "configuration reloaded", "listening"} {
		if strings.Contains(got, quiet) {
			m.t.Errorf("%q among the warnings:\n%s", quiet, got)
		}
	}
}

// watchdog has the daemon hang: systemd kills it and starts it anew, and what came
// meanwhile is signed.
func (m *booted) watchdog() {
	m.t.Helper()
	m.run(`mkdir -p /etc/systemd/system/sigmilter.service.d
printf '[Service]\nWatchdogSec=3s\nRestartSec=100ms\n' > /etc/systemd/system/sigmilter.service.d/watchdog.conf
systemctl daemon-reload && systemctl restart sigmilter
systemctl show -p MainPID --value sigmilter > /root/pid
kill -STOP $(cat /root/pid)`)
	m.until("another daemon", `new=$(systemctl show -p MainPID --value sigmilter); [ "$new" != "$(cat /root/pid)" ] && [ "$new" != 0 ] && systemctl is-active sigmilter`)
	m.send("third")
	m.delivered("third", "Alice Muster two")
}

// credentials has a key handed in by systemd, so that the guard is sealed.
func (m *booted) credentials() {
	m.t.Helper()
	m.run(`head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' > /root/guard.key && chmod 600 /root/guard.key
printf '[Service]\nLoadCredential=guard.key:/root/guard.key\n' > /etc/systemd/system/sigmilter.service.d/key.conf
printf '[guard]\nkey_file = "${CREDENTIALS_DIRECTORY}/guard.key"\n' >> /etc/sigmilter/sigmilter.toml
systemctl daemon-reload && systemctl restart sigmilter`)
	m.send("fourth")
	m.delivered("fourth", "X-Sigmilter-Handled: Yes ")
}

// upgrades sends mail all the time while the package is upgraded and downgraded again and
// again, with the socket of systemd: none is refused, lost or without a signature.
func (m *booted) upgrades() {
	m.t.Helper()
	messages, times := 300, 4
	if n, err := strconv.Atoi(os.Getenv("SIGMILTER_UPGRADES")); err == nil { // of a large run
		messages, times = 500*n, n
	}
	m.run(`mkdir -p /etc/systemd/system/sigmilter.socket.d
printf '[Socket]\nListenStream=\nListenStream=/var/spool/postfix/sigmilter/milter.sock\nSocketGroup=postfix\n' > /etc/systemd/system/sigmilter.socket.d/postfix.conf
systemctl daemon-reload && systemctl stop sigmilter && systemctl enable --quiet --now sigmilter.socket && systemctl start sigmilter
rm -f /var/tmp/sink/*; : > /var/log/mail.log`)
	m.run(fmt.Sprintf("systemd-run --quiet --unit load /usr/sbin/smtp-source -N -s 2 -m %d -l 3000 -f alice@contoso.com -t ben@example.net 127.0.0.1:25", messages))
	for i := range times {
		name := []string{"new", "old"}[i%2]
		m.run("dpkg --force-downgrade --force-confold -i /root/" + name + ".deb && sigmilter status >/dev/null && systemctl restart sigmilter")
	}
	m.until("the end of the load", "! systemctl is-active --quiet load")
	m.until("an empty queue", "postqueue -p | grep -q 'queue is empty'")
	m.run("systemctl is-active sigmilter.socket sigmilter")
	got := m.run(`cd /var/tmp/sink
echo messages $(cat * | grep -c '^X-Rcpt-Args:') of $(cat * | grep '^X-Rcpt-Args:' | sort -u | wc -l)
echo signed $(cat * | grep -c 'Alice Muster two')
echo refused $(grep -c 'milter-reject\|NOQUEUE: reject' /var/log/mail.log)`)
	if want := fmt.Sprintf("messages %d of %[1]d\nsigned %[1]d\nrefused 0\n", messages); got != want {
		refused, _ := m.try("grep 'reject' /var/log/mail.log; journalctl -u sigmilter --no-pager -n 60")
		m.t.Errorf("%d upgrades and downgrades under load: got\n%swant\n%s\n%s", times, got, want, refused)
	}
}

// returns removes the package and installs it again: what was enabled runs as before.
func (m *booted) returns() {
	m.t.Helper()
	m.run("dpkg --force-confold -i /root/new.deb && dpkg -r sigmilter")
	if out, err := m.try("systemctl is-active sigmilter sigmilter.socket"); err == nil || strings.Contains("\n"+out, "\nactive") {
		m.t.Errorf("after the removal: %s", out)
	}
	m.run("dpkg -i /root/new.deb && systemctl is-active sigmilter sigmilter.socket && sigmilter status")
	m.send("fifth")
	m.delivered("fifth", "Alice Muster two")
}

func (m *booted) removal() {
	m.t.Helper()
	m.run("postconf -X smtpd_milters && postfix reload && dpkg --purge sigmilter")
	if out, err := m.try("systemctl is-active sigmilter sigmilter.socket"); err == nil || strings.Contains(out, "\nactive") {
		m.t.Errorf("after the purge: %s", out)
	}
	if left := m.run("find /usr /etc/sigmilter /var/lib/sigmilter -name '*sigmilter*' 2>/dev/null || true"); left != "" {
		m.t.Errorf("left after the purge: %s", left)
	}
}
