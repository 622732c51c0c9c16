package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/lab"
)

// manyTenants are the numbers of tenants that a daemon is measured with, beside one.
var manyTenants = []int{1000, 10_000}

// tenants is what a daemon with so many of them takes, each with people of its own.
type tenants struct {
	Number   int
	Start    time.Duration // the first one, until all people are there
	Reload   time.Duration // without a change
	Changed  time.Duration // from a change of one tenant's people to a message that has it
	Added    time.Duration // from a new tenant, with its reload, to the end of that
	Stop     time.Duration // from SIGTERM to the end
	StopSoon time.Duration // the same, in the middle of the first reading
	Idle     float64       // share of a core while nothing happens
	CPUEach  time.Duration // for a message
	OneEach  time.Duration // for a message with one tenant, right before
	Resident int64         // bytes
}

// tenantsDaemon is a daemon with many tenants.
type tenantsDaemon struct {
	*filter
	one     *filter // sigmilter with one tenant
	site    lab.Site
	number  int
	client  *control.Client
	command []string
	log     string
}

// manyTenants measures daemons with many tenants.
func (b *bench) manyTenants(ctx context.Context, r *report) error {
	for _, n := range manyTenants {
		b.progress("%d tenants", n)
		t, err := b.tenantsOf(ctx, n)
		if err != nil {
			return fmt.Errorf("%d tenants: %w", n, err)
		}
		r.tenants = append(r.tenants, t)
	}
	return nil
}

// runTenants measures nothing else, and prints it.
func runTenants(ctx context.Context, out io.Writer) (err error) {
	b := &bench{began: time.Now()}
	if b.dir, err = lab.NewDir(); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	b.progress("building the daemon")
	if err := lab.Build(ctx, b.path("sigmilter"), "-trimpath"); err != nil {
		return err
	}
	site, err := b.site("unix", "", "", 0)
	if err != nil {
		return err
	}
	one := &filter{name: "sigmilter", socket: site.Socket, mark: signature}
	b.filters = append(b.filters, one)
	defer one.stop()
	if err := one.start(b.path("one.log"), one.socket, b.path("sigmilter"), "serve", "-c", site.Config); err != nil {
		return err
	}
	r := &report{bench: b}
	if err := b.manyTenants(ctx, r); err != nil {
		return err
	}
	r.tenantTable().print(out)
	return nil
}

func (b *bench) tenantsOf(ctx context.Context, n int) (t tenants, err error) {
	t.Number = n
	d, err := b.tenantsDaemon(n)
	if err != nil {
		return t, err
	}
	defer func() { d.stop() }()
	for _, step := range []func(context.Context, *tenants) error{
		d.measureStopSoon, d.measureStart, d.measureReload, d.measureChanged, d.measureAdded, d.measureIdle, d.measureMessages, d.measureStop,
	} {
		if err := step(ctx, &t); err != nil {
			return t, err
		}
	}
	return t, nil
}

// tenantsDaemon writes the configuration of a daemon with so many tenants.
func (b *bench) tenantsDaemon(n int) (*tenantsDaemon, error) {
	name := fmt.Sprintf("tenants-%d", n)
	site, err := b.site(name, "", "", 0)
	if err != nil {
		return nil, err
	}
	d := &tenantsDaemon{
		filter: &filter{name: name, socket: site.Socket, mark: signature},
		one:    b.filter("sigmilter"), site: site, number: n, client: control.NewClient(site.Control()),
		command: []string{b.path("sigmilter"), "serve", "-c", site.Config}, log: b.path(name + ".log"),
	}
	return d, d.writeTenants("first", 1, n)
}

// writeTenants writes tenants into a file of conf.d, each with a person and a code.
func (d *tenantsDaemon) writeTenants(name string, from, to int) error {
	dir := filepath.Dir(d.site.Config)
	for _, folder := range []string{"conf.d", "tenants"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			return err
		}
	}
	file, err := os.Create(filepath.Join(dir, "conf.d", name+".toml"))
	if err != nil {
		return err
	}
	w := bufio.NewWriter(file)
	for i := from; i < to; i++ {
		people := fmt.Sprintf("mail,displayName,jobTitle\nalice@t%05d.example,Alice %d,Engineer\n", i, i)
		if err := errors.Join(
			os.WriteFile(filepath.Join(dir, fmt.Sprintf("tenants/t%05d.csv", i)), []byte(people), 0o644),
			os.WriteFile(filepath.Join(dir, fmt.Sprintf("tenants/t%05d.code", i)), fmt.Appendf(nil, "%032d\n", i), 0o640),
		); err != nil {
			return err
		}
		fmt.Fprintf(w, "[tenant.t%05[1]d]\ndomains = [\"t%05[1]d.example\"]\nrouting_code_file = \"tenants/t%05[1]d.code\"\n"+
			"[tenant.t%05[1]d.directory]\npath = \"tenants/t%05[1]d.csv\"\n", i)
	}
	return errors.Join(w.Flush(), file.Close())
}

// begin starts the daemon, and returns once it listens to the verbs.
func (d *tenantsDaemon) begin() error {
	d.cmds, d.exited = nil, nil
	return d.start(d.log, strings.TrimPrefix(d.site.Control(), "unix:"), d.command...)
}

// wait waits until something is so.
func wait(ctx context.Context, so func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if done, err := so(); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// terminate ends the daemon, and returns how long that took.
func (d *tenantsDaemon) terminate() (time.Duration, error) {
	began := time.Now()
	if err := d.cmds[0].Process.Signal(syscall.SIGTERM); err != nil {
		return 0, err
	}
	err := <-d.exited[0]
	d.cmds, d.exited = nil, nil
	return time.Since(began), err
}

func (d *tenantsDaemon) measureStopSoon(ctx context.Context, t *tenants) error {
	if err := d.begin(); err != nil {
		return err
	}
	if err := d.awaitTenants(ctx, d.number/4); err != nil {
		return err
	}
	var err error
	t.StopSoon, err = d.terminate()
	return errors.Join(err, os.Remove(d.site.State))
}

func (d *tenantsDaemon) measureStart(ctx context.Context, t *tenants) error {
	began := time.Now()
	if err := d.begin(); err != nil {
		return err
	}
	err := d.awaitTenants(ctx, d.number)
	t.Start = time.Since(began)
	return err
}

// awaitTenants waits until so many tenants have people.
func (d *tenantsDaemon) awaitTenants(ctx context.Context, n int) error {
	return wait(ctx, func() (bool, error) {
		status, err := d.client.Status(ctx)
		if err != nil {
			return false, err
		}
		there := 0
		for _, tenant := range status.Tenants {
			if tenant.People > 0 {
				there++
			}
		}
		return there >= n && (n < d.number || status.State == control.Ready), nil
	})
}

func (d *tenantsDaemon) measureReload(ctx context.Context, t *tenants) error {
	began := time.Now()
	_, err := d.client.Reload(ctx)
	t.Reload = time.Since(began)
	return err
}

// measureChanged gives a person another name, and waits for a message that has it.
func (d *tenantsDaemon) measureChanged(ctx context.Context, t *tenants) error {
	people, err := os.ReadFile(d.site.People)
	if err != nil {
		return err
	}
	began := time.Now()
	const name = "Alice Otherwise"
	if err := os.WriteFile(d.site.People, []byte(strings.Replace(string(people), "Alice Muster", name, 1)), 0o644); err != nil {
		return err
	}
	d.mark = name
	err = wait(ctx, func() (bool, error) {
		p, err := newPlayer(d.filter, 0, message("reply-50k"))
		if err == nil {
			p.conn.Close()
		}
		return err == nil, nil
	})
	t.Changed = time.Since(began)
	return err
}

func (d *tenantsDaemon) measureAdded(ctx context.Context, t *tenants) error {
	began := time.Now()
	if err := d.writeTenants("second", d.number, d.number+1); err != nil {
		return err
	}
	_, err := d.client.Reload(ctx)
	t.Added = time.Since(began)
	return err
}

// measureIdle looks at the daemon while nothing happens.
func (d *tenantsDaemon) measureIdle(_ context.Context, t *tenants) error {
	const quiet = 10 * time.Second
	before, err := d.usage()
	if err != nil {
		return err
	}
	time.Sleep(quiet)
	after, err := d.usage()
	t.Idle, t.Resident = (after.cpu-before.cpu).Seconds()/quiet.Seconds(), after.rss
	return err
}

// measureMessages compares the daemon with that of one tenant.
func (d *tenantsDaemon) measureMessages(_ context.Context, t *tenants) error {
	const messages = 1000
	for f, each := range map[*filter]*time.Duration{d.one: &t.OneEach, d.filter: &t.CPUEach} {
		driven, err := drive(f, message("reply-50k"), load{peerClients, messages, 0})
		if err != nil {
			return err
		}
		*each = driven.filter / messages
	}
	return nil
}

func (d *tenantsDaemon) measureStop(_ context.Context, t *tenants) (err error) {
	t.Stop, err = d.terminate()
	return err
}

// tenantTable is what is reported of them.
func (r *report) tenantTable() table {
	t := table{title: "Many tenants", names: 1, rows: [][]string{{
		"Tenants", "First start s", "Reload s", "A person changed s", "A tenant added s", "SIGTERM s", "SIGTERM while it starts s", "Idle % of a core", "CPU µs each", "With one tenant", "MB",
	}}}
	t.text = "A CSV file and a code for each tenant. The first start is over when all people are there; a change of a file is over when a message is signed with it, " +
		"a new tenant when the reload is done. CPU time is that of the 50 KB reply without Postfix."
	seconds := func(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()) }
	for _, one := range r.tenants {
		t.rows = append(t.rows, []string{
			fmt.Sprint(one.Number), seconds(one.Start), seconds(one.Reload), seconds(one.Changed), seconds(one.Added), seconds(one.Stop), seconds(one.StopSoon),
			fmt.Sprintf("%.1f", 100*one.Idle), fmt.Sprint(one.CPUEach.Microseconds()), fmt.Sprint(one.OneEach.Microseconds()), fmt.Sprintf("%.0f", float64(one.Resident)/(1<<20)),
		})
	}
	return t
}

// summaryOfTenants is what scripts read of them.
func (r *report) summaryOfTenants(s map[string]any) {
	for _, t := range r.tenants {
		key := fmt.Sprintf("tenants_%d_", t.Number)
		for name, d := range map[string]time.Duration{
			"start": t.Start, "reload": t.Reload, "changed": t.Changed, "added": t.Added, "sigterm": t.Stop, "sigterm_while_starting": t.StopSoon,
		} {
			s[key+name+"_s"] = round(d.Seconds())
		}
		s[key+"idle_cores"] = round(t.Idle)
		s[key+"cpu_vs_one"] = round(float64(t.CPUEach) / float64(max(1, t.OneEach)))
		s[key+"memory_bytes"] = t.Resident
	}
}
