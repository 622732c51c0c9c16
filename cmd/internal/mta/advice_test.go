package mta_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigmilter/cmd/internal/lab"
)

// binary builds the program once for all machines of a run.
func binary(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "sigmilter")
	if _, err := os.Stat(path); err == nil {
		return path
	}
	if err := lab.Build(context.Background(), path); err != nil {
		t.Fatal(err)
	}
	return path
}

// programDir, in the environment, names the folder of the program for the machines.
const programDir = "SIGMILTER_PROGRAM_DIR"

// onPostfix starts Postfix in the machine, as the one whose configuration is in
// /etc/postfix.
func (m *machine) onPostfix(chroot bool, milter string) {
	m.t.Helper()
	postfix, err := lab.StartPostfix(m.dir, lab.PostfixOptions{NextHop: m.cloud.Addr()})
	m.must(err)
	m.t.Cleanup(postfix.Stop)
	m.mta = postfix
	m.cloud.SetRelay(postfix.Addr())
	service := postfix.Addr() + "/inet"
	m.run("mount --bind " + m.dir + "/conf /etc/postfix && postconf -PX " + service + "/smtpd_milters")
	if chroot {
		m.run("postconf -F " + service + "/chroot=y")
	}
	m.run("postconf -e 'smtpd_milters = " + milter + "' && postfix reload")
}

// Each advice about the socket, done on a machine where it is due, ends in signed mail.
// QUEUE is Postfix' queue directory, which is another than the unit lets the daemon
// write to.
func TestPostfixAdvice(t *testing.T) {
	const run, queue = "/run/sigmilter/milter.sock", "QUEUE/sigmilter/milter.sock"
	for _, tt := range []struct {
		name    string
		chroot  bool
		listen  string
		more    string // of the configuration
		milter  string // as smtpd_milters names the socket
		unit    bool   // sigmilter.socket is in use
		prepare string // a script
		stopped bool   // the daemon is not started
		says    string
	}{
		{name: "not started", listen: run, milter: "unix:" + run, prepare: "usermod -a -G sigmilter postfix",
			stopped: true, says: "systemctl start sigmilter"},
		{name: "gone", chroot: true, listen: queue, milter: "unix:sigmilter/milter.sock", stopped: true,
			prepare: folderInQueue("2755") + " && chgrp postfix QUEUE/sigmilter && chmod 2750 QUEUE/sigmilter", says: "is not there, sigmilter does not run; start it: systemctl start sigmilter"},
		{name: "not in the group", listen: run, milter: "unix:" + run, says: "usermod -a -G sigmilter postfix && postfix reload"},
		{name: "out of the chroot", chroot: true, listen: run, milter: "unix:" + run, says: "runs in a chroot"},
		{name: "no folder in the chroot", chroot: true, listen: queue, milter: "unix:sigmilter/milter.sock", says: "make it: install -d"},
		{name: "folder of another group", chroot: true, listen: queue, milter: "unix:sigmilter/milter.sock",
			prepare: folderInQueue("0750"), says: "cannot pass through the folder"},
		{name: "socket of another group", chroot: true, listen: queue, milter: "unix:sigmilter/milter.sock",
			prepare: folderInQueue("0755"), says: "may not connect to the socket"},
		{name: "a group that the daemon is not in", listen: run, more: "socket_group = \"postfix\"\n", milter: "unix:" + run,
			says: "is not in the group postfix of socket_group"},
		{name: "socket without its group", listen: run, more: "socket_mode = \"0600\"\n", milter: "unix:" + run,
			prepare: "usermod -a -G sigmilter postfix", says: `write socket_mode = "0660"`},
		{name: "closed runtime folder", listen: run, milter: "unix:" + run,
			prepare: "usermod -a -G sigmilter postfix; install -d /etc/systemd/system/sigmilter.service.d; printf '[Service]\\nRuntimeDirectoryMode=0700\\n' > /etc/systemd/system/sigmilter.service.d/a.conf",
			says:    "RuntimeDirectoryMode=0755"},
		{name: "closed folder above", listen: "DIR/closed/sigmilter/milter.sock", milter: "unix:DIR/closed/sigmilter/milter.sock",
			prepare: "install -d -m 0711 DIR/closed && install -d -o sigmilter -g postfix -m 2750 DIR/closed/sigmilter && chmod 0710 DIR/closed && chgrp sigmilter DIR/closed",
			says:    "let everybody pass: chmod o+x"},
		{name: "sigmilter.socket of another group", unit: true, listen: run, milter: "unix:" + run, says: "SocketGroup=postfix"},
		{name: "sigmilter.socket out of the chroot", unit: true, chroot: true, listen: run, milter: "unix:" + run, says: "ListenStream=QUEUE/sigmilter/milter.sock"},
		{name: "sigmilter.socket is elsewhere", unit: true, chroot: true, listen: queue, milter: "unix:sigmilter/milter.sock", says: "ListenStream=QUEUE/sigmilter/milter.sock"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := inMachine(t, lab.RequirePostfix, lab.TestDir)
			if dir == "" {
				return
			}
			m := newMachine(t, binary(t, os.Getenv(programDir)), dir)
			m.unit = tt.unit
			place := strings.NewReplacer("QUEUE", filepath.Join(dir, "queue"), "DIR", dir)
			m.onPostfix(tt.chroot, place.Replace(tt.milter))
			m.configure(place.Replace(tt.listen), tt.more)
			if tt.prepare != "" {
				m.run(place.Replace(tt.prepare))
			}
			if !tt.stopped {
				m.start()
			}
			m.mend(place.Replace(tt.says), "postfix")
		})
	}
}

// folderInQueue makes the folder of the socket with the group of the daemon, which may
// write there.
func folderInQueue(mode string) string {
	return "install -d -o sigmilter -g sigmilter -m " + mode + " QUEUE/sigmilter && install -d /etc/systemd/system/sigmilter.service.d && " +
		"printf '[Service]\\nReadWritePaths=QUEUE/sigmilter\\n' > /etc/systemd/system/sigmilter.service.d/a.conf"
}

func TestMain(m *testing.M) {
	if os.Getenv(programDir) != "" { // in a machine
		os.Exit(m.Run())
	}
	dir, err := lab.NewDir()
	if err != nil {
		panic(err)
	}
	os.Setenv(programDir, dir)
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}
