package engine

import (
	"slices"
	"time"

	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// author is what tells the author's signature from text: directory data, and what
// is remembered of their mails.
func (j *Job) author() *insert.Person {
	d := &j.decision
	person := j.engine.Known.person(d.Person)
	if j.engine.Memory == nil || d.Signature == "" || !j.isOwn() {
		return person
	}
	if memory, ok := j.engine.Memory.Recall(d.Tenant, d.Person); ok {
		memory.Today = dayOf(j.facts.Now)
		person.Memory = &memory
	}
	return person
}

// isOwn reports whether a message says that it is of the person whose signature it
// gets: a default person stands for many, and one who is not listed is nobody known.
func (j *Job) isOwn() bool {
	d := &j.decision
	return !d.Person.Unlisted && (slices.Contains(policy.Addresses(j.message.Header, "From"), d.Author) || slices.Contains(policy.Addresses(j.message.Header, "Sender"), d.Author))
}

// dayOf counts days, where the clock is.
func dayOf(t time.Time) int {
	year, month, day := t.Date()
	return int(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

// learn remembers how the texts of a signed message end, unless the block is what
// they end in.
func (j *Job) learn(texts []form, person *insert.Person) {
	if person.Memory == nil {
		return
	}
	var endings []insert.Ending
	for _, t := range texts {
		if !teaches(t.newest) {
			return
		}
		if ending, ok := t.newest.reading.Ending(person); ok {
			endings = append(endings, ending)
		}
	}
	if len(endings) > 0 {
		j.engine.Memory.Learn(j.decision.Tenant, j.decision.Person, endings)
	}
}

// teaches reports whether the end of a text is the author's alone: no block of ours
// stands there, and no marker shares the place with it.
func teaches(l *leaf) bool {
	return !slices.ContainsFunc(l.placed, func(p insert.PlacedBlock) bool {
		return p.Placement.Placed == insert.AtMarker || p.Placement.By == ourRule
	})
}

// ourRule finds a block of ours.
const ourRule = "sigmilter"
