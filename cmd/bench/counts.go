package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"sigmilter/cmd/internal/lab"
)

// counts are what a filter does for a message, which a busy machine does not change.
// What nothing here can count is below zero.
type counts struct {
	workload, filter       string
	instructions           float64 // in user code
	allocations, allocated float64 // their number and their bytes
	calls                  calls
	user, kernel           time.Duration // CPU time, beside them
}

// calls are the system calls of a message.
type calls struct {
	number      map[string]float64 // by kind, see callKinds
	read, wrote float64            // bytes, of sockets and files
}

// uncounted stands for what nothing here can count.
const uncounted = -1

// counted is which filters are looked at with which message, and for how many of them.
var counted = []struct {
	workload string
	filters  []string
	messages int
}{
	{"text-2k", []string{"c-noop", "c-body", "sigmilter"}, 200},
	{"reply-50k", []string{"c-noop", "c-body", "go-noop", "sigmilter", "sigmilter-handled"}, 200},
	{"new-50k", []string{"c-noop", "c-body", "sigmilter"}, 200},
	{"attachment-10m", []string{"c-noop", "c-body", "sigmilter"}, 10},
	{"attachment-25m", []string{"c-noop", "c-body", "sigmilter"}, 10},
}

// count has each filter take messages one after the other, looked at by each counter.
func (b *bench) count(ctx context.Context, r *report) error {
	instructions := b.instructionCounter(ctx)
	for _, c := range counted {
		raw := message(c.workload)
		for _, name := range c.filters {
			b.progress("what %s does for %s", name, c.workload)
			f, raw := b.countedFilter(name, raw)
			one, err := b.countOne(ctx, f, raw, max(2, c.messages/b.scale), instructions)
			if err != nil {
				return fmt.Errorf("count what %s does for %s: %w", name, c.workload, err)
			}
			one.workload, one.filter = c.workload, name
			r.counts = append(r.counts, one)
		}
	}
	return nil
}

// countedFilter is a filter and the message for it, which for -handled bears the guard.
func (b *bench) countedFilter(name string, raw []byte) (*filter, []byte) {
	name, handled := strings.CutSuffix(name, "-handled")
	f := b.filter(name)
	if !handled {
		return f, raw
	}
	marked := *f
	marked.mark = lab.Guard + ": Yes"
	return &marked, append([]byte(marked.mark+"\r\n"), raw...)
}

func (b *bench) countOne(ctx context.Context, f *filter, raw []byte, messages int, instructions instructionCounter) (c counts, err error) {
	c = counts{instructions: uncounted, allocations: uncounted, allocated: uncounted}
	err = withPlayers(f, raw, 1, func(players []*player) error {
		play := func() error {
			_, err := play(players, load{1, messages, 0})
			return err
		}
		if err := play(); err != nil { // what is made for the first messages only
			return err
		}
		return errors.Join(c.countTime(f, messages, play), c.countAllocations(ctx, f, messages, play), c.countCalls(f, messages, b.path("calls"), play))
	})
	if err != nil {
		return c, err
	}
	return c, instructions(f, raw, messages, &c)
}

// countTime takes the CPU time of a filter's own code and of the kernel for it.
func (c *counts) countTime(f *filter, messages int, play func() error) error {
	before, err := f.usage()
	if err != nil {
		return err
	}
	if err := play(); err != nil {
		return err
	}
	after, err := f.usage()
	c.kernel = (after.kernel - before.kernel) / time.Duration(messages)
	c.user = (after.cpu-before.cpu)/time.Duration(messages) - c.kernel
	return err
}

// countAllocations asks the Go program of a filter that can be asked.
func (c *counts) countAllocations(ctx context.Context, f *filter, messages int, play func() error) error {
	if f.control == "" {
		return nil
	}
	number, size, err := f.allocated(ctx)
	if err != nil {
		return err
	}
	if err := play(); err != nil {
		return err
	}
	numberAfter, sizeAfter, err := f.allocated(ctx)
	c.allocations = (numberAfter - number) / float64(messages)
	c.allocated = (sizeAfter - size) / float64(messages)
	return err
}

// allocated are the numbers that Go's runtime keeps of all allocations so far.
func (f *filter) allocated(ctx context.Context) (number, size float64, err error) {
	text, err := f.ask(ctx, "/debug/pprof/allocs?debug=1")
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " = ")
		n, _ := strconv.ParseFloat(value, 64)
		switch name {
		case "# Mallocs":
			number = n
		case "# TotalAlloc":
			size = n
		}
	}
	if number == 0 {
		return 0, 0, errors.New("the daemon does not say how much it has allocated")
	}
	return number, size, nil
}

// ask gets what the daemon answers over its control socket.
func (f *filter) ask(ctx context.Context, path string) ([]byte, error) {
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", strings.TrimPrefix(f.control, "unix:"))
		},
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://control"+path, nil)
	if err != nil {
		return nil, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask %s for %s: %w", f.name, path, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("ask %s for %s: %s", f.name, path, answer.Status)
	}
	return text, err
}

// countCalls has strace look at the filter meanwhile.
func (c *counts) countCalls(f *filter, messages int, path string, play func() error) error {
	if _, err := exec.LookPath("strace"); err != nil {
		return nil
	}
	err := watched(play, "attached", "strace", "-f", "-s", "0", "-o", path, "-p", strconv.Itoa(f.cmds[0].Process.Pid))
	if err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	c.calls, err = readCalls(file)
	for kind := range c.calls.number {
		c.calls.number[kind] /= float64(messages)
	}
	c.calls.read /= float64(messages)
	c.calls.wrote /= float64(messages)
	return err
}

// watched runs a command that looks at another process while the step is done, from
// when it says on standard error that it is there. It is ended by SIGINT.
func watched(step func() error, ready string, command ...string) error {
	cmd := exec.Command(command[0], command[1:]...)
	said, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(said)
	there := false
	var text strings.Builder
	for !there && lines.Scan() {
		there = strings.Contains(lines.Text(), ready)
		text.WriteString(lines.Text() + "\n")
	}
	if !there {
		return fmt.Errorf("%s: %w\n%s", command[0], errors.Join(lines.Err(), cmd.Wait()), &text)
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for lines.Scan() { // what else it says is of no interest
		}
	}()
	failed := step()
	_ = cmd.Process.Signal(syscall.SIGINT) // it may have ended with the process
	<-drained
	_ = cmd.Wait() // its status is that of the signal
	return failed
}

// callKinds are the system calls that are counted together. All others are "other".
var callKinds = []struct {
	kind  string
	calls []string
}{
	{"read", []string{"read", "recvfrom", "recvmsg", "readv", "pread64"}},
	{"write", []string{"write", "writev", "sendto", "sendmsg", "pwrite64", "sendfile"}},
	{"wait", []string{"poll", "select", "pselect6", "epoll_wait", "epoll_pwait", "ppoll"}},
	{"futex", []string{"futex"}},
	{"memory", []string{"madvise", "mmap", "munmap", "mremap", "brk", "mprotect"}},
}

// otherCalls is the kind of all that callKinds does not have.
const otherCalls = "other"

func callKind(name string) string {
	for _, k := range callKinds {
		for _, call := range k.calls {
			if call == name {
				return k.kind
			}
		}
	}
	return otherCalls
}

// readCalls adds up what strace wrote, with a line for each call that ended:
//
//	PID name(arguments) = result
//	PID <... name resumed>arguments) = result
func readCalls(text io.Reader) (calls, error) {
	c := calls{number: map[string]float64{}}
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		name, result, ok := parseCall(lines.Text())
		if !ok {
			continue
		}
		kind := callKind(name)
		c.number[kind]++
		switch kind {
		case "read":
			c.read += max(0, result)
		case "write":
			c.wrote += max(0, result)
		}
	}
	return c, lines.Err()
}

func parseCall(line string) (name string, result float64, ok bool) {
	end := strings.LastIndex(line, ") = ")
	if end < 0 {
		end = strings.LastIndex(line, ")  ") // strace pads short calls
	}
	_, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimLeft(rest, " ")
	_, value, found := strings.Cut(line[max(0, end):], "= ")
	if end < 0 || !found {
		return "", 0, false
	}
	if resumed, isResumed := strings.CutPrefix(rest, "<... "); isResumed {
		name, _, _ = strings.Cut(resumed, " ")
	} else {
		name, _, ok = strings.Cut(rest, "(")
		if !ok {
			return "", 0, false
		}
	}
	number, _, _ := strings.Cut(value, " ")
	result, _ = strconv.ParseFloat(number, 64) // "?" of a call that did not end, or an address
	return name, result, true
}

// instructionCounter fills in what a filter's user code does for a message.
type instructionCounter func(f *filter, raw []byte, messages int, c *counts) error

// instructionCounter is perf where the machine lets it count, which takes any program;
// else valgrind, which takes those in C and counts their allocations too.
func (b *bench) instructionCounter(ctx context.Context) instructionCounter {
	if perfCounts(ctx) {
		return func(f *filter, raw []byte, messages int, c *counts) error {
			return withPlayers(f, raw, 1, func(players []*player) (err error) {
				c.instructions, err = b.perfCount(f, messages, func() error {
					_, err := play(players, load{1, messages, 0})
					return err
				})
				return err
			})
		}
	}
	if _, err := exec.LookPath("valgrind"); err != nil {
		return func(*filter, []byte, int, *counts) error { return nil }
	}
	return b.callgrind
}

// perfEvent is what perf is asked for.
const perfEvent = "instructions:u"

// perfCounts reports whether there is a perf that can count here.
func perfCounts(ctx context.Context) bool {
	text, err := exec.CommandContext(ctx, "perf", "stat", "-x,", "-e", perfEvent, "true").CombinedOutput()
	_, ok := parsePerf(string(text))
	return err == nil && ok
}

// perfCount has perf count while a filter takes messages; it counts from when it has
// enabled its events.
func (b *bench) perfCount(f *filter, messages int, play func() error) (float64, error) {
	path := b.path("perf")
	if err := watched(play, "Events enabled", "perf", "stat", "-x,", "-e", perfEvent, "-o", path, "-D", "1",
		"-p", strconv.Itoa(f.cmds[0].Process.Pid)); err != nil {
		return 0, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	n, ok := parsePerf(string(text))
	if !ok {
		return 0, fmt.Errorf("perf counted nothing: %s", text)
	}
	return n / float64(messages), nil
}

// parsePerf reads the count from lines of perf stat -x, and reports whether there is one.
func parsePerf(text string) (float64, bool) {
	for line := range strings.Lines(text) {
		fields := strings.Split(line, ",")
		if len(fields) < 3 || !strings.HasPrefix(fields[2], "instructions") {
			continue
		}
		n, err := strconv.ParseFloat(fields[0], 64)
		return n, err == nil
	}
	return 0, false
}

// callgrind runs a C filter anew under valgrind for a few messages and for more of them:
// the difference is what the messages take.
func (b *bench) callgrind(f *filter, raw []byte, messages int, c *counts) error {
	if !f.inC {
		return nil
	}
	few, err := b.callgrindOf(f, raw, 1)
	if err != nil {
		return err
	}
	more, err := b.callgrindOf(f, raw, 1+messages)
	c.instructions = (more.instructions - few.instructions) / float64(messages)
	c.allocations = (more.allocations - few.allocations) / float64(messages)
	return err
}

func (b *bench) callgrindOf(f *filter, raw []byte, messages int) (c callgrindCounts, err error) {
	out, socket := b.path("callgrind.out"), b.path("callgrind.sock")
	again := &filter{name: f.name, socket: socket, mark: f.mark}
	command := append([]string{"valgrind", "--quiet", "--tool=callgrind", "--callgrind-out-file=" + out}, f.cmds[0].Args...)
	command[len(command)-1] = "unix:" + socket
	defer os.Remove(out)
	defer os.Remove(socket)
	err = again.start(b.path("callgrind.log"), socket, command...)
	if err == nil {
		_, err = drive(again, raw, load{1, messages, 0})
	}
	again.stopWithin(time.Minute) // libmilter looks every 5 seconds whether it is to end, and callgrind writes then
	if err != nil {
		return c, err
	}
	file, err := os.Open(out)
	if err != nil {
		return c, err
	}
	defer file.Close()
	return readCallgrind(file)
}

// callgrindCounts are of a whole run.
type callgrindCounts struct{ instructions, allocations float64 }

// readCallgrind reads a file of callgrind's: its total, and the calls of functions that
// allocate. A name is written once and then given by its number.
func readCallgrind(text io.Reader) (c callgrindCounts, err error) {
	names := map[string]string{}
	called := ""
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), "=")
		switch {
		case key == "fn" || key == "cfn":
			number, name, named := strings.Cut(value, " ")
			if named {
				names[number] = name
			}
			if key == "cfn" {
				called = names[number]
			}
		case key == "calls" && isAllocator(called):
			number, _, _ := strings.Cut(value, " ")
			n, _ := strconv.ParseFloat(number, 64)
			c.allocations += n
		case strings.HasPrefix(key, "totals: "):
			c.instructions, err = strconv.ParseFloat(strings.TrimPrefix(key, "totals: "), 64)
		}
	}
	if c.instructions == 0 {
		err = errors.Join(err, errors.New("callgrind's file has no total"))
	}
	return c, errors.Join(err, lines.Err())
}

func isAllocator(name string) bool { return name == "malloc" || name == "calloc" || name == "realloc" }

// countTable is what is reported of them.
func (r *report) countTable() table {
	t := table{title: "What a message takes", names: 2}
	t.text = "One message at a time without Postfix, over one connection. Instructions are those of user code, and none where nothing here can count them: " +
		"perf counts those of any program, valgrind in its place those of a filter in C. Allocations are the calls of malloc, or what Go's runtime counts. " +
		"System calls are what strace saw, which makes a program wait more often than it would; bytes are those of sockets and files."
	head := []string{"Workload", "Filter", "Instructions", "Allocations", "KB allocated", "System calls"}
	for _, k := range callKinds {
		head = append(head, k.kind)
	}
	t.rows = append(t.rows, append(head, otherCalls, "KB read", "KB written", "User µs", "Kernel µs"))
	for _, c := range r.counts {
		row := []string{c.workload, c.filter, shown(c.instructions, 1), shown(c.allocations, 1), shown(c.allocated, 1<<10), fmt.Sprintf("%.1f", c.calls.all())}
		for _, k := range callKinds {
			row = append(row, fmt.Sprintf("%.1f", c.calls.number[k.kind]))
		}
		t.rows = append(t.rows, append(row, fmt.Sprintf("%.1f", c.calls.number[otherCalls]), fmt.Sprintf("%.1f", c.calls.read/(1<<10)),
			fmt.Sprintf("%.1f", c.calls.wrote/(1<<10)), fmt.Sprint(c.user.Microseconds()), fmt.Sprint(c.kernel.Microseconds())))
	}
	return t
}

// shown is a number in a unit, or a dash for what was not counted.
func shown(n, unit float64) string {
	if n < 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f", n/unit)
}

// all is the number of calls of all kinds.
func (c calls) all() (n float64) {
	for one := range maps.Values(c.number) {
		n += one
	}
	return n
}

// summaryOfCounts is what scripts read of them. What was not counted is left out.
func (r *report) summaryOfCounts(s map[string]any) {
	for _, c := range r.counts {
		key := func(what string) string {
			return strings.ReplaceAll(strings.Join([]string{what, c.filter, c.workload}, "_"), "-", "_")
		}
		for what, n := range map[string]float64{
			"instructions": c.instructions, "allocations": c.allocations, "allocated_bytes": c.allocated,
		} {
			if n >= 0 {
				s[key(what)] = round(n)
			}
		}
		if len(c.calls.number) > 0 {
			s[key("system_calls")] = round(c.calls.all())
			s[key("bytes_read")] = round(c.calls.read)
			s[key("bytes_written")] = round(c.calls.wrote)
		}
	}
}

// runCounts measures nothing else, and prints it.
func runCounts(ctx context.Context, out io.Writer, short bool) (err error) {
	b := &bench{began: time.Now(), scale: scaleOf(short)}
	if b.dir, err = lab.NewDir(); err != nil {
		return err
	}
	defer b.close()
	if err := b.startFilters(ctx); err != nil {
		return err
	}
	r := &report{bench: b}
	if r.machine, err = measureMachine(); err != nil {
		return err
	}
	if err := errors.Join(b.count(ctx, r), b.profile(ctx, r)); err != nil {
		return err
	}
	fmt.Fprintln(out, r.machine)
	r.countTable().print(out)
	r.profileTable().print(out)
	return nil
}
