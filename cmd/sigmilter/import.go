package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/spf13/cobra"
	"golang.org/x/net/html/charset"

	"sigmilter/cmd/internal/migrate"
	"sigmilter/cmd/internal/printed"
	"sigmilter/sigstore/render"
)

// importOptions are the flags of the verb.
type importOptions struct {
	product string
	name    string
	folder  string
	force   bool
	asJSON  bool
}

func newImportCommand() *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use:   "import [--product NAME] [--name NAME] [-o FOLDER] [--force] [--json] FILE",
		Short: "Convert a template from another product",
		Long: `import reads a template in HTML as another product exports it, or a signature of Outlook
(NAME.htm with its pictures in NAME_files), and writes a template for sigmilter: NAME.html
with its pictures next to it, and NAME.toml to be added to the configuration.

Placeholders become fields, named for the attribute. An unknown one becomes a field of its
own name, which stays empty, so that it never goes out as text; it is reported as unmapped,
with its line. Style sheets are left out.

Products, for --product, and how they write a placeholder:

` + productList() + `
The exit status is 1 if something needs attention: a placeholder that is not mapped, a
picture that is missing. The files are written all the same.`,
		Example: `  sigmilter import --product codetwo -o templates corporate.html
  sigmilter import --name sales "$APPDATA/Microsoft/Signatures/Sales.htm"`,
		Args: takesArguments("FILE"),
	}
	cmd.Flags().StringVar(&o.product, "product", "any", "the `NAME` of the product it comes from")
	cmd.Flags().StringVar(&o.name, "name", "", "the `NAME` of the new template (default: that of FILE)")
	cmd.Flags().StringVarP(&o.folder, "output", "o", "imported", "the `FOLDER` to write to; it is created if necessary")
	cmd.Flags().BoolVar(&o.force, "force", false, "replace existing files")
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "write the report as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return o.importTemplate(args[0], cmd.OutOrStdout())
	}
	return cmd
}

// productList is a line for each product.
func productList() string {
	var b strings.Builder
	for _, p := range migrate.Products {
		var forms []string
		for _, s := range p.Syntaxes {
			forms = append(forms, s.Open+"Name"+s.Close)
		}
		fmt.Fprintf(&b, "  %-13s %s: %s\n", p.Name, p.Title, cmp.Or(strings.Join(forms, " "), "not documented; all of these are tried"))
	}
	return b.String()
}

func (o *importOptions) importTemplate(file string, stdout io.Writer) error {
	product, ok := migrate.Find(o.product)
	if !ok {
		return &exitError{exitUsage, fmt.Errorf("--product: unknown product %q; 'sigmilter import --help' lists them", o.product)}
	}
	name, err := o.templateName(file)
	if err != nil {
		return err
	}
	source, err := readTemplate(file)
	if err != nil {
		return err
	}
	r := importReport{Product: product.Name, Template: name}
	done := waiting("converting the template")
	result := r.convertTemplate(source, migrate.Options{Product: product, Prefix: name})
	done()
	files := map[string][]byte{name + ".html": []byte(result.HTML), name + ".toml": importedSettings(name, file, product)}
	r.addPictures(filepath.Dir(file), result.Pictures, files)
	if err := r.writeFiles(o.folder, files, o.force); err != nil {
		return err
	}
	return r.write(stdout, o.asJSON)
}

// templateName is the name of the template and of its files.
func (o *importOptions) templateName(file string) (string, error) {
	name := o.name
	if name == "" {
		base := filepath.Base(file)
		name = strings.ToLower(strings.TrimSuffix(base, filepath.Ext(base)))
		name = strings.Trim(notInTemplateName.ReplaceAllString(name, "-"), "-")
	}
	if !templateName.MatchString(name) {
		return "", &exitError{exitUsage, fmt.Errorf("%q cannot be the name of a file; name the template with --name, in letters, digits, - and _", name)}
	}
	return name, nil
}

var (
	notInTemplateName = regexp.MustCompile(`[^a-z0-9_]+`)
	templateName      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
)

// maxTemplate limits the size: with pictures inside, a template can be large.
const maxTemplate = 16 << 20

// readTemplate reads HTML in the charset that it declares or seems to have.
func readTemplate(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("reading the template: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxTemplate+1))
	if err != nil {
		return "", fmt.Errorf("reading the template: %w", err)
	}
	if len(raw) > maxTemplate {
		return "", fmt.Errorf("reading the template: %s is larger than %d MiB", path, maxTemplate>>20)
	}
	decoded, err := charset.NewReader(bytes.NewReader(raw), "text/html")
	if errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading the template: %s is empty", path)
	}
	if err != nil {
		return "", fmt.Errorf("reading the template %s: %w", path, err)
	}
	text, err := io.ReadAll(decoded)
	if err != nil {
		return "", fmt.Errorf("reading the template %s: %w", path, err)
	}
	return strings.ReplaceAll(strings.TrimPrefix(string(text), "\ufeff"), "\r\n", "\n"), nil
}

// convertTemplate converts a template and tries the result. Conditions in places where ours
// cannot stand are left out.
func (r *importReport) convertTemplate(source string, o migrate.Options) migrate.Result {
	result := migrate.Convert(source, o)
	_, err := render.Parse(r.Template, result.HTML, "")
	if err != nil {
		o.WithoutConditions = true
		plain := migrate.Convert(source, o)
		if _, again := render.Parse(r.Template, plain.HTML, ""); again == nil {
			result, err = plain, nil
		}
	}
	r.Findings = append([]migrate.Finding{}, result.Findings...)
	if err != nil {
		r.Fault = err.Error()
	}
	return result
}

// importedSettings are the settings for an imported template.
func importedSettings(name, file string, p migrate.Product) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# Imported from %s, a template of %s.\n", printed.Line(filepath.Base(file)), p.Title)
	fmt.Fprintf(&b, "[template.%s]\nhtml = %q\n", toml.Key{name}, name+".html")
	if p.Guard == "" {
		return []byte(b.String())
	}
	if p.Dishonoured != "" {
		fmt.Fprintf(&b, "\n# The product marks mail it has handled with %s; %s.\n", p.Guard, p.Dishonoured)
	} else {
		fmt.Fprintf(&b, "\n# As long as the product handles mail too, this leaves its messages alone:\n#\n# [guard]\n# also_honour = [%q]\n", p.Guard)
	}
	return []byte(b.String())
}
