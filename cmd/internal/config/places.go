package config

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"
)

const (
	defaultControl = "unix:/run/sigmilter/control.sock"
	controlOff     = "off"
)

// controlsIn are addresses of the control socket, which is no network's business:
// who reaches it may read everybody's data.
func controlsIn(dir string) kind[string] {
	const like = `"unix:/run/sigmilter/control.sock" or "off"`
	return kind[string]{"a unix socket", like, func(s string) (string, error) {
		if s == controlOff {
			return "", nil
		}
		if !strings.HasPrefix(s, "unix:") {
			return "", errors.New("unix: does not come first")
		}
		return addressesIn(dir).parse(s)
	}}
}

var hostPorts = kind[string]{"a host and a port", `"127.0.0.1:9464"`, func(s string) (string, error) {
	return s, checkInet(s)
}}

// Places are what a verb must know to find a running daemon and its data.
type Places struct {
	Control string // unix:/absolute/path, empty when it is off
	State   string // absolute path
}

// Decisions is the folder of what was decided on messages, beside the state file.
func (p Places) Decisions() string { return decisionsBeside(p.State) }

func decisionsBeside(state string) string {
	return strings.TrimSuffix(state, filepath.Ext(state)) + ".decisions"
}

// FindPlaces reads no more of a configuration than where the daemon is, so that
// its other mistakes do not keep anybody from asking the daemon. What cannot be
// read is as by default.
func FindPlaces(path string) Places {
	cfg := defaults()
	places := Places{Control: cfg.Control, State: cfg.State}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return places
	}
	var file struct{ Control, State any }
	if text, err := readText(path); err != nil {
		return places
	} else if _, err := toml.Decode(text, &file); err != nil {
		return places
	}
	if s, ok := file.Control.(string); ok {
		if control, err := controlsIn(dir).parse(s); err == nil {
			places.Control = control
		}
	}
	if s, ok := file.State.(string); ok {
		if state, err := pathsIn(dir).parse(s); err == nil {
			places.State = state
		}
	}
	return places
}
