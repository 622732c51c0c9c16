package config

import (
	"os"
	"time"

	"sigmilter/sigstore/directory/webjson"
)

// httpKind is the source http with its keys.
func (d *Directory) httpKind() sourceKind {
	h := &d.HTTP
	return sourceKind{"http", time.Minute, []setting{
		{key: "url", read: d.readURL, absent: missing(`write url = "https://hr.contoso.com/people"`)},
		{key: "token_file", read: d.readFileName(&h.TokenFile)},
		{key: "ca_file", read: d.readFileName(&h.CAFile)},
		{key: "timeout", read: one(durations, &h.Timeout)},
		{key: "max_bytes", read: size(&h.MaxBytes)},
	}}
}

var endpoints = kind[string]{"the URL of an endpoint", `"https://hr.contoso.com/people"`, checked(webjson.CheckURL)}

// readURL lays later faults of the source at its URL.
func (d *Directory) readURL(v value) {
	d.origin = v.origin()
	one(endpoints, &d.HTTP.URL)(v)
}

// filesKind is the source files with its keys.
func (d *Directory) filesKind() sourceKind {
	return sourceKind{"files", 5 * time.Minute, []setting{
		{key: "path", read: d.readFolder, absent: missing(`write path = "signatures"`)},
	}}
}

// readFolder warns of a folder that is not there, as readPath does of a file.
func (d *Directory) readFolder(v value) {
	one(pathsIn(v.src.dir), &d.Path)(v)
	d.origin = v.origin()
	if d.Path == "" {
		return
	}
	if info, err := os.Stat(d.Path); err != nil || !info.IsDir() {
		v.src.warnings = append(v.src.warnings, v.asFault(d.Path+" is no folder", "make it, with a folder for each mail address"))
	}
}
