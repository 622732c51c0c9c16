package metrics

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// ofPeer is how many connections of one peer are kept.
const ofPeer = 32

// monitored answers monitoring on loopback.
func monitored(t *testing.T, d Daemon) (address string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(Serve(ln, d, New(), slog.New(slog.DiscardHandler)))
	return ln.Addr().String()
}

// dialFrom connects from an address of loopback and sends a text.
func dialFrom(t *testing.T, from, address, text string) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}).Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(time.Minute)) // a test that hangs ends
	go io.WriteString(conn, text)                 // not all of it is read
	return conn
}

const healthRequest = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"

// wantAnswer reads one answer with this status.
func wantAnswer(t *testing.T, conn net.Conn, status int) {
	t.Helper()
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Error(err)
		return
	}
	io.Copy(io.Discard, answer.Body)
	if answer.StatusCode != status {
		t.Errorf("status %d, want %d", answer.StatusCode, status)
	}
}

// Whatever the clients of one peer do, the next is answered, of that peer or another.
func TestClientsThatHoldTheirConnections(t *testing.T) {
	const most = ofPeer + 8
	for name, text := range map[string]string{
		"silent":       "",
		"half a line":  "GET /hea",
		"half headers": "GET /healthz HTTP/1.1\r\nHost: x\r\nX: a",
		"huge headers": "GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 32<<10),
		"half a body":  "POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na",
		"kept alive":   healthRequest,
		"never read":   strings.Repeat("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			address := monitored(t, &fake{})
			other := dialFrom(t, "127.0.0.2", address, healthRequest)
			wantAnswer(t, other, 200)
			for range most {
				dialFrom(t, "127.0.0.1", address, text)
			}
			for _, path := range []string{"/healthz", "/metrics"} {
				conn := dialFrom(t, "127.0.0.1", address, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n")
				wantAnswer(t, conn, 200)
			}
			go io.WriteString(other, healthRequest)
			wantAnswer(t, other, 200) // it was left its connection
		})
	}
}

// The silent connection that is above the limit is closed at once.
func TestLongestSilentIsClosed(t *testing.T) {
	address := monitored(t, &fake{})
	first := dialFrom(t, "127.0.0.1", address, "")
	for range ofPeer {
		dialFrom(t, "127.0.0.1", address, "")
	}
	if _, err := first.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("got %v, want it closed", err)
	}
}

// slowHealth has a self-test that lasts.
type slowHealth struct {
	fake
	begun, end chan struct{}
}

func (s *slowHealth) Health(context.Context) error {
	s.begun <- struct{}{}
	<-s.end
	return nil
}

// A request in hand is not given up for connections that say nothing.
func TestRequestsInHandAreFinished(t *testing.T) {
	d := &slowHealth{begun: make(chan struct{}), end: make(chan struct{})}
	address := monitored(t, d)
	asked := dialFrom(t, "127.0.0.1", address, healthRequest)
	<-d.begun
	for range ofPeer {
		dialFrom(t, "127.0.0.1", address, "")
	}
	wantAnswer(t, dialFrom(t, "127.0.0.1", address, "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"), http.StatusServiceUnavailable)
	close(d.end)
	wantAnswer(t, asked, 200)
}
