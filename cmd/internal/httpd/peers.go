package httpd

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"sync"
)

// Limits on open connections. Above them the connection that has been idle longest is
// closed, so that silent clients keep nobody out.
const (
	maxOfPeer      = 32
	maxConnections = 64
)

// peers is a listener that limits the connections, of each peer and of all together.
type peers struct {
	net.Listener

	mu    sync.Mutex // guards the rest, and the state of each connection
	open  map[*peerConn]bool
	turns uint64
}

func limitPeers(ln net.Listener) *peers { return &peers{Listener: ln, open: map[*peerConn]bool{}} }

// peerConn is a connection that waits for a request or has one answered.
type peerConn struct {
	net.Conn
	peers *peers
	peer  string
	busy  bool   // a request is being answered
	turn  uint64 // counts up; when it became busy or idle
}

// Accept implements [net.Listener].
func (p *peers) Accept() (net.Conn, error) {
	conn, err := p.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &peerConn{Conn: conn, peers: p, peer: peerOf(conn.RemoteAddr())}
	if over := p.addConn(c); over != nil {
		over.Close()
	}
	return c, nil
}

// peerOf identifies a peer: an IPv4 address, or the /64 network of an IPv6 address. All
// clients of a unix socket are one peer.
func peerOf(a net.Addr) string {
	addr, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return ""
	}
	ip := addr.Addr().Unmap().WithZone("")
	if site, err := ip.Prefix(64); err == nil && ip.Is6() {
		return site.String()
	}
	return ip.String()
}

// addConn adds a connection and returns the one to close in return, or nil.
func (p *peers) addConn(c *peerConn) *peerConn {
	p.mu.Lock()
	defer p.mu.Unlock()
	of := map[string]int{}
	most := 0
	for o := range p.open {
		of[o.peer]++
		most = max(most, of[o.peer])
	}
	var over *peerConn
	if of[c.peer] >= maxOfPeer {
		over = p.longestIdle(func(o *peerConn) bool { return o.peer == c.peer })
	} else if len(p.open) >= maxConnections {
		over = p.longestIdle(func(o *peerConn) bool { return of[o.peer] == most })
	}
	p.open[c] = true
	p.setBusy(c, false)
	return over
}

// longestIdle is, among some connections, the one that has been idle longest; if all are
// busy, the one whose request has taken longest.
func (p *peers) longestIdle(among func(*peerConn) bool) (found *peerConn) {
	for c := range p.open {
		if among(c) && (found == nil || c.closesBefore(found)) {
			found = c
		}
	}
	return found
}

// closesBefore reports whether a connection is to be closed rather than another.
func (c *peerConn) closesBefore(other *peerConn) bool {
	if c.busy != other.busy {
		return other.busy
	}
	return c.turn < other.turn
}

// setBusy notes whether a connection is busy from now on.
func (p *peers) setBusy(c *peerConn, busy bool) {
	p.turns++
	c.busy, c.turn = busy, p.turns
}

// Close implements [net.Conn].
func (c *peerConn) Close() error {
	c.peers.mu.Lock()
	delete(c.peers.open, c)
	c.peers.mu.Unlock()
	return c.Conn.Close()
}

func (c *peerConn) setAnswering(yes bool) {
	c.peers.mu.Lock()
	defer c.peers.mu.Unlock()
	c.peers.setBusy(c, yes)
}

type peerKey struct{}

// withPeer is for [http.Server.ConnContext].
func withPeer(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, peerKey{}, c)
}

// markBusy marks a connection as busy while its request is being answered. One that sent
// half a header never is.
func markBusy(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, ok := r.Context().Value(peerKey{}).(*peerConn); ok {
			c.setAnswering(true)
			defer c.setAnswering(false)
		}
		h.ServeHTTP(w, r)
	})
}
