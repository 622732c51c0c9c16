package directory

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// atOnce does what claims do, of people who are all there: it looks at primary addresses
// first.
func atOnce(people []Person) (kept []Person) {
	owner := map[string]string{} // primary address of who has an address
	keys := map[string]bool{}
	for _, p := range people {
		if owner[p.Address] == "" && !(p.Key != "" && keys[p.Key]) {
			keys[p.Key], owner[p.Address] = true, p.Address
			kept = append(kept, p)
		}
	}
	for i := range kept {
		p := &kept[i]
		p.Addresses = slices.DeleteFunc(slices.Clone(p.Addresses), func(a string) bool {
			if owner[a] == "" {
				owner[a] = p.Address
			}
			return owner[a] != p.Address
		})
	}
	return kept
}

// People who come one by one have in the end the addresses they would have at once.
func TestClaimsAtRandom(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 2000 {
		var people []Person
		for range r.IntN(8) {
			var p Person
			for _, n := range r.Perm(8)[:1+r.IntN(4)] {
				p.Addresses = append(p.Addresses, fmt.Sprint("a", n, "@b.c"))
			}
			p.Address = p.Addresses[0]
			if r.IntN(2) == 0 {
				p.Key = fmt.Sprint("k", r.IntN(10))
			}
			people = append(people, p)
		}
		want := atOnce(people)
		c := NewClaims(KeyWords)
		var all gathered
		for _, p := range people {
			p.Addresses = slices.Clone(p.Addresses)
			if c.Admit(&p, p.Key) {
				all = append(all, p)
			}
		}
		if got := all.without(c.Lost); len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("of %+v\ngot  %+v\nwant %+v", people, got, want)
		}
	}
}
