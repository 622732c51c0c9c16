package daemon

import (
	"context"
	"errors"
	"fmt"

	"sigmilter/cmd/internal/trial"
	"sigmilter/milter/engine"
)

// selfTestMail is what the daemon puts through its own engine: a short message from one of
// the people, or from an address in the tenant's domain.
const selfTestMail = "From: <%[1]s>\r\nTo: <nobody@self-test.invalid>\r\nSubject: self-test\r\n" +
	"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>Hello</p></body></html>\r\n"

// Health implements [metrics.Daemon]: a message goes through the current engine, from its
// header to its edits. A message that is deferred because of the disk or a template counts
// as healthy, since a restart would not help; an engine that hangs or panics does not.
func (d *Daemon) Health(ctx context.Context) error {
	done := make(chan error, 1)
	go func() { done <- selfTest(d.current.Load()) }()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		err = fmt.Errorf("the engine did not answer: %w", ctx.Err())
	}
	if errors.Is(err, context.Canceled) {
		return err // the caller has stopped waiting
	}
	d.metrics.SelfTested(err)
	if err != nil {
		d.log.Error("self-test failed", "error", err)
	}
	return err
}

// selfTestSender is the address of one of the people, or one in a tenant's domain when
// there is nobody yet.
func (g *generation) selfTestSender() string {
	for _, t := range g.cfg.Tenants {
		if p, ok, err := g.book.Store.AnyPerson(t.Name); err == nil && ok {
			return p
		}
	}
	return "self-test@" + g.cfg.Tenants[0].Domains[0]
}

func selfTest(g *generation) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	from := g.selfTestSender()
	f := engine.ParseFile(fmt.Appendf(nil, selfTestMail, from))
	o := trial.Sign(g.cfg, g.engine, f, trial.Envelope{
		Sender: from, Recipients: []string{"nobody@self-test.invalid"}, Origin: trial.Origin{Proven: true},
	}, nil)
	if o.Report.Action == engine.Failed && o.Report.Reason == "panic" {
		return errors.New("the engine panicked")
	}
	if o.Reply != engine.Continue {
		return nil // deferred as configured, and logged
	}
	if _, err := f.Apply(o); err != nil {
		return fmt.Errorf("cannot apply the edits: %w", err)
	}
	if len(o.Fields) == 0 {
		return errors.New("no guard field")
	}
	return nil
}
