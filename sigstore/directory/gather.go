package directory

import (
	"context"
	"slices"
)

// Gather reads a source and holds everybody in memory, for callers that want all of
// them at once. What [Batch.Lost] says is done.
func Gather(ctx context.Context, source Source, cursor string, progress Progress) ([]Person, Batch, error) {
	var all gathered
	batch, err := source.Read(ctx, cursor, &all, progress)
	if err != nil {
		return nil, batch, err
	}
	lost := batch.Lost
	batch.Lost = nil
	return all.without(lost), batch, nil
}

// gathered is a [Sink] that keeps everybody.
type gathered []Person

// Add implements [Sink].
func (g *gathered) Add(p Person) error {
	*g = append(*g, p)
	return nil
}

// Restart implements [Sink].
func (g *gathered) Restart() { *g = nil }

func (g gathered) without(lost map[string][]string) []Person {
	for i := range g {
		if others := lost[g[i].Address]; others != nil {
			g[i].Addresses = slices.DeleteFunc(g[i].Addresses, func(a string) bool { return slices.Contains(others, a) })
		}
	}
	return g
}
