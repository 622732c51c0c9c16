package config

import (
	"errors"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/BurntSushi/toml"

	"sigmilter/cmd/internal/config/tomltree"
	"sigmilter/sigstore/localfile"
)

const (
	defaultControl = "unix:/run/sigmilter/control.sock"
	controlOff     = "off"
)

// controlsIn are addresses of the control socket, which is no network's business:
// who reaches it may read everybody's data.
func controlsIn(dir string) tomltree.Kind[string] {
	const like = `"unix:/run/sigmilter/control.sock" or "off"`
	return tomltree.NewKind("a unix socket", like, func(s string) (string, error) {
		if s == controlOff {
			return "", nil
		}
		if !strings.HasPrefix(s, "unix:") {
			return "", errors.New("unix: does not come first")
		}
		return addressesIn(dir).Parse(s)
	})
}

var hostPorts = tomltree.NewKind("a host and a port", `"127.0.0.1:9464"`, func(s string) (string, error) {
	return s, checkInet(s)
})

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
	files, _ := readSettings(tomltree.Folder{Dir: dir, FS: localfile.FS(dir)}, path, settingsBounds) // what is wrong with others is not asked
	for _, f := range files {
		top := readTop(f.text)
		if s, ok := top.Control.(string); ok {
			if control, err := controlsIn(dir).Parse(s); err == nil {
				places.Control = control
			}
		}
		if s, ok := top.State.(string); ok {
			if state, err := pathsIn(dir).Parse(s); err == nil {
				places.State = state
			}
		}
	}
	return places
}

// topKeys are the keys of [Places] as a file has them.
type topKeys struct{ Control, State any }

var tableHeader = regexp.MustCompile(`(?m)^[ \t]*\[`)

// readTop reads the keys of a file that are above its first table, and nothing of a
// file that is not TOML. The tables may be those of thousands of tenants.
func readTop(text string) topKeys {
	above := text
	if header := tableHeader.FindStringIndex(text); header != nil {
		above = text[:header[0]]
	}
	var top topKeys
	if _, err := toml.Decode(above, &top); err == nil {
		return top
	}
	// The bracket may have been one in a value of several lines.
	if _, err := toml.Decode(text, &top); err != nil {
		return topKeys{}
	}
	return top
}
