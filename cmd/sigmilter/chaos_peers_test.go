package main_test

import (
	"errors"
	"net"
	"time"

	"sigmilter/cmd/internal/lab"
	"sigmilter/milter/miltertest"
)

const (
	hangingPeers = 40
	slowPeers    = 5
	idleSessions = 1000
	maxSessions  = 1100
)

func shortStop(o *ordeal) { o.configure("[log]", "[timeouts]\nstop = \"1s\"\n\n[log]") }

// slowAndHangingPeers has MTAs stop in each stage of a message and others send theirs
// byte by byte, then stops the daemon, which must not wait for those that hang.
func slowAndHangingPeers(o *ordeal, _ int) {
	for _, m := range o.hang() {
		defer m.Close()
	}
	meanwhile := o.hold()
	slow := make(chan error, slowPeers)
	for i := range slowPeers {
		go func() { slow <- o.sendSlowly(lab.Samples[i]) }()
	}
	for range slowPeers {
		if err := <-slow; err != nil {
			o.t.Error(err)
			continue
		}
		o.seen["slow"]++
	}
	o.finish(meanwhile)
	status, err := o.ask().Status(o.ctx)
	o.must(err)
	if status.Sessions.Open < hangingPeers {
		o.t.Errorf("%d sessions are open", status.Sessions.Open)
	}
	began := time.Now()
	o.again()
	if took := time.Since(began); took > 30*time.Second {
		o.t.Errorf("the daemon took %v to stop and another to start", took)
	}
}

func feltPeers(o *ordeal, strikes int) []proof {
	return []proof{
		{"messages that came byte by byte and were signed", o.seen["slow"], slowPeers * strikes},
		{"messages that were sent meanwhile", o.seen["finished"], strikes},
		{"stops that gave up messages of hanging peers", o.logged("gave up some messages; the MTA will try them again"), strikes},
	}
}

// hang opens connections that stop in each stage of the protocol.
func (o *ordeal) hang() (hanging []*miltertest.MTA) {
	stages := []func(*miltertest.MTA) error{
		func(m *miltertest.MTA) error { _, err := m.Mail("alice@contoso.com"); return err },
		func(m *miltertest.MTA) error { _, err := m.Header("From", " alice@contoso.com"); return err },
		func(m *miltertest.MTA) error { _, err := m.EndOfHeaders(); return err },
		func(m *miltertest.MTA) error { _, err := m.Body([]byte("Hello\r\n")); return err },
	}
	for i := range hangingPeers {
		m, err := miltertest.Dial("unix", o.site.Socket)
		if err != nil {
			o.t.Fatal(err)
		}
		hanging = append(hanging, m)
		_, err = m.Connect("mail.example", "192.0.2.1", 25)
		o.must(err)
		for _, stage := range stages[:i%(len(stages)+1)] {
			o.must(stage(m))
		}
		o.must(m.Flush())
	}
	return hanging
}

// slowConn writes a byte at a time, and pauses after some.
type slowConn struct{ net.Conn }

// Write implements [io.Writer].
func (c slowConn) Write(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		if n%10 == 0 {
			time.Sleep(200 * time.Microsecond)
		}
		if _, err = c.Conn.Write(p[n : n+1]); err == nil {
			n++
		}
	}
	return n, err
}

// sendSlowly is an MTA of its own that sends one sample, and looks what becomes of it.
func (o *ordeal) sendSlowly(s lab.Sample) error {
	conn, err := net.Dial("unix", o.site.Socket)
	if err != nil {
		return err
	}
	defer conn.Close()
	m, err := miltertest.New(slowConn{conn}, miltertest.Postfix)
	if err != nil {
		return err
	}
	m.SetTimeout(time.Minute)
	result, err := m.Send(miltertest.Envelope{Sender: s.From, Recipients: s.To}, s.Raw())
	if err != nil {
		return err
	}
	if !result.Accepted {
		return errors.New("a message that came slowly was not accepted")
	}
	return lab.Check(s, lab.Arrival{MessageID: s.MessageID(), From: s.From, To: s.To, Sent: s.Raw(), Raw: result.Raw, Passes: 1})
}

func fewSessions(o *ordeal) { o.configure("[log]", "[limits]\nsessions = 1100\n\n[log]") }

func idlePeers(o *ordeal) {
	for range idleSessions {
		conn, err := net.Dial("unix", o.site.Socket)
		if err != nil {
			o.t.Fatal(err)
		}
		o.t.Cleanup(func() { conn.Close() })
	}
	o.eventually("1,000 sessions", func() bool {
		status, err := o.ask().Status(o.ctx)
		o.must(err)
		return status.Sessions.Open >= idleSessions
	})
	o.seen["idle"] = idleSessions
}

// overTheLimit fills up the sessions. One message of a new connection must wait then,
// until there is room again.
func overTheLimit(o *ordeal, i int) {
	if n := o.cloud.Deferred(); i == 0 && n > 0 {
		o.t.Errorf("%d refusals below the limit on sessions", n)
	}
	o.reload()
	release := o.fillSessions()
	before := o.cloud.Deferred()
	m := o.another()
	sent := make(chan error, 1)
	go func() { sent <- o.cloud.Send(o.ctx, m) }()
	var done bool
	var err error
	o.eventually("a message that waits", func() bool {
		select {
		case err = <-sent: // a session of the load had just ended
			done = true
		default:
		}
		return done || o.cloud.Deferred() >= before+2
	})
	release()
	if !done {
		o.seen["waited"]++
		err = <-sent
	}
	o.must(err)
}

// fillSessions takes every session that is free, until release.
func (o *ordeal) fillSessions() (release func()) {
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			conn, err := net.Dial("unix", o.site.Socket)
			if err == nil {
				defer conn.Close()
			}
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	}()
	status, err := o.ask().Status(o.ctx)
	o.must(err)
	before := status.Sessions.Refused
	o.eventually("a connection over the limit that is refused", func() bool {
		status, err := o.ask().Status(o.ctx)
		o.must(err)
		return status.Sessions.Refused > before+2 && status.Sessions.Open >= maxSessions
	})
	return func() {
		close(stop)
		<-ended
	}
}

func feltLimit(o *ordeal, strikes int) []proof {
	return []proof{
		{"idle connections", o.seen["idle"], idleSessions},
		{"lines on refused connections", o.logged("connections refused: the limit on sessions is reached"), 1},
		{"messages that waited for a session and went on", o.seen["waited"], strikes / 2},
	}
}
