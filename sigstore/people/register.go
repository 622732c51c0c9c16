// Package people makes people of what sources know of them, and keeps both in a state file.
//
// An [Intake] takes what a reading brings and finds what is different. The records of all
// sources that share an address make one person, by a [Plan]: see merge.go, and unite.go
// for who owns an address. What others keep of people says by a [Dependent] when it goes.
package people

import (
	"iter"
	"sync"
	"sync/atomic"

	"sigmilter/sigstore/statefile"
)

// Register keeps the people of each tenant in a state file. It may be used by many
// goroutines at once.
type Register struct {
	file       *statefile.File
	dependents []Dependent
	generation atomic.Uint64

	limits    limits
	applying  sync.Map   // tenant -> *sync.Mutex, see lockTenant
	staging   sync.Mutex // one rebuild at a time, of whatever tenant
	states    states
	freshness sync.Map // tenant -> time.Time of the oldest last success, see [Register.Fresh]
}

// limits bound the memory that a reading takes.
type limits struct {
	// changes and bytes are how many changed records, and how much of them, go into one
	// transaction: each may touch some six pages of 4 kB that bbolt has in memory twice.
	changes, bytes int
	chunk          int // bytes of one transaction of a rebuild
	sorter         int // bytes that a sorter holds
}

var defaultLimits = limits{changes: 4000, bytes: 16 << 20, chunk: 8 << 20, sorter: 8 << 20}

// New makes a register of a file whose layout is [Layout] these dependents.
func New(file *statefile.File, dependents []Dependent) *Register {
	r := &Register{file: file, dependents: dependents, limits: defaultLimits}
	if !file.ReadOnly() {
		_ = file.Trimmed(r.dropStaging) // what is left takes space and does no harm: the next rebuild tries again
	}
	return r
}

// Generation returns a number that changes after every change of people. What a
// reader has copied out of the file is as good as the file while the number is
// the one from before the copy was made.
func (r *Register) Generation() uint64 { return r.generation.Load() }

// Outdate makes a new [Register.Generation]: something that is kept of people changed.
func (r *Register) Outdate() { r.generation.Add(1) }

// changed is called after people of a tenant were changed: who sees the new number
// sees the new people.
func (r *Register) changed(tenant string) {
	r.freshness.Delete(tenant)
	r.Outdate()
}

// lockTenant lets one reading of a tenant at a time into the file.
func (r *Register) lockTenant(tenant string) (unlock func()) {
	lock, _ := r.applying.LoadOrStore(tenant, &sync.Mutex{})
	lock.(*sync.Mutex).Lock()
	return lock.(*sync.Mutex).Unlock
}

// update runs a function in a write transaction with a tenant, which is made if need be.
// The transaction may be one of others too, for about so many bytes, see
// [statefile.File.UpdateTogether].
func (r *Register) update(tenant string, size int, write func(t *tenantTx) error) error {
	return r.file.UpdateTogether(size, func(tx *statefile.Tx) error {
		t, err := makeTenant(tx, tenant, r.dependents)
		if err != nil {
			return err
		}
		return write(t)
	})
}

// view runs a function in a read transaction with a tenant; it does nothing when there is
// none of the name.
func (r *Register) view(tenant string, read func(t *tenantTx) error) error {
	return r.file.View(func(tx *statefile.Tx) error {
		if t, ok := findTenant(tx, tenant); ok {
			return read(t)
		}
		return nil
	})
}

// newSorter returns a sorter, which is to be reset.
func (r *Register) newSorter() sorter {
	return sorter{folder: r.file.Folder(), memory: r.limits.sorter}
}

// Tenants returns the names of the tenants in the file, configured ones and those
// of before.
func (r *Register) Tenants() (names []string, err error) {
	err = r.file.View(func(tx *statefile.Tx) error {
		for name := range tenantNames(tx) {
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

// tenantNames goes through the names of the tenants.
func tenantNames(tx *statefile.Tx) iter.Seq[string] {
	return func(yield func(string) bool) {
		cursor := tx.Bucket(tenantsBucket).Cursor()
		for name, _ := cursor.First(); name != nil; name, _ = cursor.Next() {
			if !yield(string(name)) {
				return
			}
		}
	}
}
