package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/printed"
)

func newStatusCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status [-c FILE]",
		Short: "Show the daemon's status",
		Long: `status shows the version and configuration of the running daemon, its sessions with the
MTA, for each source of people when it was read and what went wrong, and how many messages
were signed or not in the last hour and day, by reason. The exit status is 1 if no daemon
answers, or if it is not ready: it is starting or stopping, or a tenant has no people yet.`,
		Example: `  sigmilter status
  sigmilter status --json | jq .tenants`,
		Args: takesArguments(),
	}
	ask := addAskingFlags(cmd, "write JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return ask.askDaemon(func(c *control.Client) error {
			s, err := c.Status(cmd.Context())
			if err != nil {
				return err
			}
			decided, err := c.Decided(cmd.Context())
			if err != nil {
				return err
			}
			if ask.json {
				err = writeJSON(cmd.OutOrStdout(), statusJSON{s, decided})
			} else {
				err = writeStatus(cmd.OutOrStdout(), s, decided)
			}
			if err == nil && s.State != control.Ready {
				return &exitError{status: exitFailed}
			}
			return err
		})
	}
	return cmd
}

// statusJSON is what --json writes.
type statusJSON struct {
	control.Status
	Messages control.Decided `json:"messages"` // of late, by action and reason
}

func writeStatus(w io.Writer, s control.Status, decided control.Decided) error {
	state := string(s.State)
	if len(s.Waiting) > 0 {
		state += ", no people yet for " + strings.Join(s.Waiting, ", ")
	}
	fmt.Fprintf(w, "sigmilter %s is %s, process %d, up %s\n", s.Version, state, s.PID, duration(time.Since(s.Started)))
	fmt.Fprintf(w, "configuration  %s, version %s, loaded %s\n", s.Config.Path, s.Config.Hash, ago(s.Config.Loaded))
	if s.Config.Err != "" {
		fmt.Fprintf(w, "  the last reload, %s, failed:\n  %s\n", ago(s.Config.Failed), strings.ReplaceAll(s.Config.Err, "\n", "\n  "))
	}
	if len(s.Config.Restart) > 0 {
		fmt.Fprintf(w, "  these changed settings need a restart: %s\n", strings.Join(s.Config.Restart, ", "))
	}
	fmt.Fprintf(w, "sessions       %d open, %d in all, %d refused, on %s\n", s.Sessions.Open, s.Sessions.Total, s.Sessions.Refused, s.Listen)
	fmt.Fprintf(w, "state          %s, %d bytes\n", s.File.Path, s.File.Bytes)
	if s.File.Err != "" {
		fmt.Fprintf(w, "  cannot be read: %s\n", printed.Cell(s.File.Err))
	}
	fmt.Fprintln(w)
	var failures []string
	err := writeTable(w, "TENANT\tSOURCE\tKIND\tPEOPLE\tREAD WELL\tREAD\tFAILURES\tWARNINGS", func(row func(...any)) {
		for _, t := range s.Tenants {
			for _, of := range t.Sources {
				row(t.Name, of.Name, of.Kind, of.People, ago(of.Success), ago(of.Read), of.Failures, of.Warnings)
				if of.Err != "" {
					failures = append(failures, t.Name+"/"+of.Name+": "+printed.Cell(of.Err))
				}
			}
		}
	})
	if len(failures) > 0 {
		fmt.Fprintf(w, "\n%s\n", strings.Join(failures, "\n"))
	}
	if err != nil || decided.Day == nil {
		return err
	}
	fmt.Fprintln(w)
	return writeDecided(w, decided)
}

// writeDecided prints how many messages had which end, the most frequent one first.
func writeDecided(w io.Writer, n control.Decided) error {
	type kind struct{ action, reason string }
	var kinds []kind
	for action, byReason := range n.Day {
		for reason := range byReason {
			kinds = append(kinds, kind{action, reason})
		}
	}
	of := func(all map[string]map[string]int, k kind) int { return all[k.action][k.reason] }
	slices.SortFunc(kinds, func(a, b kind) int {
		return cmp.Or(of(n.Day, b)-of(n.Day, a), strings.Compare(a.action+" "+a.reason, b.action+" "+b.reason))
	})
	return writeTable(w, "MESSAGES\tREASON\tLAST HOUR\tLAST DAY", func(row func(...any)) {
		for _, k := range kinds {
			row(k.action, k.reason, of(n.Hour, k), of(n.Day, k))
		}
	})
}
