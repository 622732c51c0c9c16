package people

import (
	"cmp"
	"hash/maphash"
	"slices"
)

// connections are groups of numbered records that share addresses, directly or by way of
// others. For a million records it takes some forty megabytes, as addresses are kept as
// hashes: two that have the same put records together that have nothing to do with each
// other, which [unite] finds out.
type connections struct {
	holders []holder
	parent  []uint32 // of each record
	shared  []bool   // that the record is not alone
}

type holder struct {
	address uint64 // hash
	record  uint32
}

var addressSeed = maphash.MakeSeed()

// add adds the next record.
func (c *connections) add(addresses []string) {
	n := uint32(len(c.parent))
	c.parent = append(c.parent, n)
	for _, a := range addresses {
		c.holders = append(c.holders, holder{maphash.String(addressSeed, a), n})
	}
}

func (c *connections) join() {
	slices.SortFunc(c.holders, func(a, b holder) int { return cmp.Compare(a.address, b.address) })
	c.shared = make([]bool, len(c.parent))
	for i := 1; i < len(c.holders); i++ {
		a, b := c.holders[i-1], c.holders[i]
		if a.address == b.address && a.record != b.record {
			c.parent[c.root(b.record)] = c.root(a.record)
			c.shared[a.record], c.shared[b.record] = true, true
		}
	}
	c.holders = nil
}

func (c *connections) root(n uint32) uint32 {
	for c.parent[n] != n {
		c.parent[n] = c.parent[c.parent[n]]
		n = c.parent[n]
	}
	return n
}

// of returns the group of a record, and false for one that is alone.
func (c *connections) of(n uint32) (group uint32, connected bool) {
	return c.root(n), c.shared[n]
}
