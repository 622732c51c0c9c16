package migrate

import (
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
)

// text replaces what stands in a text or in the value of an attribute: fields
// for placeholders, and references for braces, which would begin one of ours.
// Conditions only go into text.
func (c *converter) text(raw string, line int, inText bool) string {
	var out strings.Builder
	at := 0
	lineAt := func(i int) int { return line + strings.Count(raw[:i], "\n") }
	for _, m := range c.pattern.FindAllStringSubmatchIndex(raw, -1) {
		became, ok := c.replacement(raw, m, lineAt(m[0]), inText)
		if !ok {
			continue
		}
		out.WriteString(c.literal(raw[at:m[0]], lineAt(at)))
		out.WriteString(became)
		at = m[1]
	}
	out.WriteString(c.literal(raw[at:], lineAt(at)))
	return out.String()
}

// replacement is what a match of the pattern becomes; ok is false when it is a
// text like any other.
func (c *converter) replacement(raw string, match []int, line int, inText bool) (became string, ok bool) {
	what := raw[match[0]:match[1]]
	for i, s := range c.syntaxes {
		from, to := match[2+2*i], match[3+2*i]
		if from < 0 {
			continue
		}
		name := strings.TrimSpace(strings.ReplaceAll(html.UnescapeString(raw[from:to]), "\u00a0", " "))
		_, isKnown := attributeOf(name)
		if name == "" || !(isKnown || s.Sure) {
			return "", false
		}
		return "{{" + c.pipeline(what, name, line) + "}}", true
	}
	return c.command(what, line, inText), true
}

// emptyField is what to do about a field that nobody has.
const emptyField = "empty for everybody: give the people a column of that name, or write another field"

// functions are the suffixes of Symprex for the case of letters.
var functions = map[string]string{"U": "upper ", "L": "lower ", "T": "title "}

// pipeline is the inside of the action that a placeholder becomes.
func (c *converter) pipeline(what, name string, line int) string {
	function := ""
	if bare, suffix, ok := strings.Cut(name, ":"); ok && (functions[suffix] != "" || suffix == "N") {
		name, function = bare, functions[suffix]
	}
	field, ok := attributeOf(strings.TrimPrefix(name, "#"))
	f := Finding{Kind: Mapped, What: what}
	if !ok {
		field = column(name)
		f.Kind, f.Note = Unmapped, emptyField
	}
	f.Becomes = "{{" + function + "." + field + "}}"
	c.note(f, line)
	return function + "." + field
}

// literal keeps a text. A placeholder that is opened and not closed in it is
// told: an editor may have put markup in the middle of its name.
func (c *converter) literal(raw string, line int) string {
	for _, s := range c.syntaxes {
		i := strings.Index(raw, s.Open)
		if i < 0 || !s.Sure {
			continue
		}
		what, _, _ := strings.Cut(strings.TrimSpace(raw[i:]), "\n")
		c.note(Finding{Unmapped, fmt.Sprintf("%.30s", what), "", "opened and not closed, perhaps because markup stands in the name: write it in one piece", nil}, line+strings.Count(raw[:i], "\n"))
		break
	}
	return strings.ReplaceAll(raw, "{", "&#123;")
}

var (
	condition = regexp.MustCompile(`^\{\$(if|ifno) +([\p{L}\p{N}#_.-]+) *(?:= *"([^"{}]*)")?\}$`)
	isRT      = regexp.MustCompile(`^\{/?(?i:rt)\}$`)
)

// command is what a conditional statement or an RT tag becomes.
func (c *converter) command(what string, line int, inText bool) string {
	if isRT.MatchString(what) {
		c.note(Finding{Dropped, what, "", "a line whose fields are all empty disappears by itself", nil}, line)
		return ""
	}
	became, isKnown := conditional(html.UnescapeString(what))
	if inText && !c.options.WithoutConditions {
		c.conditions.add(became)
	}
	if became == "" || !inText || c.options.WithoutConditions {
		c.note(Finding{Unmapped, what, "", "left out, what it enclosed is always there now: write {{if .FIELD}} and {{end}}", nil}, line)
		return ""
	}
	if !isKnown {
		c.note(Finding{Unmapped, what, became, emptyField, nil}, line)
	} else {
		c.note(Finding{Mapped, what, became, "", nil}, line)
	}
	return became
}

// conditional is a conditional statement as ours, "" for one that is not
// understood, and whether its field is known.
func conditional(what string) (became string, isKnown bool) {
	switch what {
	case "{$}":
		return "{{end}}", true
	case "{$else}":
		return "{{else}}", true
	}
	m := condition.FindStringSubmatch(what)
	if m == nil {
		return "", false
	}
	field, isKnown := attributeOf(strings.TrimPrefix(m[2], "#"))
	if isKnown {
		field = "." + field
	} else if isPhoto(m[2]) {
		field, isKnown = "photo", true
	} else {
		field = "." + column(m[2])
	}
	switch compares := strings.Contains(what, "="); {
	case m[1] == "if" && compares:
		became = "eq " + field + " " + strconv.Quote(m[3])
	case m[1] == "if":
		became = field
	case compares:
		became = "ne " + field + " " + strconv.Quote(m[3])
	default:
		became = "not " + field
	}
	return "{{if " + became + "}}", isKnown
}

// conditions are the conditional statements that were translated.
type conditions struct {
	open   []bool // those not closed yet, with whether their {{else}} came
	misfit bool   // one is not understood, or does not belong where it stands
}

// add takes the next one, "" for one that is not understood.
func (c *conditions) add(became string) {
	last := len(c.open) - 1
	secondElse := last >= 0 && c.open[last] && became == "{{else}}"
	if strings.HasPrefix(became, "{{if ") {
		c.open = append(c.open, false)
		return
	}
	if became == "" || last < 0 || secondElse {
		c.misfit = true
		return
	}
	if became == "{{else}}" {
		c.open[last] = true
		return
	}
	c.open = c.open[:last]
}

// balanced says whether they make a template. Where they do not, all are left out.
func (c *conditions) balanced() bool { return !c.misfit && len(c.open) == 0 }
