package config

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"sigmilter/cmd/internal/config/tomltree"
	"sigmilter/sigstore/directory/graph"
)

// graphKind is the source graph with its keys.
func (d *Directory) graphKind() sourceKind {
	g := &d.Graph
	clouds := slices.Sorted(maps.Keys(graph.Clouds))
	return sourceKind{"graph", time.Minute, []tomltree.Setting{
		{Key: "tenant_id", Read: d.readTenantID, Absent: tomltree.Missing(`write the directory (tenant) ID of the application's overview`)},
		{Key: "client_id", Read: tomltree.One(ids, &g.Client), Absent: tomltree.Missing(`write the application (client) ID of the application's overview`)},
		{Key: "secret_file", Read: d.readFileName(&g.SecretFile)},
		{Key: "certificate_file", Read: d.readCertificate, Absent: d.loginMissing},
		{Key: "certificate_password_file", Read: d.readFileName(&g.CertificatePasswordFile)},
		{Key: "cloud", Read: tomltree.Or("public", tomltree.Choice(&g.Cloud, clouds...))},
		{Key: "login_url", Read: tomltree.One(origins, &g.LoginURL)},
		{Key: "graph_url", Read: tomltree.One(origins, &g.GraphURL)},
		{Key: "ca_file", Read: d.readFileName(&g.CAFile)},
		{Key: "photos", Read: tomltree.Boolean(&g.Photos)},
		{Key: "photo_size", Read: tomltree.Or(240, d.readPhotoSize)},
		{Key: "guests", Read: tomltree.Boolean(&g.Guests)},
		{Key: "enabled_only", Read: tomltree.Boolean(&g.EnabledOnly)},
		{Key: "full_every", Read: tomltree.Or(24*time.Hour, tomltree.One(durations, &g.FullEvery))},
		{Key: "timeout", Read: tomltree.Or(time.Minute, tomltree.One(durations, &g.Timeout))},
	}}
}

var (
	ids     = tomltree.NewKind("an ID", `"11111111-2222-3333-4444-555555555555"`, parseID)
	origins = tomltree.NewKind("a server's URL", `"https://graph.microsoft.com"`, parseOrigin)
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
	if err != nil || u.Scheme != "https" || u.Hostname() == "" {
		return "", errors.New("it is not https:// and a host")
	}
	if strings.TrimSuffix(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil || u.Fragment != "" {
		return "", errors.New("it has more than a host and a port")
	}
	return "https://" + u.Host, nil
}

// readTenantID lays later faults of the source at its tenant.
func (d *Directory) readTenantID(v tomltree.Value) {
	d.origin = v.Origin()
	tomltree.One(ids, &d.Graph.Tenant)(v)
}

// readCertificate and loginMissing come after secret_file.
func (d *Directory) readCertificate(v tomltree.Value) {
	d.readFileName(&d.Graph.CertificateFile)(v)
	if d.Graph.SecretFile != "" {
		v.Fault("is given beside secret_file", "keep one of the two")
	}
}

func (d *Directory) loginMissing(v tomltree.Value) {
	if d.Graph.SecretFile == "" {
		v.Fault("is missing, and so is secret_file", "put the application's certificate or its client secret into a file of mode 0640 and name it")
	}
}

func (d *Directory) readPhotoSize(v tomltree.Value) {
	size, ok := v.Raw.(int64)
	if !ok || !slices.Contains(graph.PhotoSizes, int(size)) {
		v.Fault(fmt.Sprintf("%v is no size of photos", v.Raw), "write one of "+strings.Trim(fmt.Sprint(graph.PhotoSizes), "[]")+" without quotes")
		return
	}
	d.Graph.PhotoSize = int(size)
}
