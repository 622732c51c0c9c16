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

// readersDefault stands for the font that a reader sets text in that names none.
const readersDefault = ""

// brings reports whether letters of some families may be such as the mail brings along:
// a font of the mail has the name of one, or of what readers set other text in; or it is
// not known which one it is.
func (s *sheets) brings(families []string) bool {
	if len(s.faces) == 0 {
		return false
	}
	return len(families) == 0 && s.renamed() || slices.ContainsFunc(families, func(f string) bool {
		return s.faces[f] || strings.Contains(f, "(") || f == readersDefault && s.renamed() // "var(--font)"
	})
}

// renamed reports whether a font of the mail has the name of one of its readers' own.
func (s *sheets) renamed() bool {
	for f := range s.faces {
		if readersOwn[f] {
			return true
		}
	}
	return false
}

// generic are the families that no font of a mail can take the name of.
var generic = map[string]bool{
	"serif": true, "sans-serif": true, "monospace": true, "cursive": true, "fantasy": true, "system-ui": true, "ui-serif": true, "ui-sans-serif": true,
	"ui-monospace": true, "ui-rounded": true, "math": true, "emoji": true, "fangsong": true, "-apple-system": true, "blinkmacsystemfont": true,
}

// readersOwn are the fonts that browsers and mail clients set text in that names none.
var readersOwn = map[string]bool{
	"times new roman": true, "times": true, "timesnewroman": true, "arial": true, "helvetica": true, "helvetica neue": true, "calibri": true, "aptos": true, "segoe ui": true, "verdana": true, "tahoma": true,
	"georgia": true, "cambria": true, "courier new": true, "courier": true, "roboto": true, "noto sans": true, "noto serif": true, "noto sans cjk sc": true, "noto sans cjk jp": true, "dejavu sans": true, "dejavu serif": true, "dejavu sans mono": true,
	"liberation serif": true, "liberation sans": true, "nimbus roman": true, "nimbus sans": true, "free serif": true, "freeserif": true, "tinos": true, "arimo": true, "cantarell": true, "ubuntu": true, "droid sans": true, "droid serif": true,
	"san francisco": true, ".sf ns text": true, ".applesystemuifont": true, "sf pro text": true, "lucida grande": true, "microsoft sans serif": true, "ms sans serif": true, "ms pgothic": true, "ms gothic": true, "meiryo": true, "yu gothic": true,
	"hiragino kaku gothic pron": true, "simsun": true, "microsoft yahei": true, "pingfang sc": true, "malgun gothic": true, "batang": true, "gulim": true, "david": true, "ms serif": true, "bitstream vera serif": true, "bitstream vera sans": true,
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

// families are those of a font, in the order in which they are looked for, with the
// reader's own behind them unless a generic one ends the list.
func families(v string) []string {
	var all []string
	for f := range strings.SplitSeq(v, ",") {
		all = append(all, family(f))
	}
	if !generic[all[len(all)-1]] {
		all = append(all, readersDefault)
	}
	return all
}
