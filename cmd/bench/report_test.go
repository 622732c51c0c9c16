package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// sample is a report of two filters on one workload.
func sample() *report {
	slow := &rate{contest: contest{&filter{name: "sigmilter"}, "reply-50k", false}, perSecond: []float64{90, 40, 99}, cpu: 3 * time.Millisecond, messages: 10}
	noop := &rate{contest: contest{&filter{name: "c-noop"}, "reply-50k", false}, perSecond: []float64{100, 50, 100}, cpu: time.Millisecond, messages: 10}
	return &report{Machine: "a machine", Rounds: 3, rates: []*rate{slow, noop}, latencies: []latency{{Filter: "sigmilter", P99: time.Millisecond}}}
}

func TestSummary(t *testing.T) {
	s := sample().summary()
	for key, want := range map[string]any{
		"sign_vs_c_noop": 0.9, // of 0.9, 0.8 and 0.99, not of the medians
		"sign_cpu_us":    300.0, "c_noop_cpu_us": 100.0, "latency_p99_us_sigmilter": int64(1000),
		"handled_vs_c_noop": 0.0, // not measured here
	} {
		if s[key] != want {
			t.Errorf("%s is %v, want %v", key, s[key], want)
		}
	}
}

func TestTable(t *testing.T) {
	var b bytes.Buffer
	sample().print(&b)
	for _, want := range []string{"sigmilter", "c-noop", "0.90", "300"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, &b)
		}
	}
}
