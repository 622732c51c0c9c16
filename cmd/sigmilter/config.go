package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/config"
)

func newConfigCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Look at the configuration as it takes effect",
		Example: `  sigmilter config show
  sigmilter config show tenant.contoso`,
	}
	cmd.AddCommand(newConfigShowCommand())
	return needsVerb(cmd)
}

func newConfigShowCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show [-c FILE] [--json] [KEY]",
		Short: "Print every key with its value and where it comes from",
		Long: `show prints every key of the configuration, its value, and the file and line that set it,
or default. A key that inherits from another, such as on_error of a tenant, has the value it
inherits. With KEY it prints that key and those below it. Of keys that are in no file it
prints those of tables that are there: those of a tenant for each tenant.

The values are those of the files, not what a running daemon has: 'sigmilter reload' brings
them there. What files with secrets hold is not printed; they are marked as set.`,
		Example: `  sigmilter config show
  sigmilter config show limits
  sigmilter config show --json | jq -r '.[] | select(.file) | .key'`,
		Args: takesArguments("[KEY]"),
	}
	path := addConfigFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "write JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		all, err := config.Show(*path)
		if err != nil {
			return err
		}
		if len(args) > 0 {
			all = slices.DeleteFunc(all, func(s config.Shown) bool { return !isBelow(s.Key, args[0]) })
			if len(all) == 0 {
				return fmt.Errorf("the configuration has no key %s", args[0])
			}
		}
		if asJSON {
			return writeJSON(cmd.OutOrStdout(), all)
		}
		return writeTable(cmd.OutOrStdout(), "KEY\tVALUE\tFROM", func(row func(...any)) {
			for _, s := range all {
				row(s.Key, strings.Join(nonEmpty(literal(s.Value), s.Secret), ", "), s.From())
			}
		})
	}
	return cmd
}

// isBelow reports whether a key is another or one below it.
func isBelow(key, top string) bool {
	rest, found := strings.CutPrefix(key, top)
	return found && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// literal is a value as TOML has it; none stands for nothing.
func literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case string:
		return strconv.Quote(v)
	case []any:
		words := make([]string, len(v))
		for i := range v {
			words[i] = literal(v[i])
		}
		return "[" + strings.Join(words, ", ") + "]"
	case map[string]any:
		var words []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			words = append(words, fmt.Sprintf("%q = %s", key, literal(v[key])))
		}
		return "{ " + strings.Join(words, ", ") + " }"
	}
	return fmt.Sprint(v)
}
