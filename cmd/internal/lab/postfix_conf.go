package lab

import (
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// programs are the parts of an installed Postfix that a private instance needs.
type programs struct {
	root root

	postfix, postqueue, daemonDir, commandDir string
}

// CheckPostfix tells whether [StartPostfix] can find what it needs; the error is
// [ErrNoPostfix] with what is missing.
func CheckPostfix() error {
	_, err := findPostfix(Installed)
	return err
}

// findPostfix asks the Postfix of a release where its programs are.
func findPostfix(release Release) (programs, error) {
	in, err := release.debian()
	if err != nil {
		return programs{}, fmt.Errorf("%w: %w", ErrNoPostfix, err)
	}
	postconf, err := findPostconf(in)
	if err != nil {
		return programs{}, err
	}
	if os.Geteuid() != 0 {
		return programs{}, fmt.Errorf("%w: it must be started by root", ErrNoPostfix)
	}
	out, err := in.command("/tmp", postconf, "-dh", "command_directory", "daemon_directory").Output()
	if err != nil {
		return programs{}, fmt.Errorf("%w: ask postconf for its directories: %w", ErrNoPostfix, err)
	}
	dirs := strings.Fields(string(out))
	if len(dirs) != 2 {
		return programs{}, fmt.Errorf("%w: postconf answered %q for its directories", ErrNoPostfix, out)
	}
	p := programs{
		root:       in,
		commandDir: dirs[0], daemonDir: dirs[1],
		postfix: filepath.Join(dirs[0], "postfix"), postqueue: filepath.Join(dirs[0], "postqueue"),
	}
	for _, name := range []string{p.postfix, p.postqueue, filepath.Join(p.daemonDir, "master")} {
		if _, err := in.has(name); err != nil {
			return programs{}, fmt.Errorf("%w: %w", ErrNoPostfix, err)
		}
	}
	return p, nil
}

func findPostconf(in root) (string, error) {
	const usual = "/usr/sbin/postconf" // sbin is not on everybody's path
	if len(in) == 0 {
		if path, err := exec.LookPath("postconf"); err == nil {
			return path, nil
		}
	}
	if _, err := in.has(usual); err != nil {
		return "", fmt.Errorf("%w: postconf not found; as root: apt-get install postfix", ErrNoPostfix)
	}
	return usual, nil
}

// mainCF are the settings of every instance. Times to the next try are short,
// so that deferred mail is soon delivered when the cause has gone.
var mainCF = map[string]string{
	"compatibility_level": "3.6",
	"mail_owner":          "postfix",
	"setgid_group":        "postdrop",
	"myhostname":          "relay.lab.example",
	"inet_interfaces":     "loopback-only",
	"inet_protocols":      "ipv4",
	"mynetworks":          "127.0.0.0/8",
	"mydestination":       "",
	"local_transport":     "error:no local delivery here",
	"alias_maps":          "",
	"alias_database":      "",
	"append_dot_mydomain": "no",
	"biff":                "no",

	"smtpd_relay_restrictions": "permit_mynetworks, reject",
	"smtpd_peername_lookup":    "no",
	"disable_dns_lookups":      "yes",
	"smtpd_error_sleep_time":   "0",
	// QUIRK: Postfix takes clients on loopback for its own users and completes
	// addresses in their fields; mail from Microsoft 365 never gets that.
	"local_header_rewrite_clients": "",
	"message_size_limit":           "157286400",
	// Short queue ids are reused within a test; they name messages in our log.
	"enable_long_queue_ids": "yes",

	"milter_protocol":        "6",
	"milter_default_action":  "tempfail",
	"milter_connect_timeout": "5s",

	"queue_run_delay":      "1s",
	"minimal_backoff_time": "1s",
	"maximal_backoff_time": "2s",
	"transport_retry_time": "1s",
	"smtp_connect_timeout": "5s",
	// QUIRK: a session in which Postfix once missed its filter is answered 4xx until
	// it ends, and a sending Postfix that is busy uses a session again for up to 300
	// seconds: mail that it tries again every second may meet no other.
	"smtp_connection_reuse_time_limit": "2s",
}

// services is master.cf below the listening ports: the usual ones that sending
// through a next hop needs, none of them in a chroot.
//
// QUIRK: of a message that is flushed while the attempt before still has its file
// locked, the queue manager makes a new one that is to wait 60 seconds, and it looks
// for new messages only when one comes or master wakes it: each second here, each 300
// as Postfix is shipped.
const services = `cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 1 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
tlsmgr    unix  - - n 1000? 1 tlsmgr
pickup    unix  n - n 60 1 pickup
postlog   unix-dgram n - n - 1 postlogd
`

// writeConfig writes main.cf and master.cf for the ports in p.addrs.
func (p *Postfix) writeConfig(opts PostfixOptions) error {
	if opts.Conf != nil {
		main, master := opts.Conf(p.addrs[0])
		return p.writeFiles(main+"\n"+settingLines(p.folders()), master)
	}
	host, port, err := net.SplitHostPort(opts.NextHop)
	if err != nil {
		return fmt.Errorf("next hop %q: %w", opts.NextHop, err)
	}
	settings := maps.Clone(mainCF)
	maps.Copy(settings, p.folders())
	settings["relayhost"] = fmt.Sprintf("[%s]:%s", host, port)
	maps.Copy(settings, opts.Settings)
	var master strings.Builder
	for i, port := range append([]Port{{Milter: opts.Milter}}, opts.Ports...) {
		fmt.Fprintf(&master, "%s inet n - n - - smtpd\n  -o smtpd_milters=%s\n", p.addrs[i], port.Milter)
		for _, name := range slices.Sorted(maps.Keys(port.Settings)) {
			fmt.Fprintf(&master, "  -o { %s = %s }\n", name, port.Settings[name])
		}
	}
	master.WriteString(services + opts.Services)
	return p.writeFiles(settingLines(settings), master.String())
}

// folders are the settings that make an instance private.
func (p *Postfix) folders() map[string]string {
	return map[string]string{
		"queue_directory":       filepath.Join(p.dir, "queue"),
		"data_directory":        filepath.Join(p.dir, "data"),
		"command_directory":     p.programs.commandDir,
		"daemon_directory":      p.programs.daemonDir,
		"maillog_file":          p.Log(),
		"maillog_file_prefixes": p.dir, // any other prefix makes every daemon exit
	}
}

// settingLines is main.cf with the settings, by name.
func settingLines(settings map[string]string) string {
	var main strings.Builder
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		fmt.Fprintf(&main, "%s = %s\n", name, settings[name])
	}
	return main.String()
}

func (p *Postfix) writeFiles(main, master string) error {
	if err := os.WriteFile(filepath.Join(p.conf(), "main.cf"), []byte(main), 0o644); err != nil {
		return fmt.Errorf("write Postfix settings: %w", err)
	}
	if err := os.WriteFile(filepath.Join(p.conf(), "master.cf"), []byte(master), 0o644); err != nil {
		return fmt.Errorf("write Postfix services: %w", err)
	}
	return nil
}

// makeDirectories makes the instance's directories with the owners that
// `postfix check` wants.
func (p *Postfix) makeDirectories() error {
	for _, name := range []string{"conf", "queue", "data"} {
		if err := os.MkdirAll(filepath.Join(p.dir, name), 0o755); err != nil {
			return fmt.Errorf("make Postfix directory: %w", err)
		}
	}
	owner, err := user.Lookup(mainCF["mail_owner"])
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoPostfix, err)
	}
	uid, err := strconv.Atoi(owner.Uid)
	if err != nil {
		return fmt.Errorf("user id of %s: %w", owner.Username, err)
	}
	if err := os.Chown(filepath.Join(p.dir, "data"), uid, -1); err != nil {
		return fmt.Errorf("give Postfix its data directory: %w", err)
	}
	return nil
}
