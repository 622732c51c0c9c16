package render

import "strings"

// dropTextLines leaves out the lines that have fields, all of them empty. Where
// an empty line stands above and below, the one below goes as well.
func dropTextLines(text string, fields []templateValue) string {
	if len(fields) == 0 {
		return text
	}
	var kept strings.Builder
	at, afterBlank, dropped := 0, true, false
	for line := range strings.Lines(text) {
		end := at + len(line)
		body := strings.TrimRight(line, "\r\n")
		some, full := false, false
		for len(fields) > 0 && (fields[0].at <= at+len(body) || end == len(text)) {
			some, full = true, full || !fields[0].empty
			fields = fields[1:]
		}
		at = end
		blank := strings.TrimSpace(body) == ""
		switch {
		case some && !full:
			dropped = true
			continue
		case blank && dropped && afterBlank:
		default:
			kept.WriteString(line)
		}
		afterBlank, dropped = blank, dropped && blank && afterBlank
	}
	return kept.String()
}
