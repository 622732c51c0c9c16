package csvfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"sigmilter/sigstore/localfile"
)

// decoded is a file in a charset, or a workbook, as CSV in UTF-8. A byte order mark
// overrules the charset.
func decoded(in io.Reader, charset string) (io.Reader, error) {
	buffered := bufio.NewReader(in)
	mark, _ := buffered.Peek(4)
	if bytes.HasPrefix(mark, []byte(zipMark)) {
		return sheetText(buffered)
	}
	if bytes.HasPrefix(mark, []byte(oleMark)) {
		return nil, errOldWorkbook
	}
	if bytes.HasPrefix(mark, []byte("\uFEFF")) {
		return buffered, nil
	}
	if hasUTF16Mark(mark) {
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(buffered), nil
	}
	if charset == "" {
		return buffered, nil
	}
	e, err := htmlindex.Get(charset)
	if err != nil {
		return nil, fmt.Errorf("charset %q is not known", charset)
	}
	return e.NewDecoder().Reader(buffered), nil
}

func hasUTF16Mark(start []byte) bool {
	return bytes.HasPrefix(start, []byte("\xFF\xFE")) || bytes.HasPrefix(start, []byte("\xFE\xFF"))
}

// fitsCharset goes through a file before its rows are read, and ends at its beginning.
// It is an error when the charset of the configuration is not the file's: rows that are
// not ASCII would be missing, or wrong in every mail.
func (c Source) fitsCharset(f *os.File) error {
	err := charsetFault(f, c.Charset)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	return err
}

func charsetFault(in io.Reader, charset string) error {
	found, err := countLines(in)
	if err != nil {
		return err
	}
	if found.marked || strings.HasPrefix(charset, "utf-16") {
		return nil
	}
	if charset == "" && found.others > found.utf8 {
		guess := localfile.LooksLike(found.sample)
		if guess.Charset == "" {
			return fmt.Errorf(`line %d is not UTF-8; set charset, or save the file as "CSV UTF-8"`, found.line)
		}
		return fmt.Errorf(`line %d is not UTF-8, it looks like %v; set charset = %q, or save the file as "CSV UTF-8"`, found.line, guess, guess.Charset)
	}
	if charset != "" && found.others == 0 && found.utf8 > 0 {
		return fmt.Errorf("the file is UTF-8, and charset says %s; take charset out of the configuration", charset)
	}
	return nil
}

// lineCount is what the lines of a file show of its charset.
type lineCount struct {
	marked       bool // it begins with a byte order mark, or is no text
	utf8, others int  // lines that are not ASCII
	line         int  // the first that is not UTF-8
	sample       []byte
}

// mostSample is about how many bytes of lines a charset is guessed from.
const mostSample = 16 << 10

func countLines(in io.Reader) (c lineCount, err error) {
	buffered := bufio.NewReaderSize(in, 64<<10)
	start, _ := buffered.Peek(4)
	c.marked = bytes.HasPrefix(start, []byte("\uFEFF")) || hasUTF16Mark(start) || isBinary(start)
	if c.marked {
		return c, nil
	}
	lines := bufio.NewReaderSize(withLF(buffered), 64<<10)
	for n, whole := 1, true; ; {
		line, err := lines.ReadSlice('\n')
		ends := !errors.Is(err, bufio.ErrBufferFull)
		if whole && ends { // else a character may be cut in two
			c.add(line, n)
		}
		whole = ends
		if whole {
			n++
		}
		if err != nil && ends {
			if err == io.EOF {
				err = nil
			}
			return c, err
		}
	}
}

func (c *lineCount) add(line []byte, n int) {
	wide := bytes.Count(line, []byte{0}) > len(line)/4 // UTF-16
	if !wide && isASCII(line) {
		return
	}
	if !wide && utf8.Valid(line) {
		c.utf8++
		return
	}
	c.others++
	if c.others == 1 {
		c.line = n
	}
	if len(c.sample) < mostSample {
		c.sample = append(c.sample, line...)
	}
}

func isASCII(line []byte) bool {
	for _, b := range line {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
