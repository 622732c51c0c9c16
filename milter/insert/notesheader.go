package insert

import "sigmilter/milter/insert/known"

// seeNotesHeader sees the header that HCL Notes and Domino write in columns, without
// a colon and without a label for the sender: name, date, then recipients and subject
// with a label each.
func (m *marking) seeNotesHeader(i int) (sign, bool) {
	if !m.kind.Reply || i+4 > len(m.lines) || !isSenderLine(m.lines[i].text) || !isDateLine(m.lines[i+1].text) {
		return sign{}, false
	}
	var to, subject int
	for j := i + 2; j < min(i+2+maxHeaderLines, len(m.lines)); j++ {
		switch kind := labelIndex[known.Fold(trimColon(m.lines[j].text))]; {
		case kind == known.ToLabel && to == 0:
			to = j
		case kind == known.SubjectLabel && to > 0:
			subject = j
		}
		if subject > 0 {
			return sign{rule: "notes-header", from: m.above(i), to: subject + 1, strength: strong}, true
		}
	}
	return sign{}, false
}

func trimColon(text string) string {
	t, _ := cutColon(text)
	return t
}

// isSenderLine reports whether a line is a name, with or without an address.
func isSenderLine(text string) bool {
	const longest = 120 // bytes
	_, colon := cutColon(text)
	return len(text) <= longest && !colon && startsWithName(text)
}

// isDateLine reports whether a line is a date with a time of day and little else.
func isDateLine(text string) bool {
	const longest = 48 // bytes
	return len(text) <= longest && known.HasClock(text) && known.HasYear(text)
}
