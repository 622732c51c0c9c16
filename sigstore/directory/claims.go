package directory

import (
	"fmt"
	"hash/maphash"
	"slices"
)

// Claims makes addresses and keys unique within one reading, person by person. An
// address belongs to the person whose primary one it is, else to the one who came first.
// A person whose primary address is taken is left out; one who has another address that
// is taken loses only that. Each warning names both.
//
// It takes some hundred bytes a person: there may be a million.
type Claims struct {
	words    ClaimWords
	owners   map[fingerprint]claim  // by address
	keys     map[fingerprint]uint32 // numbers of people by key, where the source has keys
	names    []byte                 // of all people, one behind the other
	ends     []claimEnds            // by number of the person
	Lost     map[string][]string    // see [Batch.Lost]
	warnings []error
}

// ClaimWords are the warnings of a source.
type ClaimWords struct {
	Taken   func(first, second Claimant) error             // of a primary address
	sameKey func(first, second Claimant, key string) error // nil: keys are not compared
	Keeps   func(owner, other Claimant, address string) error
}

// Claimant is a person in a warning.
type Claimant struct {
	Primary string
	Label   string // what the source calls the entry
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

// NewClaims begins a reading.
func NewClaims(words ClaimWords) *Claims {
	return &Claims{words: words, owners: map[fingerprint]claim{}, keys: map[fingerprint]uint32{}}
}

// Admit says whether a person is kept, and takes away the addresses that are others'.
func (c *Claims) Admit(p *Person, label string) bool {
	me := Claimant{p.Address, label}
	mine := fingerprintOf(p.Address)
	owner, owned := c.owners[mine]
	if owned && owner.primary {
		c.warnings = append(c.warnings, c.words.Taken(c.who(owner.number), me))
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
			c.warnings = append(c.warnings, c.words.Keeps(c.who(by.number), me, a))
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
func (c *Claims) lose(of claim, to Claimant) {
	loser := c.who(of.number)
	if c.Lost == nil {
		c.Lost = map[string][]string{}
	}
	c.Lost[loser.Primary] = append(c.Lost[loser.Primary], to.Primary)
	c.warnings = append(c.warnings, c.words.Keeps(to, loser, to.Primary))
}

// TakeWarnings returns the warnings since the last call.
func (c *Claims) TakeWarnings() []error {
	taken := c.warnings
	c.warnings = nil
	return taken
}

func (c *Claims) who(number uint32) Claimant {
	start := uint32(0)
	if number > 0 {
		start = c.ends[number-1].label
	}
	end := c.ends[number]
	return Claimant{string(c.names[start:end.primary]), string(c.names[end.primary:end.label])}
}

// KeyWords are the warnings of sources whose entries are known by their keys, which are
// the labels.
var KeyWords = ClaimWords{
	Taken: func(first, second Claimant) error {
		return fmt.Errorf("%s is the address of two entries, %s and %s; the second is left out",
			second.Primary, named(first.Label), named(second.Label))
	},
	sameKey: func(first, second Claimant, key string) error {
		return fmt.Errorf("%s and %s have the same id, %s; the second is left out", first.Primary, second.Primary, key)
	},
	Keeps: func(owner, other Claimant, address string) error {
		return fmt.Errorf("%s: %s is an address of %s as well and stays there", other.Primary, address, owner.Primary)
	},
}

func named(key string) string {
	if key == "" {
		return "one without an id"
	}
	return key
}
