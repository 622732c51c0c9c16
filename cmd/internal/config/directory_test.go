package config

import (
	"strings"
	"testing"

	"sigmilter/cmd/internal/config/tomltree"
)

// A configuration with [[tenant.c.directory]] tables in line 3 and after.
func sources(tables string) string {
	return "[tenant.c]\ndomains = [\"contoso.com\"]\n" + tables + "\n[template.t]\nhtml = \"corporate.html\"\n"
}

func TestDirectoryFaults(t *testing.T) {
	one := "[tenant.c.directory]\npath = \"people.csv\"\n"
	two := "[[tenant.c.directory]]\npath = \"people.csv\"\n[[tenant.c.directory]]\npath = \"people.csv\"\n"
	tests := []struct{ name, tables, key, want string }{
		{"the same name twice", two, "tenant.c.directory[2]", `"csv" is also the name of the source in line 3`},
		{"unknown source", one + `source = "cvs"`, "tenant.c.directory.source", `"cvs" is not known`},
		{"vanish above 1", one + "max_vanish = 1.5", "tenant.c.directory.max_vanish", "1.5 is out of range"},
		{"vanish in quotes", one + `max_vanish = "1"`, "tenant.c.directory.max_vanish", "must be a number"},
		{"charset", one + `charset = "klingon"`, "tenant.c.directory.charset", "nobody knows it"},
		{"not a charset of texts", one + `charset = "iso-2022-kr"`, "tenant.c.directory.charset", "no charset of a text"},
		{"precedence", one + "[tenant.c.precedence]\ncity = [\"csv\", \"hr\"]", "tenant.c.precedence.city[2]", `there is no source "hr"; the sources are csv`},
		{"on_stale", "on_stale = \"drop\"\n" + one, "tenant.c.on_stale", `"drop" is not known`},
		{"no source", "directory = []", "tenant.c.directory", "has no source"},
		{"a text", "directory = \"people.csv\"", "tenant.c.directory", "must be a table"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := parseText("c.toml", at(t, ""), sources(test.tables))
			faults, ok := err.(Faults)
			if !ok {
				t.Fatalf("no faults: %v", err)
			}
			for _, f := range faults {
				if f.Key == test.key && strings.Contains(f.Problem, test.want) {
					return
				}
			}
			t.Errorf("%s: %s is not among\n%v", test.key, test.want, faults)
		})
	}
}

// A key that goes with another kind of source is told apart from an unknown one.
func TestForeignKeys(t *testing.T) {
	var d Directory
	kinds := []sourceKind{
		{name: "one", keys: []tomltree.Setting{{Key: "mine"}, {Key: "ours"}}},
		{name: "two", keys: []tomltree.Setting{{Key: "ours"}, {Key: "theirs"}}},
	}
	got := foreignKeys(kinds[0], kinds)
	if len(got) != 1 || got[0].Key != "theirs" {
		t.Fatalf("got %+v", got)
	}
	var tree tomltree.Tree
	tree.Add("c.toml", "theirs = 1")
	tomltree.Table(append(got, tomltree.Setting{Key: "source", Read: tomltree.Choice(&d.Source, "one")})...)(tree.Root())
	if want := `is no key of source "one"; it goes with source two`; len(tree.Faults) != 1 || tree.Faults[0].Problem != want {
		t.Errorf("got %v", tree.Faults)
	}
}
