// Package unit reads the service's unit, and lets a process see files as the service
// does.
package unit

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigmilter/cmd/internal/config"
)

// Credentials is the folder in which systemd puts the credentials of the service.
const Credentials = config.ServiceCredentials

// Service is what a process of sigmilter.service is and sees.
type Service struct {
	User     string
	Group    string   // empty: the first of the user
	Groups   []string // further ones
	Config   string   // the configuration that the unit names
	NoHome   bool     // /home, /root and /run/user are not there
	OwnTmp   bool     // /tmp and /var/tmp are its own, and empty
	ReadOnly bool     // all but Writable is read-only
	Writable []string
	Made     []string // folders that systemd makes before the service starts
	Loaded   []Credential
}

// Credential is a file that systemd hands to the service under a name.
type Credential struct{ Name, Path string }

// unitFolders are where systemd finds units, the first one that has a file wins.
var unitFolders = []string{"/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"}

// Find reads sigmilter.service and its drop-ins; ok is false where there is none.
func Find() (s Service, ok bool) {
	const name = "sigmilter.service"
	text, ok := firstOf(name)
	if !ok {
		return Service{}, false
	}
	names := []string{}
	for _, folder := range unitFolders {
		entries, err := os.ReadDir(filepath.Join(folder, name+".d"))
		if err != nil {
			continue // there is none
		}
		for _, entry := range entries {
			if strings.HasSuffix(entry.Name(), ".conf") && !slices.Contains(names, entry.Name()) {
				names = append(names, entry.Name())
			}
		}
	}
	slices.Sort(names)
	for _, dropIn := range names {
		more, _ := firstOf(filepath.Join(name+".d", dropIn))
		text += "\n" + more
	}
	return Read(text), true
}

// firstOf reads a file of the first folder that has it.
func firstOf(name string) (text string, ok bool) {
	for _, folder := range unitFolders {
		if b, err := os.ReadFile(filepath.Join(folder, name)); err == nil {
			return string(b), true
		}
	}
	return "", false
}

// Read reads a unit's file and its drop-ins, one below the other.
func Read(text string) Service {
	s := Service{User: "root"}
	for _, set := range assignments(text, "[Service]") {
		switch name, value := set[0], set[1]; name {
		case "User":
			s.User = value
		case "Group":
			s.Group = value
		case "SupplementaryGroups":
			s.Groups = added(s.Groups, strings.Fields(value))
		case "ExecStart":
			s.Config = configOf(strings.Fields(value), s.Config)
		case "ProtectHome":
			s.NoHome = value == "tmpfs" || isYes(value)
		case "PrivateTmp":
			s.OwnTmp = value == "disconnected" || isYes(value)
		case "ProtectSystem":
			s.ReadOnly = value == "strict"
		case "ReadWritePaths":
			s.Writable = added(s.Writable, paths("", strings.Fields(value)))
		case "StateDirectory":
			s.Made = append(s.Made, paths("/var/lib", strings.Fields(value))...)
		case "RuntimeDirectory":
			s.Made = append(s.Made, paths("/run", strings.Fields(value))...)
		case "LoadCredential":
			s.load(value)
		}
	}
	return s
}

// assignments are the lines NAME=VALUE of a section, in their order.
func assignments(text, section string) [][2]string {
	var list [][2]string
	in := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		name, value, ok := strings.Cut(line, "=")
		if strings.HasPrefix(line, "[") {
			in = line == section
		} else if in && ok && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, ";") {
			list = append(list, [2]string{strings.TrimSpace(name), strings.TrimSpace(value)})
		}
	}
	return list
}

func isYes(value string) bool {
	return value == "yes" || value == "true" || value == "on" || value == "1"
}

// added is a list with more; an assignment of nothing empties it.
func added(list, more []string) []string {
	if len(more) == 0 {
		return nil
	}
	return append(list, more...)
}

// paths are those below a folder, without the signs that say how systemd treats them.
func paths(folder string, list []string) []string {
	clean := []string{}
	for _, path := range list {
		path, _, _ = strings.Cut(path, ":")
		clean = append(clean, filepath.Join(folder, strings.TrimLeft(path, "-+")))
	}
	return clean
}

// configOf is what stands behind -c or --config in a command, or what was before.
func configOf(command []string, before string) string {
	for i, word := range command {
		value, long := strings.CutPrefix(word, "--config=")
		if long {
			return value
		}
		if (word == "-c" || word == "--config") && i+1 < len(command) {
			return command[i+1]
		}
	}
	return before
}

// load adds a credential, NAME:PATH.
func (s *Service) load(value string) {
	name, path, ok := strings.Cut(value, ":")
	if value == "" {
		s.Loaded = nil
	} else if ok {
		s.Loaded = append(s.Loaded, Credential{name, path})
	}
}

// Reads reports whether a file is the configuration of the service.
func (s Service) Reads(config string) bool {
	absolute, err := filepath.Abs(config)
	return err == nil && s.Config != "" && resolved(absolute) == resolved(s.Config)
}

func resolved(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return filepath.Clean(path)
}

// MayWrite reports whether the unit lets the service write to a folder, if its user may.
func (s Service) MayWrite(dir string) bool {
	if !s.ReadOnly {
		return true
	}
	if s.OwnTmp && (isBelow(dir, "/tmp") || isBelow(dir, "/var/tmp")) {
		return true
	}
	return slices.ContainsFunc(append(s.Made, s.Writable...), func(writable string) bool { return isBelow(dir, writable) })
}

// Makes reports whether systemd makes the folder before the service starts.
func (s Service) Makes(dir string) bool { return slices.Contains(s.Made, dir) }

func isBelow(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, strings.TrimSuffix(folder, "/")+"/")
}
