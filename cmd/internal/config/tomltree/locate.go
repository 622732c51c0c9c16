package tomltree

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// child names a key inside a table; element names one of a list, from 1. The
// reader and the scanner below build every path with these two, so that a path
// means the same to both.
func child(path, key string) string {
	name := toml.Key{key}.String()
	if path == "" {
		return name
	}
	return path + "." + name
}

func element(path string, n int) string { return fmt.Sprintf("%s[%d]", path, n) }

// lineNumbers holds the line of every table, key and list element of a file, by path.
// The TOML library gives no positions once a file is decoded.
type lineNumbers map[string]int

// of is the line of path, or of the nearest table around it; 1 when there is none.
func (l lineNumbers) of(path string) int {
	for path != "" {
		if n, ok := l[path]; ok {
			return n
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return 1
}

// locate scans a source that the TOML library accepted. On any other it stops
// early and knows fewer lines, but never fails.
func locate(src string) lineNumbers {
	s := &scanner{src: src, line: 1, found: lineNumbers{}, tables: map[string]int{}}
	table := ""
	for {
		s.blank(true)
		if s.done() {
			return s.found
		}
		start := s.pos
		if s.peek("[") {
			table = s.header()
		} else {
			s.pair(table)
		}
		if s.pos == start {
			return s.found
		}
	}
}

// scanner walks a TOML source just closely enough to tell keys from values.
type scanner struct {
	src    string
	pos    int
	line   int
	found  lineNumbers
	tables map[string]int // how many [[name]] were seen so far, by path
}

func (s *scanner) done() bool              { return s.pos >= len(s.src) }
func (s *scanner) peek(prefix string) bool { return strings.HasPrefix(s.src[s.pos:], prefix) }

// skip goes n bytes ahead and counts the lines on the way.
func (s *scanner) skip(n int) {
	end := min(s.pos+n, len(s.src))
	s.line += strings.Count(s.src[s.pos:end], "\n")
	s.pos = end
}

// until goes to the next byte that is in set, or to the end.
func (s *scanner) until(set string) {
	if n := strings.IndexAny(s.src[s.pos:], set); n >= 0 {
		s.skip(n)
	} else {
		s.skip(len(s.src))
	}
}

// take skips prefix when it is next.
func (s *scanner) take(prefix string) bool {
	if !s.peek(prefix) {
		return false
	}
	s.skip(len(prefix))
	return true
}

// blank skips white space, a byte order mark and, where lines may end, comments
// and line ends.
func (s *scanner) blank(newlines bool) {
	for !s.done() {
		switch {
		case s.take(" "), s.take("\t"), s.take("\r"), s.take("\ufeff"), newlines && s.take("\n"):
		case newlines && s.peek("#"):
			s.until("\n")
		default:
			return
		}
	}
}

// record notes a path that is spelled out on this line, and the tables it
// creates on the way where they were not seen before.
func (s *scanner) record(base string, keys []string, line int) string {
	path := base
	for i, key := range keys {
		path = child(path, key)
		if _, seen := s.found[path]; !seen || i == len(keys)-1 {
			s.found[path] = line
		}
		if n := s.tables[path]; n > 0 && i < len(keys)-1 {
			path = element(path, n)
		}
	}
	return path
}

// header reads [table] or [[table]] and returns its path.
func (s *scanner) header() string {
	list := s.take("[[")
	if !list {
		s.take("[")
	}
	path := ""
	if keys := s.keys(); len(keys) > 0 {
		path = s.record("", keys, s.line)
	}
	if list {
		s.tables[path]++
		path = element(path, s.tables[path])
		s.found[path] = s.line
	}
	s.until("\n")
	return path
}

// pair reads key = value.
func (s *scanner) pair(table string) {
	line, keys := s.line, s.keys()
	s.blank(false)
	if len(keys) == 0 || !s.take("=") {
		return
	}
	path := s.record(table, keys, line)
	s.blank(false)
	s.value(path)
}

// keys reads a dotted key.
func (s *scanner) keys() []string {
	var keys []string
	for {
		s.blank(false)
		start := s.pos
		if s.peek(`"`) || s.peek("'") {
			s.quoted()
			keys = append(keys, unquote(s.src[start:s.pos]))
		} else {
			s.until(" \t\r\n.=]#")
			keys = append(keys, s.src[start:s.pos])
		}
		if s.pos == start {
			return nil
		}
		s.blank(false)
		if !s.take(".") {
			return keys
		}
	}
}

// value skips one value of any kind, noting the lines of what is inside it.
func (s *scanner) value(path string) {
	if s.peek(`"`) || s.peek("'") {
		s.quoted()
		return
	}
	if s.take("[") {
		for n := 1; ; n++ {
			s.blank(true)
			if s.done() || s.take("]") {
				return
			}
			s.found[element(path, n)] = s.line
			if !s.member(func() { s.value(element(path, n)) }) {
				return
			}
		}
	}
	if s.take("{") {
		for {
			s.blank(true)
			if s.done() || s.take("}") {
				return
			}
			if !s.member(func() { s.pair(path) }) {
				return
			}
		}
	}
	s.until(",]}#\n")
}

// member reads one member of a list or inline table and the comma after it; it
// is false when nothing was read.
func (s *scanner) member(read func()) bool {
	start := s.pos
	read()
	s.blank(true)
	s.take(",")
	return s.pos > start
}

// quoted skips a string of any of the four kinds.
func (s *scanner) quoted() {
	quote := s.src[s.pos : s.pos+1]
	end := quote
	if long := strings.Repeat(quote, 3); s.peek(long) {
		end = long
	}
	for s.skip(len(end)); !s.done(); {
		if quote == `"` && s.peek(`\`) {
			s.skip(2)
		} else if s.take(end) {
			// A long string may end in up to two quotes of its own.
			for n := 0; n < 2 && len(end) == 3 && s.take(quote); n++ {
			}
			return
		} else {
			s.skip(1)
		}
	}
}

// unquote is the name a quoted key stands for. A key with an escape that Go
// does not know keeps its spelling; its line is then that of its table.
func unquote(key string) string {
	if name, literal := strings.CutPrefix(key, "'"); literal {
		return strings.TrimSuffix(name, "'")
	}
	if name, err := strconv.Unquote(key); err == nil {
		return name
	}
	return key
}
