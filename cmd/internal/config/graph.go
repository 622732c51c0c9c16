package config

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"sigmilter/sigstore/directory/graph"
)

// graphKind is the source graph with its keys.
func (d *Directory) graphKind() sourceKind {
	g := &d.Graph
	clouds := slices.Sorted(maps.Keys(graph.Clouds))
	return sourceKind{"graph", time.Minute, []setting{
		{key: "tenant_id", read: d.readTenantID, absent: missing(`write the directory (tenant) ID of the application's overview`)},
		{key: "client_id", read: one(ids, &g.Client), absent: missing(`write the application (client) ID of the application's overview`)},
		{key: "secret_file", read: d.readFileName(&g.SecretFile)},
		{key: "certificate_file", read: d.readCertificate, absent: d.loginMissing},
		{key: "certificate_password_file", read: d.readFileName(&g.CertificatePasswordFile)},
		{key: "cloud", read: choice(&g.Cloud, clouds...)},
		{key: "login_url", read: one(origins, &g.LoginURL)},
		{key: "graph_url", read: one(origins, &g.GraphURL)},
		{key: "ca_file", read: d.readFileName(&g.CAFile)},
		{key: "photos", read: boolean(&g.Photos)},
		{key: "photo_size", read: d.readPhotoSize},
		{key: "guests", read: boolean(&g.Guests)},
		{key: "enabled_only", read: boolean(&g.EnabledOnly)},
		{key: "full_every", read: one(durations, &g.FullEvery)},
		{key: "timeout", read: one(durations, &g.Timeout)},
	}}
}

var (
	ids     = kind[string]{"an ID", `"11111111-2222-3333-4444-555555555555"`, parseID}
	origins = kind[string]{"a server's URL", `"https://graph.microsoft.com"`, parseOrigin}
)

// parseID takes GUIDs, and domains, which stand for a tenant as well.
func parseID(s string) (string, error) {
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return notPrinted(r) || strings.ContainsRune(`/?#%\`, r) }) {
		return "", errors.New("it is empty or has a letter that no ID has")
	}
	return s, nil
}

func parseOrigin(s string) (string, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "https" || u.Hostname() == "":
		return "", errors.New("it is not https:// and a host")
	case strings.TrimSuffix(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil || u.Fragment != "":
		return "", errors.New("it has more than a host and a port")
	}
	return "https://" + u.Host, nil
}

// readTenantID lays later faults of the source at its tenant.
func (d *Directory) readTenantID(v value) {
	d.origin = v.origin()
	one(ids, &d.Graph.Tenant)(v)
}

// readCertificate and loginMissing come after secret_file.
func (d *Directory) readCertificate(v value) {
	d.readFileName(&d.Graph.CertificateFile)(v)
	if d.Graph.SecretFile != "" {
		v.fault("is given beside secret_file", "keep one of the two")
	}
}

func (d *Directory) loginMissing(v value) {
	if d.Graph.SecretFile == "" {
		v.fault("is missing, and so is secret_file", "put the application's certificate or its client secret into a file of mode 0640 and name it")
	}
}

func (d *Directory) readPhotoSize(v value) {
	size, ok := v.v.(int64)
	if !ok || !slices.Contains(graph.PhotoSizes, int(size)) {
		v.fault(fmt.Sprintf("%v is no size of photos", v.v), "write one of "+strings.Trim(fmt.Sprint(graph.PhotoSizes), "[]")+" without quotes")
		return
	}
	d.Graph.PhotoSize = int(size)
}
