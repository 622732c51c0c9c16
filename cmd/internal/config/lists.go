package config

import (
	"fmt"
	"strings"

	"sigmilter/cmd/internal/config/tomltree"
	"sigmilter/milter/policy"
)

// lists reads the names of files that have a word of a condition on each line, one
// or several. Blank lines, and what follows a #, are for people.
func lists(k *policy.ConditionKind, c *policy.Condition) tomltree.Reader {
	return func(v tomltree.Value) {
		members, ok := v.Elements()
		if !ok {
			members = []tomltree.Value{v}
		}
		files := paths(v)
		files.Like = k.Like
		for _, member := range members {
			if path, ok := files.Read(member); ok {
				readList(member, path, c, k.What)
			}
		}
	}
}

// readList adds the words of a file. Of several that are wrong only the first is
// told: it is likely to be another sort of file.
func readList(v tomltree.Value, path string, c *policy.Condition, what string) {
	text, err := v.Tree().Folder.ReadText(path, maxFile)
	if err != nil {
		v.Fault(path+" "+err.Error(), tomltree.Advice(path, err, "write the name of a file that sigmilter may read"))
		return
	}
	n, words := 0, 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		n++
		word, _, _ := strings.Cut(line, "#")
		word = strings.TrimSpace(word)
		if word == "" {
			continue
		}
		if err := c.AddList(v.Raw.(string), word); err != nil {
			v.Fault(fmt.Sprintf("%s:%d: %q is not %s: %v", path, n, word, what, err), "write one on each line")
			return
		}
		words++
	}
	if words == 0 {
		v.Fault(path+" has no word", "write "+what+" on each line")
	}
}
