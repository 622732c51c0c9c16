package main

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"sigmilter/cmd/internal/control"
	"sigmilter/milter/entity"
	"sigmilter/milter/miltertest"
)

// memory is that of the daemon with many people, in bytes.
type memory struct {
	Idle    int64   // resident, when they were taken over
	Anon    int64   // of it, what is the daemon's own
	File    int64   // of it, pages of files: its program and its state file
	WakeUps float64 // of all its threads, a second, idle
	Hands   int     // large messages in hand at once
	InHand  int64   // resident when all of them are there but for their end
	Most    int64   // resident at most until all of them were answered
}

// memory looks at the daemon while nothing happens, and then with large messages.
func (b *bench) memory(ctx context.Context, r *report) error {
	f := b.filter("sigmilter-large")
	b.progress("an idle daemon")
	if err := b.awaitPeople(ctx); err != nil {
		return err
	}
	const quiet = 10 * time.Second
	woken := f.wakeUps()
	time.Sleep(quiet)
	idle, err := f.usage()
	if err != nil {
		return err
	}
	r.memory = memory{Idle: idle.rss, Anon: idle.anon, File: idle.file, WakeUps: float64(f.wakeUps()-woken) / quiet.Seconds(), Hands: max(10, 100/b.scale)}
	if err := f.forgetMost(); err != nil {
		return err
	}
	b.progress("%d messages of 25 MB at once", r.memory.Hands)
	raw := miltertest.AttachmentMail(25 << 20)
	var (
		group  errgroup.Group
		there  sync.WaitGroup
		finish = make(chan struct{})
	)
	there.Add(r.memory.Hands)
	for i := range r.memory.Hands {
		group.Go(func() error {
			mta, err := hold(f, raw, i)
			there.Done()
			if err != nil {
				return err
			}
			defer mta.Close()
			<-finish
			_, reply, err := mta.EndOfMessage()
			if err == nil && reply != miltertest.Continue && reply != miltertest.Accept {
				err = fmt.Errorf("a large message was answered with %q", reply)
			}
			return err
		})
	}
	there.Wait()
	now, err := f.usage()
	if err != nil {
		return err
	}
	r.memory.InHand = now.rss
	close(finish)
	if err := group.Wait(); err != nil {
		return err
	}
	most, err := f.usage()
	r.memory.Most = most.top
	return err
}

// awaitPeople waits until the daemon has taken over all people.
func (b *bench) awaitPeople(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		status, err := b.control.Status(ctx)
		if err != nil {
			return fmt.Errorf("wait until %d people are there: %w", people, err)
		}
		if status.State == control.Ready && len(status.Tenants) == 1 && status.Tenants[0].People > people {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait until %d people are there: %w", people, ctx.Err())
		case <-tick.C:
		}
	}
}

// hold hands over a message but for its end.
func hold(f *filter, raw []byte, i int) (*miltertest.MTA, error) {
	conn, err := net.Dial(f.network(), f.socket)
	if err != nil {
		return nil, err
	}
	mta, err := miltertest.New(conn, miltertest.Postfix)
	if err != nil {
		return nil, err
	}
	mta.SetTimeout(5 * time.Minute)
	header, body := entity.ParseHeader(raw)
	steps := []func() (miltertest.Reply, error){
		func() (miltertest.Reply, error) { return mta.Connect("client.example", "192.0.2.1", 25) },
		func() (miltertest.Reply, error) { return mta.Helo("client.example") },
		func() (miltertest.Reply, error) {
			return "", mta.Macros(miltertest.AtMail, "i", fmt.Sprintf("HELD%d", i))
		},
		func() (miltertest.Reply, error) { return mta.Mail("alice@contoso.com") },
		func() (miltertest.Reply, error) { return mta.Rcpt("ben@fabrikam.example") },
	}
	for _, field := range header {
		steps = append(steps, func() (miltertest.Reply, error) { return mta.Header(field.Name, field.Value) })
	}
	steps = append(steps, mta.EndOfHeaders,
		func() (miltertest.Reply, error) { return mta.Body(raw[body:]) },
		func() (miltertest.Reply, error) { return "", mta.Flush() })
	for _, step := range steps {
		if reply, err := step(); err != nil || reply == miltertest.Tempfail {
			conn.Close()
			return nil, fmt.Errorf("a large message was answered with %q: %w", reply, err)
		}
	}
	return mta, nil
}
