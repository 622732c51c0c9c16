package migrate

import (
	"fmt"
	"strings"
	"testing"
)

func TestLeftovers(t *testing.T) {
	source := strings.Join([]string{
		`<p>{{.displayName}} %%DisplayName%% {First name} [Mobile] ((Title)) [[City]]`,
		`%%Anything%% {anything} [1] ((a note)) 50 %% and %% {{if`,
		` .jobTitle}}{{.jobTitle}}{{end}} ({{.pronouns}}) {{"{{"}}`,
		`<a href="mailto:%%Email%%">x</a> {$if mobile}y{$}`,
		`<style>p { color: red }</style><p>{ {{.city}} }`,
	}, "\n")
	var got []string
	for _, f := range Leftovers(source) {
		got = append(got, fmt.Sprintf("%d %s %s", f.Lines[0], f.What, f.Becomes))
	}
	want := []string{
		"1 %%DisplayName%% {{.displayName}}", "1 {First name} {{.givenName}}", "1 [Mobile] {{.mobilePhone}}",
		"1 ((Title)) {{.jobTitle}}", "1 [[City]] {{.city}}", "2 %%Anything%% {{.anything}}",
		"4 %%Email%% {{.mail}}", "4 {$if mobile} {{if .mobilePhone}}", "4 {$} {{end}}",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
