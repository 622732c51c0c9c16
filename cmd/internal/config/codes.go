package config

import (
	"fmt"
	"strings"

	"sigmilter/cmd/internal/config/tomltree"
	"sigmilter/milter/policy"
)

// minCode is the least length of a routing code: what is shorter can be guessed by
// trying.
const minCode = 16

// readCodes reads the routing codes of a file: one a line, blank lines and lines
// that begin with # left out. Only their hashes are kept, and no fault quotes one.
func readCodes(v tomltree.Value, path string) (codes []policy.Code) {
	text, ok := readSecret(v, path)
	if !ok {
		return nil
	}
	const fix = "make one with: openssl rand -hex 32"
	n := 0
	for line := range strings.Lines(text) {
		n++
		code := strings.TrimSpace(line)
		if code == "" || code[0] == '#' {
			continue
		}
		if len(code) < minCode {
			v.Fault(fmt.Sprintf("%s line %d has a code of less than %d letters", path, n, minCode), fix)
		} else if strings.ContainsFunc(code, func(r rune) bool { return r <= ' ' || r > '~' }) {
			v.Fault(fmt.Sprintf("%s line %d has a blank or a letter outside ASCII", path, n), fix)
		}
		codes = append(codes, policy.NewCode(code))
	}
	if len(codes) == 0 {
		v.Fault(path+" has no code", fix)
	}
	return codes
}
