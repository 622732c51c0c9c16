package csvfile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

const (
	// maxWorkbook is the largest workbook that is opened: it is held in memory.
	maxWorkbook = 64 << 20
	// maxSheet is how large the text of the sheet may be.
	maxSheet = 256 << 20
	// maxUnzipped is how large it may be unpacked.
	maxUnzipped = 512 << 20
)

// What a file begins with that is no text.
const (
	zipMark = "PK\x03\x04"
	oleMark = "\xD0\xCF\x11\xE0"
)

var errOldWorkbook = errors.New(`it is an old Excel file (.xls) or one with a password; save it without one as .xlsx or "CSV UTF-8"`)

// isBinary reports whether a file that begins so is no text in any charset.
func isBinary(start []byte) bool {
	return bytes.HasPrefix(start, []byte(zipMark)) || bytes.HasPrefix(start, []byte(oleMark))
}

// sheetText is the first visible sheet of an Excel workbook as CSV, as its cells are
// shown: a line for each row, so that their numbers are the same.
func sheetText(in io.Reader) (io.Reader, error) {
	workbook, err := excelize.OpenReader(io.LimitReader(in, maxWorkbook), excelize.Options{
		UnzipSizeLimit: maxUnzipped, ShortDatePattern: "yyyy-mm-dd",
	})
	if err != nil {
		return nil, fmt.Errorf(`it is no Excel workbook (.xlsx) that can be read: %w; save it as "CSV UTF-8"`, err)
	}
	defer workbook.Close()
	sheet, err := visibleSheet(workbook)
	if err != nil {
		return nil, err
	}
	rows, err := workbook.Rows(sheet)
	if err != nil {
		return nil, fmt.Errorf("sheet %q: %w", sheet, err)
	}
	defer rows.Close()
	var text bytes.Buffer
	out := csv.NewWriter(&text)
	width := 0 // of the first row in use
	for rows.Next() {
		cells, err := rows.Columns()
		if err != nil {
			return nil, fmt.Errorf("sheet %q: %w", sheet, err)
		}
		if width == 0 {
			width = len(cells)
		}
		if err := out.Write(sheetRow(cells, width)); err != nil {
			return nil, err
		}
		if text.Len() > maxSheet {
			return nil, fmt.Errorf(`sheet %q is larger than %d MiB; save it as "CSV UTF-8"`, sheet, maxSheet>>20)
		}
	}
	out.Flush()
	return &text, rows.Error()
}

// sheetRow is the cells of a row in use, or none. What stands beyond the named columns is a
// note beside the table.
func sheetRow(cells []string, width int) []string {
	if len(cells) == 0 {
		return nil
	}
	full := make([]string, width)
	for i := range min(width, len(cells)) {
		full[i] = lineBreaks.Replace(cells[i])
	}
	return full
}

// lineBreaks keeps the lines of the text those of the sheet.
var lineBreaks = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ")

func visibleSheet(workbook *excelize.File) (string, error) {
	for _, name := range workbook.GetSheetList() {
		if shown, err := workbook.GetSheetVisible(name); err == nil && shown {
			return name, nil
		}
	}
	return "", errors.New("it is an Excel workbook without a sheet")
}
