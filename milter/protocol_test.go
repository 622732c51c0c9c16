package milter

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"sigmilter/milter/engine"
	"sigmilter/milter/miltertest"
)

// transcript encodes packets, each given as its code and data. "O" alone is
// the negotiation as Postfix offers it.
func transcript(packets ...string) []byte {
	var b []byte
	for _, p := range packets {
		if p == "O" {
			p = "O" + string(words(miltertest.Postfix.Version, miltertest.Postfix.Actions, miltertest.Postfix.Protocol))
		}
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(p))), p...)
	}
	return b
}

func words(numbers ...uint32) []byte {
	var b []byte
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return b
}

// readAll reads packets until the milter closes the connection.
func readAll(nc net.Conn) ([]string, error) {
	var packets []string
	nc.SetReadDeadline(time.Now().Add(patience))
	for {
		var head [4]byte
		_, err := io.ReadFull(nc, head[:])
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET): // closed with something of ours unread
			return packets, nil
		case err != nil:
			return packets, err
		}
		data := make([]byte, binary.BigEndian.Uint32(head[:]))
		if _, err := io.ReadFull(nc, data); err != nil {
			return packets, fmt.Errorf("packet cut short: %w", err)
		}
		packets = append(packets, string(data))
	}
}

// socketPair is a connection of which one end can say that it has no more to say.
func socketPair(t *testing.T) (ours *net.UnixConn, theirs net.Conn) {
	t.Helper()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	ends := make([]net.Conn, 2)
	for i, fd := range fds {
		file := os.NewFile(uintptr(fd), "socket")
		if ends[i], err = net.FileConn(file); err != nil {
			t.Fatal(err)
		}
		file.Close() // FileConn has a descriptor of its own
	}
	return ends[0].(*net.UnixConn), ends[1]
}

// exchange plays raw bytes against a new session and returns what the milter
// said until it closed the connection.
func (h *harness) exchange(raw []byte) []string {
	h.t.Helper()
	ours, theirs := socketPair(h.t)
	defer ours.Close()
	h.server.begin(theirs, "")
	go func() {
		ours.Write(raw) // fails where the milter has ended the session
		ours.CloseWrite()
	}()
	packets, err := readAll(ours)
	if err != nil {
		h.t.Fatalf("after %q: %v", packets, err)
	}
	h.sessions(0)
	return packets
}

// noPanic fails the test on a panic, here or in the library.
func (h *harness) noPanic() {
	h.t.Helper()
	if log := h.log.String(); strings.Contains(log, "panic") {
		h.t.Errorf("logged %s", log)
	}
	if libraryLog.panicked.Load() {
		h.t.Error("a panic in the library")
	}
}

func TestGarbage(t *testing.T) {
	whole := []string{"O", "M<a@b>\x00", "R<c@d>\x00", "LSubject\x00s\x00", "N", "Bbody", "E"}
	for name, c := range map[string]struct {
		raw     []byte
		replies int // after the negotiation, -1 where that failed
		done    int
	}{
		"nothing":                   {nil, -1, 0},
		"a web browser":             {[]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), -1, 0},
		"no negotiation":            {transcript(whole[1:]...), -1, 0},
		"short negotiation":         {transcript("O\x00\x00\x00\x06", "M<a@b>\x00"), -1, 0},
		"endless negotiation":       {append([]byte{0, 1, 0, 0, 'O'}, make([]byte, 100)...), -1, 0},
		"offer without body change": {transcript("O" + string(words(6, 1<<0|1<<4, 0))), -1, 0},
		"zero length":               {append(transcript("O"), 0, 0, 0, 0), 0, 0},
		"huge length":               {append(transcript("O"), 0xff, 0xff, 0xff, 0xff), 0, 0},
		"unknown command":           {transcript("O", "zz", "M<a@b>\x00"), 0, 0},
		"empty commands":            {transcript("O", "C", "H", "M", "R", "L", "N", "B", "E"), 0, 0},
		"short connect":             {transcript("O", "Chost\x00"), 0, 0},
		"connect without address":   {transcript("O", "Chost\x004\x00\x19", "Chost\x00U"), 0, 0},
		"macros without a stage":    {transcript("O", "D"), 0, 0},
		"odd macros":                {transcript(append(whole[:1:1], append([]string{"DMi"}, whole[1:]...)...)...), 2, 1},
		"two negotiations":          {transcript(append([]string{"O"}, whole...)...), 3, 1},
		"body before headers":       {transcript("O", "M<a@b>\x00", "Bbody", "N", "E"), 2, 1},
		"everything twice":          {transcript(append(whole, whole[1:]...)...), 4, 2},
		"cut in a packet":           {transcript(whole...)[:60], 1, 0},
		"quits in the same packet":  {transcript(append(whole[:len(whole):len(whole)], "Q")...), 2, 1},
	} {
		t.Run(name, func(t *testing.T) {
			h := newServer(t, script{}, Options{})
			packets := h.exchange(c.raw)
			if got := len(packets) - 1; got != c.replies {
				t.Errorf("%d replies, want %d: %q", got, c.replies, packets)
			}
			if got := len(h.messages()); got != c.done {
				t.Errorf("Done was told of %d messages, want %d", got, c.done)
			}
			h.noPanic()
		})
	}
}

// TestOlderMTA: one that offers no no-reply bit has a reply at each stage.
func TestOlderMTA(t *testing.T) {
	h := newServer(t, script{}, Options{})
	ours, theirs := net.Pipe()
	h.server.begin(theirs, "")
	mta, err := miltertest.New(ours, miltertest.Offer{Version: 2, Actions: 0x3f, Protocol: 0x7f})
	if err != nil {
		t.Fatal(err)
	}
	result := h.send(mta, miltertest.Envelope{}, simple)
	h.quit(mta)
	var got []string
	for _, r := range result.Replies {
		got = append(got, string(r.Stage)+" "+string(r.Reply))
	}
	want := "mail continue,rcpt continue,header continue,header continue,end-of-headers continue,body continue,end-of-message continue"
	if strings.Join(got, ",") != want {
		t.Errorf("replies %v", got)
	}
}

// TestPostfixWaitsTwice: where the MTA offers it, it waits for us at
// end-of-headers and end-of-message only.
func TestPostfixWaitsTwice(t *testing.T) {
	h := start(t, script{}, Options{})
	mta := h.dial()
	result := h.send(mta, miltertest.Envelope{}, simple)
	h.quit(mta)
	if len(result.Replies) != 2 {
		t.Errorf("replies %v", result.Replies)
	}
	if got, want := mta.Agreed.Protocol, uint32(wantedProtocol); got != want {
		t.Errorf("agreed on %b, want %b", got, want)
	}
}

// TestFewWrites: what is said at one end-of-message leaves together.
func TestFewWrites(t *testing.T) {
	h := newServer(t, script{finish: func(*engine.Message) engine.Outcome {
		o := stamp()
		for range 50 {
			o.Fields = append(o.Fields, o.Fields[0])
		}
		return o
	}}, Options{})
	ours, theirs := net.Pipe()
	counted := &countingConn{Conn: theirs}
	h.server.begin(counted, "")
	mta, err := miltertest.New(ours, miltertest.Postfix)
	if err != nil {
		t.Fatal(err)
	}
	h.send(mta, miltertest.Envelope{}, simple)
	h.quit(mta)
	h.sessions(0)
	if counted.writes != 3 { // negotiation, end-of-headers, end-of-message
		t.Errorf("%d writes", counted.writes)
	}
}

// countingConn counts writes; it is read after the session's end.
type countingConn struct {
	net.Conn
	writes int
}

func (c *countingConn) Write(p []byte) (int, error) {
	c.writes++
	return c.Conn.Write(p)
}

// FuzzSession: whatever follows a negotiation, the session ends in order, says
// only what a milter may say and does not panic. Seeds are in testdata/fuzz.
func FuzzSession(f *testing.F) {
	f.Fuzz(func(t *testing.T, raw []byte) {
		h := newServer(t, script{
			head: func(m *engine.Message) engine.Stage { return engine.Stage(len(m.Sender) % 3) },
			finish: func(m *engine.Message) engine.Outcome {
				o := stamp()
				if m.Body != nil {
					o.Splices = splicesAt(m.Body.Size() / 2)
				}
				return o
			},
		}, Options{MemoryBytes: 64, MaxBytes: 4096, IdleTimeout: patience, TempDir: t.TempDir()})
		packets := h.exchange(append(transcript("O"), raw...))
		for _, p := range packets {
			if p == "" || !strings.Contains("Ohmbcat", p[:1]) {
				t.Errorf("packet %q", p)
			}
		}
		h.noPanic()
	})
}
