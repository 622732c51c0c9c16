package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// sample is a report of two filters on one workload, and of a peer.
func sample() *report {
	w := workload{name: "reply-50k", base: "c-noop"}
	ours, noop, body, peer := &filter{name: "sigmilter"}, &filter{name: "c-noop"}, &filter{name: "c-body"}, &filter{name: "altermime"}
	large := workload{name: "attachment-25m", base: "c-noop"}
	script := &filter{name: "altermime-script"}
	return &report{
		machine: machine{what: "a machine", systemCall: 100, handOver: 4000, bandwidth: 8e9}, Rounds: 3, bench: &bench{filters: []*filter{ours, noop, peer}, missing: []string{"mimedefang: not\nthere"}},
		rates: []*rate{
			{filter: ours, workload: w, perSecond: []float64{90, 40, 99}, cpu: 3 * time.Millisecond, messages: 10},
			{filter: noop, workload: w, perSecond: []float64{100, 50, 100}, cpu: time.Millisecond, messages: 10},
			{filter: body, workload: w, perSecond: []float64{90, 50, 90}, cpu: time.Millisecond, messages: 10},
			{filter: ours, workload: large, cpu: 30 * time.Millisecond, messages: 1},
			{filter: body, workload: large, cpu: 20 * time.Millisecond, messages: 1},
		},
		through: []*rate{
			{filter: ours, perSecond: []float64{60, 70, 80}, messages: 10},
			{filter: script, perSecond: []float64{20, 35, 20}, cpu: time.Millisecond, messages: 10},
		},
		alone: []*rate{
			{filter: ours, perSecond: []float64{300, 400, 500}, messages: 10},
			{filter: peer, perSecond: []float64{100, 50, 100}, messages: 10, driver: 700 * time.Microsecond},
		},
		latencies: []latency{{Filter: "sigmilter", Half: halfPostfix, P99: time.Millisecond}, {Filter: "sigmilter", Half: halfAlone, P99: time.Second}},
		memory:    memory{Idle: 20 << 20, Anon: 8 << 20, File: 12 << 20, Hands: 100},
		sizes:     []series{{name: "new mail", unit: "KB", key: "new", points: []point{{1, time.Millisecond}, {10, 5 * time.Millisecond}, {100, 100 * time.Millisecond}}}},
		counts: []counts{{workload: "reply-50k", filter: "c-body", instructions: 3000, allocations: 54, allocated: uncounted,
			calls: calls{number: map[string]float64{"read": 92, "other": 8}, read: 2048, wrote: 1024}, user: 20 * time.Microsecond}},
		recordings: []recording{{"text-2k", []time.Duration{103, 300, 101}, []time.Duration{100, 100, 100}}},
		shapes:     []series{{name: "attachments", unit: "parts", key: "parts", points: []point{{1, time.Millisecond}, {1000, time.Second}}}},
	}
}

func TestSummary(t *testing.T) {
	s := sample().summary()
	for key, want := range map[string]any{
		"sign_vs_c_noop": 0.9, // of 0.9, 0.8 and 0.99, not of the medians
		"sign_cpu_us":    300.0, "c_noop_cpu_us": 100.0, "latency_p99_us_sigmilter": int64(1000), "latency_p99_us_sigmilter_alone": int64(1_000_000),
		"sign_vs_altermime":        5.0, // of 3, 8 and 5
		"sign_vs_altermime_script": 3.0, // of 3, 2 and 4
		"handled_vs_c_noop":        0.0, // not measured here
		"sign_vs_mimedefang":       nil, // left out
		"memory_idle_bytes":        int64(20 << 20),
		"memory_idle_anon":         int64(8 << 20),
		"growth_new":               2.0, // 1 ms each after 0.5
		"growth_parts":             1.0,
		"sign_vs_c_body":           1.0,
		"c_body_cpu_us":            100.0,
		"cpu_25m_vs_c_body":        1.5,
		"cpu_10m_vs_c_body":        nil, // not measured here
		"machine":                  "a machine",
		"machine_wake_ns":          int64(4000),

		"instructions_c_body_reply_50k":    3000.0,
		"allocated_bytes_c_body_reply_50k": nil, // nothing counts them
		"system_calls_c_body_reply_50k":    100.0,

		"recorded_vs_unrecorded_text_2k": 1.03, // the round that was disturbed does not count
	} {
		if s[key] != want {
			t.Errorf("%s is %v, want %v", key, s[key], want)
		}
	}
}

func TestTables(t *testing.T) {
	r := sample()
	var terminal bytes.Buffer
	r.print(&terminal)
	dir := t.TempDir()
	if err := r.write(dir); err != nil {
		t.Fatal(err)
	}
	markdown, err := os.ReadFile(filepath.Join(dir, "report.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| reply-50k | sigmilter | 90 | 0.90 | 1.00 | 300 |", "| reply-50k | c-body | 3000 | 54 | – | 100.0 | 92.0 | 0.0 |", "a system call 100 ns", "| sigmilter | Postfix | 0 | 0 | 1000 | 0 |",
		"| altermime | 100 | 5.00 | 0 | 70 |", "| altermime-script | 20 | 3.00 | 100 |", "Left out: mimedefang: not there", "20.0", "12.0",
		"| new mail | 100 KB | 100000 | 1000.00 |"} {
		if !strings.Contains(string(markdown), want) {
			t.Errorf("no %q in\n%s", want, markdown)
		}
		for _, cell := range strings.Split(strings.Trim(want, "| "), " | ") {
			if !strings.Contains(terminal.String(), cell) {
				t.Errorf("no %q in\n%s", cell, &terminal)
			}
		}
	}
	for _, plot := range []string{"growth-size.svg", "growth-parts.svg", flameFile} {
		if _, err := os.Stat(filepath.Join(dir, plot)); err != nil || !strings.Contains(string(markdown), "]("+plot+")") {
			t.Errorf("%s: %v", plot, err)
		}
	}
}

func TestParseStat(t *testing.T) {
	p, err := parseStat("42 (a) S 7) S 17 42 42 0 -1 4194560 100 0 0 0 3 4 5 6 20 0 1 0 100 0 0")
	if want := (process{17, 180 * time.Millisecond, 100 * time.Millisecond}); err != nil || p != want {
		t.Errorf("got %+v, %v", p, err)
	}
	if _, err := parseStat("42 (a) S 17"); err == nil {
		t.Error("a short line is taken")
	}
}

func TestParseResident(t *testing.T) {
	got := parseResident("Name:\tx\nVmHWM:\t    50 kB\nVmRSS:\t    40 kB\nRssAnon:\t    15 kB\nRssFile:\t    25 kB\nRssShmem:\t 0 kB\n")
	if want := (resident{rss: 40 << 10, top: 50 << 10, anon: 15 << 10, file: 25 << 10}); got != want {
		t.Errorf("got %+v", got)
	}
}
