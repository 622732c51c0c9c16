package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// takes has a verb accept one argument for each name. A name in brackets may be
// left out, and so may those after it.
func takes(names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) > len(names) && len(names) == 0:
			return fmt.Errorf("unexpected argument %q", args[0])
		case len(args) > len(names):
			return fmt.Errorf("unexpected argument %q after %s", args[len(names)], strings.Trim(names[len(names)-1], "[]"))
		case len(args) < len(names) && !strings.HasPrefix(names[len(args)], "["):
			return fmt.Errorf("%s is missing", names[len(args)])
		}
		return nil
	}
}

// needsVerb has a command that does nothing by itself show its help, and refuse a
// verb that it does not have.
func needsVerb(cmd *cobra.Command) *cobra.Command {
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return fmt.Errorf("there is no %q; the verbs are %s", cmd.CommandPath()+" "+args[0], strings.Join(verbsOf(cmd), ", "))
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cmd.SetOut(cmd.ErrOrStderr())
		return errors.Join(cmd.Help(), &exitError{status: exitUsage})
	}
	return cmd
}

func verbsOf(cmd *cobra.Command) (names []string) {
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return names
}
