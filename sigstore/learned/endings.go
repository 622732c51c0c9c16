package learned

import (
	"slices"
	"time"
)

const (
	// maxEndings is how many endings of a person are kept, and maxOfDay how many of
	// one day, so that those of some days are there however much a person writes.
	maxEndings = 16
	maxOfDay   = 4
	// maxEndingLines is how many lines an ending has at most.
	maxEndingLines = 16
)

// lineBits are those of a line's hash that tell the line: the others are of how it
// ends, see package insert of the milter.
const lineBits = ^uint64(1<<16 - 1)

// Ending is how mails of a person ended.
type Ending struct {
	Lines       []uint64 // hashes, the last line first
	Signature   int      // how many of them were known to be the signature; 0 for none
	First, Last int      // days since 1970
	Mails       int
}

// shares reports whether two endings have their last lines in common.
func (e *Ending) shares(o *Ending, lines int) bool {
	return len(e.Lines) >= lines && e.common(o) >= lines
}

// common is how many last lines two endings have in common.
func (e *Ending) common(o *Ending) int {
	n := 0
	for n < len(e.Lines) && n < len(o.Lines) && (e.Lines[n]^o.Lines[n])&lineBits == 0 {
		n++
	}
	return n
}

// Known is what was learned of a person.
type Known struct {
	Lines      int       // of the signature; 0 when none is known
	Since      time.Time // the day of the first mail with it
	Mails      int       // that had it, of those that are remembered
	Remembered int       // endings
}

// knownOf sums up what was learned.
func knownOf(endings []Ending) (k Known) {
	k.Remembered = len(endings)
	at := -1
	for i := range endings {
		if endings[i].Signature > 0 {
			at = i // the newest counts
		}
	}
	if at < 0 {
		return k
	}
	k.Lines = endings[at].Signature
	first := endings[at].First
	for i := range endings {
		if e := &endings[i]; e.shares(&endings[at], k.Lines) {
			k.Mails += e.Mails
			first = min(first, e.First)
		}
	}
	k.Since = time.Unix(int64(first)*24*60*60, 0).UTC()
	return k
}

// learn adds the endings of one mail, one for each form of it, and reports whether
// anything is different then. The newest are last.
func learn(endings []Ending, mail []Ending) (after []Ending, changed bool) {
	after = slices.Clone(endings)
	counted := false
	for _, e := range mail {
		e.Mails = 1
		if counted {
			e.Mails = 0 // another form of the mail
		}
		var taken bool
		after, taken = learnEnding(after, e)
		if taken {
			changed, counted = true, true
		}
	}
	return after, changed
}

func learnEnding(endings []Ending, e Ending) (after []Ending, taken bool) {
	e.Lines = e.Lines[:min(len(e.Lines), maxEndingLines)]
	if i := slices.IndexFunc(endings, func(o Ending) bool { return slices.Equal(o.Lines, e.Lines) }); i >= 0 {
		old := endings[i]
		if old.Last >= e.Last && (old.Signature > 0 || e.Signature == 0) {
			return endings, false
		}
		if old.Last >= e.Last {
			e.Mails = 0
		}
		e.First, e.Last, e.Mails = min(old.First, e.First), max(old.Last, e.Last), old.Mails+e.Mails
		return append(slices.Delete(endings, i, i+1), e), true
	}
	if i, full := leastOfDay(endings, e); full {
		if i < 0 {
			return endings, false
		}
		endings = slices.Delete(endings, i, i+1)
	} else if len(endings) >= maxEndings {
		endings = slices.Delete(endings, 0, 1+len(endings)-maxEndings)
	}
	return append(endings, e), true
}

// leastOfDay reports whether there are as many endings of the day as may be, and
// which of them gives way: one that shares less with those of other days; -1 for
// none.
func leastOfDay(endings []Ending, e Ending) (i int, full bool) {
	var ofDay, others []int
	for i := range endings {
		if endings[i].Last == e.Last {
			ofDay = append(ofDay, i)
		} else {
			others = append(others, i)
		}
	}
	if len(ofDay) < maxOfDay {
		return -1, false
	}
	shared := func(e *Ending) (most int) {
		for _, o := range others {
			most = max(most, e.common(&endings[o]))
		}
		return most
	}
	least, mine := -1, shared(&e)
	for _, i := range ofDay {
		if n := shared(&endings[i]); n < mine {
			least, mine = i, n
		}
	}
	return least, true
}
