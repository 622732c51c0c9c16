package main

import (
	"fmt"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/render"
)

// checkPhotos takes out of a batch, from whatever source, the photos that no
// signature can show, with a warning for each.
func checkPhotos(batch *directory.Batch) {
	for i := range batch.People {
		p := &batch.People[i]
		if len(p.Photo) == 0 {
			continue
		}
		if err := render.CheckPhoto(p.Photo); err != nil {
			batch.Warnings = append(batch.Warnings, fmt.Errorf("%s: the photo is left out: %w", p.Address, err))
			p.Photo = nil
		}
	}
}
