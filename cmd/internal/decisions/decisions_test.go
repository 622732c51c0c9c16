package decisions

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

var day = time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)

// sample is the i-th of some decisions that differ in everything.
func sample(i int) Decision {
	return Decision{
		Time: day.Add(time.Duration(i) * time.Second), Queue: fmt.Sprintf("4Xq%05dzV", i), MessageID: HashMessageID(fmt.Sprintf("<%d@contoso.com>", i)),
		Tenant: "contoso", Author: fmt.Sprintf("person%d@contoso.com", i%50), Domains: []string{"example.net", fmt.Sprintf("customer%d.example", i%20)},
		Action: "signed", Reason: "rule", Rule: "everybody", Blocks: "signature:corporate@1f2e3d4c", Micros: int64(i),
	}
}

func keep(t *testing.T, dir string, all ...Decision) {
	t.Helper()
	r := NewRecorder(dir, Limits{Days: 7, Bytes: 1 << 30}, slog.New(slog.DiscardHandler))
	for _, d := range all {
		r.Add(d)
	}
	r.Close()
}

func find(t *testing.T, dir string, q Query, limit int) Found {
	t.Helper()
	found, err := Find(dir, q, limit)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestKeptAndFound(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "decisions")
	unproven := Decision{
		Time: day.Add(time.Hour), Author: "Mallory@contoso.com", Domains: []string{"sub.example.org"}, Action: "skipped", Reason: "unproven",
		Missing: "contoso: the field X-Sigmilter-Route is missing",
	}
	all := []Decision{sample(0), sample(1), sample(2), unproven}
	keep(t, dir, all...)
	for i := range all {
		all[i].Time = all[i].Time.Local()
	}
	tests := []struct {
		name string
		q    Query
		want []Decision
	}{
		{"all", Query{}, all},
		{"a piece of the author in any case", Query{Author: "MALLORY"}, all[3:]},
		{"a domain", Query{Domain: "customer1.example"}, all[1:2]},
		{"a domain above", Query{Domain: "Example.ORG"}, all[3:]},
		{"no domain above, only a longer name", Query{Domain: "ample.net"}, nil},
		{"both", Query{Author: "person2", Domain: "example.net"}, all[2:3]},
		{"both of different messages", Query{Author: "person2", Domain: "customer1.example"}, nil},
		{"rule", Query{Rule: "everybody"}, all[:3]},
		{"no such rule", Query{Rule: "every"}, nil},
		{"queue", Query{Queue: "4Xq00002zV"}, all[2:3]},
		{"Message-ID", Query{MessageID: HashMessageID(" <1@contoso.com> ")}, all[1:2]},
		{"none has no Message-ID", Query{MessageID: HashMessageID("<none@contoso.com>")}, nil},
		{"action", Query{Action: "skipped"}, all[3:]},
		{"reason", Query{Reason: "rule"}, all[:3]},
		{"tenant", Query{Tenant: "contoso"}, all[:3]},
		{"since", Query{Since: day.Add(2 * time.Second)}, all[2:]},
		{"until", Query{Until: time.Now()}, all},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := find(t, dir, tt.q, 0).Decisions
			if len(got)+len(tt.want) > 0 && !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestNewestOfMany(t *testing.T) {
	dir := t.TempDir()
	keep(t, dir, sample(0), sample(1), sample(2))
	keep(t, dir, sample(3), sample(4))
	found := find(t, dir, Query{}, 3)
	var queues []string
	for _, d := range found.Decisions {
		queues = append(queues, d.Queue)
	}
	if want := []string{"4Xq00002zV", "4Xq00003zV", "4Xq00004zV"}; !reflect.DeepEqual(queues, want) || !found.More {
		t.Errorf("found %q, more %t; want %q and more", queues, found.More, want)
	}
	if found := find(t, dir, Query{}, 5); found.More {
		t.Error("there are more than all")
	}
}

// What was asked for is known after the newest files; older ones are not read.
func TestFilesRead(t *testing.T) {
	dir := t.TempDir()
	const files = 9
	for i := range files {
		e := newEncoder()
		for j := range 10 {
			d := sample(10*i + j)
			e.add(&d)
		}
		path := filepath.Join(dir, fileName(day.Add(time.Duration(i)*time.Hour)))
		if err := os.WriteFile(path, e.chunk(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	for _, test := range []struct{ limit, read, found int }{
		{limit: 5, read: 2, found: 5},
		{limit: 15, read: 2, found: 15},
		{limit: 20, read: 4, found: 20},
		{limit: 0, read: files, found: 10 * files},
	} {
		got := find(t, dir, Query{}, test.limit)
		if got.Files != test.read || len(got.Decisions) != test.found {
			t.Errorf("limit %d: %d files were read and %d decisions found, want %d and %d", test.limit, got.Files, len(got.Decisions), test.read, test.found)
		}
		if !slices.IsSortedFunc(got.Decisions, func(a, b Decision) int { return a.Time.Compare(b.Time) }) {
			t.Errorf("limit %d: the oldest is not the first", test.limit)
		}
	}
}

// However large a file is, one chunk at most of it is in memory: what a reading takes is
// the same for a file eight times as large.
func TestMemoryOfFind(t *testing.T) {
	taken := func(chunks int) uint64 {
		dir := t.TempDir()
		e := newEncoder()
		out, err := os.Create(filepath.Join(dir, fileName(day)))
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		d := sample(1)
		for range chunks {
			for len(e.entries) < chunkBytes {
				e.add(&d)
			}
			if _, err := out.Write(e.chunk()); err != nil {
				t.Fatal(err)
			}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if found := find(t, dir, Query{Queue: "none"}, 0); len(found.Decisions) > 0 || len(found.Damage) > 0 {
			t.Fatalf("found %+v", found)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	if one, eight := taken(2), taken(16); eight > one+chunkBytes {
		t.Errorf("%d bytes of a file, %d of one eight times as large", one, eight)
	}
}

// A query looks up what it asks for and nothing else.
func TestColumnsLookedUp(t *testing.T) {
	for _, test := range []struct {
		q    Query
		want []column
	}{
		{Query{}, nil},
		{Query{Queue: "4Xq", MessageID: "0011223344556677", Since: day, Until: day}, nil},
		{Query{Domain: "example.net"}, []column{domainsColumn}},
		{Query{Author: "a", Action: "signed"}, []column{authorColumn, actionColumn}},
	} {
		if got := newReader(&test.q).asked; !slices.Equal(got, test.want) {
			t.Errorf("%+v looks up %d, want %d", test.q, got, test.want)
		}
	}
}

// A decision that is asked for and has a string that the file has not is damage, in
// whatever column.
func TestStringsThatAreMissing(t *testing.T) {
	for c := range columns {
		e := newEncoder()
		d := sample(1)
		e.add(&d)
		entries := bytes.Clone(e.chunk()[headBytes:])
		decision := entries[len(entries)-fixedBytes-1-len(d.Queue):]
		entry(decision).setNumber(c, 1000)
		r := newReader(&Query{Author: "person"})
		if err := r.entries(entries, func(entry) { t.Errorf("column %d: found", c) }); !errors.Is(err, errDamaged) {
			t.Errorf("column %d: %v", c, err)
		}
	}
}

func (e entry) setNumber(c column, n uint32) {
	binary.LittleEndian.PutUint32(e[12+hashBytes+4*int(c):], n)
}

func TestAny(t *testing.T) {
	dir := t.TempDir()
	if kept, err := Any(filepath.Join(dir, "none")); kept || err != nil {
		t.Errorf("no folder: %v, %v", kept, err)
	}
	keep(t, dir, sample(1))
	if kept, err := Any(dir); !kept || err != nil {
		t.Errorf("one decision: %v, %v", kept, err)
	}
}

func TestCount(t *testing.T) {
	dir := t.TempDir()
	other := sample(3)
	other.Action, other.Reason = "skipped", "no-rule"
	keep(t, dir, sample(0), sample(1))
	keep(t, dir, sample(2), other)
	counts, err := Count(dir, day.Add(time.Second))
	if want := (Counts{"signed": {"rule": 2}, "skipped": {"no-rule": 1}}); err != nil || !reflect.DeepEqual(counts, want) {
		t.Errorf("%v, %v, want %v", counts, err, want)
	}
}

func TestNoFolder(t *testing.T) {
	if found := find(t, filepath.Join(t.TempDir(), "none"), Query{}, 0); len(found.Decisions) > 0 {
		t.Errorf("found %v", found)
	}
}

// A decision takes less than 300 bytes, whatever strangers write into their mail.
func TestBytes(t *testing.T) {
	dir, n := t.TempDir(), 5000
	var all []Decision
	for i := range n {
		all = append(all, sample(i))
	}
	keep(t, dir, all...)
	if size := folderBytes(t, dir) / int64(n); size > 100 {
		t.Errorf("a decision takes %d bytes", size)
	}

	dir = t.TempDir()
	long := strings.Repeat("ä", 100_000)
	keep(t, dir, Decision{Time: day, Author: long, Queue: long, Domains: DomainsOf([]string{"a@" + long, "b@" + long + "b"}), Missing: long, Rule: long, MessageID: "no hash"})
	if size := folderBytes(t, dir); size > 2000 {
		t.Errorf("a decision of long strings takes %d bytes", size)
	}
	if found := find(t, dir, Query{Author: "ÄÄÄ"}, 0); len(found.Decisions) != 1 || found.Decisions[0].MessageID != "" {
		t.Errorf("found %+v", found)
	}
}

func folderBytes(t *testing.T, dir string) (all int64) {
	t.Helper()
	files, err := filesIn(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		all += f.bytes
	}
	return all
}

func TestDomainsOf(t *testing.T) {
	var many []string
	for i := range 100 {
		many = append(many, fmt.Sprintf("a@%d.example", i))
	}
	tests := []struct {
		recipients []string
		want       []string
	}{
		{nil, nil},
		{[]string{"a@Example.net", "b@example.NET", "c@example.org"}, []string{"example.net", "example.org"}},
		{many[:8], []string{"0.example", "1.example", "2.example", "3.example", "4.example", "5.example", "6.example", "7.example"}},
		{many, []string{"0.example", "1.example", "2.example", "3.example", "4.example", "5.example", "6.example", "7.example", "..."}},
	}
	for _, tt := range tests {
		if got := DomainsOf(tt.recipients); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// What a crash or the disk left of a file is passed over, with all that is whole found.
func TestDamage(t *testing.T) {
	whole := func(t *testing.T) (dir, second string) {
		dir = t.TempDir()
		keep(t, dir, sample(0))
		keep(t, dir, sample(1))
		files, err := filesIn(dir)
		if err != nil || len(files) != 2 {
			t.Fatal(files, err)
		}
		return dir, files[1].path
	}
	t.Run("torn", func(t *testing.T) {
		dir, path := whole(t)
		if err := os.Truncate(path, folderBytes(t, dir)/2-3); err != nil {
			t.Fatal(err)
		}
		if found := find(t, dir, Query{}, 0); len(found.Decisions) != 1 || len(found.Damage) > 0 {
			t.Errorf("found %+v", found)
		}
	})
	t.Run("each byte", func(t *testing.T) {
		dir, path := whole(t)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := range data {
			damaged := bytes.Clone(data)
			damaged[i] ^= 0x55
			if err := os.WriteFile(path, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			found := find(t, dir, Query{}, 0)
			if len(found.Decisions) != 1 || found.Decisions[0].Queue != sample(0).Queue {
				t.Fatalf("byte %d: found %+v", i, found)
			}
			// A length may say that more is to come, which is no damage.
			if len(found.Damage) == 0 && (i < 4 || i >= 8) {
				t.Errorf("byte %d: no damage was told", i)
			}
		}
	})
}

// An older version that finds what a newer one wrote says so, and reads the other files.
func TestNewer(t *testing.T) {
	dir := t.TempDir()
	keep(t, dir, sample(0))
	e := newEncoder()
	d := sample(1)
	e.add(&d)
	known := len(e.chunk())
	e.entries = append(e.entries, decisionEntry+1, 'x')
	newer := bytes.Clone(e.chunk())
	e = newEncoder()
	e.add(&d)
	path := filepath.Join(dir, fileName(day.Add(-time.Hour)))
	if err := os.WriteFile(path, append(e.chunk(), newer...), 0o600); err != nil {
		t.Fatal(err)
	}
	found := find(t, dir, Query{}, 0)
	if len(found.Decisions) != 2 {
		t.Errorf("%d decisions were found, want 2", len(found.Decisions))
	}
	if want := []Damage{{path, known, true}}; !slices.Equal(found.Damage, want) {
		t.Errorf("damage %+v, want %+v", found.Damage, want)
	}
	if message := found.Damage[0].Error(); !strings.Contains(message, "written by a newer version of sigmilter") {
		t.Errorf("it is told as %q", message)
	}
}

func TestRemoved(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	t.Run("too old", func(t *testing.T) {
		dir := t.TempDir()
		keep(t, dir, sample(0))
		keep(t, dir, sample(1))
		files, _ := filesIn(dir)
		old := time.Now().Add(-7*24*time.Hour - time.Minute)
		if err := os.Chtimes(files[0].path, old, old); err != nil {
			t.Fatal(err)
		}
		NewRecorder(dir, Limits{Days: 7, Bytes: 1 << 30}, log).Close()
		if found := find(t, dir, Query{}, 0); len(found.Decisions) != 1 || found.Decisions[0].Queue != sample(1).Queue {
			t.Errorf("found %+v", found)
		}
	})
	t.Run("too many", func(t *testing.T) {
		dir := t.TempDir()
		for i := range 10 {
			keep(t, dir, sample(i))
		}
		most := folderBytes(t, dir) / 2
		NewRecorder(dir, Limits{Days: 7, Bytes: most}, log).Close()
		if left := folderBytes(t, dir); left > most || left < most/2 {
			t.Errorf("%d bytes are left, the limit is %d", left, most)
		}
		if found := find(t, dir, Query{}, 1); found.Decisions[0].Queue != sample(9).Queue {
			t.Errorf("the newest is %+v", found)
		}
	})
	t.Run("off", func(t *testing.T) {
		dir := t.TempDir()
		r := NewRecorder(dir, Limits{Days: 7, Bytes: 1 << 30}, log)
		r.Add(sample(0))
		until(t, func() bool { return len(find(t, dir, Query{}, 0).Decisions) == 1 })
		r.Configure(Limits{})
		until(t, func() bool { return folderBytes(t, dir) == 0 })
		r.Add(sample(1))
		r.Configure(Limits{Days: 1, Bytes: 1 << 30})
		r.Add(sample(2))
		r.Close()
		if found := find(t, dir, Query{}, 0); len(found.Decisions) != 1 || found.Decisions[0].Queue != sample(2).Queue {
			t.Errorf("found %+v", found)
		}
	})
}

// until waits for a condition.
func until(t *testing.T, met func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	looks := time.NewTicker(time.Millisecond)
	defer looks.Stop()
	for !met() {
		select {
		case <-deadline:
			t.Fatal("it did not come to that")
		case <-looks.C:
		}
	}
}

// A folder that cannot be written to is told of once, and nobody waits for it.
func TestCannotWrite(t *testing.T) {
	notFolder := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(notFolder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	log := &bytes.Buffer{}
	r := NewRecorder(filepath.Join(notFolder, "decisions"), Limits{Days: 7, Bytes: 1 << 30}, slog.New(slog.NewTextHandler(log, nil)))
	for i := range 3 * waitingRoom {
		r.Add(sample(i))
	}
	r.Close()
	if n := strings.Count(log.String(), "decisions are not recorded"); n != 1 {
		t.Errorf("told %d times: %s", n, log)
	}
}

// After a while on a full disk, what comes is found again.
func TestWrittenAgain(t *testing.T) {
	notFolder := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(notFolder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(notFolder, "decisions")
	limits := Limits{Days: 7, Bytes: 1 << 30}
	r := &Recorder{dir: dir, log: slog.New(slog.DiscardHandler)}
	r.limits.Store(&limits)
	now := time.Now()
	for i, at := range []time.Time{now, now.Add(retryAfter / 2), now.Add(2 * retryAfter)} {
		for _, d := range []Decision{sample(0), sample(i)} {
			r.add(&d)
		}
		if i > 0 {
			_ = os.Remove(notFolder)
		}
		r.flush(at)
	}
	r.endFile()
	if found := find(t, dir, Query{}, 0); len(found.Decisions) != 2 || found.Decisions[1].Queue != sample(2).Queue || len(found.Damage) > 0 {
		t.Errorf("found %+v", found)
	}
}

func TestFollow(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "decisions")
	keep(t, dir, sample(0))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen := make(chan Decision)
	ended := make(chan error)
	f := follower{dir: dir, query: Query{Author: "contoso"}}
	if err := f.look(nil); err != nil {
		t.Fatal(err)
	}
	go func() {
		ended <- f.follow(ctx, func(d Decision) error { seen <- d; return nil })
	}()
	r := NewRecorder(dir, Limits{Days: 7, Bytes: 1 << 30}, slog.New(slog.DiscardHandler))
	for i := 1; i < 4; i++ {
		other := sample(0)
		other.Author = "somebody@example.net"
		r.Add(other)
		r.Add(sample(i))
		if got := <-seen; got.Queue != sample(i).Queue {
			t.Errorf("got %+v, want %+v", got, sample(i))
		}
	}
	r.Close()
	keep(t, dir, sample(4))
	if got := <-seen; got.Queue != sample(4).Queue {
		t.Errorf("got %+v of the next file", got)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestFollowEndsWithItsReader(t *testing.T) {
	dir := t.TempDir()
	f := follower{dir: dir}
	if err := f.look(nil); err != nil {
		t.Fatal(err)
	}
	keep(t, dir, sample(0), sample(1))
	closed, asked := errors.New("closed"), 0
	if err := f.follow(t.Context(), func(Decision) error { asked++; return closed }); !errors.Is(err, closed) || asked != 1 {
		t.Errorf("%v after %d", err, asked)
	}
}

func FuzzRead(f *testing.F) {
	e := newEncoder()
	for i := range 3 {
		d := sample(i)
		e.add(&d)
	}
	f.Add(bytes.Clone(e.chunk()[headBytes:]))
	f.Add([]byte{stringEntry, 3, 'a', 'b', 'c', decisionEntry})
	f.Fuzz(func(t *testing.T, entries []byte) {
		q := Query{Author: "a", Domain: "example.net", Queue: "q"}
		r := newReader(&q)
		_ = r.entries(entries, func(e entry) { r.decision(e) })
	})
}

// A million decisions, of which few are asked for and of which all are.
func BenchmarkFind(b *testing.B) {
	dir := b.TempDir()
	const n = 1_000_000
	e := newEncoder()
	var out *os.File
	for i := range n {
		if i%(n/10) == 0 {
			var err error
			if out, err = os.Create(filepath.Join(dir, fileName(day.Add(time.Duration(i)*time.Second)))); err != nil {
				b.Fatal(err)
			}
			e = newEncoder()
		}
		d := sample(i)
		d.Author = fmt.Sprintf("person%d@contoso.com", i%5000)
		e.add(&d)
		if i%1000 == 999 {
			if _, err := out.Write(e.chunk()); err != nil {
				b.Fatal(err)
			}
		}
	}
	for name, q := range map[string]Query{
		"one":    {Author: "person4711@", Domain: "customer11.example"},
		"none":   {Author: "person4711@", Domain: "customer12.example"},
		"domain": {Domain: "customer11.example"},
		"queue":  {Queue: "4Xq00007zV"},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Find(dir, q, 100); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAdd(b *testing.B) {
	e := newEncoder()
	d := sample(1)
	for b.Loop() {
		e.add(&d)
		if len(e.entries) > maxEntries/2 {
			e.chunk()
		}
	}
}
