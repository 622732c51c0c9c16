package directory

import "context"

// reading is a reading with everybody in it.
type reading struct {
	Batch
	People []Person
}

func readAll(ctx context.Context, source Source, cursor string, progress Progress) (reading, error) {
	people, batch, err := Gather(ctx, source, cursor, progress)
	return reading{batch, people}, err
}
