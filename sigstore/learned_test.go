package sigstore

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

// ended is an ending of a mail on a day: its lines are numbers, which only have to
// differ in the bits that tell lines.
func ended(day int, lines ...uint64) Ending {
	e := Ending{First: day, Last: day}
	for _, l := range lines {
		e.Lines = append(e.Lines, l<<16)
	}
	return e
}

// learner is a book that learns.
func learner(t testing.TB, s *Store) *Book {
	t.Helper()
	if err := s.KeepLearned([]string{"contoso"}); err != nil {
		t.Fatal(err)
	}
	b, _, _ := newBook(t, s)
	b.learn = true
	return b
}

// storedEndings are those of a person in the file.
func storedEndings(t testing.TB, s *Store, address string) (endings []Ending) {
	t.Helper()
	r, _, err := s.Recollection("contoso", address)
	if err != nil {
		t.Fatal(err)
	}
	return r.Endings
}

// remembering is a write of the endings of a mail.
func remembering(tenant, address string, mail []Ending) func(*Tx) error {
	return func(tx *Tx) error { return remember(tx, tenant, address, mail) }
}

func TestLearn(t *testing.T) {
	sig := func(day int, above uint64) Ending { return ended(day, 1, 2, above) }
	cases := []struct {
		name  string
		mails [][]Ending
		want  []Ending
	}{
		{"two of one day", [][]Ending{{sig(1, 10)}, {sig(1, 11)}}, []Ending{counted(sig(1, 10), 1), counted(sig(1, 11), 1)}},
		{"the same on one day counts once", [][]Ending{{sig(1, 10)}, {sig(1, 10)}}, []Ending{counted(sig(1, 10), 1)}},
		{"the same on another day", [][]Ending{{sig(1, 10)}, {sig(2, 11)}, {sig(3, 10)}}, []Ending{counted(sig(2, 11), 1), spanning(sig(1, 10), 3, 2)}},
		{"a clock that went back", [][]Ending{{sig(3, 10)}, {sig(1, 10)}}, []Ending{counted(sig(3, 10), 1)}},
		{"two forms of one mail", [][]Ending{{sig(1, 10), sig(1, 11)}}, []Ending{counted(sig(1, 10), 1), counted(sig(1, 11), 0)}},
		{"two forms that are the same", [][]Ending{{sig(1, 10), sig(1, 10)}}, []Ending{counted(sig(1, 10), 1)}},
		{"many of one day", [][]Ending{{sig(1, 10)}, {sig(1, 11)}, {sig(1, 12)}, {sig(1, 13)}, {sig(1, 14)}, {sig(1, 15)}},
			[]Ending{counted(sig(1, 10), 1), counted(sig(1, 11), 1), counted(sig(1, 12), 1), counted(sig(1, 13), 1)}},
		{"one that shares more gives another of its day no room", [][]Ending{{sig(1, 10)}, {ended(2, 20, 21)}, {ended(2, 22, 23)}, {ended(2, 24, 25)}, {ended(2, 26, 27)}, {sig(2, 11)}},
			[]Ending{counted(sig(1, 10), 1), counted(ended(2, 22, 23), 1), counted(ended(2, 24, 25), 1), counted(ended(2, 26, 27), 1), counted(sig(2, 11), 1)}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var endings []Ending
			for _, mail := range c.mails {
				before := slices.Clone(endings)
				after, changed := learn(endings, mail)
				if !reflect.DeepEqual(endings, before) {
					t.Fatal("what it was given was changed")
				}
				if changed == reflect.DeepEqual(after, endings) {
					t.Errorf("changed %t: %v to %v", changed, endings, after)
				}
				endings = after
			}
			if !reflect.DeepEqual(endings, c.want) {
				t.Errorf("got  %v\nwant %v", endings, c.want)
			}
		})
	}
}

func counted(e Ending, mails int) Ending {
	e.Mails = mails
	return e
}

func spanning(e Ending, last, mails int) Ending {
	e.Last, e.Mails = last, mails
	return e
}

// However much a person writes, what is kept is bounded, the oldest goes first, and
// the last days are there.
func TestLearnedIsBounded(t *testing.T) {
	var endings []Ending
	for day := 1; day <= 40; day++ {
		for n := range 50 {
			e := ended(day)
			for i := range uint64(40) {
				e.Lines = append(e.Lines, (uint64(day*100+n)*100+i)<<16)
			}
			endings, _ = learn(endings, []Ending{e})
		}
	}
	if b := encodeLearned(endings); len(b) != maxLearned {
		t.Errorf("%d bytes, want %d", len(b), maxLearned)
	}
	for _, day := range []int{37, 38, 39, 40} {
		if n := len(slices.DeleteFunc(slices.Clone(endings), func(e Ending) bool { return e.Last != day })); n != maxOfDay {
			t.Errorf("%d endings of day %d", n, day)
		}
	}
}

func TestEncodeLearned(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		endings := make([]Ending, r.IntN(maxEndings+1))
		for i := range endings {
			first := r.IntN(60000)
			endings[i] = Ending{First: first, Last: first + r.IntN(100), Mails: r.IntN(60000)}
			for range r.IntN(maxEndingLines + 1) {
				endings[i].Lines = append(endings[i].Lines, r.Uint64())
			}
			endings[i].Signature = r.IntN(len(endings[i].Lines) + 1)
		}
		got, err := decodeLearned(encodeLearned(endings))
		if err != nil || !reflect.DeepEqual(got, endings) {
			t.Fatalf("%v\n%v\n%v", err, got, endings)
		}
	}
}

// What does not decode is dropped: any byte that differs, any length.
func TestLearnedDamage(t *testing.T) {
	good := encodeLearned([]Ending{counted(ended(1, 1, 2, 3), 1), counted(ended(2, 1, 2, 4), 1)})
	for i := range good {
		bad := slices.Clone(good)
		bad[i] ^= 0x40
		if got, err := decodeLearned(bad); err == nil {
			t.Errorf("byte %d: %v", i, got)
		}
		if got, err := decodeLearned(good[:i]); err == nil {
			t.Errorf("%d bytes: %v", i, got)
		}
	}
	for name, e := range map[string]Ending{
		"a signature longer than the ending": {Lines: []uint64{1}, Signature: 2},
		"days the wrong way round":           {First: 2, Last: 1},
	} {
		if got, err := decodeLearned(encodeLearned([]Ending{e})); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	s := mustOpen(t, statePath(t))
	mustReplace(t, s, "contoso", persons(2))
	b := learner(t, s)
	put := func(value []byte) {
		err := s.file.Update(func(tx *Tx) error {
			t, _ := findTenant(tx, "contoso")
			learned, err := t.bucket.CreateBucketIfNotExists(learnedBucket)
			if err != nil {
				return err
			}
			return learned.Put([]byte("p00001@contoso.com"), value)
		})
		if err != nil {
			t.Fatal(err)
		}
		s.Outdate()
	}
	put(good)
	if r, ok := b.Recall("contoso", "alias00001@contoso.com"); !ok || len(r.Endings) != 2 {
		t.Fatalf("%v, %t", r.Endings, ok)
	}
	put([]byte("garbage"))
	if r, ok := b.Recall("contoso", "p00001@contoso.com"); !ok || len(r.Endings) != 0 {
		t.Errorf("garbage: %v, %t", r.Endings, ok)
	}
	if err := s.file.Update(remembering("contoso", "p00001@contoso.com", []Ending{ended(3, 1, 2, 3)})); err != nil {
		t.Fatal(err)
	}
	if got := storedEndings(t, s, "p00001@contoso.com"); len(got) != 1 || got[0].First != 3 {
		t.Errorf("after garbage: %v", got)
	}
}

func FuzzLearned(f *testing.F) {
	f.Add(encodeLearned([]Ending{counted(ended(1, 1, 2, 3), 1)})[:30])
	f.Fuzz(func(t *testing.T, body []byte) {
		b := appendChecksum(body)
		endings, err := decodeLearned(b)
		if err == nil && !bytes.Equal(encodeLearned(endings), b) {
			t.Errorf("%x became %x", b, encodeLearned(endings))
		}
	})
}

// What is remembered is in the file and in memory, of the person whatever address
// wrote, and of nobody else.
func TestRemember(t *testing.T) {
	path := statePath(t)
	s := mustOpen(t, path)
	mustReplace(t, s, "contoso", persons(3))
	b := learner(t, s)
	mails := []Ending{ended(1, 1, 2, 10), ended(2, 1, 2, 11), ended(3, 1, 2, 12)}
	mails[2].Signature = 2
	for _, e := range mails {
		b.Remember("contoso", "ALIAS00001@contoso.com", []Ending{e})
	}
	b.Remember("contoso", "nobody@contoso.com", mails)
	b.Remember("fabrikam", "p00001@contoso.com", mails)
	if r, _ := b.Recall("contoso", "alias00001@contoso.com"); len(r.Endings) != 3 {
		t.Errorf("in memory: %v", r.Endings)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := storedEndings(t, s, "p00001@contoso.com"); len(got) != 3 {
		t.Errorf("in the file: %v", got)
	}
	if got := storedEndings(t, s, "p00002@contoso.com"); got != nil {
		t.Errorf("of another: %v", got)
	}
	day := func(n int64) time.Time { return time.Unix(n*24*60*60, 0).UTC() }
	if k, err := s.Learned("contoso", "p00001@contoso.com"); err != nil || k != (Known{Lines: 2, Since: day(1), Mails: 3, Remembered: 3}) {
		t.Errorf("%+v, %v", k, err)
	}
	// A reader of the file hashes as the daemon does, for each person otherwise.
	readers, _, _ := newBook(t, s)
	readers.learn = true
	r, ok := readers.Recall("contoso", "p00001@contoso.com")
	other, _ := readers.Recall("contoso", "p00002@contoso.com")
	hash := r.Hash()
	if !ok || hash("x") != r.Hash()("x") || hash("x") == hash("y") || hash("x") == other.Hash()("x") {
		t.Errorf("hashes: %t", ok)
	}
	if sent, err := DecodeRecollection(r.Key, r.Encode()); err != nil || !reflect.DeepEqual(sent, r) {
		t.Errorf("%v became %v, %v", r, sent, err)
	}
	readers.Remember("contoso", "p00001@contoso.com", []Ending{ended(4, 1)}) // does nothing
}

// Without the setting the file has nothing of it, whatever was there before; what is
// still on its way is not written.
func TestLearnedOff(t *testing.T) {
	path := statePath(t)
	s := mustOpen(t, path)
	mustReplace(t, s, "contoso", persons(3))
	b, _, _ := newBook(t, s)
	b.Remember("contoso", "p00001@contoso.com", []Ending{ended(1, 1, 2, 3)})
	if _, ok := b.Recall("contoso", "p00001@contoso.com"); ok {
		t.Error("recalled without the setting")
	}
	b = learner(t, s)
	if err := s.file.Update(remembering("contoso", "p00001@contoso.com", []Ending{ended(1, 1, 2, 3)})); err != nil {
		t.Fatal(err)
	}
	if err := s.KeepLearned(nil); err != nil {
		t.Fatal(err)
	}
	if _, ok := b.Recall("contoso", "p00001@contoso.com"); ok {
		t.Error("recalled after it was taken off")
	}
	b.Store.Memory.Remember("contoso", "p00001@contoso.com", []Ending{ended(2, 1, 2, 3)})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wantNoLearned(t, path)
}

// wantNoLearned looks for buckets and keys of learned signatures in a file.
func wantNoLearned(t *testing.T, path string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(func(tx *Tx) error {
		if tx.Bucket(metaBucket).Get(learnKey) != nil {
			t.Error("there is a key")
		}
		return tx.Bucket(tenantsBucket).ForEachBucket(func(name []byte) error {
			if tx.Bucket(tenantsBucket).Bucket(name).Bucket(learnedBucket) != nil {
				t.Errorf("tenant %s: there is a bucket", name)
			}
			return nil
		})
	})
	if err != nil {
		t.Error(err)
	}
}

// A person who leaves, a tenant that is taken out and whoever is forgotten take with
// them what was learned; a changed person keeps it.
func TestLearnedIsDropped(t *testing.T) {
	for _, large := range []bool{false, true} {
		t.Run(fmt.Sprintf("rebuilt=%t", large), func(t *testing.T) {
			s := mustOpen(t, statePath(t))
			if large {
				s.limits.changes = 1
			}
			mustReplace(t, s, "contoso", persons(20))
			learner(t, s)
			for _, p := range persons(20) {
				if err := s.file.Update(remembering("contoso", p.Address, []Ending{ended(1, 1, 2, 3)})); err != nil {
					t.Fatal(err)
				}
			}
			people := persons(18) // two left
			people[1].Attributes["jobTitle"] = "Head of Sales"
			people[2].Attributes["jobTitle"] = "Head of Purchasing"
			mustReplace(t, s, "contoso", people)
			if k, err := s.Forget("contoso", "ALIAS00005@contoso.com"); err != nil || k.Remembered != 1 {
				t.Errorf("forgotten: %+v, %v", k, err)
			}
			if _, err := s.Forget("contoso", "nobody@contoso.com"); !errors.Is(err, ErrUnknown) {
				t.Errorf("nobody: %v", err)
			}
			mustReplace(t, s, "contoso", persons(20)) // they are back
			for n, p := range persons(20) {
				want := 1
				if n == 5 || n >= 18 {
					want = 0
				}
				if got := len(storedEndings(t, s, p.Address)); got != want {
					t.Errorf("%s: %d endings, want %d", p.Address, got, want)
				}
			}
			if err := s.KeepLearned([]string{"fabrikam"}); err != nil {
				t.Fatal(err)
			}
			if got := storedEndings(t, s, "p00001@contoso.com"); got != nil {
				t.Errorf("of a tenant that is gone: %v", got)
			}
		})
	}
}

// The key stays while anything is learned, and another is drawn after it was taken off.
func TestLearnKey(t *testing.T) {
	s := mustOpen(t, statePath(t))
	mustReplace(t, s, "contoso", persons(1))
	hash := func() uint64 {
		r, ok := learner(t, s).Recall("contoso", "p00000@contoso.com")
		if !ok {
			t.Fatal("nothing is recalled")
		}
		return r.Hash()("x")
	}
	first := hash()
	if hash() != first {
		t.Error("another key while it is on")
	}
	if err := s.KeepLearned(nil); err != nil {
		t.Fatal(err)
	}
	if hash() == first {
		t.Error("the same key after it was off")
	}
}

// Neither a look-up nor a mail waits while somebody else writes.
func TestRememberDoesNotWait(t *testing.T) {
	s := mustOpen(t, statePath(t))
	mustReplace(t, s, "contoso", persons(50))
	b := learner(t, s)
	release := make(chan bool)
	holding := make(chan bool)
	var writer sync.WaitGroup
	writer.Go(func() {
		err := s.file.Update(func(*Tx) error {
			close(holding)
			<-release
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-holding
	done := make(chan bool)
	go func() {
		defer close(done)
		for day := range 20 {
			for _, p := range persons(50) { // more than may wait
				b.Recall("contoso", p.Address)
				b.Remember("contoso", p.Address, []Ending{ended(day, 1, 2, uint64(day+3))})
			}
		}
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Error("it waits")
	}
	close(release)
	writer.Wait()
}

// Many sessions of one person at once, with what is dropped and taken off beside.
func TestRememberAtOnce(t *testing.T) {
	s := mustOpen(t, statePath(t))
	mustReplace(t, s, "contoso", persons(3))
	b := learner(t, s)
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := range 100 {
				address := person(n % 3).Address
				b.Recall("contoso", address)
				b.Remember("contoso", address, []Ending{ended(i/10, 1, 2, uint64(i))})
				if n == 0 && i%30 == 0 {
					if _, err := s.Forget("contoso", address); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
}

// An older file has none of it and opens as it is.
func TestLearnedInOldFiles(t *testing.T) {
	for _, name := range []string{"v1.db", "v2.db"} {
		raw, err := os.ReadFile("../testdata/db/" + name)
		if err != nil {
			t.Fatal(err)
		}
		path := statePath(t)
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		s := mustOpen(t, path)
		names, err := s.Tenants()
		if err != nil || len(names) == 0 {
			t.Fatal(names, err)
		}
		if err := s.KeepLearned(names); err != nil {
			t.Error(err)
		}
		address, _, err := s.AnyPerson(names[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := s.file.Update(remembering(names[0], address, []Ending{ended(1, 1, 2, 3)})); err != nil {
			t.Error(err)
		}
		if k, err := s.Learned(names[0], address); err != nil || k.Remembered != 1 {
			t.Errorf("%s: %+v, %v", name, k, err)
		}
	}
}
