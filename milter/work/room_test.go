package work

import (
	"errors"
	"testing"
)

// ended calls f and returns why the work was stopped in it, nil if it was not.
func ended(f func()) (why error) {
	defer func() {
		if v := recover(); v != nil {
			why = v.(Stop)
		}
	}()
	f()
	return nil
}

func TestTakeEndsAtTheLimit(t *testing.T) {
	r := NewRoom(100, nil)
	if why := ended(func() { r.Take(100) }); why != nil || r.used != 100 {
		t.Errorf("%d taken, %v", r.used, why)
	}
	if why := ended(func() { r.Take(1) }); !errors.Is(why, ErrDense) {
		t.Errorf("above the limit: %v", why)
	}
}

// The budget is asked for pieces, never for less than is used, and its refusal ends
// the work.
func TestTakeAsksTheBudget(t *testing.T) {
	full, had, asked := errors.New("full"), int64(0), 0
	r := NewRoom(1<<40, func(n int64) error {
		if had+n > 10*roomStep {
			return full
		}
		had, asked = had+n, asked+1
		return nil
	})
	for range 5 * 64 {
		r.Take(roomStep / 64)
	}
	if had != 5*roomStep || asked != 5 {
		t.Errorf("%d bytes in %d pieces", had, asked)
	}
	if why := ended(func() { r.Take(roomStep * 4) }); why != nil || had != 9*roomStep {
		t.Errorf("%d bytes, %v", had, why)
	}
	if why := ended(func() { r.Take(roomStep + 1) }); !errors.Is(why, full) {
		t.Errorf("a full budget: %v", why)
	}
}

func TestAppendTakesWhatItAllocates(t *testing.T) {
	r := NewRoom(1<<40, nil)
	var list []int64
	for i := range 10_000 {
		if list = Append(r, list, int64(i)); int64(cap(list))*8 != r.used {
			t.Fatalf("room for %d, of which %d bytes are taken", cap(list), r.used)
		}
	}
	for i, v := range list {
		if v != int64(i) {
			t.Fatalf("%d at %d", v, i)
		}
	}
	if cap(list) > len(list)*5/4+8 {
		t.Errorf("room for %d of %d", cap(list), len(list))
	}
}

func TestNilRoomHasNoEnd(t *testing.T) {
	var r *Room
	if list := Append(r, []int{1}, 2); len(list) != 2 {
		t.Errorf("%v", list)
	}
}
