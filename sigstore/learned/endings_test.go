package learned

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
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
	if b := encode(endings); len(b) != maxLearned {
		t.Errorf("%d bytes, want %d", len(b), maxLearned)
	}
	for _, day := range []int{37, 38, 39, 40} {
		if n := len(slices.DeleteFunc(slices.Clone(endings), func(e Ending) bool { return e.Last != day })); n != maxOfDay {
			t.Errorf("%d endings of day %d", n, day)
		}
	}
}

func TestEncode(t *testing.T) {
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
		got, err := decode(encode(endings))
		if err != nil || !reflect.DeepEqual(got, endings) {
			t.Fatalf("%v\n%v\n%v", err, got, endings)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encode([]Ending{counted(ended(1, 1, 2, 3), 1)})[:30])
	f.Fuzz(func(t *testing.T, body []byte) {
		b := withChecksum(body)
		endings, err := decode(b)
		if err == nil && !bytes.Equal(encode(endings), b) {
			t.Errorf("%x became %x", b, encode(endings))
		}
	})
}

// What does not decode is dropped: any byte that differs, any length.
func TestLearnedDamage(t *testing.T) {
	good := encode([]Ending{counted(ended(1, 1, 2, 3), 1), counted(ended(2, 1, 2, 4), 1)})
	for i := range good {
		bad := slices.Clone(good)
		bad[i] ^= 0x40
		if got, err := decode(bad); err == nil {
			t.Errorf("byte %d: %v", i, got)
		}
		if got, err := decode(good[:i]); err == nil {
			t.Errorf("%d bytes: %v", i, got)
		}
	}
	for name, e := range map[string]Ending{
		"a signature longer than the ending": {Lines: []uint64{1}, Signature: 2},
		"days the wrong way round":           {First: 2, Last: 1},
	} {
		if got, err := decode(encode([]Ending{e})); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}
