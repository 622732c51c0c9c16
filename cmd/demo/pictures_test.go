package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigmilter/cmd/internal/lab"
	"sigmilter/milter/engine"
)

// documented is the folder of the pictures that the documentation shows.
const documented = "../../docs/pictures"

// wantPictures compares pictures that were drawn with those of the documentation.
func wantPictures(t *testing.T, drawn, pattern string) {
	t.Helper()
	pictures, err := filepath.Glob(filepath.Join(documented, pattern))
	if err != nil || len(pictures) == 0 {
		t.Fatalf("%v; pictures %q", err, pictures)
	}
	for _, path := range pictures {
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		got, err := os.ReadFile(filepath.Join(drawn, name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the program draws now; make pictures draws it again (%v)", name, err)
		}
	}
}

// What the documentation shows of places is what the program does.
func TestPicturesOfPlaces(t *testing.T) {
	out := t.TempDir()
	if err := writePlaces(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	wantPictures(t, out, "place-*.svg")
	messages, _ := filepath.Glob("places/*.eml")
	drawn, _ := filepath.Glob(filepath.Join(out, "*.svg"))
	if len(drawn) != len(messages) {
		t.Errorf("%d messages, %d pictures", len(messages), len(drawn))
	}
}

func TestComparedLines(t *testing.T) {
	before := lab.Leaf{Type: "text/plain", Text: "Thursday.\r\n\r\nSent from my iPhone\r\n\r\n> On 20 Nov 2026, Ben wrote:\r\n> When?\r\n"}
	after := lab.Leaf{Type: "text/plain", Text: "Thursday.\r\n\r\nAlice Muster\r\nEngineer\r\n\r\n> On 20 Nov 2026, Ben wrote:\r\n> When?\r\n"}
	got := comparedLines(&before, &after, &engine.BlockReport{Placed: "replaced", By: "sign-off", Separator: "quote-prefix"})
	want := []figureLine{
		{"Thursday.", own, "newest text"},
		{"", own, ""},
		{"Sent from my iPhone", removed, "taken out: sign-off"},
		{"Alice Muster", added, "signature: replaced"},
		{"Engineer", added, ""},
		{"", own, ""},
		{"> On 20 Nov 2026, Ben wrote:", older, "quoted mail: quote-prefix"},
		{"> When?", older, ""},
	}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("line %d is %+v, want %+v", i, got[i], want[i])
		}
	}
}

// A figure is XML, whatever a message says, and all its cards have the same height.
func TestFigure(t *testing.T) {
	svg := figure("<&>", []column{
		{title: "a & b", lines: []figureLine{{"<script>", own, "]]>"}, {`"two"`, added, ""}}},
		{title: "c", lines: nil},
	})
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v\n%s", err, svg)
		}
	}
	if n := strings.Count(string(svg), `height="87"`); n != 2 {
		t.Errorf("%d cards are as high as the figure\n%s", n, svg)
	}
}
