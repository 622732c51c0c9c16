package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/offline"
	"sigmilter/cmd/internal/preview"
	"sigmilter/cmd/internal/printed"
	"sigmilter/sigstore/directory"
)

// previewOptions are the flags of the verb.
type previewOptions struct {
	config string
	person string
	folder string
	all    bool
}

func newPreviewCommand() *cobra.Command {
	var o previewOptions
	cmd := &cobra.Command{
		Use:   "preview [-c FILE] {--person ADDRESS | --all} [-o FOLDER]",
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
	cmd.Flags().StringVarP(&o.folder, "output", "o", "preview", "the `FOLDER` to write to; it is created if necessary")
	cmd.Flags().BoolVar(&o.all, "all", false, "everyone, with an index page")
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
	if o.all {
		return o.writeAll(ctx, setup, stdout, stderr)
	}
	return o.writePerson(setup, stdout, stderr)
}

func (o *previewOptions) writePerson(setup *offline.Setup, stdout, stderr io.Writer) error {
	person, err := setup.Person(o.person)
	if err != nil {
		return err
	}
	results, err := preview.Write(o.folder, setup.Config.Templates, person)
	if err != nil {
		return err
	}
	failed := 0
	for _, r := range results {
		if r.Failed != "" {
			failed++
			continue
		}
		for _, file := range r.Files {
			fmt.Fprintln(stdout, filepath.Join(o.folder, file))
		}
	}
	warnOfProblems(person, results, stderr)
	if failed > 0 {
		return fmt.Errorf("templates that failed: %d", failed)
	}
	return nil
}

func (o *previewOptions) writeAll(ctx context.Context, setup *offline.Setup, stdout, stderr io.Writer) error {
	page, err := preview.WriteAll(ctx, o.folder, setup.Config, setup.Store, func(person directory.Person, results []preview.Result) {
		warnOfProblems(person, results, stderr)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s: people: %d, with missing fields: %d\n", page.Path, len(page.Rows), page.Incomplete)
	if page.Failed > 0 {
		return fmt.Errorf("people for whom a template failed: %d", page.Failed)
	}
	return nil
}

// warnOfProblems prints which templates failed for a person, and which pictures were
// left out of the others.
func warnOfProblems(person directory.Person, results []preview.Result, stderr io.Writer) {
	warn := func(template, problem string) {
		fmt.Fprintf(stderr, "warning: %s: template %s: %s\n", person.Address, template, printed.Line(problem))
	}
	for _, r := range results {
		for _, problem := range r.Problems {
			warn(r.Template, problem)
		}
		if r.Failed != "" {
			warn(r.Template, r.Failed)
		}
	}
}
