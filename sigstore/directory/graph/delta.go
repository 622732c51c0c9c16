package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"

	"sigmilter/sigstore/directory"
)

// userEntry is what a round says about one user. The entries of a user come in any
// number and order; a later one takes the place of an earlier, member by member.
type userEntry struct {
	raw     []byte // a JSON object, as it came
	removed bool
}

// deltaRound is what one run through the pages of users/delta brought.
type deltaRound struct {
	full  bool
	users map[string]*userEntry
	order []string // ids as they came first
	delta string   // where the next round starts
}

type deltaPage struct {
	Value []json.RawMessage `json:"value"`
	Next  string            `json:"@odata.nextLink"`
	Delta string            `json:"@odata.deltaLink"`
}

// readRound reads all users, or with a deltaLink what changed since it was given.
func (g *Source) readRound(ctx context.Context, link string, progress directory.Progress) (*deltaRound, error) {
	r := &deltaRound{full: link == "", users: map[string]*userEntry{}}
	total := 0
	if r.full {
		link = g.graphURL() + "/v1.0/users/delta?$select=" + url.QueryEscape(selectedProperties)
		if progress != nil {
			total = g.countUsers(ctx)
		}
	}
	for {
		var page deltaPage
		if err := g.web.get(ctx, link, &page); err != nil {
			return nil, g.advise(err, "users", "User.Read.All")
		}
		for _, raw := range page.Value {
			if err := r.add(raw); err != nil {
				return nil, err
			}
		}
		if progress != nil {
			progress(len(r.users), max(total, 0))
		}
		if page.Delta != "" {
			r.delta = page.Delta
			return r, nil
		}
		if page.Next == "" || page.Next == link {
			return nil, fmt.Errorf("a page of users of %s names neither a next page nor a delta link", g.graphURL())
		}
		link = page.Next
	}
}

// countUsers is how many users there are, for a line of progress; 0 when Graph
// does not tell.
func (g *Source) countUsers(ctx context.Context) int {
	var n int
	if g.web.get(ctx, g.graphURL()+"/v1.0/users/$count", &n) != nil {
		return 0
	}
	return n
}

func (r *deltaRound) add(raw []byte) error {
	var entry struct {
		ID      string          `json:"id"`
		Removed json.RawMessage `json:"@removed"`
	}
	if err := json.Unmarshal(raw, &entry); err != nil || entry.ID == "" {
		return errors.New("a user in the answer of Microsoft Graph has no id")
	}
	user, known := r.users[entry.ID]
	if !known {
		user = &userEntry{}
		r.users[entry.ID] = user
		r.order = append(r.order, entry.ID)
	}
	// Both reasons, changed (may be restored) and deleted, mean gone for now. A
	// user who is restored comes again.
	user.removed = entry.Removed != nil
	if user.removed {
		return nil
	}
	return user.overlay(raw)
}

// overlay puts the members of a JSON object over those the user has. null clears.
func (u *userEntry) overlay(raw []byte) error {
	if u.raw == nil {
		u.raw = raw
		return nil
	}
	var below, above map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(u.raw, &below), json.Unmarshal(raw, &above)); err != nil {
		return err
	}
	maps.Copy(below, above)
	merged, err := json.Marshal(below)
	u.raw = merged
	return err
}

// complete reads the changed users of a round whole. What the round says stays
// above that.
//
// QUIRK: an entry of a round has at least the properties that changed, and not
// surely the others. A read right after may come from a replica that has not heard
// of the change, or not yet of the user: then 404 comes for somebody who is there.
func (g *Source) complete(ctx context.Context, r *deltaRound) error {
	var ids, links []string
	for _, id := range r.order {
		if !r.users[id].removed {
			ids = append(ids, id)
			links = append(links, "/users/"+url.PathEscape(id)+"?$select="+selectedProperties)
		}
	}
	answers, err := g.web.batch(ctx, links)
	if err != nil {
		return g.advise(err, "users", "User.Read.All")
	}
	for i, answer := range answers {
		user := r.users[ids[i]]
		switch {
		case answer.Status == http.StatusOK:
			whole := &userEntry{raw: answer.Body}
			if err := whole.overlay(user.raw); err != nil {
				return err
			}
			user.raw = whole.raw
		case answer.Status == http.StatusNotFound:
			// Part of a user does for a new one, whose entry has an address; one
			// who left meanwhile comes as removed in the next round.
		default:
			return g.advise(newRefusal(answer.Status, answer.Body), "users", "User.Read.All")
		}
	}
	return nil
}

// advise says which permission is missing when Graph refuses.
func (g *Source) advise(err error, what, permission string) error {
	e := (*refusal)(nil)
	if !errors.As(err, &e) {
		return err
	}
	switch e.status {
	case http.StatusForbidden:
		return fmt.Errorf("application %s may not read %s; grant it the application permission %s of Microsoft Graph "+
			"and give admin consent (%d %s)", g.Client, what, permission, e.status, e.code)
	case http.StatusUnauthorized:
		return fmt.Errorf("the login of application %s is not accepted by Microsoft Graph; check that the cloud is right (%d %s)",
			g.Client, e.status, e.code)
	}
	return fmt.Errorf("read %s: %w", what, err)
}
