package signatures

import (
	"context"
	"time"
)

// Refresh renders signatures again before they run out for people who send mail,
// until ctx ends, so that none of their messages waits for it. The signature of who sent
// nothing since it was rendered is left to the next message.
func (c *Cache) Refresh(ctx context.Context) {
	if c.TTL <= 0 {
		return
	}
	tick := time.NewTicker(max(c.TTL/8, time.Second))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			c.refreshDue(ctx, c.Now())
		}
	}
}

// refreshDue renders what was used and runs out in the last quarter of its time.
// Its work is bounded by what memory holds; it goes on one by one, so that mail
// does not feel it.
func (c *Cache) refreshDue(ctx context.Context, now time.Time) (refreshed int) {
	generation := c.shelf.people.Generation()
	for _, of := range c.due(now.Add(c.TTL / 4)) {
		if ctx.Err() != nil {
			return refreshed
		}
		if c.refresh(of, generation, now) {
			refreshed++
		}
	}
	return refreshed
}

// due are the signatures that were used and run out before a time, whatever the
// people are by now.
func (c *Cache) due(before time.Time) (all []signatureName) {
	for of, e := range c.memory.All {
		if e.used.Load() && e.expires.Before(before) {
			all = append(all, of)
		}
	}
	return all
}

// refresh renders a signature again, and reports whether it did. What goes wrong is left
// to the next message.
func (c *Cache) refresh(of signatureName, generation uint64, now time.Time) bool {
	tmpl, ok := c.wanted(of.template)
	if !ok {
		return false
	}
	// A time at which nothing stored is good makes lookup return the person.
	found, err := c.shelf.lookup(of, tmpl, now.Add(c.TTL))
	if err != nil || !found.known || found.rendered {
		return false
	}
	if c.render(&found, of, tmpl, now) != nil {
		return false
	}
	c.keep(of, generation, found.rendering)
	return true
}
