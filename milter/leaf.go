package milter

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// starts are how many bytes of a leaf are opened at first, in bytes of its
// transfer encoding: the newest text of a reply is mostly short, and the thread
// below it long.
var starts = []int64{8 << 10, 32 << 10}

// openLeaf opens and reads a leaf, as far as the newest text may reach: in replies
// and forwards, unless something is to be done further down, until older mail
// begins for good.
func (e *Engine) openLeaf(m *Message, p *entity.Part, later bool) (*leaf, policy.Reason, error) {
	size := p.BodyEnd - p.BodyStart
	if e.TextBytes > 0 && size > e.TextBytes {
		return nil, reasonPartLarge, nil
	}
	if err := e.inTime(m); err != nil {
		return nil, "", err
	}
	d := &m.decision
	kind := kindOf(m, p, later)
	if d.Reply && d.Disclaimer == "" && !d.AddHTML && !d.Enforced && !m.whole {
		for _, n := range starts {
			if n > size/2 {
				break
			}
			l, err := openStart(m, p, n, kind)
			if err != nil || l != nil {
				return l, "", err
			}
		}
	}
	raw, err := readLeaf(m, p, size)
	if err != nil {
		return nil, "", err
	}
	opened, err := entity.Open(p, raw)
	if err != nil {
		return nil, leafReason(err), nil
	}
	if e.LineBytes > 0 && longestLine(opened.Text) > e.LineBytes {
		return nil, reasonLine, nil
	}
	return &leaf{Leaf: opened, reading: insert.Read(opened.Text, kind)}, "", nil
}

// openStart opens a leaf by its first n bytes; nil when they are not enough. The
// error is that of reading the body.
func openStart(m *Message, p *entity.Part, n int64, kind insert.Kind) (*leaf, error) {
	raw, err := readLeaf(m, p, n)
	if err != nil {
		return nil, err
	}
	opened, err := entity.OpenStart(p, raw[:bytes.LastIndexByte(raw, '\n')+1])
	if err != nil {
		return nil, nil
	}
	l := &leaf{Leaf: opened, reading: insert.Read(opened.Text, kind)}
	if !l.reading.Ended() {
		return nil, nil
	}
	return l, nil
}

// viewer is a body that may have a range of it in memory.
type viewer interface {
	// View returns n bytes from at on, not to be changed; nil when they are not in one
	// piece.
	View(at, n int64) []byte
}

// readLeaf returns the first n bytes of a leaf's body, which are not to be changed.
func readLeaf(m *Message, p *entity.Part, n int64) ([]byte, error) {
	if v, ok := m.Body.(viewer); ok {
		if raw := v.View(p.BodyStart, n); raw != nil {
			return raw, nil
		}
	}
	raw := make([]byte, n)
	if _, err := m.Body.ReadAt(raw, p.BodyStart); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading part %s: %w", p.ID, err)
	}
	return raw, nil
}
