package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/control"
)

func newCacheCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cache",
		Short: "Look at the daemon's rendered signatures, or render them again",
		Example: `  sigmilter cache status
  sigmilter cache refresh alice@contoso.com`,
	}
	cmd.AddCommand(newCacheStatusCommand(),
		newCacheChangeCommand("drop", "Forget rendered signatures",
			`drop has the running daemon forget the rendered signatures of the person with
ADDRESS, or of everyone. Each is rendered again for the next message. A changed
person or template does not need this: outdated signatures are never used.`, (*control.Client).DropCache),
		newCacheChangeCommand("refresh", "Forget rendered signatures and render them again",
			`refresh does what drop does. Then it renders the signatures of the person with ADDRESS by
every template; without ADDRESS, those that were in memory, of people who wrote lately.`, (*control.Client).RefreshCache))
	return needsVerb(cmd)
}

func newCacheStatusCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "status [-c FILE]",
		Short:   "Count rendered signatures",
		Long:    `status counts the rendered signatures of each tenant, in the state file and in memory.`,
		Example: `  sigmilter cache status`,
		Args:    takesArguments(),
	}
	ask := addAskingFlags(cmd, "write JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return ask.askDaemon(func(c *control.Client) error {
			all, err := c.Cache(cmd.Context())
			if err != nil {
				return err
			}
			if ask.json {
				return writeJSON(cmd.OutOrStdout(), all)
			}
			return writeTable(cmd.OutOrStdout(), "TENANT\tSTORED\tEXPIRED\tBYTES\tIN MEMORY", func(row func(...any)) {
				for _, s := range all {
					row(s.Tenant, s.Stored, s.Expired, s.Bytes, s.Memory)
				}
			})
		})
	}
	return cmd
}

// cacheChange is a method of the client.
type cacheChange func(c *control.Client, ctx context.Context, tenant, address string) (control.CacheChange, error)

func newCacheChangeCommand(verb, short, long string, change cacheChange) *cobra.Command {
	var tenant string
	cmd := &cobra.Command{
		Use:     verb + " [-c FILE] [--tenant NAME] [ADDRESS]",
		Short:   short,
		Long:    long,
		Example: "  sigmilter cache " + verb + " alice@contoso.com",
		Args:    takesArguments("[ADDRESS]"),
	}
	ask := addAskingFlags(cmd, "write JSON")
	cmd.Flags().StringVar(&tenant, "tenant", "", "only those of tenant `NAME`")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return ask.askDaemon(func(c *control.Client) error {
			done := waiting("the daemon makes signatures")
			n, err := change(c, cmd.Context(), tenant, cmp.Or(args...))
			done()
			if err != nil {
				return err
			}
			if len(n.Problems) > 0 {
				err = &exitError{exitFailed, fmt.Errorf("not rendered:\n%s", strings.Join(n.Problems, "\n"))}
			}
			if ask.json {
				return cmp.Or(writeJSON(cmd.OutOrStdout(), n), err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d dropped, %d rendered\n", n.Dropped, n.Rendered)
			return err
		})
	}
	return cmd
}
