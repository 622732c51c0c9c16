package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by the linker, see Makefile.
var version string

// buildInfo is what `version --json` writes.
type buildInfo struct {
	Version  string         `json:"version"`
	Revision string         `json:"revision,omitempty"`
	Go       string         `json:"go"`
	Platform string         `json:"platform"`
	Modules  []moduleReport `json:"modules"`
}

// String is the line that `version` prints.
func (b buildInfo) String() string {
	return fmt.Sprintf("sigmilter %s (%s %s)", b.Version, b.Go, b.Platform)
}

type moduleReport struct {
	Path    string `json:"path"`
	Version string `json:"version"`
}

func newVersionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of this program",
		Example: `  sigmilter version
  sigmilter version --json    with the libraries it was built from`,
		Args: takesArguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			info := readBuildInfo()
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), info)
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), info)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write JSON, with the libraries")
	return cmd
}

// readBuildInfo takes the version of the Makefile, else that of `go install
// module@version`, else dev.
func readBuildInfo() buildInfo {
	info := buildInfo{
		Version:  version,
		Go:       runtime.Version(),
		Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Modules:  []moduleReport{},
	}
	if build, ok := debug.ReadBuildInfo(); ok {
		if v := build.Main.Version; info.Version == "" && v != "(devel)" {
			info.Version = v
		}
		for _, s := range build.Settings {
			if s.Key == "vcs.revision" {
				info.Revision = s.Value
			}
		}
		for _, dep := range build.Deps {
			if dep.Replace != nil {
				dep = dep.Replace
			}
			info.Modules = append(info.Modules, moduleReport{dep.Path, dep.Version})
		}
	}
	if info.Version == "" {
		info.Version = "dev"
	}
	return info
}
