package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// window is when a rule applies, by the clock on the wall in a time zone.
type window struct {
	zone        *time.Location
	from, until time.Time // zero: no limit; until is the first moment after it
	days        [7]bool   // by time.Weekday; none: all
	everyDay    bool
	hours       []hours // none: all day
}

// hours are minutes of a day. When they end before they begin, they go on to
// the next day and belong to the one they began on.
type hours struct{ begin, end int }

const dayMinutes = 24 * 60

// windowKeys are the names in the table of a time window.
var windowKeys = []ConditionKey{
	{Name: "from", What: "a date", Like: `"2026-12-01" or "2026-12-01 08:00"`, Single: true, parse: parseMoment},
	{Name: "until", What: "a date", Like: `"2026-12-24" or "2026-12-24 18:00"`, Single: true, parse: parseMoment},
	{Name: "days", What: "a weekday", Like: `"mon", "sat" or "mon-fri"`, parse: parseDays},
	{Name: "hours", What: "a time of day", Like: `"08:00-18:00" or "22:00-06:00"`, parse: parseHours},
	{Name: "zone", What: "a time zone", Like: `"Europe/Berlin" or "UTC"`, Required: true, Single: true, parse: parseZone},
}

const (
	dateLayout   = "2006-01-02"
	momentLayout = "2006-01-02 15:04"
)

func parseMoment(s string) (string, error) {
	for _, layout := range []string{dateLayout, momentLayout} {
		if _, err := time.Parse(layout, s); err == nil {
			return s, nil
		}
	}
	return "", errors.New("there is no such day or time")
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func parseDays(s string) (string, error) {
	s = strings.ToLower(s)
	first, last, ranged := strings.Cut(s, "-")
	if !slices.Contains(weekdays, first) || ranged && !slices.Contains(weekdays, last) {
		return "", fmt.Errorf("there are only %s and what lies between two of them", strings.Join(weekdays, ", "))
	}
	return s, nil
}

func parseHours(s string) (string, error) {
	h, err := newHours(s)
	if err == nil && h.begin == h.end {
		err = errors.New("it ends when it begins")
	}
	return s, err
}

func newHours(s string) (h hours, err error) {
	begin, end, ok := strings.Cut(s, "-")
	if !ok {
		return h, errors.New("it needs a beginning and an end")
	}
	if h.begin, err = minutes(begin); err != nil {
		return h, err
	}
	h.end, err = minutes(end)
	return h, err
}

// minutes is a time of day; 24:00 is the end of it.
func minutes(s string) (int, error) {
	s = strings.TrimSpace(s)
	if s == "24:00" {
		return dayMinutes, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("%q is no hour and minute", s)
	}
	return t.Hour()*60 + t.Minute(), nil
}

func parseZone(s string) (string, error) {
	// The zone of the machine would be another one on another machine.
	if s == "" || s == "Local" {
		return "", errors.New("it needs a name")
	}
	if _, err := time.LoadLocation(s); err != nil {
		return "", errors.New("there is no such zone")
	}
	return s, nil
}

// compileWindow puts the words together, and refuses a window that never opens.
func compileWindow(c *Condition) (err error) {
	w := &window{everyDay: true}
	words := map[string][]string{}
	for _, asked := range c.wanted {
		words[asked.key] = asked.words
	}
	if w.zone, err = time.LoadLocation(first(words["zone"])); err != nil {
		return err
	}
	w.from, _ = w.moment(first(words["from"]))
	until, wholeDay := w.moment(first(words["until"]))
	if w.until = until; wholeDay {
		w.until = until.AddDate(0, 0, 1)
	}
	for _, word := range words["days"] {
		w.everyDay = false
		w.addDays(word)
	}
	for _, word := range words["hours"] {
		h, err := newHours(word)
		if err != nil {
			return err
		}
		w.hours = append(w.hours, h)
	}
	if w.never() {
		return errors.New("this time never comes")
	}
	c.window = w
	return nil
}

func first(words []string) string { return slices.Concat(words, []string{""})[0] }

// moment is a word in the window's zone, and whether it is a whole day; the zero
// time for an empty one.
func (w *window) moment(word string) (t time.Time, wholeDay bool) {
	if t, err := time.ParseInLocation(dateLayout, word, w.zone); err == nil {
		return t, true
	}
	t, _ = time.ParseInLocation(momentLayout, word, w.zone) // parsed before, or empty
	return t, false
}

func (w *window) addDays(word string) {
	from, to, ranged := strings.Cut(word, "-")
	day := slices.Index(weekdays, from)
	end := day
	if ranged {
		end = slices.Index(weekdays, to)
	}
	for ; ; day = (day + 1) % 7 {
		w.days[day] = true
		if day == end {
			return
		}
	}
}

// open says whether a moment is within the window.
func (w *window) open(t time.Time) bool {
	if t.Before(w.from) || !w.until.IsZero() && !t.Before(w.until) {
		return false
	}
	t = t.In(w.zone)
	day, minute := int(t.Weekday()), t.Hour()*60+t.Minute()
	if len(w.hours) == 0 {
		return w.everyDay || w.days[day]
	}
	for _, h := range w.hours {
		wraps := h.end < h.begin
		if minute >= h.begin && (wraps || minute < h.end) && w.on(day) || wraps && minute < h.end && w.on((day+6)%7) {
			return true
		}
	}
	return false
}

func (w *window) on(day int) bool { return w.everyDay || w.days[day] }

// never says whether there is no minute in which the window is open. What is
// open at all is open within a week and the day that a change of the clocks takes.
func (w *window) never() bool {
	if w.from.IsZero() || w.until.IsZero() {
		return false // days and hours come round again
	}
	end := w.from.Add(8 * 24 * time.Hour)
	for t := w.from; t.Before(w.until) && t.Before(end); t = t.Add(time.Minute) {
		if w.open(t) {
			return false
		}
	}
	return true
}

// windowWords says when a window is open.
func windowWords(c *Condition) string {
	var words []string
	for _, k := range windowKeys {
		for _, w := range c.wanted {
			if w.key != k.Name {
				continue
			}
			switch k.Name {
			case "from", "until":
				words = append(words, k.Name+" "+w.words[0])
			case "zone":
				words = append(words, "in "+w.words[0])
			default:
				words = append(words, either(w.words))
			}
		}
	}
	return strings.Join(words, ", ")
}
