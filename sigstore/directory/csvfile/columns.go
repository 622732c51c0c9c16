package csvfile

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"sigmilter/sigstore/directory"
)

// A columnKind says what becomes of the values of a column.
type columnKind int

const (
	ignored columnKind = iota
	attributeColumn
	proxies
	groups
)

type column struct {
	kind columnKind
	name string
}

type columnList []column

func parseHeader(row []string, mapping map[string]string) (columnList, error) {
	byTitle := make(map[string]string, len(mapping))
	for title, attribute := range mapping {
		byTitle[strings.ToLower(title)] = attribute
	}
	cols := make(columnList, len(row))
	seen := map[string]bool{}
	for i, title := range row {
		title = strings.TrimSpace(title)
		if attribute, ok := byTitle[strings.ToLower(title)]; ok {
			delete(byTitle, strings.ToLower(title))
			title = attribute
		}
		cols[i] = newColumn(title)
		name := strings.ToLower(cols[i].name)
		if name != "" && seen[name] {
			return nil, fmt.Errorf("the first row names the column %s twice", cols[i].name)
		}
		seen[name] = true
	}
	for _, title := range slices.Sorted(maps.Keys(byTitle)) {
		return nil, fmt.Errorf("the first row has no column %q, which the configuration names", title)
	}
	if !seen["mail"] && !seen["userprincipalname"] {
		return nil, errors.New("the first row must name the columns, mail or userPrincipalName among them; other titles are mapped by columns = { \"E-Mail\" = \"mail\" }")
	}
	return cols, nil
}

func newColumn(title string) column {
	switch strings.ToLower(title) {
	case "":
		return column{}
	case "proxyaddresses":
		return column{proxies, title}
	case "groups", "memberof":
		return column{groups, title}
	case photoColumn:
		return column{attributeColumn, photoColumn}
	}
	if spelled, ok := directory.Canonical(title); ok {
		title = spelled
	}
	return column{attributeColumn, title}
}

// person makes a person of a row with as many values as there are columns. Its
// Address is empty when the row is to be left out. A row without any value is
// left out silently: spreadsheets write them below the last one in use.
func (cols columnList) person(row []string) (p directory.Person, problems []string) {
	p.Attributes = make(map[string]string, len(row))
	var others []string
	empty := true
	for i, value := range row {
		value = strings.TrimSpace(value)
		if value == "" {
			continue
		}
		empty = false
		switch cols[i].kind {
		case attributeColumn:
			if formulaErrors[value] || shortenedNumber.MatchString(value) {
				problems = append(problems, fmt.Sprintf("%s is %s, which the spreadsheet shows in place of the value, and is not used", cols[i].name, value))
				continue
			}
			p.Attributes[cols[i].name] = value
		case proxies:
			others = directory.SplitProxies(value)
		case groups:
			p.Groups = append(p.Groups, directory.SplitList(value)...)
		}
	}
	if empty {
		return directory.Person{}, nil
	}
	name, value := "mail", p.Attributes["mail"]
	if value == "" {
		name, value = "userPrincipalName", p.Attributes["userPrincipalName"]
	}
	if value == "" {
		return directory.Person{}, append(problems, "no mail address; this row is left out")
	}
	primary, ok := directory.ParseAddress(value)
	if !ok {
		return directory.Person{}, append(problems, fmt.Sprintf("%s %q is not a mail address; this row is left out", name, value))
	}
	p.Address = primary
	all, unused := directory.CollectAddresses(primary, others)
	p.Addresses = all
	return p, append(problems, unused...)
}

// formulaErrors are what a spreadsheet shows where a formula has no value.
var formulaErrors = map[string]bool{
	"#N/A": true, "#REF!": true, "#NAME?": true, "#VALUE!": true, "#DIV/0!": true, "#NULL!": true, "#NUM!": true,
	"#NV": true, "#BEZUG!": true, "#WERT!": true, // as a German one writes them
}

// shortenedNumber is how a spreadsheet writes a long number, such as that of a phone, in
// a cell that is not formatted as text.
var shortenedNumber = regexp.MustCompile(`^[0-9][.,][0-9]+E\+[0-9]+$`)
