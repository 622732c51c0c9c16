package config

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding/htmlindex"

	"sigmilter/sigstore/directory/graph"
	"sigmilter/sigstore/directory/ldap"
	"sigmilter/sigstore/directory/webjson"
	"sigmilter/sigstore/localfile"
)

// Directory is one source of a tenant's people.
type Directory struct {
	Name   string        // unique within the tenant; by default the same as Source
	Source string        // csv, files, ldap, graph or http
	Every  time.Duration // how often it is read again; 5 minutes for files, one for servers
	// MaxVanish is the share of the source's people, from 0 to 1, that may be gone
	// at once; 0.2. When more are, the reading is refused as a likely mistake.
	MaxVanish float64

	// Of source csv:
	Path    string            // the file, or the folder of source files, absolute
	Columns map[string]string // title of a column -> name of the attribute
	Charset string            // as the WHATWG has it; empty is UTF-8
	Photos  string            // folder of photos named by address, absolute; empty for none

	// Of source ldap, its groups left out; Path is empty then.
	LDAP ldap.Options
	// Of source graph, its groups left out.
	Graph graph.Options
	// Of source http.
	HTTP webjson.Source

	origin Fault // of what names the source, without a problem
}

// Fault is a problem found later in what the source reads, at the line that
// names it.
func (d Directory) Fault(problem string) Fault {
	f := d.origin
	f.Problem = problem
	return f
}

// Same reports whether the other is the same source, wherever in the file it
// stands: one that runs may go on.
func (d Directory) Same(other Directory) bool {
	d.origin, other.origin = Fault{}, Fault{}
	return reflect.DeepEqual(d, other)
}

// OnStale says what becomes of mail when a tenant's people are older than
// max_stale.
type OnStale string

// The choices of on_stale.
const (
	StaleSign  OnStale = "sign"  // it is signed with what there is
	StalePass  OnStale = "pass"  // it goes on unsigned, with the guard field
	StaleDefer OnStale = "defer" // the MTA keeps it and tries again
)

// sourceKind is a word for `source`, how often such a source is read when the
// file does not say, and the keys it has besides those of every source.
type sourceKind struct {
	name  string
	every time.Duration
	keys  []setting
}

// kinds are all there are. A key may belong to several of them.
func (d *Directory) kinds() []sourceKind {
	return []sourceKind{
		{"csv", 5 * time.Minute, []setting{
			{key: "path", read: d.readPath, absent: missing(`write path = "people.csv"`)},
			{key: "columns", read: named(d.readColumn)},
			{key: "charset", read: one(charsets, &d.Charset)},
			{key: "photos", read: d.readPhotos},
		}},
		d.filesKind(),
		d.ldapKind(),
		d.graphKind(),
		d.httpKind(),
	}
}

// readDirectories reads [tenant.NAME.directory], or several of it in order of
// precedence.
func (t *Tenant) readDirectories(v value) {
	list, several := v.elements()
	switch {
	case !several:
		list = []value{v}
	case len(list) == 0:
		v.fault("has no source", "add a table ["+v.path+"] with the path of a CSV file")
	}
	lines := map[string]int{}
	for _, member := range list {
		var d Directory
		d.read(member)
		if line, taken := lines[d.Name]; taken {
			member.fault(fmt.Sprintf("%q is also the name of the source in line %d", d.Name, line), `give each a name = "..." of its own`)
		}
		lines[d.Name] = v.src.lines.of(member.path)
		t.Directories = append(t.Directories, d)
	}
}

func (d *Directory) read(v value) {
	kinds := d.kinds()
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = k.name
	}
	// Which keys are right depends on one of them, wherever it stands.
	kind := kinds[0]
	if members, ok := v.v.(map[string]any); ok {
		for _, k := range kinds {
			if members["source"] == k.name {
				kind = k
			}
		}
	}
	d.Source, d.Every, d.MaxVanish = kind.name, kind.every, 0.2
	table(slices.Concat([]setting{
		{key: "source", read: choice(&d.Source, words...)},
		{key: "name", read: one(names, &d.Name)},
		{key: "every", read: one(durations, &d.Every)},
		{key: "max_vanish", read: share(&d.MaxVanish)},
	}, kind.keys, foreignKeys(kind, kinds))...)(v)
	d.Name = cmp.Or(d.Name, d.Source)
	if d.origin.Key == "" {
		d.origin = v.at("source").origin()
	}
}

// foreignKeys are the keys that a source of another kind has: to name them here
// is a fault that says so.
func foreignKeys(kind sourceKind, kinds []sourceKind) (foreign []setting) {
	owners := map[string][]string{}
	for _, k := range kinds {
		for _, s := range k.keys {
			owners[s.key] = append(owners[s.key], k.name)
		}
	}
	for _, k := range kinds {
		for _, s := range k.keys {
			with, known := owners[s.key]
			delete(owners, s.key)
			if !known || slices.Contains(with, kind.name) {
				continue
			}
			foreign = append(foreign, setting{key: s.key, read: func(v value) {
				v.fault(fmt.Sprintf("is no key of source %q", kind.name), "it goes with source "+strings.Join(with, " or "))
			}})
		}
	}
	return foreign
}

// origin is where the value stands, to lay faults at later.
func (v value) origin() Fault {
	return Fault{File: v.src.file, Line: v.src.lines.of(v.path), Key: v.path}
}

// readPath warns of a source that is not there. It is no fault: the daemon must
// start on its last good data then.
func (d *Directory) readPath(v value) {
	one(pathsIn(v.src.dir), &d.Path)(v)
	d.origin = v.origin()
	if d.Path == "" {
		return
	}
	f, err := localfile.Open(d.Path)
	if err != nil {
		v.src.warnings = append(v.src.warnings, v.asFault(d.Path+" "+unreadable(err).Error(), "put the people's CSV file there"))
		return
	}
	f.Close()
}

func (d *Directory) readColumn(title string, v value) {
	var attribute string
	one(attributes, &attribute)(v)
	if d.Columns == nil {
		d.Columns = map[string]string{}
	}
	d.Columns[title] = attribute
}

// readPrecedence reads, for an attribute, names of sources in an order of its
// own. Those that are not named come after, in the order of the file.
func (t *Tenant) readPrecedence(attribute string, v value) {
	var order []string
	many(names, &order)(v)
	list, _ := v.elements()
	var known []string
	for _, d := range t.Directories {
		known = append(known, d.Name)
	}
	for i, name := range order {
		if len(known) > 0 && !slices.Contains(known, name) && i < len(list) {
			list[i].fault(fmt.Sprintf("there is no source %q", name), "the sources are "+strings.Join(known, ", "))
		}
	}
	if t.Precedence == nil {
		t.Precedence = map[string][]string{}
	}
	t.Precedence[attribute] = order
}

var (
	charsets   = kind[string]{"a charset", `"windows-1252"`, parseCharset}
	attributes = kind[string]{"an attribute", `"givenName"`, parseName}
)

func parseCharset(s string) (string, error) {
	e, err := htmlindex.Get(s)
	if err != nil {
		return "", errors.New("nobody knows it")
	}
	name, err := htmlindex.Name(e)
	switch {
	case err != nil || name == "replacement" || name == "x-user-defined":
		return "", errors.New("it is no charset of a text")
	case name == "utf-8":
		return "", nil
	}
	return name, nil
}

// share reads a number from 0 to 1.
func share(dst *float64) reader {
	const fix = "write a number from 0 to 1 without quotes, such as 0.2"
	return func(v value) {
		n, ok := v.v.(float64)
		if whole, isWhole := v.v.(int64); isWhole {
			n, ok = float64(whole), true
		}
		switch {
		case !ok:
			v.mistyped("a number", fix)
		case !(n >= 0 && n <= 1):
			v.fault(fmt.Sprintf("%v is out of range", n), fix)
		default:
			*dst = n
		}
	}
}
