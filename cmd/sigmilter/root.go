package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/daemon"
	"sigmilter/cmd/internal/printed"
)

// The exit statuses other than 0.
const (
	exitFailed = 1
	exitUsage  = 2 // also a bad configuration, which a supervisor must not restart on
)

// defaultConfig is read when no -c is given.
const defaultConfig = "/etc/sigmilter/sigmilter.toml"

// exitError ends the program with a status of its own. Without an err there is
// nothing left to say.
type exitError struct {
	status int
	err    error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// run carries out one command line and returns the exit status. Everything that verbs, the
// log and cobra print goes through a [printed.Writer]; a message, which must leave byte for
// byte, goes through [printed.Exact].
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out, diagnostics := printed.NewWriter(stdout), printed.NewWriter(stderr)
	status := runVerb(args, stdin, out, diagnostics)
	if err := errors.Join(out.Flush(), diagnostics.Flush()); err != nil && status == 0 {
		return exitFailed
	}
	return status
}

func runVerb(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.InitDefaultCompletionCmd() // writes to where the root does by now
	if completion, _, err := root.Find([]string{"completion"}); err == nil {
		needsVerb(completion)
	}

	// What fails before a verb starts is a mistake on the command line.
	started := false
	root.PersistentPreRun = func(*cobra.Command, []string) { started = true }
	cmd, err := root.ExecuteC()
	if err != nil && !started {
		text := strings.TrimSpace(err.Error()) // cobra ends suggestions with a line end
		err = &exitError{exitUsage, fmt.Errorf("%s\nSee '%s --help'", text, cmd.CommandPath())}
	}
	return report(err, stderr)
}

// report prints an error, once, and returns its exit status. Faults of the configuration
// are printed as they are, one a line: every verb that reads it fails with the same lines.
func report(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	var faults config.Faults
	if errors.As(err, &faults) {
		writeError(stderr, faults.Error())
		return exitUsage
	}
	var exit *exitError
	if !errors.As(err, &exit) {
		writeError(stderr, fmt.Sprintf("sigmilter: %v", err))
		return exitFailed
	}
	if exit.err != nil {
		writeError(stderr, fmt.Sprintf("sigmilter: %v", exit.err))
	}
	return exit.status
}

// writeError prints the lines of an error. In systemd's journal each is one of its own and
// has the priority of an error, see sd-daemon(3).
func writeError(stderr io.Writer, text string) {
	if daemon.ToJournal() {
		text = "<3>" + strings.ReplaceAll(text, "\n", "\n<3>")
	}
	fmt.Fprintln(stderr, text)
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "sigmilter",
		Short: "Put e-mail signatures into the mail of a Postfix or Sendmail relay",
		Long: `sigmilter is a milter: Postfix or Sendmail hands it each message, it inserts the sender's
signature and marks the message as handled, and the MTA delivers it.`,
		Example: `  Look for mistakes in the configuration, in templates and in people's data:
    sigmilter check -c /etc/sigmilter/sigmilter.toml

  Print every setting as it takes effect, and where it comes from:
    sigmilter config show -c /etc/sigmilter/sigmilter.toml

  Run the milter, or one message through it without a mail server:
    sigmilter serve -c /etc/sigmilter/sigmilter.toml
    sigmilter sign -c /etc/sigmilter/sigmilter.toml message.eml > signed.eml

  Look at a person's signature before it goes out:
    sigmilter preview -c /etc/sigmilter/sigmilter.toml --person alice@contoso.com

  Explain why a message is signed as it is, or not:
    sigmilter explain -c /etc/sigmilter/sigmilter.toml message.eml

  Tell what became of the messages of the last days, and why:
    sigmilter find --from alice@contoso.com --to-domain example.net --since 2d

  Try a configuration on messages of your own, before it goes live:
    sigmilter test -c /etc/sigmilter/sigmilter.toml cases

  Convert a template from another product:
    sigmilter import --product codetwo -o /etc/sigmilter corporate.html

  Print the lines that Postfix or Sendmail needs, or look for mistakes there:
    sigmilter mta postfix -c /etc/sigmilter/sigmilter.toml --check

  Show the status of the running daemon, and have it read a changed configuration:
    sigmilter status
    sigmilter reload

  Look at a person's data, and read the sources of people now:
    sigmilter people show alice@contoso.com
    sigmilter people refresh

  Set up Microsoft 365, judge a message that came back, watch the round trip:
    sigmilter m365 script -c /etc/sigmilter/sigmilter.toml -o contoso.ps1
    sigmilter m365 check -c /etc/sigmilter/sigmilter.toml returned.eml
    sigmilter probe --relay 127.0.0.1:25 --from alice@contoso.com --to probe@contoso.com --wait maildir:/home/probe/Maildir

  Print the version, for a bug report:
    sigmilter version --json

  Write the manual pages:
    sigmilter man -o /usr/local/share/man/man8

  Complete verbs and flags with the tab key:
    sigmilter completion bash > /etc/bash_completion.d/sigmilter`,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SetOut(cmd.ErrOrStderr())
			if err := cmd.Help(); err != nil {
				return err
			}
			return &exitError{status: exitUsage}
		},
	}
	root.Version = readBuildInfo().String()
	root.SetVersionTemplate("{{.Version}}\n")
	root.AddCommand(
		newServeCommand(),
		newSignCommand(),
		newExplainCommand(),
		newFindCommand(),
		newTestCommand(),
		newCheckCommand(),
		newConfigCommand(),
		newPreviewCommand(),
		newImportCommand(),
		newMTACommand(),
		newStatusCommand(),
		newReloadCommand(),
		newPeopleCommand(),
		newCacheCommand(),
		newStateCommand(),
		newM365Command(),
		newProbeCommand(),
		newManCommand(),
		newVersionCommand(),
	)
	addCompletions(root)
	return root
}

// addConfigFlag adds -c to a verb and returns where the file name will be.
func addConfigFlag(cmd *cobra.Command) *string {
	path := cmd.Flags().StringP("config", "c", defaultConfig, "the configuration `FILE`")
	return path
}
