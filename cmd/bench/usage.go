package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// usage is what a filter has used so far, with all processes that it started.
type usage struct {
	cpu    time.Duration
	kernel time.Duration // of it, what the kernel did for them
	resident
}

// resident is memory in bytes: now, at most of one process, and of what is there now
// what is of no file and what is of files.
type resident struct {
	rss, top, anon, file int64
}

// usage reads it from /proc.
func (f *filter) usage() (u usage, err error) {
	if len(f.cmds) == 0 {
		return u, nil
	}
	all, err := processes()
	if err != nil {
		return u, err
	}
	for _, cmd := range f.cmds {
		u.add(all, cmd.Process.Pid)
	}
	return u, nil
}

// withPostfix is the CPU time that the filter and Postfix have used so far.
func (b *bench) withPostfix(f *filter) (time.Duration, error) {
	u, err := f.usage()
	if err != nil {
		return 0, err
	}
	all, err := processes()
	if err != nil {
		return 0, err
	}
	u.add(all, b.postfix.PID())
	return u.cpu, nil
}

// add adds a process and those that it started and that still run.
func (u *usage) add(all map[int]process, pid int) {
	p := all[pid]
	u.cpu += p.cpu
	u.kernel += p.kernel
	r := residentOf(pid)
	u.rss, u.anon, u.file = u.rss+r.rss, u.anon+r.anon, u.file+r.file
	u.top = max(u.top, r.top)
	for child, c := range all {
		if c.parent == pid {
			u.add(all, child)
		}
	}
}

// process is a line of /proc/PID/stat.
type process struct {
	parent int
	cpu    time.Duration // with that of its children that ended
	kernel time.Duration // of it, in the kernel
}

func processes() (map[int]process, error) {
	paths, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	all := map[int]process{}
	for _, path := range paths {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended meanwhile
		}
		p, err := parseStat(string(stat))
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			return nil, err
		}
		all[pid] = p
	}
	return all, nil
}

// parseStat reads the parent, and utime, stime, cutime and cstime, which are the
// 4th field and the 14th to the 17th of proc(5).
func parseStat(stat string) (p process, err error) {
	// The 2nd is the program's name in parentheses, with whatever it holds.
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 15 {
		return p, fmt.Errorf("%d fields after the name", len(fields))
	}
	if p.parent, err = strconv.Atoi(fields[1]); err != nil {
		return p, err
	}
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux
	for i, field := range fields[11:15] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return p, err
		}
		p.cpu += time.Duration(n) * tick
		if i%2 == 1 {
			p.kernel += time.Duration(n) * tick
		}
	}
	return p, nil
}

// residentOf is the memory of a process, zero for one that has ended.
func residentOf(pid int) resident {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	return parseResident(string(status))
}

func parseResident(status string) (r resident) {
	for line := range strings.Lines(status) {
		name, value, _ := strings.Cut(line, ":")
		kb, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch name {
		case "VmRSS":
			r.rss = kb << 10
		case "VmHWM":
			r.top = kb << 10
		case "RssAnon":
			r.anon = kb << 10
		case "RssFile":
			r.file = kb << 10
		}
	}
	return r
}

// forgetMost has the kernel count the most memory of a filter's first process anew.
func (f *filter) forgetMost() error {
	path := fmt.Sprintf("/proc/%d/clear_refs", f.cmds[0].Process.Pid)
	if err := os.WriteFile(path, []byte("5"), 0); err != nil {
		return fmt.Errorf("reset the most memory: %w", err)
	}
	return nil
}

// wakeUps counts how often the threads of a filter's first process have waited and
// were woken.
func (f *filter) wakeUps() (n int64) {
	paths, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", f.cmds[0].Process.Pid))
	for _, path := range paths {
		status, _ := os.ReadFile(path)
		for line := range strings.Lines(string(status)) {
			if value, ok := strings.CutPrefix(line, "voluntary_ctxt_switches:"); ok {
				one, _ := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
				n += one
			}
		}
	}
	return n
}
