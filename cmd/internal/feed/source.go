package feed

import (
	"context"
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

// newSource makes the source of people of a directory in the configuration. groups are
// those that rules name; some sources must ask for the members of each.
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
	return nil, fmt.Errorf("unknown source %q", d.Source)
}

// RuleGroups are the groups that conditions and exceptions of rules name, sorted.
func RuleGroups(cfg *config.Config) (groups []string) {
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

// Gather reads all people of a source into memory. groups are those that rules name.
func Gather(ctx context.Context, d config.Directory, groups []string) ([]directory.Person, directory.Batch, error) {
	source, err := newSource(d, groups)
	if err != nil {
		return nil, directory.Batch{}, err
	}
	return directory.Gather(ctx, photoCheck{source}, "", nil)
}
