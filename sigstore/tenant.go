package sigstore

import (
	"go.etcd.io/bbolt"
)

var (
	tenantsBucket   = []byte("tenants")
	peopleBucket    = []byte("people")
	addressesBucket = []byte("addresses")
	contestedBucket = []byte("contested")
	renderedBucket  = []byte("rendered")
	sourcesBucket   = []byte("sources")
	recordsBucket   = []byte("records")
	membersBucket   = []byte("members")
	countKey        = []byte("count")
	planKey         = []byte("plan")
	syncKey         = []byte("sync")
)

// tenantBuckets are those every tenant has.
var tenantBuckets = [][]byte{peopleBucket, addressesBucket, contestedBucket, renderedBucket, sourcesBucket}

// tenantTx is a tenant within a transaction.
type tenantTx struct {
	*bbolt.Bucket
	people, addresses, contested, rendered, sources *bbolt.Bucket

	learned *bbolt.Bucket // nil when there is none
}

// readTenant returns a tenant, and false when there is none of the name.
func readTenant(tx *bbolt.Tx, name string) (t tenantTx, ok bool) {
	if t, ok = findTenant(tx, name); ok {
		t.open()
	}
	return t, ok
}

// findTenant is readTenant for one look-up: it opens what that needs, since to
// open a bucket costs as much as to find a key in it.
func findTenant(tx *bbolt.Tx, name string) (t tenantTx, ok bool) {
	t.Bucket = tx.Bucket(tenantsBucket).Bucket([]byte(name))
	return t, t.Bucket != nil
}

// tenantBucket opens a bucket of a tenant.
func tenantBucket(tenant string, name []byte) opener {
	return func(tx *bbolt.Tx) *bbolt.Bucket {
		if t, ok := findTenant(tx, tenant); ok {
			return t.Bucket.Bucket(name)
		}
		return nil
	}
}

// writeTenant returns a tenant, which is made if need be.
func writeTenant(tx *bbolt.Tx, name string) (t tenantTx, err error) {
	if t.Bucket, err = tx.Bucket(tenantsBucket).CreateBucketIfNotExists([]byte(name)); err != nil {
		return t, err
	}
	for _, b := range tenantBuckets {
		if _, err := t.CreateBucketIfNotExists(b); err != nil {
			return t, err
		}
	}
	t.open()
	return t, nil
}

func (t *tenantTx) open() {
	t.openPeople()
	t.contested, t.sources = t.Bucket.Bucket(contestedBucket), t.Bucket.Bucket(sourcesBucket)
}

func (t *tenantTx) openPeople() {
	t.people, t.addresses, t.rendered = t.Bucket.Bucket(peopleBucket), t.Bucket.Bucket(addressesBucket), t.Bucket.Bucket(renderedBucket)
	t.learned = t.Bucket.Bucket(learnedBucket)
}

// sourceTx is a source of a tenant within a transaction.
type sourceTx struct {
	*bbolt.Bucket
	records, members *bbolt.Bucket
}

func (t tenantTx) source(name string) (s sourceTx, ok bool) {
	if t.sources == nil {
		t.sources = t.Bucket.Bucket(sourcesBucket)
	}
	s.Bucket = t.sources.Bucket([]byte(name))
	if s.Bucket == nil {
		return s, false
	}
	s.records, s.members = s.Bucket.Bucket(recordsBucket), s.Bucket.Bucket(membersBucket)
	return s, true
}

func (t tenantTx) makeSource(name string) (s sourceTx, err error) {
	if s.Bucket, err = t.sources.CreateBucketIfNotExists([]byte(name)); err != nil {
		return s, err
	}
	if s.records, err = s.CreateBucketIfNotExists(recordsBucket); err != nil {
		return s, err
	}
	s.members, err = s.CreateBucketIfNotExists(membersBucket)
	return s, err
}
