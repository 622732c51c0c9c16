package people

import "sigmilter/sigstore/statefile"

// The records of a tenant during a rebuild: those of the source that was read are staged,
// all others are where they were.

// bucket finds a bucket of a source, the staged one where there is one.
func (r *rebuild) bucket(source string, name []byte) statefile.Opener {
	if r.intake == nil || source != r.intake.source || !r.stages(name) {
		return openInSource(r.tenant, source, name)
	}
	return func(tx *statefile.Tx) *statefile.Bucket {
		if staging := tx.Bucket(stagingBucket); staging != nil {
			return staging.Bucket(name)
		}
		return nil
	}
}

// stages reports whether the rebuild writes a bucket of the source that was read.
func (r *rebuild) stages(name []byte) bool {
	return string(name) == string(recordsBucket) || r.compared.setsMembers()
}

// each implements [recordSource].
func (r *rebuild) each(do func(p part, value []byte) error) error {
	for _, source := range r.sources {
		for p, err := range r.file.Scan(r.bucket(source, recordsBucket), statefile.MaxValue) {
			if err == nil {
				err = do(part{source, p.Key}, p.Value)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// record implements [recordSource].
func (r *rebuild) record(p part) ([]byte, error) {
	return r.file.Get(r.bucket(p.source, recordsBucket), p.key)
}

// groups implements [recordSource].
func (r *rebuild) groups(p part) ([]byte, error) {
	return r.file.Get(r.bucket(p.source, membersBucket), p.key)
}

// writeRecords writes the records of the source as they are after the reading.
func (r *rebuild) writeRecords() error {
	if r.intake == nil {
		return nil
	}
	all, err := r.intake.arrivals(r.compared.reading.Lost, nil)
	if err != nil {
		return err
	}
	before, err := r.file.Walk(r.intake.bucket(recordsBucket), statefile.MaxValue)
	if err != nil {
		return err
	}
	defer before.Stop()
	passed := r.keepRecord
	if r.compared.reading.Full {
		passed = func(statefile.Pair) error { return nil } // it is gone
	}
	for {
		a, err := all.next()
		if err != nil {
			return err
		}
		if a == nil {
			return before.Rest(passed)
		}
		old, err := before.To(a.key, passed)
		if err != nil {
			return err
		}
		if err := r.writeRecord(a, old); err != nil {
			return err
		}
	}
}

func (r *rebuild) writeRecord(a *arrival, before []byte) error {
	if a.gone {
		return nil
	}
	if old, err := storedVersion(before); err == nil && old == a.version {
		return r.keepRecord(statefile.Pair{Key: a.key, Value: before})
	}
	if a.text == nil {
		return errMoved
	}
	if err := r.put(recordsBucket, []byte(a.key), append(a.version[:], a.text...)); err != nil {
		return err
	}
	if a.photoUnknown {
		return r.keepPhoto(a.key)
	}
	if len(a.photo) > 0 {
		return r.put(photosBucket, []byte(a.key), a.photo)
	}
	return nil
}

func (r *rebuild) keepRecord(p statefile.Pair) error {
	if err := r.put(recordsBucket, []byte(p.Key), p.Value); err != nil {
		return err
	}
	return r.keepPhoto(p.Key)
}

func (r *rebuild) keepPhoto(key string) error {
	photo, err := r.file.Get(r.intake.bucket(photosBucket), key)
	if err != nil || photo == nil {
		return err
	}
	return r.put(photosBucket, []byte(key), photo)
}

// writeMembers writes who is in which group, where the reading tells.
func (r *rebuild) writeMembers() error {
	if r.intake == nil || !r.compared.setsMembers() {
		return nil
	}
	for key, groups := range memberships(r.compared.reading.Groups) {
		if err := r.put(membersBucket, []byte(key), groups); err != nil {
			return err
		}
	}
	return nil
}
