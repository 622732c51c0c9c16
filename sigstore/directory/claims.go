package directory

import (
	"fmt"
	"slices"
)

// distinct sees to it that no two people share an address or a key. An address is
// first of all that of the person whose primary one it is, then that of the earlier
// entry. Whoever comes too late for the primary address is left out; for another one
// only that address is. Each warning names both.
func distinct(people []Person) (kept []Person, warnings []error) {
	owner := make(map[string]string, len(people)) // primary address of who has an address
	keys := make(map[string]string, len(people))  // by primary address
	holder := make(map[string]string)             // primary address by key
	for _, p := range people {
		if key, taken := keys[p.Address]; taken {
			warnings = append(warnings, fmt.Errorf("%s is the address of two entries, %s and %s; the second is left out",
				p.Address, named(key), named(p.Key)))
			continue
		}
		if other, taken := holder[p.Key]; taken && p.Key != "" {
			warnings = append(warnings, fmt.Errorf("%s and %s have the same id, %s; the second is left out", other, p.Address, p.Key))
			continue
		}
		holder[p.Key] = p.Address
		keys[p.Address], owner[p.Address] = p.Key, p.Address
		kept = append(kept, p)
	}
	for i := range kept {
		p := &kept[i]
		mine := func(a string) bool {
			by, taken := owner[a]
			if taken && by != p.Address {
				warnings = append(warnings, fmt.Errorf("%s: %s is an address of %s as well and stays there", p.Address, a, by))
				return false
			}
			owner[a] = p.Address
			return true
		}
		p.Addresses = slices.DeleteFunc(p.Addresses, func(a string) bool { return !mine(a) })
	}
	return kept, warnings
}

func named(key string) string {
	if key == "" {
		return "one without an id"
	}
	return key
}
