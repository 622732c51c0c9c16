package milter

import (
	"bytes"
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"sigmilter/milter/engine"
	"sigmilter/milter/entity"
	"sigmilter/milter/miltertest"
)

// countedListener is a listener that counts what its connections write.
type countedListener struct {
	net.Listener
	writes atomic.Int64
}

func (l *countedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return countedConn{c, l}, err
}

type countedConn struct {
	net.Conn
	of *countedListener
}

func (c countedConn) Write(p []byte) (int, error) {
	c.of.writes.Add(1)
	return c.Conn.Write(p)
}

// All edits leave with the reply in one write, which wakes the MTA once; a large body
// leaves packet by packet.
func TestWrites(t *testing.T) {
	appended := func(m *engine.Message) engine.Outcome {
		end := m.Body.Size()
		return engine.Outcome{
			Fields:  []entity.FieldEdit{{Op: entity.AddField, Name: guard, Index: 1, Value: "Yes"}},
			Splices: []entity.Splice{{Start: end, End: end, New: []byte("signature\r\n")}},
			Report:  engine.Report{Action: engine.Signed},
		}
	}
	h := newServer(t, script{finish: appended}, Options{})
	inner, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	ln := &countedListener{Listener: inner}
	served := make(chan error, 1)
	go func() { served <- h.server.Serve(ln, "") }()
	for _, c := range []struct {
		size int
		want int64 // negotiation, end-of-headers, and at the end one, or fields, packets and the rest
	}{{50 << 10, 3}, {60 << 10, 3}, {150 << 10, 2 + 4}} {
		before := ln.writes.Load()
		mta, err := miltertest.Dial("unix", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		raw := append([]byte("From: a@contoso.com\r\n\r\n"), bytes.Repeat([]byte("0123456789abcde\r\n"), c.size/17)...)
		result, err := mta.Send(miltertest.Envelope{}, raw)
		if err != nil || !bytes.HasSuffix(result.Raw, []byte("\r\nsignature\r\n")) {
			t.Fatal(err)
		}
		if err := mta.Quit(); err != nil {
			t.Error(err)
		}
		if n := ln.writes.Load() - before; n != c.want {
			t.Errorf("a body of %d KB took %d writes, want %d", c.size>>10, n, c.want)
		}
	}
	if err := h.server.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// stream makes packets of their codes and data.
func stream(packets ...string) []byte {
	var b []byte
	for _, p := range packets {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(p))), p...)
	}
	return b
}

// readThrough sends bytes in pieces of a size and returns what a connection lets the
// library read of them. It hands fields to the function, unless that is nil.
func readThrough(t *testing.T, sent []byte, piece int, field func([]byte)) []byte {
	t.Helper()
	return readBeside(t, sent, piece, field, nil)
}

// readBeside does so too, and hands bodies over.
func readBeside(t *testing.T, sent []byte, piece int, field func([]byte), body bodyTaker) []byte {
	t.Helper()
	ours, theirs := net.Pipe()
	go func() {
		defer ours.Close()
		for part := range slices.Chunk(sent, piece) {
			if _, err := ours.Write(part); err != nil {
				return
			}
		}
	}()
	c := newConn(theirs, patience, patience, slog.Default())
	defer c.Close()
	c.field, c.body = field, body
	got, err := io.ReadAll(c)
	if err != nil {
		t.Error(err)
	}
	return got
}

// Macros that stand before each field are read once for as long as they are the same.
func TestRepeatedMacros(t *testing.T) {
	const field, macros, others = "LSubject\x00Hello\x00", "DNi\x00Q1\x00", "DNi\x00Q2\x00"
	large := "L" + strings.Repeat("x", 3*readSize)
	for name, c := range map[string]struct{ sent, want []byte }{
		"each field":      {stream(macros, field, macros, field, macros, field, macros, "N"), stream(macros, field, field, field, "N")},
		"other macros":    {stream(macros, field, others, field, others, field), stream(macros, field, others, field, field)},
		"twice":           {stream(macros, macros, field), stream(macros, field)},
		"another command": {stream(macros, "N", macros, "E"), stream(macros, "N", macros, "E")},
		"another message": {stream(macros, field, "A", macros, field), stream(macros, field, "A", macros, field)},
		"large field":     {stream(macros, large, macros, field), stream(macros, large, macros, field)},
		"no code":         {stream(macros, "", "N"), stream(macros, "", "N")},
		"cut short":       {stream(macros, field)[:20], stream(macros, field)[:20]},
		"no packet":       {[]byte("\xff\xff\xff\xffD\x00\x00"), []byte("\xff\xff\xff\xffD\x00\x00")},
		"nothing":         {nil, []byte{}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := readThrough(t, c.sent, len(c.sent)+1, nil); !bytes.Equal(got, c.want) {
				t.Errorf("read %q, want %q", got, c.want)
			}
			// What is not all there is let through.
			if got := readThrough(t, c.sent, 1, nil); !bytes.Equal(got, c.sent) {
				t.Errorf("byte by byte read %q, want %q", got, c.sent)
			}
		})
	}
}

// A plain field is handed to the session, unless the library has macros that came before
// it, or it is not all there.
func TestFieldsAreHandedOver(t *testing.T) {
	const field, empty, macros = "LSubject\x00Hello\x00", "LX-Empty\x00\x00", "DNi\x00Q1\x00"
	large := "LX\x00" + strings.Repeat("x", 3*readSize) + "\x00"
	for name, c := range map[string]struct {
		sent, want []byte
		handed     []string
	}{
		"alone":            {stream(field, empty, "N"), stream("N"), []string{"Subject\x00Hello\x00", "X-Empty\x00\x00"}},
		"behind macros":    {stream(macros, field, macros, empty, "N"), stream(macros, field, "N"), []string{"X-Empty\x00\x00"}},
		"without a name":   {stream("L\x00Hello\x00"), stream("L\x00Hello\x00"), nil},
		"without its end":  {stream("LSubject\x00Hello", "L", "LX"), stream("LSubject\x00Hello", "L", "LX"), nil},
		"with a NUL in it": {stream("LSubject\x00Hel\x00lo\x00"), stream("LSubject\x00Hel\x1alo\x00"), nil},
		"large":            {stream(large, field), stream(large), []string{"Subject\x00Hello\x00"}},
		"macros of others": {stream(macros, "N", field), stream(macros, "N"), []string{"Subject\x00Hello\x00"}},
	} {
		t.Run(name, func(t *testing.T) {
			var handed []string
			got := readThrough(t, c.sent, len(c.sent)+1, func(f []byte) { handed = append(handed, string(f)) })
			if !bytes.Equal(got, c.want) || !slices.Equal(handed, c.handed) {
				t.Errorf("read %q, want %q; handed over %q, want %q", got, c.want, handed, c.handed)
			}
		})
	}
}

// bodies takes the data of packets, all in the same room.
type bodies struct {
	room [1 << 16]byte
	all  []string
}

func (b *bodies) bodyRoom(size int) []byte { return b.room[:size] }
func (b *bodies) plainBody(data []byte)    { b.all = append(b.all, string(data)) }

// The data of a body's packet are handed to the session when all of it is there, unless the
// library has macros that came before it.
func TestBodiesAreHandedOver(t *testing.T) {
	const macros = "DBi\x00Q1\x00"
	large := strings.Repeat("x", 3*readSize)
	for name, c := range map[string]struct {
		sent, want []byte
		handed     []string
	}{
		"alone":            {stream("N", "Bone", "Btwo", "E"), stream("N", "E"), []string{"one", "two"}},
		"larger than read": {stream("B"+large, "Bone", "E"), stream("E"), []string{large, "one"}},
		"behind macros":    {stream(macros, "Bone", "Btwo"), stream(macros, "Bone"), []string{"two"}},
		"empty":            {stream("B", "Bone"), stream("B"), []string{"one"}},
		"too large":        {stream("B"+strings.Repeat("y", 1<<16), "Bone"), stream("B" + strings.Repeat("y", 1<<16)), []string{"one"}},
		"not all there":    {stream("Bone", "Btwo")[:len(stream("Bone", "Btwo"))-1], nil, []string{"one"}},
	} {
		t.Run(name, func(t *testing.T) {
			taker := new(bodies)
			got := readBeside(t, c.sent, len(c.sent)+1, nil, taker)
			if !bytes.Equal(got, c.want) || !slices.Equal(taker.all, c.handed) {
				t.Errorf("read %q, want %q; handed over %q, want %q", got, c.want, taker.all, c.handed)
			}
		})
	}
}

// In whatever pieces a packet comes, it is seen once: by the session, or by the library.
func TestBodiesInPieces(t *testing.T) {
	sent := []string{"N", "Bone", "Btwo", "Bthree", "E"}
	for piece := 1; piece < 12; piece++ {
		taker := new(bodies)
		seen := readBeside(t, stream(sent...), piece, nil, taker)
		for _, data := range taker.all {
			seen = append(seen, stream("B"+data)...)
		}
		for _, packet := range sent {
			if n := bytes.Count(seen, stream(packet)); n != 1 {
				t.Errorf("in pieces of %d, %q was seen %d times: %q", piece, packet, n, seen)
			}
		}
	}
}

// A body that is not kept in memory takes none for each of its packets.
func TestRoomOfABody(t *testing.T) {
	s := &session{current: &transaction{body: newBodyStore(10, t.TempDir())}}
	defer s.current.body.Close()
	first := s.bodyRoom(8)
	if err := s.current.body.Keep(first); err != nil {
		t.Fatal(err)
	}
	second, third := s.bodyRoom(8), s.bodyRoom(8)
	if &first[0] == &second[0] {
		t.Error("what is kept in memory shares it with the next packet")
	}
	if &second[0] != &third[0] {
		t.Error("what goes to the file takes memory of its own")
	}
}

// failing fails each write that it is told to, and takes the others.
type failing struct {
	net.Conn
	fail    []bool
	written int
}

func (f *failing) Write(p []byte) (int, error) {
	fails := f.fail[0]
	f.fail = f.fail[1:]
	if fails {
		return len(p) / 2, io.ErrShortWrite
	}
	f.written += len(p)
	return len(p), nil
}

// After half a packet nothing may follow: it would be taken for its other half.
func TestWriteFails(t *testing.T) {
	_, theirs := net.Pipe()
	f := &failing{Conn: theirs, fail: []bool{true, false, false}}
	c := newConn(f, patience, patience, slog.Default())
	if _, err := c.Write(make([]byte, fullPacket)); err == nil {
		t.Error("the write did not fail")
	}
	_, _ = c.Write([]byte("reply"))
	if err := c.flush(); err == nil || f.written > 0 {
		t.Errorf("%d bytes were written after that (%v)", f.written, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}
