package seen

import (
	"slices"
	"strings"
)

// face notes a font whose letters may be any: they come with the mail, or are those of
// another font made smaller.
func (s *sheets) face(declared []declaration) {
	for _, d := range declared {
		switch d.property {
		case "src":
			s.faces = s.faces || !trusted(d.value)
		case "size-adjust", "ascent-override", "descent-override", "line-gap-override":
			s.faces = true
		}
	}
}

// typeface says what the letters of an element may look like.
type typeface struct {
	// named says that the font has a name, which a font of the mail may have too. So has
	// the one that a reader sets text in that asks for none.
	named    bool
	pictures bool // in place of letters
}

// typefaceOf is that of a font-family.
func typefaceOf(v string) typeface {
	var t typeface
	for f := range strings.SplitSeq(v, ",") {
		f = strings.TrimSpace(f)
		t.named = t.named || !generic[f]
		t.pictures = t.pictures || symbols[strings.Trim(f, `"' `)] || strings.Contains(f, "(") // "var(--font)"
	}
	return t
}

// readersOwn is that of text which asks for none.
var readersOwn = typeface{named: true}

// with is one typeface or the other.
func (t typeface) with(other typeface) typeface {
	return typeface{t.named || other.named, t.pictures || other.pictures}
}

// generic are the families that no font of a mail can take the name of, wherever it is
// read.
var generic = map[string]bool{"serif": true, "sans-serif": true, "monospace": true, "cursive": true, "fantasy": true}

// trusted reports whether the letters of a font are those of its reader's own fonts, or
// come from a host of fonts.
func trusted(src string) bool {
	for _, w := range words(src) {
		address, fetched := strings.CutPrefix(w, "url(")
		if fetched && !fromFontHost(strings.Trim(strings.TrimSuffix(address, ")"), `"' `)) {
			return false
		}
		if name, local := strings.CutPrefix(w, "local("); local && symbols[strings.Trim(strings.TrimSuffix(name, ")"), `"' `)] {
			return false
		}
	}
	return true
}

// fromFontHost reports whether an address is of a host of fonts.
func fromFontHost(address string) bool {
	scheme, rest, _ := strings.Cut(address, ":")
	if scheme == "http" || scheme == "https" {
		address = rest
	}
	address = strings.TrimPrefix(address, "//")
	return slices.ContainsFunc(fontHosts, func(h string) bool { return strings.HasPrefix(address, h) })
}

// fontHosts serve fonts and nothing else, by style sheets.
var fontHosts = []string{
	"fonts.googleapis.com/", "fonts.gstatic.com/", "use.typekit.net/", "p.typekit.net/", "fonts.bunny.net/", "fast.fonts.net/",
	"cloud.typography.com/", "fonts.cdnfonts.com/", "use.fontawesome.com/", "hello.myfonts.net/", "api.fontshare.com/",
}

// symbols are fonts that have pictures in place of letters.
var symbols = map[string]bool{
	"wingdings": true, "wingdings 2": true, "wingdings 3": true, "webdings": true, "symbol": true, "marlett": true, "zapf dingbats": true,
	"zapfdingbats": true, "bookshelf symbol 7": true, "mt extra": true, "ms outlook": true, "ms reference specialty": true, "hololens mdl2 assets": true,
	"segoe mdl2 assets": true, "segoe fluent icons": true, "dingbats": true, "opensymbol": true, "standard symbols ps": true, "d050000l": true,
	"lastresort": true, ".lastresort": true, "last resort": true,
}
