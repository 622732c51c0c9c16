package main

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"sigmilter/cmd/internal/lab"
)

// growing is a log that more is written to each time it was read to its end.
type growing struct {
	parts []string
	now   *strings.Reader
}

func (g *growing) Read(b []byte) (int, error) {
	n, err := g.now.Read(b)
	if err != nil && len(g.parts) > 0 {
		g.now, g.parts = strings.NewReader(g.parts[0]), g.parts[1:]
	}
	return n, err
}

func TestLeaving(t *testing.T) {
	const (
		in   = "postfix/pipe[7]: A1: to=<ben@fabrikam.example>, relay=altermime, status=sent (delivered via altermime service)\n"
		out  = "postfix/discard[8]: A2: to=<ben@fabrikam.example>, relay=none, dsn=2.0.0, status=sent (fabrikam.example)\n"
		back = "postfix/discard[8]: A3: to=<alice@contoso.com>, relay=none, dsn=2.0.0, status=sent (contoso.com)\n"
	)
	log := &growing{[]string{in + out[:20], out[20:] + back, in, out + out[:30]}, strings.NewReader("")}
	l := leaving{log: log}
	if err := l.wait(t.Context(), 2); err != nil || l.n != 2 {
		t.Errorf("%d left, %v", l.n, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := l.wait(ctx, 3); err == nil || !strings.Contains(err.Error(), "2 of 3") {
		t.Errorf("a message too few: %v", err)
	}
}

// TestAlterMIMEScript: Postfix hands a message to the script, and it comes back.
func TestAlterMIMEScript(t *testing.T) {
	lab.RequirePostfix(t)
	if _, _, err := peer("altermime"); err != nil {
		t.Skip("make bench: ", err)
	}
	f := &filter{name: "altermime-script", mark: signature}
	b := &bench{dir: lab.TestDir(t), scale: 1000, filters: []*filter{{name: "none"}, f}}
	if err := b.startAlterMIMEScript(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	if err := b.startPostfix(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.postfix.Stop)
	if err := b.writeMails(); err != nil {
		t.Fatal(err)
	}
	r := &rate{filter: f}
	if err := b.passThrough(t.Context(), r); err != nil {
		log, _ := os.ReadFile(b.postfix.Log())
		t.Fatalf("%v\n%s", err, log)
	}
	if r.messages != peerClients || len(r.perSecond) != 1 {
		t.Errorf("%+v", r)
	}
	// One that fails keeps its messages in the queue until they are dropped.
	if err := os.Remove(b.path("altermime-copy")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(b.path("altermime-spool")); err != nil {
		t.Fatal(err)
	}
	failing, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	if err := b.passThrough(failing, r); err == nil {
		t.Error("a script that fails is not told of")
	}
	if err := b.postfix.Drop(); err != nil {
		t.Fatal(err)
	}
	if queue, err := b.postfix.Queue(); err != nil || len(queue) > 0 {
		t.Errorf("%d messages left, %v", len(queue), err)
	}
}
