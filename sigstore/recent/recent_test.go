package recent

import "testing"

// However much is put in, there is no more than fits, and what came last is there.
func TestBounded(t *testing.T) {
	const most, each = 1 << 20, 1000
	c := New[int](most, func(v []byte) int { return len(v) })
	for n := range 5000 {
		c.Put(n, make([]byte, each))
		if _, ok := c.Get(n); !ok {
			t.Fatalf("%d: not taken in", n)
		}
	}
	total := 0
	for _, v := range c.All {
		total += len(v)
	}
	counted := 0
	for i := range c.shards {
		counted += c.shards[i].bytes
	}
	if total > most || total < most/2 || counted != total {
		t.Errorf("%d bytes, counted %d", total, counted)
	}
	c.Put(-1, make([]byte, most/shards+1))
	if _, ok := c.Get(-1); ok {
		t.Error("a value larger than a shard is kept")
	}
}

// A value that is put in again takes the place of the old one.
func TestAgain(t *testing.T) {
	c := New[string](1<<20, func(v string) int { return len(v) })
	c.Put("a", "first")
	c.Put("a", "2nd")
	n := 0
	for key, v := range c.All {
		n++
		if key != "a" || v != "2nd" {
			t.Errorf("%s %s", key, v)
		}
	}
	if n != 1 || c.shardOf("a").bytes != 3 {
		t.Errorf("%d values, %d bytes", n, c.shardOf("a").bytes)
	}
	for range c.All {
		break
	}
}
