package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// takesArguments has a verb accept one argument for each name. A name in brackets is
// optional, and so are those after it.
func takesArguments(names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > len(names) {
			err := fmt.Sprintf("unexpected argument %q", args[len(names)])
			if len(names) > 0 {
				err += " after " + strings.Trim(names[len(names)-1], "[]")
			}
			return errors.New(err)
		}
		if len(args) < len(names) && !strings.HasPrefix(names[len(args)], "[") {
			return fmt.Errorf("%s is missing", names[len(args)])
		}
		return nil
	}
}

// needsVerb has a command that does nothing by itself show its help, and refuse unknown
// verbs.
func needsVerb(cmd *cobra.Command) *cobra.Command {
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return fmt.Errorf("unknown verb %q; %s has %s", args[0], cmd.CommandPath(), strings.Join(verbsOf(cmd), ", "))
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
