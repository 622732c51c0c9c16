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

	"sigmilter/cmd/internal/control"
)

// scenarios are what goes wrong, in the words of the sentence "mail is sent while".
var scenarios = []scenario{
	{name: "the daemon is killed", strike: killInHand, felt: feltRefused},
	{name: "the daemon is restarted", strike: restartInHand, felt: feltFinished},
	{name: "good and broken configurations are reloaded", strike: reloads, felt: feltReloads},
	{name: "the state file is damaged under the daemon", strike: damageRunning, restart: true, felt: feltDamageRunning},
	{name: "the state file is damaged before a start", strike: damageStopped, felt: feltDamageStopped},
	{name: "the state file is read-only", prepare: stateOnSmallDisk, strike: readOnlyDisk, felt: feltUnwritable},
	{name: "the disk of the state file is full", prepare: stateOnSmallDisk, strike: fullDisk, felt: feltFullDisk},
	{name: "the spool is full", prepare: smallSpool, strike: fullSpool, felt: feltFullSpool},
	{name: "every source is down, hangs or answers noise", prepare: manySources, strike: deadSources, felt: feltDeadSources},
	{name: "other MTAs are slow or hang", prepare: shortStop, strike: slowAndHangingPeers, felt: feltPeers},
	{name: "1,000 connections are idle", prepare: fewSessions, begin: idlePeers, strike: overTheLimit, felt: feltLimit},
	{name: "the socket's file is removed", strike: removeSocket, felt: feltSocket},
	{name: "200 sessions send the worst there is to a daemon of 1 GB", prepare: littleMemory, begin: beginHostility, strike: ordinaryBeside, restart: true, felt: feltHostility},
	{name: "the clock steps an hour ahead and back", prepare: steppingClock, strike: stepClock, felt: feltClock},
}

// killInHand kills the daemon with a message in hand, whatever else it has.
func killInHand(o *ordeal, _ int) {
	h := o.hold()
	o.kill()
	o.finish(h)
}

func feltRefused(o *ordeal, strikes int) []proof {
	return []proof{{"messages in hand when it was killed, refused and sent again", o.seen["refused"], strikes}}
}

// restartInHand stops the daemon with a message in hand, which it must finish.
func restartInHand(o *ordeal, _ int) {
	h := o.hold()
	stopping := o.daemon
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		o.again()
	}()
	o.eventually("the daemon to stop", func() bool {
		return strings.Contains(stopping.Log(), "stopping; finishing the messages in hand")
	})
	o.finish(h)
	<-stopped
}

func feltFinished(o *ordeal, strikes int) []proof {
	// One that the daemon has not read the beginning of by then is refused.
	return []proof{
		{"messages in hand when it was stopped, finished", o.seen["finished"], (strikes + 1) / 2},
		{"messages in hand when it was stopped", o.seen["finished"] + o.seen["refused"], strikes},
	}
}

// reloads has twenty configurations taken over in a row, every other one broken, while a
// message is in hand. By turns it is asked to, and answers, and is sent hangups.
func reloads(o *ordeal, i int) {
	good, err := os.ReadFile(o.site.Config)
	o.must(err)
	meanwhile := o.hold()
	before, began, n := len(o.cloud.Arrivals()), time.Now(), 0
	for ; n < 20; n++ {
		content := good
		switch n % 4 {
		case 0:
			content = append([]byte("nonsense = true\n"), good...)
		case 2:
			content = good[:len(good)/2]
		}
		o.must(os.WriteFile(o.site.Config, content, 0o644))
		if i%2 == 0 {
			_, err := o.ask().Reload(o.ctx)
			if (err == nil) != (n%2 == 1) {
				o.t.Errorf("reload %d: %v", n, err)
			}
			continue
		}
		o.reload()
		time.Sleep(5 * time.Millisecond) // signals that come together count once
	}
	o.t.Logf("%d reloads, %.0f a second, %d messages arrived meanwhile", n, float64(n)/time.Since(began).Seconds(), len(o.cloud.Arrivals())-before)
	if i%2 == 0 {
		o.seen["asked"] += n
	}
	o.must(os.WriteFile(o.site.Config, good, 0o644))
	o.reload()
	o.finish(meanwhile)
}

func feltReloads(o *ordeal, strikes int) []proof {
	return []proof{
		{"reloads that were asked for", o.seen["asked"], 20 * strikes / 2},
		{"configurations taken over", o.logged(`"configuration reloaded"`), o.seen["asked"] / 2},
		{"configurations refused", o.logged("reload failed; keeping the current configuration"), o.seen["asked"] / 2},
		{"messages in hand meanwhile that came to their end", o.seen["finished"], strikes},
	}
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

// deletions is how many of so many strikes delete the file.
func deletions(strikes int) int { return (strikes + len(damages) - 1) / len(damages) }

func feltDamageRunning(o *ordeal, strikes int) []proof {
	return []proof{
		{"daemons that saw the damage and ended", o.logged("the state file was damaged while running and has been set aside"), strikes - deletions(strikes)},
		{"of which not by themselves", o.logged("clean shutdown timed out; exiting"), 0},
	}
}

func feltDamageStopped(o *ordeal, strikes int) []proof {
	return []proof{
		{"files set aside", o.logged("the state file was damaged and has been set aside"), strikes / 2}, // an empty one is a new one
		{"daemons that read all people anew", o.logged(`"directory read"`), strikes},
	}
}

func feltUnwritable(o *ordeal, strikes int) []proof {
	return []proof{{"daemons with a temporary state file", o.logged("cannot write the state file; using a temporary one"), strikes}}
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

// fullDisk fills the disk under the running daemon, which gets more people than have
// room, then has others begin on it.
func fullDisk(o *ordeal, i int) {
	ballast := filepath.Join(filepath.Dir(o.site.State), "ballast")
	o.fill(ballast)
	o.crowd()
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

// crowd has a source read with so many people that they want room on the disk.
func (o *ordeal) crowd() {
	o.t.Helper()
	good, err := os.ReadFile(o.site.People)
	o.must(err)
	many := bytes.NewBuffer(bytes.Clone(good))
	for i := range 5000 {
		fmt.Fprintf(many, "p%d@contoso.com,Person %d,Engineer,\n", i, i)
	}
	o.must(os.WriteFile(o.site.People, many.Bytes(), 0o644))
	readings, err := o.ask().RefreshPeople(o.ctx, "", "", control.Changes)
	o.must(err)
	for _, r := range readings {
		if strings.Contains(r.Err, syscall.ENOSPC.Error()) {
			o.seen["no room"]++
		}
	}
	o.must(os.WriteFile(o.site.People, good, 0o644))
}

func feltFullDisk(o *ordeal, strikes int) []proof {
	return []proof{
		{"readings of people without room", o.seen["no room"], strikes},
		{"daemons with a temporary state file", o.logged("cannot write the state file; using a temporary one"), strikes / 2},
	}
}

// fill appends to a file until no byte more has room.
func (o *ordeal) fill(path string) {
	o.t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	o.must(err)
	defer f.Close()
	for chunk := make([]byte, 4096); err == nil; {
		_, err = f.Write(chunk)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		o.t.Errorf("fill the disk: %v", err)
	}
}

// smallSpool has every body go to a file, on a disk of its own.
func smallSpool(o *ordeal) {
	o.configure("[log]", "[limits]\nbody_memory = 1\n\n[log]")
	o.site.Env = append(o.site.Env, "TMPDIR="+smallDisk(o, "spool", "1m"))
}

// fullSpool fills the disk, and again what the bodies of messages in hand then leave,
// until messages are refused: one more than the load may have left.
func fullSpool(o *ordeal, _ int) {
	dir := strings.TrimPrefix(o.site.Env[0], "TMPDIR=")
	ballast := filepath.Join(dir, "ballast")
	m := o.another()
	sent := make(chan error, 1)
	until := o.cloud.Deferred() + chaosLoaders
	o.fill(ballast)
	go func() { sent <- o.cloud.Send(o.ctx, m) }()
	o.eventually("refusals", func() bool {
		o.fill(ballast)
		return o.cloud.Deferred() >= until
	})
	o.must(os.Remove(ballast))
	o.must(<-sent)
}

func feltFullSpool(o *ordeal, strikes int) []proof {
	return []proof{{"messages refused for the spool", o.logged(`"reason":"spool"`), strikes}}
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
timeout = "1s"
servers = ["ldap://%s"]
tls = "none"
base = "dc=contoso"

[[tenant.contoso.directory]]
source = "http"
name = "web-%s"
every = "1s"
timeout = "1s"
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

func feltDeadSources(o *ordeal, strikes int) []proof {
	const failed = `"msg":"directory read failed; keeping the current people","tenant":"contoso","source":`
	var proofs []proof
	for _, name := range []string{"hanging", "web-hanging", "noise", "web-noise", "down", "web-down"} {
		proofs = append(proofs, proof{"failures of the source " + name, o.logged(failed + `"` + name + `"`), 1})
	}
	return append(proofs, proof{"failures of the people's file", o.logged(failed + `"csv"`), strikes / 2}) // an empty one is none
}

// removeSocket removes the file; MTAs are refused until the daemon has made it
// again.
func removeSocket(o *ordeal, _ int) {
	o.must(os.Remove(o.site.Socket))
	o.eventually("a connection that is refused", func() bool {
		conn, err := net.Dial("unix", o.site.Socket)
		if err == nil { // made again before we came
			conn.Close()
			o.must(os.Remove(o.site.Socket))
			return false
		}
		o.seen["refused"]++
		return true
	})
	o.eventually("the socket's file", func() bool {
		_, err := os.Stat(o.site.Socket)
		return err == nil
	})
}

func feltSocket(o *ordeal, strikes int) []proof {
	return []proof{
		{"connections refused without the file", o.seen["refused"], strikes},
		{"files made again", o.logged("somebody removed the socket's file; it was made again"), strikes},
	}
}
