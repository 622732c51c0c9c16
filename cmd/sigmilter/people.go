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
)

func newPeopleCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "people",
		Short: "Look at the people the daemon signs for, and have them read anew",
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
				tenants, err := onlyTenant(tenants, tenant)
				if err != nil {
					return err
				}
				return listPeople(cmd.OutOrStdout(), roster.New(store, tenants).People(match), ask.json)
			})
	}
	return cmd
}

// onlyTenant is the tenant of a name among those of a state file, or all for an empty
// name.
func onlyTenant(tenants []string, name string) ([]string, error) {
	switch {
	case name == "":
		return tenants, nil
	case !slices.Contains(tenants, name):
		return nil, fmt.Errorf("the state file has no tenant %q", name)
	}
	return []string{name}, nil
}

// people asks the daemon, or where none runs the state file.
func (a *asking) people(online func(*control.Client) error, offline func(*sigstore.Store, []string) error) error {
	return a.peopleIn(sigstore.OpenReadOnly, online, offline)
}

// peopleIn is people with a way to open the state file.
func (a *asking) peopleIn(open func(path string) (*sigstore.Store, error), online func(*control.Client) error, offline func(*sigstore.Store, []string) error) error {
	unasked := errNoControl
	if c := a.client(); c != nil {
		if unasked = online(c); !errors.Is(unasked, control.ErrNoDaemon) || a.socket != "" {
			return answered(unasked)
		}
	}
	store, err := open(config.FindPlaces(a.config).State)
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
			_, err = fmt.Fprintf(w, line, p.Address, cmp.Or(printed.Cell(p.Attributes["displayName"]), "-"), cmp.Or(printed.Cell(p.Attributes["jobTitle"]), "-"), p.Tenant)
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
which source each value is of. With place.learn it says whether the person's own
signature is known from earlier mails. It asks the running daemon, and reads the state
file where none is running.`,
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
			func(store *sigstore.Store, tenants []string) error {
				return show(roster.New(store, tenants).Person(args[0]))
			})
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
			row(name, p.Attributes[name], p.Origins[name])
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
		if p.Learned != nil {
			row("learned", learnedWords(p.Learned), "")
		}
	})
}

// learnedWords say what is known of how a person's mails end.
func learnedWords(l *control.Learned) string {
	switch {
	case l.Remembered == 0:
		return "nothing"
	case l.Lines == 0:
		return fmt.Sprintf("no signature yet, endings of mails: %d", l.Remembered)
	}
	return fmt.Sprintf("a signature of %d lines, since %s, from %d mails", l.Lines, l.Since, l.Mails)
}

func newPeopleForgetCommand() *cobra.Command {
	var tenant string
	cmd := &cobra.Command{
		Use:   "forget [-c FILE] [--tenant NAME] ADDRESS",
		Short: "Forget what was learned of a person's own signature",
		Long: `forget drops what place.learn remembers of the mails of the person who has the address,
primary or not. The person's own signature is learned anew from later mails, while the
setting is on. It asks the running daemon, and changes the state file where none is
running.`,
		Example: `  sigmilter people forget alice@contoso.com`,
		Args:    takes("ADDRESS"),
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
			return table(cmd.OutOrStdout(), "TENANT\tADDRESS\tFORGOTTEN", func(row func(...any)) {
				for _, f := range all {
					row(f.Tenant, f.Address, learnedWords(&f.Learned))
				}
			})
		}
		return ask.peopleIn(existingState,
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

// existingState opens a state file for writing that is there already.
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
		Short: "Have the sources of people read now",
		Long: `refresh has the running daemon read its sources of people now, and waits for it. Of
a server only changes are read; --full reads everybody, which finds who was deleted.
A source with fewer people than max_vanish allows is refused; --force reads everybody
too and takes it as it is. The exit status is 1 when a source could not be read.`,
		Example: `  sigmilter people refresh --tenant contoso
  sigmilter people refresh --full
  sigmilter people refresh --source hr --force`,
		Args: takes(),
	}
	ask := addAskingFlags(cmd, "write JSON")
	cmd.Flags().StringVar(&tenant, "tenant", "", "only sources of tenant `NAME`")
	cmd.Flags().StringVar(&source, "source", "", "only the source `NAME`")
	cmd.Flags().BoolVar(&force, "force", false, "read everybody and apply the result even if it removes more people than max_vanish allows")
	cmd.Flags().BoolVar(&full, "full", false, "read everybody, to find who was deleted")
	cmd.MarkFlagsMutuallyExclusive("full", "force")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		extent := control.Changes
		switch {
		case force:
			extent = control.Forced
		case full:
			extent = control.Full
		}
		return ask.daemon(func(c *control.Client) error {
			return refreshPeople(cmd.Context(), c, cmd.OutOrStdout(), ask.json, tenant, source, extent)
		})
	}
	return cmd
}

func refreshPeople(ctx context.Context, c *control.Client, w io.Writer, asJSON bool, tenant, source string, extent control.Extent) error {
	readings, err := c.RefreshPeople(ctx, tenant, source, extent)
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
