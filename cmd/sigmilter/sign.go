package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/feed"
	"sigmilter/cmd/internal/printed"
	"sigmilter/cmd/internal/signing"
	"sigmilter/milter"
	"sigmilter/milter/policy"
	"sigmilter/sigstore"
)

// signOptions are the flags of the verb.
type signOptions struct {
	config     string
	people     string // a CSV file in place of the tenants' sources; explain
	from       string
	fromGiven  bool
	recipients []string
	report     string
	as         string
	origin     originFlags
}

func newSignCommand() *cobra.Command {
	var o signOptions
	cmd := &cobra.Command{
		Use:   "sign [-c FILE] [--from A] [--to A]... [--proven] [--report FILE|-] [MESSAGE|FOLDER]",
		Short: "Sign one message offline, through the engine of the daemon",
		Long: `sign reads a message from a file or standard input and writes what the daemon
would have made of it to standard output. No daemon is needed; the state file is
only read, and when there is none or a daemon holds it, the people come from
their sources. A message that is not signed comes out as it went in but for the
guard field.

Of a folder every file below it is a message. They are signed in memory only: for
each it prints what would be done and whether anything else than the signature
changed, and the exit status is 1 if so. The report has one line per message then.`,
		Example: `  sigmilter sign -c sigmilter.toml reply.eml > signed.eml
  sigmilter sign -c sigmilter.toml --report - reply.eml 2>/dev/null | tail -1
  sigmilter sign -c sigmilter.toml --from alice@contoso.com --to bob@example.net < reply.eml
  sigmilter sign -c sigmilter.toml --as alice@contoso.com ~/mail`,
		Args: takes("[MESSAGE]"),
	}
	cmd.Flags().StringVarP(&o.config, "config", "c", defaultConfig, "the configuration `FILE`")
	cmd.Flags().StringVar(&o.from, "from", "", "envelope sender `ADDRESS`; empty is the null sender (default: the From field)")
	cmd.Flags().StringArrayVar(&o.recipients, "to", nil, "envelope recipient `ADDRESS`, once for each (default: the To, Cc and Bcc fields)")
	o.origin.add(cmd)
	cmd.Flags().StringVar(&o.report, "report", "", "write what was done and why as JSON to `FILE`; - is standard output, after the message")
	cmd.Flags().StringVar(&o.as, "as", "", "with a folder: take every message as written by `ADDRESS`, whatever its From field says")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.fromGiven = cmd.Flags().Changed("from")
		if isFolder(args) {
			return o.runCorpus(cmd.Context(), args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		}
		if o.as != "" {
			return &exitError{exitUsage, errors.New("--as is for a folder of messages")}
		}
		raw, err := readMessage(args, cmd.InOrStdin())
		if err != nil {
			return err
		}
		return o.run(cmd.Context(), raw, cmd.OutOrStdout(), cmd.ErrOrStderr())
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
		return nil, fmt.Errorf("reading the message: %w", err)
	}
	return raw, nil
}

func (o *signOptions) run(ctx context.Context, raw []byte, stdout, stderr io.Writer) error {
	off, err := openOffline(ctx, o.config, stderr)
	if err != nil {
		return err
	}
	defer off.store.Close()

	f := milter.ParseFile(raw)
	outcome := signFile(off.cfg, off.engine, f, o.envelope(f))
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
	case milter.Tempfail:
		return fmt.Errorf("the daemon would have deferred the message: %s", outcome.Report.Reason)
	case milter.Reject:
		return fmt.Errorf("the daemon would have refused the message: %s", outcome.Report.Reason)
	}
	return nil
}

// offline is what verbs work with that need no daemon.
type offline struct {
	cfg    *config.Config
	store  *sigstore.Store
	engine *milter.Engine
}

// openOffline loads a configuration and the people to sign for. The caller
// closes the store.
func openOffline(ctx context.Context, path string, stderr io.Writer) (*offline, error) {
	cfg, err := config.Load(path)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	store, err := openForReading(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	engine := signing.NewEngine(cfg, signing.NewBook(cfg, store), nil, log)
	engine.Memory = offlineMemory(ctx, cfg, store, engine.Memory)
	return &offline{cfg, store, engine}, nil
}

// envelope is a sender and recipients, and where the message came from.
type envelope struct {
	sender     string
	recipients []string
	origin     *originFlags
}

// envelope takes what the flags say, and else the addresses of the header.
func (o *signOptions) envelope(f *milter.File) envelope {
	e := envelope{o.from, o.recipients, &o.origin}
	if !o.fromGiven {
		if from := addresses(f, "From"); len(from) > 0 {
			e.sender = from[0]
		}
	}
	if len(e.recipients) == 0 {
		e.recipients = addresses(f, "To", "Cc", "Bcc")
	}
	return e
}

func addresses(f *milter.File, names ...string) []string {
	var found []string
	for _, name := range names {
		found = append(found, policy.Addresses(f.Header(), name)...)
	}
	return found
}

// signFile takes a message through the engine as a session would.
func signFile(cfg *config.Config, engine milter.Signer, f *milter.File, e envelope) milter.Outcome {
	return signTraced(cfg, engine, f, e, nil)
}

// signTraced is signFile, which tells in trace how it was decided, unless that
// is nil.
func signTraced(cfg *config.Config, engine milter.Signer, f *milter.File, e envelope, trace *policy.Trace) milter.Outcome {
	m := f.Message(e.sender, e.recipients, signing.ScanLimits(cfg))
	m.Trace = trace
	e.origin.apply(m)
	if m.Size > cfg.Limits.MessageBytes {
		m.Body, m.Tree = nil, nil
	}
	engine.Head(m)
	return engine.Finish(m)
}

// openForReading opens the state file beside whoever else reads it. Without one,
// or while a daemon holds it, the people are read from their sources into a
// store that goes away.
func openForReading(ctx context.Context, cfg *config.Config, log *slog.Logger) (*sigstore.Store, error) {
	store, err := sigstore.OpenReadOnly(cfg.State)
	if err == nil {
		return store, nil
	}
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, sigstore.ErrLocked) && !errors.Is(err, sigstore.ErrOlder) {
		return nil, err
	}
	store, err = sigstore.Temporary()
	if err != nil {
		return nil, err
	}
	if err := feed.ReadOnce(ctx, cfg, store, log); err != nil {
		store.Close()
		return nil, err
	}
	return store, nil
}

func writeReport(path string, r milter.Report, stdout io.Writer) error {
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
