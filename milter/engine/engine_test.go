package engine

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"sigmilter/milter/engine/enginetest"
	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

type shelf = enginetest.Shelf

const (
	guard     = enginetest.Guard
	route     = enginetest.Route
	code      = enginetest.Code
	textPlain = enginetest.TextPlain
	textHTML  = enginetest.TextHTML
)

var (
	letter       = enginetest.Letter
	hello        = enginetest.Hello
	with         = enginetest.With
	both         = enginetest.Both
	multi        = enginetest.Mixed
	received     = enginetest.Received
	stampedOnly  = enginetest.Stamped
	crlf         = enginetest.CRLF
	allSelection = enginetest.AllSelected
)

var (
	plainBlock  = insert.Block{HTML: "<p>Anna Muster<br>Head of Testing</p>", Text: "Anna Muster\nHead of Testing"}
	germanBlock = insert.Block{HTML: "<p>Anna Müster</p>", Text: "Anna Müster"} // fits ISO-8859-1
	polishBlock = insert.Block{HTML: "<p>Anna Łódź</p>", Text: "Anna Łódź"}     // does not
)

// newEngine is an engine for Anna, with changes made to it and to its store.
func newEngine(change ...func(*Engine, *shelf)) *Engine {
	s := enginetest.Anna()
	e := &Engine{Policy: enginetest.Policy(), Store: s, Known: new(Known), OnError: Tempfail, Log: slog.New(slog.DiscardHandler)}
	for _, c := range change {
		c(e, s)
	}
	return e
}

func withBlock(b insert.Block) func(*Engine, *shelf) {
	return func(_ *Engine, s *shelf) { s.Signature = b }
}

func withPlace(p insert.Settings) func(*Engine, *shelf) {
	return func(e *Engine, _ *shelf) { e.Policy.Rules[0].Place = p }
}

// trial is a message that went through an engine, offline.
type trial struct {
	Outcome
	raw   string
	out   string // the message with the edits
	stage Stage  // what Head answered
}

// try takes a message through an engine and checks what holds for each: the
// guard is there exactly once, unless for now it is refused, and what is not
// signed is as it came.
func try(t *testing.T, e *Engine, raw string) trial {
	t.Helper()
	return tryMessage(t, e, raw, entity.Limits{}, func(*Message) {})
}

func tryMessage(t *testing.T, e *Engine, raw string, limits entity.Limits, change func(*Message)) trial {
	t.Helper()
	f := ParseFile([]byte(raw))
	m := f.Message("anna@contoso.com", []string{"c@partner.example"}, limits)
	if m.TreeErr != nil {
		m.Tree = nil // as a session does
	}
	job := e.Begin(m)
	tr := trial{raw: raw, stage: job.Head()}
	change(m)
	tr.Outcome = job.Finish()
	out, err := f.Apply(tr.Outcome)
	if err != nil {
		t.Fatalf("carrying out the edits: %v", err)
	}
	tr.out = string(out)
	tr.check(t, job)
	return tr
}

func (tr *trial) check(t *testing.T, job *Job) {
	t.Helper()
	if err := tr.Validate(job.message.Body); err != nil {
		t.Errorf("the edits contradict themselves: %v", err)
	}
	tr.checkReport(t)
	switch {
	case tr.Reply == Tempfail:
		if tr.Report.Action != Failed && tr.Report.Action != Deferred || len(tr.Fields)+len(tr.Splices)+len(tr.Report.Blocks) > 0 {
			t.Errorf("refused for now, with edits: %+v", tr.Outcome)
		}
		return
	case tr.Reply != Continue:
		t.Errorf("reply %d, which nobody configured", tr.Reply)
	case tr.Report.Action == Handled:
		if tr.stage != AcceptNow || len(tr.Fields)+len(tr.Splices) > 0 || tr.out != tr.raw {
			t.Errorf("handled already, with edits: %+v", tr.Outcome)
		}
		return
	case tr.Report.Action != Signed && len(job.decision.OptOut) == 0 && tr.out != stampedOnly(tr.raw):
		t.Errorf("not signed, but changed:\n%q\n%q", tr.out, tr.raw)
	}
	if got := ParseFile([]byte(tr.out)).Header().All(guard); len(got) != 1 || got[0] != "Yes" {
		t.Errorf("%s: guards %q", tr.Report.Reason, got)
	}
}

// checkReport: the report tells of each edit and each block.
func (tr *trial) checkReport(t *testing.T) {
	t.Helper()
	if len(tr.Report.Fields) != len(tr.Fields) {
		t.Errorf("reported %v of %v", tr.Report.Fields, tr.Fields)
		return
	}
	for i, f := range tr.Fields {
		if got, want := tr.Report.Fields[i], (FieldReport{string(f.Op), f.Name, f.Index}); got != want {
			t.Errorf("reported %v of %v", got, want)
		}
	}
	if signed := tr.Report.Action == Signed; signed != (len(tr.Report.Blocks) > 0) || !signed && len(tr.Splices) > 0 {
		t.Errorf("%s with blocks %v and %d splices", tr.Report.Action, tr.Report.Blocks, len(tr.Splices))
	}
	if tr.Report.Micros < 0 {
		t.Errorf("took %d µs", tr.Report.Micros)
	}
}

func (tr *trial) want(t *testing.T, action Action, reason policy.Reason) {
	t.Helper()
	if tr.Report.Action != action || tr.Report.Reason != string(reason) {
		t.Errorf("%s because of %s, want %s because of %s", tr.Report.Action, tr.Report.Reason, action, reason)
	}
}

func TestEngineSigns(t *testing.T) {
	tr := try(t, newEngine(), hello)
	tr.want(t, Signed, policy.Rule)
	if want := strings.Replace(hello, "\n\n", "\n"+guard+": Yes\n\n", 1) + "\nAnna Muster\nHead of Testing\n"; strings.TrimRight(tr.out, "\n") != strings.TrimRight(want, "\n") {
		t.Errorf("got  %q\nwant %q", tr.out, want)
	}
	r := tr.Report
	if r.Tenant != "contoso" || r.Author != "anna@contoso.com" || r.Rule != "all" || tr.stage != WantBody {
		t.Errorf("%+v", r)
	}
	if want := (BlockReport{Block: "signature", Template: "corporate", Part: "1", Type: "text/plain", Placed: insert.AtEnd}); fmt.Sprint(r.Blocks) != fmt.Sprint([]BlockReport{want}) {
		t.Errorf("blocks %+v", r.Blocks)
	}
}

// TestNoBlankLine: what is put in does not become a part of the header.
func TestNoBlankLine(t *testing.T) {
	e := newEngine(withBlock(insert.Block{HTML: "x", Text: "Tel: 123"}))
	for raw, want := range map[string]string{
		"From: anna@contoso.com":                             "From: anna@contoso.com\r\n" + guard + ": Yes\r\n\r\nTel: 123",
		"From: anna@contoso.com\n":                           "From: anna@contoso.com\n" + guard + ": Yes\n\nTel: 123",
		"From: anna@contoso.com\n{EMAILSIGNATURE}\nB: bye\n": "From: anna@contoso.com\n" + guard + ": Yes\n\nTel: 123\nB: bye\n",
	} {
		if tr := try(t, e, raw); tr.out != want {
			t.Errorf("%q becomes\n%q, want\n%q", raw, tr.out, want)
		}
	}
}

// TestStages: the body is asked for when it is needed, and only then.
func TestStages(t *testing.T) {
	fails := newEngine(func(_ *Engine, s *shelf) { s.FindErr = errors.New("no") })
	for name, c := range map[string]struct {
		engine *Engine
		raw    string
		want   Stage
	}{
		"to be signed":    {newEngine(), hello, WantBody},
		"handled":         {newEngine(), guard + ": Yes\n" + hello, AcceptNow},
		"other guard":     {newEngine(), "X-Other-Handled: Yes\n" + hello, SkipBody},
		"automatic":       {newEngine(), "Auto-Submitted: auto-replied\n" + hello, SkipBody},
		"unknown author":  {newEngine(), strings.ReplaceAll(hello, "anna@", "ghost@"), SkipBody},
		"store that errs": {fails, hello, SkipBody},
	} {
		if tr := try(t, c.engine, c.raw); tr.stage != c.want {
			t.Errorf("%s: stage %d, want %d", name, tr.stage, c.want)
		}
	}
}

var errTemplate = fmt.Errorf("%w: carl by template x", ErrRender)

// TestOnRender: what becomes of a message whose template fails is not a matter of
// on_error.
func TestOnRender(t *testing.T) {
	for _, reply := range []Reply{Tempfail, Continue} {
		tr := try(t, newEngine(func(e *Engine, s *shelf) { s.BlockErr, e.OnError, e.OnRender = errTemplate, 1-reply, reply }), hello)
		if tr.want(t, Failed, reasonRender); tr.Reply != reply {
			t.Errorf("reply %d, want %d", tr.Reply, reply)
		}
	}
}

// TestOnError: whatever goes wrong inside is a temporary failure or, where the
// configuration says so, the message as it came; and it is logged.
func TestOnError(t *testing.T) {
	lose := func(m *Message) { m.Body = enginetest.LostBody{Body: m.Body} }
	keep := func(*Message) {}
	for name, c := range map[string]struct {
		change func(*Engine, *shelf)
		body   func(*Message)
		reason policy.Reason
		logged string
	}{
		"store":                   {func(_ *Engine, s *shelf) { s.FindErr = errors.New("disk on fire") }, keep, reasonStore, "disk on fire"},
		"store of blocks":         {func(_ *Engine, s *shelf) { s.BlockErr = errors.New("disk on fire") }, keep, reasonStore, "disk on fire"},
		"render":                  {func(e *Engine, s *shelf) { s.BlockErr, e.OnRender = errTemplate, e.OnError }, keep, reasonRender, "carl by template x"},
		"body":                    {func(*Engine, *shelf) {}, lose, reasonBody, "lost"},
		"panic at end-of-headers": {func(_ *Engine, s *shelf) { s.OnFind = func() { panic("boom") } }, keep, ReasonPanic, "stack="},
		"panic at end-of-message": {func(_ *Engine, s *shelf) { s.OnBlock = func() { panic("boom") } }, keep, ReasonPanic, "stack="},
		"panic of the runtime": {func(_ *Engine, s *shelf) {
			s.Person.Attributes, s.OnBlock = nil, func() { s.Person.Attributes["x"] = "" }
		}, keep, ReasonPanic, "nil map"},
	} {
		for _, onError := range []Reply{Tempfail, Continue} {
			t.Run(fmt.Sprintf("%s, reply %d", name, onError), func(t *testing.T) {
				log := &bytes.Buffer{}
				e := newEngine(func(e *Engine, _ *shelf) { e.OnError, e.Log = onError, slog.New(slog.NewTextHandler(log, nil)) }, c.change)
				tr := tryMessage(t, e, "DKIM-Signature: v=1\n"+guard+": No\n"+hello, entity.Limits{}, c.body)
				tr.want(t, Failed, c.reason)
				if tr.Reply != onError || tr.Report.Tenant == "" && c.reason != ReasonPanic {
					t.Errorf("reply %d, report %+v", tr.Reply, tr.Report)
				}
				for _, want := range []string{c.logged, "message not signed", "session=file", "reason=" + string(c.reason)} {
					if !strings.Contains(log.String(), want) {
						t.Errorf("%q is not in the log: %s", want, log)
					}
				}
				if strings.Contains(log.String(), "boom") { // it could be text of the message
					t.Errorf("the value of the panic is in the log: %s", log)
				}
			})
		}
	}
}

// TestPanicIsOfItsMessage: the next one is signed.
func TestPanicIsOfItsMessage(t *testing.T) {
	calls := 0
	e := newEngine(func(_ *Engine, s *shelf) {
		s.OnFind = func() {
			if calls++; calls == 1 {
				panic("boom")
			}
		}
	})
	first, second := try(t, e, hello), try(t, e, hello)
	first.want(t, Failed, ReasonPanic)
	second.want(t, Signed, policy.Rule)
}

// TestLimits: a message at a limit is signed, one above is left as it came.
func TestLimits(t *testing.T) {
	inner := "Content-Type: multipart/alternative; boundary=c\nX-Long: " + strings.Repeat("x", 100) + "\n\n"
	raw := letter("Content-Type: multipart/mixed; boundary=b", "--b\n"+inner+"--c\n\nHello\n--c--\n--b--\n")
	text := letter(textPlain, strings.Repeat("0123456789\n", 10))
	for name, c := range map[string]struct {
		raw   string
		at    int // the limit that just fits
		limit func(int) (textBytes int64, l entity.Limits)
		above policy.Reason
	}{
		"parts":  {raw, 3, func(n int) (int64, entity.Limits) { return 0, entity.Limits{Parts: n} }, reasonParts},
		"depth":  {raw, 2, func(n int) (int64, entity.Limits) { return 0, entity.Limits{Depth: n} }, reasonDepth},
		"header": {raw, len(inner), func(n int) (int64, entity.Limits) { return 0, entity.Limits{HeaderBytes: n} }, reasonHeader},
		"text":   {text, 110, func(n int) (int64, entity.Limits) { return int64(n), entity.Limits{} }, reasonPartLarge},
	} {
		for difference, want := range map[int]policy.Reason{-1: c.above, 0: policy.Rule, 1: policy.Rule} {
			textBytes, limits := c.limit(c.at + difference)
			e := newEngine(func(e *Engine, _ *shelf) { e.TextBytes = textBytes })
			tr := tryMessage(t, e, c.raw, limits, func(*Message) {})
			action := Signed
			if want != policy.Rule {
				action = Skipped
			}
			t.Run(fmt.Sprintf("%s %+d", name, difference), func(t *testing.T) { tr.want(t, action, want) })
		}
	}
}

// TestTextLimitIsOfEachText: not of attachments, nor of all texts together.
func TestTextLimitIsOfEachText(t *testing.T) {
	long := strings.Repeat("0123456789\n", 10)
	attachment := "--b\nContent-Type: text/plain\nContent-Disposition: attachment\n\n" + long + long
	mixed := letter("Content-Type: multipart/mixed; boundary=b", "--b\n\nHello\n"+attachment+"--b--\n")
	alternative := both(long, "<p>"+long[:90]+"</p>")
	e := newEngine(func(e *Engine, _ *shelf) { e.TextBytes = 120 })
	for _, raw := range []string{mixed, alternative} {
		tr := try(t, e, raw)
		tr.want(t, Signed, policy.Rule)
	}
	tr := try(t, e, both("Hello", "<p>"+long+long+"</p>"))
	tr.want(t, Skipped, reasonPartLarge)
}

// TestGuardOnEveryMessage: one guard goes on, and any that says nothing, or
// something else, goes away.
func TestGuardOnEveryMessage(t *testing.T) {
	for name, fields := range map[string]string{
		"none":            "",
		"says No":         guard + ": No\n",
		"empty":           guard + ":\n",
		"two":             guard + ": No\n" + guard + ": 1\n",
		"spelled so":      "x-sigmilter-handled: no\nX-SIGMILTER-HANDLED: false\n",
		"folded":          guard + ":\n No\n",
		"apart":           guard + ": No\nX-Other: x\n" + guard + ": 0\n",
		"untrue, then so": guard + ": No\n" + guard + ": Yes\n",
	} {
		for kind, raw := range map[string]string{
			"signed":  hello,
			"skipped": "Auto-Submitted: auto-replied\n" + hello,
			"late":    letter("Content-Type: application/ms-tnef", "x\n"),
		} {
			tr := try(t, newEngine(), fields+raw) // which checks the guard
			last := tr.Fields[len(tr.Fields)-1]
			if want := (entity.FieldEdit{Op: entity.AddField, Name: guard, Index: 1, Value: "Yes"}); last != want {
				t.Errorf("%s, %s: the last edit is %v", name, kind, last)
			}
			index := strings.Count(strings.ToLower(fields), strings.ToLower(guard))
			for _, f := range tr.Fields[:len(tr.Fields)-1] {
				if f.Op != entity.DeleteField || f.Name != guard || f.Index != index {
					t.Errorf("%s, %s: %v, want the guard %d deleted", name, kind, f, index)
				}
				index--
			}
		}
	}
}

// TestDKIM: the signatures go when, and only when, the body was changed, the
// last one first.
func TestDKIM(t *testing.T) {
	const others = "ARC-Seal: i=1\nAuthentication-Results: x\nX-MS-Exchange-Organization-AuthAs: Internal\n"
	const three = "DKIM-Signature: v=1; b=one\n" + others + "dkim-signature: v=1;\n b=two\nDKIM-Signature: v=1; b=three\n"
	again := try(t, newEngine(), hello).out
	again = strings.Replace(again, guard+": Yes\n", "", 1)
	for name, c := range map[string]struct {
		raw     string
		deleted int
	}{
		"signed":               {three + hello, 3},
		"only the header says": {three + letter("Subject: x", "Hello\n"), 3},
		"no signature":         {hello, 0},
		"skipped":              {"Precedence: auto_reply\n" + three + hello, 0},
		"skipped by its parts": {three + letter("Content-Type: application/ms-tnef", "x\n"), 0},
		"in the body":          {hello + "DKIM-Signature: x\n", 0},
		"signature is there":   {three + again, 0},
	} {
		tr := try(t, newEngine(), c.raw)
		index := c.deleted
		for _, f := range tr.Fields {
			if !strings.EqualFold(f.Name, "DKIM-Signature") {
				continue
			}
			if f.Op != entity.DeleteField || f.Index != index {
				t.Errorf("%s: %v, want number %d deleted", name, f, index)
			}
			index--
		}
		if index != 0 {
			t.Errorf("%s: %d of %d signatures deleted", name, c.deleted-index, c.deleted)
		}
		if strings.Contains(c.raw, others) && !strings.Contains(tr.out, others) {
			t.Errorf("%s: other fields are gone: %s", name, tr.out)
		}
		if c.deleted > 0 && strings.Contains(strings.ToLower(tr.out), "dkim") {
			t.Errorf("%s: left over: %s", name, tr.out)
		}
	}
}

// TestAgain: what was signed is left alone when it comes back, by its guard; and
// if that got lost, by the signature that stands there.
func TestAgain(t *testing.T) {
	for name, raw := range map[string]string{
		"text":        hello,
		"reply":       strings.Replace(letter(textPlain, "Hello\n\nOn Monday, Bob Meier wrote:\n> Hi\n"), "Subject: ", "Subject: Re: ", 1),
		"marker":      letter(textPlain, "Hello\n{EMAILSIGNATURE}\nPS: bye\n"),
		"HTML marker": letter(textHTML, "<p>Hello</p>{EMAILSIGNATURE}<p>PS: bye</p>\n"),
		"HTML":        letter(textHTML, "<html><body><p>Hello</p></body></html>\n"),
		"alternative": both("Hello\n\nSent from my iPhone", "<div>Hello</div><br><div>Sent from my iPhone</div>"),
		"skipped":     letter("Content-Type: application/ms-tnef", "x\n"),
		"CRLF":        crlf(both("Hello", "<p>Hello</p>")),
	} {
		t.Run(name, func(t *testing.T) {
			if name == "CRLF" {
				// check compares messages with LF
				f := ParseFile([]byte(raw))
				m := f.Message("anna@contoso.com", nil, entity.Limits{})
				e := newEngine()
				job := e.Begin(m)
				job.Head()
				out, err := f.Apply(job.Finish())
				if err != nil {
					t.Fatal(err)
				}
				if n := strings.Count(string(out), "\n"); n != strings.Count(string(out), "\r\n") {
					t.Errorf("bare LF in %q", out)
				}
				raw = strings.ReplaceAll(string(out), "\r\n", "\n")
			} else {
				raw = try(t, newEngine(), raw).out
			}
			second := try(t, newEngine(), raw)
			second.want(t, Handled, policy.Guarded)
			unguarded := strings.Replace(raw, guard+": Yes\n", "", 1)
			third := try(t, newEngine(), unguarded)
			if third.out != stampedOnly(unguarded) {
				t.Errorf("signed twice:\n%s", third.out)
			}
		})
	}
}

// requiring lets the tenant be proven by its code, by a listener or by a signature.
func requiring(kinds ...string) func(*Engine, *shelf) {
	return func(e *Engine, _ *shelf) { e.Policy.Tenants[0].Proof = enginetest.Requiring(kinds...) }
}
