package graph

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"sigmilter/sigstore/directory"
)

func (g *Source) photoSize() int {
	if g.PhotoSize == 0 {
		return 240
	}
	return g.PhotoSize
}

// photoReader are the photos of one reading, and what there is to warn of.
type photoReader struct {
	*Source
	warnings []error
	refused  map[string][]string // people by what Graph answered
}

// addTo gives people their photos, 20 in a request. Who has none, or one that cannot be
// read, goes without; of whom Graph refuses to tell, it is not known.
func (g *photoReader) addTo(ctx context.Context, people []directory.Person) error {
	links := make([]string, len(people))
	for i, p := range people {
		links[i] = fmt.Sprintf("/users/%s/photos/%[2]dx%[2]d/$value", url.PathEscape(p.Key), g.photoSize())
	}
	answers, err := g.web.batch(ctx, links)
	if err != nil {
		return g.advise(err, "photos", "User.Read.All")
	}
	for i, answer := range answers {
		switch p := &people[i]; answer.Status {
		case http.StatusOK:
			p.Photo, err = directory.DecodePhoto(answer.Body)
			if err != nil {
				g.warnings = append(g.warnings, fmt.Errorf("%s: the photo is left out: %w", p.Address, err))
			}
		case http.StatusNotFound:
		default:
			problem := g.advise(newRefusal(answer.Status, answer.Body), "photos", "User.Read.All").Error()
			g.refused[problem] = append(g.refused[problem], p.Address)
			p.PhotoUnknown = true
		}
	}
	return nil
}

// all are the warnings, one line for all whom the same befell: a missing permission
// befalls everybody.
func (g *photoReader) all() []error {
	warnings := g.warnings
	for _, problem := range slices.Sorted(maps.Keys(g.refused)) {
		who := g.refused[problem]
		warnings = append(warnings, fmt.Errorf("%d photos could not be read, that of %s among them: %s", len(who), who[0], problem))
	}
	return warnings
}
