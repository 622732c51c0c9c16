package milter

import (
	"bufio"
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"testing"

	"sigmilter/milter/entity"
	"sigmilter/milter/miltertest"
)

// BenchmarkSession is a message over a unix socket, from MAIL to the last reply,
// with a client that costs next to nothing.
func BenchmarkSession(b *testing.B) {
	for _, w := range miltertest.Workloads {
		b.Run(w.Name, func(b *testing.B) {
			raw := w.Make()
			b.SetBytes(int64(len(raw)))
			benchSession(b, raw)
		})
	}
	b.Run("handled-50k", func(b *testing.B) {
		benchSession(b, append([]byte(guard+": Yes\r\n"), miltertest.ReplyMail(2<<10, 48<<10)...))
	})
}

func benchSession(b *testing.B, raw []byte) {
	e := benchEngine()
	server := New(Options{Begin: e.begin, Log: slog.New(slog.DiscardHandler)})
	ln, err := net.Listen("unix", filepath.Join(b.TempDir(), "s"))
	if err != nil {
		b.Fatal(err)
	}
	go server.Serve(ln, "")
	defer ln.Close()
	conn, err := net.Dial("unix", ln.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 128<<10)
	offer := []byte{0, 0, 0, 13, 'O', 0, 0, 0, 6, 0, 0, 1, 0xff, 0, 0x1f, 0xff, 0xff}
	if _, err := conn.Write(offer); err != nil {
		b.Fatal(err)
	}
	if code := packet(b, in); code != 'O' {
		b.Fatalf("negotiation answered with %q", code)
	}
	head, rest := packets(raw)
	b.ReportAllocs()
	for b.Loop() {
		if answer(b, conn, in, head) == 'c' {
			answer(b, conn, in, rest)
		}
	}
}

// answer sends packets and returns the code of the reply to them.
func answer(b *testing.B, conn net.Conn, in *bufio.Reader, packets []byte) byte {
	sent := make(chan error, 1)
	go func() {
		_, err := conn.Write(packets)
		sent <- err
	}()
	for {
		switch code := packet(b, in); code {
		case 'c', 'a':
			if err := <-sent; err != nil {
				b.Fatal(err)
			}
			return code
		case 't', 'r':
			b.Fatalf("answered with %q", code)
		}
	}
}

// packet reads a packet and returns its code.
func packet(b *testing.B, in *bufio.Reader) byte {
	var head [5]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		b.Fatal(err)
	}
	if _, err := in.Discard(int(binary.BigEndian.Uint32(head[:])) - 1); err != nil {
		b.Fatal(err)
	}
	return head[4]
}

// packets are what Postfix sends of a message, up to end-of-headers and the rest.
func packets(raw []byte) (head, rest []byte) {
	var out []byte
	add := func(code byte, data string) {
		out = binary.BigEndian.AppendUint32(out, uint32(len(data)+1))
		out = append(append(out, code), data...)
	}
	add('D', "Mi\x004F1kX2\x00{mail_addr}\x00alice@contoso.com\x00")
	add('M', "<alice@contoso.com>\x00")
	add('D', "R{rcpt_addr}\x00ben@fabrikam.example\x00")
	add('R', "<ben@fabrikam.example>\x00")
	header, body := entity.ParseHeader(raw)
	for _, f := range header {
		add('D', "Li\x004F1kX2\x00") // Postfix says so at each field
		add('L', f.Name+"\x00"+f.Value+"\x00")
	}
	add('D', "Ni\x004F1kX2\x00")
	add('N', "")
	head, out = out, nil
	for body := raw[body:]; len(body) > 0; {
		n := min(len(body), 65535)
		add('B', string(body[:n]))
		body = body[n:]
	}
	add('D', "Ei\x004F1kX2\x00")
	add('E', "")
	return head, out
}
