package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigmilter/cmd/internal/lab"
	"sigmilter/cmd/internal/offline"
	"sigmilter/cmd/internal/trial"
	"sigmilter/milter/engine"
	"sigmilter/milter/insert"
)

// pictured is the sample that stands in the README before and after.
const pictured = "iphone-reply"

// placeFiles are messages to draw for docs/placement.md, one for each way that a signature
// finds its place.
//
//go:embed places/*.eml
var placeFiles embed.FS

// writePictures draws the pictures of the documentation into the folder out.
func writePictures(ctx context.Context, out string, results []result) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("make folder for the pictures: %w", err)
	}
	i := slices.IndexFunc(results, func(r result) bool { return r.Name == pictured && r.After != nil })
	if i >= 0 { // else its fault is told
		picture, err := beforeAndAfter(&results[i])
		if err != nil {
			return err
		}
		if err := writeFile(out, "before-after.svg", picture); err != nil {
			return err
		}
	}
	return writePlaces(ctx, out)
}

// beforeAndAfter draws the plain text of a message as it was sent and as it came back.
func beforeAndAfter(r *result) ([]byte, error) {
	forms, err := readForms(r.Before, r.After, nil)
	if err != nil {
		return nil, err
	}
	before, after := column{title: "Before, as the phone sent it"}, column{title: "After, as it is delivered"}
	for _, l := range forms[0].lines {
		l.text, l.note = shortened(l.text), ""
		if l.role != added {
			before.lines = append(before.lines, l)
		}
		if l.role != removed {
			after.lines = append(after.lines, l)
		}
	}
	return figure("A reply from a phone before and after: the signature takes the place of the phone's line, above the quoted mail.", []column{before, after}), nil
}

// shortened is a line of at most 54 characters.
func shortened(line string) string {
	const most = 54
	if runes := []rune(line); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return line
}

// writePlaces signs each message of places by the program's engine and draws how it read it.
func writePlaces(ctx context.Context, out string) (err error) {
	dir, err := os.MkdirTemp("", "sigmilter-pictures-")
	if err != nil {
		return fmt.Errorf("make a folder for the pictures' site: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	site, err := lab.WriteSite(dir)
	if err != nil {
		return err
	}
	setup, err := offline.Open(ctx, site.Config, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, setup.Close()) }()
	files, err := placeFiles.ReadDir("places")
	if err != nil {
		return fmt.Errorf("list the messages: %w", err)
	}
	for _, f := range files {
		raw, err := placeFiles.ReadFile("places/" + f.Name())
		if err != nil {
			return fmt.Errorf("read a message: %w", err)
		}
		name := strings.TrimSuffix(f.Name(), filepath.Ext(f.Name()))
		picture, err := placeFigure(setup, raw)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := writeFile(out, "place-"+name+".svg", picture); err != nil {
			return err
		}
	}
	return nil
}

// placeFigure draws one message as the engine read and signed it.
func placeFigure(setup *offline.Setup, raw []byte) ([]byte, error) {
	given := trial.Given{}
	done, err := trial.Run(setup.Config, setup.Engine, raw, given.Envelope(engine.ParseFile(raw)))
	if err != nil {
		return nil, err
	}
	if len(done.Breaches) > 0 || done.Outcome.Report.Action != engine.Signed {
		return nil, fmt.Errorf("%+v, breaches %v", done.Outcome.Report, done.Breaches)
	}
	forms, err := readForms(raw, done.Signed, done.Outcome.Report.Blocks)
	if err != nil {
		return nil, err
	}
	return figure("How the program reads this message, and where it puts the signature.", forms), nil
}

// readForms reads the text parts of a message before and after it was signed. The blocks
// are the report's, one for each part, or none.
func readForms(before, after []byte, blocks []engine.BlockReport) (forms []column, err error) {
	was, err := lab.Leaves(before)
	if err != nil {
		return nil, err
	}
	is, err := lab.Leaves(after)
	if err != nil {
		return nil, err
	}
	if len(is) != len(was) {
		return nil, fmt.Errorf("%d parts before and %d after", len(was), len(is))
	}
	for i := range was {
		var block engine.BlockReport
		if i < len(blocks) {
			block = blocks[i]
		}
		title := was[i].Type
		if was[i].HTML != "" {
			title += ", as it is read"
		}
		forms = append(forms, column{title, comparedLines(&was[i], &is[i], &block)})
	}
	return forms, nil
}

// comparedLines are the lines of a form, with what each is to the program.
func comparedLines(before, after *lab.Leaf, block *engine.BlockReport) (lines []figureLine) {
	was, is := shownLines(before), shownLines(after)
	start := 0
	for start < min(len(was), len(is)) && was[start] == is[start] {
		start++
	}
	end := 0
	for end < min(len(was), len(is))-start && was[len(was)-1-end] == is[len(is)-1-end] {
		end++
	}
	lines = linesAsRead(before, was)
	for i := start; i < len(was)-end; i++ {
		lines[i].role = removed
	}
	var signature []figureLine
	for _, text := range is[start : len(is)-end] {
		signature = append(signature, figureLine{text: text, role: added})
	}
	lines = slices.Insert(lines, len(was)-end, signature...)
	addNotes(lines, block)
	return lines
}

// linesAsRead are the lines with the author's newest text told from older mail, as the program
// does. A blank line belongs to the line above it.
func linesAsRead(leaf *lab.Leaf, lines []string) (all []figureLine) {
	source, kind := leaf.Text, insert.Kind{Reply: true}
	if leaf.HTML != "" {
		source, kind.HTML = leaf.HTML, true
	}
	newest := strings.Split(insert.Read([]byte(source), kind).Newest(), "\n")
	role := own
	for _, text := range lines {
		folded := strings.Join(strings.Fields(text), " ")
		if len(newest) > 0 && folded == newest[0] {
			newest, role = newest[1:], own
		} else if folded != "" {
			role = older
		}
		all = append(all, figureLine{text: text, role: role})
	}
	return all
}

// shownLines are the lines of a form as a reader sees them.
func shownLines(leaf *lab.Leaf) []string {
	if leaf.HTML != "" {
		return insert.ShownLines(leaf.HTML)
	}
	text := strings.ReplaceAll(strings.TrimRight(leaf.Text, "\r\n"), "\r", "")
	return strings.Split(text, "\n")
}

// addNotes says next to the first line of each role what the lines are.
func addNotes(lines []figureLine, block *engine.BlockReport) {
	words := map[role]string{
		own:     "newest text",
		older:   "quoted mail: " + block.Separator,
		removed: "taken out: " + block.By,
		added:   "signature: " + block.Placed,
	}
	if block.By == "" {
		words[removed] = "taken out: " + block.Placed
	}
	for i := range lines {
		if words[lines[i].role] != "" && strings.TrimSpace(lines[i].text) != "" {
			lines[i].note = words[lines[i].role]
			words[lines[i].role] = ""
		}
	}
}
