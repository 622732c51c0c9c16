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

	"sigmilter/cmd/internal/config/tomltree"
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
	keys  []tomltree.Setting
}

// kinds are all there are. A key may belong to several of them.
func (d *Directory) kinds() []sourceKind {
	return []sourceKind{
		{"csv", 5 * time.Minute, []tomltree.Setting{
			{Key: "path", Read: d.readPath, Absent: tomltree.Missing(`write path = "people.csv"`)},
			{Key: "columns", Read: tomltree.Named(d.readColumn)},
			{Key: "charset", Read: tomltree.Or("utf-8", tomltree.One(charsets, &d.Charset))},
			{Key: "photos", Read: d.readPhotos},
		}},
		d.filesKind(),
		d.ldapKind(),
		d.graphKind(),
		d.httpKind(),
	}
}

// readDirectories reads [tenant.NAME.directory], or several of it in order of
// precedence.
func (t *Tenant) readDirectories(v tomltree.Value) {
	list, several := v.Elements()
	if !several {
		list = []tomltree.Value{v}
	} else if len(list) == 0 {
		v.Fault("has no source", "add a table ["+v.Path+"] with the path of a CSV file")
	}
	lines := map[string]int{}
	for _, member := range list {
		var d Directory
		d.read(member)
		if line, taken := lines[d.Name]; taken {
			member.Fault(fmt.Sprintf("%q is also the name of the source in line %d", d.Name, line), `give each a name = "..." of its own`)
		}
		lines[d.Name] = member.Line()
		t.Directories = append(t.Directories, d)
	}
}

func (d *Directory) read(v tomltree.Value) {
	kinds := d.kinds()
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = k.name
	}
	// Which keys are right depends on one of them, wherever it stands.
	kind := kinds[0]
	for _, k := range kinds {
		if v.Member("source").Raw == k.name {
			kind = k
		}
	}
	d.Source, d.Every, d.MaxVanish = kind.name, kind.every, 0.2
	settings := slices.Concat([]tomltree.Setting{
		{Key: "source", Read: tomltree.Choice(&d.Source, words...)},
		{Key: "name", Read: tomltree.OrOf(func() any { return d.Source }, tomltree.One(plainNames, &d.Name))},
		{Key: "every", Read: tomltree.One(durations, &d.Every)},
		{Key: "max_vanish", Read: share(&d.MaxVanish)},
	}, kind.keys)
	if v.HasOthers(settings) {
		settings = append(settings, foreignKeys(kind, kinds)...)
	}
	tomltree.Table(settings...)(v)
	d.Name = cmp.Or(d.Name, d.Source)
	if d.origin.Key == "" {
		d.origin = v.At("source").Origin()
	}
}

// foreignKeys are the keys that a source of another kind has: to name them here
// is a fault that says so.
func foreignKeys(kind sourceKind, kinds []sourceKind) (foreign []tomltree.Setting) {
	owners := map[string][]string{}
	for _, k := range kinds {
		for _, s := range k.keys {
			owners[s.Key] = append(owners[s.Key], k.name)
		}
	}
	for _, k := range kinds {
		for _, s := range k.keys {
			with, known := owners[s.Key]
			delete(owners, s.Key)
			if !known || slices.Contains(with, kind.name) {
				continue
			}
			foreign = append(foreign, tomltree.Setting{Key: s.Key, Read: func(v tomltree.Value) {
				v.Fault(fmt.Sprintf("is no key of source %q", kind.name), "it goes with source "+strings.Join(with, " or "))
			}})
		}
	}
	return foreign
}

// readPath warns of a source that is not there. It is no fault: the daemon must
// start on its last good data then.
func (d *Directory) readPath(v tomltree.Value) {
	tomltree.One(paths(v), &d.Path)(v)
	d.origin = v.Origin()
	if d.Path == "" {
		return
	}
	f, err := localfile.Open(d.Path)
	if err != nil {
		v.Warn(d.Path+" "+tomltree.Unreadable(err).Error(), tomltree.Advice(d.Path, err, "put the people's CSV file there"))
		return
	}
	f.Close()
}

func (d *Directory) readColumn(title string, v tomltree.Value) {
	var attribute string
	tomltree.One(attributes, &attribute)(v)
	if d.Columns == nil {
		d.Columns = map[string]string{}
	}
	d.Columns[title] = attribute
}

// readPrecedence reads, for an attribute, names of sources in an order of its
// own. Those that are not named come after, in the order of the file.
func (t *Tenant) readPrecedence(attribute string, v tomltree.Value) {
	var order []string
	tomltree.Many(plainNames, &order)(v)
	list, _ := v.Elements()
	var known []string
	for _, d := range t.Directories {
		known = append(known, d.Name)
	}
	for i, name := range order {
		if len(known) > 0 && !slices.Contains(known, name) && i < len(list) {
			list[i].Fault(fmt.Sprintf("there is no source %q", name), "the sources are "+strings.Join(known, ", "))
		}
	}
	if t.Precedence == nil {
		t.Precedence = map[string][]string{}
	}
	t.Precedence[attribute] = order
}

var (
	charsets   = tomltree.NewKind("a charset", `"windows-1252"`, parseCharset)
	attributes = tomltree.NewKind("an attribute", `"givenName"`, parseName)
)

func parseCharset(s string) (string, error) {
	e, err := htmlindex.Get(s)
	if err != nil {
		return "", errors.New("nobody knows it")
	}
	name, err := htmlindex.Name(e)
	if err != nil || name == "replacement" || name == "x-user-defined" {
		return "", errors.New("it is no charset of a text")
	}
	if name == "utf-8" {
		return "", nil
	}
	return name, nil
}

// share reads a number from 0 to 1.
func share(dst *float64) tomltree.Reader {
	const fix = "write a number from 0 to 1 without quotes, such as 0.2"
	return func(v tomltree.Value) {
		n, ok := v.Raw.(float64)
		if whole, isWhole := v.Raw.(int64); isWhole {
			n, ok = float64(whole), true
		}
		if v.Asks(*dst) {
			return
		}
		if !ok {
			v.Mistyped("a number", fix)
			return
		}
		if !(n >= 0 && n <= 1) {
			v.Fault(fmt.Sprintf("%v is out of range", n), fix)
			return
		}
		*dst = n
	}
}
