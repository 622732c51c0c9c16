package directory

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestCounted(t *testing.T) {
	var warnings []error
	for n := range 1000 {
		warnings = append(warnings,
			fmt.Errorf(`p.csv:%d: mail "x%d \"y\"" is not a mail address; this row is left out`, n+2, n),
			fmt.Errorf("uid=p%d,ou=people,dc=b,dc=c: note is not UTF-8 and is not used", n))
	}
	warnings = append(warnings, errors.New("p.csv:9000: no mail address; this row is left out"), errors.New("certificate ends"))
	for n := range mostEqual {
		warnings = append(warnings, fmt.Errorf("a%d@b.c: z@b.c is an address of d@b.c as well and stays there", n))
	}
	var got []string
	for _, w := range Counted(warnings) {
		got = append(got, w.Error())
	}
	want := []string{
		`p.csv:2: mail "x0 \"y\"" is not a mail address; this row is left out`,
		"uid=p0,ou=people,dc=b,dc=c: note is not UTF-8 and is not used",
		`p.csv:3: mail "x1 \"y\"" is not a mail address; this row is left out`,
		"uid=p1,ou=people,dc=b,dc=c: note is not UTF-8 and is not used",
		`p.csv:4: mail "x2 \"y\"" is not a mail address; this row is left out`,
		"uid=p2,ou=people,dc=b,dc=c: note is not UTF-8 and is not used",
		"p.csv:9000: no mail address; this row is left out",
		"certificate ends",
		"a0@b.c: z@b.c is an address of d@b.c as well and stays there",
		"a1@b.c: z@b.c is an address of d@b.c as well and stays there",
		"a2@b.c: z@b.c is an address of d@b.c as well and stays there",
		`997 more like this one: p.csv:2: mail "x0 \"y\"" is not a mail address; this row is left out`,
		"997 more like this one: uid=p0,ou=people,dc=b,dc=c: note is not UTF-8 and is not used",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	if len(Counted(nil)) != 0 {
		t.Error("there is something of nothing")
	}
}
