package milter

import (
	"bytes"
	"net"
	"path/filepath"
	"sync/atomic"
	"testing"

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
	appended := func(m *Message) Outcome {
		end := m.Body.Size()
		return Outcome{
			Fields:  []entity.FieldEdit{{Op: entity.AddField, Name: guard, Index: 1, Value: "Yes"}},
			Splices: []entity.Splice{{Start: end, End: end, New: []byte("signature\r\n")}},
			Report:  Report{Action: Signed},
		}
	}
	h := newServer(t, script{finish: appended}, Options{})
	inner, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	ln := &countedListener{Listener: inner}
	served := make(chan error, 1)
	go func() { served <- h.server.Serve(ln) }()
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
