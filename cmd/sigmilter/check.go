package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/check"
	"sigmilter/cmd/internal/printed"
	"sigmilter/cmd/internal/unit"
)

func newCheckCommand() *cobra.Command {
	var asJSON, strict bool
	cmd := &cobra.Command{
		Use:   "check [-c FILE] [--strict]",
		Short: "Look for mistakes in the configuration and everything it names",
		Long: `check reads the configuration, and the templates and people it names, as the daemon would.
Every mistake is one line on standard error,

  FILE:LINE: KEY: what is wrong; how to put it right

and the exit status is 2. Warnings, such as a row of a CSV file that had to be left out, do
not change the exit status; with --strict it is 1 then. If there are no mistakes, a summary
of what was found is printed.

Run by root on the configuration of sigmilter.service, it looks at everything as the service
does: as its user, without what the unit hides, with the credentials that the unit loads; and
at the folders that the service writes to. For others, what only the service has is a note,
which is no mistake.`,
		Example: `  sigmilter check -c /etc/sigmilter/sigmilter.toml
  sigmilter check -c new.toml --json | jq '.tenants[] | {name, people}'`,
		Args: takesArguments(),
	}
	path := addConfigFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "write what was found as JSON, faults included")
	cmd.Flags().BoolVar(&strict, "strict", false, "exit with status 1 if there are warnings")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		place, again, err := checkPlace(cmd.Context(), *path)
		if err != nil {
			return err
		}
		if again {
			err := checkAsService(cmd, *path, fmt.Sprintf("--json=%v", asJSON), fmt.Sprintf("--strict=%v", strict))
			if !errors.Is(err, unit.ErrNoMounts) {
				return err
			}
			place = asRoot(place, err)
		}
		done := waiting("reading people and templates")
		found, err := check.Run(cmd.Context(), *path, place)
		done()
		if err != nil {
			return err
		}
		err = writeCheck(cmd.OutOrStdout(), cmd.ErrOrStderr(), found, asJSON)
		if err == nil && strict && len(found.Warnings) > 0 {
			return &exitError{status: exitFailed}
		}
		return err
	}
	return cmd
}

// writeCheck prints a report. Its error is the faults, if there are any.
func writeCheck(stdout, stderr io.Writer, r *check.Report, asJSON bool) error {
	for _, warning := range r.Warnings {
		fmt.Fprintf(stderr, "warning: %s\n", printed.Line(warning))
	}
	for _, note := range r.Notes {
		fmt.Fprintf(stderr, "note: %s\n", printed.Line(note))
	}
	var err error
	if asJSON {
		err = writeJSON(stdout, r)
	} else if r.OK {
		err = writeCheckText(stdout, r)
	}
	if err == nil && !r.OK {
		return r.Faults
	}
	return err
}

func writeCheckText(out io.Writer, r *check.Report) error {
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
			row(t.Name, strings.Join(t.Domains, " "), cmp.Or(t.Proof, "none"), fmt.Sprint(s.People), strings.TrimSpace(s.Source+" "+s.Path))
		}
	}
	row()
	row("TEMPLATE", "HTML", "TEXT")
	for _, t := range r.Templates {
		row(t.Name, t.HTML, cmp.Or(t.Text, "derived from the HTML"))
	}
	row()
	row("RULE", "TO", "FROM", "AND", "SIGNATURE", "ON REPLIES", "DISCLAIMER", "BANNER", "THEN")
	for _, rule := range r.Rules {
		then := "next rule"
		if rule.Stop {
			then = "stop"
		}
		from := cmp.Or(strings.Join(rule.From, " "), "everyone")
		and := cmp.Or(strings.Join(rule.Conditions, " "), "-")
		row(rule.Name, rule.To, from, and, onlyAt(rule.Signature, rule.NewOnlyAt), onlyAt(rule.ReplySignature, rule.RepliesOnlyAt),
			cmp.Or(rule.Disclaimer, "none"), cmp.Or(rule.Banner, "none"), then)
	}
	return w.Flush()
}

// onlyAt is a signature with what alone brings it into mail, if anything does.
func onlyAt(signature string, places []string) string {
	if len(places) == 0 {
		return cmp.Or(signature, "none")
	}
	return signature + ", only at " + strings.Join(places, " or ")
}
