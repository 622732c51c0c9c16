package daemon

import (
	"strings"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/decisions"
	"sigmilter/cmd/internal/maillog"
	"sigmilter/milter/engine"
)

func decisionLimits(cfg *config.Config) decisions.Limits {
	return decisions.Limits{Days: cfg.Decisions.Days, Bytes: cfg.Decisions.Bytes}
}

// decision is what is kept of what was done with a message. The versions of templates are
// those of this generation, of which a message in hand during a reload is not.
func (g *generation) decision(m *engine.Message, r *engine.Report) decisions.Decision {
	return decisions.Decision{
		Time: time.Now(), Queue: m.QueueID, MessageID: decisions.HashMessageID(m.Header.Get("Message-ID")),
		Tenant: r.Tenant, Author: r.Author, Domains: decisions.DomainsOf(m.Recipients),
		Action: string(r.Action), Reason: r.Reason, Rule: r.Rule, Blocks: g.blockVersions(r), Missing: r.Missing, Micros: r.Micros,
	}
}

// versionDigits are enough to tell two versions of a template apart.
const versionDigits = 8

// blockVersions are the blocks that went in with the versions of their templates, as
// "signature:corporate@1f2e3d4c".
func (g *generation) blockVersions(r *engine.Report) string {
	names := maillog.BlockNames(r)
	for i, name := range names {
		_, template, _ := strings.Cut(name, ":")
		if t, ok := g.cfg.Templates[template]; ok {
			version := t.Parsed.Version()
			names[i] += "@" + version[:min(versionDigits, len(version))]
		}
	}
	return strings.Join(names, ",")
}

// Decided implements [control.Daemon].
func (d *Daemon) Decided() (n control.Decided, err error) {
	if !d.record.Keeps() {
		return n, nil
	}
	now, dir := time.Now(), d.fixed.DecisionsDir()
	n.Hour, err = decisions.Count(dir, now.Add(-time.Hour))
	if err != nil {
		return n, err
	}
	n.Day, err = decisions.Count(dir, now.Add(-24*time.Hour))
	return n, err
}
