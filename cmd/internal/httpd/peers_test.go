package httpd

import (
	"net"
	"testing"
)

// ofPeer is a connection of a peer that notes that it is closed.
type ofPeer struct {
	net.Conn
	closed bool
}

func (c *ofPeer) Close() error { c.closed = true; return nil }

func TestPeerLimits(t *testing.T) {
	p := limitPeers(nil)
	connect := func(peer string) *peerConn {
		c := &peerConn{Conn: &ofPeer{}, peers: p, peer: peer}
		if over := p.addConn(c); over != nil {
			over.Close()
		}
		return c
	}
	closed := func(c *peerConn) bool { return c.Conn.(*ofPeer).closed }
	friend := connect("friend")
	var of [3][]*peerConn
	for i, peer := range []string{"a", "b", "c"} {
		for range 2 * maxOfPeer {
			of[i] = append(of[i], connect(peer))
		}
	}
	if len(p.open) != maxConnections || closed(friend) {
		t.Errorf("%d are open, the only one of a peer is closed: %v", len(p.open), closed(friend))
	}
	for i := range of {
		if last := of[i][len(of[i])-1]; closed(last) && i == len(of)-1 {
			t.Error("the newest is closed")
		}
	}
	// With all in hand, the one that takes longest goes.
	for c := range p.open {
		c.setAnswering(true)
	}
	friend.setAnswering(true) // again, so last
	if connect("d"); closed(friend) || len(p.open) != maxConnections {
		t.Errorf("%d are open", len(p.open))
	}
	friend.Close()
	if friend.Close(); len(p.open) != maxConnections-1 {
		t.Errorf("%d are open", len(p.open))
	}
}

type address string

func (address) Network() string  { return "" }
func (a address) String() string { return string(a) }

func TestPeerOf(t *testing.T) {
	for a, want := range map[string]string{
		"192.0.2.1:99": "192.0.2.1", "[::ffff:192.0.2.1]:99": "192.0.2.1",
		"[2001:db8:1:2:3::4]:5": "2001:db8:1:2::/64", "[fe80::1%eth0]:5": "fe80::/64", "": "", "@": "",
	} {
		if got := peerOf(address(a)); got != want {
			t.Errorf("%s: %q, want %q", a, got, want)
		}
	}
}
