package main

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/migrate"
	"sigmilter/cmd/internal/printed"
	"sigmilter/cmd/internal/roster"
	"sigmilter/sigstore"
)

// values are what a word of a command line may become; typed is its beginning. A tab
// begins a description.
type values func(cmd *cobra.Command, typed string) []string

// flagValues are for the flags of these names, whichever verb has them.
var flagValues = map[string]values{
	"tenant":   tenantNames,
	"source":   sourceNames,
	"person":   peopleAddresses,
	"from":     peopleAddresses,
	"as":       peopleAddresses,
	"product":  productNames,
	"template": templateNames,
	"rule":     ruleNames,
}

// argumentValues are for the first argument of these verbs.
var argumentValues = map[string]values{
	"sigmilter people list":   peopleAddresses,
	"sigmilter people show":   peopleAddresses,
	"sigmilter people forget": peopleAddresses,
	"sigmilter cache drop":    peopleAddresses,
	"sigmilter cache refresh": peopleAddresses,
	"sigmilter config show":   settingKeys,
}

// addCompletions has the shell complete what is known of the configuration and of people.
func addCompletions(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		addCompletions(sub)
	}
	if of, ok := argumentValues[cmd.CommandPath()]; ok {
		cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return of.beginningWith(cmd, typed)
		}
	}
	for name, of := range flagValues {
		if cmd.Flags().Lookup(name) == nil {
			continue
		}
		err := cmd.RegisterFlagCompletionFunc(name, func(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
			return of.beginningWith(cmd, typed)
		})
		if err != nil {
			panic(err) // of a flag that there is and that has no other: never
		}
	}
}

func (of values) beginningWith(cmd *cobra.Command, typed string) ([]string, cobra.ShellCompDirective) {
	all := of(cmd, typed)
	fitting := slices.DeleteFunc(all, func(v string) bool { return !strings.HasPrefix(v, typed) })
	return fitting, cobra.ShellCompDirectiveNoFileComp
}

// namedConfig is what -c of the command line says.
func namedConfig(cmd *cobra.Command) string {
	if f := cmd.Flags().Lookup("config"); f != nil {
		return f.Value.String()
	}
	return defaultConfig
}

// loadedConfig is an empty one when there are faults: nothing of it is completed then.
func loadedConfig(cmd *cobra.Command) *config.Config {
	cfg, err := config.LoadElsewhere(namedConfig(cmd))
	if err != nil {
		return new(config.Config)
	}
	return cfg
}

func tenantNames(cmd *cobra.Command, _ string) (names []string) {
	for _, t := range loadedConfig(cmd).Tenants {
		names = append(names, t.Name)
	}
	return names
}

func sourceNames(cmd *cobra.Command, _ string) (names []string) {
	for _, t := range loadedConfig(cmd).Tenants {
		for _, d := range t.Directories {
			names = append(names, d.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func templateNames(cmd *cobra.Command, _ string) []string {
	return slices.Sorted(maps.Keys(loadedConfig(cmd).Templates))
}

func ruleNames(cmd *cobra.Command, _ string) (names []string) {
	for _, r := range loadedConfig(cmd).Rules {
		names = append(names, r.Name)
	}
	return names
}

// settingKeys are the keys of the configuration and of the tables that they are in.
func settingKeys(cmd *cobra.Command, _ string) (keys []string) {
	all, err := config.Show(namedConfig(cmd))
	if err != nil {
		return nil
	}
	for _, s := range all {
		for i, r := range s.Key {
			if r == '.' || r == '[' {
				keys = append(keys, s.Key[:i])
			}
		}
		keys = append(keys, s.Key)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func productNames(*cobra.Command, string) (names []string) {
	for _, p := range migrate.Products {
		names = append(names, p.Name+"\t"+p.Title)
	}
	return names
}

const (
	mostCompleted    = 200             // people that a shell is told
	completionWithin = 3 * time.Second // a person waits at a prompt
)

// peopleAddresses are those of the running daemon, or else of the state file.
func peopleAddresses(cmd *cobra.Command, typed string) (addresses []string) {
	ctx, cancel := context.WithTimeout(cmd.Context(), completionWithin)
	defer cancel()
	ask := asking{config: namedConfig(cmd)}
	if f := cmd.Flags().Lookup("socket"); f != nil {
		ask.socket = f.Value.String()
	}
	collect := func(people iter.Seq2[control.Person, error]) error {
		for p, err := range people {
			if err != nil || len(addresses) == mostCompleted {
				return err
			}
			if strings.HasPrefix(p.Address, typed) {
				addresses = append(addresses, p.Address+"\t"+printed.Line(p.Attributes["displayName"]))
			}
		}
		return nil
	}
	// What cannot be asked is not completed.
	_ = ask.askOrRead(
		func(c *control.Client) error { return collect(c.People(ctx, "", typed)) },
		func(store *sigstore.Store, tenants []string) error {
			return collect(roster.New(store, tenants).People(typed))
		})
	return addresses
}
