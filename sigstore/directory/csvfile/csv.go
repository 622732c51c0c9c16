// Package csvfile reads people from an Excel workbook (.xlsx), of which the first visible
// sheet is read, or in a file of comma, semicolon or tab separated
// values, as Excel and HR systems write them, in UTF-8, in UTF-16 with a byte order
// mark, or in another charset that is named. A file in another charset than is named is
// refused as a whole; a row that is not UTF-8 in a file of UTF-8 is a broken row.
//
// The first row names the columns: Graph's attribute names in any case (see
// [directory.Canonical]), proxyAddresses, groups (or memberOf), and any name besides,
// which becomes an attribute of that name. Titles in other words are mapped to
// these by Columns. Which of the three separators is used is seen from that row.
// A column without a name is not read.
//
// The primary address is mail, and userPrincipalName where there is no mail.
// proxyAddresses is a list separated by ";", "|" or blanks, with or without
// smtp: before each; groups is a list of the same kind.
//
// A row that cannot be used is left out with a [RowError]; so is the later of two rows
// with the same primary address. Another address that two rows have goes to the one
// whose primary one it is, else to the earlier. Values may have line breaks in them when
// they are quoted, up to 50 lines in a row.
//
// The column photo names the file of a person's photo, in the folder of the CSV
// file or below it. Who has none there gets the file ADDRESS.jpg, .jpeg, .png or
// .gif of the folder Photos, in any case, by any of the addresses.
//
// The cursor tells that neither the file nor a photo was changed since they were
// read: that costs a stat of each, and the batch changes nothing. Where the column
// photo is in use, the file is read for it.
package csvfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/localfile"
)

// Source is a [directory.Source].
type Source struct {
	Path string
	// Columns are attribute names by the titles that stand for them, compared
	// without regard to case. It is an error when the file lacks one of the titles.
	Columns map[string]string
	// Charset is that of the file, as the WHATWG has it; empty is UTF-8. A byte
	// order mark overrules it.
	Charset string
	// Photos is a folder, empty for none.
	Photos string
	// Memory makes readings after the first faster; nil for none.
	Memory *Memory
}

// RowError is a warning about one row of a file.
type RowError struct {
	Path    string
	Line    int // where the row starts, counted from 1
	Problem string
}

// Error is "FILE:LINE: problem".
func (e *RowError) Error() string {
	return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Problem)
}

// Read implements [directory.Source]. A batch is a full one, or an empty one without people when the
// cursor is that of the files as they are, or one of the rows that are new and different
// when the cursor is that of the reading that Memory has. It is an error when the file cannot be
// read, when its first row is no usable header, when there is not one person in it,
// and when the folder of photos cannot be read. The batch of an error has the
// warnings. progress is told the share of the file that was read as people of those
// that are estimated to be in it.
func (c Source) Read(ctx context.Context, cursor string, people directory.Sink, progress directory.Progress) (directory.Batch, error) {
	f, err := localfile.Open(c.Path)
	if err != nil {
		return directory.Batch{}, fmt.Errorf("read people: %w", localfile.Explained(c.Path, err))
	}
	defer f.Close()
	photos, err := openPhotoFiles(c.Path, c.Photos)
	if err != nil {
		return directory.Batch{}, fmt.Errorf("read people from %s: %w", c.Path, err)
	}
	defer photos.close()
	now, err := c.fingerprint(f, photos)
	if err != nil {
		return directory.Batch{}, fmt.Errorf("read people: %w", err)
	}
	same, err := c.unchanged(ctx, f, now, photos, cursor)
	if err != nil {
		return directory.Batch{}, fmt.Errorf("read people from %s: %w", c.Path, err)
	}
	if same {
		return directory.Batch{Cursor: cursor}, nil
	}
	if err := c.fitsCharset(f); err != nil {
		return directory.Batch{}, fmt.Errorf("read people from %s: %w", c.Path, err)
	}
	if c.Memory != nil && c.Memory.cursor == cursor && cursor != "" && c.Photos == "" {
		r := reading{Source: c, in: &counter{in: f, size: now.Size}}
		next := now.cursor()
		done, err := r.readChanged(ctx, people.Add, next)
		if done {
			return directory.Batch{Cursor: next, Warnings: r.warnings}, nil
		}
		if err == nil {
			_, err = f.Seek(0, io.SeekStart)
		}
		if err != nil {
			return directory.Batch{}, fmt.Errorf("read people from %s: %w", c.Path, err)
		}
	}
	return c.readAll(ctx, f, now, photos, people, progress)
}

// Read reads the whole file.
func (c Source) readAll(ctx context.Context, f *os.File, now fingerprint, photos *photoFiles, people directory.Sink, progress directory.Progress) (directory.Batch, error) {
	if c.Memory != nil {
		*c.Memory = Memory{} // two at a time would take twice the memory
	}
	named := now.namedPhotos(photos)
	r := reading{Source: c, in: &counter{in: f, size: now.Size, progress: progress}, round: newRound(new(Memory))}
	err := r.read(ctx, func(p directory.Person) error {
		named.add(p)
		if err := photos.addTo(&p); err != nil {
			r.warnings = append(r.warnings, err)
		}
		return people.Add(p)
	})
	if err != nil {
		return directory.Batch{Warnings: r.warnings}, fmt.Errorf("read people from %s: %w", c.Path, err)
	}
	now.Named = named.sum()
	batch := directory.Batch{Full: true, Cursor: now.cursor(), Warnings: r.warnings, Lost: r.unique.Lost}
	r.remember(batch.Cursor, now.Named != "" || c.Photos != "")
	return batch, nil
}

// unchanged says whether everything is as at the reading that gave the cursor. Where
// the column photo is in use, the file is gone through for the names in it.
func (c Source) unchanged(ctx context.Context, f *os.File, now fingerprint, photos *photoFiles, cursor string) (bool, error) {
	now.Named = cursorNamed(cursor)
	if cursor == "" || now.cursor() != cursor {
		return false, nil
	}
	if now.Named == "" {
		return true, nil
	}
	named := now.namedPhotos(photos)
	r := reading{Source: c, in: &counter{in: f, size: now.Size}}
	if r.read(ctx, func(p directory.Person) error { named.add(p); return nil }) == nil {
		now.Named = named.sum()
		if now.cursor() == cursor {
			return true, nil
		}
	}
	_, err := f.Seek(0, io.SeekStart)
	return false, err
}

// Paths implements [directory.Local]. Files that the column photo names are not among them:
// a change of one is seen at the next reading.
func (c Source) Paths() []string {
	if c.Photos == "" {
		return []string{c.Path}
	}
	return []string{c.Path, c.Photos}
}

// reading goes through the file once.
type reading struct {
	Source
	in       *counter
	round    *round // nil: every row is taken apart, and none noted
	unique   *directory.Claims
	warnings []error
}

func (r *reading) read(ctx context.Context, found func(directory.Person) error) error {
	text, err := decoded(r.in, r.Charset)
	if err != nil {
		return err
	}
	rows, err := newRows(text, r.Path)
	if err != nil {
		return err
	}
	columns, err := parseHeader(rows.header, r.Columns)
	if err != nil {
		return err
	}
	if r.round != nil {
		r.round.after.header = headerMark(rows.header, rows.comma)
		rows.known = r.round.knows
	}
	read := 0
	r.unique = directory.NewClaims(r.rowWords())
	for {
		row, line, err := rows.next()
		var broken *RowError
		if err == io.EOF {
			if read+rows.skipped == 0 {
				return errors.New("there is no usable row in it: each needs an address in the column mail or userPrincipalName, and a quote has to end in its row")
			}
			return nil
		}
		if errors.As(err, &broken) {
			r.warnings = append(r.warnings, broken)
			continue
		}
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p, problems := columns.person(row)
		for _, problem := range problems {
			r.warnings = append(r.warnings, &RowError{r.Path, line, problem})
		}
		if p.Address == "" {
			continue
		}
		kept := r.unique.Admit(&p, strconv.Itoa(line))
		shared := r.unique.TakeWarnings()
		if len(shared) > 0 && r.round != nil && r.round.alone {
			return errWhole // a row that was not taken apart may have the address too
		}
		r.warnings = append(r.warnings, shared...)
		if !kept {
			continue
		}
		if r.round != nil {
			r.round.took(p, len(problems)+len(shared) > 0)
		}
		if err := found(p); err != nil {
			return err
		}
		read++
		r.in.tell(read)
	}
}

// rowWords are the warnings about rows that have an address in common. The label of a
// claimant is the line.
func (r *reading) rowWords() directory.ClaimWords {
	at := func(c directory.Claimant, format string, args ...any) error {
		line, _ := strconv.Atoi(c.Label)
		return &RowError{r.Path, line, fmt.Sprintf(format, args...)}
	}
	return directory.ClaimWords{
		Taken: func(first, second directory.Claimant) error {
			return at(second, "%s is also in line %s; this row is left out", second.Primary, first.Label)
		},
		Keeps: func(owner, other directory.Claimant, address string) error {
			return at(other, "%s is also in line %s and stays there; %s goes without it", address, owner.Label, other.Primary)
		},
	}
}
