package insert

import (
	"testing"

	"sigmilter/milter/entity"
	"sigmilter/milter/miltertest"
)

// BenchmarkPlace reads the texts of a reply and of a new mail as lines and finds the
// block's place.
func BenchmarkPlace(b *testing.B) {
	for _, w := range []struct {
		name  string
		raw   []byte
		reply bool
		want  string
	}{
		{"reply", miltertest.ReplyMail(2<<10, 48<<10), true, AboveQuote},
		{"new", miltertest.NewMail(50 << 10), false, AtEnd},
	} {
		head, n := entity.ParseHeader(w.raw)
		s := entity.NewScanner(head, entity.Limits{})
		s.Write(w.raw[n:])
		root, err := s.Finish()
		if err != nil {
			b.Fatal(err)
		}
		for i, form := range []string{"text", "html"} {
			part := root.Children[i]
			leaf, err := entity.Open(part, w.raw[n:][part.BodyStart:part.BodyEnd])
			if err != nil {
				b.Fatal(err)
			}
			kind := Kind{HTML: form == "html", Reply: w.reply}
			b.Run(form+"-"+w.name, func(b *testing.B) {
				b.SetBytes(int64(len(leaf.Text)))
				b.ReportAllocs()
				for b.Loop() {
					if p, refusal := Read(leaf.Text, kind).Place(testBlock, &all, &alice, false); p.Placed != w.want {
						b.Fatal(p.Placed, refusal)
					}
				}
			})
		}
	}
}
