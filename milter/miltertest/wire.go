package miltertest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// Stage is a point of an SMTP session at which a milter is told something.
type Stage string

// The stages, in their order.
const (
	AtConnect      Stage = "connect"
	AtHelo         Stage = "helo"
	AtMail         Stage = "mail"
	AtRcpt         Stage = "rcpt"
	AtHeader       Stage = "header"
	AtEndOfHeaders Stage = "end-of-headers"
	AtBody         Stage = "body"
	AtEndOfMessage Stage = "end-of-message"
)

// command is how a stage is sent: its code and the bits by which a milter asks
// not to be sent it, or not to be waited for.
type command struct {
	code    byte
	skip    uint32
	noReply uint32
}

var commands = map[Stage]command{
	AtConnect:      {'C', 1 << 0, 1 << 12},
	AtHelo:         {'H', 1 << 1, 1 << 13},
	AtMail:         {'M', 1 << 2, 1 << 14},
	AtRcpt:         {'R', 1 << 3, 1 << 15},
	AtHeader:       {'L', 1 << 5, 1 << 7},
	AtEndOfHeaders: {'N', 1 << 6, 1 << 18},
	AtBody:         {'B', 1 << 4, 1 << 19},
	AtEndOfMessage: {'E', 0, 0},
}

// leadingSpace is the bit by which a milter asks for the blank after the colon.
const leadingSpace = 1 << 20

// Offer is what an MTA says it can do when it negotiates.
type Offer struct {
	Version  uint32
	Actions  uint32
	Protocol uint32
}

// Postfix is what Postfix offers: version 6, all actions, all protocol bits.
var Postfix = Offer{Version: 6, Actions: 1<<9 - 1, Protocol: 1<<21 - 1}

// Reply is what a milter answers at one stage, or the text of an SMTP reply of
// its own.
type Reply string

// The replies by name.
const (
	NoReply  Reply = "" // none was due
	Continue Reply = "continue"
	Accept   Reply = "accept"
	Reject   Reply = "reject"
	Tempfail Reply = "tempfail"
	Discard  Reply = "discard"
	Skip     Reply = "skip"
)

var replies = map[byte]Reply{'c': Continue, 'a': Accept, 'r': Reject, 't': Tempfail, 'd': Discard, 's': Skip}

// maxPacket is the largest packet a milter may send: 64 KiB of data and its code.
const maxPacket = 64<<10 + 1

// maxChunk is how much of a body one packet of the MTA holds.
const maxChunk = 65535

// wire is the packet layer of a connection. As Postfix does, and with a buffer as
// large as Postfix's, it keeps what it sends until it waits for a reply.
type wire struct {
	conn    net.Conn
	reader  *bufio.Reader
	writer  *bufio.Writer
	timeout time.Duration
}

func newWire(conn net.Conn) *wire {
	return &wire{conn: conn, reader: bufio.NewReader(conn), writer: bufio.NewWriterSize(conn, 4096), timeout: time.Minute}
}

// send writes one packet into the buffer, or what has no room there to the milter.
func (w *wire) send(code byte, data []byte) error {
	head := append(binary.BigEndian.AppendUint32(w.writer.AvailableBuffer(), uint32(len(data)+1)), code)
	if w.writer.Available() < len(head)+len(data) {
		if err := w.conn.SetDeadline(time.Now().Add(w.timeout)); err != nil {
			return err
		}
	}
	if _, err := w.writer.Write(head); err != nil {
		return err
	}
	_, err := w.writer.Write(data)
	return err
}

// flush writes what is in the buffer.
func (w *wire) flush() error {
	if w.writer.Buffered() == 0 {
		return nil
	}
	if err := w.conn.SetDeadline(time.Now().Add(w.timeout)); err != nil {
		return err
	}
	return w.writer.Flush()
}

// receive flushes and reads one packet; io.EOF means that the milter closed the
// connection between two packets.
func (w *wire) receive() (code byte, data []byte, err error) {
	if err := w.flush(); err != nil {
		return 0, nil, err
	}
	if err := w.conn.SetDeadline(time.Now().Add(w.timeout)); err != nil {
		return 0, nil, err
	}
	var head [4]byte
	if _, err := io.ReadFull(w.reader, head[:]); err != nil {
		return 0, nil, err
	}
	length := binary.BigEndian.Uint32(head[:])
	if length == 0 || length > maxPacket {
		return 0, nil, fmt.Errorf("breach: a packet of %d bytes", length)
	}
	packet := make([]byte, length)
	if _, err := io.ReadFull(w.reader, packet); err != nil {
		return 0, nil, fmt.Errorf("packet cut short: %w", err)
	}
	return packet[0], packet[1:], nil
}

// setMacros is the action of choosing macros.
const setMacros = 1 << 8

// macroLists reads what follows the answer: the number of a stage as the protocol
// counts them (SMFIM_*), and its macros.
func macroLists(data []byte, allowed bool) (map[uint32]string, error) {
	lists := map[uint32]string{}
	for len(data) > 0 {
		if !allowed || len(data) < 5 {
			return nil, fmt.Errorf("breach: %d bytes after the answer to the negotiation", len(data))
		}
		list, rest, ended := bytes.Cut(data[4:], []byte{0})
		if !ended {
			return nil, errors.New("breach: a list of macros without end")
		}
		lists[binary.BigEndian.Uint32(data)] = string(list)
		data = rest
	}
	return lists, nil
}

// negotiate makes the offer and returns the milter's answer to it.
func (w *wire) negotiate(o Offer) (Offer, map[uint32]string, error) {
	if err := w.send('O', words(o.Version, o.Actions, o.Protocol)); err != nil {
		return Offer{}, nil, err
	}
	code, data, err := w.receive()
	if err != nil {
		return Offer{}, nil, err
	}
	if code != 'O' || len(data) < 12 {
		return Offer{}, nil, fmt.Errorf("breach: answer %q with %d bytes to the negotiation", code, len(data))
	}
	answer := Offer{
		Version:  binary.BigEndian.Uint32(data),
		Actions:  binary.BigEndian.Uint32(data[4:]),
		Protocol: binary.BigEndian.Uint32(data[8:]),
	}
	if answer.Version > o.Version || answer.Actions&^o.Actions != 0 || answer.Protocol&^o.Protocol != 0 {
		return answer, nil, fmt.Errorf("breach: the answer %+v asks for more than the offer %+v", answer, o)
	}
	lists, err := macroLists(data[12:], answer.Actions&setMacros != 0)
	return answer, lists, err
}

// words encodes numbers as the protocol does.
func words(numbers ...uint32) []byte {
	var b []byte
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return b
}

// cStrings encodes strings as the protocol does, each ended by NUL.
func cStrings(values ...string) []byte {
	var b []byte
	for _, v := range values {
		b = append(append(b, v...), 0)
	}
	return b
}

// cutStrings is the reverse: exactly n strings, each ended by NUL.
func cutStrings(data []byte, n int) ([]string, error) {
	parts := bytes.Split(data, []byte{0})
	if len(parts) != n+1 || len(parts[n]) != 0 {
		return nil, errors.New("breach: not the strings the packet should hold")
	}
	var values []string
	for _, p := range parts[:n] {
		values = append(values, string(p))
	}
	return values, nil
}
