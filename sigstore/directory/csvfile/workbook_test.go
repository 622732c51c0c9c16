package csvfile

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/directorytest"

	"github.com/xuri/excelize/v2"
)

// writeSheet returns the path of a workbook with the rows from the second on, and a
// hidden sheet before them.
func writeSheet(t *testing.T, rows ...[]any) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := f.NewSheet("People")
	must(err)
	must(f.SetSheetVisible("Sheet1", false))
	for i, row := range rows {
		must(f.SetSheetRow("People", fmt.Sprintf("A%d", i+2), &row))
	}
	zip := "00000"
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &zip})
	must(err)
	must(f.SetCellStyle("People", "D4", "D4", style))
	f.SetActiveSheet(1)
	must(f.SetSheetVisible("Sheet1", false))
	path := filepath.Join(t.TempDir(), "people.xlsx")
	must(f.SaveAs(path))
	return path
}

func TestWorkbook(t *testing.T) {
	path := writeSheet(t,
		[]any{"mail", "displayName", "mobilePhone", "postalCode", "employeeHireDate", "note"},
		[]any{},
		[]any{"alice@contoso.com", "Älice Müster", 4930555010123, 1067, time.Date(2023, 3, 15, 0, 0, 0, 0, time.UTC), "a\nb", "", "beside"},
		[]any{"ben@contoso.com"},
		[]any{"no address", "X"},
		[]any{nil, "Y"},
	)
	memory := new(Memory)
	all, err := directorytest.Read(t.Context(), Source{Path: path, Memory: memory}, "", nil)
	want := []directory.Person{
		{Address: "alice@contoso.com", Addresses: []string{"alice@contoso.com"}, Attributes: map[string]string{
			"mail": "alice@contoso.com", "displayName": "Älice Müster", "mobilePhone": "4930555010123", "postalCode": "01067",
			"employeeHireDate": "2023-03-15", "note": "a b"}},
		{Address: "ben@contoso.com", Addresses: []string{"ben@contoso.com"}, Attributes: map[string]string{"mail": "ben@contoso.com"}},
	}
	if err != nil || !reflect.DeepEqual(all.People, want) {
		t.Errorf("got %+v, %v", all.People, err)
	}
	wanted := fmt.Sprintf(`[%s:6: mail "no address" is not a mail address; this row is left out %s:7: no mail address; this row is left out]`, path, path)
	if got := fmt.Sprint(all.Warnings); got != wanted {
		t.Errorf("warnings %s, want %s", got, wanted)
	}
}

func TestNoWorkbook(t *testing.T) {
	whole, err := os.ReadFile(writeSheet(t, []any{"mail"}, []any{"a@b.c"}))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, file, want string }{
		{"half of one", string(whole[:len(whole)/2]), `it is no Excel workbook (.xlsx) that can be read: `},
		{"another archive", "PK\x03\x04 and so on", `save it as "CSV UTF-8"`},
		{"an old one", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\x00", "it is an old Excel file (.xls) or one with a password"},
	} {
		_, _, err := read(t, test.file)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	_, err = directorytest.Read(t.Context(), Source{Path: writeSheet(t)}, "", nil)
	if err == nil || !strings.Contains(err.Error(), "it is empty; the first row must name the columns") {
		t.Errorf("no rows: %v", err)
	}
}
