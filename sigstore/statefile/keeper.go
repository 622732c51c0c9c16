package statefile

import (
	"context"
	"sync"
)

// keeper runs something while it has users, once for all of them.
type keeper struct {
	mu      sync.Mutex
	users   int
	stop    context.CancelFunc
	running sync.WaitGroup
}

func (k *keeper) begin(run func(context.Context)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.users++
	if k.users > 1 {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	k.stop = stop
	k.running.Go(func() { run(ctx) })
}

func (k *keeper) end() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.users--
	if k.users == 0 {
		k.stop()
		k.running.Wait()
	}
}
