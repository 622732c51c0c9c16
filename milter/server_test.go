package milter

import (
	"context"
	"errors"
	"net"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"sigmilter/milter/engine"
	"sigmilter/milter/entity"
	"sigmilter/milter/miltertest"
)

// closed wants the milter to end a session without a further word.
func (h *harness) closed(mta *miltertest.MTA) {
	h.t.Helper()
	if err := mta.Closed(); err != nil {
		h.t.Error(err)
	}
}

// sessions waits for a number of open sessions.
func (h *harness) sessions(n int) {
	h.t.Helper()
	eventually(h.t, "sessions ended", func() bool { return h.server.Stats().Open == n })
}

// shutdown begins a shutdown with patience and returns its error when it ends.
func (h *harness) shutdown() <-chan error {
	result := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		result <- h.server.Shutdown(ctx)
	}()
	eventually(h.t, "stopping", h.server.isStopping)
	return result
}

func TestIdleTimeout(t *testing.T) {
	h := start(t, script{}, Options{IdleTimeout: 500 * time.Millisecond})
	silent, err := net.Dial("tcp", h.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	idle, inMessage := h.dial(), h.dial()
	h.begin(inMessage, "a@example.org")
	h.flush(inMessage)
	h.closed(idle)
	h.closed(inMessage)
	if n, err := silent.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("read %d, %v", n, err)
	}
	h.sessions(0)
	if log := h.log.String(); strings.Count(log, "silent") != 3 || strings.Count(log, "message_in_hand=true") != 1 {
		t.Errorf("logged %s", log)
	}
	if len(h.messages()) != 0 {
		t.Error("Done was told of a message without an end")
	}
}

// TestPeerThatDoesNotRead: a replayed body larger than all buffers on the way
// must not hold the session longer than a write may take.
func TestPeerThatDoesNotRead(t *testing.T) {
	huge := make([]byte, 64<<20)
	h := start(t, script{finish: func(*engine.Message) engine.Outcome {
		return stamp(entity.Splice{New: huge})
	}}, Options{WriteTimeout: 50 * time.Millisecond})
	nc, err := net.Dial("tcp", h.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if _, err := nc.Write(transcript("O", "M<a@b>\x00", "N", "Bbody", "E")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "session begun", func() bool { return h.server.Stats().Total == 1 })
	h.sessions(0)
	if got := h.only().outcome; got.Reply != engine.Tempfail || got.Report.Reason != "replay" {
		t.Errorf("reported %+v", got)
	}
}

// TestPeerThatWritesSlowly: packets that come byte by byte are packets.
func TestPeerThatWritesSlowly(t *testing.T) {
	h := newServer(t, script{}, Options{})
	ours, theirs := net.Pipe()
	h.server.begin(theirs, "")
	go func() {
		for _, b := range transcript("O", "M<a@b>\x00", "LSubject\x00s\x00", "N", "Bbody", "E", "Q") {
			if _, err := ours.Write([]byte{b}); err != nil {
				t.Error(err)
			}
		}
	}()
	replies, err := readAll(ours)
	if err != nil || len(replies) != 3 {
		t.Fatalf("replies %q, %v", replies, err)
	}
	h.sessions(0)
	if got := h.only(); string(got.body) != "body" || got.Header.Get("Subject") != "s" {
		t.Errorf("body %q, header %q", got.body, got.Header)
	}
}

func TestMaxSessions(t *testing.T) {
	h := start(t, script{}, Options{MaxSessions: 2})
	first := h.dial()
	h.dial()
	for range 3 {
		if mta, err := miltertest.Dial("tcp", h.addr); err == nil {
			mta.Close()
			t.Fatal("a third session was accepted")
		}
	}
	eventually(t, "refusals counted", func() bool { return h.server.Stats().Refused == 3 })
	if got := strings.Count(h.log.String(), "connections refused"); got != 1 {
		t.Errorf("%d log lines", got)
	}
	h.quit(first)
	h.sessions(1)
	h.send(h.dial(), miltertest.Envelope{}, simple)
}

func TestRefusalsAreLoggedRarely(t *testing.T) {
	var r refusals
	now := time.Now()
	for i, want := range []int64{1, 0, 0, 3} {
		if i == 3 {
			now = now.Add(refusalLog)
		}
		if got := r.due(now); got != want {
			t.Errorf("refusal %d: %d, want %d", i, got, want)
		}
	}
}

func TestShutdownIdle(t *testing.T) {
	h := start(t, script{}, Options{})
	untouched, used, aborted := h.dial(), h.dial(), h.dial()
	h.send(used, miltertest.Envelope{}, simple)
	h.begin(aborted, "a@example.org")
	if err := aborted.Abort(); err != nil {
		t.Fatal(err)
	}
	stopped := h.shutdown()
	h.closed(untouched)
	h.closed(used)
	h.closed(aborted)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", h.addr); err == nil {
		t.Error("a connection was accepted after the shutdown")
	}
	if err := h.server.Shutdown(context.Background()); err != nil {
		t.Errorf("second Shutdown: %v", err)
	}
}

// An MTA opens its session before the message comes: one that was on its way is taken.
func TestShutdownTakesMessageOnItsWay(t *testing.T) {
	h := start(t, script{}, Options{})
	opened, used := h.dial(), h.dial()
	h.send(used, miltertest.Envelope{}, simple)
	stopped := h.shutdown()
	<-h.server.stopping
	h.send(opened, miltertest.Envelope{}, simple)
	h.closed(opened)
	h.send(used, miltertest.Envelope{}, simple)
	h.closed(used)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if got := h.messages(); len(got) != 3 {
		t.Errorf("%d messages", len(got))
	}
}

func TestShutdownDuringAMessage(t *testing.T) {
	h := start(t, script{finish: func(*engine.Message) engine.Outcome {
		return stamp(entity.Splice{New: make([]byte, 1<<20)})
	}}, Options{})
	mta := h.dial()
	h.send(mta, miltertest.Envelope{}, simple)
	h.begin(mta, "a@example.org")
	h.want(miltertest.NoReply)(mta.Header("Subject", "in hand"))
	h.want(miltertest.Continue)(mta.EndOfHeaders()) // all of it has been read
	stopped := h.shutdown()
	h.want(miltertest.NoReply)(mta.Body([]byte("body\r\n")))
	changes, reply, err := mta.EndOfMessage()
	h.want(miltertest.Continue)(reply, err)
	if len(changes) < 3 {
		t.Errorf("%d modifications", len(changes))
	}
	h.closed(mta)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if got := h.messages(); len(got) != 2 || string(got[1].body) != "body\r\n" {
		t.Errorf("messages %+v", got)
	}
}

func TestShutdownPastItsContext(t *testing.T) {
	h := start(t, script{}, Options{})
	mta := h.dial()
	h.begin(mta, "a@example.org")
	h.want(miltertest.NoReply)(mta.Header("Subject", "in hand"))
	h.want(miltertest.Continue)(mta.EndOfHeaders())
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error, 1)
	go func() { result <- h.server.Shutdown(ctx) }()
	eventually(t, "stopping", h.server.isStopping)
	select {
	case err := <-result:
		t.Fatalf("Shutdown did not wait for the message in hand: %v", err)
	default:
	}
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), "1 sessions cut") {
		t.Errorf("Shutdown: %v", err)
	}
	h.closed(mta)
	h.sessions(0)
}

// TestShutdownWhileTheSignerWorks: the last reply leaves although nothing is
// read any more.
func TestShutdownWhileTheSignerWorks(t *testing.T) {
	working, goOn := make(chan struct{}), make(chan struct{})
	h := start(t, script{finish: func(*engine.Message) engine.Outcome {
		close(working)
		<-goOn
		return stamp()
	}}, Options{})
	result := make(chan *miltertest.Result, 1)
	mta := h.dial()
	go func() {
		r, err := mta.Send(miltertest.Envelope{}, []byte(simple))
		if err != nil {
			t.Error(err)
		}
		result <- r
	}()
	<-working
	stopped := h.shutdown()
	close(goOn)
	if r := <-result; !r.Accepted || !strings.Contains(string(r.Raw), "X-Guard: Yes") {
		t.Errorf("%+v", r)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	h.closed(mta)
}

func TestNothingIsLeftBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	dir := t.TempDir()
	files := openFiles(t)
	h := newServer(t, script{}, Options{MemoryBytes: 1, TempDir: dir})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.addr = ln.Addr().String()
	served := make(chan error, 1)
	go func() { served <- h.server.Serve(ln, "") }()
	for i := range 20 {
		mta := h.dial()
		switch i % 4 {
		case 0:
			h.send(mta, miltertest.Envelope{}, simple)
			h.quit(mta)
		case 1:
			h.begin(mta, "a@example.org")
			h.want(miltertest.Continue)(mta.EndOfHeaders())
			h.want(miltertest.NoReply)(mta.Body([]byte("in a file")))
			mta.Close()
		case 2:
			h.send(mta, miltertest.Envelope{}, simple)
		case 3:
			mta.Close()
		}
	}
	if err := <-h.shutdown(); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	eventually(t, "goroutines ended", func() bool { return runtime.NumGoroutine() <= before })
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("temporary files %v, %v", left, err)
	}
	// What this test has dialled and not closed is open on its own side.
	eventually(t, "files closed", func() bool { return openFiles(t) <= files+5 })
}

// openFiles counts this process's open files.
func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skipf("no /proc: %v", err)
	}
	return len(entries)
}

// faultyListener fails to accept as a test says.
type faultyListener struct {
	net.Listener
	faults chan error
}

func (l faultyListener) Accept() (net.Conn, error) {
	if err, ok := <-l.faults; ok {
		return nil, err
	}
	return l.Listener.Accept()
}

func TestAcceptFails(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	faults := make(chan error, 2)
	faults <- &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
	faults <- errors.New("broken for good")
	h := newServer(t, script{}, Options{})
	if err := h.server.Serve(faultyListener{ln, faults}, ""); err == nil || !strings.Contains(err.Error(), "broken for good") {
		t.Errorf("Serve: %v", err)
	}
	if log := h.log.String(); !strings.Contains(log, "too many open files") {
		t.Errorf("logged %s", log)
	}
}

func TestServeAfterShutdown(t *testing.T) {
	h := newServer(t, script{}, Options{})
	if err := h.server.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.server.Serve(ln, ""); err != nil {
		t.Error(err)
	}
	if _, err := ln.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the listener is open: %v", err)
	}
}

func TestManySessions(t *testing.T) {
	var finished atomic.Int64
	h := start(t, script{finish: func(m *engine.Message) engine.Outcome {
		finished.Add(1)
		return stamp(entity.Splice{New: []byte(m.Sender + "\r\n")})
	}}, Options{})
	const sessions, each = 8, 20
	errs := make(chan error, sessions)
	for i := range sessions {
		mta := h.dial()
		go func() { errs <- sendMany(mta, string(rune('a'+i)), each) }()
	}
	for range sessions {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if finished.Load() != sessions*each {
		t.Errorf("%d messages finished", finished.Load())
	}
}

func sendMany(mta *miltertest.MTA, sender string, n int) error {
	for range n {
		result, err := mta.Send(miltertest.Envelope{Sender: sender}, []byte(simple))
		if err != nil {
			return err
		}
		if !strings.Contains(string(result.Raw), "\r\n\r\n"+sender+"\r\nHello") {
			return errors.New("another session's edit: " + string(result.Raw))
		}
	}
	return mta.Quit()
}
