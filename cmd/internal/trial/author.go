package trial

import (
	"bytes"
	"regexp"
	"slices"
)

var (
	fromField  = regexp.MustCompile(`(?mi)^From[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*`)
	blankLine  = regexp.MustCompile(`(?m)^\r?\n`)
	firstField = regexp.MustCompile(`^[!-9;-~]+[ \t]*:`)
)

// WrittenBy returns a message as if a person had written it: with their address in the From
// field, and without further From fields. Nothing else changes.
func WrittenBy(address string, raw []byte) []byte {
	end := len(raw)
	if at := blankLine.FindIndex(raw); at != nil {
		end = at[0]
	}
	head, rest := raw[:end], raw[end:]
	from := []byte("From: <" + address + ">\n")
	if line, _, _ := bytes.Cut(raw, []byte("\n")); bytes.HasSuffix(line, []byte("\r")) {
		from = []byte("From: <" + address + ">\r\n")
	}
	written := false
	head = fromField.ReplaceAllFunc(head, func([]byte) []byte {
		if written {
			return nil
		}
		written = true
		return from
	})
	if !written && firstField.Match(head) {
		head = slices.Concat(from, head)
	}
	return slices.Concat(head, rest)
}
