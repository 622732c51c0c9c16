package config

import (
	"errors"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sigmilter/cmd/internal/config/tomltree"
	"sigmilter/sigstore/render"
)

// Blocks is what all templates share.
type Blocks struct {
	// Partials is the folder of the files that templates include: NAME.html for
	// HTML templates, NAME.txt for text ones. Absolute, or empty for none.
	Partials string
	// PhonePrefix is the country calling code of phone numbers without one, such
	// as +49; empty leaves such numbers as they are.
	PhonePrefix string
	// Budget is the most bytes a block should have with its pictures, as it goes
	// into mail; check warns of a larger one. 100 kB.
	Budget int64
	// PhotoPixels is how long the longer side of a person's photo may be; a larger
	// one is made smaller. 192.
	PhotoPixels int
	// PhotoBytes is how many bytes a photo may then have, as it goes into mail; a
	// larger one is left out. 100 kB.
	PhotoBytes int64

	options  render.Options
	pictures map[string][]render.Picture // by the name of the HTML partial
}

func defaultBlocks() Blocks {
	return Blocks{
		Budget: 100_000, PhotoPixels: render.DefaultPhotoPixels, PhotoBytes: render.DefaultPhotoBytes,
		options: render.Options{PhotoPixels: render.DefaultPhotoPixels, PhotoBytes: render.DefaultPhotoBytes},
	}
}

// read reads the settings and the partials.
func (b *Blocks) read(v tomltree.Value) {
	tomltree.Table(
		tomltree.Setting{Key: "partials", Read: b.readPartials},
		tomltree.Setting{Key: "phone_prefix", Read: tomltree.One(callingCodes, &b.PhonePrefix)},
		tomltree.Setting{Key: "budget", Read: tomltree.Size(&b.Budget)},
		tomltree.Setting{Key: "photo_pixels", Read: tomltree.Count(&b.PhotoPixels, 2000)},
		tomltree.Setting{Key: "photo_bytes", Read: tomltree.Size(&b.PhotoBytes)},
	)(v)
	b.options.PhonePrefix, b.options.PhotoPixels, b.options.PhotoBytes = b.PhonePrefix, b.PhotoPixels, b.PhotoBytes
}

var callingCodes = tomltree.NewKind("a country calling code", `"+49"`, parseCallingCode)

var callingCode = regexp.MustCompile(`^\+[1-9][0-9]{0,2}$`)

func parseCallingCode(s string) (string, error) {
	if !callingCode.MatchString(s) {
		return "", errors.New("it needs a + and one to three digits")
	}
	return s, nil
}

// readPartials reads all files .html and .txt of the folder, so that a partial
// that cannot be read is found before a template includes it.
func (b *Blocks) readPartials(v tomltree.Value) {
	tomltree.One(paths(v), &b.Partials)(v)
	if b.Partials == "" {
		return
	}
	entries, err := v.Tree().Folder.List(b.Partials)
	if err != nil {
		v.Fault(b.Partials+" "+tomltree.Unreadable(err).Error(), tomltree.Advice(b.Partials, err, "write the name of a folder that sigmilter may read"))
		return
	}
	b.options.HTMLPartials, b.options.TextPartials = map[string]string{}, map[string]string{}
	b.pictures = map[string][]render.Picture{}
	for _, entry := range entries {
		path := filepath.Join(b.Partials, entry.Name())
		ext := filepath.Ext(path)
		name := strings.TrimSuffix(entry.Name(), ext)
		isTemplate := ext == ".html" || ext == ".txt"
		if name == "" || !isTemplate {
			continue
		}
		text, ok := readTemplateFile(v, path)
		if !ok {
			continue
		}
		if ext == ".txt" {
			b.options.TextPartials[name] = text
			continue
		}
		b.options.HTMLPartials[name], b.pictures[name] = readPictures(v, path, text)
	}
}

// Source is a file of a template or a partial.
type Source struct {
	Path     string
	Text     string // Content-IDs stand for the names of pictures
	IsHTML   bool
	Pictures []render.Picture // those it refers to
}

// Sources are the files of the template, without its partials.
func (t *Template) Sources() []Source {
	list := []Source{{t.HTMLPath, t.HTML, true, t.Pictures}}
	if t.TextPath != "" {
		list = append(list, Source{Path: t.TextPath, Text: t.Text})
	}
	return list
}

// Sources are the partials, in the order of their names.
func (b *Blocks) Sources() (list []Source) {
	for _, name := range slices.Sorted(maps.Keys(b.options.HTMLPartials)) {
		list = append(list, Source{filepath.Join(b.Partials, name+".html"), b.options.HTMLPartials[name], true, b.pictures[name]})
	}
	for _, name := range slices.Sorted(maps.Keys(b.options.TextPartials)) {
		list = append(list, Source{Path: filepath.Join(b.Partials, name+".txt"), Text: b.options.TextPartials[name]})
	}
	return list
}

// addPictures adds the pictures of the partials that the template includes.
func (t *Template) addPictures(b Blocks) {
	for _, name := range t.Parsed.Partials() {
		for _, p := range b.pictures[name] {
			if !slices.ContainsFunc(t.Pictures, func(q render.Picture) bool { return q.CID == p.CID }) {
				t.Pictures = append(t.Pictures, p)
			}
		}
	}
}
