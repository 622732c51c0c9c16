package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// manSection is where manual pages of daemons and their tools are.
const manSection = 8

func newManCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "man -o DIR",
		Short: "Write the manual pages, one for each verb",
		Long: `man writes sigmilter.8 and a page for each verb into a folder, in mdoc. The packages have
them already, and sigmilter.toml(5), which is not written by the program. The date of the
pages is today, or SOURCE_DATE_EPOCH.`,
		Example: `  sigmilter man -o /usr/local/share/man/man8
  man sigmilter-check`,
		Args: takesArguments(),
	}
	cmd.Flags().StringVarP(&dir, "output", "o", "", "the folder `DIR` for the pages; it must exist")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if dir == "" {
			return &exitError{exitUsage, errors.New("man needs -o DIR, the folder for the pages")}
		}
		date, err := manDate(os.Getenv("SOURCE_DATE_EPOCH"))
		if err != nil {
			return err
		}
		for _, c := range manPages(cmd.Root()) {
			name := filepath.Join(dir, fmt.Sprintf("%s.%d", manName(c), manSection))
			if err := os.WriteFile(name, []byte(manPage(c, date)), 0o644); err != nil {
				return fmt.Errorf("write a manual page: %w", err)
			}
		}
		return nil
	}
	return cmd
}

// manDate is today, or the seconds since 1970 that reproducible builds give.
func manDate(epoch string) (time.Time, error) {
	if epoch == "" {
		return time.Now(), nil
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: %q is not a number of seconds", epoch)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// manPages are the commands that have a page: all but help, and one page for all
// shells of completion.
func manPages(cmd *cobra.Command) []*cobra.Command {
	pages := []*cobra.Command{cmd}
	if cmd.Name() == "completion" {
		return pages
	}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			pages = append(pages, manPages(c)...)
		}
	}
	return pages
}

// manName is the name of a command's page, such as sigmilter-people-show.
func manName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }
