package people

import "sigmilter/sigstore/statefile"

var (
	tenantsBucket   = []byte("tenants")
	peopleBucket    = []byte("people")
	addressesBucket = []byte("addresses")
	contestedBucket = []byte("contested")
	sourcesBucket   = []byte("sources")
	recordsBucket   = []byte("records")
	membersBucket   = []byte("members")
	photosBucket    = []byte("photos") // a source that never brought a photo does not have it
	countKey        = []byte("count")
	planKey         = []byte("plan")
	syncKey         = []byte("sync")
)

// tenantBuckets are those every tenant has, besides those of dependents.
var tenantBuckets = [][]byte{peopleBucket, addressesBucket, contestedBucket, sourcesBucket}

// tenantTx is a tenant within a transaction. A bucket is opened when it is first used,
// and kept: to open one costs as much as to find a key in it.
type tenantTx struct {
	bucket *statefile.Bucket
	opened map[string]*statefile.Bucket
}

// findTenant returns a tenant, and false when there is none of the name.
func findTenant(tx *statefile.Tx, name string) (*tenantTx, bool) {
	b := tx.Bucket(tenantsBucket).Bucket([]byte(name))
	return &tenantTx{bucket: b, opened: map[string]*statefile.Bucket{}}, b != nil
}

// makeTenant returns a tenant, which is made if need be.
func makeTenant(tx *statefile.Tx, name string, dependents []Dependent) (*tenantTx, error) {
	b, err := tx.Bucket(tenantsBucket).CreateBucketIfNotExists([]byte(name))
	if err != nil {
		return nil, err
	}
	for _, bucket := range requiredBuckets(dependents) {
		if _, err := b.CreateBucketIfNotExists(bucket); err != nil {
			return nil, err
		}
	}
	return &tenantTx{bucket: b, opened: map[string]*statefile.Bucket{}}, nil
}

// open returns a bucket of the tenant, nil if there is none.
func (t *tenantTx) open(name []byte) *statefile.Bucket {
	b, known := t.opened[string(name)]
	if !known {
		b = t.bucket.Bucket(name)
		t.opened[string(name)] = b
	}
	return b
}

func (t *tenantTx) people() *statefile.Bucket    { return t.open(peopleBucket) }
func (t *tenantTx) addresses() *statefile.Bucket { return t.open(addressesBucket) }
func (t *tenantTx) contested() *statefile.Bucket { return t.open(contestedBucket) }
func (t *tenantTx) sources() *statefile.Bucket   { return t.open(sourcesBucket) }

// OpenIn finds a bucket of a tenant.
func OpenIn(tenant string, name []byte) statefile.Opener {
	return func(tx *statefile.Tx) *statefile.Bucket {
		if t, ok := findTenant(tx, tenant); ok {
			return t.open(name)
		}
		return nil
	}
}

// sourceTx is a source of a tenant within a transaction.
type sourceTx struct {
	bucket           *statefile.Bucket
	records, members *statefile.Bucket
}

func (t *tenantTx) source(name string) (s sourceTx, ok bool) {
	s.bucket = t.sources().Bucket([]byte(name))
	if s.bucket == nil {
		return s, false
	}
	s.records, s.members = s.bucket.Bucket(recordsBucket), s.bucket.Bucket(membersBucket)
	return s, true
}

func (t *tenantTx) makeSource(name string) (s sourceTx, err error) {
	s.bucket, err = t.sources().CreateBucketIfNotExists([]byte(name))
	if err != nil {
		return s, err
	}
	s.records, err = s.bucket.CreateBucketIfNotExists(recordsBucket)
	if err != nil {
		return s, err
	}
	s.members, err = s.bucket.CreateBucketIfNotExists(membersBucket)
	return s, err
}

// openInSource finds a bucket of a source.
func openInSource(tenant, source string, name []byte) statefile.Opener {
	return func(tx *statefile.Tx) *statefile.Bucket {
		t, ok := findTenant(tx, tenant)
		if !ok {
			return nil
		}
		if s := t.sources().Bucket([]byte(source)); s != nil {
			return s.Bucket(name)
		}
		return nil
	}
}

// Tenant is a tenant within a write transaction, for who keeps a [Dependent].
type Tenant struct{ tx *tenantTx }

// OpenTenant returns a tenant, and false when there is none of the name.
func OpenTenant(tx *statefile.Tx, name string) (Tenant, bool) {
	t, ok := findTenant(tx, name)
	return Tenant{t}, ok
}

// Bucket is that of a [Dependent], nil if there is none.
func (t Tenant) Bucket(name []byte) *statefile.Bucket { return t.tx.open(name) }

// MakeBucket is Bucket, and makes it if need be.
func (t Tenant) MakeBucket(name []byte) (*statefile.Bucket, error) {
	return t.tx.bucket.CreateBucketIfNotExists(name)
}

// DropBucket drops the bucket of a [Dependent] with all that is in it.
func (t Tenant) DropBucket(name []byte) error { return t.tx.bucket.DeleteBucket(name) }

// Version is that of a person by the primary address, and whether there is one.
func (t Tenant) Version(primary string) (Version, bool) {
	version, err := storedVersion(t.tx.people().Get([]byte(primary)))
	return version, err == nil
}
