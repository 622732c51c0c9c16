package daemon

import (
	"os"
	"runtime/debug"
)

// Settings of the garbage collector. Little memory lives on between messages, so by default
// it would run every few messages and slow down those that arrive meanwhile. With many
// large messages in hand the soft limit makes it run more often.
const (
	gcPercent = 800
	headroom  = 128 << 20 // bytes on top of those of messages
	perTenant = 12 << 10  // and of those a tenant takes, its feed and its settings
)

// tuneMemory applies them, for messages that may take this many bytes together and so many
// tenants, unless the environment sets its own.
func tuneMemory(messages int64, tenants int) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(messages + headroom + int64(tenants)*perTenant)
}
