package main

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"strings"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter"
)

// listen opens the common listener and those of single tenants, by their names in
// the configuration, or none of them. Those that systemd has are taken from there:
// of a tenant by its address only, since it is a proof.
func listen(cfg *config.Config, inherited *sockets) (map[string]net.Listener, error) {
	names := tenantListeners(cfg)
	open := map[string]net.Listener{}
	for i, name := range append(names, cfg.Listen) {
		label := ""
		if i == len(names) {
			label = "milter"
		}
		ln, err := inherited.listen(label, name, func() (net.Listener, error) {
			return milter.Listen(name, cfg.SocketMode, cfg.SocketGroup)
		})
		if err != nil {
			for _, ln := range open {
				err = errors.Join(err, ln.Close())
			}
			return nil, err
		}
		open[name] = ln
	}
	return open, nil
}

func tenantListeners(cfg *config.Config) (names []string) {
	for _, t := range cfg.Tenants {
		names = append(names, t.Proof.Listeners...)
	}
	return names
}

// proofWords is what a tenant's proof requires: "network, routing or dkim".
func proofWords(t config.Tenant) string {
	var all []string
	for _, oneOf := range t.Proof.Require {
		all = append(all, strings.Join(oneOf, " or "))
	}
	return strings.Join(all, ", ")
}

// originFlags say of a message in a file what an MTA would tell of where it came
// from.
type originFlags struct {
	listener string
	macros   macroFlag
	proven   bool
}

func (o *originFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.listener, "listener", "", "as if it came in on this `ADDRESS`, as the configuration has it")
	cmd.Flags().Var(&o.macros, "macro", "as if the MTA sent this macro, such as client_addr=40.92.1.2; once for each `NAME=VALUE`")
	cmd.Flags().BoolVar(&o.proven, "proven", false, "as if the message were proven to be its tenant's")
}

func (o *originFlags) apply(m *milter.Message) {
	if o == nil {
		return
	}
	m.Listener, m.Proven = o.listener, o.proven
	maps.Copy(m.Macros, o.macros)
}

// macroFlag are macros by name without braces.
type macroFlag map[string]string

func (f *macroFlag) String() string { return "" }
func (f *macroFlag) Type() string   { return "macro" }

// Set implements the flag, for one macro.
func (f *macroFlag) Set(s string) error {
	name, value, ok := strings.Cut(s, "=")
	name = strings.Trim(name, "{}")
	if !ok || name == "" {
		return fmt.Errorf("%q is not NAME=VALUE", s)
	}
	if *f == nil {
		*f = macroFlag{}
	}
	(*f)[name] = value
	return nil
}
