package insert

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"sigmilter/milter/entity"
)

// TestEnded: when a text says that older mail goes on to its end whatever may
// follow, the block goes to the same place with more behind it.
func TestEnded(t *testing.T) {
	more := map[bool][]string{
		true: {
			strings.Repeat("<div style=\"margin:0\">More of the thread.</div>\n", 60),
			"<blockquote>On 3 Feb 2020, Bob wrote:<blockquote>a</blockquote></blockquote><p>Below</p>\n" + strings.Repeat("<p>Line</p>\n", 130),
		},
		false: {
			strings.Repeat("More of the thread.\n", 150),
			"On 3 Feb 2020, Bob wrote:\n> a\n\nBelow\n" + strings.Repeat("> Line\n", 130),
		},
	}
	ended := 0
	for name, l := range leaves(t) {
		text := l.text + "\n" + more[l.kind.HTML][len(l.text)%2]
		whole, refusal := Read([]byte(text), l.kind).Place(testBlock, &all, &alice, false)
		for _, cut := range []int{len(text) / 2, len(text) * 3 / 4} {
			start := text[:strings.LastIndexByte(text[:cut], '\n')+1]
			r := Read([]byte(start), l.kind)
			if !r.Ended() {
				continue
			}
			ended++
			if by, why := r.Place(testBlock, &all, &alice, false); why != refusal || !reflect.DeepEqual(by, whole) {
				t.Errorf("%s: by %d of %d bytes %+v %s, whole %+v %s", name, len(start), len(text), by, why, whole, refusal)
			}
		}
	}
	if ended < 100 {
		t.Errorf("only %d beginnings were enough", ended)
	}
}

type leafText struct {
	text string
	kind Kind
}

// leaves are the texts of the mails in testdata, each once as of a reply.
func leaves(t *testing.T) map[string]leafText {
	t.Helper()
	paths, err := filepath.Glob("../../testdata/mail/*.eml")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]leafText{}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		header, at := entity.ParseHeader(raw)
		s := entity.NewScanner(header, entity.Limits{})
		s.Write(raw[at:])
		tree, err := s.Finish()
		if err != nil {
			continue
		}
		tree.Walk(func(p *entity.Part) bool {
			if kind := p.Media.Type; kind == "text/html" || kind == "text/plain" {
				if l, err := entity.Open(p, raw[at:][p.BodyStart:p.BodyEnd]); err == nil {
					found[filepath.Base(path)+" "+p.ID] = leafText{string(l.Text), Kind{HTML: kind == "text/html", Reply: true}}
				}
			}
			return true
		})
	}
	return found
}
