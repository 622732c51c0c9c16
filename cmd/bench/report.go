package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
)

// report is what a run found.
type report struct {
	machine   machine
	Rounds    int
	bench     *bench
	rates     []*rate
	through   []*rate // from end to end
	alone     []*rate // without Postfix
	latencies []latency
	sizes     []series // growth with the size
	shapes    []series // with parts and nesting
	counts    []counts
	profile   profile
	memory    memory
	tenants   []tenants

	recordings []recording
}

// find returns the rate of a filter with a workload, an empty one if there is none.
func (r *report) find(workload, name string) *rate {
	for _, one := range r.rates {
		if one.workload.name == workload && one.name() == name {
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

// driverEach is the CPU time of the driver for a message, in microseconds.
func (r *rate) driverEach() float64 {
	return float64(r.driver.Microseconds()) / float64(max(1, r.messages))
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
		"machine":             r.machine.what,
		"rounds":              r.Rounds,
		"sign_vs_c_noop":      round(reply.ratio(noop)),
		"handled_vs_c_noop":   round(r.find("reply-50k", "sigmilter-handled").ratio(noop)),
		"sign_new_vs_c_noop":  round(fresh.ratio(freshNoop)),
		"go_noop_vs_c_noop":   round(r.find("reply-50k", "go-noop").ratio(noop)),
		"handled_cpu_us":      round(r.find("reply-50k", "sigmilter-handled").cpuEach()),
		"c_noop_cpu_us":       round(noop.cpuEach()),
		"go_noop_cpu_us":      round(r.find("reply-50k", "go-noop").cpuEach()),
		"sign_25m_cpu_us":     round(large.cpuEach()),
		"c_body_25m_cpu_us":   round(body.cpuEach()),
		"tcp_vs_c_noop_tcp":   round(r.find("reply-50k-tcp", "sigmilter-tcp").ratio(r.find("reply-50k-tcp", "c-noop-tcp"))),
		"sign_mix_vs_c_noop":  round(r.find("mix", "sigmilter").ratio(r.find("mix", "c-noop"))),
		"memory_idle_bytes":   r.memory.Idle,
		"memory_idle_anon":    r.memory.Anon,
		"memory_idle_file":    r.memory.File,
		"wake_ups_per_second": round(r.memory.WakeUps),
		"memory_25m_messages": r.memory.Hands,
		"memory_25m_in_hand":  r.memory.InHand,
		"memory_25m_most":     r.memory.Most,
	}
	for _, peer := range []string{"altermime", "mimedefang"} {
		if theirs := named(r.alone, peer); theirs.messages > 0 { // else left out
			s["sign_vs_"+peer] = round(named(r.alone, "sigmilter").ratio(theirs))
			s["sign_vs_"+peer+"_end_to_end"] = round(named(r.through, "sigmilter").ratio(named(r.through, peer)))
			s["cpu_of_"+peer+"_us"] = round(theirs.cpuEach())
		}
	}
	if theirs := named(r.through, "altermime-script"); theirs.messages > 0 {
		s["sign_vs_altermime_script"] = round(named(r.through, "sigmilter").ratio(theirs))
	}
	for _, one := range slices.Concat(r.sizes, r.shapes) {
		s["growth_"+one.key] = round(one.growth())
	}
	for _, l := range r.latencies {
		key := "latency_p99_us_" + strings.ReplaceAll(l.Filter, "-", "_")
		if l.Half == halfAlone {
			key += "_alone"
		}
		s[key] = l.P99.Microseconds()
	}
	r.summaryOfTenants(s)
	for _, one := range r.recordings {
		s["recorded_vs_unrecorded_"+strings.ReplaceAll(one.message, "-", "_")] = round(one.ratio())
	}
	r.summaryOfCounts(s)
	r.summaryOfMachine(s)
	r.summaryBesideBody(s)
	return s
}

// summaryOfMachine says what kind of machine it is.
func (r *report) summaryOfMachine(s map[string]any) {
	s["machine_system_call_ns"] = r.machine.systemCall.Nanoseconds()
	s["machine_wake_ns"] = r.machine.handOver.Nanoseconds()
	s["machine_copy_bytes_per_second"] = round(r.machine.bandwidth)
}

// summaryBesideBody compares with the filter that collects the body and sends it back:
// the least that one does that changes it.
func (r *report) summaryBesideBody(s map[string]any) {
	for workload, key := range map[string]string{"reply-50k": "", "new-50k": "_new", "text-2k": "_2k", "mix": "_mix"} {
		ours, body := r.find(workload, "sigmilter"), r.find(workload, "c-body")
		s["sign"+key+"_vs_c_body"] = round(ours.ratio(body))
		s["sign"+key+"_cpu_us"] = round(ours.cpuEach())
		s["c_body"+key+"_cpu_us"] = round(body.cpuEach())
	}
	for workload, key := range map[string]string{"attachment-10m": "cpu_10m_vs_c_body", "attachment-25m": "cpu_25m_vs_c_body"} {
		if body := r.find(workload, "c-body"); body.cpu > 0 { // else left out
			s[key] = round(r.find(workload, "sigmilter").cpuEach() / body.cpuEach())
		}
	}
}

// named returns the rate of a filter, an empty one if there is none.
func named(rates []*rate, name string) *rate {
	for _, one := range rates {
		if one.name() == name {
			return one
		}
	}
	return &rate{}
}

func round(f float64) float64 { return float64(int64(f*1000+0.5)) / 1000 }

func (r *report) writeSummary(path string) error {
	text, err := json.MarshalIndent(r.summary(), "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
