// Package maillog writes the one line about each message. The line never has text of the
// message, only addresses, names and counts.
package maillog

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"sigmilter/milter/engine"
)

// Write writes the line when a message has come to its end. That of one that failed is a
// warning.
func Write(log *slog.Logger, m *engine.Message, o engine.Outcome, waited time.Duration) {
	r := &o.Report
	attrs := []any{
		"session", m.Session, "queue", m.QueueID, "from", m.Sender, "recipients", len(m.Recipients), "bytes", m.Size,
		"action", string(r.Action), "reason", r.Reason,
	}
	for _, a := range []struct{ key, value string }{
		{"tenant", r.Tenant}, {"author", r.Author}, {"rule", r.Rule}, {"missing", r.Missing}, {"guard", r.Guard},
		{"blocks", strings.Join(BlockNames(r), ",")}, {"placed", blockPlaces(r)},
	} {
		if a.value != "" {
			attrs = append(attrs, a.key, a.value)
		}
	}
	attrs = append(attrs, "micros", r.Micros, "waited", waited.Microseconds())
	level := slog.LevelInfo
	if r.Action == engine.Failed {
		level = slog.LevelWarn
	}
	log.Log(context.Background(), level, "message", attrs...)
}

// BlockNames are the blocks that were inserted: "signature:corporate".
func BlockNames(r *engine.Report) (names []string) {
	for _, b := range r.Blocks {
		if n := b.Block + ":" + b.Template; len(names) == 0 || names[len(names)-1] != n {
			names = append(names, n)
		}
	}
	return names
}

// blockPlaces are where they went, part by part: "1.1=above-quote(owa-header)".
func blockPlaces(r *engine.Report) string {
	var places []string
	for _, b := range r.Blocks {
		p := b.Part + "=" + b.Placed
		if b.Separator != "" {
			p += "(" + b.Separator + ")"
		}
		places = append(places, p)
	}
	return strings.Join(places, ",")
}
