package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// profile is where the CPU time of a message goes.
type profile struct {
	each   map[string]cpuEach // by filter
	stacks []stack            // of sigmilter
}

// cpuEach is a filter's CPU time for a message.
type cpuEach struct{ all, kernel time.Duration }

// stack is a chain of calls that was met, the innermost first, and for how long.
type stack struct {
	frames []string
	took   time.Duration
}

// stages say what part of the work a stack is of: the first of which one of the functions
// is in it. A name is the beginning of a function's.
var stages = []struct {
	name      string
	functions []string
}{
	{"garbage collection", []string{"runtime.gcBgMarkWorker", "runtime.gcAssistAlloc", "runtime.bgsweep", "runtime.bgscavenge", "runtime.gcStart", "runtime.deductSweepCredit"}},
	{"allocations", []string{"runtime.mallocgc", "runtime.newobject", "runtime.makeslice", "runtime.growslice", "runtime.rawstring"}},
	{"reading from the MTA", []string{"net.(*netFD).Read"}},
	{"writing to the MTA", []string{"net.(*netFD).Write", "net.(*netFD).writeBuffers"}},
	{"seeing whether the MTA is still there", []string{"sigmilter/milter.(*conn).gone"}},
	{"the body's temporary file", []string{"os.(*File)", "os.CreateTemp", "os.Remove"}},
	{"the log line, counters, what find knows", []string{"sigmilter/milter.(*session).report"}},
	{"finding the parts", []string{"sigmilter/milter/entity.(*Scanner)"}},
	{"envelope and header: the decision", []string{"sigmilter/milter/engine.(*Job).Head", "sigmilter/milter/policy."}},
	{"making the block", []string{"sigmilter/sigstore"}},
	{"finding the place", []string{"sigmilter/milter/insert"}},
	{"sending the patched body", []string{"sigmilter/milter.replay"}},
	{"decoding and editing texts", []string{"sigmilter/milter/entity."}},
	{"the rest of the engine", []string{"sigmilter/milter/engine."}},
	{"packets and sessions", []string{"sigmilter/milter.", "github.com/emersion/go-milter."}},
	{"scheduling, waiting for the MTA", []string{"runtime.schedule", "runtime.findRunnable", "runtime.mcall", "runtime.park_m", "runtime.mstart", "runtime.sysmon", "runtime.goexit0", "runtime.netpoll"}},
}

const otherStage = "anything else"

// stage is the name of the stage that a stack is of.
func (s stack) stage() string {
	for _, one := range stages {
		for _, frame := range s.frames {
			if slices.ContainsFunc(one.functions, func(f string) bool { return strings.HasPrefix(frame, f) }) {
				return one.name
			}
		}
	}
	return otherStage
}

// profiled is how long the daemon is looked at.
const profiled = 5 * time.Second

// profile drives the filters without Postfix and looks at what sigmilter does meanwhile.
func (b *bench) profile(ctx context.Context, r *report) error {
	raw := message("reply-50k")
	r.profile.each = map[string]cpuEach{}
	for _, name := range []string{"c-noop", "c-body", "sigmilter"} {
		b.progress("where the time of %s goes", name)
		f := b.filter(name)
		err := withPlayers(f, raw, peerClients, func(players []*player) error {
			each, err := messageCPU(f, players, max(50, 1000/b.scale))
			r.profile.each[name] = each
			if err != nil || f.control == "" {
				return err
			}
			r.profile.stacks, err = b.profileOf(ctx, f, players)
			return err
		})
		if err != nil {
			return fmt.Errorf("look at where the time of %s goes: %w", name, err)
		}
	}
	return nil
}

func messageCPU(f *filter, players []*player, messages int) (c cpuEach, err error) {
	before, err := f.usage()
	if err != nil {
		return c, err
	}
	if _, err := play(players, load{len(players), messages, 0}); err != nil {
		return c, err
	}
	after, err := f.usage()
	n := time.Duration(messages)
	return cpuEach{(after.cpu - before.cpu) / n, (after.kernel - before.kernel) / n}, err
}

// profileOf has the daemon take a CPU profile of itself while messages come in.
func (b *bench) profileOf(ctx context.Context, f *filter, players []*player) ([]stack, error) {
	path := b.path("cpu.pprof")
	seconds := max(1, int(profiled.Seconds())/b.scale)
	var taken errgroup.Group
	done := make(chan struct{})
	taken.Go(func() error {
		defer close(done)
		text, err := f.ask(ctx, fmt.Sprintf("/debug/pprof/profile?seconds=%d", seconds))
		if err != nil {
			return err
		}
		return os.WriteFile(path, text, 0o600)
	})
	for going := true; going; {
		if _, err := play(players, load{len(players), 50, 0}); err != nil {
			return nil, err
		}
		select {
		case <-done:
			going = false
		default:
		}
	}
	if err := taken.Wait(); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "go", "tool", "pprof", "-traces", "-unit=us", path)
	var failed bytes.Buffer
	cmd.Stderr = &failed
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("read the profile: %w\n%s", err, &failed)
	}
	return readStacks(bytes.NewReader(text))
}

// readStacks reads what pprof -traces writes: blocks below lines of dashes, of which the
// first line begins with the time.
func readStacks(text io.Reader) (all []stack, err error) {
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, 1<<20)
	begins, below := false, false
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "-----------+") {
			begins, below = true, true
			continue
		}
		frame := strings.TrimSuffix(strings.TrimSpace(line), " (inline)")
		if !below || frame == "" {
			continue
		}
		if begins {
			value, name, _ := strings.Cut(frame, " ")
			micros, err := strconv.ParseFloat(strings.TrimSuffix(value, "us"), 64)
			if err != nil {
				return nil, fmt.Errorf("a stack of the profile begins with %q", line)
			}
			all = append(all, stack{took: time.Duration(micros * float64(time.Microsecond))})
			frame, begins = strings.TrimSpace(name), false
		}
		last := &all[len(all)-1]
		last.frames = append(last.frames, frame)
	}
	return all, lines.Err()
}

// profileTable is what is reported of it.
func (r *report) profileTable() table {
	t := table{title: "Where the time goes", names: 1, rows: [][]string{{"CPU µs of a message", "sigmilter", "c-body", "c-noop"}}}
	t.text = fmt.Sprintf("The 50 KB reply over %d connections without Postfix. Of a filter in C, user code is libmilter's. "+
		"The stages of sigmilter are by a profile of its own, user code and kernel together.", peerClients)
	p := r.profile
	row := func(what string, of func(cpuEach) time.Duration) {
		cells := []string{what}
		for _, name := range []string{"sigmilter", "c-body", "c-noop"} {
			cells = append(cells, fmt.Sprint(of(p.each[name]).Microseconds()))
		}
		t.rows = append(t.rows, cells)
	}
	row("in all", func(c cpuEach) time.Duration { return c.all })
	row("of it in user code", func(c cpuEach) time.Duration { return c.all - c.kernel })
	row("of it in the kernel", func(c cpuEach) time.Duration { return c.kernel })
	shares := p.shares()
	for _, s := range stages {
		t.rows = append(t.rows, p.stageRow(s.name, shares))
	}
	t.rows = append(t.rows, p.stageRow(otherStage, shares))
	t.plots = []plot{{flameFile, "of sigmilter, by calls", flame(p.stacks)}}
	return t
}

func (p profile) stageRow(name string, shares map[string]float64) []string {
	return []string{name, fmt.Sprintf("%.1f", shares[name]*float64(p.each["sigmilter"].all.Nanoseconds())/1e3), "", ""}
}

// shares are those of the stages.
func (p profile) shares() map[string]float64 {
	shares, all := map[string]float64{}, time.Duration(0)
	for _, s := range p.stacks {
		shares[s.stage()] += float64(s.took)
		all += s.took
	}
	for name := range shares {
		shares[name] /= float64(all)
	}
	return shares
}
