package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/m365"
	"sigmilter/cmd/internal/printed"
)

func newM365Command() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "m365",
		Short: "Set up Microsoft 365 for this configuration, and judge a message that came back",
		Example: `  sigmilter m365 script -c /etc/sigmilter/sigmilter.toml -o contoso.ps1
  sigmilter m365 check -c /etc/sigmilter/sigmilter.toml returned.eml`,
	}
	cmd.AddCommand(newM365ScriptCommand(), newM365CheckCommand())
	return needsVerb(cmd)
}

func newM365ScriptCommand() *cobra.Command {
	var tenant, output string
	cmd := &cobra.Command{
		Use:   "script [-c FILE] [--tenant NAME] [-o FILE]",
		Short: "Write the PowerShell that makes a tenant's connectors and rules",
		Long: `script writes one PowerShell file for a tenant that has a table
[tenant.NAME.microsoft365] in the configuration. On a machine with PowerShell and the
module ExchangeOnlineManagement,

  ./contoso.ps1                                    only looks: -Status
  ./contoso.ps1 -Create -WhatIf                    shows what it would change
  ./contoso.ps1 -Create -SecretFile contoso.code   creates what is missing, corrects the rest
  ./contoso.ps1 -Remove                            removes the routing rule, later with
                                                   -Drained the rest

It can be run again at any time, and touches nothing that it did not create. The routing
rule is created switched off. The file has no secret: the script reads the routing code
from -SecretFile, or asks for it.`,
		Example: `  sigmilter m365 script -c /etc/sigmilter/sigmilter.toml -o contoso.ps1
  sigmilter m365 script -c /etc/sigmilter/sigmilter.toml --tenant fabrikam > fabrikam.ps1`,
		Args: takesArguments(),
	}
	path := addConfigFlag(cmd)
	cmd.Flags().StringVar(&tenant, "tenant", "", "the tenant's `NAME` (default: the only one with a table microsoft365)")
	cmd.Flags().StringVarP(&output, "output", "o", "", "write to this `FILE` (default: standard output)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := config.Load(*path)
		if err != nil {
			return err
		}
		t, err := m365Tenant(cfg, tenant)
		if err != nil {
			return &exitError{exitUsage, err}
		}
		if t.Proof.RoutingField == "" {
			fmt.Fprintf(cmd.ErrOrStderr(), "warning: tenant %s has no routing_code_file: the rule will set no code, and the relay cannot tell this tenant's mail by it\n", t.Name)
		}
		var text bytes.Buffer
		if err := m365Setup(cfg, t).WriteScript(&text); err != nil {
			return fmt.Errorf("writing the script for tenant %s: %w", t.Name, err)
		}
		if output == "" {
			_, err = printed.Exact(cmd.OutOrStdout()).Write(text.Bytes())
			return err
		}
		return os.WriteFile(output, text.Bytes(), 0o666)
	}
	return cmd
}

// m365Tenant is the tenant with a name; without a name, the only one that can be meant.
func m365Tenant(cfg *config.Config, name string) (*config.Tenant, error) {
	var with []string
	var found *config.Tenant
	for i := range cfg.Tenants {
		t := &cfg.Tenants[i]
		if len(t.Microsoft365.Relays) > 0 {
			with = append(with, t.Name)
			found = t
		}
	}
	if name == "" {
		switch len(with) {
		case 0:
			return nil, fmt.Errorf("no tenant of %s has a table microsoft365; write [tenant.NAME.microsoft365] with the host name of the relay", cfg.Path)
		case 1:
			return found, nil
		}
		return nil, fmt.Errorf("several tenants have a table microsoft365; choose one with --tenant: %q", with)
	}
	i := slices.IndexFunc(cfg.Tenants, func(t config.Tenant) bool { return t.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("no tenant %q in %s", name, cfg.Path)
	}
	if !slices.Contains(with, name) {
		return nil, fmt.Errorf("tenant %q has no table microsoft365; write [tenant.%s.microsoft365] with the host name of the relay", name, name)
	}
	return &cfg.Tenants[i], nil
}

func m365Setup(cfg *config.Config, t *config.Tenant) *m365.Setup {
	m := t.Microsoft365
	var others []string
	for _, other := range cfg.Tenants {
		if other.Name != t.Name && len(other.Microsoft365.Relays) > 0 {
			others = append(others, other.Name)
		}
	}
	return &m365.Setup{
		Tenant: t.Name, OtherKeys: others, Domains: t.Domains, Name: m.Name, Relays: m.Relays, TLSDomain: m.TLSDomain(), Certificate: m.Certificate,
		Allow: m.Allow, Except: m.Except, ExceptGroup: m.ExceptGroup, GuardField: cfg.Guard.Field, RoutingField: t.Proof.RoutingField,
		MaxSize: m.MaxSize, Defer: cfg.OnError == config.Tempfail,
	}
}
