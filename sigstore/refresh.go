package sigstore

import (
	"context"
	"time"
)

// Refresh renders signatures anew before they run out for people who send mail,
// until ctx ends, so that none of their messages waits for it. Who sent nothing
// since the signature was rendered is left to the next message.
func (b *Book) Refresh(ctx context.Context) {
	if b.TTL <= 0 {
		return
	}
	tick := time.NewTicker(max(b.TTL/8, time.Second))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			b.refreshDue(ctx, b.now())
		}
	}
}

// refreshDue renders what was used and runs out in the last quarter of its time.
// Its work is bounded by what memory holds; it goes on one by one, so that mail
// does not feel it.
func (b *Book) refreshDue(ctx context.Context, now time.Time) (refreshed int) {
	generation := b.Store.Generation()
	for _, key := range b.recent.due(now.Add(b.TTL / 4)) {
		if ctx.Err() != nil {
			return refreshed
		}
		tmpl, ok := b.wanted(key.template)
		if !ok {
			continue
		}
		// A time at which nothing stored is good makes lookup return the person.
		found, err := b.Store.lookup(key, tmpl, now.Add(b.TTL))
		if err != nil || !found.known || found.rendered {
			continue // the next message finds out
		}
		if b.render(&found, key, tmpl, now) != nil {
			continue
		}
		e := &recentEntry{generation: generation, template: tmpl.version, expires: found.expires, signature: found.Signature}
		b.recent.put(key, e)
		refreshed++
	}
	return refreshed
}
