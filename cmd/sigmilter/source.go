package main

import (
	"fmt"
	"slices"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter/policy"
	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/csvfile"
	"sigmilter/sigstore/directory/files"
	"sigmilter/sigstore/directory/graph"
	"sigmilter/sigstore/directory/ldap"
)

// newSource makes the source of people that a directory of the configuration
// names; serve, check and sign all read it through this. groups are those that
// rules name, for sources that must ask for the members of each.
func newSource(d config.Directory, groups []string) (directory.Source, error) {
	switch d.Source {
	case "csv":
		return csvfile.Source{
			Path: d.Path, Columns: d.Columns, Charset: d.Charset, Photos: d.Photos,
			Memory: new(csvfile.Memory),
		}, nil
	case "ldap":
		options := d.LDAP
		options.Groups = groups
		return ldap.New(options), nil
	case "files":
		return files.Source{Path: d.Path}, nil
	case "graph":
		options := d.Graph
		options.Groups = groups
		return graph.New(options), nil
	case "http":
		return d.HTTP, nil
	}
	return nil, fmt.Errorf("source %q is not known", d.Source)
}

// ruleGroups are the groups that conditions and exceptions of rules name, in the
// order of the alphabet.
func ruleGroups(cfg *config.Config) (groups []string) {
	for _, r := range cfg.Rules {
		for _, conditions := range [][]policy.Condition{r.If, r.Except} {
			for _, c := range conditions {
				if c.Name() == "from_group" {
					groups = append(groups, c.Words()...)
				}
			}
		}
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}
