package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"sigmilter/milter/miltertest"
)

// load is how a filter is driven.
type load struct {
	clients, messages int
	perSecond         float64 // zero: as fast as it can
}

// driven is what came of it.
type driven struct {
	perSecond      float64
	waits          []time.Duration // of each message
	filter, driver time.Duration   // CPU time, of all messages
}

// drive sends a message over and over, without an MTA. Each connection first has it
// played by a fake MTA, which looks at what became of it; that is not measured.
func drive(f *filter, raw []byte, l load) (d driven, err error) {
	err = withPlayers(f, raw, l.clients, func(players []*player) error {
		before, err := f.usage()
		if err != nil {
			return err
		}
		ownBefore, err := ownCPU()
		if err != nil {
			return err
		}
		if d, err = play(players, l); err != nil {
			return err
		}
		own, err := ownCPU()
		if err != nil {
			return err
		}
		after, err := f.usage()
		d.filter, d.driver = after.cpu-before.cpu, own-ownBefore
		return err
	})
	return d, err
}

// withPlayers hands over players of a message, each with a connection of its own.
func withPlayers(f *filter, raw []byte, clients int, use func([]*player) error) error {
	var players []*player
	defer func() {
		for _, p := range players {
			p.conn.Close()
		}
	}()
	for i := range clients {
		p, err := newPlayer(f, i, raw)
		if err != nil {
			return err
		}
		players = append(players, p)
	}
	return use(players)
}

// play has the players take turns at the messages.
func play(players []*player, l load) (driven, error) {
	var (
		group errgroup.Group
		mu    sync.Mutex
		d     driven
	)
	due := make(chan struct{}, l.messages)
	began := time.Now()
	for _, p := range players {
		group.Go(func() error {
			var waits []time.Duration
			for range due {
				from := time.Now()
				if err := p.send(); err != nil {
					return err
				}
				waits = append(waits, time.Since(from))
			}
			mu.Lock()
			defer mu.Unlock()
			d.waits = append(d.waits, waits...)
			return nil
		})
	}
	for i := range l.messages {
		if l.perSecond > 0 {
			time.Sleep(time.Until(began.Add(time.Duration(float64(i) / l.perSecond * float64(time.Second)))))
		}
		due <- struct{}{}
	}
	close(due)
	err := group.Wait()
	d.perSecond = float64(l.messages) / time.Since(began).Seconds()
	return d, err
}

// ownCPU is what this process has used.
func ownCPU() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, fmt.Errorf("ask for the CPU time of the benchmark: %w", err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}

// player sends one message again and again over its connection, at the cost of a
// write and a read for each reply that is due: a driver that made the packets anew
// and read what the filter changes would measure itself.
type player struct {
	conn   net.Conn
	reader *bufio.Reader
	turns  [][]byte // the packets up to each reply
}

// playTimeout bounds the wait for all of a player's messages.
const playTimeout = 10 * time.Minute

// newPlayer has a fake MTA send the message and keeps what it says. An error is one
// of the filter's too: the message is refused, or does not bear the filter's mark.
func newPlayer(f *filter, i int, raw []byte) (*player, error) {
	conn, err := net.Dial(f.network(), f.socket)
	if err != nil {
		return nil, err
	}
	p, err := record(conn, f.mark, i, raw)
	if err != nil {
		conn.Close()
	}
	return p, err
}

func record(conn net.Conn, mark string, i int, raw []byte) (*player, error) {
	kept := &recorder{Conn: conn}
	mta, err := miltertest.New(kept, miltertest.Postfix)
	if err != nil {
		return nil, err
	}
	mta.SetTimeout(playTimeout)
	for _, greet := range []func() (miltertest.Reply, error){
		func() (miltertest.Reply, error) { return mta.Connect("client.example", "192.0.2.1", 25) },
		func() (miltertest.Reply, error) { return mta.Helo("client.example") },
		func() (miltertest.Reply, error) { return "", mta.Flush() },
	} {
		if _, err := greet(); err != nil {
			return nil, err
		}
	}
	kept.turns = nil
	// MIMEDefang wants queue ids that no message at a time shares.
	envelope := miltertest.Envelope{Sender: "alice@contoso.com", Recipients: []string{"ben@fabrikam.example"}, QueueID: fmt.Sprintf("BENCH%d", i)}
	result, err := mta.Send(envelope, raw)
	switch {
	case err != nil:
		return nil, err
	case !result.Accepted:
		return nil, fmt.Errorf("a message was refused: %v", result.Replies)
	case !bytes.Contains(result.Raw, []byte(mark)):
		return nil, fmt.Errorf("a message came out without %q", mark)
	case len(kept.turns) != len(result.Replies):
		return nil, fmt.Errorf("%d replies to %d writes in a row", len(result.Replies), len(kept.turns))
	}
	return &player{conn, bufio.NewReaderSize(conn, 64<<10), kept.turns}, conn.SetDeadline(time.Now().Add(playTimeout))
}

// recorder keeps what is written to a connection, in turns that end with a read.
type recorder struct {
	net.Conn
	turns [][]byte
	heard bool // since the last write
}

func (r *recorder) Write(b []byte) (int, error) {
	if len(r.turns) == 0 || r.heard {
		r.turns = append(r.turns, nil)
	}
	r.heard = false
	last := &r.turns[len(r.turns)-1]
	*last = append(*last, b...)
	return r.Conn.Write(b)
}

func (r *recorder) Read(b []byte) (int, error) {
	r.heard = true
	return r.Conn.Read(b)
}

// send sends the message once more.
func (p *player) send() error {
	for _, packets := range p.turns {
		if _, err := p.conn.Write(packets); err != nil {
			return err
		}
		code, err := p.reply()
		if err != nil {
			return err
		}
		if code != 'c' && code != 'a' {
			return fmt.Errorf("a message was answered with %q", code)
		}
	}
	return nil
}

// reply reads up to the next reply, of which it returns the code.
func (p *player) reply() (byte, error) {
	for {
		head, err := p.reader.Peek(5)
		if err != nil {
			return 0, err
		}
		size, code := binary.BigEndian.Uint32(head), head[4]
		if _, err := p.reader.Discard(4 + int(size)); err != nil {
			return 0, err
		}
		if strings.IndexByte("cartdsy", code) >= 0 {
			return code, nil
		}
	}
}
