package insert

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"sigmilter/milter/insert/known"
)

// pictureBeside is what clients write for a picture in a line with other text, such as
// that of a table in one line.
var pictureBeside = regexp.MustCompile(`(?:^|\t| {2,})\[[^\[\]]{1,120}\]`)

// alts are what the document says in place of the pictures of a signature, where that is
// what a line says. QUIRK: Thunderbird writes it in plain text without brackets.
func (r *Reading) alts(f found) (alts []string) {
	if r.page == nil || !strings.ContainsRune(strings.Join(f.removed, ""), known.Image) {
		return nil
	}
	from, to := int(r.lines[f.from].start), int(r.lines[f.to-1].end)
	for i := r.page.elemFrom(from); i < len(r.page.elems) && int(r.page.elems[i].start) < to; i++ {
		e := &r.page.elems[i]
		if e.tag != atom.Img {
			continue
		}
		z := nethtml.NewTokenizer(bytes.NewReader(r.src[e.start:e.in]))
		z.Next()
		for _, a := range z.Token().Attr {
			if a.Key == "alt" && known.Visible(a.Val) != "" {
				alts = append(alts, known.Visible(a.Val))
			}
		}
	}
	return alts
}

// shownAbove reports whether the line directly above a signature is nothing but pictures:
// what the text above announces is they.
func (r *Reading) shownAbove(f found) bool {
	return r.page != nil && f.from > 0 && r.lines[f.from-1].own && known.WithoutImages(r.lines[f.from-1].text) == ""
}

// withoutTargets takes out where links lead, which only the source of the HTML
// form shows: "LinkedIn<https://...>".
func withoutTargets(text string) string {
	if !strings.ContainsAny(text, "<[") {
		return text
	}
	var b strings.Builder
	for text != "" {
		i := strings.IndexAny(text, "<[")
		if i < 0 {
			break
		}
		end := strings.IndexByte(text[i:], closes[text[i]])
		if end < 0 {
			break
		}
		b.WriteString(text[:i])
		if !linkInBrackets(text[i+1 : i+end]) {
			b.WriteString(text[i : i+end+1])
		}
		text = text[i+end+1:]
	}
	return b.String() + text
}

// placeholders is over how many lines from i on there is nothing but what stands for
// pictures, 0 for none. QUIRK: Outlook's generated descriptions have a blank line within.
func (r *Reading) placeholders(i, end int) int {
	const most = 8 // lines
	if text := r.lines[i].text; placeholder(text) {
		return 1
	} else if !strings.HasPrefix(text, "[") {
		return 0
	}
	for n := 2; n <= most && i+n <= end && r.lines[i+n-1].own; n++ {
		if placeholder(joined(r.lines[i : i+n])) {
			return n
		}
	}
	return 0
}

// placeholder reports whether a line is nothing but what clients write for pictures:
// their names or what they show, in brackets, and where they lead.
func placeholder(text string) bool {
	const longest = 120                  // bytes of what one shows
	if known.WithoutImages(text) == "" { // QUIRK: Apple Mail leaves a character for a picture in text
		return true
	}
	if namedPicture.MatchString(text) || yahooPictures[known.Fold(text)] {
		return true
	}
	if !strings.HasPrefix(text, "[") {
		return false
	}
	for rest := strings.TrimSpace(withoutTargets(text)); rest != ""; {
		shown, after, ok := strings.Cut(strings.TrimPrefix(rest, "["), "]")
		if !ok || rest[0] != '[' || len(shown) > longest {
			return false
		}
		rest = strings.TrimSpace(after)
	}
	return true
}

// namedPicture is the file of a picture as Apple Mail and Notes name it, its part, or a
// picture of Markdown.
var namedPicture = regexp.MustCompile(`(?i)^(<[^<>]{1,80}\.(png|jpe?g|gif|bmp|svg|heic|tiff?|webp)>|<cid:[^<>]{1,80}>|!\[[^\[\]]{0,80}\]\((cid:|https?:)[^()]{1,160}\)|\(embedded image moved to file: [^()]{1,80}\))$`)

// yahooPictures is what Yahoo writes for a picture, in the language of its user.
var yahooPictures = map[string]bool{
	"inline image": true, "inline-bild": true, "image en ligne": true, "imagen en línea": true, "imagem inline": true, "imagem em linha": true,
	"immagine inline": true, "immagine in linea": true, "inline afbeelding": true, "inline-afbeelding": true, "indlejret billede": true, "infogad bild": true,
	"obraz w treści": true, "ενσωματωμένη εικόνα": true, "satır içi resim": true, "встроенное изображение": true, "內嵌圖片": true, "内嵌图片": true, "インライン画像": true, "인라인 이미지": true,
}

// lettersOf are the letters and digits of a text, in which two forms of a message
// agree.
func lettersOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
