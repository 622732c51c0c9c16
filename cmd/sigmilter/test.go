package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/cases"
	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/trial"
)

// testOptions are the flags of the verb.
type testOptions struct {
	config  string
	people  string
	pattern string
	update  bool
	verbose bool
	asJSON  bool
}

func newTestCommand() *cobra.Command {
	var o testOptions
	cmd := &cobra.Command{
		Use:   "test [-c FILE] [--people FILE] [--run PATTERN] [--update] [-v] [--json] DIR",
		Short: "Test a configuration on messages of your own",
		Long: `test decides on every message NAME.eml below a folder as the daemon would, and compares
the result with the file NAME.toml next to it:

  about    = "a sentence for people"
  from     = "alice@contoso.com"      # envelope; default: the fields of the header
  to       = ["ben@example.net"]
  at       = 2026-12-24T09:00:00+01:00 # for rules with a time; default: now
  proven   = true                     # as if it were proven to be its tenant's, or
  listener = "unix:/run/contoso.sock" # what proves it: the listener it came in on,
  macros   = ["client_addr=40.92.1.2"] # and what the MTA tells
  action   = "signed"                 # signed, skipped, handled, failed, refused, deferred
  reason   = "rule"                   # this and the rest as in the report of sign
  tenant   = "contoso"
  author   = "alice@contoso.com"
  rule     = "everyone else"
  removed  = ["Sent from my iPhone"]
  contains = ["Alice Muster"]         # a reader sees it, in HTML and plain text
  lacks    = ["Sent from"]
  fields   = { added = ["X-Sigmilter-Handled"], removed = ["DKIM-Signature"] }
  [[part]]                            # each block of each signed part, or no [[part]]
  id        = "1.1"
  block     = "signature"
  template  = "corporate"
  placed    = "above-quote"
  separator = "attribution"
  after     = "See you on Monday."    # the text right before the block
  before    = "On 2 Feb 2026"         # and right after it; "" is nothing

What a case does not mention is not compared. Each message must also keep the laws: no byte
changes except for the blocks and what is removed, and every line removed is a sign-off, a
marker or the author's own old signature.

The people come from --people or DIR/people.csv if there is one, so that no directory is
needed, and otherwise from where sign takes them. The exit status is 1 if a case failed, 2
if one cannot be read.

--update writes the result for a message into its file: for a new message, and for a case
that failed. Look at it before you keep it. contains, lacks and html are never changed, and
comments in the file are lost.`,
		Example: `  sigmilter test -c sigmilter.toml cases
  sigmilter test -c sigmilter.toml --run '^reply' -v cases
  sigmilter test -c sigmilter.toml --update cases && git diff cases`,
		Args: takesArguments("DIR"),
	}
	cmd.Flags().StringVarP(&o.config, "config", "c", defaultConfig, "the configuration `FILE`")
	cmd.Flags().StringVar(&o.people, "people", "", "take everyone from this CSV `FILE` (default: DIR/people.csv if there is one)")
	cmd.Flags().StringVar(&o.pattern, "run", "", "only cases whose name matches the regular expression `PATTERN`")
	cmd.Flags().BoolVar(&o.update, "update", false, "write the results of new and failed cases into their files")
	cmd.Flags().BoolVarP(&o.verbose, "verbose", "v", false, "also show for passed cases what was done and where")
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "write the results as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return o.runCases(cmd.Context(), args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return cmd
}

// runCases tries the cases of a folder.
func (o *testOptions) runCases(ctx context.Context, dir string, stdout, stderr io.Writer) error {
	entries, err := o.caseEntries(dir)
	if err != nil {
		return err
	}
	if o.people == "" {
		if path := filepath.Join(dir, "people.csv"); isFile(path) {
			o.people = path
		}
	}
	setup, err := openOffline(ctx, o.config, o.people, stderr)
	if err != nil {
		return err
	}
	defer setup.Close()
	var results testResults
	for _, e := range entries {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r, err := trial.Case(setup.Config, setup.Engine, e, o.update)
		if err != nil {
			return err
		}
		if !r.Pass {
			r.Explain = o.explainLine(e)
		}
		results.addResult(r)
	}
	return results.write(stdout, o)
}

func (o *testOptions) caseEntries(dir string) ([]cases.Entry, error) {
	pattern, err := regexp.Compile(o.pattern)
	if err != nil {
		return nil, &exitError{exitUsage, fmt.Errorf("--run: %w", err)}
	}
	keep := func(name string) bool { // the configuration may be in the folder too
		return pattern.MatchString(name) && !sameFile(filepath.Join(dir, name+".toml"), o.config)
	}
	entries, err := cases.Folder(dir, keep, o.update)
	var faults config.Faults
	if errors.As(err, &faults) {
		return nil, faults
	}
	if err == nil && len(entries) == 0 {
		err = fmt.Errorf("there is no case in %s; put NAME.eml and NAME.toml there", dir)
		if o.pattern != "" {
			err = fmt.Errorf("no case in %s matches %q", dir, o.pattern)
		}
	}
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	return entries, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// explainLine is the command that explains the result of a case.
func (o *testOptions) explainLine(e cases.Entry) string {
	c := e.Case
	if c == nil {
		c = &config.Case{}
	}
	words := []string{"sigmilter", "explain", "-c", o.config}
	if o.people != "" {
		words = append(words, "--people", o.people)
	}
	if c.From != nil {
		words = append(words, "--from", *c.From)
	}
	for _, to := range c.To {
		words = append(words, "--to", to)
	}
	if !c.At.IsZero() {
		words = append(words, "--at", c.At.Format(time.RFC3339))
	}
	if c.Proven {
		words = append(words, "--proven")
	}
	if c.Listener != "" {
		words = append(words, "--listener", c.Listener)
	}
	for _, m := range c.Macros {
		words = append(words, "--macro", m)
	}
	for i, w := range words {
		words[i] = shellWord(w)
	}
	return strings.Join(append(words, shellWord(e.Mail)), " ")
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// shellWord quotes a word for a POSIX shell.
func shellWord(w string) string {
	if plainWord.MatchString(w) {
		return w
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}
