package maillog

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"sigmilter/milter/engine"
)

func TestFailedIsAWarning(t *testing.T) {
	for action, want := range map[engine.Action]string{engine.Signed: "INFO", engine.Skipped: "INFO", engine.Handled: "INFO", engine.Failed: "WARN"} {
		var out bytes.Buffer
		Write(slog.New(slog.NewTextHandler(&out, nil)), &engine.Message{}, engine.Outcome{Report: engine.Report{Action: action}}, 0)
		if !strings.Contains(out.String(), "level="+want+" ") {
			t.Errorf("%s: %s", action, out.String())
		}
	}
}

func TestWrite(t *testing.T) {
	var out bytes.Buffer
	m := &engine.Message{Session: "s1", QueueID: "C471D3DF", Sender: "alice@contoso.com", Recipients: []string{"ben@example.net"}, Size: 120}
	o := engine.Outcome{Report: engine.Report{
		Action: engine.Signed, Reason: "rule", Tenant: "contoso", Rule: "all", Micros: 850,
		Blocks: []engine.BlockReport{
			{Part: "1.1", Block: "signature", Template: "corporate", Placed: "above-quote", Separator: "owa-header"},
			{Part: "1.2", Block: "signature", Template: "corporate", Placed: "end"},
			{Part: "1.2", Block: "disclaimer", Template: "legal", Placed: "end"},
		},
	}}
	Write(slog.New(slog.NewTextHandler(&out, nil)), m, o, 2*time.Millisecond)
	want := ` level=INFO msg=message session=s1 queue=C471D3DF from=alice@contoso.com recipients=1 bytes=120 action=signed reason=rule` +
		` tenant=contoso rule=all blocks=signature:corporate,disclaimer:legal placed="1.1=above-quote(owa-header),1.2=end,1.2=end" micros=850 waited=2000` + "\n"
	if _, got, _ := strings.Cut(out.String(), " "); " "+got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
