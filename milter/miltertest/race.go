//go:build race

package miltertest

// Raced says that the race detector is at work, which makes everything slow: what is
// measured is run once, for the races in it.
const Raced = true
