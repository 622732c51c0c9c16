package unit

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// The unit of the packages, with what an administrator adds.
func TestRead(t *testing.T) {
	packaged, err := os.ReadFile("../../../packaging/systemd/sigmilter.service")
	if err != nil {
		t.Fatal(err)
	}
	s := Read(string(packaged))
	if s.User != "sigmilter" || s.Group != "sigmilter" || s.Config != "/etc/sigmilter/sigmilter.toml" || !s.NoHome || !s.OwnTmp || !s.ReadOnly || len(s.Loaded) > 0 {
		t.Errorf("%+v", s)
	}
	for dir, want := range map[string]bool{
		"/var/lib/sigmilter": true, "/run/sigmilter": true, "/var/spool/postfix/sigmilter": true, "/tmp": true,
		"/srv": false, "/var/lib": false, "/var/lib/sigmilter2": false,
	} {
		if s.MayWrite(dir) != want {
			t.Errorf("%s: may write %v", dir, !want)
		}
	}
	if !s.Makes("/run/sigmilter") || s.Makes("/var/spool/postfix/sigmilter") {
		t.Errorf("systemd makes %q", s.Made)
	}
	s = Read(string(packaged) + `
# /etc/systemd/system/sigmilter.service.d/override.conf
[Unit]
User=other
[Service]
User=relay
SupplementaryGroups=mail
SupplementaryGroups=postfix ssl-cert
LoadCredential=guard.key:/etc/sigmilter/guard.key
LoadCredential=ldap:/etc/sigmilter/ldap
;LoadCredential=old:/etc/old
ReadWritePaths=
ReadWritePaths=/srv/relay -/srv/other
ExecStart=
ExecStart=/opt/sigmilter serve --config /opt/sigmilter.toml
ProtectHome=read-only
PrivateTmp=no
`)
	loaded := []Credential{{"guard.key", "/etc/sigmilter/guard.key"}, {"ldap", "/etc/sigmilter/ldap"}}
	if s.User != "relay" || !slices.Equal(s.Groups, []string{"mail", "postfix", "ssl-cert"}) || !slices.Equal(s.Loaded, loaded) || s.Config != "/opt/sigmilter.toml" || s.NoHome || s.OwnTmp {
		t.Errorf("%+v", s)
	}
	if !s.MayWrite("/srv/relay/state") || !s.MayWrite("/srv/other") || s.MayWrite("/var/spool/postfix/sigmilter") || s.MayWrite("/tmp") {
		t.Errorf("it may write to %q", s.Writable)
	}
}

func TestReads(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "a.toml"), filepath.Join(dir, "link.toml")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	s := Service{Config: file}
	for path, want := range map[string]bool{file: true, link: true, filepath.Join(dir, "x", "..", "a.toml"): true, filepath.Join(dir, "b.toml"): false} {
		if s.Reads(path) != want {
			t.Errorf("%s: %v", path, !want)
		}
	}
	if (Service{}).Reads(file) {
		t.Error("a unit without a configuration reads one")
	}
}
