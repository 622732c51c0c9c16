package config

import (
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"reflect"
	"strings"
	"time"
)

// Shown is a key of the configuration, what it is, and where that comes from.
type Shown struct {
	Key    string `json:"key"`
	Value  any    `json:"value"` // as it is written or could be; nil for none
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Secret string `json:"secret,omitempty"` // "set" when the file that is named holds one
}

// From is FILE:LINE, or "default" for a key that is in no file.
func (s Shown) From() string {
	if s.File == "" {
		return "default"
	}
	return fmt.Sprintf("%s:%d", s.File, s.Line)
}

// Show loads a configuration and returns every key that it has or may have, in the order
// of the settings. The keys of tables that are not there, such as further rules, are not
// among them. Its error is always [Faults].
func Show(path string) ([]Shown, error) {
	tree, err := treeOf(path, serviceCredential)
	if err != nil {
		return nil, err
	}
	tree.Show = true
	if _, err := loadTree(tree, path); err != nil {
		return nil, err
	}
	all := make([]Shown, len(tree.Shown))
	for i, s := range tree.Shown {
		all[i] = Shown{Key: s.Key, Value: plain(s.Value), File: s.File, Line: s.Line}
		if s.File == "" && isNone(s.Value) {
			all[i].Value = nil
		}
		all[i].hideSecret()
	}
	return all, nil
}

// secretFiles are keys that name files with secrets.
var secretFiles = map[string]bool{
	"key_file": true, "routing_code_file": true, "password_file": true, "secret_file": true,
	"certificate_file": true, "certificate_password_file": true, "token_file": true,
}

// hideSecret says of a file with a secret that it is set, and leaves out of an address what
// may be one.
func (s *Shown) hideSecret() {
	key := s.Key[strings.LastIndexByte(s.Key, '.')+1:]
	text, _ := s.Value.(string)
	if secretFiles[key] && text != "" {
		s.Secret = "set"
	}
	if u, err := url.Parse(text); key == "url" && err == nil && u.RawQuery != "" {
		u.RawQuery = "set"
		s.Value = u.String()
	}
}

// isNone reports whether a default stands for nothing. Modes and levels are never zero for
// that reason, nor is false.
func isNone(v any) bool {
	switch v.(type) {
	case bool, fs.FileMode, slog.Level:
		return false
	}
	r := reflect.ValueOf(v)
	if r.IsValid() && r.Kind() == reflect.Slice {
		return r.Len() == 0
	}
	return !r.IsValid() || r.IsZero()
}

// plain is a value as it would be written.
func plain(v any) any {
	switch v := v.(type) {
	case time.Duration:
		return shortDuration(v)
	case fs.FileMode:
		return fmt.Sprintf("%04o", v.Perm())
	case slog.Level:
		return strings.ToLower(v.String())
	case time.Time:
		return plainTime(v)
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.String:
		return r.String()
	case reflect.Slice:
		list := make([]any, r.Len())
		for i := range list {
			list[i] = plain(r.Index(i).Interface())
		}
		return list
	}
	return v
}

// plainTime is a date or a time as TOML has it; its zone is that of a library for those
// that have none.
func plainTime(t time.Time) string {
	for zone, layout := range map[string]string{
		"date-local": time.DateOnly, "datetime-local": "2006-01-02T15:04:05", "time-local": time.TimeOnly,
	} {
		if t.Location().String() == zone {
			return t.Format(layout)
		}
	}
	return t.Format(time.RFC3339)
}

// shortDuration is 10m for 10m0s.
func shortDuration(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-len(zero)+1]
		}
	}
	return text
}
