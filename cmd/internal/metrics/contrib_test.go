package metrics

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const contrib = "../../../contrib/"

// exported are the names of all metrics, those of histograms as they are asked for.
func exported(t *testing.T) map[string]bool {
	t.Helper()
	f, m := lively()
	families, err := m.Gatherer(f).Gather()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, family := range families {
		names[family.GetName()] = true
		if family.GetMetric()[0].GetHistogram() != nil {
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				names[family.GetName()+suffix] = true
			}
		}
	}
	return names
}

var metricName = regexp.MustCompile(`\b(sigmilter|process|go)_[a-z_]+\b`)

// wantExported wants every metric that a text names to exist.
func wantExported(t *testing.T, where, text string) (named []string) {
	t.Helper()
	known := exported(t)
	for _, name := range metricName.FindAllString(text, -1) {
		if !known[name] {
			t.Errorf("%s: there is no metric %s", where, name)
		}
		named = append(named, name)
	}
	return named
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDashboard(t *testing.T) {
	var board struct {
		Title  string
		Panels []struct {
			ID      int
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, contrib+"grafana/dashboard.json")), &board); err != nil {
		t.Fatal(err)
	}
	if board.Title == "" || len(board.Panels) < 10 {
		t.Fatalf("%q has %d panels", board.Title, len(board.Panels))
	}
	taken := map[string]string{}
	var named []string
	for _, p := range board.Panels {
		if len(p.Targets) == 0 {
			t.Errorf("%s asks for nothing", p.Title)
		}
		for _, target := range p.Targets {
			found := wantExported(t, p.Title, target.Expr)
			if len(found) == 0 {
				t.Errorf("%s: no metric in %s", p.Title, target.Expr)
			}
			named = append(named, found...)
		}
		at := p.GridPos
		for x := at.X; x < at.X+at.W; x++ {
			for y := at.Y; y < at.Y+at.H; y++ {
				cell := fmt.Sprint(x, " ", y)
				if taken[cell] != "" || x >= 24 {
					t.Fatalf("%s lies over %s at %s", p.Title, taken[cell], cell)
				}
				taken[cell] = p.Title
			}
		}
	}
	for _, name := range []string{"sigmilter_messages_total", "sigmilter_message_wait_seconds_bucket", "sigmilter_source_last_success_timestamp_seconds"} {
		if !slices.Contains(named, name) {
			t.Errorf("nothing shows %s", name)
		}
	}
}

// Every alert names metrics there are, and has a case in which it fires and one in
// which it does not.
func TestAlerts(t *testing.T) {
	rules, tests := read(t, contrib+"prometheus/alerts.yml"), read(t, contrib+"prometheus/alerts_test.yml")
	wantExported(t, "alerts.yml", rules)
	wantExported(t, "alerts_test.yml", tests)
	alerts := regexp.MustCompile(`- alert: (\w+)`).FindAllStringSubmatch(rules, -1)
	if len(alerts) < 10 {
		t.Fatalf("%d alerts", len(alerts))
	}
	quiet, loud, _ := strings.Cut(tests, "all is broken")
	for _, a := range alerts {
		if !strings.Contains(quiet, "alertname: "+a[1]+" ") || !strings.Contains(loud, "alertname: "+a[1]+"\n") {
			t.Errorf("%s is not tested both ways", a[1])
		}
	}
}

func TestAlertsFire(t *testing.T) {
	if _, err := exec.LookPath("promtool"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("promtool is missing; make setup installs it")
		}
		t.Skip("promtool is not installed; make setup installs it")
	}
	cmd := exec.CommandContext(t.Context(), "promtool", "test", "rules", "alerts_test.yml")
	cmd.Dir = contrib + "prometheus"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// The page for admins lists every metric of ours, and no other.
func TestDocumentedMetrics(t *testing.T) {
	text := read(t, "../../../docs/running.md")
	wantExported(t, "docs/running.md", text)
	for name := range exported(t) {
		base := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_sum"), "_count")
		if strings.HasPrefix(name, "sigmilter_") && !strings.Contains(text, "| `"+base+"` |") {
			t.Errorf("docs/running.md: no row of %s", base)
		}
	}
}
