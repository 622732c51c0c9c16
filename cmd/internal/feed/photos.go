package feed

import (
	"context"
	"fmt"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/render"
)

// photoCheck is a source without the photos that no signature could show. Each photo left
// out has a warning.
type photoCheck struct{ directory.Source }

// Read implements [directory.Source].
func (c photoCheck) Read(ctx context.Context, cursor string, people directory.Sink, progress directory.Progress) (directory.Batch, error) {
	sink := &photoSink{Sink: people}
	batch, err := c.Source.Read(ctx, cursor, sink, progress)
	batch.Warnings = append(batch.Warnings, sink.warnings...)
	return batch, err
}

type photoSink struct {
	directory.Sink
	warnings []error
}

// Add implements [directory.Sink].
func (s *photoSink) Add(p directory.Person) error {
	if len(p.Photo) > 0 {
		if err := render.CheckPhoto(p.Photo); err != nil {
			s.warnings = append(s.warnings, fmt.Errorf("%s: the photo is left out: %w", p.Address, err))
			p.Photo = nil
		}
	}
	return s.Sink.Add(p)
}

// Restart implements [directory.Sink].
func (s *photoSink) Restart() {
	s.warnings = nil
	s.Sink.Restart()
}
