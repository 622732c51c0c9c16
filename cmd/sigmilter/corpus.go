package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"sigmilter/cmd/internal/cases"
	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/laws"
	"sigmilter/cmd/internal/printed"
	"sigmilter/cmd/internal/terminal"
	"sigmilter/milter"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// trial is a message that went through the engine and was looked at from the
// outside afterwards.
type trial struct {
	outcome  milter.Outcome
	signed   []byte
	breaches []laws.Breach
	places   []laws.Place
}

// try signs a message and checks the laws on it.
func try(cfg *config.Config, engine *milter.Engine, raw []byte, e envelope) (trial, error) {
	observed := *engine
	store := &recorder{Store: engine.Store}
	observed.Store = store
	f := milter.ParseFile(raw)
	t := trial{outcome: signFile(cfg, &observed, f, e)}
	var err error
	if t.signed, err = f.Apply(t.outcome); err != nil {
		return t, fmt.Errorf("editing the message: %w", err)
	}
	t.breaches, t.places = laws.Read(raw, t.signed, t.outcome.Report, laws.Options{
		Guard: cfg.Guard.Field, Blocks: store.blocks, DropAMP: engine.DropAMP, Secrets: engine.Policy.RoutingFields(),
		Person: store.person, Marker: cfg.Place.Marker, Signoffs: cfg.Place.Signoffs,
		ThreadToken: engine.Policy.ThreadTokens && engine.Policy.Keys != nil,
		AddHTML:     slices.ContainsFunc(cfg.Rules, func(r config.Rule) bool { return r.Plain == config.Alternative }),
	})
	return t, nil
}

// observed is the trial as a case compares it.
func (t trial) observed() cases.Observed {
	return cases.Observed{Report: t.outcome.Report, Signed: t.signed, Places: t.places, Breaches: t.breaches}
}

// recorder is a store that keeps the blocks it gave out, and whose they are.
type recorder struct {
	milter.Store
	blocks []laws.Block
	person *laws.Person
}

func (r *recorder) Block(tenant string, p *policy.Person, template string) (insert.Block, error) {
	b, err := r.Store.Block(tenant, p, template)
	if err == nil {
		r.blocks = append(r.blocks, laws.Block{Template: template, HTML: b.HTML, Text: b.Text, Pictures: pictured(b)})
		r.person = known(p)
	}
	return b, err
}

// known is a person as the laws look at them: what a signature may say, and not
// what a directory has besides.
func known(p *policy.Person) *laws.Person {
	who := &laws.Person{Addresses: append([]string{p.Address}, p.Addresses...)}
	for name, v := range p.Attributes {
		switch name {
		case "displayName":
			who.Name = v
		case "givenName":
			who.Given = v
		case "surname":
			who.Surname = v
		case "mail", "userPrincipalName":
			who.Addresses = append(who.Addresses, v)
		case "preferredLanguage", "employeeId":
		default:
			who.Values = append(who.Values, v)
		}
	}
	return who
}

// pictured are the pictures of a block as they were before they were encoded.
func pictured(b insert.Block) []laws.Picture {
	var pictures []laws.Picture
	for _, p := range b.Pictures {
		data, _ := base64.StdEncoding.DecodeString(p.Base64) // what does not decode is in no message
		pictures = append(pictures, laws.Picture{CID: p.CID, Type: p.Type, Data: data})
	}
	return pictures
}

// corpus is a run over a folder of messages.
type corpus struct {
	options *signOptions
	cfg     *config.Config
	engine  *milter.Engine
	table   io.Writer     // a line for each message
	reports *json.Encoder // one object for each message, nil for none
	show    progress

	messages, breached, unreadable int
	actions                        map[milter.Action]int
}

// corpusReport is what --report says of a message of a folder.
type corpusReport struct {
	File     string        `json:"file"`
	Report   milter.Report `json:"report"`
	Breaches []laws.Breach `json:"breaches"`
}

// runCorpus signs every message below a folder in memory and prints what was
// done and every breach of the laws.
func (o *signOptions) runCorpus(ctx context.Context, dir string, stdout, stderr io.Writer) (err error) {
	off, err := openOffline(ctx, o.config, stderr)
	if err != nil {
		return err
	}
	defer off.store.Close()

	c := &corpus{options: o, cfg: off.cfg, engine: off.engine, table: stdout, actions: map[milter.Action]int{}, show: progress{line: terminal.NewLine(printed.Exact(stderr))}}
	done, err := c.openReport(stdout)
	if err != nil {
		return err
	}
	err = errors.Join(c.walk(ctx, dir), done())
	c.show.line.Clear()
	if err != nil {
		return err
	}
	return c.verdict()
}

// openReport prepares for --report and returns what ends it. With - the report
// takes the place of the table.
func (c *corpus) openReport(stdout io.Writer) (done func() error, err error) {
	switch c.options.report {
	case "":
		return func() error { return nil }, nil
	case "-":
		c.table, c.reports = io.Discard, json.NewEncoder(stdout)
		return func() error { return nil }, nil
	}
	f, err := os.Create(c.options.report)
	if err != nil {
		return nil, fmt.Errorf("writing the report: %w", err)
	}
	w := bufio.NewWriter(f)
	c.reports = json.NewEncoder(w)
	return func() error { return errors.Join(w.Flush(), f.Close()) }, nil
}

func (c *corpus) walk(ctx context.Context, dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		name, relErr := filepath.Rel(dir, path)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case relErr != nil:
			return relErr
		case err != nil:
			return c.cannotRead(name, err)
		case !d.Type().IsRegular():
			return nil
		}
		return c.message(path, name)
	})
}

// cannotRead tells and counts; what else is in the folder still has its turn.
func (c *corpus) cannotRead(name string, err error) error {
	c.unreadable++
	c.show.line.Clear()
	_, err = fmt.Fprintf(c.table, "%s\terror\t%s\n", printed.Cell(name), printed.Cell(err.Error()))
	return err
}

// message takes one file through the engine.
func (c *corpus) message(path, name string) error {
	c.messages++
	c.show.at(c.messages, name)
	raw, err := os.ReadFile(path)
	if err != nil {
		return c.cannotRead(name, err)
	}
	if c.options.as != "" {
		raw = writtenBy(c.options.as, raw)
	}
	t, err := try(c.cfg, c.engine, raw, c.options.envelope(milter.ParseFile(raw)))
	if err != nil {
		t.breaches = append(t.breaches, laws.Breach{Law: 1, What: err.Error()})
	}
	r := t.outcome.Report
	c.actions[r.Action]++
	if len(t.breaches) > 0 {
		c.breached++
	}
	if c.reports != nil {
		if err := c.reports.Encode(corpusReport{name, r, append([]laws.Breach{}, t.breaches...)}); err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
	}
	c.show.line.Clear()
	_, err = fmt.Fprintf(c.table, "%s\t%s\t%s\t%s\t%s\n", printed.Cell(name), r.Action, r.Reason, whereIn(r), breachText(t.breaches))
	return err
}

// whereIn says in one word per part where the blocks went.
func whereIn(r milter.Report) string {
	var words []string
	for _, b := range r.Blocks {
		word := b.Part + "=" + b.Placed
		if b.Separator != "" {
			word += "(" + b.Separator + ")"
		}
		words = append(words, word)
	}
	return cmp.Or(strings.Join(words, " "), "-")
}

func breachText(breaches []laws.Breach) string {
	var words []string
	for _, b := range breaches {
		words = append(words, b.String())
	}
	return cmp.Or(strings.Join(words, "; "), "-")
}

// verdict ends the table with the counts.
func (c *corpus) verdict() error {
	s := fmt.Sprintf("%d messages", c.messages)
	for _, a := range []milter.Action{milter.Signed, milter.Skipped, milter.Handled, milter.Failed} {
		s += fmt.Sprintf(", %d %s", c.actions[a], a)
	}
	for _, a := range []milter.Action{milter.Refused, milter.Deferred} { // only where configured
		if n := c.actions[a]; n > 0 {
			s += fmt.Sprintf(", %d %s", n, a)
		}
	}
	if c.unreadable > 0 {
		s += fmt.Sprintf(", %d unreadable", c.unreadable)
	}
	if _, err := fmt.Fprintf(c.table, "%s, %d with breaches\n", s, c.breached); err != nil {
		return err
	}
	if c.breached > 0 || c.unreadable > 0 {
		return &exitError{status: exitFailed}
	}
	return nil
}

// progress tells on a terminal how far a long run has come.
type progress struct {
	line  *terminal.Line
	begun time.Time
	shown time.Time
}

// progressAfter is how long a run must take to be worth a progress line.
const progressAfter = 2 * time.Second

func (p *progress) at(n int, name string) {
	if p.due(time.Now()) {
		p.line.Show(fmt.Sprintf("%d messages, at %.60s", n, printed.Line(name)))
	}
}

// due reports whether the line should change now.
func (p *progress) due(now time.Time) bool {
	if p.begun.IsZero() {
		p.begun = now
	}
	if now.Sub(p.begun) < progressAfter || now.Sub(p.shown) < progressAfter/20 {
		return false
	}
	p.shown = now
	return true
}

var (
	fromField  = regexp.MustCompile(`(?mi)^From[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*`)
	blankLine  = regexp.MustCompile(`(?m)^\r?\n`)
	firstField = regexp.MustCompile(`^[!-9;-~]+[ \t]*:`)
)

// writtenBy is a message as if that person had written it: his address in the
// From field, further From fields gone. Nothing else is touched.
func writtenBy(address string, raw []byte) []byte {
	end := len(raw)
	if at := blankLine.FindIndex(raw); at != nil {
		end = at[0]
	}
	head, rest := raw[:end], raw[end:]
	from := []byte("From: <" + address + ">\n")
	if line, _, _ := bytes.Cut(raw, []byte("\n")); bytes.HasSuffix(line, []byte("\r")) {
		from = []byte("From: <" + address + ">\r\n")
	}
	written := false
	head = fromField.ReplaceAllFunc(head, func([]byte) []byte {
		if written {
			return nil
		}
		written = true
		return from
	})
	if !written && firstField.Match(head) {
		head = slices.Concat(from, head)
	}
	return slices.Concat(head, rest)
}
