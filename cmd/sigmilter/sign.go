package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/offline"
	"sigmilter/cmd/internal/printed"
	"sigmilter/cmd/internal/trial"
	"sigmilter/milter/engine"
	"sigmilter/sigstore/localfile"
)

// signOptions are the flags of the verb.
type signOptions struct {
	config   string
	report   string
	as       string
	envelope envelopeFlags
}

func newSignCommand() *cobra.Command {
	var o signOptions
	cmd := &cobra.Command{
		Use:   "sign [-c FILE] [--from A] [--to A]... [--proven] [--report FILE|-] [MESSAGE|FOLDER]",
		Short: "Sign one message offline, through the engine of the daemon",
		Long: `sign reads a message from a file or standard input and writes what the daemon would have
made of it to standard output. No daemon is needed. The state file is only read; if there
is none or a daemon holds it, the people come from their sources. A message that is not
signed comes out as it went in, except for the guard field.

In a folder, every file below it is a message. They are signed in memory only: for each one
it prints what would be done and whether anything but the signature changed, and the exit
status is 1 if so. The report then has one line per message.`,
		Example: `  sigmilter sign -c sigmilter.toml reply.eml > signed.eml
  sigmilter sign -c sigmilter.toml --report - reply.eml 2>/dev/null | tail -1
  sigmilter sign -c sigmilter.toml --from alice@contoso.com --to bob@example.net < reply.eml
  sigmilter sign -c sigmilter.toml --as alice@contoso.com ~/mail`,
		Args: takesArguments("[MESSAGE]"),
	}
	cmd.Flags().StringVarP(&o.config, "config", "c", defaultConfig, "the configuration `FILE`")
	o.envelope.addTo(cmd)
	cmd.Flags().StringVar(&o.report, "report", "", "write what was done and why as JSON to `FILE`; - is standard output, after the message")
	cmd.Flags().StringVar(&o.as, "as", "", "with a folder: take `ADDRESS` as the author of every message, whatever its From field says")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if isFolder(args) {
			return o.signFolder(cmd.Context(), args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		}
		if o.as != "" {
			return &exitError{exitUsage, errors.New("--as is for a folder of messages")}
		}
		raw, err := readMessage(args, cmd.InOrStdin())
		if err != nil {
			return err
		}
		return o.signMessage(cmd.Context(), raw, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return cmd
}

func isFolder(args []string) bool {
	if len(args) == 0 {
		return false
	}
	info, err := os.Stat(args[0])
	return err == nil && info.IsDir()
}

func readMessage(args []string, stdin io.Reader) ([]byte, error) {
	if len(args) == 0 || args[0] == "-" {
		raw, err := io.ReadAll(stdin)
		if err != nil {
			return nil, fmt.Errorf("reading the message from standard input: %w", err)
		}
		return raw, nil
	}
	raw, err := os.ReadFile(args[0])
	if err != nil {
		return nil, fmt.Errorf("reading the message: %w", localfile.Explained(args[0], err))
	}
	return raw, nil
}

func (o *signOptions) signMessage(ctx context.Context, raw []byte, stdout, stderr io.Writer) error {
	setup, err := openOffline(ctx, o.config, "", stderr)
	if err != nil {
		return err
	}
	defer setup.Close()

	f := engine.ParseFile(raw)
	outcome := trial.Sign(setup.Config, setup.Engine, f, o.envelope.given().Envelope(f), nil)
	signed, err := f.Apply(outcome)
	if err != nil {
		return fmt.Errorf("editing the message: %w", err)
	}
	if _, err := printed.Exact(stdout).Write(signed); err != nil {
		return fmt.Errorf("writing the message: %w", err)
	}
	if err := writeReport(o.report, outcome.Report, stdout); err != nil {
		return err
	}
	switch outcome.Reply {
	case engine.Tempfail:
		return fmt.Errorf("the daemon would have deferred the message: %s", outcome.Report.Reason)
	case engine.Reject:
		return fmt.Errorf("the daemon would have refused the message: %s", outcome.Report.Reason)
	}
	return nil
}

// openOffline loads a configuration and the people to sign for, with those of a CSV file
// in place of the sources unless people is empty. The caller closes it.
func openOffline(ctx context.Context, path, people string, stderr io.Writer) (*offline.Setup, error) {
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if people == "" {
		return offline.Open(ctx, path, log)
	}
	setup, err := offline.OpenWith(ctx, path, people, log)
	var unreadable *offline.PeopleError
	if errors.As(err, &unreadable) {
		return nil, &exitError{exitUsage, err}
	}
	return setup, err
}

func writeReport(path string, r engine.Report, stdout io.Writer) error {
	if path == "" {
		return nil
	}
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	text = append(text, '\n')
	if path == "-" {
		_, err = stdout.Write(text)
	} else {
		err = os.WriteFile(path, text, 0o644)
	}
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}
