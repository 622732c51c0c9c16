package laws

import (
	"bytes"
	"maps"
	"slices"
	"strings"
)

// encodingFields tell how a part is encoded. Putting a block in may change them.
var encodingFields = []string{"Content-Type", "Content-Transfer-Encoding"}

// nameOf is the name of a field.
func nameOf(field []byte) string {
	name, _, _ := bytes.Cut(field, []byte(":"))
	return string(bytes.TrimRight(name, " \t"))
}

func named(field []byte, names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, nameOf(field)) })
}

func (p *part) fieldsNamed(names ...string) [][]byte {
	return slices.DeleteFunc(slices.Clone(p.fields), func(f []byte) bool { return !named(f, names...) })
}

func (p *part) fieldsBut(names ...string) [][]byte {
	return slices.DeleteFunc(slices.Clone(p.fields), func(f []byte) bool { return named(f, names...) })
}

// value is the value of the first field of a name, unfolded and trimmed.
func (p *part) value(name string) string {
	for _, f := range p.fieldsNamed(name) {
		_, v, _ := bytes.Cut(f, []byte(":"))
		return strings.TrimSpace(strings.NewReplacer("\r", "", "\n", "").Replace(string(v)))
	}
	return ""
}

// without is the message without the fields of some names.
func (p *part) without(names ...string) []byte {
	raw := bytes.Clone(p.lead)
	for _, f := range p.fieldsBut(names...) {
		raw = append(raw, f...)
	}
	return append(append(raw, p.blank...), p.rest...)
}

// header compares the header of a signed message.
func (c *checker) header() {
	const dkim = "DKIM-Signature"
	changed := !bytes.Equal(c.before.rest, c.after.rest)
	may := append([]string{c.options.Guard}, c.options.Secrets...)
	if v := c.after.value("MIME-Version"); v != c.before.value("MIME-Version") && v != "1.0" {
		c.breach(2, nil, "MIME-Version says %q", v)
	}
	if changed {
		may = append(may, dkim)
		if n := len(c.after.fieldsNamed(dkim)); n > 0 {
			c.breach(2, nil, "%d DKIM signatures that the change broke", n)
		}
	}
	if changed && len(c.before.frame) == 0 {
		may = append(append(may, encodingFields...), "MIME-Version")
		if len(c.after.frame) > 0 { // its part is one of several now, see moved
			may = append(may, bodyFields...)
			c.multipartHeader()
		}
	}
	headerOnly := len(c.before.blank)+len(c.before.rest) == 0
	// Where the blank line is missing, it has to come before what is put in there.
	if first := firstLine(c.before.rest); len(c.before.blank) == 0 && !headerOnly && !bytes.HasPrefix(c.after.rest, first) {
		c.before.blank = c.after.blank
	}
	switch {
	case headerOnly && len(c.after.blank) == 0 && changed:
		c.breach(2, nil, "the new text stands in the header: no blank line comes before it")
	case !bytes.Equal(c.before.lead, c.after.lead), !bytes.Equal(c.before.blank, c.after.blank) && !headerOnly:
		c.breach(2, nil, "what stands around the header differs")
	}
	c.sameFields(nil, c.before.fieldsBut(may...), c.untokened(c.after.fieldsBut(may...)))
}

// multipartHeader wants of the fields about the body only those that a multipart
// has.
func (c *checker) multipartHeader() {
	for _, f := range c.after.fieldsNamed(bodyFields...) {
		again := len(c.after.fieldsNamed(nameOf(f))) > 1
		transfer := named(f, "Content-Transfer-Encoding") && slices.Contains([]string{"8bit", "binary"}, c.after.value(nameOf(f)))
		if again || !named(f, "Content-Type") && !transfer {
			c.breach(2, nil, "a multipart with the field %.80q", f)
		}
	}
}

// partHeader compares the header of a part inside the message, but for the
// fields that may change.
func (c *checker) partHeader(was, is *part, may []string) {
	if was == c.before {
		return // the message's own, see header
	}
	if !bytes.Equal(was.blank, is.blank) && len(was.blank) > 0 {
		c.breach(2, was, "the line after its header differs")
	}
	c.sameFields(was, was.fieldsBut(may...), is.fieldsBut(may...))
}

func (c *checker) sameFields(p *part, was, is [][]byte) {
	for i := 0; i < len(was) || i < len(is); i++ {
		switch {
		case i >= len(is):
			c.breach(2, p, "header field lost: %.80q", was[i])
		case i >= len(was):
			c.breach(2, p, "header field new: %.80q", is[i])
		case !bytes.Equal(was[i], is[i]) && !bytes.Equal(was[i], trimEnd(is[i])):
			c.breach(2, p, "header field differs: %.80q became %.80q", was[i], is[i])
		default:
			continue
		}
		return // what follows is only out of step
	}
}

// encoding wants the fields that tell how a signed part is encoded as they were,
// to the byte, or saying something else for a reason: a charset that became
// UTF-8, a transfer encoding that became quoted-printable or base64.
func (c *checker) encoding(was, is *part) {
	typeField, transferField := encodingFields[0], encodingFields[1]
	a, b := maps.Clone(was.params), maps.Clone(is.params)
	delete(a, "charset")
	delete(b, "charset")
	if !maps.Equal(a, b) {
		c.breach(2, was, "Content-Type lost or changed a parameter: %v became %v", a, b)
	}
	if strings.ToLower(is.params["charset"]) != "utf-8" || strings.EqualFold(was.params["charset"], is.params["charset"]) {
		c.sameFields(was, was.fieldsNamed(typeField), is.fieldsNamed(typeField))
	}
	switch transfer := strings.ToLower(is.value(transferField)); {
	case transfer == strings.ToLower(was.value(transferField)), transfer != "quoted-printable" && transfer != "base64":
		c.sameFields(was, was.fieldsNamed(transferField), is.fieldsNamed(transferField))
	}
}
