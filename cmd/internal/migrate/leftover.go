package migrate

import (
	"regexp"
	"strings"
)

var ourAction = regexp.MustCompile(`(?s)\{\{.*?\}\}`)

// sureOne is a placeholder whatever its name: nobody writes so otherwise.
var sureOne = regexp.MustCompile(`^%%\S(?:.*\S)?%%$`)

// Leftovers are the placeholders of other products that are still in a template of ours,
// and go out as they are. But between %% signs, it is one only when its name is known.
func Leftovers(source string) (found []Finding) {
	// Our own are left out, but for the ends of their lines.
	theirs := ourAction.ReplaceAllStringFunc(source, func(action string) string {
		return " " + strings.Repeat("\n", strings.Count(action, "\n"))
	})
	for _, f := range Convert(theirs, Options{Product: Products[0]}).Findings {
		known := f.Kind == Mapped
		certain := f.Kind == Unmapped && sureOne.MatchString(f.What)
		if known || certain {
			found = append(found, f)
		}
	}
	return found
}
