// Package learned keeps how mails of a person ended, from which a signature is known again.
// What is kept of a line is a hash under a key that is drawn for the file and lies in it:
// nobody reads a text out of it, and somebody who has the file can at most find out whether
// a line that they guess was there.
package learned

import (
	"crypto/rand"
	"crypto/sha256"
	"slices"

	"sigmilter/sigstore/people"
	"sigmilter/sigstore/statefile"
)

var (
	learnedBucket = []byte("learned")
	// learnKey holds, in [Meta], the key of the hashes. There is none while nothing is
	// learned.
	learnKey = []byte("learn")
)

// OfPeople is what a memory keeps of people: it goes when they leave.
var OfPeople = people.Dependent{
	Bucket: learnedBucket,
	Keeps:  func(_ []byte, person *people.Version) bool { return person != nil },
}

// Memory keeps learned signatures in the state file.
type Memory struct {
	file   *statefile.File
	people *people.Register
}

// NewMemory makes a memory of the people of a register.
func NewMemory(file *statefile.File, people *people.Register) *Memory { return &Memory{file, people} }

// endingsIn are those of a person in a bucket, nil for none. What cannot be decoded counts
// as absent.
func endingsIn(b *statefile.Bucket, primary string) []Ending {
	if b == nil {
		return nil
	}
	endings, err := decode(b.Get([]byte(primary)))
	if err != nil {
		return nil
	}
	return endings
}

// KeepLearned prepares the memory to learn signatures for these tenants, and drops
// what was learned of people of others. Without a tenant nothing is learned any more,
// and nothing of it stays.
func (m *Memory) KeepLearned(tenants []string) error {
	all, err := m.people.Tenants()
	if err != nil {
		return err
	}
	kept := make(map[string]bool, len(tenants))
	for _, name := range tenants {
		kept[name] = true
	}
	dropped := slices.DeleteFunc(all, func(name string) bool { return kept[name] })
	todo := false
	err = m.file.View(func(tx *statefile.Tx) error {
		todo = (statefile.Meta(tx).Get(learnKey) != nil) != (len(tenants) > 0)
		for _, name := range dropped {
			todo = todo || people.OpenIn(name, learnedBucket)(tx) != nil
		}
		return nil
	})
	if err != nil || !todo {
		return err
	}
	err = m.file.Update(func(tx *statefile.Tx) error {
		if err := dropLearned(tx, dropped); err != nil {
			return err
		}
		return setLearnKey(tx, len(tenants) > 0)
	})
	m.people.Outdate()
	return err
}

func dropLearned(tx *statefile.Tx, tenants []string) error {
	for _, name := range tenants {
		t, ok := people.OpenTenant(tx, name)
		if !ok || t.Bucket(learnedBucket) == nil {
			continue
		}
		if err := t.DropBucket(learnedBucket); err != nil {
			return err
		}
	}
	return nil
}

// setLearnKey draws a key if there is none, or drops it.
func setLearnKey(tx *statefile.Tx, wanted bool) error {
	if !wanted {
		return statefile.Meta(tx).Delete(learnKey)
	}
	if statefile.Meta(tx).Get(learnKey) != nil {
		return nil
	}
	key := make([]byte, sha256.Size)
	rand.Read(key) // never fails
	return statefile.Meta(tx).Put(learnKey, key)
}

// Learned is what was learned of the person of a tenant who has the address.
func (m *Memory) Learned(tenant, address string) (k Known, err error) {
	err = m.people.Find(tenant, address, func(f people.Found) error {
		k = knownOf(endingsIn(f.Bucket(learnedBucket), f.Primary))
		return nil
	})
	return k, err
}

// Forget drops what was learned of the person of a tenant who has the address, and
// returns what it was. An address that nobody has is [ErrUnknown].
func (m *Memory) Forget(tenant, address string) (k Known, err error) {
	primary, err := m.people.Primary(tenant, address)
	if err != nil {
		return k, err
	}
	err = m.file.Update(func(tx *statefile.Tx) error {
		b := people.OpenIn(tenant, learnedBucket)(tx)
		if b == nil {
			return nil
		}
		k = knownOf(endingsIn(b, primary))
		return b.Delete([]byte(primary))
	})
	m.people.Outdate()
	return k, err
}

// Recollection is what is remembered of the mails of the person of a tenant who has the
// address; false when nothing is learned.
func (m *Memory) Recollection(tenant, address string) (r Recollection, ok bool, err error) {
	err = m.people.Find(tenant, address, func(f people.Found) error {
		key := statefile.Meta(f.Tx).Get(learnKey)
		ok = key != nil
		if ok {
			r = Recollection{personalKey(key, tenant, f.Primary), endingsIn(f.Bucket(learnedBucket), f.Primary)}
		}
		return nil
	})
	return r, ok, err
}

// Remember has the endings of a mail stored later, if the person is still there and
// signatures are still learned. The address is the primary one.
func (m *Memory) Remember(tenant, address string, mail []Ending) {
	m.file.Later(func(tx *statefile.Tx) error { return remember(tx, tenant, address, mail) })
}

func remember(tx *statefile.Tx, tenant, address string, mail []Ending) error {
	t, ok := people.OpenTenant(tx, tenant)
	if !ok || statefile.Meta(tx).Get(learnKey) == nil {
		return nil
	}
	if _, known := t.Version(address); !known {
		return nil
	}
	after, changed := learn(endingsIn(t.Bucket(learnedBucket), address), mail)
	if !changed {
		return nil
	}
	b, err := t.MakeBucket(learnedBucket)
	if err != nil {
		return err
	}
	return b.Put([]byte(address), encode(after))
}
