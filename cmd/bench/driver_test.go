package main

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"sigmilter/milter/miltertest"
)

// packets are answers of a filter as they are on the wire.
func packets(all ...string) string {
	var b strings.Builder
	for _, one := range all {
		b.WriteString(string([]byte{0, 0, byte(len(one) >> 8), byte(len(one))}) + one)
	}
	return b.String()
}

// serve answers connections as a filter would that wants no packet but that at
// end-of-message to be answered, each message with the answers in turn.
func serve(t *testing.T, answers ...string) *filter {
	f := &filter{name: "fake", socket: filepath.Join(t.TempDir(), "f.sock"), mark: "X-Mark: Yes"}
	ln, err := net.Listen("unix", f.socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go answer(conn, answers)
		}
	}()
	return f
}

func answer(conn net.Conn, answers []string) {
	defer conn.Close()
	replies := append([]string{packets("O\x00\x00\x00\x06\x00\x00\x00\x01\x00\x0f\xf2\x80")}, answers...)
	var read strings.Builder
	for buffer := make([]byte, 64<<10); ; {
		n, err := conn.Read(buffer)
		if err != nil || len(replies) == 0 {
			return
		}
		read.Write(buffer[:n])
		// The packets that want an answer: of the negotiation, and at end-of-message.
		if s := read.String(); strings.HasPrefix(s, "\x00\x00\x00\x0dO") || strings.HasSuffix(s, "\x00\x00\x00\x01E") {
			read.Reset()
			if _, err := conn.Write([]byte(replies[0])); err != nil {
				return
			}
			replies = replies[1:]
		}
	}
}

func TestDrive(t *testing.T) {
	marked := packets("hX-Mark\x00Yes\x00", "c")
	for name, c := range map[string]struct {
		answers []string
		fault   string
	}{
		"all well":       {[]string{marked, packets("b"+strings.Repeat("x", 5000), "p", "a"), marked, marked}, ""},
		"without mark":   {[]string{packets("c")}, `without "X-Mark: Yes"`},
		"refused":        {[]string{packets("t")}, "refused"},
		"refused later":  {[]string{marked, marked, packets("t")}, `answered with 't'`},
		"gone meanwhile": {[]string{marked, marked}, "EOF"},
	} {
		d, err := drive(serve(t, c.answers...), miltertest.TextMail(2<<10), load{1, 3, 0})
		switch {
		case c.fault == "" && (err != nil || len(d.waits) != 3 || d.perSecond <= 0 || d.driver <= 0):
			t.Errorf("%s: %+v, %v", name, d, err)
		case c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)):
			t.Errorf("%s: %v, want %q", name, err, c.fault)
		}
	}
}
