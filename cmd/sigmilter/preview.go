package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/printed"
	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/render"
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
		Long: `preview renders every template for a person and writes three files for each:
NAME.html for a browser, NAME.txt, and NAME.eml, a message of nothing but the
block, to open in a mail client. Files that are there already are replaced.

With --all it does so for everyone, in a folder for each person, and writes
index.html: a page of all people with links to these files, in which the fields
that a template uses and a person does not have are marked.

The people come from where sign takes them. When a template fails for a person,
the others are written all the same and the exit status is 1.`,
		Example: `  sigmilter preview -c sigmilter.toml --person alice@contoso.com -o /tmp/alice
  sigmilter preview -c sigmilter.toml --all -o /tmp/everyone`,
		Args: takes(),
	}
	cmd.Flags().StringVarP(&o.config, "config", "c", defaultConfig, "the configuration `FILE`")
	cmd.Flags().StringVar(&o.person, "person", "", "an `ADDRESS` of the person, primary or not")
	cmd.Flags().StringVarP(&o.folder, "output", "o", "preview", "the `FOLDER` to write to; it is made if need be")
	cmd.Flags().BoolVar(&o.all, "all", false, "everyone, and an index page")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if o.all == (o.person != "") {
			return &exitError{exitUsage, errors.New("preview needs one of --person ADDRESS and --all")}
		}
		return o.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return cmd
}

func (o *previewOptions) run(ctx context.Context, stdout, stderr io.Writer) error {
	off, err := openOffline(ctx, o.config, stderr)
	if err != nil {
		return err
	}
	defer off.store.Close()
	if o.all {
		return o.everyone(ctx, off, stdout, stderr)
	}
	person, _, err := off.find(o.person)
	if err != nil {
		return err
	}
	blocks, err := writeBlocks(o.folder, off.cfg, person)
	if err != nil {
		return err
	}
	for _, b := range blocks {
		if b.Failed != "" {
			continue
		}
		for _, file := range b.Files {
			fmt.Fprintln(stdout, filepath.Join(o.folder, file))
		}
	}
	return reportFailed(person, blocks, stderr)
}

// find returns the person of the first tenant that knows the address, with the
// photo.
func (off *offline) find(address string) (p directory.Person, tenant string, err error) {
	for _, t := range off.cfg.Tenants {
		p, found, err := off.store.Person(t.Name, address)
		if found && err == nil {
			p.Photo, err = off.store.Photo(t.Name, address)
		}
		if err != nil || found {
			return p, t.Name, err
		}
	}
	return p, "", fmt.Errorf("nobody has the address %s", address)
}

// previewed is what became of one template for one person.
type previewed struct {
	Template string
	Files    []string // names in the person's folder: .html, .txt, .eml
	Missing  []string // fields the template uses and the person does not have
	Problems []string // pictures that are left out, and why
	Failed   string   // why there are no files
}

// writeBlocks renders every template for a person into a folder. A template that
// fails is noted; an error is about the files.
func writeBlocks(folder string, cfg *config.Config, person directory.Person) ([]previewed, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("writing the preview: %w", err)
	}
	var blocks []previewed
	for _, name := range slices.Sorted(maps.Keys(cfg.Templates)) {
		t := cfg.Templates[name]
		p := previewed{Template: name, Missing: missingFields(t, person)}
		rendered, err := t.Parsed.Render(render.Person{Attributes: person.Attributes, Photo: person.Photo})
		if err != nil {
			p.Failed = err.Error()
			blocks = append(blocks, p)
			continue
		}
		p.Problems = rendered.Problems
		b := block{name, rendered.HTML, rendered.Text, append(shownPictures(t, rendered.HTML), rendered.Pictures...)}
		for _, f := range []struct{ ext, content string }{
			{".html", b.page(person)}, {".txt", rendered.Text + "\n"}, {".eml", b.message(person)},
		} {
			file := fileName(name) + f.ext
			if err := os.WriteFile(filepath.Join(folder, file), []byte(f.content), 0o644); err != nil {
				return nil, fmt.Errorf("writing the preview: %w", err)
			}
			p.Files = append(p.Files, file)
		}
		blocks = append(blocks, p)
	}
	return blocks, nil
}

func missingFields(t config.Template, person directory.Person) (missing []string) {
	for _, field := range t.Parsed.Fields() {
		if strings.TrimSpace(person.Attributes[field]) == "" {
			missing = append(missing, field)
		}
	}
	if t.Parsed.UsesPhoto() && len(person.Photo) == 0 {
		missing = append(missing, "photo")
	}
	return missing
}

// reportFailed says which templates failed, and which pictures are left out of
// others; its error counts the failed ones.
func reportFailed(person directory.Person, blocks []previewed, stderr io.Writer) error {
	failed := 0
	warn := func(template, problem string) {
		fmt.Fprintf(stderr, "warning: %s: template %s: %s\n", person.Address, template, printed.Line(problem))
	}
	for _, b := range blocks {
		for _, problem := range b.Problems {
			warn(b.Template, problem)
		}
		if b.Failed != "" {
			failed++
			warn(b.Template, b.Failed)
		}
	}
	if failed == 0 {
		return nil
	}
	return fmt.Errorf("templates that failed: %d", failed)
}

// fileName makes one name of a file of any name, and different ones of different
// names.
func fileName(name string) string { return url.PathEscape(name) }
