package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"sigmilter/cmd/internal/printed"
	"sigmilter/cmd/internal/terminal"
)

// writeJSON writes a value as indented JSON.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// writeTable writes rows in columns.
func writeTable(w io.Writer, head string, rows func(row func(cells ...any))) error {
	out := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(out, head)
	rows(func(cells ...any) {
		for i, c := range cells {
			if i > 0 {
				fmt.Fprint(out, "\t")
			}
			fmt.Fprint(out, printed.Cell(fmt.Sprint(c)))
		}
		fmt.Fprintln(out)
	})
	return out.Flush()
}

// waiting shows on a terminal what is waited for, once that takes long, until done is
// called. That comes before anything else is printed.
func waiting(what string) (done func()) { return terminal.Wait(os.Stderr, what) }

// ago says how long ago a time was.
func ago(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return duration(time.Since(t)) + " ago"
}

// duration is a length of time, rounded.
func duration(d time.Duration) string {
	if d >= 48*time.Hour {
		return fmt.Sprintf("%dd", int(d.Hours()/24))
	}
	if d >= time.Minute {
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
	return d.Round(time.Second).String()
}
