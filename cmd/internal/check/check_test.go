package check

import (
	"testing"

	"sigmilter/cmd/internal/config"
	"sigmilter/sigstore/directory"
)

// Finished signatures that no template gives way to are told.
func TestCheckReady(t *testing.T) {
	people := []directory.Person{{Address: "alice@contoso.com", Ready: &directory.Ready{HTML: "<p>Made elsewhere</p>"}}}
	for _, ready := range []bool{true, false} {
		templates := map[string]config.Template{"corporate": {Ready: ready}}
		r := &run{cfg: &config.Config{Templates: templates}}
		r.checkReady(config.Tenant{Name: "contoso"}, people)
		if (len(r.Warnings) == 0) != ready {
			t.Errorf("ready %v: warnings %q", ready, r.Warnings)
		}
	}
}
