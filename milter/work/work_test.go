package work

import (
	"errors"
	"testing"
)

// stopped spends units one by one, at most n of them, and returns how many were had
// and why it ended.
func stopped(m *Meter, n int) (had int, why error) {
	defer func() {
		if v := recover(); v != nil {
			why = v.(Stop)
		}
	}()
	for ; had < n; had++ {
		m.Spend(1)
	}
	return had, nil
}

func TestSpendEndsWhenUsedUp(t *testing.T) {
	for _, units := range []int64{0, 1, 1000, step, 3*step + 7} {
		had, why := stopped(NewMeter(units, nil), 5*step)
		if !errors.Is(why, ErrSpent) || int64(had) != units {
			t.Errorf("of %d units %d were had, ended by %v", units, had, why)
		}
	}
}

func TestSpendAsksNowAndThen(t *testing.T) {
	gone, asked := errors.New("gone"), 0
	m := NewMeter(100*step, func() error {
		if asked++; asked == 3 {
			return gone
		}
		return nil
	})
	if had, why := stopped(m, 100*step); !errors.Is(why, gone) || had >= 3*step+1 {
		t.Errorf("%d units were had, ended by %v", had, why)
	}
}

func TestAllowAddsUnits(t *testing.T) {
	m := NewMeter(10, nil)
	m.Allow(5)
	if had, why := stopped(m, 100); had != 15 || m.Spent() != 16 || !errors.Is(why, ErrSpent) {
		t.Errorf("%d units were had, of %d that were asked for, ended by %v", had, m.Spent(), why)
	}
}

func TestNilNeverEnds(t *testing.T) {
	var m *Meter
	m.Allow(1)
	if had, why := stopped(m, 10); had != 10 || why != nil {
		t.Errorf("%d units were had, ended by %v", had, why)
	}
}
