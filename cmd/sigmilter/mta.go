package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/mta"
	"sigmilter/cmd/internal/mta/greet"
)

func newMTACommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "mta",
		Short: "Print or check the lines that Postfix or Sendmail needs",
		Long: `mta tells what the mail server on this machine must have in its configuration for
sigmilter's, and looks for the usual mistakes in what it has. It reads only;
--apply and --remove of mta postfix are what changes a file.`,
		Example: `  sigmilter mta postfix --print
  sigmilter mta postfix --check
  sigmilter mta sendmail --check --cf /etc/mail/sendmail.cf`,
	}
	cmd.AddCommand(newMTAPostfixCommand(), newMTASendmailCommand())
	return needsVerb(cmd)
}

func newMTAPostfixCommand() *cobra.Command {
	var check, apply, remove, asJSON bool
	var dir string
	cmd := &cobra.Command{
		Use:   "postfix [-c FILE] [--print | --check | --apply | --remove]",
		Short: "Print, check or set what Postfix needs in main.cf",
		Long: `mta postfix prints the lines of main.cf that this machine's Postfix needs (--print,
also without a flag), or looks for the usual mistakes in its configuration (--check):
each is one line, with what mends it, and the exit status is then 1. It asks postconf
and, run by root, connects to the socket as Postfix does: as its user, with its groups,
from its chroot. What answers is told as well. The daemon sees a session without mail.

--apply sets the lines that differ with postconf -e, after a copy of main.cf beside it,
whose name has the date. --remove undoes that with the copy: sigmilter's socket is taken
out of smtpd_milters, and what --apply has set gets its old value, unless somebody has
changed it since. 'postfix reload' is left to you.`,
		Example: `  sigmilter mta postfix
  sigmilter mta postfix --check
  sigmilter mta postfix --apply && postfix reload
  sigmilter mta postfix --remove && postfix reload`,
		Args: takesArguments(),
	}
	path := addConfigFlag(cmd)
	cmd.Flags().Bool("print", false, "print the lines (the default)")
	cmd.Flags().BoolVar(&check, "check", false, "look for mistakes in Postfix' configuration, and ask who answers on the socket")
	cmd.Flags().BoolVar(&apply, "apply", false, "set the lines in main.cf")
	cmd.Flags().BoolVar(&remove, "remove", false, "undo what --apply has set in main.cf")
	cmd.Flags().BoolVar(&asJSON, "json", false, "write what --check finds as JSON")
	cmd.Flags().StringVar(&dir, "config-directory", "", "Postfix' `DIR` of configuration, by default its own")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := atMostOne(cmd, "print", "check", "apply", "remove"); err != nil {
			return err
		}
		daemon, err := loadDaemon(cmd.Context(), *path)
		if err != nil {
			return err
		}
		postfix, err := readPostfix(cmd.Context(), dir)
		if err != nil {
			return err
		}
		outside := postfix.OutOfChroot(daemon)
		switch {
		case check:
			return writeFindings(cmd.OutOrStdout(), "Postfix", postfix.Check(daemon, ask), asJSON)
		case remove:
			return removeFromPostfix(cmd.Context(), cmd.OutOrStdout(), postfix, daemon)
		case outside != "":
			// With these lines all mail would be deferred.
			return errors.New(outside)
		case apply:
			return applyPostfix(cmd.Context(), cmd.OutOrStdout(), postfix, postfix.Missing(daemon))
		}
		return writeLines(cmd.OutOrStdout(), postfix.Lines(daemon))
	}
	return cmd
}

func newMTASendmailCommand() *cobra.Command {
	var check, asJSON bool
	var file string
	cmd := &cobra.Command{
		Use:   "sendmail [-c FILE] [--print | --check]",
		Short: "Print or check what Sendmail needs in sendmail.mc",
		Long: `mta sendmail prints the lines of sendmail.mc that this machine's Sendmail needs
(--print, also without a flag), or looks for the usual mistakes in sendmail.cf
(--check): each is one line, with what mends it, and the exit status is then 1.
Run by root it connects to the socket as Sendmail does, and tells what answers.
It changes nothing.`,
		Example: `  sigmilter mta sendmail
  sigmilter mta sendmail --check --cf /etc/mail/sendmail.cf`,
		Args: takesArguments(),
	}
	path := addConfigFlag(cmd)
	cmd.Flags().Bool("print", false, "print the lines (the default)")
	cmd.Flags().BoolVar(&check, "check", false, "look for mistakes in Sendmail's configuration, and ask who answers on the socket")
	cmd.Flags().BoolVar(&asJSON, "json", false, "write what --check finds as JSON")
	cmd.Flags().StringVar(&file, "cf", "/etc/mail/sendmail.cf", "Sendmail's configuration `FILE`")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := atMostOne(cmd, "print", "check"); err != nil {
			return err
		}
		daemon, err := loadDaemon(cmd.Context(), *path)
		if err != nil {
			return err
		}
		if !check {
			return writeLines(cmd.OutOrStdout(), mta.SendmailLines(daemon))
		}
		cf, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read Sendmail's configuration: %w; name it with --cf", err)
		}
		return writeFindings(cmd.OutOrStdout(), "Sendmail", mta.ReadSendmail(string(cf)).Check(daemon, ask), asJSON)
	}
	return cmd
}

// ask greets a milter for a check.
func ask(as greet.Caller, network, address string) (greet.Answer, error) {
	defer waiting("asking the milter")()
	return greet.Ask(as, network, address, greet.Patience)
}

// atMostOne refuses flags that exclude each other, as bad usage.
func atMostOne(cmd *cobra.Command, names ...string) error {
	given := []string{}
	for _, name := range names {
		if cmd.Flags().Changed(name) {
			given = append(given, "--"+name)
		}
	}
	if len(given) < 2 {
		return nil
	}
	return &exitError{exitUsage, fmt.Errorf("%s exclude each other; give one", strings.Join(given, " and "))}
}

func loadDaemon(ctx context.Context, path string) (mta.Daemon, error) {
	cfg, err := config.Load(path)
	if err != nil {
		return mta.Daemon{}, err
	}
	return daemonOf(cfg).Under(socketUnit(ctx)), nil
}

// daemonOf is what a mail server must know of the configuration.
func daemonOf(cfg *config.Config) mta.Daemon {
	d := mta.Daemon{
		Listen: cfg.Listen, SocketMode: cfg.SocketMode, SocketGroup: cfg.SocketGroup,
		MessageBytes: cfg.Limits.MessageBytes, HeaderBytes: cfg.Limits.HeaderBytes,
		MessageTime: cfg.Timeouts.Message, Idle: cfg.Timeouts.Idle,
	}
	for _, t := range cfg.Tenants {
		d.Listeners = append(d.Listeners, t.Proof.Listeners...)
		d.CertificateProof = d.CertificateProof || len(t.Proof.CertNames) > 0
	}
	return d
}

// socketUnit is sigmilter.socket as systemd has it. Without systemd, or without that
// unit, it is not active.
func socketUnit(ctx context.Context) mta.SocketUnit {
	shown, err := exec.CommandContext(ctx, "systemctl", "show", "sigmilter.socket", "--property="+strings.Join(mta.SocketUnitProperties, ",")).Output()
	if err != nil {
		return mta.SocketUnit{}
	}
	return mta.ReadSocketUnit(string(shown))
}

// readPostfix asks postconf; dir is empty for Postfix' own configuration.
func readPostfix(ctx context.Context, dir string) (*mta.Postfix, error) {
	var answers [3]string
	for i, args := range [][]string{append([]string{"-x"}, mta.PostfixNames...), {"-F"}, {"-P"}} {
		answer, err := postconf(ctx, dir, args...)
		if err != nil {
			return nil, err
		}
		answers[i] = answer
	}
	return mta.ReadPostfix(answers[0], answers[1], answers[2]), nil
}

func postconf(ctx context.Context, dir string, args ...string) (string, error) {
	program, err := exec.LookPath("postconf")
	if err != nil {
		// sbin is not on everybody's path.
		if program, err = exec.LookPath("/usr/sbin/postconf"); err != nil {
			return "", errors.New("postconf not found; is Postfix installed on this machine?")
		}
	}
	if dir != "" {
		args = append([]string{"-c", dir}, args...)
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stderr = &stderr // warnings of settings that another version has are no matter
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("ask postconf: %w: %s; mend what it names, or name the folder of main.cf with --config-directory", err, bytes.TrimSpace(stderr.Bytes()))
	}
	return string(out), nil
}

func writeLines(out io.Writer, lines []string) error {
	_, err := fmt.Fprintln(out, strings.Join(lines, "\n"))
	return err
}

// writeFindings prints a line for each mistake and for each socket that answers; with
// a mistake the exit status is 1. JSON is of the mistakes alone.
func writeFindings(out io.Writer, server string, r mta.Report, asJSON bool) error {
	if err := printFindings(out, server, r, asJSON); err != nil {
		return err
	}
	if len(r.Findings) > 0 {
		return &exitError{status: exitFailed}
	}
	return nil
}

func printFindings(out io.Writer, server string, r mta.Report, asJSON bool) error {
	if asJSON {
		return writeJSON(out, r.Findings)
	}
	lines := []string{}
	for _, f := range r.Findings {
		lines = append(lines, f.Check+": "+f.Problem)
	}
	lines = append(lines, r.Answers...)
	if len(r.Findings) == 0 {
		lines = append(lines, server+": no mistake found")
	}
	return writeLines(out, lines)
}
