package main

import (
	"os"
	"runtime/debug"
)

// The garbage collector's settings of the daemon. What lives between messages is
// small, so that it would run every few messages by default, which those that come
// meanwhile feel; with many large messages in hand the soft limit makes it run more
// often instead.
const (
	gcPercent   = 800
	memoryLimit = 192 << 20 // bytes
)

// tuneMemory applies them unless the environment says otherwise.
func tuneMemory() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(gcPercent)
		debug.SetMemoryLimit(memoryLimit)
	}
}
