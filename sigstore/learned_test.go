package sigstore

import (
	"reflect"
	"sync"
	"testing"
	"time"

	"sigmilter/sigstore/directory/directorytest"
	"sigmilter/sigstore/people/peopletest"
	"sigmilter/sigstore/statefile"
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

// What is remembered is in the file and in memory, of the person whatever address
// wrote, and of nobody else.
func TestRemember(t *testing.T) {
	path := statePath(t)
	s := mustOpen(t, path)
	peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(3))
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

// The key stays while anything is learned, and another is drawn after it was taken off.
func TestLearnKey(t *testing.T) {
	s := mustOpen(t, statePath(t))
	peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(1))
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
	peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(50))
	b := learner(t, s)
	release := make(chan bool)
	holding := make(chan bool)
	var writer sync.WaitGroup
	writer.Go(func() {
		err := s.file.Update(func(*statefile.Tx) error {
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
			for _, p := range directorytest.Persons(50) { // more than may wait
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
	peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(3))
	b := learner(t, s)
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := range 100 {
				address := directorytest.Person(n % 3).Address
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
