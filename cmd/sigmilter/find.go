package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/decisions"
	"sigmilter/cmd/internal/printed"
	"sigmilter/cmd/internal/reasons"
	"sigmilter/milter/engine"
)

// findOptions are the flags of find.
type findOptions struct {
	config       string
	query        decisions.Query
	since, until string
	messageID    string
	limit        int
	follow       bool
	asJSON       bool
}

func newFindCommand() *cobra.Command {
	var o findOptions
	cmd := &cobra.Command{
		Use:   "find [-c FILE] [--from TEXT] [--to-domain DOMAIN] [--since TIME] [--queue ID] [--json] [--follow]",
		Short: "Show what happened to recent messages, and why",
		Long: `find searches the record of decisions. For each message it shows the time, queue id,
author, the domains of its recipients, what was done, why, and what to do about it. The
record has neither text nor subject, and goes back as many days as decisions.days says.

No daemon is needed, only the right to read the folder of the record. The exit status is 1
if nothing is found.`,
		Example: `  Why was yesterday's mail of Alice to example.net not signed?
    sigmilter find --from alice --to-domain example.net --since 2d

  What became of the message with this queue id, or this Message-ID?
    sigmilter find --queue 4XqR2p1Zz9
    sigmilter find --message-id '<1234@contoso.com>'

  What fails now?
    sigmilter find --follow --action failed
    sigmilter find --since 1h --json | jq -r .reason | sort | uniq -c`,
		Args: takesArguments(),
	}
	f := cmd.Flags()
	f.StringVarP(&o.config, "config", "c", defaultConfig, "the configuration `FILE`, which says where the state is")
	f.StringVar(&o.query.Author, "from", "", "only of authors with this `TEXT` in their address")
	f.StringVar(&o.query.Domain, "to-domain", "", "only to recipients of `DOMAIN` or below it")
	f.StringVar(&o.query.Tenant, "tenant", "", "only of tenant `NAME`")
	f.StringVar(&o.query.Queue, "queue", "", "only the message with the MTA's queue `ID`")
	f.StringVar(&o.messageID, "message-id", "", "only the message with this Message-ID `FIELD`")
	f.StringVar(&o.query.Action, "action", "", "only this `ACTION`: signed, skipped, handled, failed, deferred or refused")
	f.StringVar(&o.query.Reason, "reason", "", "only this `REASON`, such as no-rule")
	f.StringVar(&o.query.Rule, "rule", "", "only by the rule `NAME`")
	f.StringVar(&o.since, "since", "", "only since `TIME`: 90m, 2h, 3d ago, 2026-11-30, or 2026-11-30T14:00")
	f.StringVar(&o.until, "until", "", "only before `TIME`")
	f.IntVar(&o.limit, "limit", 100, "the newest `N`; 0 for all")
	f.BoolVar(&o.follow, "follow", false, "wait for new ones and show them as they come")
	f.BoolVar(&o.asJSON, "json", false, "write a JSON object a line")
	completesFlag(cmd, "action", actions)
	completesFlag(cmd, "reason", slices.Sorted(maps.Keys(reasons.Of)))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := o.fillQuery(time.Now()); err != nil {
			return err
		}
		dir := config.FindPlaces(o.config).Decisions()
		if o.follow {
			return o.followDecisions(cmd, dir)
		}
		return o.printFound(cmd, dir)
	}
	return cmd
}

// actions are those of a report.
var actions = []string{
	string(engine.Signed), string(engine.Skipped), string(engine.Handled), string(engine.Failed), string(engine.Deferred), string(engine.Refused),
}

// completesFlag has a flag completed with some values.
func completesFlag(cmd *cobra.Command, flag string, values []string) {
	complete := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return values, cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // there is no such flag
	}
}

// fillQuery fills the query in from flags that need to be understood.
func (o *findOptions) fillQuery(now time.Time) (err error) {
	if o.follow && o.since+o.until != "" {
		return &exitError{exitUsage, errors.New("--follow shows what comes from now on: leave out --since and --until")}
	}
	if o.query.Since, err = timeBefore(now, o.since, "--since"); err != nil {
		return err
	}
	if o.query.Until, err = timeBefore(now, o.until, "--until"); err != nil {
		return err
	}
	if o.query.MessageID = decisions.HashMessageID(o.messageID); o.messageID != "" && o.query.MessageID == "" {
		return &exitError{exitUsage, fmt.Errorf("--message-id %q is empty", o.messageID)}
	}
	if a := o.query.Action; a != "" && !slices.Contains(actions, a) {
		return &exitError{exitUsage, fmt.Errorf("--action %s: write one of %s", a, strings.Join(actions, ", "))}
	}
	if r := o.query.Reason; r != "" {
		if _, ok := reasons.Of[r]; !ok {
			return &exitError{exitUsage, fmt.Errorf("--reason %s: no such reason; docs/troubleshooting.md lists them", r)}
		}
	}
	return nil
}

var days = regexp.MustCompile(`^(\d{1,4})d$`)

// timeBefore is a time as admins write it: how long ago, a day, or a day and a time. It is
// zero where nothing is written.
func timeBefore(now time.Time, written, flag string) (time.Time, error) {
	if written == "" {
		return time.Time{}, nil
	}
	if m := days.FindStringSubmatch(written); m != nil {
		hours, err := time.ParseDuration(m[1] + "h")
		return now.Add(-24 * hours), err
	}
	if before, err := time.ParseDuration(written); err == nil && before >= 0 {
		return now.Add(-before), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, written, now.Location()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, &exitError{exitUsage, fmt.Errorf("%s %s is not a time: write how long ago, as 90m, 2h or 3d, or a time as 2026-11-30 or 2026-11-30T14:00", flag, written)}
}

// printFound prints what there is.
func (o *findOptions) printFound(cmd *cobra.Command, dir string) error {
	found, err := decisions.Find(dir, o.query, o.limit)
	if err != nil {
		return notReadable(dir, err)
	}
	for _, d := range found.Damage {
		fmt.Fprintf(cmd.ErrOrStderr(), "sigmilter: %v\n", d)
	}
	if len(found.Decisions) == 0 {
		return nothingFound(dir)
	}
	if o.asJSON {
		for _, d := range found.Decisions {
			if err := writeDecision(cmd.OutOrStdout(), d); err != nil {
				return err
			}
		}
		return nil
	}
	return writeDecisions(cmd.OutOrStdout(), found, o.limit)
}

func notReadable(dir string, err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("cannot read the record of decisions: %w; try as root", err)
	}
	return fmt.Errorf("cannot read the record of decisions: %w", err)
}

func nothingFound(dir string) error {
	hint := "use fewer conditions such as --from, or an earlier --since"
	if kept, err := decisions.Any(dir); err == nil && !kept {
		hint = "there are none in " + dir + ": no message has come, decisions.days is 0, or -c is not the daemon's configuration"
	}
	return fmt.Errorf("no decision found; %s", hint)
}

// followDecisions prints decisions as they come.
func (o *findOptions) followDecisions(cmd *cobra.Command, dir string) error {
	out := cmd.OutOrStdout()
	explained := map[string]bool{}
	if !o.asJSON {
		fmt.Fprintf(out, followedRow, "TIME", "QUEUE", "AUTHOR", "TO", "ACTION", "REASON", "DETAIL")
	}
	err := decisions.Follow(cmd.Context(), dir, o.query, func(d decisions.Decision) error {
		if o.asJSON {
			return writeDecision(out, d)
		}
		c := decisionCells(d)
		if _, err := fmt.Fprintf(out, followedRow, c...); err != nil || explained[d.Reason] {
			return err
		}
		explained[d.Reason] = true
		return writeReason(out, "  ", d.Reason)
	})
	if err != nil {
		return notReadable(dir, err)
	}
	return nil
}

const followedRow = "%-19s  %-14s  %-28s  %-22s  %-8s  %-14s  %s\n"

// decisionJSON is a line of --json.
type decisionJSON struct {
	decisions.Decision
	Is string `json:"is,omitempty"` // what the reason means
	Do string `json:"do,omitempty"` // what to do about it
}

func writeDecision(w io.Writer, d decisions.Decision) error {
	words := reasons.Of[d.Reason]
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(decisionJSON{d, reasons.Plain(words.Is), reasons.Plain(words.Do)})
}

// writeDecisions prints a table, and each reason in it once.
func writeDecisions(w io.Writer, found decisions.Found, limit int) error {
	var given []string
	err := writeTable(w, "TIME\tQUEUE\tAUTHOR\tTO\tACTION\tREASON\tDETAIL", func(row func(...any)) {
		for _, d := range found.Decisions {
			row(decisionCells(d)...)
			if !slices.Contains(given, d.Reason) {
				given = append(given, d.Reason)
			}
		}
	})
	if err != nil {
		return err
	}
	if found.More {
		fmt.Fprintf(w, "These are the newest %d; --limit 0 shows all.\n", limit)
	}
	fmt.Fprintln(w)
	slices.Sort(given)
	for _, reason := range given {
		if err := writeReason(w, "", reason); err != nil {
			return err
		}
	}
	return nil
}

// decisionCells are a row of a table, escaped.
func decisionCells(d decisions.Decision) []any {
	cells := []any{d.Time.Format(time.DateTime)}
	for _, text := range []string{
		d.Queue, cmp.Or(d.Author, "-"), cmp.Or(strings.Join(d.Domains, ","), "-"), d.Action, d.Reason, cmp.Or(d.Missing, d.Blocks, d.Rule),
	} {
		cells = append(cells, printed.Cell(text))
	}
	return cells
}

// writeReason explains a reason.
func writeReason(w io.Writer, indent, reason string) error {
	words, ok := reasons.Of[reason]
	if !ok { // of another version of the program
		return nil
	}
	text := fmt.Sprintf("%s%s: %s", indent, reason, reasons.Plain(words.Is))
	if words.Do != reasons.Nothing {
		text += " To do: " + reasons.Plain(words.Do)
	}
	_, err := fmt.Fprintln(w, text)
	return err
}
