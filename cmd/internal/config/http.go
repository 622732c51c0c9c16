package config

import (
	"os"
	"time"

	"sigmilter/cmd/internal/config/tomltree"
	"sigmilter/sigstore/directory/webjson"
)

// httpKind is the source http with its keys.
func (d *Directory) httpKind() sourceKind {
	h := &d.HTTP
	return sourceKind{"http", time.Minute, []tomltree.Setting{
		{Key: "url", Read: d.readURL, Absent: tomltree.Missing(`write url = "https://hr.contoso.com/people"`)},
		{Key: "token_file", Read: d.readFileName(&h.TokenFile)},
		{Key: "ca_file", Read: d.readFileName(&h.CAFile)},
		{Key: "timeout", Read: tomltree.Or(time.Minute, tomltree.One(durations, &h.Timeout))},
		{Key: "max_bytes", Read: tomltree.Or("256MiB", tomltree.Size(&h.MaxBytes))},
	}}
}

var endpoints = tomltree.NewKind("the URL of an endpoint", `"https://hr.contoso.com/people"`, checked(webjson.CheckURL))

// readURL lays later faults of the source at its URL.
func (d *Directory) readURL(v tomltree.Value) {
	d.origin = v.Origin()
	tomltree.One(endpoints, &d.HTTP.URL)(v)
}

// filesKind is the source files with its keys.
func (d *Directory) filesKind() sourceKind {
	return sourceKind{"files", 5 * time.Minute, []tomltree.Setting{
		{Key: "path", Read: d.readFolder, Absent: tomltree.Missing(`write path = "signatures"`)},
	}}
}

// readFolder warns of a folder that is not there, as readPath does of a file.
func (d *Directory) readFolder(v tomltree.Value) {
	tomltree.One(paths(v), &d.Path)(v)
	d.origin = v.Origin()
	if d.Path == "" {
		return
	}
	if info, err := os.Stat(d.Path); err != nil || !info.IsDir() {
		v.Warn(d.Path+" is no folder", "make it, with a folder for each mail address")
	}
}
