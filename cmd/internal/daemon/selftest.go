package daemon

import (
	"context"
	"errors"
	"fmt"

	"sigmilter/cmd/internal/trial"
	"sigmilter/milter"
)

// selfTestMail is what the daemon puts through its own engine: a short message of
// one of the people, or of somebody in the tenant's domain.
const selfTestMail = "From: <%[1]s>\r\nTo: <nobody@self-test.invalid>\r\nSubject: self-test\r\n" +
	"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>Hello</p></body></html>\r\n"

// Health implements [control.Daemon]: a message goes through the engine in force,
// from its header to its edits. That mail is deferred because of the disk or of a
// template is no fault of the program, which a restart would not mend; that the
// engine hangs or panics is.
func (d *Daemon) Health(ctx context.Context) error {
	done := make(chan error, 1)
	go func() { done <- selfTest(d.current.Load()) }()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		err = fmt.Errorf("no answer of the engine: %w", ctx.Err())
	}
	if errors.Is(err, context.Canceled) {
		return err // nobody wants to know any more
	}
	d.metrics.SelfTested(err)
	if err != nil {
		d.log.Error("self-test failed", "error", err)
	}
	return err
}

func selfTest(g *generation) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	from := "self-test@" + g.cfg.Tenants[0].Domains[0]
	for _, t := range g.cfg.Tenants {
		if p, ok, err := g.book.Store.AnyPerson(t.Name); err == nil && ok {
			from = p
			break
		}
	}
	f := milter.ParseFile(fmt.Appendf(nil, selfTestMail, from))
	o := trial.Sign(g.cfg, g.engine, f, trial.Envelope{
		Sender: from, Recipients: []string{"nobody@self-test.invalid"}, Origin: trial.Origin{Proven: true},
	}, nil)
	if o.Report.Action == milter.Failed && o.Report.Reason == "panic" {
		return errors.New("the engine panics")
	}
	if o.Reply != milter.Continue {
		return nil // as configured, and logged
	}
	if _, err := f.Apply(o); err != nil {
		return fmt.Errorf("the edits do not fit: %w", err)
	}
	if len(o.Fields) == 0 {
		return errors.New("no guard field")
	}
	return nil
}
