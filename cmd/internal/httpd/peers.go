package httpd

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"sync"
)

// Limits on open connections. Above one the connection that has waited longest for a
// request is closed, so that who says nothing keeps nobody out.
const (
	maxOfPeer      = 32
	maxConnections = 64
)

// peers is a listener that keeps the connections of each peer and of all within limits.
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
	turn  uint64 // when that began, or the waiting
}

// Accept implements [net.Listener].
func (p *peers) Accept() (net.Conn, error) {
	conn, err := p.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &peerConn{Conn: conn, peers: p, peer: peerOf(conn.RemoteAddr())}
	if over := p.add(c); over != nil {
		over.Close()
	}
	return c, nil
}

// peerOf is what tells peers apart: an address, or the network of one site. All of a
// unix socket are one.
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

// add takes a connection in and returns the one that must go for it, or nil.
func (p *peers) add(c *peerConn) *peerConn {
	p.mu.Lock()
	defer p.mu.Unlock()
	of := map[string]int{}
	most := 0
	for o := range p.open {
		of[o.peer]++
		most = max(most, of[o.peer])
	}
	var over *peerConn
	switch {
	case of[c.peer] >= maxOfPeer:
		over = p.longest(func(o *peerConn) bool { return o.peer == c.peer })
	case len(p.open) >= maxConnections:
		over = p.longest(func(o *peerConn) bool { return of[o.peer] == most })
	}
	p.open[c] = true
	p.set(c, false)
	return over
}

// longest is, among some connections, the one that has waited longest for a request, or
// where none waits, the one whose request has taken longest.
func (p *peers) longest(among func(*peerConn) bool) (found *peerConn) {
	for c := range p.open {
		before := found == nil || found.busy && !c.busy || found.busy == c.busy && c.turn < found.turn
		if before && among(c) {
			found = c
		}
	}
	return found
}

// set notes what a connection does from now on.
func (p *peers) set(c *peerConn, busy bool) {
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

func (c *peerConn) answering(yes bool) {
	c.peers.mu.Lock()
	defer c.peers.mu.Unlock()
	c.peers.set(c, yes)
}

type peerKey struct{}

// withPeer is for [http.Server.ConnContext].
func withPeer(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, peerKey{}, c)
}

// noted tells a connection that its request is being answered, which one with half a
// header never is.
func noted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, ok := r.Context().Value(peerKey{}).(*peerConn); ok {
			c.answering(true)
			defer c.answering(false)
		}
		h.ServeHTTP(w, r)
	})
}
