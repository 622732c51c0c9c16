package csvfile

import (
	"bufio"
	"bytes"
	"io"
)

// withLF is a text whose lines end in LF or CRLF. Those of Excel's "CSV (Macintosh)" end
// in CR, which shows at the beginning.
func withLF(in *bufio.Reader) io.Reader {
	start, _ := in.Peek(in.Size())
	if at := bytes.IndexByte(start, '\r'); at < 0 || at == len(start)-1 || bytes.IndexByte(start, '\n') >= 0 {
		return in
	}
	return crReader{in}
}

// crReader reads LF for CR.
type crReader struct{ in io.Reader }

// Read implements [io.Reader].
func (r crReader) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	for i, b := range p[:n] {
		if b == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}
