package csvfile

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// maxRowLines is how many lines a row with quoted line breaks may have. A quote
// that is never closed would otherwise take the rest of the file with it.
const maxRowLines = 50

// rowReader reads the rows of a CSV file one by one and goes on after a broken one.
//
// encoding/csv parses each row; which lines make up a row is found here, by the
// quotes in them, so that after a broken row reading goes on with the line after
// its first one, wherever the parser gave up.
type rowReader struct {
	path   string
	in     *bufio.Reader
	comma  rune
	header []string

	known   func(text string) bool // says that next leaves a row out; nil for none
	skipped int                    // rows that it left out

	ahead []string // lines read but not used yet
	line  int      // number of the first of them

	text   strings.Reader // the row for the parser, and its buffer
	buffer *bufio.Reader
}

// newRows reads the header row, and from it the separator.
func newRows(in io.Reader, path string) (*rowReader, error) {
	r := &rowReader{path: path, in: bufio.NewReader(withLF(bufio.NewReader(in))), line: 1, comma: ','}
	r.buffer = bufio.NewReader(&r.text)
	mark, _ := r.in.Peek(3)
	if string(mark) == "\uFEFF" {
		r.in.Discard(3)
	}
	if err := r.skipBlankLines(); err != nil {
		return nil, noHeader(err)
	}
	r.comma = separatorIn(r.ahead[0])
	header, _, err := r.next()
	if err != nil {
		return nil, noHeader(err)
	}
	r.header = header
	return r, nil
}

func noHeader(err error) error {
	if err == io.EOF {
		return errors.New("it is empty; the first row must name the columns")
	}
	return fmt.Errorf("first row: %w", err)
}

// separatorIn returns the one of comma, semicolon and tab that the header has most
// of outside quotes.
func separatorIn(header string) rune {
	best, most := ',', 0
	for _, candidate := range ",;\t" {
		n, quoted := 0, false
		for _, r := range header {
			if r == '"' {
				quoted = !quoted
			} else if r == candidate && !quoted {
				n++
			}
		}
		if n > most {
			best, most = candidate, n
		}
	}
	return best
}

// next returns a row and the number of its first line. The error is io.EOF at
// the end, a *RowError for a row that is broken, after which next may be called
// again, or a failure to read.
func (r *rowReader) next() ([]string, int, error) {
	for {
		if err := r.skipBlankLines(); err != nil {
			return nil, 0, err
		}
		line := r.line
		n, err := r.rowLines()
		if err != nil {
			return nil, line, err
		}
		if n == 0 {
			r.drop(1)
			return nil, line, r.broken(line, "a quote is opened and not closed")
		}
		text := strings.Join(r.ahead[:n], "")
		if r.known != nil && r.known(text) {
			r.skipped++
			r.drop(n)
			continue
		}
		row, problem := r.parse(text)
		if problem != "" {
			r.drop(1)
			return nil, line, r.broken(line, problem)
		}
		r.drop(n)
		return row, line, nil
	}
}

func (r *rowReader) broken(line int, problem string) error {
	return &RowError{r.path, line, problem + "; this row is left out"}
}

func (r *rowReader) parse(text string) (row []string, problem string) {
	if !utf8.ValidString(text) {
		return nil, "not UTF-8; save the file as UTF-8 or set charset"
	}
	r.text.Reset(text)
	r.buffer.Reset(&r.text)
	parser := csv.NewReader(r.buffer)
	parser.Comma = r.comma
	parser.FieldsPerRecord = -1
	// Blanks before a quoted value; with tabs it would take empty values for blanks.
	parser.TrimLeadingSpace = r.comma != '\t'
	row, err := parser.Read()
	var fault *csv.ParseError
	if errors.As(err, &fault) {
		return nil, fault.Err.Error()
	}
	if err != nil {
		return nil, err.Error()
	}
	if r.header != nil && len(row) != len(r.header) {
		return nil, fmt.Sprintf("%d values where the first row has %d columns", len(row), len(r.header))
	}
	return row, ""
}

// rowLines returns how many of the next lines make up a row: quotes come in
// pairs within one. It is 0 when no line within reach closes the quote.
func (r *rowReader) rowLines() (int, error) {
	open := false
	for n := 0; n < maxRowLines; n++ {
		if n == len(r.ahead) {
			if err := r.read(); err == io.EOF {
				return 0, nil
			} else if err != nil {
				return 0, err
			}
		}
		if strings.Count(r.ahead[n], `"`)%2 == 1 {
			open = !open
		}
		if !open {
			return n + 1, nil
		}
	}
	return 0, nil
}

// skipBlankLines leaves at least one line ahead, and one that is not blank.
func (r *rowReader) skipBlankLines() error {
	for {
		if len(r.ahead) == 0 {
			if err := r.read(); err != nil {
				return err
			}
		}
		if strings.Trim(r.ahead[0], "\r\n") != "" {
			return nil
		}
		r.drop(1)
	}
}

// read puts one more line ahead.
func (r *rowReader) read() error {
	line, err := r.in.ReadString('\n')
	if line == "" {
		return err
	}
	r.ahead = append(r.ahead, line)
	return nil
}

func (r *rowReader) drop(n int) {
	r.ahead = append(r.ahead[:0], r.ahead[n:]...)
	r.line += n
}
