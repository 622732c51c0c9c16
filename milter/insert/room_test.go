package insert

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"sigmilter/milter/work"
)

// dense are pieces of text that become the most elements and lines for their size.
var dense = []struct {
	piece string
	kind  Kind
}{
	{"a<p>", Kind{HTML: true}},
	{"<p>", Kind{HTML: true}},
	{"<b>x</b>", Kind{HTML: true}},
	{"x<br>", Kind{HTML: true}},
	{"<br>", Kind{HTML: true}},
	{"<x>", Kind{HTML: true}},
	{"<a b=c>", Kind{HTML: true}},
	{"<div>", Kind{HTML: true}},
	{"<p class=x_gmail_quote>y", Kind{HTML: true, Reply: true}},
	{"<p id=Signature>y", Kind{HTML: true}},
	{"&gt;x<br>", Kind{HTML: true, Reply: true}},
	{"&#1;", Kind{HTML: true}},
	{"<td>x", Kind{HTML: true}},
	{"</body>x", Kind{HTML: true}},
	{"x\n", Kind{}},
	{"> x\ny\n", Kind{Reply: true}},
	{"e\u0301\n", Kind{}},
	{"-----Original Message-----\n", Kind{Reply: true}},
	{"From: a\nTo: b\n", Kind{Reply: true}},
	{"a On 3 Feb 2026, Ben <b@x.de> wrote:\n", Kind{Reply: true}},
}

// heap is what is reachable, in bytes.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// What a reading says it takes is what it takes, whatever the text, but that the heap
// rounds up what is small.
func TestRoomIsWhatAReadingTakes(t *testing.T) {
	const size, rest = 1 << 20, 128 << 10
	for _, d := range dense {
		text := []byte(strings.Repeat(d.piece, size/len(d.piece)))
		before := heap()
		var taken int64
		d.kind.Room = work.NewRoom(1<<40, func(n int64) error { taken += n; return nil })
		r := Read(text, d.kind)
		took := heap() - before
		runtime.KeepAlive(r)
		runtime.KeepAlive(text)
		if took > taken*11/10+rest {
			t.Errorf("%q: %.1f bytes for each byte, and %.1f were taken", d.piece, float64(took)/size, float64(taken)/size)
		}
	}
}

// A reading ends before it takes more than its room.
func TestReadingEndsAtItsRoom(t *testing.T) {
	const size, most = 1 << 20, 16
	stopped := 0
	for _, d := range dense {
		text := []byte(strings.Repeat(d.piece, size/len(d.piece)))
		d.kind.Room = work.NewRoom(most*size, nil)
		var r *Reading
		func() {
			defer func() {
				if v := recover(); v != nil && !errors.Is(v.(work.Stop), work.ErrDense) {
					t.Errorf("%q: %v", d.piece, v)
				}
			}()
			r = Read(text, d.kind)
		}()
		if r == nil {
			stopped++
			continue
		}
		took := cap(r.lines) * int(unsafe.Sizeof(line{}))
		if r.page != nil {
			took += cap(r.page.elems) * int(unsafe.Sizeof(elem{}))
		}
		if took > most*size {
			t.Errorf("%q: lines and elements take %d bytes", d.piece, took)
		}
	}
	if stopped == 0 || stopped == len(dense) {
		t.Errorf("%d of %d end early", stopped, len(dense))
	}
}

// The memory of a large text is that of its elements and lines.
func TestSizes(t *testing.T) {
	if n := unsafe.Sizeof(elem{}); n > 28 {
		t.Errorf("an element takes %d bytes", n)
	}
	if n := unsafe.Sizeof(line{}); n > 56 {
		t.Errorf("a line takes %d bytes", n)
	}
}
