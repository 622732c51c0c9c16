package ldap

import (
	"encoding/json"
	"fmt"
	"time"

	"sigmilter/sigstore/directory"

	"github.com/go-ldap/ldap/v3"
)

// overlap is how far behind its mark a reading starts again. A modifyTimestamp has no
// fractions of a second, and a change made on another server of a group arrives with
// the time it was made there.
const overlap = 30 * time.Second

// generalized is how LDAP writes a time, as servers send it and take it in filters.
const generalized = "20060102150405Z"

// readEverybody brings everybody.
func (r *reading) readEverybody() (directory.Batch, error) {
	r.told = nil
	groups, err := r.groups()
	if err != nil {
		return directory.Batch{}, err
	}
	r.startMembers(groups)
	entries := r.newPersonMaker()
	err = r.searchPeople(r.filter(), r.wanted(), func(e *ldap.Entry, read, total int) error {
		r.noteEntry(e)
		r.progress(read, total)
		return entries.add(e)
	})
	if err != nil {
		return directory.Batch{}, err
	}
	if entries.met == 0 {
		r.warn("%s: nobody below it matches %s; check base, filter and what bind_dn may read", r.root.base, r.filter())
	}
	return r.finish(directory.Batch{Full: true, Lost: entries.unique.Lost}, groups, position{Full: r.now})
}

// readChanges brings who was changed since a cursor, and who stopped matching the filter.
// (The controls DirSync and Syncrepl would tell the same, and need more rights on the
// server.)
func (r *reading) readChanges(old position) (directory.Batch, error) {
	groups, err := r.groups()
	if err != nil {
		return directory.Batch{}, err
	}
	since := fmt.Sprintf("(modifyTimestamp>=%s)", old.Mark.Add(-overlap).UTC().Format(generalized))
	if r.root.activeDirectory {
		since = fmt.Sprintf("(uSNChanged>=%d)", old.USN+1)
	}
	entries := r.newPersonMaker()
	err = r.searchPeople("(&"+since+r.filter()+")", r.wanted(), func(e *ldap.Entry, read, total int) error {
		r.noteEntry(e)
		r.progress(read, total)
		return entries.add(e)
	})
	if err != nil {
		return directory.Batch{}, err
	}
	// Whoever was disabled or lost the mail address. Other entries are among them,
	// whose keys nobody knows.
	gone := entries.gone
	err = r.searchPeople("(&"+since+"(!"+r.filter()+"))", keyAttributes, func(e *ldap.Entry, _, _ int) error {
		gone = append(gone, entryKey(e))
		r.noteTime(e)
		return nil
	})
	if err != nil {
		return directory.Batch{}, err
	}
	return r.finish(directory.Batch{Gone: gone, Lost: entries.unique.Lost}, groups, position{Full: old.Full, Mark: r.elapsed(old)})
}

// elapsed is the mark of a cursor moved on by the time since then: the server's clock
// went on as ours did, whatever the difference between the two.
func (r *reading) elapsed(old position) time.Time {
	return old.Mark.Add(r.now.Sub(old.At))
}

// finish adds groups, cursor and warnings to a batch.
func (r *reading) finish(batch directory.Batch, groups []group, next position) (directory.Batch, error) {
	var err error
	batch.Groups, err = r.membership(groups)
	if err != nil {
		return directory.Batch{}, err
	}
	next.Asked, next.At = r.asked(), r.now
	if r.root.activeDirectory {
		next.Mark, next.Copy, next.USN = time.Time{}, r.root.copy, r.root.usn
	} else {
		next.Mark = r.mark(next.Mark)
	}
	text, err := json.Marshal(next)
	if err != nil {
		return directory.Batch{}, fmt.Errorf("write the LDAP cursor: %w", err)
	}
	if r.conn.referral != "" {
		r.warn("%s: referrals to other servers, such as %s, are not followed; name those servers as a source of their own", r.root.base, r.conn.referral)
	}
	batch.Cursor, batch.Warnings = string(text), r.warnings
	return batch, nil
}

// mark is a time that the server's clock had surely passed when this reading started.
//
// The latest change seen is one, less the time the reading took. It can come from a
// clock that is ahead, and nothing would be newer for a long time: our own clock is the
// limit. It is zero, and the next reading a full pass, when the server keeps no times.
func (r *reading) mark(elapsed time.Time) time.Time {
	mark := elapsed
	if !r.newest.IsZero() {
		if seen := r.newest.Add(-time.Since(r.now)); seen.After(mark) {
			mark = seen
		}
	}
	if mark.After(r.now) {
		mark = r.now
	}
	return mark
}

// warn notes what is wrong with the directory as a whole: once, and again with the next
// full pass, not with every reading.
func (r *reading) warn(format string, args ...any) {
	warning := fmt.Errorf(format, args...)
	if r.told[warning.Error()] {
		return
	}
	if r.told == nil {
		r.told = map[string]bool{}
	}
	r.told[warning.Error()] = true
	r.warnings = append(r.warnings, warning)
}
