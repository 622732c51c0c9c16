package daemon

import (
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

// A daemon that an older package brought back says what to do with the state file of the
// newer one, and leaves it as it is.
func TestNewerStateFile(t *testing.T) {
	r := newRunning(t)
	d := prepare(r.Site)
	db, err := bbolt.Open(filepath.Join(r.Dir, "state.db"), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucket([]byte("sigmilter"))
		if err != nil {
			return err
		}
		return b.Put([]byte("schema"), []byte("999"))
	})
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	const want = "written by a newer version of sigmilter: schema version 999, this one knows up to "
	err = d.Serve(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), want) || !strings.HasSuffix(err.Error(), "or remove the file to have people read again") {
		t.Error(err)
	}
}
