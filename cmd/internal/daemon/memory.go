package daemon

import (
	"os"
	"runtime/debug"
)

// The garbage collector's settings of the daemon. What lives between messages is
// small, so that it would run every few messages by default, which those that come
// meanwhile feel; with many large messages in hand the soft limit makes it run more
// often instead.
const (
	gcPercent = 800
	headroom  = 128 << 20 // bytes beside those of messages
)

// tuneMemory applies them for messages that take so many bytes together
// unless the environment says otherwise.
func tuneMemory(messages int64) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(messages + headroom)
}
