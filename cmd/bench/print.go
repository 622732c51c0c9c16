package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// table is a heading, what it says, and rows of which the first names the columns.
// The first columns are names, the others numbers.
type table struct {
	title, text string
	names       int
	rows        [][]string
	plots       []plot // in the report only
}

// plot is a picture beside the report.
type plot struct{ file, what, svg string }

// tables are what the report shows, on the terminal and as Markdown alike.
func (r *report) tables() []table {
	return []table{r.rateTable(), r.throughTable(), r.aloneTable(), r.latencyTable(), r.countTable(), r.profileTable(), r.memoryTable(), r.recordingTable(), r.tenantTable(), r.growthTable()}
}

func (r *report) rateTable() table {
	t := table{title: "Behind Postfix", names: 2, rows: [][]string{{"Workload", "Filter", "Messages/s", "Of the C filter", "Of c-body", "CPU µs each"}}}
	t.text = fmt.Sprintf("What Postfix accepts in %d SMTP sessions, with 10 MB and more in %d. The C filter is c-noop, over TCP c-noop-tcp.", sessions, largeSessions)
	for _, one := range r.rates {
		base := r.find(one.workload.name, one.workload.base)
		t.rows = append(t.rows, []string{one.workload.name, one.name(),
			fmt.Sprintf("%.0f", one.median()), fmt.Sprintf("%.2f", one.ratio(base)),
			fmt.Sprintf("%.2f", one.ratio(r.find(one.workload.name, "c-body"))), fmt.Sprintf("%.0f", one.cpuEach())})
	}
	return t
}

func (r *report) throughTable() table {
	t := table{title: "End to end", names: 1, rows: [][]string{{"Filter", "Messages/s", "sigmilter is faster by", "CPU µs each, with Postfix"}}}
	t.text = fmt.Sprintf("The 50 KB reply in %d SMTP sessions, from the first message sent until the last has left the queue "+
		"towards the discard transport: altermime-script works behind the queue, the others in front of it.\n"+
		"All by one Postfix with its own defaults of 100 processes for a service and, for a destination, which a content filter is too, "+
		"5 deliveries at once at first and 20 at most.", peerClients)
	for _, one := range r.through {
		t.rows = append(t.rows, []string{one.name(), fmt.Sprintf("%.0f", one.median()),
			fmt.Sprintf("%.2f", named(r.through, "sigmilter").ratio(one)), fmt.Sprintf("%.0f", one.cpuEach())})
	}
	for _, why := range r.bench.missing {
		t.text += "\nLeft out: " + strings.Join(strings.Fields(why), " ")
	}
	return t
}

func (r *report) aloneTable() table {
	t := table{title: "Filters alone", names: 1, rows: [][]string{{"Filter", "Messages/s", "sigmilter is faster by", "CPU µs each", "Driver's CPU µs"}}}
	t.text = fmt.Sprintf("The 50 KB reply from a fake MTA over %d connections, without Postfix: what the filter itself can do.\n"+
		"The driver's CPU time for a message is no filter's, but is spent on the same machine.", peerClients)
	for _, one := range r.alone {
		t.rows = append(t.rows, []string{one.name(), fmt.Sprintf("%.0f", one.median()),
			fmt.Sprintf("%.2f", named(r.alone, "sigmilter").ratio(one)), fmt.Sprintf("%.0f", one.cpuEach()), fmt.Sprintf("%.0f", one.driverEach())})
	}
	return t
}

func (r *report) latencyTable() table {
	t := table{title: "Latency", names: 2, rows: [][]string{{"Filter", "At half of", "p50 µs", "p95 µs", "p99 µs", "Messages/s"}}}
	t.text = "The 50 KB reply as a fake MTA sees it, at half of the rate that Postfix accepts with the filter, and at half of what the filter takes alone."
	micros := func(d time.Duration) string { return fmt.Sprint(d.Microseconds()) }
	for _, l := range r.latencies {
		t.rows = append(t.rows, []string{l.Filter, l.Half, micros(l.P50), micros(l.P95), micros(l.P99), fmt.Sprintf("%.0f", l.Rate)})
	}
	return t
}

func (r *report) memoryTable() table {
	m, mb := r.memory, func(n int64) string { return fmt.Sprintf("%.1f", float64(n)/(1<<20)) }
	return table{
		title: "Memory", names: 1, text: fmt.Sprintf("The daemon with %d people, resident.", people),
		rows: [][]string{
			{"When", "MB"},
			{fmt.Sprintf("idle, woken %.1f times a second", m.WakeUps), mb(m.Idle)},
			{"of it the daemon's own", mb(m.Anon)},
			{"of it pages of files, its program and its state file, which the kernel can take back", mb(m.File)},
			{fmt.Sprintf("%d messages of 25 MB in hand", m.Hands), mb(m.InHand)},
			{"at most while they were answered, all at once", mb(m.Most)},
		},
	}
}

func (r *report) growthTable() table {
	t := table{title: "Growth", names: 1, rows: [][]string{{"Kind", "Number", "µs", "µs each"}}}
	t.text = "The time of one message, all stages, and for each KB, part or level: where the time grows with the number, that does not."
	for _, s := range slices.Concat(r.sizes, r.shapes) {
		for _, p := range s.points {
			each := float64(p.each().Nanoseconds()) / 1000
			t.rows = append(t.rows, []string{s.name, fmt.Sprintf("%d %s", p.n, s.unit), fmt.Sprint(p.took.Microseconds()), fmt.Sprintf("%.2f", each)})
		}
	}
	t.plots = []plot{{"growth-size.svg", "by size", r.sizePlot()}, {"growth-parts.svg", "by parts and nesting", r.shapePlot()}}
	return t
}

// print writes the tables for a terminal.
func (r *report) print(out io.Writer) {
	fmt.Fprintln(out, r.machine)
	for _, t := range r.tables() {
		t.print(out)
	}
}

func (t table) print(out io.Writer) {
	fmt.Fprintf(out, "\n%s. %s\n", t.title, t.text)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, row := range t.rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	w.Flush()
}

// write writes the report as Markdown, with its plots, into a folder.
func (r *report) write(dir string) error {
	var b strings.Builder
	var failed []error
	fmt.Fprintf(&b, "# Benchmark\n\n%s; %d interleaved rounds. Messages/s are medians, ratios are medians of those of a round.\n", r.machine, r.Rounds)
	for _, t := range r.tables() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", t.title, strings.ReplaceAll(t.text, "\n", "\n\n"))
		for _, p := range t.plots {
			fmt.Fprintf(&b, "![The time of a message %s](%s)\n\n", p.what, p.file)
			failed = append(failed, os.WriteFile(filepath.Join(dir, p.file), []byte(p.svg), 0o644))
		}
		for i, row := range t.rows {
			fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
			if i == 0 {
				fmt.Fprintf(&b, "|%s%s\n", strings.Repeat(" --- |", t.names), strings.Repeat(" ---: |", len(row)-t.names))
			}
		}
	}
	b.WriteString("\n## Filters\n\n")
	for _, f := range r.bench.filters {
		fmt.Fprintf(&b, "- %s: %s\n", f.name, f.what)
	}
	failed = append(failed, os.WriteFile(filepath.Join(dir, "report.md"), []byte(b.String()), 0o644))
	return errors.Join(failed...)
}
