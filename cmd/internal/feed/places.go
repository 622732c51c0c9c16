package feed

import (
	"context"
	"sync"
	"time"
)

const (
	// placesToRead is how many sources are read at a time. That bounds memory when there
	// are thousands, and is as many as share a transaction of the store.
	placesToRead = 256
	// placeLimit is how long a reading keeps its place: a server that is slow, or gone,
	// holds nobody up for long.
	placeLimit = time.Second
)

// readingPlaces are places of readings; without any, nil, there is no bound.
type readingPlaces chan struct{}

// takePlace waits for a place, and is false when ctx ended before. leave gives it back.
func (p readingPlaces) takePlace(ctx context.Context, limit time.Duration) (leave func(), ok bool) {
	if p == nil {
		return func() {}, true
	}
	select {
	case p <- struct{}{}:
	case <-ctx.Done():
		return nil, false
	}
	once := sync.OnceFunc(func() { <-p })
	late := time.AfterFunc(limit, once)
	return func() {
		late.Stop()
		once()
	}, true
}
