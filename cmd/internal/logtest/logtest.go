// Package logtest is for tests: a log that can be read while it is written.
package logtest

import (
	"bytes"
	"strings"
	"sync"
)

// Buffer keeps what is written to it.
type Buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements [io.Writer].
func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// String is all that was written so far.
func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// Count is how often s was written so far.
func (b *Buffer) Count(s string) int { return strings.Count(b.String(), s) }
