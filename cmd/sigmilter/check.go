package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/feed"
	"sigmilter/cmd/internal/printed"
	"sigmilter/milter/policy"
	"sigmilter/sigstore/directory"
)

// checkReport is what `check --json` writes. Tenants, templates and rules are
// those of a configuration without faults.
type checkReport struct {
	File      string           `json:"file"`
	OK        bool             `json:"ok"`
	Version   string           `json:"version,omitempty"` // changes with the configuration and its templates
	Faults    config.Faults    `json:"faults"`
	Warnings  []string         `json:"warnings"` // do not make the configuration bad
	Tenants   []tenantReport   `json:"tenants"`
	Templates []templateReport `json:"templates"`
	Rules     []ruleReport     `json:"rules"`
}

type tenantReport struct {
	Name    string         `json:"name"`
	Domains []string       `json:"domains"`
	Sources []sourceReport `json:"sources"`
	Proof   string         `json:"proof"` // what is required, empty: nothing
}

type sourceReport struct {
	Name   string `json:"name"`
	Source string `json:"source"`
	Path   string `json:"path,omitempty"` // of a file
	People int    `json:"people"`
}

type templateReport struct {
	Name string `json:"name"`
	HTML string `json:"html"`
	Text string `json:"text,omitempty"` // empty: derived from the HTML
}

type ruleReport struct {
	Name           string   `json:"name"`
	To             string   `json:"to"`
	From           []string `json:"from"`       // empty: everyone
	Conditions     []string `json:"conditions"` // names of the others
	Signature      string   `json:"signature"`
	ReplySignature string   `json:"reply_signature"` // empty: none
	Stop           bool     `json:"stop"`
}

func newCheckCommand() *cobra.Command {
	var asJSON, strict bool
	cmd := &cobra.Command{
		Use:   "check [-c FILE] [--strict]",
		Short: "Look for mistakes in the configuration and all it names",
		Long: `check reads the configuration, the templates and the people it names, as the
daemon would. Every mistake is one line on standard error,

  FILE:LINE: KEY: what is wrong; how to put it right

and the exit status is 2. Warnings, such as a row of a CSV file that had to be
left out, do not change the exit status; with --strict it is 1 then. Without mistakes a summary of what was
found is printed.`,
		Example: `  sigmilter check -c /etc/sigmilter/sigmilter.toml
  sigmilter check -c new.toml --json | jq '.tenants[] | {name, people}'`,
		Args: takes(),
	}
	path := addConfigFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "write what was found as JSON, faults included")
	cmd.Flags().BoolVar(&strict, "strict", false, "end with status 1 when there are warnings")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		found, err := check(cmd.Context(), *path)
		if err != nil {
			return err
		}
		err = found.write(cmd.OutOrStdout(), cmd.ErrOrStderr(), asJSON)
		if err == nil && strict && len(found.Warnings) > 0 {
			return &exitError{status: exitFailed}
		}
		return err
	}
	return cmd
}

// check loads the configuration at path and reads what it names. Mistakes are
// in the report; an error means that it could not be completed.
func check(ctx context.Context, path string) (*checkReport, error) {
	r := &checkReport{
		File: path, Faults: config.Faults{}, Warnings: []string{},
		Tenants: []tenantReport{}, Templates: []templateReport{}, Rules: []ruleReport{},
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
		r.Rules = append(r.Rules, ruleReport{
			rule.Name, orElse(strings.Join(rule.Words("to"), " "), "any"), append([]string{}, rule.Words("from")...),
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
func (r *checkReport) addTenant(ctx context.Context, t config.Tenant, asked []string, templates map[string]config.Template, attributes, groups map[string]bool) error {
	report := tenantReport{Name: t.Name, Domains: t.Domains, Proof: proofWords(t)}
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
		report.Sources = append(report.Sources, sourceReport{d.Name, d.Source, d.Path, len(found)})
	}
	r.checkReady(t, people, templates)
	r.checkDefaultPerson(t, people)
	r.checkDomains(t, people)
	r.Tenants = append(r.Tenants, report)
	return nil
}

// checkReady warns of signatures made elsewhere that no template gives way to.
func (r *checkReport) checkReady(t config.Tenant, people []directory.Person, templates map[string]config.Template) {
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
func (r *checkReport) addTemplate(t config.Template, attributes map[string]bool) {
	r.Templates = append(r.Templates, templateReport{t.Name, t.HTMLPath, t.TextPath})
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

func (r *checkReport) warn(format string, args ...any) {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
}

// addFault leaves out what is reported for the same place already.
func (r *checkReport) addFault(f config.Fault) {
	same := func(g config.Fault) bool { return g.Line == f.Line && g.Key == f.Key }
	if !slices.ContainsFunc(r.Faults, same) {
		r.Faults = append(r.Faults, f)
	}
}

// write prints the report. With faults its error is those.
func (r *checkReport) write(stdout, stderr io.Writer, asJSON bool) error {
	for _, warning := range r.Warnings {
		fmt.Fprintf(stderr, "warning: %s\n", printed.Line(warning))
	}
	var err error
	switch {
	case asJSON:
		err = writeJSON(stdout, r)
	case r.OK:
		err = r.writeText(stdout)
	}
	if err == nil && !r.OK {
		return r.Faults
	}
	return err
}

func (r *checkReport) writeText(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(cells ...string) {
		for i := range cells {
			cells[i] = printed.Cell(cells[i])
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	row("TENANT", "DOMAINS", "PROOF", "PEOPLE", "SOURCE")
	for _, t := range r.Tenants {
		for _, s := range t.Sources {
			row(t.Name, strings.Join(t.Domains, " "), orElse(t.Proof, "none"), fmt.Sprint(s.People), strings.TrimSpace(s.Source+" "+s.Path))
		}
	}
	row()
	row("TEMPLATE", "HTML", "TEXT")
	for _, t := range r.Templates {
		row(t.Name, t.HTML, orElse(t.Text, "derived from the HTML"))
	}
	row()
	row("RULE", "TO", "FROM", "AND", "SIGNATURE", "ON REPLIES", "THEN")
	for _, rule := range r.Rules {
		then := "next rule"
		if rule.Stop {
			then = "stop"
		}
		from := orElse(strings.Join(rule.From, " "), "everyone")
		and := orElse(strings.Join(rule.Conditions, " "), "-")
		row(rule.Name, rule.To, from, and, rule.Signature, orElse(rule.ReplySignature, "none"), then)
	}
	return w.Flush()
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// writeJSON writes one indented object, for people and programs alike.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
