package seal

import (
	"strings"
	"testing"
	"time"
)

// guards reports whether the value of a guard field is believed of a message.
func guards(r *Ring, value string, m Message) bool {
	g, ok := ParseGuard(value)
	return ok && r.Guards(g, m)
}

// What the guard was made for it is good for, and for nothing else.
func TestGuards(t *testing.T) {
	value := ring(t, newKey).Guard(letter, made)
	with := func(change func(*Message)) Message {
		m := letter
		change(&m)
		return m
	}
	for name, c := range map[string]struct {
		ring  *Ring
		value string
		of    Message
		want  bool
	}{
		"same":               {ring(t, newKey), value, letter, true},
		"rotated":            {ring(t, "another key, a newer one", newKey), value, letter, true},
		"key gone":           {ring(t, oldKey), value, letter, false},
		"no key":             {nil, value, letter, false},
		"blanks around":      {ring(t, newKey), " " + strings.Replace(value, " ", " \t ", 1) + "\t", letter, true},
		"other case of word": {ring(t, newKey), strings.Replace(value, "Yes", "yes", 1), letter, true},
		"other id":           {ring(t, newKey), value, with(func(m *Message) { m.MessageID = "<2@contoso.com>" }), false},
		"other case of id":   {ring(t, newKey), value, with(func(m *Message) { m.MessageID = "<1@Contoso.com>" }), false},
		"comment after id":   {ring(t, newKey), value, with(func(m *Message) { m.MessageID = " <1@contoso.com> (added by x)" }), true},
		"folded id":          {ring(t, newKey), value, with(func(m *Message) { m.MessageID = "<1@\tcontoso.com>" }), true},
		"other author":       {ring(t, newKey), value, with(func(m *Message) { m.Authors = []string{"bob@contoso.com"} }), false},
		"one author more":    {ring(t, newKey), value, with(func(m *Message) { m.Authors = append(m.Authors, "bob@contoso.com") }), false},
		"no author":          {ring(t, newKey), value, with(func(m *Message) { m.Authors = nil }), false},
		"other tenant":       {ring(t, newKey), value, with(func(m *Message) { m.Tenant = "fabrikam" }), false},
		"other recipients":   {ring(t, newKey), value, with(func(m *Message) { m.Domains = []string{"contoso.com"} }), false},
		"more recipients":    {ring(t, newKey), value, with(func(m *Message) { m.Domains = append(m.Domains, "contoso.com") }), false},
		"several of one":     {ring(t, newKey), value, with(func(m *Message) { m.Domains = append(m.Domains, m.Domains...) }), true},
		"no recipient":       {ring(t, newKey), value, with(func(m *Message) { m.Domains = nil }), false},
		"author as domain":   {ring(t, newKey), value, with(func(m *Message) { m.Authors, m.Domains = nil, append(m.Domains, m.Authors...) }), false},
		"other text":         {ring(t, newKey), value, with(func(m *Message) { m.Text = "another" }), false},
		"pieces moved":       {ring(t, newKey), value, with(func(m *Message) { m.Tenant, m.MessageID = "contoso<1@", "contoso.com>" }), false},
		"later":              {ring(t, newKey), strings.Replace(value, "1795248000", "1795248001", 1), letter, false},
		"same time, written": {ring(t, newKey), strings.Replace(value, "1795248000", "01795248000", 1), letter, false},
		"plain word":         {ring(t, newKey), "Yes", letter, false},
		"unsealed":           {ring(t, newKey), Unsealed, letter, false},
		"other version":      {ring(t, newKey), strings.Replace(value, "v2", "v3", 1), letter, false},
		"first version":      {ring(t, newKey), "Yes v1." + value[len(value)-sealLength:], letter, false},
		"cut":                {ring(t, newKey), value[:len(value)-1], letter, false},
		"more":               {ring(t, newKey), value + "A", letter, false},
		"more words":         {ring(t, newKey), value + " x", letter, false},
		"other word":         {ring(t, newKey), strings.Replace(value, "Yes", "No", 1), letter, false},
		"empty":              {ring(t, newKey), "", letter, false},
		"time of no number":  {ring(t, newKey), strings.Replace(value, "1795248000", "x", 1), letter, false},
		"negative time":      {ring(t, newKey), strings.Replace(value, "1795248000", "-1", 1), letter, false},
		"time beyond time":   {ring(t, newKey), strings.Replace(value, "1795248000", "99999999999999999999", 1), letter, false},
		"seal of a thread":   {ring(t, newKey), "Yes v2.1795248000." + ring(t, newKey).Token(talk, "x")[8:30], letter, false},
	} {
		if got := guards(c.ring, c.value, c.of); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	r := ring(t, newKey)
	for name, m := range map[string]Message{
		"Message-ID":   with(func(m *Message) { m.MessageID = "" }),
		"known digest": with(func(m *Message) { m.Text = "" }),
	} {
		if guards(r, r.Guard(m, made), m) {
			t.Errorf("a guard is believed on a message without a %s", name)
		}
	}
	if g, _ := ParseGuard(value); !g.Made.Equal(made) {
		t.Errorf("made %s", g.Made)
	}
}

var (
	firstLetter = First{"contoso", "<1@contoso.com>", "anna@contoso.com", "Sat, 21 Nov 2026 08:00:00 +0100"}
	firstDate   = time.Date(2026, 11, 21, 7, 0, 0, 0, time.UTC)
)

// guardFirst is a guard as earlier releases made it.
func (r *Ring) guardFirst(m First) string {
	return Handled + " " + firstVersion + "." + r.seal("guard", m.pieces(firstDate)...)
}

// What earlier releases sealed is still known, with the date that bounds it.
func TestGuardsFirst(t *testing.T) {
	r := ring(t, newKey)
	// As release 1 wrote it.
	const value = "Yes v1.JVS7LgZE8dn-AdMWNE1PFA"
	if got := r.guardFirst(firstLetter); got != value {
		t.Errorf("made %s", got)
	}
	with := func(change func(*First)) First {
		m := firstLetter
		change(&m)
		return m
	}
	for name, c := range map[string]struct {
		value string
		of    First
		want  bool
	}{
		"same":               {value, firstLetter, true},
		"date in other zone": {value, with(func(m *First) { m.Date = "Sat,  21 Nov 2026 07:00:00 +0000 (UTC)" }), true},
		"author in capitals": {value, with(func(m *First) { m.Author = "Anna@Contoso.com" }), true},
		"other date":         {value, with(func(m *First) { m.Date = "Sat, 21 Nov 2026 08:00:01 +0100" }), false},
		"no date":            {value, with(func(m *First) { m.Date = "" }), false},
		"other author":       {value, with(func(m *First) { m.Author = "bob@contoso.com" }), false},
		"other tenant":       {value, with(func(m *First) { m.Tenant = "" }), false},
		"other id":           {value, with(func(m *First) { m.MessageID = "<2@contoso.com>" }), false},
		"of today's form":    {r.Guard(letter, firstDate), firstLetter, false},
	} {
		g, ok := ParseGuard(c.value)
		date, believed := r.GuardsFirst(g, c.of)
		if (ok && believed) != c.want || believed && !date.Equal(firstDate) {
			t.Errorf("%s: %v of %s", name, believed, date)
		}
	}
	bare := with(func(m *First) { m.MessageID = "" })
	if g, _ := ParseGuard(r.guardFirst(bare)); !g.First() {
		t.Error("no guard of the first version")
	} else if _, ok := r.GuardsFirst(g, bare); ok {
		t.Error("a guard is believed on a message without a Message-ID")
	}
}

func digest(field, body string) string {
	d := NewDigest(field)
	d.Write([]byte(body))
	return d.Sum()
}

// relaxed is a body with its blanks evened out, by other means than the digest's.
func relaxed(body string) string {
	var lines []string
	for line := range strings.SplitSeq(body, "\n") {
		blanks := func(r rune) bool { return r == ' ' || r == '\t' || r == '\r' }
		even := strings.Join(strings.FieldsFunc(line, blanks), " ")
		if even != "" && strings.ContainsRune(" \t\r", rune(line[0])) {
			even = " " + even
		}
		lines = append(lines, even)
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// What servers do to blanks and line ends does not count, all else does.
func TestDigest(t *testing.T) {
	const body = "Hello Ben,\r\n\r\n  the  offer\tis 12 EUR.\r\n"
	for name, c := range map[string]struct {
		field, body string
		same        bool
	}{
		"same":                {"text/plain", body, true},
		"line ends":           {"text/plain", strings.ReplaceAll(body, "\r\n", "\n"), true},
		"blanks at line ends": {"text/plain", strings.ReplaceAll(body, "\r\n", " \t\r\n"), true},
		"lines at the end":    {"text/plain", body + "\r\n \r\n", true},
		"without the last":    {"text/plain", strings.TrimSpace(body), true},
		"rows of blanks":      {"text/plain", strings.ReplaceAll(body, "  ", "\t"), true},
		"blanks in a field":   {" text/plain", body, false},
		"another field":       {"text/html", body, false},
		"another word":        {"text/plain", strings.Replace(body, "12", "13", 1), false},
		"another case":        {"text/plain", strings.Replace(body, "Hello", "hello", 1), false},
		"a line more":         {"text/plain", strings.Replace(body, "\r\n", "\r\n\r\n", 1), false},
		"a blank less":        {"text/plain", strings.Replace(body, "is 12", "is12", 1), false},
		"a line less":         {"text/plain", "Hello Ben,\r\n", false},
		"nothing":             {"text/plain", "", false},
		"field in the body":   {"", "text/plain\n" + body, false},
	} {
		if same := digest(c.field, c.body) == digest("text/plain", body); same != c.same {
			t.Errorf("%s: %v", name, same)
		}
	}
	if NewDigest("a", "b").Sum() == NewDigest("a\nb").Sum() || NewDigest("ab", "").Sum() == NewDigest("a", "b").Sum() {
		t.Error("fields run into each other")
	}
	if NewDigest().Sum() == "" {
		t.Error("nothing has no digest")
	}
}
