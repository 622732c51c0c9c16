package config

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"sigmilter/cmd/internal/config/tomltree"
	"sigmilter/milter/policy"
)

var (
	durations  = tomltree.NewKind("a duration", `"90s", "20m" or "24h"`, parseDuration)
	modes      = tomltree.NewKind("a file mode", `"0660"`, parseMode)
	logLevels  = tomltree.NewKind("a log level", `"debug", "info", "warn" or "error"`, parseLevel)
	domains    = tomltree.NewKind("a domain", `"contoso.com"`, policy.ParseDomain)
	fieldNames = tomltree.NewKind("a field name", `"X-Sigmilter-Handled"`, parseFieldName)
	plainNames = tomltree.NewKind("a name", `"outside"`, parseName)
	groups     = tomltree.NewKind("a group", `"postfix"`, parseName)
	markers    = tomltree.NewKind("a marker", `"{EMAILSIGNATURE}"`, parseMarker)
	patterns   = tomltree.NewKind("a regular expression", `'^Sent with my (phone|watch)$'`, parsePattern)
)

// parseDuration wants at least 100 ms: below that a timeout only breaks
// sessions, and a source is read in a busy loop.
func parseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, errors.New("it needs a number and a unit")
	}
	if d < 100*time.Millisecond {
		return 0, errors.New("it is below 100ms")
	}
	return d, nil
}

func parseMode(s string) (fs.FileMode, error) {
	n, err := strconv.ParseUint(s, 8, 32)
	if err != nil {
		return 0, errors.New("it needs octal digits")
	}
	if n > 0o777 {
		return 0, errors.New("it has more than read, write and execute")
	}
	if n&0o600 != 0o600 {
		return 0, errors.New("the owner must be able to read and write")
	}
	return fs.FileMode(n), nil
}

func parseLevel(s string) (slog.Level, error) {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}
	level, ok := levels[s]
	if !ok {
		return 0, errors.New("there is no such level")
	}
	return level, nil
}

// parseFieldName follows RFC 5322 section 2.2: printable ASCII without colon.
func parseFieldName(s string) (string, error) {
	if s == "" {
		return "", errors.New("it is empty")
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == ':' }) {
		return "", errors.New("it has a blank, a colon or a letter outside ASCII")
	}
	return s, nil
}

// parseName keeps names fit for log lines and reports.
func parseName(s string) (string, error) {
	if strings.TrimSpace(s) == "" {
		return "", errors.New("it is empty")
	}
	if strings.ContainsFunc(s, unicode.IsControl) {
		return "", errors.New("it has a control character")
	}
	return s, nil
}

// parseMarker refuses what an author could type by accident, and blanks, which
// clients change as they like.
func parseMarker(s string) (string, error) {
	n := len([]rune(s))
	if n < 4 || n > 100 {
		return "", errors.New("it must have 4 to 100 letters")
	}
	if strings.ContainsFunc(s, notPrinted) {
		return "", errors.New("it has a blank or a control character")
	}
	return s, nil
}

func notPrinted(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }

func parsePattern(s string) (*regexp.Regexp, error) {
	re, err := regexp.Compile(s)
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	if re.MatchString("") {
		return nil, errors.New("it matches an empty text")
	}
	return re, nil
}

// pathsIn are file names, taken from folder dir when relative.
func pathsIn(dir string) tomltree.Kind[string] {
	return tomltree.NewKind("a file name", `"/etc/sigmilter/people.csv"`, func(s string) (string, error) {
		if s == "" {
			return "", errors.New("it is empty")
		}
		if strings.ContainsRune(s, 0) {
			return "", errors.New("it has a zero byte")
		}
		s, err := credentialPath(s)
		if err != nil {
			return "", err
		}
		if filepath.IsAbs(s) {
			return filepath.Clean(s), nil
		}
		return filepath.Join(dir, s), nil
	})
}

// addressesIn are socket addresses; the path of a unix socket is taken from
// folder dir when relative.
func addressesIn(dir string) tomltree.Kind[string] {
	const like = `"unix:/run/sigmilter/milter.sock" or "inet:127.0.0.1:8891"`
	return tomltree.NewKind("a socket address", like, func(s string) (string, error) {
		if rest, ok := strings.CutPrefix(s, "inet:"); ok {
			return s, checkInet(rest)
		}
		rest, ok := strings.CutPrefix(s, "unix:")
		if !ok {
			return "", errors.New("neither unix: nor inet: comes first")
		}
		path, err := pathsIn(dir).Parse(rest)
		if err != nil {
			return "", fmt.Errorf("the file name after unix: is wrong, %w", err)
		}
		// The kernel's sun_path holds 108 bytes with the final zero.
		if len(path) > 107 {
			return "", errors.New("the path is longer than the 107 bytes a socket can have")
		}
		return "unix:" + path, nil
	})
}

func checkInet(hostport string) error {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil || host == "" {
		return errors.New("it needs a host and a port")
	}
	if strings.ContainsFunc(host, notPrinted) {
		return errors.New("the host has a blank or a control character")
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return errors.New("the port must be a number from 1 to 65535")
	}
	return nil
}
