package render

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// quarters is a picture whose four quarters are red, green, blue and grey, by
// rows, drawn by an alpha.
func quarters(w, h int, alpha uint8) *image.NRGBA {
	picture := image.NewNRGBA(image.Rect(0, 0, w, h))
	colours := [4]color.NRGBA{{200, 0, 0, alpha}, {0, 200, 0, alpha}, {0, 0, 200, alpha}, {100, 100, 100, alpha}}
	for y := range h {
		for x := range w {
			picture.SetNRGBA(x, y, colours[y*2/h*2+x*2/w])
		}
	}
	return picture
}

func jpegOf(t testing.TB, picture image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func pngOf(t testing.TB, picture image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func gifOf(t testing.TB, picture image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := gif.Encode(&out, picture, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestPhotoSizes(t *testing.T) {
	for _, test := range []struct {
		name   string
		data   []byte
		most   int64
		same   bool // the bytes stay
		format string
		w, h   int
	}{
		{"large JPEG", jpegOf(t, quarters(648, 648, 255)), DefaultPhotoBytes, false, "jpeg", 192, 192},
		{"wide JPEG", jpegOf(t, quarters(640, 320, 255)), DefaultPhotoBytes, false, "jpeg", 192, 96},
		{"tall GIF", gifOf(t, quarters(200, 400, 255)), DefaultPhotoBytes, false, "jpeg", 96, 192},
		{"small JPEG", jpegOf(t, quarters(96, 96, 255)), DefaultPhotoBytes, true, "jpeg", 96, 96},
		{"small PNG", pngOf(t, quarters(192, 100, 255)), DefaultPhotoBytes, true, "png", 192, 100},
		{"small GIF", gifOf(t, quarters(50, 50, 255)), DefaultPhotoBytes, true, "gif", 50, 50},
		{"line", pngOf(t, quarters(1000, 1, 255)), DefaultPhotoBytes, false, "jpeg", 192, 1},
		{"see-through PNG", pngOf(t, quarters(400, 400, 128)), DefaultPhotoBytes, false, "png", 192, 192},
		{"many bytes for its size", samplePhoto(192), 6000, false, "jpeg", 192, 192},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := fitPhoto(test.data, 192, test.most)
			if err != nil {
				t.Fatal(err)
			}
			picture, format, err := image.Decode(bytes.NewReader(got.Data))
			if err != nil {
				t.Fatal(err)
			}
			if size := picture.Bounds().Size(); format != test.format || got.Type != "image/"+format || size != image.Pt(test.w, test.h) {
				t.Errorf("%s %s %v", format, got.Type, size)
			}
			if bytes.Equal(got.Data, test.data) != test.same || inMail(len(got.Data)) > test.most {
				t.Errorf("%d bytes from %d", len(got.Data), len(test.data))
			}
			if got.CID != ContentID(got.Data) || !strings.HasPrefix(got.Name, "photo.") {
				t.Errorf("%s %s", got.Name, got.CID)
			}
		})
	}
}

func TestPhotosLeftOut(t *testing.T) {
	huge := pngOf(t, quarters(8, 8, 255))
	binary.BigEndian.PutUint32(huge[16:], 1<<20) // width and height; the checksum is wrong then
	binary.BigEndian.PutUint32(huge[20:], 1<<20)
	hugeGIF := gifOf(t, quarters(8, 8, 255))
	binary.LittleEndian.PutUint16(hugeGIF[6:], 65535)
	binary.LittleEndian.PutUint16(hugeGIF[8:], 65535)
	whole := jpegOf(t, quarters(300, 300, 255))
	scan := whole[bytes.Index(whole, []byte{0xFF, startOfScan}) : len(whole)-2]
	for _, test := range []struct {
		name string
		data []byte
		most int64
		want string
	}{
		{"text", []byte("<svg onload=alert(1)>"), 1 << 20, "it is no JPEG, PNG or GIF"},
		{"WebP", []byte("RIFF\x00\x00\x00\x00WEBPVP8 "), 1 << 20, "it is no JPEG, PNG or GIF"},
		{"too many bytes", append(slices.Clone(whole), make([]byte, MaxPhoto)...), 1 << 20, "bytes, more than the 5242880 of a photo"},
		{"broken PNG bomb", huge, 1 << 20, "it cannot be read"},
		{"GIF bomb", hugeGIF, 1 << 20, "it has 65535x65535 pixels"},
		{"PNG of 16 bits", pngBomb(t, 4096, 4096, 16, 6, 0), 1 << 20, "it has 4096x4096 pixels and would take 128 MiB of memory to open, more than 64; save it smaller"},
		{"PNG of 16 bits, grey", pngBomb(t, 4096, 4096, 16, 0, 0), 1 << 20, "would take 128 MiB"},
		{"PNG in passes", pngBomb(t, 4096, 4095, 8, 6, 1), 1 << 20, "would take 127 MiB"},
		{"progressive JPEG", progressive(jpegOf(t, image.NewGray(image.Rect(0, 0, 4096, 4096)))), 1 << 20, "would take 80 MiB"},
		{"progressive JPEG, then a small frame", withFrame(progressive(jpegOf(t, image.NewGray(image.Rect(0, 0, 4096, 4096))))), 1 << 20, "would take 80 MiB"},
		{"JPEG of many scans", slices.Concat(whole[:len(whole)-2], bytes.Repeat(scan, maxPhotoScans)), 1 << 20, "it is a JPEG of 65 scans"},
		{"cut off", whole[:len(whole)/2], 1 << 20, "it cannot be read"},
		{"only the beginning", whole[:4], 1 << 20, "it cannot be read"},
		{"still too large", whole, 1000, "made smaller it still has"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := fitPhoto(test.data, 192, test.most)
			if err == nil || !strings.Contains(err.Error(), test.want) || got.Data != nil {
				t.Errorf("%d bytes, %v", len(got.Data), err)
			}
		})
	}
}

// pngBomb is a black PNG of a depth and kind of colour, in passes or not.
func pngBomb(t testing.TB, w, h int, depth, kind, passes byte) []byte {
	t.Helper()
	lineBytes := func(pixels int) int {
		values := map[byte]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]
		return 1 + (pixels*values*int(depth)+7)/8
	}
	lines := [][4]int{{0, 1, 0, 1}}
	if passes != 0 { // where the passes begin and how far they step, across and down
		lines = [][4]int{{0, 8, 0, 8}, {4, 8, 0, 8}, {0, 4, 4, 8}, {2, 4, 0, 4}, {0, 2, 2, 4}, {1, 2, 0, 2}, {0, 1, 1, 2}}
	}
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	for _, p := range lines {
		across, down := (w-p[0]+p[1]-1)/p[1], (h-p[2]+p[3]-1)/p[3]
		for range down {
			z.Write(make([]byte, lineBytes(across)))
		}
	}
	z.Close()
	out := []byte("\x89PNG\r\n\x1A\n")
	chunk := func(name string, data []byte) {
		out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
		named := append([]byte(name), data...)
		out = binary.BigEndian.AppendUint32(append(out, named...), crc32.ChecksumIEEE(named))
	}
	size := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w)), uint32(h))
	chunk("IHDR", append(size, depth, kind, 0, 0, passes))
	if kind == 3 {
		chunk("PLTE", make([]byte, 3))
	}
	chunk("IDAT", packed.Bytes())
	chunk("IEND", nil)
	return out
}

// progressive makes the header of a JPEG say that it is.
func progressive(data []byte) []byte {
	data[bytes.Index(data, []byte{0xFF, 0xC0})+1] = startOfProgressive
	return data
}

// withFrame puts a second frame, of one pixel, before the end of a JPEG.
func withFrame(data []byte) []byte {
	return append(data[:len(data)-2], 0xFF, 0xC0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0, 0xFF, endOfImage)
}

// Decoding allocates what the headers said, and no more.
func TestPhotoCost(t *testing.T) {
	const side = 1500
	for name, data := range map[string][]byte{
		"JPEG":                jpegOf(t, quarters(side, side, 255)),
		"grey JPEG":           jpegOf(t, image.NewGray(image.Rect(0, 0, side, side))),
		"progressive JPEG":    progressive(jpegOf(t, quarters(side, side, 255))), // broken, but only behind its memory
		"GIF":                 gifOf(t, quarters(side, side, 255)),
		"PNG":                 pngBomb(t, side, side, 8, 2, 0),
		"PNG of 16 bits":      pngBomb(t, side, side, 16, 6, 0),
		"PNG with a palette":  pngBomb(t, side, side, 8, 3, 0),
		"PNG in passes":       pngBomb(t, side, side, 8, 6, 1),
		"16 bits in passes":   pngBomb(t, side, side, 16, 4, 1),
		"grey PNG of one bit": pngBomb(t, side, side, 1, 0, 0),
	} {
		t.Run(name, func(t *testing.T) {
			config, format, err := image.DecodeConfig(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			said := costOf(format, config, data)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err = decodePhoto(format, data)
			runtime.ReadMemStats(&after)
			if err != nil && name != "progressive JPEG" {
				t.Error(err)
			}
			const beside = 200_000 // readers and tables
			if took := int64(after.TotalAlloc - before.TotalAlloc); took > said.bytes+said.bytes/10+beside || said.bytes < 1 || said.scans != 1 {
				t.Errorf("%d bytes were said, %d taken; %d scans", said.bytes, took, said.scans)
			}
		})
	}
}

// What a phone or a camera writes is not too much.
func TestOrdinaryPhotosAreSmallEnough(t *testing.T) {
	for name, data := range map[string][]byte{
		"JPEG of 12 million pixels": jpegOf(t, image.NewYCbCr(image.Rect(0, 0, 4032, 3024), image.YCbCrSubsampleRatio420)),
		"PNG of 12 million pixels":  pngBomb(t, 4032, 3024, 8, 6, 0),
		"progressive JPEG":          progressive(jpegOf(t, quarters(2400, 1600, 255))),
	} {
		if err := CheckPhoto(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// exif puts an orientation into a JPEG, as a phone does.
func exif(data []byte, order binary.AppendByteOrder, mark string, value uint16) []byte {
	tiff := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, entry := range [][2]uint16{{0x0100, 7}, {0x0112, value}} {
		tiff = order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, entry[0]), 3), 1)
		tiff = order.AppendUint16(order.AppendUint16(tiff, entry[1]), 0)
	}
	segment := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, byte((len(segment)+2)>>8), byte(len(segment)+2))
	return append(append(out, segment...), data[2:]...)
}

func TestPhotoOrientation(t *testing.T) {
	upright := jpegOf(t, quarters(64, 32, 255))
	// The colours of the quarters as they are seen then, by Exif's numbers.
	for value, want := range map[uint16]string{0: "rgbx", 1: "rgbx", 2: "grxb", 3: "xbgr", 4: "bxrg", 5: "rbgx", 6: "brxg", 7: "xgbr", 8: "gxrb", 9: "rgbx"} {
		for mark, order := range map[string]binary.AppendByteOrder{"II": binary.LittleEndian, "MM": binary.BigEndian} {
			got, err := fitPhoto(exif(upright, order, mark, value), 192, DefaultPhotoBytes)
			if err != nil {
				t.Fatal(err)
			}
			picture, _, err := image.Decode(bytes.NewReader(got.Data))
			if err != nil {
				t.Fatal(err)
			}
			size, seen := picture.Bounds().Size(), ""
			for _, at := range []image.Point{{1, 1}, {3, 1}, {1, 3}, {3, 3}} {
				seen += colourName(picture.At(size.X*at.X/4, size.Y*at.Y/4))
			}
			if seen != want || (size.X > size.Y) != (value < 5 || value > 8) {
				t.Errorf("%s %d: %s %v, want %s", mark, value, seen, size, want)
			}
		}
	}
}

func colourName(c color.Color) string {
	r, g, b, _ := c.RGBA()
	switch {
	case r > 2*g && r > 2*b:
		return "r"
	case g > 2*r && g > 2*b:
		return "g"
	case b > 2*r && b > 2*g:
		return "b"
	}
	return "x"
}

func TestPhotoInTemplates(t *testing.T) {
	photo := jpegOf(t, quarters(96, 96, 255))
	cid := ContentID(photo)
	other := "cid:nobody@picture.sigmilter"
	for _, test := range []struct {
		name, source string
		with         string // what comes out with a photo, which is PHOTO in it
		without      string
	}{
		{"alone", `<p><img src="{{photo}}" alt="{{.n}}"></p>a`, `<p><img src="PHOTO" alt="N"></p>a`, `a`},
		{"beside a field", `<p><img src="{{photo}}" alt="{{.n}}"> {{.n}}</p>`, `<p><img src="PHOTO" alt="N"> N</p>`, `<p>N</p>`},
		{"in a link", `<p><a href="https://a.b/{{.n}}"><img src="{{photo}}" alt=""></a></p>a`, `<p><a href="https://a.b/N"><img src="PHOTO" alt=""></a></p>a`, `a`},
		{"in a cell", `<table><tr><td><img src="{{photo}}" alt=""></td><td>{{.n}}</td></tr></table>`,
			`<table><tr><td><img src="PHOTO" alt=""></td><td>N</td></tr></table>`, `<table><tr><td></td><td>N</td></tr></table>`},
		{"beside the logo", `<p><img src="logo.png" alt="L"><img src="{{photo}}" alt="">{{.n}}</p>`,
			`<p><img src="logo.png" alt="L"><img src="PHOTO" alt="">N</p>`, `<p><img src="logo.png" alt="L">N</p>`},
		{"other picture", `<img src="{{photo "` + other + `"}}" alt="">`, `<img src="PHOTO" alt="">`, `<img src="` + other + `" alt="">`},
		{"other picture on the web", `<img src="{{photo "https://a.b/c.png"}}" alt="">`, `<img src="PHOTO" alt="">`, `<img src="https://a.b/c.png" alt="">`},
		{"other picture of a hostile field", `<img src="{{photo .script}}" alt="">a`, `<img src="PHOTO" alt="">a`, ``},
		{"condition", `{{if photo}}<img src="{{photo}}" alt="">{{else}}-{{end}}`, `<img src="PHOTO" alt="">`, `-`},
		{"asked for only", `{{if photo}}a{{else}}b{{end}}`, `a`, `b`},
		{"with", `{{with photo}}<img src="{{.}}" alt="">{{end}}`, `<img src="PHOTO" alt="">`, ``},
		{"twice", `<img src="{{photo}}" alt="a"><br><img src="{{photo}}" alt="b">`, `<img src="PHOTO" alt="a"><br><img src="PHOTO" alt="b">`, ``},
		{"only for Outlook", `<!--[if mso]><img src="{{photo}}" alt="{{.n}}">{{.n}}<![endif]-->`, `<!--[if mso]><img src="PHOTO" alt="N">N<![endif]-->`, `<!--[if mso]>N<![endif]-->`},
		{"unquoted", `<img src={{photo}} alt="">{{.n}}`, `<img src=PHOTO alt="">N`, `N`},
	} {
		t.Run(test.name, func(t *testing.T) {
			tmpl := mustParse(t, test.source, "")
			if !tmpl.UsesPhoto() {
				t.Error("uses no photo")
			}
			attrs := map[string]string{"n": "N", "script": "javascript:alert(1)"}
			got, err := tmpl.Render(Person{Attributes: attrs, Photo: photo})
			if want := strings.ReplaceAll(test.with, "PHOTO", "cid:"+cid); err != nil || got.HTML != want || got.Problems != nil {
				t.Errorf("with a photo\n%s %v %v, want\n%s", got.HTML, got.Problems, err, want)
			}
			if shows := strings.Contains(test.with, "PHOTO"); shows != (len(got.Pictures) == 1) || shows && (got.Pictures[0].CID != cid || !bytes.Equal(got.Pictures[0].Data, photo)) {
				t.Errorf("pictures %+v", got.Pictures)
			}
			for _, broken := range [][]byte{nil, []byte("no photo")} {
				got, err = tmpl.Render(Person{Attributes: attrs, Photo: broken})
				if err != nil || got.HTML != test.without || got.Pictures != nil {
					t.Errorf("without\n%s %v %v, want\n%s", got.HTML, got.Pictures, err, test.without)
				}
				if (broken != nil) != (len(got.Problems) == 1) {
					t.Errorf("problems %q", got.Problems)
				}
			}
		})
	}
}

func TestPhotoOfText(t *testing.T) {
	tmpl := mustParse(t, `<p>{{.n}}</p>`, "{{.n}}\nPhoto: {{photo}}\n{{qrcode .n}}\n{{qrcode vcard}}")
	got, err := tmpl.Render(Person{Attributes: map[string]string{"n": "N", "displayName": "Alice"}, Photo: samplePhoto(8)})
	if err != nil || got.Text != "N\nN" || got.Pictures != nil || got.Problems != nil {
		t.Errorf("%q %v %v", got.Text, got.Problems, err)
	}
	if mustParse(t, "{{.photo}}", "").UsesPhoto() {
		t.Error("an attribute is not the photo")
	}
}

// The sample has pictures, as large as those of people are.
func TestSamplePictures(t *testing.T) {
	b, err := mustParse(t, `<img src="{{photo}}" alt=""><img src="{{qrcode vcard}}" alt="">`, "").Sample()
	if err != nil || len(b.Pictures) != 2 || b.Problems != nil {
		t.Fatalf("%+v %v", b, err)
	}
	if n := len(b.Pictures[0].Data); n < 4000 || n > 40000 {
		t.Errorf("the photo has %d bytes", n)
	}
}

// FuzzPhoto gives anything for a photo: what comes out is a picture within the
// limits, or nothing.
func FuzzPhoto(f *testing.F) {
	f.Add(jpegOf(f, quarters(40, 20, 255)))
	f.Add(exif(jpegOf(f, quarters(8, 8, 255)), binary.LittleEndian, "II", 6))
	f.Add(pngOf(f, quarters(40, 20, 90)))
	f.Add(gifOf(f, quarters(20, 40, 255)))
	tmpl, err := Options{PhotoPixels: 16, PhotoBytes: 4000}.Parse("fuzz", `<p>a<img src="{{photo}}" alt=""></p>`, "")
	if err != nil {
		f.Fatal(err)
	}
	whole := regexp.MustCompile(`^<p>a<img src="cid:[0-9a-f]{32}@picture\.sigmilter" alt=""></p>$`)
	f.Fuzz(func(t *testing.T, photo []byte) {
		if _, size, err := photoFormat(photo); err == nil && size.X*size.Y > 1<<20 {
			return // correct, and slow
		}
		b, err := tmpl.Render(Person{Photo: photo})
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Pictures) == 0 {
			if b.HTML != "" && b.HTML != "<p>a</p>" || (len(photo) > 0) != (len(b.Problems) == 1) {
				t.Fatalf("%s %q", b.HTML, b.Problems)
			}
			return
		}
		p := b.Pictures[0]
		config, format, err := image.DecodeConfig(bytes.NewReader(p.Data))
		if err != nil || p.Type != "image/"+format || max(config.Width, config.Height) > 16 || inMail(len(p.Data)) > 4000 || !whole.MatchString(b.HTML) {
			t.Fatalf("%s %s %+v %v\n%s", p.Type, format, config, err, b.HTML)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	photo := jpegOf(b, quarters(648, 648, 255))
	person := Person{Attributes: map[string]string{"displayName": "Alice Muster", "jobTitle": "Head of Sales", "website": "www.contoso.com"}, Photo: photo}
	for _, bench := range []struct{ name, source string }{
		{"text", `<p>{{.displayName}}<br>{{.jobTitle}}</p>`},
		{"photo", `<p>{{.displayName}}<br>{{.jobTitle}}</p><img src="{{photo}}" alt="">`},
		{"qrcode", `<p>{{.displayName}}<br>{{.jobTitle}}</p><img src="{{qrcode (url .website)}}" alt="">`},
		{"vcard", `<p>{{.displayName}}<br>{{.jobTitle}}</p><img src="{{qrcode vcard}}" alt="">`},
	} {
		b.Run(bench.name, func(b *testing.B) {
			tmpl, err := Parse("bench", bench.source, "")
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := tmpl.Render(person); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
