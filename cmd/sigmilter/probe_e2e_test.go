package main_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The probe goes through a real MTA with the daemon behind it, back to the
// stand-in for Microsoft 365, and is found in the mailbox it is delivered to.
func TestProbeThroughRelay(t *testing.T) {
	onEach(t, probeThrough)
}

func probeThrough(t *testing.T, r *relay) {
	box := t.TempDir()
	for _, name := range []string{"new", "cur"} {
		if err := os.Mkdir(filepath.Join(box, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	delivered := make(chan error, 1)
	go func() {
		if err := r.cloud.Wait(r.ctx, 1); err != nil {
			delivered <- err
			return
		}
		delivered <- os.WriteFile(filepath.Join(box, "new", "1.probe"), r.cloud.Arrivals()[0].Raw, 0o600)
	}()
	out, err := exec.CommandContext(r.ctx, r.binary, "probe", "-c", r.site.Config, "--relay", r.mta.Addr(),
		"--from", "alice@contoso.com", "--to", "probe@contoso.com", "--wait", "maildir:"+box,
		"--contains", "Gauge Street 7", "--timeout", "60s", "--json").Output()
	var result struct {
		OK, Guard, Signed bool
		LatencyMS         int64 `json:"latency_ms"`
	}
	if jsonErr := json.Unmarshal(out, &result); jsonErr != nil || err != nil || !result.OK || !result.Guard || !result.Signed {
		t.Fatalf("%v, %v\n%s", err, jsonErr, out)
	}
	if err := <-delivered; err != nil {
		t.Error(err)
	}
	if a := r.cloud.Arrivals(); len(a) != 1 || a[0].Passes != 1 {
		t.Errorf("it arrived %d times", len(a))
	}
	if left, err := os.ReadDir(filepath.Join(box, "new")); err != nil || len(left) > 0 {
		t.Errorf("%v; the message was left in the mailbox: %v", err, left)
	}
	t.Logf("came back in %d ms", result.LatencyMS)
}
