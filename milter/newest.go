package milter

import (
	"slices"
	"strings"

	"sigmilter/milter/entity"
)

// newest is what the author of a message wrote, without the quoted mail, for rules
// that ask for it, and whether it can be read. Of two forms it is the last, which
// shows the message best (RFC 2046 5.1.4). A body that cannot be read back fails
// the message.
func (e *Engine) newest(m *Message) (string, bool) {
	if unreadable(m) != "" {
		return "", false
	}
	for _, doc := range slices.Backward(entity.Documents(m.Tree)) {
		text, ok, err := e.newestOf(m, doc)
		if err != nil {
			m.failure = &failure{bodyReason(err), err}
			return "", false
		}
		if ok {
			return text, true
		}
	}
	return "", false
}

// newestOf is that of one form, which goes on from leaf to leaf until quoted mail
// begins.
func (e *Engine) newestOf(m *Message, doc entity.Document) (string, bool, error) {
	var texts []string
	for i, p := range doc.Leaves {
		l, why, err := e.openLeaf(m, p, i > 0)
		if err != nil || why != "" {
			return "", false, err
		}
		texts = append(texts, l.reading.Newest())
		if l.reading.Quotes() {
			break
		}
	}
	return strings.Join(texts, "\n"), true, nil
}
