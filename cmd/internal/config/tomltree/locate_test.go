package tomltree

import (
	"maps"
	"strings"
	"testing"
	"unicode"

	"github.com/BurntSushi/toml"
)

func TestLocate(t *testing.T) {
	for _, tc := range []struct {
		name, src string
		want      lineNumbers
	}{
		{"plain keys", "a = 1\n\n# b = 2\nc = 3", lineNumbers{"a": 1, "c": 4}},
		{"table", "[t]\na = 1\n[ t . u ]\nb = 2", lineNumbers{"t": 1, "t.a": 2, "t.u": 3, "t.u.b": 4}},
		{"a table named after its child", "[t.u]\na = 1\n[t]\nb = 2", lineNumbers{"t": 3, "t.u": 1, "t.u.a": 2, "t.b": 4}},
		{"dotted keys", "t.u.a = 1\nt . b = 2", lineNumbers{"t": 1, "t.u": 1, "t.u.a": 1, "t.b": 2}},
		{"quoted keys", "\"a.b\" = 1\n'c d' = 2\n\"\\u0065\" = 3\n\"\" = 4", lineNumbers{`"a.b"`: 1, `"c d"`: 2, "e": 3, `""`: 4}},
		{"list of tables", "[[r]]\na = 1\n[[r]]\na = 2\n[r.s]\nb = 3\n[[r.t]]\n[[r.t]]\nc = 4", lineNumbers{
			"r": 3, "r[1]": 1, "r[1].a": 2, "r[2]": 3, "r[2].a": 4, "r[2].s": 5, "r[2].s.b": 6,
			"r[2].t": 8, "r[2].t[1]": 7, "r[2].t[2]": 8, "r[2].t[2].c": 9,
		}},
		{"list", "a = [1,\n # ]\n \"]\", [3,\n4]]\nb = 5", lineNumbers{
			"a": 1, "a[1]": 1, "a[2]": 3, "a[3]": 3, "a[3][1]": 3, "a[3][2]": 4, "b": 5,
		}},
		{"inline table", "a = { b = 1,\n c.d = \"}\" }\ne = [{f = 1}, {}]", lineNumbers{
			"a": 1, "a.b": 1, "a.c": 2, "a.c.d": 2, "e": 3, "e[1]": 3, "e[1].f": 3, "e[2]": 3,
		}},
		{"long strings", "a = \"\"\"\nb = 1\n\\\"\"\"\\\nc\"\"\"\"\"\nd = '''\n[e]\n''\n''''\nf = 1", lineNumbers{"a": 1, "d": 5, "f": 9}},
		{"strings that look like more", "a = \"[b]\\\"\" # c = 1\nd = '\\'\ne = 1", lineNumbers{"a": 1, "d": 2, "e": 3}},
		{"scalars", "a = 1979-05-27 07:32:00Z # x\nb = -inf\nc = 0x_f", lineNumbers{"a": 1, "b": 2, "c": 3}},
		{"carriage returns", "a = 1\r\n\r\n[t]\r\nb = 2\r\n", lineNumbers{"a": 1, "t": 3, "t.b": 4}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := locate(tc.src); !maps.Equal(got, tc.want) {
				t.Errorf("got  %v\nwant %v", got, tc.want)
			}
		})
	}
}

func TestLinesOf(t *testing.T) {
	l := lineNumbers{"t": 3, "t.r[2]": 7}
	for path, want := range map[string]int{"t": 3, "t.x": 3, "t.r[2].x.y": 7, "t.r[1].x": 3, "u.v": 1, "": 1} {
		if got := l.of(path); got != want {
			t.Errorf("%q is on line %d, want %d", path, got, want)
		}
	}
}

// FuzzLocate compares with what the TOML library decodes: every key it knows
// must have been found, on a line that exists.
func FuzzLocate(f *testing.F) {
	f.Add("[t]\na.b = [1, {c = 2}]\n[[r]]\n\"x y\" = '''\n'''\n")
	f.Fuzz(func(t *testing.T, src string) {
		found := locate(src)
		last := strings.Count(src, "\n") + 1
		for path, line := range found {
			if line < 1 || line > last {
				t.Errorf("%q on line %d of %d", path, line, last)
			}
		}
		var root map[string]any
		if _, err := toml.Decode(src, &root); err != nil {
			return
		}
		compare(t, found, "", root)
	})
}

// compare walks a decoded value. Names with an escape are left out: Go knows
// fewer of them than TOML.
func compare(t *testing.T, found lineNumbers, path string, v any) {
	if members, ok := v.(map[string]any); ok {
		for key, member := range members {
			name := child(path, key)
			if _, ok := found[name]; !ok && !strings.ContainsFunc(key, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
				t.Errorf("%s was not found in %v", name, found)
			}
			compare(t, found, name, member)
		}
		return
	}
	list, _ := Value{Path: path, Raw: v}.Elements()
	for _, member := range list {
		if _, ok := found[member.Path]; !ok {
			t.Errorf("%s was not found in %v", member.Path, found)
		}
		compare(t, found, member.Path, member.Raw)
	}
}
