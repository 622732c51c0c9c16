package miltertest

import (
	"encoding/binary"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// fake is the milter's end of a pipe: it reads the packets of a session and
// answers each by a table.
type fake struct {
	negotiation []byte            // the answer's data; nil: nothing but the needed actions
	answers     map[byte][]string // by command: packets, each as code and data
	read        chan<- byte       // if not nil, is told of each command
}

// run answers until the MTA quits, then closes the connection.
func (f fake) run(nc net.Conn) {
	defer nc.Close()
	if f.negotiation == nil {
		f.negotiation = words(2, 1<<0|1<<1|1<<4, 0)
	}
	for {
		var head [4]byte
		if _, err := io.ReadFull(nc, head[:]); err != nil {
			return
		}
		packet := make([]byte, binary.BigEndian.Uint32(head[:]))
		if _, err := io.ReadFull(nc, packet); err != nil {
			return
		}
		if f.read != nil {
			f.read <- packet[0]
		}
		for _, answer := range f.answer(packet[0]) {
			b := binary.BigEndian.AppendUint32(nil, uint32(len(answer)))
			if _, err := nc.Write(append(b, answer...)); err != nil {
				return
			}
		}
		if packet[0] == 'Q' {
			return
		}
	}
}

// answer is the table's, or what a milter with nothing to say answers.
func (f fake) answer(command byte) []string {
	if answers, ok := f.answers[command]; ok {
		return answers
	}
	switch command {
	case 'O':
		return []string{"O" + string(f.negotiation)}
	case 'D', 'A', 'Q':
		return nil
	}
	return []string{"c"}
}

// connect starts the fake and negotiates with it, over TCP: a pipe holds
// nothing, and a milter that says too much would block there.
func connect(t *testing.T, f fake) (*MTA, error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		if nc, err := ln.Accept(); err == nil {
			f.run(nc)
		}
	}()
	mta, err := Dial("tcp", ln.Addr().String())
	if err == nil {
		t.Cleanup(func() { mta.Close() })
		mta.SetTimeout(5 * time.Second)
	}
	return mta, err
}

const raw = "Subject: s\n\nbody\n"

func add(name, value string) string { return "h" + name + "\x00" + value + "\x00" }

func change(index uint32, name, value string) string {
	return "m" + string(words(index)) + name + "\x00" + value + "\x00"
}

func TestSend(t *testing.T) {
	for name, c := range map[string]struct {
		answers map[byte][]string
		raw     string
		want    string
	}{
		"untouched":            {nil, "A:  1\n\tfolded\nb :2\n\nbody\n\n.\r\r\nx", "A:  1\r\n\tfolded\r\nb :2\r\n\r\nbody\r\n\r\n.\r\r\nx\r\n"},
		"header only":          {nil, "A: 1\n", "A: 1\r\n"},
		"empty body":           {nil, "A: 1\n\n", "A: 1\r\n\r\n"},
		"no blank line":        {nil, "A: 1\nno field\n", "A: 1\r\n\r\nno field\r\n"},
		"add":                  {map[byte][]string{'E': {add("X-A", "1\n 2"), "c"}}, raw, "Subject: s\r\nX-A: 1\r\n 2\r\n\r\nbody\r\n"},
		"insert":               {map[byte][]string{'E': {"i" + string(words(0)) + "X-A\x001\x00", "a"}}, raw, "X-A: 1\r\nSubject: s\r\n\r\nbody\r\n"},
		"change":               {map[byte][]string{'E': {change(2, "a", "new"), "c"}}, "A: 1\nA: 2\nA: 3\n\n", "A: 1\r\nA: new\r\nA: 3\r\n\r\n"},
		"change beyond":        {map[byte][]string{'E': {change(2, "A", "new"), "c"}}, "A: 1\nB: 2\n\n", "A: 1\r\nB: 2\r\nA: new\r\n\r\n"},
		"delete":               {map[byte][]string{'E': {change(2, "A", ""), "c"}}, "A: 1\nA: 2\nA: 3\n\n", "A: 1\r\nA: 3\r\n\r\n"},
		"delete beyond":        {map[byte][]string{'E': {change(2, "A", ""), "c"}}, "A: 1\n\n", "A: 1\r\n\r\n"},
		"replace":              {map[byte][]string{'E': {"bone\r", "b\ntwo\n", "c"}}, raw, "Subject: s\r\n\r\none\r\ntwo\r\n"},
		"replace by nothing":   {map[byte][]string{'E': {"b", "c"}}, raw, "Subject: s\r\n\r\n"},
		"progress":             {map[byte][]string{'E': {"p", "p", "c"}}, raw, "Subject: s\r\n\r\nbody\r\n"},
		"accepted before body": {map[byte][]string{'N': {"a"}, 'B': {"t"}, 'E': {"t"}}, raw, "Subject: s\r\n\r\nbody\r\n"},
		"skipped body":         {map[byte][]string{'B': {"s"}}, raw, "Subject: s\r\n\r\nbody\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			mta, err := connect(t, fake{answers: c.answers})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				result, err := mta.Send(Envelope{}, []byte(c.raw))
				if err != nil {
					t.Fatal(err)
				}
				if !result.Accepted || string(result.Raw) != c.want {
					t.Errorf("passed on %q, want %q", result.Raw, c.want)
				}
			}
			if err := mta.Quit(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		command  byte
		answer   string
		tempfail bool
	}{
		"tempfail at mail":         {'M', "t", true},
		"reject at rcpt":           {'R', "r", false},
		"own 4xx at end":           {'E', "y451 4.3.0 later\x00", true},
		"own 5xx at end":           {'E', "y550 5.7.1 no\x00", false},
		"tempfail at end of field": {'L', "t", true},
	} {
		mta, err := connect(t, fake{answers: map[byte][]string{c.command: {c.answer}}})
		if err != nil {
			t.Fatal(err)
		}
		result, err := mta.Send(Envelope{}, []byte(raw))
		if err != nil || result.Tempfailed != c.tempfail || result.Rejected == c.tempfail || result.Accepted || result.Raw != nil {
			t.Errorf("%s: %+v, %v", name, result, err)
		}
	}
}

func TestBreaches(t *testing.T) {
	chunk := "b" + strings.Repeat("x", 64<<10)
	for name, c := range map[string]struct {
		command byte
		answers []string
		fault   string
	}{
		"modification before end":   {'N', []string{add("X-A", "1"), "c"}, "at end-of-headers"},
		"two runs of chunks":        {'E', []string{"bone", add("X-A", "1"), "btwo", "c"}, "second run"},
		"not agreed on":             {'E', []string{"+<a@b>\x00", "c"}, "not agreed"},
		"packet too large":          {'E', []string{chunk + "x", "c"}, "a packet of"},
		"unknown packet":            {'E', []string{"z"}, "neither reply nor modification"},
		"string missing":            {'E', []string{"hX-A\x00", "c"}, "not the strings"},
		"index missing":             {'E', []string{"m\x00", "c"}, "index is missing"},
		"index from 0":              {'E', []string{change(0, "X-A", "1"), "c"}, "counted from 1"},
		"no name":                   {'E', []string{add("", "1"), "c"}, "no field name"},
		"colon in the name":         {'E', []string{add("X:", "1"), "c"}, "field name"},
		"CR in a value":             {'E', []string{add("X-A", "1\r\n 2"), "c"}, "CR in a value"},
		"field smuggled in a value": {'E', []string{add("X-A", "1\nBcc: x"), "c"}, "begin with a blank"},
		"lost":                      {'E', []string{"d"}, "discard"},
		"lost early":                {'M', []string{"d"}, "discard"},
	} {
		mta, err := connect(t, fake{answers: map[byte][]string{c.command: c.answers}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := mta.Send(Envelope{}, []byte(raw)); err == nil || !strings.Contains(err.Error(), c.fault) || !strings.Contains(err.Error(), "breach") {
			t.Errorf("%s: %v, want %q", name, err, c.fault)
		}
	}
}

// TestLargestPacket: 64 KiB of data are allowed.
func TestLargestPacket(t *testing.T) {
	mta, err := connect(t, fake{answers: map[byte][]string{'E': {"b" + strings.Repeat("x", 64<<10), "c"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mta.Send(Envelope{}, []byte(raw)); err != nil {
		t.Error(err)
	}
}

func TestReplyNobodyWaitedFor(t *testing.T) {
	noReply := words(2, 1, 1<<7|1<<12|1<<13|1<<14|1<<15|1<<19)
	answers := map[byte][]string{'C': nil, 'H': nil, 'M': nil, 'R': nil, 'L': nil, 'B': {"c"}}
	mta, err := connect(t, fake{negotiation: noReply, answers: answers})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mta.Send(Envelope{}, []byte(raw)); err != nil {
		t.Fatal(err) // the reply to the body is taken for that at end-of-message
	}
	if err := mta.Quit(); err == nil || !strings.Contains(err.Error(), "nobody waited for") {
		t.Errorf("Quit: %v", err)
	}
}

func TestNegotiation(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		fault  string
	}{
		"newer version":    {"O" + string(words(7, 1, 0)), "more than the offer"},
		"unknown action":   {"O" + string(words(6, 1<<20, 0)), "more than the offer"},
		"unknown protocol": {"O" + string(words(6, 1, 1<<30)), "more than the offer"},
		"short":            {"O\x00", "answer"},
		"something else":   {"c", "answer"},
	} {
		if _, err := connect(t, fake{answers: map[byte][]string{'O': {c.answer}}}); err == nil || !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestStagesNotWanted: what the milter does not want is not sent.
func TestStagesNotWanted(t *testing.T) {
	unwanted := uint32(1<<0 | 1<<1 | 1<<3 | 1<<4 | 1<<5)
	broken := []string{"z"}
	mta, err := connect(t, fake{negotiation: words(6, 1, unwanted), answers: map[byte][]string{'C': broken, 'H': broken, 'R': broken, 'B': broken, 'L': broken}})
	if err != nil {
		t.Fatal(err)
	}
	result, err := mta.Send(Envelope{}, []byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	want := []StageReply{{AtMail, Continue}, {AtEndOfHeaders, Continue}, {AtEndOfMessage, Continue}}
	if !slices.Equal(result.Replies, want) {
		t.Errorf("replies %v", result.Replies)
	}
}

func TestClosed(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	go fake{}.run(theirs)
	mta, err := New(ours, Postfix)
	if err != nil {
		t.Fatal(err)
	}
	mta.SetTimeout(10 * time.Millisecond)
	if err := mta.Closed(); err == nil || !strings.Contains(err.Error(), "keeps the connection open") {
		t.Errorf("an open connection: %v", err)
	}
	theirs.Close()
	if err := mta.Closed(); err != nil {
		t.Errorf("a closed connection: %v", err)
	}
}

// A packet is sent when a reply is waited for, when the buffer is full, or when it
// is asked for.
func TestPacketsWait(t *testing.T) {
	quiet := words(2, 1, 1<<12|1<<14|1<<19)
	for name, c := range map[string]struct {
		sent func(*MTA) error
		want string // the commands that the milter has read then
	}{
		"flush": {(*MTA).Flush, "CM"},
		"abort": {(*MTA).Abort, "CMA"},
		"close": {(*MTA).Close, "CM"},
		"quit":  {(*MTA).Quit, "CMQ"},
		"reply": {func(m *MTA) error { _, err := m.EndOfHeaders(); return err }, "CMN"},
		"large": {func(m *MTA) error { _, err := m.Body(make([]byte, 8<<10)); return err }, "CMB"},
	} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := net.Pipe()
			read := make(chan byte, 10)
			go fake{negotiation: quiet, answers: map[byte][]string{'C': nil, 'M': nil, 'B': nil}, read: read}.run(theirs)
			mta, err := New(ours, Postfix)
			if err != nil {
				t.Fatal(err)
			}
			defer mta.Close()
			if _, err := mta.Connect("client.example.org", "192.0.2.1", 1); err != nil {
				t.Fatal(err)
			}
			if _, err := mta.Mail("a@example.org"); err != nil {
				t.Fatal(err)
			}
			if n := len(read); n != 1 {
				t.Fatalf("%d packets read, want that of the negotiation", n)
			}
			if err := c.sent(mta); err != nil {
				t.Fatal(err)
			}
			for _, want := range "O" + c.want {
				select {
				case got := <-read:
					if got != byte(want) {
						t.Errorf("read %q, want %q", got, want)
					}
				case <-time.After(5 * time.Second):
					t.Fatalf("%q is not read", want)
				}
			}
		})
	}
}
