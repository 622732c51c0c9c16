package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/control"
	"sigmilter/sigstore"
)

func newStateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "state",
		Short: "Copy and check the state file",
		Example: `  sigmilter state snapshot /var/backups/sigmilter.db
  sigmilter state check`,
	}
	cmd.AddCommand(newStateSnapshotCommand(), newStateCheckCommand())
	return needsVerb(cmd)
}

func newStateSnapshotCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "snapshot [-c FILE] COPY",
		Short: "Copy the state file while the daemon runs",
		Long: `snapshot writes the state of one moment to the file COPY, which is checked before it is
put in place. It asks the running daemon, which keeps signing; if none is running, it reads
the state file. The copy holds personal data: its mode is 0600.`,
		Example: `  sigmilter state snapshot /var/backups/sigmilter.db`,
		Args:    takesArguments("COPY"),
	}
	ask := addAskingFlags(cmd, "")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		done := waiting("copying the state file")
		n, err := ask.copyState(cmd, args[0])
		done()
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s: %d bytes\n", args[0], n)
		return nil
	}
	return cmd
}

// copyState writes to a temporary file next to path first: an older copy stays until the
// new one is complete.
func (a *asking) copyState(cmd *cobra.Command, path string) (n int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return 0, fmt.Errorf("write the copy: %w", err)
	}
	defer os.Remove(f.Name()) // an error when it was renamed
	defer f.Close()
	err = a.askOrRead(
		func(c *control.Client) error {
			n, err = c.Snapshot(cmd.Context(), f)
			return err
		},
		func(store *sigstore.Store, _ []string) error {
			n, err = store.Snapshot(f)
			return err
		})
	if err != nil {
		return n, err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return n, fmt.Errorf("write the copy: %w", err)
	}
	if err := checkState(f.Name()); err != nil {
		return n, fmt.Errorf("the copy is damaged: %w", err)
	}
	return n, os.Rename(f.Name(), path)
}

// checkState reads a whole state file.
func checkState(path string) error {
	store, err := sigstore.OpenReadOnly(path)
	if err != nil {
		return err
	}
	defer store.Close()
	return store.Check()
}

func newStateCheckCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check [-c FILE] [COPY]",
		Short: "Read the whole state file and look for damage",
		Long: `check reads the whole state file, every person and every address, and prints the first
fault. It asks the running daemon; if none is running, or if COPY is given, it reads the
file itself. A daemon that finds its file damaged sets it aside and exits; the next one
makes a new file from the sources.`,
		Example: `  sigmilter state check
  sigmilter state check /var/backups/sigmilter.db`,
		Args: takesArguments("[COPY]"),
	}
	ask := addAskingFlags(cmd, "")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		path := config.FindPlaces(ask.config).State
		done := waiting("reading the state file")
		if len(args) > 0 {
			path = args[0]
			err = checkState(path)
		} else {
			err = ask.askOrRead(
				func(c *control.Client) error { return c.CheckState(cmd.Context()) },
				func(store *sigstore.Store, _ []string) error { return store.Check() })
		}
		done()
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s: good\n", path)
		return nil
	}
	return cmd
}
