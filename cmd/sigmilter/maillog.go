package main

import (
	"log/slog"

	"strings"
	"time"

	"sigmilter/milter"
)

// mailLog writes the one line there is for each message. It never has text of
// the message, only addresses, names of rules and counts.
type mailLog struct{ log *slog.Logger }

func (l mailLog) done(m *milter.Message, o milter.Outcome, waited time.Duration) {
	r := &o.Report
	attrs := []any{
		"session", m.Session, "queue", m.QueueID, "from", m.Sender, "recipients", len(m.Recipients), "bytes", m.Size,
		"action", string(r.Action), "reason", r.Reason,
	}
	for _, a := range []struct{ key, value string }{
		{"tenant", r.Tenant}, {"author", r.Author}, {"rule", r.Rule}, {"missing", r.Missing}, {"guard", r.Guard},
		{"blocks", strings.Join(blockNames(r), ",")}, {"placed", placed(r)},
	} {
		if a.value != "" {
			attrs = append(attrs, a.key, a.value)
		}
	}
	attrs = append(attrs, "micros", r.Micros, "waited", waited.Microseconds())
	l.log.Info("message", attrs...)
}

// blockNames are the blocks that went in: "signature:corporate".
func blockNames(r *milter.Report) (names []string) {
	for _, b := range r.Blocks {
		if n := b.Block + ":" + b.Template; len(names) == 0 || names[len(names)-1] != n {
			names = append(names, n)
		}
	}
	return names
}

// placed is where they went, part by part: "1.1=above-quote(owa-header)".
func placed(r *milter.Report) string {
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
