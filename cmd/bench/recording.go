package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/lab"
)

// recording is what the record of decisions costs one daemon: the CPU time of the same
// messages with the record and without it, in turn.
type recording struct {
	message       string // of miltertest
	with, without []time.Duration
}

// recorded are the messages that it is measured with: the smallest, of which it is the
// largest share, and a usual one.
var recorded = []string{"text-2k", "reply-50k"}

const (
	recordingRounds   = 61
	recordingMessages = 1000 // in half a round
)

// unrecorded is what turns the record off.
const unrecorded = "\n[decisions]\ndays = 0\n"

// recordings measures one daemon, which a reload tells to keep a record or not.
func (b *bench) recordings(ctx context.Context, r *report) error {
	site, err := b.site("recording", "", "", 0)
	if err != nil {
		return err
	}
	f := &filter{name: "sigmilter-recording", socket: site.Socket, mark: signature}
	defer f.stop()
	if err := f.start(b.path("recording.log"), f.socket, b.path("sigmilter"), "serve", "-c", site.Config); err != nil {
		return err
	}
	for _, name := range recorded {
		b.progress("record of decisions, %s", name)
		one := recording{message: name}
		for round := range recordingRounds {
			if err := one.round(ctx, f, site, round, max(50, recordingMessages/b.scale)); err != nil {
				return err
			}
		}
		r.recordings = append(r.recordings, one)
	}
	return nil
}

// round measures both, which of them first by turns.
func (r *recording) round(ctx context.Context, f *filter, site lab.Site, round, messages int) error {
	text, err := os.ReadFile(site.Config)
	if err != nil {
		return err
	}
	with := strings.TrimSuffix(string(text), unrecorded)
	settings := []string{with, with + unrecorded}
	if round%2 == 1 {
		slices.Reverse(settings)
	}
	for _, s := range settings {
		took := &r.with
		if s != with {
			took = &r.without
		}
		if err := os.WriteFile(site.Config, []byte(s), 0o644); err != nil {
			return err
		}
		if _, err := control.NewClient(site.Control()).Reload(ctx); err != nil {
			return err
		}
		before, err := cpuOf(f.cmds[0].Process.Pid)
		if err != nil {
			return err
		}
		if _, err := drive(f, message(r.message), load{1, messages, 0}); err != nil {
			return err
		}
		after, err := cpuOf(f.cmds[0].Process.Pid)
		if err != nil {
			return err
		}
		*took = append(*took, (after-before)/time.Duration(messages))
	}
	return nil
}

// cpuOf is the CPU time of a process to the nanosecond; what /proc tells is counted in
// hundredths of a second. The number of the clock is made as clock_getcpuclockid(3) does.
func cpuOf(pid int) (time.Duration, error) {
	const processClock = 2 // CPUCLOCK_SCHED
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|processClock), &t); err != nil {
		return 0, fmt.Errorf("ask for the CPU time of process %d: %w", pid, err)
	}
	return time.Duration(t.Nano()), nil
}

// ratio is the median of the ratios of the rounds.
func (r *recording) ratio() float64 {
	ratios := make([]float64, len(r.with))
	for i := range ratios {
		ratios[i] = float64(r.with[i]) / float64(r.without[i])
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}

// recordingTable is what is reported of them.
func (r *report) recordingTable() table {
	t := table{title: "Record of decisions", names: 1, rows: [][]string{{"Message", "CPU µs each with it", "Without", "Ratio"}}}
	t.text = fmt.Sprintf("The CPU time of one daemon without Postfix, with the record of decisions and without it in turn, %d rounds; medians, the ratio that of those of a round.", recordingRounds)
	for _, one := range r.recordings {
		median := func(all []time.Duration) string {
			sorted := slices.Sorted(slices.Values(all))
			return fmt.Sprintf("%.1f", float64(sorted[len(sorted)/2].Nanoseconds())/1000)
		}
		t.rows = append(t.rows, []string{one.message, median(one.with), median(one.without), fmt.Sprintf("%.3f", one.ratio())})
	}
	return t
}

// runRecordings measures nothing else, and prints it.
func runRecordings(ctx context.Context, out io.Writer) (err error) {
	b := &bench{scale: 1, began: time.Now()}
	if b.dir, err = lab.NewDir(); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	b.progress("building the daemon")
	if err := lab.Build(ctx, b.path("sigmilter"), "-trimpath"); err != nil {
		return err
	}
	r := &report{bench: b}
	if err := b.recordings(ctx, r); err != nil {
		return err
	}
	r.recordingTable().print(out)
	return nil
}
