package work

import (
	"fmt"
	"unsafe"
)

// ErrDense says that a text becomes more bytes of memory than its size allows.
var ErrDense = fmt.Errorf("it is made of more elements and lines than its size allows")

// roomStep is for how many bytes at a time the budget is asked.
const roomStep = 64 << 10

// Room is the memory that the reading of one text may take. Nil has no end. It is
// used by one goroutine at a time.
type Room struct {
	limit, used int64
	had         int64 // of the budget
	more        func(n int64) error
}

// NewRoom makes room for so many bytes. More, which may be nil, is asked for them
// piece by piece as they are taken; the reading ends with the error it returns.
func NewRoom(limit int64, more func(n int64) error) *Room {
	return &Room{limit: limit, more: more}
}

// Take takes n bytes. It panics with a [Stop] when they are not to be had.
func (r *Room) Take(n int) {
	if r == nil {
		return
	}
	r.used += int64(n)
	if r.used > r.limit {
		panic(Stop{ErrDense})
	}
	if r.used <= r.had || r.more == nil {
		return
	}
	need := max(r.used-r.had, roomStep)
	if err := r.more(need); err != nil {
		panic(Stop{err})
	}
	r.had += need
}

// Append is append with the memory taken before it is there.
func Append[T any](r *Room, list []T, v T) []T {
	if len(list) == cap(list) {
		const large = 1 << 10
		more := max(8, len(list))
		if more > large {
			more = max(large, len(list)/4)
		}
		list = Grow(r, list, more)
	}
	return append(list, v)
}

// Grow returns list with room for n more, which is taken before it is there.
func Grow[T any](r *Room, list []T, n int) []T {
	var v T
	r.Take(n * int(unsafe.Sizeof(v)))
	grown := make([]T, len(list), len(list)+n)
	copy(grown, list)
	return grown
}
