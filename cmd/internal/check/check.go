// Package check looks for mistakes in a configuration and in all that it names:
// templates, people, rules, and who may reach the socket.
package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/feed"
	"sigmilter/cmd/internal/mta"
	"sigmilter/milter/policy"
	"sigmilter/sigstore/directory"
)

// Report is what `check --json` writes. Tenants, templates and rules are
// those of a configuration without faults.
type Report struct {
	File      string        `json:"file"`
	OK        bool          `json:"ok"`
	Version   string        `json:"version,omitempty"` // changes with the configuration and its templates
	Faults    config.Faults `json:"faults"`
	Warnings  []string      `json:"warnings"` // do not make the configuration bad
	Tenants   []Tenant      `json:"tenants"`
	Templates []Template    `json:"templates"`
	Rules     []Rule        `json:"rules"`
}

// Tenant is a tenant and where its people come from.
type Tenant struct {
	Name    string   `json:"name"`
	Domains []string `json:"domains"`
	Sources []Source `json:"sources"`
	Proof   string   `json:"proof"` // what is required, empty: nothing
}

// Source is a source of people, as it was read.
type Source struct {
	Name   string `json:"name"`
	Source string `json:"source"`
	Path   string `json:"path,omitempty"` // of a file
	People int    `json:"people"`
}

// Template is a template and its files.
type Template struct {
	Name string `json:"name"`
	HTML string `json:"html"`
	Text string `json:"text,omitempty"` // empty: derived from the HTML
}

// Rule is a rule in short.
type Rule struct {
	Name           string   `json:"name"`
	To             string   `json:"to"`
	From           []string `json:"from"`       // empty: everyone
	Conditions     []string `json:"conditions"` // names of the others
	Signature      string   `json:"signature"`
	ReplySignature string   `json:"reply_signature"` // empty: none
	Stop           bool     `json:"stop"`
}

// Run loads the configuration at path and reads what it names. Mistakes are
// in the report; an error means that it could not be completed.
func Run(ctx context.Context, path string) (*Report, error) {
	r := &Report{
		File: path, Faults: config.Faults{}, Warnings: []string{},
		Tenants: []Tenant{}, Templates: []Template{}, Rules: []Rule{},
	}
	cfg, err := config.Load(path)
	if errors.As(err, &r.Faults) {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	r.Version = cfg.Hash()
	r.Faults = append(r.Faults, cfg.Warnings...)
	attributes, groups := map[string]bool{}, map[string]bool{}
	for _, tenant := range cfg.Tenants {
		if err := r.addTenant(ctx, tenant, feed.RuleGroups(cfg), cfg.Templates, attributes, groups); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(cfg.Templates)) {
		r.addTemplate(cfg.Templates[name], attributes)
		r.reviewTemplate(cfg.Templates[name], cfg.Blocks.Budget)
	}
	for _, partial := range cfg.Blocks.Sources() {
		r.reviewSource(partial)
	}
	for _, rule := range cfg.Rules {
		r.Rules = append(r.Rules, Rule{
			rule.Name, cmp.Or(strings.Join(rule.Words("to"), " "), "any"), append([]string{}, rule.Words("from")...),
			otherConditions(&rule.Conditions), rule.Signature, rule.ReplySignature, rule.Stop,
		})
		r.checkRule(rule, attributes, groups, time.Now())
	}
	r.Warnings = append(r.Warnings, cfg.Doubts()...)
	r.adviseSocket(cfg)
	r.OK = len(r.Faults) == 0
	return r, nil
}

// addTenant reads the sources of a tenant and notes the attributes their people
// have, and the groups as conditions compare them.
func (r *Report) addTenant(ctx context.Context, t config.Tenant, asked []string, templates map[string]config.Template, attributes, groups map[string]bool) error {
	report := Tenant{Name: t.Name, Domains: t.Domains, Proof: proofWords(t)}
	var people []directory.Person
	for _, d := range t.Directories {
		found, batch, err := feed.Gather(ctx, d, asked)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			r.addFault(d.Fault(err.Error() + "; mend it or name another source"))
		}
		for _, warning := range directory.Counted(batch.Warnings) {
			r.warn("%v", warning)
		}
		for _, g := range batch.Groups {
			noteGroup(groups, g.Name)
		}
		for _, person := range found {
			for name := range person.Attributes {
				attributes[name] = true
			}
			for _, g := range person.Groups {
				noteGroup(groups, g)
			}
		}
		people = append(people, found...)
		report.Sources = append(report.Sources, Source{d.Name, d.Source, d.Path, len(found)})
	}
	r.checkReady(t, people, templates)
	r.checkDefaultPerson(t, people)
	r.checkDomains(t, people)
	r.Tenants = append(r.Tenants, report)
	return nil
}

// checkReady warns of signatures made elsewhere that no template gives way to.
func (r *Report) checkReady(t config.Tenant, people []directory.Person, templates map[string]config.Template) {
	for _, template := range templates {
		if template.Ready {
			return
		}
	}
	if slices.ContainsFunc(people, func(p directory.Person) bool { return p.Ready != nil }) {
		r.warn("tenant %s: its sources bring finished signatures, and no template has ready = true: they are not used", t.Name)
	}
}

func noteGroup(groups map[string]bool, name string) {
	if folded, err := policy.ParseKeyword(name); err == nil {
		groups[folded] = true
	}
}

// addTemplate warns of fields that nobody has and that Microsoft Graph has no
// attribute for: they are misspelt, for a template treats them as empty.
func (r *Report) addTemplate(t config.Template, attributes map[string]bool) {
	r.Templates = append(r.Templates, Template{t.Name, t.HTMLPath, t.TextPath})
	for _, field := range t.Parsed.Fields() {
		spelled, known := directory.Canonical(field)
		switch {
		case attributes[field], known && spelled == field:
		case known:
			r.warn("template %s: {{.%s}} is always empty; write {{.%s}}", t.Name, field, spelled)
		default:
			r.warn("template %s: {{.%s}} is empty, nobody has such an attribute", t.Name, field)
		}
	}
}

func (r *Report) warn(format string, args ...any) {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
}

// addFault leaves out what is reported for the same place already.
func (r *Report) addFault(f config.Fault) {
	same := func(g config.Fault) bool { return g.Line == f.Line && g.Key == f.Key }
	if !slices.ContainsFunc(r.Faults, same) {
		r.Faults = append(r.Faults, f)
	}
}

// proofWords is what a tenant's proof requires: "network, routing or dkim".
func proofWords(t config.Tenant) string {
	var all []string
	for _, oneOf := range t.Proof.Require {
		all = append(all, strings.Join(oneOf, " or "))
	}
	return strings.Join(all, ", ")
}

// adviseSocket warns where Postfix is on the machine and cannot reach the socket.
func (r *Report) adviseSocket(cfg *config.Config) {
	relay := mta.Daemon{Listen: cfg.Listen, SocketMode: cfg.SocketMode, SocketGroup: cfg.SocketGroup}
	if problem := mta.Unreachable(relay, "postfix"); problem != "" {
		r.warn("listen: %s", problem)
	}
}
