package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// report is what a run found.
type report struct {
	Machine   string
	Rounds    int
	rates     []*rate
	latencies []latency
	growth    []growth
	memory    memory
}

// growth is the time of a message of a size.
type growth struct {
	kind string
	size int
	took time.Duration
}

// memory is that of the daemon with many large messages in hand.
type memory struct {
	Hands        int
	Before, Most int64
}

func machine() string {
	return fmt.Sprintf("%d CPUs, %s/%s, %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
}

// find returns the rate of a workload.
func (r *report) find(workload, name string) *rate {
	for _, one := range r.rates {
		if one.workload == workload && one.name() == name {
			return one
		}
	}
	return &rate{}
}

func (r *rate) median() float64 {
	if len(r.perSecond) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(r.perSecond))
	return sorted[len(sorted)/2]
}

// cpuEach is the filter's CPU time for a message, in microseconds.
func (r *rate) cpuEach() float64 {
	return float64(r.cpu.Microseconds()) / float64(max(1, r.messages))
}

// ratio is the median of the ratios to another filter, round by round: what
// disturbs the machine disturbs both.
func (r *rate) ratio(other *rate) float64 {
	var all []float64
	for i := range min(len(r.perSecond), len(other.perSecond)) {
		all = append(all, r.perSecond[i]/other.perSecond[i])
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// summary is what scripts read.
func (r *report) summary() map[string]any {
	reply, noop := r.find("reply-50k", "sigmilter"), r.find("reply-50k", "c-noop")
	fresh, freshNoop := r.find("new-50k", "sigmilter"), r.find("new-50k", "c-noop")
	large, body := r.find("attachment-25m", "sigmilter"), r.find("attachment-25m", "c-body")
	s := map[string]any{
		"machine":             r.Machine,
		"rounds":              r.Rounds,
		"sign_vs_c_noop":      round(reply.ratio(noop)),
		"handled_vs_c_noop":   round(r.find("reply-50k", "sigmilter-handled").ratio(noop)),
		"sign_new_vs_c_noop":  round(fresh.ratio(freshNoop)),
		"go_noop_vs_c_noop":   round(r.find("reply-50k", "go-noop").ratio(noop)),
		"sign_cpu_us":         round(reply.cpuEach()),
		"sign_new_cpu_us":     round(fresh.cpuEach()),
		"handled_cpu_us":      round(r.find("reply-50k", "sigmilter-handled").cpuEach()),
		"c_noop_cpu_us":       round(noop.cpuEach()),
		"go_noop_cpu_us":      round(r.find("reply-50k", "go-noop").cpuEach()),
		"sign_25m_cpu_us":     round(large.cpuEach()),
		"c_body_25m_cpu_us":   round(body.cpuEach()),
		"memory_idle_bytes":   r.memory.Before,
		"memory_most_bytes":   r.memory.Most,
		"memory_25m_messages": r.memory.Hands,
	}
	for _, l := range r.latencies {
		s["latency_p99_us_"+strings.ReplaceAll(l.Filter, "-", "_")] = l.P99.Microseconds()
	}
	return s
}

func round(f float64) float64 { return float64(int64(f*1000+0.5)) / 1000 }

func (r *report) writeSummary(path string) error {
	text, err := json.MarshalIndent(r.summary(), "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

func (r *report) print(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "workload\tfilter\tmessages/s\tof c-noop\tCPU us each\t")
	for _, one := range r.rates {
		fmt.Fprintf(t, "%s\t%s\t%.0f\t%.2f\t%.0f\t\n", one.workload, one.name(), one.median(), one.ratio(r.find(one.workload, "c-noop")), one.cpuEach())
	}
	t.Flush()
	fmt.Fprintln(w)
	t = tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "latency of the 50 KB reply\tp50\tp95\tp99\tat messages/s\t")
	for _, l := range r.latencies {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%.0f\t\n", l.Filter, micros(l.P50), micros(l.P95), micros(l.P99), l.Rate)
	}
	t.Flush()
	fmt.Fprintf(w, "\nmemory: %d MB before, %d MB at most with %d messages of 25 MB in hand\n", r.memory.Before>>20, r.memory.Most>>20, r.memory.Hands)
}

func micros(d time.Duration) string { return fmt.Sprintf("%d us", d.Microseconds()) }

// write writes the report as Markdown.
func (r *report) write(path string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Benchmark\n\n%s; medians of %d interleaved rounds, %d SMTP sessions, unix sockets.\n\n", r.Machine, r.Rounds, sessions)
	b.WriteString("| Workload | Filter | Messages/s | Of c-noop | CPU µs each |\n| --- | --- | ---: | ---: | ---: |\n")
	for _, one := range r.rates {
		fmt.Fprintf(&b, "| %s | %s | %.0f | %.2f | %.0f |\n", one.workload, one.name(), one.median(), one.ratio(r.find(one.workload, "c-noop")), one.cpuEach())
	}
	b.WriteString("\n## Latency of the 50 KB reply as an MTA sees it\n\nAt half of the rate each filter takes from a fake MTA.\n\n| Filter | p50 | p95 | p99 | messages/s |\n| --- | ---: | ---: | ---: | ---: |\n")
	for _, l := range r.latencies {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %.0f |\n", l.Filter, micros(l.P50), micros(l.P95), micros(l.P99), l.Rate)
	}
	fmt.Fprintf(&b, "\n## Memory\n\n%d MB before, %d MB at most with %d messages of 25 MB in hand at once.\n", r.memory.Before>>20, r.memory.Most>>20, r.memory.Hands)
	b.WriteString("\n## Growth\n\nThe time of one message, all stages, and by KB.\n\n| Kind | KB | µs | µs/KB | |\n| --- | ---: | ---: | ---: | --- |\n")
	for _, g := range r.growth {
		each := float64(g.took.Microseconds()) / (float64(g.size) / 1024)
		fmt.Fprintf(&b, "| %s | %d | %d | %.2f | %s |\n", g.kind, g.size>>10, g.took.Microseconds(), each, strings.Repeat("█", min(40, 1+int(each))))
	}
	b.WriteString("\n## Filters\n\n")
	for _, one := range r.rates[:min(len(r.rates), 5)] {
		fmt.Fprintf(&b, "- %s: %s\n", one.filter.name, one.filter.what)
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}
