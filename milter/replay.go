package milter

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"sync"

	gomilter "github.com/emersion/go-milter"

	"sigmilter/milter/engine"
	"sigmilter/milter/entity"
)

// replay sends an outcome's edits to the MTA: the fields in their order, then
// the patched body in one run of chunks, because Postfix refuses a second run
// after any other modification. Each packet is one Write. The outcome is one that
// Validate let through, so that what fails here is the connection or the body's file.
func replay(packets io.Writer, body engine.Body, o engine.Outcome) error {
	for _, f := range o.Fields {
		if _, err := packets.Write(fieldPacket(f)); err != nil {
			return fmt.Errorf("%s field %s: %w", f.Op, f.Name, err)
		}
	}
	if len(o.Splices) == 0 {
		return nil
	}
	run := newBodyRun(packets)
	defer run.free()
	if err := entity.WritePatched(run, body, body.Size(), o.Splices); err != nil {
		return fmt.Errorf("replace the body: %w", err)
	}
	if err := run.end(); err != nil {
		return fmt.Errorf("replace the body: %w", err)
	}
	return nil
}

// fieldPacket is the packet of a field edit. A blank before the value goes, because the
// MTA writes one of its own, and an empty value deletes the field.
//
// QUIRK: Postfix wants LF within a value; of CRLF it makes CR CR LF. The library, which
// knows that too, has a buffer of 4 KiB for each packet.
func fieldPacket(f entity.FieldEdit) []byte {
	value := strings.ReplaceAll(strings.TrimLeft(f.Value, " "), "\r\n", "\n")
	if f.Op == entity.DeleteField {
		value = ""
	}
	const index, ends = 4, 2 // bytes
	p := make([]byte, packetHead, packetHead+index+len(f.Name)+len(value)+ends)
	p[packetHead-1] = byte(gomilter.ActAddHeader)
	if f.Op != entity.AddField {
		p[packetHead-1] = byte(gomilter.ActChangeHeader)
		p = binary.BigEndian.AppendUint32(p, uint32(f.Index))
	}
	p = append(append(p, f.Name...), 0)
	p = append(append(p, value...), 0)
	binary.BigEndian.PutUint32(p, uint32(len(p)-packetHead+1))
	return p
}

// packetHead is the length and the code before a packet's data.
const packetHead = 4 + 1

// bodyRun writes a new body as replace-body packets of less than 64 KiB.
//
// QUIRK: it does not use the library's ReplaceBody, which turns each CRLF of a
// packet into LF. What leaves here is byte for byte what the splices say, also
// where a bare CR stands before a line end, and is copied once less.
type bodyRun struct {
	packets io.Writer
	buf     []byte // a packet: room for its head, then the data so far
	sent    bool   // a packet has left
}

// newBodyRun returns a run that writes its packets, each in one Write, to packets.
func newBodyRun(packets io.Writer) *bodyRun {
	return &bodyRun{packets: packets, buf: packetBuffers.Get().(*packetBuffer)[:packetHead]}
}

// packetBuffer has room for one packet.
type packetBuffer [packetHead + gomilter.MaxBodyChunk]byte

// packetBuffers are those that are not in use.
var packetBuffers = sync.Pool{New: func() any { return new(packetBuffer) }}

// free gives the buffer back.
func (r *bodyRun) free() {
	packetBuffers.Put((*packetBuffer)(r.buf[:cap(r.buf)]))
	r.buf = nil
}

// ReadFrom implements [io.ReaderFrom]: the body is read into the packet.
func (r *bodyRun) ReadFrom(body io.Reader) (read int64, err error) {
	for {
		if len(r.buf) == cap(r.buf) {
			if err := r.send(r.lineEnd()); err != nil {
				return read, err
			}
		}
		n, err := body.Read(r.buf[len(r.buf):cap(r.buf)])
		r.buf = r.buf[:len(r.buf)+n]
		read += int64(n)
		if err == io.EOF {
			return read, nil
		}
		if err != nil {
			return read, err
		}
	}
}

// Write implements [io.Writer].
func (r *bodyRun) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		if len(r.buf) == cap(r.buf) {
			if err := r.send(r.lineEnd()); err != nil {
				return written, err
			}
		}
		n := min(len(p)-written, cap(r.buf)-len(r.buf))
		r.buf = append(r.buf, p[written:written+n]...)
		written += n
	}
	return written, nil
}

// lineEnd returns the length of the longest packet that ends with a line, so
// that no MTA has to remember a CR from one packet to the next. Without a line end in the buffer it is the
// whole buffer, less a last CR.
func (r *bodyRun) lineEnd() int {
	if i := bytes.LastIndexByte(r.buf[packetHead:], '\n'); i >= 0 {
		return packetHead + i + 1
	}
	if r.buf[len(r.buf)-1] == '\r' {
		return len(r.buf) - 1
	}
	return len(r.buf)
}

// send writes the first n bytes of the buffer as a packet and moves the rest to
// the front.
func (r *bodyRun) send(n int) error {
	binary.BigEndian.PutUint32(r.buf, uint32(n-packetHead+1))
	r.buf[4] = byte(gomilter.ActReplBody)
	if _, err := r.packets.Write(r.buf[:n]); err != nil {
		return err
	}
	r.sent = true
	rest := copy(r.buf[packetHead:], r.buf[n:])
	r.buf = r.buf[:packetHead+rest]
	return nil
}

// end sends what is left. A body that became empty takes one empty packet:
// without any the MTA would keep the old one.
func (r *bodyRun) end() error {
	if len(r.buf) == packetHead && r.sent {
		return nil
	}
	return r.send(len(r.buf))
}
