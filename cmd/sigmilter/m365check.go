package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/m365"
	"sigmilter/cmd/internal/printed"
	"sigmilter/milter/entity"
)

// m365Report is what `m365 check --json` writes.
type m365Report struct {
	OK       bool           `json:"ok"` // nothing is bad
	Findings []m365.Finding `json:"findings"`
}

func newM365CheckCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check [-c FILE] [--json] [MESSAGE]",
		Short: "Check by a returned message whether the round trip works",
		Long: `check reads a message that went through the relay and came back, or only its header as
Outlook shows it, from a file or standard input. It says whether Exchange Online still
treated it as internal, whether guard and routing code were handled correctly, what DKIM,
ARC and the spam filter made of it, and how long it was on its way; and if something is
bad, what to change. Take the message from a mailbox of the tenant, and once from a mailbox
outside.

The names of the fields, the relay and the domains come from the configuration. Without -c,
and if there is none in the usual place, the defaults are used. The exit status is 1 if
something is bad.`,
		Example: `  sigmilter m365 check -c /etc/sigmilter/sigmilter.toml returned.eml
  sigmilter m365 check --json < header.txt | jq '.findings[] | select(.verdict == "bad")'`,
		Args: takesArguments("[MESSAGE]"),
	}
	path := addConfigFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "write the findings as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		expected, err := m365Expected(*path, cmd.Flags().Changed("config"))
		if err != nil {
			return err
		}
		raw, err := readMessage(args, cmd.InOrStdin())
		if err != nil {
			return err
		}
		header, n := entity.ParseHeader(raw)
		if len(header) == 0 {
			return &exitError{exitUsage, errors.New("the message has no header; save it as a file, or copy the header as Outlook shows it")}
		}
		checked := m365Report{OK: true, Findings: m365.Check(header, n, expected)}
		for _, f := range checked.Findings {
			checked.OK = checked.OK && f.Verdict != m365.Bad
		}
		if asJSON {
			err = writeJSON(cmd.OutOrStdout(), checked)
		} else {
			err = checked.write(cmd.OutOrStdout())
		}
		if err == nil && !checked.OK {
			err = &exitError{status: exitFailed}
		}
		return err
	}
	return cmd
}

// m365Expected is what a header is compared with, from all tenants of the configuration.
// The default configuration need not exist.
func m365Expected(path string, asked bool) (m365.Expected, error) {
	if _, err := os.Stat(path); !asked && errors.Is(err, fs.ErrNotExist) {
		return m365.Expected{Guard: "X-Sigmilter-Handled", RoutingFields: []string{"X-Sigmilter-Route"}}, nil
	}
	cfg, err := config.Load(path)
	if err != nil {
		return m365.Expected{}, err
	}
	e := m365.Expected{Guard: cfg.Guard.Field}
	for _, t := range cfg.Tenants {
		e.Domains = append(e.Domains, t.Domains...)
		if t.Proof.RoutingField != "" {
			e.RoutingFields = append(e.RoutingFields, t.Proof.RoutingField)
		}
		e.Relays = append(e.Relays, t.Microsoft365.Relays...)
	}
	return e, nil
}

// write prints a line for each finding, with what to change below it.
func (r *m365Report) write(out io.Writer) error {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%-8s %-15s %s\n", f.Verdict, f.Check, printed.Line(f.Found))
		if f.Change != "" {
			fmt.Fprintf(&b, "%-24s -> %s\n", "", f.Change)
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}
