package people

import (
	"bytes"
	"context"

	"sigmilter/sigstore/statefile"
)

// Dependent is something that is kept of people by others: a bucket of each tenant whose
// keys are the primary address of a person, alone or with NUL and more after it.
type Dependent struct {
	Bucket []byte
	// Required means that each tenant has the bucket from the start. Else it is there
	// once something was put into it.
	Required bool
	// Keeps reports whether a value stays. The version is that of the person as stored
	// now, nil when there is none any more.
	Keeps func(value []byte, person *Version) bool
}

func requiredBuckets(dependents []Dependent) [][]byte {
	all := tenantBuckets[:len(tenantBuckets):len(tenantBuckets)]
	for _, d := range dependents {
		if d.Required {
			all = append(all, d.Bucket)
		}
	}
	return all
}

// drop drops what does not stay of a person.
func (d Dependent) drop(t *tenantTx, primary string, now *Version) error {
	b := t.open(d.Bucket)
	if b == nil {
		return nil
	}
	var dropped [][]byte
	cursor := b.Cursor()
	for key, value := cursor.Seek([]byte(primary)); key != nil && isOf(key, primary); key, value = cursor.Next() {
		if !d.Keeps(value, now) {
			dropped = append(dropped, key)
		}
	}
	for _, key := range dropped {
		if err := b.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

// isOf reports whether a key of a dependent is of a person.
func isOf(key []byte, primary string) bool {
	of, _, _ := bytes.Cut(key, []byte{0})
	return string(of) == primary
}

// prune drops what does not stay of anybody in a tenant, page by page.
func (d Dependent) prune(file *statefile.File, tenant string) error {
	return file.Prune(context.Background(), []string{tenant}, func(tx *statefile.Tx, tenant string) (*statefile.Bucket, func(key, value []byte) bool) {
		t, ok := findTenant(tx, tenant)
		if !ok {
			return nil, nil
		}
		return t.open(d.Bucket), func(key, value []byte) bool {
			primary, _, _ := bytes.Cut(key, []byte{0})
			now, err := storedVersion(t.people().Get(primary))
			if err != nil {
				return !d.Keeps(value, nil)
			}
			return !d.Keeps(value, &now)
		}
	})
}
