package entity_test

import (
	"slices"
	"testing"

	"sigmilter/milter/entity"
	"sigmilter/milter/miltertest"
)

// workload returns a message that is measured, split into its header and body.
func workload(b *testing.B, name string) (head entity.Header, raw, body []byte) {
	for _, w := range miltertest.Workloads {
		if w.Name == name {
			raw = w.Make()
			head, n := entity.ParseHeader(raw)
			return head, raw, raw[n:]
		}
	}
	b.Fatalf("no workload %q", name)
	return nil, nil, nil
}

func BenchmarkHeader(b *testing.B) {
	_, raw, body := workload(b, "reply-50k")
	b.SetBytes(int64(len(raw) - len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if head, _ := entity.ParseHeader(raw); len(head) != 38 {
			b.Fatalf("%d fields", len(head))
		}
	}
}

func scan(b *testing.B, head entity.Header, body []byte) *entity.Part {
	s := entity.NewScanner(head, entity.Limits{})
	for c := range slices.Chunk(body, 65535) {
		s.Write(c)
	}
	root, err := s.Finish()
	if err != nil {
		b.Fatal(err)
	}
	return root
}

func BenchmarkScan(b *testing.B) {
	for _, name := range []string{"reply-50k", "new-50k", "attachment-10m"} {
		b.Run(name, func(b *testing.B) {
			head, _, body := workload(b, name)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				scan(b, head, body)
			}
		})
	}
}

// BenchmarkLeaf decodes the HTML of a new mail, and encodes what is put in at its
// end.
func BenchmarkLeaf(b *testing.B) {
	head, _, body := workload(b, "new-50k")
	part := scan(b, head, body).Children[1]
	raw := body[part.BodyStart:part.BodyEnd]
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := entity.Open(part, raw); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encode", func(b *testing.B) {
		leaf, err := entity.Open(part, raw)
		if err != nil {
			b.Fatal(err)
		}
		at := len(leaf.Text) - len("</body>\r\n</html>\r\n")
		edits := []entity.Edit{{Start: at, End: at, New: "<table><tr><td><b>Zoë Müller</b><br>Head of Customer Care</td></tr></table>"}}
		b.ReportAllocs()
		for b.Loop() {
			if splices, _, err := leaf.Apply(edits); err != nil || len(splices) == 0 {
				b.Fatal(splices, err)
			}
		}
	})
}
