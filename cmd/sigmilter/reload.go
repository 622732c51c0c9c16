package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/control"
)

func newReloadCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reload [-c FILE]",
		Short: "Have the running daemon read its configuration again",
		Long: `reload has the running daemon read its configuration and templates again, as SIGHUP does,
and prints the result. If there are mistakes in them, it prints these, the daemon keeps
its current configuration, and the exit status is 2. Files with codes and keys are read
again too. Messages in hand keep the configuration they began with. Sources of people
whose settings are unchanged keep running; limits and timeouts apply from the next session
on.`,
		Example: `  sigmilter check && sigmilter reload`,
		Args:    takesArguments(),
	}
	ask := addAskingFlags(cmd, "write JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return ask.askDaemon(func(c *control.Client) error {
			done := waiting("the daemon reads its configuration")
			r, err := c.Reload(cmd.Context())
			done()
			if err != nil {
				return err
			}
			if ask.json {
				return writeJSON(cmd.OutOrStdout(), r)
			}
			// The version says nothing about secrets, which were read again all the same.
			what := "settings and templates are unchanged,"
			if r.Changed {
				what = "now"
			}
			fmt.Fprintf(cmd.OutOrStdout(), "reloaded, %s version %s\n", what, r.Hash)
			if len(r.Sources) > 0 {
				fmt.Fprintf(cmd.OutOrStdout(), "reading sources: %s\n", strings.Join(r.Sources, ", "))
			}
			for _, w := range r.Warnings {
				fmt.Fprintln(cmd.ErrOrStderr(), w)
			}
			if len(r.Restart) > 0 {
				fmt.Fprintf(cmd.ErrOrStderr(), "sigmilter: these changed settings need a restart: %s\n", strings.Join(r.Restart, ", "))
			}
			return nil
		})
	}
	return cmd
}
