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
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/control"
	"sigmilter/sigstore"
)

func newPeopleCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "people",
		Short: "Look at the people the daemon signs for, and have them read anew",
		Example: `  sigmilter people list muster
  sigmilter people show alice@contoso.com
  sigmilter people refresh`,
	}
	cmd.AddCommand(newPeopleListCommand(), newPeopleShowCommand(), newPeopleRefreshCommand())
	return needsVerb(cmd)
}

func newPeopleListCommand() *cobra.Command {
	var tenant string
	cmd := &cobra.Command{
		Use:   "list [-c FILE] [--tenant NAME] [TEXT]",
		Short: "List people",
		Long: `list prints the people of all tenants by address, or those with TEXT in an address
or the display name. It asks the running daemon, and reads the state file where
none is running.`,
		Example: `  sigmilter people list muster
  sigmilter people list --json | jq -r .address`,
		Args: takes("[TEXT]"),
	}
	ask := addAskingFlags(cmd, "write JSON, a line for each, with all attributes")
	cmd.Flags().StringVar(&tenant, "tenant", "", "only the people of tenant `NAME`")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		match := strings.Join(args, "")
		return ask.people(
			func(c *control.Client) error {
				return listPeople(cmd.OutOrStdout(), c.People(cmd.Context(), tenant, match), ask.json)
			},
			func(store *sigstore.Store, tenants []string) error {
				if tenant != "" {
					if !slices.Contains(tenants, tenant) {
						return fmt.Errorf("the state file has no tenant %q", tenant)
					}
					tenants = []string{tenant}
				}
				return listPeople(cmd.OutOrStdout(), peopleOf(store, tenants, match), ask.json)
			})
	}
	return cmd
}

// people asks the daemon, or where none runs the state file.
func (a *asking) people(online func(*control.Client) error, offline func(*sigstore.Store, []string) error) error {
	unasked := errNoControl
	if c := a.client(); c != nil {
		if unasked = online(c); !errors.Is(unasked, control.ErrNoDaemon) || a.socket != "" {
			return answered(unasked)
		}
	}
	store, err := sigstore.OpenReadOnly(config.FindPlaces(a.config).State)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("no daemon is running, and there is no state: %w", err)
	case errors.Is(err, sigstore.ErrLocked):
		return fmt.Errorf("a daemon runs, but cannot be asked: %w; its log says why it could not open that socket", unasked)
	case err != nil:
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
	// A table is as wide as its widest row; a million of them are not kept for that.
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
			_, err = fmt.Fprintf(w, line, p.Address, cmp.Or(oneLine(p.Attributes["displayName"]), "-"), cmp.Or(oneLine(p.Attributes["jobTitle"]), "-"), p.Tenant)
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
		Long: `show prints what is known of the person who has the address, primary or not, and
which source each value is of. It asks the running daemon, and reads the state file
where none is running.`,
		Example: `  sigmilter people show alice@contoso.com`,
		Args:    takes("ADDRESS"),
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
		return ask.people(
			func(c *control.Client) error { return show(c.Person(cmd.Context(), args[0])) },
			func(store *sigstore.Store, tenants []string) error { return show(findPerson(store, tenants, args[0])) })
	}
	return cmd
}

func showPerson(w io.Writer, p control.Person) error {
	return table(w, "WHAT\tVALUE\tSOURCE", func(row func(...any)) {
		row("tenant", p.Tenant, "")
		row("address", p.Address, "")
		for _, a := range p.Addresses {
			if a != p.Address {
				row("also", a, "")
			}
		}
		for _, name := range slices.Sorted(maps.Keys(p.Attributes)) {
			row(name, oneLine(p.Attributes[name]), p.Origins[name])
		}
		for _, g := range p.Groups {
			row("group", g, "")
		}
		for _, name := range []string{"photo", "signature"} { // no attributes, but of a source
			if source := p.Origins[name]; source != "" {
				row(name, "(there is one)", source)
			}
		}
		row("sources", strings.Join(p.Sources, ", "), "")
	})
}

// oneLine is a value of a directory as it may go to a terminal.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
}

func newPeopleRefreshCommand() *cobra.Command {
	var tenant, source string
	var force bool
	cmd := &cobra.Command{
		Use:   "refresh [-c FILE] [--tenant NAME] [--source NAME] [--force]",
		Short: "Have the sources of people read now",
		Long: `refresh has the running daemon read its sources of people now, and waits for it. A
source with fewer people than max_vanish allows is refused; --force takes it as it
is. The exit status is 1 when a source could not be read.`,
		Example: `  sigmilter people refresh --tenant contoso
  sigmilter people refresh --source hr --force`,
		Args: takes(),
	}
	ask := addAskingFlags(cmd, "write JSON")
	cmd.Flags().StringVar(&tenant, "tenant", "", "only sources of tenant `NAME`")
	cmd.Flags().StringVar(&source, "source", "", "only the source `NAME`")
	cmd.Flags().BoolVar(&force, "force", false, "whoever is gone")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return ask.daemon(func(c *control.Client) error {
			return refreshPeople(cmd.Context(), c, cmd.OutOrStdout(), ask.json, tenant, source, force)
		})
	}
	return cmd
}

func refreshPeople(ctx context.Context, c *control.Client, w io.Writer, asJSON bool, tenant, source string, force bool) error {
	readings, err := c.RefreshPeople(ctx, tenant, source, force)
	if err != nil {
		return err
	}
	if asJSON {
		err = writeJSON(w, readings)
	} else {
		err = table(w, "TENANT\tSOURCE\tPEOPLE\tRESULT", func(row func(...any)) {
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
