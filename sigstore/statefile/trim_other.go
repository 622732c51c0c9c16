//go:build !linux

package statefile

import "context"

// KeepSmall does nothing on this system.
func (f *File) KeepSmall(context.Context, int64) {}

// Trimmed runs work.
func (f *File) Trimmed(work func() error) error { return work() }

// Trim does nothing on this system.
func (f *File) Trim() error { return nil }
