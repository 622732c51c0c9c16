package engine

import (
	"slices"
	"strings"

	"sigmilter/milter/entity"
)

// newest is what the author of a message wrote, without the quoted mail, for rules
// that ask for it, and whether it can be read. Of two forms it is the last, which
// shows the message best (RFC 2046 5.1.4), and in any case one with words, if there
// is one. A body that cannot be read back fails the message.
func (j *Job) newest() (string, bool) {
	if unreadable(j.message) != "" {
		return "", false
	}
	read := false
	for _, body := range entity.Bodies(j.message.Tree) {
		seen := false
		for _, doc := range slices.Backward(body.Documents) {
			f, err := j.newestOf(doc)
			if err != nil {
				j.failure = &Failure{bodyReason(err), err}
				return "", false
			}
			if strings.TrimSpace(f.text) != "" {
				return f.text, true
			}
			read, seen = read || f.read, seen || f.seen
		}
		if seen { // nothing but quoted mail
			break
		}
	}
	return "", read
}

// newestForm is what one form of a message has of the newest text.
type newestForm struct {
	text string
	read bool // it could be read
	seen bool // a reader sees something of it
}

// newestOf is that of one form, which goes on from leaf to leaf until quoted mail
// begins.
func (j *Job) newestOf(doc entity.Document) (newestForm, error) {
	var f newestForm
	var texts []string
	for i, p := range doc.Leaves {
		l, why, err := j.openLeaf(p, i > 0)
		if err != nil || why != "" {
			return newestForm{}, err
		}
		f.seen = f.seen || l.shows
		texts = append(texts, l.reading.Newest())
		quotes := l.reading.Quotes()
		l.letGo(j)
		if quotes {
			break
		}
	}
	f.text, f.read = strings.Join(texts, "\n"), true
	return f, nil
}
