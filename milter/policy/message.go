package policy

import (
	"fmt"
	"slices"
	"strings"

	"sigmilter/milter/entity"
	"sigmilter/milter/seal"
)

// scope says where the recipients of a message are. A recipient is internal when
// its domain is one of the author's tenant; a message is external when any
// recipient is.
type scope string

const (
	internal scope = "internal"
	external scope = "external"
)

// message is a message as the conditions of all rules see it. What takes time is
// worked out once, when the first condition asks for it.
type message struct {
	facts *Facts
	origin
	claims  []claim // the tenants that its authors are in
	tenant  *Tenant // the one whose message it is, nil for none
	claimed string  // its first author who is in it
	person  *Person
	// header has the fields that rules and the choice of the author believe: all of
	// them, or, where nothing but a DKIM signature tells whose the message is, those
	// that it covers.
	header entity.Header
	// unlisted are addresses of the From field that the directory does not have.
	unlisted []string
	scope    scope
	thread   Thread
	subject  value
	newest   *newest
	// pending says that a condition asked for the size or the text while they were
	// not known.
	pending bool
	refs    *seal.References // nil until a rule asks

	toSet, fromSet, groupSet set
	attributes               map[string]*value
	fields                   map[string]field
}

// scopeOf is where the recipients of a message are.
func scopeOf(recipients []string, t *Tenant) scope {
	for _, r := range recipients {
		if !slices.Contains(t.Domains, domainOf(canonical(r))) {
			return external
		}
	}
	return internal
}

func scopeWords(m *message) string {
	for _, r := range m.facts.Recipients {
		if scopeOf([]string{r}, m.tenant) == external {
			return r + " is external"
		}
	}
	return "all recipients are internal"
}

// addressSet are addresses and their domains.
func addressSet(addresses []string) set {
	all := make(set, 2*len(addresses))
	for _, a := range addresses {
		a = canonical(a)
		all[a] = struct{}{}
		all[domainOf(a)] = struct{}{}
	}
	return all
}

func (m *message) recipients() set {
	if m.toSet == nil {
		m.toSet = addressSet(m.facts.Recipients)
	}
	return m.toSet
}

// origins are the addresses of the author, with their domains, and those of the
// From field for which he stands in.
func (m *message) origins() set {
	if m.fromSet == nil {
		m.fromSet = addressSet(m.authored())
	}
	return m.fromSet
}

// authored are the addresses that a rule for authors sees.
func (m *message) authored() []string {
	if len(m.unlisted) == 0 {
		return m.person.Addresses
	}
	return slices.Concat(m.person.Addresses, m.unlisted)
}

func (m *message) groups() set {
	if m.groupSet == nil {
		m.groupSet = make(set, len(m.person.Groups))
		for _, g := range m.person.Groups {
			m.groupSet[fold(g)] = struct{}{}
		}
	}
	return m.groupSet
}

// attribute is one of the author, its name in any case; an empty one when he has
// none of that name.
func (m *message) attribute(name string) *value {
	if v, ok := m.attributes[name]; ok {
		return v
	}
	text, ok := m.person.Attributes[name]
	if !ok {
		for n, v := range m.person.Attributes {
			if strings.EqualFold(n, name) {
				text = v
			}
		}
	}
	v := newValue(text, m.facts.Work)
	if m.attributes == nil {
		m.attributes = map[string]*value{}
	}
	m.attributes[name] = &v
	return &v
}

// field is what the fields of one name say.
type field []value

// perField is what comparing a field costs beside its bytes, in bytes.
const perField = 32

// field is that of a name. Of more than [valueBytes] the first are looked at.
func (m *message) field(name string) field {
	if f, ok := m.fields[name]; ok {
		return f
	}
	var f field
	read := 0
	for _, one := range m.header {
		if strings.EqualFold(one.Name, name) && read < valueBytes {
			v := newValue(entity.Header{one}.Text(one.Name), m.facts.Work)
			f = append(f, v)
			read += len(v.text) + perField
		}
	}
	if m.fields == nil {
		m.fields = map[string]field{}
	}
	m.fields[name] = f
	return f
}

// hold says whether one of the fields has a text.
func (f field) hold(t *text) bool {
	for i := range f {
		if t.in(&f[i]) {
			return true
		}
	}
	return false
}

func (f field) words(name string) string {
	if len(f) == 0 {
		return "there is no field " + name
	}
	var all []string
	for _, v := range f {
		all = append(all, fmt.Sprintf("%q", v.text))
	}
	return few(name+" is", all)
}

// size is that of the message; 0 while it is not known.
func (m *message) size() int64 {
	if m.facts.Size < 0 {
		m.pending = true
		return 0
	}
	return m.facts.Size
}

func sizeWords(m *message) string {
	if m.facts.Size < 0 {
		return "its size is not known yet"
	}
	return fmt.Sprintf("it has %d", m.facts.Size)
}
