package feed

import (
	"context"
	"testing"
	"time"
)

// No more readings than there are places are under way, but for those that take long.
func TestReadingPlaces(t *testing.T) {
	p := make(readingPlaces, 2)
	_, ok := p.takePlace(t.Context(), time.Nanosecond) // stays in its reading
	leave, again := p.takePlace(t.Context(), time.Hour)
	if !ok || !again {
		t.Fatal("no place in the beginning")
	}
	late, ok := p.takePlace(t.Context(), time.Hour)
	if !ok {
		t.Fatal("no place after one that takes long")
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, ok := p.takePlace(ended, time.Hour); ok {
		t.Error("more readings than places")
	}
	leave()
	leave()
	late()
	if len(p) != 0 {
		t.Errorf("%d places are taken in the end", len(p))
	}
}
