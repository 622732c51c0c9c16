package milter

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	gomilter "github.com/emersion/go-milter"

	"sigmilter/milter/engine"
)

const (
	// readSize is that of the read buffer of a connection: room for a whole header's
	// packets. Body chunks are larger and bypass it.
	readSize = 16 << 10
	// writeSize is that of the write buffer: room for all field edits and the last
	// packet of a body, so that both leave with the reply in one write, and wake the
	// MTA once.
	writeSize = 80 << 10
	// fullPacket is from how many bytes on a packet counts as full: up to a line less
	// than the most that one may have.
	fullPacket = 63 << 10
)

// Buffers that no connection has in use. An MTA may make a connection for each
// message.
var (
	readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, readSize) }}
	writers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, writeSize) }}
)

// conn is an MTA's connection as the library sees it. The library reads packet
// by packet with no deadline, writes every packet at once and tells nobody that
// the connection has ended; conn adds what is missing:
//
//   - what is written stays in a buffer until the next read would wait for the
//     MTA, so that the packets of an end-of-message leave in one write, or in few
//     when the body is large;
//   - a NUL in a field does not unsettle the library, see [fieldReader];
//   - macros that an MTA repeats from field to field are left out, and fields are
//     handed to the session directly;
//   - a read that waits has a deadline, and so has every write;
//   - while draining, a read fails after the message in hand, or when none has begun
//     within a short time;
//   - [conn.Close], which the library calls when a session ends, tells the server.
type conn struct {
	net.Conn
	reader  *bufio.Reader
	left    int            // bytes that are to be read of the packet in hand
	fields  fieldReader    // of the packets as they are read
	macros  []byte         // the macro packet before the field, if that came last
	pending bool           // the library has macros that no callback has seen
	field   func(f []byte) // takes the fields of a header, where no reply to them is due; nil if it is
	body    bodyTaker      // likewise of a body
	writer  *bufio.Writer  // nil while nothing waits to be written
	out     timedWriter
	idle    time.Duration
	log     *slog.Logger
	socket  socket
	onClose func()
	once    sync.Once

	mu       sync.Mutex
	busy     bool      // a message is in hand
	draining bool      // the session is to end
	grace    time.Time // until when a message may be begun that was on its way
}

// newConn wraps nc. A read waits for the MTA at most idle, a write for at most
// write. onClose runs once, on the session's own goroutine.
func newConn(nc net.Conn, idle, write time.Duration, log *slog.Logger) *conn {
	reader := readers.Get().(*bufio.Reader)
	reader.Reset(nc)
	c := &conn{Conn: nc, reader: reader, out: timedWriter{conn: nc, timeout: write}, idle: idle, log: log}
	c.socket.begin(nc)
	return c
}

// timedWriter gives each write to a connection its own deadline. Nothing is written
// after one failed, which may have left half a packet.
type timedWriter struct {
	conn    net.Conn
	timeout time.Duration
	failed  error
}

// Write implements [io.Writer].
func (w *timedWriter) Write(p []byte) (n int, err error) {
	if w.failed == nil {
		w.failed = w.conn.SetWriteDeadline(time.Now().Add(w.timeout))
	}
	if w.failed == nil {
		n, w.failed = w.conn.Write(p)
	}
	return n, w.failed
}

// Read implements [net.Conn]. Every fault ends as io.EOF, which the library
// takes in silence; what an operator should know is logged here, with the
// session's id.
func (c *conn) Read(p []byte) (int, error) {
	for {
		if err := c.await(); err != nil {
			return 0, c.ended(err)
		}
		if c.left > 0 {
			break
		}
		settled, err := c.settle()
		if err != nil {
			return 0, c.ended(err)
		}
		if !settled {
			break
		}
	}
	n, err := c.reader.Read(p[:min(len(p), max(c.left, 1))])
	c.left = max(0, c.left-n)
	c.fields.read(p[:n], c.left)
	if err != nil {
		return n, c.ended(err)
	}
	return n, nil
}

// settle looks at the packet that comes next: how long it is, and whether the library
// need not see it. Such a packet it deals with and reports true. What cannot be read is
// left for Read to meet again; an error is one in the middle of a body's packet.
//
// QUIRK: Postfix sends the macros of end-of-headers before each field. The library takes
// longer over them and over a field, which it keeps in a map, than all that is done with
// the header.
func (c *conn) settle() (bool, error) {
	length, _ := c.reader.Peek(packetHead - 1)
	if len(length) < packetHead-1 {
		return false, nil
	}
	c.left = packetHead - 1 + int(min(binary.BigEndian.Uint32(length), 1<<30))
	if c.isBodyToTake() {
		c.macros = c.macros[:0]
		return true, c.takeBody()
	}
	if c.left < packetHead || c.left > c.reader.Buffered() {
		c.macros, c.pending = c.macros[:0], false
		return false, nil
	}
	packet, _ := c.reader.Peek(c.left)
	settled := false
	switch data := packet[packetHead:]; gomilter.Code(packet[packetHead-1]) {
	case gomilter.CodeHeader: // the macros before it may come again
		settled = c.field != nil && !c.pending && isPlainField(data)
		if settled {
			c.field(data)
		}
		c.pending = false
	case gomilter.CodeMacro:
		settled = bytes.Equal(packet, c.macros)
		if !settled {
			c.macros, c.pending = append(c.macros[:0], packet...), true
		}
	default:
		c.macros, c.pending = c.macros[:0], false
	}
	if settled {
		_, _ = c.reader.Discard(c.left) // it is in the buffer
		c.left = 0
	}
	return settled, nil
}

// bodyTaker takes the data of body packets without the library, which makes memory of
// its own for each.
type bodyTaker interface {
	// bodyRoom returns room for the data of a packet.
	bodyRoom(size int) []byte
	// plainBody takes the data, which are in the room that bodyRoom returned last.
	plainBody(data []byte)
}

// isBodyToTake reports whether the packet that comes next is one of a body for the session,
// as far as that is in the buffer. The library has to see one that is empty or too large,
// and one before which macros came.
func (c *conn) isBodyToTake() bool {
	size := c.left - packetHead
	if c.body == nil || c.pending || size <= 0 || size > gomilter.MaxBodyChunk || c.reader.Buffered() < packetHead {
		return false
	}
	head, _ := c.reader.Peek(packetHead)
	return gomilter.Code(head[packetHead-1]) == gomilter.CodeBody
}

// takeBody reads the data of such a packet to where they stay.
func (c *conn) takeBody() error {
	_, _ = c.reader.Discard(packetHead) // it is in the buffer
	c.left -= packetHead
	data := c.body.bodyRoom(c.left)
	for at := 0; c.left > 0; {
		if err := c.await(); err != nil {
			return err
		}
		n, err := c.reader.Read(data[at:])
		at, c.left = at+n, c.left-n
		if err != nil && c.left > 0 {
			return err
		}
	}
	c.body.plainBody(data)
	return nil
}

// isPlainField reports whether the data of a packet are the name and the value of a
// field as they should be, each with a NUL behind it and with none within.
func isPlainField(data []byte) bool {
	return bytes.Count(data, []byte{0}) == 2 && data[0] != 0 && data[len(data)-1] == 0
}

// await prepares for a read: what was written is sent if the read is going to
// wait for the MTA, and the deadline is set.
func (c *conn) await() error {
	buffered := c.reader.Buffered()
	betweenPackets := c.left == 0
	waits := buffered == 0 || (betweenPackets && buffered < packetHead-1)
	if waits {
		if err := c.flush(); err != nil {
			return err
		}
	}
	return c.arm(waits)
}

// arm sets the deadline of a read that waits, or fails where the session is
// over. It holds the lock so that a deadline set by drain is never overwritten.
func (c *conn) arm(waits bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	until := time.Now().Add(c.idle)
	if c.draining && !c.busy {
		if !time.Now().Before(c.grace) {
			return io.EOF
		}
		until = c.grace
	}
	if !waits {
		return nil
	}
	return c.SetReadDeadline(until)
}

// ended logs why no more is read, unless the MTA just went or we are stopping.
func (c *conn) ended(err error) error {
	c.mu.Lock()
	draining, busy := c.draining, c.busy
	c.mu.Unlock()
	stopping := draining && !busy
	if stopping || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
		return io.EOF
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.log.Info("session ended: the MTA was silent or did not read for too long", "message_in_hand", busy)
		return io.EOF
	}
	c.log.Info("session ended: connection lost", "error", err, "message_in_hand", busy)
	return io.EOF
}

// Write implements [net.Conn]; see conn about when the bytes leave. A packet that is
// full, so that another is likely to follow, leaves at once and uncopied.
func (c *conn) Write(p []byte) (int, error) {
	if len(p) >= fullPacket {
		if err := c.flush(); err != nil {
			return 0, err
		}
		return c.out.Write(p)
	}
	if c.writer == nil {
		c.writer = writers.Get().(*bufio.Writer)
		c.writer.Reset(&c.out)
	}
	return c.writer.Write(p)
}

// flush sends what waits to be written.
func (c *conn) flush() error {
	if c.writer == nil {
		return nil
	}
	err := c.writer.Flush()
	c.writer.Reset(nil)
	writers.Put(c.writer)
	c.writer = nil
	return err
}

// Close sends what is still in the buffer, closes the connection and tells the
// server, once.
func (c *conn) Close() error {
	var err error
	c.once.Do(func() {
		err = errors.Join(c.flush(), c.Conn.Close())
		c.reader.Reset(nil)
		readers.Put(c.reader)
		c.reader = nil
		if c.onClose != nil {
			c.onClose()
		}
	})
	return err
}

// gone returns [ErrGone] when the MTA hung up or gave the message in hand up, as far as
// that can be told without reading on. It belongs to the session's goroutine.
func (c *conn) gone() error {
	if n := c.reader.Buffered(); n > 0 {
		packet, _ := c.reader.Peek(min(n, packetHead))
		return givenUp(packet)
	}
	if c.socket.raw == nil {
		return nil
	}
	if err := c.socket.raw.Control(c.socket.look); err != nil { // the server has cut the connection
		return fmt.Errorf("%w: %w", engine.ErrGone, err)
	}
	n, err := c.socket.n, c.socket.err
	if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %w", engine.ErrGone, err)
	}
	if n == 0 {
		return engine.ErrGone
	}
	return givenUp(c.socket.packet[:n])
}

// socket looks at what comes next on a connection, without taking it.
type socket struct {
	raw    syscall.RawConn // nil for a connection that is no socket
	look   func(fd uintptr)
	packet [packetHead]byte
	n      int // bytes that came, 0 at the end
	err    error
}

func (s *socket) begin(nc net.Conn) {
	if sc, ok := nc.(syscall.Conn); ok {
		s.raw, _ = sc.SyscallConn() // fails for no connection only
	}
	s.look = func(fd uintptr) {
		s.n, _, s.err = syscall.Recvfrom(int(fd), s.packet[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	}
}

// givenUp returns [ErrGone] when the packet that follows ends the message in hand.
func givenUp(packet []byte) error {
	if len(packet) < packetHead {
		return nil
	}
	switch gomilter.Code(packet[packetHead-1]) {
	case gomilter.CodeAbort, gomilter.CodeQuit, gomilter.CodeQuitNewConn:
		return engine.ErrGone
	}
	return nil
}

// setBusy says whether a message is in hand.
func (c *conn) setBusy(busy bool) {
	c.mu.Lock()
	c.busy = busy
	if !busy {
		c.grace = time.Time{}
	}
	c.mu.Unlock()
}

// drainGrace is how long a session that ends may still begin a message. The MTA opens a
// session when its client connects: the message that follows would be refused for now if
// the session ended before it.
const drainGrace = 2 * time.Second

// drain lets the session end after the message in hand, or after the one that begins
// within [drainGrace].
func (c *conn) drain() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.draining = true
	if !c.busy {
		c.grace = time.Now().Add(drainGrace)
		_ = c.SetReadDeadline(c.grace) // its only fault is that the connection is closed already
	}
}

// abandon cuts the connection under a session that does not end by itself. It
// is not Close: that belongs to the session's goroutine.
func (c *conn) abandon() { _ = c.Conn.Close() }

// offer is what an MTA allows a milter in the negotiation.
type offer struct {
	actions  gomilter.OptAction
	protocol gomilter.OptProtocol
}

// negotiation packet: length, 'O', version, actions, protocol.
const (
	negotiationSize = 4 + 1 + 3*4
	negotiationMin  = negotiationSize - 4
	negotiationMax  = 1 << 10 // what follows the three words is ours to ignore
)

// peekOffer reads the negotiation packet an MTA begins with and leaves it in
// place for the library.
func (c *conn) peekOffer() (offer, error) {
	if err := c.arm(true); err != nil {
		return offer{}, err
	}
	b, err := c.reader.Peek(negotiationSize)
	if err != nil {
		return offer{}, err
	}
	length := binary.BigEndian.Uint32(b)
	if length < negotiationMin || length > negotiationMax || gomilter.Code(b[4]) != gomilter.CodeOptNeg {
		return offer{}, errors.New("the peer does not begin with a milter negotiation")
	}
	return offer{
		actions:  gomilter.OptAction(binary.BigEndian.Uint32(b[9:])),
		protocol: gomilter.OptProtocol(binary.BigEndian.Uint32(b[13:])),
	}, nil
}
