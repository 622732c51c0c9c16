package engine

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sigmilter/milter/engine/enginetest"
	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
	"sigmilter/milter/work"
)

// reasonCase is a message that comes to a reason.
type reasonCase struct {
	raw     string
	action  Action
	change  func(*Engine, *shelf)
	message func(*Message) // after end-of-headers
	limits  entity.Limits
}

// amp is an alternative with an AMP form between the others.
var amp = letter("Content-Type: multipart/alternative; boundary=b", "--b\n"+textPlain+"\n\nHello\n--b\nContent-Type: text/x-amp-html\n\n<html amp4email>Hello\n--b\n"+textHTML+"\n\n<p>Hello</p>\n--b--\n")

var reasonCases = map[policy.Reason]reasonCase{
	policy.Rule:          {raw: hello, action: Signed},
	policy.Guarded:       {raw: with(guard + ": Yes"), action: Handled},
	policy.OtherGuard:    {raw: with("X-Other-Handled: true"), action: Skipped},
	policy.Probe:         {raw: strings.Replace(hello, "anna@", "O365ConnectorValidation@", 1), action: Skipped},
	policy.Automatic:     {raw: with("Auto-Submitted: auto-replied"), action: Skipped},
	policy.Report:        {raw: letter("Content-Type: multipart/report; boundary=b", "--b\n\nx\n--b--\n"), action: Skipped},
	policy.Calendar:      {raw: multi("--b\n\nHello\n--b\nContent-Type: text/calendar; method=REQUEST\n\nx\n--b--\n"), action: Skipped},
	policy.SMIME:         {raw: letter("Content-Type: application/pkcs7-mime; smime-type=enveloped-data", "x\n"), action: Skipped},
	policy.PGP:           {raw: letter(textPlain, "-----BEGIN PGP MESSAGE-----\n\nx\n-----END PGP MESSAGE-----\n"), action: Skipped},
	policy.SignedPart:    {raw: letter("Content-Type: multipart/signed; boundary=b", "--b\n\nHello\n--b--\n"), action: Skipped},
	policy.EncryptedPart: {raw: multi("--b\n\nHello\n--b\nContent-Type: multipart/encrypted; boundary=c\n\n--c\n\nx\n--c--\n--b--\n"), action: Skipped},
	policy.Rights:        {raw: multi("--b\n\nHello\n--b\nContent-Disposition: attachment; filename=message.rpmsg\n\nx\n--b--\n"), action: Skipped},
	policy.TNEF:          {raw: multi("--b\n\nHello\n--b\nContent-Type: application/ms-tnef\n\nx\n--b--\n"), action: Skipped},
	policy.Journal:       {raw: with("X-MS-Journal-Report:"), action: Skipped},
	policy.Recall:        {raw: with("X-MS-Exchange-RecallReportGenerated: true"), action: Skipped},
	policy.Voice:         {raw: with("Content-Class: voice-ca"), action: Skipped},
	policy.Patch:         {raw: letter(textPlain, "Hello\n---\n\ndiff --git a/x b/x\n"), action: Skipped},
	policy.NoAuthor:      {raw: strings.Replace(hello, "From:", "Not-From:", 1), action: Skipped},
	policy.NoTenant:      {raw: strings.Replace(hello, "anna@contoso.com", "anna@partner.example", 1), action: Skipped},
	policy.UnclearAuthor: {raw: with("From: x@partner.example"), action: Skipped},
	policy.UnknownAuthor: {raw: strings.Replace(hello, "anna@", "ghost@", 1), action: Skipped},
	policy.NoRule:        {raw: hello, action: Skipped, change: func(e *Engine, _ *shelf) { e.Policy.Rules = nil }},
	policy.OptedOut:      {raw: strings.Replace(hello, "Subject: ", "Subject: #nosig ", 1), action: Skipped, change: withOptOut},
	policy.NoSignature:   {raw: hello, action: Skipped, change: func(e *Engine, _ *shelf) { e.Policy.Rules[0].Signature = policy.NoTemplate }},

	policy.Unproven: {raw: hello, action: Skipped, change: requiring("routing")},
	reasonProof: {raw: with("DKIM-Signature: d=contoso.com"), action: Failed, change: func(e *Engine, s *shelf) {
		requiring("dkim")(e, s)
		e.DKIM = (&verifier{err: errors.New("no")}).verify
	}},
	reasonStore:                       {raw: hello, action: Failed, change: func(_ *Engine, s *shelf) { s.FindErr = errors.New("no") }},
	reasonReading:                     {raw: hello, action: Failed, change: func(_ *Engine, s *shelf) { s.FindErr = ErrFirstReading }},
	reasonStale:                       {raw: hello, action: Skipped, change: func(_ *Engine, s *shelf) { s.FindErr = Stale{} }},
	reasonRender:                      {raw: hello, action: Failed, change: func(_ *Engine, s *shelf) { s.BlockErr = errTemplate }},
	ReasonPanic:                       {raw: hello, action: Failed, change: func(_ *Engine, s *shelf) { s.OnBlock = func() { panic("boom") } }},
	reasonBody:                        {raw: hello, action: Failed, message: func(m *Message) { m.Body = enginetest.LostBody{Body: m.Body} }},
	reasonTooLarge:                    {raw: hello, action: Skipped, message: func(m *Message) { m.Body, m.Tree = nil, nil }},
	reasonPartLarge:                   {raw: hello, action: Skipped, change: func(e *Engine, _ *shelf) { e.TextBytes = 5 }},
	reasonLine:                        {raw: hello, action: Skipped, change: func(e *Engine, _ *shelf) { e.LineBytes = 5 }},
	reasonComplex:                     {raw: letter(textHTML, strings.Repeat("a<p>", 300_000)), action: Skipped},
	reasonMemory:                      {raw: hello, action: Failed, message: withoutMemory},
	reasonTime:                        {raw: hello, action: Failed, change: func(e *Engine, _ *shelf) { e.MaxTime = time.Nanosecond }},
	reasonParts:                       {raw: multi("--b\n\nHello\n--b\n\nx\n--b--\n"), action: Skipped, limits: entity.Limits{Parts: 2}},
	reasonDepth:                       {raw: multi("--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nHello\n--c--\n--b--\n"), action: Skipped, limits: entity.Limits{Depth: 1}},
	reasonFields:                      {raw: letter("Content-Type: text/plain"+strings.Repeat("; a=b", 201), "Hello\n"), action: Skipped},
	reasonHeader:                      {raw: multi("--b\nX-Long: " + strings.Repeat("x", 100) + "\n\nHello\n--b--\n"), action: Skipped, limits: entity.Limits{HeaderBytes: 50}},
	reasonMalformed:                   {raw: multi("Hello\n"), action: Skipped},
	reasonNoText:                      {raw: letter("Content-Type: application/pdf", "%PDF\n"), action: Skipped},
	reasonAMP:                         {raw: amp, action: Skipped},
	reasonEncoding:                    {raw: letter(textPlain+"\nContent-Transfer-Encoding: x-uuencode", "begin 644 x\n"), action: Skipped},
	reasonCharset:                     {raw: letter("Content-Type: text/plain; charset=x-klingon", "Hell\xf6\n"), action: Skipped},
	reasonDamaged:                     {raw: letter(textPlain+"\nContent-Transfer-Encoding: base64", "SGVsbG8*\n"), action: Skipped},
	reasonAmbiguous:                   {raw: letter("Content-Type: multipart/mixed; boundary=a; boundary=b", "--a\n\nHello\n--a--\n"), action: Skipped},
	policy.Reason(insert.NoPlace):     {raw: both("Hello", "<p>Hello<plaintext>"), action: Skipped},
	policy.Reason(insert.AlreadyHere): {raw: letter(textHTML, `<p>Hello</p><div id="sigmilter-signature" class="sigmilter-signature"><p>Anna</p></div>`), action: Skipped, change: withoutReplacing},
	policy.Reason(insert.NotSelected): {raw: hello, action: Skipped, change: withoutNew},
}

// withoutMemory leaves a message no byte beside its body.
func withoutMemory(m *Message) {
	full := new(work.Budget)
	full.SetLimit(1)
	m.Cost.memory.Budget = full
}

func withoutNew(e *Engine, _ *shelf) { e.Policy.Rules[0].Place.OnNew = false }

func withoutReplacing(e *Engine, _ *shelf) { e.Policy.Rules[0].Place.ReplaceExisting = false }

// underEnforce is what becomes of a message under a rule with enforce.
func underEnforce(raw string) func(t *testing.T) Report {
	return func(t *testing.T) Report { return try(t, newEngine(enforced), raw).Report }
}

// told is what becomes of a message that a session says could not be collected.
func told(why policy.Reason) func(t *testing.T) Report {
	return func(*testing.T) Report {
		return newEngine().Begin(&Message{Cost: NewCost(nil, nil, nil)}).Fail(why, nil).Report
	}
}

// reportOn is what an engine says of a message.
func reportOn(e *Engine, m *Message) Report {
	job := e.Begin(m)
	job.Head()
	return job.Finish().Report
}

// otherReasons are those that a rule with enforce comes to, a bounce, or a session.
var otherReasons = map[policy.Reason]func(t *testing.T) Report{
	reasonForm:   underEnforce(letter("Content-Type: multipart/alternative; boundary=b", "--b\n\nHello\n--b\nContent-Type: text/enriched\n\nHello\n--b--\n")),
	reasonHollow: underEnforce(letter("Content-Type: multipart/signed; boundary=b", "--b\n\nHello\n--b--\n")),
	reasonSealed: underEnforce(letter(textPlain, "Hello\n-----BEGIN PGP SIGNED MESSAGE-----\n\nx\n-----BEGIN PGP SIGNATURE-----\n\nwhQEAAAAAAAAAAAAAAAAAAAAAAAAAA==\n-----END PGP SIGNATURE-----\n")),
	reasonHidden: func(t *testing.T) Report {
		return try(t, newEngine(enforced, func(e *Engine, _ *shelf) { e.OnHidden = Tempfail }), unseenMail).Report
	},
	policy.NullSender: func(*testing.T) Report {
		return reportOn(newEngine(), ParseFile([]byte(hello)).Message("", nil, entity.Limits{}))
	},
	policy.Loop: func(t *testing.T) Report {
		m := ParseFile([]byte(received(1)+hello)).Message("anna@contoso.com", nil, entity.Limits{})
		m.Macros["j"] = "mta.example.org"
		return reportOn(newEngine(func(e *Engine, _ *shelf) { e.Policy.MaxPasses, e.OnLoop = 1, Tempfail }), m)
	},
	ReasonSpool:     told(ReasonSpool),
	ReasonReplay:    told(ReasonReplay),
	ReasonHeaderBig: told(ReasonHeaderBig),
	ReasonEdit:      told(ReasonEdit),
	ReasonSequence:  told(ReasonSequence),
}

// TestReasons: a message for every reason there is. A reason without a case
// fails the test.
func TestReasons(t *testing.T) {
	reached := map[policy.Reason]bool{}
	for reason, c := range reasonCases {
		t.Run(string(reason), func(t *testing.T) {
			if c.change == nil {
				c.change = func(*Engine, *shelf) {}
			}
			if c.message == nil {
				c.message = func(*Message) {}
			}
			tr := tryMessage(t, newEngine(c.change), c.raw, c.limits, c.message)
			tr.want(t, c.action, reason)
			reached[policy.Reason(tr.Report.Reason)] = true
		})
	}
	for reason, play := range otherReasons {
		t.Run(string(reason), func(t *testing.T) {
			r := play(t)
			if want := reason == policy.NullSender; (r.Action == Skipped) != want || (r.Action == Failed) == want {
				t.Errorf("%s because of %s", r.Action, r.Reason)
			}
			reached[policy.Reason(r.Reason)] = true
		})
	}
	for name, reason := range reasonsOf(t, ".", "../policy", "../insert") {
		if !reached[reason] {
			t.Errorf("no case reaches %s, %q", name, reason)
		}
	}
}

// reasonsOf are the constants of type policy.Reason, or of those that become one,
// in the sources of folders.
func reasonsOf(t *testing.T, dirs ...string) map[string]policy.Reason {
	t.Helper()
	found := map[string]policy.Reason{}
	for _, dir := range dirs {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range files {
			if name := entry.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
				addReasons(t, found, filepath.Join(dir, name))
			}
		}
	}
	if len(found) < 40 {
		t.Errorf("only %d reasons found", len(found))
	}
	return found
}

func addReasons(t *testing.T, found map[string]policy.Reason, path string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !isReason(spec.Type) || len(spec.Names) != len(spec.Values) {
			return true
		}
		for i, name := range spec.Names {
			value, ok := spec.Values[i].(*ast.BasicLit)
			if !ok {
				continue
			}
			text, err := strconv.Unquote(value.Value)
			if err != nil {
				t.Fatal(err)
			}
			if found[path+" "+name.Name] = policy.Reason(text); strings.Trim(text, "abcdefghijklmnopqrstuvwxyz-") != "" {
				t.Errorf("%s: %q is no single word", name.Name, text)
			}
		}
		return true
	})
}

func isReason(typ ast.Expr) bool {
	switch typ := typ.(type) {
	case *ast.Ident:
		return typ.Name == "Reason" || typ.Name == "Refusal"
	case *ast.SelectorExpr:
		return typ.Sel.Name == "Reason"
	}
	return false
}
