package directory

import (
	"fmt"
	"hash/maphash"
	"slices"
)

// claims sees to it that no two people of a reading share an address or a key, while
// they come one by one. An address is first of all that of the person whose primary one
// it is, then that of the earlier entry. Whoever comes too late for the primary address
// is left out; for another one only that address is. Each warning names both.
//
// It is kept small, a hundred bytes a person: there may be a million.
type claims struct {
	words    claimWords
	owners   map[fingerprint]claim  // by address
	keys     map[fingerprint]uint32 // numbers of people by key, where the source has keys
	names    []byte                 // of all people, one behind the other
	ends     []claimEnds            // by number of the person
	lost     map[string][]string    // see [Batch.Lost]
	warnings []error
}

// claimWords are the warnings of a source.
type claimWords struct {
	taken   func(first, second claimant) error             // of a primary address
	sameKey func(first, second claimant, key string) error // nil: keys are not compared
	keeps   func(owner, other claimant, address string) error
}

// claimant is a person in a warning.
type claimant struct {
	primary string
	label   string // what the source calls the entry
}

// claimEnds are where the two names of a person end in claims.names.
type claimEnds struct{ primary, label uint32 }

// claim is the number of the person who has an address, and whether it is the primary
// one.
type claim struct {
	number  uint32
	primary bool
}

// fingerprint stands for a text. With 96 bits, the chance that two of ten million are
// taken for one is below one in 10^14, and another one at each start.
type fingerprint [3]uint32

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func fingerprintOf(s string) fingerprint {
	a, b := maphash.String(seeds[0], s), maphash.String(seeds[1], s)
	return fingerprint{uint32(a), uint32(a >> 32), uint32(b)}
}

func newClaims(words claimWords) *claims {
	return &claims{words: words, owners: map[fingerprint]claim{}, keys: map[fingerprint]uint32{}}
}

// admit says whether a person is kept, and takes away the addresses that are others'.
func (c *claims) admit(p *Person, label string) bool {
	me := claimant{p.Address, label}
	mine := fingerprintOf(p.Address)
	owner, owned := c.owners[mine]
	if owned && owner.primary {
		c.warnings = append(c.warnings, c.words.taken(c.who(owner.number), me))
		return false
	}
	number := uint32(len(c.ends))
	if c.words.sameKey != nil && p.Key != "" {
		key := fingerprintOf(p.Key)
		if other, taken := c.keys[key]; taken {
			c.warnings = append(c.warnings, c.words.sameKey(c.who(other), me, p.Key))
			return false
		}
		c.keys[key] = number
	}
	c.names = append(append(c.names, p.Address...), label...)
	end := uint32(len(c.names))
	c.ends = append(c.ends, claimEnds{end - uint32(len(label)), end})
	if owned {
		c.lose(owner, me)
	}
	c.owners[mine] = claim{number, true}
	p.Addresses = slices.DeleteFunc(p.Addresses, func(a string) bool {
		print := fingerprintOf(a)
		by, taken := c.owners[print]
		if taken && by.number != number {
			c.warnings = append(c.warnings, c.words.keeps(c.who(by.number), me, a))
			return true
		}
		if !taken {
			c.owners[print] = claim{number: number}
		}
		return false
	})
	return true
}

// lose takes an address away from who was let in with it: it is the primary one of
// somebody else.
func (c *claims) lose(of claim, to claimant) {
	loser := c.who(of.number)
	if c.lost == nil {
		c.lost = map[string][]string{}
	}
	c.lost[loser.primary] = append(c.lost[loser.primary], to.primary)
	c.warnings = append(c.warnings, c.words.keeps(to, loser, to.primary))
}

// takeWarnings returns the warnings since the last call.
func (c *claims) takeWarnings() []error {
	taken := c.warnings
	c.warnings = nil
	return taken
}

func (c *claims) who(number uint32) claimant {
	start := uint32(0)
	if number > 0 {
		start = c.ends[number-1].label
	}
	end := c.ends[number]
	return claimant{string(c.names[start:end.primary]), string(c.names[end.primary:end.label])}
}

// keyWords are the warnings of sources whose entries are known by their keys, which are
// the labels.
var keyWords = claimWords{
	taken: func(first, second claimant) error {
		return fmt.Errorf("%s is the address of two entries, %s and %s; the second is left out",
			second.primary, named(first.label), named(second.label))
	},
	sameKey: func(first, second claimant, key string) error {
		return fmt.Errorf("%s and %s have the same id, %s; the second is left out", first.primary, second.primary, key)
	},
	keeps: func(owner, other claimant, address string) error {
		return fmt.Errorf("%s: %s is an address of %s as well and stays there", other.primary, address, owner.primary)
	},
}

func named(key string) string {
	if key == "" {
		return "one without an id"
	}
	return key
}
