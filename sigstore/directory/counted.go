package directory

import (
	"fmt"
	"regexp"
)

// mostEqual is how many warnings of one kind are told one by one.
const mostEqual = 3

// Counted returns warnings to be told: of those that differ only in lines, addresses
// and values the first few, and how many there are besides.
func Counted(warnings []error) []error {
	var told []error
	var kinds []string // of more than a few warnings
	count := map[string]int{}
	first := map[string]error{}
	for _, w := range warnings {
		kind := kindOf(w)
		count[kind]++
		if count[kind] == 1 {
			first[kind] = w
			told = append(told, w)
		} else if count[kind] <= mostEqual {
			told = append(told, w)
		} else if count[kind] == mostEqual+1 {
			kinds = append(kinds, kind)
		}
	}
	for _, kind := range kinds {
		told = append(told, fmt.Errorf("%d more like this one: %w", count[kind]-mostEqual, first[kind]))
	}
	return told
}

// values are what warnings of one kind differ in: what is quoted, addresses and
// distinguished names, numbers.
var values = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|[^\s,;:]*[@=][^\s;:]*|[0-9]+`)

func kindOf(warning error) string {
	return values.ReplaceAllString(warning.Error(), "")
}
