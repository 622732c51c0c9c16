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
		Short: "Have the running daemon read its configuration and templates anew",
		Long: `reload has the running daemon read its configuration and templates anew, as SIGHUP
does, and tells how that went. With a mistake in them the daemon goes on with those
it has, the mistakes are printed, and the exit status is 2. Files with codes and keys
are read anew too. Messages in hand keep the configuration they began with. Sources of
people whose settings are the same go on; limits and timeouts count from the next
session on.`,
		Example: `  sigmilter check && sigmilter reload`,
		Args:    takes(),
	}
	ask := addAskingFlags(cmd, "write JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return ask.daemon(func(c *control.Client) error {
			r, err := c.Reload(cmd.Context())
			if err != nil {
				return err
			}
			if ask.json {
				return writeJSON(cmd.OutOrStdout(), r)
			}
			// The version counts no secrets, which are read anew all the same.
			what := "settings and templates are as before,"
			if r.Changed {
				what = "now"
			}
			fmt.Fprintf(cmd.OutOrStdout(), "reloaded, %s version %s\n", what, r.Hash)
			if len(r.Sources) > 0 {
				fmt.Fprintf(cmd.OutOrStdout(), "begun to read: %s\n", strings.Join(r.Sources, ", "))
			}
			for _, w := range r.Warnings {
				fmt.Fprintln(cmd.ErrOrStderr(), w)
			}
			if len(r.Restart) > 0 {
				fmt.Fprintf(cmd.ErrOrStderr(), "sigmilter: a change of %s needs a restart\n", strings.Join(r.Restart, ", "))
			}
			return nil
		})
	}
	return cmd
}
