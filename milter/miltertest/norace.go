//go:build !race

package miltertest

// Raced says that the race detector is at work.
const Raced = false
