package policy

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ConditionKinds are the conditions a rule can have, in the order they are
// looked at: what costs least comes first.
var ConditionKinds = []ConditionKind{
	{
		Name: "to", Like: `"any", "internal" or "external"`,
		Single: true, anything: "any", parse: oneOf("any", string(internal), string(external)),
		match: func(c *Condition, m *message) bool { return c.wanted[0].has(string(m.scope)) },
		wants: func(c *Condition) string { return "the message is " + either(c.wanted[0].words) },
		found: func(_ *Condition, m *message) string { return scopeWords(m) },
	},
	{
		Name: "recipient", What: "an address or a domain", Like: `"ben@partner.example" or "partner.example"`,
		parse: parseOrigin,
		match: func(c *Condition, m *message) bool { return c.wanted[0].meets(m.recipients()) },
		wants: func(c *Condition) string { return "a recipient is " + either(origins(c)) },
		found: func(_ *Condition, m *message) string { return few("the recipients are", m.facts.Recipients) },
	},
	{
		Name: "recipient_list", Shape: Lists, What: "an address or a domain", Like: `"partners.txt"`,
		parse: parseOrigin,
		match: func(c *Condition, m *message) bool { return c.wanted[0].meets(m.recipients()) },
		wants: func(c *Condition) string { return "a recipient is in the list " + either(c.lists) },
		found: func(_ *Condition, m *message) string { return few("the recipients are", m.facts.Recipients) },
	},
	{
		Name: "from", What: "an address or a domain", Like: `"alice@contoso.com" or "contoso.com"`,
		parse: parseOrigin,
		match: func(c *Condition, m *message) bool { return c.wanted[0].meets(m.origins()) },
		wants: func(c *Condition) string { return "the author is " + either(origins(c)) },
		found: func(_ *Condition, m *message) string { return few("the author's addresses are", m.authored()) },
	},
	{
		Name: "from_group", What: "a group", Like: `"sales@contoso.com" or "Sales"`,
		parse: name,
		match: func(c *Condition, m *message) bool { return c.wanted[0].meets(m.groups()) },
		wants: func(c *Condition) string { return "the author is in the group " + either(quoted(c.wanted[0].words)) },
		found: func(_ *Condition, m *message) string { return few("the author is in", m.person.Groups) },
	},
	{
		Name: "from_attribute", Shape: Table, What: "a value", Like: `{ department = "Sales" } or { city = ["Bonn", "/^K(ö|oe)ln$/"] }`,
		key: attributeKey, parse: textWord, compile: compileTexts,
		match: func(c *Condition, m *message) bool {
			return c.every(func(w *wanted) bool {
				v := m.attribute(w.key)
				return w.any(func(t *text) bool { return t.is(v) })
			})
		},
		wants: func(c *Condition) string { return c.each("the author's %s is %s") },
		found: func(c *Condition, m *message) string {
			return c.eachFound(func(w *wanted) string { return fmt.Sprintf("%s is %q", w.key, m.attribute(w.key).text) })
		},
	},
	{
		Name: "kind", Like: `"new", "reply" or "forward"`,
		parse: oneOf(string(New), string(Reply), string(Forward)),
		match: func(c *Condition, m *message) bool { return c.wanted[0].has(string(m.thread)) },
		wants: func(c *Condition) string { return "the message is " + either(threads(c.wanted[0].words)) },
		found: func(_ *Condition, m *message) string { return "it is " + threads([]string{string(m.thread)})[0] },
	},
	{
		Name: "subject", What: "a text", Like: `"offer" or '/^Ticket \d+/'`,
		parse: textPart, compile: compileTexts,
		match: func(c *Condition, m *message) bool {
			return c.wanted[0].any(func(t *text) bool { return t.in(&m.subject) })
		},
		wants: func(c *Condition) string { return "the subject has " + either(quoted(c.wanted[0].words)) },
		found: func(_ *Condition, m *message) string { return fmt.Sprintf("it is %q", m.subject.text) },
	},
	{
		Name: "header", Shape: Table, What: "a text", Like: `{ X-Campaign = "spring" } or { List-Id = "/./" }`,
		key: fieldKey, parse: textPart, compile: compileTexts,
		match: func(c *Condition, m *message) bool {
			return c.every(func(w *wanted) bool { return w.any(m.field(w.key).hold) })
		},
		wants: func(c *Condition) string { return c.each("the field %s has %s") },
		found: func(c *Condition, m *message) string {
			return c.eachFound(func(w *wanted) string { return m.field(w.key).words(w.key) })
		},
	},
	{
		Name: "when", Shape: Table, Keys: windowKeys, compile: compileWindow,
		match: func(c *Condition, m *message) bool { return c.window.open(m.facts.Now) },
		wants: func(c *Condition) string { return "the time is " + windowWords(c) },
		found: func(c *Condition, m *message) string {
			return m.facts.Now.In(c.window.zone).Format("it is Mon 2006-01-02 15:04 there")
		},
	},
	{
		Name: "larger_than", Shape: Bytes,
		parse: wholeNumber, compile: compileBytes,
		match: func(c *Condition, m *message) bool { return m.size() > c.bytes },
		wants: func(c *Condition) string { return fmt.Sprintf("the message has more than %d bytes", c.bytes) },
		found: func(_ *Condition, m *message) string { return sizeWords(m) },
	},
	{
		Name: "smaller_than", Shape: Bytes,
		parse: wholeNumber, compile: compileBytes,
		match: func(c *Condition, m *message) bool { return m.size() < c.bytes },
		wants: func(c *Condition) string { return fmt.Sprintf("the message has less than %d bytes", c.bytes) },
		found: func(_ *Condition, m *message) string { return sizeWords(m) },
	},
	{
		Name: "body", What: "a text", Like: `"offer" or '/Ticket \d+/'`,
		parse: textPart, compile: compileTexts,
		match: func(c *Condition, m *message) bool {
			newest := m.text()
			return newest.known && c.wanted[0].any(func(t *text) bool { return t.in(&newest.value) })
		},
		wants: func(c *Condition) string { return "the new text has " + either(quoted(c.wanted[0].words)) },
		found: func(_ *Condition, m *message) string { return m.textWords(bodyWords) },
	},
	{
		Name: "language", What: "a language", Like: `"de" or "en"`,
		parse: parseLanguage,
		match: func(c *Condition, m *message) bool { return c.wanted[0].has(m.text().language()) },
		wants: func(c *Condition) string { return "the language of the new text is " + either(c.wanted[0].words) },
		found: func(_ *Condition, m *message) string { return m.textWords(languageWords) },
	},
}

// every says whether what is asked for holds under every name.
func (c *Condition) every(holds func(*wanted) bool) bool {
	for i := range c.wanted {
		if !holds(&c.wanted[i]) {
			return false
		}
	}
	return true
}

// any says whether one of the texts is met.
func (w *wanted) any(met func(*text) bool) bool {
	for i := range w.texts {
		if met(&w.texts[i]) {
			return true
		}
	}
	return false
}

func wholeNumber(s string) (string, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err != nil || n < 1 {
		return "", errors.New("it needs a number from 1")
	}
	return s, nil
}

func compileBytes(c *Condition) (err error) {
	c.bytes, err = strconv.ParseInt(c.wanted[0].words[0], 10, 64)
	return err
}

// either is a list of which one is enough.
func either(words []string) string { return strings.Join(words, " or ") }

// few is a list of which a long one is cut.
func few(what string, words []string) string {
	const most = 10
	switch n := len(words); {
	case n == 0:
		return what + " none"
	case n > most:
		return fmt.Sprintf("%s %s and %d more", what, strings.Join(words[:most], ", "), n-most)
	}
	return what + " " + strings.Join(words, ", ")
}

// quoted puts marks around words that are no regular expression.
func quoted(words []string) []string {
	var all []string
	for _, w := range words {
		if t, err := parseText(w); err == nil && t.pattern == nil {
			w = strconv.Quote(w)
		}
		all = append(all, w)
	}
	return all
}

func origins(c *Condition) []string {
	var all []string
	for _, w := range c.wanted[0].words {
		if !strings.Contains(w, "@") {
			w = "in " + w
		}
		all = append(all, w)
	}
	return all
}

func threads(words []string) []string {
	spoken := map[string]string{"new": "a new message", "reply": "a reply", "forward": "a forward"}
	var all []string
	for _, w := range words {
		all = append(all, spoken[w])
	}
	return all
}

// each says what is asked for under each name, by a format of name and words.
func (c *Condition) each(format string) string {
	return c.eachFound(func(w *wanted) string { return fmt.Sprintf(format, w.key, either(quoted(w.words))) })
}

func (c *Condition) eachFound(words func(*wanted) string) string {
	var all []string
	for i := range c.wanted {
		all = append(all, words(&c.wanted[i]))
	}
	return strings.Join(all, ", and ")
}
