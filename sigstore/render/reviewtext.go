package render

import (
	"regexp"
	"sort"
	"strings"
)

// textRuns is the text of a template without its inline tags, and where it comes from.
type textRuns struct {
	text   strings.Builder
	starts []int // where the runs begin in it
	lines  []int // on which each begins
}

// runEnd stands where a line ends that no field goes beyond.
const runEnd = "\x00"

func (t *textRuns) add(run string, line int) {
	t.starts = append(t.starts, t.text.Len())
	t.lines = append(t.lines, line)
	t.text.WriteString(run)
}

// run is the index of the run that has an offset.
func (t *textRuns) run(at int) int {
	return sort.SearchInts(t.starts, at+1) - 1
}

// fieldText is what reads like a field.
var fieldText = regexp.MustCompile(`\{(?:\s|&nbsp;|\x{A0})*\{[^{}\x00]{1,200}\}(?:\s|&nbsp;|\x{A0})*\}`)

// cutFields looks for fields that are none, since markup stands in their braces.
func (r *review) cutFields() {
	text := r.runs.text.String()
	for _, at := range fieldText.FindAllStringIndex(text, -1) {
		field := text[at[0]:at[1]]
		first, last := r.runs.run(at[0]), r.runs.run(at[1]-1)
		if first == last && strings.HasPrefix(field, "{{") && strings.HasSuffix(field, "}}") {
			continue
		}
		line := r.runs.lines[first] + strings.Count(text[r.runs.starts[first]:at[0]], "\n")
		r.addAt(line, "%s is cut by markup or blanks and goes out as it is; write it in one piece", asWritten(field))
	}
}
