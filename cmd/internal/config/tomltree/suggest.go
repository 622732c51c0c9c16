package tomltree

import "strings"

// Nearest is the known word that word was probably meant to be, or "". Near is
// at most one edit in three letters, whatever the case.
func Nearest(word string, known []string) string {
	// Longer words cost more to compare and are no slip of the finger.
	const longest = 40
	best, least := "", len(word)/3+1
	if len(word) > longest {
		return ""
	}
	for _, candidate := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(candidate)); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// distance counts the letters to insert, drop or replace that turn a into b, by
// Levenshtein's method with one row kept.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
