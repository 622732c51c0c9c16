package entity

import (
	"cmp"
	"slices"
	"strings"
)

// fieldEdits returns the changes of the part's own header that a rewriting asks
// for: splices in the body for a nested part, field edits for the root.
func (l *Leaf) fieldEdits(r rewriting) ([]Splice, []FieldEdit) {
	var wanted []Field
	p := l.Part
	if r.label != "" {
		value := p.Header.raw("Content-Type")
		if unfold(value) == "" {
			value = p.Media.Type
		}
		wanted = append(wanted, Field{"Content-Type", SetParam(value, "charset", r.label)})
	}
	if r.transfer != l.transfer {
		wanted = append(wanted, Field{"Content-Transfer-Encoding", r.transfer.label})
	}
	if p.Parent == nil {
		return nil, rootEdits(p.Header, wanted)
	}
	return p.fieldSplices(wanted, l.rawEnd), nil
}

// raw returns the value of the first field of that name as it came.
func (h Header) raw(name string) string {
	if i := h.index(name); i >= 0 {
		return h[i].Value
	}
	return ""
}

// rootEdits returns the edits that give the message's header those fields. None
// of them means anything without a MIME-Version.
func rootEdits(h Header, wanted []Field) []FieldEdit {
	var edits []FieldEdit
	for _, f := range wanted {
		value := strings.ReplaceAll(strings.TrimPrefix(f.Value, " "), "\r\n", "\n")
		if i := h.index(f.Name); i >= 0 {
			edits = append(edits, FieldEdit{ChangeField, h[i].Name, 1, value})
		} else {
			edits = append(edits, FieldEdit{AddField, f.Name, 1, value})
		}
	}
	if len(edits) > 0 && !h.Has("MIME-Version") {
		edits = append(edits, FieldEdit{AddField, "MIME-Version", 1, "1.0"})
	}
	return edits
}

// fieldSplices returns the splices that give a nested part those fields: over
// the value of a field that is there, at the end of the header for others.
func (p *Part) fieldSplices(wanted []Field, end string) []Splice {
	var splices []Splice
	for _, f := range wanted {
		value := strings.TrimLeft(f.Value, " \t\r\n")
		if i := p.Header.index(f.Name); i >= 0 {
			old := p.Header[i].Value
			lead := old[:len(old)-len(strings.TrimLeft(old, " \t\r\n"))]
			at := p.values[i]
			splices = append(splices, Splice{at.start, at.end, []byte(lead + value)})
		} else {
			splices = append(splices, Splice{p.headerEnd, p.headerEnd, []byte(f.Name + ": " + value + end)})
		}
	}
	slices.SortStableFunc(splices, func(a, b Splice) int { return cmp.Compare(a.Start, b.Start) })
	return splices
}
