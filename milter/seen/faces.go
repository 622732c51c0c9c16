package seen

import (
	"slices"
	"strings"
)

// face notes a font whose letters may be any: they come with the mail, or are those of
// another font made smaller.
func (s *sheets) face(declared []declaration) {
	family, odd := "", false
	for _, d := range declared {
		switch d.property {
		case "font-family":
			family = strings.Trim(d.value, `"' `)
		case "src":
			odd = odd || !trusted(d.value)
		case "size-adjust", "ascent-override", "descent-override", "line-gap-override":
			odd = true
		}
	}
	if odd && family != "" {
		s.faces[family] = true
	}
}

// trusted reports whether the letters of a font are those of its reader's own fonts, or
// come from a host of fonts.
func trusted(src string) bool {
	for _, w := range words(src) {
		address, fetched := strings.CutPrefix(w, "url(")
		if fetched && !fromFontHost(strings.Trim(strings.TrimSuffix(address, ")"), `"' `)) {
			return false
		}
		if name, local := strings.CutPrefix(w, "local("); local && symbols[family(strings.TrimSuffix(name, ")"))] {
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
}

// family is the first of the families of a font.
func family(v string) string {
	first, _, _ := strings.Cut(v, ",")
	return strings.Trim(first, `"' `)
}

// families are those of a font, in the order in which they are looked for.
func families(v string) []string {
	var all []string
	for f := range strings.SplitSeq(v, ",") {
		all = append(all, family(f))
	}
	return all
}
