package mta

import (
	"os"
	"strings"
	"testing"
)

// Each word that a finding begins with has a row in the documentation.
func TestChecksAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{socketCheck}
	for _, row := range postfixChecks {
		names = append(names, row.name)
	}
	for _, row := range sendmailChecks {
		names = append(names, row.name)
	}
	for _, name := range names {
		if !strings.Contains(string(page), "\n| `"+name+"`") && !strings.Contains(string(page), ", `"+name+"` |") {
			t.Errorf("%s has no row", name)
		}
	}
}
