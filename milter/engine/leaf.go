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
func (j *Job) openLeaf(p *entity.Part, later bool) (*leaf, policy.Reason, error) {
	size := p.BodyEnd - p.BodyStart
	if j.engine.TextBytes > 0 && size > j.engine.TextBytes {
		return nil, reasonPartLarge, nil
	}
	j.cost.meter.Look()
	d := &j.decision
	kind := j.kindOf(p, later)
	if d.Reply && d.Disclaimer == "" && !d.AddHTML && !d.Enforced && !j.whole {
		for _, n := range starts {
			if !kind.HTML {
				n /= 2
			}
			if n > size/2 {
				break
			}
			l, err := j.openStart(p, n, kind)
			if err != nil || l != nil {
				return l, "", err
			}
		}
	}
	l, err := j.openBytes(p, size, entity.Open)
	if err != nil {
		if damage := (damagedError{}); errors.As(err, &damage) {
			return nil, leafReason(damage.error), nil
		}
		return nil, "", err
	}
	if j.engine.LineBytes > 0 && longestLine(l.Text) > j.engine.LineBytes {
		l.letGo(j)
		return nil, reasonLine, nil
	}
	l.read(j, kind)
	return l, "", nil
}

// damagedError is an error of decoding a leaf, as told from one of reading the body.
type damagedError struct{ error }

// openBytes decodes the first n bytes of a leaf.
func (j *Job) openBytes(p *entity.Part, n int64, decode func(*entity.Part, []byte) (*entity.Leaf, error)) (*leaf, error) {
	if n > lightLeaf {
		if err := j.cost.takeTurn(); err != nil {
			return nil, err
		}
	}
	before := j.cost.memory.Held()
	const forms = 3 // raw, decoded, in UTF-8
	if err := j.cost.memory.Take(forms * n); err != nil {
		return nil, err
	}
	j.cost.meter.Spend(int(n)) // decoding counts itself
	raw, err := readLeaf(j.message.Body, p, n)
	if err != nil {
		return nil, err
	}
	opened, err := decode(p, raw)
	if err != nil {
		j.cost.memory.Give(j.cost.memory.Held() - before)
		return nil, damagedError{err}
	}
	if more := int64(len(opened.Text)) - n; more > 0 {
		if err := j.cost.memory.Take(more); err != nil {
			return nil, err
		}
	}
	return &leaf{Leaf: opened, cost: j.cost.memory.Held() - before}, nil
}

// How much memory the reading of a text may take: so much, and so much for each byte
// of it. Ordinary text takes a few bytes for each of its own.
const (
	roomPerText = 1 << 20
	roomPerByte = 16
)

// read reads a leaf.
func (l *leaf) read(j *Job, kind insert.Kind) {
	before := j.cost.memory.Held()
	kind.Room = work.NewRoom(roomPerText+roomPerByte*int64(len(l.Text)), j.cost.memory.Take)
	l.reading = insert.Read(l.Text, kind)
	l.shows = !l.reading.Blank() || l.reading.Quotes()
	if j.decision.Enforced {
		j.cost.meter.Spend(len(l.Text))
		l.sealing = l.reading.Sealing()
	}
	l.cost += j.cost.memory.Held() - before
}

// openStart opens a leaf by its first n bytes; nil when they are not enough. The
// error is that of reading the body.
func (j *Job) openStart(p *entity.Part, n int64, kind insert.Kind) (*leaf, error) {
	l, err := j.openBytes(p, n, func(p *entity.Part, raw []byte) (*entity.Leaf, error) {
		return entity.OpenStart(p, raw[:bytes.LastIndexByte(raw, '\n')+1])
	})
	if errors.As(err, new(damagedError)) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l.read(j, kind)
	if !l.reading.Ended() {
		l.letGo(j)
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
func readLeaf(body Body, p *entity.Part, n int64) ([]byte, error) {
	if v, ok := body.(viewer); ok {
		if raw := v.View(p.BodyStart, n); raw != nil {
			return raw, nil
		}
	}
	raw := make([]byte, n)
	if _, err := body.ReadAt(raw, p.BodyStart); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading part %s: %w", p.ID, err)
	}
	return raw, nil
}

// longestLine is the length of the longest line of a text, without its end.
func longestLine(text []byte) int64 {
	longest := 0
	for line := range bytes.Lines(text) {
		longest = max(longest, len(bytes.TrimRight(line, "\r\n")))
	}
	return int64(longest)
}
