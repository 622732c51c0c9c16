package policy

import (
	"errors"
	"regexp"
	"slices"
	"strings"
)

// Shape says how a condition is written.
type Shape int

// The shapes.
const (
	Words Shape = iota // a word, or a list of words of which one is enough
	Table              // names, all of which must hold, each with a word or a list
	Bytes              // a number of bytes, given to [Condition.Add] in decimal
	Lists              // names of files with a word on each line, given to [Condition.AddList]
)

// ConditionKind is a row of the table of conditions.
type ConditionKind struct {
	Name   string // the key of the configuration
	Shape  Shape
	Keys   []ConditionKey // the names a table may have; none: any
	What   string         // what a word is: "an address or a domain"; empty: one of those of Like
	Like   string         // an example of a word, with its quotes
	Single bool           // one word, no list

	anything string // the word that asks for nothing, if there is one
	// key checks a name of a table; parse returns a word as it is compared.
	key   func(string) error
	parse func(string) (string, error)
	// compile, if there is one, works out the rest once all words are there.
	compile func(*Condition) error
	match   func(*Condition, *message) bool
	wants   func(*Condition) string // what is asked for, in words
	found   func(*Condition, *message) string
}

// ConditionKey is a name that the table of a condition may have.
type ConditionKey struct {
	Name, What, Like string
	Required, Single bool // Single: one word, no list
	parse            func(string) (string, error)
}

// New is a condition of the kind that asks for nothing yet.
func (k *ConditionKind) New() Condition { return Condition{kind: k} }

// Condition is one thing a rule asks of a message. It is made by
// [ConditionKind.New], [Condition.Add] for every word, and [Condition.Compile];
// it is not changed afterwards.
type Condition struct {
	kind   *ConditionKind
	wanted []wanted
	bytes  int64
	lists  []string // names of the files the words are from
	window *window
}

// wanted is what is asked for under one name; the name is empty but in tables.
type wanted struct {
	key   string
	words []string
	in    set    // of the words
	texts []text // the words, for kinds that compare texts
}

type set map[string]struct{}

func (s set) has(word string) bool { _, ok := s[word]; return ok }

func setOf(words []string) set {
	s := make(set, len(words))
	for _, w := range words {
		s[w] = struct{}{}
	}
	return s
}

// has says whether a word is asked for. A few are compared faster than looked up.
func (w *wanted) has(word string) bool {
	if len(w.words) <= 4 {
		return slices.Contains(w.words, word)
	}
	return w.in.has(word)
}

// meets says whether a set has one of the words.
func (w *wanted) meets(s set) bool {
	if len(w.words) <= len(s) {
		return slices.ContainsFunc(w.words, s.has)
	}
	for word := range s {
		if w.has(word) {
			return true
		}
	}
	return false
}

// Add adds a word; key is the name in a table and else empty. The error says
// what is wrong with the word.
func (c *Condition) Add(key, word string) error {
	if word != "" && word == c.kind.anything {
		return nil
	}
	parse := c.kind.parse
	for _, k := range c.kind.Keys {
		if k.Name == key {
			parse = k.parse
		}
	}
	parsed, err := parse(word)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(c.wanted, func(w wanted) bool { return w.key == key })
	if i < 0 {
		i = len(c.wanted)
		c.wanted = append(c.wanted, wanted{key: key, in: set{}})
	}
	w := &c.wanted[i]
	w.words = append(w.words, parsed)
	w.in[parsed] = struct{}{}
	return nil
}

// AddList adds a word of a list, which has a name.
func (c *Condition) AddList(list, word string) error {
	if !slices.Contains(c.lists, list) {
		c.lists = append(c.lists, list)
	}
	return c.Add("", word)
}

// CheckKey says what is wrong with a name of the condition's table.
func (k *ConditionKind) CheckKey(key string) error {
	if k.key == nil {
		return nil
	}
	return k.key(key)
}

// Compile makes the condition ready. Its error is about the words together.
func (c *Condition) Compile() error {
	if c.kind.compile == nil || c.Empty() {
		return nil
	}
	return c.kind.compile(c)
}

// Empty says whether the condition asks for nothing.
func (c *Condition) Empty() bool { return len(c.wanted) == 0 }

// Name is that of its kind.
func (c *Condition) Name() string { return c.kind.Name }

// Keys are the names of its table.
func (c *Condition) Keys() []string {
	var keys []string
	for _, w := range c.wanted {
		keys = append(keys, w.key)
	}
	return keys
}

// Words are what it asks for, as compared; those of all names in a table.
func (c *Condition) Words() []string {
	var words []string
	for _, w := range c.wanted {
		words = append(words, w.words...)
	}
	return words
}

// String says what it asks for, such as "the author is in the group sales".
func (c *Condition) String() string { return c.kind.wants(c) }

// compileTexts parses the words as texts to be compared.
func compileTexts(c *Condition) error {
	for i := range c.wanted {
		for _, word := range c.wanted[i].words {
			t, err := parseText(word)
			if err != nil {
				return err
			}
			c.wanted[i].texts = append(c.wanted[i].texts, t)
		}
	}
	return nil
}

// textWord checks a word that is compared as a text; it stays as it is written.
func textWord(s string) (string, error) {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", errors.New("it has a control character")
	}
	_, err := parseText(s)
	return s, err
}

// textPart is textWord for what is looked for inside a text.
func textPart(s string) (string, error) {
	if strings.TrimSpace(s) == "" {
		return "", errors.New("it is empty")
	}
	return textWord(s)
}

// name reads a name that is compared without regard to case.
func name(s string) (string, error) { return ParseKeyword(s) }

// oneOf reads one of a few words.
func oneOf(words ...string) func(string) (string, error) {
	return func(s string) (string, error) {
		if !slices.Contains(words, s) {
			return "", errors.New("unknown")
		}
		return s, nil
	}
}

var fieldName = regexp.MustCompile(`^[!-9;-~]+$`)

// fieldKey checks the name of a field (RFC 5322 2.2).
func fieldKey(s string) error {
	if !fieldName.MatchString(s) {
		return errors.New("it has a blank, a colon or a letter outside ASCII")
	}
	return nil
}

func attributeKey(s string) error {
	_, err := name(s)
	return err
}
