package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// printTable writes a line per message, and below the table what is not as
// expected.
func printTable(w io.Writer, results []result) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "MESSAGE\tCLIENT\tDONE\tWHY\tPASSES\tFILTER MS\t")
	for _, r := range results {
		verdict := ""
		if r.Fault != nil {
			verdict = "WRONG"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n",
			r.Title, r.Client, r.done(), r.why(), r.Passes, r.millis(), verdict)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, r := range results {
		if r.Fault == nil {
			continue
		}
		fault := strings.ReplaceAll(r.Fault.Error(), "\n", "\n  ")
		if _, err := fmt.Fprintf(w, "\n%s (%s):\n  %s\n", r.Title, r.Name, fault); err != nil {
			return err
		}
	}
	return nil
}

// done is what the daemon did, with the places of the signature.
func (r result) done() string {
	if r.Log.Action == "" {
		return "lost"
	}
	places, _ := r.placed()
	return strings.Join(append([]string{r.Log.Action}, places...), ", ")
}

// why is the daemon's reason, with the rule that applied and what the signature
// was put above.
func (r result) why() string {
	why := r.Log.Reason
	switch {
	case r.Log.Rule == "":
	case why == "rule": // says that a rule applied, and no more
		why += " " + r.Log.Rule
	default:
		why += " (rule " + r.Log.Rule + ")"
	}
	if _, separators := r.placed(); len(separators) > 0 {
		why += "; " + strings.Join(separators, ", ")
	}
	return why
}

// placed takes the parts out of the daemon's account of places: whether the text
// and the HTML part agree is for [lab.Check].
func (r result) placed() (places, separators []string) {
	for part := range strings.SplitSeq(r.Log.Placed, ",") {
		_, part, _ = strings.Cut(part, "=")
		place, separator, _ := strings.Cut(strings.TrimSuffix(part, ")"), "(")
		places = appendNew(places, place)
		separators = appendNew(separators, separator)
	}
	return places, separators
}

// appendNew appends text that is there and not in the list yet.
func appendNew(list []string, text string) []string {
	if text == "" || slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

// millis is the time the relay waited for the filter.
func (r result) millis() string {
	return fmt.Sprintf("%.2f", float64(r.Log.Waited)/1000)
}
