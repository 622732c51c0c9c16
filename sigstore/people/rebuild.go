package people

import (
	"errors"
	"slices"
	"strconv"

	"sigmilter/sigstore/statefile"
)

// stagingBucket has what a rebuild has written so far, in buckets named as in a tenant
// and a source.
var stagingBucket = []byte("staging")

// rebuild makes a tenant's people again from all records, with those of one source as a
// reading changes them. It takes little memory for any number of people: everything is
// written in the order of its keys, in many small transactions, into a bucket next to the
// tenants, and a last transaction puts it in their place. Until then nobody sees any of
// it, and a process that ends leaves the tenant as it was.
//
// (To apply the changes themselves in small transactions would not do: in the order of
// one bucket's keys they are all over the others, and each would write most of the file.)
type rebuild struct {
	*Register
	tenant   string
	plan     Plan
	sources  []string // whose records make the people
	obsolete []string // sources that are dropped
	// With a reading, else nil:
	intake   *Intake
	compared *comparison

	chunk    []staged // not written yet
	size     int      // bytes of it
	people   int
	diff     Diff
	warnings []error
}

// staged is a key on its way into a staging bucket.
type staged struct {
	bucket     []byte
	key, value []byte
}

// rebuild applies a reading by a rebuild.
//
// It warns of everything that is contested, not only of what the reading changed.
func (i *Intake) rebuild(c *comparison, plan Plan, obsolete []string) (Applied, error) {
	r := &rebuild{Register: i.register, tenant: i.tenant, plan: plan, obsolete: obsolete, intake: i, compared: c, warnings: c.warnings}
	if slices.Contains(obsolete, i.source) {
		r.intake = nil // its source is no longer configured
	}
	err := r.run()
	return r.applied(), err
}

func (r *rebuild) applied() Applied {
	return Applied{Diff: r.diff, People: r.compared.peopleLeft(), Warnings: r.warnings}
}

func (r *rebuild) run() error {
	r.staging.Lock()
	defer r.staging.Unlock()
	if err := r.prepare(); err != nil {
		return errors.Join(err, r.dropStaging())
	}
	if err := r.file.Update(r.swap); err != nil {
		return err
	}
	if r.diff.Changed+r.diff.Removed == 0 {
		return nil
	}
	for _, d := range r.dependents {
		if err := d.prune(r.file, r.tenant); err != nil {
			return err
		}
	}
	return nil
}

// prepare writes everything into the staging bucket.
func (r *rebuild) prepare() error {
	for _, step := range []func() error{r.dropStaging, r.listSources, r.writeRecords, r.writeMembers, r.flush, r.merge, r.flush} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// dropStaging drops what a rebuild has left that did not get to its end.
func (r *Register) dropStaging() error {
	left := false
	err := r.file.View(func(tx *statefile.Tx) error {
		left = tx.Bucket(stagingBucket) != nil
		return nil
	})
	if err != nil || !left {
		return err
	}
	return r.file.Update(func(tx *statefile.Tx) error { return tx.DeleteBucket(stagingBucket) })
}

// listSources finds the sources whose records make the people.
func (r *rebuild) listSources() error {
	names, err := r.sourceNames(r.tenant)
	if r.intake != nil && !slices.Contains(names, r.intake.source) {
		names = append(names, r.intake.source)
	}
	r.sources = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(r.obsolete, name) })
	slices.Sort(r.sources)
	return err
}

// put has a key written. Keys of a bucket must come in order.
func (r *rebuild) put(bucket, key, value []byte) error {
	r.chunk = append(r.chunk, staged{bucket, key, value})
	r.size += len(key) + len(value)
	if r.size < r.limits.chunk {
		return nil
	}
	return r.flush()
}

// differs implements [target]: what is kept of people is pruned after the swap.
func (r *rebuild) differs(string, *Version) error { return nil }

// fillPercent is for pages of keys that come in order. Some room is left for changes.
const fillPercent = 0.9

func (r *rebuild) flush() error {
	err := r.file.Update(func(tx *statefile.Tx) error {
		staging, err := tx.CreateBucketIfNotExists(stagingBucket)
		if err != nil {
			return err
		}
		for _, s := range r.chunk {
			b, err := staging.CreateBucketIfNotExists(s.bucket)
			if err != nil {
				return err
			}
			b.FillPercent = fillPercent
			if err := b.Put(s.key, s.value); err != nil {
				return err
			}
		}
		return nil
	})
	clear(r.chunk)
	r.chunk, r.size = r.chunk[:0], 0
	return err
}

// merge writes the people that all records make.
func (r *rebuild) merge() error {
	m := newMerge(r.Register, r.plan, r)
	defer m.reset()
	if err := m.run(); err != nil {
		return err
	}
	r.warnings = append(r.warnings, m.warnings...)
	before, err := r.file.Walk(OpenIn(r.tenant, peopleBucket), versionOnly)
	if err != nil {
		return err
	}
	defer before.Stop()
	r.diff, r.people, err = m.write(before, r)
	return err
}

// swap puts the staging buckets in the place of the tenant's.
func (r *rebuild) swap(tx *statefile.Tx) error {
	staging := tx.Bucket(stagingBucket)
	if staging == nil {
		return errors.New("the staging bucket is gone")
	}
	t, err := makeTenant(tx, r.tenant, r.dependents)
	if err != nil {
		return err
	}
	if r.intake != nil {
		if err := r.swapSource(t, staging); err != nil {
			return err
		}
	}
	for _, name := range r.obsolete {
		if t.sources().Bucket([]byte(name)) == nil {
			continue // the reading came too late, and nothing of it was stored
		}
		if err := t.sources().DeleteBucket([]byte(name)); err != nil {
			return err
		}
	}
	for _, name := range mergedBuckets {
		if err := moveBucket(name, staging, t.bucket); err != nil {
			return err
		}
	}
	if r.intake == nil {
		if err := t.putPlan(r.plan); err != nil {
			return err
		}
	}
	return errors.Join(t.bucket.Put(countKey, []byte(strconv.Itoa(r.people))), tx.DeleteBucket(stagingBucket))
}

func (r *rebuild) swapSource(t *tenantTx, staging *statefile.Bucket) error {
	of, err := t.makeSource(r.intake.source)
	if err != nil {
		return err
	}
	buckets := [][]byte{recordsBucket}
	if r.compared.setsMembers() {
		buckets = append(buckets, membersBucket)
	}
	if of.bucket.Bucket(photosBucket) != nil || staging.Bucket(photosBucket) != nil {
		buckets = append(buckets, photosBucket)
	}
	for _, name := range buckets {
		if err := moveBucket(name, staging, of.bucket); err != nil {
			return err
		}
	}
	r.states.forget(sourceKey{r.tenant, r.intake.source})
	state := r.compared.state(r.applied())
	return errors.Join(of.bucket.Put(countKey, []byte(strconv.Itoa(state.People))), of.putState(state))
}

// moveBucket puts a bucket in the place of another of its name, or an empty one when there
// is none.
func moveBucket(name []byte, from, to *statefile.Bucket) error {
	if to.Bucket(name) != nil {
		if err := to.DeleteBucket(name); err != nil {
			return err
		}
	}
	if from.Bucket(name) != nil {
		return from.MoveBucket(name, to)
	}
	_, err := to.CreateBucket(name)
	return err
}
