package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// reasonRow is a row of the reasons tables in README.md.
var reasonRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|")

// Every reason a log line can give is explained in README.md, and no other.
func TestReadmeExplainsEveryReason(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Reasons\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var explained []string
	for _, row := range reasonRow.FindAllStringSubmatch(section, -1) {
		if slices.Contains(explained, row[1]) {
			t.Errorf("%s is explained twice", row[1])
		}
		explained = append(explained, row[1])
	}
	known := slices.Concat(reasons(t, "../../milter/policy"), reasons(t, "../../milter"), reasons(t, "../../milter/insert"))
	if len(known) < 40 {
		t.Fatalf("only %d reasons were found: %q", len(known), known)
	}
	for _, reason := range known {
		if !slices.Contains(explained, reason) {
			t.Errorf("%s is not in the reasons tables of README.md", reason)
		}
	}
	for _, reason := range explained {
		if !slices.Contains(known, reason) {
			t.Errorf("README.md explains %s, which is no reason", reason)
		}
	}
}

// reasons are the values of the constants of type Reason or Refusal in the
// package in dir, read from its source: most are not exported.
func reasons(t *testing.T, dir string) (values []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || !isReason(spec.Type) {
				return true
			}
			for _, v := range spec.Values {
				if literal, ok := v.(*ast.BasicLit); ok {
					value, err := strconv.Unquote(literal.Value)
					if err != nil {
						t.Fatal(err)
					}
					values = append(values, value)
				}
			}
			return true
		})
	}
	return values
}

// isReason says whether a type is written Reason, policy.Reason or Refusal.
func isReason(e ast.Expr) bool {
	if s, ok := e.(*ast.SelectorExpr); ok {
		e = s.Sel
	}
	id, ok := e.(*ast.Ident)
	return ok && (id.Name == "Reason" || id.Name == "Refusal")
}
