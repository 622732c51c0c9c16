package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/offline"
	"sigmilter/cmd/internal/preview"
	"sigmilter/cmd/internal/printed"
	"sigmilter/cmd/internal/terminal"
)

// previewOptions are the flags of the verb.
type previewOptions struct {
	config string
	person string
	only   string // template
	folder string
	all    bool
	asJSON bool
}

// previewReport is what `preview --json` writes.
type previewReport struct {
	Index  string            `json:"index,omitempty"` // the page of everyone
	People []preview.Written `json:"people"`
}

func newPreviewCommand() *cobra.Command {
	var o previewOptions
	cmd := &cobra.Command{
		Use:   "preview [-c FILE] {--person ADDRESS | --all} [--template NAME] [-o FOLDER] [--json]",
		Short: "Write a person's blocks as files to look at",
		Long: `preview renders every template for a person and writes three files for each: NAME.html for
a browser, NAME.txt, and NAME.eml, a message with nothing but the block, to open in a mail
client. Existing files are replaced.

With --all it does so for everyone, in a folder for each person, and writes index.html: a
page of all people with links to these files, which marks the fields that a template uses
and a person does not have.

The people come from where sign takes them. If a template fails for a person, the others
are written all the same and the exit status is 1.`,
		Example: `  sigmilter preview -c sigmilter.toml --person alice@contoso.com -o /tmp/alice
  sigmilter preview -c sigmilter.toml --all -o /tmp/everyone`,
		Args: takesArguments(),
	}
	cmd.Flags().StringVarP(&o.config, "config", "c", defaultConfig, "the configuration `FILE`")
	cmd.Flags().StringVar(&o.person, "person", "", "an `ADDRESS` of the person, primary or not")
	cmd.Flags().StringVar(&o.only, "template", "", "only the template `NAME`")
	cmd.Flags().StringVarP(&o.folder, "output", "o", "preview", "the `FOLDER` to write to; it is created if necessary")
	cmd.Flags().BoolVar(&o.all, "all", false, "everyone, with an index page")
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "write what was written as JSON, with fields that are missing")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if o.all == (o.person != "") {
			return &exitError{exitUsage, errors.New("preview needs one of --person ADDRESS and --all")}
		}
		return o.writeBlocks(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return cmd
}

func (o *previewOptions) writeBlocks(ctx context.Context, stdout, stderr io.Writer) error {
	setup, err := openOffline(ctx, o.config, "", stderr)
	if err != nil {
		return err
	}
	defer setup.Close()
	if err := o.chooseTemplate(setup.Config); err != nil {
		return err
	}
	if o.all {
		return o.writeAll(ctx, setup, stdout, stderr)
	}
	return o.writePerson(setup, stdout, stderr)
}

// chooseTemplate leaves only the template that is asked for.
func (o *previewOptions) chooseTemplate(cfg *config.Config) error {
	if o.only == "" {
		return nil
	}
	chosen, ok := cfg.Templates[o.only]
	if !ok {
		return &exitError{exitUsage, fmt.Errorf("there is no template %q; there are %s", o.only, strings.Join(slices.Sorted(maps.Keys(cfg.Templates)), ", "))}
	}
	cfg.Templates = map[string]config.Template{o.only: chosen}
	return nil
}

func (o *previewOptions) writePerson(setup *offline.Setup, stdout, stderr io.Writer) error {
	person, err := setup.Person(o.person)
	if err != nil {
		return err
	}
	w := preview.Written{Address: person.Address, Person: person, Folder: o.folder}
	if w.Results, err = preview.Write(o.folder, setup.Config.Templates, person); err != nil {
		return err
	}
	failed := 0
	for _, r := range w.Results {
		if r.Failed != "" {
			failed++
		}
		for _, file := range r.Files {
			if !o.asJSON {
				fmt.Fprintln(stdout, filepath.Join(o.folder, file))
			}
		}
	}
	printWarnings(problemsOf(w), stderr)
	if err := o.writeReport(stdout, previewReport{People: []preview.Written{w}}); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("templates that failed: %d", failed)
	}
	return nil
}

func (o *previewOptions) writeAll(ctx context.Context, setup *offline.Setup, stdout, stderr io.Writer) error {
	report := previewReport{People: []preview.Written{}}
	total := 0
	for _, t := range setup.Config.Tenants {
		n, err := setup.Store.Count(t.Name)
		if err != nil {
			return err
		}
		total += n
	}
	written := 0
	progress := terminal.NewProgress(printed.Exact(stderr))
	page, err := preview.WriteAll(ctx, o.folder, setup.Config, setup.Store, func(w preview.Written) {
		written++
		if problems := problemsOf(w); len(problems) > 0 {
			progress.Clear()
			printWarnings(problems, stderr)
		}
		progress.Show(func() string { return fmt.Sprintf("%d of %d people", written, total) })
		if o.asJSON {
			report.People = append(report.People, w)
		}
	})
	progress.Clear()
	if err != nil {
		return err
	}
	report.Index = page.Path
	if err := o.writeReport(stdout, report); err != nil {
		return err
	}
	if !o.asJSON {
		fmt.Fprintf(stdout, "%s: people: %d, with missing fields: %d\n", page.Path, len(page.Rows), page.Incomplete)
	}
	if page.Failed > 0 {
		return fmt.Errorf("people for whom a template failed: %d", page.Failed)
	}
	return nil
}

// writeReport writes the report if it is asked for.
func (o *previewOptions) writeReport(stdout io.Writer, r previewReport) error {
	if !o.asJSON {
		return nil
	}
	return writeJSON(stdout, r)
}

// problemsOf are the templates that failed for a person, and the pictures that were left
// out of the others.
func problemsOf(w preview.Written) (problems []string) {
	for _, r := range w.Results {
		for _, problem := range nonEmpty(slices.Concat(r.Problems, []string{r.Failed})...) {
			problems = append(problems, fmt.Sprintf("%s: template %s: %s", w.Address, r.Template, printed.Line(problem)))
		}
	}
	return problems
}

func printWarnings(problems []string, stderr io.Writer) {
	for _, problem := range problems {
		fmt.Fprintf(stderr, "warning: %s\n", problem)
	}
}
