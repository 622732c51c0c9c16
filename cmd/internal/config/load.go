package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"sigmilter/sigstore/localfile"
)

// maxFile bounds the configuration and each template: a larger file is some
// other file by mistake.
const maxFile = 1 << 20

// Load reads and checks the configuration in the file at path. Its error is
// always [Faults].
func Load(path string) (*Config, error) { return loadAs(path, false) }

// LoadElsewhere is [Load] for a process that is not the service: a credential of the
// service's is taken to be right, and is one of [Config.Notes].
func LoadElsewhere(path string) (*Config, error) { return loadAs(path, true) }

func loadAs(path string, elsewhere bool) (*Config, error) {
	text, err := readText(path)
	if err != nil {
		return nil, Faults{{File: path, Problem: err.Error() + "; " + readingFix(err, "name the configuration with -c FILE")}}
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, Faults{{File: path, Problem: err.Error() + "; use an absolute path"}}
	}
	return parseAs(&source{file: path, dir: dir, elsewhere: elsewhere}, text)
}

// parse is Load for a file that was read. Relative paths start at dir.
func parse(path, dir, text string) (*Config, error) {
	return parseAs(&source{file: path, dir: dir}, text)
}

func parseAs(src *source, text string) (*Config, error) {
	var root map[string]any
	if _, err := toml.Decode(text, &root); err != nil {
		return nil, Faults{syntaxFault(src.file, err)}
	}
	src.lines = locate(text)
	cfg := defaults()
	table(cfg.settings(src)...)(value{src: src, v: root})
	if len(src.faults) > 0 {
		faults := append(src.faults, src.warnings...)
		faults.sort()
		return nil, faults
	}
	src.warnings.sort()
	cfg.Path, cfg.Warnings, cfg.Notes, cfg.hash = src.file, src.warnings, src.notes, cfg.sum(text)
	return cfg, nil
}

func syntaxFault(path string, err error) Fault {
	const fix = "; mend this first, the rest of the file cannot be checked before"
	var syntax toml.ParseError
	if !errors.As(err, &syntax) {
		return Fault{File: path, Line: 1, Problem: err.Error() + fix}
	}
	problem := strings.TrimSuffix(syntax.Message, ".")
	return Fault{path, max(syntax.Position.Line, 1), syntax.LastKey, "not TOML: " + problem + fix}
}

var errNotUTF8 = errors.New("the file is not UTF-8 text")

// readingFix is how an error of [readText] is put right.
func readingFix(err error, otherwise string) string {
	if errors.Is(err, errNotUTF8) {
		return "save it as UTF-8"
	}
	return otherwise
}

// readText reads a whole text file, without its byte order mark. Its errors do not name the file.
func readText(path string) (string, error) {
	text, err := localfile.Read(path, maxFile)
	switch {
	case errors.Is(err, localfile.ErrTooLarge):
		return "", fmt.Errorf("the file is larger than %d bytes", maxFile)
	case err != nil:
		return "", unreadable(err)
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if at := notUTF8(text); at >= 0 {
		line := bytes.Count(text[:at], []byte("\n")) + 1
		return "", fmt.Errorf("%w, which shows in line %d: it looks like %s", errNotUTF8, line, localfile.LooksLike(text))
	}
	return string(text), nil
}

// notUTF8 is where a text shows that it is not UTF-8, negative where it is. A zero
// shows UTF-16.
func notUTF8(text []byte) int {
	if at := bytes.IndexByte(text, 0); at >= 0 {
		return at
	}
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

// unreadable drops the operation and the path, which the fault names anyway.
func unreadable(err error) error {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return fmt.Errorf("cannot be read: %w", err)
}
