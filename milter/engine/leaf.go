package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
	"sigmilter/milter/work"
)

// starts are how many bytes of a leaf are opened at first, in bytes of its
// transfer encoding: the newest text of a reply is mostly short, and the thread
// below it long. Of plain text, which has no markup, it is half of that.
var starts = []int64{8 << 10, 32 << 10}

// openLeaf opens and reads a leaf, as far as the newest text may reach: in replies
// and forwards, unless something is to be done further down, until older mail
// begins for good.
func (e *Engine) openLeaf(m *Message, p *entity.Part, later bool) (*leaf, policy.Reason, error) {
	size := p.BodyEnd - p.BodyStart
	if e.TextBytes > 0 && size > e.TextBytes {
		return nil, reasonPartLarge, nil
	}
	m.work.Look()
	d := &m.decision
	kind := kindOf(m, p, later)
	if d.Reply && d.Disclaimer == "" && !d.AddHTML && !d.Enforced && !m.whole {
		for _, n := range starts {
			if !kind.HTML {
				n /= 2
			}
			if n > size/2 {
				break
			}
			l, err := openStart(m, p, n, kind)
			if err != nil || l != nil {
				return l, "", err
			}
		}
	}
	l, err := openBytes(m, p, size, entity.Open)
	if err != nil {
		if damage := (damagedError{}); errors.As(err, &damage) {
			return nil, leafReason(damage.error), nil
		}
		return nil, "", err
	}
	if e.LineBytes > 0 && longestLine(l.Text) > e.LineBytes {
		l.letGo(m)
		return nil, reasonLine, nil
	}
	l.read(m, kind)
	return l, "", nil
}

// damagedError is an error of decoding a leaf, as told from one of reading the body.
type damagedError struct{ error }

// openBytes decodes the first n bytes of a leaf.
func openBytes(m *Message, p *entity.Part, n int64, decode func(*entity.Part, []byte) (*entity.Leaf, error)) (*leaf, error) {
	if n > lightLeaf {
		if err := m.takeTurn(); err != nil {
			return nil, err
		}
	}
	before := m.memory.Held()
	const forms = 3 // raw, decoded, in UTF-8
	if err := m.memory.Take(forms * n); err != nil {
		return nil, err
	}
	m.work.Spend(int(n)) // decoding counts itself
	raw, err := readLeaf(m, p, n)
	if err != nil {
		return nil, err
	}
	opened, err := decode(p, raw)
	if err != nil {
		m.memory.Give(m.memory.Held() - before)
		return nil, damagedError{err}
	}
	if more := int64(len(opened.Text)) - n; more > 0 {
		if err := m.memory.Take(more); err != nil {
			return nil, err
		}
	}
	return &leaf{Leaf: opened, cost: m.memory.Held() - before}, nil
}

// How much memory the reading of a text may take: so much, and so much for each byte
// of it. Ordinary text takes a few bytes for each of its own.
const (
	roomPerText = 1 << 20
	roomPerByte = 16
)

// read reads a leaf.
func (l *leaf) read(m *Message, kind insert.Kind) {
	before := m.memory.Held()
	kind.Room = work.NewRoom(roomPerText+roomPerByte*int64(len(l.Text)), m.memory.Take)
	l.reading = insert.Read(l.Text, kind)
	l.shows = !l.reading.Blank() || l.reading.Quotes()
	if m.decision.Enforced {
		m.work.Spend(len(l.Text))
		l.sealing = l.reading.Sealing()
	}
	l.cost += m.memory.Held() - before
}

// openStart opens a leaf by its first n bytes; nil when they are not enough. The
// error is that of reading the body.
func openStart(m *Message, p *entity.Part, n int64, kind insert.Kind) (*leaf, error) {
	l, err := openBytes(m, p, n, func(p *entity.Part, raw []byte) (*entity.Leaf, error) {
		return entity.OpenStart(p, raw[:bytes.LastIndexByte(raw, '\n')+1])
	})
	if errors.As(err, new(damagedError)) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l.read(m, kind)
	if !l.reading.Ended() {
		l.letGo(m)
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
