package testport

import (
	"net"
	"slices"
	"testing"
)

func TestHeldPortIsForOneAlone(t *testing.T) {
	held, err := Hold(2)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Release()
	// The program it is for may listen, more than once in turn.
	for range 2 {
		l, err := net.Listen("tcp", held.Addrs()[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := net.Listen("tcp", held.Addrs()[0]); err == nil {
			t.Error("two listen on the port")
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Some 4,200 of the kernel's 28,000 ports are asked for: one that is held and still
// given away would come up twice among them.
func TestKernelGivesNobodyAHeldPort(t *testing.T) {
	held, err := Hold(2)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Release()
	taken := map[int]bool{}
	for range 200 {
		other, err := Hold(20)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Release()
		for _, port := range other.Ports {
			if taken[port] || slices.Contains(held.Ports, port) {
				t.Fatalf("port %d was given twice", port)
			}
			taken[port] = true
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		port := l.Addr().(*net.TCPAddr).Port
		if taken[port] || slices.Contains(held.Ports, port) {
			t.Fatalf("a listener was given the held port %d", port)
		}
		taken[port] = true
	}
}
