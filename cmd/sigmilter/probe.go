package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/printed"
	"sigmilter/cmd/internal/probe"
	"sigmilter/milter/policy"
)

// probeOptions is the command line of probe.
type probeOptions struct {
	config, where          string
	passwordFile, codeFile string
	timeout, slow          time.Duration
	keep, asJSON           bool
	probe.Probe
}

func newProbeCommand() *cobra.Command {
	var o probeOptions
	cmd := &cobra.Command{
		Use:   "probe --relay HOST:PORT --from ADDRESS --to ADDRESS --wait WHERE",
		Short: "Send a test message over the relay and wait for it",
		Long: `probe sends a message with an id of its own through the relay, waits until it is
delivered, and tells how long that took and whether it bears the guard field. WHERE is

  mbox:FILE                     a mailbox file that the message is added to
  maildir:FOLDER                a Maildir
  lmtp:HOST:PORT                a server of probe's own, to which the MTA delivers
  imaps://USER@HOST/FOLDER      a folder on an IMAP server (imap:// with STARTTLS)

In a Maildir or on IMAP the message is removed afterwards, unless there is --keep.
Which way the message takes is for the MTA and Microsoft 365 to say: with the relay's
port it goes through sigmilter and to the recipient's mailbox. For cron and timers: the
exit status is 0 when it came back as wanted, 1 when not, 2 for bad usage.`,
		Example: `  sigmilter probe --relay 127.0.0.1:25 --from alice@contoso.com --to probe@contoso.com \
      --wait imaps://probe@imap.contoso.com --password-file /etc/sigmilter/probe.password
  sigmilter probe --relay 127.0.0.1:25 --from alice@contoso.com --to probe@contoso.com \
      --wait lmtp:127.0.0.1:2424 --contains 'Alice Muster' --slow 30s --json`,
		Args: takesArguments(),
	}
	f := cmd.Flags()
	f.StringVarP(&o.config, "config", "c", defaultConfig, "the configuration `FILE`, for the names of fields; need not be there")
	f.StringVar(&o.Relay.Addr, "relay", "", "the relay, `HOST:PORT`")
	f.StringVar(&o.From, "from", "", "sender `ADDRESS`, of a person of the tenant")
	f.StringVar(&o.To, "to", "", "recipient `ADDRESS`")
	f.StringVar(&o.where, "wait", "", "`WHERE` the message is delivered")
	f.StringVar(&o.passwordFile, "password-file", "", "`FILE` with the password for IMAP")
	f.StringVar(&o.codeFile, "code-file", "", "set the routing field to the first code of this `FILE`")
	f.StringVar(&o.Contains, "contains", "", "a `TEXT` of the signature that must be in the message")
	f.StringVar(&o.Relay.Hello, "hello", "", "`NAME` in EHLO (default: that of this machine)")
	f.BoolVar(&o.Relay.StartTLS, "starttls", false, "use TLS; the relay's certificate must have its name")
	f.DurationVar(&o.timeout, "timeout", 5*time.Minute, "how long to wait")
	f.DurationVar(&o.slow, "slow", 0, "fail when it takes longer than this (default: never)")
	f.BoolVar(&o.keep, "keep", false, "leave the message in the mailbox")
	f.BoolVar(&o.asJSON, "json", false, "write the result as JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.run(cmd.Context(), cmd.Flags().Changed("config"), cmd.OutOrStdout())
	}
	return cmd
}

func (o *probeOptions) run(ctx context.Context, configAsked bool, out io.Writer) error {
	if err := o.complete(configAsked); err != nil {
		return err
	}
	var password string
	if o.passwordFile != "" {
		lines, err := secretLines(o.passwordFile)
		if err != nil {
			return &exitError{exitUsage, err}
		}
		password = lines[0]
	}
	box, err := probe.Open(o.where, probe.Options{Password: password, Keep: o.keep})
	if err != nil {
		return &exitError{exitUsage, err}
	}
	o.Mailbox, o.Slow = box, o.slow
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	done := waiting("waiting for the message to come back")
	result := o.Probe.Run(ctx)
	done()
	if err := box.Close(); err != nil && result.OK {
		result.OK, result.Problem = false, err.Error()
	}
	if o.asJSON {
		err = writeJSON(out, result)
	} else {
		err = writeProbe(out, result)
	}
	if err == nil && !result.OK {
		err = &exitError{status: exitFailed}
	}
	return err
}

// complete checks the addresses and takes the names of fields from the
// configuration.
func (o *probeOptions) complete(configAsked bool) error {
	if o.Relay.Addr == "" || o.From == "" || o.To == "" || o.where == "" {
		return &exitError{exitUsage, errors.New("--relay, --from, --to and --wait must all be given")}
	}
	for _, address := range []string{o.From, o.To} {
		local, domain, ok := strings.Cut(address, "@")
		if _, err := policy.ParseDomain(domain); !ok || local == "" || err != nil || strings.ContainsAny(address, "<> \r\n") {
			return &exitError{exitUsage, fmt.Errorf("%q is no address; write it like alice@contoso.com", address)}
		}
	}
	if o.Relay.Hello == "" {
		name, err := os.Hostname()
		if err != nil {
			return fmt.Errorf("the name of this machine: %w; give --hello", err)
		}
		o.Relay.Hello = name
	}
	o.Guard, o.Field = "X-Sigmilter-Handled", "X-Sigmilter-Route"
	if _, err := os.Stat(o.config); configAsked || err == nil {
		if err := o.fields(); err != nil {
			return err
		}
	}
	if o.codeFile == "" {
		o.Field = ""
		return nil
	}
	codes, err := secretLines(o.codeFile)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	o.Code = codes[0]
	return nil
}

// fields are those of the configuration, for the tenant of the sender.
func (o *probeOptions) fields() error {
	cfg, err := config.Load(o.config)
	if err != nil {
		return err
	}
	o.Guard = cfg.Guard.Field
	_, domain, _ := strings.Cut(strings.ToLower(o.From), "@")
	for _, t := range cfg.Tenants {
		if slices.Contains(t.Domains, domain) && t.Proof.RoutingField != "" {
			o.Field = t.Proof.RoutingField
		}
	}
	return nil
}

// secretLines are the lines of a file with secrets that are neither empty nor
// begin with #. No error quotes one.
func secretLines(path string) (lines []string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return nil, errors.New(path + " is empty")
	}
	return lines, nil
}

func writeProbe(out io.Writer, r probe.Result) error {
	if !r.OK {
		_, err := fmt.Fprintf(out, "failed   %s\nmessage  %s, sent %s\n", printed.Line(r.Problem), r.MessageID, r.SentAt.Format(time.RFC3339))
		return err
	}
	_, err := fmt.Fprintf(out, "good     it came back in %v\nmessage  %s\n", time.Duration(r.LatencyMS)*time.Millisecond, r.MessageID)
	return err
}
