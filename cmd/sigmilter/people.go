package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/printed"
	"sigmilter/cmd/internal/roster"
	"sigmilter/sigstore"
	"sigmilter/sigstore/statefile"
)

func newPeopleCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "people",
		Short: "Look at the people the daemon signs for, or read them again",
		Example: `  sigmilter people list muster
  sigmilter people show alice@contoso.com
  sigmilter people refresh
  sigmilter people forget alice@contoso.com`,
	}
	cmd.AddCommand(newPeopleListCommand(), newPeopleShowCommand(), newPeopleRefreshCommand(), newPeopleForgetCommand())
	return needsVerb(cmd)
}

func newPeopleListCommand() *cobra.Command {
	var tenant string
	cmd := &cobra.Command{
		Use:   "list [-c FILE] [--tenant NAME] [TEXT]",
		Short: "List people",
		Long: `list prints the people of all tenants by address, or those with TEXT in an address or the
display name. It asks the running daemon; if none is running, it reads the state file.`,
		Example: `  sigmilter people list muster
  sigmilter people list --json | jq -r .address`,
		Args: takesArguments("[TEXT]"),
	}
	ask := addAskingFlags(cmd, "write JSON, a line for each, with all attributes")
	cmd.Flags().StringVar(&tenant, "tenant", "", "only the people of tenant `NAME`")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		match := strings.Join(args, "")
		return ask.askOrRead(
			func(c *control.Client) error {
				return listPeople(cmd.OutOrStdout(), c.People(cmd.Context(), tenant, match), ask.json)
			},
			func(store *sigstore.Store, tenants []string) error {
				tenants, err := onlyTenant(tenants, tenant)
				if err != nil {
					return err
				}
				return listPeople(cmd.OutOrStdout(), roster.New(store, tenants).People(match), ask.json)
			})
	}
	return cmd
}

// onlyTenant is the tenant with a name, among those of a state file; all of them if the
// name is empty.
func onlyTenant(tenants []string, name string) ([]string, error) {
	if name == "" {
		return tenants, nil
	}
	if !slices.Contains(tenants, name) {
		return nil, fmt.Errorf("the state file has no tenant %q", name)
	}
	return []string{name}, nil
}

// askOrRead asks the daemon or, if none is running, reads the state file.
func (a *asking) askOrRead(online func(*control.Client) error, offline func(*sigstore.Store, []string) error) error {
	return a.askOrOpen(sigstore.OpenReadOnly, online, offline)
}

// askOrOpen is askOrRead with another way to open the state file.
func (a *asking) askOrOpen(
	open func(path string) (*sigstore.Store, error),
	online func(*control.Client) error, offline func(*sigstore.Store, []string) error,
) error {
	unasked := errNoControl
	if c := a.client(); c != nil {
		unasked = online(c)
		noDaemon := errors.Is(unasked, control.ErrNoDaemon)
		if !noDaemon || a.socket != "" {
			return withAdvice(unasked)
		}
	}
	store, err := open(config.FindPlaces(a.config).State)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no daemon is running, and there is no state file: %w; start it: systemctl start sigmilter, or name its configuration with -c", err)
	}
	if errors.Is(err, statefile.ErrLocked) {
		return fmt.Errorf("a daemon is running but cannot be asked: %w; its log says why it could not open the control socket", unasked)
	}
	if err != nil {
		return err
	}
	defer store.Close()
	tenants, err := store.Tenants()
	if err != nil {
		return err
	}
	return offline(store, tenants)
}

func listPeople(w io.Writer, people iter.Seq2[control.Person, error], asJSON bool) error {
	if asJSON {
		out := json.NewEncoder(w)
		for p, err := range people {
			if err == nil {
				err = out.Encode(p)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	// A table as wide as its widest row would have to keep all of them, perhaps a million.
	const line = "%-40s %-28s %-28s %s\n"
	headed := false
	head := func() (err error) {
		if !headed {
			headed = true
			_, err = fmt.Fprintf(w, line, "ADDRESS", "NAME", "TITLE", "TENANT")
		}
		return err
	}
	for p, err := range people {
		if err == nil {
			err = head()
		}
		if err == nil {
			name, title := printed.Cell(p.Attributes["displayName"]), printed.Cell(p.Attributes["jobTitle"])
			_, err = fmt.Fprintf(w, line, p.Address, cmp.Or(name, "-"), cmp.Or(title, "-"), p.Tenant)
		}
		if err != nil {
			return err
		}
	}
	return head()
}

func newPeopleShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show [-c FILE] ADDRESS",
		Short: "Show a person, with the source of each value",
		Long: `show prints what is known about the person who has the address, primary or not, and the
source of each value. With place.learn it says whether the person's own signature is known
from earlier mails. It asks the running daemon; if none is running, it reads the state
file.`,
		Example: `  sigmilter people show alice@contoso.com`,
		Args:    takesArguments("ADDRESS"),
	}
	ask := addAskingFlags(cmd, "write JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		show := func(p control.Person, err error) error {
			if err != nil {
				return err
			}
			if ask.json {
				return writeJSON(cmd.OutOrStdout(), p)
			}
			return showPerson(cmd.OutOrStdout(), p)
		}
		return ask.askOrRead(
			func(c *control.Client) error { return show(c.Person(cmd.Context(), args[0])) },
			func(store *sigstore.Store, tenants []string) error {
				return show(roster.New(store, tenants).Person(args[0]))
			})
	}
	return cmd
}

func showPerson(w io.Writer, p control.Person) error {
	return writeTable(w, "WHAT\tVALUE\tSOURCE", func(row func(...any)) {
		row("tenant", p.Tenant, "")
		row("address", p.Address, "")
		for _, a := range p.Addresses {
			if a != p.Address {
				row("also", a, "")
			}
		}
		for _, name := range slices.Sorted(maps.Keys(p.Attributes)) {
			row(name, p.Attributes[name], p.Origins[name])
		}
		for _, g := range p.Groups {
			row("group", g, "")
		}
		for _, name := range []string{"photo", "signature"} { // have a source, but are not attributes
			if source := p.Origins[name]; source != "" {
				row(name, "(there is one)", source)
			}
		}
		row("sources", strings.Join(p.Sources, ", "), "")
		if p.Learned != nil {
			row("learned", learnedWords(p.Learned), "")
		}
	})
}

// learnedWords say what is known about how a person's mails end.
func learnedWords(l *control.Learned) string {
	if l.Remembered == 0 {
		return "nothing"
	}
	if l.Lines == 0 {
		return fmt.Sprintf("no signature yet, endings of mails: %d", l.Remembered)
	}
	return fmt.Sprintf("a signature of %d lines, since %s, from %d mails", l.Lines, l.Since, l.Mails)
}

func newPeopleForgetCommand() *cobra.Command {
	var tenant string
	cmd := &cobra.Command{
		Use:   "forget [-c FILE] [--tenant NAME] ADDRESS",
		Short: "Forget what was learned about a person's own signature",
		Long: `forget drops what place.learn remembers of the mails of the person who has the address,
primary or not. While the setting is on, the person's own signature is learned again from
later mails. It asks the running daemon; if none is running, it changes the state file.`,
		Example: `  sigmilter people forget alice@contoso.com`,
		Args:    takesArguments("ADDRESS"),
	}
	ask := addAskingFlags(cmd, "write JSON")
	cmd.Flags().StringVar(&tenant, "tenant", "", "only the person of tenant `NAME`")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		show := func(all []control.Forgotten, err error) error {
			if err != nil {
				return err
			}
			if ask.json {
				return writeJSON(cmd.OutOrStdout(), all)
			}
			return writeTable(cmd.OutOrStdout(), "TENANT\tADDRESS\tFORGOTTEN", func(row func(...any)) {
				for _, f := range all {
					row(f.Tenant, f.Address, learnedWords(&f.Learned))
				}
			})
		}
		return ask.askOrOpen(existingState,
			func(c *control.Client) error { return show(c.Forget(cmd.Context(), tenant, args[0])) },
			func(store *sigstore.Store, tenants []string) error {
				tenants, err := onlyTenant(tenants, tenant)
				if err != nil {
					return err
				}
				return show(roster.New(store, tenants).Forget(args[0]))
			})
	}
	return cmd
}

// existingState opens a state file for writing, but does not create one.
func existingState(path string) (*sigstore.Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	return sigstore.Open(path)
}

func newPeopleRefreshCommand() *cobra.Command {
	var tenant, source string
	var full, force bool
	cmd := &cobra.Command{
		Use:   "refresh [-c FILE] [--tenant NAME] [--source NAME] [--full | --force]",
		Short: "Read the sources of people now",
		Long: `refresh has the running daemon read its sources of people now, and waits for it. From a
server it reads only changes; --full reads everyone, which finds deleted people. A result
that removes more people than max_vanish allows is refused; --force reads everyone too and
applies the result all the same. The exit status is 1 if a source could not be read.`,
		Example: `  sigmilter people refresh --tenant contoso
  sigmilter people refresh --full
  sigmilter people refresh --source hr --force`,
		Args: takesArguments(),
	}
	ask := addAskingFlags(cmd, "write JSON")
	cmd.Flags().StringVar(&tenant, "tenant", "", "only sources of tenant `NAME`")
	cmd.Flags().StringVar(&source, "source", "", "only the source `NAME`")
	cmd.Flags().BoolVar(&force, "force", false, "read everyone, and apply the result even if it removes more people than max_vanish allows")
	cmd.Flags().BoolVar(&full, "full", false, "read everyone, to find deleted people")
	cmd.MarkFlagsMutuallyExclusive("full", "force")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		extent := control.Changes
		if full {
			extent = control.Full
		}
		if force {
			extent = control.Forced
		}
		return ask.askDaemon(func(c *control.Client) error {
			return refreshPeople(cmd.Context(), c, cmd.OutOrStdout(), ask.json, tenant, source, extent)
		})
	}
	return cmd
}

func refreshPeople(ctx context.Context, c *control.Client, w io.Writer, asJSON bool, tenant, source string, extent control.Extent) error {
	done := waiting("the daemon reads the sources")
	readings, err := c.RefreshPeople(ctx, tenant, source, extent)
	done()
	if err != nil {
		return err
	}
	if asJSON {
		err = writeJSON(w, readings)
	} else {
		err = writeTable(w, "TENANT\tSOURCE\tPEOPLE\tRESULT", func(row func(...any)) {
			for _, r := range readings {
				row(r.Tenant, r.Source, r.People, cmp.Or(r.Err, "read"))
			}
		})
	}
	if err == nil && slices.ContainsFunc(readings, func(r control.Reading) bool { return r.Err != "" }) {
		return &exitError{status: exitFailed}
	}
	return err
}
