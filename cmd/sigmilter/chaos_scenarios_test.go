package main_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"sigmilter/milter/miltertest"
)

// scenarios are what goes wrong, in the words of the sentence "mail is sent while".
var scenarios = []scenario{
	{name: "the daemon is killed", strike: func(o *ordeal, _ int) { o.kill() }},
	{name: "the daemon is restarted", strike: func(o *ordeal, _ int) { o.again() }},
	{name: "good and broken configurations are reloaded", strike: reloads},
	{name: "the state file is damaged under the daemon", strike: damageRunning, restart: true},
	{name: "the state file is damaged before a start", strike: damageStopped},
	{name: "the state file is read-only", prepare: stateOnSmallDisk, strike: readOnlyDisk},
	{name: "the disk of the state file is full", prepare: stateOnSmallDisk, strike: fullDisk},
	{name: "the spool is full", prepare: smallSpool, strike: fullSpool},
	{name: "every source is down, hangs or answers noise", prepare: manySources, strike: deadSources},
	{name: "other MTAs are slow or hang", prepare: shortStop, begin: hangingPeers, strike: func(o *ordeal, _ int) { o.reload() }},
	{name: "1,000 connections are idle", prepare: manySessions, begin: idlePeers, strike: func(o *ordeal, _ int) { o.reload() }},
	{name: "the socket's file is removed", strike: removeSocket},
}

// reloads has forty configurations taken over in a row, every other one broken.
func reloads(o *ordeal, _ int) {
	good, err := os.ReadFile(o.site.Config)
	o.must(err)
	for i := range 40 {
		broken := append([]byte("nonsense = true\n"), good...)
		if i%4 == 1 {
			broken = good[:len(good)/2]
		}
		content := good
		if i%2 == 0 {
			content = broken
		}
		o.must(os.WriteFile(o.site.Config, content, 0o644))
		o.reload()
		time.Sleep(5 * time.Millisecond) // signals that come together count once
	}
	o.must(os.WriteFile(o.site.Config, good, 0o644))
	o.reload()
}

// damages are what happens to a state file.
var damages = []struct {
	name   string
	damage func(path string) error
}{
	{"deleted", os.Remove},
	{"emptied", func(path string) error { return os.Truncate(path, 0) }},
	{"cut to a page", func(path string) error { return os.Truncate(path, 4096) }},
	{"filled with noise", func(path string) error {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		noise := bytes.Repeat([]byte{0xA5, 0x17, 0xC3, 0x5A}, int(info.Size())/4)
		_, err = f.Write(noise)
		return errors.Join(err, f.Close())
	}},
}

// damageRunning damages the file that the daemon has open, and makes it look there.
func damageRunning(o *ordeal, i int) {
	d := damages[i%len(damages)]
	o.mu.Lock()
	running := o.daemon
	o.must(d.damage(o.site.State))
	o.mu.Unlock()
	if d.name == "deleted" {
		o.kill() // nothing to notice: the daemon has its file still
		return
	}
	o.eventually("the daemon to see that its state file is "+d.name, func() bool {
		_ = running.Signal(syscall.SIGHUP)
		select {
		case <-running.Exited():
			return true
		default:
			return false
		}
	})
	o.eventually("another daemon", func() bool {
		o.mu.Lock()
		defer o.mu.Unlock()
		return o.daemon != running
	})
}

func damageStopped(o *ordeal, i int) {
	o.kill(func() { o.must(damages[i%len(damages)].damage(o.site.State)) })
}

// smallDisk is a file system of its own below the site's folder.
func smallDisk(o *ordeal, name, size string) (dir string) {
	o.t.Helper()
	dir = filepath.Join(filepath.Dir(o.site.Config), name)
	o.must(os.Mkdir(dir, 0o700))
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size="+size); err != nil {
		o.t.Skipf("no file system can be mounted here: %v", err)
	}
	o.t.Cleanup(func() {
		// The daemon is stopped later than this, so that it may have files there yet.
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			o.t.Error(err)
		}
	})
	return dir
}

// configure replaces a piece of the configuration.
func (o *ordeal) configure(old, replacement string) {
	o.t.Helper()
	b, err := os.ReadFile(o.site.Config)
	o.must(err)
	if !strings.Contains(string(b), old) {
		o.t.Fatalf("%q is not in the configuration", old)
	}
	o.must(os.WriteFile(o.site.Config, []byte(strings.Replace(string(b), old, replacement, 1)), 0o644))
}

func stateOnSmallDisk(o *ordeal) {
	was := o.site.State
	o.site.State = filepath.Join(smallDisk(o, "disk", "1m"), "state.db")
	o.configure(was, o.site.State)
}

// readOnlyDisk has a daemon begin on a read-only file system, by turns with and
// without a good file on it.
func readOnlyDisk(o *ordeal, i int) {
	dir := filepath.Dir(o.site.State)
	remount := func(flags uintptr) func() {
		return func() { o.must(syscall.Mount("none", dir, "tmpfs", syscall.MS_REMOUNT|flags, "size=1m")) }
	}
	var damage []func()
	if i%2 == 1 {
		damage = append(damage, func() { o.must(os.Truncate(o.site.State, 5000)) })
	}
	o.kill(append(damage, remount(syscall.MS_RDONLY))...)
	o.arrive(10)
	o.kill(remount(0))
}

// fullDisk fills the disk under the running daemon, then has others begin on it.
func fullDisk(o *ordeal, i int) {
	ballast := filepath.Join(filepath.Dir(o.site.State), "ballast")
	o.fill(ballast)
	o.reload()
	o.arrive(10)
	o.kill()
	o.arrive(10)
	if i%2 == 1 {
		o.kill(func() { o.must(os.Remove(o.site.State)); o.fill(ballast + "2") })
		o.arrive(10)
		o.must(os.Remove(ballast + "2"))
	}
	o.must(os.Remove(ballast))
	o.kill()
}

// fill writes a file until no byte more has room.
func (o *ordeal) fill(path string) {
	o.t.Helper()
	f, err := os.Create(path)
	o.must(err)
	defer f.Close()
	for chunk := make([]byte, 4096); err == nil; {
		_, err = f.Write(chunk)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		o.t.Errorf("fill the disk: %v", err)
	}
}

// arrive waits for so many more messages, or all.
func (o *ordeal) arrive(more int) {
	o.t.Helper()
	o.wait(min(o.load, len(o.cloud.Arrivals())+more))
}

// smallSpool has every body go to a file, on a disk of its own.
func smallSpool(o *ordeal) {
	o.configure("[log]", "[limits]\nbody_memory = 1\n\n[log]")
	o.site.Env = append(o.site.Env, "TMPDIR="+smallDisk(o, "spool", "1m"))
}

func fullSpool(o *ordeal, _ int) {
	dir := strings.TrimPrefix(o.site.Env[0], "TMPDIR=")
	ballast := filepath.Join(dir, "ballast")
	o.fill(ballast)
	o.refused(chaosLoaders)
	o.must(os.Remove(ballast))
}

// manySources adds sources that never answer, answer noise, and are not there.
func manySources(o *ordeal) {
	hangs := o.listen(func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	noise := o.listen(func(c net.Conn) { _, _ = c.Write(bytes.Repeat([]byte{0xA5, 0x17, '\n'}, 1000)) })
	o.configure("[tenant.contoso.directory]", "[[tenant.contoso.directory]]")
	more := ""
	for _, source := range []struct{ name, addr string }{{"hanging", hangs}, {"noise", noise}, {"down", "127.0.0.1:1"}} {
		more += fmt.Sprintf(`[[tenant.contoso.directory]]
source = "ldap"
name = %q
every = "1s"
servers = ["ldap://%s"]
tls = "none"
base = "dc=contoso"

[[tenant.contoso.directory]]
source = "http"
name = "web-%s"
every = "1s"
url = "http://%s/people"

`, source.name, source.addr, source.name, source.addr)
	}
	o.configure("[template.corporate]", more+"[template.corporate]")
}

// listen accepts connections on loopback until the test ends.
func (o *ordeal) listen(answer func(net.Conn)) string {
	o.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				answer(conn)
			}()
		}
	}()
	return ln.Addr().String()
}

// deadSources takes the people's file away, by turns altogether, for noise and for
// a pipe that nobody writes to, and has a daemon begin without it.
func deadSources(o *ordeal, i int) {
	good, err := os.ReadFile(o.site.People)
	o.must(err)
	o.must(os.Remove(o.site.People))
	switch i % 4 {
	case 1:
		o.must(os.WriteFile(o.site.People, bytes.Repeat([]byte{0xA5, 0x17, 0xC3, '"', '\n'}, 5000), 0o644))
	case 2:
		o.must(syscall.Mkfifo(o.site.People, 0o644))
	case 3:
		o.must(os.WriteFile(o.site.People, nil, 0o644))
	}
	o.reload()
	o.arrive(5)
	o.again()
	o.arrive(5)
	o.must(os.RemoveAll(o.site.People)) // by turns it is not there
	o.must(os.WriteFile(o.site.People, good, 0o644))
}

func shortStop(o *ordeal) { o.configure("[log]", "[timeouts]\nstop = \"2s\"\n\n[log]") }

func manySessions(o *ordeal) { o.configure("[log]", "[limits]\nsessions = 1500\n\n[log]") }

// hangingPeers are connections that stop in each stage of the protocol, and some
// that go on a byte at a time.
func hangingPeers(o *ordeal) {
	stages := []func(*miltertest.MTA) error{
		func(m *miltertest.MTA) error { _, err := m.Mail("alice@contoso.com"); return err },
		func(m *miltertest.MTA) error { _, err := m.Header("From", " alice@contoso.com"); return err },
		func(m *miltertest.MTA) error { _, err := m.EndOfHeaders(); return err },
		func(m *miltertest.MTA) error { _, err := m.Body([]byte("Hello\r\n")); return err },
	}
	for i := range 40 {
		m, err := miltertest.Dial("unix", o.site.Socket)
		if err != nil {
			o.t.Fatal(err)
		}
		o.t.Cleanup(func() { m.Close() })
		_, err = m.Connect("mail.example", "192.0.2.1", 25)
		o.must(err)
		for _, stage := range stages[:i%(len(stages)+1)] {
			o.must(stage(m))
		}
		o.must(m.Flush())
	}
	for range 10 {
		conn, err := net.Dial("unix", o.site.Socket)
		if err != nil {
			o.t.Fatal(err)
		}
		o.t.Cleanup(func() { conn.Close() })
		go func() {
			for _, b := range []byte("\x00\x00\x00\x0dO\x00\x00\x00\x06\x00\x00\x01\xff\x00\x1f\xff\xff") {
				if _, err := conn.Write([]byte{b}); err != nil {
					return
				}
				time.Sleep(100 * time.Millisecond)
			}
		}()
	}
}

func idlePeers(o *ordeal) {
	for range 1000 {
		conn, err := net.Dial("unix", o.site.Socket)
		if err != nil {
			o.t.Fatal(err)
		}
		o.t.Cleanup(func() { conn.Close() })
	}
}

// removeSocket removes the file; MTAs are refused until the daemon has made it
// again.
func removeSocket(o *ordeal, _ int) {
	o.must(os.Remove(o.site.Socket))
	o.eventually("the socket's file", func() bool {
		_, err := os.Stat(o.site.Socket)
		return err == nil
	})
}
