package laws

import (
	"bytes"
	"regexp"
	"slices"

	"sigmilter/milter/engine"
)

// threadToken is a field with a token at its end, on a line of its own unless
// nothing stands before it.
var threadToken = regexp.MustCompile(`(?s)^(.*?)(?:\r?\n)? <sig\.v1\.[A-Za-z0-9_-]{22}@[a-z0-9.-]+>(\r?\n)?$`)

// untokened are the fields of the message after, without the one token that its
// signature may have brought at the end of the first References.
func (c *checker) untokened(fields [][]byte) [][]byte {
	const name = "References"
	at := slices.IndexFunc(fields, func(f []byte) bool { return named(f, name) })
	signed := slices.ContainsFunc(c.report.Blocks, func(b engine.BlockReport) bool { return b.Block == "signature" })
	if !c.options.ThreadToken || !signed || at < 0 {
		return fields
	}
	was := c.before.fieldsNamed(name)
	m := threadToken.FindSubmatch(fields[at])
	if m == nil || len(was) > 0 && bytes.Equal(fields[at], was[0]) {
		return fields
	}
	fields = slices.Clone(fields)
	if len(was) == 0 {
		return slices.Delete(fields, at, at+1)
	}
	if fields[at] = slices.Concat(m[1], m[2]); c.before.value(name) == "" && string(m[1]) == nameOf(was[0])+":" {
		fields[at] = was[0]
	}
	return fields
}
