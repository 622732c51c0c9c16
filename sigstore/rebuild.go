package sigstore

import (
	"errors"
	"io"
	"slices"
	"strconv"

	"go.etcd.io/bbolt"
)

// stagingBucket has what a rebuild has written so far, in buckets named as in a tenant
// and a source.
var stagingBucket = []byte("staging")

// rebuild makes a tenant's people anew from all records, with those of one source as a
// reading changes them. It takes little memory for any number of people: everything is
// written in the order of its keys, in many small transactions, into a bucket beside the
// tenants, and a last transaction puts it in their place. Until then nobody sees any of
// it, and a process that ends leaves the tenant as it was.
//
// (To apply the changes themselves in small transactions would not do: in the order of
// one bucket's keys they are all over the others, and each would write most of the file.)
type rebuild struct {
	store    *Store
	tenant   string
	plan     Plan
	sources  []string // whose records make the people
	obsolete []string // sources that are dropped
	// With a reading:
	intake *Intake // else nil
	*comparison

	chunk  []staged // not written yet
	size   int      // bytes of it
	mixed  sorter   // people, addresses and contests, by bucket and key
	people int
	result Applied
}

// staged is a key on its way into a staging bucket.
type staged struct {
	bucket     []byte
	key, value []byte
}

// rebuildWith rebuilds with a reading.
//
// It warns of everything that is contested, not only of what the reading changed.
func (s *Store) rebuildWith(i *Intake, c *comparison, plan Plan, obsolete []string) (Applied, error) {
	r := &rebuild{store: s, tenant: i.tenant, plan: plan, obsolete: obsolete, intake: i, comparison: c}
	r.result = Applied{People: c.left(), Warnings: c.warnings}
	if slices.Contains(obsolete, i.source) {
		r.intake = nil // its source is no longer configured
	}
	err := r.run()
	return r.result, err
}

func (r *rebuild) run() error {
	r.store.staging.Lock()
	defer r.store.staging.Unlock()
	defer func() { r.mixed.reset() }()
	if err := r.prepare(); err != nil {
		return errors.Join(err, r.store.dropStaging())
	}
	if err := r.store.update(r.swap); err != nil {
		return err
	}
	if r.result.Changed+r.result.Removed == 0 {
		return nil
	}
	return errors.Join(r.store.dropStale(r.tenant), r.store.dropLearnedStrangers(r.tenant))
}

// prepare writes everything into the staging bucket.
func (r *rebuild) prepare() error {
	if err := r.store.dropStaging(); err != nil {
		return err
	}
	if err := r.listSources(); err != nil {
		return err
	}
	r.mixed = sorter{folder: r.store.folder(), memory: r.store.limits.sorter}
	steps := []func() error{r.writeRecords, r.writeMembers, r.flush, r.mix, r.writeMixed, r.flush}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// dropStaging drops what a rebuild has left that did not get to its end.
func (s *Store) dropStaging() error {
	left := false
	err := s.view(func(tx *bbolt.Tx) error {
		left = tx.Bucket(stagingBucket) != nil
		return nil
	})
	if err != nil || !left {
		return err
	}
	return s.update(func(tx *bbolt.Tx) error { return tx.DeleteBucket(stagingBucket) })
}

// put has a key written. Keys of a bucket must come in order.
func (r *rebuild) put(bucket, key, value []byte) error {
	r.chunk = append(r.chunk, staged{bucket, key, value})
	if r.size += len(key) + len(value); r.size < r.store.limits.chunk {
		return nil
	}
	return r.flush()
}

// fillPercent is for pages of keys that come in order. Some room is left for changes.
const fillPercent = 0.9

func (r *rebuild) flush() error {
	err := r.store.update(func(tx *bbolt.Tx) error {
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

// writeRecords writes the records of the source as they are after the reading.
func (r *rebuild) writeRecords() error {
	if r.intake == nil {
		return nil
	}
	all, err := r.intake.arrivals(r.reading.Lost, nil)
	if err != nil {
		return err
	}
	w, err := r.store.walk(r.intake.in(recordsBucket), bbolt.MaxValueSize)
	if err != nil {
		return err
	}
	defer w.stop()
	passed := func(p pair) error {
		if r.reading.Full {
			return nil // it is gone
		}
		return r.keepRecord(p)
	}
	for {
		a, err := all.next()
		if err != nil {
			return err
		}
		if a == nil {
			return w.rest(passed)
		}
		before, err := w.to(a.key, passed)
		if err != nil {
			return err
		}
		if err := r.writeRecord(a, before); err != nil {
			return err
		}
	}
}

func (r *rebuild) writeRecord(a *arrival, before []byte) error {
	old, err := storedVersion(before)
	switch {
	case a.gone:
		return nil
	case err == nil && old == a.version:
		return r.keepRecord(pair{a.key, before})
	case a.text == nil:
		return errMoved
	}
	if err := r.put(recordsBucket, []byte(a.key), append(a.version[:], a.text...)); err != nil {
		return err
	}
	switch {
	case a.photoUnknown:
		return r.keepPhoto(a.key)
	case len(a.photo) > 0:
		return r.put(photosBucket, []byte(a.key), a.photo)
	}
	return nil
}

func (r *rebuild) keepRecord(p pair) error {
	if err := r.put(recordsBucket, []byte(p.key), p.value); err != nil {
		return err
	}
	return r.keepPhoto(p.key)
}

func (r *rebuild) keepPhoto(key string) error {
	photo, err := r.store.get(r.intake.in(photosBucket), key)
	if err != nil || photo == nil {
		return err
	}
	return r.put(photosBucket, []byte(key), photo)
}

// writeMembers writes who is in which group, where the reading tells.
func (r *rebuild) writeMembers() error {
	if r.intake == nil || !r.setsMembers() {
		return nil
	}
	for key, groups := range memberships(r.reading.Groups) {
		if err := r.put(membersBucket, []byte(key), groups); err != nil {
			return err
		}
	}
	return nil
}

// The sorter of what was mixed has the bucket as the first byte of the key.
const (
	mixedAddress = iota
	mixedContest
	mixedPerson
)

func (r *rebuild) addMixed(kind byte, key string, value []byte) error {
	return r.mixed.add(append([]byte{kind}, key...), value)
}

// add hands on the people that connected records make.
func (r *rebuild) add(connected []*record) error {
	people, lost, warnings := unite(connected)
	r.result.Warnings = append(r.result.Warnings, warnings...)
	for _, u := range people {
		e, err := u.entry(r.plan)
		if err != nil {
			return err
		}
		if err := r.addPerson(u.primary(), u.addresses, e); err != nil {
			return err
		}
	}
	for _, c := range lost {
		if err := r.addMixed(mixedContest, string(contestKey(c)), []byte{0}); err != nil {
			return err
		}
	}
	return nil
}

func (r *rebuild) addPerson(primary string, addresses []string, e entry) error {
	if err := r.addMixed(mixedPerson, primary, e.encode()); err != nil {
		return err
	}
	for _, a := range addresses {
		if err := r.addMixed(mixedAddress, a, []byte(primary)); err != nil {
			return err
		}
	}
	return nil
}

// writeMixed writes what was mixed, and counts what is different from before.
func (r *rebuild) writeMixed() error {
	items, err := r.mixed.sorted()
	if err != nil {
		return err
	}
	before, err := r.store.walk(tenantBucket(r.tenant, peopleBucket), versionOnly)
	if err != nil {
		return err
	}
	defer before.stop()
	removed := func(pair) error {
		r.result.Removed++
		return nil
	}
	for {
		key, value, err := items.item()
		if err == io.EOF {
			return before.rest(removed)
		}
		if err != nil {
			return err
		}
		kind, key := key[0], key[1:]
		if kind == mixedPerson {
			old, err := before.to(string(key), removed)
			if err != nil {
				return err
			}
			r.people++
			switch {
			case old == nil:
				r.result.Added++
			case string(old) != string(value[:versionOnly]):
				r.result.Changed++
			}
		}
		if err := r.put([][]byte{addressesBucket, contestedBucket, peopleBucket}[kind], key, value); err != nil {
			return err
		}
	}
}

// swap puts the staging buckets in the place of the tenant's.
func (r *rebuild) swap(tx *bbolt.Tx) error {
	staging := tx.Bucket(stagingBucket)
	if staging == nil {
		return errors.New("the staging bucket is gone")
	}
	t, err := writeTenant(tx, r.tenant)
	if err != nil {
		return err
	}
	if r.intake != nil {
		if err := r.swapSource(t, staging); err != nil {
			return err
		}
	}
	for _, name := range r.obsolete {
		if t.sources.Bucket([]byte(name)) == nil {
			continue // the reading came too late, and nothing of it was stored
		}
		if err := t.sources.DeleteBucket([]byte(name)); err != nil {
			return err
		}
	}
	for _, name := range [][]byte{peopleBucket, addressesBucket, contestedBucket} {
		if err := move(name, staging, t.Bucket); err != nil {
			return err
		}
	}
	if r.intake == nil {
		if err := t.putPlan(r.plan); err != nil {
			return err
		}
	}
	return errors.Join(t.Put(countKey, []byte(strconv.Itoa(r.people))), tx.DeleteBucket(stagingBucket))
}

func (r *rebuild) swapSource(t tenantTx, staging *bbolt.Bucket) error {
	of, err := t.makeSource(r.intake.source)
	if err != nil {
		return err
	}
	buckets := [][]byte{recordsBucket}
	if r.setsMembers() {
		buckets = append(buckets, membersBucket)
	}
	if of.Bucket.Bucket(photosBucket) != nil || staging.Bucket(photosBucket) != nil {
		buckets = append(buckets, photosBucket)
	}
	for _, name := range buckets {
		if err := move(name, staging, of.Bucket); err != nil {
			return err
		}
	}
	return errors.Join(of.Put(countKey, []byte(strconv.Itoa(r.left()))), of.putState(r.state(r.result)))
}

// move puts a bucket in the place of another of its name, or an empty one when there is
// none.
func move(name []byte, from, to *bbolt.Bucket) error {
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

// dropStale drops what is rendered of people as they no longer are, page by page.
func (s *Store) dropStale(tenant string) error {
	for after, more := []byte(nil), true; more; {
		err := s.update(func(tx *bbolt.Tx) (err error) {
			t, ok := readTenant(tx, tenant)
			if more = ok; ok {
				after, more, err = t.pruneRendered(after, t.stale)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// stale says whether a rendering is of a person who changed or left.
func (t tenantTx) stale(primary, _ string, value []byte) bool {
	const header = 1 // the format
	now, err := storedVersion(t.people.Get([]byte(primary)))
	return err != nil || len(value) < header+versionOnly || personVersion(value[header:header+versionOnly]) != now
}
