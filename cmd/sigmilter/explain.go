package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/printed"
	"sigmilter/cmd/internal/trial"
	"sigmilter/milter/engine"
	"sigmilter/milter/policy"
)

func newExplainCommand() *cobra.Command {
	var (
		path, people, at string
		envelope         envelopeFlags
		asJSON           bool
	)
	cmd := &cobra.Command{
		Use:   "explain [-c FILE] [--from A] [--to A]... [--listener L] [--macro NAME=VALUE]... [--at TIME] [--json] [MESSAGE]",
		Short: "Explain step by step what would be done with a message, and why",
		Long: `explain reads a message from a file or standard input and says in words how the daemon
would decide on it: proof, guard, kind of message, tenant, author, each rule with each of
its conditions and what the message has, and where the blocks would go. The message is not
changed. No daemon is needed; the people come from where sign takes them.`,
		Example: `  sigmilter explain -c sigmilter.toml reply.eml
  sigmilter explain -c sigmilter.toml --to ben@example.net --at 2026-12-24T09:00:00+01:00 reply.eml
  sigmilter explain -c sigmilter.toml --macro client_addr=40.92.1.2 --macro cert_subject=mail.protection.outlook.com reply.eml
  sigmilter explain -c sigmilter.toml --json reply.eml | jq '.rules[] | {rule, outcome}'`,
		Args: takesArguments("[MESSAGE]"),
	}
	cmd.Flags().StringVarP(&path, "config", "c", defaultConfig, "the configuration `FILE`")
	cmd.Flags().StringVar(&people, "people", "", "take everyone from this CSV `FILE`, as test does")
	envelope.addTo(cmd)
	cmd.Flags().StringVar(&at, "at", "", "decide as if it were this `TIME`, such as 2026-12-24T09:00:00+01:00 (default: now)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "write the explanation as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		now, err := timeOf(at)
		if err != nil {
			return err
		}
		raw, err := readMessage(args, cmd.InOrStdin())
		if err != nil {
			return err
		}
		setup, err := openOffline(cmd.Context(), path, people, cmd.ErrOrStderr())
		if err != nil {
			return err
		}
		defer setup.Close()
		x := trial.Explain(setup.Config, setup.Engine, raw, envelope.given(), now)
		if asJSON {
			return writeJSON(cmd.OutOrStdout(), x)
		}
		return writeExplanation(cmd.OutOrStdout(), x)
	}
	return cmd
}

func timeOf(at string) (time.Time, error) {
	if at == "" {
		return time.Now(), nil
	}
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return t, &exitError{exitUsage, errors.New("--at needs a time like 2026-12-24T09:00:00+01:00")}
	}
	return t, nil
}

// writeExplanation prints an explanation, a paragraph for each step.
func writeExplanation(out io.Writer, x *trial.Explanation) error {
	var b strings.Builder
	line := func(what, format string, args ...any) {
		fmt.Fprintf(&b, "%-10s %s\n", what, printed.Line(fmt.Sprintf(format, args...)))
	}
	recipients := cmp.Or(strings.Join(x.Recipients, ", "), "nobody")
	line("message", "from %s to %s, %s", cmp.Or(x.Sender, "<>"), recipients, x.Time.Format("Mon 2006-01-02 15:04 MST"))
	for _, s := range x.Steps {
		goes := "goes on: "
		if !s.GoesOn {
			goes = "ends here: "
		}
		line(s.Step, "%s%s", goes, s.Words)
	}
	for i := range x.Rules {
		r := &x.Rules[i]
		line("rule", "%q %s", r.Rule, ruleWords(r))
		for _, c := range r.If {
			line("", "%s: %s; %s", metWords(c.Met), c.Wants, c.Found)
		}
		for _, c := range r.Except {
			line("", "exception %s: %s; %s", metWords(c.Met), c.Wants, c.Found)
		}
	}
	for _, words := range placementWords(&x.Report) {
		line("placement", "%s", words)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func metWords(met bool) string {
	if met {
		return "met"
	}
	return "not met"
}

// ruleWords say what became of a rule.
func ruleWords(r *policy.RuleTrace) string {
	switch r.Outcome {
	case policy.NotMet:
		return "does not apply"
	case policy.Excepted:
		return "does not apply, by an exception"
	case policy.ByKeyword:
		return fmt.Sprintf("is taken out by the keyword %q in the subject", r.By)
	case policy.NotReached:
		return fmt.Sprintf("is not reached, rule %q stops", r.By)
	}
	words := "applies: " + cmp.Or(strings.Join(r.Takes, ", "), "nothing is left for it to say")
	if r.Thread != "" {
		words += ", as " + r.Thread
	}
	if r.Stops {
		words += "; it stops"
	}
	return words
}

// placementWords say what would be done with the message, a sentence for each
// block.
func placementWords(r *engine.Report) []string {
	if len(r.Blocks) == 0 {
		return []string{fmt.Sprintf("%s, reason %s", r.Action, r.Reason)}
	}
	var all []string
	for _, b := range r.Blocks {
		words := fmt.Sprintf("%s, %s %s in part %s (%s): %s", r.Action, b.Block, b.Template, b.Part, b.Type, b.Placed)
		if b.Separator != "" {
			words += ", quoted mail begins with " + b.Separator
		}
		if len(b.Beaten) > 0 {
			words += ", which is stronger than " + strings.Join(b.Beaten, " and ") + " above it"
		}
		if b.By != "" {
			words += ", told by " + b.By
		}
		for _, text := range b.Removed {
			words += fmt.Sprintf(", removed %q", text)
		}
		all = append(all, words)
	}
	return all
}
