package migrate

import (
	"encoding/base64"
	"fmt"
	"html"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// attributePattern matches an attribute with a value: its name, what stands
// between, and the value with its quotes.
var attributePattern = regexp.MustCompile(`([^\s"'<>/=]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s>"']+)`)

// tag converts the values of a tag's attributes. Those without quotes get some:
// a field could not stand there.
func (c *converter) tag(name, raw string, line int) string {
	var out strings.Builder
	at := 0
	for _, m := range attributePattern.FindAllStringSubmatchIndex(raw, -1) {
		value, quote := raw[m[6]:m[7]], `"`
		if value[0] == '"' || value[0] == '\'' {
			quote = value[:1]
			value = value[1 : len(value)-1]
		}
		here := line + strings.Count(raw[:m[6]], "\n")
		out.WriteString(markup(raw[at:m[6]]) + quote)
		out.WriteString(c.value(strings.ToLower(raw[m[2]:m[3]]), value, here))
		out.WriteString(quote)
		at = m[7]
	}
	out.WriteString(markup(raw[at:]))
	return out.String()
}

// markup takes out what would begin a field where none can stand.
func markup(raw string) string { return strings.ReplaceAll(raw, "{{", "") }

// value converts the value of an attribute.
func (c *converter) value(attribute, value string, line int) string {
	switch attribute {
	case "src", "background":
		if c.photo(value, line) {
			return "{{photo}}"
		}
		if name, ok := c.picture(html.UnescapeString(value), line); ok {
			return "cid:" + name
		}
	case "href":
		return c.link(value, line)
	}
	return c.text(value, line, false)
}

// photo says whether the address of a picture is the placeholder of the person's
// photo, and notes it. In a text it stays a field, since ours is an address.
func (c *converter) photo(value string, line int) bool {
	value = strings.TrimSpace(value)
	m := c.pattern.FindStringSubmatchIndex(value)
	if m == nil || m[0] != 0 || m[1] != len(value) {
		return false
	}
	for i := range c.syntaxes {
		if from, to := m[2+2*i], m[3+2*i]; from >= 0 && isPhoto(html.UnescapeString(value[from:to])) {
			c.note(Finding{Mapped, value, "{{photo}}", "", nil}, line)
			return true
		}
	}
	return false
}

// link converts an address. One that is nothing but a field gets the function
// that makes a good link of it.
func (c *converter) link(value string, line int) string {
	trimmed := strings.TrimSpace(value)
	for _, l := range []struct{ scheme, function string }{{"tel:", "tel "}, {"https://", "url "}, {"http://", "url "}, {"", "url "}} {
		if len(trimmed) < len(l.scheme) || !strings.EqualFold(trimmed[:len(l.scheme)], l.scheme) {
			continue
		}
		became := c.text(trimmed[len(l.scheme):], line, false)
		if inside, ok := onlyField(became); ok {
			if inside == ".mail" {
				return "mailto:{{.mail}}"
			}
			return "{{" + l.function + inside + "}}"
		}
		return trimmed[:len(l.scheme)] + became
	}
	return value
}

var fieldAction = regexp.MustCompile(`^\{\{(\.[\p{L}\p{N}_]+)\}\}$`)

func onlyField(s string) (inside string, ok bool) {
	m := fieldAction.FindStringSubmatch(s)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// picture notes a picture that is not somewhere on the web, and returns the name
// of its file beside the template.
func (c *converter) picture(source string, line int) (name string, ok bool) {
	source = strings.TrimSpace(source)
	if source == "" || c.hasPlaceholder(source) {
		return "", false
	}
	if name, ok := c.names[source]; ok {
		return name, true
	}
	p := Picture{Line: line}
	switch scheme, rest, has := strings.Cut(source, ":"); {
	case strings.HasPrefix(source, "//"), has && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")):
		return "", false
	case has && strings.EqualFold(scheme, "data"):
		var kind string
		kind, p.Data, ok = embedded(rest)
		if !ok {
			return "", false
		}
		p.Name = c.fileName(fmt.Sprintf("picture%d.%s", len(c.pictures)+1, kind))
	case has && strings.EqualFold(scheme, "cid"):
		p.Source = rest
	default:
		p.Source = source
	}
	if p.Data == nil {
		if plain, err := url.PathUnescape(p.Source); err == nil {
			p.Source = plain
		}
		p.Source = strings.ReplaceAll(p.Source, `\`, "/")
		p.Name = c.fileName(path.Base(p.Source))
	}
	c.names[source] = p.Name
	c.pictures = append(c.pictures, p)
	return p.Name, true
}

// hasPlaceholder says whether a text has a placeholder.
func (c *converter) hasPlaceholder(s string) bool {
	for _, m := range c.pattern.FindAllStringSubmatchIndex(s, -1) {
		for i, syntax := range c.syntaxes {
			if from, to := m[2+2*i], m[3+2*i]; from >= 0 {
				if _, isKnown := attributeOf(s[from:to]); isKnown || syntax.Sure {
					return true
				}
			}
		}
	}
	return false
}

// embedded is the picture of a data: address in base64, and its kind.
func embedded(rest string) (kind string, data []byte, ok bool) {
	head, text, ok := strings.Cut(rest, ",")
	media, isBase64 := strings.CutSuffix(strings.ToLower(head), ";base64")
	kind, isImage := strings.CutPrefix(media, "image/")
	if !ok || !isBase64 || !isImage {
		return "", nil, false
	}
	data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	return kind, data, err == nil && len(data) > 0
}

var notInNames = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// fileName is a name that a template may have after cid:, not yet taken.
func (c *converter) fileName(base string) string {
	base = c.options.Prefix + "-" + notInNames.ReplaceAllString(base, "-")
	base = strings.TrimLeft(base, "._-")
	ext := path.Ext(base)
	name := base
	for n := 2; c.taken(name); n++ {
		name = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(base, ext), n, ext)
	}
	return name
}

func (c *converter) taken(name string) bool {
	for _, p := range c.pictures {
		if strings.EqualFold(p.Name, name) {
			return true
		}
	}
	return false
}
